package testkit

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"kubemate.io/kubemate/internal/core/authz"
	"kubemate.io/kubemate/internal/core/errs"
	"kubemate.io/kubemate/internal/core/httpapi"
)

// tokens signs in by bearer tokens that are the users' names.
type tokens map[string]authz.Identity

// Authenticate finds the identity of "Bearer NAME".
func (u tokens) Authenticate(r *http.Request) (httpapi.Session, error) {
	name, _ := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	id, ok := u[name]
	if !ok {
		return httpapi.Session{}, errs.New(errs.Unauthenticated, "nobody is signed in")
	}
	return httpapi.Session{ID: "session-of-" + name, Via: "token", Identity: id}, nil
}

// Ended never ends a session.
func (tokens) Ended(string) <-chan struct{} { return nil }

// Border serves routes behind the real border, with the given users signed in by their names
// as tokens. It is for the suites of single features.
func Border(t *testing.T, users map[string]authz.Identity, rules authz.RulesOf, routes func(*httpapi.API)) Scenarios {
	t.Helper()
	border, err := httpapi.New(httpapi.Options{
		Log: slog.New(slog.NewTextHandler(t.Output(), nil)), Auth: tokens(users), Rules: rules,
		Limits: httpapi.Limits{SessionRate: 1e6, SessionBurst: 1e6, AddressRate: 1e6, AddressBurst: 1e6},
	})
	if err != nil {
		t.Fatal(err)
	}
	routes(border.API())
	server := httptest.NewServer(border)
	t.Cleanup(server.Close)
	s := Scenarios{URL: server.URL, Tokens: map[string]string{}}
	for name := range users {
		s.Tokens[name] = name
	}
	return s
}
