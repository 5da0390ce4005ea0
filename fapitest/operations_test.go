package fapitest_test

import (
	"context"
	"errors"
	"reflect"
	"testing"

	"github.com/ory/fosite"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fosite-fapi/fosite-fapi/fapitest"
)

// TestJSONStoreOperations: every exported operation passes through Fail, and heeds a caller that has gone.
func TestJSONStoreOperations(t *testing.T) {
	t.Parallel()
	broken := errors.New("broken")
	store := newStore()
	request := newRequest(t, store, nil)
	values := map[reflect.Type]any{
		reflect.TypeFor[fosite.Requester]():          request,
		reflect.TypeFor[fosite.AuthorizeRequester](): &fosite.AuthorizeRequest{Request: *request},
	}
	gone, cancel := context.WithCancel(t.Context())
	cancel()

	whole := reflect.ValueOf(&fapitest.TransactionalStore{JSONStore: store})
	tested := 0
	for i := range whole.NumMethod() {
		method := whole.Type().Method(i)
		if method.Type.NumIn() < 2 || method.Type.In(1) != reflect.TypeFor[context.Context]() {
			continue
		}
		tested++
		call := func(ctx context.Context) error {
			args := []reflect.Value{reflect.ValueOf(ctx)}
			for j := 2; j < method.Type.NumIn(); j++ {
				in := method.Type.In(j)
				if value, ok := values[in]; ok {
					args = append(args, reflect.ValueOf(value))
				} else {
					args = append(args, reflect.Zero(in))
				}
			}
			results := whole.Method(i).Call(args)
			err, _ := results[len(results)-1].Interface().(error)
			return err
		}

		want := method.Name
		if want == "MarkJWTUsedForTime" {
			want = "SetClientAssertionJWT" // the same under another name
		}
		var operations []string
		store.Fail = func(op string) error {
			operations = append(operations, op)
			return broken
		}
		require.ErrorIs(t, call(t.Context()), broken, method.Name)
		assert.Equal(t, []string{want}, operations)

		store.Fail = nil
		if method.Name != "Rollback" { // which must not depend on the caller
			require.ErrorIs(t, call(gone), context.Canceled, method.Name)
		}
	}
	assert.Greater(t, tested, 30)
}
