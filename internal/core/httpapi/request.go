package httpapi

import (
	"context"
	"net/http"
	"time"

	"kubemate.io/kubemate/internal/core/authz"
)

// Session is who is signed in, and how.
type Session struct {
	ID       string // opaque; safe to log (not the secret)
	Identity authz.Identity
	Via      string    // "cookie", "token" or "socket"
	CSRF     string    // expected in header X-Kubemate-CSRF when Via is "cookie"
	Expires  time.Time // zero for "socket"
	// Restricted sessions may use only operations marked with WhileRestricted: their user
	// has to set a password first.
	Restricted bool
}

// Authenticator finds the session of a request; errs.Unauthenticated when there is none.
type Authenticator interface {
	Authenticate(r *http.Request) (Session, error)
	// Ended gives a channel that is closed when the session is revoked, expires or its
	// user is disabled, so that WebSockets and streams end within a second.
	Ended(sessionID string) <-chan struct{}
}

// IdentitySource is an Authenticator that knows the present identity of a session, so that
// what lasts longer than a request, a live page, follows when the user's groups change.
type IdentitySource interface {
	// Identity is the present identity; ok is false when the session has ended.
	Identity(sessionID string) (id authz.Identity, ok bool)
}

// Request is what the middleware found out about a request.
type Request struct {
	ID      string // request id, also in header X-Request-Id and in problems
	Session Session
	Scope   *authz.Scope
	Remote  string // client address without port

	route string // the operation's path, for logs and metrics
	cause error  // why the request failed, for the log only
}

type requestKey struct{}

// WithRequest puts r into ctx; for the middleware and for tests.
func WithRequest(ctx context.Context, r *Request) context.Context {
	return context.WithValue(ctx, requestKey{}, r)
}

// From gives the request of ctx; an anonymous one, whose Scope is nil, outside a request.
func From(ctx context.Context) *Request {
	if r, ok := ctx.Value(requestKey{}).(*Request); ok {
		return r
	}
	return &Request{}
}
