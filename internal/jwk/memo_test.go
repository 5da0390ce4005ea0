package jwk_test

import (
	"crypto/ed25519"
	"strconv"
	"strings"
	"sync"
	"testing"

	jose "github.com/go-jose/go-jose/v4"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fosite-fapi/fosite-fapi/internal/jwk"
	"github.com/fosite-fapi/fosite-fapi/internal/must"
)

// TestParseAgain: a JWS whose header was seen before is read and verified as one whose header was not.
func TestParseAgain(t *testing.T) {
	t.Parallel()

	for alg, pair := range algorithms() {
		t.Run(string(alg), func(t *testing.T) {
			t.Parallel()
			algs := []jose.SignatureAlgorithm{alg}
			parse := func(compact string) *jwk.JWS {
				j, err := jwk.Parse(compact, algs)
				require.NoError(t, err)
				return j
			}
			kid := "seen " + string(alg)
			one, two := sign(alg, pair[0], kid, `{"a":1}`), sign(alg, pair[0], kid, `{"a":2}`)
			header, payload, signature, _ := jwk.Split(one)
			_, otherPayload, otherSignature, _ := jwk.Split(two)
			require.False(t, parse(one).Verify(pair[1].Public()))
			require.False(t, jwk.Remembered(header), "nothing has verified")
			require.True(t, parse(one).Verify(pair[0].Public()))
			require.True(t, jwk.Remembered(header))

			j := parse(two)
			assert.Equal(t, alg, j.Algorithm)
			assert.Equal(t, kid, j.KeyID)
			assert.Empty(t, j.Type)
			assert.Nil(t, j.Key)
			assert.Equal(t, `{"a":2}`, string(j.Payload))
			assert.True(t, j.Verify(pair[0].Public()))
			assert.True(t, parse(one).Verify(pair[0].Public()), "the second changed nothing about the first")

			assert.False(t, parse(two).Verify(pair[1].Public()), "another key")
			assert.False(t, parse(header+"."+otherPayload+"."+signature).Verify(pair[0].Public()), "the signature of another payload")
			assert.False(t, parse(header+"."+payload+"."+otherSignature).Verify(pair[0].Public()), "the same, the other way round")
			assert.False(t, parse(header+"."+payload+".").Verify(pair[0].Public()), "no signature")
			for name, malformed := range map[string]string{
				"two parts": header + "." + payload, "four parts": one + ".", "line feed in the payload": header + "." + payload + "\n." + signature,
				"line feed in the signature": one + "\n", "padding": header + "." + payload + "=." + signature, "not base64url": header + "." + payload + ".+",
			} {
				j, err := jwk.Parse(malformed, algs)
				require.ErrorIs(t, err, jwk.ErrMalformed, name)
				assert.Nil(t, j, name)
			}
			_, err := jwk.Parse(two, []jose.SignatureAlgorithm{"other"})
			assert.ErrorIs(t, err, jwk.ErrAlgorithm, "that somebody else accepts it means nothing")
		})
	}

	t.Run("jwk and typ", func(t *testing.T) {
		t.Parallel()
		options := (&jose.SignerOptions{EmbedJWK: true}).WithType("dpop+jwt")
		signer := must.Get(jose.NewSigner(jose.SigningKey{Algorithm: jose.ES256, Key: p256()}, options))
		for range 2 {
			j, err := jwk.Parse(must.Get(must.Get(signer.Sign([]byte(`{}`))).CompactSerialize()), []jose.SignatureAlgorithm{jose.ES256})
			require.NoError(t, err)
			assert.Equal(t, "dpop+jwt", j.Type)
			require.NotNil(t, j.Key)
			assert.True(t, p256().PublicKey.Equal(j.Key.Key))
			assert.True(t, j.Verify(j.Key.Key))
		}
	})
	t.Run("a long header is read anew each time", func(t *testing.T) {
		t.Parallel()
		compact := sign(jose.EdDSA, ed(), strings.Repeat("k", 800), `{}`)
		header, _, _, _ := jwk.Split(compact)
		for range 2 {
			j, err := jwk.Parse(compact, []jose.SignatureAlgorithm{jose.EdDSA})
			require.NoError(t, err)
			assert.True(t, j.Verify(ed().Public()))
			assert.False(t, jwk.Remembered(header))
		}
	})
	t.Run("at the same time", func(t *testing.T) {
		t.Parallel()
		var wg sync.WaitGroup
		for worker := range 8 {
			wg.Go(func() {
				for n := range 20 {
					j, err := jwk.Parse(sign(jose.EdDSA, ed(), "shared "+strconv.Itoa(n), strconv.Itoa(worker)), []jose.SignatureAlgorithm{jose.EdDSA})
					if assert.NoError(t, err) {
						assert.Equal(t, strconv.Itoa(worker), string(j.Payload))
						assert.True(t, j.Verify(ed().Public().(ed25519.PublicKey)))
					}
				}
			})
		}
		wg.Wait()
	})
}

func TestMemo(t *testing.T) {
	t.Parallel()
	var m jwk.Memo[int]
	_, ok := m.Recall("a")
	require.False(t, ok)
	m.Remember("a", 1)
	v, ok := m.Recall("a")
	require.True(t, ok)
	require.Equal(t, 1, v)

	m.Remember(strings.Repeat("a", 1025), 1)
	require.Equal(t, 1, m.Len(), "too long")
	m.Remember(strings.Repeat("a", 1024), 1)
	require.Equal(t, 2, m.Len())
	for n := range 5000 {
		m.Remember(strconv.Itoa(n), n)
		require.LessOrEqual(t, m.Len(), 1024)
		v, ok := m.Recall(strconv.Itoa(n))
		require.True(t, ok, "the newest is always there")
		require.Equal(t, n, v)
	}
}
