package docs_test

import (
	"context"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/ory/fosite"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fosite-fapi/fosite-fapi/fapi"
	"github.com/fosite-fapi/fosite-fapi/keys"
)

func TestProfiles(t *testing.T) {
	t.Parallel()
	config, store, strategy := host()
	set, err := keys.New(key(jose.ES256))
	require.NoError(t, err)
	profileOf := func(context.Context, fosite.Client) (string, error) { return "fapi2-security", nil }
	options := []fapi.Option{
		fapi.WithProfiles(profileOf, fapi.FAPI2Security(), fapi.FAPI1Advanced()),
	}
	provider, err := fapi.Compose(config, store, strategy, append(options, fapi.WithKeys(set), fapi.WithFactories())...)
	require.NoError(t, err)
	assert.Len(t, provider.Profiles(), 2)

	signed := []fapi.Profile{
		fapi.FAPI2MessageSigning(fapi.SignedRequests),
	}
	assert.Contains(t, signed[0].ResponseModes, "query", "responses are not signed")
}

func TestProfileFields(t *testing.T) {
	t.Parallel()
	profile := fapi.FAPI2Security()
	profile.AccessTokenLifetime = 10 * time.Minute
	profile.AuthMethods = []string{"private_key_jwt"}
	config, store, strategy := host()
	set, err := keys.New(key(jose.ES256))
	require.NoError(t, err)
	_, err = fapi.Compose(config, store, strategy, fapi.WithProfile(profile), fapi.WithKeys(set))
	require.NoError(t, err)
	profile.AuthMethods = []string{"client_secret_basic"}
	_, err = fapi.Compose(config, store, strategy, fapi.WithProfile(profile), fapi.WithKeys(set))
	require.ErrorContains(t, err, "client_secret_basic", "outside of the specification")
}
