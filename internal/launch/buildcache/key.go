package buildcache

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
)

// keyLength is the number of hexadecimal digits of a key: 64 bits, since nobody attacks his own cache.
const keyLength = 16

// moduleKey is a digest of everything that decides what the module's binaries are.
func moduleKey(ctx context.Context, dir string) (string, error) {
	version, err := goVersion(ctx, dir)
	if err != nil {
		return "", err
	}
	h := sha256.New()
	_, _ = fmt.Fprintf(h, "1\x00%s\x00%s\x00%s\x00%s\x00", version, runtime.GOOS, runtime.GOARCH, os.Getenv("GOAMD64"))
	err = filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			if path != dir && skipFolder(d.Name()) {
				return filepath.SkipDir
			}
			return nil
		}
		if !d.Type().IsRegular() || skipFile(d.Name()) {
			return nil
		}
		return hashFile(h, dir, path)
	})
	if err != nil {
		return "", fmt.Errorf("read module %s: %w", dir, err)
	}
	return hex.EncodeToString(h.Sum(nil))[:keyLength], nil
}

func skipFolder(name string) bool {
	return name == "testdata" || strings.HasPrefix(name, ".")
}

func skipFile(name string) bool {
	return strings.HasSuffix(name, "_test.go") || strings.HasSuffix(name, ".md") || strings.HasPrefix(name, ".")
}

func hashFile(h io.Writer, dir, path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	rel, err := filepath.Rel(dir, path)
	if err != nil {
		return err
	}
	_, _ = fmt.Fprintf(h, "%s\x00%d\x00", filepath.ToSlash(rel), info.Size())
	_, err = io.Copy(h, f)
	return err
}

// goVersion is that of the go command, which may differ from the one that built this program.
func goVersion(ctx context.Context, dir string) (string, error) {
	cmd := exec.CommandContext(ctx, "go", "env", "GOVERSION")
	cmd.Dir = dir
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("ask the go command for its version (is Go installed and in PATH?): %w", err)
	}
	return strings.TrimSpace(string(out)), nil
}
