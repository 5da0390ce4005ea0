package registration_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"math/big"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/stretchr/testify/require"

	"github.com/fosite-fapi/fosite-fapi/registration"
)

func ecKey(tb testing.TB) *ecdsa.PrivateKey {
	tb.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(tb, err)
	return key
}

// rsaKey is a public key of so many bits that nobody can sign with; making a real one is slow.
func rsaKey(bits uint) *rsa.PublicKey {
	n := new(big.Int).Lsh(big.NewInt(1), bits-1)
	return &rsa.PublicKey{N: n.SetBit(n, 0, 1), E: 65537}
}

func certificate(tb testing.TB, key *ecdsa.PrivateKey) *x509.Certificate {
	tb.Helper()
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Unix(1<<32, 0)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	require.NoError(tb, err)
	cert, err := x509.ParseCertificate(der)
	require.NoError(tb, err)
	return cert
}

func keySet(keys ...jose.JSONWebKey) *jose.JSONWebKeySet { return &jose.JSONWebKeySet{Keys: keys} }

// valid is a client that breaks no rule.
func valid(tb testing.TB) *registration.Metadata {
	tb.Helper()
	return &registration.Metadata{
		RedirectURIs:            []string{"https://client.example/cb"},
		TokenEndpointAuthMethod: registration.AuthPrivateKeyJWT,
		JWKS:                    keySet(jose.JSONWebKey{Key: ecKey(tb).Public(), KeyID: "1", Use: "sig", Algorithm: "ES256"}),
		Scope:                   "openid accounts",
	}
}
