package main

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fosite-fapi/fosite-fapi/fapitest"
)

// fapi1 are the variants of the plan for FAPI 1.0 Advanced, by name.
func fapi1() map[string]variant {
	all := map[string]variant{}
	for _, auth := range []string{privateKeyJWT, mutualTLS} {
		for _, request := range []string{byValue, pushedRequest} {
			for _, response := range []string{plainResponse, signedJARM} {
				all[auth+","+request+","+response] = variant{advancedPlan, auth, certificateBound, openID, request, response}
			}
		}
	}
	return all
}

func TestFAPI1(t *testing.T) { tryAll(t, fapi1(), modulesOfFAPI1()) }

func modulesOfFAPI1() []module {
	return slices.Concat(
		flowsOfFAPI1(), sharedObjectModules(), objectsOfFAPI1(), requestsOfFAPI1(), tokensOfFAPI1(), assertionsOfFAPI1(), pushedOfFAPI1(),
	)
}

func flowsOfFAPI1() []module {
	return []module{
		{name: "discovery-end-point-verification", test: (*trial).discovery},
		{name: "fapi1-advanced-final", test: (*trial).happyFlow},
		{name: "user-rejects-authentication", test: (*trial).userRejects},
		{name: "access-token-type-header-case-sensitivity", test: (*trial).schemeCase},
		accepts("ensure-authorization-request-without-state-success", without("state")),
		accepts("ensure-request-object-with-64-char-nonce-success", with("nonce", strings.Repeat("0123456789abcdef", 4))),
		accepts("ensure-request-object-with-long-nonce", with("nonce", strings.Repeat("n", 384))),
		accepts("ensure-request-object-with-long-state", with("state", strings.Repeat("s", 1001))),
		accepts("ensure-other-scope-order-succeeds", func(p url.Values) {
			scopes := strings.Fields(p.Get("scope"))
			slices.Reverse(scopes)
			p.Set("scope", strings.Join(scopes, " "))
		}),
		ignores("ensure-different-nonce-inside-and-outside-request-object", "nonce", nil),
		ignores("state-only-outside-request-object-not-used", "state", without("state")),
		{name: "ensure-valid-pkce-succeeds", request: byValue, test: (*trial).exchangeByChoice},
	}
}

// exchangeByChoice: by value PKCE is the client's choice. What it chose is demanded.
func (x *trial) exchangeByChoice() {
	x.flow(x.a).tokens()
	f := x.flow(x.a)
	without("code_challenge", "code_challenge_method")(f.params)
	f.authorized()
	x.tokens(f.redeem(fapitest.NoParam("code_verifier")))
}

func objectsOfFAPI1() []module {
	return []module{
		{name: "ensure-request-object-without-scope-fails", test: func(x *trial) {
			x.misasks("invalid_request_object", true, dropped("scope"))
		}},
		{name: "ensure-request-object-without-nonce-fails", test: func(x *trial) {
			x.misasks("invalid_request_object", true, dropped("nonce"))
		}},
		{name: "par-authorization-request-containing-request_uri", request: pushedRequest, test: (*trial).requestURIInside},
		{name: "par-pushed-authorization-url-as-audience-in-request-object", request: pushedRequest, test: func(x *trial) {
			x.misasks("invalid_request_object", false, inside("aud", x.a.Server.PushedAuthorizationRequestEndpoint))
		}},
	}
}

func requestsOfFAPI1() []module {
	unregistered := func(x *trial) {
		x.misasks("invalid_request", false, inside("redirect_uri", "https://unregistered.example/callback"))
	}
	return []module{
		{name: "ensure-authorization-request-without-request-object-fails", test: (*trial).withoutObject},
		{name: "ensure-registered-redirect-uri", test: unregistered},
		{name: "par-attempt-invalid-redirect_uri", request: pushedRequest, test: unregistered},
		{name: "ensure-redirect-uri-in-authorization-request", test: func(x *trial) { x.misasks("invalid_request", false, dropped("redirect_uri")) }},
		{name: "ensure-response-mode-query", test: func(x *trial) { x.misasks("invalid_request", true, inside("response_mode", "query")) }},
		{name: "ensure-response-type-code-fails", response: plainResponse, test: (*trial).codeUnsigned},
	}
}

// withoutObject: parameters alone are nothing, through the browser or pushed.
func (x *trial) withoutObject() {
	f := x.flow(x.a)
	x.stopped(x.get(x.outside, x.a.Server.AuthorizationEndpoint+"?"+f.params.Encode(), nil), "invalid_request")
	x.refused(f.push(fapitest.Plain), http.StatusBadRequest, "invalid_request")
}

func (x *trial) codeUnsigned() {
	f := x.flow(x.a)
	f.params.Set("response_type", "code")
	if x.request == byValue {
		assert.Equal(x, "unsupported_response_type", f.answered(x.get(x.outside, f.sent().link(), nil)).Get("error"))
		return
	}
	x.refused(f.push(), http.StatusBadRequest, "unsupported_response_type")
}

func tokensOfFAPI1() []module {
	return []module{
		{name: "ensure-client-id-in-token-endpoint", test: (*trial).otherClientID},
		{name: "ensure-mtls-holder-of-key-required", test: (*trial).holderOfKey},
		{name: "ensure-authorization-code-is-bound-to-client", test: (*trial).codeOfAnother},
		{name: "attempt-reuse-authorisation-code-after-one-second", test: (*trial).codeTwice},
		{name: "ensure-pkce-code-verifier-required", test: verifies(fapitest.NoParam("code_verifier"))},
		{name: "incorrect-pkce-code-verifier-rejected", test: verifies(func(m *fapitest.Message) { m.Form.Set("code_verifier", fapitest.Verifier()) })},
		{name: "refresh-token", test: (*trial).refresh},
	}
}

// In FAPI 1.0 aud may be any of the server's own URLs, alone or among others.
func assertionsOfFAPI1() []module {
	const elsewhere = "https://other.example"
	pushes := func(m module) module { m.request = pushedRequest; return m }
	all := []module{
		misassertsRS256("ensure-signed-client-assertion-with-RS256-fails"),
		misasserts("ensure-client-assertion-in-token-endpoint", fapitest.Unauthenticated),
		misasserts("ensure-client-assertion-with-exp-is-5-minutes-in-past-fails", claim("exp", seconds(-300))),
		misasserts("ensure-client-assertion-with-wrong-aud-fails", claim("aud", constant(elsewhere))),
		misasserts("ensure-client-assertion-with-no-sub-fails", fapitest.NoClaim("sub")),
		misasserts("ensure-client-assertion-with-wrong-iss-fails", claim("iss", constant("somebody"))),
		misasserts("ensure-client-assertion-with-wrong-sub-fails", claim("sub", constant("somebody"))),
		pushes(misasserts("par-ensure-client-assertion-with-wrong-aud-fails", claim("aud", constant([]any{elsewhere})))),
		pushes(misasserts("par-ensure-client-assertion-with-wrong-iss-fails", claim("iss", constant("client-b")))),
		pushes(misasserts("par-ensure-client-assertion-with-wrong-sub-fails", claim("sub", constant("client-b")))),
		asserts("ensure-client-assertion-with-iss-aud-succeeds", func(x *trial) []any { return []any{x.Issuer} }),
		asserts("test-array-as-audience-for-client-JWT-assertion", func(x *trial) []any {
			return []any{[]string{x.Issuer, elsewhere}, []string{elsewhere, x.a.Server.TokenEndpoint}}
		}),
		pushes(asserts("par-test-pushed-authorization-url-as-audience-for-client-JWT-assertion", func(x *trial) []any {
			return []any{x.a.Server.PushedAuthorizationRequestEndpoint, x.a.Server.MTLSEndpointAliases.PushedAuthorizationRequestEndpoint}
		})),
		pushes(asserts("par-token-endpoint-url-as-audience-for-client-JWT-assertion", func(x *trial) []any {
			return []any{x.a.Server.TokenEndpoint, x.a.Server.MTLSEndpointAliases.TokenEndpoint}
		})),
	}
	for i := range all {
		all[i].machine = false
	}
	return all
}

// asserts are audiences that pass where a request is pushed and at the token endpoint.
func asserts(name string, audiences func(*trial) []any) module {
	return module{name: name, auth: privateKeyJWT, test: func(x *trial) {
		for _, aud := range audiences(x) {
			mutate := fapitest.Claim("aud", aud)
			answer := x.flow(x.a).push(mutate)
			require.Equal(x, http.StatusCreated, answer.Status, "%v: %s", aud, answer.Body)
			x.tokens(x.grant(x.a, mutate))
		}
	}}
}

func pushedOfFAPI1() []module {
	all := []module{
		{name: "par-ensure-reused-request-uri-prior-to-auth-completion-succeeds", test: (*trial).visitedTwice},
		{name: "par-attempt-reuse-request_uri", test: (*trial).usedTwice},
		{name: "par-attempt-to-use-expired-request_uri", test: (*trial).usedLate},
		{name: "par-attempt-to-use-request_uri-for-different-client", test: (*trial).usedByAnother},
		{name: "par-authorization-request-containing-request_uri-form-param", test: (*trial).requestURIPushed},
		{name: "par-attempt-invalid-http-method", test: (*trial).otherMethod},
		{name: "par-without-duplicate-parameters", test: (*trial).twoParameters},
		refuses("par-ensure-pkce-required", "invalid_request", without("code_challenge", "code_challenge_method")),
		refuses("par-plain-pkce-rejected", "invalid_request", with("code_challenge_method", "plain")),
	}
	for i := range all {
		all[i].request = pushedRequest
	}
	return all
}

// By value a request can be decided once as well, and it lives as long as its exp says.
func TestRequestByValueIsSpent(t *testing.T) {
	t.Parallel()
	x := newTrial(t, variant{advancedPlan, privateKeyJWT, certificateBound, openID, byValue, plainResponse}, "auto")
	f := x.flow(x.a).authorized()
	x.stopped(x.get(x.outside, f.link(), nil), "invalid_request_object")
	x.tokens(f.redeem())
	f = x.flow(x.a).sent()
	x.later(5*time.Minute + 11*time.Second)
	x.stopped(x.get(x.outside, f.link(), nil), "invalid_request_object")
}

// moduleNamesOfFAPI1 are those of version 5.2.4 that begin with fapi1-advanced-final-.
const moduleNamesOfFAPI1 = `
discovery-end-point-verification
fapi1-advanced-final
user-rejects-authentication
ensure-request-object-with-multiple-aud-succeeds
ensure-authorization-request-without-state-success
ensure-valid-pkce-succeeds
ensure-other-scope-order-succeeds
access-token-type-header-case-sensitivity
ensure-response-mode-query
ensure-different-nonce-inside-and-outside-request-object
ensure-registered-redirect-uri
ensure-request-object-with-long-nonce
ensure-request-object-with-64-char-nonce-success
ensure-request-object-with-long-state
ensure-request-object-without-exp-fails
ensure-request-object-without-nbf-fails
ensure-request-object-without-scope-fails
state-only-outside-request-object-not-used
ensure-request-object-without-nonce-fails
ensure-request-object-without-redirect-uri-fails
ensure-expired-request-object-fails
ensure-request-object-with-bad-aud-fails
ensure-request-object-with-exp-over-60-fails
ensure-request-object-with-nbf-over-60-fails
ensure-signed-request-object-with-RS256-fails
ensure-request-object-signature-algorithm-is-not-none
ensure-request-object-with-invalid-signature-fails
ensure-matching-key-in-authorization-request
ensure-authorization-request-without-request-object-fails
ensure-redirect-uri-in-authorization-request
ensure-response-type-code-fails
ensure-client-id-in-token-endpoint
ensure-mtls-holder-of-key-required
ensure-authorization-code-is-bound-to-client
attempt-reuse-authorisation-code-after-one-second
ensure-signed-client-assertion-with-RS256-fails
ensure-client-assertion-in-token-endpoint
ensure-client-assertion-with-exp-is-5-minutes-in-past-fails
ensure-client-assertion-with-wrong-aud-fails
ensure-client-assertion-with-no-sub-fails
ensure-client-assertion-with-wrong-iss-fails
ensure-client-assertion-with-wrong-sub-fails
ensure-client-assertion-with-iss-aud-succeeds
refresh-token
ensure-server-handles-non-matching-intent-id
test-essential-acr-sca-claim
brazil-ensure-encryption-required
brazil-ensure-bad-payment-signature-fails
par-ensure-reused-request-uri-prior-to-auth-completion-succeeds
par-attempt-reuse-request_uri
par-attempt-to-use-expired-request_uri
par-test-pushed-authorization-url-as-audience-for-client-JWT-assertion
par-token-endpoint-url-as-audience-for-client-JWT-assertion
test-array-as-audience-for-client-JWT-assertion
par-ensure-client-assertion-with-wrong-aud-fails
par-ensure-client-assertion-with-wrong-iss-fails
par-ensure-client-assertion-with-wrong-sub-fails
par-attempt-to-use-request_uri-for-different-client
par-authorization-request-containing-request_uri-form-param
par-attempt-invalid-http-method
par-ensure-pkce-required
ensure-pkce-code-verifier-required
incorrect-pkce-code-verifier-rejected
par-plain-pkce-rejected
par-pushed-authorization-url-as-audience-in-request-object
par-attempt-invalid-redirect_uri
par-authorization-request-containing-request_uri
par-without-duplicate-parameters
`
