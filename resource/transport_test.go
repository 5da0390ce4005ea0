package resource_test

import (
	"crypto/tls"
	"crypto/x509"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/fosite-fapi/fosite-fapi/resource"
)

// How this server connects unless the host has a transport of its own.
func TestTransport(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		config  *tls.Config
		trusted bool
		ok      bool
	}{
		"F2-TLS-02 TLS 1.3":               {&tls.Config{MinVersion: tls.VersionTLS13}, true, true},
		"F2-TLS-02 TLS 1.2":               {&tls.Config{MaxVersion: tls.VersionTLS12}, true, true},
		"F2-TLS-02 TLS 1.1":               {&tls.Config{MinVersion: tls.VersionTLS10, MaxVersion: tls.VersionTLS11}, true, false},
		"F2-TLS-07 a suite of the list":   {suite(tls.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256), true, true},
		"F2-TLS-07 ChaCha20":              {suite(tls.TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256), true, false},
		"F2-TLS-07 CBC":                   {suite(tls.TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA), true, false},
		"F2-TLS-05 an unknown authority":  {&tls.Config{MinVersion: tls.VersionTLS12}, false, false},
		"F2-TLS-05 the certificate holds": {&tls.Config{MinVersion: tls.VersionTLS12}, true, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := httptest.NewUnstartedServer(http.NotFoundHandler())
			server.Config.ErrorLog = log.New(io.Discard, "", 0) // refused handshakes are meant
			server.TLS = c.config
			server.StartTLS()
			t.Cleanup(server.Close)
			transport := resource.NewTransport()
			t.Cleanup(transport.CloseIdleConnections)
			transport.TLSClientConfig.RootCAs = x509.NewCertPool()
			if c.trusted {
				transport.TLSClientConfig.RootCAs.AddCert(server.Certificate())
			}
			r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, server.URL, http.NoBody)
			require.NoError(t, err)
			resp, err := transport.RoundTrip(r)
			if !c.ok {
				require.Error(t, err)
				return
			}
			require.NoError(t, err)
			require.NoError(t, resp.Body.Close())
		})
	}
}

func suite(id uint16) *tls.Config {
	return &tls.Config{MaxVersion: tls.VersionTLS12, CipherSuites: []uint16{id}}
}
