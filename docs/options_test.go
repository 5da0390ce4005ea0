package docs_test

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fosite-fapi/fosite-fapi/fapi"
)

// Every option stands in one table, with what it means to leave it out.
func TestGeneratedOptions(t *testing.T) {
	t.Parallel()
	all := options(t)
	require.Greater(t, len(all), 20)
	var table strings.Builder
	table.WriteString("| Option | What it does | Unset |\n|---|---|---|\n")
	for _, name := range slices.Sorted(maps.Keys(all)) {
		what, unset := split(name, all[name])
		assert.NotEmpty(t, what, "%s has no documentation", name)
		fmt.Fprintf(&table, "| `%s` | %s | %s |\n", name, what, unset)
	}
	generated(t, "options.md", "options", table.String())
}

// split parts what the option does from what holds without it.
func split(name, text string) (what, unset string) {
	var rest []string
	for _, s := range sentences(text) {
		if after, found := strings.CutPrefix(s, "Unset, "); found {
			unset = upper(after)
			continue
		}
		rest = append(rest, strings.TrimPrefix(s, name+" "))
	}
	return upper(strings.Join(rest, " ")), unset
}

// upper begins a sentence, unless with the name of a parameter.
func upper(s string) string {
	if first, _, _ := strings.Cut(s, " "); s == "" || strings.Contains(first, "_") {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}

// The fields of a profile stand beside what each of the three says.
func TestGeneratedProfileFields(t *testing.T) {
	t.Parallel()
	profiles := []fapi.Profile{fapi.FAPI2Security(), fapi.FAPI2MessageSigning(), fapi.FAPI1Advanced()}
	var table strings.Builder
	table.WriteString("| Field | Meaning | `FAPI2Security` | `FAPI2MessageSigning` | `FAPI1Advanced` |\n|---|---|---|---|---|\n")
	for _, f := range fields(t, "Profile") {
		fmt.Fprintf(&table, "| `%s` | %s |", f.name, upper(f.text))
		for _, p := range profiles {
			fmt.Fprintf(&table, " %s |", value(reflect.ValueOf(p).FieldByName(f.name)))
		}
		table.WriteString("\n")
	}
	generated(t, "options.md", "profile", table.String())
}

// value writes a field as a cell.
func value(v reflect.Value) string {
	if d, ok := v.Interface().(time.Duration); ok {
		return short(d)
	}
	if v.Kind() == reflect.Slice {
		var all []string
		for i := range v.Len() {
			all = append(all, fmt.Sprintf("`%s`", v.Index(i)))
		}
		return strings.Join(all, ", ")
	}
	return fmt.Sprintf("`%s`", v)
}

func short(d time.Duration) string {
	switch {
	case d >= 48*time.Hour && d%(24*time.Hour) == 0:
		return fmt.Sprintf("%d days", d/(24*time.Hour))
	case d >= 2*time.Minute && d%time.Minute == 0:
		return fmt.Sprintf("%d min", d/time.Minute)
	}
	return fmt.Sprintf("%d s", d/time.Second)
}

// The members of the structs that options and endpoints are made of.
func TestGeneratedStructs(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"Endpoints", "Handlers", "Outbound"} {
		var table strings.Builder
		table.WriteString("| Field | Meaning |\n|---|---|\n")
		for _, f := range fields(t, name) {
			fmt.Fprintf(&table, "| `%s` | %s |\n", f.name, upper(f.text))
		}
		generated(t, "options.md", name, table.String())
	}
}
