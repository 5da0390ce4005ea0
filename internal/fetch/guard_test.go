package fetch_test

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fosite-fapi/fosite-fapi/internal/fetch"
)

// The context has ended already: a destination that is let through fails without a packet sent.
func judge(t *testing.T, d *fetch.Door, host string) error {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := d.Get(ctx, "https://"+host+"/jwks", "")
	require.Error(t, err)
	return err
}

func TestDestinations(t *testing.T) {
	t.Parallel()
	for host, public := range map[string]bool{
		"8.8.8.8":                true,
		"100.63.255.255":         true,
		"172.32.0.1":             true,
		"[2606:4700:4700::1111]": true,
		"[64:ff9b::8.8.8.8]":     true,
		"0.0.0.0":                false,
		"0.1.2.3":                false,
		"10.0.0.1":               false,
		"100.64.0.1":             false,
		"127.0.0.1":              false,
		"127.255.255.254":        false,
		"169.254.169.254":        false, // the clouds' metadata service
		"172.16.0.1":             false,
		"192.0.0.1":              false,
		"192.0.2.1":              false,
		"192.168.0.1":            false,
		"198.18.0.1":             false,
		"198.51.100.1":           false,
		"203.0.113.1":            false,
		"224.0.0.1":              false,
		"240.0.0.1":              false,
		"255.255.255.255":        false,
		"[::]":                   false,
		"[::1]":                  false,
		"[::ffff:127.0.0.1]":     false,
		"[::ffff:10.0.0.1]":      false,
		"[::127.0.0.1]":          false,
		"[64:ff9b::10.0.0.1]":    false,
		"[64:ff9b::7f00:1]":      false,
		"[100::1]":               false,
		"[2001::1]":              false,
		"[2001:db8::1]":          false,
		"[2002:7f00:1::]":        false,
		"[3fff::1]":              false,
		"[fc00::1]":              false,
		"[fd12:3456:789a::1]":    false,
		"[fe80::1]":              false,
		"[fe80::1%25lo]":         false,
		"[fec0::1]":              false,
		"[ff02::1]":              false,
		"[64:ff9b:1::8.8.8.8]":   false,
	} {
		t.Run(host, func(t *testing.T) {
			t.Parallel()
			err := judge(t, new(fetch.Door), host)
			assert.Equal(t, !public, errors.Is(err, fetch.ErrDestination), "%v", err)
			assert.Equal(t, public, errors.Is(err, fetch.ErrUnreachable), "%v", err)
		})
	}
}

func TestAllowPrivate(t *testing.T) {
	t.Parallel()
	d := &fetch.Door{AllowPrivate: []netip.Prefix{netip.MustParsePrefix("10.1.0.0/16")}}
	require.NotErrorIs(t, judge(t, d, "10.1.2.3"), fetch.ErrDestination)
	require.NotErrorIs(t, judge(t, d, "[::ffff:10.1.2.3]"), fetch.ErrDestination)
	require.ErrorIs(t, judge(t, d, "10.2.0.1"), fetch.ErrDestination)
}

// A name says nothing: what it resolves to is judged when the connection is made.
func TestGuardJudgesWhatANameResolvesTo(t *testing.T) {
	t.Parallel()
	var arrived atomic.Bool
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { _ = listener.Close() })
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			arrived.Store(true)
			_ = conn.Close()
		}
	}()
	_, port, err := net.SplitHostPort(listener.Addr().String())
	require.NoError(t, err)
	target := "https://localhost:" + port + "/jwks"

	_, err = new(fetch.Door).Get(t.Context(), target, "")
	require.ErrorIs(t, err, fetch.ErrDestination)
	assert.False(t, arrived.Load(), "no connection was made")

	_, err = (&fetch.Door{AllowPrivate: loopback}).Get(t.Context(), target, "")
	require.ErrorIs(t, err, fetch.ErrUnreachable)
	assert.True(t, arrived.Load(), "the same name, allowed")
}

// connectProxy is an egress proxy on loopback that connects to the server whatever it is asked for.
func connectProxy(t *testing.T, server *httptest.Server) (*url.URL, *atomic.Value) {
	t.Helper()
	var asked atomic.Value
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked.Store(r.Method + " " + r.Host)
		upstream, err := net.Dial("tcp", strings.TrimPrefix(server.URL, "https://"))
		if err != nil {
			w.WriteHeader(http.StatusBadGateway)
			return
		}
		w.WriteHeader(http.StatusOK)
		client, _, err := w.(http.Hijacker).Hijack()
		if err != nil {
			return
		}
		go func() { _, _ = io.Copy(upstream, client); _ = upstream.Close() }()
		go func() { _, _ = io.Copy(client, upstream); _ = client.Close() }()
	}))
	t.Cleanup(proxy.Close)
	u, err := url.Parse(proxy.URL)
	require.NoError(t, err)
	return u, &asked
}

func TestProxy(t *testing.T) {
	t.Parallel()
	server := tlsServer(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "ok") })
	proxy, asked := connectProxy(t, server)

	t.Run("is trusted, and resolves the name", func(t *testing.T) {
		t.Parallel()
		d := &fetch.Door{RootCAs: roots(server), Proxy: http.ProxyURL(proxy)}
		body, err := d.Get(t.Context(), "https://example.com/jwks", "") // httptest's certificate is for example.com
		require.NoError(t, err)
		assert.Equal(t, "ok", string(body))
		assert.Equal(t, "CONNECT example.com:443", asked.Load())
	})
	t.Run("does not open the house to written addresses", func(t *testing.T) {
		t.Parallel()
		d := &fetch.Door{RootCAs: roots(server), Proxy: http.ProxyURL(proxy)}
		_, err := d.Get(t.Context(), server.URL, "")
		require.ErrorIs(t, err, fetch.ErrDestination)
	})
	t.Run("is passed by, and the guard is back", func(t *testing.T) {
		t.Parallel()
		d := &fetch.Door{RootCAs: roots(server), Proxy: func(*http.Request) (*url.URL, error) { return nil, nil }}
		_, err := d.Get(t.Context(), strings.Replace(server.URL, "127.0.0.1", "localhost", 1), "")
		require.ErrorIs(t, err, fetch.ErrDestination)
	})
	t.Run("fails", func(t *testing.T) {
		t.Parallel()
		broken := errors.New("no proxy today")
		d := &fetch.Door{Proxy: func(*http.Request) (*url.URL, error) { return nil, broken }}
		_, err := d.Get(t.Context(), "https://example.com/jwks", "")
		require.ErrorIs(t, err, fetch.ErrUnreachable)
		require.ErrorIs(t, err, broken)
	})
}

// The environment is the operator's, but a proxy in it was meant for something else.
func TestEnvironmentIsNotAsked(t *testing.T) {
	server := tlsServer(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "ok") })
	proxy, asked := connectProxy(t, server)
	t.Setenv("HTTPS_PROXY", proxy.String())
	_, err := new(fetch.Door).Get(t.Context(), strings.Replace(server.URL, "127.0.0.1", "localhost", 1), "")
	require.ErrorIs(t, err, fetch.ErrDestination)
	assert.Nil(t, asked.Load())
}
