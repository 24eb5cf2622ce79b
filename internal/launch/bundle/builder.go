package bundle

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"kubemate.io/kubemate/internal/launch/buildcache"
)

// Builder compiles a program for this platform and returns the path of the file,
// which stays as it is until the bundle is built.
type Builder interface {
	Build(ctx context.Context, p Program) (string, error)
}

// sourceBuilder compiles from a checkout: modules under stack/ through the build
// cache, packages of the main module by the go command, whose own cache makes an
// unchanged one cheap.
type sourceBuilder struct {
	root     string // the checkout
	cacheDir string
	workDir  string // a folder for the main module's programs
	output   io.Writer
	progress func(detail string)
}

func (b sourceBuilder) Build(ctx context.Context, p Program) (string, error) {
	if p.Package != "" {
		return b.buildPackage(ctx, p)
	}
	built, err := buildcache.Build(ctx, filepath.Join(b.root, p.Module), buildcache.Options{
		CacheDir: b.cacheDir, Output: b.output, Progress: b.progress,
	})
	if err != nil {
		return "", err
	}
	return built.Path(p.Binary), nil
}

func (b sourceBuilder) buildPackage(ctx context.Context, p Program) (string, error) {
	out := filepath.Join(b.workDir, p.Binary)
	cmd := exec.CommandContext(ctx, "go", "build", "-trimpath", "-buildvcs=false", "-mod=readonly", "-ldflags", "-s -w", "-o", out, p.Package)
	cmd.Dir = filepath.Join(b.root, p.Module)
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOWORK=off", "GOFLAGS=")
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	cmd.WaitDelay = 10 * time.Second
	var messages bytes.Buffer
	cmd.Stderr = &messages
	if err := cmd.Run(); err != nil {
		return "", fmt.Errorf("build %s: %w\n%s", p.Package, err, lastLines(messages.String(), 20))
	}
	return out, nil
}

func lastLines(text string, n int) string {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	return strings.Join(lines[max(len(lines)-n, 0):], "\n")
}
