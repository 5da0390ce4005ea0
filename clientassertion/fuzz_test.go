package clientassertion_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"strings"
	"testing"

	jose "github.com/go-jose/go-jose/v4"
	"github.com/stretchr/testify/require"

	"github.com/fosite-fapi/fosite-fapi/clientassertion"
	"github.com/fosite-fapi/fosite-fapi/internal/leaftest"
)

func FuzzPeek(f *testing.F) {
	seeds := vectors()
	require.NotEmpty(f, seeds)
	for _, v := range seeds {
		f.Add(v.Assertion)
	}
	for _, claims := range []string{`{}`, `null`, ` {"iss":"a","sub":"b"}`, `{"sub":"a","sub":"b"}`, `{"sub":"\ud800"}`, `{"SUB":"a"}`} {
		f.Add("." + leaftest.Base64(claims) + ".")
	}
	f.Fuzz(func(t *testing.T, raw string) {
		iss, sub, err := clientassertion.Peek(raw)
		if err != nil {
			require.ErrorIs(t, err, clientassertion.ErrMalformed)
			require.Empty(t, iss+sub)
			return
		}
		payload, err := base64.RawURLEncoding.DecodeString(strings.Split(raw, ".")[1])
		require.NoError(t, err)
		var claims map[string]any
		decoder := json.NewDecoder(bytes.NewReader(payload))
		decoder.UseNumber() // 1e999 is JSON, though no float64 holds it
		require.NoError(t, decoder.Decode(&claims), "another decoder reads it, too")
		for name, got := range map[string]string{"iss": iss, "sub": sub} {
			if claims[name] == nil {
				require.Empty(t, got)
			} else {
				require.Equal(t, claims[name], got, "and reads the same")
			}
		}
	})
}

func FuzzVerify(f *testing.F) {
	r := base()
	f.Add(r.raw())
	r.claims["aud"], r.header["kid"] = []string{issuer}, nil
	f.Add(r.raw())
	r.claims["exp"], r.claims["aud"] = 1.7e9+0.5, issuer
	f.Add(r.raw())
	for _, v := range vectors() {
		f.Add(v.Assertion)
	}

	c := clientassertion.Client{ID: client, Keys: clientassertion.StaticKeys(&jose.JSONWebKeySet{Keys: r.keys})}
	f.Fuzz(func(t *testing.T, raw string) {
		verifier := base().verifier
		got, err := verifier.Verify(context.Background(), raw, c)
		if err != nil {
			require.Nil(t, got, "an error comes with no assertion")
			return
		}
		require.Equal(t, "id-1", got.ID, "nothing else was signed")
		iss, sub, err := clientassertion.Peek(raw)
		require.NoError(t, err, "Peek reads what Verify does")
		require.Equal(t, [2]string{client, client}, [2]string{iss, sub})

		_, err = verifier.Verify(context.Background(), raw, c)
		require.ErrorIs(t, err, clientassertion.ErrReplayed)
	})
}
