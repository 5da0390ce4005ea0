package introspection_test

import (
	"context"
	"crypto"
	_ "embed"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	jose "github.com/go-jose/go-jose/v4"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fosite-fapi/fosite-fapi/introspection"
	"github.com/fosite-fapi/fosite-fapi/keys"
)

func TestSign(t *testing.T) {
	t.Parallel()
	for _, alg := range []jose.SignatureAlgorithm{"", jose.ES256, jose.PS256, jose.EdDSA} {
		t.Run("INT-23 "+string(alg), func(t *testing.T) {
			t.Parallel()
			token, err := newSigner().Sign(context.Background(), introspection.Caller{ID: caller, Algorithm: alg}, answer())
			require.NoError(t, err)
			header, claims := opened(t, token)
			if alg != "" {
				assert.Equal(t, string(alg), header.Algorithm)
			}
			assert.Equal(t, "token-introspection+jwt", header.ExtraHeaders["typ"], "INT-13")
			assert.NotEmpty(t, header.KeyID)
			assert.Equal(t, map[string]json.RawMessage{
				"iss": json.RawMessage(`"` + issuer + `"`), "aud": json.RawMessage(`"` + caller + `"`), "iat": json.RawMessage("1700000000"),
				"token_introspection": json.RawMessage(answerJSON),
			}, claims, "INT-14, INT-17: these and no others")
		})
	}
}

func TestSignInactive(t *testing.T) {
	t.Parallel()
	revoked := answer()
	revoked.Active = false
	token, err := newSigner().Sign(context.Background(), introspection.Caller{ID: caller}, revoked)
	require.NoError(t, err)
	_, claims := opened(t, token)
	assert.Equal(t, `{"active":false}`, string(claims["token_introspection"]), "INT-15")
	assert.Len(t, claims, 4)
}

func TestSignReadsTheTime(t *testing.T) {
	t.Parallel()
	s := newSigner()
	s.Now = nil
	before := time.Now().Unix()
	token, err := s.Sign(context.Background(), introspection.Caller{ID: caller}, answer())
	require.NoError(t, err)
	_, claims := opened(t, token)
	var iat int64
	require.NoError(t, json.Unmarshal(claims["iat"], &iat))
	assert.GreaterOrEqual(t, iat, before)
	assert.LessOrEqual(t, iat, time.Now().Unix())
}

func TestSignEncrypted(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		alg     jose.KeyAlgorithm
		enc     jose.ContentEncryption // "": the default
		wantEnc jose.ContentEncryption
		private crypto.PrivateKey
		public  crypto.PublicKey
	}{
		{jose.RSA_OAEP, "", jose.A128CBC_HS256, rsaRS(), rsaRS().Public()},
		{jose.RSA_OAEP_256, jose.A256GCM, jose.A256GCM, rsaRS(), rsaRS().Public()},
		{jose.ECDH_ES, jose.A128GCM, jose.A128GCM, p384(), p384().Public()},
		{jose.ECDH_ES_A256KW, jose.A256CBC_HS512, jose.A256CBC_HS512, p384(), p384().Public()},
	} {
		t.Run("INT-18 "+string(tt.alg), func(t *testing.T) {
			t.Parallel()
			registered := &jose.JSONWebKeySet{Keys: []jose.JSONWebKey{{Key: tt.public, KeyID: "rs-enc", Use: "enc"}}}
			token, err := newSigner().Sign(context.Background(), introspection.Caller{
				ID: caller, Encryption: &introspection.Encryption{Algorithm: tt.alg, Encryption: tt.enc, Keys: registered},
			}, answer())
			require.NoError(t, err)
			require.Equal(t, 4, strings.Count(token, "."))
			assert.NotContains(t, token, strings.Split(must(newSigner().Sign(context.Background(), introspection.Caller{ID: caller}, answer())), ".")[1])

			encrypted, err := jose.ParseEncryptedCompact(token, []jose.KeyAlgorithm{tt.alg}, []jose.ContentEncryption{tt.wantEnc})
			require.NoError(t, err)
			assert.Equal(t, "JWT", encrypted.Header.ExtraHeaders["cty"])
			assert.Equal(t, "rs-enc", encrypted.Header.KeyID)
			inner, err := encrypted.Decrypt(tt.private)
			require.NoError(t, err)
			header, claims := opened(t, string(inner))
			assert.Equal(t, "token-introspection+jwt", header.ExtraHeaders["typ"])
			assert.JSONEq(t, answerJSON, string(claims["token_introspection"]))
		})
	}
}

func TestSignRefuses(t *testing.T) {
	t.Parallel()
	cause := errors.New("the HSM is on fire")
	public := &jose.JSONWebKeySet{Keys: []jose.JSONWebKey{{Key: rsaRS().Public(), Use: "enc"}}}
	type call struct {
		s  *introspection.Signer
		to introspection.Caller
		r  introspection.Response
	}
	encryption := func(change func(*introspection.Encryption)) func(*call) {
		return func(c *call) {
			c.to.Encryption = &introspection.Encryption{Algorithm: jose.RSA_OAEP_256, Keys: public}
			change(c.to.Encryption)
		}
	}
	for _, tt := range []struct {
		name   string
		change func(*call)
		want   error // nil: kept
	}{
		{"INT-14 kept", func(*call) {}, nil},
		{"INT-14 refused without issuer", func(c *call) { c.s.Issuer = "" }, introspection.ErrIncomplete},
		{"INT-14 refused without audience", func(c *call) { c.to.ID = "" }, introspection.ErrIncomplete},
		{"refused without keys", func(c *call) { c.s.Keys = nil }, introspection.ErrIncomplete},
		{"INT-23 refused alg without key", func(c *call) { c.to.Algorithm = jose.RS256 }, introspection.ErrSigning},
		{"refused by the keys", func(c *call) { c.s.Keys = failing{cause} }, introspection.ErrSigning},
		{"refused response", func(c *call) { c.r.Confirmation = func() {} }, introspection.ErrResponse},
		{"INT-18 kept", encryption(func(*introspection.Encryption) {}), nil},
		{"INT-18 refused without alg", encryption(func(e *introspection.Encryption) { e.Algorithm = "" }), introspection.ErrEncryption},
		{"INT-18 refused without keys", encryption(func(e *introspection.Encryption) { e.Keys = nil }), introspection.ErrEncryption},
		{"INT-18 refused without a key that fits", encryption(func(e *introspection.Encryption) { e.Algorithm = jose.ECDH_ES }), introspection.ErrEncryption},
		{"F1A-ALG-04 refused RSA1_5", encryption(func(e *introspection.Encryption) { e.Algorithm = jose.RSA1_5 }), introspection.ErrEncryption},
		{"INT-18 refused symmetric alg", encryption(func(e *introspection.Encryption) { e.Algorithm = jose.DIRECT }), introspection.ErrEncryption},
		{"INT-18 refused unknown enc", encryption(func(e *introspection.Encryption) { e.Encryption = "A128CTR" }), introspection.ErrEncryption},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			c := &call{newSigner(), introspection.Caller{ID: caller}, answer()}
			tt.change(c)
			token, err := c.s.Sign(context.Background(), c.to, c.r)
			if tt.want == nil {
				require.NoError(t, err)
				return
			}
			require.ErrorIs(t, err, tt.want)
			assert.Empty(t, token)
			assert.NotContains(t, err.Error(), "alice")
		})
	}
	_, err := (&introspection.Signer{Issuer: issuer, Keys: failing{cause}}).Sign(context.Background(), introspection.Caller{ID: caller}, answer())
	assert.ErrorIs(t, err, cause)
}

//go:embed testdata/vectors.json
var vectors []byte

// The example of RFC 9701 5: what we write for the same token is the same, but for the algorithm that FAPI forbids.
func TestVector(t *testing.T) {
	t.Parallel()
	var vector struct{ JWT string }
	require.NoError(t, json.Unmarshal(vectors, &vector))
	var header struct{ Typ, Alg string }
	require.NoError(t, json.Unmarshal(part(t, vector.JWT, 0), &header))
	assert.Equal(t, introspection.Type, header.Typ)

	s := &introspection.Signer{Issuer: "https://as.example.com/", Keys: serverKeys(), Now: func() time.Time { return time.Unix(1514797892, 0) }}
	token, err := s.Sign(context.Background(), introspection.Caller{ID: "https://rs.example.com/resource"}, introspection.Response{
		Active: true, Issuer: "https://as.example.com/", Audience: []string{"https://rs.example.com/resource"}, IssuedAt: 1514797822, Expires: 1514797942,
		ClientID: "paiB2goo0a", Scope: "read write dolphin", Subject: "Z5O3upPC88QrAjx00dis", ID: "t1FoCCaZd4Xv4ORJUWVUeTZfsKhW30CQCrWDDjwXy6w",
		Extra: map[string]any{"birthdate": "1982-02-01", "given_name": "John", "family_name": "Doe"},
	})
	require.NoError(t, err)
	want := string(part(t, vector.JWT, 1))
	// RFC 7662 2.2: aud is a string or an array of them.
	inner := `"token_introspection":{"active":true,"iss":"https://as.example.com/","aud":`
	require.Contains(t, want, inner+`"https://rs.example.com/resource"`)
	want = strings.Replace(want, inner+`"https://rs.example.com/resource"`, inner+`["https://rs.example.com/resource"]`, 1)
	assert.JSONEq(t, want, string(part(t, token, 1)))

	_, _, err = serverKeys().Verify(vector.JWT, introspection.Type)
	require.ErrorIs(t, err, keys.ErrNoKey, "F2-CR-02: RS256 is refused")
	_, _, err = serverKeys().Verify(token, introspection.Type)
	assert.NoError(t, err)
}
