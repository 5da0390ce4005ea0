package main

import (
	"bufio"
	"crypto/tls"
	"io"
	"net"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestConnectionsAreBounded(t *testing.T) {
	t.Parallel()
	conns := make([]net.Conn, 6)
	for i := range conns {
		conns[i], _ = net.Pipe()
	}
	c := newConnections(3)
	for _, conn := range conns[:3] {
		assert.Nil(t, c.note(conn, http.StateNew))
		assert.Nil(t, c.note(conn, http.StateActive))
	}
	assert.Equal(t, conns[3], c.note(conns[3], http.StateNew), "none is idle")
	assert.Nil(t, c.note(conns[3], http.StateClosed))
	assert.Len(t, c.open, 3)

	for _, i := range []int{1, 0, 2} {
		assert.Nil(t, c.note(conns[i], http.StateIdle))
	}
	assert.Nil(t, c.note(conns[1], http.StateActive))
	assert.Equal(t, conns[0], c.note(conns[4], http.StateNew), "idle longest, the one before being in use again")
	assert.Nil(t, c.note(conns[0], http.StateClosed))
	assert.Equal(t, conns[2], c.note(conns[5], http.StateNew))
	assert.Nil(t, c.note(conns[2], http.StateActive), "it got a request at the same moment")
	assert.Nil(t, c.note(conns[2], http.StateClosed))

	for _, conn := range conns {
		assert.Nil(t, c.note(conn, http.StateClosed))
	}
	assert.Empty(t, c.open)
	assert.Zero(t, c.idle.Len())
}

// A new client is served however many idle connections there are.
func TestIdleConnectionsMakeRoom(t *testing.T) {
	t.Parallel()
	w := newSite(t)
	w.start()
	w.closeIdle()
	w.connections.mu.Lock()
	w.connections.most = 2
	w.connections.mu.Unlock()
	conns := make([]*tls.Conn, 4)
	for i := range conns {
		conn, err := tls.Dial("tcp", w.listeners[0].Addr().String(), &tls.Config{RootCAs: w.pki.Pool()})
		require.NoError(t, err)
		defer func() { _ = conn.Close() }()
		_, err = io.WriteString(conn, "GET /jwks HTTP/1.1\r\nHost: x\r\n\r\n")
		require.NoError(t, err)
		answer, err := http.ReadResponse(bufio.NewReader(conn), nil)
		require.NoError(t, err)
		_, err = io.Copy(io.Discard, answer.Body)
		require.NoError(t, err)
		require.NoError(t, answer.Body.Close())
		assert.Equal(t, http.StatusOK, answer.StatusCode)
		conns[i] = conn
		require.Eventually(t, func() bool {
			w.connections.mu.Lock()
			defer w.connections.mu.Unlock()
			return w.connections.idle.Len() == min(i+1, 2)
		}, 5*time.Second, time.Millisecond)
	}
	for _, conn := range conns[:2] {
		_, err := conn.Read(make([]byte, 1))
		require.Error(t, err, "it was idle longest")
	}
}
