// Package rpc is how the demo bank's services talk: JSON over HTTP/1.1 with
// bounded bodies and timeouts everywhere, RFC 9457 problems as errors, the
// trace context passed on, one access-log line and one metric per request.
//
// Start reading at Router (what a role registers), then Server and Client.
package rpc
