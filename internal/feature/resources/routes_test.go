package resources

import (
	"context"
	"log/slog"
	"net/http"
	"strings"
	"testing"

	"github.com/danielgtaylor/huma/v2"

	"kubemate.io/kubemate/internal/core/authz"
	"kubemate.io/kubemate/internal/core/errs"
	"kubemate.io/kubemate/internal/core/httpapi"
)

// nobody is an authenticator that knows no session.
type nobody struct{}

func (nobody) Authenticate(*http.Request) (httpapi.Session, error) {
	return httpapi.Session{}, errs.New(errs.Unauthenticated, "nobody is signed in")
}

func (nobody) Ended(string) <-chan struct{} { return nil }

func TestRoutesAreDocumentedAndNeedASession(t *testing.T) {
	server, err := httpapi.New(httpapi.Options{
		Log: slog.New(slog.DiscardHandler), Auth: nobody{},
		Rules: func(string) (authz.Rules, error) { return nil, errs.New(errs.NotFound, "no clusters") },
	})
	if err != nil {
		t.Fatal(err)
	}
	New(Deps{}).Routes(server.API())
	paths := server.API().Typed.OpenAPI().Paths
	if len(paths) < 20 {
		t.Fatalf("only %d paths are documented", len(paths))
	}
	for path, item := range paths {
		if !strings.HasPrefix(path, httpapi.Prefix) {
			continue // the border's own
		}
		for method, op := range map[string]*huma.Operation{
			http.MethodGet: item.Get, http.MethodPost: item.Post, http.MethodPut: item.Put, http.MethodPatch: item.Patch, http.MethodDelete: item.Delete,
		} {
			if op == nil {
				continue
			}
			if op.Summary == "" || op.OperationID == "" || len(op.Tags) == 0 {
				t.Errorf("%s %s: no summary, id or tag", method, path)
			}
			if op.Security != nil && len(op.Security) == 0 {
				t.Errorf("%s %s needs no session", method, path)
			}
		}
	}
}

func TestNobodyIsACaller(t *testing.T) {
	if _, err := callerOf(context.Background()); errs.KindOf(err) != errs.Unauthenticated {
		t.Fatalf("got %v, want unauthenticated", err)
	}
}
