package fapitest

import (
	"testing"

	"github.com/ory/fosite"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A grant is a request with one access token and one refresh token.
type grant struct {
	request         *fosite.Request
	access, refresh string
}

func (c Contract) newGrant(t *testing.T, store Store) grant {
	t.Helper()
	g := grant{c.newRequest(t, store), newKey(), newKey()}
	require.NoError(t, store.CreateAccessTokenSession(t.Context(), g.access, g.request))
	require.NoError(t, store.CreateRefreshTokenSession(t.Context(), g.refresh, g.access, g.request))
	return g
}

func (c Contract) tokens(t *testing.T) {
	store := c.NewStore()
	t.Run("a nil session will do", func(t *testing.T) {
		// fosite's revocation endpoint (RFC 7009) has none.
		g := c.newGrant(t, store)
		for _, get := range []func() (fosite.Requester, error){
			func() (fosite.Requester, error) { return store.GetAccessTokenSession(t.Context(), g.access, nil) },
			func() (fosite.Requester, error) { return store.GetRefreshTokenSession(t.Context(), g.refresh, nil) },
		} {
			got, err := get()
			require.NoError(t, err)
			assert.Equal(t, g.request.ID, got.GetID())
			assert.Equal(t, c.ClientID, got.GetClient().GetID())
		}
	})
	t.Run("revoke access by request", func(t *testing.T) {
		g, other := c.newGrant(t, store), c.newGrant(t, store)
		require.NoError(t, store.RevokeAccessToken(t.Context(), g.request.ID))
		c.accessGone(t, store, g)
		c.refreshActive(t, store, g)
		c.untouched(t, store, other)
	})
	t.Run("revoke refresh by request", func(t *testing.T) {
		g, other := c.newGrant(t, store), c.newGrant(t, store)
		require.NoError(t, store.RevokeRefreshToken(t.Context(), g.request.ID))
		c.refreshInactive(t, store, g)
		c.untouched(t, store, other)
	})
	t.Run("revoke an unknown request", func(t *testing.T) {
		other := c.newGrant(t, store)
		unknown := c.newRequest(t, store).ID
		noneOrNotFound(t, store.RevokeAccessToken(t.Context(), unknown))
		noneOrNotFound(t, store.RevokeRefreshToken(t.Context(), unknown))
		c.untouched(t, store, other)
	})
	t.Run("rotate", func(t *testing.T) {
		g, other := c.newGrant(t, store), c.newGrant(t, store)
		require.NoError(t, store.RotateRefreshToken(t.Context(), g.request.ID, g.refresh))
		c.refreshInactive(t, store, g)
		c.accessGone(t, store, g)
		c.untouched(t, store, other)

		next := grant{g.request, newKey(), newKey()}
		require.NoError(t, store.CreateAccessTokenSession(t.Context(), next.access, next.request))
		require.NoError(t, store.CreateRefreshTokenSession(t.Context(), next.refresh, next.access, next.request))
		c.untouched(t, store, next)
		c.refreshInactive(t, store, g)

		require.NoError(t, store.RevokeAccessToken(t.Context(), g.request.ID))
		require.NoError(t, store.RevokeRefreshToken(t.Context(), g.request.ID))
		c.accessGone(t, store, next)
		c.refreshInactive(t, store, next)
	})
}

func (c Contract) untouched(t *testing.T, store Store, g grant) {
	t.Helper()
	got, err := store.GetAccessTokenSession(t.Context(), g.access, c.NewSession())
	require.NoError(t, err)
	c.same(t, g.request, got)
	c.refreshActive(t, store, g)
}

func (c Contract) refreshActive(t *testing.T, store Store, g grant) {
	t.Helper()
	got, err := store.GetRefreshTokenSession(t.Context(), g.refresh, c.NewSession())
	require.NoError(t, err)
	c.same(t, g.request, got)
}

// refreshInactive asks for the request too: fosite needs its ID to revoke the whole grant on reuse (RFC 9700 section 4.14.2).
func (c Contract) refreshInactive(t *testing.T, store Store, g grant) {
	t.Helper()
	got, err := store.GetRefreshTokenSession(t.Context(), g.refresh, c.NewSession())
	require.ErrorIs(t, err, fosite.ErrInactiveToken)
	c.same(t, g.request, got)
}

func (c Contract) accessGone(t *testing.T, store Store, g grant) {
	t.Helper()
	_, err := store.GetAccessTokenSession(t.Context(), g.access, c.NewSession())
	require.ErrorIs(t, err, fosite.ErrNotFound)
}

// noneOrNotFound: fosite answers both in the same way.
func noneOrNotFound(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		require.ErrorIs(t, err, fosite.ErrNotFound)
	}
}
