package mtls

import (
	"container/list"
	"crypto/sha256"
	"crypto/x509"
	"sync"
	"time"
)

// defaultChains is how many verified chains are remembered unless Verifier.CacheSize says
// otherwise.
const defaultChains = 1024

// chains remembers verified chains, the most recently used of them. Each call costs the same
// whatever number it holds. A nil *chains remembers nothing.
type chains struct {
	size int

	mu      sync.Mutex
	entries map[[sha256.Size]byte]*list.Element // of *entry
	recent  *list.List                          // front: used last
}

type entry struct {
	key               [sha256.Size]byte
	path              []*x509.Certificate
	notBefore, notEnd time.Time // the time in which every certificate of path is valid
}

func newChains(size int) *chains {
	if size < 0 {
		return nil
	}
	if size == 0 {
		size = defaultChains
	}
	return &chains{size: size, entries: map[[sha256.Size]byte]*list.Element{}, recent: list.New()}
}

// get returns the chain if it is known and every certificate in it valid at that time, else nil.
func (c *chains) get(key [sha256.Size]byte, at time.Time) []*x509.Certificate {
	if c == nil {
		return nil
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	element, ok := c.entries[key]
	if !ok {
		return nil
	}
	known := element.Value.(*entry)
	if at.Before(known.notBefore) || at.After(known.notEnd) {
		c.remove(element)
		return nil
	}
	c.recent.MoveToFront(element)
	return known.path
}

// put remembers a chain.
func (c *chains) put(key [sha256.Size]byte, path []*x509.Certificate) {
	if c == nil {
		return
	}
	fresh := &entry{key: key, path: path, notBefore: path[0].NotBefore, notEnd: path[0].NotAfter}
	for _, certificate := range path[1:] {
		if certificate.NotBefore.After(fresh.notBefore) {
			fresh.notBefore = certificate.NotBefore
		}
		if certificate.NotAfter.Before(fresh.notEnd) {
			fresh.notEnd = certificate.NotAfter
		}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.entries[key] != nil {
		return // another call has found it meanwhile
	}
	if len(c.entries) >= c.size {
		c.remove(c.recent.Back())
	}
	c.entries[key] = c.recent.PushFront(fresh)
}

func (c *chains) remove(element *list.Element) {
	delete(c.entries, element.Value.(*entry).key)
	c.recent.Remove(element)
}
