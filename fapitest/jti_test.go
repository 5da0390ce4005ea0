package fapitest_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/ory/fosite"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fosite-fapi/fosite-fapi/fapitest"
)

func TestJTIExpires(t *testing.T) {
	t.Parallel()
	now := time.Date(2024, 5, 6, 7, 8, 9, 0, time.UTC)
	store := &fapitest.JSONStore{Now: func() time.Time { return now }}
	expires := now.Add(time.Minute)
	require.NoError(t, store.MarkJWTUsedForTime(t.Context(), "jti", expires))

	now = expires.Add(-1)
	require.ErrorIs(t, store.ClientAssertionJWTValid(t.Context(), "jti"), fosite.ErrJTIKnown)
	require.ErrorIs(t, store.MarkJWTUsedForTime(t.Context(), "jti", expires), fosite.ErrJTIKnown)
	used, err := store.IsJWTUsed(t.Context(), "jti")
	require.NoError(t, err)
	assert.True(t, used)

	now = expires
	require.NoError(t, store.ClientAssertionJWTValid(t.Context(), "jti"))
	used, err = store.IsJWTUsed(t.Context(), "jti")
	require.NoError(t, err)
	assert.False(t, used)
	require.NoError(t, store.SetClientAssertionJWT(t.Context(), "jti", now.Add(time.Minute)))
	require.ErrorIs(t, store.SetClientAssertionJWT(t.Context(), "jti", now.Add(time.Minute)), fosite.ErrJTIKnown)
}

func TestJTISurvivesTheSweeps(t *testing.T) {
	t.Parallel()
	now := time.Date(2024, 5, 6, 7, 8, 9, 0, time.UTC)
	store := &fapitest.JSONStore{Now: func() time.Time { return now }}
	require.NoError(t, store.SetClientAssertionJWT(t.Context(), "lasting", now.Add(24*time.Hour)))
	for i := range 10_000 {
		now = now.Add(time.Second)
		require.NoError(t, store.SetClientAssertionJWT(t.Context(), fmt.Sprint(i), now.Add(time.Minute)))
	}
	require.ErrorIs(t, store.SetClientAssertionJWT(t.Context(), "lasting", now.Add(time.Minute)), fosite.ErrJTIKnown)
	require.ErrorIs(t, store.SetClientAssertionJWT(t.Context(), "9999", now.Add(time.Minute)), fosite.ErrJTIKnown)
	require.NoError(t, store.SetClientAssertionJWT(t.Context(), "0", now.Add(time.Minute)))
}
