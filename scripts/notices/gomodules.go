package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"golang.org/x/sync/errgroup"
)

// program is one Go program that Kubemate hands on.
type program struct {
	Name     string
	Module   string // folder of its module
	Packages []string
	Tags     []string
}

// findPrograms lists kubemate, the demo bank and what stack/ builds.
func findPrograms(root string) ([]program, error) {
	list := []program{
		{Name: kubemate, Module: root, Packages: []string{"./cmd/kubemate"}},
		{Name: "demo-bank", Module: root, Packages: []string{"./demo/cmd/demo-bank"}},
	}
	mods, err := filepath.Glob(filepath.Join(root, "stack", "*", "go.mod"))
	if err != nil {
		return nil, err
	}
	for _, mod := range mods {
		p := program{Name: filepath.Base(filepath.Dir(mod)), Module: filepath.Dir(mod), Packages: []string{"."}}
		if err := p.readRecipe(); err != nil {
			return nil, err
		}
		list = append(list, p)
	}
	if len(mods) == 0 {
		return nil, errors.New("no modules under stack: is this the root of the checkout?")
	}
	return list, nil
}

// readRecipe takes packages and tags from the module's build.json; see internal/launch/buildcache.
func (p *program) readRecipe() error {
	data, err := os.ReadFile(filepath.Join(p.Module, "build.json"))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	var recipe struct {
		Binaries []struct{ Name, Package string }
		Tags     []string
	}
	if err := json.Unmarshal(data, &recipe); err != nil {
		return fmt.Errorf("%s/build.json: %w", p.Module, err)
	}
	p.Packages, p.Tags = nil, recipe.Tags
	for _, b := range recipe.Binaries {
		p.Packages = append(p.Packages, b.Package)
	}
	return nil
}

// goModules lists the modules that are linked into the programs.
func goModules(ctx context.Context, programs []program) ([]component, error) {
	var lock sync.Mutex
	found := map[string]*linked{}
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(2) // the go command uses several processors itself
	for _, p := range programs {
		group.Go(func() error {
			packages, err := p.list(ctx)
			lock.Lock()
			defer lock.Unlock()
			for _, l := range packages {
				key := l.path + "@" + l.version
				if found[key] == nil {
					found[key] = &linked{linkedPackage: l, folders: map[string]bool{}}
				}
				found[key].add(p.Name, l.folder)
			}
			return err
		})
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	var list []component
	for _, l := range found {
		c, err := l.component()
		if err != nil {
			return nil, err
		}
		list = append(list, c)
	}
	list = append(list, standardLibrary(list))
	slices.SortFunc(list, byName)
	return list, nil
}

// linkedPackage is a package of a third-party module.
type linkedPackage struct{ path, version, root, folder string }

// linked is a module with the programs and the folders of the packages that are linked.
type linked struct {
	linkedPackage
	in      []string
	folders map[string]bool
}

func (l *linked) add(program, folder string) {
	if !slices.Contains(l.in, program) {
		l.in = append(l.in, program)
	}
	// A copied package keeps its own licence beside it: look there, and in the folders above.
	for ; len(folder) > len(l.root); folder = filepath.Dir(folder) {
		l.folders[folder] = true
	}
	l.folders[l.root] = true
}

func (l *linked) component() (component, error) {
	slices.Sort(l.in)
	c := component{Name: l.path, Version: l.version, In: l.in}
	var folders []string
	for f := range l.folders {
		folders = append(folders, f)
	}
	slices.Sort(folders)
	for _, f := range folders {
		prefix := strings.TrimPrefix(strings.TrimPrefix(filepath.ToSlash(f), filepath.ToSlash(l.root)), "/")
		if prefix != "" {
			prefix += "/"
		}
		files, err := legalFiles(f, prefix)
		if err != nil {
			return c, fmt.Errorf("%s: %w", l.path, err)
		}
		c.Files = append(c.Files, files...)
	}
	var err error
	if c.Licence, err = expression(c.Files); err != nil {
		return c, fmt.Errorf("module %s %s: %w", c.Name, c.Version, err)
	}
	return c, nil
}

// list asks the go command for the packages of a program, for Linux on amd64 wherever this runs.
func (p program) list(ctx context.Context) ([]linkedPackage, error) {
	const format = `{{$dir := .Dir}}{{with .Module}}{{if not .Main}}{{with .Replace}}{{.Path}}	{{.Version}}{{else}}{{.Path}}	{{.Version}}{{end}}	{{.Dir}}	{{$dir}}{{end}}{{end}}`
	args := append([]string{"list", "-mod=readonly", "-deps", "-tags", strings.Join(p.Tags, ","), "-f", format}, p.Packages...)
	cmd := exec.CommandContext(ctx, "go", args...)
	cmd.Dir = p.Module
	cmd.Env = append(os.Environ(), "GOWORK=off", "GOFLAGS=", "CGO_ENABLED=0", "GOOS=linux", "GOARCH=amd64")
	var complaint bytes.Buffer
	cmd.Stderr = &complaint
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("go list in %s: %w: %s", p.Module, err, bytes.TrimSpace(complaint.Bytes()))
	}
	var list []linkedPackage
	for line := range strings.Lines(string(out)) {
		fields := strings.Split(strings.TrimSpace(line), "\t")
		if len(fields) == 1 && fields[0] == "" {
			continue
		}
		if len(fields) != 4 || fields[2] == "" {
			return nil, fmt.Errorf("go list in %s: the module of %q is not there", p.Module, line)
		}
		list = append(list, linkedPackage{fields[0], fields[1], fields[2], fields[3]})
	}
	return list, nil
}

// standardLibrary is Go's own part of every program. Its licence is that of golang.org/x, where
// it can be read whichever Go is installed.
func standardLibrary(modules []component) component {
	c := component{Name: "Go standard library and runtime", Licence: "BSD-3-Clause", In: []string{"all"}}
	for _, m := range modules {
		if m.Name == "golang.org/x/sys" {
			c.Files = m.Files
		}
	}
	return c
}

func byName(a, b component) int {
	if n := strings.Compare(a.Name, b.Name); n != 0 {
		return n
	}
	return strings.Compare(a.Version, b.Version)
}
