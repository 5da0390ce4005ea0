package jwk_test

import (
	"crypto"
	"crypto/elliptic"

	jose "github.com/go-jose/go-jose/v4"

	"github.com/fosite-fapi/fosite-fapi/internal/leaftest"
	"github.com/fosite-fapi/fosite-fapi/internal/must"
)

var (
	p256    = leaftest.P256()
	p256b   = leaftest.P256()
	p384    = leaftest.EC(elliptic.P384())
	p521    = leaftest.EC(elliptic.P521())
	p224    = leaftest.EC(elliptic.P224())
	rsa2048 = leaftest.RSA(2048)
	rsaB    = leaftest.RSA(2048)
	rsa1024 = leaftest.RSA(1024)
	ed      = leaftest.Ed25519()
	edB     = leaftest.Ed25519()
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
	signer := must.Get(jose.NewSigner(jose.SigningKey{Algorithm: alg, Key: jose.JSONWebKey{Key: key, KeyID: kid}}, nil))
	return must.Get(must.Get(signer.Sign([]byte(payload))).CompactSerialize())
}
