package docs_test

import (
	"testing"

	"github.com/go-jose/go-jose/v4"
	"github.com/ory/fosite"
	"github.com/ory/fosite/compose"
	"github.com/stretchr/testify/require"

	"github.com/fosite-fapi/fosite-fapi/fapi"
	"github.com/fosite-fapi/fosite-fapi/fapitest"
	"github.com/fosite-fapi/fosite-fapi/keys"
)

const issuer = "https://as.example.com"

// host is what the pages take as given: a config, a store and a strategy.
func host() (*fosite.Config, fosite.Storage, any) {
	config := &fosite.Config{GlobalSecret: []byte("some-secret-of-thirty-two-bytes!"), IDTokenIssuer: issuer, AccessTokenIssuer: issuer}
	return config, fapitest.NewJSONStore(), compose.NewOAuth2HMACStrategy(config)
}

// key is one that signs by the algorithm.
func key(alg jose.SignatureAlgorithm) keys.Key {
	return keys.Key{Signer: fapitest.Key("docs", alg), Algorithm: alg}
}

// composed is a provider of FAPI 2.0 with these options, and a key.
func composed(t *testing.T, options ...fapi.Option) *fapi.Provider {
	t.Helper()
	config, store, strategy := host()
	set, err := keys.New(key(jose.ES256))
	require.NoError(t, err)
	provider, err := fapi.Compose(config, store, strategy, append(options, fapi.WithKeys(set), fapi.WithProfile(fapi.FAPI2Security()))...)
	require.NoError(t, err)
	return provider
}
