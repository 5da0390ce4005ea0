package keys_test

import (
	"context"
	"encoding/base64"
	"strings"
	"testing"

	jose "github.com/go-jose/go-jose/v4"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fosite-fapi/fosite-fapi/internal/must"
	"github.com/fosite-fapi/fosite-fapi/keys"
)

func TestVerify(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	set, err := keys.New(keys.Key{Signer: p256(), ID: "a"}, keys.Key{Signer: rsa2048(), ID: "b"})
	require.NoError(t, err)
	other, err := keys.New(keys.Key{Signer: p256b(), ID: "a"}, keys.Key{Signer: ed(), ID: "c"})
	require.NoError(t, err)
	renamed, err := keys.New(keys.Key{Signer: p256(), ID: "z"})
	require.NoError(t, err)
	token := must.Get(set.Sign(ctx, "", "at+jwt", []byte(`{}`)))
	parts := strings.Split(token, ".")

	for _, typ := range []string{"", "at+jwt", "application/at+jwt", "AT+JWT"} {
		payload, alg, err := set.Verify(token, typ)
		require.NoError(t, err, typ)
		assert.Equal(t, `{}`, string(payload))
		assert.Equal(t, jose.ES256, alg)
	}

	// next is the letter after one of base64url whose last four bits are zero.
	next := func(c byte) string { return string("BRhx"[strings.IndexByte("AQgw", c)]) }
	b64 := base64.RawURLEncoding.EncodeToString
	for _, tt := range []struct {
		name, token, typ string
		want             error
	}{
		{"F2-CR-01 another typ", token, "JWT", keys.ErrType},
		{"F2-CR-01 no typ", must.Get(set.Sign(ctx, "", "", []byte(`{}`))), "at+jwt", keys.ErrType},
		{"F2-CR-01 crit", b64([]byte(`{"alg":"ES256","kid":"a","typ":"at+jwt","crit":["x"]}`)) + "." + parts[1] + "." + parts[2], "at+jwt", keys.ErrMalformed},
		{"F2-CR-02 an alg that isn't ours", must.Get(other.Sign(ctx, jose.EdDSA, "at+jwt", []byte(`{}`))), "at+jwt", keys.ErrNoKey},
		{"F2-CR-03 none", b64([]byte(`{"alg":"none","kid":"a","typ":"at+jwt"}`)) + "." + parts[1] + ".", "at+jwt", keys.ErrNoKey},
		{"an alg that another of our keys has", b64([]byte(`{"alg":"PS256","kid":"a","typ":"at+jwt"}`)) + "." + parts[1] + "." + parts[2], "at+jwt", keys.ErrNoKey},
		{"an unknown kid", must.Get(renamed.Sign(ctx, "", "at+jwt", []byte(`{}`))), "at+jwt", keys.ErrNoKey},
		{"another key under our kid", must.Get(other.Sign(ctx, jose.ES256, "at+jwt", []byte(`{}`))), "at+jwt", keys.ErrSignature},
		{"another payload", parts[0] + "." + b64([]byte(`{"a":1}`)) + "." + parts[2], "at+jwt", keys.ErrSignature},
		{"another encoding of the same signature", token[:len(token)-1] + next(token[len(token)-1]), "at+jwt", keys.ErrMalformed},
		{"white space", token + "\n", "at+jwt", keys.ErrMalformed},
		{"no JWS", "opaque-token", "at+jwt", keys.ErrMalformed},
		{"too long", token + strings.Repeat("A", 64<<10), "at+jwt", keys.ErrMalformed},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			payload, alg, err := set.Verify(tt.token, tt.typ)
			require.ErrorIs(t, err, tt.want)
			assert.Nil(t, payload)
			assert.Empty(t, alg)
		})
	}

	t.Run("without kid", func(t *testing.T) {
		t.Parallel()
		signer := must.Get(jose.NewSigner(jose.SigningKey{Algorithm: jose.ES256, Key: p256()}, nil))
		payload, _, err := set.Verify(must.Get(must.Get(signer.Sign([]byte("old"))).CompactSerialize()), "")
		require.NoError(t, err)
		assert.Equal(t, "old", string(payload))
	})
}

func FuzzVerify(f *testing.F) {
	set := must.Get(keys.New(keys.Key{Signer: p256(), ID: "a"}, keys.Key{Signer: ed(), ID: "b"}))
	token := must.Get(set.Sign(context.Background(), "", "JWT", []byte(`{"a":1}`)))
	f.Add(token)
	f.Add(must.Get(set.Sign(context.Background(), jose.EdDSA, "", nil)))
	f.Add("..")
	f.Fuzz(func(t *testing.T, raw string) {
		payload, alg, err := set.Verify(raw, "JWT")
		if err != nil {
			require.Nil(t, payload)
			require.Empty(t, alg)
			return
		}
		require.Equal(t, `{"a":1}`, string(payload), "nothing else was signed")
	})
}
