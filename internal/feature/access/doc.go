// Package access signs people in, and manages who they are: users, passwords, sessions,
// one-time links, and the built-in roles.
//
// Invariants: secrets (passwords, tokens, links) are stored as hashes only and never logged;
// an unknown user costs an attacker the same answer and the same work as a wrong password;
// a session ends everywhere within a second of being revoked; nobody gives away more rights
// than he has; one enabled platform admin always remains. What a user may do is not decided
// here but by the cluster's RBAC (see core/authz). Start reading at feature.go.
package access
