package fapitest

import (
	"testing"

	"github.com/ory/fosite"
	"github.com/ory/fosite/storage"
	"github.com/stretchr/testify/require"
)

func (c Contract) transaction(t *testing.T, transactional storage.Transactional) {
	store, ok := transactional.(Store)
	require.True(t, ok)

	t.Run("rolled back", func(t *testing.T) {
		// What fosite does at the token endpoint: the code must survive when storing the tokens fails.
		request, code := c.newRequest(t, store), newKey()
		require.NoError(t, store.CreateAuthorizeCodeSession(t.Context(), code, request))
		ctx, err := transactional.BeginTX(t.Context())
		require.NoError(t, err)
		access, refresh := newKey(), newKey()
		require.NoError(t, store.InvalidateAuthorizeCodeSession(ctx, code))
		require.NoError(t, store.CreateAccessTokenSession(ctx, access, request))
		require.NoError(t, store.CreateRefreshTokenSession(ctx, refresh, access, request))
		require.NoError(t, transactional.Rollback(ctx))

		_, err = store.GetAuthorizeCodeSession(t.Context(), code, c.NewSession())
		require.NoError(t, err)
		_, err = store.GetAccessTokenSession(t.Context(), access, c.NewSession())
		require.ErrorIs(t, err, fosite.ErrNotFound)
		_, err = store.GetRefreshTokenSession(t.Context(), refresh, c.NewSession())
		require.ErrorIs(t, err, fosite.ErrNotFound)
	})
	t.Run("rotation rolled back", func(t *testing.T) {
		g := c.newGrant(t, store)
		ctx, err := transactional.BeginTX(t.Context())
		require.NoError(t, err)
		require.NoError(t, store.RotateRefreshToken(ctx, g.request.ID, g.refresh))
		require.NoError(t, transactional.Rollback(ctx))
		c.untouched(t, store, g)
	})
	t.Run("committed", func(t *testing.T) {
		request, code := c.newRequest(t, store), newKey()
		require.NoError(t, store.CreateAuthorizeCodeSession(t.Context(), code, request))
		ctx, err := transactional.BeginTX(t.Context())
		require.NoError(t, err)
		g := grant{request, newKey(), newKey()}
		require.NoError(t, store.InvalidateAuthorizeCodeSession(ctx, code))
		require.NoError(t, store.CreateAccessTokenSession(ctx, g.access, request))
		require.NoError(t, store.CreateRefreshTokenSession(ctx, g.refresh, g.access, request))
		require.NoError(t, transactional.Commit(ctx))

		_, err = store.GetAuthorizeCodeSession(t.Context(), code, c.NewSession())
		require.ErrorIs(t, err, fosite.ErrInvalidatedAuthorizeCode)
		c.untouched(t, store, g)
	})
}
