package buildcache

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// ErrNoSource means that the working folder is in no checkout of Kubemate, so that nothing can be built.
var ErrNoSource = errors.New("not inside a checkout of Kubemate")

// SourceRoot is the root of the checkout around the working folder.
func SourceRoot() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for {
		data, err := os.ReadFile(filepath.Join(dir, "go.mod"))
		if err == nil && strings.HasPrefix(string(data), "module kubemate.io/kubemate\n") {
			return dir, nil
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			return "", ErrNoSource
		}
		dir = parent
	}
}

// Stack builds stack/<name> of the checkout around the working folder.
func Stack(ctx context.Context, name string, o Options) (Built, error) {
	root, err := SourceRoot()
	if err != nil {
		return Built{}, fmt.Errorf("build %s: %w", name, err)
	}
	return Build(ctx, filepath.Join(root, "stack", name), o)
}

// NodeBinary is the path of kubemate-node, built if it has to be.
func NodeBinary(ctx context.Context) (string, error) {
	built, err := Stack(ctx, "kubernetes", Options{})
	if err != nil {
		return "", err
	}
	return built.Path("kubemate-node"), nil
}

// ContainerdDir is the folder of containerd, containerd-shim-runc-v2 and ctr, built if it has to be.
func ContainerdDir(ctx context.Context) (string, error) {
	built, err := Stack(ctx, "containerd", Options{})
	if err != nil {
		return "", err
	}
	return built.Dir, nil
}

// KwokBinary is the path of kwok, built if it has to be.
func KwokBinary(ctx context.Context) (string, error) {
	built, err := Stack(ctx, "kwok", Options{})
	if err != nil {
		return "", err
	}
	return built.Path("kwok"), nil
}
