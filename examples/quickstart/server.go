package main

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"fmt"
	"log/slog"
	"net/http"
	"time"

	"github.com/ory/fosite"
	"github.com/ory/fosite/compose"
	"github.com/ory/fosite/storage"
	"github.com/ory/fosite/token/jwt"

	"github.com/fosite-fapi/fosite-fapi/fapi"
	"github.com/fosite-fapi/fosite-fapi/registration"
)

// An authServer is the authorization server: a usual fosite host, with fapi.Compose where compose.Compose was.
type authServer struct {
	provider *fapi.Provider
	issuer   string
}

// newAuthServer is what a host's own main does. issuer is where browsers reach the server, mtls where clients with certificates do.
func newAuthServer(profile fapi.Profile, issuer, mtls string, trust *x509.CertPool, audit fapi.Auditor, clients ...fosite.Client) (*authServer, error) {
	secret := make([]byte, 32)
	_, _ = rand.Read(secret) // never fails
	config := &fosite.Config{
		GlobalSecret:  secret,
		IDTokenIssuer: issuer,
		// These are what legacy clients are used to. The profile has lifetimes of its own: a code lives 60 s, an access token 5 minutes.
		AuthorizeCodeLifespan: 15 * time.Minute,
		AccessTokenLifespan:   time.Hour,
		HashCost:              4, // client secrets here are random: unlike passwords, they gain nothing from a slow hash
	}

	store := storage.NewMemoryStore()
	for _, client := range clients {
		store.Clients[client.GetID()] = client
	}

	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		return nil, err
	}
	getKey := func(context.Context) (any, error) { return key, nil }
	strategy := &compose.CommonStrategy{
		CoreStrategy:               compose.NewOAuth2HMACStrategy(config),
		OpenIDConnectTokenStrategy: compose.NewOpenIDConnectStrategy(getKey, config),
		Signer:                     &jwt.DefaultSigner{GetPrivateKey: getKey},
	}

	// Before FAPI this was: provider := compose.Compose(config, store, strategy, factories...)
	provider, err := fapi.Compose(config, store, strategy,
		fapi.WithFactories(
			compose.OAuth2AuthorizeExplicitFactory,
			compose.OAuth2RefreshTokenGrantFactory,
			compose.OpenIDConnectExplicitFactory,
			compose.OAuth2PKCEFactory,
			compose.OAuth2TokenIntrospectionFactory,
			compose.OAuth2TokenRevocationFactory,
		),
		fapi.WithProfiles(profileOf(profile.Name), profile),
		fapi.WithEndpoints(fapi.Endpoints{UserInfo: issuer + "/userinfo", MTLSBaseURL: mtls}),
		fapi.WithTrustAnchors(trust), // for clients that authenticate by certificate
		fapi.WithIntrospectors(mayIntrospect),
		fapi.WithAudit(audit),
		fapi.WithLogger(slog.New(slog.DiscardHandler)), // the story shows the audit instead
	)
	return &authServer{provider: provider, issuer: issuer}, err
}

// profileOf says which rules a client is served by. A real host reads a column of its client table; a client it knows nothing about is refused.
func profileOf(name string) fapi.Selector {
	return func(_ context.Context, client fosite.Client) (string, error) {
		switch client.(type) {
		case *registration.Client:
			return name, nil
		case *fosite.DefaultClient:
			return fapi.Legacy, nil
		}
		return "", fmt.Errorf("client %q is of no known kind", client.GetID())
	}
}

// mayIntrospect lets the accounts API see every token, and each client its own.
func mayIntrospect(_ context.Context, caller fosite.Client, token fosite.AccessRequester) bool {
	return caller.GetID() == accountsAPIID || caller.GetID() == token.GetClient().GetID()
}

// handler mounts the endpoints, the host's own pages and its one API.
func (s *authServer) handler(ctx context.Context) (http.Handler, error) {
	pages := newPages()
	endpoints := &fapi.Handlers{Provider: s.provider, Interaction: pages}
	mux, err := endpoints.Mux(ctx)
	if err != nil {
		return nil, err
	}
	pages.mount(mux)
	mux.HandleFunc("GET /userinfo", s.userInfo)
	return mux, nil
}

// userInfo is a resource in the server's own process: Authorize is the whole check, the sender constraint included, for profiled and legacy
// clients alike.
func (s *authServer) userInfo(rw http.ResponseWriter, r *http.Request) {
	token, err := s.provider.Authorize(r.Context(), r, fapi.NewSession(""), "openid")
	if err != nil {
		fapi.WriteResourceError(rw, err)
		return
	}
	writeJSON(rw, http.StatusOK, map[string]any{"sub": token.GetSession().GetSubject()})
}
