package jwk_test

import (
	"encoding/json"
	"testing"

	jose "github.com/go-jose/go-jose/v4"
	"github.com/stretchr/testify/require"

	"github.com/fosite-fapi/fosite-fapi/internal/jwk"
)

// FuzzParse holds Parse and Verify to accepting nothing that go-jose refuses.
func FuzzParse(f *testing.F) {
	seeds := vectors()
	require.NotEmpty(f, seeds)
	keys := make([]jose.JSONWebKey, 0, len(seeds))
	for _, v := range seeds {
		f.Add(v.JWS)
		keys = append(keys, v.Key)
	}
	f.Add(b64(`{"alg":"ES256","crit":["b64"],"b64":false}`) + ".e30.")
	f.Add(b64(`{"alg":"ES256","kid":null,"typ":"JWT"}`) + ".e30.AAAA")
	f.Add(b64(`{"alg":"ES256","alg":"none"}`) + ".e30.AAAA")
	f.Add("..")

	algs := make([]jose.SignatureAlgorithm, 0)
	for _, alg := range all() {
		if alg != jwk.Ed25519 { // go-jose doesn't know it
			algs = append(algs, alg)
		}
	}
	f.Fuzz(func(t *testing.T, raw string) {
		j, err := jwk.Parse(raw, algs)
		if err != nil {
			require.Nil(t, j, "an error comes with no JWS")
			return
		}
		head, _, _, ok := jwk.Split(raw)
		require.True(t, ok)
		data, ok := jwk.Decode(head)
		require.True(t, ok)
		var header map[string]json.RawMessage
		require.NoError(t, json.Unmarshal(data, &header))
		for _, ignored := range []string{"jwk", "x5c", "nonce"} {
			if _, ok := header[ignored]; ok {
				return
			}
		}

		reference, err := jose.ParseSignedCompact(raw, algs)
		require.NoError(t, err)
		require.Equal(t, string(reference.UnsafePayloadWithoutVerification()), string(j.Payload))
		require.Equal(t, reference.Signatures[0].Protected.Algorithm, string(j.Algorithm))
		require.Equal(t, reference.Signatures[0].Protected.KeyID, j.KeyID)
		for _, key := range keys {
			if j.Verify(key.Key) {
				_, err := reference.Verify(key.Key)
				require.NoError(t, err)
			}
		}
	})
}
