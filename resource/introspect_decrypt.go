package resource

import (
	"context"
	"errors"
	"fmt"

	"github.com/fosite-fapi/fosite-fapi/internal/jwe"
)

// decrypt returns the signed response in an encrypted one (INT-18). Where this server has keys for that, it registered
// for it, and what comes in the clear is not what it was promised.
func (a *answerReader) decrypt(ctx context.Context, compact string) (string, error) {
	switch encrypted := jwe.Encrypted(compact); {
	case encrypted != (a.decryption != nil):
		return "", fmt.Errorf("%w: encrypted: %t, expected: %t", ErrIntrospection, encrypted, !encrypted)
	case !encrypted:
		return compact, nil
	}
	set, err := a.decryption(ctx)
	if err == nil && set == nil {
		err = errors.New("no keys")
	}
	if err != nil {
		return "", fmt.Errorf("%w: decryption keys: %w", ErrUnavailable, err)
	}
	own := set.Keys()
	keys := make([]jwe.Key, len(own))
	for i, k := range own {
		keys[i] = jwe.Key{Private: k.Private, ID: k.ID, Algorithm: k.Algorithm}
	}
	signed, err := jwe.Decrypt(compact, keys, nil, nil, maxAnswer)
	if err != nil {
		return "", fmt.Errorf("%w: %w", ErrIntrospection, err)
	}
	return string(signed), nil
}
