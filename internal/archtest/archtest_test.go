package archtest_test

import (
	"os"
	"path"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fosite-fapi/fosite-fapi/internal/archtest"
)

func TestRepository(t *testing.T) {
	t.Parallel()
	root := os.DirFS("../..")
	mod, err := os.ReadFile("../../go.mod")
	require.NoError(t, err)
	require.Contains(t, string(mod), "module "+archtest.Module+"\n", "the root of the repository")

	found, err := archtest.Check(root)
	require.NoError(t, err)
	for _, problem := range found {
		assert.Fail(t, problem)
	}
}

// Each case is a file that is fine and a file that isn't, alike but for what
// the rule is about.
func TestCheck(t *testing.T) {
	t.Parallel()
	const (
		module = archtest.Module + "/"
		fosite = "github.com/ory/fosite"
		v3     = "github.com/go-jose/go-jose/v3"
		v4     = "github.com/go-jose/go-jose/v4"
	)
	importing := func(p string) string { return "package p\n\nimport _ \"" + p + "\"\n" }
	holding := func(line string) string { return "package p\n\n" + line + "\n" }
	long := func(n int) string { return "package p\n" + strings.Repeat("\n", n-1) }

	for name, tc := range map[string]struct {
		good, bad         string // paths
		goodText, badText string
		want              string
	}{
		"unlisted package":                {"cnf/a.go", "conf/a.go", holding(""), holding(""), "conf is not listed"},
		"unlisted internal package":       {"internal/jwk/a.go", "internal/util/a.go", holding(""), holding(""), "internal/util is not listed"},
		"fosite in a leaf without":        {"dpop/a.go", "dpop/a.go", importing(v4), importing(fosite), "dpop may not import " + fosite},
		"fosite below":                    {"par/a.go", "keys/a.go", importing(fosite + "/compose"), importing(fosite + "/compose"), "keys may not import"},
		"fosite outside fosite.go":        {"pkce/fosite.go", "pkce/verify.go", importing(fosite), importing(fosite), "pkce may not import " + fosite},
		"fosite in fosite_handler.go":     {"pkce/fosite_handler.go", "pkce/handler.go", importing(fosite), importing(fosite), "pkce may not import " + fosite},
		"fosite in a leaf's fosite.go":    {"jarm/fosite.go", "dpop/fosite.go", importing(fosite), importing(fosite), "dpop may not import " + fosite},
		"a name that only starts alike":   {"par/a.go", "par/a.go", importing(fosite), importing(fosite + "x"), "par may not import " + fosite + "x"},
		"go-jose v3 in a leaf":            {"registration/a.go", "jarm/a.go", importing(v3), importing(v3), "jarm may not import " + v3},
		"go-jose v3 in a test":            {"registration/a_test.go", "jarm/a_test.go", importing(v3), importing(v3), "jarm may not import " + v3},
		"go-jose v3 in an example":        {"examples/quickstart/a.go", "examples/quickstart/a.go", importing(v4), importing(v3), "may not import " + v3},
		"unknown third party":             {"keys/a.go", "keys/a.go", importing(v4), importing("example.org/x"), "keys may not import example.org/x"},
		"testify outside tests":           {"keys/a_test.go", "keys/a.go", importing("github.com/stretchr/testify/require"), importing("github.com/stretchr/testify/require"), "keys may not import"},
		"a leaf in a leaf":                {"resource/a.go", "jarm/a.go", importing(module + "dpop"), importing(module + "dpop"), "jarm may not import"},
		"more than resource may":          {"resource/a.go", "resource/a.go", importing(module + "cnf"), importing(module + "pkce"), "resource may not import"},
		"fapi in a leaf":                  {"par/a_test.go", "par/a.go", importing(module + "fapi"), importing(module + "fapi"), "par may not import"},
		"fapi in the kit":                 {"fapitest/a.go", "internal/form/a.go", importing(module + "fapi"), importing(module + "fapi"), "internal/form may not import"},
		"the kit in fapi":                 {"fapi/a.go", "fapi/a.go", importing(module + "par"), importing(module + "fapitest"), "fapi may not import"},
		"an example in a test":            {"fapi/a_test.go", "fapi/a_test.go", importing(module + "fapitest"), importing(module + "examples/bank"), "fapi may not import"},
		"internal in an example":          {"examples/bank/a.go", "examples/bank/a.go", importing(module + "fapi"), importing(module + "internal/form"), "examples/bank may not import"},
		"internal in an example's test":   {"examples/bank/a_test.go", "examples/bank/a_test.go", importing(module + "fapi"), importing(module + "internal/form"), "examples/bank may not import"},
		"an example's own internal":       {"examples/bank/a.go", "examples/bank/a.go", importing(module + "examples/internal/ui"), importing(module + "dpop/internal/x"), "examples/bank may not import"},
		"an example's own dependency":     {"examples/bank/a.go", "fapi/a.go", importing("example.org/driver"), importing("example.org/driver"), "fapi may not import"},
		"predictable random numbers":      {"replay/a.go", "replay/a.go", importing("crypto/rand"), importing("math/rand/v2"), "replay may not import math/rand/v2"},
		"predictable random test data":    {"replay/a_test.go", "replay/a_test.go", importing("crypto/rand"), importing("math/rand"), "replay may not import math/rand"},
		"unfinished":                      {"cnf/a.go", "cnf/a.go", holding("// A METHODOLOGY."), holding("// TO" + "DO: more."), "a.go:3: unfinished"},
		"unfinished test":                 {"cnf/a_test.go", "cnf/a_test.go", holding("// PREFIX_ME."), holding("// FIX" + "ME later."), "a_test.go:3: unfinished"},
		"a skip":                          {"cnf/a_test.go", "cnf/a_test.go", holding("// next.Skip(1)"), holding("// t.Skip" + "Now()"), "a_test.go:3: a test skips"},
		"a sleep":                         {"cnf/a.go", "cnf/a_test.go", holding("// time.Sleep" + "(d)"), holding("// time.Sleep" + "(d)"), "a_test.go:3: a test sleeps"},
		"length":                          {"cnf/a.go", "cnf/a.go", long(archtest.MaxLines), long(archtest.MaxLines + 1), "451 lines"},
		"length without the last newline": {"cnf/a.go", "cnf/a.go", long(archtest.MaxLines-1) + "// x", long(archtest.MaxLines) + "// x", "451 lines"},
		"length of a test":                {"cnf/a_test.go", "cnf/a.go", long(1000), long(1000), "1000 lines"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			found, err := archtest.Check(fstest.MapFS{tc.good: {Data: []byte(tc.goodText)}})
			require.NoError(t, err)
			assert.Empty(t, found)

			found, err = archtest.Check(fstest.MapFS{tc.bad: {Data: []byte(tc.badText)}})
			require.NoError(t, err)
			require.NotEmpty(t, found)
			assert.Contains(t, found[0], tc.want)
			assert.Contains(t, found[0], path.Base(tc.bad))
		})
	}
}

func TestCheckFollowsImports(t *testing.T) {
	t.Parallel()
	file := func(imports ...string) *fstest.MapFile {
		text := "package p\n"
		for _, p := range imports {
			text += "import _ \"" + p + "\"\n"
		}
		return &fstest.MapFile{Data: []byte(text)}
	}
	tree := fstest.MapFS{
		"resource/a.go":      file(archtest.Module + "/dpop"),
		"dpop/a.go":          file(archtest.Module + "/cnf"),
		"dpop/a_test.go":     file(archtest.Module+"/par", archtest.Module+"/resource"),
		"cnf/a.go":           file("crypto/x509"),
		"par/a.go":           file("github.com/ory/fosite"),
		"cnf/testdata/a.go":  file("github.com/ory/fosite"),
		"cnf/.hidden/a.go":   file("github.com/ory/fosite"),
		"docs/readme.go.txt": file("github.com/ory/fosite"),
	}
	found, err := archtest.Check(tree)
	require.NoError(t, err)
	assert.Equal(t, []string{"dpop/a.go: dpop may not import " + archtest.Module + "/cnf"}, found, "nothing is linked, tests apart")

	tree["cnf/a.go"] = file("github.com/ory/fosite/token/jwt")
	found, err = archtest.Check(tree)
	require.NoError(t, err)
	assert.Contains(t, found, "resource: links github.com/ory/fosite/token/jwt: resource -> dpop -> cnf -> github.com/ory/fosite/token/jwt")
}

func TestCheckRefusesWhatItCannotRead(t *testing.T) {
	t.Parallel()
	_, err := archtest.Check(fstest.MapFS{"README.md": {}})
	require.ErrorContains(t, err, "no Go file")
	_, err = archtest.Check(fstest.MapFS{"cnf/a.go": {Data: []byte("pakage cnf")}})
	require.ErrorContains(t, err, "cnf/a.go")
}
