package fapi_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/ory/fosite"
	"github.com/ory/fosite/compose"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fosite-fapi/fosite-fapi/fapi"
	"github.com/fosite-fapi/fosite-fapi/registration"
)

// A legacy client that registered require_pushed_authorization_requests must push, and its login may take a detour.
func TestLegacyClientMustPush(t *testing.T) {
	secret, err := (&fosite.BCrypt{Config: &fosite.Config{HashCost: 4}}).Hash(t.Context(), []byte("shop-secret"))
	require.NoError(t, err)
	shop := &registration.Client{ID: "shop", HashedSecret: secret, Metadata: registration.Metadata{
		RedirectURIs: []string{"https://shop.example.com/cb"}, TokenEndpointAuthMethod: "client_secret_post",
		ResponseTypes: []string{"code"}, GrantTypes: []string{"authorization_code"}, Scope: "orders", RequirePushedAuthorizationRequests: true,
	}}
	config := hostConfig()
	provider, err := fapi.Compose(config, stores["json"](shop), usualStrategy(config, testRSA()),
		fapi.WithFactories(compose.OAuth2AuthorizeExplicitFactory, compose.PushedAuthorizeHandlerFactory),
		fapi.WithProfiles(profileOf, fapi.FAPI2Security()))
	require.NoError(t, err)
	visits := 0
	h := &fapi.Handlers{Provider: provider, Interaction: fapi.InteractionFunc(
		func(rw http.ResponseWriter, r *http.Request, ar fosite.AuthorizeRequester) (*fapi.Decision, error) {
			if visits++; visits%2 == 1 {
				http.Redirect(rw, r, "/authorize?"+fapi.Resume(ar).Encode(), http.StatusSeeOther)
				return nil, nil //nolint:nilnil // the host answered
			}
			return &fapi.Decision{Session: fapi.NewSession("alice"), Scopes: ar.GetRequestedScopes()}, nil
		})}
	mux, err := h.Mux(t.Context())
	require.NoError(t, err)
	get := func(query string) *httptest.ResponseRecorder {
		rec := httptest.NewRecorder()
		mux.ServeHTTP(rec, httptest.NewRequest(http.MethodGet, issuer+"/authorize?"+query, nil))
		return rec
	}
	params := url.Values{
		"client_id": {"shop"}, "response_type": {"code"}, "redirect_uri": {"https://shop.example.com/cb"}, "scope": {"orders"}, "state": {"12345678"},
	}

	t.Run("PAR-29/refused without pushing", func(t *testing.T) {
		rec := get(params.Encode())
		assert.Equal(t, http.StatusBadRequest, rec.Code)
		assert.Empty(t, rec.Header().Get("Location"))
		assert.Contains(t, rec.Body.String(), "invalid_request")
	})
	t.Run("PAR-29/kept by pushing", func(t *testing.T) {
		form := strings.NewReader(params.Encode() + "&client_secret=shop-secret")
		req := httptest.NewRequest(http.MethodPost, issuer+"/par", form)
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		rec := httptest.NewRecorder()
		mux.ServeHTTP(rec, req)
		require.Equal(t, http.StatusCreated, rec.Code, rec.Body.String())
		uri := between(rec.Body.String(), `"request_uri":"`, `"`)
		rec = get(url.Values{"client_id": {"shop"}, "request_uri": {uri}}.Encode())
		require.Equal(t, http.StatusSeeOther, rec.Code, rec.Body.String())
		resume := rec.Header().Get("Location")
		assert.NotContains(t, resume, "secret")
		_, query, _ := strings.Cut(resume, "?")
		changed := get(strings.Replace(query, "orders", "order", 1))
		assert.Equal(t, http.StatusBadRequest, changed.Code, "what was pushed can't be changed on the way")
		rec = get(query)
		require.Equal(t, http.StatusSeeOther, rec.Code, rec.Body.String())
		assert.Contains(t, rec.Header().Get("Location"), "https://shop.example.com/cb?code=")
	})
}
