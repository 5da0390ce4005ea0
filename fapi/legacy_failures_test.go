package fapi_test

import (
	"net/http"
	"net/url"
	"time"

	"github.com/stretchr/testify/require"
)

// expired lets an hour pass, which in a synctest bubble takes no time, and asks for a token again.
func (v *visitor) expired(kind string) {
	tokens := v.tokens("offline photos")
	<-time.After(61 * time.Minute) // moves the clock of the bubble
	v.post("/introspect", url.Values{"token": {tokens.Text(kind)}}, asWeb)
}

var clientCredentials = url.Values{"grant_type": {"client_credentials"}}

var legacyFailures = map[string]legacyFlow{
	"wrong secret":                                    {http.StatusUnauthorized, func(v *visitor) { v.post("/token", clientCredentials, withBasic("web", "wrong")) }},
	"wrong secret at PAR":                             {http.StatusUnauthorized, func(v *visitor) { v.post("/par", authorization("web", "code", "photos"), withBasic("web", "wrong")) }},
	"wrong secret at introspection":                   {http.StatusUnauthorized, func(v *visitor) { v.post("/introspect", url.Values{"token": {"x"}}, withBasic("web", "wrong")) }},
	"wrong secret at revocation":                      {http.StatusUnauthorized, func(v *visitor) { v.post("/revoke", url.Values{"token": {"x"}}, withBasic("web", "wrong")) }},
	"no authentication":                               {http.StatusBadRequest, func(v *visitor) { v.post("/token", clientCredentials) }},
	"no authentication of a client that has a secret": {http.StatusUnauthorized, func(v *visitor) { v.post("/token", changed(clientCredentials, "client_id", "web")) }},
	"no authentication at introspection":              {http.StatusUnauthorized, func(v *visitor) { v.post("/introspect", url.Values{"token": {"x"}}) }},
	"Basic that can't be decoded": {http.StatusBadRequest, func(v *visitor) {
		v.post("/token", clientCredentials, func(r *http.Request) { r.SetBasicAuth("web", "%zz") })
	}},
	"Basic that is no Basic":                       {http.StatusBadRequest, func(v *visitor) { v.post("/token", clientCredentials, withHeader("Authorization", "Basic !!!")) }},
	"unknown client":                               {http.StatusUnauthorized, func(v *visitor) { v.post("/token", clientCredentials, withBasic("nobody", "x")) }},
	"unknown client at PAR":                        {http.StatusUnauthorized, func(v *visitor) { v.post("/par", authorization("nobody", "code", "photos"), withBasic("nobody", "x")) }},
	"unknown client at the authorization endpoint": {http.StatusUnauthorized, func(v *visitor) { v.visit(authorization("nobody", "code", "photos")) }},
	"no client at the authorization endpoint":      {http.StatusUnauthorized, func(v *visitor) { v.visit(changed(authorization("", "code", "photos"), "client_id", "")) }},
	"unknown client at introspection":              {http.StatusUnauthorized, func(v *visitor) { v.post("/introspect", url.Values{"token": {"x"}}, withBasic("nobody", "x")) }},
	"unknown client at revocation":                 {http.StatusUnauthorized, func(v *visitor) { v.post("/revoke", url.Values{"token": {"x"}}, withBasic("nobody", "x")) }},
	"assertion of an unknown client":               {http.StatusUnauthorized, func(v *visitor) { v.assert(map[string]any{"iss": "nobody", "sub": "nobody"}) }},
	"assertion for another audience":               {http.StatusUnauthorized, func(v *visitor) { v.assert(map[string]any{"aud": "https://other.example.com"}) }},
	"assertion without jti":                        {http.StatusUnauthorized, func(v *visitor) { v.assert(map[string]any{"jti": nil}) }},
	"assertion of another subject":                 {http.StatusUnauthorized, func(v *visitor) { v.assert(map[string]any{"iss": "web", "sub": "jwt"}) }},
	"assertion that expired":                       {http.StatusInternalServerError, func(v *visitor) { v.assert(map[string]any{"exp": time.Now().Add(-time.Hour).Unix()}) }},
	"assertion that was used":                      {http.StatusBadRequest, func(v *visitor) { v.replay("/token", clientCredentials) }},
	"assertion of the wrong type":                  {http.StatusBadRequest, func(v *visitor) { v.post("/token", changed(clientCredentials, "client_assertion_type", "x")) }},
	"assertion that is none":                       {http.StatusUnauthorized, func(v *visitor) { v.post("/token", withAssertion(clientCredentials, "garbage")) }},
	"assertion that is missing":                    {http.StatusBadRequest, func(v *visitor) { v.post("/token", withAssertion(clientCredentials, "")) }},
	"wrong redirect URI": {http.StatusBadRequest, func(v *visitor) {
		v.visit(changed(authorization("web", "code", "photos"), "redirect_uri", "https://evil.example.com"))
	}},
	"no redirect URI with openid": {http.StatusBadRequest, func(v *visitor) { v.visit(changed(authorization("web", "code", "openid"), "redirect_uri", "")) }},
	"no state":                    {http.StatusSeeOther, func(v *visitor) { v.visit(changed(authorization("web", "code", "photos"), "state", "")) }},
	"short state":                 {http.StatusSeeOther, func(v *visitor) { v.visit(changed(authorization("web", "code", "photos"), "state", "short")) }},
	"short nonce":                 {http.StatusSeeOther, func(v *visitor) { v.visit(changed(authorization("web", "id_token", "openid"), "nonce", "short")) }},
	"unknown scope":               {http.StatusSeeOther, func(v *visitor) { v.visit(authorization("web", "code", "payments")) }},
	"unknown audience": {http.StatusSeeOther, func(v *visitor) {
		v.visit(changed(authorization("web", "code", "photos"), "audience", "https://other"))
	}},
	"unknown response type": {http.StatusSeeOther, func(v *visitor) { v.visit(authorization("web", "word", "photos")) }},
	"no response type":      {http.StatusSeeOther, func(v *visitor) { v.visit(changed(authorization("web", "", "photos"), "response_type", "")) }},
	"unknown response mode": {http.StatusBadRequest, func(v *visitor) {
		v.visit(changed(authorization("form", "code", "photos"), "response_mode", "carrier.pigeon"))
	}},
	"response mode of a client that has none": {http.StatusOK, func(v *visitor) {
		v.visit(changed(authorization("web", "code", "photos"), "response_mode", "form_post"))
	}},
	"registration": {http.StatusSeeOther, func(v *visitor) { v.visit(changed(authorization("web", "code", "photos"), "registration", "{}")) }},
	"PKCE with a short challenge of an unknown method": {http.StatusSeeOther, func(v *visitor) { v.pkce("x", "S512", "") }},
	"wrong verifier":                          {http.StatusBadRequest, func(v *visitor) { v.pkce(legacyS256, "S256", legacyVerifier[1:]+"A") }},
	"short verifier":                          {http.StatusBadRequest, func(v *visitor) { v.pkce(legacyS256, "S256", "short") }},
	"no verifier, and again":                  {http.StatusOK, func(v *visitor) { v.pkce(legacyS256, "S256", "", "") }},
	"request object that is garbage":          {http.StatusBadRequest, func(v *visitor) { v.visit(changed(authorization("jwt", "code", "openid"), "request", "garbage")) }},
	"request object of a client without keys": {http.StatusBadRequest, func(v *visitor) { v.visit(changed(authorization("web", "code", "openid"), "request", "x.y.z")) }},
	"request object that expired":             {http.StatusInternalServerError, func(v *visitor) { v.expiredObject() }},
	"request_uri that is not registered":      {http.StatusBadRequest, func(v *visitor) { v.visit(changed(authorization("jwt", "code", "openid"), "request_uri", "https://x")) }},
	"request and request_uri": {http.StatusBadRequest, func(v *visitor) {
		v.visit(changed(authorization("jwt", "code", "openid"), "request_uri", "x", "request", "y"))
	}},
	"pushed request_uri": {http.StatusBadRequest, func(v *visitor) {
		v.post("/par", changed(authorization("web", "code", "photos"), "request_uri", "x"), asWeb)
	}},
	"pushed wrong redirect URI": {http.StatusBadRequest, func(v *visitor) {
		v.post("/par", changed(authorization("web", "code", "photos"), "redirect_uri", "https://x"), asWeb)
	}},
	"pushed short state":               {http.StatusBadRequest, func(v *visitor) { v.post("/par", changed(authorization("web", "code", "photos"), "state", "x"), asWeb) }},
	"unknown pushed request":           {http.StatusBadRequest, func(v *visitor) { v.visitPushed("web", "urn:ietf:params:oauth:request_uri:unknown") }},
	"pushed request of another client": {http.StatusSeeOther, func(v *visitor) { v.visitPushed("other", v.push()) }},
	"pushed request used twice":        {http.StatusBadRequest, func(v *visitor) { uri := v.push(); v.visitPushed("web", uri); v.visitPushed("web", uri) }},
	"code used twice":                  {http.StatusOK, func(v *visitor) { v.twice() }},
	"code that expired":                {http.StatusBadRequest, func(v *visitor) { v.late(16 * time.Minute) }},
	"code in its last minute":          {http.StatusOK, func(v *visitor) { v.late(14 * time.Minute) }},
	"code of another client": {http.StatusBadRequest, func(v *visitor) {
		v.post("/token", redemption(v.code(authorization("web", "code", "photos"))), withBasic("other", webSecret))
	}},
	"code with another redirect URI": {http.StatusBadRequest, func(v *visitor) {
		v.post("/token", changed(redemption(v.code(authorization("web", "code", "photos"))), "redirect_uri", "https://x"), asWeb)
	}},
	"unknown code":             {http.StatusBadRequest, func(v *visitor) { v.post("/token", redemption("ory_ac_un.known"), asWeb) }},
	"no code":                  {http.StatusBadRequest, func(v *visitor) { v.post("/token", changed(redemption(""), "code", ""), asWeb) }},
	"refresh token used twice": {http.StatusOK, func(v *visitor) { v.refreshTwice() }},
	"refresh token of another client": {http.StatusBadRequest, func(v *visitor) {
		v.post("/token", refreshing(v.tokens("offline").Text("refresh_token")), withBasic("other", webSecret))
	}},
	"unknown refresh token":                 {http.StatusBadRequest, func(v *visitor) { v.post("/token", refreshing("ory_rt_un.known"), asWeb) }},
	"wrong password":                        {http.StatusBadRequest, func(v *visitor) { v.password("wrong") }},
	"JWT bearer of an unknown issuer":       {http.StatusBadRequest, func(v *visitor) { v.bearer(map[string]any{"iss": "https://x"}) }},
	"JWT bearer for another audience":       {http.StatusBadRequest, func(v *visitor) { v.bearer(map[string]any{"aud": "https://x"}) }},
	"JWT bearer without assertion":          {http.StatusBadRequest, func(v *visitor) { v.post("/token", url.Values{"grant_type": {jwtBearer}}, asWeb) }},
	"unknown grant":                         {http.StatusBadRequest, func(v *visitor) { v.post("/token", url.Values{"grant_type": {"x"}}, asWeb) }},
	"no grant":                              {http.StatusBadRequest, func(v *visitor) { v.post("/token", url.Values{"x": {"y"}}, asWeb) }},
	"scope that is not registered":          {http.StatusBadRequest, func(v *visitor) { v.post("/token", changed(clientCredentials, "scope", "payments"), asWeb) }},
	"client credentials of a public client": {http.StatusBadRequest, func(v *visitor) { v.post("/token", changed(clientCredentials, "client_id", "app")) }},
	"introspection by the token itself":     {http.StatusUnauthorized, func(v *visitor) { v.introspectBy("") }},
	"introspection by a refresh token":      {http.StatusUnauthorized, func(v *visitor) { v.introspectBy("refresh_token") }},
	"introspection by an unknown token": {http.StatusUnauthorized, func(v *visitor) {
		v.post("/introspect", url.Values{"token": {"x"}}, withHeader("Authorization", "Bearer y"))
	}},
	"multipart that is malformed":         {http.StatusBadRequest, func(v *visitor) { v.send("POST", "/token", "multipart/form-data; boundary=b", "--b\r\n", asWeb) }},
	"multipart without boundary":          {http.StatusBadRequest, func(v *visitor) { v.send("POST", "/token", "multipart/form-data", "grant_type=x", asWeb) }},
	"multipart/mixed":                     {http.StatusBadRequest, func(v *visitor) { v.send("POST", "/token", "multipart/mixed; boundary=b", "--b--", asWeb) }},
	"multipart that is malformed, at PAR": {http.StatusBadRequest, func(v *visitor) { v.send("POST", "/par", "multipart/form-data; boundary=b", "--b\r\n", asWeb) }},
	"another content type":                {http.StatusBadRequest, func(v *visitor) { v.send("POST", "/token", "application/json", "{}", asWeb) }},
	"a content type that is none":         {http.StatusBadRequest, func(v *visitor) { v.send("POST", "/token", ";;", "grant_type=client_credentials", asWeb) }},
	"no content type":                     {http.StatusBadRequest, func(v *visitor) { v.send("POST", "/token", "", "grant_type=client_credentials", asWeb) }},
	"empty body":                          {http.StatusBadRequest, func(v *visitor) { v.everywhere("POST", urlencoded) }},
	"GET":                                 {http.StatusBadRequest, func(v *visitor) { v.everywhere("GET", "") }},
	"PUT":                                 {http.StatusBadRequest, func(v *visitor) { v.everywhere("PUT", urlencoded) }},
	"GET with everything in the query": {http.StatusBadRequest, func(v *visitor) {
		v.send("GET", "/token?"+changed(clientCredentials, "client_id", "web", "client_secret", webSecret).Encode(), "", "")
	}},
	"POST with everything in the query": {http.StatusBadRequest, func(v *visitor) {
		v.send("POST", "/token?"+changed(clientCredentials, "client_id", "web", "client_secret", webSecret).Encode(), urlencoded, "")
	}},
	"a body of malformed parameters alone": {http.StatusBadRequest, func(v *visitor) { v.send("POST", "/token", urlencoded, "%zz=%zz", asWeb) }},
}

// legacyUndebugged are compared without fosite's debug texts: they tell how often net/http was asked about the same
// mistake.
var legacyUndebugged = map[string]legacyFlow{
	"multipart with a malformed query": {http.StatusBadRequest, func(v *visitor) { v.multipart("/token?%zz", clientCredentials, asWeb) }},
}

const jwtBearer = "urn:ietf:params:oauth:grant-type:jwt-bearer"

func (v *visitor) everywhere(method, contentType string) {
	for _, path := range []string{"/par", "/authorize", "/introspect", "/revoke", "/token"} {
		v.send(method, path, contentType, "", asWeb)
	}
}

func (v *visitor) assert(change map[string]any) {
	v.post("/token", withAssertion(clientCredentials, v.assertion(change)))
}

func (v *visitor) bearer(change map[string]any) {
	v.post("/token", url.Values{"grant_type": {jwtBearer}, "assertion": {v.assertion(change)}}, asWeb)
}

func (v *visitor) password(password string) {
	v.post("/token", url.Values{"grant_type": {"password"}, "username": {"peter"}, "password": {password}}, asWeb)
}

// pkce begins a flow of the public client and tries the verifiers, "" for none.
func (v *visitor) pkce(challenge, method string, verifiers ...string) {
	a := v.visit(changed(authorization("app", "code", "photos"), "code_challenge", challenge, "code_challenge_method", method))
	code := v.parameters(a).Get("code")
	if code == "" {
		return
	}
	for _, verifier := range verifiers {
		v.post("/token", changed(redemption(code), "client_id", "app", "code_verifier", verifier))
	}
}

func (v *visitor) push() string {
	uri := v.post("/par", authorization("web", "code", "photos"), asWeb).Text("request_uri")
	require.NotEmpty(v, uri, v.transcript)
	return uri
}

func (v *visitor) visitPushed(id, uri string) {
	v.visit(url.Values{"client_id": {id}, "request_uri": {uri}})
}

func (v *visitor) expiredObject() {
	v.visit(changed(authorization("jwt", "code", "openid"), "request", v.object(map[string]any{"exp": time.Now().Add(-time.Hour).Unix()})))
}

func (v *visitor) twice() {
	code := v.code(authorization("web", "code", "offline photos"))
	tokens := v.post("/token", redemption(code), asWeb)
	v.post("/token", redemption(code), asWeb)
	v.post("/introspect", url.Values{"token": {tokens.Text("access_token")}}, asWeb)
	v.post("/introspect", url.Values{"token": {tokens.Text("refresh_token")}}, asWeb)
}

func (v *visitor) late(after time.Duration) {
	code := v.code(authorization("web", "code", "photos"))
	<-time.After(after) // moves the clock of the bubble
	v.post("/token", redemption(code), asWeb)
}

func (v *visitor) refreshTwice() {
	tokens := v.tokens("offline photos")
	fresh := v.post("/token", refreshing(tokens.Text("refresh_token")), asWeb)
	v.post("/token", refreshing(tokens.Text("refresh_token")), asWeb)
	v.post("/token", refreshing(fresh.Text("refresh_token")), asWeb)
	v.post("/introspect", url.Values{"token": {fresh.Text("access_token")}}, asWeb)
}

func (v *visitor) introspectBy(kind string) {
	tokens := v.tokens("offline photos")
	key := tokens.Text(kind)
	if kind == "" {
		key = tokens.Text("access_token")
	}
	v.post("/introspect", url.Values{"token": {tokens.Text("access_token")}}, withHeader("Authorization", "Bearer "+key))
}
