package docs_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fosite-fapi/fosite-fapi/fapi"
	"github.com/fosite-fapi/fosite-fapi/metadata"
)

// Once keeps single use where all processes see it.
type Once struct {
	SetNX  func(ctx context.Context, key string, ttl time.Duration) (bool, error) // set unless it is there: SET NX, or an insert under a unique key
	Exists func(ctx context.Context, key string) (bool, error)
}

// UseOnce implements fapi.SingleUse.
func (o Once) UseOnce(ctx context.Context, namespace, id string, expires time.Time) (bool, error) {
	return o.SetNX(ctx, namespace+" "+id, time.Until(expires))
}

// Used implements fapi.SingleUse.
func (o Once) Used(ctx context.Context, namespace, id string) (bool, error) {
	return o.Exists(ctx, namespace+" "+id)
}

var _ fapi.SingleUse = Once{}

// cluster is what two processes share.
func cluster() Once {
	var mu sync.Mutex
	keys := map[string]bool{}
	return Once{
		SetNX: func(_ context.Context, key string, ttl time.Duration) (bool, error) {
			mu.Lock()
			defer mu.Unlock()
			first := !keys[key] && ttl > 0
			keys[key] = true
			return first, nil
		},
		Exists: func(_ context.Context, key string) (bool, error) {
			mu.Lock()
			defer mu.Unlock()
			return keys[key], nil
		},
	}
}

func TestProcesses(t *testing.T) {
	t.Parallel()
	once := cluster()
	secret, before := []byte("the secret of all the processes.."), []byte("the one before that, which ended..")
	option := func() []fapi.Option {
		return []fapi.Option{
			fapi.WithSingleUse(once),
			fapi.WithDPoPNonces(fapi.NonceRequired, secret, before),
		}
	}
	documents := make([]metadata.Document, 0, 2)
	for range 2 {
		doc, err := composed(t, option()...).Metadata(t.Context())
		require.NoError(t, err)
		documents = append(documents, *doc)
	}
	assert.Equal(t, documents[0], documents[1], "processes publish the same")

	for i, want := range []bool{true, false} {
		first, err := once.UseOnce(t.Context(), "code", "c1", time.Now().Add(time.Minute))
		require.NoError(t, err)
		assert.Equal(t, want, first, i)
	}
	used, err := once.Used(t.Context(), "code", "c1")
	require.NoError(t, err)
	assert.True(t, used)
}
