package fapitest_test

import (
	"context"
	"testing"
	"time"

	"github.com/ory/fosite"
	"github.com/stretchr/testify/require"

	"github.com/fosite-fapi/fosite-fapi/fapitest"
)

func TestTransactionsEndOnce(t *testing.T) {
	t.Parallel()
	store := &fapitest.TransactionalStore{JSONStore: newStore()}
	require.ErrorIs(t, store.Commit(t.Context()), fapitest.ErrTransaction)
	require.ErrorIs(t, store.Rollback(t.Context()), fapitest.ErrTransaction)

	ctx, err := store.BeginTX(t.Context())
	require.NoError(t, err)
	_, err = store.BeginTX(ctx)
	require.ErrorIs(t, err, fapitest.ErrTransaction, "one within another")
	require.NoError(t, store.Commit(ctx))
	require.ErrorIs(t, store.Commit(ctx), fapitest.ErrTransaction)
	require.ErrorIs(t, store.Rollback(ctx), fapitest.ErrTransaction)
	_, err = store.BeginTX(ctx)
	require.NoError(t, err, "one after another")
}

func TestRollback(t *testing.T) {
	t.Parallel()
	store := &fapitest.TransactionalStore{JSONStore: newStore()}
	first, second := newRequest(t, store.JSONStore, nil), newRequest(t, store.JSONStore, nil)
	require.NoError(t, store.CreateAccessTokenSession(t.Context(), "kept", first))
	require.NoError(t, store.CreatePKCERequestSession(t.Context(), "kept", first))

	cancellable, cancel := context.WithCancel(t.Context())
	ctx, err := store.BeginTX(cancellable)
	require.NoError(t, err)
	require.NoError(t, store.CreateAccessTokenSession(ctx, "kept", second), "replaced")
	require.NoError(t, store.CreateAccessTokenSession(ctx, "added", first))
	require.NoError(t, store.DeleteAccessTokenSession(ctx, "added"))
	require.NoError(t, store.DeletePKCERequestSession(ctx, "kept"))
	require.NoError(t, store.SetClientAssertionJWT(ctx, "jti", time.Now().Add(time.Minute)))
	require.NoError(t, store.CreateAccessTokenSession(t.Context(), "outside", first))
	cancel()
	require.NoError(t, store.Rollback(ctx), "the caller has gone")

	got, err := store.GetAccessTokenSession(t.Context(), "kept", nil)
	require.NoError(t, err)
	require.Equal(t, first.ID, got.GetID())
	_, err = store.GetPKCERequestSession(t.Context(), "kept", nil)
	require.NoError(t, err)
	require.NoError(t, store.ClientAssertionJWTValid(t.Context(), "jti"))
	_, err = store.GetAccessTokenSession(t.Context(), "outside", nil)
	require.NoError(t, err)

	require.NoError(t, store.RevokeAccessToken(t.Context(), second.ID))
	_, err = store.GetAccessTokenSession(t.Context(), "kept", nil)
	require.NoError(t, err, "the index was put back too")
	require.NoError(t, store.RevokeAccessToken(t.Context(), first.ID))
	for _, signature := range []string{"kept", "added", "outside"} {
		_, err = store.GetAccessTokenSession(t.Context(), signature, nil)
		require.ErrorIs(t, err, fosite.ErrNotFound)
	}
}
