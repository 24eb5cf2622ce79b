package bundle

import (
	"context"
	"crypto/sha256"
	"debug/buildinfo"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime/debug"
	"slices"
	"strings"
	"time"
)

// builtProgram is a program that was compiled.
type builtProgram struct {
	Program
	file   string
	size   int64
	sha256 string
	info   *debug.BuildInfo
}

// inspect reads what a compiled program is and what is linked into it.
func inspect(p Program, file string) (builtProgram, error) {
	built := builtProgram{Program: p, file: file}
	var err error
	if built.info, err = buildinfo.ReadFile(file); err != nil {
		return built, fmt.Errorf("program %s: %w", p.Binary, err)
	}
	if built.sha256, built.size, err = digestFile(file); err != nil {
		return built, fmt.Errorf("program %s: %w", p.Binary, err)
	}
	return built, nil
}

// digestFile returns the hexadecimal SHA-256 and the size in bytes.
func digestFile(file string) (string, int64, error) {
	f, err := os.Open(file)
	if err != nil {
		return "", 0, err
	}
	defer func() { _ = f.Close() }()
	h := sha256.New()
	n, err := io.Copy(h, f)
	return hex.EncodeToString(h.Sum(nil)), n, err
}

// moduleVersion is the version of a linked module, "" where it is not linked.
func (p builtProgram) moduleVersion(path string) string {
	for _, m := range p.info.Deps {
		if m.Path == path {
			return m.Version
		}
	}
	return ""
}

// maxToolList bounds what --list may print, in bytes.
const maxToolList = 64 << 10

// toolNames asks the program for the names that it answers to.
func (p builtProgram) toolNames(ctx context.Context) ([]string, error) {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	out, err := exec.CommandContext(ctx, p.file, "--list").Output()
	if err != nil || len(out) > maxToolList {
		return nil, fmt.Errorf("ask %s for its tools: %w", p.Binary, err)
	}
	names := strings.Fields(string(out))
	slices.Sort(names)
	for _, name := range names {
		if strings.ContainsAny(name, "/\\") || name == "." || name == ".." {
			return nil, fmt.Errorf("%s lists a tool with the odd name %q", p.Binary, name)
		}
	}
	return slices.Compact(names), nil
}
