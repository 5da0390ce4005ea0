package jwk_test

import (
	"crypto/ed25519"
	"encoding/base64"
	"testing"

	jose "github.com/go-jose/go-jose/v4"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fosite-fapi/fosite-fapi/internal/jwk"
)

// RFC 9864 2.2: "Ed25519" is EdDSA by another name.
func TestNewName(t *testing.T) {
	t.Parallel()
	public, private, err := ed25519.GenerateKey(nil)
	require.NoError(t, err)
	other, _, err := ed25519.GenerateKey(nil)
	require.NoError(t, err)
	for _, name := range []string{"EdDSA", "Ed25519"} {
		input := base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"`+name+`"}`)) + "." + base64.RawURLEncoding.EncodeToString([]byte(`{}`))
		compact := input + "." + base64.RawURLEncoding.EncodeToString(ed25519.Sign(private, []byte(input)))
		for range 2 { // the second header is remembered
			j, err := jwk.Parse(compact, []jose.SignatureAlgorithm{jose.ES256, jose.EdDSA})
			require.NoError(t, err, name)
			assert.Equal(t, jose.EdDSA, j.Algorithm)
			assert.False(t, j.Verify(other), name)
			assert.False(t, j.Verify(p256().Public()), name)
			assert.True(t, j.Verify(public), name)
		}
		for _, algs := range [][]jose.SignatureAlgorithm{{jose.ES256}, {"Ed448"}, {"none"}} {
			_, err = jwk.Parse(compact, algs)
			require.ErrorIs(t, err, jwk.ErrAlgorithm, "%s, but %v", name, algs)
		}
		forged := []byte(compact)
		forged[len(input)+5] ^= 'A' ^ 'B'
		if j, err := jwk.Parse(string(forged), []jose.SignatureAlgorithm{jose.EdDSA}); err == nil {
			assert.False(t, j.Verify(public), name)
		}
	}
	_, err = jwk.Parse("eyJhbGciOiJFZDI1NTE5In0.e30.AAAA", []jose.SignatureAlgorithm{"Ed25519"}) // a list has the name that is Known
	require.ErrorIs(t, err, jwk.ErrAlgorithm)
	assert.Equal(t, jose.EdDSA, jwk.Named("Ed25519"))
	assert.Equal(t, jose.PS256, jwk.Named(jose.PS256))
}
