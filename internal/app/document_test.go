package app

import (
	"context"
	"log/slog"
	"regexp"
	"strings"
	"testing"

	"github.com/danielgtaylor/huma/v2"
	"k8s.io/client-go/rest"

	"kubemate.io/kubemate/internal/core/config"
	"kubemate.io/kubemate/internal/core/kube"
)

func testParts(t *testing.T) *parts {
	t.Helper()
	c := config.NewServer()
	c.DataDir = t.TempDir()
	if err := c.Complete(); err != nil {
		t.Fatal(err)
	}
	p, err := newParts(context.Background(), c, kube.Fixed(&rest.Config{Host: "http://127.0.0.1:1"}), slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = p.records.Close() })
	return p
}

func TestEveryRouteIsDocumented(t *testing.T) {
	p := testParts(t)
	paths := p.border.API().Typed.OpenAPI().Paths
	for _, route := range p.border.Routes() {
		method, path, _ := strings.Cut(route, " ")
		segments := strings.Split(path, "/")
		for i, s := range segments {
			if name, ok := strings.CutPrefix(s, ":"); ok {
				segments[i] = "{" + name + "}"
			}
		}
		item := paths[strings.Join(segments, "/")]
		if item == nil || operationOf(item, method) == nil {
			t.Errorf("%s is served but not in the document", route)
		}
	}
}

var operationID = regexp.MustCompile(`^[a-z]+(-[a-z]+)*$`)

// Every operation says what it is for, has a name that generated clients can use, and is
// behind sign-in unless it stands in this list.
func TestOperationsAreComplete(t *testing.T) {
	public := map[string]bool{"sign-in": true, "sign-in-by-link": true, "healthz": true, "readyz": true}
	seen := map[string]string{}
	for path, item := range testParts(t).border.API().Typed.OpenAPI().Paths {
		for _, method := range []string{"GET", "POST", "PUT", "PATCH", "DELETE"} {
			op := operationOf(item, method)
			if op == nil {
				continue
			}
			where := method + " " + path
			if op.Summary == "" || op.OperationID == "" || len(op.Tags) == 0 {
				t.Errorf("%s lacks a summary, an id or a tag", where)
			}
			if !operationID.MatchString(op.OperationID) {
				t.Errorf("%s: the id %q is not written like-this", where, op.OperationID)
			}
			if other := seen[op.OperationID]; other != "" {
				t.Errorf("%s and %s have the same id %s", where, other, op.OperationID)
			}
			seen[op.OperationID] = where
			if (len(op.Security) == 0) != public[op.OperationID] {
				t.Errorf("%s: security %v", where, op.Security)
			}
		}
	}
}

func operationOf(item *huma.PathItem, method string) *huma.Operation {
	switch method {
	case "GET":
		return item.Get
	case "POST":
		return item.Post
	case "PUT":
		return item.Put
	case "PATCH":
		return item.Patch
	case "DELETE":
		return item.Delete
	default:
		return nil
	}
}
