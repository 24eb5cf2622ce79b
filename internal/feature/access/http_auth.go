package access

import (
	"context"
	"net/http"
	"strings"
	"time"

	"kubemate.io/kubemate/internal/core/authz"
	"kubemate.io/kubemate/internal/core/errs"
	"kubemate.io/kubemate/internal/core/httpapi"
)

// ClientHeaders are what a session notes about its client. It is exported because huma fills
// in exported fields only.
type ClientHeaders struct {
	Agent string `header:"User-Agent" hidden:"true"`
	CLI   string `header:"X-Kubemate-Client" enum:"cli" doc:"\"cli\" asks for a bearer token instead of a cookie"`
}

type signInInput struct {
	ClientHeaders
	Body struct {
		Username string `json:"username" minLength:"1" maxLength:"100"`
		Password string `json:"password" minLength:"1" maxLength:"2000"`
	}
}

type linkInput struct {
	ClientHeaders
	Body struct {
		Token string `json:"token" minLength:"1" maxLength:"200"`
	}
}

type sessionOutput struct {
	SetCookie string `header:"Set-Cookie"`
	Body      Session
}

type cookieOutput struct {
	SetCookie string `header:"Set-Cookie"`
}

func (f *Feature) postSignIn(ctx context.Context, in *signInInput) (*sessionOutput, error) {
	out, err := f.byNameAndPassword(ctx, in)
	f.byPassword.note(err)
	return out, err
}

func (f *Feature) byNameAndPassword(ctx context.Context, in *signInInput) (*sessionOutput, error) {
	secret, row, err := f.signIn(ctx, in.Body.Username, in.Body.Password, visitorOf(ctx, in.ClientHeaders))
	if err != nil {
		return nil, err
	}
	out, err := f.signedIn(ctx, secret, row)
	if err != nil {
		f.abandon(ctx, row)
	}
	return out, err
}

func (f *Feature) postSignInLink(ctx context.Context, in *linkInput) (*sessionOutput, error) {
	out, err := f.byOneTimeLink(ctx, in)
	f.byLink.note(err)
	return out, err
}

func (f *Feature) byOneTimeLink(ctx context.Context, in *linkInput) (*sessionOutput, error) {
	secret, row, giveBack, err := f.signInByLink(ctx, in.Body.Token, visitorOf(ctx, in.ClientHeaders))
	if err != nil {
		return nil, err
	}
	out, err := f.signedIn(ctx, secret, row)
	if err != nil {
		giveBack(f.abandon(ctx, row))
	}
	return out, err
}

// abandon ends a session that its owner will never hear of. It gives a context for what else is
// to be undone, which outlives the request.
func (f *Feature) abandon(ctx context.Context, row sessionRow) context.Context {
	ctx = context.WithoutCancel(ctx)
	if err := f.sessions.end(ctx, row.ID); err != nil {
		f.log.Warn("cannot end a session that nobody has", "user", row.User, "error", err)
	}
	return ctx
}

func visitorOf(ctx context.Context, c ClientHeaders) visitor {
	v := visitor{remote: httpapi.From(ctx).Remote, agent: c.Agent, kind: kindCookie}
	if c.CLI == "cli" {
		v.kind = kindToken
	}
	return v
}

// signedIn answers to who just signed in: a cookie for a browser, a token for a program.
func (f *Feature) signedIn(ctx context.Context, secret string, row sessionRow) (*sessionOutput, error) {
	u, err := f.findUser(row.User)
	if err != nil {
		return nil, err
	}
	session := httpapi.Session{
		ID: row.ID, Via: row.kind, CSRF: csrfOf(secret), Expires: row.Expires,
		Identity: authz.Identity{User: u.Name, Groups: u.Groups},
	}
	out := &sessionOutput{}
	if out.Body, err = f.describe(ctx, session); err != nil {
		return nil, err
	}
	if row.kind == kindToken {
		out.Body.Token = secret
	} else {
		out.SetCookie = f.cookie(secret, int(row.Expires.Sub(f.now()).Seconds()))
	}
	f.log.Info("a user signed in", "user", u.Name, "via", row.kind, "byLink", row.byLink, "remote", row.Remote)
	return out, nil
}

// cookie makes the session's cookie; a negative age removes it.
func (f *Feature) cookie(value string, age int) string {
	c := http.Cookie{
		Name: cookieName, Value: value, Path: f.deps.BasePath + "/", MaxAge: age,
		HttpOnly: true, Secure: f.deps.Secure, SameSite: http.SameSiteStrictMode,
	}
	return c.String()
}

// describe is a session as its client sees it.
func (f *Feature) describe(ctx context.Context, s httpapi.Session) (Session, error) {
	scope := httpapi.From(ctx).Scope
	if scope == nil { // at sign-in the request itself is anonymous
		scope = authz.NewScope(s.Identity, f.deps.Rules)
	}
	doors, err := f.doors(ctx, scope)
	if err != nil {
		return Session{}, err
	}
	out := Session{Via: s.Via, Version: f.deps.Version, Doors: doors, User: SignedInUser{Name: s.Identity.User, Groups: s.Identity.Groups}}
	if s.Via == kindCookie {
		out.CSRF = s.CSRF
	}
	if !s.Expires.IsZero() {
		expires := s.Expires.UTC().Truncate(time.Second)
		out.Expires = &expires
	}
	if u, ok := f.directory.get(s.Identity.User); ok && s.Via != "socket" {
		out.User.DisplayName, out.User.Email, out.User.MustSetPassword = u.DisplayName, u.Email, !u.PasswordSet
	}
	return out, nil
}

func (f *Feature) getSession(ctx context.Context, _ *struct{}) (*struct{ Body Session }, error) {
	s, err := f.describe(ctx, httpapi.From(ctx).Session)
	if err != nil {
		return nil, err
	}
	return &struct{ Body Session }{s}, nil
}

func (f *Feature) postSignOut(ctx context.Context, _ *struct{}) (*cookieOutput, error) {
	s := httpapi.From(ctx).Session
	if s.Via == "socket" {
		return &cookieOutput{}, nil
	}
	if err := f.sessions.end(ctx, s.ID); err != nil {
		return nil, err
	}
	return &cookieOutput{SetCookie: f.cookie("", -1)}, nil
}

type passwordInput struct {
	Body struct {
		Current string `json:"current,omitempty" maxLength:"2000" doc:"Not needed by who signed in with a one-time link"`
		New     string `json:"new" minLength:"1" maxLength:"2000"`
	}
}

func (f *Feature) postPassword(ctx context.Context, in *passwordInput) (*struct{}, error) {
	s := httpapi.From(ctx).Session
	if s.Via == "socket" {
		return nil, errs.New(errs.Unprocessable, "the admin socket has no password").
			WithHint("sign in as a user, for instance with a one-time link: kubemate users link admin")
	}
	u, err := f.findUser(s.Identity.User)
	if err != nil {
		return nil, err
	}
	return nil, f.setPassword(ctx, s.ID, u, in.Body.Current, in.Body.New)
}

type sessionsOutput struct {
	Body struct {
		Sessions []SessionInfo `json:"sessions" nullable:"false"`
	}
}

func (f *Feature) getSessions(ctx context.Context, _ *struct{}) (*sessionsOutput, error) {
	s := httpapi.From(ctx).Session
	rows, err := f.store.ofUser(ctx, s.Identity.User)
	if err != nil {
		return nil, err
	}
	out := &sessionsOutput{}
	out.Body.Sessions = []SessionInfo{}
	for _, r := range rows {
		out.Body.Sessions = append(out.Body.Sessions, SessionInfo{
			ID: r.ID, Via: r.kind, Created: r.Created.UTC(), LastSeen: r.LastSeen.UTC(), Expires: r.Expires.UTC(),
			Remote: r.Remote, UserAgent: strings.ToValidUTF8(r.UserAgent, "?"), Current: r.ID == s.ID,
		})
	}
	return out, nil
}

type idInput struct {
	ID string `path:"id" maxLength:"100"`
}

func (f *Feature) deleteSession(ctx context.Context, in *idInput) (*struct{}, error) {
	_, ok, err := f.sessionRow(ctx, httpapi.From(ctx).Session.Identity.User, in.ID)
	if err != nil {
		return nil, err
	}
	if !ok {
		return nil, errs.New(errs.NotFound, "you have no session %q", in.ID).WithHint("see the list of your sessions")
	}
	return nil, f.sessions.end(ctx, in.ID)
}
