package upgrade_test

import (
	"context"
	"crypto/tls"
	"crypto/x509/pkix"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"
	"time"

	"github.com/ory/fosite"
	"github.com/ory/fosite/compose"
	"github.com/ory/fosite/token/jwt"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fosite-fapi/fosite-fapi/examples/upgrade/shop"
	"github.com/fosite-fapi/fosite-fapi/fapi"
	"github.com/fosite-fapi/fosite-fapi/fapitest"
)

// What docs/upgrade.md adds to the call.

func publish(server *shop.Shop, provider *fapi.Provider) *http.ServeMux {
	handlers := &fapi.Handlers{Provider: provider}
	mux := http.NewServeMux()
	mux.Handle("/", server.Routes(provider))
	mux.Handle("/.well-known/oauth-authorization-server", handlers.Metadata())
	mux.Handle("/jwks", handlers.JWKS())
	return mux
}

func protect(provider *fapi.Provider) http.HandlerFunc {
	return func(rw http.ResponseWriter, r *http.Request) {
		token, err := provider.Authorize(r.Context(), r, shop.NewSession("", time.Now()), "orders")
		if err != nil {
			fapi.WriteResourceError(rw, err)
			return
		}
		shop.Orders(rw, token.GetSession().GetSubject())
	}
}

func certificates(server *http.Server, certificate tls.Certificate) {
	server.TLSConfig = fapi.TLSConfig(true, certificate)
}

func check(ctx context.Context, provider *fapi.Provider, store *shop.Store, id string) error {
	client, err := store.GetClient(ctx, id)
	if err != nil {
		return err
	}
	return provider.Check(ctx, client)
}

// guided is a server with all of that, over TLS.
func (w *world) guided(t *testing.T) (*fapi.Provider, *shop.Shop) {
	t.Helper()
	server, err := shop.Open(w.arguments(""), io.Discard)
	require.NoError(t, err)
	t.Cleanup(func() { _ = server.Store.Close() })
	config := &fosite.Config{GlobalSecret: server.Secret, IDTokenIssuer: issuer, AccessTokenIssuer: issuer}
	provider, err := fapi.Compose(config, server.Store, &compose.CommonStrategy{
		CoreStrategy:               compose.NewOAuth2HMACStrategy(config),
		OpenIDConnectTokenStrategy: compose.NewOpenIDConnectStrategy(server.SigningKey, config),
		Signer:                     &jwt.DefaultSigner{GetPrivateKey: server.SigningKey},
	}, fapi.WithFactories(), fapi.WithProfiles(func(context.Context, fosite.Client) (string, error) { return "fapi2-security", nil }, fapi.FAPI2Security()))
	require.NoError(t, err)
	mux := publish(server, provider)
	mux.HandleFunc("/orders", protect(provider)) // in the place of the route that Routes has there
	served := httptest.NewUnstartedServer(mux)
	certificates(served.Config, w.pki.MustServerCertificate(t, "shop.example.com"))
	served.TLS = served.Config.TLSConfig
	served.StartTLS()
	t.Cleanup(served.Close)
	w.to = served.Listener.Addr().String()
	return provider, server
}

// With the steps after the call, clients find everything by the metadata and reach the resource, by a key or by a
// certificate; a stolen token reaches nothing.
func TestGuide(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	provider, server := w.guided(t)
	require.NoError(t, check(t.Context(), provider, server.Store, "bank"))
	require.ErrorContains(t, check(t.Context(), provider, server.Store, "cups"), `F2-AS-06: client "cups": token_endpoint_auth_method is "client_secret_basic"`)

	published := w.do(http.MethodGet, "/.well-known/oauth-authorization-server", nil, nil)
	require.Equal(t, http.StatusOK, published.Status)
	certificate := w.pki.MustClientCertificate(t, pkix.Name{CommonName: "bank"})
	for name, prepare := range map[string]func(bank *fapitest.Client){
		"DPoP":        func(*fapitest.Client) {},
		"certificate": func(bank *fapitest.Client) { bank.ProofKey, bank.HTTP = nil, w.https(&certificate) },
	} {
		t.Run(name, func(t *testing.T) {
			bank := w.bank()
			prepare(bank)
			require.NoError(t, json.Unmarshal(published.Body, &bank.Server))
			require.NoError(t, bank.Server.Validate())
			verifier := fapitest.Verifier()
			pushed, err := bank.Push(t.Context(), bank.Request(verifier, "openid orders"))
			require.NoError(t, err)
			require.Equal(t, http.StatusCreated, pushed.Status, string(pushed.Body))
			page, err := bank.Authorize(t.Context(), w.https(nil), url.Values{"client_id": {"bank"}, "request_uri": {pushed.Text("request_uri")}})
			require.NoError(t, err)
			back := w.login(page, "kettle", "allow")
			require.Equal(t, http.StatusSeeOther, back.Status, string(back.Body))
			tokens, err := bank.Redeem(t.Context(), back.Location().Query().Get("code"), verifier)
			require.NoError(t, err)
			require.Equal(t, http.StatusOK, tokens.Status, string(tokens.Body))
			assert.Equal(t, "alice", w.verified(tokens.Text("id_token"))["sub"])

			orders, err := bank.Get(t.Context(), issuer+"/orders", tokens.Text("access_token"))
			require.NoError(t, err)
			assert.Equal(t, http.StatusOK, orders.Status, string(orders.Body))
			assert.Equal(t, "alice", orders.Text("customer"))
			stolen := w.do(http.MethodGet, "/orders", nil, http.Header{"Authorization": {tokens.Text("token_type") + " " + tokens.Text("access_token")}})
			assert.Equal(t, http.StatusUnauthorized, stolen.Status)
		})
	}
}
