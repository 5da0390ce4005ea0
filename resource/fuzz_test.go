package resource_test

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"

	jose "github.com/go-jose/go-jose/v4"
	"github.com/stretchr/testify/require"

	"github.com/fosite-fapi/fosite-fapi/internal/leaftest"
	"github.com/fosite-fapi/fosite-fapi/internal/must"
	"github.com/fosite-fapi/fosite-fapi/resource"
)

func FuzzAuthorization(f *testing.F) {
	for _, seed := range []string{
		"Bearer mF_9.B5f-4.1JqM", "dpop Kz~8mXK1EalYznwH-LC-1fBAo.4Ljp~zsPE_NeO.gxU", "Bearer", "Bearer ", "Bearer  a", "Bearer a b", "Bearer a,DPoP b",
		"Basic dXNlcjpwYXNz", "", "Bearer\ta", "Bearer ==", "Bearer a==", "BEARER a/b+c", "Bearer \u212a",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, value string) {
		scheme, token, err := resource.ReadCredentials(http.Header{"Authorization": {value}})
		if err != nil {
			require.Empty(t, scheme+token, "an error comes with no credentials")
			return
		}
		require.Contains(t, []string{"Bearer", "DPoP"}, scheme)
		require.NotEmpty(t, strings.TrimRight(token, "="))
		require.LessOrEqual(t, len(token), 16<<10)
		require.True(t, strings.HasSuffix(strings.TrimRight(value, " "), " "+token), "it is what was sent")
		require.NotContains(t, token, " ")
		require.NotContains(t, token, ",")
	})
}

// Whatever the standard library finds in a query is found here too.
func FuzzQuery(f *testing.F) {
	for _, seed := range []string{"access_token=a", "a=b&access_token", "access%5ftoken=", "a;access_token=b", "access_token%=x", "&&;=", "%61ccess_token"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, query string) {
		values, _ := url.ParseQuery(query)
		if values.Has("access_token") {
			require.True(t, resource.HasToken(query))
		}
		if resource.HasToken(query) {
			require.Contains(t, strings.ToLower(unescape(query)), "access_token")
		}
	})
}

// unescape is url.QueryUnescape that leaves alone what is no escape.
func unescape(s string) string {
	var out strings.Builder
	for len(s) > 0 {
		if s[0] == '%' && len(s) > 2 {
			if c, err := url.QueryUnescape(s[:3]); err == nil {
				out.WriteString(c)
				s = s[3:]
				continue
			}
		}
		out.WriteByte(s[0])
		s = s[1:]
	}
	return out.String()
}

func FuzzIntrospectionResponse(f *testing.F) {
	for _, seed := range []string{
		`{"active":true,"client_id":"c","sub":"s","scope":"a b","exp":1700000300,"iat":1700000000,"cnf":{"x5t#S256":"A4DtL2JmUMhAsvJj5tKyn64SqzmuXbMrJa0n761y5v0"}}`,
		`{"active":true,"token_type":"DPoP","cnf":{"jkt":"0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I"},"aud":["https://api.example.com"]}`,
		`{"active":false}`, `{"active":false,"active":true}`, `{"active":null}`, `null`, `[]`, `{"active":true,"exp":1e300}`, `{"active":true,"cnf":{"kid":"x"}}`, "\xff",
	} {
		f.Add([]byte(seed))
	}
	w := newWorld(f).asOpaque()
	rs := w.server()
	f.Fuzz(func(t *testing.T, body []byte) {
		token, err := rs.ReadAnswer(body)
		if err != nil {
			require.Nil(t, token, "an error comes with no token")
			return
		}
		var members map[string]any
		require.NoError(t, token.Claims(&members))
		require.Equal(t, true, members["active"])
		require.Equal(t, w.as.issuer, token.Issuer)
		if _, bound := members["cnf"].(map[string]any); !bound {
			require.True(t, token.Confirmation.IsZero())
		} else if len(members["cnf"].(map[string]any)) > 0 {
			require.False(t, token.Confirmation.IsZero(), "what is bound stays bound")
		}
		if exp, ok := members["exp"].(float64); ok {
			require.Greater(t, exp, float64(w.clock.Now().Unix()))
		}
	})
}

// Nobody but the issuer makes a signed response that is accepted, and of its own it accepts those for this server alone.
func FuzzSignedResponse(f *testing.F) {
	// The same in each process that fuzzes, as the seeds are.
	key := must.Get(ecdsa.ParseRawPrivateKey(elliptic.P256(), bytes.Repeat([]byte{1}, 32)))
	w := newWorld(f).asOpaque().signed()
	w.as.issuer, w.config.Issuer = "https://as.example.com", "https://as.example.com"
	w.config.Keys = &jose.JSONWebKeySet{Keys: []jose.JSONWebKey{{Key: key.Public(), KeyID: "k1"}}}
	sign := func(change func(header, claims map[string]any)) string {
		header := map[string]any{"alg": "ES256", "kid": "k1", "typ": "token-introspection+jwt"}
		claims := map[string]any{"iss": w.as.issuer, "aud": rsID, "iat": w.at(0), "token_introspection": map[string]any{"active": true}}
		change(header, claims)
		return leaftest.Sign(header, string(must.Get(json.Marshal(claims))), key)
	}
	good := sign(func(_, _ map[string]any) {})
	must.Get(w.server().ReadSigned(f.Context(), good))
	f.Add(good)
	for _, change := range []func(header, claims map[string]any){
		func(header, _ map[string]any) { header["typ"] = "at+jwt" },
		func(header, _ map[string]any) { header["alg"] = "none" },
		func(header, _ map[string]any) { delete(header, "kid") },
		func(_, claims map[string]any) { claims["aud"] = "other" },
		func(_, claims map[string]any) { claims["iat"] = "now" },
		func(_, claims map[string]any) { delete(claims, "token_introspection") },
	} {
		f.Add(sign(change))
	}
	for _, seed := range []string{rfc9701, good + "A", "." + good, good[:len(good)-1], "a.b.c", "a.b.c.d.e", "", "{}", `{"payload":"","signatures":[]}`} {
		f.Add(seed)
	}
	rs := w.server()
	f.Fuzz(func(t *testing.T, compact string) {
		token, err := rs.ReadSigned(t.Context(), compact)
		if err != nil {
			require.Nil(t, token, "an error comes with no token")
			return
		}
		var members map[string]any
		require.NoError(t, token.Claims(&members))
		require.Equal(t, map[string]any{"active": true}, members, "it is what the issuer signed")
		require.Equal(t, 2, strings.Count(compact, "."))
	})
}
