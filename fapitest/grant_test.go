package fapitest_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"testing"

	"github.com/go-jose/go-jose/v4"
	"github.com/ory/fosite"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fosite-fapi/fosite-fapi/fapitest"
)

func TestAuthenticate(t *testing.T) {
	t.Parallel()
	store := &fapitest.JSONStore{}
	store.PutUser("alice", "secret")
	subject, err := store.Authenticate(t.Context(), "alice", "secret")
	require.NoError(t, err)
	assert.Equal(t, "alice", subject)
	for _, c := range [][2]string{{"alice", "Secret"}, {"alice", ""}, {"bob", "secret"}, {"bob", ""}} {
		subject, err = store.Authenticate(t.Context(), c[0], c[1])
		require.ErrorIs(t, err, fosite.ErrNotFound)
		assert.Empty(t, subject)
	}
}

func TestIssuerKeys(t *testing.T) {
	t.Parallel()
	newKey := func(id string) jose.JSONWebKey {
		key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		require.NoError(t, err)
		return jose.JSONWebKey{Key: key.Public(), KeyID: id, Algorithm: "ES256"}
	}
	store := &fapitest.JSONStore{}
	k1, k2 := newKey("k1"), newKey("k2")
	store.PutIssuerKey("iss", "sub", newKey("k1"), "replaced")
	store.PutIssuerKey("iss", "sub", k1, "read", "write")
	store.PutIssuerKey("iss", "sub", k2)

	got, err := store.GetPublicKey(t.Context(), "iss", "sub", "k1")
	require.NoError(t, err)
	assert.Equal(t, k1, jose.JSONWebKey(*got))
	set, err := store.GetPublicKeys(t.Context(), "iss", "sub")
	require.NoError(t, err)
	assert.Len(t, set.Keys, 2)
	scopes, err := store.GetPublicKeyScopes(t.Context(), "iss", "sub", "k1")
	require.NoError(t, err)
	assert.Equal(t, []string{"read", "write"}, scopes)

	for _, c := range [][3]string{{"iss", "sub", "k3"}, {"iss", "other", "k1"}, {"other", "sub", "k1"}} {
		_, err := store.GetPublicKey(t.Context(), c[0], c[1], c[2])
		require.ErrorIs(t, err, fosite.ErrNotFound)
		_, err = store.GetPublicKeyScopes(t.Context(), c[0], c[1], c[2])
		require.ErrorIs(t, err, fosite.ErrNotFound)
	}
	_, err = store.GetPublicKeys(t.Context(), "iss", "other")
	require.ErrorIs(t, err, fosite.ErrNotFound)
}
