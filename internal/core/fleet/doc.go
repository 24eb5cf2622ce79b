// Package fleet is the cache of every cluster's objects, and the fast path of every list.
//
// Per kind and cluster there is one list+watch. Objects are kept as typed columns (for what
// tables filter and sort on), sorted indexes, and compressed bytes for details. A page is
// answered from the columns under the caller's Scope.
//
// Invariants: no read without a *authz.Scope; nothing outside the scope reaches rows, totals,
// facets, order or errors; one upstream watch per kind and cluster, however many look;
// values of Secrets never enter the cache (metadata only). Start reading at query.go.
package fleet
