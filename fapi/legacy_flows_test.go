package fapi_test

import (
	"bytes"
	"mime/multipart"
	"net/http"
	"net/url"

	"github.com/go-jose/go-jose/v4"
	"github.com/stretchr/testify/require"

	"github.com/fosite-fapi/fosite-fapi/fapitest"
)

// A legacyFlow is a sequence of requests; status is what its last answer must have, on both providers.
type legacyFlow struct {
	status int
	run    func(v *visitor)
}

const (
	legacyState    = "a-state-of-some-length"
	legacyVerifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
	legacyS256     = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
)

// authorization gives the parameters of an authorization request.
func authorization(id, responseType, scope string) url.Values {
	return url.Values{
		"client_id": {id}, "response_type": {responseType}, "scope": {scope}, "redirect_uri": {webCallback},
		"state": {legacyState}, "nonce": {"a-nonce-of-some-length"},
	}
}

// redemption gives those of the request that follows.
func redemption(code string) url.Values {
	return url.Values{"grant_type": {"authorization_code"}, "code": {code}, "redirect_uri": {webCallback}}
}

func refreshing(token string) url.Values {
	return url.Values{"grant_type": {"refresh_token"}, "refresh_token": {token}}
}

func (v *visitor) code(params url.Values) string {
	v.Helper()
	code := v.parameters(v.visit(params)).Get("code")
	require.NotEmpty(v, code, v.transcript)
	return code
}

// tokens runs the code flow of "web".
func (v *visitor) tokens(scope string) *fapitest.Answer {
	v.Helper()
	a := v.post("/token", redemption(v.code(authorization("web", "code", scope))), asWeb)
	require.Equal(v, http.StatusOK, a.Status, string(a.Body))
	return a
}

func (v *visitor) multipart(path string, form url.Values, edits ...func(*http.Request)) *fapitest.Answer {
	v.Helper()
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	require.NoError(v, w.SetBoundary("boundary"))
	for name, values := range form {
		for _, value := range values {
			require.NoError(v, w.WriteField(name, value))
		}
	}
	require.NoError(v, w.Close())
	return v.send(http.MethodPost, path, w.FormDataContentType(), body.String(), edits...)
}

func (v *visitor) object(claims map[string]any) string {
	v.Helper()
	raw, err := fapitest.Sign(clientRSA(), jose.RS256, map[string]any{"kid": "k"}, claims)
	require.NoError(v, err)
	return raw
}

var legacySuccesses = map[string]legacyFlow{
	"code, introspection, refresh, revocation": {http.StatusOK, func(v *visitor) {
		tokens := v.tokens("openid offline photos")
		v.post("/introspect", url.Values{"token": {tokens.Text("access_token")}}, asWeb)
		v.post("/introspect", url.Values{"token": {tokens.Text("refresh_token")}, "token_type_hint": {"refresh_token"}}, asWeb)
		fresh := v.post("/token", refreshing(tokens.Text("refresh_token")), asWeb)
		v.post("/introspect", url.Values{"token": {tokens.Text("access_token")}}, asWeb)
		v.post("/introspect", url.Values{"token": {fresh.Text("access_token")}, "scope": {"photos"}}, asWeb)
		v.post("/introspect", url.Values{"token": {fresh.Text("access_token")}, "scope": {"payments"}}, asWeb)
		v.post("/revoke", url.Values{"token": {fresh.Text("refresh_token")}}, asWeb)
		v.post("/introspect", url.Values{"token": {fresh.Text("access_token")}}, asWeb)
	}},
	"code by POST": {http.StatusSeeOther, func(v *visitor) { v.post("/authorize", authorization("web", "code", "photos")) }},
	"code in a body, parameters in the query too": {http.StatusSeeOther, func(v *visitor) {
		v.post("/authorize?state=another-state-of-some-length&prompt=login", authorization("web", "code", "photos"))
	}},
	"code with a second redirect URI": {http.StatusOK, func(v *visitor) {
		code := v.code(changed(authorization("web", "code", "photos"), "redirect_uri", webCallback+"?a=b"))
		v.post("/token", changed(redemption(code), "redirect_uri", webCallback+"?a=b"), asWeb)
	}},
	"code with an audience": {http.StatusOK, func(v *visitor) {
		code := v.code(changed(authorization("web", "code", "photos"), "audience", "https://api.example.com"))
		a := v.post("/token", redemption(code), asWeb)
		v.post("/introspect", url.Values{"token": {a.Text("access_token")}}, asWeb)
	}},
	"PKCE S256 of a public client": {http.StatusOK, func(v *visitor) {
		code := v.code(changed(authorization("app", "code", "photos"), "code_challenge", legacyS256, "code_challenge_method", "S256"))
		v.post("/token", changed(redemption(code), "client_id", "app", "code_verifier", legacyVerifier))
	}},
	"PKCE plain of a public client": {http.StatusOK, func(v *visitor) {
		code := v.code(changed(authorization("app", "code", "photos"), "code_challenge", legacyVerifier))
		v.post("/token", changed(redemption(code), "client_id", "app", "code_verifier", legacyVerifier))
	}},
	"implicit token":        {http.StatusSeeOther, func(v *visitor) { v.visit(authorization("web", "token", "photos")) }},
	"implicit ID token":     {http.StatusSeeOther, func(v *visitor) { v.visit(authorization("web", "id_token", "openid")) }},
	"implicit both":         {http.StatusSeeOther, func(v *visitor) { v.visit(authorization("web", "id_token token", "openid photos")) }},
	"hybrid code, ID token": {http.StatusSeeOther, func(v *visitor) { v.visit(authorization("web", "code id_token", "openid photos")) }},
	"hybrid code and token": {http.StatusSeeOther, func(v *visitor) { v.visit(authorization("web", "code token", "photos")) }},
	"response mode fragment": {http.StatusSeeOther, func(v *visitor) {
		v.visit(changed(authorization("form", "code", "photos"), "response_mode", "fragment"))
	}},
	"response mode form_post": {http.StatusOK, func(v *visitor) {
		v.visit(changed(authorization("form", "code", "photos"), "response_mode", "form_post"))
	}},
	"hybrid all, and the code": {http.StatusOK, func(v *visitor) {
		got := v.parameters(v.visit(authorization("web", "code id_token token", "openid offline photos")))
		v.post("/token", redemption(got.Get("code")), asWeb)
		v.post("/introspect", url.Values{"token": {got.Get("access_token")}}, asWeb)
	}},
	"client credentials": {http.StatusOK, func(v *visitor) {
		a := v.post("/token", url.Values{"grant_type": {"client_credentials"}, "scope": {"photos"}}, asWeb)
		v.post("/introspect", url.Values{"token": {a.Text("access_token")}}, asWeb)
	}},
	"secret in the body": {http.StatusOK, func(v *visitor) {
		v.post("/token", url.Values{"grant_type": {"client_credentials"}, "client_id": {"web"}, "client_secret": {webSecret}})
	}},
	"the same client twice": {http.StatusOK, func(v *visitor) {
		v.post("/token", url.Values{"grant_type": {"client_credentials"}, "client_id": {"web", "web"}}, asWeb)
	}},
	"two legacy clients at once": {http.StatusOK, func(v *visitor) {
		v.post("/token", url.Values{"grant_type": {"client_credentials"}, "client_id": {"other", "app"}}, asWeb)
	}},
	"repeated parameters": {http.StatusOK, func(v *visitor) {
		v.post("/token", url.Values{"grant_type": {"client_credentials", "password"}, "scope": {"photos", "openid"}}, asWeb)
	}},
	"password": {http.StatusOK, func(v *visitor) {
		a := v.post("/token", url.Values{"grant_type": {"password"}, "username": {"peter"}, "password": {"password"}, "scope": {"offline"}}, asWeb)
		v.post("/introspect", url.Values{"token": {a.Text("access_token")}}, asWeb)
		v.post("/token", refreshing(a.Text("refresh_token")), asWeb)
	}},
	"JWT bearer": {http.StatusOK, func(v *visitor) {
		a := v.post("/token", url.Values{
			"grant_type": {"urn:ietf:params:oauth:grant-type:jwt-bearer"}, "scope": {keyScopes},
			"assertion": {v.assertion(map[string]any{"iss": "https://idp.example.com", "sub": "peter"})},
		}, asWeb)
		v.post("/introspect", url.Values{"token": {a.Text("access_token")}}, asWeb)
	}},
	"private_key_jwt": {http.StatusOK, func(v *visitor) {
		code := v.code(authorization("jwt", "code", "openid offline"))
		a := v.post("/token", withAssertion(redemption(code), v.assertion(nil)))
		v.post("/token", withAssertion(changed(refreshing(a.Text("refresh_token")), "client_id", "jwt"), v.assertion(nil)))
		v.post("/revoke", withAssertion(url.Values{"token": {a.Text("refresh_token")}}, v.assertion(nil)))
	}},
	"request object": {http.StatusSeeOther, func(v *visitor) {
		v.visit(changed(authorization("jwt", "code", "openid"), "redirect_uri", "", "request", v.object(map[string]any{
			"redirect_uri": webCallback, "scope": "photos", "state": "the-state-of-the-object", "nonce": "the-nonce-of-the-object", "max_age": 300,
		})))
	}},
	"unsigned request object": {http.StatusSeeOther, func(v *visitor) {
		raw, err := fapitest.Sign(nil, "none", nil, map[string]any{"redirect_uri": webCallback, "state": "the-state-of-the-object"})
		require.NoError(v, err)
		v.visit(changed(authorization("jwt", "code", "openid"), "redirect_uri", "", "request", raw))
	}},
	"request object without openid": {http.StatusSeeOther, func(v *visitor) { v.visit(changed(authorization("jwt", "code", "photos"), "request", "garbage")) }},
	"request object in a pushed request": {http.StatusCreated, func(v *visitor) {
		v.post("/par", withAssertion(changed(authorization("jwt", "code", "openid"), "request", v.object(map[string]any{"scope": "openid photos"})), v.assertion(nil)))
	}},
	"PAR": {http.StatusOK, func(v *visitor) {
		pushed := v.post("/par", changed(authorization("web", "code", "openid photos"), "client_id", ""), asWeb)
		code := v.code(url.Values{"client_id": {"web"}, "request_uri": {pushed.Text("request_uri")}})
		v.post("/token", redemption(code), asWeb)
	}},
	"PAR with parameters in the query": {http.StatusSeeOther, func(v *visitor) {
		pushed := v.send(http.MethodPost, "/par?"+authorization("web", "code", "photos").Encode(), urlencoded, "scope=openid", asWeb)
		v.visit(url.Values{"client_id": {"web"}, "request_uri": {pushed.Text("request_uri")}, "prompt": {"login"}, "code_challenge": {legacyS256}})
	}},
	"multipart everywhere": {http.StatusOK, func(v *visitor) {
		pushed := v.multipart("/par", authorization("web", "code", "offline photos"), asWeb)
		a := v.multipart("/authorize", url.Values{"client_id": {"web"}, "request_uri": {pushed.Text("request_uri")}})
		tokens := v.multipart("/token", redemption(v.parameters(a).Get("code")), asWeb)
		v.multipart("/introspect", url.Values{"token": {tokens.Text("access_token")}}, asWeb)
		v.multipart("/revoke", url.Values{"token": {tokens.Text("access_token")}, "client_id": {"web"}}, asWeb)
	}},
	"multipart added to the query": {http.StatusSeeOther, func(v *visitor) {
		v.multipart("/authorize?"+authorization("web", "code", "photos").Encode(), url.Values{"state": {"another-state-of-some-length"}, "scope": {"openid"}})
	}},
	"percent encoding that is malformed, in a body": {http.StatusOK, func(v *visitor) {
		v.send(http.MethodPost, "/token", urlencoded, "x=%zz&grant_type=client_credentials&scope=photos", asWeb)
	}},
	"percent encoding that is malformed, in a query": {http.StatusOK, func(v *visitor) {
		v.send(http.MethodPost, "/token?x=%zz", urlencoded, "grant_type=client_credentials", asWeb)
	}},
	"a semicolon in the query of the authorization endpoint": {http.StatusSeeOther, func(v *visitor) {
		v.send(http.MethodGet, "/authorize?a;b&"+authorization("web", "code", "photos").Encode(), "", "")
	}},
	"malformed parameters at the other endpoints": {http.StatusOK, func(v *visitor) {
		pushed := v.send(http.MethodPost, "/par", urlencoded, "%&"+authorization("web", "code", "photos").Encode(), asWeb)
		a := v.send(http.MethodGet, "/authorize?%&client_id=web&request_uri="+url.QueryEscape(pushed.Text("request_uri")), "", "")
		tokens := v.send(http.MethodPost, "/token?%", urlencoded, "%2&"+redemption(v.parameters(a).Get("code")).Encode(), asWeb)
		v.send(http.MethodPost, "/introspect", urlencoded, "%xy&token="+tokens.Text("access_token"), asWeb)
		v.send(http.MethodPost, "/revoke?%xy", urlencoded, "token="+tokens.Text("access_token"), asWeb)
	}},
	"introspection authorised by a token": {http.StatusOK, func(v *visitor) {
		key, tokens := v.tokens("photos"), v.tokens("photos")
		v.post("/introspect", url.Values{"token": {tokens.Text("access_token")}}, withHeader("Authorization", "Bearer "+key.Text("access_token")))
	}},
	"introspection of what is unknown":  {http.StatusOK, func(v *visitor) { v.post("/introspect", url.Values{"token": {"unknown"}}, asWeb) }},
	"introspection of nothing":          {http.StatusOK, func(v *visitor) { v.post("/introspect", url.Values{"x": {"y"}}, asWeb) }},
	"revocation of what is unknown":     {http.StatusOK, func(v *visitor) { v.post("/revoke", url.Values{"token": {"un.known"}}, asWeb) }},
	"revocation of another's token":     {http.StatusOK, func(v *visitor) { v.othersRevocation() }},
	"revocation with a replayed jti":    {http.StatusOK, func(v *visitor) { v.replay("/revoke", url.Values{"token": {"un.known"}}) }},
	"denied by the user":                {http.StatusSeeOther, func(v *visitor) { v.visit(authorization("web", "code", "photos"), withHeader("Deny", "1")) }},
	"introspection of an expired token": {http.StatusOK, func(v *visitor) { v.expired("access_token") }},
}

// othersRevocation: fosite hides unauthorized_client behind 200.
func (v *visitor) othersRevocation() {
	tokens := v.tokens("photos")
	v.post("/revoke", url.Values{"token": {tokens.Text("access_token")}}, withBasic("other", webSecret))
	v.post("/introspect", url.Values{"token": {tokens.Text("access_token")}}, asWeb)
}

func (v *visitor) replay(path string, form url.Values) {
	raw := v.assertion(nil)
	v.post(path, withAssertion(form, raw))
	v.post(path, withAssertion(form, raw))
}
