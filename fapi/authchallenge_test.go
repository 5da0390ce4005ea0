package fapi_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fosite-fapi/fosite-fapi/fapitest"
)

// RFC 6749 5.2: who tried to authenticate by the Authorization header is answered by the scheme that it used, at every
// endpoint that clients authenticate at; RFC 7662 2.3 has that of RFC 6750 for a token. Whoever did not is not asked for a
// password that nobody has.
func TestChallengeOfFailedAuthentication(t *testing.T) {
	t.Parallel()
	b := newBench(t, "json")
	for _, path := range []string{"/token", "/par", "/introspect", "/revoke"} {
		for sent, want := range map[string][]string{
			"":                       nil,
			"Basic Y2xpZW50LWE6eA==": {`Basic realm="oauth"`},
			"basic not base64":       {`Basic realm="oauth"`},
			"Bearer some-token":      {`Bearer realm="oauth", error="invalid_token"`},
			"bearer":                 {`Bearer realm="oauth", error="invalid_token"`},
			"DPoP some-token":        {`DPoP realm="oauth", error="invalid_token"`},
			"Negotiate abc\"":        nil,
		} {
			for _, named := range []string{"client-a", ""} {
				req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, issuer+path, strings.NewReader(url.Values{"token": {"x"}, "client_id": {named}}.Encode()))
				require.NoError(t, err)
				req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
				if sent != "" {
					req.Header.Set("Authorization", sent)
				}
				a := b.got(fapitest.Do(fapitest.HTTP(b.handler, nil), req))
				assert.Equal(t, http.StatusUnauthorized, a.Status, "%s %q: %s", path, sent, a.Body)
				assert.Equal(t, "invalid_client", a.Text("error"))
				assert.Equal(t, want, a.Header["Www-Authenticate"], "%s %q", path, sent)
			}
		}
	}
}
