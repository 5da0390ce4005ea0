package jarm_test

import (
	"context"
	"crypto"
	"crypto/ecdh"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/sha256"
	"net/http/httptest"
	"net/url"
	"testing"
	"time"

	jose "github.com/go-jose/go-jose/v4"

	"github.com/fosite-fapi/fosite-fapi/internal/jwk"
	"github.com/fosite-fapi/fosite-fapi/jarm"
)

// versus reports how many times as long as the standard library's cryptography something takes, measured in turns, so
// that a noisy machine slows both.
func versus(b *testing.B, ours, floor func()) {
	b.ReportAllocs()
	for b.Loop() {
		ours()
	}
	var spent, least time.Duration
	rounds := max(b.N, 100)
	for range rounds {
		begin := time.Now()
		ours()
		middle := time.Now()
		floor()
		least += time.Since(middle)
		spent += middle.Sub(begin)
	}
	b.ReportMetric(float64(least.Nanoseconds())/float64(rounds), "floor-ns/op")
	b.ReportMetric(float64(spent)/float64(least), "x-floor")
}

var benchParams = url.Values{"code": {"PyyFaux2o7Q0YfXBU32jhw.5FXSQpvr8akv9CeRDSd0QA"}, "state": {"S8NJ7uqk5fY4EjNvP_G_FtyJu6pUsvH9jsYni9dMAJw"}}

func signing(key crypto.Signer, alg jose.SignatureAlgorithm) func() {
	opts := jwk.SignerOpts(alg)
	input := make([]byte, 300)
	return func() {
		in := input
		if opts.HashFunc() != 0 {
			in = jwk.Digest(opts.HashFunc(), in)
		}
		must(key.Sign(rand.Reader, in, opts))
	}
}

// BenchmarkEncode is against the signature, BenchmarkEncodeEncrypted also against what ECDH-ES takes: a key pair and an
// agreement.
func BenchmarkEncode(b *testing.B) {
	ctx := context.Background()
	for alg, key := range map[jose.SignatureAlgorithm]crypto.Signer{jose.ES256: serverEC(), jose.PS256: serverRSA(), jose.EdDSA: serverEd()} {
		client := jarm.Client{ID: clientID, Algorithm: alg}
		b.Run(string(alg), func(b *testing.B) {
			versus(b, func() { must(encoder().Encode(ctx, client, benchParams)) }, signing(key, alg))
		})
	}
}

func BenchmarkEncodeEncrypted(b *testing.B) {
	ctx := context.Background()
	client := jarm.Client{
		ID: clientID, Algorithm: jose.ES256, EncryptionAlgorithm: jose.ECDH_ES, ContentEncryption: jose.A256GCM,
		Keys: jarm.StaticKeys(publicKeys("enc", clientEC())),
	}
	remote := must(clientEC().ECDH()).PublicKey()
	sign := signing(serverEC(), jose.ES256)
	versus(b, func() { must(encoder().Encode(ctx, client, benchParams)) }, func() {
		sign()
		must(must(ecdh.P256().GenerateKey(rand.Reader)).ECDH(remote))
	})
}

func BenchmarkVerify(b *testing.B) {
	ctx := context.Background()
	digest := sha256.Sum256(make([]byte, 300))
	for alg, floor := range map[jose.SignatureAlgorithm]func() func(){
		jose.ES256: func() func() {
			der := must(ecdsa.SignASN1(rand.Reader, serverEC(), digest[:]))
			return func() { ecdsa.VerifyASN1(&serverEC().PublicKey, digest[:], der) }
		},
		jose.EdDSA: func() func() {
			signature := ed25519.Sign(serverEd(), digest[:])
			return func() { ed25519.Verify(serverEd().Public().(ed25519.PublicKey), digest[:], signature) }
		},
	} {
		response := must(encoder().Encode(ctx, jarm.Client{ID: clientID, Algorithm: alg}, benchParams))
		v := verifier()
		b.Run(string(alg), func(b *testing.B) {
			versus(b, func() { must(v.Verify(ctx, response)) }, floor())
		})
	}
}

func BenchmarkDeliver(b *testing.B) {
	response := must(encoder().Encode(context.Background(), jarm.Client{ID: clientID}, benchParams))
	for _, mode := range []jarm.Mode{jarm.ModeQuery, jarm.ModeFormPost} {
		b.Run(string(mode), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				must(0, jarm.Deliver(httptest.NewRecorder(), mode, "https://client.example.com/cb", response))
			}
		})
	}
}
