package main

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

// The OpenID Foundation's conformance suite has plans for the FAPI 2.0 Security Profile and Message Signing, and for FAPI
// 1.0 Advanced. What their modules ask of an authorization server is asked here over real TLS, by the modules' own
// names, in the plans' own variants. What they ask of TLS itself is in TestTLS.

// A module is one of the suite's.
type module struct {
	name string // without its prefix
	test func(*trial)

	auth, constrain, request, response string // the variants that it is for; "" is all
	machine                            bool   // it is for clients without a user, too
}

func (m module) in(v variant) bool {
	for _, choice := range [][2]string{{m.auth, v.auth}, {m.constrain, v.constrain}, {m.request, v.request}, {m.response, v.response}} {
		if choice[0] != "" && choice[0] != choice[1] {
			return false
		}
	}
	return m.machine || !v.machine()
}

// modules are those of FAPI 2.0.
func modules() []module {
	return slices.Concat(flowModules(), requestModules(), objectModules(), requestURIModules(), assertionModules(), tokenModules(), proofModules())
}

// What the plans let their user choose.
const (
	privateKeyJWT, mutualTLS   = "private_key_jwt", "mtls"            // client_auth_type
	certificateBound, keyBound = "mtls", "dpop"                       // sender_constrain
	unsigned, nonRepudiation   = "unsigned", "signed_non_repudiation" // fapi_request_method
	byValue, pushedRequest     = "by_value", "pushed"                 // fapi_auth_request_method
	plainResponse, signedJARM  = "plain_response", "jarm"             // fapi_response_mode
	openID, plainOAuth         = "openid_connect", "plain_oauth"      // openid
	clientCredentials          = "fapi_client_credentials_grant"      // fapi_profile
)

// A variant is a choice. The plan is the profile that its clients have, in which nothing else is chosen.
type variant struct{ plan, auth, constrain, profile, request, response string }

const (
	securityPlan = "fapi2-security"
	messagePlan  = "fapi2-message-signing"
	advancedPlan = "fapi1-advanced"
	legacyPlan   = "" // none of the suite's
)

func (v variant) openid() bool  { return v.profile == openID }
func (v variant) machine() bool { return v.profile == clientCredentials }
func (v variant) objects() bool { return v.request != unsigned }
func (v variant) jarm() bool    { return v.response == signedJARM }

// securityVariant is the usual one.
func securityVariant(auth, constrain string) variant {
	return variant{securityPlan, auth, constrain, openID, unsigned, plainResponse}
}

// messageParts are the plans of Message Signing in which not everything is signed.
func messageParts() map[string]variant {
	return map[string]variant{
		"requests":      {plan: messagePlan, request: nonRepudiation, response: plainResponse},
		"responses":     {plan: messagePlan, request: unsigned, response: signedJARM},
		"introspection": {plan: messagePlan, request: unsigned, response: plainResponse},
	}
}

// registered is the profile that the variant's clients have.
func (v variant) registered() string {
	for part, other := range messageParts() {
		if v.plan == other.plan && v.request == other.request && v.response == other.response {
			return v.plan + "-" + part
		}
	}
	return v.plan
}

// fapi2 are the variants of both plans of FAPI 2.0, by name.
func fapi2() map[string]variant {
	all := map[string]variant{}
	for _, auth := range []string{privateKeyJWT, mutualTLS} {
		for _, constrain := range []string{certificateBound, keyBound} {
			for _, profile := range []string{openID, plainOAuth, clientCredentials} {
				name := auth + "," + constrain + "," + profile
				all[name] = variant{securityPlan, auth, constrain, profile, unsigned, plainResponse}
				if profile != clientCredentials {
					all[name+",signed"] = variant{messagePlan, auth, constrain, profile, nonRepudiation, signedJARM}
				}
			}
			for name, v := range messageParts() {
				v.auth, v.constrain, v.profile = auth, constrain, openID
				all[auth+","+constrain+","+name] = v
			}
		}
	}
	return all
}

func TestFAPI2(t *testing.T) { tryAll(t, fapi2(), modules()) }

// TestFAPI2Rich is the same with authorization_request_type rar, which the suite has in the plans without signed requests.
func TestFAPI2Rich(t *testing.T) {
	variants := fapi2()
	maps.DeleteFunc(variants, func(_ string, v variant) bool { return v.plan != securityPlan || v.machine() })
	tryAll(t, variants, modules(), func(w *world) { w.details = "[" + readAccounts + "]" })
}

// tryAll runs the modules in the variants that they are for.
func tryAll(t *testing.T, variants map[string]variant, modules []module, changes ...func(*world)) {
	for name, v := range variants {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			x := newTrial(t, v, "auto", changes...)
			for _, m := range modules {
				if m.in(v) {
					all := t
					t.Run(m.name, func(t *testing.T) {
						t.Cleanup(func() { assert.False(all, t.Skipped(), "%s skips", m.name) })
						m.test(&trial{x.in(t), v})
					})
				}
			}
		})
	}
}

// Every module of the suite is run, or has a reason why not.
func TestModulesAreComplete(t *testing.T) {
	t.Parallel()
	complete(t, fapi2(), modules(), moduleNames, 78)
	complete(t, fapi1(), modulesOfFAPI1(), moduleNamesOfFAPI1, 68)
}

func complete(t *testing.T, variants map[string]variant, modules []module, names string, count int) {
	t.Helper()
	known, tested := strings.Fields(names), map[string]int{}
	assert.Len(t, known, count)
	for _, m := range modules {
		tested[m.name]++
		assert.Contains(t, known, m.name, "the suite has no such module")
		assert.NotNil(t, m.test, m.name)
		assert.True(t, slices.ContainsFunc(slices.Collect(maps.Values(variants)), m.in), "%s is never run", m.name)
	}
	for _, name := range known {
		if reason, out := outOfScope[name]; out {
			assert.Zero(t, tested[name], "%s is tested, and said to be out of scope", name)
			assert.Regexp(t, "^not in scope: ", reason, name)
			continue
		}
		assert.Equal(t, 1, tested[name], "%s has neither a test nor a reason, or two tests", name)
	}
}

// A reason that belongs to no module is out of date.
func TestReasonsAreOfModules(t *testing.T) {
	t.Parallel()
	for name := range outOfScope {
		assert.Contains(t, strings.Fields(moduleNames+moduleNamesOfFAPI1), name, "the suite has no such module")
	}
}

const ecosystem = "not in scope: a rule of a single ecosystem, for clients and claims that no other has"

var outOfScope = map[string]string{
	"australia-connectid-ensure-request-object-with-exp-over-10-fails":  ecosystem,
	"australia-connectid-ensure-request-object-with-nbf-over-15-fails":  ecosystem,
	"australia-connectid-ensure-invalid-purpose-fails":                  ecosystem,
	"australia-connectid-test-claims-parameter-idtoken-identity-claims": ecosystem,
	"brazil-ensure-bad-payment-signature-fails":                         ecosystem,
	"ensure-server-handles-non-matching-intent-id":                      ecosystem,
	"test-essential-acr-sca-claim":                                      ecosystem, // of acr in general: TestAuthenticationContextClass
	"brazil-ensure-encryption-required":                                 ecosystem, // of encryption in general: TestEncryptedRequestObject
}

// moduleNames are those of version 5.2.4 that begin with fapi2-security-profile-final-.
const moduleNames = `
discovery-end-point-verification
happy-flow
user-rejects-authentication
ensure-request-object-with-multiple-aud-succeeds
ensure-authorization-request-without-state-success
ensure-authorization-request-without-nonce-success
ensure-authorization-request-with-64-char-nonce-success
ensure-other-scope-order-succeeds
test-claims-parameter-identity-claims
access-token-type-header-case-sensitivity
ensure-request-object-with-nbf-8-seconds-in-the-future-is-accepted
check-dpop-proof-nbf-exp
ensure-dpopproof-with-iat-10seconds-before-succeeds
ensure-dpopproof-with-iat-10seconds-after-succeeds
ensure-mismatched-dpop-jkt-fails
ensure-token-endpoint-fails-with-mismatched-dpop-proof-jkt
ensure-token-endpoint-fails-with-mismatched-dpop-jkt
ensure-dpopproof-at-par-endpoint-binding-success
ensure-dpop-auth-code-binding-success
ensure-different-nonce-inside-and-outside-request-object
ensure-different-state-inside-and-outside-request-object
ensure-authorization-request-with-long-nonce
ensure-authorization-request-with-long-state
ensure-request-object-without-exp-fails
ensure-request-object-without-nbf-fails
state-only-outside-request-object-not-used
ensure-request-object-without-redirect-uri-fails
ensure-expired-request-object-fails
ensure-request-object-with-bad-aud-fails
ensure-request-object-with-exp-over-60-fails
australia-connectid-ensure-request-object-with-exp-over-10-fails
ensure-request-object-with-nbf-over-60-fails
australia-connectid-ensure-request-object-with-nbf-over-15-fails
ensure-signed-request-object-with-RS256-fails
ensure-request-object-signature-algorithm-is-not-none
ensure-request-object-with-invalid-signature-fails
ensure-matching-key-in-authorization-request
ensure-unsigned-request-at-par-endpoint-fails
ensure-registered-redirect-uri
plain-fapi-tolerate-unregistered-redirect-uri
ensure-unsigned-authorization-request-without-using-par-fails
ensure-redirect-uri-in-authorization-request
ensure-response-type-code-idtoken-fails
australia-connectid-ensure-invalid-purpose-fails
ensure-response-type-token-fails
ensure-client-id-in-token-endpoint
ensure-holder-of-key-required
ensure-authorization-code-is-bound-to-client
attempt-reuse-authorization-code-after-one-second
ensure-token-endpoint-fails-with-expired-auth-code
ensure-signed-client-assertion-with-RS256-fails
ensure-client-assertion-in-token-endpoint
ensure-client-assertion-with-exp-is-5-minutes-in-past-fails
ensure-client-assertion-with-wrong-aud-fails
ensure-client-assertion-with-no-sub-fails
dpop-negative-tests
refresh-token
ensure-server-handles-non-matching-intent-id
test-essential-acr-sca-claim
brazil-ensure-bad-payment-signature-fails
australia-connectid-test-claims-parameter-idtoken-identity-claims
par-ensure-reused-request-uri-prior-to-auth-completion-succeeds
par-attempt-reuse-request_uri
par-attempt-to-use-expired-request_uri
par-ensure-jwt-client-assertions-nbf-8-seconds-in-the-future-is-accepted
par-ensure-jwt-client-assertions-nbf-over-60-seconds-in-the-future-fails
par-attempt-to-use-request_uri-for-different-client
par-authorization-request-containing-request_uri-form-param
par-attempt-invalid-http-method
par-ensure-pkce-required
ensure-pkce-code-verifier-required
incorrect-pkce-code-verifier-rejected
par-plain-pkce-rejected
par-authorization-request-containing-request_uri
par-without-duplicate-parameters
par-test-array-as-audience-fails
par-test-par-endpoint-url-as-audience-fails
par-test-token-endpoint-url-as-audience-fails
`
