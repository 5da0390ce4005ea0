package clientcert

import (
	"crypto/x509"
	"strings"
	"sync"
)

// Bounds of what a memo holds: twice memoGeneration values of at most longestMemo octets, 8 MiB at
// worst.
const (
	memoGeneration = 256
	longestMemo    = 16 << 10
)

// memo remembers what values were parsed to: a client sends the same certificate with every
// request. It holds two generations, and drops the older one when the younger is full.
type memo struct {
	mu             sync.Mutex
	younger, older map[string][]*x509.Certificate
}

// wrap returns parse with a memory of its own.
func (m *memo) wrap(parse parser) parser {
	return func(value string) ([]*x509.Certificate, error) {
		if chain := m.get(value); chain != nil {
			return chain, nil
		}
		chain, err := parse(value)
		if err != nil || chain == nil || len(value) > longestMemo {
			return chain, err
		}
		// A clone, for the value may be a part of something larger.
		m.put(strings.Clone(value), chain[:len(chain):len(chain)])
		return chain, nil
	}
}

func (m *memo) get(value string) []*x509.Certificate {
	m.mu.Lock()
	defer m.mu.Unlock()
	if chain := m.younger[value]; chain != nil {
		return chain
	}
	chain := m.older[value]
	if chain != nil {
		m.add(value, chain)
	}
	return chain
}

func (m *memo) put(value string, chain []*x509.Certificate) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.add(value, chain)
}

func (m *memo) add(value string, chain []*x509.Certificate) {
	if m.younger == nil || len(m.younger) == memoGeneration {
		m.younger, m.older = make(map[string][]*x509.Certificate), m.younger
	}
	m.younger[value] = chain
}
