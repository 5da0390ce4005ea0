package introspection_test

import (
	"context"
	"crypto/elliptic"
	"encoding/base64"
	"encoding/json"
	"strings"
	"sync"
	"testing"
	"time"

	jose "github.com/go-jose/go-jose/v4"
	"github.com/stretchr/testify/require"

	"github.com/fosite-fapi/fosite-fapi/internal/leaftest"
	"github.com/fosite-fapi/fosite-fapi/internal/must"
	"github.com/fosite-fapi/fosite-fapi/introspection"
	"github.com/fosite-fapi/fosite-fapi/keys"
)

var (
	p256  = leaftest.P256()
	p384  = leaftest.EC(elliptic.P384())
	rsaAS = leaftest.RSA(2048)
	rsaRS = leaftest.RSA(2048)
	ed    = leaftest.Ed25519()

	serverKeys = sync.OnceValue(func() *keys.Set {
		return must.Get(keys.New(keys.Key{Signer: p256()}, keys.Key{Signer: rsaAS()}, keys.Key{Signer: ed()}))
	})
)

const (
	issuer = "https://as.example.com"
	caller = "accounts-api"
)

var at = time.Unix(1700000000, 0)

func newEncoder() *introspection.Encoder {
	return &introspection.Encoder{Issuer: issuer, Signer: serverKeys(), Now: func() time.Time { return at }}
}

func answer() introspection.Response {
	return introspection.Response{
		Active: true, Issuer: issuer, Subject: "alice", Username: "alice@example.com", Audience: []string{caller}, ClientID: "client-1", ID: "token-1",
		IssuedAt: at.Unix() - 60, NotBefore: at.Unix() - 60, Expires: at.Unix() + 240, Scope: "accounts", TokenType: "DPoP",
		Confirmation: map[string]string{"jkt": "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I"},
		Extra:        map[string]any{"authorization_details": []any{map[string]any{"type": "account_information"}}},
	}
}

const answerJSON = `{"active":true,"iss":"https://as.example.com","sub":"alice","username":"alice@example.com","aud":["accounts-api"],` +
	`"client_id":"client-1","jti":"token-1","iat":1699999940,"nbf":1699999940,"exp":1700000240,"scope":"accounts","token_type":"DPoP",` +
	`"cnf":{"jkt":"0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I"},"authorization_details":[{"type":"account_information"}]}`

// opened verifies a signed response by go-jose with what the server publishes.
func opened(t *testing.T, token string) (header jose.Header, claims map[string]json.RawMessage) {
	t.Helper()
	jws, err := jose.ParseSignedCompact(token, []jose.SignatureAlgorithm{jose.ES256, jose.PS256, jose.EdDSA})
	require.NoError(t, err)
	payload, err := jws.Verify(serverKeys().Public())
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(payload, &claims))
	return jws.Signatures[0].Protected, claims
}

// part decodes a part of a compact serialisation.
func part(t *testing.T, token string, i int) []byte {
	t.Helper()
	out, err := base64.RawURLEncoding.DecodeString(strings.Split(token, ".")[i])
	require.NoError(t, err)
	return out
}

// failing keys don't sign.
type failing struct{ err error }

func (f failing) Sign(context.Context, jose.SignatureAlgorithm, string, []byte) (string, error) {
	return "", f.err
}
