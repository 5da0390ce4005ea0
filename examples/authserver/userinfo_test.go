package main

import (
	"encoding/json"
	"net/http"
	"net/url"
	"testing"

	"github.com/go-jose/go-jose/v4"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// OpenID Connect Core 5.3.2: plain JSON, or signed by what the client registered.
func TestSignedUserinfo(t *testing.T) {
	t.Parallel()
	for _, alg := range []jose.SignatureAlgorithm{jose.ES256, jose.PS256, jose.EdDSA} {
		t.Run(string(alg), func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, func(c *config) { c.Clients[0].UserinfoSignedResponseAlg = string(alg) })
			assert.Equal(t, []string{"ES256", "PS256", "EdDSA"}, w.a.Server.UserinfoSigningAlgValuesSupported)

			answer := w.resource(w.a, "/userinfo", w.tokens(w.a, "openid email").Text("access_token"))
			require.Equal(t, http.StatusOK, answer.Status)
			assert.Equal(t, "application/jwt", answer.Header.Get("Content-Type"))
			assert.Equal(t, "no-store", answer.Header.Get("Cache-Control"))
			jws, err := jose.ParseSignedCompact(string(answer.Body), []jose.SignatureAlgorithm{alg})
			require.NoError(t, err)
			var published jose.JSONWebKeySet
			require.NoError(t, json.Unmarshal(w.get(w.outside, w.a.Server.JWKSURI, nil).Body, &published))
			payload, err := jws.Verify(&published)
			require.NoError(t, err)
			assert.NotEmpty(t, jws.Signatures[0].Header.KeyID)
			assert.JSONEq(t, `{"iss":"`+w.Issuer+`","aud":"client-a","sub":"alice","email":"alice@example.com"}`, string(payload))

			other := w.resource(w.b, "/userinfo", w.tokens(w.b, "openid").Text("access_token"))
			assert.Equal(t, "application/json", other.Header.Get("Content-Type"))
			assert.JSONEq(t, `{"sub":"alice"}`, string(other.Body))
		})
	}
}

// What stands behind client_credentials is no user, whatever its name.
func TestUserinfoOfNoUser(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	token := w.legacyToken("legacy", url.Values{"grant_type": {"client_credentials"}, "scope": {"openid"}}).Text("access_token")
	refused := w.get(w.outside, w.main+"/userinfo", http.Header{"Authorization": {"Bearer " + token}})
	assert.Equal(t, http.StatusForbidden, refused.Status)
	assert.Equal(t, "insufficient_scope", refused.Text("error"))
}
