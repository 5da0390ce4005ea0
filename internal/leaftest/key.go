package leaftest

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"math/big"
	"sync"
	"time"

	"github.com/fosite-fapi/fosite-fapi/internal/must"
)

// EC returns a key on the curve: the same one at each call, made at the first.
func EC(curve elliptic.Curve) func() *ecdsa.PrivateKey {
	return sync.OnceValue(func() *ecdsa.PrivateKey { return must.Get(ecdsa.GenerateKey(curve, rand.Reader)) })
}

// P256 is EC on the curve of ES256.
func P256() func() *ecdsa.PrivateKey { return EC(elliptic.P256()) }

// RSA returns a key of so many bits: the same one at each call, made at the first. 1024 is the least that the standard
// library makes.
func RSA(bits int) func() *rsa.PrivateKey {
	return sync.OnceValue(func() *rsa.PrivateKey { return must.Get(rsa.GenerateKey(rand.Reader, bits)) })
}

// Ed25519 returns a key: the same one at each call, made at the first.
func Ed25519() func() ed25519.PrivateKey {
	return sync.OnceValue(func() ed25519.PrivateKey {
		_, key, err := ed25519.GenerateKey(rand.Reader)
		return must.Get(key, err)
	})
}

// Certificate returns one for the key, signed by it, and valid whatever the test's clock says.
func Certificate(key crypto.Signer) *x509.Certificate {
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "client"},
		NotBefore: time.Date(1999, 1, 1, 0, 0, 0, 0, time.UTC), NotAfter: time.Date(2099, 1, 1, 0, 0, 0, 0, time.UTC),
	}
	return must.Get(x509.ParseCertificate(must.Get(x509.CreateCertificate(rand.Reader, template, template, key.Public(), key))))
}

// X5C is that certificate as a member of x5c (RFC 7515 4.1.6).
func X5C(key crypto.Signer) string { return base64.StdEncoding.EncodeToString(Certificate(key).Raw) }
