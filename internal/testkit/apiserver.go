package testkit

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"syscall"
	"testing"
	"time"

	"kubemate.io/kubemate/internal/launch/buildcache"
	"kubemate.io/kubemate/internal/launch/embedded"
)

// suite is the API server of this test binary. It is process-wide on purpose: starting one
// takes seconds, and it ends with the process.
var suite struct {
	once sync.Once
	cp   *embedded.ControlPlane
	err  error
}

// APIServer gives the API server (with etcd) of this test binary, started at the first call.
// Tests share it: they make namespaces and names of their own. It ends with the test binary.
func APIServer(t testing.TB) *embedded.ControlPlane {
	t.Helper()
	suite.once.Do(func() { suite.cp, suite.err = startAPIServer() })
	if suite.err != nil {
		t.Fatalf("start the suite's API server: %v", suite.err)
	}
	return suite.cp
}

// OwnAPIServer starts one for a single test that stops, pauses or kills it.
func OwnAPIServer(t testing.TB, options ...embedded.ControlPlaneOption) *embedded.ControlPlane {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), startTime)
	defer cancel()
	node, err := buildcache.NodeBinary(ctx)
	if err != nil {
		t.Fatalf("build kubemate-node: %v", err)
	}
	cp, err := embedded.StartControlPlane(ctx, t.TempDir(), node, options...)
	if err != nil {
		t.Fatalf("start an API server: %v", err)
	}
	t.Cleanup(func() {
		if err := cp.Stop(); err != nil {
			t.Errorf("stop the API server: %v", err)
		}
	})
	return cp
}

// startTime bounds a start, the build of kubemate-node on a cold machine included.
const startTime = 20 * time.Minute

func startAPIServer() (*embedded.ControlPlane, error) {
	ctx, cancel := context.WithTimeout(context.Background(), startTime)
	defer cancel()
	node, err := buildcache.NodeBinary(ctx)
	if err != nil {
		return nil, fmt.Errorf("build kubemate-node: %w", err)
	}
	root := filepath.Join(os.TempDir(), "kubemate-testkit")
	removeLeftovers(root)
	dir := filepath.Join(root, strconv.Itoa(os.Getpid()))
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	return embedded.StartControlPlane(ctx, dir, node)
}

// removeLeftovers removes the folders of test binaries that have ended: a test binary can't
// do so for itself.
func removeLeftovers(root string) {
	entries, err := os.ReadDir(root)
	if err != nil {
		return // none there yet
	}
	for _, e := range entries {
		pid, err := strconv.Atoi(e.Name())
		if err == nil && syscall.Kill(pid, 0) == syscall.ESRCH {
			_ = os.RemoveAll(filepath.Join(root, e.Name()))
		}
	}
}
