package docs_test

import (
	"go/ast"
	"go/doc"
	"go/parser"
	"go/token"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// files are the Go files of a folder, tests excepted.
func files(t *testing.T, folder string) []*ast.File {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(folder, "*.go"))
	require.NoError(t, err)
	var all []*ast.File
	set := token.NewFileSet()
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(set, name, nil, parser.ParseComments)
		require.NoError(t, err)
		all = append(all, file)
	}
	require.NotEmpty(t, all)
	return all
}

// options are the exported functions of package fapi that make an Option, with their documentation.
func options(t *testing.T) map[string]string {
	t.Helper()
	found := map[string]string{}
	for _, file := range files(t, "../fapi") {
		for _, d := range file.Decls {
			f, ok := d.(*ast.FuncDecl)
			if !ok || f.Recv != nil || !f.Name.IsExported() || f.Type.Results == nil || len(f.Type.Results.List) != 1 {
				continue
			}
			if result, ok := f.Type.Results.List[0].Type.(*ast.Ident); ok && result.Name == "Option" {
				found[f.Name.Name] = flat(f.Doc.Text())
			}
		}
	}
	return found
}

// A field is one of a struct, with its documentation.
type field struct{ name, text string }

// fields are the exported ones of a struct of package fapi.
func fields(t *testing.T, structName string) []field {
	t.Helper()
	var found []field
	for _, file := range files(t, "../fapi") {
		ast.Inspect(file, func(n ast.Node) bool {
			spec, ok := n.(*ast.TypeSpec)
			if !ok || spec.Name.Name != structName {
				return true
			}
			body, ok := spec.Type.(*ast.StructType)
			if !ok {
				return true
			}
			for _, f := range body.Fields.List {
				for _, name := range f.Names {
					if name.IsExported() {
						found = append(found, field{name.Name, flat(f.Doc.Text() + " " + f.Comment.Text())})
					}
				}
			}
			return false
		})
	}
	require.NotEmpty(t, found, structName)
	return found
}

var link = regexp.MustCompile(`\[\*?([A-Za-z][A-Za-z.]*)\]`)

// flat makes one line of a comment, for the cell of a table.
func flat(text string) string {
	text = strings.Join(strings.Fields(text), " ")
	text = strings.ReplaceAll(link.ReplaceAllString(text, "`$1`"), "|", `\|`)
	return strings.TrimSpace(text)
}

// sentences splits a text where go/doc would.
func sentences(text string) []string {
	var all []string
	for text != "" {
		first := new(doc.Package).Synopsis(text)
		if first == "" || !strings.HasPrefix(text, first) {
			return append(all, text)
		}
		all = append(all, first)
		text = strings.TrimSpace(strings.TrimPrefix(text, first))
	}
	return all
}
