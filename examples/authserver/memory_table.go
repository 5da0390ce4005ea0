package main

import (
	"container/list"
	"slices"
	"sync"
	"time"
)

// A table maps keys to values that expire. It holds capacity rows at most: when it is full, the row that came first
// goes first. Rows should live equally long; then that is the one which expires first, and expired ones are swept as
// new ones come. Every operation is O(1), but for those on a group, which are linear in its rows.
type table[V any] struct {
	capacity int
	now      func() time.Time

	mu     sync.Mutex
	rows   map[string]*row[V]
	groups map[string][]*row[V]
	order  list.List // of *row[V], the oldest in front
}

// A row belongs to a group, or to none where that is "".
type row[V any] struct {
	key, group string
	value      V
	expires    time.Time
	place      *list.Element
}

// sweepPerPut is more than the one row that a put adds.
const sweepPerPut = 4

func newTable[V any](capacity int, now func() time.Time) *table[V] {
	return &table[V]{capacity: capacity, now: now, rows: map[string]*row[V]{}, groups: map[string][]*row[V]{}}
}

// put stores a value, in place of one that has the same key.
func (t *table[V]) put(key, group string, value V, expires time.Time) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.drop(t.rows[key])
	t.sweepSome(sweepPerPut)
	if len(t.rows) >= t.capacity {
		t.drop(t.oldest())
	}
	r := &row[V]{key: key, group: group, value: value, expires: expires}
	r.place = t.order.PushBack(r)
	t.rows[key] = r
	if group != "" {
		t.groups[group] = append(t.groups[group], r)
	}
}

// get returns a value that has not expired.
func (t *table[V]) get(key string) (value V, ok bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	r := t.live(key)
	if r == nil {
		return value, false
	}
	return r.value, true
}

// change replaces a value that has not expired by what f makes of it.
func (t *table[V]) change(key string, f func(V) V) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	r := t.live(key)
	if r == nil {
		return false
	}
	r.value = f(r.value)
	return true
}

func (t *table[V]) remove(key string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.drop(t.rows[key])
}

// removeGroup removes all rows of a group.
func (t *table[V]) removeGroup(group string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, r := range slices.Clone(t.groups[group]) {
		t.drop(r)
	}
}

// dissolve changes every row of a group, and lets none of them belong to it any longer.
func (t *table[V]) dissolve(group string, f func(V) V) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, r := range t.groups[group] {
		r.value, r.group = f(r.value), ""
	}
	delete(t.groups, group)
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
	now := t.now()
	for range n {
		r := t.oldest()
		if r == nil || now.Before(r.expires) {
			return false
		}
		t.drop(r)
	}
	return true
}

func (t *table[V]) oldest() *row[V] {
	if e := t.order.Front(); e != nil {
		return e.Value.(*row[V])
	}
	return nil
}

func (t *table[V]) live(key string) *row[V] {
	if r := t.rows[key]; r != nil && t.now().Before(r.expires) {
		return r
	}
	return nil
}

func (t *table[V]) drop(r *row[V]) {
	if r == nil {
		return
	}
	delete(t.rows, r.key)
	t.order.Remove(r.place)
	if r.group == "" {
		return
	}
	rest := slices.DeleteFunc(t.groups[r.group], func(other *row[V]) bool { return other == r })
	if len(rest) == 0 {
		delete(t.groups, r.group)
		return
	}
	t.groups[r.group] = rest
}
