package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// component is one third-party part at one version.
type component struct {
	Name    string
	Version string
	Licence string   // SPDX expression
	In      []string // the programs that it is linked into; empty for npm packages
	Files   []file   // licences and notices
}

// file is one text that comes with a component.
type file struct {
	Name string
	Text string
}

// notice says whether the file is an Apache-2.0 NOTICE, and no licence itself.
func (f file) notice() bool {
	return strings.HasPrefix(strings.ToUpper(filepath.Base(f.Name)), "NOTICE")
}

// maxText bounds one licence text, in bytes.
const maxText = 1 << 20

// legalFiles reads the licences and notices of a folder; prefix goes before their names.
func legalFiles(dir, prefix string) ([]file, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	var list []file
	for _, e := range entries {
		if !e.Type().IsRegular() || !legalName(e.Name()) {
			continue
		}
		if info, err := e.Info(); err != nil || info.Size() > maxText {
			continue
		}
		text, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if err != nil {
			return nil, err
		}
		list = append(list, file{prefix + e.Name(), string(text)})
	}
	return list, nil
}

const license = "LICENSE" // as file names spell it

// legalName tells LICENSE.txt from licenses.go and licensing.md.
func legalName(name string) bool {
	stem, _, _ := strings.Cut(strings.ToUpper(name), ".")
	stem, _, _ = strings.Cut(stem, "-")
	stem, _, _ = strings.Cut(stem, "_")
	switch strings.ToLower(filepath.Ext(name)) {
	case ".go", ".js", ".mjs", ".ts", ".json", ".yaml", ".yml", ".html", ".tmpl", ".tpl", ".spdx", ".docs":
		return false
	}
	return slices.Contains([]string{license, "LICENCE", "LICENSES", "COPYING", "NOTICE", "COPYRIGHT", "UNLICENSE"}, stem)
}
