package mtls_test

import (
	"context"
	"crypto/x509"
	"encoding/asn1"
	"encoding/pem"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fosite-fapi/fosite-fapi/internal/fetch"
	"github.com/fosite-fapi/fosite-fapi/mtls"
)

// A hierarchy is a root, an authority below it that issues for clients, and a chain.
type hierarchy struct {
	root, issuing *authority
	chain         []*x509.Certificate // as verified
}

func newHierarchy(tb testing.TB, leaf ...change) *hierarchy {
	tb.Helper()
	root := newAuthority(tb, "root", nil, signsLists)
	issuing := newAuthority(tb, "issuing", root, signsLists)
	return &hierarchy{root, issuing, []*x509.Certificate{issuing.client(tb, leaf...), issuing.certificate, root.certificate}}
}

// good are lists of both authorities with neither certificate on them.
func (h *hierarchy) good(tb testing.TB) []byte {
	return bundle(h.root.list(tb), h.issuing.list(tb))
}

func write(tb testing.TB, document []byte) string {
	tb.Helper()
	name := filepath.Join(tb.TempDir(), "crl")
	replace(tb, name, document)
	return name
}

// replace puts another file in the place of one.
func replace(tb testing.TB, name string, document []byte) {
	tb.Helper()
	require.NoError(tb, os.WriteFile(name+".new", document, 0o600))
	require.NoError(tb, os.Rename(name+".new", name))
}

// Each case differs by one thing from the first.
func TestCRL(t *testing.T) {
	t.Parallel()
	h := newHierarchy(t, func(c *x509.Certificate) { c.CRLDistributionPoints = []string{"http://crl.example/1"} })
	leaf, intermediate := h.chain[0].SerialNumber, h.chain[1].SerialNumber
	other := newAuthority(t, "issuing", h.root, signsLists)
	unfit := newAuthority(t, "issuing", h.root)
	sameName := &authority{certificate: h.issuing.certificate, key: other.key}
	rootList, ago := h.root.list(t), func(d time.Duration) func(*x509.RevocationList) {
		return func(l *x509.RevocationList) { l.NextUpdate = now.Add(-d) }
	}
	for _, test := range []struct {
		name string
		crl  *mtls.CRL // nil: the zero one
		list []byte    // of the issuing authority
		root []byte    // of the root
		err  error
	}{
		{name: "RFC 5280 6.3 good"},
		{name: "RFC 5280 6.3 another serial number", list: h.issuing.list(t, listing(intermediate))},
		{name: "RFC 5280 6.3 revoked leaf", list: h.issuing.list(t, listing(leaf)), err: mtls.ErrListed},
		{name: "RFC 5280 6.3 revoked leaf, on hold", list: h.issuing.list(t, listing(leaf), func(l *x509.RevocationList) { l.RevokedCertificateEntries[0].ReasonCode = 6 }), err: mtls.ErrListed},
		{name: "RFC 5280 6.3 revoked intermediate", root: h.root.list(t, listing(intermediate)), err: mtls.ErrListed},
		{name: "RFC 5280 6.3 no list of the issuer", list: other.list(t), err: mtls.ErrRevocationUnknown},
		{name: "RFC 5280 6.3 two keys of the issuer", list: bundle(other.list(t), h.issuing.list(t))},
		{name: "RFC 5280 6.3 two keys of the issuer, revoked", list: bundle(other.list(t), h.issuing.list(t, listing(leaf))), err: mtls.ErrListed},
		{name: "RFC 5280 6.3 wrong signature", list: sameName.forge(t), err: mtls.ErrRevocationUnknown},
		{name: "RFC 5280 6.3 wrong signature, listed", list: sameName.forge(t, listing(leaf)), err: mtls.ErrRevocationUnknown},
		{name: "RFC 5280 4.2.1.3 an issuer that may not sign lists", list: unfit.forge(t), err: mtls.ErrRevocationUnknown},

		{name: "RFC 5280 5.1.2.5 the last moment", list: h.issuing.list(t, ago(0))},
		{name: "RFC 5280 5.1.2.5 stale", list: h.issuing.list(t, ago(time.Second)), err: mtls.ErrRevocationUnknown},
		{name: "RFC 5280 5.1.2.5 stale, listed", list: h.issuing.list(t, ago(time.Second), listing(leaf)), err: mtls.ErrListed},
		{name: "RFC 5280 5.1.2.5 stale, another is not", list: bundle(h.issuing.list(t, ago(time.Second)), h.issuing.list(t))},
		{name: "RFC 5280 5.1.2.5 within the grace", crl: &mtls.CRL{Grace: time.Minute}, list: h.issuing.list(t, ago(time.Minute))},
		{name: "RFC 5280 5.1.2.5 past the grace", crl: &mtls.CRL{Grace: time.Minute}, list: h.issuing.list(t, ago(time.Minute+time.Second)), err: mtls.ErrRevocationUnknown},
		{name: "RFC 5280 5.1.2.5 a negative grace", crl: &mtls.CRL{Grace: -time.Hour}},
		{name: "RFC 5280 5.1.2.4 from a clock a minute ahead", list: h.issuing.list(t, from(now.Add(time.Minute)))},
		{name: "RFC 5280 5.1.2.4 from the future", list: h.issuing.list(t, from(now.Add(time.Minute+time.Second))), err: mtls.ErrRevocationUnknown},

		{name: "RFC 5280 5.2.5 of users", list: h.issuing.list(t, only("\x81\x01\xff"))},
		{name: "RFC 5280 5.2.5 of authorities", list: h.issuing.list(t, only("\x82\x01\xff")), err: mtls.ErrRevocationUnknown},
		{name: "RFC 5280 5.2.5 of authorities, for one", root: h.root.list(t, only("\x82\x01\xff"))},
		{name: "RFC 5280 5.2.5 of users, for an authority", root: h.root.list(t, only("\x81\x01\xff")), err: mtls.ErrRevocationUnknown},
		{name: "RFC 5280 5.2.5 of the part that it is in", list: h.issuing.list(t, part("http://crl.example/1"))},
		{name: "RFC 5280 5.2.5 of another part", list: h.issuing.list(t, part("http://crl.example/2")), err: mtls.ErrRevocationUnknown},
		{name: "RFC 5280 5.2.5 listed in another part", list: bundle(h.issuing.list(t), h.issuing.list(t, part("http://crl.example/2"), listing(leaf))), err: mtls.ErrListed},
		{name: "RFC 5280 5.2.5 of a relative name", list: h.issuing.list(t, only("\xa0\x02\xa1\x00")), err: mtls.ErrRevocationUnknown},

		{name: "an issuer without a list", crl: &mtls.CRL{Unlisted: h.exempt}, root: h.issuing.list(t)},
		{name: "an issuer without a list, another exempt", crl: &mtls.CRL{Unlisted: func(*x509.Certificate) bool { return false }}, root: h.issuing.list(t), err: mtls.ErrRevocationUnknown},
		{name: "an exempt issuer whose list is stale", crl: &mtls.CRL{Unlisted: h.exempt}, root: h.root.list(t, ago(time.Second)), err: mtls.ErrRevocationUnknown},
		{name: "an exempt issuer, of whose key there is no list", crl: &mtls.CRL{Unlisted: h.exempt}, root: newAuthority(t, "root", nil, signsLists).list(t), err: mtls.ErrRevocationUnknown},
		{name: "an exempt issuer, with a source that is not there", crl: &mtls.CRL{Unlisted: h.exempt, Files: []string{"testdata/none"}}, root: h.issuing.list(t), err: mtls.ErrRevocationUnknown},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			crl := test.crl
			if crl == nil {
				crl = new(mtls.CRL)
			}
			if test.list == nil {
				test.list = h.issuing.list(t)
			}
			if test.root == nil {
				test.root = rootList
			}
			crl.Files, crl.Now = append(crl.Files, write(t, bundle(test.root, test.list))), clock
			v := &mtls.Verifier{Roots: h.root.pool(), Now: clock, Revoked: crl.Revoked}
			for range 2 { // loaded, then as loaded
				err := crl.Revoked(t.Context(), h.chain)
				through := v.Verify(t.Context(), h.chain[:2], clientDN)
				if test.err == nil {
					require.NoError(t, err)
					require.NoError(t, through)
					continue
				}
				require.ErrorIs(t, err, test.err)
				require.ErrorIs(t, through, test.err)
				require.ErrorIs(t, through, mtls.ErrRevoked)
				assert.False(t, errors.Is(err, mtls.ErrListed) && errors.Is(err, mtls.ErrRevocationUnknown))
			}
		})
	}
	t.Run("a trust anchor alone", func(t *testing.T) {
		t.Parallel()
		crl := &mtls.CRL{Files: []string{write(t, rootList)}, Now: clock}
		require.NoError(t, crl.Revoked(t.Context(), h.chain[2:]))
		require.ErrorIs(t, crl.Revoked(t.Context(), nil), mtls.ErrRevocationUnknown)
	})
}

// exempt names the root.
func (h *hierarchy) exempt(issuer *x509.Certificate) bool { return issuer.Equal(h.root.certificate) }

func TestCRLValidate(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		crl *mtls.CRL
		err error
	}{
		"one":              {&mtls.CRL{URLs: []string{"http://crl.example/"}}, nil},
		"of https":         {&mtls.CRL{URLs: []string{"https://crl.example/"}}, nil},
		"none":             {&mtls.CRL{}, mtls.ErrSource},
		"too many":         {&mtls.CRL{Files: make([]string, 65)}, mtls.ErrSource},
		"an unnamed file":  {&mtls.CRL{Files: []string{""}}, mtls.ErrSource},
		"of ldap":          {&mtls.CRL{URLs: []string{"ldap://crl.example/"}}, mtls.ErrSource},
		"no host":          {&mtls.CRL{URLs: []string{"http:///"}}, mtls.ErrSource},
		"with credentials": {&mtls.CRL{URLs: []string{"http://user:secret@crl.example/"}}, mtls.ErrSource},
		"malformed":        {&mtls.CRL{URLs: []string{"http://crl.example/\x00"}}, mtls.ErrSource},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			err := test.crl.Validate()
			require.ErrorIs(t, err, test.err)
			if test.err != nil {
				assert.NotContains(t, err.Error(), "secret")
				h := newHierarchy(t)
				require.ErrorIs(t, test.crl.Load(t.Context()), test.err)
				require.ErrorIs(t, test.crl.Revoked(t.Context(), h.chain), mtls.ErrRevocationUnknown)
			}
		})
	}
}

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

func TestParseLists(t *testing.T) {
	t.Parallel()
	h := newHierarchy(t)
	der := h.issuing.list(t, listing(h.chain[0].SerialNumber))
	inPEM := bundle(der, h.root.list(t))
	many := make([][]byte, 65)
	for i := range many {
		many[i] = der
	}
	certificate := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: h.chain[0].Raw})
	for name, test := range map[string]struct {
		document []byte
		lists    int
	}{
		"DER":                              {der, 1},
		"PEM":                              {inPEM, 2},
		"PEM with text":                    {append([]byte("of the issuing authority\n"), inPEM...), 2},
		"RFC 5280 5.1.2.2 RSA by SHA-256":  {rsaList(t), 1},
		"RFC 5280 5.1.2.5 nextUpdate":      {remarshal(t, der, false), 1},
		"RFC 5280 5.2 an extension":        {h.issuing.list(t, extended(asn1.ObjectIdentifier{1, 2, 3}, false, "\x05\x00")), 1},
		"RFC 5280 5.2.6 a freshest list":   {h.issuing.list(t, extended(asn1.ObjectIdentifier{2, 5, 29, 46}, false, "\x30\x00")), 1},
		"RFC 5280 5.2.5 not indirect":      {h.issuing.list(t, only("\x84\x01\x00")), 1},
		"64 lists":                         {bundle(many[:64]...), 64},
		"nothing":                          {nil, 0},
		"something else":                   {[]byte("-----BEGIN"), 0},
		"a certificate":                    {h.chain[0].Raw, 0},
		"a certificate in PEM":             {certificate, 0},
		"a certificate beside":             {append(certificate, inPEM...), 0},
		"DER, cut":                         {der[:len(der)-1], 0},
		"DER, something after":             {append(der[:len(der):len(der)], 0), 0},
		"PEM, the last cut":                {inPEM[:len(inPEM)-30], 0},
		"PEM, the first damaged":           {append([]byte("-----BEGIN X509 CRL-----\n"), inPEM[40:]...), 0},
		"65 lists":                         {bundle(many...), 0},
		"RFC 5280 5.1.2.2 RSA by SHA-1":    {bySHA1(t, rsaList(t)), 0},
		"RFC 5280 5.1.2.5 no nextUpdate":   {remarshal(t, der, true), 0},
		"RFC 5280 5.2 critical":            {h.issuing.list(t, extended(asn1.ObjectIdentifier{1, 2, 3}, true, "\x05\x00")), 0},
		"RFC 5280 5.2 twice":               {h.issuing.list(t, only(""), only("")), 0},
		"RFC 5280 5.2.4 delta":             {h.issuing.list(t, extended(asn1.ObjectIdentifier{2, 5, 29, 27}, true, "\x02\x01\x01")), 0},
		"RFC 5280 5.2.4 delta, uncritical": {h.issuing.list(t, extended(asn1.ObjectIdentifier{2, 5, 29, 27}, false, "\x02\x01\x01")), 0},
		"RFC 5280 5.2.5 some reasons":      {h.issuing.list(t, only("\x83\x02\x01\x40")), 0},
		"RFC 5280 5.2.5 indirect":          {h.issuing.list(t, only("\x84\x01\xff")), 0},
		"RFC 5280 5.2.5 attributes":        {h.issuing.list(t, only("\x85\x01\xff")), 0},
		"RFC 5280 5.2.5 out of order":      {h.issuing.list(t, only("\x82\x01\xff\x81\x01\xff")), 0},
		"RFC 5280 5.2.5 malformed":         {h.issuing.list(t, only("\x81")), 0},
		"RFC 5280 5.2.5 malformed name":    {h.issuing.list(t, only("\xa0\x03\xa0\x01\x86")), 0},
		"RFC 5280 5.3.3 certificateIssuer": {h.issuing.list(t, listing(h.chain[0].SerialNumber), ofAnother), 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			lists, err := mtls.ParseLists(test.document)
			assert.Equal(t, test.lists, lists)
			if test.lists == 0 {
				require.ErrorIs(t, err, mtls.ErrList)
			} else {
				require.NoError(t, err)
			}
		})
	}
}
