// Package trace carries the identity of a request through the demo bank: the
// W3C trace context (traceparent, tracestate), a request ID and the number of
// calls behind it. The rpc package's server and client are the only places
// that start spans, so that is where a recorder of spans would be added.
package trace
