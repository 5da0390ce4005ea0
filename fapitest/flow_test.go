package fapitest_test

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/ory/fosite"
	"github.com/ory/fosite/compose"
	"github.com/ory/fosite/handler/openid"
	"github.com/ory/fosite/token/jwt"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fosite-fapi/fosite-fapi/fapitest"
)

const (
	callback = "https://client.example.com/cb"
	verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk" // RFC 7636 Appendix B
)

// A host is a plain fosite on one store, with every factory that fosite has.
type host struct {
	fosite.OAuth2Provider
	secret string
}

func newHost(t *testing.T, put func(fosite.Client) any) *host {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	require.NoError(t, err)
	config := &fosite.Config{GlobalSecret: []byte(strings.Repeat("s", 32)), IDTokenIssuer: "https://as.example.com", TokenURL: "https://as.example.com/token"}
	secret, err := (&fosite.BCrypt{Config: &fosite.Config{HashCost: 4}}).Hash(t.Context(), []byte("secret"))
	require.NoError(t, err)
	store := put(&fosite.DefaultClient{
		ID: "tpp", Secret: secret, RedirectURIs: []string{callback}, ResponseTypes: []string{"code"},
		GrantTypes: []string{"authorization_code", "refresh_token"}, Scopes: []string{"openid", "offline_access"},
	})
	return &host{compose.ComposeAllEnabled(config, store, key), "secret"}
}

func (h *host) authorize(t *testing.T) string {
	t.Helper()
	challenge := sha256.Sum256([]byte(verifier))
	pushed := h.post(url.Values{
		"client_id": {"tpp"}, "response_type": {"code"}, "redirect_uri": {callback}, "scope": {"openid offline_access"},
		"state": {"a-long-enough-state"}, "nonce": {"a-long-enough-nonce"},
		"code_challenge": {base64.RawURLEncoding.EncodeToString(challenge[:])}, "code_challenge_method": {"S256"},
	})
	par, err := h.NewPushedAuthorizeRequest(t.Context(), pushed)
	require.NoError(t, err)
	parResponse, err := h.NewPushedAuthorizeResponse(t.Context(), par, session())
	require.NoError(t, err)

	query := url.Values{"client_id": {"tpp"}, "request_uri": {parResponse.GetRequestURI()}}
	ar, err := h.NewAuthorizeRequest(t.Context(), httptest.NewRequest(http.MethodGet, "/authorize?"+query.Encode(), nil))
	require.NoError(t, err)
	for _, scope := range ar.GetRequestedScopes() {
		ar.GrantScope(scope)
	}
	response, err := h.NewAuthorizeResponse(t.Context(), ar, session())
	require.NoError(t, err)
	return response.GetCode()
}

func session() *openid.DefaultSession {
	return &openid.DefaultSession{
		Subject: "alice",
		Claims:  &jwt.IDTokenClaims{Subject: "alice", RequestedAt: time.Now(), AuthTime: time.Now().Add(-time.Second)},
		Headers: &jwt.Headers{},
	}
}

func (h *host) post(form url.Values) *http.Request {
	r := httptest.NewRequest(http.MethodPost, "/", strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.SetBasicAuth("tpp", h.secret)
	return r
}

func (h *host) token(t *testing.T, form url.Values) (fosite.AccessResponder, error) {
	t.Helper()
	request, err := h.NewAccessRequest(t.Context(), h.post(form), &openid.DefaultSession{})
	if err != nil {
		return nil, err
	}
	return h.NewAccessResponse(t.Context(), request)
}

// active asks without scopes whether the token still works.
func (h *host) active(t *testing.T, token string, kind fosite.TokenUse) bool {
	t.Helper()
	_, request, err := h.IntrospectToken(t.Context(), token, kind, &openid.DefaultSession{})
	if err != nil {
		return false
	}
	assert.Equal(t, "alice", request.GetSession().GetSubject())
	return true
}

// TestFositeRunsOnTheStores takes plain fosite through pushed request, code, replay, refresh, reuse and revocation.
func TestFositeRunsOnTheStores(t *testing.T) {
	t.Parallel()
	for name, put := range map[string]func(fosite.Client) any{
		"JSONStore":          func(c fosite.Client) any { return fapitest.NewJSONStore(c) },
		"TransactionalStore": func(c fosite.Client) any { return &fapitest.TransactionalStore{JSONStore: fapitest.NewJSONStore(c)} },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHost(t, put)
			redeem := url.Values{
				"grant_type": {"authorization_code"}, "code": {h.authorize(t)}, "redirect_uri": {callback}, "code_verifier": {verifier},
			}
			first, err := h.token(t, redeem)
			require.NoError(t, err)
			assert.NotEmpty(t, first.GetExtra("id_token"))
			refresh, _ := first.GetExtra("refresh_token").(string)
			require.NotEmpty(t, refresh)
			assert.True(t, h.active(t, first.GetAccessToken(), fosite.AccessToken))

			second, err := h.token(t, url.Values{"grant_type": {"refresh_token"}, "refresh_token": {refresh}})
			require.NoError(t, err)
			assert.False(t, h.active(t, first.GetAccessToken(), fosite.AccessToken), "rotated away")
			assert.True(t, h.active(t, second.GetAccessToken(), fosite.AccessToken))

			_, err = h.token(t, redeem)
			require.ErrorIs(t, err, fosite.ErrInvalidGrant, "the code again")
			assert.False(t, h.active(t, second.GetAccessToken(), fosite.AccessToken), "its replay revokes")

			other, err := h.token(t, url.Values{
				"grant_type": {"authorization_code"}, "code": {h.authorize(t)}, "redirect_uri": {callback}, "code_verifier": {verifier},
			})
			require.NoError(t, err)
			require.NoError(t, h.NewRevocationRequest(t.Context(), h.post(url.Values{"token": {other.GetAccessToken()}})))
			assert.False(t, h.active(t, other.GetAccessToken(), fosite.AccessToken))
			refresh, _ = other.GetExtra("refresh_token").(string)
			assert.False(t, h.active(t, refresh, fosite.RefreshToken), "revoked with it")
		})
	}
}
