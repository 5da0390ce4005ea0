package jwe_test

import (
	"testing"

	jose "github.com/go-jose/go-jose/v4"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fosite-fapi/fosite-fapi/internal/jwe"
	"github.com/fosite-fapi/fosite-fapi/internal/jwk"
	"github.com/fosite-fapi/fosite-fapi/internal/leaftest"
	"github.com/fosite-fapi/fosite-fapi/internal/must"
)

func TestVectors(t *testing.T) {
	t.Parallel()
	require.Len(t, vectors(), 6)

	for _, v := range vectors() {
		t.Run(v.Name, func(t *testing.T) {
			t.Parallel()
			if v.Refused {
				// RSA1_5 and shared keys (F1A-ALG-04).
				out, err := open(v.JWE, jwe.Key{Private: rsa2048()})
				require.ErrorIs(t, err, jwe.ErrAlgorithm)
				assert.Nil(t, out)
				return
			}
			for _, private := range []any{v.Key.Key, remote(v.Key.Key)} {
				key := jwe.Key{Private: private, ID: v.Key.KeyID}
				out, err := jwe.Decrypt(v.JWE, []jwe.Key{key}, []jose.KeyAlgorithm{v.Alg}, []jose.ContentEncryption{v.Enc}, 0)
				require.NoError(t, err)
				if v.Plaintext != "" {
					assert.Equal(t, v.Plaintext, string(out))
					continue
				}
				// A signed JWT, by the key that the example says. That is the client's, so that nobody who expects an
				// ID token may take it.
				j, err := jwk.Parse(string(out), []jose.SignatureAlgorithm{jose.PS256})
				require.NoError(t, err)
				assert.True(t, j.Verify(v.Signer.Key))
			}

			broken := []byte(v.JWE)
			if i := len(broken) - 5; broken[i] == 'A' {
				broken[i] = 'B'
			} else {
				broken[i] = 'A'
			}
			_, err := open(string(broken), jwe.Key{Private: v.Key.Key})
			require.ErrorIs(t, err, jwe.ErrDecryption, "one letter of the tag")
		})
	}
}

// The key of RFC 7518 Appendix C, derived from what its JWE header would say.
func TestAgreement(t *testing.T) {
	t.Parallel()
	bob := must.Get(decodeKey(`{"kty":"EC","crv":"P-256","x":"weNJy2HscCSM6AEDTDg04biOvhFhyyWvOHQfeF_PxMQ",
		"y":"e8lnCO-AlStT-NJVX-crhB7QRYhiix03illJOVAOyck","d":"VEmDZpDXXK8p8N0Cndsxs924q6nS1RXFASRl6BfUqdw"}`))
	header := jose.Header{Algorithm: "ECDH-ES", ExtraHeaders: map[jose.HeaderKey]any{
		"enc": "A128GCM", "apu": "QWxpY2U", "apv": "Qm9i",
		"epk": map[string]any{
			"kty": "EC", "crv": "P-256",
			"x": "gI0GAILBdu7T53akrFmMyGcsF3n5dO7MmwNBHKW5SV0", "y": "SLW_xSffzlPWrHEVI30DHM_4egVwt3NQqeUD7nMFpps",
		},
	}}
	key, err := jwe.Derive(remote(bob.Key), header)
	require.NoError(t, err)
	assert.Equal(t, "VqqN6vgjbSBcIijNcacQGg", leaftest.Base64(string(key)))
}

func decodeKey(s string) (k jose.JSONWebKey, err error) { return k, k.UnmarshalJSON([]byte(s)) }
