package clauses

import (
	"go/ast"
	"go/token"
	"regexp"
	"strconv"
)

// A Requirement is a row of package fapi.
type Requirement struct{ ID, Clause, Text string }

// idSyntax is that of a requirement's ID: a family, a hyphen, and a number or a clause.
const idSyntax = `FAPI-[A-Z]+|[A-Z][A-Z0-9]*(?:-[A-Z0-9]+)*-[A-Z]*\d+(?:\.\d+)*`

var wholeID = regexp.MustCompile(`^(?:` + idSyntax + `)$`)

// Requirements are those that profiles list, in the order of the sources.
func (t *Tree) Requirements() []Requirement {
	var all []Requirement
	seen := make(map[string]bool)
	for _, f := range t.Files {
		if f.Pkg != "fapi" || f.Test {
			continue
		}
		ast.Inspect(f.AST, func(n ast.Node) bool {
			list, ok := n.(*ast.CompositeLit)
			if !ok || !isRequirements(list.Type) {
				return true
			}
			for _, e := range list.Elts {
				row, ok := e.(*ast.CompositeLit)
				if !ok || len(row.Elts) != 4 {
					continue
				}
				r := Requirement{text(row.Elts[0]), text(row.Elts[1]), text(row.Elts[2])}
				if r.ID != "" && !seen[r.ID] {
					seen[r.ID] = true
					all = append(all, r)
				}
			}
			return false
		})
	}
	return all
}

func isRequirements(e ast.Expr) bool {
	slice, ok := e.(*ast.ArrayType)
	if !ok {
		return false
	}
	name, ok := slice.Elt.(*ast.Ident)
	return ok && name.Name == "Requirement"
}

// text is the value of a string literal; "" for any other expression.
func text(e ast.Expr) string {
	lit, ok := e.(*ast.BasicLit)
	if !ok || lit.Kind != token.STRING {
		return ""
	}
	s, err := strconv.Unquote(lit.Value)
	if err != nil {
		return ""
	}
	return s
}
