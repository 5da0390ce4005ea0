package archtest

import (
	"bytes"
	"fmt"
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"slices"
	"strconv"
	"strings"
)

// A source is one Go file.
type source struct {
	name    string // slash-separated, from the root
	pkg     string // its folder, "." for the root
	test    bool
	imports []string
	text    []byte
}

// edge reports whether the file is where its package meets fosite.
func (s *source) edge() bool {
	base := path.Base(s.name)
	return base == "fosite.go" || strings.HasPrefix(base, "fosite_")
}

// read parses the imports of every Go file under the root of fsys.
func read(fsys fs.FS) ([]*source, error) {
	var out []*source
	fset := token.NewFileSet()
	err := fs.WalkDir(fsys, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			if skipped(d.Name()) {
				return fs.SkipDir
			}
			return nil
		}
		if path.Ext(name) != ".go" {
			return nil
		}
		text, err := fs.ReadFile(fsys, name)
		if err != nil {
			return err
		}
		parsed, err := parser.ParseFile(fset, name, text, parser.ImportsOnly)
		if err != nil {
			return err
		}
		s := &source{name: name, pkg: path.Dir(name), test: strings.HasSuffix(name, "_test.go"), text: text}
		for _, spec := range parsed.Imports {
			p, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				return fmt.Errorf("%s: import %s: %w", name, spec.Path.Value, err)
			}
			s.imports = append(s.imports, p)
		}
		out = append(out, s)
		return nil
	})
	return out, err
}

// skipped reports whether the go command ignores a folder of this name.
func skipped(dir string) bool {
	if dir == "." {
		return false
	}
	return slices.Contains([]string{"node_modules", "testdata", "vendor"}, dir) ||
		strings.HasPrefix(dir, ".") || strings.HasPrefix(dir, "_")
}

// lines counts lines as an editor does.
func (s *source) lines() int {
	n := bytes.Count(s.text, []byte("\n"))
	if len(s.text) > 0 && !bytes.HasSuffix(s.text, []byte("\n")) {
		n++
	}
	return n
}
