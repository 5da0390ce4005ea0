package fapi_test

import (
	"testing"

	"github.com/fosite-fapi/fosite-fapi/fapitest"
	"github.com/fosite-fapi/fosite-fapi/pkce"
)

// What a code_challenge is, is tried in package pkce; so is a code_verifier without any challenge (PKCE-13), which no
// message can bring about here, because every pushed request has one.
func TestClausesPKCE(t *testing.T) {
	t.Parallel()
	invalid, grant := func(id string) check { return refused(400, "invalid_request", id) }, func(id string) check { return refused(400, "invalid_grant", id) }
	clauses{
		{"F2-AZ-05/kept", redeem(), issued},
		{"F2-AZ-05/refused plain", push(param("code_challenge_method", "plain"), param("code_challenge", verifier)), invalid("F2-AZ-05")},
		{"F2-AZ-05/refused no challenge", push(noParam("code_challenge")), invalid("F2-AZ-05")},
		{"F2-AZ-05/refused no PKCE at all", push(noParam("code_challenge"), noParam("code_challenge_method")), invalid("F2-AZ-05")},
		{"PKCE-04 F2-AZ-05/refused no method, which means plain", push(noParam("code_challenge_method")), invalid("F2-AZ-05")},
		{"PKCE-06/refused empty challenge", push(param("code_challenge", "")), invalid("F2-AZ-05")},
		{"PKCE-07/refused S512", push(param("code_challenge_method", "S512")), invalid("F2-AZ-05")},
		{"PKCE-07/refused s256", push(param("code_challenge_method", "s256")), invalid("F2-AZ-05")},
		{"PKCE-03/refused challenge with padding", push(param("code_challenge", pkce.S256(verifier)+"=")), invalid("PKCE-03")},
		{"PKCE-03/refused challenge of 42 characters", push(param("code_challenge", pkce.S256(verifier)[1:])), invalid("PKCE-03")},
		{"PKCE-05/kept the challenge outside is ignored", tokensAfter(param("code_challenge", pkce.S256(text(43)))), issued},
		{"PKCE-08/refused no verifier", redeem(noParam("code_verifier")), grant("PKCE-08")},
		{"PKCE-08/refused empty verifier", redeem(param("code_verifier", "")), grant("PKCE-08")},
		{"PKCE-09 PKCE-05 PKCE-12/refused other verifier", redeem(param("code_verifier", text(43))), grant("PKCE-09")},
		{"PKCE-09/refused the challenge itself", redeem(param("code_verifier", pkce.S256(verifier))), grant("PKCE-09")},
		{"PKCE-01/kept verifier of 128 characters", verifiedBy(text(128)), issued},
		{"PKCE-01/refused verifier of 129 characters", verifiedBy(text(129)), grant("PKCE-01")},
		{"PKCE-01/refused verifier of 42 characters", verifiedBy(text(42)), grant("PKCE-01")},
		{"PKCE-01/kept every character", verifiedBy("-._~" + text(60)), issued},
		{"PKCE-01/refused other character", verifiedBy("+" + text(60)), grant("PKCE-01")},
		{"PKCE-17/kept a wrong verifier spends nothing", retry(param("code_verifier", text(43))), issued},
		{"PKCE-17/kept a missing verifier spends nothing", retry(noParam("code_verifier")), issued},
		{"PKCE-15/kept two requests with one challenge", twice(redeem()), issued},
	}.run(t)
}

// verifiedBy runs a flow with another code_verifier, and the challenge that belongs to it.
func verifiedBy(v string) step {
	return func(b *bench) *fapitest.Answer {
		return b.got(b.a.Redeem(b.Context(), b.newCode(param("code_challenge", pkce.S256(v))), v))
	}
}

// tokensAfter changes what the browser brings along, and goes on to the tokens.
func tokensAfter(m ...fapitest.Mutation) step {
	return func(b *bench) *fapitest.Answer {
		a := visit(m...)(b)
		approved(b, a)
		return b.got(b.a.Redeem(b.Context(), a.Location().Query().Get("code"), verifier))
	}
}
