package fapi_test

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/ory/fosite"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fosite-fapi/fosite-fapi/cnf"
	"github.com/fosite-fapi/fosite-fapi/fapi"
	"github.com/fosite-fapi/fosite-fapi/fapitest"
	"github.com/fosite-fapi/fosite-fapi/introspection"
	"github.com/fosite-fapi/fosite-fapi/registration"
)

var asJWT = httpHeader("Accept", introspection.MediaType)

// asB lets client B, as the resource server of which a token of A is the audience, ask for a signed answer.
func asB(m ...fapitest.Mutation) step {
	return func(b *bench) *fapitest.Answer {
		forClientB(b.registration(b.a.ID))
		token := request(param("audience", "client-b"))(b).Text("access_token")
		return b.got(b.b.Introspect(b.Context(), token, append([]fapitest.Mutation{asJWT}, m...)...))
	}
}

// ofB changes the registration of client B before the step.
func ofB(change func(*registration.Client), s step) step {
	return func(b *bench) *fapitest.Answer { change(b.registration(b.b.ID)); return s(b) }
}

// A statement is a signed answer that was verified.
type statement struct {
	header jose.Header
	claims map[string]json.RawMessage
	inner  map[string]any
}

// signedAnswer wants an answer that is a JWT and signed by a key that is published, and looks into it.
func signedAnswer(look func(b *bench, s *statement)) check {
	return func(b *bench, a *fapitest.Answer) {
		b.Helper()
		require.Equal(b, http.StatusOK, a.Status, string(a.Body))
		assert.Equal(b, introspection.MediaType, a.Header.Get("Content-Type"), "INT-13")
		assert.Equal(b, "no-store", a.Header.Get("Cache-Control"))
		assert.True(b, b.events.newest().Granted, "the audit saw %+v", b.events.newest())
		look(b, b.stated(string(a.Body)))
	}
}

func (b *bench) stated(token string) *statement {
	b.Helper()
	jws, err := jose.ParseSignedCompact(token, []jose.SignatureAlgorithm{jose.ES256, jose.PS256, jose.EdDSA})
	require.NoError(b, err)
	published, err := b.provider.JWKS(b.Context())
	require.NoError(b, err)
	payload, err := jws.Verify(published)
	require.NoError(b, err)
	s := &statement{header: jws.Signatures[0].Protected}
	require.NoError(b, json.Unmarshal(payload, &s.claims))
	require.NoError(b, json.Unmarshal(s.claims["token_introspection"], &s.inner))
	return s
}

func inner(name string, value any) check {
	return signedAnswer(func(b *bench, s *statement) {
		b.Helper()
		assert.Equal(b, true, s.inner["active"])
		assert.Equal(b, value, s.inner[name], string(s.claims["token_introspection"]))
	})
}

// signedWith wants an algorithm, and an active token.
func signedWith(alg string) check {
	return signedAnswer(func(b *bench, s *statement) {
		b.Helper()
		assert.Equal(b, alg, s.header.Algorithm)
		assert.Equal(b, true, s.inner["active"])
	})
}

// signedInactive wants nothing to be said but that (INT-15).
var signedInactive = signedAnswer(func(b *bench, s *statement) {
	b.Helper()
	assert.Equal(b, `{"active":false}`, string(s.claims["token_introspection"]))
	assert.Len(b, s.claims, 4)
})

func TestClausesSignedIntrospection(t *testing.T) {
	t.Parallel()
	clauses{
		{"INT-11 F2-MS-11/kept", asB(), signedWith("ES256")},
		{"INT-11/kept beside JSON", asB(httpHeader("Accept", "application/json", introspection.MediaType)), signedWith("ES256")},
		{"INT-11 F2-MS-11/refused JSON is asked for", asB(httpHeader("Accept", "application/json")), all(answers(200), member("active", true))},
		{"INT-11/refused nothing is asked for", asB(func(m *fapitest.Message) { m.Header.Del("Accept") }), all(answers(200), member("active", true))},
		{"INT-11/refused anything is asked for", asB(httpHeader("Accept", "*/*")), all(answers(200), member("active", true))},
		{"INT-11/refused the JWT is asked for with q=0", asB(httpHeader("Accept", introspection.MediaType+";q=0")), all(answers(200), member("active", true))},

		{"INT-12 F2-AS-03/refused without authentication", asB(unauthenticated), refused(400, "invalid_client", "F2-AS-03")},
		{"INT-12 CA-07/refused with another client's key", asB(func(m *fapitest.Message) { m.Assertion.Key = newEC() }), refused(400, "invalid_client", "CA-07")},
		{"INT-12 CA-08/refused unknown client", asB(unauthenticated, param("client_id", "nobody")), refused(400, "invalid_client", "CA-08")},
		{"INT-12/kept 401 for those who want JSON", asB(unauthenticated, httpHeader("Accept", "application/json")), refused(401, "invalid_client", "F2-AS-03")},
		{"INT-01 OA-13/refused no token", asB(noParam("token")), refused(400, "invalid_request", "OA-13")},

		{"INT-13/kept typ", asB(), signedAnswer(func(b *bench, s *statement) {
			assert.Equal(b, map[jose.HeaderKey]any{"typ": "token-introspection+jwt"}, s.header.ExtraHeaders)
			assert.NotEmpty(b, s.header.KeyID)
		})},
		{"INT-14 INT-17/kept the claims and no others", asB(), signedAnswer(func(b *bench, s *statement) {
			assert.Len(b, s.claims, 4)
			assert.JSONEq(b, `"`+issuer+`"`, string(s.claims["iss"]))
			assert.JSONEq(b, `"client-b"`, string(s.claims["aud"]))
			assert.JSONEq(b, "946684800", string(s.claims["iat"]))
			assert.Equal(b, map[string]any{
				"active": true, "iss": issuer, "sub": "alice", "aud": []any{"client-b"}, "client_id": "client-a", "scope": usualScope, "token_type": "Bearer",
				"iat": 946684800.0, "exp": 946685100.0, "cnf": map[string]any{"x5t#S256": cnf.Thumbprint(b.certA.Leaf)},
			}, s.inner)
		})},
		{"INT-14/kept iat is of now", asB(wait(10 * time.Second)), signedAnswer(func(b *bench, s *statement) {
			assert.JSONEq(b, "946684810", string(s.claims["iat"]))
			assert.Equal(b, 946684800.0, s.inner["iat"], "that of the token")
		})},
		{"INT-24/kept", asB(), func(b *bench, a *fapitest.Answer) {
			inner("cnf", map[string]any{"x5t#S256": cnf.Thumbprint(b.certA.Leaf)})(b, a)
		}},

		{"INT-15/kept unknown token", asB(param("token", text(43)+"."+text(43))), signedInactive},
		{"INT-15/kept forged token", asB(forge("token")), signedInactive},
		{"INT-15/kept expired token", asB(wait(301 * time.Second)), signedInactive},
		{"INT-15/kept revoked token", func(b *bench) *fapitest.Answer {
			return asB(func(m *fapitest.Message) { b.got(b.a.Revoke(b.Context(), m.Form.Get("token"))) })(b)
		}, signedInactive},
		{"INT-10/kept refresh token of another client", func(b *bench) *fapitest.Answer {
			forClientB(b.registration(b.a.ID))
			return b.got(b.b.Introspect(b.Context(), request(param("audience", "client-b"))(b).Text("refresh_token"), asJWT))
		}, signedInactive},
		{"F2-MS-15/kept token of another client", func(b *bench) *fapitest.Answer { return b.got(b.b.Introspect(b.Context(), b.aToken(), asJWT)) }, signedInactive},
		{"F2-MS-15/kept a client's own token", introspect(asJWT), inner("client_id", "client-a")},

		{"INT-19/kept PS256", ofB(func(c *registration.Client) { c.IntrospectionSignedResponseAlg = "PS256" }, asB()), signedWith("PS256")},
		{"INT-19/kept ES256", ofB(func(c *registration.Client) { c.IntrospectionSignedResponseAlg = "ES256" }, asB()), signedWith("ES256")},
		{"INT-23/refused RS256, the default of RFC 9701", ofB(func(c *registration.Client) { c.IntrospectionSignedResponseAlg = "RS256" }, asB()), signedWith("ES256")},
		{"INT-23/refused none", ofB(func(c *registration.Client) { c.IntrospectionSignedResponseAlg = "none" }, asB()), signedWith("ES256")},

		{"INT-18/refused no key to encrypt with", ofB(func(c *registration.Client) { c.IntrospectionEncryptedResponseAlg = "RSA-OAEP-256" }, asB()), refused(400, "unauthorized_client", "INT-18")},
		{"INT-18/refused symmetric encryption", ofB(func(c *registration.Client) { c.IntrospectionEncryptedResponseAlg = "dir" }, asB()), refused(400, "unauthorized_client", "INT-18")},
		{"INT-18/refused enc without alg", ofB(func(c *registration.Client) { c.IntrospectionEncryptedResponseEnc = "A128GCM" }, asB()), refused(400, "unauthorized_client", "INT-18")},
		{"INT-18/kept JSON is not encrypted", ofB(func(c *registration.Client) { c.IntrospectionEncryptedResponseAlg = "dir" }, asB(httpHeader("Accept", "application/json"))), all(answers(200), member("active", true))},

		{"INT-21/refused as an access token", func(b *bench) *fapitest.Answer {
			return visitResource(b, string(asB()(b).Body))
		}, forbidden(401, "invalid_token", "BT-04")},

		{"INT-26/kept introspection", ofB(introspectsOnly, asB()), signedWith("ES256")},
		{"INT-26 OA-13/refused client_credentials", ofB(introspectsOnly, func(b *bench) *fapitest.Answer {
			return b.got(b.b.Token(b.Context(), map[string][]string{"grant_type": {"client_credentials"}, "scope": {"accounts"}}))
		}), refused(400, "unauthorized_client", "OA-13")},
		{"INT-26 PAR-08/refused authorization request", ofB(introspectsOnly, func(b *bench) *fapitest.Answer {
			return b.got(b.b.Push(b.Context(), b.b.Request(verifier, usualScope)))
		}), refused(400, "unauthorized_client", "PAR-08")},
	}.run(t)
}

// introspectsOnly registers a resource server: credentials, but no grant.
func introspectsOnly(c *registration.Client) { c.GrantTypes, c.ResponseTypes = []string{}, nil }

func visitResource(b *bench, token string) *fapitest.Answer {
	b.Helper()
	return visiting(func(*bench) string { return token }, certificateA)(b)
}

// The answer for a resource server that registered for encryption is for its eyes alone.
func TestClausesEncryptedIntrospection(t *testing.T) {
	t.Parallel()
	private := newEC()
	encrypted := func(alg, enc string) func(*registration.Client) {
		return func(c *registration.Client) {
			c.IntrospectionEncryptedResponseAlg, c.IntrospectionEncryptedResponseEnc = alg, enc
			set := *c.JWKS
			set.Keys = append([]jose.JSONWebKey{
				{Key: testRSA().Public(), KeyID: "rsa-enc", Use: "enc"}, {Key: private.Public(), KeyID: "ec-enc", Use: "enc"},
			}, set.Keys...)
			c.JWKS = &set
		}
	}
	opens := func(key any, alg jose.KeyAlgorithm, enc jose.ContentEncryption) check {
		return func(b *bench, a *fapitest.Answer) {
			b.Helper()
			require.Equal(b, http.StatusOK, a.Status, string(a.Body))
			assert.Equal(b, introspection.MediaType, a.Header.Get("Content-Type"))
			read, err := jose.ParseEncryptedCompact(string(a.Body), []jose.KeyAlgorithm{alg}, []jose.ContentEncryption{enc})
			require.NoError(b, err)
			assert.Equal(b, "JWT", read.Header.ExtraHeaders["cty"])
			plain, err := read.Decrypt(key)
			require.NoError(b, err)
			s := b.stated(string(plain))
			assert.Equal(b, "alice", s.inner["sub"])
			assert.Equal(b, "token-introspection+jwt", s.header.ExtraHeaders["typ"])
		}
	}
	clauses{
		{"INT-18/kept RSA", ofB(encrypted("RSA-OAEP-256", "A256GCM"), asB()), opens(testRSA(), jose.RSA_OAEP_256, jose.A256GCM)},
		{"INT-18/kept elliptic curve", ofB(encrypted("ECDH-ES+A256KW", "A128GCM"), asB()), opens(private, jose.ECDH_ES_A256KW, jose.A128GCM)},
		{"INT-19/kept the default of enc", ofB(encrypted("ECDH-ES", ""), asB()), opens(private, jose.ECDH_ES, jose.A128CBC_HS256)},
		{"INT-18/kept an inactive token looks the same", ofB(encrypted("ECDH-ES", ""), asB(param("token", "x"))), func(b *bench, a *fapitest.Answer) {
			assert.Equal(b, http.StatusOK, a.Status)
			assert.Equal(b, 4, strings.Count(string(a.Body), "."))
		}},
		{"F1A-ALG-04 INT-18/refused RSA1_5", ofB(encrypted("RSA1_5", ""), asB()), refused(400, "unauthorized_client", "INT-18")},
	}.run(t)
}

// Narrowing is the host's: which scope is whose, only it knows.
func TestClausesIntrospectionView(t *testing.T) {
	t.Parallel()
	view := func(_ context.Context, caller fosite.Client, token fosite.AccessRequester, answer *introspection.Response) error {
		if caller.GetID() == token.GetClient().GetID() {
			return errors.New("password 0815")
		}
		answer.Scope, answer.Subject, answer.Username = "payments accounts admin", "pairwise-7", ""
		answer.Extra = map[string]any{"given_name": "Alice", "client_id": "client-b", "active": false}
		answer.Active, answer.ClientID, answer.Issuer, answer.Expires, answer.IssuedAt, answer.Confirmation = false, "x", "x", 1, 1, nil
		answer.TokenType, answer.ID, answer.NotBefore = "x", "x", 1
		return nil
	}
	narrowed := func(b *bench, inner map[string]any) {
		b.Helper()
		assert.Equal(b, map[string]any{
			"active": true, "iss": issuer, "sub": "pairwise-7", "aud": []any{"client-b"}, "client_id": "client-a", "scope": "accounts", "token_type": "Bearer",
			"iat": 946684800.0, "exp": 946685100.0, "cnf": map[string]any{"x5t#S256": cnf.Thumbprint(b.certA.Leaf)}, "given_name": "Alice",
		}, inner)
	}
	clauses{
		{"INT-16/kept signed", asB(), signedAnswer(func(b *bench, s *statement) { narrowed(b, s.inner) })},
		{"INT-16/kept plain", asB(httpHeader("Accept", "application/json")), func(b *bench, a *fapitest.Answer) { narrowed(b, a.JSON) }},
		{"INT-16/kept nothing of an inactive token", asB(param("token", "x")), signedInactive},
		{"INT-16/refused a view that fails", introspect(asJWT), func(b *bench, a *fapitest.Answer) {
			refused(500, "server_error", "FAPI-HOST")(b, a)
			assert.NotContains(b, string(a.Body), "0815")
		}},
	}.run(t, fapi.WithIntrospectionView(view))
}

func TestClausesIntrospectors(t *testing.T) {
	t.Parallel()
	clauses{
		{"F2-MS-15/kept the resource server", asB(), inner("client_id", "client-a")},
		{"F2-MS-15/refused a client's own token", introspect(asJWT), signedInactive},
		{"F2-MS-15/refused a client's own refresh token", onRefreshToken((*fapitest.Client).Introspect), all(answers(200), member("active", false))},
	}.run(t, fapi.WithIntrospectors(fapi.ResourceServersOnly))
	clauses{
		{"INT-10/kept the host lets anyone see", func(b *bench) *fapitest.Answer { return b.got(b.b.Introspect(b.Context(), b.aToken(), asJWT)) }, inner("client_id", "client-a")},
		{"INT-10/refused refresh tokens all the same", func(b *bench) *fapitest.Answer {
			return b.got(b.b.Introspect(b.Context(), request()(b).Text("refresh_token"), asJWT))
		}, signedInactive},
	}.run(t, fapi.WithIntrospectors(func(context.Context, fosite.Client, fosite.AccessRequester) bool { return true }))
}

// What a resource server registered and won't get is said when it is registered.
func TestCheckOfIntrospection(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		change func(*registration.Client)
		id     string // "" where it is good
	}{
		"INT-19 kept":                             {func(c *registration.Client) { c.IntrospectionSignedResponseAlg = "PS256" }, ""},
		"INT-23 F2-CR-02 refused RS256":           {func(c *registration.Client) { c.IntrospectionSignedResponseAlg = "RS256" }, "F2-CR-02"},
		"INT-19 F2-CR-02 refused alg without key": {func(c *registration.Client) { c.IntrospectionSignedResponseAlg = "EdDSA" }, "F2-CR-02"},
		"INT-18 kept": {func(c *registration.Client) {
			c.IntrospectionEncryptedResponseAlg = "ECDH-ES"
			c.JWKS.Keys = append(c.JWKS.Keys, jose.JSONWebKey{Key: newEC().Public(), Use: "enc"})
		}, ""},
		"INT-18 FAPI-REG refused without a key":  {func(c *registration.Client) { c.IntrospectionEncryptedResponseAlg = "ECDH-ES" }, "FAPI-REG"},
		"F1A-ALG-04 FAPI-REG refused RSA1_5":     {func(c *registration.Client) { c.IntrospectionEncryptedResponseAlg = "RSA1_5" }, "FAPI-REG"},
		"INT-19 FAPI-REG refused enc by its own": {func(c *registration.Client) { c.IntrospectionEncryptedResponseEnc = "A128GCM" }, "FAPI-REG"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t, "json", fapi.WithLogger(slog.New(slog.DiscardHandler)))
			c.change(b.registration(b.b.ID))
			err := b.provider.Check(t.Context(), b.registration(b.b.ID))
			if c.id == "" {
				require.NoError(t, err)
				return
			}
			all := problemsOf(t, err)
			require.Len(t, all, 1)
			assert.Equal(t, c.id, all[0].ID)
			assert.Contains(t, all[0].Text, "introspection_")
		})
	}
}
