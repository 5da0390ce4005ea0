package clientassertion_test

import (
	"context"
	"crypto"
	"crypto/elliptic"
	"encoding/json"
	"time"

	jose "github.com/go-jose/go-jose/v4"

	"github.com/fosite-fapi/fosite-fapi/clientassertion"
	"github.com/fosite-fapi/fosite-fapi/internal/leaftest"
	"github.com/fosite-fapi/fosite-fapi/internal/must"
)

const (
	issuer = "https://as.example.com"
	client = "client-4711"
)

var now = time.Unix(1700000000, 0)

var (
	p256, p256b, p384 = leaftest.P256(), leaftest.P256(), leaftest.EC(elliptic.P384())
	rsa2048, rsa1024  = leaftest.RSA(2048), leaftest.RSA(1024)
	ed                = leaftest.Ed25519()
)

// A request is an assertion, who sends it, and who verifies it. base is one that is right in all respects; each test
// changes one thing.
type request struct {
	header   map[string]any
	claims   map[string]any
	payload  string // in place of claims
	key      crypto.Signer
	tamper   func(raw string) string
	client   clientassertion.Client
	keys     []jose.JSONWebKey
	verifier clientassertion.Verifier
	used     *leaftest.Replay
}

func base() *request {
	used := new(leaftest.Replay)
	return &request{
		header: map[string]any{"alg": "ES256", "kid": "k1", "typ": "JWT"},
		claims: map[string]any{
			"iss": client, "sub": client, "aud": issuer, "jti": "id-1",
			"exp": at(60), "iat": at(0), "nbf": at(0),
		},
		key:      p256(),
		client:   clientassertion.Client{ID: client},
		keys:     []jose.JSONWebKey{{Key: p256().Public(), KeyID: "k1"}},
		used:     used,
		verifier: clientassertion.Verifier{Audience: clientassertion.Audience{Issuer: issuer}, Replay: used, Now: func() time.Time { return now }},
	}
}

// at is a NumericDate so many seconds from now.
func at(seconds int64) int64 { return now.Unix() + seconds }

// by makes the client use another algorithm and key.
func (r *request) by(alg string, key crypto.Signer) {
	r.header["alg"], r.key, r.keys[0].Key = alg, key, key.Public()
}

func (r *request) raw() string {
	payload := r.payload
	if payload == "" {
		payload = string(must.Get(json.Marshal(r.claims)))
	}
	raw := leaftest.Sign(r.header, payload, r.key)
	if r.tamper != nil {
		raw = r.tamper(raw)
	}
	return raw
}

func (r *request) verify() (*clientassertion.Assertion, error) {
	if r.client.Keys == nil && r.keys != nil {
		r.client.Keys = clientassertion.StaticKeys(&jose.JSONWebKeySet{Keys: r.keys})
	}
	return r.verifier.Verify(context.Background(), r.raw(), r.client)
}
