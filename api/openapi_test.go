package api_test

import (
	"bytes"
	"context"
	"flag"
	"os"
	"testing"

	"kubemate.io/kubemate/internal/app"
)

// TestOpenAPI keeps openapi.yaml, from which clients are generated, equal to what the server
// serves. After a change of the API: go test ./api -update
func TestOpenAPI(t *testing.T) {
	document, err := app.OpenAPI(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	if flag.Lookup("update").Value.String() == "true" {
		if err := os.WriteFile("openapi.yaml", document, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	golden, err := os.ReadFile("openapi.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(golden, document) {
		t.Error("openapi.yaml differs from the server's API: run `go test ./api -update`, then `make generate` for the console")
	}
}

func TestMain(m *testing.M) {
	flag.Bool("update", false, "write openapi.yaml anew")
	flag.Parse()
	os.Exit(m.Run())
}
