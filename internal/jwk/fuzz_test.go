package jwk_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	jose "github.com/go-jose/go-jose/v4"
	"github.com/stretchr/testify/require"

	"github.com/fosite-fapi/fosite-fapi/internal/jwk"
	"github.com/fosite-fapi/fosite-fapi/internal/leaftest"
)

// FuzzParse holds Parse to its three errors and to its list, and Verify to what was signed, byte for byte.
func FuzzParse(f *testing.F) {
	input := func(compact string) string { return compact[:strings.LastIndexByte(compact, '.')] }
	seeds := vectors()
	require.NotEmpty(f, seeds)
	algs := []jose.SignatureAlgorithm{"none", jose.HS256}
	for _, v := range seeds {
		f.Add(v.JWS)
		f.Add(input(v.JWS) + ".")
		algs = append(algs, v.Alg)
	}
	for _, header := range []string{
		`{"alg":"ES256","crit":["b64"],"b64":false}`,
		`{"alg":"ES256","crit":null,"b64":null,"kid":null,"typ":null}`,
		`{"alg":"ES256","kid":"a","typ":"JWT"}`,
		`{"alg":"ES256","typ":1}`,
		`{"alg":"ES256","jwk":{"kty":"EC","crv":"P-256","x":"AA","y":"AA"},"x5c":["AA"],"nonce":"a"}`,
		`{"alg":"ES256","alg":"none"}`,
		`{"alg":"none"}`,
		`{"alg":"HS256"}`,
		`null`,
	} {
		f.Add(leaftest.Base64(header) + ".e30.AAAA")
	}
	f.Add("..")

	f.Fuzz(func(t *testing.T, raw string) {
		j, err := jwk.Parse(raw, algs)
		if err != nil {
			require.Nil(t, j, "an error comes with no JWS")
			require.True(t, errors.Is(err, jwk.ErrMalformed) || errors.Is(err, jwk.ErrCritical) || errors.Is(err, jwk.ErrAlgorithm), err)
			return
		}
		require.True(t, slices.Contains(algs, j.Algorithm))
		_, payload, _, ok := jwk.Split(raw)
		require.True(t, ok)
		data, ok := jwk.Decode(payload)
		require.True(t, ok)
		require.Equal(t, string(data), string(j.Payload))
		for _, v := range seeds {
			if j.Verify(v.Key.Key) {
				require.Equal(t, input(v.JWS), input(raw), "nothing else was signed")
			}
		}
	})
}
