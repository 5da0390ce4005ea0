package jwe_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rsa"
	"encoding/json"
	"strings"
	"testing"

	jose "github.com/go-jose/go-jose/v4"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fosite-fapi/fosite-fapi/internal/jwe"
	"github.com/fosite-fapi/fosite-fapi/internal/jwk"
	"github.com/fosite-fapi/fosite-fapi/internal/must"
)

func headerOf(t *testing.T, compact string) map[string]any {
	t.Helper()
	first, _, _ := strings.Cut(compact, ".")
	data, ok := jwk.Decode(first)
	require.True(t, ok)
	var h map[string]any
	require.NoError(t, json.Unmarshal(data, &h))
	return h
}

// Every pair of algorithms, by keys in memory and elsewhere.
func TestRoundTrip(t *testing.T) {
	t.Parallel()
	require.Len(t, jwe.Algorithms(), 6)
	require.Len(t, jwe.Encryptions(), 6)

	for _, alg := range jwe.Algorithms() {
		private := []any{rsa2048()}
		if strings.HasPrefix(string(alg), "ECDH") {
			private = []any{p256(), p384(), p521()}
		}
		for _, enc := range jwe.Encryptions() {
			for _, key := range private {
				compact, err := jwe.Encrypt([]byte(payload), setOf(jose.JSONWebKey{Key: publicOf(key), KeyID: "k"}), alg, enc)
				require.NoError(t, err)
				assert.True(t, jwe.Encrypted(compact))
				h := headerOf(t, compact)
				delete(h, "epk")
				assert.Equal(t, map[string]any{"alg": string(alg), "enc": string(enc), "kid": "k", "cty": "JWT"}, h, "no zip")

				for _, holder := range []any{key, remote(key)} {
					out, err := open(compact, jwe.Key{Private: holder, ID: "k"})
					require.NoError(t, err, "%s %s %T", alg, enc, holder)
					assert.Equal(t, payload, string(out))
				}
			}
		}
	}

	t.Run("an ecdh.PrivateKey", func(t *testing.T) {
		t.Parallel()
		compact := must.Get(jwe.Encrypt([]byte(payload), setOf(jose.JSONWebKey{Key: p384().Public()}), jose.ECDH_ES, ""))
		out, err := open(compact, jwe.Key{Private: must.Get(p384().ECDH())})
		require.NoError(t, err)
		assert.Equal(t, payload, string(out))
	})
}

func TestEncryptDefaults(t *testing.T) {
	t.Parallel()
	compact, err := jwe.Encrypt([]byte(payload), setOf(jose.JSONWebKey{Key: rsa2048().Public()}), jose.RSA_OAEP, "")
	require.NoError(t, err)
	assert.Equal(t, map[string]any{"alg": "RSA-OAEP", "enc": "A128CBC-HS256", "cty": "JWT"}, headerOf(t, compact), "JARM-32, and no kid made up")
}

func TestRecipient(t *testing.T) {
	t.Parallel()

	type key = jose.JSONWebKey
	a, b, weak := p256().Public(), p256b().Public(), rsa1024().Public()
	for _, tt := range []struct {
		name string
		keys []key
		alg  jose.KeyAlgorithm
		want string // kid
	}{
		{"use enc", []key{{Key: a, Use: "enc", KeyID: "1"}}, jose.ECDH_ES, "1"},
		{"no use", []key{{Key: a, KeyID: "1"}}, jose.ECDH_ES, "1"},
		{"use enc comes before none", []key{{Key: a, KeyID: "1"}, {Key: b, Use: "enc", KeyID: "2"}}, jose.ECDH_ES, "2"},
		{"alg comes before use", []key{{Key: a, Use: "enc", KeyID: "1"}, {Key: b, Algorithm: "ECDH-ES", KeyID: "2"}}, jose.ECDH_ES, "2"},
		{"the first of two", []key{{Key: a, KeyID: "1"}, {Key: b, KeyID: "2"}}, jose.ECDH_ES, "1"},
		{"JARM-33 use sig", []key{{Key: a, Use: "sig", KeyID: "1"}}, jose.ECDH_ES, ""},
		{"use sig beside enc", []key{{Key: a, Use: "sig", KeyID: "1"}, {Key: b, Use: "enc", KeyID: "2"}}, jose.ECDH_ES, "2"},
		{"alg for signing", []key{{Key: a, Algorithm: "ES256", KeyID: "1"}}, jose.ECDH_ES, ""},
		{"another alg", []key{{Key: a, Algorithm: "ECDH-ES+A128KW", KeyID: "1"}}, jose.ECDH_ES, ""},
		{"RSA for ECDH", []key{{Key: rsa2048().Public(), KeyID: "1"}}, jose.ECDH_ES, ""},
		{"EC for OAEP", []key{{Key: a, KeyID: "1"}}, jose.RSA_OAEP, ""},
		{"RSA of 2048 bits", []key{{Key: rsa2048().Public(), KeyID: "1"}}, jose.RSA_OAEP_256, "1"},
		{"RSA of 1024 bits", []key{{Key: weak, KeyID: "1"}}, jose.RSA_OAEP_256, ""},
		{"RSA of 1024 bits before a longer", []key{{Key: weak, KeyID: "1"}, {Key: rsa2048().Public(), KeyID: "2"}}, jose.RSA_OAEP_256, "2"},
		{"P-224", []key{{Key: p224().Public(), KeyID: "1"}}, jose.ECDH_ES, ""},
		{"private key", []key{{Key: p256(), KeyID: "1"}}, jose.ECDH_ES, ""},
		{"shared secret", []key{{Key: []byte("0123456789abcdef"), KeyID: "1"}}, jose.A128KW, ""},
		{"shared secret, dir", []key{{Key: []byte("0123456789abcdef"), KeyID: "1"}}, jose.DIRECT, ""},
		{"F1A-ALG-04 RSA1_5", []key{{Key: rsa2048().Public(), KeyID: "1"}}, jose.RSA1_5, ""},
		{"no alg", []key{{Key: a, KeyID: "1"}}, "", ""},
		{"no key", nil, jose.ECDH_ES, ""},
		{"nil EC", []key{{Key: (*ecdsa.PublicKey)(nil)}}, jose.ECDH_ES, ""},
		{"empty EC", []key{{Key: &ecdsa.PublicKey{Curve: elliptic.P256()}}}, jose.ECDH_ES, ""},
		{"empty RSA", []key{{Key: &rsa.PublicKey{}}}, jose.RSA_OAEP, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			compact, err := jwe.Encrypt([]byte(payload), setOf(tt.keys...), tt.alg, jose.A128GCM)
			if tt.want != "" {
				require.NoError(t, err)
				assert.Equal(t, tt.want, headerOf(t, compact)["kid"])
				return
			}
			require.Error(t, err)
			assert.Empty(t, compact)
			if jwe.Known(tt.alg) {
				assert.ErrorIs(t, err, jwe.ErrKey)
			} else {
				assert.ErrorIs(t, err, jwe.ErrAlgorithm)
			}
			if len(tt.keys) == 1 && tt.keys[0].Key == weak {
				assert.ErrorIs(t, err, jwe.ErrWeak)
			}
		})
	}

	t.Run("no set", func(t *testing.T) {
		t.Parallel()
		_, err := jwe.Encrypt(nil, nil, jose.ECDH_ES, "")
		assert.ErrorIs(t, err, jwe.ErrKey)
	})
	t.Run("unknown enc", func(t *testing.T) {
		t.Parallel()
		_, err := jwe.Encrypt(nil, setOf(key{Key: a}), jose.ECDH_ES, "A128CBC")
		assert.ErrorIs(t, err, jwe.ErrAlgorithm)
	})
}
