package httpapi

import (
	"context"
	"crypto/subtle"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humagin"
	"github.com/gin-gonic/gin"

	"kubemate.io/kubemate/internal/core/authz"
	"kubemate.io/kubemate/internal/core/errs"
)

// guardTyped is admit for typed operations.
func (s *Server) guardTyped(ctx huma.Context, next func(huma.Context)) {
	c := humagin.Unwrap(ctx)
	done, err := s.admit(c, ctx.Operation())
	if err != nil {
		WriteProblem(c.Writer, c.Request, err)
		return
	}
	defer done()
	next(ctx)
}

// admit lets a request through to its operation, or says why not. Who comes is known
// afterwards from From(ctx). The caller calls done when the request has been answered.
func (s *Server) admit(c *gin.Context, op *huma.Operation) (done func(), err error) {
	r, info := c.Request, From(c.Request.Context())
	info.route = op.Path
	if err := checkBody(r, op.MaxBodyBytes); err != nil {
		return nil, err
	}
	if err := refuseForgedIdentity(r); err != nil {
		return nil, err
	}
	if err := s.identify(r, info, op); err != nil {
		return nil, err
	}
	if err := s.checkOrigin(r, info, op); err != nil {
		return nil, err
	}
	if err := permitted(info.Session, op); err != nil {
		return nil, err
	}
	return s.bound(c, op), nil
}

// identify signs the request in, within its rate.
func (s *Server) identify(r *http.Request, info *Request, op *huma.Operation) error {
	if op.Metadata[metaProbe] == true {
		return nil
	}
	if isPublic(op) {
		return s.takeAddress(info.Remote)
	}
	session, ok := socketSession(r.Context())
	if !ok {
		var err error
		if session, err = s.options.Auth.Authenticate(r); err != nil {
			if limited := s.takeAddress(info.Remote); limited != nil {
				return limited
			}
			return err
		}
		if !s.bySession.take(session.ID) {
			return tooMany("this session sends more requests than the server allows")
		}
	}
	info.Session = session
	info.Scope = s.scopeOf(session)
	return nil
}

// scopeOf follows the session's identity where that can change; who is gone has no groups.
func (s *Server) scopeOf(session Session) *authz.Scope {
	source, ok := s.options.Auth.(IdentitySource)
	if !ok || session.Via == "socket" {
		return authz.NewScope(session.Identity, s.options.Rules)
	}
	return authz.NewChangingScope(func() authz.Identity {
		if id, ok := source.Identity(session.ID); ok {
			return id
		}
		return authz.Identity{User: session.Identity.User}
	}, s.options.Rules)
}

func (s *Server) takeAddress(remote string) error {
	if !s.byAddress.take(remote) {
		return tooMany("this address sends more requests without sign-in than the server allows")
	}
	return nil
}

func tooMany(what string) error {
	return errs.New(errs.TooMany, "%s", what).WithHint("wait a second, then try again")
}

// checkOrigin refuses what another site makes a browser send: changes and WebSockets that
// carry the cookie, and the forms that sign in.
func (s *Server) checkOrigin(r *http.Request, info *Request, op *huma.Operation) error {
	socket := wantsSocket(r)
	change := r.Method != http.MethodGet && r.Method != http.MethodHead
	byBrowser := info.Session.Via == "cookie" || isPublic(op)
	if !byBrowser || (!change && !socket) {
		return nil
	}
	if !sameOrigin(r, socket) {
		return errs.New(errs.Forbidden, "the request comes from another site and was refused").
			WithHint("open Kubemate at its own address; behind a proxy, the proxy must keep the Host header")
	}
	if info.Session.Via == "cookie" && change {
		got := r.Header.Get("X-Kubemate-CSRF")
		if subtle.ConstantTimeCompare([]byte(got), []byte(info.Session.CSRF)) != 1 || got == "" {
			return errs.New(errs.Forbidden, "the header X-Kubemate-CSRF is missing or does not belong to this session").
				WithHint("reload the page; a program sends a bearer token instead of the cookie")
		}
	}
	return nil
}

// permitted checks what the operation itself demands of a session.
func permitted(session Session, op *huma.Operation) error {
	if session.Restricted && op.Metadata[metaRestricted] != true && !isPublic(op) {
		return errs.New(errs.Forbidden, "a password must be set before anything else can be done").
			WithHint("set your password on the profile page, or with POST of /auth/password").WithExtra("mustSetPassword", true)
	}
	if group, ok := op.Metadata[metaGroup].(string); ok && !session.Identity.InGroup(group) {
		return errs.New(errs.Forbidden, "only members of group %s may do this", group).
			WithHint("ask a platform admin")
	}
	return nil
}

// bound gives the request its time limits, and streams none.
func (s *Server) bound(c *gin.Context, op *huma.Operation) (done func()) {
	control := http.NewResponseController(c.Writer)
	if isStream(op) {
		_ = control.SetWriteDeadline(time.Time{}) // a writer without deadlines (tests) has no limit to lift
		_ = control.SetReadDeadline(time.Time{})
		c.Header(noCompression, "1")
		return func() {}
	}
	limits := s.options.Limits
	if c.Request.Body != nil && c.Request.Body != http.NoBody {
		_ = control.SetReadDeadline(time.Now().Add(limits.BodyTime))
		c.Request.Body = &timedBody{ReadCloser: http.MaxBytesReader(c.Writer, c.Request.Body, op.MaxBodyBytes), control: control}
	}
	ctx, cancel := context.WithTimeout(c.Request.Context(), limits.RequestTime)
	c.Request = c.Request.WithContext(ctx)
	return cancel
}
