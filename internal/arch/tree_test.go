package arch_test

import (
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

const module = "kubemate.io/kubemate/"

// source is one Go file of the repository.
type source struct {
	path string // from the root, with slashes
	file *ast.File
	set  *token.FileSet
}

func (s source) test() bool { return strings.HasSuffix(s.path, "_test.go") }

func (s source) folder() string { return filepath.ToSlash(filepath.Dir(s.path)) }

func (s source) line(n ast.Node) int { return s.set.Position(n.Pos()).Line }

// root finds the root of the repository.
func root() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir, nil
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			return "", errors.New("no go.mod above the working folder")
		}
		dir = parent
	}
}

// walk calls f with the files of the repository that people write, by their path from the root.
func walk(t *testing.T, f func(path string, content []byte)) {
	t.Helper()
	if err := walkTree(f); err != nil {
		t.Fatal(err)
	}
}

func walkTree(f func(path string, content []byte)) error {
	top, err := root()
	if err != nil {
		return err
	}
	for _, folder := range []string{"api", "cmd", "demo", "internal", "stack", "web"} {
		if err := walkFolder(top, folder, f); err != nil {
			return err
		}
	}
	return nil
}

func walkFolder(top, folder string, f func(path string, content []byte)) error {
	return filepath.WalkDir(filepath.Join(top, folder), func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			if name := d.Name(); name == "node_modules" || name == "dist" || name == "testdata" || strings.HasPrefix(name, ".") {
				return filepath.SkipDir
			}
			return nil
		}
		switch filepath.Ext(path) {
		case ".go", ".ts", ".vue":
		default:
			return nil
		}
		content, err := os.ReadFile(path)
		if errors.Is(err, fs.ErrNotExist) {
			return nil // an editor's file that has gone since
		}
		if err != nil {
			return err
		}
		relative, err := filepath.Rel(top, path)
		if err != nil {
			return err
		}
		f(filepath.ToSlash(relative), content)
		return nil
	})
}

// parsed is the Go files, parsed once for all rules.
var parsed = sync.OnceValues(func() ([]source, error) {
	var out []source
	var failed error
	err := walkTree(func(path string, content []byte) {
		if !strings.HasSuffix(path, ".go") {
			return
		}
		set := token.NewFileSet()
		file, err := parser.ParseFile(set, path, content, parser.ParseComments)
		failed = errors.Join(failed, err)
		out = append(out, source{path: path, file: file, set: set})
	})
	return out, errors.Join(err, failed)
})

// sources gives the Go files.
func sources(t *testing.T) []source {
	t.Helper()
	out, err := parsed()
	if err != nil {
		t.Fatal(err)
	}
	if len(out) < 50 {
		t.Fatalf("only %d Go files were found: the rules would check nothing", len(out))
	}
	return out
}
