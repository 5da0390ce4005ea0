package fapi_test

import (
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/ory/fosite"
	"github.com/stretchr/testify/require"

	"github.com/fosite-fapi/fosite-fapi/fapi"
	"github.com/fosite-fapi/fosite-fapi/fapitest"
	"github.com/fosite-fapi/fosite-fapi/registration"
)

func TestClausesMessageSigning(t *testing.T) {
	t.Parallel()
	clauses{
		{"F2-MS-01/kept", push(), created},
		{"F2-MS-01 PAR-14/refused parameters alone", with(push, plainRequest), refused(400, "invalid_request", "F2-MS-01")},
		{"F2-MS-01 JAR-14/refused signature of another client", with(push, otherKey), refused(400, invalidObject, "JAR-14")},
		{"F2-MS-01 JAR-14/refused tampered signature", push(tamperedObject), refused(400, invalidObject, "JAR-14")},
		{"F2-CR-02/refused RS256", push(objectBy(testRSA(), jose.RS256)), refused(400, invalidObject, "F2-CR-02")},
		{"F2-CR-03/refused alg none", push(objectBy(nil, "none")), refused(400, invalidObject, "F2-CR-03")},
		{"F2-MS-02/kept aud among others", push(object("aud", []string{issuer, "https://other.example.com"})), created},
		{"F2-MS-02/refused aud of another server", push(object("aud", "https://other.example.com")), refused(400, invalidObject, "F2-MS-02")},
		{"F2-MS-02/refused no aud", push(object("aud", nil)), refused(400, invalidObject, "F2-MS-02")},
		{"F2-MS-03/refused no nbf", push(object("nbf", nil)), refused(400, invalidObject, "F2-MS-03")},
		{"F2-MS-03/kept nbf 59 minutes ago", push(objectAhead("nbf", -59*time.Minute), objectAhead("exp", 30*time.Second)), created},
		{"F2-MS-03/kept nbf 59 minutes ago, exp just now", push(objectAhead("nbf", -59*time.Minute), objectAhead("exp", -5*time.Second)), created},
		{"F2-MS-03/refused nbf 60 minutes ago, exp just now", push(objectAhead("nbf", -60*time.Minute-4*time.Second), objectAhead("exp", -5*time.Second)), refused(400, invalidObject, "F2-MS-03")},
		{"F2-MS-04/refused nbf 70 minutes ago, which is too long before exp", push(objectAhead("nbf", -70*time.Minute)), refused(400, invalidObject, "F2-MS-04")},
		{"F2-MS-04/refused no exp", push(object("exp", nil)), refused(400, invalidObject, "F2-MS-04")},
		{"F2-MS-04/refused expired", push(objectAhead("exp", -11*time.Second)), refused(400, invalidObject, "F2-MS-04")},
		{"F2-MS-04/refused exp 70 minutes after nbf", push(objectAhead("exp", 70*time.Minute)), refused(400, invalidObject, "F2-MS-04")},
		{"F2-MS-05/kept typ", push(objectHeader("typ", "oauth-authz-req+jwt")), created},
		{"F2-MS-05/refused typ of a client assertion", push(objectHeader("typ", "client-authentication+jwt")), refused(400, invalidObject, "F2-MS-05")},
		{"F2-AS-13/kept nbf 8 s ahead", push(objectAhead("nbf", 8*time.Second)), created},
		{"F2-AS-13/kept nbf 10 s ahead", push(objectAhead("nbf", 10*time.Second)), created},
		{"F2-AS-13/refused nbf 61 s ahead", push(objectAhead("nbf", 61*time.Second)), refused(400, invalidObject, "F2-AS-13")},
		{"F2-AS-13/refused iat 61 s ahead", push(objectAhead("iat", 61*time.Second)), refused(400, invalidObject, "F2-AS-13")},
		{"JAR-02/refused request_uri inside", push(object("request_uri", "urn:x")), refused(400, invalidObject, "JAR-02")},
		{"JAR-08/kept scope inside, not the one outside", push(param("scope", "everything")), created},
		{"F2-AZ-03/refused by value", byFront(), page(400, "invalid_request", "F2-AZ-03")},
		{"F2-AZ-06 PAR-20/refused no redirect_uri", push(param("redirect_uri", "https://client-a.example.com/callback"), object("redirect_uri", nil)), refused(400, "invalid_request", "F2-AZ-06")},
		{"F2-AZ-05/refused no code_challenge", push(noExchange), refused(400, "invalid_request", "F2-AZ-05")},
		{"F2-AZ-01/refused code id_token", push(object("response_type", "code id_token")), refused(400, "unsupported_response_type", "F2-AZ-01")},
		{"F2-AS-08/refused an array as aud of the assertion", push(claim("aud", []string{issuer})), invalid("F2-AS-08")},

		{"F2-MS-07/kept a registered response_mode", registered(modes("jwt"), push()), created},
		{"F2-MS-07 F2-MS-08/refused another response_mode", registered(modes("form_post.jwt"), push()), refused(400, "invalid_request", "F2-MS-08")},
		{"F2-MS-08/kept", visit(), answered(inJWT)},
		{"F2-MS-08/kept without response_mode", authorize(object("response_mode", nil)), answered(inJWT)},
		{"F2-MS-08/refused response_mode query", push(object("response_mode", "query")), refused(400, "invalid_request", "F2-MS-08")},
		{"F2-MS-08/kept an error", denying(fosite.ErrAccessDenied, visit()), denied(inJWT, "access_denied", "OA-09")},
		{"F2-MS-09/kept iss inside alone", visit(), answered(inJWT)},
		{"F2-AZ-03 F2-MS-01/refused a client that signs only since", unsignedBefore, page(400, "invalid_request", "F2-MS-01")},
		{"F2-MS-08/kept the code is redeemed", redeem(), issued},

		{"F2-MS-11/kept", introspectByB(asJWT), signedWith("ES256")},
		{"F2-MS-11/kept plain where nobody asks for a JWT", introspectByB(), all(answers(200), member("active", true))},
		{"F2-MS-15/refused a client's own token", introspect(asJWT), signedInactive},
		{"F2-MS-15/kept the token's audience", introspectByB(asJWT), signedWith("ES256")},
	}.asking(t, nonRepudiable)
}

// introspectByB lets client B ask as the resource server of which the token is the audience.
func introspectByB(m ...fapitest.Mutation) step {
	return func(b *bench) *fapitest.Answer {
		forClientB(b.registration(b.a.ID))
		token := request(object("audience", "client-b"))(b).Text("access_token")
		return b.got(b.b.Introspect(b.Context(), token, m...))
	}
}

// Each part of Message Signing alone leaves the others as the Security Profile has them.
func TestClausesMessageSigningParts(t *testing.T) {
	t.Parallel()
	clauses{
		{"F2-MS-01/refused parameters alone", with(push, plainRequest), refused(400, "invalid_request", "F2-MS-01")},
		{"F2-AZ-07/kept a plain response", visit(), approved},
	}.asking(t, signing{profile: fapi.FAPI2MessageSigning(fapi.SignedRequests)})
	clauses{
		{"F2-MS-01/kept parameters alone", with(push, plainRequest), created},
		{"OC-05/refused an object of a client that is not registered for it", push(), refused(400, "request_not_supported", "OC-05")},
		{"F2-MS-08/kept", func(b *bench) *fapitest.Answer { b.a.RequestObjects = false; return visit()(b) }, answered(inJWT)},
		{"OA-07/kept a state in letters of all kinds", func(b *bench) *fapitest.Answer {
			b.a.RequestObjects = false
			return authorize(param("state", "ü\u2028"))(b)
		}, answered(inJWT, value("state", "ü\u2028"))},
		{"OA-07/refused a state that is no text", func(b *bench) *fapitest.Answer {
			b.a.RequestObjects = false
			return push(param("state", "\xff"))(b)
		}, refused(400, "invalid_request", "OA-07")},
	}.asking(t, signing{profile: fapi.FAPI2MessageSigning(fapi.SignedResponses)})

	_, err := composed(hostConfig(), stores["memory"](), fapi.WithProfile(fapi.FAPI2MessageSigning("everything")))
	require.ErrorContains(t, err, "everything")
}

// By the Security Profile, request objects are for clients that registered for them, by the rules of RFC 9101 alone.
func TestClausesRequestObjectByChoice(t *testing.T) {
	t.Parallel()
	choosing := func(c *registration.Client) { c.RequestObjectSigningAlg = "ES256" }
	demanding := func(c *registration.Client) { c.RequireSignedRequestObject = true }
	clauses{
		{"PAR-14 OC-05/kept", push(), created},
		{"PAR-14/kept plain parameters", with(push, plainRequest), created},
		{"JAR-04/kept no exp", push(object("exp", nil)), created},
		{"JAR-04/refused expired", push(objectAhead("exp", -time.Minute)), refused(400, invalidObject, "JAR-04")},
		{"JAR-30/refused another algorithm", push(objectBy(testRSA(), jose.PS256)), refused(400, invalidObject, "JAR-30")},
		{"JAR-22/kept a client that registered it", registered(demanding, push()), created},
		{"JAR-22/refused plain parameters of a client that registered it", registered(demanding, with(push, plainRequest)), refused(400, "invalid_request", "JAR-22")},
		{"JAR-22 F2-CR-03/refused alg none", registered(demanding, push(objectBy(nil, "none"))), refused(400, invalidObject, "F2-CR-03")},
		{"F2-AZ-07/kept", visit(), approved},
	}.asking(t, signing{profile: fapi.FAPI2Security(), register: choosing})
}

func modes(modes ...string) func(*registration.Client) {
	return func(c *registration.Client) { c.ResponseModes = modes }
}

// unsignedBefore pushes as a client without request objects, which must sign by the time when the page is loaded.
func unsignedBefore(b *bench) *fapitest.Answer {
	provider := b.provider
	var err error
	b.provider, err = composed(hostConfig(), b.store, fapi.WithProfile(renamed(fapi.FAPI2MessageSigning(fapi.SignedResponses))), fapi.WithAudit(b.events))
	require.NoError(b, err)
	b.mount()
	b.connect(b.a, &b.certA)
	uri := b.requestURI(plainRequest(b))
	b.provider = provider
	b.mount()
	return b.browse(uri)
}

func renamed(p fapi.Profile) fapi.Profile { p.Name = nonRepudiable.profile.Name; return p }
