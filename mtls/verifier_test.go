package mtls_test

import (
	"context"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fosite-fapi/fosite-fapi/mtls"
)

var clientDN = mtls.Subject{DN: "CN=client"}

func TestVerify(t *testing.T) {
	t.Parallel()
	root := newAuthority(t, "root", nil)
	issuing := newAuthority(t, "issuing", root)
	other := newAuthority(t, "root", nil)
	upstart := newAuthority(t, "upstart", issuing, func(c *x509.Certificate) { c.IsCA, c.KeyUsage = false, x509.KeyUsageDigitalSignature })
	leaf := issuing.client(t)
	chain := []*x509.Certificate{leaf, issuing.certificate}
	issued := func(changes ...change) []*x509.Certificate {
		return []*x509.Certificate{issuing.client(t, changes...), issuing.certificate}
	}
	intermediates := x509.NewCertPool()
	intermediates.AddCert(issuing.certificate)

	// Each case differs by one thing from the first.
	for _, test := range []struct {
		name     string
		verifier *mtls.Verifier
		chain    []*x509.Certificate
		subject  mtls.Subject
		err      error
	}{
		{name: "MTLS-04 a chain by way of an intermediate"},
		{name: "MTLS-04 a chain with the root", chain: []*x509.Certificate{leaf, issuing.certificate, root.certificate}},
		{name: "MTLS-04 a leaf whose intermediate is configured", verifier: &mtls.Verifier{Intermediates: intermediates}, chain: chain[:1]},
		{name: "MTLS-04 a leaf for clients and servers", chain: issued(func(c *x509.Certificate) {
			c.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth}
		})},
		{name: "MTLS-04 a leaf without extended key usage", chain: issued(func(c *x509.Certificate) { c.ExtKeyUsage = nil })},

		{name: "MTLS-03 no certificate", chain: []*x509.Certificate{}, err: mtls.ErrNoCertificate},
		{name: "MTLS-03 nil for the leaf", chain: []*x509.Certificate{nil, issuing.certificate}, err: mtls.ErrNoCertificate},
		{name: "MTLS-03 the certificate of another client", chain: issued(func(c *x509.Certificate) { c.Subject.CommonName = "other" }), err: mtls.ErrSubjectMismatch},
		{name: "MTLS-04 a leaf whose intermediate is not known", chain: chain[:1], err: mtls.ErrChain},
		{name: "MTLS-04 a leaf with an intermediate of another", chain: []*x509.Certificate{leaf, other.certificate}, err: mtls.ErrChain},
		{name: "MTLS-04 a leaf for servers only", chain: issued(func(c *x509.Certificate) {
			c.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}
		}), err: mtls.ErrChain},
		{name: "MTLS-04 an ended leaf", chain: issued(func(c *x509.Certificate) { c.NotAfter = now.Add(-time.Second) }), err: mtls.ErrChain},
		{name: "MTLS-04 a leaf that is yet to begin", chain: issued(func(c *x509.Certificate) { c.NotBefore = now.Add(time.Second) }), err: mtls.ErrChain},
		{name: "MTLS-04 a self-signed leaf", chain: []*x509.Certificate{(*authority)(nil).client(t)}, err: mtls.ErrChain},
		{name: "MTLS-04 a leaf issued by a leaf", chain: []*x509.Certificate{upstart.client(t), upstart.certificate, issuing.certificate}, err: mtls.ErrChain},
		{name: "MTLS-04 nil among the intermediates", chain: []*x509.Certificate{leaf, issuing.certificate, nil}, err: mtls.ErrChain},
		{name: "MTLS-04 more than eight certificates", chain: []*x509.Certificate{leaf, issuing.certificate, leaf, leaf, leaf, leaf, leaf, leaf, leaf}, err: mtls.ErrChain},
		{name: "MTLS-05 no subject", subject: mtls.Subject{SANDNS: "client.example", DN: "CN=client"}, err: mtls.ErrSubject},
		{name: "MTLS-24 the same subject from another authority", verifier: &mtls.Verifier{Roots: other.pool()}, err: mtls.ErrChain},
		{name: "MTLS-24 no trust anchors at all", verifier: &mtls.Verifier{Roots: x509.NewCertPool()}, err: mtls.ErrChain},
		{name: "revoked", verifier: &mtls.Verifier{Revoked: func(context.Context, []*x509.Certificate) error { return errRevoked }}, err: mtls.ErrRevoked},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			if test.verifier == nil {
				test.verifier = new(mtls.Verifier)
			}
			if test.verifier.Roots == nil {
				test.verifier.Roots = root.pool()
			}
			if test.chain == nil {
				test.chain = chain
			}
			if test.subject == (mtls.Subject{}) {
				test.subject = clientDN
			}
			test.verifier.Now = clock
			for range 2 { // found, then remembered
				err := test.verifier.Verify(t.Context(), test.chain, test.subject)
				if test.err == nil {
					assert.NoError(t, err)
				} else {
					assert.ErrorIs(t, err, test.err)
				}
			}
		})
	}

	t.Run("MTLS-24 no roots are not the system's", func(t *testing.T) {
		t.Parallel()
		var v mtls.Verifier
		require.ErrorIs(t, v.Verify(t.Context(), chain, clientDN), mtls.ErrChain)
	})
	t.Run("every kind of subject", func(t *testing.T) {
		t.Parallel()
		v := mtls.Verifier{Roots: root.pool(), Now: clock}
		named := issued(func(c *x509.Certificate) { c.DNSNames = []string{"client.example"} })
		require.NoError(t, v.Verify(t.Context(), named, mtls.Subject{SANDNS: "client.example"}))
		require.ErrorIs(t, v.Verify(t.Context(), named, mtls.Subject{SANDNS: "other.example"}), mtls.ErrSubjectMismatch)
	})
	t.Run("the clock is the system's", func(t *testing.T) {
		t.Parallel()
		v := mtls.Verifier{Roots: root.pool()}
		ended := issued(func(c *x509.Certificate) {
			c.NotBefore, c.NotAfter = time.Date(2001, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(2002, 1, 1, 0, 0, 0, 0, time.UTC)
		})
		require.ErrorIs(t, v.Verify(t.Context(), ended, clientDN), mtls.ErrChain)
	})
}

var errRevoked = errors.New("on the list")

func TestRevoked(t *testing.T) {
	t.Parallel()
	root := newAuthority(t, "root", nil)
	issuing := newAuthority(t, "issuing", root)
	chain := []*x509.Certificate{issuing.client(t), issuing.certificate}
	type key struct{}
	ctx := context.WithValue(t.Context(), key{}, "of the request")
	var answer error
	asked := 0
	v := mtls.Verifier{Roots: root.pool(), Now: clock, Revoked: func(ctx context.Context, path []*x509.Certificate) error {
		asked++
		assert.Equal(t, "of the request", ctx.Value(key{}))
		if assert.Len(t, path, 3) {
			assert.True(t, path[0].Equal(chain[0]) && path[1].Equal(chain[1]) && path[2].Equal(root.certificate), "from the leaf to the trust anchor")
		}
		return answer
	}}
	require.NoError(t, v.Verify(ctx, chain, clientDN))
	require.Equal(t, 1, v.Remembered())
	answer = errRevoked
	err := v.Verify(ctx, chain, clientDN)
	require.ErrorIs(t, err, mtls.ErrRevoked, "asked for a remembered chain too")
	require.ErrorIs(t, err, errRevoked)
	require.Equal(t, 2, asked)
	require.ErrorIs(t, v.Verify(ctx, chain, mtls.Subject{DN: "CN=other"}), mtls.ErrSubjectMismatch)
	require.Equal(t, 2, asked, "not asked for a certificate that is refused anyway")
}

func TestRemembered(t *testing.T) {
	t.Parallel()
	root := newAuthority(t, "root", nil)
	hour := func(h int) time.Time { return now.Add(time.Duration(h) * time.Hour) }

	t.Run("MTLS-04 never past the end of the first certificate to end", func(t *testing.T) {
		t.Parallel()
		for _, test := range []struct {
			name                string
			leaf, issuing, root time.Time
		}{
			{"the leaf", hour(1), hour(9), hour(9)},
			{"the intermediate", hour(9), hour(1), hour(9)},
			{"the root", hour(9), hour(9), hour(1)},
		} {
			t.Run(test.name, func(t *testing.T) {
				t.Parallel()
				until := func(end time.Time) change { return func(c *x509.Certificate) { c.NotAfter = end } }
				root := newAuthority(t, "root", nil, until(test.root))
				issuing := newAuthority(t, "issuing", root, until(test.issuing))
				chain := []*x509.Certificate{issuing.client(t, until(test.leaf)), issuing.certificate}
				at := now
				v := mtls.Verifier{Roots: root.pool(), Now: func() time.Time { return at }}
				for range 2 {
					require.NoError(t, v.Verify(t.Context(), chain, clientDN))
				}
				at = hour(1)
				require.NoError(t, v.Verify(t.Context(), chain, clientDN), "the last second of its life counts")
				at = at.Add(time.Second)
				require.ErrorIs(t, v.Verify(t.Context(), chain, clientDN), mtls.ErrChain)
				require.Zero(t, v.Remembered())
			})
		}
	})
	t.Run("MTLS-04 nor before its beginning, if the clock goes back", func(t *testing.T) {
		t.Parallel()
		chain := []*x509.Certificate{root.client(t, func(c *x509.Certificate) { c.NotBefore = now })}
		at := now
		v := mtls.Verifier{Roots: root.pool(), Now: func() time.Time { return at }}
		require.NoError(t, v.Verify(t.Context(), chain, clientDN))
		at = now.Add(-time.Second)
		require.ErrorIs(t, v.Verify(t.Context(), chain, clientDN), mtls.ErrChain)
	})
	t.Run("one chain is not taken for another", func(t *testing.T) {
		t.Parallel()
		issuing := newAuthority(t, "issuing", root)
		leaf := issuing.client(t)
		v := mtls.Verifier{Roots: root.pool(), Now: clock}
		require.NoError(t, v.Verify(t.Context(), []*x509.Certificate{leaf, issuing.certificate}, clientDN))
		require.ErrorIs(t, v.Verify(t.Context(), []*x509.Certificate{leaf}, clientDN), mtls.ErrChain)
	})
	t.Run("a refused chain is not remembered", func(t *testing.T) {
		t.Parallel()
		v := mtls.Verifier{Roots: root.pool(), Now: clock}
		require.ErrorIs(t, v.Verify(t.Context(), []*x509.Certificate{newAuthority(t, "root", nil).client(t)}, clientDN), mtls.ErrChain)
		require.Zero(t, v.Remembered())
	})
	t.Run("bounded, the least recently used goes", func(t *testing.T) {
		t.Parallel()
		var paths []*x509.Certificate
		v := mtls.Verifier{Roots: root.pool(), Now: clock, CacheSize: 2, Revoked: func(_ context.Context, path []*x509.Certificate) error {
			paths = append(paths, path[0])
			return nil
		}}
		chains := make([]*x509.Certificate, 3)
		for i := range chains {
			chains[i] = root.client(t)
		}
		verify := func(i int) *x509.Certificate {
			again, err := x509.ParseCertificate(chains[i].Raw)
			require.NoError(t, err)
			require.NoError(t, v.Verify(t.Context(), []*x509.Certificate{again}, clientDN))
			assert.LessOrEqual(t, v.Remembered(), 2)
			return paths[len(paths)-1]
		}
		first, second := verify(0), verify(1)
		assert.Same(t, first, verify(0), "remembered")
		third := verify(2)
		assert.Same(t, first, verify(0), "used after the second")
		assert.Same(t, third, verify(2))
		assert.NotSame(t, second, verify(1), "forgotten")
	})
	t.Run("not at all", func(t *testing.T) {
		t.Parallel()
		chain := []*x509.Certificate{root.client(t)}
		v := mtls.Verifier{Roots: root.pool(), Now: clock, CacheSize: -1}
		for range 2 {
			require.NoError(t, v.Verify(t.Context(), chain, clientDN))
		}
	})
	t.Run("by several at once", func(t *testing.T) {
		t.Parallel()
		v := mtls.Verifier{Roots: root.pool(), Now: clock, CacheSize: 2}
		var chains [][]*x509.Certificate
		for range 4 {
			chains = append(chains, []*x509.Certificate{root.client(t)})
		}
		var wg sync.WaitGroup
		for i := range 8 {
			wg.Go(func() {
				for j := range 16 {
					assert.NoError(t, v.Verify(t.Context(), chains[(i+j)%len(chains)], clientDN))
				}
			})
		}
		wg.Wait()
		require.Equal(t, 2, v.Remembered())
	})
}

// A critical name constraint of the intermediate binds the leaf.
func TestVerifyConstraints(t *testing.T) {
	t.Parallel()
	root := newAuthority(t, "root", nil)
	for _, test := range []struct {
		name string
		dns  string
		err  error
	}{
		{"MTLS-04 within the issuer's constraints", "client.inside.example", nil},
		{"MTLS-04 outside the issuer's constraints", "client.outside.example", mtls.ErrChain},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			issuing := newAuthority(t, "issuing", root, func(c *x509.Certificate) {
				c.PermittedDNSDomainsCritical, c.PermittedDNSDomains = true, []string{"inside.example"}
			})
			leaf := issuing.client(t, func(c *x509.Certificate) { c.Subject, c.DNSNames = pkix.Name{}, []string{test.dns} })
			v := mtls.Verifier{Roots: root.pool(), Now: clock}
			err := v.Verify(t.Context(), []*x509.Certificate{leaf, issuing.certificate}, mtls.Subject{SANDNS: test.dns})
			require.ErrorIs(t, err, test.err)
		})
	}
}
