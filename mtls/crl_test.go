package mtls_test

import (
	"crypto/x509"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fosite-fapi/fosite-fapi/mtls"
)

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
