package jwe_test

import (
	"errors"
	"testing"

	jose "github.com/go-jose/go-jose/v4"
	"github.com/stretchr/testify/require"

	"github.com/fosite-fapi/fosite-fapi/internal/jwe"
	"github.com/fosite-fapi/fosite-fapi/internal/leaftest"
	"github.com/fosite-fapi/fosite-fapi/internal/must"
)

// FuzzDecrypt holds Decrypt to its errors, keys in memory and elsewhere to the same answer, and whatever decrypts to
// what was encrypted.
func FuzzDecrypt(f *testing.F) {
	here := []jwe.Key{}
	away := []jwe.Key{}
	known := map[string]string{}
	for _, v := range vectors() {
		f.Add(v.JWE)
		if v.Refused {
			continue
		}
		here = append(here, jwe.Key{Private: v.Key.Key, ID: v.Key.KeyID})
		away = append(away, jwe.Key{Private: remote(v.Key.Key), ID: v.Key.KeyID})
		known[v.JWE] = string(must.Get(open(v.JWE, here...)))
		f.Add(withHeader(v.JWE, `{"alg":"`+string(v.Alg)+`","enc":"`+string(v.Enc)+`","kid":"`+v.Key.KeyID+`"}`))
	}
	require.NotEmpty(f, known)
	for _, header := range []string{
		`{"alg":"ECDH-ES","enc":"A128GCM","epk":{"kty":"EC","crv":"P-256","x":"AA","y":"AA"},"apu":"AA"}`,
		`{"alg":"ECDH-ES","enc":"A128GCM","epk":{"kty":"OKP","crv":"Ed25519","x":"AA"}}`,
		`{"alg":"RSA-OAEP","enc":"A128GCM","zip":"DEF"}`,
		`{"alg":"RSA-OAEP","enc":"A128GCM","crit":[]}`,
		`{"alg":"RSA1_5","enc":"A128GCM"}`,
		`{"alg":"dir","enc":"A128GCM"}`,
		`null`,
	} {
		f.Add(leaftest.Base64(header) + "...AAAA.AAAAAAAAAAAAAAAAAAAAAA")
	}
	f.Add("....")

	f.Fuzz(func(t *testing.T, raw string) {
		out, err := open(raw, here...)
		again, other := open(raw, away...)
		require.Equal(t, out, again)
		if err == nil {
			require.NoError(t, other)
			require.Equal(t, known[raw], string(out), "nothing else was encrypted to these keys")
			return
		}
		require.Nil(t, out)
		require.Equal(t, err.Error(), other.Error())
		for _, want := range []error{jwe.ErrSize, jwe.ErrMalformed, jwe.ErrAlgorithm, jwe.ErrCompressed, jwe.ErrCritical, jwe.ErrKey, jwe.ErrDecryption} {
			if errors.Is(err, want) {
				return
			}
		}
		t.Fatalf("an error of no kind: %v", err)
	})
}

// FuzzRoundTrip encrypts anything to a key and gets it back.
func FuzzRoundTrip(f *testing.F) {
	f.Add([]byte(payload), "kid", uint8(0))
	f.Add([]byte{}, "\xff\"", uint8(35))
	f.Fuzz(func(t *testing.T, data []byte, kid string, choice uint8) {
		alg := jwe.Algorithms()[int(choice)%6]
		enc := jwe.Encryptions()[int(choice/6)%6]
		set := setOf(jose.JSONWebKey{Key: publicOf(rsa2048()), KeyID: kid}, jose.JSONWebKey{Key: publicOf(p256()), KeyID: kid})
		compact, err := jwe.Encrypt(data, set, alg, enc)
		require.NoError(t, err)
		out, err := jwe.Decrypt(compact, []jwe.Key{{Private: rsa2048()}, {Private: p256()}}, nil, nil, 2*len(compact))
		require.NoError(t, err)
		require.Equal(t, string(data), string(out))
	})
}
