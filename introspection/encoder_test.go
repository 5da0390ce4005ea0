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

	"github.com/fosite-fapi/fosite-fapi/internal/leaftest"
	"github.com/fosite-fapi/fosite-fapi/internal/must"
	"github.com/fosite-fapi/fosite-fapi/introspection"
	"github.com/fosite-fapi/fosite-fapi/keys"
)

func TestEncode(t *testing.T) {
	t.Parallel()
	for _, alg := range []jose.SignatureAlgorithm{"", jose.ES256, jose.PS256, jose.EdDSA} {
		t.Run("INT-23 "+string(alg), func(t *testing.T) {
			t.Parallel()
			token, err := newEncoder().Encode(context.Background(), introspection.Caller{ID: caller, Algorithm: alg}, answer())
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

func TestEncodeInactive(t *testing.T) {
	t.Parallel()
	revoked := answer()
	revoked.Active = false
	token, err := newEncoder().Encode(context.Background(), introspection.Caller{ID: caller}, revoked)
	require.NoError(t, err)
	_, claims := opened(t, token)
	assert.Equal(t, `{"active":false}`, string(claims["token_introspection"]), "INT-15")
	assert.Len(t, claims, 4)
}

func TestEncodeReadsTheTime(t *testing.T) {
	t.Parallel()
	s := newEncoder()
	s.Now = nil
	before := time.Now().Unix()
	token, err := s.Encode(context.Background(), introspection.Caller{ID: caller}, answer())
	require.NoError(t, err)
	_, claims := opened(t, token)
	var iat int64
	require.NoError(t, json.Unmarshal(claims["iat"], &iat))
	assert.GreaterOrEqual(t, iat, before)
	assert.LessOrEqual(t, iat, time.Now().Unix())
}

func TestEncodeEncrypted(t *testing.T) {
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
			token, err := newEncoder().Encode(context.Background(), introspection.Caller{
				ID: caller, EncryptionAlgorithm: tt.alg, ContentEncryption: tt.enc, Keys: introspection.StaticKeys(registered),
			}, answer())
			require.NoError(t, err)
			require.Equal(t, 4, strings.Count(token, "."))
			assert.NotContains(t, token, strings.Split(must.Get(newEncoder().Encode(context.Background(), introspection.Caller{ID: caller}, answer())), ".")[1])

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

func TestEncodeRefuses(t *testing.T) {
	t.Parallel()
	cause := errors.New("the HSM is on fire")
	public := &jose.JSONWebKeySet{Keys: []jose.JSONWebKey{{Key: rsaRS().Public(), Use: "enc"}}}
	signing := &jose.JSONWebKeySet{Keys: []jose.JSONWebKey{{Key: rsaRS().Public(), Use: "sig"}}}
	rs256 := func() *keys.Set { return must.Get(keys.New(keys.Key{Signer: rsaAS(), Algorithm: jose.RS256})) }
	type call struct {
		s  *introspection.Encoder
		to introspection.Caller
		r  introspection.Response
	}
	encryption := func(change func(*introspection.Caller)) func(*call) {
		return func(c *call) {
			c.to.EncryptionAlgorithm, c.to.Keys = jose.RSA_OAEP_256, introspection.StaticKeys(public)
			change(&c.to)
		}
	}
	for _, tt := range []struct {
		name   string
		change func(*call)
		want   error // nil: kept
	}{
		{"INT-14 kept", func(*call) {}, nil},
		{"INT-14 refused without issuer", func(c *call) { c.s.Issuer = "" }, introspection.ErrConfig},
		{"INT-14 refused without audience", func(c *call) { c.to.ID = "" }, introspection.ErrConfig},
		{"refused without keys", func(c *call) { c.s.Signer = nil }, introspection.ErrConfig},
		{"INT-23 kept RS256 where it is allowed", func(c *call) {
			c.to.Algorithm, c.s.Algorithms, c.s.Signer = jose.RS256, []jose.SignatureAlgorithm{jose.RS256}, rs256()
		}, nil},
		{"INT-23 refused RS256", func(c *call) { c.to.Algorithm, c.s.Signer = jose.RS256, rs256() }, introspection.ErrAlgorithm},
		{"INT-23 refused RS256 of the first key", func(c *call) { c.s.Signer = rs256() }, introspection.ErrAlgorithm},
		{"INT-23 refused none", func(c *call) { c.to.Algorithm, c.s.Algorithms = "none", []jose.SignatureAlgorithm{"none"} }, introspection.ErrAlgorithm},
		{"INT-23 refused HS256", func(c *call) { c.to.Algorithm, c.s.Algorithms = jose.HS256, []jose.SignatureAlgorithm{jose.HS256} }, introspection.ErrAlgorithm},
		{"INT-23 refused all", func(c *call) { c.s.Algorithms = []jose.SignatureAlgorithm{} }, introspection.ErrAlgorithm},
		{"INT-19 refused alg without key", func(c *call) { c.to.Algorithm, c.s.Signer = jose.ES256, rs256() }, introspection.ErrSigning},
		{"refused by the signer", func(c *call) { c.s.Signer = failing{cause} }, introspection.ErrSigning},
		{"refused response", func(c *call) { c.r.Confirmation = func() {} }, introspection.ErrResponse},
		{"INT-18 kept", encryption(func(*introspection.Caller) {}), nil},
		{"INT-18 kept a key published since", encryption(func(c *introspection.Caller) { c.Keys = &leaftest.KeySource{Before: signing, After: public} }), nil},
		{"INT-18 refused nothing published since", encryption(func(c *introspection.Caller) { c.Keys = &leaftest.KeySource{Before: signing, After: signing} }), introspection.ErrKey},
		{"INT-18 refused keys out of reach", encryption(func(c *introspection.Caller) { c.Keys = &leaftest.KeySource{Before: signing, Err: cause} }), introspection.ErrKeysUnavailable},
		{"INT-19 refused enc without alg", encryption(func(c *introspection.Caller) { c.EncryptionAlgorithm, c.ContentEncryption = "", jose.A128GCM }), introspection.ErrAlgorithm},
		{"INT-18 refused without keys", encryption(func(c *introspection.Caller) { c.Keys = nil }), introspection.ErrKey},
		{"INT-18 refused without a set", encryption(func(c *introspection.Caller) { c.Keys = introspection.StaticKeys(nil) }), introspection.ErrKey},
		{"INT-18 refused without a key that fits", encryption(func(c *introspection.Caller) { c.EncryptionAlgorithm = jose.ECDH_ES }), introspection.ErrKey},
		{"F1A-ALG-04 refused RSA1_5", encryption(func(c *introspection.Caller) { c.EncryptionAlgorithm = jose.RSA1_5 }), introspection.ErrAlgorithm},
		{"INT-18 refused symmetric alg", encryption(func(c *introspection.Caller) { c.EncryptionAlgorithm = jose.DIRECT }), introspection.ErrAlgorithm},
		{"INT-18 refused unknown enc", encryption(func(c *introspection.Caller) { c.ContentEncryption = "A128CTR" }), introspection.ErrAlgorithm},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			c := &call{newEncoder(), introspection.Caller{ID: caller}, answer()}
			tt.change(c)
			token, err := c.s.Encode(context.Background(), c.to, c.r)
			if tt.want == nil {
				require.NoError(t, err)
				return
			}
			require.ErrorIs(t, err, tt.want)
			assert.Empty(t, token)
			assert.NotContains(t, err.Error(), "alice")
		})
	}
	_, err := (&introspection.Encoder{Issuer: issuer, Signer: failing{cause}}).Encode(context.Background(), introspection.Caller{ID: caller}, answer())
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

	s := &introspection.Encoder{Issuer: "https://as.example.com/", Signer: serverKeys(), Now: func() time.Time { return time.Unix(1514797892, 0) }}
	token, err := s.Encode(context.Background(), introspection.Caller{ID: "https://rs.example.com/resource"}, introspection.Response{
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
