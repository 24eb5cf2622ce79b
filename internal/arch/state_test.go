package arch_test

import (
	"go/ast"
	"go/token"
	"strings"
	"testing"
)

// init() runs before anybody decided that it should, and cannot fail.
func TestNoInit(t *testing.T) {
	for _, s := range sources(t) {
		for _, d := range s.file.Decls {
			if f, ok := d.(*ast.FuncDecl); ok && f.Recv == nil && f.Name.Name == "init" {
				t.Errorf("%s:%d: init()", s.path, s.line(f))
			}
		}
	}
}

// State belongs to a value that somebody made and owns: package variables couple tests and
// hide who changes what. Tables, errors and compiled patterns that are never written are fine.
func TestNoPackageState(t *testing.T) {
	allowed := map[string]string{
		"internal/testkit suite": "one API server per test binary, started by the first test that needs it",
	}
	packages := map[string]*variables{}
	all := sources(t)
	for _, s := range all {
		if !s.test() {
			of(packages, s).declare(s)
		}
	}
	for _, s := range all {
		if !s.test() {
			of(packages, s).findWrites(s)
		}
	}
	for folder, v := range packages {
		for name, where := range v.written {
			if allowed[folder+" "+name] == "" {
				t.Errorf("%s: package variable %s of %s is written", where, name, folder)
			}
		}
	}
}

// Waiting for a while is either too short on a busy machine or too long on an idle one: wait
// for the event. In programs, a sleep cannot be ended by the context.
func TestNoSleep(t *testing.T) {
	allowed := map[string]string{
		"internal/testkit/eventually.go":                        "looks at a condition that has no event",
		"internal/launch/embedded/testdata/workload":            "a program that only lives",
		"demo/internal/app/world_test.go":                       "looks at a condition over HTTP again and again",
		"demo/internal/fault/switch_test.go":                    "looks at a condition that has no event",
		"internal/cli/stream_test.go":                           "looks at a condition that has no event",
		"internal/launch/addons/node_test.go":                   "looks at the state of real pods again and again",
		"internal/launch/embedded/crash_test.go":                "kills at moments that no event marks",
		"internal/launch/embedded/simulated_test.go":            "looks at the state of nodes again and again",
		"internal/launch/embedded/supervise/supervisor_test.go": "looks at processes, which have no event",
	}
	for _, s := range sources(t) {
		ast.Inspect(s.file, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok {
				return true
			}
			f, ok := call.Fun.(*ast.SelectorExpr)
			if !ok || f.Sel.Name != "Sleep" || allowed[s.path] != "" || strings.HasPrefix(s.path, "stack/") {
				return true
			}
			if pkg, ok := f.X.(*ast.Ident); ok && pkg.Name == "time" {
				t.Errorf("%s:%d: time.Sleep", s.path, s.line(call))
			}
			return true
		})
	}
}

// variables are the package variables of one folder, and where they are written.
type variables struct {
	names   map[string]bool
	written map[string]string
}

func of(packages map[string]*variables, s source) *variables {
	v := packages[s.folder()]
	if v == nil {
		v = &variables{names: map[string]bool{}, written: map[string]string{}}
		packages[s.folder()] = v
	}
	return v
}

func (v *variables) declare(s source) {
	for _, d := range s.file.Decls {
		decl, ok := d.(*ast.GenDecl)
		if !ok || decl.Tok != token.VAR {
			continue
		}
		for _, spec := range decl.Specs {
			for _, name := range spec.(*ast.ValueSpec).Names {
				v.names[name.Name] = name.Name != "_"
			}
		}
	}
}

// findWrites notes assignments to package variables or to what they hold. The parser's scopes
// tell package variables from local ones of the same name.
func (v *variables) findWrites(s source) {
	top := map[*ast.ValueSpec]bool{}
	for _, d := range s.file.Decls {
		if decl, ok := d.(*ast.GenDecl); ok && decl.Tok == token.VAR {
			for _, spec := range decl.Specs {
				top[spec.(*ast.ValueSpec)] = true
			}
		}
	}
	note := func(e ast.Expr) {
		if id := base(e); id != nil && v.names[id.Name] && !local(id, top) {
			v.written[id.Name] = s.path
		}
	}
	ast.Inspect(s.file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.AssignStmt:
			if n.Tok != token.DEFINE {
				for _, e := range n.Lhs {
					note(e)
				}
			}
		case *ast.IncDecStmt:
			note(n.X)
		case *ast.CallExpr:
			if f, ok := n.Fun.(*ast.Ident); ok && (f.Name == "delete" || f.Name == "clear") {
				note(n.Args[0])
			}
		}
		return true
	})
}

// base is the variable that an expression is a part of: a of a.b[c].
func base(e ast.Expr) *ast.Ident {
	for {
		switch x := e.(type) {
		case *ast.Ident:
			return x
		case *ast.SelectorExpr:
			e = x.X
		case *ast.IndexExpr:
			e = x.X
		case *ast.StarExpr:
			e = x.X
		case *ast.ParenExpr:
			e = x.X
		default:
			return nil
		}
	}
}

// local says whether a name was declared inside a function.
func local(id *ast.Ident, top map[*ast.ValueSpec]bool) bool {
	if id.Obj == nil {
		return false // declared in another file of the package
	}
	spec, ok := id.Obj.Decl.(*ast.ValueSpec)
	return !ok || !top[spec] // what is no ValueSpec is a parameter, or came by :=
}
