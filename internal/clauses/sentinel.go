package clauses

import (
	"go/ast"
	"path"
	"regexp"
	"slices"
)

// A Use is a place that brings a sentinel, or an ID without one, into the world.
type Use struct {
	File  *File
	Node  ast.Expr
	Above ancestors
}

var sentinelName = regexp.MustCompile(`^[eE]rr[A-Z]\w*$`)

// sentinel is the name of the sentinel that an expression is, with its package: "dpop.ErrType"; "" for any other.
func (f *File) sentinel(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.Ident:
		if sentinelName.MatchString(e.Name) {
			return path.Base(f.Pkg) + "." + e.Name
		}
	case *ast.SelectorExpr:
		if pkg, ok := e.X.(*ast.Ident); ok && sentinelName.MatchString(e.Sel.Name) {
			return pkg.Name + "." + e.Sel.Name
		}
	}
	return ""
}

// A Table says which IDs stand for which sentinels, whatever the profile.
type Table map[string][]string // sentinel to IDs

// Sentinels are those of an ID.
func (t Table) Sentinels(id string) (all []string) {
	for sentinel, ids := range t {
		if slices.Contains(ids, id) {
			all = append(all, sentinel)
		}
	}
	slices.Sort(all)
	return all
}

// Table reads the verdicts of packages fapi and resource and what profiles say instead: every row and every pair whose
// first part is a sentinel and whose rest holds an ID.
func (t *Tree) Table() Table {
	table := make(Table)
	for _, f := range t.Files {
		if f.Test || f.Pkg != "fapi" && f.Pkg != "resource" {
			continue
		}
		add := func(first ast.Expr, rest ...ast.Expr) {
			sentinel := f.sentinel(first)
			if sentinel == "" {
				return
			}
			for _, e := range rest {
				for _, id := range idsIn(e) {
					if !slices.Contains(table[sentinel], id) {
						table[sentinel] = append(table[sentinel], id)
					}
				}
			}
		}
		ast.Inspect(f.AST, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.CompositeLit:
				if len(n.Elts) > 1 {
					add(n.Elts[0], n.Elts[1:]...)
				}
			case *ast.KeyValueExpr:
				add(n.Key, n.Value)
			}
			return true
		})
	}
	return table
}

// idsIn are the string literals under n that are an ID and nothing else.
func idsIn(n ast.Node) (ids []string) {
	ast.Inspect(n, func(n ast.Node) bool {
		if lit, ok := n.(*ast.BasicLit); ok && wholeID.MatchString(text(lit)) {
			ids = append(ids, text(lit))
		}
		return true
	})
	return ids
}

// Uses are the places outside tests where sentinels are returned, passed on or assigned, and those where an ID is named
// without one; by sentinel and by ID. Declarations, tables and comparisons are none.
func (t *Tree) Uses() map[string][]Use {
	uses := make(map[string][]Use)
	for _, f := range t.Files {
		if f.Test {
			continue
		}
		walk(f.AST, func(n ast.Node, above ancestors) {
			e, ok := n.(ast.Expr)
			if !ok || !f.used(e, above) {
				return
			}
			name := f.sentinel(e)
			if id := text(e); wholeID.MatchString(id) && f.Pkg == "fapi" {
				name = id
			}
			if name != "" {
				uses[name] = append(uses[name], Use{f, e, slices.Clone(above)})
			}
		})
	}
	return uses
}

// used says whether an expression stands where something is done with it.
func (f *File) used(e ast.Expr, above ancestors) bool {
	if len(above) == 0 {
		return false
	}
	switch parent := above[len(above)-1].(type) {
	case *ast.SelectorExpr: // the parts of dpop.ErrType
		return false
	case *ast.ValueSpec, *ast.Field:
		return false
	case *ast.KeyValueExpr:
		if parent.Key == e || len(idsIn(parent.Value)) > 0 && text(e) != "" && f.sentinel(parent.Key) != "" {
			return false
		}
	case *ast.CallExpr:
		if called(parent) == "Is" || called(parent) == "As" {
			return false
		}
	}
	return slices.ContainsFunc(above, func(n ast.Node) bool { _, ok := n.(*ast.FuncDecl); return ok })
}

// called is the last part of the name of what is called.
func called(call *ast.CallExpr) string {
	switch fun := call.Fun.(type) {
	case *ast.Ident:
		return fun.Name
	case *ast.SelectorExpr:
		return fun.Sel.Name
	}
	return ""
}
