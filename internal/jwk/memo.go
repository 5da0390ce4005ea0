package jwk

import (
	"strings"
	"sync"
)

const (
	// maxHeader bounds what is remembered of a header, encoded. One with the key of a DPoP proof takes about 500 bytes.
	maxHeader = 1 << 10
	// maxHeaders bounds how many are.
	maxHeaders = 1 << 10
)

// A Memo remembers what was found out about the protected headers of JWS, because whoever signs writes the same one
// again and again. What it holds of a header may depend on nothing but its bytes, so that it can't be out of date.
//
// Only headers of JWS that verified belong into it: a stranger gets none in without a signature. When there are too
// many all are forgotten. The zero value is empty and ready, and safe for concurrent use.
type Memo[V any] struct {
	mu    sync.RWMutex
	known map[string]V // by the encoded header
}

// Recall returns what is remembered of an encoded header.
func (m *Memo[V]) Recall(header string) (V, bool) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	v, ok := m.known[header]
	return v, ok
}

// Remember keeps v, unless the header is too long.
func (m *Memo[V]) Remember(header string, v V) {
	if len(header) > maxHeader {
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.known == nil || len(m.known) >= maxHeaders {
		m.known = make(map[string]V)
	}
	m.known[strings.Clone(header)] = v // a copy: the rest of the JWS goes
}
