package bundle

import (
	"fmt"
	"io/fs"
	"path"
	"strings"
)

// Recipe says what one image is made of.
type Recipe struct {
	// Name is the last word of the repository: kubemate/<name>.
	Name string
	// Version is the tag.
	Version string
	// Title is a short description for people.
	Title string
	// Licenses is an SPDX expression for the image's own program.
	Licenses string
	// Source is where the program's source lives: a URL.
	Source string
	// Upstream is the Go module whose version must be Version; empty for own programs.
	Upstream string
	// Layers from the lowest to the uppermost.
	Layers []Layer
	// Config is how a container of it starts.
	Config Config
}

// Layer is a list of files. Missing parent folders are added.
type Layer struct {
	Name    string
	Entries []Entry
}

// Config is the part of the OCI image configuration that recipes set.
type Config struct {
	User       string // "uid:gid"
	Entrypoint []string
	Cmd        []string
	Env        []string
	WorkingDir string
}

// Entry is one file, folder or link of a layer. Exactly one of Data (which may
// be empty for a Folder), Program and Target decides what it is.
type Entry struct {
	// Path is absolute within the image.
	Path string
	// Mode holds permission bits and fs.ModeSticky.
	Mode fs.FileMode
	// Owner is the uid and the gid.
	Owner int
	// Folder makes a folder.
	Folder bool
	// Data is the content of a plain file.
	Data []byte
	// Target makes a symbolic link.
	Target string
	// Program makes an executable that is built first.
	Program *Program
	// ToolLinks, beside Program, adds a link next to it for every name that the
	// program prints when called with --list.
	ToolLinks bool
}

// Program is a Go program of this repository.
type Program struct {
	// Module is the folder of its Go module, relative to the checkout; "." is the main one.
	Module string
	// Package to build; empty where the module's own recipe says it.
	Package string
	// Binary is the file's name.
	Binary string
}

// Repository is the image's name without registry and tag.
func (r Recipe) Repository() string { return repositoryPrefix + r.Name }

const repositoryPrefix = "kubemate/"

// validate finds recipes that could not give a reproducible image.
func (r Recipe) validate() error {
	switch {
	case r.Name == "" || strings.Trim(r.Name, "abcdefghijklmnopqrstuvwxyz0123456789-") != "":
		return fmt.Errorf("image %q: a name has lower case letters, digits and dashes", r.Name)
	case r.Version == "" || r.Licenses == "" || r.Source == "" || r.Title == "":
		return fmt.Errorf("image %s: version, title, licences and source are all needed", r.Name)
	case len(r.Layers) == 0:
		return fmt.Errorf("image %s: it has no layers", r.Name)
	}
	for _, layer := range r.Layers {
		if err := layer.validate(); err != nil {
			return fmt.Errorf("image %s: layer %s: %w", r.Name, layer.Name, err)
		}
	}
	return nil
}

func (l Layer) validate() error {
	seen := map[string]bool{}
	for _, e := range l.Entries {
		switch {
		case !path.IsAbs(e.Path) || path.Clean(e.Path) != e.Path || e.Path == "/":
			return fmt.Errorf("%q is no clean absolute path", e.Path)
		case seen[e.Path]:
			return fmt.Errorf("%s is there twice", e.Path)
		case e.Folder && (e.Program != nil || e.Target != "" || e.Data != nil),
			e.Program != nil && (e.Target != "" || e.Data != nil),
			e.Target != "" && e.Data != nil:
			return fmt.Errorf("%s is more than one kind of file", e.Path)
		}
		seen[e.Path] = true
	}
	return nil
}

// programs returns every program of the recipe once, in order.
func (r Recipe) programs() []Program {
	var list []Program
	seen := map[Program]bool{}
	for _, layer := range r.Layers {
		for _, e := range layer.Entries {
			if e.Program != nil && !seen[*e.Program] {
				seen[*e.Program] = true
				list = append(list, *e.Program)
			}
		}
	}
	return list
}
