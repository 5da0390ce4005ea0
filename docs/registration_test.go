package docs_test

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/go-jose/go-jose/v4"
	"github.com/ory/fosite"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fosite-fapi/fosite-fapi/fapi"
	"github.com/fosite-fapi/fosite-fapi/fapitest"
	"github.com/fosite-fapi/fosite-fapi/keys"
	"github.com/fosite-fapi/fosite-fapi/registration"
)

// The page's composition, and its first client.
func TestRegistration(t *testing.T) {
	t.Parallel()
	config, _, strategy := host()
	registrations, profileOf := new(registration.Memory), func(context.Context, fosite.Client) (string, error) { return "fapi2-security", nil }
	store := hostStore{fapitest.NewJSONStore(), registrations}
	tokens, err := registration.InitialTokens("a-token-for-the-developers-of-clients")
	require.NoError(t, err)
	set, err := keys.New(key(jose.ES256))
	require.NoError(t, err)
	directoryKeys := "https://directory.example.com/jwks"

	provider, err := fapi.Compose(config, store, strategy,
		fapi.WithKeys(set),
		fapi.WithProfiles(fapi.RegisteredProfile(profileOf), fapi.FAPI2Security(), fapi.FAPI2MessageSigning()),
		fapi.WithRegistration(fapi.Registration{
			Store:            registrations,
			InitialAccess:    tokens,
			StatementIssuers: []fapi.StatementIssuer{{Issuer: "https://directory.example.com", JWKSURI: directoryKeys}},
			Scopes:           []string{"openid", "offline_access", "accounts"},
			Profile: func(_ context.Context, r *registration.Request) (string, error) {
				if r.Statement != nil { // the directory vouches for who can sign
					return "fapi2-message-signing", nil
				}
				return "fapi2-security", nil
			},
		}),
	)
	require.NoError(t, err)

	mux, err := (&fapi.Handlers{Provider: provider}).Mux(t.Context())
	require.NoError(t, err)
	document, err := json.Marshal(map[string]any{
		"redirect_uris": []string{"https://client.example.com/callback"}, "token_endpoint_auth_method": "private_key_jwt",
		"jwks": jose.JSONWebKeySet{Keys: []jose.JSONWebKey{{Key: fapitest.Key("docs client", jose.ES256).Public(), KeyID: "1"}}},
	})
	require.NoError(t, err)
	r := httptest.NewRequest(http.MethodPost, "/register", bytes.NewReader(document))
	r.Header.Set("Authorization", "Bearer a-token-for-the-developers-of-clients")
	r.Header.Set("Content-Type", "application/json")
	rec := httptest.NewRecorder()
	mux.ServeHTTP(rec, r)
	require.Equal(t, http.StatusCreated, rec.Code, rec.Body)
	assert.Contains(t, rec.Body.String(), `"require_pushed_authorization_requests":true`)
}

// A hostStore asks for the clients that registered themselves too.
type hostStore struct {
	*fapitest.JSONStore
	registrations *registration.Memory
}

// GetClient implements fosite.ClientManager.
func (s hostStore) GetClient(ctx context.Context, id string) (fosite.Client, error) {
	if client, err := s.JSONStore.GetClient(ctx, id); err == nil {
		return client, nil
	}
	return s.registrations.GetClient(ctx, id)
}
