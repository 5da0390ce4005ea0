package fapi

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"slices"
	"time"

	"github.com/ory/fosite"
	"github.com/ory/fosite/storage"

	"github.com/fosite-fapi/fosite-fapi/replay"
)

// SingleUse keeps what may be used once: assertion IDs, request URIs, codes. Several processes of one server must
// share it.
type SingleUse interface {
	// UseOnce atomically marks id as used in the namespace until expires, and says whether this call was the first.
	// An error refuses the request.
	UseOnce(ctx context.Context, namespace, id string, expires time.Time) (first bool, err error)
	// Used says whether id is marked, without marking it.
	Used(ctx context.Context, namespace, id string) (bool, error)
}

// defaultSingleUse picks what the host's store offers. fosite's MemoryStore scans everything it holds on each call,
// and is one process anyway.
func defaultSingleUse(store fosite.Storage, config fosite.Configurator, now func() time.Time) SingleUse {
	if _, ok := store.(*storage.MemoryStore); ok {
		m := replay.NewMemory(0)
		m.Now = now
		return m
	}
	return assertionStore{store, config}
}

// assertionStore keeps single use in fosite's own table of assertion IDs. Legacy clients choose what they write
// there, so the names of our entries are keyed by the host's secret: nobody else can make one.
type assertionStore struct {
	fosite.ClientManager
	config interface {
		fosite.GlobalSecretProvider
		fosite.RotatedGlobalSecretsProvider
	}
}

// UseOnce marks under the name of every secret that this process knows, in an order that all processes have: while
// the secret is being rotated, whoever marks first under one that both know is the first.
func (s assertionStore) UseOnce(ctx context.Context, namespace, id string, expires time.Time) (bool, error) {
	keys, err := s.keys(ctx, namespace, id)
	if err != nil {
		return false, err
	}
	for _, key := range keys {
		err := s.SetClientAssertionJWT(ctx, key, expires)
		if errors.Is(err, fosite.ErrJTIKnown) {
			return false, nil
		}
		if err != nil {
			return false, err
		}
	}
	return true, nil
}

func (s assertionStore) Used(ctx context.Context, namespace, id string) (bool, error) {
	keys, err := s.keys(ctx, namespace, id)
	if err != nil {
		return false, err
	}
	for _, key := range keys {
		if used, err := s.marked(ctx, key); err != nil || used {
			return used, err
		}
	}
	return false, nil
}

// keys are the names of an entry, sorted.
func (s assertionStore) keys(ctx context.Context, namespace, id string) ([]string, error) {
	current, err := s.config.GetGlobalSecret(ctx)
	if err != nil {
		return nil, err
	}
	rotated, err := s.config.GetRotatedGlobalSecrets(ctx)
	if err != nil {
		return nil, err
	}
	keys := make([]string, 0, 1+len(rotated))
	for _, secret := range slices.Concat([][]byte{current}, rotated) {
		keys = append(keys, onceKey(secret, namespace, id))
	}
	slices.Sort(keys)
	return slices.Compact(keys), nil
}

func (s assertionStore) marked(ctx context.Context, key string) (bool, error) {
	err := s.ClientAssertionJWTValid(ctx, key)
	if errors.Is(err, fosite.ErrJTIKnown) {
		return true, nil
	}
	return false, err
}

func onceKey(secret []byte, namespace, id string) string {
	h := hmac.New(sha256.New, secret)
	h.Write([]byte(namespace))
	h.Write([]byte{0}) // no namespace has it
	h.Write([]byte(id))
	return "fapi:" + base64.RawURLEncoding.EncodeToString(h.Sum(nil))
}
