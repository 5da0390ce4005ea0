package registration_test

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"

	"github.com/ory/fosite"
	"github.com/ory/fosite/compose"
	"github.com/ory/fosite/storage"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fosite-fapi/fosite-fapi/registration"
)

func client(tb testing.TB) *registration.Client {
	tb.Helper()
	return &registration.Client{Metadata: *valid(tb), ID: "client", HashedSecret: []byte("hash"), Audience: []string{"https://rs.example"}}
}

func TestClientGetters(t *testing.T) {
	t.Parallel()
	c := client(t)
	c.RequestURIs = []string{"https://client.example/request"}
	c.JWKSURI = "https://client.example/jwks"
	c.RequestObjectSigningAlg, c.TokenEndpointAuthSigningAlg = "PS256", "ES256"
	assert.Same(t, &c.Metadata, c.RegistrationMetadata())
	assert.Equal(t, "client", c.GetID())
	assert.Equal(t, []byte("hash"), c.GetHashedSecret())
	assert.Equal(t, c.RedirectURIs, c.GetRedirectURIs())
	assert.Equal(t, fosite.Arguments{"openid", "accounts"}, c.GetScopes())
	assert.Equal(t, fosite.Arguments{"https://rs.example"}, c.GetAudience())
	assert.Equal(t, c.RequestURIs, c.GetRequestURIs())
	assert.Equal(t, c.JWKSURI, c.GetJSONWebKeysURI())
	assert.Equal(t, c.JWKS.Keys[0].Key, c.GetJSONWebKeys().Keys[0].Key)
	assert.Equal(t, "PS256", c.GetRequestObjectSigningAlgorithm())
	assert.Equal(t, "ES256", c.GetTokenEndpointAuthSigningAlgorithm())
	assert.Equal(t, "private_key_jwt", c.GetTokenEndpointAuthMethod())
}

func TestClientDefaults(t *testing.T) {
	t.Parallel()
	c := new(registration.Client)
	assert.Equal(t, "client_secret_basic", c.GetTokenEndpointAuthMethod())
	assert.Equal(t, fosite.Arguments{"authorization_code"}, c.GetGrantTypes())
	assert.Equal(t, fosite.Arguments{"code"}, c.GetResponseTypes())
	assert.Empty(t, c.GetScopes())
	assert.Nil(t, c.GetJSONWebKeys())
	assert.Empty(t, c.GetTokenEndpointAuthSigningAlgorithm())
	assert.False(t, c.IsPublic())

	c.GrantTypes = []string{"client_credentials"}
	assert.Equal(t, fosite.Arguments{"client_credentials"}, c.GetGrantTypes())
	assert.Empty(t, c.GetResponseTypes(), "no authorization endpoint, no response type")

	c.ResponseTypes = []string{"none"}
	assert.Equal(t, fosite.Arguments{"none"}, c.GetResponseTypes())

	c.TokenEndpointAuthMethod = registration.AuthNone
	assert.True(t, c.IsPublic())
}

func TestDefaultsAreCopies(t *testing.T) {
	t.Parallel()
	m := &registration.Metadata{GrantTypes: []string{"a"}, ResponseTypes: []string{"b"}}
	m.Grants()[0], m.Responses()[0] = "x", "x"
	assert.Equal(t, []string{"a"}, m.GrantTypes)
	assert.Equal(t, []string{"b"}, m.ResponseTypes)
}

func TestClientJSON(t *testing.T) {
	t.Parallel()
	c := client(t)
	out, err := json.Marshal(c)
	require.NoError(t, err)
	assert.NotContains(t, string(out), "hash")
	var again registration.Client
	require.NoError(t, json.Unmarshal(out, &again))
	assert.Equal(t, c.ID, again.ID)
	assert.Equal(t, c.Audience, again.Audience)
	assert.Equal(t, c.RedirectURIs, again.RedirectURIs)
	assert.Empty(t, again.HashedSecret)
	out2, err := json.Marshal(again)
	require.NoError(t, err)
	assert.JSONEq(t, string(out), string(out2))
}

// What fosite makes of the response modes is what counts.
func TestResponseModes(t *testing.T) {
	t.Parallel()
	ask := func(t *testing.T, registered []string, mode string) error {
		t.Helper()
		c := client(t)
		c.ResponseModes = registered
		store := storage.NewMemoryStore()
		store.Clients["client"] = c
		config := &fosite.Config{GlobalSecret: make([]byte, 32), ResponseModeHandlerExtension: &jwtModes{}}
		provider := compose.Compose(config, store, &compose.CommonStrategy{}, compose.OAuth2AuthorizeExplicitFactory)
		query := url.Values{
			"client_id": {"client"}, "redirect_uri": {"https://client.example/cb"}, "response_type": {"code"},
			"state": {"0123456789"},
		}
		if mode != "" {
			query.Set("response_mode", mode)
		}
		_, err := provider.NewAuthorizeRequest(context.Background(), httptest.NewRequest(http.MethodGet, "/?"+query.Encode(), nil))
		return err
	}
	for _, mode := range []string{"", "query", "fragment", "form_post", "jwt", "query.jwt", "fragment.jwt", "form_post.jwt"} {
		t.Run("MS 5.3.3 nothing registered, "+mode, func(t *testing.T) {
			t.Parallel()
			require.NoError(t, ask(t, nil, mode))
		})
	}
	for mode, ok := range map[string]bool{"": true, "jwt": true, "query.jwt": false, "query": false} {
		t.Run("MS 5.3.3 jwt registered, "+mode, func(t *testing.T) {
			t.Parallel()
			err := ask(t, []string{"jwt"}, mode)
			if ok {
				require.NoError(t, err)
			} else {
				require.ErrorIs(t, err, fosite.ErrUnsupportedResponseMode)
			}
		})
	}
}

type jwtModes struct {
	fosite.DefaultResponseModeHandler
}

func (*jwtModes) ResponseModes() fosite.ResponseModeTypes {
	return fosite.ResponseModeTypes{"jwt", "query.jwt", "fragment.jwt", "form_post.jwt"}
}
