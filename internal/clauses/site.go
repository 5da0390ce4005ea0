package clauses

import (
	"cmp"
	"fmt"
	"go/ast"
	"go/token"
	"slices"
	"strings"
)

// SwitchPath is the package that an instrumented file imports: Site(n) says whether a place is disabled, Err(n, err) is
// nil there.
const SwitchPath = "github.com/fosite-fapi/fosite-fapi/internal/clauses/off"

// An Instrumented tree can have each of its checks disabled while it runs.
type Instrumented struct {
	Files map[string][]byte // by name, those that differ
	Sites map[string][]int  // the places of each sentinel, and of each ID that stands without one
}

type insertion struct {
	at     int
	closes bool // belongs to what stands before
	text   string
}

// Instrument gives every use of a sentinel a number, and puts a switch before it: the condition under which it is returned
// becomes false, or the statement is left out.
func (t *Tree) Instrument() *Instrumented {
	out := &Instrumented{Files: make(map[string][]byte), Sites: make(map[string][]int)}
	edits := make(map[*File][]insertion)
	n := 0
	uses := t.Uses()
	names := make([]string, 0, len(uses))
	for name := range uses {
		names = append(names, name)
	}
	slices.Sort(names)
	declared := t.declared()
	for _, name := range names {
		if !declared[name] && !wholeID.MatchString(name) {
			continue // what answers look like, and other people's errors
		}
		for _, use := range uses[name] {
			if made := t.disable(use, n); len(made) > 0 {
				edits[use.File] = append(edits[use.File], made...)
				out.Sites[name] = append(out.Sites[name], n)
				n++
			}
		}
	}
	for f, made := range edits {
		at := t.Fset.Position(f.AST.Name.End()).Offset
		made = append(made, insertion{at, true, fmt.Sprintf("; import clauseoff %q", SwitchPath)})
		out.Files[f.Name] = apply(f.Text, made)
	}
	return out
}

// declared are the sentinels of the module: package variables made by errors.New or fmt.Errorf.
func (t *Tree) declared() map[string]bool {
	all := make(map[string]bool)
	for _, f := range t.Files {
		for _, d := range f.AST.Decls {
			decl, ok := d.(*ast.GenDecl)
			if !ok || f.Test {
				continue
			}
			for _, s := range decl.Specs {
				spec, ok := s.(*ast.ValueSpec)
				if !ok {
					continue
				}
				for i, name := range spec.Names {
					if i < len(spec.Values) && makesError(spec.Values[i]) {
						all[f.sentinel(name)] = true
					}
				}
			}
		}
	}
	delete(all, "")
	return all
}

func makesError(e ast.Expr) bool {
	call, ok := e.(*ast.CallExpr)
	return ok && (called(call) == "New" || called(call) == "Errorf")
}

func apply(text []byte, made []insertion) []byte {
	slices.SortStableFunc(made, func(a, b insertion) int {
		if a.at != b.at {
			return cmp.Compare(a.at, b.at)
		}
		if a.closes != b.closes {
			if a.closes {
				return -1
			}
			return 1
		}
		return 0
	})
	var b strings.Builder
	from := 0
	for _, i := range made {
		b.Write(text[from:i.at])
		b.WriteString(i.text)
		from = i.at
	}
	b.Write(text[from:])
	return []byte(b.String())
}

// around puts text before and behind a node.
func (t *Tree) around(n ast.Node, before, behind string) []insertion {
	return []insertion{{t.Fset.Position(n.Pos()).Offset, false, before}, {t.Fset.Position(n.End()).Offset, true, behind}}
}

// disable is the switch of one use.
func (t *Tree) disable(use Use, n int) []insertion {
	below := ast.Node(use.Node)
	var statement ast.Stmt
	for _, above := range slices.Backward(use.Above) {
		switch above := above.(type) {
		case *ast.CompositeLit:
			if _, isString := use.Node.(*ast.BasicLit); statement == nil && !isString {
				return t.around(use.Node, fmt.Sprintf("clauseoff.Err(%d, ", n), ")")
			}
		case *ast.IfStmt:
			if made := t.disableIf(above, below, n); made != nil {
				return made
			}
		case *ast.CaseClause:
			if made := t.disableCase(above, use.Above, below, n); made != nil {
				return made
			}
		case *ast.FuncLit:
			return t.disableStatement(use, statement, above.Type, n)
		case *ast.FuncDecl:
			return t.disableStatement(use, statement, above.Type, n)
		}
		if s, ok := above.(ast.Stmt); ok && statement == nil {
			statement = s
		}
		below = above
	}
	return nil
}

func (t *Tree) disableIf(s *ast.IfStmt, below ast.Node, n int) []insertion {
	switch below {
	case s.Body:
		return t.around(s.Cond, "(", fmt.Sprintf(") && !clauseoff.Site(%d)", n))
	case s.Else:
		return t.around(s.Cond, "(", fmt.Sprintf(") || clauseoff.Site(%d)", n))
	}
	return nil // in the condition
}

// disableCase makes the expressions of a case false, in a switch that has no tag.
func (t *Tree) disableCase(c *ast.CaseClause, above ancestors, below ast.Node, n int) []insertion {
	at := slices.Index(above, ast.Node(c))
	if at < 2 || len(c.List) == 0 || slices.ContainsFunc(c.List, func(e ast.Expr) bool { return ast.Node(e) == below }) {
		return nil
	}
	if s, ok := above[at-2].(*ast.SwitchStmt); !ok || s.Tag != nil {
		return nil
	}
	var made []insertion
	for _, e := range c.List {
		made = append(made, t.around(e, "(", fmt.Sprintf(") && !clauseoff.Site(%d)", n))...)
	}
	return made
}

// disableStatement leaves a statement out: a return gives zero values instead, and what is handed on is nil.
func (t *Tree) disableStatement(use Use, s ast.Stmt, f *ast.FuncType, n int) []insertion {
	switch s := s.(type) {
	case *ast.ReturnStmt:
		at := t.Fset.Position(s.Pos()).Offset
		return []insertion{{at, false, fmt.Sprintf("if clauseoff.Site(%d) { %s }; ", n, t.nothing(f))}}
	case *ast.ExprStmt:
		return t.around(s, fmt.Sprintf("if !clauseoff.Site(%d) { ", n), " }")
	case *ast.AssignStmt:
		if s.Tok == token.ASSIGN {
			return t.around(s, fmt.Sprintf("if !clauseoff.Site(%d) { ", n), " }")
		}
	}
	if _, isString := use.Node.(*ast.BasicLit); s == nil || isString {
		return nil
	}
	return t.around(use.Node, fmt.Sprintf("clauseoff.Err(%d, ", n), ")") // handed on to where it will be returned
}

// nothing is a return of zero values.
func (t *Tree) nothing(f *ast.FuncType) string {
	if f.Results == nil || len(f.Results.List) == 0 || len(f.Results.List[0].Names) > 0 {
		return "return"
	}
	var declared, returned []string
	for i, r := range f.Results.List {
		name := fmt.Sprintf("zero%d", i)
		declared = append(declared, "var "+name+" "+t.source(r.Type)+"; ")
		returned = append(returned, name)
	}
	return strings.Join(declared, "") + "return " + strings.Join(returned, ", ")
}

func (t *Tree) source(n ast.Node) string {
	from, to := t.Fset.Position(n.Pos()), t.Fset.Position(n.End())
	for _, f := range t.Files {
		if f.Name == from.Filename {
			return string(f.Text[from.Offset:to.Offset])
		}
	}
	return ""
}
