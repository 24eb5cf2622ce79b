package arch_test

import (
	"bytes"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const module = "kubemate.io/kubemate/"

// source is one Go file of the repository.
type source struct {
	path  string // from the root, with slashes
	lines int
	file  *ast.File
	set   *token.FileSet
}

func (s source) test() bool { return strings.HasSuffix(s.path, "_test.go") }

func (s source) folder() string { return filepath.ToSlash(filepath.Dir(s.path)) }

func (s source) line(n ast.Node) int { return s.set.Position(n.Pos()).Line }

// root finds the root of the repository.
func root(t *testing.T) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			t.Fatal("no go.mod above the working folder")
		}
		dir = parent
	}
}

// walk calls f with the files of the repository that people write, by their path from the root.
func walk(t *testing.T, f func(path string, content []byte)) {
	t.Helper()
	top := root(t)
	for _, folder := range []string{"api", "cmd", "demo", "internal", "stack", "web"} {
		err := filepath.WalkDir(filepath.Join(top, folder), func(path string, d fs.DirEntry, err error) error {
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
		if err != nil {
			t.Fatal(err)
		}
	}
}

// sources parses the Go files.
func sources(t *testing.T) []source {
	t.Helper()
	var out []source
	walk(t, func(path string, content []byte) {
		if !strings.HasSuffix(path, ".go") {
			return
		}
		set := token.NewFileSet()
		file, err := parser.ParseFile(set, path, content, parser.ParseComments)
		if err != nil {
			t.Errorf("%s: %v", path, err)
			return
		}
		out = append(out, source{path: path, lines: bytes.Count(content, []byte("\n")), file: file, set: set})
	})
	if len(out) < 50 {
		t.Fatalf("only %d Go files were found: the rules would check nothing", len(out))
	}
	return out
}
