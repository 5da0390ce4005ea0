package fapi_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/stretchr/testify/assert"

	"github.com/fosite-fapi/fosite-fapi/fapi"
	"github.com/fosite-fapi/fosite-fapi/fapitest"
	"github.com/fosite-fapi/fosite-fapi/registration"
)

// Client authentication is the same at every endpoint that a client posts to; see [TestClausesMessage] for these.
func TestClausesClientAuthentication(t *testing.T) {
	t.Parallel()
	clauses{
		{"CA-01 CA-02 CA-08/kept", push(), created},
		{"CA-01/refused other client_assertion_type", push(typedAssertion("urn:ietf:params:oauth:client-assertion-type:saml2-bearer")), invalid("CA-01")},
		{"CA-01/refused no client_assertion_type", push(typedAssertion("")), invalid("CA-01")},
		{"CA-01 CA-07/refused no client_assertion", push(unauthenticated, param("client_assertion_type", assertionType)), invalid("CA-07")},
		{"CA-02/refused iss of another client", push(claim("iss", "client-b")), invalid("CA-02")},
		{"CA-02/refused no iss", push(noClaim("iss")), invalid("CA-02")},
		{"CA-02/refused sub of another client", push(claim("sub", "client-b")), invalid("CA-02")},
		{"CA-02/refused no sub", push(noClaim("sub")), invalid("CA-02")},
		{"CA-02/refused sub of a user", push(claim("sub", "alice")), invalid("CA-02")},
		{"CA-03/refused other server", push(claim("aud", "https://other.example.com")), invalid("F2-AS-08")},
		{"CA-03/refused no aud", push(noClaim("aud")), invalid("F2-AS-08")},
		{"F2-AS-08/kept the issuer as a string", push(claim("aud", issuer)), created},
		{"F2-AS-08/refused the issuer in an array", push(claim("aud", []string{issuer})), invalid("F2-AS-08")},
		{"F2-AS-08/refused the issuer among others", push(claim("aud", []string{issuer, "https://other.example.com"})), invalid("F2-AS-08")},
		{"F2-AS-08/refused the PAR endpoint", push(claim("aud", issuer+"/par")), invalid("F2-AS-08")},
		{"F2-AS-08/refused the token endpoint", push(claim("aud", issuer+"/token")), invalid("F2-AS-08")},
		{"F2-AS-08/refused the token endpoint there", redeem(claim("aud", issuer+"/token")), invalid("F2-AS-08")},
		{"F2-AS-08/refused the issuer with a slash", push(claim("aud", issuer+"/")), invalid("F2-AS-08")},
		{"CA-04/refused expired 5 minutes ago", push(ahead("exp", -5*time.Minute)), invalid("CA-04")},
		{"CA-04/kept expired 8 s ago, for clocks differ", push(ahead("exp", -8*time.Second)), created},
		{"CA-04/refused expired 11 s ago", push(ahead("exp", -11*time.Second)), invalid("CA-04")},
		{"CA-04/refused no exp", push(noClaim("exp")), invalid("CA-04")},
		{"CA-04/refused exp in a year", push(ahead("exp", 365*24*time.Hour)), invalid("CA-04")},
		{"CA-04/kept exp in 10 minutes", push(ahead("exp", 10*time.Minute)), created},
		{"CA-05/kept no iat", push(noClaim("iat")), created},
		{"CA-05/kept nbf in the past", push(ahead("nbf", -time.Minute)), created},
		{"F2-AS-13/kept iat 8 s ahead", push(ahead("iat", 8*time.Second)), created},
		{"F2-AS-13/kept iat 10 s ahead", push(ahead("iat", 10*time.Second)), created},
		{"F2-AS-13/refused iat 61 s ahead", push(ahead("iat", 61*time.Second)), invalid("F2-AS-13")},
		{"F2-AS-13/kept nbf 8 s ahead", push(ahead("nbf", 8*time.Second)), created},
		{"F2-AS-13/kept nbf 10 s ahead", push(ahead("nbf", 10*time.Second)), created},
		{"F2-AS-13/refused nbf 61 s ahead", push(ahead("nbf", 61*time.Second)), invalid("F2-AS-13")},
		{"CA-06/refused no jti", push(noClaim("jti")), invalid("CA-06")},
		{"CA-06/refused the same jti again", twice(push(claim("jti", "once"))), invalid("CA-06")},
		{"CA-06/refused the same jti at another endpoint", pushThenToken(claim("jti", "once")), invalid("CA-06")},
		{"CA-06/kept another client's jti", func(b *bench) *fapitest.Answer {
			push(claim("jti", "once"))(b)
			return b.got(b.b.Push(b.Context(), b.b.Request(verifier, usualScope), claim("jti", "once")))
		}, created},
		{"CA-06/kept a refused assertion spends no jti", func(b *bench) *fapitest.Answer {
			push(claim("jti", "once"), claim("aud", "https://other.example.com"))(b)
			return push(claim("jti", "once"))(b)
		}, created},
		{"CA-06/kept a stranger spends no jti", func(b *bench) *fapitest.Answer {
			push(claim("jti", "once"), signedBy(newEC(), jose.ES256))(b)
			return push(claim("jti", "once"))(b)
		}, created},
		{"CA-07/refused key of a stranger", push(signedBy(newEC(), jose.ES256)), invalid("CA-07")},
		{"CA-07/refused changed after it was signed", push(tampered), invalid("CA-07")},
		{"CA-07/refused not a JWT", push(unauthenticated, param("client_assertion", "x"), param("client_assertion_type", assertionType)), invalid("CA-07")},
		{"CA-07/refused key that is not registered any more", registered(func(c *registration.Client) { c.JWKS = &jose.JSONWebKeySet{} }, push()), invalid("CA-07")},
		{"CA-09/refused other algorithm than the registered", registered(func(c *registration.Client) { c.TokenEndpointAuthSigningAlg = "PS256" }, push()), invalid("F2-CR-02")},
		{"CA-09/kept no algorithm registered", registered(func(c *registration.Client) { c.TokenEndpointAuthSigningAlg = "" }, push()), created},
		{"CA-08/refused unknown client", push(param("client_id", "nobody"), claim("iss", "nobody"), claim("sub", "nobody")), invalid("CA-08")},

		{"F2-AS-03/refused public client", registered(public, push(unauthenticated)), invalid("F2-AS-03")},
		{"F2-AS-03/refused public client with an assertion", registered(public, push()), invalid("F2-AS-03")},
		{"F2-AS-06/refused client_secret_post", registered(secret("client_secret_post"), push(unauthenticated, param("client_secret", "secret"))), invalid("F2-AS-06")},
		{"F2-AS-06/refused client_secret_basic", registered(secret("client_secret_basic"), push(unauthenticated, noParam("client_id"), basic("client-a", "secret"))), challenged("Basic", "F2-AS-06")},
		{"F2-AS-06/refused client_secret_jwt", registered(secret("client_secret_jwt"), push()), invalid("F2-AS-06")},
		{"F2-AS-06/refused none registered, for that means client_secret_basic", registered(secret(""), push()), invalid("F2-AS-06")},
		{"F2-AS-06/refused HTTP Basic of a client with a key", push(unauthenticated, basic("client-a", "")), challenged("Basic", "F2-AS-06")},
		{"OA-13/refused assertion and HTTP Basic", push(basic("client-a", "secret")), refused(400, "invalid_request", "OA-13")},
		{"OA-13/refused assertion and client_secret", push(param("client_secret", "secret")), refused(400, "invalid_request", "OA-13")},
		{"OA-13/refused client_secret and HTTP Basic", push(unauthenticated, param("client_secret", "secret"), basic("client-a", "secret")), refused(400, "invalid_request", "OA-13")},
		{"F1B-AS-19/refused HTTP Basic as another client", push(unauthenticated, basic("client-b", "secret")), challenged("Basic", "F1B-AS-19")},
		{"CA-01 CA-02/refused client_id of client B, credential of client A", redeem(param("client_id", "client-b")), invalid("CA-02")},
		{"CA-01/kept an assertion in the query does not count", push(unauthenticated, func(m *fapitest.Message) { m.URL += "?client_assertion=x&client_secret=y" }), invalid("F2-AZ-04")},
	}.run(t)
}

// invalid is the refusal of a client that is not authenticated (CA-08).
func invalid(id string) check {
	return all(refused(http.StatusUnauthorized, "invalid_client", id), func(b *bench, _ *fapitest.Answer) {
		b.Helper()
		assert.Equal(b, fapi.AtClientAuthentication, b.events.newest().Stage)
	})
}

const assertionType = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"

// signed makes the assertion of a message now, so that what comes after can change it or what is beside it.
func signed(m *fapitest.Message) string {
	assertion, err := m.Assertion.Sign()
	if err != nil {
		panic(err)
	}
	m.Assertion.Claims = nil
	return assertion
}

func typedAssertion(typ string) fapitest.Mutation {
	return func(m *fapitest.Message) {
		m.Form.Set("client_assertion", signed(m))
		if m.Form.Set("client_assertion_type", typ); typ == "" {
			m.Form.Del("client_assertion_type")
		}
	}
}

var (
	tampered = fapitest.Mutation(fapitest.Tampered)
	basic    = fapitest.Basic
)

func public(c *registration.Client) { c.TokenEndpointAuthMethod = "none" }

func secret(method string) func(*registration.Client) {
	return func(c *registration.Client) { c.TokenEndpointAuthMethod = method }
}

func pushThenToken(m ...fapitest.Mutation) step {
	return func(b *bench) *fapitest.Answer { push(m...)(b); return credentials(m...)(b) }
}
