package clauses

import (
	"go/ast"
	"path"
	"regexp"
	"slices"
	"strings"
)

// A Test is one case with a name that starts with IDs: a row of a table, or a call with the name among its arguments.
//
// "PAR-07/refused request_uri" and "INT-14 refused without issuer" say which side they try. A name that doesn't say it is
// that of a refusal if its case names a sentinel, and of what is kept if it names none: {"DPOP-03 typ JWT", ...,
// dpop.ErrType} is refused and {"DPOP-03 dpop+jwt", ..., nil} is kept.
type Test struct {
	IDs       []string
	Name      string // what follows the IDs
	Run       string // the name as [testing] writes it, or how it begins
	File      *File
	Func      string // the test function, "" where the case is made by another
	Refused   bool
	Sentinels []string // that the case names
	Asserted  []string // IDs that the case names beside its own
}

var (
	names   = regexp.MustCompile(`^((?:` + idSyntax + `)(?:,? (?:` + idSyntax + `))*)(?:[ /](.*))?$`)
	oneID   = regexp.MustCompile(idSyntax)
	refusal = regexp.MustCompile(`^(?:refused|refuses)\b`)
	keeping = regexp.MustCompile(`^kept\b`)
)

// Tests are those of the main module, in the order of the sources.
func (t *Tree) Tests() []Test {
	var all []Test
	for _, f := range t.Files {
		if !f.Test {
			continue
		}
		walk(f.AST, func(n ast.Node, above ancestors) {
			lit, ok := n.(*ast.BasicLit)
			if !ok {
				return
			}
			if test, ok := f.apart(lit, above); ok {
				all = append(all, test)
				return
			}
			m := names.FindStringSubmatch(text(lit))
			if m == nil {
				return
			}
			unit, concatenated := caseOf(lit, above)
			if unit == nil || !strings.ContainsAny(text(lit), " /") && !concatenated {
				return
			}
			test := Test{IDs: oneID.FindAllString(m[1], -1), Name: strings.TrimSpace(m[2]), Run: written(text(lit)), File: f, Func: testOf(above)}
			test.look(unit, lit)
			all = append(all, test)
		})
	}
	return all
}

// apart is a case whose ID stands by itself, before its name: in a call of refuse, or in a row of a test that makes of the
// two a name that says "/refused".
func (f *File) apart(id *ast.BasicLit, above ancestors) (Test, bool) {
	m := names.FindStringSubmatch(text(id))
	if len(above) == 0 || m == nil || m[1] != text(id) {
		return Test{}, false
	}
	var parts []ast.Expr
	switch n := above[len(above)-1].(type) {
	case *ast.CallExpr:
		if called(n) == "refuse" {
			parts = n.Args
		}
	case *ast.CompositeLit:
		if mentions(above, "/refused ") {
			parts = n.Elts
		}
	}
	if len(parts) < 2 || parts[0] != ast.Expr(id) || text(parts[1]) == "" {
		return Test{}, false
	}
	test := Test{IDs: oneID.FindAllString(m[1], -1), Name: text(parts[1]), File: f, Func: testOf(above), Refused: true}
	test.Run = written(m[1] + "/refused " + test.Name)
	for _, p := range parts[1:] {
		test.Asserted = append(test.Asserted, idsIn(p)...)
	}
	return test, true
}

// written is a name as package testing writes it.
func written(name string) string { return strings.ReplaceAll(name, " ", "_") }

// mentions says whether the function around has a string literal.
func mentions(above ancestors, s string) (found bool) {
	for _, n := range above {
		if f, ok := n.(*ast.FuncDecl); ok {
			ast.Inspect(f, func(n ast.Node) bool {
				lit, ok := n.(*ast.BasicLit)
				found = found || ok && strings.HasPrefix(text(lit), s)
				return !found
			})
		}
	}
	return found
}

// caseOf is the case whose name a literal is, or begins: a row, a pair of a map, or a call. Messages of assertions name no
// case.
func caseOf(lit *ast.BasicLit, above ancestors) (unit ast.Node, concatenated bool) {
	var below ast.Node = lit
	for i := len(above) - 1; i >= 0; i-- {
		switch n := above[i].(type) {
		case *ast.BinaryExpr:
			if n.X != below {
				return nil, false
			}
			concatenated = true
		case *ast.KeyValueExpr:
			if n.Key == below {
				return n, concatenated
			}
			if key, ok := n.Key.(*ast.Ident); !ok || !strings.EqualFold(key.Name, "name") {
				return nil, false
			}
		case *ast.CompositeLit:
			if len(n.Elts) > 0 && (n.Elts[0] == below || isPair(n.Elts[0])) {
				return n, concatenated
			}
			return nil, false
		case *ast.CallExpr:
			if s, ok := n.Fun.(*ast.SelectorExpr); ok && s.Sel.Name != "Run" {
				return nil, false
			}
			if len(n.Args) > 2 && !slices.Contains(n.Args[:2], below.(ast.Expr)) {
				return nil, false
			}
			return n, concatenated
		default:
			return nil, false
		}
		below = above[i]
	}
	return nil, false
}

func isPair(e ast.Expr) bool { _, ok := e.(*ast.KeyValueExpr); return ok }

// testOf is the test function around.
func testOf(above ancestors) string {
	for _, n := range above {
		if f, ok := n.(*ast.FuncDecl); ok && strings.HasPrefix(f.Name.Name, "Test") {
			return f.Name.Name
		}
	}
	return ""
}

// look reads the rest of the case.
func (t *Test) look(unit ast.Node, name *ast.BasicLit) {
	erring := false
	ast.Inspect(unit, func(n ast.Node) bool {
		e, ok := n.(ast.Expr)
		if !ok || e == ast.Expr(name) {
			return true
		}
		if s := t.File.sentinel(e); s != "" {
			t.Sentinels = append(t.Sentinels, t.own(s))
			_, selector := e.(*ast.SelectorExpr)
			return !selector
		}
		if id := text(e); wholeID.MatchString(id) {
			t.Asserted = append(t.Asserted, id)
		}
		if call, ok := e.(*ast.CallExpr); ok && slices.Contains([]string{"Error", "ErrorIs", "ErrorAs", "ErrorContains", "EqualError"}, called(call)) && len(call.Args) > 0 {
			erring = true
		}
		if ident, ok := e.(*ast.Ident); ok && ident.Name == "refused" {
			erring = true
		}
		return true
	})
	switch {
	case refusal.MatchString(t.Name):
		t.Refused = true
	case !keeping.MatchString(t.Name):
		t.Refused = erring || len(t.Sentinels) > 0
	}
}

// own gives a sentinel of a test's own package the name of the package that is tested.
func (t *Test) own(s string) string {
	return strings.Replace(s, path.Base(t.File.Pkg)+"_test.", path.Base(t.File.Pkg)+".", 1)
}
