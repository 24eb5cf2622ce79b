package bundle

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// maxLicense bounds one licence text, in bytes.
const maxLicense = 1 << 20

// licenseTexts returns the licences of every module that is linked into the
// program, one after the other: the licences themselves ask for that.
// moduleDir is the folder whose go.sum vouches for the modules.
func licenseTexts(ctx context.Context, p builtProgram, moduleDir string, agplAllowed bool) ([]byte, error) {
	dirs, err := moduleDirs(ctx, p, moduleDir)
	if err != nil {
		return nil, err
	}
	var text bytes.Buffer
	fmt.Fprintf(&text, "Licences of the Go modules linked into %s. Go itself: https://go.dev/LICENSE (BSD-3-Clause).\n", p.Binary)
	for _, m := range dirs {
		files, err := licenseFiles(m.Dir)
		if err != nil {
			return nil, fmt.Errorf("licence of %s: %w", m.Path, err)
		}
		if len(files) == 0 {
			return nil, fmt.Errorf("module %s %s, linked into %s, has no licence file: it can't be handed on", m.Path, m.Version, p.Binary)
		}
		for _, file := range files {
			content, err := readAtMost(filepath.Join(m.Dir, file), maxLicense)
			if err != nil {
				return nil, fmt.Errorf("licence of %s: %w", m.Path, err)
			}
			if !agplAllowed && bytes.Contains(content, []byte("GNU AFFERO GENERAL PUBLIC LICENSE")) {
				return nil, fmt.Errorf("module %s %s, linked into %s, is under the AGPL", m.Path, m.Version, p.Binary)
			}
			fmt.Fprintf(&text, "\n==== %s %s: %s ====\n%s\n", m.Path, m.Version, file, bytes.TrimSpace(content))
		}
	}
	return text.Bytes(), nil
}

type downloaded struct{ Path, Version, Dir, Error string }

// moduleDirs asks the go command where the linked modules lie.
func moduleDirs(ctx context.Context, p builtProgram, moduleDir string) ([]downloaded, error) {
	args := []string{"mod", "download", "-json"}
	for _, m := range p.info.Deps {
		if m.Replace != nil {
			m = m.Replace
		}
		args = append(args, m.Path+"@"+m.Version)
	}
	if len(args) == 3 {
		return nil, nil // without an argument, all modules would be downloaded
	}
	cmd := exec.CommandContext(ctx, "go", args...)
	cmd.Dir = moduleDir
	cmd.Env = append(os.Environ(), "GOWORK=off", "GOFLAGS=")
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("find the modules of %s: %w", p.Binary, err)
	}
	var list []downloaded
	decoder := json.NewDecoder(bytes.NewReader(out))
	for {
		var m downloaded
		if err := decoder.Decode(&m); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return nil, fmt.Errorf("find the modules of %s: %w", p.Binary, err)
		}
		list = append(list, m)
	}
	slices.SortFunc(list, func(a, b downloaded) int { return strings.Compare(a.Path, b.Path) })
	return list, nil
}

// licenseFiles returns the names in a module's root that are licences or notices.
func licenseFiles(dir string) ([]string, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	var names []string
	for _, e := range entries {
		upper := strings.ToUpper(e.Name())
		for _, prefix := range []string{"LICENSE", "LICENCE", "COPYING", "NOTICE", "COPYRIGHT", "UNLICENSE"} {
			if e.Type().IsRegular() && strings.HasPrefix(upper, prefix) && !strings.HasSuffix(upper, ".GO") {
				names = append(names, e.Name())
				break
			}
		}
	}
	return names, nil
}

func readAtMost(file string, limit int64) ([]byte, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }()
	data, err := io.ReadAll(io.LimitReader(f, limit+1))
	if err == nil && int64(len(data)) > limit {
		return nil, fmt.Errorf("%s is larger than %d bytes", file, limit)
	}
	return data, err
}
