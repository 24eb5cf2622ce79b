// Package client talks to Kubemate's public API, and to nothing else.
//
// Invariants: the token goes to the address that it was given out by, in a header only;
// redirects are not followed; an answer that is no success becomes an *errs.Error with the
// server's own words; every answer that is kept in memory is bounded. Start reading at client.go.
package client
