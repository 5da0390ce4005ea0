package clauses_test

import (
	"go/parser"
	"go/token"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fosite-fapi/fosite-fapi/internal/clauses"
)

// Each way to return a sentinel gets a switch of its own, and what is no check of the module gets none.
func TestInstrument(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ body, want string }{
		"if":          {`func f(ok bool) error { if !ok { return errX }; return nil }`, `if (!ok) && !clauseoff.Site(0) { return errX }`},
		"else":        {`func f(ok bool) error { if ok { return nil } else { return errX } }`, `if (ok) || clauseoff.Site(0) {`},
		"else if":     {`func f(a, b bool) error { if a { return nil } else if b { return errX }; return nil }`, `else if (b) && !clauseoff.Site(0) { return errX }`},
		"wrapped":     {`func f(err error) error { if err := g(); err != nil { return fmt.Errorf("%w: %w", errX, err) }; return nil }`, `if err := g(); (err != nil) && !clauseoff.Site(0) {`},
		"case":        {`func f(a, b bool) error { switch { case a, b: return errX }; return nil }`, `case (a) && !clauseoff.Site(0), (b) && !clauseoff.Site(0): return errX`},
		"tagged case": {`func f(n int) error { switch n { case 1: return errX }; return nil }`, `case 1: if clauseoff.Site(0) { var zero0 error; return zero0 }; return errX`},
		"default":     {`func f(a bool) error { switch { case a: return nil; default: return errX } }`, `default: if clauseoff.Site(0) { var zero0 error; return zero0 }; return errX`},
		"at the end":  {`func f() (*T, error) { return nil, errX }`, `if clauseoff.Site(0) { var zero0 *T; var zero1 error; return zero0, zero1 }; return nil, errX`},
		"named":       {`func f() (n int, err error) { return 0, errX }`, `if clauseoff.Site(0) { return }; return 0, errX`},
		"in a func":   {`func f() { if true { g(func() error { return errX }) } }`, `func() error { if clauseoff.Site(0) { var zero0 error; return zero0 }; return errX }`},
		"assigned":    {`func f() (err error) { err = errX; return err }`, `if !clauseoff.Site(0) { err = errX }; return err`},
		"handed on":   {`func f() error { n, err := g(errX); return err }`, `n, err := g(clauseoff.Err(0, errX));`},
		"in a table":  {`func f(a bool) error { for _, c := range []check{{a, errX}} { if c.bad { return c.err } }; return nil }`, `{a, clauseoff.Err(0, errX)}`},
		"by its ID":   {`func f(found *problems) { if found != nil { found.add("PAR-07", "text") } }`, `if (found != nil) && !clauseoff.Site(0) {`},
		"compared":    {`func f(err error) bool { return errors.Is(err, errX) }`, ""},
		"other's":     {`func f(ok bool) error { if !ok { return fosite.ErrX }; return nil }`, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tree, err := clauses.Read(fstest.MapFS{
				"fapi/a.go":       {Data: []byte("package fapi\n\nvar errX = errors.New(\"x\")\n\n" + c.body + "\n")},
				"fapi/verdict.go": {Data: []byte("package fapi\n\nvar verdicts = []verdict{{errX, \"PAR-07\"}}\n")},
			})
			require.NoError(t, err)
			made := tree.Instrument()
			if c.want == "" {
				assert.Empty(t, made.Files)
				return
			}
			text := string(made.Files["fapi/a.go"])
			assert.Contains(t, text, c.want)
			assert.True(t, strings.HasPrefix(text, `package fapi; import clauseoff "`+clauses.SwitchPath+`"`), text)
			_, err = parser.ParseFile(token.NewFileSet(), "a.go", text, 0)
			require.NoError(t, err, text)
			assert.Len(t, made.Files, 1, "tables are left as they are")
			total := 0
			for _, sites := range made.Sites {
				total += len(sites)
			}
			assert.Equal(t, 1, total)
		})
	}
}
