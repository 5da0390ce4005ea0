package fapi_test

import (
	"github.com/stretchr/testify/assert"
	"testing"

	"github.com/fosite-fapi/fosite-fapi/fapitest"
	"github.com/fosite-fapi/fosite-fapi/registration"
)

func TestClausesPushedRequest(t *testing.T) {
	t.Parallel()
	clauses{
		{"F2-AZ-02/kept", push(), created},
		{"F2-AZ-04/refused without authentication", push(unauthenticated), invalid("F2-AZ-04")},
		{"PAR-03/kept parameters of extensions", push(param("claims", `{"id_token":{"acr":null}}`), param("acr_values", "urn:x"), param("max_age", "300"), param("ui_locales", "de")), created},
		{"PAR-03/kept unknown parameter", push(param("foo", "bar")), created},
		{"PAR-04/refused nobody", push(unauthenticated, noParam("client_id")), invalid("PAR-04")},
		{"PAR-06/kept client_id in the assertion alone", push(noParam("client_id")), created},
		{"PAR-06 CA-02/refused client_id of another", push(param("client_id", "client-b")), invalid("CA-02")},
		{"PAR-07/refused request_uri", push(param("request_uri", "urn:ietf:params:oauth:request_uri:x")), refused(400, "invalid_request", "PAR-07")},
		{"PAR-08/refused scope that is not registered", push(param("scope", "openid everything")), refused(400, "invalid_scope", "PAR-08")},
		{"PAR-08/refused audience that is not registered", push(param("audience", "https://rs.example.com")), refused(400, "invalid_request", "PAR-08")},
		{"PAR-08/kept audience that is registered", registered(forAudience, push(param("audience", "https://rs.example.com"))), created},
		{"PAR-08/refused response_type that is not registered", registered(forNothing, push()), refused(400, "unauthorized_client", "PAR-08")},
		{"PAR-08 OC-04/refused response_mode fragment", push(param("response_mode", "fragment")), refused(400, "invalid_request", "OC-04")},
		{"PAR-08 OC-04/kept response_mode query", push(param("response_mode", "query")), created},
		{"PAR-08/kept several spaces", push(param("scope", " openid  accounts ")), created},
		{"PAR-08/refused a tab between scopes", push(param("scope", "openid\taccounts")), refused(400, "invalid_scope", "PAR-08")},
		{"PAR-08/refused a no-break space between scopes", push(param("scope", "openid\u00a0accounts")), refused(400, "invalid_scope", "PAR-08")},
		{"PAR-08/refused a line break in prompt", push(param("prompt", "login\nconsent")), refused(400, "invalid_request", "PAR-08")},
		{"PAR-08/refused unknown prompt", push(param("prompt", "maybe")), refused(400, "invalid_request", "PAR-08")},
		{"PAR-08/refused prompt none with others", push(param("prompt", "none login")), refused(400, "invalid_request", "PAR-08")},
		{"OC-05/refused registration parameter", push(param("registration", "{}")), refused(400, "registration_not_supported", "OC-05")},
		{"PAR-09/kept", push(), created},
		{"PAR-10/kept unlike the one before", twice(push()), unguessable},
		{"PAR-13/kept prompt none", push(param("prompt", "none")), created},
		{"OC-05/refused request object", push(param("request", "e30.e30.")), refused(400, "request_not_supported", "OC-05")},
		{"F2-AZ-01/refused token", push(param("response_type", "token")), refused(400, "unsupported_response_type", "F2-AZ-01")},
		{"F2-AZ-01/refused code id_token", push(param("response_type", "code id_token")), refused(400, "unsupported_response_type", "F2-AZ-01")},
		{"F2-AZ-01/refused code twice", push(param("response_type", "code code")), refused(400, "unsupported_response_type", "F2-AZ-01")},
		{"F2-AZ-01/refused none at all", push(noParam("response_type")), refused(400, "unsupported_response_type", "F2-AZ-01")},
		{"F2-AZ-06/refused without redirect_uri", push(noParam("redirect_uri")), refused(400, "invalid_request", "F2-AZ-06")},
		{"F2-AZ-06/refused empty redirect_uri", push(param("redirect_uri", "")), refused(400, "invalid_request", "F2-AZ-06")},
		{"F2-AZ-08 BCP-12/refused http", registered(redirectingTo("http://client-a.example.com/callback"), push(param("redirect_uri", "http://client-a.example.com/callback"))), refused(400, "invalid_request", "F2-AZ-08")},
		{"F2-AZ-08 BCP-12/kept loopback of a native client, at any port", registered(native, push(param("redirect_uri", "http://127.0.0.1:54321/callback"))), created},
		{"F2-AZ-08/kept loopback at the last port", registered(native, push(param("redirect_uri", "http://127.0.0.1:65535/callback"))), created},
		{"F2-AZ-08 F2-AS-07/refused loopback at what is no port", registered(native, push(param("redirect_uri", "http://127.0.0.1:65536/callback"))), refused(400, "invalid_request", "F2-AS-07")},
		{"F2-AZ-08/kept loopback over IPv6", registered(native, push(param("redirect_uri", "http://[::1]:54321/callback"))), created},
		{"F2-AZ-08/refused loopback of a web client", registered(redirectingTo("http://127.0.0.1/callback"), push(param("redirect_uri", "http://127.0.0.1:54321/callback"))), refused(400, "invalid_request", "F2-AZ-08")},
		{"F2-AZ-08/refused localhost by name", registered(native, push(param("redirect_uri", "http://localhost/callback"))), refused(400, "invalid_request", "F2-AZ-08")},
		{"OA-04/kept redirect_uri with a query", push(toQuery), created},
		{"PAR-12 PAR-08/refused to the client, not by a redirect", push(param("prompt", "maybe")), all(refused(400, "invalid_request", "PAR-08"), func(b *bench, a *fapitest.Answer) { assert.Empty(b, a.Header.Get("Location")) })},
		{"F2-AS-07 BCP-01/refused unregistered redirect_uri", push(param("redirect_uri", "https://client-a.example.com/other")), refused(400, "invalid_request", "F2-AS-07")},
		{"OA-04 F2-AS-07/refused redirect_uri with one character more", push(param("redirect_uri", "https://client-a.example.com/callback/")), refused(400, "invalid_request", "F2-AS-07")},
		{"OA-04 F2-AS-07/refused redirect_uri in other letters", push(param("redirect_uri", "https://client-a.example.com/Callback")), refused(400, "invalid_request", "F2-AS-07")},
		{"OA-02/refused fragment", registered(redirectingTo("https://client-a.example.com/callback#x"), push(param("redirect_uri", "https://client-a.example.com/callback#x"))), refused(400, "invalid_request", "F2-AS-07")},
		{"OA-02/refused relative redirect_uri", registered(redirectingTo("/callback"), push(param("redirect_uri", "/callback"))), refused(400, "invalid_request", "F2-AS-07")},
		{"F2-AZ-14/refused nonce of 513 characters", push(param("nonce", text(513))), refused(400, "invalid_request", "F2-AZ-14")},
		{"F2-AZ-16/refused state of 4097 characters", push(param("state", text(4097))), refused(400, "invalid_request", "F2-AZ-16")},
	}.run(t)
}

func forAudience(c *registration.Client) { c.Audience = []string{"https://rs.example.com"} }

func forNothing(c *registration.Client) { c.ResponseTypes = []string{"none"} }

func redirectingTo(uri string) func(*registration.Client) {
	return func(c *registration.Client) { c.RedirectURIs = append(c.RedirectURIs, uri) }
}

func native(c *registration.Client) {
	c.ApplicationType = "native"
	c.RedirectURIs = append(c.RedirectURIs, "http://127.0.0.1/callback", "http://[::1]/callback", "http://localhost/callback")
}

// text is that many characters, no two stretches of which are alike.
func text(length int) string {
	var s []byte
	for i := 0; len(s) < length; i++ {
		s = append(s, byte('a'+i%26), byte('A'+i/26%26), byte('0'+i/676%10))
	}
	return string(s[:length])
}

func unguessable(b *bench, second *fapitest.Answer) {
	created(b, second)
	first := push()(b)
	created(b, first)
	assert.NotEqual(b, first.Text("request_uri"), second.Text("request_uri"))
}
