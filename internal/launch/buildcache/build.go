package buildcache

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// Options of a build. The zero value is good.
type Options struct {
	// CacheDir is the cache's folder; empty is Dir().
	CacheDir string
	// Output gets the go command's messages; nil drops them (an error holds their end).
	Output io.Writer
	// Progress is called once if something has to be built, with a sentence for the user. May be nil.
	Progress func(detail string)
}

// Built is a complete cache entry.
type Built struct {
	// Dir holds the binaries.
	Dir string
	// Key is the content hash of what they were built from.
	Key string
}

// Path is the path of the binary called name.
func (b Built) Path(name string) string { return filepath.Join(b.Dir, name) }

// Dir is ${XDG_CACHE_HOME:-~/.cache}/kubemate.
func Dir() (string, error) {
	base, err := os.UserCacheDir()
	if err != nil {
		return "", fmt.Errorf("find the cache folder (set XDG_CACHE_HOME or HOME): %w", err)
	}
	return filepath.Join(base, "kubemate"), nil
}

// Build gives the binaries of the module in moduleDir, from the cache or by building them.
func Build(ctx context.Context, moduleDir string, o Options) (Built, error) {
	moduleDir, err := filepath.Abs(moduleDir)
	if err != nil {
		return Built{}, err
	}
	if o.CacheDir == "" {
		if o.CacheDir, err = Dir(); err != nil {
			return Built{}, err
		}
	}
	recipe, err := readRecipe(moduleDir)
	if err != nil {
		return Built{}, err
	}
	key, err := moduleKey(ctx, moduleDir)
	if err != nil {
		return Built{}, err
	}
	e := entry{module: filepath.Base(moduleDir), key: key, bin: filepath.Join(o.CacheDir, "bin"), recipe: recipe}
	if e.complete() {
		return e.use(), nil
	}
	if err := os.MkdirAll(e.bin, 0o755); err != nil {
		return Built{}, err
	}
	unlock, err := lock(ctx, filepath.Join(e.bin, "."+e.module+".lock"))
	if err != nil {
		return Built{}, err
	}
	defer unlock()
	if e.complete() { // another process has built it while we waited
		return e.use(), nil
	}
	if o.Progress != nil {
		o.Progress("building " + e.module + " (the first time takes minutes)")
	}
	if err := e.build(ctx, moduleDir, o.Output); err != nil {
		return Built{}, err
	}
	e.prune()
	return e.use(), nil
}

type entry struct {
	module, key, bin string
	recipe           Recipe
}

func (e entry) dir() string { return filepath.Join(e.bin, e.module+"-"+e.key) }

func (e entry) complete() bool {
	for _, b := range e.recipe.Binaries {
		if info, err := os.Stat(filepath.Join(e.dir(), b.Name)); err != nil || !info.Mode().IsRegular() || info.Size() == 0 {
			return false
		}
	}
	return true
}

// use marks the entry as used, for prune.
func (e entry) use() Built {
	now := time.Now()
	_ = os.Chtimes(e.dir(), now, now)
	return Built{Dir: e.dir(), Key: e.key}
}

func (e entry) build(ctx context.Context, moduleDir string, output io.Writer) error {
	tmp, err := os.MkdirTemp(e.bin, ".building-"+e.module+"-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(tmp) }()
	for _, b := range e.recipe.Binaries {
		if err := goBuild(ctx, moduleDir, e.recipe, b, filepath.Join(tmp, b.Name), output); err != nil {
			return err
		}
	}
	if err := os.Chmod(tmp, 0o755); err != nil {
		return err
	}
	// What lies under the name is incomplete, or complete() would have been true.
	if err := os.RemoveAll(e.dir()); err != nil {
		return err
	}
	return os.Rename(tmp, e.dir())
}

func goBuild(ctx context.Context, moduleDir string, r Recipe, b Binary, out string, output io.Writer) error {
	args := []string{"build", "-trimpath", "-buildvcs=false", "-mod=readonly", "-ldflags", r.LDFlags, "-o", out}
	if len(r.Tags) > 0 {
		args = append(args, "-tags", strings.Join(r.Tags, ","))
	}
	cmd := exec.CommandContext(ctx, "go", append(args, b.Package)...)
	cmd.Dir = moduleDir
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOWORK=off", "GOFLAGS=")
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	cmd.WaitDelay = 10 * time.Second
	messages := &tail{limit: 4 << 10}
	cmd.Stdout, cmd.Stderr = messages, messages
	if output != nil {
		w := io.MultiWriter(messages, output)
		cmd.Stdout, cmd.Stderr = w, w
	}
	if err := cmd.Run(); err != nil {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		return fmt.Errorf("build %s in %s: %w\n%s", b.Name, moduleDir, err, messages)
	}
	return syncFile(out)
}

func syncFile(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

// keepUnused is how long an entry that nobody uses is kept: switching between two states of the source is common.
const keepUnused = 7 * 24 * time.Hour

// prune removes old entries of this module. What can't be removed only costs space.
func (e entry) prune() {
	entries, err := os.ReadDir(e.bin)
	if err != nil {
		return
	}
	for _, d := range entries {
		key, ours := strings.CutPrefix(d.Name(), e.module+"-")
		if !ours || len(key) != keyLength || key == e.key {
			continue
		}
		if info, err := d.Info(); errors.Is(err, fs.ErrNotExist) || err == nil && time.Since(info.ModTime()) < keepUnused {
			continue
		}
		_ = os.RemoveAll(filepath.Join(e.bin, d.Name()))
	}
}
