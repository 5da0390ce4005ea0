package fapi_test

import (
	"context"
	"crypto/tls"
	"net/http"
	"net/url"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/fosite-fapi/fosite-fapi/cnf"
	"github.com/fosite-fapi/fosite-fapi/fapi"
	"github.com/fosite-fapi/fosite-fapi/fapitest"
	"github.com/fosite-fapi/fosite-fapi/registration"
)

func TestClausesResource(t *testing.T) {
	t.Parallel()
	other := func(b *bench) string { return request(param("scope", "openid"))(b).Text("access_token") }
	rows := clauses{
		{"F2-RS-01/kept", resource(), served},
		{"F2-RS-01/kept lower-case scheme", resource(scheme("bearer")), served},
		{"F2-RS-01/kept upper-case scheme", resource(scheme("BEARER")), served},
		{"BT-03/refused no token", resource(httpHeader("Authorization")), noToken},
		{"BT-03/refused other scheme", resource(scheme("Basic")), noToken},
		{"BT-03/refused scheme without a token", resource(httpHeader("Authorization", "Bearer ")), noToken},
		{"F2-RS-02/refused in the query", resource(inURL), forbidden(400, "invalid_request", "F2-RS-02")},
		{"BT-01/refused in the query too", resource(inURLToo), forbidden(400, "invalid_request", "BT-01")},
		{"BT-01/refused twice", resource(twiceInHeader), forbidden(400, "invalid_request", "BT-01")},
		{"F2-RS-03 BT-04/refused unknown", resource(httpHeader("Authorization", "Bearer "+text(43)+"."+text(43))), forbidden(401, "invalid_token", "BT-04")},
		{"F2-RS-03/kept at 299 s", resource(wait(299 * time.Second)), served},
		{"F2-RS-03/refused at 301 s", resource(wait(301 * time.Second)), forbidden(401, "invalid_token", "F2-RS-03")},
		{"F2-RS-03/refused revoked", afterwards(func(b *bench, token string) { done(b, b.got(b.a.Revoke(b.Context(), token))) }), forbidden(401, "invalid_token", "BT-04")},
		{"F2-RS-03/refused refresh token", visiting(func(b *bench) string { return request()(b).Text("refresh_token") }, certificateA), forbidden(401, "invalid_token", "F2-RS-03")},
		{"F2-RS-03/refused code", visiting((*bench).aCode, certificateA), forbidden(401, "invalid_token", "BT-04")},
		{"F2-RS-04/refused without the scope", visiting(other, certificateA), forbidden(403, "insufficient_scope", "F2-RS-04")},
		{"F2-RS-05/refused no certificate", visiting((*bench).aToken, noCertificate), forbidden(401, "invalid_token", "F2-RS-05")},
		{"F2-RS-05/refused certificate of client B", visiting((*bench).aToken, certificateB), forbidden(401, "invalid_token", "F2-RS-05")},
		{"MTLS-10/kept", resource(), served},
		{"MTLS-10/refused renewed certificate", visiting((*bench).aToken, certified(testPKI(), nameA)), forbidden(401, "invalid_token", "F2-RS-05")},
		{"F2-RS-05/refused header of a stranger", visiting((*bench).aToken, noCertificate, forwarded), forbidden(401, "invalid_token", "F2-RS-05")},
	}
	rows.run(t)
	rows.run(t, fapi.WithAccessTokenFormat(fapi.JWT))
}

func TestClausesIntrospectionAndRevocation(t *testing.T) {
	t.Parallel()
	inactive := all(answers(200), func(b *bench, a *fapitest.Answer) { b.Helper(); assert.JSONEq(b, `{"active":false}`, string(a.Body)) })
	clauses{
		{"INT-01/kept", introspect(), all(answers(200), member("active", true), member("scope", usualScope), member("client_id", "client-a"), member("sub", "alice"),
			member("iss", issuer), member("token_type", "Bearer"), member("iat", 946684800.0), member("exp", 946685100.0))},
		{"INT-01/kept wrong hint", introspect(param("token_type_hint", "refresh_token")), all(answers(200), member("active", true))},
		{"INT-01/kept unknown hint", introspect(param("token_type_hint", "urn:example")), all(answers(200), member("active", true))},
		{"INT-01/kept refresh token", onRefreshToken((*fapitest.Client).Introspect), all(answers(200), member("active", true), member("token_type", nil), member("cnf", nil), member("exp", 949276800.0))},
		{"INT-01 OA-13/refused no token", introspect(noParam("token")), refused(400, "invalid_request", "OA-13")},
		{"INT-02 F2-AS-03/refused without authentication", introspect(unauthenticated), invalid("F2-AS-03")},
		{"INT-02 F2-AS-03/refused access token as authorization", introspect(unauthenticated, bearerOfItself), challenged("Bearer", "F2-AS-03")},
		{"INT-03/kept unknown token", introspect(param("token", text(43)+"."+text(43))), inactive},
		{"INT-03/kept nonsense", introspect(param("token", "x")), inactive},
		{"INT-03/kept forged token", introspect(forge("token")), inactive},
		{"INT-03/kept expired token", introspect(wait(301 * time.Second)), inactive},
		{"INT-03/kept a code is no token", func(b *bench) *fapitest.Answer { return b.got(b.a.Introspect(b.Context(), b.newCode())) }, inactive},
		{"INT-05/kept token of another client", func(b *bench) *fapitest.Answer { return b.got(b.b.Introspect(b.Context(), b.aToken())) }, inactive},
		{"INT-05/kept token for this resource server", registered(forClientB, func(b *bench) *fapitest.Answer {
			return b.got(b.b.Introspect(b.Context(), request(param("audience", "client-b"))(b).Text("access_token")))
		}), all(answers(200), member("active", true), member("aud", []any{"client-b"}))},
		{"INT-26/kept a resource server may introspect", func(b *bench) *fapitest.Answer {
			token := request(param("audience", "client-b"))
			return registered(forClientB, func(b *bench) *fapitest.Answer {
				bearer := token(b).Text("access_token")
				nothingElse(b.registration(b.b.ID))
				return b.got(b.b.Introspect(b.Context(), bearer))
			})(b)
		}, all(answers(200), member("active", true))},
		{"INT-26 OA-13/refused client_credentials of one", registered(nothingElse, credentials()), refused(400, "unauthorized_client", "OA-13")},
		{"INT-26 F2-AS-07/refused authorization request of one", registered(nothingElse, push()), refused(400, "invalid_request", "F2-AS-07")},
		{"MTLS-13/kept", introspect(), func(b *bench, a *fapitest.Answer) {
			assert.Equal(b, map[string]any{"x5t#S256": cnf.Thumbprint(b.certA.Leaf)}, a.JSON["cnf"])
		}},
		{"MTLS-23 CA-07/refused after the client moved to another key", func(b *bench) *fapitest.Answer {
			tokens := request()(b)
			b.a.Key = newEC()
			return itsRefreshToken(b, tokens)
		}, invalid("CA-07")},

		{"RFC7009-2.1/kept access token", revoke(), all(done, func(b *bench, _ *fapitest.Answer) { assert.True(b, b.events.newest().Granted) })},
		{"RFC7009-2.1/kept the refresh token ends with the access token", revokedThen("access_token", itsRefreshToken), refused(400, "invalid_grant", "OA-15")},
		{"RFC7009-2.1/kept the access token ends with the refresh token", revokedThen("refresh_token", itsAccessToken), inactive},
		{"RFC7009-2.1/kept the refresh token ends", revokedThen("refresh_token", itsRefreshToken), refused(400, "invalid_grant", "OA-15")},
		{"RFC7009-2.1/kept wrong hint", revoke(param("token_type_hint", "refresh_token")), done},
		{"RFC7009-2.1/kept unknown token", revoke(param("token", text(43)+"."+text(43))), done},
		{"RFC7009-2.1/kept nonsense", revoke(param("token", "x")), done},
		{"RFC7009-2.1/kept revoked already", twiceTheToken, done},
		{"RFC7009-2.1 OA-13/refused no token", revoke(noParam("token")), refused(400, "invalid_request", "OA-13")},
		{"RFC7009-2.1/refused token of another client", func(b *bench) *fapitest.Answer { return b.got(b.b.Revoke(b.Context(), b.aToken())) }, refused(400, "unauthorized_client", "RFC7009-2.1")},
		{"RFC7009-2.1/kept that attempt ends nothing", func(b *bench) *fapitest.Answer {
			tokens := request()(b)
			b.got(b.b.Revoke(b.Context(), tokens.Text("access_token")))
			return itsAccessToken(b, tokens)
		}, all(answers(200), member("active", true))},
		{"RFC7009-2.1 F2-AS-03/refused without authentication", revoke(unauthenticated), invalid("F2-AS-03")},
	}.run(t)
}

func (b *bench) aToken() string { return request()(b).Text("access_token") }
func (b *bench) aCode() string  { return b.newCode() }

// resource calls a resource that needs the scope accounts, as client A usually does.
func resource(m ...fapitest.Mutation) step { return visiting((*bench).aToken, certificateA, m...) }

func visiting(token func(*bench) string, certificate func(*bench) *tls.Certificate, m ...fapitest.Mutation) step {
	return func(b *bench) *fapitest.Answer {
		bearer := token(b)
		b.handler = b.events.emitted.harvest(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
			ar, err := b.provider.Authorize(r.Context(), r, fapi.NewSession(""), "accounts")
			if err != nil {
				fapi.WriteResourceError(rw, err)
				return
			}
			_, _ = rw.Write([]byte(`{"sub":"` + ar.GetSession().GetSubject() + `"}`))
		}))
		return b.send(certificate(b), &fapitest.Message{
			Method: http.MethodGet, URL: "https://rs.example.com/accounts", Header: http.Header{"Authorization": {"Bearer " + bearer}}, Form: url.Values{},
		}, m...)
	}
}

// afterwards does something with the token before it is used.
func afterwards(f func(b *bench, token string)) step {
	return visiting(func(b *bench) string { token := b.aToken(); f(b, token); return token }, certificateA)
}

func scheme(name string) fapitest.Mutation {
	return func(m *fapitest.Message) { m.Header.Set("Authorization", name+" "+tokenOf(m)) }
}

func tokenOf(m *fapitest.Message) string { return m.Header.Get("Authorization")[len("Bearer "):] }

func inURL(m *fapitest.Message) { inURLToo(m); m.Header.Del("Authorization") }

func inURLToo(m *fapitest.Message) { m.Form.Set("access_token", tokenOf(m)) }

func twiceInHeader(m *fapitest.Message) { m.Header.Add("Authorization", m.Header.Get("Authorization")) }

func bearerOfItself(m *fapitest.Message) {
	m.Header.Set("Authorization", "Bearer "+m.Form.Get("token"))
}

// nothingElse is the registration of a resource server, which asks about tokens and gets none.
func nothingElse(c *registration.Client) {
	c.GrantTypes, c.ResponseTypes, c.RedirectURIs, c.Scope = nil, nil, nil, ""
}

func forClientB(c *registration.Client) { c.Audience = []string{"client-b"} }

// served is the resource.
func served(b *bench, a *fapitest.Answer) {
	b.Helper()
	assert.Equal(b, http.StatusOK, a.Status, string(a.Body))
	assert.Equal(b, "alice", a.Text("sub"))
}

// noToken is the answer to a request without credentials: a challenge without an error code (RFC 6750 3.1).
func noToken(b *bench, a *fapitest.Answer) {
	b.Helper()
	assert.Equal(b, http.StatusUnauthorized, a.Status)
	assert.Equal(b, `Bearer realm="`+issuer+`"`, a.Header.Get("WWW-Authenticate"))
	assert.Empty(b, a.Text("error"))
	assert.Equal(b, "BT-03", b.events.last())
}

// forbidden is an error with its challenge (RFC 6750 3).
func forbidden(status int, code, id string) check {
	return func(b *bench, a *fapitest.Answer) {
		b.Helper()
		plainError(b, a, status, code)
		assert.Regexp(b, `^Bearer realm="`+issuer+`", error="`+code+`", error_description="[^"\\]*"$`, a.Header.Get("WWW-Authenticate"))
		assert.Equal(b, id, b.events.last())
	}
}

func onRefreshToken(f func(*fapitest.Client, context.Context, string, ...fapitest.Mutation) (*fapitest.Answer, error)) step {
	return func(b *bench) *fapitest.Answer {
		return b.got(f(b.a, b.Context(), request()(b).Text("refresh_token")))
	}
}

func twiceTheToken(b *bench) *fapitest.Answer {
	token := b.aToken()
	done(b, b.got(b.a.Revoke(b.Context(), token)))
	return b.got(b.a.Revoke(b.Context(), token))
}

// revokedThen revokes one token of a grant before the sequel.
func revokedThen(kind string, then sequel) step {
	return func(b *bench) *fapitest.Answer {
		tokens := request()(b)
		done(b, b.got(b.a.Revoke(b.Context(), tokens.Text(kind))))
		return then(b, tokens)
	}
}
