package mtls_test

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/json"
	"math/big"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/stretchr/testify/require"

	"github.com/fosite-fapi/fosite-fapi/mtls"
)

func selfSigned(tb testing.TB, key *ecdsa.PrivateKey, changes ...change) *x509.Certificate {
	return sign(tb, &x509.Certificate{
		Subject:   pkix.Name{CommonName: "client"},
		NotBefore: now.Add(-time.Hour),
		NotAfter:  now.Add(time.Hour),
	}, key, nil, changes...)
}

func TestVerifySelfSigned(t *testing.T) {
	t.Parallel()
	key, otherKey := newKey(t), newKey(t)
	leaf := selfSigned(t, key)
	renewed := selfSigned(t, key)
	other := selfSigned(t, otherKey)
	ended := selfSigned(t, key, func(c *x509.Certificate) { c.NotAfter = now.Add(-time.Minute) })
	certified := func(public any, certificates ...*x509.Certificate) jose.JSONWebKey {
		return jose.JSONWebKey{Key: public, Certificates: certificates}
	}
	for _, test := range []struct {
		name string
		leaf *x509.Certificate
		keys []jose.JSONWebKey
		err  error
	}{
		{"MTLS-07 registered by x5c", leaf, []jose.JSONWebKey{certified(&key.PublicKey, leaf)}, nil},
		{"MTLS-07 registered by the second of two x5c", leaf, []jose.JSONWebKey{certified(&otherKey.PublicKey, other), certified(&key.PublicKey, leaf)}, nil},
		{"MTLS-07 registered by x5c, ended", ended, []jose.JSONWebKey{certified(&key.PublicKey, ended)}, nil},
		{"MTLS-07 registered by x5c alone", leaf, []jose.JSONWebKey{certified(nil, leaf)}, nil},
		{"MTLS-07 registered by its key", leaf, []jose.JSONWebKey{{Key: &key.PublicKey}}, nil},
		{"MTLS-07 registered by its key for signatures", leaf, []jose.JSONWebKey{{Key: &key.PublicKey, Use: "sig"}}, nil},
		{"MTLS-07 registered by its private key", leaf, []jose.JSONWebKey{{Key: key}}, nil},

		{"MTLS-07 another certificate for the key of an x5c", renewed, []jose.JSONWebKey{certified(&key.PublicKey, leaf)}, mtls.ErrNotRegistered},
		{"MTLS-07 not the first of x5c", renewed, []jose.JSONWebKey{certified(&key.PublicKey, leaf, renewed)}, mtls.ErrNotRegistered},
		{"MTLS-07 another key", other, []jose.JSONWebKey{{Key: &key.PublicKey}}, mtls.ErrNotRegistered},
		{"MTLS-07 an x5c for encryption", leaf, []jose.JSONWebKey{{Key: &key.PublicKey, Certificates: []*x509.Certificate{leaf}, Use: "enc"}}, mtls.ErrNotRegistered},
		{"MTLS-07 a key for encryption", leaf, []jose.JSONWebKey{{Key: &key.PublicKey, Use: "enc"}}, mtls.ErrNotRegistered},
		{"MTLS-07 a symmetric key", leaf, []jose.JSONWebKey{{Key: []byte("secret")}}, mtls.ErrNotRegistered},
		{"MTLS-07 an empty key", leaf, []jose.JSONWebKey{{}}, mtls.ErrNotRegistered},
		{"MTLS-07 no keys", leaf, nil, mtls.ErrNotRegistered},
		{"MTLS-08 x5c for another key than the JWK", leaf, []jose.JSONWebKey{certified(&otherKey.PublicKey, leaf)}, mtls.ErrNotRegistered},
		{"MTLS-03 no certificate", nil, []jose.JSONWebKey{certified(&key.PublicKey, leaf)}, mtls.ErrNoCertificate},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			err := mtls.VerifySelfSigned(test.leaf, &jose.JSONWebKeySet{Keys: test.keys})
			require.ErrorIs(t, err, test.err)
		})
	}
	t.Run("MTLS-07 no set", func(t *testing.T) {
		t.Parallel()
		require.ErrorIs(t, mtls.VerifySelfSigned(leaf, nil), mtls.ErrNotRegistered)
	})
	t.Run("MTLS-07 a set as it is registered", func(t *testing.T) {
		t.Parallel()
		raw, err := json.Marshal(jose.JSONWebKeySet{Keys: []jose.JSONWebKey{certified(&key.PublicKey, leaf)}})
		require.NoError(t, err)
		var set jose.JSONWebKeySet
		require.NoError(t, json.Unmarshal(raw, &set))
		require.NoError(t, mtls.VerifySelfSigned(leaf, &set))
		require.ErrorIs(t, mtls.VerifySelfSigned(renewed, &set), mtls.ErrNotRegistered)
	})
}

func TestVerifySelfSignedKeyTypes(t *testing.T) {
	t.Parallel()
	rsaKey, err := rsa.GenerateKey(rand.Reader, 2048)
	require.NoError(t, err)
	_, edKey, err := ed25519.GenerateKey(rand.Reader)
	require.NoError(t, err)
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotBefore: now, NotAfter: now.Add(time.Hour)}
	for name, keys := range map[string]struct{ private, public any }{
		"RSA":     {rsaKey, &rsaKey.PublicKey},
		"Ed25519": {edKey, edKey.Public()},
	} {
		t.Run("MTLS-07 "+name, func(t *testing.T) {
			t.Parallel()
			der, err := x509.CreateCertificate(rand.Reader, template, template, keys.public, keys.private)
			require.NoError(t, err)
			leaf, err := x509.ParseCertificate(der)
			require.NoError(t, err)
			require.NoError(t, mtls.VerifySelfSigned(leaf, &jose.JSONWebKeySet{Keys: []jose.JSONWebKey{{Key: keys.public}}}))
			other := jose.JSONWebKey{Key: &newKey(t).PublicKey}
			require.ErrorIs(t, mtls.VerifySelfSigned(leaf, &jose.JSONWebKeySet{Keys: []jose.JSONWebKey{other}}), mtls.ErrNotRegistered)
		})
	}
}
