package buildcache

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// recipeFile stands in the folder of a module.
const recipeFile = "build.json"

// Recipe says what to build of a module, and how.
type Recipe struct {
	// Binaries of the module; each is one `go build`.
	Binaries []Binary `json:"binaries"`
	// LDFlags are the linker's; empty is "-s -w".
	LDFlags string `json:"ldflags,omitempty"`
	// Tags are build tags.
	Tags []string `json:"tags,omitempty"`
}

// Binary is one program.
type Binary struct {
	// Name of the file.
	Name string `json:"name"`
	// Package to build: an import path, or a path relative to the module.
	Package string `json:"package"`
}

// readRecipe reads build.json of the module in dir, or gives the default recipe.
func readRecipe(dir string) (Recipe, error) {
	r := Recipe{Binaries: []Binary{{Name: filepath.Base(dir), Package: "."}}}
	data, err := os.ReadFile(filepath.Join(dir, recipeFile))
	switch {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return Recipe{}, err
	default:
		if r, err = parseRecipe(data); err != nil {
			return Recipe{}, fmt.Errorf("%s: %w", filepath.Join(dir, recipeFile), err)
		}
	}
	if r.LDFlags == "" {
		r.LDFlags = "-s -w"
	}
	return r, nil
}

func parseRecipe(data []byte) (Recipe, error) {
	var r Recipe
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&r); err != nil {
		return Recipe{}, err
	}
	if len(r.Binaries) == 0 {
		return Recipe{}, errors.New("no binaries: name at least one")
	}
	for _, b := range r.Binaries {
		if b.Name == "" || b.Package == "" {
			return Recipe{}, errors.New("a binary needs a name and a package")
		}
		if b.Name != filepath.Base(b.Name) || strings.HasPrefix(b.Name, ".") {
			return Recipe{}, fmt.Errorf("binary name %q is no plain file name", b.Name)
		}
		if strings.HasPrefix(b.Package, "-") {
			return Recipe{}, fmt.Errorf("package %q looks like a flag", b.Package)
		}
	}
	return r, nil
}
