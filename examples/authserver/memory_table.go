package main

import (
	"crypto/sha256"
	"sync"
	"time"
)

// A table maps keys to values that expire. It holds capacity rows at most: when it is full, the row that came first
// goes first. Rows should live equally long; then that is the one which expires first, and expired ones are swept as
// new ones come. Every operation is O(1), but for those on a group, which are linear in its rows.
type table[V any] struct {
	capacity int
	now      func() time.Time

	mu             sync.Mutex
	rows           map[name]*row[V]
	groups         map[name]*row[V] // the row that came last
	oldest, newest *row[V]
}

// A name is the hash of a key or a group: of one size, and nothing that the garbage collector has to look at. The zero
// name is that of "".
type name [16]byte

func nameOf(s string) name {
	if s == "" {
		return name{}
	}
	sum := sha256.Sum256([]byte(s))
	return name(sum[:len(name{})])
}

// A row belongs to a group, or to none where that is "". It is a member of two lists: that of all rows, by age, and
// that of its group.
type row[V any] struct {
	key, group    name
	value         V
	expires       int64 // to the nanosecond of the Unix time
	older, newer  *row[V]
	before, after *row[V]
}

// sweepPerPut is more than the one row that a put adds.
const sweepPerPut = 4

func newTable[V any](capacity int, now func() time.Time) *table[V] {
	return &table[V]{capacity: capacity, now: now, rows: map[name]*row[V]{}, groups: map[name]*row[V]{}}
}

// put stores a value, in place of one that has the same key.
func (t *table[V]) put(key, group string, value V, expires time.Time) {
	r := &row[V]{key: nameOf(key), group: nameOf(group), value: value, expires: expires.UnixNano()}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.drop(t.rows[r.key])
	t.sweepSome(sweepPerPut)
	if len(t.rows) >= t.capacity {
		t.drop(t.oldest)
	}
	t.rows[r.key] = r
	t.append(r)
}

// get returns a value that has not expired.
func (t *table[V]) get(key string) (value V, ok bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	r := t.live(nameOf(key))
	if r == nil {
		return value, false
	}
	return r.value, true
}

// change replaces a value that has not expired by what f makes of it.
func (t *table[V]) change(key string, f func(V) V) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	r := t.live(nameOf(key))
	if r == nil {
		return false
	}
	r.value = f(r.value)
	return true
}

func (t *table[V]) remove(key string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.drop(t.rows[nameOf(key)])
}

// removeGroup removes all rows of a group.
func (t *table[V]) removeGroup(group string) {
	all := nameOf(group)
	t.mu.Lock()
	defer t.mu.Unlock()
	for r := t.groups[all]; r != nil; r = t.groups[all] {
		t.drop(r)
	}
}

// dissolve changes every row of a group, and lets none of them belong to it any longer.
func (t *table[V]) dissolve(group string, f func(V) V) {
	all := nameOf(group)
	t.mu.Lock()
	defer t.mu.Unlock()
	for r := t.groups[all]; r != nil; r = t.groups[all] {
		r.value = f(r.value)
		t.leave(r)
	}
}

// sweep removes what expired, in steps that don't hold others up for long.
func (t *table[V]) sweep() {
	for more := true; more; {
		t.mu.Lock()
		more = t.sweepSome(1000)
		t.mu.Unlock()
	}
}

func (t *table[V]) len() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return len(t.rows)
}

func (t *table[V]) sweepSome(n int) (more bool) {
	now := t.now().UnixNano()
	for range n {
		if t.oldest == nil || now < t.oldest.expires {
			return false
		}
		t.drop(t.oldest)
	}
	return true
}

func (t *table[V]) live(key name) *row[V] {
	if r := t.rows[key]; r != nil && t.now().UnixNano() < r.expires {
		return r
	}
	return nil
}

// append makes a row the newest of all, and of its group.
func (t *table[V]) append(r *row[V]) {
	if r.older = t.newest; r.older == nil {
		t.oldest = r
	} else {
		r.older.newer = r
	}
	t.newest = r
	if r.group == (name{}) {
		return
	}
	if r.before = t.groups[r.group]; r.before != nil {
		r.before.after = r
	}
	t.groups[r.group] = r
}

func (t *table[V]) drop(r *row[V]) {
	if r == nil {
		return
	}
	delete(t.rows, r.key)
	if r.older == nil {
		t.oldest = r.newer
	} else {
		r.older.newer = r.newer
	}
	if r.newer == nil {
		t.newest = r.older
	} else {
		r.newer.older = r.older
	}
	t.leave(r)
}

// leave takes a row out of its group.
func (t *table[V]) leave(r *row[V]) {
	switch {
	case r.group == name{}:
		return
	case r.after != nil:
		r.after.before = r.before
	case r.before != nil:
		t.groups[r.group] = r.before
	default:
		delete(t.groups, r.group)
	}
	if r.before != nil {
		r.before.after = r.after
	}
	r.group, r.before, r.after = name{}, nil, nil
}
