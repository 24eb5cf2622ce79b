package testkit

import (
	"context"
	"os"
	"sync"
	"testing"

	"kubemate.io/kubemate/internal/launch/buildcache"
	"kubemate.io/kubemate/internal/launch/embedded"
)

// shared is the one API server of a test binary.
var shared = sync.OnceValues(startShared)

// APIServer gives the real API server that the tests of this binary share; the first caller
// starts it. It ends with the test binary. Tests keep apart by namespace.
func APIServer(t testing.TB) *embedded.ControlPlane {
	t.Helper()
	cp, err := shared()
	if err != nil {
		t.Fatalf("start the embedded API server: %v", err)
	}
	return cp
}

func startShared() (*embedded.ControlPlane, error) {
	ctx := context.Background()
	node, err := buildcache.NodeBinary(ctx)
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "kubemate-test-")
	if err != nil {
		return nil, err
	}
	return embedded.StartControlPlane(ctx, dir, node)
}
