package requestobject_test

import (
	"context"
	"crypto"
	"encoding/json"
	"time"

	jose "github.com/go-jose/go-jose/v4"

	"github.com/fosite-fapi/fosite-fapi/internal/leaftest"
	"github.com/fosite-fapi/fosite-fapi/internal/must"
	"github.com/fosite-fapi/fosite-fapi/requestobject"
)

const (
	issuer = "https://as.example.com"
	client = "client-4711"
)

var now = time.Unix(1700000000, 0)

var (
	p256, p256b, p256enc     = leaftest.P256(), leaftest.P256(), leaftest.P256()
	rsa2048, rsaEnc, rsa1024 = leaftest.RSA(2048), leaftest.RSA(2048), leaftest.RSA(1024)
	ed                       = leaftest.Ed25519()
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
	used     *leaftest.Replay
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
		used:     new(leaftest.Replay),
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
		payload = string(must.Get(json.Marshal(r.claims)))
	}
	raw := leaftest.Sign(r.header, payload, r.key)
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
	encrypter := must.Get(jose.NewEncrypter(w.enc, jose.Recipient{Algorithm: w.alg, Key: w.to, KeyID: w.kid}, options))
	return must.Get(must.Get(encrypter.Encrypt([]byte(payload))).CompactSerialize())
}
