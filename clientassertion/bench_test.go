package clientassertion_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"strings"
	"testing"
	"time"

	jose "github.com/go-jose/go-jose/v4"

	"github.com/fosite-fapi/fosite-fapi/clientassertion"
)

type always struct{}

func (always) UseOnce(context.Context, string, string, time.Time) (bool, error) { return true, nil }

func BenchmarkVerify(b *testing.B) {
	k, _ := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	now := time.Unix(1700000000, 0)
	s, _ := jose.NewSigner(jose.SigningKey{Algorithm: jose.ES256, Key: jose.JSONWebKey{Key: k, KeyID: "k1"}}, (&jose.SignerOptions{}).WithType("JWT"))
	o, _ := s.Sign([]byte(`{"iss":"client-1234567890","sub":"client-1234567890","aud":"https://as.example.com","jti":"kkdjkdjksjdkjskjdkjd","exp":1700000060,"iat":1700000000,"nbf":1700000000}`))
	raw, _ := o.CompactSerialize()
	v := clientassertion.Verifier{Audience: clientassertion.Audience{Issuer: "https://as.example.com"}, Replay: always{}, Now: func() time.Time { return now }}
	c := clientassertion.Client{ID: "client-1234567890", Keys: clientassertion.StaticKeys(&jose.JSONWebKeySet{Keys: []jose.JSONWebKey{{Key: &k.PublicKey, KeyID: "k1", Use: "sig"}}})}
	input := raw[:strings.LastIndex(raw, ".")]
	b.Run("floor", func(b *testing.B) {
		h := sha256.Sum256([]byte(input))
		sig, _ := ecdsa.SignASN1(rand.Reader, k, h[:])
		b.ReportAllocs()
		for b.Loop() {
			h := sha256.Sum256([]byte(input))
			ecdsa.VerifyASN1(&k.PublicKey, h[:], sig)
		}
	})
	b.Run("verify", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := v.Verify(context.Background(), raw, c); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("peek", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			clientassertion.Peek(raw)
		}
	})
	b.Run("gojose", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			o, _ := jose.ParseSignedCompact(raw, []jose.SignatureAlgorithm{jose.ES256})
			if _, err := o.Verify(&k.PublicKey); err != nil {
				b.Fatal(err)
			}
		}
	})
}
