package mtls_test

import (
	"os"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fosite-fapi/fosite-fapi/mtls"
)

func TestCRLFile(t *testing.T) {
	t.Parallel()
	h := newHierarchy(t)
	revoked := bundle(h.root.list(t), h.issuing.list(t, from(now), listing(h.chain[0].SerialNumber)))
	big := bundle(h.root.list(t), h.issuing.list(t, from(now), listing(serials(2_000)...)))
	for _, test := range []struct {
		name     string
		document []byte
		limit    int64
		listed   bool // by what replaces the first file
		failure  error
	}{
		{"replaced", revoked, 0, true, nil},
		{"replaced, at the limit", revoked, int64(len(revoked)), true, nil},
		{"replaced, larger than the limit", big, int64(len(big)) - 1, false, mtls.ErrSource},
		{"damaged", revoked[:len(revoked)-40], 0, false, mtls.ErrList},
		{"empty", []byte{}, 0, false, mtls.ErrList},
		{"gone", nil, 0, false, mtls.ErrSource},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			at, name := now, write(t, h.good(t))
			var failures []error
			crl := &mtls.CRL{Files: []string{name}, MaxBytes: test.limit, Now: func() time.Time { return at }, Failed: func(source string, err error) {
				assert.Equal(t, name, source)
				failures = append(failures, err)
			}}
			require.NoError(t, crl.Revoked(t.Context(), h.chain))
			if test.document == nil {
				require.NoError(t, os.Remove(name))
			} else {
				replace(t, name, test.document)
			}
			at = now.Add(time.Minute - 1)
			require.NoError(t, crl.Revoked(t.Context(), h.chain), "not looked at")
			require.Empty(t, failures)
			at = now.Add(time.Minute)
			err := crl.Revoked(t.Context(), h.chain)
			if test.listed {
				require.ErrorIs(t, err, mtls.ErrListed)
			} else {
				require.NoError(t, err, "what was read before serves")
			}
			loaded := crl.Load(t.Context())
			require.ErrorIs(t, loaded, test.failure)
			if test.failure != nil {
				for _, failure := range failures {
					require.ErrorIs(t, failure, test.failure)
				}
				at = now.Add(25 * time.Hour)
				require.ErrorIs(t, crl.Revoked(t.Context(), h.chain), mtls.ErrRevocationUnknown, "until it is stale")
			}
		})
	}
	t.Run("no regular file", func(t *testing.T) {
		t.Parallel()
		crl := &mtls.CRL{Files: []string{t.TempDir()}, Now: clock}
		require.ErrorIs(t, crl.Load(t.Context()), mtls.ErrSource)
		require.ErrorIs(t, crl.Revoked(t.Context(), h.chain), mtls.ErrRevocationUnknown)
	})
	t.Run("a clock that goes back", func(t *testing.T) {
		t.Parallel()
		at, name := now, write(t, h.good(t))
		crl := &mtls.CRL{Files: []string{name}, Now: func() time.Time { return at }}
		require.NoError(t, crl.Revoked(t.Context(), h.chain))
		replace(t, name, revoked)
		at = now.Add(-time.Second)
		require.ErrorIs(t, crl.Revoked(t.Context(), h.chain), mtls.ErrListed)
	})
}

// Whoever can put a file in the place of another can't bring an old list back, nor displace a good one.
func TestCRLReplacedByWorse(t *testing.T) {
	t.Parallel()
	h := newHierarchy(t)
	rootList, leaf := h.root.list(t), h.chain[0].SerialNumber
	forger := &authority{certificate: h.issuing.certificate, key: newKey(t)}
	at, name := now, write(t, bundle(rootList, h.issuing.list(t, from(now.Add(-time.Minute)), listing(leaf))))
	crl := &mtls.CRL{Files: []string{name}, Every: time.Second, Now: func() time.Time { return at }}
	require.ErrorIs(t, crl.Revoked(t.Context(), h.chain), mtls.ErrListed)
	for _, worse := range [][]byte{
		h.issuing.list(t, from(now.Add(-2*time.Minute))),
		h.issuing.list(t, from(now.Add(-3*time.Minute))),
		forger.forge(t, from(now)),
		forger.forge(t, from(now.Add(-time.Minute))),
	} {
		at = at.Add(time.Second)
		replace(t, name, bundle(rootList, worse))
		require.ErrorIs(t, crl.Revoked(t.Context(), h.chain), mtls.ErrListed)
	}
	at = at.Add(time.Second)
	replace(t, name, bundle(rootList, h.issuing.list(t, from(now))))
	require.NoError(t, crl.Revoked(t.Context(), h.chain), "a newer one that lists it no more")

	replace(t, name, bundle(rootList, forger.forge(t, from(now))))
	at = at.Add(time.Second)
	require.NoError(t, crl.Revoked(t.Context(), h.chain))
	at = now.Add(25 * time.Hour)
	require.ErrorIs(t, crl.Revoked(t.Context(), h.chain), mtls.ErrRevocationUnknown, "for as long as that is in force")
}

// Many ask while the file changes.
func TestCRLConcurrently(t *testing.T) {
	t.Parallel()
	h := newHierarchy(t)
	name := write(t, h.good(t))
	var tick atomic.Int64
	crl := &mtls.CRL{Files: []string{name}, Every: 1, Now: func() time.Time { return now.Add(time.Duration(tick.Add(1))) }}
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			for range 100 {
				assert.NoError(t, crl.Revoked(t.Context(), h.chain))
			}
		})
	}
	for range 20 {
		replace(t, name, h.good(t))
	}
	group.Wait()
}
