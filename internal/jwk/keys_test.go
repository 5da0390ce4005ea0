package jwk_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"sync"

	jose "github.com/go-jose/go-jose/v4"
)

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func ecKey(curve elliptic.Curve) func() *ecdsa.PrivateKey {
	return sync.OnceValue(func() *ecdsa.PrivateKey { return must(ecdsa.GenerateKey(curve, rand.Reader)) })
}

var (
	p256    = ecKey(elliptic.P256())
	p256b   = ecKey(elliptic.P256())
	p384    = ecKey(elliptic.P384())
	p521    = ecKey(elliptic.P521())
	p224    = ecKey(elliptic.P224())
	rsa2048 = sync.OnceValue(func() *rsa.PrivateKey { return must(rsa.GenerateKey(rand.Reader, 2048)) })
	rsaB    = sync.OnceValue(func() *rsa.PrivateKey { return must(rsa.GenerateKey(rand.Reader, 2048)) })
	rsa1024 = sync.OnceValue(func() *rsa.PrivateKey { return must(rsa.GenerateKey(rand.Reader, 1024)) })
	ed      = sync.OnceValue(func() ed25519.PrivateKey { _, k, err := ed25519.GenerateKey(rand.Reader); return must(k, err) })
	edB     = sync.OnceValue(func() ed25519.PrivateKey { _, k, err := ed25519.GenerateKey(rand.Reader); return must(k, err) })
)

// algorithms lists what go-jose can sign, with a key that fits and one of the same type that is another.
func algorithms() map[jose.SignatureAlgorithm][2]crypto.Signer {
	pair := func(a, b crypto.Signer) [2]crypto.Signer { return [2]crypto.Signer{a, b} }
	return map[jose.SignatureAlgorithm][2]crypto.Signer{
		jose.ES256: pair(p256(), p256b()),
		jose.ES384: pair(p384(), p256()),
		jose.ES512: pair(p521(), p256()),
		jose.PS256: pair(rsa2048(), rsaB()),
		jose.PS384: pair(rsa2048(), rsaB()),
		jose.PS512: pair(rsa2048(), rsaB()),
		jose.RS256: pair(rsa2048(), rsaB()),
		jose.RS384: pair(rsa2048(), rsaB()),
		jose.RS512: pair(rsa2048(), rsaB()),
		jose.EdDSA: pair(ed(), edB()),
	}
}

// sign makes a compact JWS by go-jose.
func sign(alg jose.SignatureAlgorithm, key any, kid string, payload string) string {
	signer := must(jose.NewSigner(jose.SigningKey{Algorithm: alg, Key: jose.JSONWebKey{Key: key, KeyID: kid}}, nil))
	return must(must(signer.Sign([]byte(payload))).CompactSerialize())
}
