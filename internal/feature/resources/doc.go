// Package resources reads and changes the objects of a cluster: every kind that it serves,
// custom ones included.
//
// Invariants: every read passes the caller's Scope or goes out under impersonation; every
// change goes out under impersonation with field manager "kubemate"; a Secret's values
// leave only when they were asked for by reveal=true and the cluster itself lets the caller
// get them; input is bounded before it is parsed. Start reading at feature.go and types.go;
// "why isn't it running?" starts at why.go.
package resources
