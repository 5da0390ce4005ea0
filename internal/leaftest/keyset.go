package leaftest

import (
	"context"

	jose "github.com/go-jose/go-jose/v4"
)

// A KeySource gives one key set, and another when a fresh one is asked for: keys that were rotated meanwhile.
type KeySource struct {
	Before, After *jose.JSONWebKeySet
	Err           error  // in place of After
	Asked         []bool // for a fresh one or not, call by call
}

// Keys returns Before, and with refresh After.
func (k *KeySource) Keys(_ context.Context, refresh bool) (*jose.JSONWebKeySet, error) {
	k.Asked = append(k.Asked, refresh)
	if refresh {
		return k.After, k.Err
	}
	return k.Before, nil
}
