package keys_test

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rsa"
	_ "embed"
	"encoding/base64"
	"encoding/json"
	"math/big"
	"strings"
	"testing"

	jose "github.com/go-jose/go-jose/v4"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fosite-fapi/fosite-fapi/internal/must"
	"github.com/fosite-fapi/fosite-fapi/keys"
)

func TestNew(t *testing.T) {
	t.Parallel()

	t.Run("defaults", func(t *testing.T) {
		t.Parallel()
		set, err := keys.New(keys.Key{Signer: rsa2048()}, keys.Key{Signer: p256()}, keys.Key{Signer: p384()}, keys.Key{Signer: p521()}, keys.Key{Signer: ed()})
		require.NoError(t, err)
		assert.Equal(t, []jose.SignatureAlgorithm{jose.PS256, jose.ES256, jose.ES384, jose.ES512, jose.EdDSA}, set.Algorithms())
		for _, k := range set.Public().Keys {
			assert.Equal(t, base64.RawURLEncoding.EncodeToString(must.Get(k.Thumbprint(crypto.SHA256))), k.KeyID)
			assert.Equal(t, "sig", k.Use)
			assert.NotEmpty(t, k.Algorithm)
			assert.True(t, k.IsPublic())
		}
	})

	for _, tt := range []struct {
		name string
		keys []keys.Key
		want error
	}{
		{"no keys", nil, keys.ErrNone},
		{"no signer", []keys.Key{{}}, keys.ErrSigner},
		{"nil EC", []keys.Key{{Signer: (*ecdsa.PrivateKey)(nil)}}, keys.ErrSigner},
		{"empty EC", []keys.Key{{Signer: &ecdsa.PrivateKey{}}}, keys.ErrSigner},
		{"EC without d", []keys.Key{{Signer: &ecdsa.PrivateKey{PublicKey: p256().PublicKey}}}, keys.ErrSigner},
		{"EC with d of another key", []keys.Key{{Signer: &ecdsa.PrivateKey{PublicKey: p256().PublicKey, D: p256b().D}}}, keys.ErrSigner},
		{"EC with d out of range", []keys.Key{{Signer: &ecdsa.PrivateKey{PublicKey: p256().PublicKey, D: new(big.Int)}}}, keys.ErrSigner},
		{"empty RSA", []keys.Key{{Signer: &rsa.PrivateKey{}}}, keys.ErrSigner},
		{"RSA with n of another key", []keys.Key{{Signer: &rsa.PrivateKey{PublicKey: rsa2048().PublicKey, D: rsa2048b().D, Primes: rsa2048b().Primes}}}, keys.ErrSigner},
		{"short Ed25519", []keys.Key{{Signer: ed25519.PrivateKey("short")}}, keys.ErrSigner},
		{"Ed25519 of two halves", []keys.Key{{Signer: append(ed25519.PrivateKey("01234567890123456789012345678901"), ed()[32:]...)}}, keys.ErrSigner},
		{"opaque of no known type", []keys.Key{{Signer: broken{}.with("a key")}}, keys.ErrSigner},

		{"F2-CR-02 unknown algorithm", []keys.Key{{Signer: p256(), Algorithm: "ES256K"}}, keys.ErrAlgorithm},
		{"F2-CR-02 Ed25519", []keys.Key{{Signer: ed(), Algorithm: "Ed25519"}}, keys.ErrAlgorithm},
		{"F2-CR-03 none", []keys.Key{{Signer: p256(), Algorithm: "none"}}, keys.ErrAlgorithm},
		{"HS256", []keys.Key{{Signer: p256(), Algorithm: jose.HS256}}, keys.ErrAlgorithm},
		{"ES256 with P-384", []keys.Key{{Signer: p384(), Algorithm: jose.ES256}}, keys.ErrAlgorithm},
		{"PS256 with EC", []keys.Key{{Signer: p256(), Algorithm: jose.PS256}}, keys.ErrAlgorithm},
		{"ES256 with an opaque P-384", []keys.Key{{Signer: opaque{p384()}, Algorithm: jose.ES256}}, keys.ErrAlgorithm},
		{"F2-CR-04 RSA 1024", []keys.Key{{Signer: rsa1024()}}, keys.ErrWeak},
		{"F2-CR-04 opaque RSA 1024", []keys.Key{{Signer: opaque{rsa1024()}}}, keys.ErrWeak},
		{"F2-CR-05 F1B-AS-06 P-224", []keys.Key{{Signer: p224()}}, keys.ErrSigner},

		{"F2-CR-09 same ID", []keys.Key{{Signer: p256(), ID: "a"}, {Signer: rsa2048(), ID: "a"}}, keys.ErrDuplicate},
		{"F2-CR-09 same key", []keys.Key{{Signer: p256()}, {Signer: p256(), VerifyOnly: true}}, keys.ErrDuplicate},
		{"ID not UTF-8", []keys.Key{{Signer: p256(), ID: "\xff"}}, keys.ErrID},
		{"ID too long", []keys.Key{{Signer: p256(), ID: strings.Repeat("a", 257)}}, keys.ErrID},
		{"retired but signing", []keys.Key{revived()}, keys.ErrSigner},
		{"retired nothing", []keys.Key{keys.Retired(nil, "", "")}, keys.ErrSigner},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			set, err := keys.New(tt.keys...)
			require.ErrorIs(t, err, tt.want)
			assert.Nil(t, set)
		})
	}

	t.Run("all that is wrong at once", func(t *testing.T) {
		t.Parallel()
		_, err := keys.New(keys.Key{}, keys.Key{Signer: rsa1024()}, keys.Key{Signer: p256(), ID: "a"}, keys.Key{Signer: p256b(), ID: "a"}, keys.Key{Signer: p384(), Algorithm: jose.ES256})
		for _, want := range []error{keys.ErrSigner, keys.ErrWeak, keys.ErrDuplicate, keys.ErrAlgorithm} {
			assert.ErrorIs(t, err, want)
		}
	})
}

func (b broken) with(public crypto.PublicKey) crypto.Signer { return fake{b, public} }

type fake struct {
	broken
	public crypto.PublicKey
}

func (f fake) Public() crypto.PublicKey { return f.public }

func revived() keys.Key {
	k := keys.Retired(p256().Public(), "", "")
	k.VerifyOnly = false
	return k
}

//go:embed testdata/rfc7638.json
var rfc7638 []byte

func TestThumbprintAsKeyID(t *testing.T) {
	t.Parallel()
	var vector struct {
		Key        jose.JSONWebKey
		Thumbprint string
	}
	require.NoError(t, json.Unmarshal(rfc7638, &vector))

	// RFC 7638 3.1.
	set, err := keys.New(keys.Retired(vector.Key.Key, "", jose.RS256))
	require.NoError(t, err)
	assert.Equal(t, vector.Thumbprint, set.Public().Keys[0].KeyID)
}

func TestRotation(t *testing.T) {
	t.Parallel()
	ctx := context.Background()

	before, err := keys.New(keys.Key{Signer: p256(), ID: "old"}, keys.Key{Signer: p256b(), ID: "new", VerifyOnly: true})
	require.NoError(t, err)
	after, err := keys.New(keys.Key{Signer: p256b(), ID: "new"}, keys.Retired(p256().Public(), "old", ""))
	require.NoError(t, err)
	done, err := keys.New(keys.Key{Signer: p256b(), ID: "new"})
	require.NoError(t, err)

	old, err := before.Sign(ctx, "", "", []byte("{}"))
	require.NoError(t, err)
	assert.Contains(t, headerOf(t, old), `"kid":"old"`)
	assert.Len(t, before.Public().Keys, 2, "the next key is published before it signs")

	fresh, err := after.Sign(ctx, jose.ES256, "", []byte("{}"))
	require.NoError(t, err)
	assert.Contains(t, headerOf(t, fresh), `"kid":"new"`)
	for _, token := range []string{old, fresh} {
		check(t, after, token)
		_, _, err = after.Verify(token, "")
		assert.NoError(t, err)
	}
	_, _, err = before.Verify(fresh, "")
	assert.NoError(t, err)
	_, _, err = done.Verify(old, "")
	assert.ErrorIs(t, err, keys.ErrNoKey)

	source := keys.Static(after)
	got, err := source(ctx)
	require.NoError(t, err)
	assert.Same(t, after, got)
}

func TestSetIsImmutable(t *testing.T) {
	t.Parallel()
	set, err := keys.New(keys.Key{Signer: p256()})
	require.NoError(t, err)

	set.Public().Keys[0] = jose.JSONWebKey{}
	set.Algorithms()[0] = "none"
	assert.Equal(t, "sig", set.Public().Keys[0].Use)
	assert.Equal(t, []jose.SignatureAlgorithm{jose.ES256}, set.Algorithms())
}

func TestHas(t *testing.T) {
	t.Parallel()
	set, err := keys.New(keys.Key{Signer: p256()}, keys.Key{Signer: rsa2048(), VerifyOnly: true}, keys.Key{Signer: p256b()})
	require.NoError(t, err)
	assert.True(t, set.Has(jose.ES256))
	assert.False(t, set.Has(jose.PS256), "it only verifies")
	assert.Equal(t, []jose.SignatureAlgorithm{jose.ES256}, set.Algorithms())

	var zero keys.Set
	assert.False(t, zero.Has(jose.ES256))
	assert.Empty(t, zero.Public().Keys)
	_, err = zero.Sign(context.Background(), "", "", nil)
	assert.ErrorIs(t, err, keys.ErrNoKey)
}

func TestPublishesNothingPrivate(t *testing.T) {
	t.Parallel()
	set, err := keys.New(keys.Key{Signer: rsa2048()}, keys.Key{Signer: p256()}, keys.Key{Signer: ed()}, keys.Key{Signer: opaque{p384()}})
	require.NoError(t, err)

	var document struct{ Keys []map[string]any }
	require.NoError(t, json.Unmarshal(must.Get(json.Marshal(set.Public())), &document))
	require.Len(t, document.Keys, 4)
	for _, k := range document.Keys {
		for _, private := range []string{"d", "p", "q", "dp", "dq", "qi", "k", "oth"} {
			assert.NotContains(t, k, private)
		}
		for _, member := range []string{"kty", "kid", "alg", "use"} {
			assert.Contains(t, k, member)
		}
	}
	assert.Equal(t, elliptic.P256(), set.Public().Keys[1].Key.(*ecdsa.PublicKey).Curve)
}
