package leaftest_test

import (
	"crypto"
	"testing"

	jose "github.com/go-jose/go-jose/v4"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fosite-fapi/fosite-fapi/internal/leaftest"
)

// What a test signs by its right name, go-jose verifies: a token that is refused is refused for what the test changed.
func TestSign(t *testing.T) {
	t.Parallel()
	rsa := leaftest.RSA(2048)
	for alg, key := range map[jose.SignatureAlgorithm]crypto.Signer{
		jose.ES256: leaftest.P256()(), jose.PS256: rsa(), jose.RS256: rsa(), jose.EdDSA: leaftest.Ed25519()(),
	} {
		t.Run(string(alg), func(t *testing.T) {
			t.Parallel()
			compact := leaftest.Sign(map[string]any{"alg": alg}, `{"a":1}`, key)
			jws, err := jose.ParseSignedCompact(compact, []jose.SignatureAlgorithm{alg})
			require.NoError(t, err)
			payload, err := jws.Verify(key.Public())
			require.NoError(t, err)
			assert.Equal(t, `{"a":1}`, string(payload))
		})
	}
}

// The floor of a benchmark does what it says: a wrong signature panics.
func TestVerification(t *testing.T) {
	t.Parallel()
	for alg, keys := range map[string][2]crypto.Signer{
		"PS256": {leaftest.RSA(2048)(), leaftest.RSA(2048)()}, "EdDSA": {leaftest.Ed25519()(), leaftest.Ed25519()()},
	} {
		compact := leaftest.Sign(map[string]any{"alg": alg}, `{}`, keys[0])
		assert.NotPanics(t, leaftest.Verification(compact, keys[0]), alg)
		assert.Panics(t, leaftest.Verification(compact, keys[1]), alg)
	}
	key := leaftest.P256()()
	assert.NotPanics(t, leaftest.Verification(leaftest.Sign(map[string]any{"alg": "ES256"}, `{}`, key), key))
}
