package main

import (
	"container/list"
	"crypto/tls"
	"net"
	"net/http"
	"sync"
)

// maxConnections is for all listeners together. As many that are used have about 400 MB.
const maxConnections = 1 << 13

// connections bounds how many there are at once. When there are too many, the one that has been idle longest is closed
// for the new one; where none is idle the new one is, until slow ones have run into their timeouts.
type connections struct {
	most int

	mu   sync.Mutex
	open map[net.Conn]*list.Element // nil: not idle
	idle list.List                  // of net.Conn, the one idle longest in front
}

func newConnections(most int) *connections {
	return &connections{most: most, open: map[net.Conn]*list.Element{}}
}

// changed is the ConnState of the servers.
func (c *connections) changed(conn net.Conn, state http.ConnState) {
	tooMany := c.note(conn, state)
	if over, ok := tooMany.(*tls.Conn); ok {
		tooMany = over.NetConn() // without a farewell, for which the other side could make the listener wait
	}
	if tooMany != nil {
		_ = tooMany.Close()
	}
}

// note returns the connection that is to be closed, or nil.
func (c *connections) note(conn net.Conn, state http.ConnState) (tooMany net.Conn) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if place := c.open[conn]; place != nil {
		c.idle.Remove(place)
	}
	switch state {
	case http.StateClosed, http.StateHijacked:
		delete(c.open, conn)
		return nil
	case http.StateIdle:
		c.open[conn] = c.idle.PushBack(conn)
		return nil
	}
	c.open[conn] = nil
	if state != http.StateNew || len(c.open) <= c.most {
		return nil
	}
	tooMany = conn
	if longest := c.idle.Front(); longest != nil {
		tooMany, _ = c.idle.Remove(longest).(net.Conn)
	}
	delete(c.open, tooMany)
	return tooMany
}
