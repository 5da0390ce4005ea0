package dpop_test

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"encoding/base64"
	"encoding/json"
	"strings"
	"time"

	jose "github.com/go-jose/go-jose/v4"

	"github.com/fosite-fapi/fosite-fapi/dpop"
	"github.com/fosite-fapi/fosite-fapi/internal/leaftest"
	"github.com/fosite-fapi/fosite-fapi/internal/must"
)

const (
	tokenURL    = "https://as.example.com/oauth/token"
	accessToken = "Kz~8mXK1EalYznwH-LC-1fBAo.4Ljp~zsPE_NeO.gxU"
)

var now = time.Unix(1700000000, 0)

var (
	p224, p256, p256b, p384 = leaftest.EC(elliptic.P224()), leaftest.P256(), leaftest.P256(), leaftest.EC(elliptic.P384())
	rsa2048, rsa1024        = leaftest.RSA(2048), leaftest.RSA(1024)
	ed                      = leaftest.Ed25519()
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
	used     *leaftest.Replay
}

// base is a proof at the token endpoint.
func base() *call {
	used := new(leaftest.Replay)
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
	must.Do(json.Unmarshal(must.Get(json.Marshal(key)), &out))
	return out
}

func thumbprint(key crypto.Signer) string {
	return must.Get(dpop.Thumbprint(&jose.JSONWebKey{Key: key.Public()}))
}

func (c *call) proof() string {
	payload := c.payload
	if payload == "" {
		payload = string(must.Get(json.Marshal(c.claims)))
	}
	if c.jwk != nil {
		c.header["jwk"] = c.jwk
	}
	proof := leaftest.Sign(c.header, payload, c.key)
	if c.tamper != nil {
		proof = c.tamper(proof)
	}
	return proof
}

func (c *call) verify() (*dpop.Proof, error) {
	return c.verifier.Verify(context.Background(), c.proof(), c.request)
}
