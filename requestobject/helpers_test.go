package requestobject_test

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
	"sync"
	"time"

	jose "github.com/go-jose/go-jose/v4"

	"github.com/fosite-fapi/fosite-fapi/requestobject"
)

const (
	issuer = "https://as.example.com"
	client = "client-4711"
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
	p256, p256b, p256enc     = ec(elliptic.P256()), ec(elliptic.P256()), ec(elliptic.P256())
	rsa2048, rsaEnc, rsa1024 = rsaKey(2048), rsaKey(2048), rsaKey(1024)
	ed                       = sync.OnceValue(func() ed25519.PrivateKey { _, k, err := ed25519.GenerateKey(rand.Reader); return must(k, err) })
)

// A request is a request object, who sends it, and who verifies it. base is one that is right in all respects by FAPI;
// each test changes one thing.
type request struct {
	header   map[string]any
	claims   map[string]any
	payload  string // in place of claims
	key      crypto.Signer
	tamper   func(raw string) string
	wrap     *wrapping
	client   requestobject.Client
	keys     []jose.JSONWebKey
	verifier requestobject.Verifier
	used     *memory
}

func base() *request {
	return &request{
		header: map[string]any{"alg": "ES256", "kid": "k1", "typ": "oauth-authz-req+jwt"},
		claims: map[string]any{
			"iss": client, "aud": issuer, "exp": at(300), "nbf": at(0), "iat": at(0), "jti": "id-1",
			"client_id": client, "response_type": "code", "redirect_uri": "https://client.example.com/cb",
			"scope": "openid payments", "state": "s-1", "nonce": "n-1",
			"code_challenge": "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM", "code_challenge_method": "S256",
		},
		key:      p256(),
		client:   requestobject.Client{ID: client},
		keys:     []jose.JSONWebKey{{Key: p256().Public(), KeyID: "k1"}},
		used:     new(memory),
		verifier: requestobject.Verifier{Issuer: issuer, Now: func() time.Time { return now }},
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
		payload = string(must(json.Marshal(r.claims)))
	}
	raw := mint(r.header, payload, r.key)
	if r.wrap != nil {
		raw = r.wrap.encrypt(raw)
	}
	if r.tamper != nil {
		raw = r.tamper(raw)
	}
	return raw
}

func (r *request) verify() (*requestobject.Object, error) {
	if r.client.Keys == nil && r.keys != nil {
		r.client.Keys = requestobject.StaticKeys(&jose.JSONWebKeySet{Keys: r.keys})
	}
	return r.verifier.Verify(context.Background(), r.raw(), r.client)
}

// A wrapping is how the client encrypts.
type wrapping struct {
	alg    jose.KeyAlgorithm
	enc    jose.ContentEncryption
	to     crypto.PublicKey
	kid    string
	zip    jose.CompressionAlgorithm
	header map[jose.HeaderKey]any
}

func (w *wrapping) encrypt(payload string) string {
	options := &jose.EncrypterOptions{Compression: w.zip, ExtraHeaders: w.header}
	encrypter := must(jose.NewEncrypter(w.enc, jose.Recipient{Algorithm: w.alg, Key: w.to, KeyID: w.kid}, options))
	return must(must(encrypter.Encrypt([]byte(payload))).CompactSerialize())
}

func b64(s string) string { return base64.RawURLEncoding.EncodeToString([]byte(s)) }

// mint signs by what the header says, if it can, and by ES256 else.
func mint(header map[string]any, payload string, key crypto.Signer) string {
	input := b64(string(must(json.Marshal(header)))) + "." + b64(payload)
	digest := sha256.Sum256([]byte(input))
	var signature []byte
	switch key := key.(type) {
	case *ecdsa.PrivateKey:
		r, s, err := ecdsa.Sign(rand.Reader, key, digest[:])
		size := (key.Params().BitSize + 7) / 8
		signature = append(must(r, err).FillBytes(make([]byte, size)), s.FillBytes(make([]byte, size))...)
	case *rsa.PrivateKey:
		if header["alg"] == "RS256" {
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
