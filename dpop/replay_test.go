package dpop_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fosite-fapi/fosite-fapi/dpop"
	"github.com/fosite-fapi/fosite-fapi/internal/leaftest"
	"github.com/fosite-fapi/fosite-fapi/replay"
)

func TestReplay(t *testing.T) {
	t.Parallel()

	t.Run("DPOP-15 CS-86 the second time", func(t *testing.T) {
		t.Parallel()
		c := base()
		proof := c.proof()
		_, err := c.verifier.Verify(context.Background(), proof, c.request)
		require.NoError(t, err)
		got, err := c.verifier.Verify(context.Background(), proof, c.request)
		require.ErrorIs(t, err, dpop.ErrReplayed)
		assert.Nil(t, got)

		_, err = c.verify()
		require.ErrorIs(t, err, dpop.ErrReplayed, "signed anew")
		c.claims["jti"] = "id-2"
		_, err = c.verify()
		assert.NoError(t, err, "another jti")
	})

	t.Run("DPOP-15 32 at a time, one passes", func(t *testing.T) {
		t.Parallel()
		c := base()
		c.verifier.Replay = replay.NewMemory(0)
		proof := c.proof()
		leaftest.OnePasses(t, dpop.ErrReplayed, func() error {
			_, err := c.verifier.Verify(context.Background(), proof, c.request)
			return err
		})
	})

	t.Run("DPOP-15 a failed attempt leaves the jti", func(t *testing.T) {
		t.Parallel()
		c := base()
		c.key = p256b()
		_, err := c.verify()
		require.ErrorIs(t, err, dpop.ErrSignature)
		c.key = p256()
		_, err = c.verify()
		assert.NoError(t, err)
	})

	t.Run("DPOP-15 each key has its own", func(t *testing.T) {
		t.Parallel()
		c := base()
		_, err := c.verify()
		require.NoError(t, err)
		c.by("ES256", p256b())
		_, err = c.verify()
		require.NoError(t, err)
		assert.Len(t, c.used.Entries, 2)
	})

	t.Run("DPOP-15 remembered for as long as it would pass", func(t *testing.T) {
		t.Parallel()
		c := base()
		c.claims["iat"] = at(20)
		_, err := c.verify()
		require.NoError(t, err)
		for key, expires := range c.used.Entries {
			assert.Equal(t, [2]string{"dpop " + thumbprint(p256()), "id-1"}, key)
			assert.Equal(t, now.Add(110*time.Second), expires, "iat, Lifetime and FutureSkew")
		}
		c.verifier.Replay = new(leaftest.Replay)
		c.verifier.Now = func() time.Time { return now.Add(80 * time.Second) }
		_, err = c.verify()
		assert.ErrorIs(t, err, dpop.ErrExpired)
	})

	t.Run("DPOP-15 the store's error is kept", func(t *testing.T) {
		t.Parallel()
		c := base()
		c.used.Err = errors.New("connection lost")
		_, err := c.verify()
		assert.ErrorIs(t, err, dpop.ErrReplayStore)
		assert.ErrorIs(t, err, c.used.Err)
	})

	t.Run("DPOP-15 no store", func(t *testing.T) {
		t.Parallel()
		c := base()
		c.verifier.Replay = nil
		_, err := c.verify()
		assert.ErrorIs(t, err, dpop.ErrReplayStore)
	})
}
