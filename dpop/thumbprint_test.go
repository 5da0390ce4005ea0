package dpop_test

import (
	"crypto/ecdsa"
	"crypto/sha1"
	"encoding/base64"
	"strings"
	"testing"

	jose "github.com/go-jose/go-jose/v4"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fosite-fapi/fosite-fapi/dpop"
)

func TestThumbprint(t *testing.T) {
	t.Parallel()

	t.Run("DPOP-30 DPOP-74 of every kind of key, once its public half is known", func(t *testing.T) {
		t.Parallel()
		for _, pair := range [][2]any{{p256(), p256().Public()}, {rsa2048(), rsa2048().Public()}, {ed(), ed().Public()}} {
			private, err := dpop.Thumbprint(&jose.JSONWebKey{Key: pair[0]})
			require.NoError(t, err)
			public, err := dpop.Thumbprint(&jose.JSONWebKey{Key: pair[1], KeyID: "1", Use: "sig", Algorithm: "any"})
			require.NoError(t, err)
			assert.Equal(t, public, private)
			assert.True(t, dpop.ValidThumbprint(public))
		}
	})

	t.Run("DPOP-30 of what is no key", func(t *testing.T) {
		t.Parallel()
		for _, key := range []*jose.JSONWebKey{nil, {}, {Key: []byte("secret")}, {Key: "key"}, {Key: &ecdsa.PublicKey{}}, {Key: p224().Public()}} {
			got, err := dpop.Thumbprint(key)
			require.ErrorIs(t, err, dpop.ErrKey)
			assert.Empty(t, got)
		}
	})
}

func TestValidThumbprint(t *testing.T) {
	t.Parallel()
	good := vectors.Thumbprints[0].Thumbprint
	sha1 := sha1.Sum([]byte(good))
	for s, want := range map[string]bool{
		good:                    true,
		strings.Repeat("A", 43): true,
		"":                      false,
		good[:42]:               false,
		good + "A":              false,
		good + "=":              false,
		good[:42] + "t":         false, // bits behind the last byte
		good[:42] + "+":         false,
		good[:42] + "\n":        false,
		base64.RawURLEncoding.EncodeToString(sha1[:]): false,
	} {
		assert.Equal(t, want, dpop.ValidThumbprint(s), "DPOP-74 %q", s)
	}
}
