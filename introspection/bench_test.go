package introspection_test

import (
	"context"
	"crypto/ecdh"
	"crypto/rand"
	"testing"

	jose "github.com/go-jose/go-jose/v4"

	"github.com/fosite-fapi/fosite-fapi/internal/leaftest"
	"github.com/fosite-fapi/fosite-fapi/internal/must"
	"github.com/fosite-fapi/fosite-fapi/introspection"
)

func BenchmarkEncode(b *testing.B) {
	e, r := newEncoder(), answer()
	signed := introspection.Caller{ID: caller, Algorithm: jose.ES256}
	sign := leaftest.Signing([]byte(must.Get(e.Encode(context.Background(), signed, r))), p256())
	b.Run("ES256", func(b *testing.B) {
		leaftest.Versus(b, func() { must.Get(e.Encode(context.Background(), signed, r)) }, sign)
	})

	encrypted := signed
	recipient := must.Get(p256().PublicKey.ECDH())
	encrypted.EncryptionAlgorithm, encrypted.ContentEncryption = jose.ECDH_ES, jose.A128GCM
	encrypted.Keys = introspection.StaticKeys(&jose.JSONWebKeySet{Keys: []jose.JSONWebKey{{Key: p256().Public(), Use: "enc"}}})
	b.Run("ES256, ECDH-ES", func(b *testing.B) {
		leaftest.Versus(b, func() { must.Get(e.Encode(context.Background(), encrypted, r)) }, func() {
			sign()
			ephemeral := must.Get(ecdh.P256().GenerateKey(rand.Reader))
			must.Get(ephemeral.ECDH(recipient))
		})
	})
}

func BenchmarkAccepts(b *testing.B) {
	headers := []string{introspection.MediaType + ", application/json;q=0.9, */*;q=0.1"}
	b.ReportAllocs()
	for b.Loop() {
		introspection.Accepts(headers)
	}
}
