package jarm_test

import (
	"context"
	"crypto"
	"crypto/ecdh"
	"crypto/rand"
	"net/http/httptest"
	"net/url"
	"testing"

	jose "github.com/go-jose/go-jose/v4"

	"github.com/fosite-fapi/fosite-fapi/internal/leaftest"
	"github.com/fosite-fapi/fosite-fapi/internal/must"
	"github.com/fosite-fapi/fosite-fapi/jarm"
)

var benchParams = url.Values{"code": {"PyyFaux2o7Q0YfXBU32jhw.5FXSQpvr8akv9CeRDSd0QA"}, "state": {"S8NJ7uqk5fY4EjNvP_G_FtyJu6pUsvH9jsYni9dMAJw"}}

// BenchmarkEncode is against the signature, BenchmarkEncodeEncrypted also against what ECDH-ES takes: a key pair and an
// agreement.
func BenchmarkEncode(b *testing.B) {
	ctx := context.Background()
	for alg, key := range map[jose.SignatureAlgorithm]crypto.Signer{jose.ES256: serverEC(), jose.PS256: serverRSA(), jose.EdDSA: serverEd()} {
		client := jarm.Client{ID: clientID, Algorithm: alg}
		b.Run(string(alg), func(b *testing.B) {
			leaftest.Versus(b, func() { must.Get(encoder().Encode(ctx, client, benchParams)) }, leaftest.Signing(make([]byte, 300), key))
		})
	}
}

func BenchmarkEncodeEncrypted(b *testing.B) {
	ctx := context.Background()
	client := jarm.Client{
		ID: clientID, Algorithm: jose.ES256, EncryptionAlgorithm: jose.ECDH_ES, ContentEncryption: jose.A256GCM,
		Keys: jarm.StaticKeys(publicKeys("enc", clientEC())),
	}
	remote := must.Get(clientEC().ECDH()).PublicKey()
	sign := leaftest.Signing(make([]byte, 300), serverEC())
	leaftest.Versus(b, func() { must.Get(encoder().Encode(ctx, client, benchParams)) }, func() {
		sign()
		must.Get(must.Get(ecdh.P256().GenerateKey(rand.Reader)).ECDH(remote))
	})
}

func BenchmarkVerify(b *testing.B) {
	ctx := context.Background()
	for alg, key := range map[jose.SignatureAlgorithm]crypto.Signer{jose.ES256: serverEC(), jose.EdDSA: serverEd()} {
		response := must.Get(encoder().Encode(ctx, jarm.Client{ID: clientID, Algorithm: alg}, benchParams))
		v := verifier()
		b.Run(string(alg), func(b *testing.B) {
			leaftest.Versus(b, func() { must.Get(v.Verify(ctx, response)) }, leaftest.Verification(response, key))
		})
	}
}

func BenchmarkDeliver(b *testing.B) {
	response := must.Get(encoder().Encode(context.Background(), jarm.Client{ID: clientID}, benchParams))
	for _, mode := range []jarm.Mode{jarm.ModeQuery, jarm.ModeFormPost} {
		b.Run(string(mode), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				must.Do(jarm.Deliver(httptest.NewRecorder(), mode, "https://client.example.com/cb", response))
			}
		})
	}
}
