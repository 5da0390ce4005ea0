package resource_test

import (
	"encoding/json"
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fosite-fapi/fosite-fapi/rar"
	"github.com/fosite-fapi/fosite-fapi/resource"
)

const (
	reading = `{"type":"accounts","actions":["read"],"limit":12345678901234567890.10}`
	paying  = `{"type":"payment","amount":"123.50"}`
)

// RAR-15: a handler finds the authorization details in the token, to the last digit.
func TestAuthorizationDetails(t *testing.T) {
	t.Parallel()
	both := json.RawMessage("[" + reading + "," + paying + "]")
	want, err := rar.Parse(string(both))
	require.NoError(t, err)
	for name, start := range map[string]func(testing.TB) *world{
		"RAR-16 JWT":        newWorld,
		"RAR-17 opaque":     func(tb testing.TB) *world { tb.Helper(); return newWorld(tb).asOpaque() },
		"RAR-17 in-process": func(tb testing.TB) *world { tb.Helper(); w := newWorld(tb).asOpaque(); return w.local() },
		"RAR-17 both":       func(tb testing.TB) *world { tb.Helper(); return newWorld(tb).introspected() },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := start(t)
			w.claims["authorization_details"] = both
			var seen *resource.Token
			w.handler = func(_ http.ResponseWriter, r *http.Request) { seen = resource.TokenFrom(r.Context()) }
			for range 2 { // the second may be from the cache
				require.Equal(t, http.StatusOK, w.call().Code)
				require.Equal(t, want, seen.AuthorizationDetails)
				seen.AuthorizationDetails[0] = rar.Detail{} // the request's own
			}
		})
		for wrong, value := range map[string]any{
			"no array": json.RawMessage(reading), "null": json.RawMessage("null"), "no type": json.RawMessage(`[{"actions":["read"]}]`), "text": string(both),
		} {
			refusedCase{name + " " + wrong, "F2-RS-03", func(w *world) { w.claims["authorization_details"] = value }, 401, "invalid_token", resource.ErrMalformed}.run(t, start)
		}
	}
	w := newWorld(t)
	w.handler = func(_ http.ResponseWriter, r *http.Request) {
		assert.Nil(t, resource.TokenFrom(r.Context()).AuthorizationDetails)
	}
	require.Equal(t, http.StatusOK, w.call().Code)
}

// Of a JWT that the issuer is asked about too, what both say counts.
func TestAuthorizationDetailsThatBecameLess(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		said any // nil: nothing
		want string
	}{
		"the same":              {json.RawMessage("[" + paying + "," + reading + "]"), "[" + reading + "," + paying + "]"},
		"less":                  {json.RawMessage("[" + paying + "]"), "[" + paying + "]"},
		"none":                  {json.RawMessage("[]"), "[]"},
		"another":               {json.RawMessage(`[{"type":"payment","amount":"123.51"}]`), "[]"},
		"nothing is said of it": {nil, "[" + reading + "," + paying + "]"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t).introspected()
			w.claims["authorization_details"] = json.RawMessage("[" + reading + "," + paying + "]")
			token := w.token()
			w.as.set(func(a *authority) {
				a.answers[token]["authorization_details"] = c.said
				if c.said == nil {
					delete(a.answers[token], "authorization_details")
				}
			})
			var got string
			w.handler = func(_ http.ResponseWriter, r *http.Request) {
				got = resource.TokenFrom(r.Context()).AuthorizationDetails.String()
			}
			require.Equal(t, http.StatusOK, w.call().Code)
			assert.Equal(t, c.want, got)
		})
	}
}
