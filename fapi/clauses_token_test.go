package fapi_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/fosite-fapi/fosite-fapi/fapitest"
	"github.com/fosite-fapi/fosite-fapi/registration"
)

func TestClausesToken(t *testing.T) {
	t.Parallel()
	clauses{
		{"OA-05/kept", redeem(), all(issued, member("scope", usualScope))},
		{"OA-12/kept", redeem(), all(issued, plainJSON)},
		{"F2-AS-02/refused password", redeem(param("grant_type", "password"), param("username", "alice"), param("password", "secret")), refused(400, "unsupported_grant_type", "F2-AS-02")},
		{"F2-AS-02/refused unknown grant", redeem(param("grant_type", "urn:example:grant")), refused(400, "unsupported_grant_type", "F2-AS-02")},
		{"OA-13/refused grant that is not registered", registered(codeGrantOnly, credentials()), refused(400, "unauthorized_client", "OA-13")},
		{"OA-13/kept client_credentials", credentials(), all(issued, member("scope", "accounts"), member("refresh_token", nil), member("id_token", nil))},
		{"OA-13/refused no grant_type", redeem(noParam("grant_type")), refused(400, "invalid_request", "OA-13")},
		{"OA-13/refused no code", redeem(noParam("code")), refused(400, "invalid_request", "OA-13")},
		{"OA-13/refused no refresh_token", refresh(noParam("refresh_token")), refused(400, "invalid_request", "OA-13")},
		{"OA-13/refused openid without a user", credentials(param("scope", "openid")), refused(400, "invalid_scope", "OA-13")},
		{"OA-13/refused a tab between scopes", credentials(param("scope", "accounts\taccounts")), refused(400, "invalid_scope", "OA-13")},
		{"OA-13/refused scope that is not registered", credentials(param("scope", "everything")), refused(400, "invalid_scope", "OA-13")},
		{"F2-AS-03/refused without authentication", redeem(unauthenticated), invalid("F2-AS-03")},

		{"F2-AS-11/kept at 59 s", redeem(wait(59 * time.Second)), issued},
		{"F2-AS-11/refused at 61 s", redeem(wait(61 * time.Second)), refused(400, "invalid_grant", "F2-AS-11")},
		{"F2-AZ-09/refused used code", replayed(time.Second), refused(400, "invalid_grant", "F2-AZ-09")},
		{"F2-AZ-09/refused used code that expired too", replayed(61 * time.Second), refused(400, "invalid_grant", "F2-AZ-09")},
		{"OA-08/kept a replay ends the access token", afterReplay(clientA, itsAccessToken), all(answers(200), member("active", false))},
		{"OA-08/kept a replay ends the refresh token", afterReplay(clientA, itsRefreshToken), refused(400, "invalid_grant", "OA-15")},
		{"OA-08/kept a replay by another client ends nothing", afterReplay(clientB, itsAccessToken), all(answers(200), member("active", true))},
		{"OA-08/refused unknown code", redeem(param("code", "ory_ac_"+text(43)+"."+text(43))), refused(400, "invalid_grant", "OA-08")},
		{"OA-08/refused forged code", redeem(forge("code")), refused(400, "invalid_grant", "OA-08")},
		{"OA-10/refused other redirect_uri", redeem(param("redirect_uri", "https://client-a.example.com/callback?dummy1=lorem&dummy2=ipsum")), refused(400, "invalid_grant", "OA-10")},
		{"OA-10/refused no redirect_uri", redeem(noParam("redirect_uri")), refused(400, "invalid_grant", "OA-10")},
		{"OA-10/kept a wrong redirect_uri spends nothing", retry(param("redirect_uri", "https://client-a.example.com/")), issued},
		{"OA-11/refused code of another client", byB(func(b *bench) *fapitest.Answer { return b.got(b.b.Redeem(b.Context(), b.newCode(), verifier)) }), refused(400, "invalid_grant", "OA-11")},

		{"F2-AS-09/kept the refresh token stays", afterRefresh(itsRefreshToken), issued},
		{"F2-AS-09/kept no refresh token without offline_access", request(param("scope", "accounts")), all(issued, member("refresh_token", nil))},
		{"F2-AS-09/kept the access token before ends", afterRefresh(itsAccessToken), all(answers(200), member("active", false))},
		{"OA-15/kept less scope", refresh(param("scope", "accounts")), all(issued, member("scope", "accounts"), member("id_token", nil))},
		{"OA-15/kept the whole scope again after less", afterRefresh(itsRefreshToken, param("scope", "accounts")), all(issued, member("scope", usualScope))},
		{"OA-15/kept a scope named twice is one", refresh(param("scope", "accounts accounts")), all(issued, member("scope", "accounts"))},
		{"OA-15/refused a tab between scopes", refresh(param("scope", "openid\taccounts")), refused(400, "invalid_scope", "OA-15")},
		{"OA-15/refused more scope", refresh(param("scope", "accounts payments")), refused(400, "invalid_scope", "OA-15")},
		{"OA-15/refused refresh token of another client", byB(func(b *bench) *fapitest.Answer {
			return b.got(b.b.Refresh(b.Context(), request()(b).Text("refresh_token")))
		}), refused(400, "invalid_grant", "OA-15")},
		{"OA-15 F2-AS-03/refused without authentication", refresh(unauthenticated), invalid("F2-AS-03")},
		{"OA-15/refused unknown refresh token", refresh(param("refresh_token", "ory_rt_"+text(43)+"."+text(43))), refused(400, "invalid_grant", "OA-15")},
		{"OA-15/refused forged refresh token", refresh(forge("refresh_token")), refused(400, "invalid_grant", "OA-15")},
		{"OA-15/refused access token", func(b *bench) *fapitest.Answer {
			return b.got(b.a.Refresh(b.Context(), request()(b).Text("access_token")))
		}, refused(400, "invalid_grant", "OA-15")},
		{"OA-15/kept at 29 days", refresh(wait(29 * 24 * time.Hour)), issued},
		{"OA-15/refused at 31 days", refresh(wait(31 * 24 * time.Hour)), refused(400, "invalid_grant", "OA-15")},
		{"OA-15/refused at 31 days though used at 20", afterRefresh(func(b *bench, tokens *fapitest.Answer) *fapitest.Answer {
			return b.got(b.a.Refresh(b.Context(), tokens.Text("refresh_token"), wait(11*24*time.Hour)))
		}, wait(20*24*time.Hour)), refused(400, "invalid_grant", "OA-15")},
		{"OA-15/refused scope that is not registered any more", func(b *bench) *fapitest.Answer {
			tokens := request()(b)
			b.registration(b.a.ID).Scope = "openid"
			return itsRefreshToken(b, tokens)
		}, refused(400, "invalid_scope", "OA-15")},

		{"F2-AZ-14/kept nonce of 64 characters", request(param("nonce", text(64))), all(issued, idClaim("nonce", text(64)))},
		{"F2-AZ-14/kept nonce of 384 characters", request(param("nonce", text(384))), all(issued, idClaim("nonce", text(384)))},
		{"F2-AZ-14/kept nonce of one character", request(param("nonce", "n")), all(issued, idClaim("nonce", "n"))},
		{"F2-AZ-14/kept no nonce", request(noParam("nonce")), all(issued, idClaim("nonce", nil))},
		{"F2-AZ-18/kept ID token", request(), all(issued, idClaim("sub", "alice"), idClaim("iss", issuer), idClaim("aud", "client-a"))},
		{"F2-AZ-18/kept no openid, no ID token", request(param("scope", "accounts")), all(issued, member("id_token", nil))},
		{"F2-AZ-18/kept scope in another order", request(param("scope", "accounts offline_access openid")), all(issued, idClaim("sub", "alice"))},
		{"F2-AZ-18/kept no scope at all", request(noParam("scope")), all(issued, member("id_token", nil))},
		{"OA-06/kept less scope is told", granting("accounts", request()), all(issued, member("scope", "accounts"))},
		{"OC-06/kept refreshed ID token", refresh(wait(time.Hour)), all(issued, idClaim("sub", "alice"), idClaim("nonce", nil), idClaim("iat", 946688400.0))},
	}.run(t)
}

func codeGrantOnly(c *registration.Client) { c.GrantTypes = []string{"authorization_code"} }

func credentials(m ...fapitest.Mutation) step {
	return func(b *bench) *fapitest.Answer {
		form := map[string][]string{"grant_type": {"client_credentials"}, "scope": {"accounts"}}
		return b.got(b.a.Token(b.Context(), form, m...))
	}
}

// forge changes the secret part of a credential and leaves its signature, by which it is found.
func forge(name string) fapitest.Mutation {
	return func(m *fapitest.Message) {
		secret, signature, _ := strings.Cut(m.Form.Get(name), ".")
		at, other := len(secret)-10, "A"
		if secret[at:at+1] == other {
			other = "B"
		}
		m.Form.Set(name, secret[:at]+other+secret[at+1:]+"."+signature)
	}
}

// byB is a step of client B, whose redirect URI is made to be that of client A, so that it alone can't be what is
// refused.
func byB(s step) step {
	return func(b *bench) *fapitest.Answer { b.b.RedirectURI = b.a.RedirectURI; return s(b) }
}

// replayed redeems a code again after a while, and returns that answer.
func replayed(after time.Duration) step {
	return func(b *bench) *fapitest.Answer {
		code := b.newCode()
		issued(b, b.got(b.a.Redeem(b.Context(), code, verifier)))
		return b.got(b.a.Redeem(b.Context(), code, verifier, wait(after)))
	}
}

// A sequel uses tokens that were issued before.
type sequel func(b *bench, tokens *fapitest.Answer) *fapitest.Answer

func itsAccessToken(b *bench, tokens *fapitest.Answer) *fapitest.Answer {
	return b.got(b.a.Introspect(b.Context(), tokens.Text("access_token")))
}

func itsRefreshToken(b *bench, tokens *fapitest.Answer) *fapitest.Answer {
	return b.got(b.a.Refresh(b.Context(), tokens.Text("refresh_token")))
}

// afterReplay is what becomes of the tokens when a client redeems their code again.
func afterReplay(by func(*bench) *fapitest.Client, then sequel) step {
	return func(b *bench) *fapitest.Answer {
		code := b.newCode()
		tokens := b.got(b.a.Redeem(b.Context(), code, verifier))
		issued(b, tokens)
		assert.Equal(b, http.StatusBadRequest, b.got(by(b).Redeem(b.Context(), code, verifier)).Status)
		return then(b, tokens)
	}
}

func clientA(b *bench) *fapitest.Client { return b.a }
func clientB(b *bench) *fapitest.Client { return b.b }

// retry redeems as it should be after an attempt that was mutated.
func retry(m ...fapitest.Mutation) step {
	return func(b *bench) *fapitest.Answer {
		code := b.newCode()
		assert.Equal(b, http.StatusBadRequest, b.got(b.a.Redeem(b.Context(), code, verifier, m...)).Status)
		return b.got(b.a.Redeem(b.Context(), code, verifier))
	}
}

// afterRefresh uses the refresh token once, mutated, before the sequel.
func afterRefresh(then sequel, m ...fapitest.Mutation) step {
	return func(b *bench) *fapitest.Answer {
		tokens := request()(b)
		again := b.got(b.a.Refresh(b.Context(), tokens.Text("refresh_token"), m...))
		issued(b, again)
		assert.Equal(b, tokens.Text("refresh_token"), again.Text("refresh_token"))
		return then(b, tokens)
	}
}
