package resource_test

import (
	"crypto/tls"
	"crypto/x509"
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fosite-fapi/fosite-fapi/clientcert"
	"github.com/fosite-fapi/fosite-fapi/cnf"
	"github.com/fosite-fapi/fosite-fapi/internal/must"
	"github.com/fosite-fapi/fosite-fapi/resource"
)

func TestCertificateBinding(t *testing.T) {
	t.Parallel()
	for name, start := range everyStart() {
		if !strings.HasSuffix(name, "certificate") {
			continue
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, c := range []refusedCase{
				{"MTLS-10 another certificate", "MTLS-10", func(w *world) { w.certificate = otherCertificate().Leaf }, 401, "invalid_token", cnf.ErrMismatch},
				{"MTLS-10 no certificate", "MTLS-10", func(w *world) { w.certificate = nil }, 401, "invalid_token", cnf.ErrNoCertificate},
				{"MTLS-10 bound to another certificate", "MTLS-10", func(w *world) {
					w.claims["cnf"] = map[string]any{"x5t#S256": cnf.Thumbprint(otherCertificate().Leaf)}
				}, 401, "invalid_token", resource.ErrBinding},
				{"DPOP-42 by the scheme of DPoP", "DPOP-42", func(w *world) { w.scheme = "DPoP" }, 401, "invalid_token", resource.ErrScheme},
				{"MTLS-22 ambiguous certificate header", "MTLS-10", func(w *world) {
					w.config.Certificates = func(*http.Request) ([]*x509.Certificate, error) { return nil, clientcert.ErrHeaderDuplicate }
				}, 400, "invalid_request", clientcert.ErrHeaderDuplicate},
				{"MTLS-22 certificate header from elsewhere than the proxy", "MTLS-10", func(w *world) {
					w.config.Certificates = must.Get((&clientcert.Header{TrustedPeers: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}}).Source())
				}, 401, "invalid_token", cnf.ErrNoCertificate},
			} {
				c.run(t, start)
			}
		})
	}
}

func TestBindingToBoth(t *testing.T) {
	t.Parallel()
	both := func(tb testing.TB) *world {
		w := newWorld(tb).byKey()
		w.certificate = certificate().Leaf
		w.claims["cnf"].(map[string]any)["x5t#S256"] = cnf.Thumbprint(certificate().Leaf)
		return w
	}
	for _, c := range []refusedCase{
		{"F2-RS-05 without the certificate", "MTLS-10", func(w *world) { w.certificate = nil }, 401, "invalid_token", resource.ErrBinding},
		{"F2-RS-05 without the proof", "DPOP-40", func(w *world) { w.prover = nil }, 401, "invalid_dpop_proof", resource.ErrProof},
		{"F2-RS-05 as a bearer token", "DPOP-42", func(w *world) { w.scheme = "Bearer" }, 401, "invalid_token", resource.ErrScheme},
	} {
		c.run(t, both)
	}
}

// F1A-RS-02 lets no bearer token pass; a server that takes them says so.
func TestUnbound(t *testing.T) {
	t.Parallel()
	unbound := func(tb testing.TB) *world {
		w := newWorld(tb).asOpaque()
		w.config.InsecureAllowUnbound = true
		delete(w.claims, "cnf")
		w.certificate = nil
		return w
	}
	for _, c := range []refusedCase{
		{"F1A-RS-02 not allowed", "F2-RS-05", func(w *world) { w.config.InsecureAllowUnbound = false }, 401, "invalid_token", resource.ErrUnbound},
		{"DPOP-31 the issuer calls it DPoP and says no key", "F2-RS-05", func(w *world) { w.claims["token_type"] = "DPoP" }, 401, "invalid_token", resource.ErrUnbound},
		{"F2-RS-05 bound in an unknown way", "F2-RS-05", func(w *world) { w.claims["cnf"] = map[string]any{"kid": "k"} }, 401, "invalid_token", resource.ErrConfirmation},
		{"F2-RS-05 bound tokens stay bound", "MTLS-10", func(w *world) {
			w.claims["cnf"] = map[string]any{"x5t#S256": cnf.Thumbprint(certificate().Leaf)}
		}, 401, "invalid_token", resource.ErrBinding},
		{"DPOP-42 by the scheme of DPoP", "DPOP-42", func(w *world) { w.scheme = "DPoP" }, 401, "invalid_token", resource.ErrScheme},
	} {
		c.run(t, unbound)
	}
}

// MTLS-10, MTLS-19: over TLS, with certificates that nobody but the client has signed.
func TestCertificateOverTLS(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	server := httptest.NewUnstartedServer(w.protected())
	server.TLS = &tls.Config{ClientAuth: tls.RequestClientCert}
	server.StartTLS()
	t.Cleanup(server.Close)
	token := w.token()

	get := func(t *testing.T, certificates ...tls.Certificate) *http.Response {
		t.Helper()
		transport := server.Client().Transport.(*http.Transport).Clone()
		transport.TLSClientConfig.Certificates = certificates
		t.Cleanup(transport.CloseIdleConnections)
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, server.URL+"/accounts", http.NoBody)
		require.NoError(t, err)
		r.Header.Set("Authorization", "Bearer "+token)
		resp, err := transport.RoundTrip(r)
		require.NoError(t, err)
		t.Cleanup(func() { _ = resp.Body.Close() })
		return resp
	}
	for name, c := range map[string]struct {
		certificates []tls.Certificate
		status       int
	}{
		"MTLS-10 same certificate":    {[]tls.Certificate{certificate()}, http.StatusOK},
		"MTLS-10 another certificate": {[]tls.Certificate{otherCertificate()}, http.StatusUnauthorized},
		"MTLS-10 no certificate":      {nil, http.StatusUnauthorized},
	} {
		t.Run(name, func(t *testing.T) {
			resp := get(t, c.certificates...)
			assert.Equal(t, c.status, resp.StatusCode)
			assert.NotEmpty(t, resp.Header.Get("Date"), "F1B-RS-08")
			body, err := io.ReadAll(resp.Body)
			require.NoError(t, err)
			if c.status == http.StatusOK {
				assert.Equal(t, "secret", string(body))
			} else {
				assert.Contains(t, resp.Header.Get("WWW-Authenticate"), `error="invalid_token"`)
			}
		})
	}
}
