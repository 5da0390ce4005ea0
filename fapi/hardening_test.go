package fapi_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/ory/fosite"
	"github.com/ory/fosite/compose"
	"github.com/ory/fosite/storage"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fosite-fapi/fosite-fapi/fapi"
	"github.com/fosite-fapi/fosite-fapi/fapitest"
	"github.com/fosite-fapi/fosite-fapi/keys"
	"github.com/fosite-fapi/fosite-fapi/registration"
)

// What a client was issued stops working when its registration moves to a profile, also where the store still holds
// the registration that it had then.
func TestMovedClientIsJudgedAsItIsNow(t *testing.T) {
	secret, err := (&fosite.BCrypt{Config: &fosite.Config{HashCost: 4}}).Hash(t.Context(), []byte("secret"))
	require.NoError(t, err)
	client := func(name string) *registration.Client {
		return &registration.Client{ID: "mover", HashedSecret: secret, Metadata: registration.Metadata{
			ClientName: name, TokenEndpointAuthMethod: "client_secret_basic", GrantTypes: []string{"client_credentials"}, Scope: "accounts",
		}}
	}
	store := storage.NewMemoryStore()
	store.Clients["mover"] = client(fapi.Legacy)
	config := hostConfig()
	provider, err := fapi.Compose(config, store, usualStrategy(config, testRSA()),
		fapi.WithFactories(compose.OAuth2ClientCredentialsGrantFactory, compose.OAuth2TokenIntrospectionFactory),
		fapi.WithProfiles(func(_ context.Context, c fosite.Client) (string, error) {
			return c.(*registration.Client).ClientName, nil
		}, fapi.FAPI2Security()))
	require.NoError(t, err)
	h := &fapi.Handlers{Provider: provider}
	req := httptest.NewRequest(http.MethodPost, issuer+"/token", strings.NewReader("grant_type=client_credentials&scope=accounts"))
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.SetBasicAuth("mover", "secret")
	rec := httptest.NewRecorder()
	h.Token().ServeHTTP(rec, req)
	require.Equal(t, http.StatusOK, rec.Code, rec.Body.String())
	ask := func() error {
		r := httptest.NewRequest(http.MethodGet, issuer+"/accounts", nil)
		r.Header.Set("Authorization", "Bearer "+between(rec.Body.String(), `"access_token":"`, `"`))
		_, err := provider.Authorize(r.Context(), r, fapi.NewSession(""), "accounts")
		return err
	}
	require.NoError(t, ask())
	store.Clients["mover"] = client("fapi2-security")
	require.Error(t, ask(), "it has a profile now, and the token is bound to nothing")
	delete(store.Clients, "mover")
	require.Error(t, ask(), "it is gone")
}

// A refresh that began before the grant was revoked must not outlive it.
func TestRevocationDuringRefresh(t *testing.T) {
	b := newBench(t, "json")
	store := b.store.(*fapitest.JSONStore)
	tokens := b.tokens(b.a, "offline_access accounts")
	var once sync.Once
	store.Fail = func(op string) error {
		if op == "CreateAccessTokenSession" {
			once.Do(func() {
				revoked, err := b.a.Revoke(t.Context(), tokens.Text("refresh_token"))
				assert.NoError(t, err)
				assert.Equal(t, http.StatusOK, revoked.Status)
			})
		}
		return nil
	}
	refreshed, err := b.a.Refresh(t.Context(), tokens.Text("refresh_token"))
	require.NoError(t, err)
	assert.Equal(t, http.StatusBadRequest, refreshed.Status)
	assert.Equal(t, "invalid_grant", refreshed.Text("error"))
	assert.Equal(t, "OA-15", b.events.last())
}

// fosite's MemoryStore writes a map under the wrong lock when it revokes; clients of ours must not be able to reach
// that.
func TestMixedGrantTraffic(t *testing.T) {
	b := newBench(t, "memory")
	verifier := fapitest.Verifier()
	code := b.code(b.a, verifier, "offline_access accounts")
	tokens, err := b.a.Redeem(t.Context(), code, verifier)
	require.NoError(t, err)
	var all sync.WaitGroup
	for range 20 {
		for _, send := range []func() (*fapitest.Answer, error){
			func() (*fapitest.Answer, error) { return b.a.Redeem(t.Context(), code, verifier) },
			func() (*fapitest.Answer, error) { return b.a.Refresh(t.Context(), tokens.Text("refresh_token")) },
			func() (*fapitest.Answer, error) { return b.a.Introspect(t.Context(), tokens.Text("refresh_token")) },
			func() (*fapitest.Answer, error) { return b.a.Revoke(t.Context(), tokens.Text("refresh_token")) },
		} {
			all.Go(func() {
				a, err := send()
				assert.NoError(t, err)
				assert.Less(t, a.Status, 500)
			})
		}
	}
	all.Wait()
}

func TestChunkedBodyIsBounded(t *testing.T) {
	config := hostConfig()
	_, reg, _ := newClient(t, "bank-app")
	provider, err := fapi.Compose(config, stores["memory"](reg), usualStrategy(config, testRSA()), fapi.WithMaxRequestBytes(1000),
		fapi.WithFactories(compose.OAuth2ClientCredentialsGrantFactory), fapi.WithProfiles(profileOf, fapi.FAPI2Security()))
	require.NoError(t, err)
	body := "client_id=bank-app&x=" + strings.Repeat("x", 1000)
	for _, chunked := range []bool{false, true} {
		req := httptest.NewRequest(http.MethodPost, issuer+"/par", io.NopCloser(strings.NewReader(body)))
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		if req.ContentLength = int64(len(body)); chunked {
			req.ContentLength = -1
		}
		rec := httptest.NewRecorder()
		(&fapi.Handlers{Provider: provider}).PushedAuthorizationRequest().ServeHTTP(rec, req)
		assert.Equal(t, http.StatusRequestEntityTooLarge, rec.Code, rec.Body.String())
	}
}

func TestHeadDecidesNothing(t *testing.T) {
	b := newBench(t, "json")
	uri := b.push(b.a, b.a.Request(fapitest.Verifier(), "accounts")).Text("request_uri")
	query := url.Values{"client_id": {b.a.ID}, "request_uri": {uri}}.Encode()
	rec := httptest.NewRecorder()
	b.handler.ServeHTTP(rec, httptest.NewRequest(http.MethodHead, issuer+"/authorize?"+query, nil))
	assert.Equal(t, http.StatusOK, rec.Code)
	assert.Empty(t, rec.Header().Get("Location"))
	assert.NotEmpty(t, b.visit(b.a, uri).Location().Query().Get("code"))
}

func TestAuthorizationHeaderBesideAnAssertion(t *testing.T) {
	b := newBench(t, "json")
	for name, values := range map[string][]string{
		"two headers":              {"Bearer x", "Bearer y"},
		"Basic that can't be read": {"Basic !!!"},
		"Basic":                    {"Basic Y2xpZW50LWE6eA=="},
	} {
		t.Run(name, func(t *testing.T) {
			a := b.push(b.a, b.a.Request(fapitest.Verifier(), "accounts"), func(m *fapitest.Message) { m.Header["Authorization"] = values })
			assert.Equal(t, http.StatusBadRequest, a.Status)
			assert.Equal(t, "invalid_request", a.Text("error"))
			assert.Equal(t, "OA-13", b.events.last())
		})
	}
}

func TestTokenInTheBody(t *testing.T) {
	b := newBench(t, "json")
	token := b.tokens(b.a, "accounts").Text("access_token")
	r := httptest.NewRequest(http.MethodPost, issuer+"/accounts", strings.NewReader("access_token="+token))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Authorization", "Bearer "+token)
	_, err := b.provider.Authorize(r.Context(), r, fapi.NewSession(""))
	var refused *fapi.ResourceError
	require.True(t, errors.As(err, &refused))
	assert.Equal(t, http.StatusBadRequest, refused.Status)
	assert.Equal(t, "invalid_request", refused.Code)
}

func TestMaxAgeIsANumber(t *testing.T) {
	b := newBench(t, "json")
	for _, age := range []string{"x", "-1", "1.5", "1h5", "+5"} {
		params := b.a.Request(fapitest.Verifier(), "openid")
		params.Set("max_age", age)
		a := b.push(b.a, params)
		assert.Equal(t, http.StatusBadRequest, a.Status, age)
		assert.Equal(t, "invalid_request", a.Text("error"), age)
		assert.Equal(t, "PAR-08", b.events.last(), age)
	}
	params := b.a.Request(fapitest.Verifier(), "openid")
	params.Set("max_age", "99999999999999999")
	assert.NotEmpty(t, b.authorize(b.a, params).Location().Query().Get("code"))
}

func TestCheck(t *testing.T) {
	b := newBench(t, "memory")
	_, good, _ := newClient(t, "good")
	require.NoError(t, b.provider.Check(t.Context(), good))
	for id, spoil := range map[string]func(*registration.Client){
		"F2-AS-03": func(c *registration.Client) { c.TokenEndpointAuthMethod = "none" },
		"F2-AS-06": func(c *registration.Client) { c.TokenEndpointAuthMethod = "client_secret_basic" },
		"F2-CR-02": func(c *registration.Client) { c.TokenEndpointAuthSigningAlg = "RS256" },
		"F2-AS-05": func(c *registration.Client) { c.DPoPBoundAccessTokens = true },
		"F2-AZ-01": func(c *registration.Client) { c.ResponseTypes = []string{"code id_token"} },
		"FAPI-REG": func(c *registration.Client) { c.IDTokenEncryptedResponseAlg = "dir" },
		"OC-04":    func(c *registration.Client) { c.ResponseModes = []string{"fragment"} },
		"CA-07":    func(c *registration.Client) { c.JWKS = nil },
		"MTLS-05":  func(c *registration.Client) { c.TokenEndpointAuthMethod = "tls_client_auth" },
	} {
		_, c, _ := newClient(t, "bad")
		spoil(c)
		var found *fapi.Problem
		require.True(t, errors.As(b.provider.Check(t.Context(), c), &found), id)
		assert.Equal(t, id, found.ID)
	}
}

// A profile's bounds can't be moved by writing into its fields, and what the leaves would refuse at the first request is refused at Compose.
func TestComposeJudgesProfilesInPlace(t *testing.T) {
	for name, spoil := range map[string]func(*fapi.Profile){
		"algorithms":  func(p *fapi.Profile) { p.SigningAlgorithms[0] = "RS256" },
		"methods":     func(p *fapi.Profile) { p.AuthMethods[0] = "client_secret_basic" },
		"bindings":    func(p *fapi.Profile) { p.Bindings[0] = "none" },
		"grants":      func(p *fapi.Profile) { p.GrantTypes[0] = "password" },
		"interaction": func(p *fapi.Profile) { p.InteractionLifetime = 2 * time.Hour },
		"assertions":  func(p *fapi.Profile) { p.AssertionLifetime = 1000 * time.Hour },
		"rule nobody asks for": func(p *fapi.Profile) {
			*p = p.With(rule("ACME-1", fapi.AtComposition, func(*fapi.Request) error { return nil }))
		},
	} {
		t.Run(name, func(t *testing.T) {
			profile := fapi.FAPI2Security()
			spoil(&profile)
			set, err := keys.New(keys.Key{Signer: testEC()})
			require.NoError(t, err)
			config := hostConfig()
			_, err = fapi.Compose(config, stores["memory"](), compose.NewOAuth2HMACStrategy(config), fapi.WithProfile(profile), fapi.WithKeys(set))
			var found *fapi.Problem
			require.True(t, errors.As(err, &found), "%v", err)
		})
	}
}

func TestComposeTakesNoSecondStrategy(t *testing.T) {
	set, err := keys.New(keys.Key{Signer: testEC()})
	require.NoError(t, err)
	config := hostConfig()
	_, err = fapi.Compose(config, stores["memory"](), compose.NewOAuth2HMACStrategy(config), fapi.WithProfile(fapi.FAPI2Security()), fapi.WithKeys(set), fapi.WithStrategy(42))
	require.ErrorContains(t, err, "WithStrategy is for New")
}

// A jwks_uri that can't be reached is the client's trouble: 401, whichever way it authenticates.
func TestUnreachableKeys(t *testing.T) {
	for _, method := range []string{"private_key_jwt", "self_signed_tls_client_auth"} {
		t.Run(method, func(t *testing.T) {
			b := newBench(t, "json")
			stored, err := b.store.GetClient(t.Context(), b.a.ID)
			require.NoError(t, err)
			reg := stored.(*registration.Client)
			reg.TokenEndpointAuthMethod, reg.JWKS, reg.JWKSURI = method, nil, "https://127.0.0.1:1/jwks"
			b.a.AuthMethod = method
			a := b.push(b.a, b.a.Request(fapitest.Verifier(), "accounts"))
			assert.Equal(t, http.StatusUnauthorized, a.Status, string(a.Body))
			assert.Equal(t, "invalid_client", a.Text("error"))
			assert.Equal(t, "CA-07", b.events.last())
		})
	}
}
