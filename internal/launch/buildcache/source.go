package buildcache

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"
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

// NodeBinary is the path of kubemate-node.
func NodeBinary(ctx context.Context) (string, error) {
	dir, err := programs(ctx, "kubernetes", "kubemate-node")
	return filepath.Join(dir, "kubemate-node"), err
}

// ContainerdDir is the folder of containerd, containerd-shim-runc-v2 and ctr.
func ContainerdDir(ctx context.Context) (string, error) {
	return programs(ctx, "containerd", "containerd", "containerd-shim-runc-v2", "ctr")
}

// KwokBinary is the path of kwok.
func KwokBinary(ctx context.Context) (string, error) {
	dir, err := programs(ctx, "kwok", "kwok")
	return filepath.Join(dir, "kwok"), err
}

// programs finds the folder with all of names: beside this program, where an installation has them; else built from the
// checkout around the working folder, or from the cache; else the newest of the cache.
func programs(ctx context.Context, module string, names ...string) (string, error) {
	if exe, err := os.Executable(); err == nil && hasAll(filepath.Dir(exe), names) {
		return filepath.Dir(exe), nil
	}
	built, err := Stack(ctx, module, Options{})
	if err == nil {
		return built.Dir, nil
	}
	if !errors.Is(err, ErrNoSource) {
		return "", err
	}
	if dir := newest(module, names); dir != "" {
		return dir, nil
	}
	return "", fmt.Errorf("%s is neither beside this program nor in the cache, and can't be built: %w", strings.Join(names, ", "), ErrNoSource)
}

func hasAll(dir string, names []string) bool {
	for _, n := range names {
		if info, err := os.Stat(filepath.Join(dir, n)); err != nil || !info.Mode().IsRegular() {
			return false
		}
	}
	return true
}

// newest is the cache's entry of the module that was used last, or empty.
func newest(module string, names []string) string {
	cache, err := Dir()
	if err != nil {
		return ""
	}
	dirs, err := filepath.Glob(filepath.Join(cache, "bin", module+"-"+strings.Repeat("?", keyLength)))
	if err != nil {
		return ""
	}
	var best string
	var used time.Time
	for _, dir := range dirs {
		if info, err := os.Stat(dir); err == nil && hasAll(dir, names) && info.ModTime().After(used) {
			best, used = dir, info.ModTime()
		}
	}
	return best
}
