package jwe_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rsa"
	"math/big"
	"testing"

	jose "github.com/go-jose/go-jose/v4"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fosite-fapi/fosite-fapi/internal/jwe"
	"github.com/fosite-fapi/fosite-fapi/internal/jwk"
	"github.com/fosite-fapi/fosite-fapi/internal/leaftest"
	"github.com/fosite-fapi/fosite-fapi/internal/must"
)

func TestKeyPublic(t *testing.T) {
	t.Parallel()

	for _, private := range []any{rsa2048(), p256(), vault{rsa2048()}, card{p384()}, must.Get(p521().ECDH())} {
		published, err := jwe.Key{Private: private}.Public()
		require.NoError(t, err, "%T", private)
		assert.True(t, published.IsPublic())
		assert.Equal(t, "enc", published.Use)
		assert.Empty(t, published.Algorithm)
		assert.Equal(t, leaftest.Base64(string(must.Get(published.Thumbprint(crypto.SHA256)))), published.KeyID)
	}
	published, err := jwe.Key{Private: p256(), ID: "a", Algorithm: jose.ECDH_ES}.Public()
	require.NoError(t, err)
	assert.Equal(t, jose.JSONWebKey{Key: p256().Public(), KeyID: "a", Use: "enc", Algorithm: "ECDH-ES"}, published)

	mixed := *p256()
	mixed.PublicKey = *p256b().Public().(*ecdsa.PublicKey)
	for name, tt := range map[string]struct {
		key  jwe.Key
		want error
	}{
		"nil":                   {jwe.Key{}, jwe.ErrKey},
		"nil RSA":               {jwe.Key{Private: (*rsa.PrivateKey)(nil)}, jwe.ErrKey},
		"nil EC":                {jwe.Key{Private: (*ecdsa.PrivateKey)(nil)}, jwe.ErrKey},
		"empty RSA":             {jwe.Key{Private: &rsa.PrivateKey{}}, jwe.ErrKey},
		"RSA without private":   {jwe.Key{Private: &rsa.PrivateKey{PublicKey: *rsa2048().Public().(*rsa.PublicKey), D: big.NewInt(3)}}, jwe.ErrKey},
		"empty EC":              {jwe.Key{Private: &ecdsa.PrivateKey{}}, jwe.ErrKey},
		"EC without point":      {jwe.Key{Private: &ecdsa.PrivateKey{PublicKey: ecdsa.PublicKey{Curve: elliptic.P256()}}}, jwe.ErrKey},
		"halves don't match":    {jwe.Key{Private: &mixed}, jwe.ErrKey},
		"a public key":          {jwe.Key{Private: p256().Public()}, jwe.ErrKey},
		"Ed25519":               {jwe.Key{Private: ed25519.NewKeyFromSeed(make([]byte, 32))}, jwe.ErrKey},
		"a secret":              {jwe.Key{Private: []byte("0123456789abcdef")}, jwe.ErrKey},
		"P-224":                 {jwe.Key{Private: p224()}, jwe.ErrKey},
		"RSA of 1024 bits":      {jwe.Key{Private: rsa1024()}, jwe.ErrWeak},
		"RSA of 1024 bits, HSM": {jwe.Key{Private: vault{rsa1024()}}, jwe.ErrWeak},
		"F1A-ALG-04 RSA1_5":     {jwe.Key{Private: rsa2048(), Algorithm: jose.RSA1_5}, jwe.ErrAlgorithm},
		"alg of another type":   {jwe.Key{Private: rsa2048(), Algorithm: jose.ECDH_ES}, jwe.ErrKey},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			published, err := tt.key.Public()
			require.ErrorIs(t, err, tt.want)
			assert.Nil(t, published.Key)
		})
	}
}

func TestKeySelection(t *testing.T) {
	t.Parallel()

	encrypt := func(kid string, alg jose.KeyAlgorithm) string {
		key := publicOf(rsa2048())
		if alg != jose.RSA_OAEP {
			key = publicOf(p256())
		}
		return must.Get(jwe.Encrypt([]byte(payload), setOf(jose.JSONWebKey{Key: key, KeyID: kid}), alg, jose.A128GCM))
	}
	type keys = []jwe.Key
	right, other := rsa2048(), rsaB()

	for _, tt := range []struct {
		name string
		kid  string
		alg  jose.KeyAlgorithm
		keys keys
		want error
	}{
		{"by kid", "a", jose.RSA_OAEP, keys{{Private: other, ID: "b"}, {Private: right, ID: "a"}}, nil},
		{"kid names another key", "b", jose.RSA_OAEP, keys{{Private: other, ID: "b"}, {Private: right, ID: "a"}}, jwe.ErrDecryption},
		{"unknown kid", "c", jose.RSA_OAEP, keys{{Private: right, ID: "a"}}, jwe.ErrKey},
		{"unknown kid, one key has none", "c", jose.RSA_OAEP, keys{{Private: other, ID: "a"}, {Private: right}}, nil},
		{"no kid: all that fit", "", jose.RSA_OAEP, keys{{Private: other, ID: "b"}, {Private: p256(), ID: "c"}, {Private: right, ID: "a"}}, nil},
		{"kid twice, by type", "a", jose.ECDH_ES, keys{{Private: right, ID: "a"}, {Private: p256(), ID: "a"}}, nil},
		{"no key of the type", "", jose.ECDH_ES, keys{{Private: right}}, jwe.ErrKey},
		{"the key's alg", "a", jose.RSA_OAEP, keys{{Private: right, ID: "a", Algorithm: jose.RSA_OAEP}}, nil},
		{"the key has another alg", "a", jose.RSA_OAEP, keys{{Private: right, ID: "a", Algorithm: jose.RSA_OAEP_256}}, jwe.ErrKey},
		{"none", "", jose.RSA_OAEP, nil, jwe.ErrKey},
		{"one that can't be used", "", jose.RSA_OAEP, keys{{}, {Private: (*rsa.PrivateKey)(nil)}, {Private: rsa1024()}}, jwe.ErrKey},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			out, err := open(encrypt(tt.kid, tt.alg), tt.keys...)
			if tt.want == nil {
				require.NoError(t, err)
				assert.Equal(t, payload, string(out))
				return
			}
			require.ErrorIs(t, err, tt.want)
			assert.Nil(t, out)
		})
	}

	t.Run("bounded", func(t *testing.T) {
		t.Parallel()
		many := keys{}
		for range jwk.MaxCandidates {
			many = append(many, jwe.Key{Private: p256b()})
		}
		_, err := open(encrypt("", jose.ECDH_ES), append(many[1:], jwe.Key{Private: p256()})...)
		require.NoError(t, err)
		_, err = open(encrypt("", jose.ECDH_ES), append(many, jwe.Key{Private: p256()})...)
		require.ErrorIs(t, err, jwe.ErrDecryption)
	})
}
