package fapitest_test

import (
	"crypto/ecdsa"
	"crypto/rand"
	"crypto/rsa"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"net/http"
	"net/http/httptest"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fosite-fapi/fosite-fapi/fapitest"
)

var tpp = pkix.Name{CommonName: "tpp", Organization: []string{"Example Ltd"}, Country: []string{"GB"}}

func verify(t *testing.T, roots *x509.CertPool, cert tls.Certificate, usage x509.ExtKeyUsage) error {
	t.Helper()
	chain, err := fapitest.Chain(cert)
	require.NoError(t, err)
	intermediates := x509.NewCertPool()
	for _, c := range chain[1:] {
		intermediates.AddCert(c)
	}
	_, err = chain[0].Verify(x509.VerifyOptions{
		Roots: roots, Intermediates: intermediates, KeyUsages: []x509.ExtKeyUsage{usage},
	})
	return err
}

func TestClientCertificate(t *testing.T) {
	t.Parallel()
	pki := fapitest.MustPKI(t)
	other := fapitest.MustPKI(t)
	clientAuth := x509.ExtKeyUsageClientAuth

	t.Run("ordinary", func(t *testing.T) {
		t.Parallel()
		cert := pki.MustClientCertificate(t, tpp)
		require.NoError(t, verify(t, pki.Pool(), cert, clientAuth))
		assert.Equal(t, tpp.String(), cert.Leaf.Subject.String())
		assert.Len(t, cert.Certificate, 1)
		assert.IsType(t, &ecdsa.PrivateKey{}, cert.PrivateKey)
		assert.False(t, cert.Leaf.IsCA)
	})
	t.Run("intermediates come as its chain", func(t *testing.T) {
		t.Parallel()
		deep := pki.MustIntermediate(t).MustIntermediate(t)
		cert := deep.MustClientCertificate(t, tpp)
		assert.Len(t, cert.Certificate, 3)
		require.NoError(t, verify(t, pki.Pool(), cert, clientAuth))
		assert.True(t, deep.Pool().Equal(pki.Pool()))
		cert.Certificate = cert.Certificate[:2]
		require.ErrorAs(t, verify(t, pki.Pool(), cert, clientAuth), &x509.UnknownAuthorityError{})
	})
	t.Run("another authority's", func(t *testing.T) {
		t.Parallel()
		cert := other.MustClientCertificate(t, tpp)
		require.ErrorAs(t, verify(t, pki.Pool(), cert, clientAuth), &x509.UnknownAuthorityError{})
	})
	t.Run("self-signed", func(t *testing.T) {
		t.Parallel()
		cert := fapitest.MustSelfSigned(t, tpp, fapitest.WithDNS("tpp.example.com"))
		require.ErrorAs(t, verify(t, pki.Pool(), cert, clientAuth), &x509.UnknownAuthorityError{})
		require.NoError(t, cert.Leaf.CheckSignature(cert.Leaf.SignatureAlgorithm, cert.Leaf.RawTBSCertificate, cert.Leaf.Signature))
		assert.Equal(t, []string{"tpp.example.com"}, cert.Leaf.DNSNames)
	})
	for name, c := range map[string]struct {
		option fapitest.CertificateOption
		reason x509.InvalidReason
	}{
		"expired":       {fapitest.Expired(), x509.Expired},
		"not yet valid": {fapitest.NotYetValid(), x509.Expired},
		"wrong usage":   {fapitest.WithUsage(x509.ExtKeyUsageServerAuth), x509.IncompatibleUsage},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var invalid x509.CertificateInvalidError
			require.ErrorAs(t, verify(t, pki.Pool(), pki.MustClientCertificate(t, tpp, c.option), clientAuth), &invalid)
			assert.Equal(t, c.reason, invalid.Reason)
		})
	}
}

func TestCertificateOptions(t *testing.T) {
	t.Parallel()
	pki := fapitest.MustPKI(t)
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	require.NoError(t, err)
	from, until := time.Date(2030, 1, 2, 3, 4, 5, 0, time.UTC), time.Date(2031, 1, 2, 3, 4, 5, 0, time.UTC)

	cert := pki.MustClientCertificate(t, pkix.Name{},
		fapitest.WithDNS("a.example.com", "b.example.com"),
		fapitest.WithIP("192.0.2.1", "2001:db8::1"),
		fapitest.WithURI("spiffe://example.com/tpp"),
		fapitest.WithEmail("tpp@example.com"),
		fapitest.WithKey(key),
		fapitest.Valid(from, until),
		func(template *fapitest.Template) error {
			template.RawSubject = []byte{0x30, 0x00}
			return nil
		},
	).Leaf
	assert.Equal(t, []string{"a.example.com", "b.example.com"}, cert.DNSNames)
	require.Len(t, cert.IPAddresses, 2)
	assert.Equal(t, "192.0.2.1", cert.IPAddresses[0].String())
	assert.Equal(t, "2001:db8::1", cert.IPAddresses[1].String())
	require.Len(t, cert.URIs, 1)
	assert.Equal(t, "spiffe://example.com/tpp", cert.URIs[0].String())
	assert.Equal(t, []string{"tpp@example.com"}, cert.EmailAddresses)
	assert.True(t, key.PublicKey.Equal(cert.PublicKey))
	assert.Equal(t, from, cert.NotBefore)
	assert.Equal(t, until, cert.NotAfter)
	assert.Equal(t, []byte{0x30, 0x00}, cert.RawSubject)

	t.Run("a malformed one issues nothing", func(t *testing.T) {
		t.Parallel()
		for _, option := range []fapitest.CertificateOption{fapitest.WithIP("localhost"), fapitest.WithURI("://")} {
			cert, err := pki.ClientCertificate(tpp, option)
			require.Error(t, err)
			assert.Zero(t, cert)
			cert, err = fapitest.SelfSigned(tpp, option)
			require.Error(t, err)
			assert.Zero(t, cert)
		}
	})
}

func TestServerCertificate(t *testing.T) {
	t.Parallel()
	pki := fapitest.MustPKI(t).MustIntermediate(t)
	named := pki.MustServerCertificate(t, "as.example.com", "192.0.2.7")
	require.NoError(t, named.Leaf.VerifyHostname("as.example.com"))
	require.NoError(t, named.Leaf.VerifyHostname("192.0.2.7"))
	require.Error(t, named.Leaf.VerifyHostname("localhost"))

	local := pki.MustServerCertificate(t)
	for _, host := range []string{"localhost", "127.0.0.1", "::1"} {
		require.NoError(t, local.Leaf.VerifyHostname(host))
	}
	key, ok := local.PrivateKey.(*rsa.PrivateKey)
	require.True(t, ok)
	assert.Equal(t, 2048, key.N.BitLen())
	require.NoError(t, verify(t, pki.Pool(), local, x509.ExtKeyUsageServerAuth))
	require.Error(t, verify(t, pki.Pool(), local, x509.ExtKeyUsageClientAuth))
}

func TestHandshake(t *testing.T) {
	t.Parallel()
	pki := fapitest.MustPKI(t)
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = w.Write([]byte(r.TLS.PeerCertificates[0].Subject.CommonName))
	}))
	server.TLS = &tls.Config{
		MinVersion:   tls.VersionTLS12,
		Certificates: []tls.Certificate{pki.MustServerCertificate(t)},
		ClientAuth:   tls.RequireAndVerifyClientCert,
		ClientCAs:    pki.Pool(),
	}
	server.Config.ErrorLog = discard()
	server.StartTLS()
	t.Cleanup(server.Close)

	get := func(cert tls.Certificate) (*http.Response, error) {
		transport := &http.Transport{TLSClientConfig: &tls.Config{
			MinVersion: tls.VersionTLS12, RootCAs: pki.Pool(), Certificates: []tls.Certificate{cert},
		}}
		t.Cleanup(transport.CloseIdleConnections)
		return (&http.Client{Transport: transport}).Get(server.URL)
	}
	response, err := get(pki.MustIntermediate(t).MustClientCertificate(t, tpp))
	require.NoError(t, err)
	require.NoError(t, response.Body.Close())
	assert.Equal(t, http.StatusOK, response.StatusCode)

	response, err = get(pki.MustClientCertificate(t, tpp, fapitest.Expired()))
	if err == nil {
		_ = response.Body.Close()
	}
	require.Error(t, err)
}

func TestValidUnderSynctest(t *testing.T) {
	t.Parallel()
	pki := fapitest.MustPKI(t)
	cert := pki.MustClientCertificate(t, tpp)
	expired := pki.MustClientCertificate(t, tpp, fapitest.Expired())
	synctest.Test(t, func(t *testing.T) {
		require.NoError(t, verify(t, pki.Pool(), cert, x509.ExtKeyUsageClientAuth))
		require.Error(t, verify(t, pki.Pool(), expired, x509.ExtKeyUsageClientAuth))
	})
}

func TestPEM(t *testing.T) {
	t.Parallel()
	pki := fapitest.MustPKI(t).MustIntermediate(t)
	for name, cert := range map[string]tls.Certificate{
		"client": pki.MustClientCertificate(t, tpp),
		"server": pki.MustServerCertificate(t),
	} {
		key, err := fapitest.KeyPEM(cert)
		require.NoError(t, err)
		back, err := tls.X509KeyPair(fapitest.CertPEM(cert), key)
		require.NoError(t, err, name)
		assert.Equal(t, cert.Certificate, back.Certificate, name)
	}
	pool := x509.NewCertPool()
	require.True(t, pool.AppendCertsFromPEM(pki.RootPEM()))
	assert.True(t, pool.Equal(pki.Pool()))
	assert.True(t, pki.Root().IsCA)

	key, err := fapitest.KeyPEM(tls.Certificate{PrivateKey: "not a key"})
	require.Error(t, err)
	assert.Nil(t, key)
	chain, err := fapitest.Chain(tls.Certificate{Certificate: [][]byte{{0}}})
	require.Error(t, err)
	assert.Nil(t, chain)
}
