package docs_test

import (
	"context"
	"crypto"
	"sync/atomic"
	"testing"

	"github.com/go-jose/go-jose/v4"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fosite-fapi/fosite-fapi/fapi"
	"github.com/fosite-fapi/fosite-fapi/fapitest"
	"github.com/fosite-fapi/fosite-fapi/keys"
)

func TestKeys(t *testing.T) {
	t.Parallel()
	config, store, strategy := host()
	file, err := keys.MarshalPrivate(key(jose.ES256))
	require.NoError(t, err)
	profile := fapi.FAPI2Security()

	compose := func() (*fapi.Provider, error) {
		set, err := keys.ParseJWKS(file)
		if err != nil {
			return nil, err
		}
		return fapi.Compose(config, store, strategy, fapi.WithProfile(profile), fapi.WithKeys(set))
	}
	provider, err := compose()
	require.NoError(t, err)
	published, err := provider.JWKS(t.Context())
	require.NoError(t, err)
	assert.Len(t, published.Keys, 1)

	// One in an HSM is a crypto.Signer that signs there.
	hsm := fapitest.Key("docs hsm", jose.PS256)
	inHSM := func(hsm crypto.Signer) (*keys.Set, error) {
		return keys.New(keys.Key{Signer: hsm, ID: "2026-01", Algorithm: jose.PS256})
	}
	set, err := inHSM(hsm)
	require.NoError(t, err)
	assert.True(t, set.Has(jose.PS256))
}

func TestRotation(t *testing.T) {
	t.Parallel()
	config, store, strategy := host()
	old, next := fapitest.Key("docs old", jose.ES256), fapitest.Key("docs next", jose.ES256)
	profile := fapi.FAPI2Security()
	set, err := keys.New(keys.Key{Signer: old, ID: "old"})
	require.NoError(t, err)

	var current atomic.Pointer[keys.Set]
	current.Store(set)
	provider, err := fapi.Compose(config, store, strategy, fapi.WithProfile(profile),
		fapi.WithKeySource(func(context.Context) (*keys.Set, error) { return current.Load(), nil }))
	require.NoError(t, err)

	ids := func() (all []string) {
		published, err := provider.JWKS(t.Context())
		require.NoError(t, err)
		for _, key := range published.Keys {
			all = append(all, key.KeyID)
		}
		return all
	}
	assert.Equal(t, []string{"old"}, ids())
	for _, set := range rotation(t, old, next) {
		current.Store(set)
		assert.Subset(t, []string{"old", "next"}, ids())
	}
	assert.Equal(t, []string{"next"}, ids())
}

// rotation are the sets of a rotation, one after the other.
func rotation(t *testing.T, old, next crypto.Signer) []*keys.Set {
	t.Helper()
	first, err := keys.New(keys.Key{Signer: old, ID: "old"}, keys.Key{Signer: next, ID: "next", VerifyOnly: true})
	require.NoError(t, err)
	second, err := keys.New(keys.Key{Signer: next, ID: "next"}, keys.Key{Signer: old, ID: "old", VerifyOnly: true})
	require.NoError(t, err)
	third, err := keys.New(keys.Key{Signer: next, ID: "next"})
	require.NoError(t, err)
	return []*keys.Set{first, second, third}
}

func TestDecryptionKeys(t *testing.T) {
	t.Parallel()
	config, store, strategy := host()
	set, err := keys.New(key(jose.PS256))
	require.NoError(t, err)
	profile, private := fapi.FAPI1Advanced(), fapitest.Key("docs decryption", jose.PS256)
	compose := func() (*fapi.Provider, error) {
		decryption, err := keys.NewDecryption(keys.DecryptionKey{Private: private, ID: "enc-1", Algorithm: jose.RSA_OAEP_256})
		if err != nil {
			return nil, err
		}
		return fapi.Compose(config, store, strategy, fapi.WithProfile(profile), fapi.WithKeys(set), fapi.WithDecryptionKeys(decryption))
	}
	provider, err := compose()
	require.NoError(t, err)
	published, err := provider.JWKS(t.Context())
	require.NoError(t, err)
	assert.Len(t, published.Key("enc-1"), 1)
}
