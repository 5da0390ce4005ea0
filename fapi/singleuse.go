package fapi

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"time"

	"github.com/ory/fosite"
	"github.com/ory/fosite/storage"

	"github.com/fosite-fapi/fosite-fapi/replay"
)

// SingleUse keeps what may be used once: assertion IDs, request URIs, codes. Several processes of one server must share it.
type SingleUse interface {
	// UseOnce atomically marks id as used in the namespace until expires, and says whether this call was the first. An error refuses the request.
	UseOnce(ctx context.Context, namespace, id string, expires time.Time) (first bool, err error)
	// Used says whether id is marked, without marking it.
	Used(ctx context.Context, namespace, id string) (bool, error)
}

// defaultSingleUse picks what the host's store offers. fosite's MemoryStore scans everything it holds on each call, and is one process anyway.
func defaultSingleUse(store fosite.Storage, now func() time.Time) SingleUse {
	if _, ok := store.(*storage.MemoryStore); ok {
		m := replay.NewMemory(0)
		m.Now = now
		return m
	}
	return assertionStore{store}
}

// assertionStore keeps single use in fosite's own table of assertion IDs, where a hash of namespace and ID can't meet a host's own entries.
type assertionStore struct{ fosite.ClientManager }

func (s assertionStore) UseOnce(ctx context.Context, namespace, id string, expires time.Time) (bool, error) {
	err := s.SetClientAssertionJWT(ctx, onceKey(namespace, id), expires)
	if errors.Is(err, fosite.ErrJTIKnown) {
		return false, nil
	}
	return err == nil, err
}

func (s assertionStore) Used(ctx context.Context, namespace, id string) (bool, error) {
	err := s.ClientAssertionJWTValid(ctx, onceKey(namespace, id))
	if errors.Is(err, fosite.ErrJTIKnown) {
		return true, nil
	}
	return false, err
}

func onceKey(namespace, id string) string {
	h := sha256.New()
	h.Write([]byte(namespace))
	h.Write([]byte{0})
	h.Write([]byte(id))
	return "fapi:" + base64.RawURLEncoding.EncodeToString(h.Sum(nil))
}
