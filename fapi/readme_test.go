package fapi_test

import (
	"context"
	"crypto/rsa"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"strings"
	"testing"

	"github.com/ory/fosite"
	"github.com/ory/fosite/compose"
	"github.com/ory/fosite/storage"
	"github.com/ory/fosite/token/jwt"
	"github.com/stretchr/testify/require"

	"github.com/fosite-fapi/fosite-fapi/fapi"
	"github.com/fosite-fapi/fosite-fapi/fapitest"
)

// before is a fosite server of the usual shape.
func before(config *fosite.Config, store *storage.MemoryStore, key *rsa.PrivateKey) fosite.OAuth2Provider {
	strategy := usualStrategy(config, key)
	// README: before
	provider := compose.Compose(config, store, strategy,
		compose.OAuth2AuthorizeExplicitFactory,
		compose.OAuth2RefreshTokenGrantFactory,
		compose.OpenIDConnectExplicitFactory,
		compose.OAuth2PKCEFactory,
	)
	// README: end
	return provider
}

// after is the same server with one call changed.
func after(config *fosite.Config, store *storage.MemoryStore, key *rsa.PrivateKey) (fosite.OAuth2Provider, error) {
	strategy := usualStrategy(config, key)
	// README: after
	provider, err := fapi.Compose(config, store, strategy,
		fapi.WithFactories(
			compose.OAuth2AuthorizeExplicitFactory,
			compose.OAuth2RefreshTokenGrantFactory,
			compose.OpenIDConnectExplicitFactory,
			compose.OAuth2PKCEFactory,
		),
		fapi.WithProfiles(profileOf, fapi.FAPI2Security()),
	)
	// README: end
	return provider, err
}

// README: selector
func profileOf(_ context.Context, client fosite.Client) (string, error) {
	if strings.HasPrefix(client.GetID(), "bank-") {
		return "fapi2-security", nil
	}
	return fapi.Legacy, nil
}

// README: end

func usualStrategy(config *fosite.Config, key *rsa.PrivateKey) *compose.CommonStrategy {
	getKey := func(context.Context) (any, error) { return key, nil }
	return &compose.CommonStrategy{
		CoreStrategy:               compose.NewOAuth2HMACStrategy(config),
		OpenIDConnectTokenStrategy: compose.NewOpenIDConnectStrategy(getKey, config),
		Signer:                     &jwt.DefaultSigner{GetPrivateKey: getKey},
	}
}

// host mounts the handlers that such a server has: written for fosite, and not changed by the upgrade.
func host(provider fosite.OAuth2Provider) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("/par", func(rw http.ResponseWriter, r *http.Request) {
		ar, err := provider.NewPushedAuthorizeRequest(r.Context(), r)
		if err != nil {
			provider.WritePushedAuthorizeError(r.Context(), rw, ar, err)
			return
		}
		resp, err := provider.NewPushedAuthorizeResponse(r.Context(), ar, fapi.NewSession(""))
		if err != nil {
			provider.WritePushedAuthorizeError(r.Context(), rw, ar, err)
			return
		}
		provider.WritePushedAuthorizeResponse(r.Context(), rw, ar, resp)
	})
	mux.HandleFunc("/authorize", func(rw http.ResponseWriter, r *http.Request) {
		ar, err := provider.NewAuthorizeRequest(r.Context(), r)
		if err != nil {
			provider.WriteAuthorizeError(r.Context(), rw, ar, err)
			return
		}
		for _, scope := range ar.GetRequestedScopes() {
			ar.GrantScope(scope)
		}
		resp, err := provider.NewAuthorizeResponse(r.Context(), ar, fapi.NewSession("alice"))
		if err != nil {
			provider.WriteAuthorizeError(r.Context(), rw, ar, err)
			return
		}
		provider.WriteAuthorizeResponse(r.Context(), rw, ar, resp)
	})
	mux.HandleFunc("/token", func(rw http.ResponseWriter, r *http.Request) {
		t, err := provider.NewAccessRequest(r.Context(), r, fapi.NewSession(""))
		if err != nil {
			provider.WriteAccessError(r.Context(), rw, t, err)
			return
		}
		resp, err := provider.NewAccessResponse(r.Context(), t)
		if err != nil {
			provider.WriteAccessError(r.Context(), rw, t, err)
			return
		}
		provider.WriteAccessResponse(r.Context(), rw, t, resp)
	})
	return mux
}

func TestUpgrade(t *testing.T) {
	bank, registration, certificate := newClient(t, "bank-app")
	shopSecret, err := (&fosite.BCrypt{Config: &fosite.Config{HashCost: 4}}).Hash(t.Context(), []byte("shop-secret"))
	require.NoError(t, err)
	newStore := func() *storage.MemoryStore {
		store := storage.NewMemoryStore()
		store.Clients["bank-app"] = registration
		store.Clients["shop"] = &fosite.DefaultClient{
			ID: "shop", Secret: shopSecret, RedirectURIs: []string{"https://shop.example.com/cb"},
			GrantTypes: []string{"authorization_code"}, ResponseTypes: []string{"code"}, Scopes: []string{"orders"},
		}
		return store
	}

	shop := func(handler http.Handler) {
		rec := httptest.NewRecorder()
		handler.ServeHTTP(rec, httptest.NewRequest(http.MethodGet, issuer+"/authorize?response_type=code&client_id=shop&scope=orders&state=12345678&redirect_uri=https%3A%2F%2Fshop.example.com%2Fcb", nil))
		require.Equal(t, http.StatusSeeOther, rec.Code)
		at, err := rec.Result().Location()
		require.NoError(t, err)
		form := url.Values{"grant_type": {"authorization_code"}, "code": {at.Query().Get("code")}, "redirect_uri": {"https://shop.example.com/cb"}}
		req := httptest.NewRequest(http.MethodPost, issuer+"/token", strings.NewReader(form.Encode()))
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		req.SetBasicAuth("shop", "shop-secret")
		rec = httptest.NewRecorder()
		handler.ServeHTTP(rec, req)
		require.Equal(t, http.StatusOK, rec.Code, rec.Body.String())
	}

	shop(host(before(hostConfig(), newStore(), testRSA())))

	provider, err := after(hostConfig(), newStore(), testRSA())
	require.NoError(t, err)
	handler := host(provider)
	shop(handler)
	doc, err := provider.(*fapi.Provider).Metadata(t.Context())
	require.NoError(t, err)
	bank.Server, bank.HTTP = *doc, fapitest.HTTP(handler, &certificate)
	verifier := fapitest.Verifier()
	pushed, err := bank.Push(t.Context(), bank.Request(verifier, "openid accounts"))
	require.NoError(t, err)
	require.Equal(t, http.StatusCreated, pushed.Status, string(pushed.Body))
	visited, err := bank.Authorize(t.Context(), bank.HTTP, url.Values{"client_id": {bank.ID}, "request_uri": {pushed.Text("request_uri")}})
	require.NoError(t, err)
	tokens, err := bank.Redeem(t.Context(), visited.Location().Query().Get("code"), verifier)
	require.NoError(t, err)
	require.Equal(t, http.StatusOK, tokens.Status, string(tokens.Body))
}

// TestREADME keeps the README's code what is compiled and run here.
func TestREADME(t *testing.T) {
	readme, err := os.ReadFile("../README.md")
	require.NoError(t, err)
	source, err := os.ReadFile("readme_test.go")
	require.NoError(t, err)
	snippets, err := snippets(string(source))
	require.NoError(t, err)
	require.Len(t, snippets, 3)
	for name, snippet := range snippets {
		require.Contains(t, string(readme), snippet, name)
	}
}

// snippets returns what stands between the README marks of a source, without its indentation.
func snippets(source string) (map[string]string, error) {
	found := map[string]string{}
	for _, part := range strings.Split(source, "// README: ")[1:] {
		name, rest, _ := strings.Cut(part, "\n")
		if name == "end" || strings.Contains(name, `"`) || strings.Contains(name, "=") {
			continue
		}
		var lines []string
		indent := len(rest) - len(strings.TrimLeft(rest, "\t"))
		for line := range strings.Lines(rest) {
			if len(strings.TrimRight(line, "\n")) >= indent {
				line = line[indent:]
			}
			lines = append(lines, line)
		}
		found[name] = strings.TrimSpace(strings.Join(lines, ""))
		if found[name] == "" {
			return nil, errors.New(name + " is empty")
		}
	}
	return found, nil
}
