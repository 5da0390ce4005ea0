package keys_test

import (
	"context"
	"crypto"
	"crypto/rsa"
	"encoding/asn1"
	"encoding/base64"
	"errors"
	"math/big"
	"strings"
	"sync"
	"testing"

	jose "github.com/go-jose/go-jose/v4"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fosite-fapi/fosite-fapi/internal/must"
	"github.com/fosite-fapi/fosite-fapi/keys"
)

func TestSign(t *testing.T) {
	t.Parallel()

	for alg, key := range map[jose.SignatureAlgorithm]crypto.Signer{
		jose.ES256: p256(), jose.ES384: p384(), jose.ES512: p521(), jose.EdDSA: ed(),
		jose.PS256: rsa2048(), jose.PS384: rsa2048(), jose.PS512: rsa2048(),
		jose.RS256: rsa2048(), jose.RS384: rsa2048(), jose.RS512: rsa2048(),
	} {
		for kind, signer := range map[string]crypto.Signer{"standard": key, "HSM": opaque{key}, "KMS": remote{opaque{key}}} {
			t.Run(string(alg)+" "+kind, func(t *testing.T) {
				t.Parallel()
				set, err := keys.New(keys.Key{Signer: signer, Algorithm: alg, ID: `k"<1>`})
				require.NoError(t, err)

				// ECDSA integers with leading zeros turn up once in 128 signatures.
				rounds := 1
				if alg == jose.ES256 {
					rounds = 300
				}
				for range rounds {
					token, err := set.Sign(context.Background(), alg, "at+jwt", []byte(`{"sub":"x"}`))
					require.NoError(t, err)
					header, payload := check(t, set, token)
					require.Equal(t, string(alg), header.Algorithm)
					require.Equal(t, `k"<1>`, header.KeyID)
					require.Equal(t, map[jose.HeaderKey]any{"typ": "at+jwt"}, header.ExtraHeaders)
					require.Equal(t, `{"sub":"x"}`, payload)

					out, got, err := set.Verify(token, "at+jwt")
					require.NoError(t, err)
					require.Equal(t, `{"sub":"x"}`, string(out))
					require.Equal(t, alg, got)
				}
			})
		}
	}
}

// go-jose verifies a salt of any length.
func TestSignSalt(t *testing.T) {
	t.Parallel()
	for alg, hash := range map[jose.SignatureAlgorithm]crypto.Hash{jose.PS256: crypto.SHA256, jose.PS384: crypto.SHA384, jose.PS512: crypto.SHA512} {
		t.Run("RFC 7518 3.5 "+string(alg), func(t *testing.T) {
			t.Parallel()
			set, err := keys.New(keys.Key{Signer: rsa2048(), Algorithm: alg})
			require.NoError(t, err)
			token, err := set.Sign(context.Background(), alg, "JWT", []byte("{}"))
			require.NoError(t, err)

			dot := strings.LastIndexByte(token, '.')
			signature, err := base64.RawURLEncoding.Strict().DecodeString(token[dot+1:])
			require.NoError(t, err)
			digest := hash.New()
			digest.Write([]byte(token[:dot]))
			assert.NoError(t, rsa.VerifyPSS(&rsa2048().PublicKey, hash, digest.Sum(nil), signature, &rsa.PSSOptions{SaltLength: hash.Size()}))
		})
	}
}

func TestSignHeader(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	set, err := keys.New(keys.Key{Signer: p256(), ID: "ec"}, keys.Key{Signer: rsa2048(), ID: "rsa"})
	require.NoError(t, err)

	token, err := set.Sign(ctx, "", "", nil)
	require.NoError(t, err)
	assert.Equal(t, `{"alg":"ES256","kid":"ec"}`, headerOf(t, token), "the first key, without typ")

	token, err = set.Sign(ctx, jose.PS256, "JWT", nil)
	require.NoError(t, err)
	assert.Equal(t, `{"alg":"PS256","kid":"rsa","typ":"JWT"}`, headerOf(t, token))

	long := strings.Repeat("a", 300)
	token, err = set.Sign(ctx, "", long, nil)
	require.NoError(t, err)
	assert.Equal(t, `{"alg":"ES256","kid":"ec","typ":"`+long+`"}`, headerOf(t, token))

	for _, alg := range []jose.SignatureAlgorithm{jose.EdDSA, jose.RS256, "none", jose.HS256} {
		token, err = set.Sign(ctx, alg, "", nil)
		require.ErrorIs(t, err, keys.ErrNoKey, alg)
		assert.Empty(t, token)
	}
	for _, typ := range []string{`a"b`, "a b", "a\\b", "ü", "a\n", `x","alg":"none`} {
		token, err = set.Sign(ctx, "", typ, nil)
		require.ErrorIs(t, err, keys.ErrType, typ)
		assert.Empty(t, token)
	}
}

func TestSignFailures(t *testing.T) {
	t.Parallel()
	type ints struct{ R, S *big.Int }
	cause := errors.New("the HSM is on fire")

	for _, tt := range []struct {
		name   string
		signer crypto.Signer
		cause  error
	}{
		{"signer fails", broken{opaque: opaque{p256()}, err: cause}, cause},
		{"nothing", broken{opaque: opaque{p256()}}, nil},
		{"raw instead of DER", broken{opaque: opaque{p256()}, out: make([]byte, 64)}, nil},
		{"integers too long", broken{opaque: opaque{p256()}, out: must.Get(asn1.Marshal(ints{new(big.Int).Lsh(big.NewInt(1), 256), big.NewInt(1)}))}, nil},
		{"RSA too short", broken{opaque: opaque{rsa2048()}, out: make([]byte, 128)}, nil},
		{"Ed25519 too long", broken{opaque: opaque{ed()}, out: make([]byte, 65)}, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			set, err := keys.New(keys.Key{Signer: tt.signer})
			require.NoError(t, err)
			token, err := set.Sign(context.Background(), "", "", []byte("{}"))
			require.ErrorIs(t, err, keys.ErrSigning)
			assert.Empty(t, token)
			if tt.cause != nil {
				assert.ErrorIs(t, err, tt.cause)
			}
		})
	}

	t.Run("a KMS is called under the context", func(t *testing.T) {
		t.Parallel()
		set, err := keys.New(keys.Key{Signer: remote{opaque{p256()}}})
		require.NoError(t, err)
		ctx, cancel := context.WithCancel(context.Background())
		cancel()
		_, err = set.Sign(ctx, "", "", []byte("{}"))
		require.ErrorIs(t, err, keys.ErrSigning)
		assert.ErrorIs(t, err, context.Canceled)
	})
}

func TestSignConcurrently(t *testing.T) {
	t.Parallel()
	set, err := keys.New(keys.Key{Signer: p256()}, keys.Key{Signer: ed()})
	require.NoError(t, err)

	var wg sync.WaitGroup
	for i := range 16 {
		wg.Go(func() {
			typ := strings.Repeat("t", i)
			token, err := set.Sign(context.Background(), set.Algorithms()[i%2], typ, []byte("{}"))
			assert.NoError(t, err)
			_, _, err = set.Verify(token, typ)
			assert.NoError(t, err)
		})
	}
	wg.Wait()
}
