package fapitest

import (
	"testing"

	"github.com/ory/fosite"
	"github.com/stretchr/testify/require"
)

func (c Contract) code(t *testing.T) {
	store := c.NewStore()
	request, key := c.newRequest(t, store), newKey()
	otherRequest, other := c.newRequest(t, store), newKey()
	require.NoError(t, store.CreateAuthorizeCodeSession(t.Context(), key, request))
	require.NoError(t, store.CreateAuthorizeCodeSession(t.Context(), other, otherRequest))
	require.NoError(t, store.InvalidateAuthorizeCodeSession(t.Context(), key))

	t.Run("invalidated comes with its request", func(t *testing.T) {
		// RFC 6749 section 4.1.2: a code used twice revokes its tokens, which fosite finds by the request's ID.
		got, err := store.GetAuthorizeCodeSession(t.Context(), key, c.NewSession())
		require.ErrorIs(t, err, fosite.ErrInvalidatedAuthorizeCode)
		c.same(t, request, got)
	})
	t.Run("another stays valid", func(t *testing.T) {
		got, err := store.GetAuthorizeCodeSession(t.Context(), other, c.NewSession())
		require.NoError(t, err)
		c.same(t, otherRequest, got)
	})
}
