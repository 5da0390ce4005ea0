package docs_test

import (
	"fmt"
	"go/ast"
	"go/token"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/ory/fosite"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fosite-fapi/fosite-fapi/clientassertion"
	"github.com/fosite-fapi/fosite-fapi/fapi"
)

// A verdict is how the library answers one mistake.
type verdict struct {
	sentinel, code, description string
	ids                         []string // of the specification that it comes from, then of the profiles that say it themselves
}

// verdicts reads the table of package fapi.
func verdicts(t *testing.T) []verdict {
	t.Helper()
	codes, perProfile := oauthCodes(t), profileIDs(t)
	var all []verdict
	for _, file := range files(t, "../fapi") {
		ast.Inspect(file, func(n ast.Node) bool {
			spec, ok := n.(*ast.ValueSpec)
			if !ok || !strings.HasSuffix(strings.ToLower(spec.Names[0].Name), "verdicts") {
				return true
			}
			table, ok := spec.Values[0].(*ast.CompositeLit)
			require.True(t, ok)
			for _, element := range table.Elts {
				row, ok := element.(*ast.CompositeLit)
				require.True(t, ok)
				v := verdict{sentinel: written(row.Elts[0]), code: codes[written(row.Elts[2])], description: text(row.Elts[3])}
				if written(row.Elts[4]) == "true" { // the client learns the code alone
					v.description = ""
				}
				v.ids = append([]string{text(row.Elts[1])}, perProfile[v.sentinel]...)
				assert.NotEmpty(t, v.code, "which error is %s?", written(row.Elts[2]))
				all = append(all, v)
			}
			return false
		})
	}
	require.Greater(t, len(all), 100)
	return all
}

// profileIDs are the requirements that profiles name for a sentinel themselves.
func profileIDs(t *testing.T) map[string][]string {
	t.Helper()
	found := map[string][]string{}
	for _, file := range files(t, "../fapi") {
		ast.Inspect(file, func(n ast.Node) bool {
			pair, ok := n.(*ast.KeyValueExpr)
			if !ok {
				return true
			}
			id, ok := pair.Value.(*ast.BasicLit)
			if sentinel := written(pair.Key); ok && id.Kind == token.STRING && strings.Contains(strings.ToLower(sentinel), "err") {
				if id := text(id); !slices.Contains(found[sentinel], id) {
					found[sentinel] = append(found[sentinel], id)
				}
			}
			return true
		})
	}
	for _, ids := range found {
		slices.Sort(ids)
	}
	require.NotEmpty(t, found)
	return found
}

// oauthCodes are the error codes of the variables that verdicts name.
func oauthCodes(t *testing.T) map[string]string {
	t.Helper()
	codes := map[string]string{}
	for name, e := range map[string]*fosite.RFC6749Error{
		"ErrInvalidRequest": fosite.ErrInvalidRequest, "ErrInvalidClient": fosite.ErrInvalidClient, "ErrInvalidGrant": fosite.ErrInvalidGrant,
		"ErrInvalidScope": fosite.ErrInvalidScope, "ErrUnauthorizedClient": fosite.ErrUnauthorizedClient, "ErrAccessDenied": fosite.ErrAccessDenied,
		"ErrUnsupportedResponseType": fosite.ErrUnsupportedResponseType, "ErrUnsupportedGrantType": fosite.ErrUnsupportedGrantType,
		"ErrRequestNotSupported": fosite.ErrRequestNotSupported, "ErrRequestURINotSupported": fosite.ErrRequestURINotSupported,
		"ErrRegistrationNotSupported": fosite.ErrRegistrationNotSupported, "ErrLoginRequired": fosite.ErrLoginRequired,
		"ErrServerError": fosite.ErrServerError, "ErrTokenExpired": fosite.ErrTokenExpired,
	} {
		codes["fosite."+name] = e.ErrorField
	}
	codes["errNoCredentials"] = "none"
	for _, file := range files(t, "../fapi") {
		ast.Inspect(file, func(n ast.Node) bool {
			spec, ok := n.(*ast.ValueSpec)
			if !ok {
				return true
			}
			for i, name := range spec.Names {
				if i < len(spec.Values) {
					if code := errorField(spec.Values[i]); code != "" {
						codes[name.Name] = code
					}
				}
			}
			return true
		})
	}
	return codes
}

// errorField is what a composite literal sets ErrorField to.
func errorField(e ast.Expr) (code string) {
	ast.Inspect(e, func(n ast.Node) bool {
		if pair, ok := n.(*ast.KeyValueExpr); ok && written(pair.Key) == "ErrorField" {
			if code = text(pair.Value); code == "" {
				if of, ok := pair.Value.(*ast.SelectorExpr); ok {
					code = written(of)
				}
			}
		}
		return true
	})
	return code
}

func written(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.Ident:
		return e.Name
	case *ast.SelectorExpr:
		return written(e.X) + "." + e.Sel.Name
	}
	return ""
}

// text is a string that is written out, joined by +.
func text(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.BasicLit:
		s, err := strconv.Unquote(e.Value)
		if err == nil {
			return s
		}
	case *ast.BinaryExpr:
		return text(e.X) + text(e.Y)
	case *ast.SelectorExpr:
		if written(e) == "clientassertion.Type" {
			return clientassertion.Type
		}
	}
	return ""
}

// Every refusal of the library stands in one table: what the client gets, and under which requirement.
func TestGeneratedRefusals(t *testing.T) {
	t.Parallel()
	rows := map[string][]string{}
	for _, v := range verdicts(t) {
		said := v.description
		if said == "" {
			said = "(the code alone; the log says more)"
		}
		key := fmt.Sprintf("| `%s` | %s |", v.code, said)
		rows[key] = append(rows[key], v.ids...)
	}
	var table strings.Builder
	table.WriteString("| `error` | `error_description` begins | Requirement |\n|---|---|---|\n")
	for _, key := range slices.Sorted(maps.Keys(rows)) {
		ids := rows[key]
		slices.Sort(ids)
		fmt.Fprintf(&table, "%s %s |\n", key, strings.Join(slices.Compact(ids), ", "))
	}
	generated(t, "refusals.md", "refusals", table.String())
}

var (
	cell = regexp.MustCompile(`(?m)^\| (.*) \| (.*) \| (.*) \|$`)
	id   = regexp.MustCompile(`\b(?:[A-Z][A-Z0-9]*[A-Z]|F2|RFC\d+|F1A|F1B)(?:-[A-Z0-9.]+)+\b`)
)

// What the page of troubleshooting names is what the library says: each ID exists, and a description that is quoted stands
// beside one of its row's IDs.
func TestTroubleshooting(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("troubleshooting.md")
	require.NoError(t, err)
	known, said := map[string]bool{}, map[string][]string{}
	for _, v := range verdicts(t) {
		for _, id := range v.ids {
			known[id] = true
			said[id] = append(said[id], v.description)
		}
	}
	for _, p := range []fapi.Profile{fapi.FAPI2Security(), fapi.FAPI2MessageSigning(), fapi.FAPI1Advanced()} {
		for _, r := range p.Requirements() {
			known[r.ID] = true
		}
	}
	known["FAPI-HOST"], known["FAPI-FAULT"] = true, true // for what others raised
	rows := 0
	for _, row := range cell.FindAllStringSubmatch(string(page), -1) {
		ids := id.FindAllString(row[2], -1)
		if len(ids) == 0 {
			continue
		}
		rows++
		var descriptions []string
		for _, id := range ids {
			assert.True(t, known[id], "no refusal has the ID %s", id)
			descriptions = append(descriptions, said[id]...)
		}
		for _, quoted := range regexp.MustCompile(`"([^"]+)"`).FindAllStringSubmatch(row[1], -1) {
			assert.Contains(t, descriptions, quoted[1], "the description of %v", ids)
		}
	}
	assert.GreaterOrEqual(t, rows, 25)

	// What Compose says is written in its source.
	source := strings.Builder{}
	for _, pattern := range []string{"../fapi/compose*.go", "../fapi/profile.go", "../fapi/option*.go"} {
		names, err := filepath.Glob(pattern)
		require.NoError(t, err)
		require.NotEmpty(t, names, pattern)
		for _, name := range names {
			raw, err := os.ReadFile(name)
			require.NoError(t, err)
			source.Write(raw)
		}
	}
	_, start, _ := strings.Cut(string(page), "## At the start")
	start, _, _ = strings.Cut(start, "\n## ")
	messages := regexp.MustCompile("(?m)^\\| `([^`]+)`").FindAllStringSubmatch(start, -1)
	require.NotEmpty(t, messages)
	for _, message := range messages {
		assert.Contains(t, source.String(), message[1])
	}
}
