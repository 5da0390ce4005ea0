package main

import (
	"encoding/base64"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/ory/fosite"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fosite-fapi/fosite-fapi/fapitest"
	"github.com/fosite-fapi/fosite-fapi/registration"
)

func TestResources(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	token := w.tokens(w.a, "openid profile email").Text("access_token")
	poor := w.tokens(w.a, "accounts").Text("access_token")
	bearer := func(token string) http.Header { return http.Header{"Authorization": {"Bearer " + token}} }
	post := func(body string) *strings.Reader { return strings.NewReader(body) }

	assert.JSONEq(t, `{"sub":"alice","name":"Alice","email":"alice@example.com"}`, string(w.resource(w.a, "/userinfo", token).Body))
	assert.Equal(t, http.StatusOK, w.do(w.a.HTTP, http.MethodPost, w.mtls+"/userinfo", bearer(token), nil).Status)

	for name, c := range map[string]struct {
		status int
		code   string
		send   func() (client *http.Client, method, address string, header http.Header, body *strings.Reader)
	}{
		"userinfo without openid": {http.StatusForbidden, "insufficient_scope", func() (*http.Client, string, string, http.Header, *strings.Reader) {
			return w.a.HTTP, "GET", w.mtls + "/userinfo", bearer(poor), post("")
		}},
		"accounts without accounts": {http.StatusForbidden, "insufficient_scope", func() (*http.Client, string, string, http.Header, *strings.Reader) {
			return w.a.HTTP, "GET", w.mtls + "/accounts", bearer(token), post("")
		}},
		"no token": {http.StatusUnauthorized, "", func() (*http.Client, string, string, http.Header, *strings.Reader) {
			return w.a.HTTP, "GET", w.mtls + "/userinfo", nil, post("")
		}},
		"no certificate": {http.StatusUnauthorized, "invalid_token", func() (*http.Client, string, string, http.Header, *strings.Reader) {
			return w.outside, "GET", w.mtls + "/userinfo", bearer(token), post("")
		}},
		"the main listener": {http.StatusUnauthorized, "invalid_token", func() (*http.Client, string, string, http.Header, *strings.Reader) {
			return w.a.HTTP, "GET", w.main + "/userinfo", bearer(token), post("")
		}},
		"another client's certificate": {http.StatusUnauthorized, "invalid_token", func() (*http.Client, string, string, http.Header, *strings.Reader) {
			return w.b.HTTP, "GET", w.mtls + "/userinfo", bearer(token), post("")
		}},
		"token in the query": {http.StatusBadRequest, "invalid_request", func() (*http.Client, string, string, http.Header, *strings.Reader) {
			return w.a.HTTP, "GET", w.mtls + "/userinfo?access_token=" + token, nil, post("")
		}},
		"token in the body instead": {http.StatusUnauthorized, "", func() (*http.Client, string, string, http.Header, *strings.Reader) {
			return w.a.HTTP, "POST", w.mtls + "/userinfo", http.Header{"Content-Type": {"application/x-www-form-urlencoded"}}, post("access_token=" + token)
		}},
		"token in the body too": {http.StatusBadRequest, "invalid_request", func() (*http.Client, string, string, http.Header, *strings.Reader) {
			header := bearer(token)
			header.Set("Content-Type", "application/x-www-form-urlencoded")
			return w.a.HTTP, "POST", w.mtls + "/userinfo", header, post("access_token=" + token)
		}},
		"method": {http.StatusMethodNotAllowed, "", func() (*http.Client, string, string, http.Header, *strings.Reader) {
			return w.a.HTTP, "DELETE", w.mtls + "/accounts", bearer(poor), post("")
		}},
	} {
		t.Run(name, func(t *testing.T) {
			client, method, address, header, body := c.send()
			answer := w.do(client, method, address, header, body)
			assert.Equal(t, c.status, answer.Status, string(answer.Body))
			assert.Equal(t, c.code, answer.Text("error"))
		})
	}
}

// Tokens of legacy clients are bearer tokens, as ever, and bound ones are none for that.
func TestResourcesForLegacyClients(t *testing.T) {
	for _, format := range []string{"opaque", "jwt"} {
		t.Run(format, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, func(c *config) { c.AccessTokenFormat = format })
			accounts := func(client *http.Client, token string) *fapitest.Answer {
				return w.get(client, w.main+"/accounts", http.Header{"Authorization": {"Bearer " + token}})
			}
			legacy := w.legacyToken("legacy", url.Values{"grant_type": {"client_credentials"}, "scope": {"accounts"}}).Text("access_token")
			assert.Contains(t, string(accounts(w.outside, legacy).Body), `"holder":"legacy"`)
			own := w.tokens(w.a, "accounts").Text("access_token")
			assert.Equal(t, http.StatusUnauthorized, accounts(w.outside, own).Status)
			assert.Equal(t, http.StatusForbidden, w.get(w.outside, w.main+"/userinfo", http.Header{"Authorization": {"Bearer " + legacy}}).Status)

			revoked := w.legacyPost("legacy", "/revoke", url.Values{"token": {legacy}})
			require.Equal(t, http.StatusOK, revoked.Status)
			assert.Equal(t, http.StatusUnauthorized, accounts(w.outside, legacy).Status)
		})
	}
}

// AT-01: a token for another resource server is none for this one.
func TestResourcesByAudience(t *testing.T) {
	for _, format := range []string{"opaque", "jwt"} {
		t.Run(format, func(t *testing.T) {
			t.Parallel()
			const other = "https://api.example.com"
			w := newWorld(t, func(c *config) {
				c.AccessTokenFormat = format
				c.Clients[0].Audience = []string{other, c.Issuer}
			})
			for audience, status := range map[string]int{w.Issuer: http.StatusOK, other + " " + w.Issuer: http.StatusOK, other: http.StatusUnauthorized} {
				answer, err := w.a.Token(t.Context(), url.Values{"grant_type": {"client_credentials"}, "scope": {"accounts"}, "audience": {audience}})
				require.NoError(t, err)
				require.Equal(t, http.StatusOK, answer.Status, string(answer.Body))
				assert.Equal(t, status, w.resource(w.a, "/accounts", answer.Text("access_token")).Status, audience)
			}
		})
	}
}

func TestInteractionID(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	token := w.tokens(w.a, "accounts").Text("access_token")
	call := func(id string) string {
		header := http.Header{"Authorization": {"Bearer " + token}}
		if id != "" {
			header.Set("X-Fapi-Interaction-Id", id)
		}
		answer := w.get(w.a.HTTP, w.mtls+"/accounts", header)
		require.Equal(t, http.StatusOK, answer.Status)
		return answer.Header.Get("X-Fapi-Interaction-Id")
	}
	const id = "c770aef3-6784-41f7-8e0e-ff5f97bddb3a"
	assert.Equal(t, id, call(id))
	for _, other := range []string{"", "no UUID", id + id} {
		fresh := call(other)
		assert.Regexp(t, `^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`, fresh)
		assert.NotEqual(t, fresh, call(other))
	}
}

func TestIntrospectors(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ofA, ofB := w.tokens(w.a, "accounts").Text("access_token"), w.tokens(w.b, "accounts").Text("access_token")
	legacy := w.legacyToken("legacy", url.Values{"grant_type": {"client_credentials"}, "scope": {"accounts"}}).Text("access_token")
	other := w.legacyToken("resource-server", url.Values{"grant_type": {"client_credentials"}, "scope": {"accounts"}}).Text("access_token")

	seenByA, err := w.a.Introspect(t.Context(), ofB)
	require.NoError(t, err)
	assert.JSONEq(t, `{"active":false}`, string(seenByA.Body))
	seenByB, err := w.b.Introspect(t.Context(), ofA) // registered for introspect
	require.NoError(t, err)
	assert.Equal(t, true, seenByB.JSON["active"])

	for name, c := range map[string]struct {
		caller, token string
		active        bool
	}{
		"its own":                 {"legacy", legacy, true},
		"another's":               {"legacy", other, false},
		"another's, registered":   {"resource-server", legacy, true},
		"of a profiled client":    {"legacy", ofA, false},
		"the same, registered":    {"resource-server", ofA, true},
		"what is no token at all": {"resource-server", "nothing", false},
	} {
		seen := w.legacyPost(c.caller, "/introspect", url.Values{"token": {c.token}})
		assert.Equal(t, http.StatusOK, seen.Status, name)
		assert.Equal(t, c.active, seen.JSON["active"], "%s: %s", name, seen.Body)
	}
	seenByB, err = w.b.Introspect(t.Context(), legacy)
	require.NoError(t, err)
	assert.Equal(t, true, seenByB.JSON["active"])
	seenByA, err = w.a.Introspect(t.Context(), legacy)
	require.NoError(t, err)
	assert.JSONEq(t, `{"active":false}`, string(seenByA.Body))

	// fosite is content with an access token in place of the caller's credentials. That says nothing of the caller,
	// whatever it claims beside.
	forged := "Basic " + base64.StdEncoding.EncodeToString([]byte("resource-server:guess"))
	for _, token := range []string{other, ofA} {
		for _, header := range []string{"Bearer " + legacy, forged} {
			form := url.Values{"token": {token}}
			if header == forged {
				form.Set("access_token", legacy)
			}
			seen := w.do(w.outside, http.MethodPost, w.main+"/introspect", http.Header{
				"Authorization": {header}, "Content-Type": {"application/x-www-form-urlencoded"},
			}, strings.NewReader(form.Encode()))
			assert.JSONEq(t, `{"active":false}`, string(seen.Body), header)
		}
	}
}

// Who may see a token, and how a caller is refused that nobody knows.
func TestIntrospectionCallers(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	token := w.legacyToken("legacy", url.Values{"grant_type": {"client_credentials"}, "scope": {"accounts"}}).Text("access_token")
	ask := func(authorization string) *fapitest.Answer {
		header := http.Header{"Content-Type": {"application/x-www-form-urlencoded"}}
		if authorization != "" {
			header.Set("Authorization", authorization)
		}
		return w.do(w.outside, http.MethodPost, w.main+"/introspect", header, strings.NewReader(url.Values{"token": {token}}.Encode()))
	}
	basic := func(secret string) string {
		return "Basic " + base64.StdEncoding.EncodeToString([]byte("legacy:"+secret))
	}
	kept := ask(basic(w.secret))
	assert.Equal(t, http.StatusOK, kept.Status)
	assert.Equal(t, true, kept.JSON["active"], "INT-02 kept its secret")
	for name, authorization := range map[string]string{
		"INT-02 refused nothing": "", "INT-02 refused a wrong secret": basic("x"), "INT-02 refused an unknown token": "Bearer x",
	} {
		refused := ask(authorization)
		assert.Equal(t, http.StatusUnauthorized, refused.Status, name)
		assert.Equal(t, "invalid_client", refused.Text("error"), name)
		assert.Contains(t, refused.Header.Get("WWW-Authenticate"), "Basic", name)
		assert.Equal(t, "no-store", refused.Header.Get("Cache-Control"), name)
	}
}

// F2-MS-15: a client of Message Signing is no resource server, not even for its own tokens.
func TestMessageSigningClientsDoNotIntrospect(t *testing.T) {
	t.Parallel()
	of := func(profile, scope string) bool {
		owner := &client{Client: &registration.Client{ID: "client-a", Metadata: registration.Metadata{Scope: scope}}, profile: profile}
		return mayIntrospect(t.Context(), owner, &fosite.AccessRequest{Request: fosite.Request{Client: owner}})
	}
	assert.True(t, of("fapi2-security", "accounts"))
	assert.True(t, of("fapi1-advanced", "accounts"))
	assert.True(t, of("fapi2-message-signing", "accounts introspect"), "F2-MS-15 kept a resource server")
	assert.True(t, of("fapi2-message-signing-requests", "accounts"), "its introspection is that of the Security Profile")
	assert.False(t, of("fapi2-message-signing", "accounts"), "F2-MS-15 refused a client")
	assert.False(t, of("fapi2-message-signing-introspection", "accounts"), "F2-MS-15 refused a client")
}
