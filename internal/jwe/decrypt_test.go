package jwe_test

import (
	"strings"
	"testing"

	jose "github.com/go-jose/go-jose/v4"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fosite-fapi/fosite-fapi/internal/jwe"
	"github.com/fosite-fapi/fosite-fapi/internal/leaftest"
	"github.com/fosite-fapi/fosite-fapi/internal/must"
)

// edit replaces one part of a compact serialisation.
func edit(compact string, part int, by func(string) string) string {
	parts := strings.Split(compact, ".")
	parts[part] = by(parts[part])
	return strings.Join(parts, ".")
}

// withHeader puts another header before the rest, which then can't decrypt: the header is authenticated.
func withHeader(compact, header string) string {
	return edit(compact, 0, func(string) string { return leaftest.Base64(header) })
}

func TestDecryptRefuses(t *testing.T) {
	t.Parallel()

	oaep := must.Get(jwe.Encrypt([]byte(payload), setOf(jose.JSONWebKey{Key: rsa2048().Public()}), jose.RSA_OAEP_256, jose.A256GCM))
	ecdhes := must.Get(jwe.Encrypt([]byte(payload), setOf(jose.JSONWebKey{Key: p256().Public()}), jose.ECDH_ES, jose.A128CBC_HS256))
	wrapped := must.Get(jwe.Encrypt([]byte(payload), setOf(jose.JSONWebKey{Key: p256().Public()}), jose.ECDH_ES_A256KW, jose.A128GCM))
	flip := func(s string) string {
		if s[3] == 'A' {
			return s[:3] + "B" + s[4:]
		}
		return s[:3] + "A" + s[4:]
	}
	header := func(members string) string {
		return withHeader(oaep, `{"alg":"RSA-OAEP-256","enc":"A256GCM"`+members+`}`)
	}
	deflate := func() *jose.EncrypterOptions { return &jose.EncrypterOptions{Compression: jose.DEFLATE} }
	with := func(name jose.HeaderKey, value any) *jose.EncrypterOptions {
		return new(jose.EncrypterOptions).WithHeader(name, value)
	}
	const point = `{"kty":"EC","crv":"P-256","x":"gI0GAILBdu7T53akrFmMyGcsF3n5dO7MmwNBHKW5SV0","y":"SLW_xSffzlPWrHEVI30DHM_4egVwt3NQqeUD7nMFpps"`

	for _, tt := range []struct {
		name string
		jwe  string
		want error
	}{
		{"F1A-ALG-04 RSA1_5", seal(jose.RSA1_5, jose.A128GCM, rsa2048().Public(), nil), jwe.ErrAlgorithm},
		{"dir", seal(jose.DIRECT, jose.A128GCM, []byte("0123456789abcdef"), nil), jwe.ErrAlgorithm},
		{"A128KW", seal(jose.A128KW, jose.A128GCM, []byte("0123456789abcdef"), nil), jwe.ErrAlgorithm},
		{"PBES2", seal(jose.PBES2_HS256_A128KW, jose.A128GCM, []byte("password"), nil), jwe.ErrAlgorithm},
		{"no alg", withHeader(oaep, `{"enc":"A256GCM"}`), jwe.ErrAlgorithm},
		{"no enc", withHeader(oaep, `{"alg":"RSA-OAEP-256"}`), jwe.ErrAlgorithm},
		{"alg in lower case", withHeader(oaep, `{"alg":"rsa-oaep-256","enc":"A256GCM"}`), jwe.ErrAlgorithm},
		{"unknown enc", withHeader(oaep, `{"alg":"RSA-OAEP-256","enc":"A512GCM"}`), jwe.ErrAlgorithm},

		{"zip", seal(jose.RSA_OAEP_256, jose.A256GCM, rsa2048().Public(), deflate()), jwe.ErrCompressed},
		{"zip before alg", seal(jose.RSA1_5, jose.A256GCM, rsa2048().Public(), deflate()), jwe.ErrCompressed},
		{"zip of null", seal(jose.RSA_OAEP_256, jose.A256GCM, rsa2048().Public(), with("zip", nil)), jwe.ErrCompressed},
		{"crit", seal(jose.RSA_OAEP_256, jose.A256GCM, rsa2048().Public(), with("crit", []string{"b64"})), jwe.ErrCritical},
		{"crit of null", seal(jose.RSA_OAEP_256, jose.A256GCM, rsa2048().Public(), with("crit", nil)), jwe.ErrCritical},
		{"cty", seal(jose.RSA_OAEP_256, jose.A256GCM, rsa2048().Public(), with("cty", "JOSE")), jwe.ErrMalformed},
		{"cty oauth-authz-req+jwt", seal(jose.RSA_OAEP_256, jose.A256GCM, rsa2048().Public(), with("cty", "oauth-authz-req+jwt")), jwe.ErrContentType},

		{"empty", "", jwe.ErrMalformed},
		{"a JWS", "e30.e30.AAAA", jwe.ErrMalformed},
		{"six parts", oaep + ".", jwe.ErrMalformed},
		{"JSON serialisation", `{"protected":"e30"}`, jwe.ErrMalformed},
		{"white space", oaep + "\n", jwe.ErrMalformed},
		{"padding", oaep + "==", jwe.ErrMalformed},
		{"loose bits", edit(oaep, 4, func(s string) string { return s[:len(s)-1] + "h" }), jwe.ErrMalformed},
		{"header null", withHeader(oaep, "null"), jwe.ErrMalformed},
		{"header no JSON", withHeader(oaep, "{"), jwe.ErrMalformed},
		{"a member twice", header(`,"alg":"RSA-OAEP-256"`), jwe.ErrMalformed},
		{"kid a number", header(`,"kid":1`), jwe.ErrMalformed},
		{"alg a number", withHeader(oaep, `{"alg":1,"enc":"A256GCM"}`), jwe.ErrMalformed},
		{"a tag cut short", edit(oaep, 4, func(s string) string { return s[:len(s)-2] }), jwe.ErrMalformed},
		{"a tag with the ciphertext's end", edit(edit(oaep, 3, func(string) string { return "" }), 4, func(s string) string { return "AAAA" + s }), jwe.ErrMalformed},
		{"ECDH-ES with an Encrypted Key", edit(ecdhes, 1, func(string) string { return "AAAA" }), jwe.ErrMalformed},

		{"header", header(""), jwe.ErrDecryption},
		{"encrypted key", edit(oaep, 1, flip), jwe.ErrDecryption},
		{"encrypted key cut", edit(oaep, 1, func(s string) string { return s[:len(s)-2] }), jwe.ErrDecryption},
		{"no encrypted key", edit(oaep, 1, func(string) string { return "" }), jwe.ErrDecryption},
		{"iv", edit(oaep, 2, flip), jwe.ErrDecryption},
		{"no iv", edit(oaep, 2, func(string) string { return "" }), jwe.ErrDecryption},
		{"ciphertext", edit(oaep, 3, flip), jwe.ErrDecryption},
		{"tag", edit(oaep, 4, flip), jwe.ErrDecryption},
		{"CBC: iv", edit(ecdhes, 2, flip), jwe.ErrDecryption},
		{"CBC: no iv", edit(ecdhes, 2, func(string) string { return "" }), jwe.ErrDecryption},
		{"CBC: ciphertext", edit(ecdhes, 3, flip), jwe.ErrDecryption},
		{"CBC: no ciphertext", edit(ecdhes, 3, func(string) string { return "" }), jwe.ErrDecryption},
		{"CBC: tag", edit(ecdhes, 4, flip), jwe.ErrDecryption},
		{"wrapped key", edit(wrapped, 1, flip), jwe.ErrDecryption},
		{"no wrapped key", edit(wrapped, 1, func(string) string { return "" }), jwe.ErrDecryption},
		{"no epk", withHeader(ecdhes, `{"alg":"ECDH-ES","enc":"A128CBC-HS256"}`), jwe.ErrDecryption},
		{"another epk", withHeader(ecdhes, `{"alg":"ECDH-ES","enc":"A128CBC-HS256","epk":`+point+`}}`), jwe.ErrDecryption},
		{"private epk", withHeader(ecdhes, `{"alg":"ECDH-ES","enc":"A128CBC-HS256","epk":`+point+`,"d":"0_NxaRPUMQoAJt50Gz8YiTr8gRTwyEaCumd-MToTmIo"}}`), jwe.ErrDecryption},
		{"epk not on the curve", withHeader(ecdhes, `{"alg":"ECDH-ES","enc":"A128CBC-HS256","epk":`+strings.Replace(point, "pps", "ppo", 1)+`}}`), jwe.ErrDecryption},
		{"epk on another curve", withHeader(ecdhes, `{"alg":"ECDH-ES","enc":"A128CBC-HS256","epk":{"kty":"EC","crv":"P-384","x":"uBo4kHPw6kbjx5l0xowrd_oYzBmaz-GKFZu4xAFFkbYiWgutEK6iuEDsQ6wNdNg3","y":"sp3p5SGhZVC2faXumI-e9JU2Mo8KpoYrFDr5yPNVtW4PgEwZOyQTA-JdaY8tb7E0"}}`), jwe.ErrDecryption},
		{"epk a string", withHeader(ecdhes, `{"alg":"ECDH-ES","enc":"A128CBC-HS256","epk":"AA"}`), jwe.ErrDecryption},
		{"apu a number", withHeader(ecdhes, `{"alg":"ECDH-ES","enc":"A128CBC-HS256","apu":1,"epk":`+point+`}}`), jwe.ErrDecryption},
		{"apv not base64url", withHeader(ecdhes, `{"alg":"ECDH-ES","enc":"A128CBC-HS256","apv":"*","epk":`+point+`}}`), jwe.ErrDecryption},
		{"encrypted to another RSA key", seal(jose.RSA_OAEP, jose.A256GCM, rsaB().Public(), nil), jwe.ErrDecryption},
		{"encrypted to another EC key", seal(jose.ECDH_ES, jose.A256GCM, p256b().Public(), nil), jwe.ErrDecryption},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			for _, keys := range [][]jwe.Key{
				{{Private: rsa2048()}, {Private: p256()}},
				{{Private: vault{rsa2048()}}, {Private: card{p256()}}},
			} {
				out, err := open(tt.jwe, keys...)
				require.ErrorIs(t, err, tt.want)
				assert.Nil(t, out, "an error comes with nothing")
				if tt.want == jwe.ErrDecryption { //nolint:errorlint // the very value: no oracle
					assert.True(t, err == jwe.ErrDecryption, "%v", err) //nolint:errorlint,testifylint // the very value
				}
			}
		})
	}
	for _, compact := range []string{oaep, ecdhes, wrapped, seal(jose.RSA_OAEP, jose.A128GCM, rsa2048().Public(), nil), seal(jose.ECDH_ES, jose.A128GCM, p256().Public(), with("cty", "application/jwt"))} {
		out, err := open(compact, jwe.Key{Private: rsa2048()}, jwe.Key{Private: p256()})
		require.NoError(t, err, "what the cases were made from")
		assert.Equal(t, payload, string(out))
	}
}

func TestDecryptSize(t *testing.T) {
	t.Parallel()
	key := jwe.Key{Private: p256()}
	compact := must.Get(jwe.Encrypt([]byte(payload), setOf(jose.JSONWebKey{Key: p256().Public()}), jose.ECDH_ES, ""))

	_, err := jwe.Decrypt(compact, []jwe.Key{key}, nil, nil, len(compact))
	require.NoError(t, err)
	_, err = jwe.Decrypt(compact, []jwe.Key{key}, nil, nil, len(compact)-1)
	require.ErrorIs(t, err, jwe.ErrSize)

	long := must.Get(jwe.Encrypt(make([]byte, jwe.DefaultMaxBytes), setOf(jose.JSONWebKey{Key: p256().Public()}), jose.ECDH_ES, ""))
	_, err = open(long, key)
	require.ErrorIs(t, err, jwe.ErrSize)
}

func TestDecryptAllowed(t *testing.T) {
	t.Parallel()
	keys := []jwe.Key{{Private: rsa2048()}}
	compact := must.Get(jwe.Encrypt([]byte(payload), setOf(jose.JSONWebKey{Key: rsa2048().Public()}), jose.RSA_OAEP, jose.A128GCM))
	type algs = []jose.KeyAlgorithm
	type encs = []jose.ContentEncryption

	for _, tt := range []struct {
		name string
		algs algs
		encs encs
		want error
	}{
		{"both", algs{jose.RSA_OAEP}, encs{jose.A128GCM}, nil},
		{"all", nil, nil, nil},
		{"another alg", algs{jose.RSA_OAEP_256}, nil, jwe.ErrAlgorithm},
		{"another enc", nil, encs{jose.A256GCM}, jwe.ErrAlgorithm},
		{"no alg", algs{}, nil, jwe.ErrAlgorithm},
		{"no enc", nil, encs{}, jwe.ErrAlgorithm},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			_, err := jwe.Decrypt(compact, keys, tt.algs, tt.encs, 0)
			assert.ErrorIs(t, err, tt.want)
		})
	}
	t.Run("F1A-ALG-04 RSA1_5 can't be allowed", func(t *testing.T) {
		t.Parallel()
		list := algs{jose.RSA1_5, jose.RSA_OAEP}
		_, err := jwe.Decrypt(seal(jose.RSA1_5, jose.A128GCM, rsa2048().Public(), nil), keys, list, nil, 0)
		require.ErrorIs(t, err, jwe.ErrAlgorithm)
		assert.Equal(t, algs{jose.RSA1_5, jose.RSA_OAEP}, list, "the list stays as it was")
	})
}
