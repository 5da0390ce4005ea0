package fapi_test

import (
	"errors"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"

	"github.com/ory/fosite"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fosite-fapi/fosite-fapi/cnf"
	"github.com/fosite-fapi/fosite-fapi/fapi"
	"github.com/fosite-fapi/fosite-fapi/fapitest"
)

// asLegacy makes the profiled client's driver speak to the legacy lane, whose assertions are for the token endpoint.
func asLegacy(m *fapitest.Message) {
	if m.Assertion.Claims != nil {
		m.Assertion.Claims["aud"] = issuer + "/token"
	}
}

// unboundTokens are those that client b gets as a legacy client.
func (m *mixed) unboundTokens(scope string) *fapitest.Answer {
	m.Helper()
	a := m.good(m.b.Redeem(m.Context(), m.unboundCode(scope), legacyVerifier, asLegacy))
	require.NotEmpty(m, a.Text("access_token"))
	return a
}

func (m *mixed) unboundCode(scope string) string {
	m.Helper()
	return m.legacy.code(changed(legacyAuthorization(m.b), "scope", scope))
}

// inactive says that nobody accepts a token: no resource server, no introspection by whomever.
func (m *mixed) inactive(c *fapitest.Client, token string) {
	m.Helper()
	for _, ask := range []func() (*fapitest.Answer, error){
		func() (*fapitest.Answer, error) { return c.Introspect(m.Context(), token) },
		func() (*fapitest.Answer, error) {
			return m.legacy.post("/introspect", url.Values{"token": {token}}, asWeb), nil
		},
	} {
		a := m.good(ask())
		assert.JSONEq(m, `{"active":false}`, string(a.Body))
	}
	for _, proved := range []cnf.Confirmation{{}, {X5TS256: cnf.Thumbprint(m.certB.Leaf)}} {
		for _, use := range []fosite.TokenUse{fosite.AccessToken, fosite.RefreshToken} {
			_, _, err := m.provider.IntrospectToken(fapi.WithBinding(m.Context(), proved), token, use, userSession(""))
			assert.Error(m, err)
		}
	}
	said, err := m.provider.TokenInfo(m.Context(), token, userSession(""))
	require.NoError(m, err)
	assert.JSONEq(m, `{"active":false}`, string(said))
	r := httptest.NewRequest(http.MethodGet, "https://rs.example.com/", nil)
	r.Header.Set("Authorization", "Bearer "+token)
	_, err = m.provider.Authorize(m.Context(), r, userSession(""))
	assert.Error(m, err)
}

// What a client was issued before it got a profile is not bound to anything, and stops working.
func TestIsolationFromTheClientsOwnPast(t *testing.T) {
	t.Parallel()
	onMixed(t, func(_ *testing.T, m *mixed) {
		m.selection.move("client-b", fapi.Legacy)
		tokens, unused := m.unboundTokens("offline_access accounts"), m.unboundCode("accounts")
		pushed := m.good(m.b.Push(m.Context(), legacyAuthorization(m.b), asLegacy)).Text("request_uri")
		web := m.legacy.tokens("photos").Text("access_token")
		require.Equal(m, true, m.good(m.legacy.post("/introspect", url.Values{"token": {tokens.Text("access_token")}}, asWeb), nil).JSON["active"])
		m.selection.move("client-b", "fapi2-security")

		sub(m, "access token", func(m *mixed) { m.inactive(m.b, tokens.Text("access_token")) })
		sub(m, "access token that authorises introspection", func(m *mixed) {
			a := m.legacy.post("/introspect", url.Values{"token": {web}}, withHeader("Authorization", "Bearer "+tokens.Text("access_token")))
			assert.Equal(m, unauthorized, a.Status, string(a.Body))
			assert.Nil(m, a.JSON["active"])
		})
		sub(m, "OA-15 refresh token", func(m *mixed) {
			m.inactive(m.b, tokens.Text("refresh_token"))
			m.begin()
			a, err := m.b.Refresh(m.Context(), tokens.Text("refresh_token"))
			require.NoError(m, err)
			m.refused(a, badRequest, "invalid_grant", "OA-15")
		})
		sub(m, "OA-08 code", func(m *mixed) {
			a, err := m.b.Redeem(m.Context(), unused, legacyVerifier)
			require.NoError(m, err)
			m.refused(a, badRequest, "invalid_grant", "OA-08")
		})
		sub(m, "PAR-24 request_uri", func(m *mixed) {
			m.page(m.visitWith("client-b", pushed), badRequest, "invalid_request_uri", "PAR-24")
		})
		sub(m, "it begins anew", func(m *mixed) { m.tokens(m.b, "openid accounts") })
	})
}

// What a client was issued under a profile is nothing to the legacy lane when it leaves that profile.
func TestIsolationFromTheClientsFuture(t *testing.T) {
	t.Parallel()
	onMixed(t, func(_ *testing.T, m *mixed) {
		verifier := fapitest.Verifier()
		code, tokens, pushed := m.code(m.b, verifier, "accounts"), m.tokens(m.b, "offline_access"), m.requestURI(m.b)
		m.selection.move("client-b", fapi.Legacy)

		m.begin()
		a, err := m.b.Redeem(m.Context(), code, verifier, asLegacy)
		require.NoError(m, err)
		m.ignored(a, badRequest, "invalid_grant")
		a, err = m.b.Refresh(m.Context(), tokens.Text("refresh_token"), asLegacy)
		require.NoError(m, err)
		m.ignored(a, badRequest, "invalid_grant")
		assert.Equal(m, "invalid_request_uri", m.visitWith("client-b", pushed).Text("error"))
		for _, kind := range []string{"access_token", "refresh_token"} {
			a := m.good(m.legacy.post("/introspect", url.Values{"token": {tokens.Text(kind)}}, asWeb), nil)
			assert.JSONEq(m, `{"active":false}`, string(a.Body))
		}
		proved := fapi.WithBinding(m.Context(), cnf.Confirmation{X5TS256: cnf.Thumbprint(m.certB.Leaf)})
		_, _, err = m.provider.IntrospectToken(proved, tokens.Text("access_token"), fosite.AccessToken, userSession(""))
		require.Error(m, err)
	})
}

// A client that moves to another profile leaves everything behind that the first profile gave it, and finds it again
// when it comes back.
func TestIsolationOfProfiles(t *testing.T) {
	t.Parallel()
	onMixed(t, func(_ *testing.T, m *mixed) {
		verifier := fapitest.Verifier()
		code, tokens := m.code(m.b, verifier, "accounts"), m.tokens(m.b, "offline_access")
		m.selection.move("client-b", "other")

		sub(m, "access token", func(m *mixed) { m.inactive(m.b, tokens.Text("access_token")) })
		sub(m, "OA-13 refresh token", func(m *mixed) {
			m.inactive(m.b, tokens.Text("refresh_token"))
			m.begin()
			a, err := m.b.Refresh(m.Context(), tokens.Text("refresh_token"))
			require.NoError(m, err)
			m.refused(a, badRequest, "invalid_grant", "OA-13")
		})
		sub(m, "OA-13 code", func(m *mixed) {
			a, err := m.b.Redeem(m.Context(), code, verifier)
			require.NoError(m, err)
			m.refused(a, badRequest, "invalid_grant", "OA-13")
		})
		sub(m, "back again", func(m *mixed) {
			m.selection.move("client-b", "fapi2-security")
			assert.True(m, m.active(m.b, tokens.Text("access_token")))
			m.good(m.b.Refresh(m.Context(), tokens.Text("refresh_token")))
			m.good(m.b.Redeem(m.Context(), code, verifier))
		})
	})
}

// A client whose profile can't be told is served by neither lane, though its requests are good for both.
func TestSelectorThatFails(t *testing.T) {
	t.Parallel()
	onMixed(t, func(_ *testing.T, m *mixed) {
		for name, spoil := range map[string]func(*selection){
			"with an error":        func(s *selection) { s.fail(errors.New("no such table")) },
			"with nothing":         func(s *selection) { s.move("client-b", ""); s.move("web", "") },
			"with an unknown name": func(s *selection) { s.move("client-b", "fapi3"); s.move("web", "fapi3") },
			"with another case":    func(s *selection) { s.move("client-b", "Legacy"); s.move("web", "LEGACY") },
		} {
			for _, endpoint := range endpointNames {
				sub(m, "FAPI-SEL "+name+"/"+endpoint, func(m *mixed) {
					profiled, legacy := m.profiledRequest(endpoint), m.legacyRequest(endpoint)
					spoil(m.selection)
					m.begin()
					a, err := m.b.Post(m.Context(), issuer+profiled.path, profiled.form)
					require.NoError(m, err)
					m.refused(a, badRequest, "unauthorized_client", "FAPI-SEL")
					m.begin()
					a, err = m.b.Post(m.Context(), issuer+profiled.path, profiled.form, asLegacy)
					require.NoError(m, err)
					m.refused(a, badRequest, "unauthorized_client", "FAPI-SEL")
					m.begin()
					m.refused(m.legacy.post(legacy.path, legacy.form, asWeb), badRequest, "unauthorized_client", "FAPI-SEL")

					m.selection.mend()
					m.good(m.b.Post(m.Context(), issuer+profiled.path, profiled.form))
					m.good(m.legacy.post(legacy.path, legacy.form, asWeb), nil)
				})
			}
			sub(m, "FAPI-SEL "+name+"/authorize", func(m *mixed) {
				uri, legacyURI := m.requestURI(m.b), m.legacy.push()
				spoil(m.selection)
				for _, params := range []url.Values{
					{"client_id": {"client-b"}, "request_uri": {uri}}, {"client_id": {"web"}, "request_uri": {legacyURI}},
					legacyAuthorization(m.b), authorization("web", "code", "photos"), authorization("web", "token", "photos"),
				} {
					m.begin()
					m.page(m.legacy.visit(maps.Clone(params)), badRequest, "unauthorized_client", "FAPI-SEL")
				}
				m.selection.mend()
				m.good(m.visitWith("client-b", uri), nil)
				m.good(m.visitWith("web", legacyURI), nil)
			})
		}
	})
}

// Tokens are refused as long as their client's profile can't be told: nobody knows whether they had to be bound.
func TestSelectorThatFailsOnTokens(t *testing.T) {
	t.Parallel()
	onMixed(t, func(_ *testing.T, m *mixed) {
		profiled, legacy := m.tokens(m.b, "accounts").Text("access_token"), m.legacy.tokens("photos").Text("access_token")
		m.selection.fail(errors.New("no such table"))
		proved := fapi.WithBinding(m.Context(), cnf.Confirmation{X5TS256: cnf.Thumbprint(m.certB.Leaf)})
		for _, token := range []string{profiled, legacy} {
			_, _, err := m.provider.IntrospectToken(proved, token, fosite.AccessToken, userSession(""))
			require.Error(m, err)
		}
		m.selection.mend()
		for _, token := range []string{profiled, legacy} {
			_, _, err := m.provider.IntrospectToken(proved, token, fosite.AccessToken, userSession(""))
			require.NoError(m, err)
		}
	})
}
