package clauses

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"strings"
)

// A File is one Go file of the main module.
type File struct {
	Name string // slash-separated, from the root
	Pkg  string // its folder
	Test bool
	Text []byte
	AST  *ast.File
}

// A Tree is the main module's source.
type Tree struct {
	Fset  *token.FileSet
	Files []*File
}

// Read parses every Go file under the root of fsys, but for other modules and what the go command ignores.
func Read(fsys fs.FS) (*Tree, error) {
	t := &Tree{Fset: token.NewFileSet()}
	err := fs.WalkDir(fsys, ".", func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && name != "." && ignored(fsys, name, d.Name()):
			return fs.SkipDir
		case d.IsDir() || path.Ext(name) != ".go":
			return nil
		}
		text, err := fs.ReadFile(fsys, name)
		if err != nil {
			return err
		}
		parsed, err := parser.ParseFile(t.Fset, name, text, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		t.Files = append(t.Files, &File{Name: name, Pkg: path.Dir(name), Test: strings.HasSuffix(name, "_test.go"), Text: text, AST: parsed})
		return nil
	})
	return t, err
}

func ignored(fsys fs.FS, name, base string) bool {
	if base == "testdata" || base == "vendor" || strings.HasPrefix(base, ".") || strings.HasPrefix(base, "_") {
		return true
	}
	_, err := fs.Stat(fsys, path.Join(name, "go.mod"))
	return err == nil
}

// ancestors are the nodes above one, the nearest last.
type ancestors []ast.Node

// walk visits every node with those above it, the nearest last.
func walk(root ast.Node, visit func(n ast.Node, above ancestors)) {
	var above ancestors
	ast.Inspect(root, func(n ast.Node) bool {
		if n == nil {
			above = above[:len(above)-1]
			return true
		}
		visit(n, above)
		above = append(above, n)
		return true
	})
}
