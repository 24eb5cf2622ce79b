// Package httpapi is the HTTP border: sign-in check, limits, typed operations (huma on Gin),
// RFC 9457 problems, security headers and the console's files.
//
// Invariants: every route needs a signed-in identity unless its operation says Public;
// every change carried by a cookie needs the CSRF header; bodies are bounded; errors leave
// as application/problem+json and never show an internal cause. Start reading at api.go.
package httpapi
