package clauses_test

import (
	"os"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fosite-fapi/fosite-fapi/internal/clauses"
)

// Every requirement that the library claims is shown from both sides, and the page says so.
func TestRepository(t *testing.T) {
	t.Parallel()
	tree, err := clauses.Read(os.DirFS("../.."))
	require.NoError(t, err)
	rows := tree.Index()
	require.Greater(t, len(rows), 200)
	for _, problem := range clauses.Problems(rows) {
		assert.Fail(t, problem)
	}
	page, err := os.ReadFile("../../docs/clauses.md")
	require.NoError(t, err)
	assert.Equal(t, clauses.Markdown(rows), string(page), "docs/clauses.md is stale: go generate ./internal/clauses")
}

// What the tool reads from a small library: a requirement, its verdict, its check, and its tests in every way in which they
// are named.
func TestIndex(t *testing.T) {
	t.Parallel()
	const (
		profile = `package fapi
var requirements = []Requirement{{"PAR-07", "RFC 9126 2.1-2", "No request_uri.", AtPushedRequest}}
`
		verdict = `package fapi
var errURI = errors.New("request_uri")
var verdicts = []verdict{{errURI, "PAR-07", nil, "", false}}
`
		check = `package fapi
func check(ok bool) error { if !ok { return errURI }; return nil }
`
		kept    = `{"PAR-07/kept", push(), created},`
		refused = `{"PAR-07/refused request_uri", push(), refused(400, "PAR-07")},`
	)
	rows := func(rows string) string {
		return "package fapi_test\nfunc TestRows(t *testing.T) { " + rows + " }\n"
	}
	table := func(elements string) string { return rows("clauses{" + elements + "}.run(t)") }
	missing := func(what string) []string { return []string{"PAR-07: " + what} }
	const noKept, noRefused = "no test that keeps it", "no test that is refused"

	for name, c := range map[string]struct {
		tests string
		check string
		want  []string
	}{
		"both":                          {table(kept + refused), check, nil},
		"none":                          {rows(""), check, []string{"PAR-07: " + noRefused, "PAR-07: " + noKept}},
		"nothing kept":                  {table(refused), check, missing(noKept)},
		"nothing refused":               {table(kept), check, missing(noRefused)},
		"no code":                       {table(kept + refused), "package fapi", missing("no file enforces it")},
		"compared is no code":           {table(kept + refused), "package fapi\nfunc is(err error) bool { return errors.Is(err, errURI) }", missing("no file enforces it")},
		"with other IDs":                {table(`{"PAR-01 PAR-07/kept", nil}, {"JAR-02 PAR-07/refused", nil},`), check, nil},
		"another ID is asserted":        {table(kept + `{"PAR-07/refused", refused(400, "PAR-01")},`), check, []string{"PAR-07: no refused test asks for it", "PAR-07: the test refused asks for another requirement"}},
		"a longer ID":                   {table(kept + `{"PAR-070/refused", nil},`), check, missing(noRefused)},
		"by the sentinel":               {table(`{"PAR-07 without", change, nil}, {"PAR-07 with", change, fapi.ErrURI},`), check, nil},
		"by keys":                       {table(`{name: "PAR-07 without"}, {name: "PAR-07 with", err: fapi.ErrURI},`), check, nil},
		"in a map":                      {rows(`_ = map[string]error{"PAR-07 without": nil, "PAR-07 with": fapi.ErrURI}`), check, nil},
		"by subtests":                   {rows(`t.Run("PAR-07 without", f); t.Run("PAR-07 "+name, func(t *testing.T) { require.ErrorIs(t, err, fapi.ErrURI) })`), check, nil},
		"by the ID apart":               {rows(`clauses{` + kept + `}.run(t); refuse("PAR-07", "request_uri", "PAR-07")`), check, nil},
		"a message names no case":       {table(kept) + rows(`require.Error(t, err, "PAR-07 refused")`)[len("package fapi_test\n"):], check, missing(noRefused)},
		"the expected ID names no case": {table(kept + `{"other", refused(400, "PAR-07")},`), check, missing(noRefused)},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tree, err := clauses.Read(fstest.MapFS{
				"fapi/profile.go": {Data: []byte(profile)}, "fapi/verdict.go": {Data: []byte(verdict)},
				"fapi/check.go": {Data: []byte(c.check)}, "fapi/a_test.go": {Data: []byte(c.tests)},
			})
			require.NoError(t, err)
			rows := tree.Index()
			require.Len(t, rows, 1)
			var own []string
			for _, problem := range clauses.Problems(rows) {
				if strings.HasPrefix(problem, "PAR-07: ") {
					own = append(own, problem)
				}
			}
			assert.Equal(t, c.want, own)
		})
	}
}
