package main

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

// The OpenID Foundation's conformance suite has a plan for the FAPI 2.0 Security Profile. What its modules ask of an
// authorization server is asked here over real TLS, by the modules' own names, in the plan's own variants. What they
// ask of TLS itself is in TestTLS.

// A module is one of the suite's.
type module struct {
	name string // without its prefix
	test func(*trial)

	auth, constrain string // the variants that it is for; "" is all
	machine         bool   // it is for clients without a user, too
}

func (m module) in(v variant) bool {
	return (m.auth == "" || m.auth == v.auth) && (m.constrain == "" || m.constrain == v.constrain) && (m.machine || !v.machine())
}

func modules() []module {
	return slices.Concat(flowModules(), requestModules(), requestURIModules(), assertionModules(), tokenModules(), proofModules())
}

const (
	privateKeyJWT, mutualTLS   = "private_key_jwt", "mtls" // client_auth_type
	certificateBound, keyBound = "mtls", "dpop"            // sender_constrain
)

// A variant is what the plan lets its user choose.
type variant struct{ auth, constrain, profile string }

func (v variant) String() string { return v.auth + "," + v.constrain + "," + v.profile }
func (v variant) openid() bool   { return v.profile == "openid_connect" }
func (v variant) machine() bool  { return v.profile == "fapi_client_credentials_grant" }

func variants() (all []variant) {
	for _, auth := range []string{privateKeyJWT, mutualTLS} {
		for _, constrain := range []string{certificateBound, keyBound} {
			for _, profile := range []string{"openid_connect", "plain_oauth", "fapi_client_credentials_grant"} {
				all = append(all, variant{auth, constrain, profile})
			}
		}
	}
	return all
}

func TestFAPI2SecurityProfile(t *testing.T) {
	for _, v := range variants() {
		t.Run(v.String(), func(t *testing.T) {
			t.Parallel()
			x := newTrial(t, v, "auto")
			for _, m := range modules() {
				if m.in(v) {
					t.Run(m.name, func(t *testing.T) { m.test(&trial{x.in(t), v}) })
				}
			}
		})
	}
}

// Every module of the suite is run or has a reason why not.
func TestFAPI2SecurityProfileIsComplete(t *testing.T) {
	t.Parallel()
	known, tested := strings.Fields(moduleNames), map[string]int{}
	for _, m := range modules() {
		tested[m.name]++
		assert.Contains(t, known, m.name, "the suite has no such module")
		assert.True(t, slices.ContainsFunc(variants(), m.in), "%s is never run", m.name)
	}
	for _, name := range known {
		reason, out := outOfScope[name]
		switch {
		case out:
			assert.Zero(t, tested[name], "%s is tested, and said to be out of scope", name)
			assert.Regexp(t, "^not in scope: ", reason, name)
		default:
			assert.Equal(t, 1, tested[name], "%s has neither a test nor a reason, or two tests", name)
		}
	}
	for name := range outOfScope {
		assert.Contains(t, known, name, "the suite has no such module")
	}
}

const (
	requestObjects = "not in scope: signed request objects belong to FAPI 2.0 Message Signing"
	ecosystem      = "not in scope: a rule of a single ecosystem"
)

var outOfScope = map[string]string{
	"ensure-request-object-with-multiple-aud-succeeds":                   requestObjects,
	"ensure-request-object-with-nbf-8-seconds-in-the-future-is-accepted": requestObjects,
	"ensure-request-object-without-exp-fails":                            requestObjects,
	"ensure-request-object-without-nbf-fails":                            requestObjects,
	"ensure-request-object-without-redirect-uri-fails":                   requestObjects,
	"ensure-expired-request-object-fails":                                requestObjects,
	"ensure-request-object-with-bad-aud-fails":                           requestObjects,
	"ensure-request-object-with-exp-over-60-fails":                       requestObjects,
	"ensure-request-object-with-nbf-over-60-fails":                       requestObjects,
	"ensure-signed-request-object-with-RS256-fails":                      requestObjects,
	"ensure-request-object-signature-algorithm-is-not-none":              requestObjects,
	"ensure-request-object-with-invalid-signature-fails":                 requestObjects,
	"ensure-matching-key-in-authorization-request":                       requestObjects,
	"ensure-unsigned-request-at-par-endpoint-fails":                      requestObjects,
	"par-authorization-request-containing-request_uri":                   requestObjects,
	"australia-connectid-ensure-request-object-with-exp-over-10-fails":   ecosystem,
	"australia-connectid-ensure-request-object-with-nbf-over-15-fails":   ecosystem,
	"australia-connectid-ensure-invalid-purpose-fails":                   ecosystem,
	"australia-connectid-test-claims-parameter-idtoken-identity-claims":  ecosystem,
	"brazil-ensure-bad-payment-signature-fails":                          ecosystem,
	"ensure-server-handles-non-matching-intent-id":                       ecosystem,
	"test-essential-acr-sca-claim":                                       ecosystem,
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
