package fapitest_test

import (
	"go/ast"
	"go/doc/comment"
	"go/parser"
	"go/token"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// tutorial are the blocks of code in the package's documentation.
func tutorial(t *testing.T) []string {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), "doc.go", nil, parser.ParseComments|parser.PackageClauseOnly)
	require.NoError(t, err)
	var blocks []string
	for _, block := range new(comment.Parser).Parse(file.Doc.Text()).Content {
		if code, ok := block.(*comment.Code); ok {
			blocks = append(blocks, strings.TrimSpace(code.Text))
		}
	}
	return blocks
}

// declarations are those of a Go file, as it writes them.
func declarations(t *testing.T, name string) []string {
	t.Helper()
	source, err := os.ReadFile(name)
	require.NoError(t, err)
	files := token.NewFileSet()
	file, err := parser.ParseFile(files, name, source, 0)
	require.NoError(t, err)
	var all []string
	for _, d := range file.Decls {
		if g, ok := d.(*ast.GenDecl); !ok || g.Tok != token.IMPORT {
			all = append(all, string(source[files.Position(d.Pos()).Offset:files.Position(d.End()).Offset]))
		}
	}
	return all
}

// A rule and its test, written from the documentation alone, take fewer than 25 lines together, imports included.
func TestTutorial(t *testing.T) {
	t.Parallel()
	blocks := tutorial(t)
	require.GreaterOrEqual(t, len(blocks), 2)
	policy := declarations(t, "policy_test.go")
	assert.Equal(t, policy, blocks[:2], "the documentation shows what is compiled and run")

	source, err := os.ReadFile("policy_test.go")
	require.NoError(t, err)
	lines := 0
	for line := range strings.Lines(string(source)) {
		if strings.TrimSpace(line) != "" {
			lines++
		}
	}
	assert.Less(t, lines, 25)
}
