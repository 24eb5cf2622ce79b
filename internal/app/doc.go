// Package app puts everything together: the command tree, and the server with its features.
//
// It is the only place that knows all features; each gets what it needs here, so that no
// feature imports another. Start reading at features.go, the one list of capabilities.
package app
