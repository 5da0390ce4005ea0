package jwe_test

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"testing"

	jose "github.com/go-jose/go-jose/v4"

	"github.com/fosite-fapi/fosite-fapi/internal/jwe"
	"github.com/fosite-fapi/fosite-fapi/internal/leaftest"
	"github.com/fosite-fapi/fosite-fapi/internal/must"
)

// BenchmarkDecrypt is against the private key's part of it alone, measured in turns, so that a noisy machine slows both.
func BenchmarkDecrypt(b *testing.B) {
	oaep := must.Get(rsa.EncryptOAEP(sha256.New(), rand.Reader, &rsa2048().PublicKey, make([]byte, 32), nil))
	own, remote := must.Get(p256().ECDH()), must.Get(p256b().ECDH()).PublicKey()
	set := setOf(jose.JSONWebKey{Key: rsa2048().Public()}, jose.JSONWebKey{Key: p256().Public()})
	keys := []jwe.Key{{Private: rsa2048()}, {Private: p256()}}

	for alg, floor := range map[jose.KeyAlgorithm]func(){
		jose.RSA_OAEP_256: func() { must.Get(rsa.DecryptOAEP(sha256.New(), nil, rsa2048(), oaep, nil)) },
		jose.ECDH_ES:      func() { must.Get(own.ECDH(remote)) },
	} {
		compact := must.Get(jwe.Encrypt(make([]byte, 1000), set, alg, jose.A256GCM))
		b.Run(string(alg), func(b *testing.B) {
			leaftest.Versus(b, func() { must.Get(jwe.Decrypt(compact, keys, nil, nil, 0)) }, floor)
		})
	}
}
