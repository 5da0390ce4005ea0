package fapi_test

import (
	"context"
	"encoding/base64"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/ory/fosite"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fosite-fapi/fosite-fapi/fapi"
	"github.com/fosite-fapi/fosite-fapi/fapitest"
)

// visitWith is what the user's browser does for a client.
func (m *mixed) visitWith(id, requestURI string) *fapitest.Answer {
	m.Helper()
	return m.legacy.visit(url.Values{"client_id": {id}, "request_uri": {requestURI}})
}

// page asserts an error page of the profiled lane, which redirects to nobody.
func (m *mixed) page(a *fapitest.Answer, status int, code, id string) {
	m.Helper()
	assert.Equal(m, status, a.Status)
	assert.Contains(m, string(a.Body), `<p id="error">`+code+`</p>`)
	assert.Empty(m, a.Header.Get("Location"))
	assert.Equal(m, id, m.events.last())
	assert.Empty(m, m.spy.seen())
}

// A stranger is a client that got hold of client b's artefacts.
type stranger struct {
	send    func(m *mixed, path string, form url.Values) *fapitest.Answer
	lane    func(m *mixed, a *fapitest.Answer, code, id string)
	visitor string
}

var strangers = map[string]stranger{
	"a legacy client": {
		func(m *mixed, path string, form url.Values) *fapitest.Answer { return m.legacy.post(path, form, asWeb) },
		func(m *mixed, a *fapitest.Answer, code, _ string) { m.ignored(a, badRequest, code) }, "web",
	},
	"another profiled client": {
		func(m *mixed, path string, form url.Values) *fapitest.Answer {
			a, err := m.a.Post(m.Context(), issuer+path, form)
			require.NoError(m, err)
			return a
		},
		func(m *mixed, a *fapitest.Answer, code, id string) { m.refused(a, badRequest, code, id) }, "client-a",
	},
}

func TestIsolationOfProfiledArtefacts(t *testing.T) {
	t.Parallel()
	onMixed(t, func(_ *testing.T, m *mixed) {
		for name, s := range strangers {
			sub(m, "OA-11 code, by "+name, func(m *mixed) {
				verifier := fapitest.Verifier()
				code := m.code(m.b, verifier, "openid offline_access")
				form := url.Values{"grant_type": {"authorization_code"}, "code": {code}, "redirect_uri": {m.b.RedirectURI}, "code_verifier": {verifier}}
				m.begin()
				s.lane(m, s.send(m, "/token", form), "invalid_grant", "OA-11")
				m.good(m.b.Redeem(m.Context(), code, verifier))
			})
			sub(m, "OA-15 refresh token, by "+name, func(m *mixed) {
				token := m.tokens(m.b, "openid offline_access").Text("refresh_token")
				m.begin()
				s.lane(m, s.send(m, "/token", refreshing(token)), "invalid_grant", "OA-15")
				m.good(m.b.Refresh(m.Context(), token))
			})
			sub(m, "PAR-11 request_uri, by "+name, func(m *mixed) {
				uri := m.requestURI(m.b)
				m.begin()
				a := m.visitWith(s.visitor, uri)
				if s.visitor == "web" {
					assert.Equal(m, badRequest, a.Status)
					assert.Equal(m, "invalid_request_uri", a.Text("error"))
					assert.Empty(m, m.events.last())
				} else {
					m.page(a, badRequest, "invalid_request_uri", "PAR-11")
				}
				m.good(m.visitWith(m.b.ID, uri), nil)
			})
			sub(m, "tokens at introspection, by "+name, func(m *mixed) {
				tokens := m.tokens(m.b, "openid offline_access")
				for _, kind := range []string{"access_token", "refresh_token"} {
					a := m.good(s.send(m, "/introspect", url.Values{"token": {tokens.Text(kind)}, "token_type_hint": {kind}}), nil)
					assert.JSONEq(m, `{"active":false}`, string(a.Body))
					assert.True(m, m.active(m.b, tokens.Text(kind)))
				}
			})
			sub(m, "RFC7009-2.1 tokens at revocation, by "+name, func(m *mixed) {
				tokens := m.tokens(m.b, "openid offline_access")
				for _, kind := range []string{"access_token", "refresh_token"} {
					m.begin()
					a := s.send(m, "/revoke", url.Values{"token": {tokens.Text(kind)}, "token_type_hint": {kind}})
					if s.visitor == "web" {
						assert.Equal(m, http.StatusOK, a.Status) // to the legacy lane it is unknown
						assert.Empty(m, m.events.last())
					} else {
						m.refused(a, badRequest, "unauthorized_client", "RFC7009-2.1")
					}
					assert.True(m, m.active(m.b, tokens.Text(kind)))
				}
				m.good(m.b.Refresh(m.Context(), tokens.Text("refresh_token")))
			})
		}
		sub(m, "access token that authorises introspection", func(m *mixed) {
			profiled, legacy := m.tokens(m.b, "accounts").Text("access_token"), m.legacy.tokens("photos").Text("access_token")
			m.begin()
			a := m.legacy.post("/introspect", url.Values{"token": {legacy}}, withHeader("Authorization", "Bearer "+profiled))
			m.ignored(a, unauthorized, "request_unauthorized")
			assert.True(m, m.active(m.b, profiled))

			m.begin()
			a = m.good(m.legacy.post("/introspect", url.Values{"token": {profiled}}, withHeader("Authorization", "Bearer "+legacy)), nil)
			assert.JSONEq(m, `{"active":false}`, string(a.Body))

			m.begin()
			a = m.legacy.post("/introspect", url.Values{"token": {profiled}, "client_id": {"client-b"}}, withHeader("Authorization", "Bearer "+legacy))
			m.refused(a, unauthorized, "invalid_client", "F2-AS-03")
		})
	})
}

// requestURI pushes a request and returns its request_uri.
func (m *mixed) requestURI(c *fapitest.Client) string {
	m.Helper()
	a := m.push(c, c.Request(fapitest.Verifier(), "openid accounts"))
	require.Equal(m, http.StatusCreated, a.Status, string(a.Body))
	return a.Text("request_uri")
}

func TestIsolationOfLegacyArtefacts(t *testing.T) {
	t.Parallel()
	post := func(m *mixed, path string, form url.Values) *fapitest.Answer {
		a, err := m.b.Post(m.Context(), issuer+path, form)
		require.NoError(m, err)
		return a
	}
	onMixed(t, func(_ *testing.T, m *mixed) {
		sub(m, "OA-08 code", func(m *mixed) {
			code := m.legacy.code(changed(authorization("web", "code", "photos"), "code_challenge", legacyS256, "code_challenge_method", "S256"))
			m.begin()
			m.refused(post(m, "/token", changed(redemption(code), "code_verifier", legacyVerifier)), badRequest, "invalid_grant", "OA-08")
			m.good(m.legacy.post("/token", changed(redemption(code), "code_verifier", legacyVerifier), asWeb), nil)
		})
		sub(m, "OA-15 refresh token", func(m *mixed) {
			token := m.legacy.tokens("offline").Text("refresh_token")
			m.begin()
			m.refused(post(m, "/token", refreshing(token)), badRequest, "invalid_grant", "OA-15")
			m.good(m.legacy.post("/token", refreshing(token), asWeb), nil)
		})
		sub(m, "PAR-24 request_uri", func(m *mixed) {
			uri := m.legacy.push()
			m.begin()
			m.page(m.visitWith("client-b", uri), badRequest, "invalid_request_uri", "PAR-24")
			m.good(m.visitWith("web", uri), nil)
		})
		sub(m, "tokens at introspection and revocation", func(m *mixed) {
			tokens := m.legacy.tokens("offline")
			for _, kind := range []string{"access_token", "refresh_token"} {
				m.begin()
				a := m.good(post(m, "/introspect", url.Values{"token": {tokens.Text(kind)}, "token_type_hint": {kind}}), nil)
				assert.JSONEq(m, `{"active":false}`, string(a.Body))
				m.begin()
				m.good(post(m, "/revoke", url.Values{"token": {tokens.Text(kind)}, "token_type_hint": {kind}}), nil)
				assert.Empty(m, m.spy.seen())
				assert.True(m, m.activeForWeb(tokens.Text(kind)))
			}
			m.good(m.legacy.post("/token", refreshing(tokens.Text("refresh_token")), asWeb), nil)
		})
	})
}

// A resource server that the host lets see every token must have proved who it is.
func TestIsolationOfIntrospectors(t *testing.T) {
	t.Parallel()
	onlyWebAndA := fapi.WithIntrospectors(func(_ context.Context, caller fosite.Client, _ fosite.AccessRequester) bool {
		return caller.GetID() == "web" || caller.GetID() == "client-a"
	})
	for store := range stores {
		t.Run(store, func(t *testing.T) {
			t.Parallel()
			m := newMixed(t, store, onlyWebAndA)
			profiled, legacy := m.tokens(m.b, "accounts").Text("access_token"), m.legacy.tokens("photos").Text("access_token")
			other := m.good(m.legacy.post("/token", clientCredentials, withBasic("other", webSecret)), nil).Text("access_token")
			token := url.Values{"token": {profiled}}

			assert.Equal(t, true, m.good(m.legacy.post("/introspect", token, asWeb), nil).JSON["active"])
			assert.Equal(t, true, m.good(m.a.Introspect(t.Context(), legacy)).JSON["active"])
			for name, a := range map[string]*fapitest.Answer{
				"another client":                m.legacy.post("/introspect", token, withBasic("other", webSecret)),
				"a token of another client":     m.legacy.post("/introspect", token, withHeader("Authorization", "Bearer "+other)),
				"a token beside an unproved ID": m.legacy.post("/introspect", changed(token, "access_token", other), withBasic("web", "wrong")),
				"the same in the query":         m.legacy.post("/introspect?access_token="+other, token, withBasic("web", "wrong")),
				"a token beside a client_id":    m.legacy.post("/introspect", changed(token, "client_id", "web"), withHeader("Authorization", "Bearer "+other)),
				"its own client, not allowed":   m.good(m.b.Introspect(t.Context(), profiled)),
			} {
				assert.Equal(t, http.StatusOK, a.Status, name)
				assert.JSONEq(t, `{"active":false}`, string(a.Body), name)
			}
			assert.Equal(t, unauthorized, m.legacy.post("/introspect", token, withBasic("web", "wrong")).Status)
		})
	}
}

// A thief who knows a profiled client's code or token knows the key under which it is stored, and the legacy lane
// takes that key from whatever a legacy client sends. No such message may find anything of the profiled lane, least
// of all a used code, whose replay revokes.
func TestIsolationOfStoredKeys(t *testing.T) {
	t.Parallel()
	onMixed(t, func(_ *testing.T, m *mixed) {
		verifier := fapitest.Verifier()
		code := m.code(m.b, verifier, "openid offline_access")
		tokens := m.good(m.b.Redeem(m.Context(), code, verifier))
		forged := func(artefact string) (all []string) {
			_, signature, _ := strings.Cut(artefact, ".")
			for _, prefix := range []string{"fapi:", "fapi.", "fapi", "fapi:fapi:", "fapi%3A"} {
				all = append(all, "x."+prefix+signature, prefix+signature, prefix+"."+signature, "x.y."+prefix+signature, prefix+artefact)
			}
			return all
		}
		for _, raw := range forged(code) {
			a := m.legacy.post("/token", changed(redemption(raw), "redirect_uri", m.b.RedirectURI), asWeb)
			assert.Equal(m, badRequest, a.Status)
			assert.True(m, m.active(m.b, tokens.Text("access_token")), raw)
			assert.True(m, m.active(m.b, tokens.Text("refresh_token")), raw)
		}
		for _, kind := range []string{"access_token", "refresh_token"} {
			for _, raw := range forged(tokens.Text(kind)) {
				m.legacy.post("/token", refreshing(raw), asWeb)
				a := m.legacy.post("/introspect", url.Values{"token": {raw}, "token_type_hint": {kind}}, asWeb)
				assert.JSONEq(m, `{"active":false}`, string(a.Body))
				a = m.legacy.post("/introspect", url.Values{"token": {"x"}}, withHeader("Authorization", "Bearer "+raw))
				assert.Equal(m, unauthorized, a.Status)
				m.legacy.post("/revoke", url.Values{"token": {raw}, "token_type_hint": {kind}}, asWeb)
				assert.True(m, m.active(m.b, tokens.Text("access_token")), raw)
				assert.True(m, m.active(m.b, tokens.Text("refresh_token")), raw)
			}
		}
	})
}

// What was used is remembered beside the assertion IDs of legacy clients. The same ID of several clients is not the
// same.
func TestIsolationOfSingleUse(t *testing.T) {
	t.Parallel()
	onMixed(t, func(_ *testing.T, m *mixed) {
		jti := "the same jti"
		a := m.legacy.post("/token", withAssertion(clientCredentials, m.legacy.assertion(map[string]any{"jti": jti})))
		m.good(a, nil)
		m.good(m.b.Token(m.Context(), clientCredentials, func(msg *fapitest.Message) { msg.Assertion.Claims["jti"] = jti }))
		m.good(m.a.Token(m.Context(), clientCredentials, func(msg *fapitest.Message) { msg.Assertion.Claims["jti"] = jti }))
		a, err := m.b.Token(m.Context(), clientCredentials, func(msg *fapitest.Message) { msg.Assertion.Claims["jti"] = jti })
		require.NoError(m, err)
		assert.Equal(m, unauthorized, a.Status)
		assert.Equal(m, "CA-06", m.events.last())
	})
}

// A host that keeps requesters of its own, or makes them, gets nothing out of them for a profiled client.
func TestIsolationOfForeignRequesters(t *testing.T) {
	t.Parallel()
	onMixed(t, func(t *testing.T, m *mixed) {
		client, err := m.store.GetClient(t.Context(), "client-b")
		require.NoError(t, err)
		for name, respond := range map[string]func() error{
			"authorization": func() error {
				ar := fosite.NewAuthorizeRequest()
				ar.Client, ar.ResponseTypes, ar.Form = client, fosite.Arguments{"code"}, legacyAuthorization(m.b)
				_, err := m.provider.NewAuthorizeResponse(t.Context(), ar, userSession("peter"))
				return err
			},
			"pushed request": func() error {
				ar := fosite.NewAuthorizeRequest()
				ar.Client, ar.ResponseTypes, ar.Form = client, fosite.Arguments{"code"}, legacyAuthorization(m.b)
				_, err := m.provider.NewPushedAuthorizeResponse(t.Context(), ar, userSession(""))
				return err
			},
			"token": func() error {
				ar := fosite.NewAccessRequest(userSession("peter"))
				ar.Client, ar.GrantTypes = client, fosite.Arguments{"client_credentials"}
				_, err := m.provider.NewAccessResponse(t.Context(), ar)
				return err
			},
		} {
			m.begin()
			var refusal *fapi.Refusal
			require.ErrorAs(t, respond(), &refusal, name)
			assert.Equal(t, "server_error", refusal.Code())
			assert.Empty(t, m.spy.seen())
		}
	})
}

// A request object that names a profiled client is none of the host's own lane's business, whoever sends it.
func TestIsolationOfRequestObjects(t *testing.T) {
	t.Parallel()
	b64 := func(s string) string { return base64.RawURLEncoding.EncodeToString([]byte(s)) }
	onMixed(t, func(_ *testing.T, m *mixed) {
		for name, claims := range map[string]string{"client_id": `{"client_id":"client-b"}`, "iss": `{"iss":"client-b"}`} {
			sub(m, name, func(m *mixed) {
				m.page(m.legacy.visit(url.Values{
					"client_id": {"web"}, "response_type": {"code"}, "scope": {"openid"}, "request": {b64(`{"alg":"none"}`) + "." + b64(claims) + "."},
				}), badRequest, "invalid_client", "F1B-AS-19")
			})
		}
	})
}
