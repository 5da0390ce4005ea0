package dpop_test

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"strings"
	"sync"
	"time"

	jose "github.com/go-jose/go-jose/v4"

	"github.com/fosite-fapi/fosite-fapi/dpop"
)

const (
	tokenURL    = "https://as.example.com/oauth/token"
	accessToken = "Kz~8mXK1EalYznwH-LC-1fBAo.4Ljp~zsPE_NeO.gxU"
)

var now = time.Unix(1700000000, 0)

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func ec(curve elliptic.Curve) func() *ecdsa.PrivateKey {
	return sync.OnceValue(func() *ecdsa.PrivateKey { return must(ecdsa.GenerateKey(curve, rand.Reader)) })
}

func rsaKey(bits int) func() *rsa.PrivateKey {
	return sync.OnceValue(func() *rsa.PrivateKey { return must(rsa.GenerateKey(rand.Reader, bits)) })
}

var (
	p224, p256, p256b, p384 = ec(elliptic.P224()), ec(elliptic.P256()), ec(elliptic.P256()), ec(elliptic.P384())
	rsa2048, rsa1024        = rsaKey(2048), rsaKey(1024)
	ed                      = sync.OnceValue(func() ed25519.PrivateKey { _, k, err := ed25519.GenerateKey(rand.Reader); return must(k, err) })
)

// A call is a proof, the request it is sent with, and who verifies it. base is one that is right in all respects; each
// test changes one thing.
type call struct {
	header   map[string]any
	jwk      map[string]any // put into the header; nil: nothing is
	claims   map[string]any
	payload  string // in place of claims
	key      crypto.Signer
	tamper   func(proof string) string
	request  dpop.Request
	verifier dpop.Verifier
	used     *memory
}

// base is a proof at the token endpoint.
func base() *call {
	used := new(memory)
	return &call{
		header: map[string]any{"typ": "dpop+jwt", "alg": "ES256"},
		jwk:    public(p256()),
		claims: map[string]any{
			"jti": "id-1", "htm": "POST", "htu": tokenURL, "iat": at(0),
		},
		key:      p256(),
		request:  dpop.Request{Method: "POST", URLs: []string{tokenURL}},
		used:     used,
		verifier: dpop.Verifier{Replay: used, Now: func() time.Time { return now }},
	}
}

// atResource makes it one for a resource, with the access token that it is bound to.
func (c *call) atResource() {
	c.claims["ath"] = dpop.AccessTokenHash(accessToken)
	c.request.AccessToken = accessToken
	c.request.Thumbprint = thumbprint(c.key)
}

// withNonces makes the server give nonces, and the client use the current one.
func (c *call) withNonces() {
	c.verifier.Nonces = nonces()
	c.claims["nonce"] = c.verifier.Nonces.Current()
	c.request.NonceRequired = true
}

func nonces() *dpop.Nonces {
	return &dpop.Nonces{Secret: []byte(strings.Repeat("s", 32)), Now: func() time.Time { return now }}
}

// at is a NumericDate so many seconds from now.
func at(seconds int64) int64 { return now.Unix() + seconds }

// by makes the client use another algorithm and key.
func (c *call) by(alg string, key crypto.Signer) {
	c.header["alg"], c.key, c.jwk = alg, key, public(key)
}

// public is the JWK of a key's public half.
func public(key crypto.Signer) map[string]any {
	if key, ok := key.(*ecdsa.PrivateKey); ok && key.Curve == elliptic.P224() { // go-jose refuses to write it
		b64 := base64.RawURLEncoding.EncodeToString
		return map[string]any{
			"kty": "EC", "crv": "P-224",
			"x": b64(key.X.FillBytes(make([]byte, 28))), "y": b64(key.Y.FillBytes(make([]byte, 28))),
		}
	}
	return members(jose.JSONWebKey{Key: key.Public()})
}

func members(key jose.JSONWebKey) map[string]any {
	var out map[string]any
	if err := json.Unmarshal(must(json.Marshal(key)), &out); err != nil {
		panic(err)
	}
	return out
}

func thumbprint(key crypto.Signer) string {
	return must(dpop.Thumbprint(&jose.JSONWebKey{Key: key.Public()}))
}

func (c *call) proof() string {
	payload := c.payload
	if payload == "" {
		payload = string(must(json.Marshal(c.claims)))
	}
	if c.jwk != nil {
		c.header["jwk"] = c.jwk
	}
	proof := mint(string(must(json.Marshal(c.header))), payload, c.key)
	if c.tamper != nil {
		proof = c.tamper(proof)
	}
	return proof
}

func (c *call) verify() (*dpop.Proof, error) {
	return c.verifier.Verify(context.Background(), c.proof(), c.request)
}

func b64(s string) string { return base64.RawURLEncoding.EncodeToString([]byte(s)) }

// mint signs by what the key is, or by RS256 if the header says so.
func mint(header, payload string, key crypto.Signer) string {
	input := b64(header) + "." + b64(payload)
	digest := sha256.Sum256([]byte(input))
	var signature []byte
	switch key := key.(type) {
	case *ecdsa.PrivateKey:
		r, s, err := ecdsa.Sign(rand.Reader, key, digest[:])
		size := (key.Curve.Params().BitSize + 7) / 8
		signature = append(must(r, err).FillBytes(make([]byte, size)), s.FillBytes(make([]byte, size))...)
	case *rsa.PrivateKey:
		if strings.Contains(header, `"RS256"`) {
			signature = must(rsa.SignPKCS1v15(rand.Reader, key, crypto.SHA256, digest[:]))
		} else {
			signature = must(rsa.SignPSS(rand.Reader, key, crypto.SHA256, digest[:], &rsa.PSSOptions{SaltLength: rsa.PSSSaltLengthEqualsHash}))
		}
	case ed25519.PrivateKey:
		signature = ed25519.Sign(key, []byte(input))
	}
	return input + "." + b64(string(signature))
}

// memory is a replay store.
type memory struct {
	mu      sync.Mutex
	entries map[[2]string]time.Time
	err     error
}

func (m *memory) UseOnce(_ context.Context, namespace, id string, expires time.Time) (bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.err != nil {
		return false, m.err
	}
	if m.entries == nil {
		m.entries = make(map[[2]string]time.Time)
	}
	key := [2]string{namespace, id}
	_, used := m.entries[key]
	m.entries[key] = expires
	return !used, nil
}
