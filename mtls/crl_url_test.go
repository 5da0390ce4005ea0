package mtls_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fosite-fapi/fosite-fapi/internal/fetch"
	"github.com/fosite-fapi/fosite-fapi/mtls"
)

// A publisher serves a document over http.
type publisher struct {
	*httptest.Server
	asked    atomic.Int64
	document atomic.Pointer[[]byte] // nil: 503
	hold     chan struct{}          // nil: doesn't wait
}

func publish(tb testing.TB, document []byte) *publisher {
	tb.Helper()
	p := &publisher{}
	p.document.Store(&document)
	p.Server = httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		p.asked.Add(1)
		if p.hold != nil {
			select {
			case <-p.hold:
			case <-r.Context().Done():
			}
		}
		switch document := p.document.Load(); {
		case r.URL.Path == "/moved":
			http.Redirect(rw, r, "/", http.StatusFound)
		case document == nil:
			rw.WriteHeader(http.StatusServiceUnavailable)
		default:
			_, _ = rw.Write(*document)
		}
	}))
	tb.Cleanup(p.Close)
	return p
}

var loopback = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("::1/128")}

func TestCRLURL(t *testing.T) {
	t.Parallel()
	h := newHierarchy(t)
	revoked := bundle(h.root.list(t), h.issuing.list(t, from(now), listing(h.chain[0].SerialNumber)))

	t.Run("fetched once an hour, behind the caller", func(t *testing.T) {
		t.Parallel()
		p := publish(t, h.good(t))
		var at atomic.Int64
		crl := &mtls.CRL{URLs: []string{p.URL}, AllowPrivate: loopback, Now: func() time.Time { return now.Add(time.Duration(at.Load())) }}
		require.NoError(t, crl.Revoked(t.Context(), h.chain))
		p.document.Store(&revoked)
		at.Store(int64(time.Hour - 1))
		require.NoError(t, crl.Revoked(t.Context(), h.chain))
		require.EqualValues(t, 1, p.asked.Load())
		at.Store(int64(time.Hour))
		if err := crl.Revoked(t.Context(), h.chain); err != nil { // it may be that quick
			require.ErrorIs(t, err, mtls.ErrListed)
		}
		require.NoError(t, crl.Load(t.Context()))
		require.ErrorIs(t, crl.Revoked(t.Context(), h.chain), mtls.ErrListed)
		require.LessOrEqual(t, p.asked.Load(), int64(3))
	})
	t.Run("while it fails, what was fetched serves until it is stale", func(t *testing.T) {
		t.Parallel()
		p := publish(t, h.good(t))
		var at atomic.Int64
		crl := &mtls.CRL{URLs: []string{p.URL}, AllowPrivate: loopback, Now: func() time.Time { return now.Add(time.Duration(at.Load())) }}
		require.NoError(t, crl.Load(t.Context()))
		p.document.Store(nil)
		require.ErrorIs(t, crl.Load(t.Context()), fetch.ErrStatus)
		require.NoError(t, crl.Revoked(t.Context(), h.chain))
		require.EqualValues(t, 2, p.asked.Load())
		at.Store(int64(25 * time.Hour))
		err := crl.Revoked(t.Context(), h.chain)
		require.ErrorIs(t, err, mtls.ErrRevocationUnknown)
		require.EqualValues(t, 3, p.asked.Load(), "it has waited for an attempt")
		at.Add(int64(time.Minute - 1))
		require.ErrorIs(t, crl.Revoked(t.Context(), h.chain), mtls.ErrRevocationUnknown)
		require.EqualValues(t, 3, p.asked.Load())
		later := bundle(h.root.list(t, until(72*time.Hour)), h.issuing.list(t, until(72*time.Hour)))
		p.document.Store(&later)
		at.Add(1)
		require.NoError(t, crl.Revoked(t.Context(), h.chain))
	})
	t.Run("one fetch for all that wait", func(t *testing.T) {
		t.Parallel()
		p := publish(t, h.good(t))
		crl := &mtls.CRL{URLs: []string{p.URL}, AllowPrivate: loopback, Now: clock}
		var group sync.WaitGroup
		for range 32 {
			group.Go(func() { assert.NoError(t, crl.Revoked(t.Context(), h.chain)) })
		}
		group.Wait()
		require.EqualValues(t, 1, p.asked.Load())
	})
	t.Run("a caller that goes leaves the fetch to the others", func(t *testing.T) {
		t.Parallel()
		p := publish(t, h.good(t))
		p.hold = make(chan struct{})
		crl := &mtls.CRL{URLs: []string{p.URL}, AllowPrivate: loopback, Now: clock}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		err := crl.Revoked(ctx, h.chain)
		require.ErrorIs(t, err, mtls.ErrRevocationUnknown)
		require.ErrorIs(t, err, context.Canceled)
		close(p.hold)
		require.NoError(t, crl.Revoked(t.Context(), h.chain))
		require.EqualValues(t, 1, p.asked.Load())
	})
	for name, test := range map[string]struct {
		crl  *mtls.CRL
		path string
		err  error
	}{
		"reached":           {&mtls.CRL{AllowPrivate: loopback}, "", nil},
		"a private address": {&mtls.CRL{}, "", fetch.ErrDestination},
		"a redirect":        {&mtls.CRL{AllowPrivate: loopback}, "/moved", fetch.ErrRedirect},
		"too large":         {&mtls.CRL{AllowPrivate: loopback, MaxBytes: 100}, "", fetch.ErrTooLarge},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			crl := test.crl
			crl.URLs, crl.Now = []string{publish(t, h.good(t)).URL + test.path}, clock
			for range 2 {
				err := crl.Revoked(t.Context(), h.chain)
				require.ErrorIs(t, err, test.err)
				if test.err != nil {
					require.ErrorIs(t, err, mtls.ErrRevocationUnknown)
					require.ErrorIs(t, err, mtls.ErrSource)
				}
			}
		})
	}
	t.Run("too slow", func(t *testing.T) {
		t.Parallel()
		p := publish(t, h.good(t))
		p.hold = make(chan struct{})
		crl := &mtls.CRL{URLs: []string{p.URL}, AllowPrivate: loopback, Now: clock, Timeout: time.Millisecond}
		require.ErrorIs(t, crl.Revoked(t.Context(), h.chain), context.DeadlineExceeded)
	})
}
