package introspection_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/fosite-fapi/fosite-fapi/introspection"
)

func TestAccepts(t *testing.T) {
	t.Parallel()
	const jwt = introspection.MediaType
	for _, tt := range []struct {
		name    string
		headers []string
		want    bool
	}{
		{"INT-11 kept", []string{jwt}, true},
		{"INT-11 refused another type", []string{"application/jwt"}, false},
		{"INT-11 refused a longer name", []string{jwt + "x"}, false},
		{"no header", nil, false},
		{"empty header", []string{""}, false},
		{"any type", []string{"*/*"}, false},
		{"any application type", []string{"application/*"}, false},
		{"any subtype of nothing", []string{"*/token-introspection+jwt"}, false},
		{"JSON", []string{"application/json"}, false},
		{"case doesn't matter", []string{"Application/Token-Introspection+JWT"}, true},
		{"white space", []string{" \t" + jwt + " ; q=0.5 \t"}, true},
		{"parameters", []string{jwt + `;charset="a,b;q=0\"";q=1`}, true},

		{"beside JSON", []string{"application/json, " + jwt}, true},
		{"beside JSON, in another header", []string{"application/json", jwt}, true},
		{"beside anything", []string{jwt + ", */*;q=0.1"}, true},
		{"JSON preferred", []string{"application/json, " + jwt + ";q=0.9"}, false},
		{"JWT preferred", []string{"application/json;q=0.8, " + jwt + ";q=0.9"}, true},
		{"anything preferred", []string{jwt + ";q=0.5, */*"}, false},
		{"the most specific range counts", []string{jwt + ";q=0.5, */*;q=0.9, application/json;q=0.1"}, true},
		{"a wildcard is more specific than another", []string{jwt + ";q=0.5, */*;q=0.9, application/*;q=0.1"}, true},
		{"named twice", []string{jwt + ";q=0, " + jwt + ";q=0.3"}, true},
		{"not wanted", []string{jwt + ";q=0"}, false},
		{"not wanted, by three decimals", []string{jwt + ";Q=0.000"}, false},
		{"wanted a little", []string{jwt + ";q=0.001"}, true},
		{"wanted wholly", []string{jwt + ";q=1.000"}, true},
		{"a dot alone", []string{jwt + ";q=1."}, true},

		{"q above one", []string{jwt + ";q=1.001"}, false},
		{"q of four decimals", []string{jwt + ";q=0.1234"}, false},
		{"q that is no number", []string{jwt + ";q=high"}, false},
		{"q without value", []string{jwt + ";q"}, false},
		{"q below zero", []string{jwt + ";q=-1"}, false},
		{"a malformed range spoils no other", []string{"application/json;q=x, " + jwt}, true},
		{"in a quoted string", []string{`text/plain;x="` + jwt + `, ` + jwt + `"`}, false},
		{"in a quoted string that doesn't end", []string{`text/plain;x=", ` + jwt}, false},
		{"within the bound", []string{strings.Repeat("a/b,", 31) + jwt}, true},
		{"beyond the bound", []string{strings.Repeat("a/b,", 32) + jwt}, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, tt.want, introspection.Accepts(tt.headers))
		})
	}
}

func FuzzAccepts(f *testing.F) {
	for _, seed := range []string{
		"", introspection.MediaType, "application/json, */*;q=0.1", introspection.MediaType + ";q=0.5, application/json;q=0.4",
		`a/b;x="\",` + introspection.MediaType + `"`, ",,;;q=;=,", introspection.MediaType + ";q=1.0000",
	} {
		f.Add(seed, "application/json")
	}
	f.Fuzz(func(t *testing.T, a, b string) {
		got := introspection.Accepts([]string{a, b})
		if got {
			assert.Contains(t, strings.ToLower(a+","+b), introspection.MediaType, "nobody gets a JWT who didn't name it")
		}
		if !strings.ContainsAny(a, `"\`) && strings.Count(a+b, ",") < 16 {
			assert.Equal(t, got, introspection.Accepts([]string{a + "," + b}), "two headers are one list (RFC 9110 5.3)")
		}
	})
}
