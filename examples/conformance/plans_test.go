package main

import (
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var update = flag.Bool("update", false, "write conformance/plans")

const published = "../../conformance"

// What the repository shows is what the command writes, without what is secret.
func TestPublishedPlans(t *testing.T) {
	t.Parallel()
	files := planFiles(standard, withheld())
	for name, content := range files {
		want, err := content()
		require.NoError(t, err)
		file := filepath.Join(published, name)
		if *update {
			require.NoError(t, os.MkdirAll(filepath.Dir(file), 0o750))
			require.NoError(t, os.WriteFile(file, want, 0o600))
		}
		got, err := os.ReadFile(file)
		require.NoError(t, err)
		assert.Equal(t, string(want), string(got), "%s is out of date; go test ./examples/conformance -update", name)
		assert.NotContains(t, string(got), "PRIVATE KEY")
		assert.NotContains(t, string(got), `"d":`)
	}
	there, err := filepath.Glob(filepath.Join(published, "plans", "*.json"))
	require.NoError(t, err)
	assert.Len(t, there, len(files)-1, "a file without a plan")
}

// Eight of FAPI 1.0, sixteen and four of the Security Profile, sixteen of Message Signing.
func TestPlans(t *testing.T) {
	t.Parallel()
	count, seen := map[string]int{}, map[string]bool{}
	for _, p := range plans() {
		count[p.suite+map[bool]string{true: " machine"}[p.machine]]++
		assert.Regexp(t, `^[a-z0-9-]+$`, p.name)
		assert.False(t, seen[p.name] || seen[p.expression()], p.name)
		seen[p.name], seen[p.expression()] = true, true
		assert.NotContains(t, p.expression(), "=]")
	}
	assert.Equal(t, map[string]int{
		"fapi1-advanced-final-test-plan": 8, "fapi2-security-profile-final-test-plan": 16, "fapi2-security-profile-final-test-plan machine": 4,
		"fapi2-message-signing-final-test-plan": 16,
	}, count)
}

// The modules for which the browser does something else are ones that there are, and authserver's tests try them.
func TestOverridesAreOfModules(t *testing.T) {
	t.Parallel()
	names := map[string]string{"fapi1-advanced-final-": "modules_fapi1_test.go", "fapi2-security-profile-final-": "modules_test.go"}
	for _, p := range plans() {
		c := p.config(standard, withheld())
		assert.Equal(t, p.machine, len(c.Override) == 0)
		for module, o := range c.Override {
			assert.NotEmpty(t, o.Browser)
			found := false
			for prefix, file := range names {
				if name, ok := strings.CutPrefix(module, prefix); ok {
					tested, err := os.ReadFile(filepath.Join("../authserver", file))
					require.NoError(t, err)
					found = strings.Contains(string(tested), "\n"+name+"\n")
				}
			}
			assert.True(t, found, "the suite has no module %s", module)
		}
	}
}

// expected.json is in the form that the suite's command line reads, and names nothing that there is not.
func TestExpectedResults(t *testing.T) {
	t.Parallel()
	raw, err := os.ReadFile(filepath.Join(published, "expected.json"))
	require.NoError(t, err)
	var expected []struct {
		Test    string `json:"test-name"`
		Result  string `json:"expected-result"`
		Comment string `json:"comment"`
	}
	require.NoError(t, json.Unmarshal(raw, &expected))
	for _, e := range expected {
		assert.Regexp(t, `^fapi[12]-`, e.Test)
		assert.Equal(t, "warning", e.Result, "%s: a failure is to be fixed, not expected", e.Test)
		assert.NotEmpty(t, e.Comment, "%s has no reason", e.Test)
	}
}

// Every plan is in the README's table of what there is.
func TestREADME(t *testing.T) {
	t.Parallel()
	raw, err := os.ReadFile(filepath.Join(published, "README.md"))
	require.NoError(t, err)
	for _, p := range plans() {
		assert.Regexp(t, regexp.QuoteMeta("`"+p.name+"`"), string(raw))
	}
}

func TestArguments(t *testing.T) {
	t.Parallel()
	for want, args := range map[string][]string{
		`unexpected argument "x"`:               {"x"},
		`"http://a" is no URL`:                  {"-issuer", "http://a"},
		`"https://a/path" is no URL`:            {"-suite", "https://a/path"},
		"flag provided but not defined: -color": {"-color"},
		"mkdir plans.go: ":                      {"-dir", "plans.go"},
	} {
		require.ErrorContains(t, run(args, new(strings.Builder)), want)
	}
}
