// Package live carries changes to browsers: one WebSocket per tab, subscriptions are saved
// queries. A change is matched once per distinct subscription and encoded once per group of
// equal subscribers; slow clients get coalesced state, then a resync.
//
// Invariants: what a subscription shows never exceeds its user's present rights; a client that
// does not read costs bounded memory and delays nobody; sequence numbers let a client resume.
package live
