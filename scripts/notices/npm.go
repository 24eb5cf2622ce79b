package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// lockedPackage is one entry of package-lock.json.
type lockedPackage struct {
	Version          string            `json:"version"`
	Licence          string            `json:"license"`
	Dependencies     map[string]string `json:"dependencies"`
	PeerDependencies map[string]string `json:"peerDependencies"`
	PeerMeta         map[string]struct {
		Optional bool `json:"optional"`
	} `json:"peerDependenciesMeta"`
}

type lockFile map[string]lockedPackage

// npmPackages lists what the console needs at run time, from the lock file. Not all of it gets
// into the built files; what does is among it.
func npmPackages(dir string, texts bool) ([]component, error) {
	data, err := os.ReadFile(filepath.Join(dir, "package-lock.json"))
	if err != nil {
		return nil, err
	}
	var lock struct{ Packages lockFile }
	if err := json.Unmarshal(data, &lock); err != nil {
		return nil, fmt.Errorf("%s/package-lock.json: %w", dir, err)
	}
	reached := map[string]bool{}
	lock.Packages.reach("", reached)
	var list []component
	for place := range reached {
		p := lock.Packages[place]
		c := component{Name: nameOf(place), Version: p.Version, Licence: p.Licence}
		if texts {
			if c.Files, err = npmFiles(filepath.Join(dir, filepath.FromSlash(place)), p.Version); err != nil {
				return nil, fmt.Errorf("npm package %s: %w", c.Name, err)
			}
		}
		list = append(list, c)
	}
	slices.SortFunc(list, byName)
	return slices.CompactFunc(list, func(a, b component) bool { return byName(a, b) == 0 }), nil
}

// reach marks what the package at a place needs, and so on.
func (l lockFile) reach(place string, reached map[string]bool) {
	p := l[place]
	for name := range p.Dependencies {
		l.visit(place, name, reached)
	}
	for name := range p.PeerDependencies {
		if !p.PeerMeta[name].Optional {
			l.visit(place, name, reached)
		}
	}
}

func (l lockFile) visit(from, name string, reached map[string]bool) {
	if place, ok := l.resolve(from, name); ok && !reached[place] {
		reached[place] = true
		l.reach(place, reached)
	}
}

// resolve finds a package as Node.js does: beside the one that needs it, else further up.
func (l lockFile) resolve(from, name string) (string, bool) {
	for {
		place := path.Join(from, "node_modules", name)
		if _, ok := l[place]; ok {
			return place, true
		}
		if from == "" {
			return "", false
		}
		i := strings.LastIndex(from, "node_modules/")
		if i < 0 {
			return "", false
		}
		from = strings.TrimSuffix(from[:i], "/")
	}
}

func nameOf(place string) string {
	return place[strings.LastIndex(place, "node_modules/")+len("node_modules/"):]
}

// npmFiles reads the texts of an installed package, which must be that of the lock file.
func npmFiles(dir, version string) ([]file, error) {
	data, err := os.ReadFile(filepath.Join(dir, "package.json"))
	if err != nil {
		return nil, fmt.Errorf("%w: run npm ci", err)
	}
	var installed struct{ Version string }
	if err := json.Unmarshal(data, &installed); err != nil {
		return nil, err
	}
	if installed.Version != version {
		return nil, fmt.Errorf("%s is installed, the lock file has %s: run npm ci", installed.Version, version)
	}
	return legalFiles(dir, "")
}
