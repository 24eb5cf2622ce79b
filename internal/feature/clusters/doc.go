// Package clusters shows the clusters that Kubemate is connected to: their health, size and
// use, what is wrong in them, which kinds they serve, which namespaces the caller may enter
// and what the caller may do.
//
// Invariants: every number is counted over what the caller may see; what the caller may not
// see is left out (null), never zero; a cluster in which the caller may see nothing is not
// shown at all. Start reading at http.go; the numbers are made in summary.go.
package clusters
