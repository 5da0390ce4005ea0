package fapi_test

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	josev3 "github.com/go-jose/go-jose/v3"
	"github.com/go-jose/go-jose/v4"
	"github.com/ory/fosite"
	"github.com/ory/fosite/compose"
	"github.com/ory/fosite/handler/openid"
	"github.com/ory/fosite/storage"
	"github.com/ory/fosite/token/jwt"
	"github.com/stretchr/testify/require"

	"github.com/fosite-fapi/fosite-fapi/clientassertion"
	"github.com/fosite-fapi/fosite-fapi/fapi"
	"github.com/fosite-fapi/fosite-fapi/fapitest"
	"github.com/fosite-fapi/fosite-fapi/registration"
)

// everyFactory is what compose.ComposeAllEnabled composes.
var everyFactory = []compose.Factory{
	compose.OAuth2AuthorizeExplicitFactory,
	compose.OAuth2AuthorizeImplicitFactory,
	compose.OAuth2ClientCredentialsGrantFactory,
	compose.OAuth2RefreshTokenGrantFactory,
	compose.OAuth2ResourceOwnerPasswordCredentialsFactory, //nolint:staticcheck // hosts have it
	compose.RFC7523AssertionGrantFactory,
	compose.OpenIDConnectExplicitFactory,
	compose.OpenIDConnectImplicitFactory,
	compose.OpenIDConnectHybridFactory,
	compose.OpenIDConnectRefreshFactory,
	compose.OAuth2TokenIntrospectionFactory,
	compose.OAuth2TokenRevocationFactory,
	compose.OAuth2PKCEFactory,
	compose.PushedAuthorizeHandlerFactory,
}

// legacyConfig is a host's: codes live 15 minutes, PKCE may be plain, refresh tokens rotate.
func legacyConfig() *fosite.Config {
	return &fosite.Config{
		GlobalSecret:  []byte("some-secret-of-thirty-two-bytes!"),
		IDTokenIssuer: issuer, AccessTokenIssuer: issuer, TokenURL: issuer + "/token",
		EnablePKCEPlainChallengeMethod: true,
	}
}

// legacyStrategy is the one of compose.ComposeAllEnabled.
func legacyStrategy(config *fosite.Config) any {
	key := func(context.Context) (any, error) { return testRSA(), nil }
	return &compose.CommonStrategy{
		CoreStrategy:               compose.NewOAuth2HMACStrategy(config),
		OpenIDConnectTokenStrategy: compose.NewOpenIDConnectStrategy(key, config),
		Signer:                     &jwt.DefaultSigner{GetPrivateKey: key},
	}
}

// byRegistration leaves fosite's own client types to the legacy lane.
func byRegistration(_ context.Context, client fosite.Client) (string, error) {
	if _, ok := client.(*registration.Client); ok {
		return fapi.FAPI2Security().Name, nil
	}
	return fapi.Legacy, nil
}

const (
	webSecret   = "secret of web"
	webCallback = "https://web.example.com/callback"
	keyScopes   = "photos"
)

var (
	clientRSA = sync.OnceValue(func() *rsa.PrivateKey {
		key, err := rsa.GenerateKey(rand.Reader, 2048)
		if err != nil {
			panic(err)
		}
		return key
	})
	webHash = sync.OnceValue(func() []byte {
		hash, err := (&fosite.BCrypt{Config: &fosite.Config{HashCost: 4}}).Hash(context.Background(), []byte(webSecret))
		if err != nil {
			panic(err)
		}
		return hash
	})
)

// oneSecret is a host's own hasher of secrets, which here knows the one that all clients have, without the cost of a
// hash.
type oneSecret struct{}

// Compare implements fosite.Hasher.
func (oneSecret) Compare(_ context.Context, _, data []byte) error {
	if string(data) != webSecret {
		return errors.New("another secret")
	}
	return nil
}

// Hash implements fosite.Hasher.
func (oneSecret) Hash(context.Context, []byte) ([]byte, error) { return nil, errors.New("not used") }

// legacyClients are clients as hosts have them: "web" with a secret, "app" without, "jwt" with a key, "form" with
// response modes, "other".
func legacyClients() []fosite.Client {
	common := func(id string) *fosite.DefaultClient {
		return &fosite.DefaultClient{
			ID: id, Secret: webHash(), RedirectURIs: []string{webCallback, webCallback + "?a=b"},
			GrantTypes: []string{
				"authorization_code", "implicit", "refresh_token", "client_credentials", "password", "urn:ietf:params:oauth:grant-type:jwt-bearer",
			},
			ResponseTypes: []string{"code", "token", "id_token", "id_token token", "code id_token", "code token", "code id_token token"},
			Scopes:        []string{"openid", "offline", "photos"}, Audience: []string{"https://api.example.com"},
		}
	}
	public, withKey := common("app"), common("jwt")
	public.Public, withKey.Secret = true, nil
	return []fosite.Client{
		common("web"), common("other"), public,
		&fosite.DefaultOpenIDConnectClient{
			DefaultClient: withKey, TokenEndpointAuthMethod: "private_key_jwt",
			JSONWebKeys: &josev3.JSONWebKeySet{Keys: []josev3.JSONWebKey{{Key: clientRSA().Public(), KeyID: "k", Use: "sig", Algorithm: "RS256"}}},
		},
		&fosite.DefaultResponseModeClient{
			DefaultClient: common("form"), ResponseModes: []fosite.ResponseModeType{fosite.ResponseModeFormPost, fosite.ResponseModeFragment},
		},
	}
}

// populate adds what the other grants need: a user, and an issuer of assertions.
func populate(t *testing.T, store fosite.Storage) {
	t.Helper()
	key := jose.JSONWebKey{Key: clientRSA().Public(), KeyID: "k", Use: "sig", Algorithm: "RS256"}
	switch s := store.(type) {
	case *storage.MemoryStore:
		s.Users["peter"] = storage.MemoryUserRelation{Username: "peter", Password: "password"}
		v3 := josev3.JSONWebKey(key)
		s.IssuerPublicKeys["https://idp.example.com"] = storage.IssuerPublicKeys{
			Issuer: "https://idp.example.com",
			KeysBySub: map[string]storage.SubjectPublicKeys{
				"peter": {Subject: "peter", Keys: map[string]storage.PublicKeyScopes{"k": {Key: &v3, Scopes: []string{keyScopes}}}},
			},
		}
	case *fapitest.JSONStore:
		s.PutUser("peter", "password")
		s.PutIssuerKey("https://idp.example.com", "peter", key, keyScopes)
	default:
		require.Failf(t, "unknown store", "%T", store)
	}
}

// userSession is the host's session type, with a user in it.
func userSession(subject string) *openid.DefaultSession {
	s := openid.NewDefaultSession()
	if subject != "" {
		now := time.Now().UTC()
		s.Subject, s.Username = subject, subject
		s.Claims = &jwt.IDTokenClaims{Subject: subject, AuthTime: now.Add(-time.Minute), RequestedAt: now}
	}
	return s
}

// hostHandler is what a host has written for its fosite provider. It knows the interface only.
func hostHandler(provider fosite.OAuth2Provider) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("/authorize", func(rw http.ResponseWriter, r *http.Request) {
		ctx := r.Context()
		ar, err := provider.NewAuthorizeRequest(ctx, r)
		if err == nil && r.Header.Get("Deny") != "" {
			err = fosite.ErrAccessDenied.WithHint("The user said no.")
		}
		if err != nil {
			provider.WriteAuthorizeError(ctx, rw, ar, err)
			return
		}
		for _, scope := range ar.GetRequestedScopes() {
			ar.GrantScope(scope)
		}
		for _, audience := range ar.GetRequestedAudience() {
			ar.GrantAudience(audience)
		}
		resp, err := provider.NewAuthorizeResponse(ctx, ar, userSession("peter"))
		if err != nil {
			provider.WriteAuthorizeError(ctx, rw, ar, err)
			return
		}
		provider.WriteAuthorizeResponse(ctx, rw, ar, resp)
	})
	mux.HandleFunc("/par", func(rw http.ResponseWriter, r *http.Request) {
		ctx := r.Context()
		ar, err := provider.NewPushedAuthorizeRequest(ctx, r)
		if err != nil {
			provider.WritePushedAuthorizeError(ctx, rw, ar, err)
			return
		}
		resp, err := provider.NewPushedAuthorizeResponse(ctx, ar, userSession(""))
		if err != nil {
			provider.WritePushedAuthorizeError(ctx, rw, ar, err)
			return
		}
		provider.WritePushedAuthorizeResponse(ctx, rw, ar, resp)
	})
	mux.HandleFunc("/token", func(rw http.ResponseWriter, r *http.Request) {
		ctx := r.Context()
		ar, err := provider.NewAccessRequest(ctx, r, userSession(""))
		if err != nil {
			provider.WriteAccessError(ctx, rw, ar, err)
			return
		}
		if ar.GetGrantTypes().HasOneOf("client_credentials", "password") {
			for _, scope := range ar.GetRequestedScopes() {
				ar.GrantScope(scope)
			}
		}
		resp, err := provider.NewAccessResponse(ctx, ar)
		if err != nil {
			provider.WriteAccessError(ctx, rw, ar, err)
			return
		}
		provider.WriteAccessResponse(ctx, rw, ar, resp)
	})
	mux.HandleFunc("/introspect", func(rw http.ResponseWriter, r *http.Request) {
		ctx := r.Context()
		resp, err := provider.NewIntrospectionRequest(ctx, r, userSession(""))
		if err != nil {
			provider.WriteIntrospectionError(ctx, rw, err)
			return
		}
		provider.WriteIntrospectionResponse(ctx, rw, resp)
	})
	mux.HandleFunc("/revoke", func(rw http.ResponseWriter, r *http.Request) {
		provider.WriteRevocationResponse(r.Context(), rw, provider.NewRevocationRequest(r.Context(), r))
	})
	return mux
}

// A visitor sends requests to a host and writes down what it gets, without what is random.
type visitor struct {
	*testing.T
	handler    http.Handler
	transcript []string
	status     int // of the last answer
	seen       map[string]string
}

// send sends any request at all.
func (v *visitor) send(method, target, contentType, body string, edits ...func(*http.Request)) *fapitest.Answer {
	v.Helper()
	req := httptest.NewRequestWithContext(v.Context(), method, issuer+target, strings.NewReader(body))
	if contentType != "" {
		req.Header.Set("Content-Type", contentType)
	}
	for _, edit := range edits {
		edit(req)
	}
	rec := httptest.NewRecorder()
	v.handler.ServeHTTP(rec, req)
	raw, err := io.ReadAll(rec.Result().Body)
	require.NoError(v, err)
	a := &fapitest.Answer{Status: rec.Code, Header: rec.Header(), Body: raw}
	_ = json.Unmarshal(raw, &a.JSON)
	path, _, _ := strings.Cut(target, "?")
	v.write(method+" "+path, a)
	return a
}

const urlencoded = "application/x-www-form-urlencoded"

func (v *visitor) post(path string, form url.Values, edits ...func(*http.Request)) *fapitest.Answer {
	v.Helper()
	return v.send(http.MethodPost, path, urlencoded, form.Encode(), edits...)
}

func (v *visitor) visit(params url.Values, edits ...func(*http.Request)) *fapitest.Answer {
	v.Helper()
	return v.send(http.MethodGet, "/authorize?"+params.Encode(), "", "", edits...)
}

// parameters are those of an answer by redirect, from the query or the fragment.
func (v *visitor) parameters(a *fapitest.Answer) url.Values {
	v.Helper()
	require.NotNil(v, a.Location(), "%d %s", a.Status, a.Body)
	values := a.Location().Query()
	fragment, err := url.ParseQuery(a.Location().Fragment)
	require.NoError(v, err)
	maps.Copy(values, fragment)
	return values
}

func withBasic(id, secret string) func(*http.Request) {
	return func(r *http.Request) { r.SetBasicAuth(url.QueryEscape(id), url.QueryEscape(secret)) }
}

func withHeader(name, value string) func(*http.Request) {
	return func(r *http.Request) { r.Header.Set(name, value) }
}

var asWeb = withBasic("web", webSecret)

// changed returns a copy of values with pairs of names and values set; nil values are removed.
func changed(values url.Values, pairs ...string) url.Values {
	out := maps.Clone(values)
	for pair := range slices.Chunk(pairs, 2) {
		out.Set(pair[0], pair[1])
		if pair[1] == "" {
			out.Del(pair[0])
		}
	}
	return out
}

// assertion signs claims as the client "jwt" does; those given replace the usual ones, nil removes.
func (v *visitor) assertion(change map[string]any) string {
	v.Helper()
	claims := map[string]any{
		"iss": "jwt", "sub": "jwt", "aud": issuer + "/token", "jti": rand.Text(), "iat": time.Now().Unix(), "exp": time.Now().Add(time.Minute).Unix(),
	}
	maps.Copy(claims, change)
	maps.DeleteFunc(claims, func(_ string, value any) bool { return value == nil })
	raw, err := fapitest.Sign(clientRSA(), jose.RS256, map[string]any{"kid": "k", "typ": "JWT"}, claims)
	require.NoError(v, err)
	return raw
}

func withAssertion(values url.Values, assertion string) url.Values {
	return changed(values, "client_assertion_type", clientassertion.Type, "client_assertion", assertion)
}

var (
	aJWT    = regexp.MustCompile(`eyJ[\w-]+\.[\w-]+\.[\w-]*`)
	aRandom = regexp.MustCompile(
		`ory_(?:ac|at|rt)_[\w-]+\.[\w-]+|urn:ietf:params:oauth:request_uri:[\w.-]+|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}`)
)

// write keeps an answer. Each random value becomes a name by order of its first appearance, so that it still shows
// which of them are the same; of a JWT the header and the claims are kept.
func (v *visitor) write(request string, a *fapitest.Answer) {
	v.status = a.Status
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n%d\n", request, a.Status)
	for _, name := range slices.Sorted(maps.Keys(a.Header)) {
		fmt.Fprintf(&b, "%s: %q\n", name, a.Header[name])
	}
	b.Write(a.Body)
	text := aJWT.ReplaceAllStringFunc(b.String(), v.claims)
	v.transcript = append(v.transcript, aRandom.ReplaceAllStringFunc(text, v.name))
}

func (v *visitor) name(random string) string {
	if v.seen == nil {
		v.seen = map[string]string{}
	}
	if v.seen[random] == "" {
		v.seen[random] = fmt.Sprintf("<random %d>", len(v.seen)+1)
	}
	return v.seen[random]
}

func (v *visitor) claims(raw string) string {
	parts := strings.Split(raw, ".")
	var out []string
	for _, part := range parts[:2] {
		decoded, err := base64.RawURLEncoding.DecodeString(part)
		if err != nil {
			return raw
		}
		var members map[string]any
		if err := json.Unmarshal(decoded, &members); err != nil {
			return raw
		}
		for _, name := range []string{"at_hash", "c_hash", "jti"} {
			if members[name] != nil {
				members[name] = "random"
			}
		}
		text, err := json.Marshal(members)
		require.NoError(v, err)
		out = append(out, string(text))
	}
	return "<" + strings.Join(out, " ") + ">"
}
