package keys_test

import (
	"context"
	"crypto"
	"encoding/json"
	"testing"

	jose "github.com/go-jose/go-jose/v4"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fosite-fapi/fosite-fapi/internal/must"
	"github.com/fosite-fapi/fosite-fapi/keys"
)

func TestJWKSRoundTrip(t *testing.T) {
	t.Parallel()
	list := []keys.Key{
		{Signer: rsa2048()},
		{Signer: p256(), ID: "ec"},
		{Signer: ed()},
		{Signer: p256b(), ID: "old", VerifyOnly: true},
		keys.Retired(p384().Public(), "", ""),
	}
	want, err := keys.New(list...)
	require.NoError(t, err)

	data, err := keys.MarshalPrivate(list...)
	require.NoError(t, err)
	got, err := keys.ParseJWKS(data)
	require.NoError(t, err)
	assert.JSONEq(t, string(must.Get(json.Marshal(want.Public()))), string(must.Get(json.Marshal(got.Public()))))
	assert.Equal(t, want.Algorithms(), got.Algorithms())
	for _, alg := range got.Algorithms() {
		token, err := got.Sign(context.Background(), alg, "", []byte("{}"))
		require.NoError(t, err)
		check(t, want, token)
	}

	var document struct{ Keys []map[string]any }
	require.NoError(t, json.Unmarshal(data, &document))
	assert.Contains(t, document.Keys[1], "d")
	assert.NotContains(t, document.Keys[3], "d", "an old key is kept to verify")
}

func TestParseJWKS(t *testing.T) {
	t.Parallel()
	document := func(list ...jose.JSONWebKey) string {
		return string(must.Get(json.Marshal(jose.JSONWebKeySet{Keys: list})))
	}

	t.Run("keys for encryption are left out", func(t *testing.T) {
		t.Parallel()
		set, err := keys.ParseJWKS([]byte(document(jose.JSONWebKey{Key: rsa2048(), Use: "enc"}, jose.JSONWebKey{Key: p256(), Use: "sig"})))
		require.NoError(t, err)
		assert.Len(t, set.Public().Keys, 1)
	})

	for _, tt := range []struct {
		name, data string
		want       error
	}{
		{"empty", "", keys.ErrJWKS},
		{"no JSON", "keys", keys.ErrJWKS},
		{"array", "[]", keys.ErrJWKS},
		{"keys twice", `{"keys":[],"keys":[]}`, keys.ErrJWKS},
		{"no keys", `{}`, keys.ErrNone},
		{"secret", document(jose.JSONWebKey{Key: []byte("0123456789abcdef0123456789abcdef")}), keys.ErrJWKS},
		{"unknown kty", `{"keys":[{"kty":"XYZ"}]}`, keys.ErrJWKS},
		{"F2-CR-04 RSA 1024", document(jose.JSONWebKey{Key: rsa1024()}), keys.ErrWeak},
		{"F2-CR-09 duplicate kid", document(jose.JSONWebKey{Key: p256(), KeyID: "a"}, jose.JSONWebKey{Key: ed(), KeyID: "a"}), keys.ErrDuplicate},
		{"F2-CR-02 EdDSA by a name that go-jose doesn't know", document(jose.JSONWebKey{Key: ed(), Algorithm: "Ed25519"}), keys.ErrAlgorithm},
		{"algorithm of another type", document(jose.JSONWebKey{Key: p256(), Algorithm: "PS256"}), keys.ErrAlgorithm},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			set, err := keys.ParseJWKS([]byte(tt.data))
			require.ErrorIs(t, err, tt.want)
			assert.Nil(t, set)
		})
	}
}

func TestMarshalPrivateRefuses(t *testing.T) {
	t.Parallel()
	for name, signer := range map[string]crypto.Signer{"HSM": opaque{p256()}, "KMS": remote{opaque{rsa2048()}}} {
		data, err := keys.MarshalPrivate(keys.Key{Signer: signer})
		require.ErrorIs(t, err, keys.ErrPrivate, name)
		assert.Nil(t, data)
	}
	_, err := keys.MarshalPrivate(keys.Key{Signer: rsa1024()})
	assert.ErrorIs(t, err, keys.ErrWeak)
}

func TestGenerate(t *testing.T) {
	t.Parallel()
	for _, alg := range []jose.SignatureAlgorithm{jose.ES256, jose.ES384, jose.ES512, jose.EdDSA, jose.PS256} {
		t.Run(string(alg), func(t *testing.T) {
			t.Parallel()
			key, err := keys.Generate(alg)
			require.NoError(t, err)
			set, err := keys.New(key)
			require.NoError(t, err)
			token, err := set.Sign(context.Background(), alg, "", nil)
			require.NoError(t, err)
			check(t, set, token)
		})
	}
	for _, alg := range []jose.SignatureAlgorithm{"none", "", jose.HS256, "Ed25519"} {
		key, err := keys.Generate(alg)
		require.ErrorIs(t, err, keys.ErrAlgorithm, alg)
		assert.Zero(t, key)
	}
}
