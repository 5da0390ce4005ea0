package resource

import (
	"sync"
	"time"
)

// digest is the SHA-256 of a token: the token itself is kept nowhere.
type digest [32]byte

// A cache keeps values by token: so many, so long. Whatever number it holds, each call costs the same.
type cache[V any] struct {
	limit int

	mu      sync.Mutex
	entries map[digest]*node[V]
	head    *node[V] // used last
	tail    *node[V] // forgotten next
}

type node[V any] struct {
	key        digest
	value      V
	expires    time.Time
	next, prev *node[V]
}

func newCache[V any](limit int) *cache[V] {
	return &cache[V]{limit: limit, entries: make(map[digest]*node[V])}
}

// get returns a value that has not expired.
func (c *cache[V]) get(key digest, now time.Time) (value V, ok bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	n := c.entries[key]
	if n == nil {
		return value, false
	}
	if !now.Before(n.expires) {
		c.remove(n)
		return value, false
	}
	c.unlink(n)
	c.link(n)
	return n.value, true
}

// put keeps a value until expires. When there is no room, what was not used for longest goes.
func (c *cache[V]) put(key digest, value V, expires time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if n := c.entries[key]; n != nil {
		n.value, n.expires = value, expires
		c.unlink(n)
		c.link(n)
		return
	}
	for len(c.entries) >= c.limit {
		c.remove(c.tail)
	}
	n := &node[V]{key: key, value: value, expires: expires}
	c.entries[key] = n
	c.link(n)
}

func (c *cache[V]) remove(n *node[V]) {
	delete(c.entries, n.key)
	c.unlink(n)
}

func (c *cache[V]) link(n *node[V]) {
	n.next, n.prev = c.head, nil
	if c.head != nil {
		c.head.prev = n
	} else {
		c.tail = n
	}
	c.head = n
}

func (c *cache[V]) unlink(n *node[V]) {
	if n.prev != nil {
		n.prev.next = n.next
	} else {
		c.head = n.next
	}
	if n.next != nil {
		n.next.prev = n.prev
	} else {
		c.tail = n.prev
	}
}
