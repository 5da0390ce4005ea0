package clientassertion_test

import (
	"context"
	"errors"
	"testing"
	"time"

	jose "github.com/go-jose/go-jose/v4"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fosite-fapi/fosite-fapi/clientassertion"
	"github.com/fosite-fapi/fosite-fapi/internal/leaftest"
)

func TestReplay(t *testing.T) {
	t.Parallel()

	t.Run("CA-06 the second time", func(t *testing.T) {
		t.Parallel()
		r := base()
		_, err := r.verify()
		require.NoError(t, err)
		got, err := r.verify()
		require.ErrorIs(t, err, clientassertion.ErrReplayed)
		assert.Nil(t, got)

		r.claims["jti"] = "id-2"
		_, err = r.verify()
		assert.NoError(t, err, "another jti")
	})

	t.Run("CA-06 32 at a time, one passes", func(t *testing.T) {
		t.Parallel()
		r := base()
		raw := r.raw()
		r.client.Keys = clientassertion.StaticKeys(&jose.JSONWebKeySet{Keys: r.keys})
		leaftest.OnePasses(t, clientassertion.ErrReplayed, func() error {
			_, err := r.verifier.Verify(context.Background(), raw, r.client)
			return err
		})
	})

	t.Run("CA-06 a failed attempt leaves the jti", func(t *testing.T) {
		t.Parallel()
		r := base()
		r.key = p256b()
		_, err := r.verify()
		require.ErrorIs(t, err, clientassertion.ErrSignature)
		r.key = p256()
		_, err = r.verify()
		assert.NoError(t, err)
	})

	t.Run("CA-06 each client and each issuer has its own", func(t *testing.T) {
		t.Parallel()
		used := new(leaftest.Replay)
		for _, who := range [][2]string{{issuer, "a"}, {issuer, "b"}, {issuer + ":8443", "a"}, {issuer, "8443 a"}, {issuer, ":8443 a"}} {
			r := base()
			r.verifier.Replay, r.verifier.Audience.Issuer, r.client.ID = used, who[0], who[1]
			r.claims["aud"], r.claims["iss"], r.claims["sub"] = who[0], who[1], who[1]
			_, err := r.verify()
			require.NoError(t, err, who)
		}
		assert.Len(t, used.Entries, 5)
	})

	t.Run("CA-06 remembered for as long as it would pass", func(t *testing.T) {
		t.Parallel()
		r := base()
		_, err := r.verify()
		require.NoError(t, err)
		for key, expires := range r.used.Entries {
			assert.Equal(t, [2]string{"jti https://as.example.com client-4711", "id-1"}, key)
			assert.Equal(t, now.Add(70*time.Second), expires, "exp and ExpirySkew")
		}
		r.verifier.Replay = new(leaftest.Replay)
		r.verifier.Now = func() time.Time { return now.Add(70 * time.Second) }
		_, err = r.verify()
		assert.ErrorIs(t, err, clientassertion.ErrExpired)
	})

	t.Run("CA-06 the store's error is kept", func(t *testing.T) {
		t.Parallel()
		r := base()
		r.used.Err = errors.New("connection lost")
		_, err := r.verify()
		assert.ErrorIs(t, err, clientassertion.ErrReplayStore)
		assert.ErrorIs(t, err, r.used.Err)
	})
}
