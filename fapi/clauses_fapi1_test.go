package fapi_test

import (
	"context"
	"net/http"
	"net/url"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/ory/fosite"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fosite-fapi/fosite-fapi/fapi"
	"github.com/fosite-fapi/fosite-fapi/fapitest"
	"github.com/fosite-fapi/fosite-fapi/registration"
)

const invalidObject = "invalid_request_object"

// The usual state and nonce are made anew for each request; these rows name theirs.
func TestClausesFAPI1RequestObject(t *testing.T) {
	t.Parallel()
	fifty := 50 * time.Minute
	clauses{
		{"F1A-AS-01/kept by value", byFront(), answered(inFragment)},
		{"F1A-AS-01/refused parameters alone", with(byFront, plainRequest), page(400, "invalid_request", "F1A-AS-01")},
		{"F1A-ALG-03 JAR-18/refused alg none", byFront(objectBy(nil, "none")), page(400, invalidObject, "F1A-ALG-03")},
		{"F1A-ALG-01 F1A-ALG-02/refused RS256", byFront(objectBy(testRSA(), jose.RS256)), page(400, invalidObject, "F1A-ALG-01")},
		{"F1A-ALG-01 JAR-30/refused PS256 of a client that registered ES256", registered(func(c *registration.Client) { c.RequestObjectSigningAlg = "ES256" }, byFront(objectBy(testRSA(), jose.PS256))), page(400, invalidObject, "JAR-30")},
		{"JAR-30/kept the registered algorithm", registered(func(c *registration.Client) { c.RequestObjectSigningAlg = "ES256" }, byFront()), answered(inFragment)},
		{"JAR-14/refused signature of another client", with(byFront, otherKey), page(400, invalidObject, "JAR-14")},
		{"JAR-14/refused tampered signature", byFront(tamperedObject), page(400, invalidObject, "JAR-14")},
		{"JAR-14/refused something else than a JWT", byFront(param("request", "e30.e30"), object("iss", nil), noObject), page(400, invalidObject, "JAR-14")},
		{"JAR-23/kept typ JWT", byFront(objectHeader("typ", "JWT")), answered(inFragment)},
		{"JAR-24/kept no typ", byFront(objectHeader("typ", nil)), answered(inFragment)},
		{"JAR-24/kept typ with application/", byFront(objectHeader("typ", "application/oauth-authz-req+jwt")), answered(inFragment)},
		{"JAR-23 JAR-24/refused typ of an access token", byFront(objectHeader("typ", "at+jwt")), page(400, invalidObject, "JAR-23")},
		{"JAR-23/refused sub of the client", byFront(object("sub", "client-a")), page(400, invalidObject, "JAR-23")},
		{"JAR-06 OA-03/refused no client_id outside", byFront(noParam("client_id")), page(400, "invalid_request", "OA-03")},
		{"JAR-15/refused client_id of another client inside", byFront(object("client_id", "client-b")), page(400, invalidObject, "JAR-15")},
		{"JAR-15/refused no client_id inside", byFront(object("client_id", nil)), page(400, invalidObject, "JAR-15")},
		{"JAR-04/refused iss of another client", byFront(object("iss", "client-b")), page(400, invalidObject, "JAR-04")},
		{"JAR-02/refused request_uri inside", byFront(object("request_uri", "urn:x")), page(400, invalidObject, "JAR-02")},
		{"JAR-02/refused request inside", byFront(object("request", "e30.e30.")), page(400, invalidObject, "JAR-02")},
		{"JAR-07/refused request and request_uri", byFront(param("request_uri", "https://client-a.example.com/request.jwt")), page(400, "invalid_request", "JAR-07")},
		{"JAR-16/refused request_uri of a client without any", byFront(noObject, param("request_uri", "https://client-a.example.com/request.jwt")), page(400, "request_uri_not_supported", "JAR-16")},
		{"JAR-11/refused request_uri over http", registered(publishing("http://client-a.example.com/request.jwt"), byFront(noObject, param("request_uri", "http://client-a.example.com/request.jwt"))), page(400, "invalid_request_uri", "JAR-11")},
		{"JAR-21/refused request_uri that is not registered", registered(publishing("https://client-a.example.com/other.jwt"), byFront(noObject, param("request_uri", "https://client-a.example.com/request.jwt"))), page(400, "invalid_request_uri", "JAR-21")},

		{"F1A-AS-15/kept aud among others", byFront(object("aud", []string{"https://other.example.com", issuer})), answered(inFragment)},
		{"F1A-AS-15/refused aud of another server", byFront(object("aud", "https://other.example.com")), page(400, invalidObject, "F1A-AS-15")},
		{"F1A-AS-15/refused the PAR endpoint as aud", byFront(object("aud", issuer+"/par")), page(400, invalidObject, "F1A-AS-15")},
		{"F1A-AS-15/refused no aud", byFront(object("aud", nil)), page(400, invalidObject, "F1A-AS-15")},
		{"F1A-AS-13/refused no exp", byFront(object("exp", nil)), page(400, invalidObject, "F1A-AS-13")},
		{"F1A-AS-13/refused expired", byFront(objectAhead("exp", -11*time.Second)), page(400, invalidObject, "F1A-AS-13")},
		{"F1A-AS-13/kept exp 50 minutes after nbf", byFront(objectAhead("exp", fifty)), answered(inFragment)},
		{"F1A-AS-13/refused exp 70 minutes after nbf", byFront(objectAhead("exp", 70*time.Minute)), page(400, invalidObject, "F1A-AS-13")},
		{"F1A-AS-17/refused no nbf", byFront(object("nbf", nil)), page(400, invalidObject, "F1A-AS-17")},
		{"F1A-AS-17/kept nbf 50 minutes ago", byFront(objectAhead("nbf", -fifty)), answered(inFragment)},
		{"F1A-AS-17/kept nbf 59 minutes ago, exp just now", byFront(objectAhead("nbf", -59*time.Minute), objectAhead("exp", -5*time.Second)), answered(inFragment)},
		{"F1A-AS-17/refused nbf 60 minutes ago, exp just now", byFront(objectAhead("nbf", -60*time.Minute-4*time.Second), objectAhead("exp", -5*time.Second)), page(400, invalidObject, "F1A-AS-17")},
		{"F1A-AS-13/refused nbf 70 minutes ago, which is too long before exp", byFront(objectAhead("nbf", -70*time.Minute)), page(400, invalidObject, "F1A-AS-13")},
		{"RFC7519-4.1.5/kept nbf 8 s ahead", byFront(objectAhead("nbf", 8*time.Second)), answered(inFragment)},
		{"RFC7519-4.1.5/refused nbf 61 s ahead", byFront(objectAhead("nbf", 61*time.Second)), page(400, invalidObject, "RFC7519-4.1.5")},

		{"F1A-AS-10/kept state inside, not the one outside", byFront(param("state", "outside"), object("state", "inside")), answered(inFragment, value("state", "inside"))},
		{"F1A-AS-10/kept no state but the one outside", byFront(param("state", "outside"), object("state", nil)), answered(inFragment, value("state", ""), detached(nil))},
		{"F1A-AS-10/kept nonce inside, not the one outside", byFront(param("nonce", "outside"), object("nonce", "inside")), answered(inFragment, detached(map[string]any{"nonce": "inside"}))},
		{"F1A-AS-10/kept scope inside, not the one outside", byFront(param("scope", "payments")), all(answered(inFragment), grantedFront("openid offline_access accounts"))},
		{"F1A-AS-10/refused no scope inside", byFront(object("scope", nil)), denied(inFragment, invalidObject, "F1A-AS-10")},
		{"OIDC-3.3.2.1/refused an ID token without openid", byFront(object("scope", "accounts")), denied(inFragment, "invalid_scope", "OIDC-3.3.2.1")},
		{"F1A-AS-10 JAR-08 F1B-AS-09/refused no redirect_uri inside", byFront(param("redirect_uri", "https://client-a.example.com/callback"), object("redirect_uri", nil)), page(400, "invalid_request", "F1B-AS-09")},
		{"JAR-09/kept without duplicates outside", byFront(noParam("response_type"), noParam("scope")), answered(inFragment)},
		{"JAR-03/kept max_age as a number", byFront(object("max_age", 3600)), answered(inFragment)},
		{"JAR-03/kept max_age as a large number", byFront(object("max_age", 1e9)), answered(inFragment)},
		{"JAR-03 PAR-08/refused max_age in words", byFront(object("max_age", "soon")), denied(inFragment, "invalid_request", "PAR-08")},
		{"JAR-03/kept claims as an object", byFront(object("claims", map[string]any{"id_token": map[string]any{"acr": map[string]any{"value": "low"}, "x": nil}})), answered(inFragment)},
		{"JAR-03/refused claims as a number", byFront(object("claims", 1)), page(400, invalidObject, "JAR-03")},

		{"F1B-AS-24/refused openid without nonce", byFront(object("nonce", nil)), denied(inFragment, invalidObject, "F1B-AS-24")},
		{"F1B-AS-08/refused redirect_uri that is not registered", byFront(object("redirect_uri", "https://client-a.example.com/other")), page(400, "invalid_request", "F1B-AS-08")},
		{"F1B-AS-10 F1B-AS-08/refused redirect_uri with one character more", byFront(object("redirect_uri", "https://client-a.example.com/callback/")), page(400, "invalid_request", "F1B-AS-08")},
		{"F1B-AS-20/refused http", registered(redirectingTo("http://client-a.example.com/callback"), byFront(object("redirect_uri", "http://client-a.example.com/callback"))), page(400, "invalid_request", "F1B-AS-20")},
		{"F1B-NAT-01 F1B-AS-20/refused loopback of a native client", registered(native, byFront(object("redirect_uri", "http://127.0.0.1/callback"))), page(400, "invalid_request", "F1B-AS-20")},
		{"F1A-AS-02/refused code by the query", byFront(object("response_type", "code")), unsupported},
		{"F1A-AS-02/refused token", byFront(object("response_type", "token")), denied(inFragment, "unsupported_response_type", "F1A-AS-02")},
		{"F1A-AS-02 OC-04/refused response_mode query", byFront(object("response_mode", "query")), denied(inFragment, "invalid_request", "OC-04")},
		{"JARM-10 OC-04/refused an ID token by query.jwt", byFront(object("response_mode", "query.jwt")), denied(inFragment, "invalid_request", "OC-04")},
		{"F1A-AS-18/kept no PKCE without PAR", redeemFront(noExchange, noParam("code_verifier")), issued},
		{"F1A-AS-18/kept PKCE without PAR", redeemFront(nothing, nothing), issued},
		{"PKCE-08/refused PKCE without PAR and without its verifier", redeemFront(nothing, noParam("code_verifier")), refused(400, "invalid_grant", "PKCE-08")},
		{"PKCE-07/refused plain without PAR", byFront(object("code_challenge_method", "plain")), denied(inFragment, "invalid_request", "F1A-AS-18")},
		{"F1A-AS-06/refused dpop_jkt, for tokens are bound to certificates", byFront(object("dpop_jkt", text(43))), page(400, "invalid_request", "F1A-AS-06")},

		{"OA-08/kept the same object is shown until it is decided", again(false), answered(inFragment)},
		{"PAR-23/refused the same object decided twice", again(true), all(page(400, invalidObject, "PAR-23"), described("The request object was already used: make a new one. (PAR-23)"))},
		{"PAR-29 PAR-26/refused by value of a client that must push", registered(pushingAlone, byFront()), page(400, "invalid_request", "PAR-26")},
		{"OA-09/kept the user denies", denying(fosite.ErrAccessDenied, byFront()), denied(inFragment, "access_denied", "OA-09")},
		{"OA-08/kept redirect_uri with a query", byFront(object("redirect_uri", "https://client-a.example.com/callback?dummy1=lorem&dummy2=ipsum")), keptQuery},
	}.asking(t, hybrid)
}

func TestClausesFAPI1IDToken(t *testing.T) {
	t.Parallel()
	clauses{
		{"F1A-IDT-03/kept c_hash", byFront(), answered(inFragment, detached(nil))},
		{"F1A-IDT-04/kept s_hash", byFront(object("state", "VgSUIEnflnDxTe1vAtr54o")), answered(inFragment, detached(map[string]any{"s_hash": "9s6CBbOxiKE65d9-Qr0QIQ"}))},
		{"F1A-IDT-04/kept no s_hash without state", byFront(object("state", nil)), answered(inFragment, detached(nil))},
		{"F1A-IDT-05/kept no personal data through the browser", byFront(), answered(inFragment, func(b *bench, params url.Values) { assert.NotContains(b, b.claims(params.Get("id_token")), "email") })},
		{"F1A-IDT-05/kept personal data at the token endpoint", redeemFront(nothing, nothing), func(b *bench, a *fapitest.Answer) {
			assert.Equal(b, "alice@example.com", idToken(b, a)["email"])
		}},
		{"F1B-AS-23/kept the same user in both", redeemFront(nothing, nothing), func(b *bench, a *fapitest.Answer) { assert.Equal(b, "alice", idToken(b, a)["sub"]) }},
		{"F1B-AS-11 OIDC-5.5.1.1/kept essential acr", loggedIn("high", byFront(essentialACR("high"))), answered(inFragment, detached(map[string]any{"acr": "high"}))},
		{"F1B-AS-11 OIDC-5.5.1.1/refused another essential acr", loggedIn("high", byFront(essentialACR("higher"))), denied(inFragment, "access_denied", "OIDC-5.5.1.1")},
	}.asking(t, signing{profile: hybrid.profile, register: hybrid.register, usual: hybrid.usual, options: []fapi.Option{
		fapi.WithIDTokenClaims(func(context.Context, fosite.Client, fosite.Session, []string, *fapi.ClaimsRequest) (map[string]any, error) {
			return map[string]any{"email": "alice@example.com"}, nil
		}),
	}})
}

func TestClausesFAPI1Pushed(t *testing.T) {
	t.Parallel()
	clauses{
		{"F1A-AS-11/kept", visit(), answered(inFragment)},
		{"F1A-AS-01/refused parameters alone", with(push, plainRequest), refused(400, "invalid_request", "F1A-AS-01")},
		{"F1A-AS-18/refused no code_challenge", push(noExchange), refused(400, "invalid_request", "F1A-AS-18")},
		{"F1A-AS-18/refused plain", push(object("code_challenge_method", "plain")), refused(400, "invalid_request", "F1A-AS-18")},
		{"F1A-AS-18 PKCE-08/refused no verifier", redeem(noParam("code_verifier")), refused(400, "invalid_grant", "PKCE-08")},
		{"F1A-AS-18 PKCE-09/refused another verifier", redeem(param("code_verifier", text(43))), refused(400, "invalid_grant", "PKCE-09")},
		{"PAR-07/refused request_uri beside the object", push(param("request_uri", "urn:x")), refused(400, "invalid_request", "PAR-07")},
		{"PAR-20/kept what stands beside the object is ignored", push(param("scope", "everything"), param("state", "outside")), created},
		{"PAR-21 JAR-15/refused object of another client", push(object("client_id", "client-b")), refused(400, invalidObject, "JAR-15")},
		{"JAR-14/refused signature of another client", with(push, otherKey), refused(400, invalidObject, "JAR-14")},
		{"F1A-ALG-01/refused RS256", push(objectBy(testRSA(), jose.RS256)), refused(400, invalidObject, "F1A-ALG-01")},
		{"F1A-ALG-03/refused alg none", push(objectBy(nil, "none")), refused(400, invalidObject, "F1A-ALG-03")},
		{"F1A-AS-13/refused no exp", push(object("exp", nil)), refused(400, invalidObject, "F1A-AS-13")},
		{"F1A-AS-17/refused no nbf", push(object("nbf", nil)), refused(400, invalidObject, "F1A-AS-17")},
		{"F1A-AS-15/refused the PAR endpoint as aud", push(object("aud", issuer+"/par")), refused(400, invalidObject, "F1A-AS-15")},
		{"F1A-AS-10/refused no scope", push(object("scope", nil)), refused(400, invalidObject, "F1A-AS-10")},
		{"F1B-AS-24/refused no nonce", push(object("nonce", nil)), refused(400, invalidObject, "F1B-AS-24")},
		{"F1B-AS-09/refused no redirect_uri", push(object("redirect_uri", nil)), refused(400, "invalid_request", "F1B-AS-09")},
		{"F1B-AS-08/refused redirect_uri that is not registered", push(object("redirect_uri", "https://client-a.example.com/other")), refused(400, "invalid_request", "F1B-AS-08")},
		{"F1A-AS-02/kept id_token before code", push(object("response_type", "id_token code")), created},
		{"F1A-AS-02/refused a tab for the space", push(object("response_type", "code\tid_token")), refused(400, "unsupported_response_type", "F1A-AS-02")},
		{"F1A-AS-02/refused code", push(object("response_type", "code")), refused(400, "unsupported_response_type", "F1A-AS-02")},

		{"F1A-AS-14/refused no authentication", push(unauthenticated), refused(401, "invalid_client", "F1A-AS-14")},
		{"F1A-AS-14/refused Basic", push(unauthenticated, httpHeader("Authorization", "Basic Y2xpZW50LWE6c2VjcmV0")), basicRefused},
		{"F1A-AS-16/refused a public client", registered(func(c *registration.Client) { c.TokenEndpointAuthMethod = "none" }, push(unauthenticated)), refused(401, "invalid_client", "F1A-AS-16")},
		{"F1A-ALG-01/refused RS256 assertion", push(signedBy(testRSA(), jose.RS256)), invalid("F1A-ALG-01")},
		{"F1A-ALG-03/refused unsigned assertion", push(signedBy(nil, "none")), invalid("F1A-ALG-03")},
		{"CA-03/kept the issuer as aud", push(claim("aud", issuer)), created},
		{"CA-03/kept the token endpoint as aud", push(claim("aud", issuer+"/token")), created},
		{"CA-03/kept the PAR endpoint as aud", push(claim("aud", issuer+"/par")), created},
		{"CA-03/kept an array as aud", push(claim("aud", []string{"https://other.example.com", issuer + "/par"})), created},
		{"CA-03/kept the token endpoint as aud there", redeem(claim("aud", issuer+"/token")), issued},
		{"CA-03/refused another server as aud", push(claim("aud", "https://other.example.com")), invalid("CA-03")},
		{"CA-03/refused an array without the server", push(claim("aud", []string{"https://other.example.com"})), invalid("CA-03")},
		{"CA-03/refused the authorization endpoint as aud", push(claim("aud", issuer+"/authorize")), invalid("CA-03")},
		{"F1A-AS-05/refused no certificate", presenting(noCertificate, redeem()), refused(400, "invalid_request", "F1A-AS-05")},
		{"F1A-AS-06/kept cnf", redeem(), boundTo(certificateA)},
		{"F1B-AS-13/refused a code twice", twiceRedeemed, refused(400, "invalid_grant", "F1B-AS-13")},
		{"F1B-AS-14/kept", redeem(), issued},
		{"F1B-AS-15/kept scope", redeem(), func(b *bench, a *fapitest.Answer) { assert.Equal(b, usualScope, a.Text("scope")) }},
	}.asking(t, hybrid)

	clauses{
		{"F1B-AS-25/kept state without openid", push(object("scope", "accounts")), created},
		{"F1B-AS-25/refused neither openid nor state", push(object("scope", "accounts"), object("state", nil)), refused(400, "invalid_request", "F1B-AS-25")},
		{"F1A-AS-10/refused no scope", push(object("scope", nil)), refused(400, invalidObject, "F1A-AS-10")},
		{"F1A-AS-02 F1A-JARM-01/refused without response_mode", push(object("response_mode", nil)), refused(400, "unsupported_response_type", "F1A-AS-02")},
		{"F1A-AS-02/refused fragment", push(object("response_mode", "fragment")), refused(400, "unsupported_response_type", "F1A-AS-02")},
		{"F1A-JARM-01/kept", visit(), answered(inJWT)},
		{"F1A-JARM-01/kept by value", byFront(), answered(inJWT)},
		{"JARM-03/kept an error", denying(fosite.ErrAccessDenied, visit()), denied(inJWT, "access_denied", "OA-09")},
		{"JARM-03/kept an error before the mode is known", byFront(object("response_type", nil)), denied(inJWT, "unsupported_response_type", "F1A-AS-02")},
		{"JARM-07/kept no state", authorize(object("state", nil)), answered(inJWT, value("state", ""))},
		{"F1A-AS-02/kept the code is redeemed", redeem(), issued},
	}.asking(t, jarmed)
}

func publishing(uri string) func(*registration.Client) {
	return func(c *registration.Client) { c.RequestURIs = []string{uri} }
}

func noObject(m *fapitest.Message) { m.Object.Claims = nil }

func nothing(*fapitest.Message) {}

func noExchange(m *fapitest.Message) {
	delete(m.Object.Claims, "code_challenge")
	delete(m.Object.Claims, "code_challenge_method")
}

func essentialACR(value string) fapitest.Mutation {
	return object("claims", map[string]any{"id_token": map[string]any{"acr": map[string]any{"essential": true, "values": []string{value}}}})
}

// unsupported wants the refusal of response_type code by the mode that it has where nothing else is said.
func unsupported(b *bench, a *fapitest.Answer) {
	b.Helper()
	q := back(b, a)
	assert.Equal(b, "unsupported_response_type", q.Get("error"))
	audited(b, "unsupported_response_type", "F1A-AS-02")
}

// grantedFront wants the scope that the code of a response stands for.
func grantedFront(scope string) check {
	return func(b *bench, a *fapitest.Answer) {
		b.Helper()
		tokens := b.got(b.a.Redeem(b.Context(), b.response(a).Get("code"), verifier))
		require.Equal(b, http.StatusOK, tokens.Status, string(tokens.Body))
		assert.Equal(b, scope, tokens.Text("scope"))
	}
}

// keptQuery wants the redirect URI's own query before the fragment.
func keptQuery(b *bench, a *fapitest.Answer) {
	b.Helper()
	require.Equal(b, http.StatusSeeOther, a.Status, string(a.Body))
	assert.Equal(b, "dummy1=lorem&dummy2=ipsum", a.Location().RawQuery)
	assert.NotEmpty(b, b.response(a).Get("id_token"))
}

// basicRefused wants the challenge of the scheme that the client used.
func basicRefused(b *bench, a *fapitest.Answer) {
	b.Helper()
	plainError(b, a, http.StatusUnauthorized, "invalid_client")
	assert.Equal(b, `Basic realm="oauth"`, a.Header.Get("WWW-Authenticate"))
	audited(b, "invalid_client", "F1A-AS-14")
}

func twiceRedeemed(b *bench) *fapitest.Answer {
	code := b.newCode()
	first := b.got(b.a.Redeem(b.Context(), code, verifier))
	require.Equal(b, http.StatusOK, first.Status, string(first.Body))
	return b.got(b.a.Redeem(b.Context(), code, verifier))
}

// again sends the very same request object twice: after a decision, or after the user has but seen the login page.
func again(decided bool) step {
	return func(b *bench) *fapitest.Answer {
		var sent string
		same := func(m *fapitest.Message) {
			m.Encrypt = func(jws string) (string, error) {
				if sent == "" {
					sent = jws
				}
				return sent, nil
			}
		}
		if !decided {
			b.interaction(func(http.ResponseWriter, *http.Request, fosite.AuthorizeRequester) (*fapi.Decision, error) {
				return nil, nil
			})
		}
		byFront(same)(b)
		b.mount()
		return byFront(same)(b)
	}
}

// loggedIn lets the user log in by that authentication context class.
func loggedIn(acr string, s step) step {
	return func(b *bench) *fapitest.Answer {
		b.interaction(func(_ http.ResponseWriter, _ *http.Request, ar fosite.AuthorizeRequester) (*fapi.Decision, error) {
			session := fapi.NewSession("alice")
			session.IDToken.AuthenticationContextClassReference = acr
			return &fapi.Decision{Session: session, Scopes: ar.GetRequestedScopes()}, nil
		})
		return s(b)
	}
}

// loginPage is shown to a user who has not decided yet.
func loginPage(http.ResponseWriter, *http.Request, fosite.AuthorizeRequester) (*fapi.Decision, error) {
	return nil, nil //nolint:nilnil // a page was written
}
