package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"net/http"
	"net/http/httputil"
	"net/netip"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fosite-fapi/fosite-fapi/fapi"
	"github.com/fosite-fapi/fosite-fapi/fapitest"
)

// proxies are those that write a certificate into a header, each in its own way.
var proxies = map[string]struct {
	name  string // "" where the kind has one
	sends string
	value func(*x509.Certificate) string
}{
	"rfc9440": {"", "Client-Cert", func(c *x509.Certificate) string { return ":" + base64.StdEncoding.EncodeToString(c.Raw) + ":" }},
	"nginx":   {"ssl-client-cert", "ssl-client-cert", escapedPEM},
	"envoy":   {"", "X-Forwarded-Client-Cert", func(c *x509.Certificate) string { return `Hash=00;Cert="` + escapedPEM(c) + `"` }},
	"alb":     {"X-Amzn-Mtls-Clientcert-Leaf", "X-Amzn-Mtls-Clientcert-Leaf", escapedPEM},
	"der":     {"X-Client", "X-Client", func(c *x509.Certificate) string { return base64.StdEncoding.EncodeToString(c.Raw) }},
}

func escapedPEM(c *x509.Certificate) string {
	return url.PathEscape(string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c.Raw})))
}

// behind starts a server whose clients come through a proxy, at the address that is otherwise its own second one.
func behind(t *testing.T, kind string, trusted ...string) *world {
	t.Helper()
	w, p := newSite(t), proxies[kind]
	w.start(func(c *config) {
		c.Consent, c.MTLS.Listen = "auto", ""
		c.CertificateHeader = headerConfig{Kind: kind, Name: p.name}
		for _, prefix := range trusted {
			c.CertificateHeader.TrustedPeers = append(c.CertificateHeader.TrustedPeers, netip.MustParsePrefix(prefix))
		}
	})
	target, err := url.Parse(w.main)
	require.NoError(t, err)
	onwards := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: w.pki.Pool(), MinVersion: tls.VersionTLS12}}
	front := &http.Server{
		TLSConfig: fapi.TLSConfig(true, w.certificate),
		Handler: &httputil.ReverseProxy{Transport: onwards, Rewrite: func(r *httputil.ProxyRequest) {
			r.SetURL(target)
			r.Out.Header.Del(p.sends) // whatever the client wrote there
			if certificates := r.In.TLS.PeerCertificates; len(certificates) > 0 {
				r.Out.Header.Set(p.sends, p.value(certificates[0]))
			}
		}},
		ReadHeaderTimeout: sweepEvery,
	}
	done := make(chan error)
	go func() { done <- front.ServeTLS(w.listeners[1], "", "") }()
	t.Cleanup(func() {
		w.closeIdle()
		require.NoError(t, front.Shutdown(context.Background()))
		require.ErrorIs(t, <-done, http.ErrServerClosed)
		onwards.CloseIdleConnections()
	})
	return w
}

func TestCertificateHeader(t *testing.T) {
	for kind, p := range proxies {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			x := &trial{behind(t, kind, "127.0.0.1/32"), securityVariant(privateKeyJWT, certificateBound)}
			token := x.flow(x.a).tokens().Text("access_token")
			x.uses(x.a, token)
			x.denied("another certificate", x.accounts(x.b, token), "invalid_token")
			x.denied("the header of a stranger is dropped", x.accounts(x.with(x.a, nil), token, func(m *fapitest.Message) {
				m.Header.Set(p.sends, p.value(x.certA.Leaf))
			}), "invalid_token")
			// Who reaches the server past the proxy has no certificate: it isn't asked for, and the header is the
			// only source.
			conn, err := tls.Dial("tcp", x.Listen, &tls.Config{RootCAs: x.pki.Pool(), GetClientCertificate: func(*tls.CertificateRequestInfo) (*tls.Certificate, error) {
				x.Error("asked for a certificate")
				return x.certA, nil
			}})
			require.NoError(t, err)
			require.NoError(t, conn.Close())
			direct := x.get(x.https(x.certA), x.world.main+"/accounts", http.Header{"Authorization": {"Bearer " + token}})
			x.denied("past the proxy", direct, "invalid_token")
		})
	}
}

func TestCertificateHeaderOfAStranger(t *testing.T) {
	t.Parallel()
	x := &trial{behind(t, "rfc9440", "192.0.2.1/32"), securityVariant(privateKeyJWT, certificateBound)}
	x.refused(x.flow(x.a).authorized().redeem(), http.StatusBadRequest, "invalid_request")
}

// A header that can't be read is not a request without a certificate, at the endpoints and at the resource.
func TestMalformedCertificateHeader(t *testing.T) {
	t.Parallel()
	for kind, p := range proxies {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			w := behind(t, kind, "127.0.0.1/32")
			w.a.Server.MTLSEndpointAliases, w.a.HTTP = nil, w.outside // the test is the proxy now
			good := p.value(w.certA.Leaf)
			ask := func(values ...string) (issued, granted *fapitest.Answer) {
				sends := func(m *fapitest.Message) { m.Header[http.CanonicalHeaderKey(p.sends)] = values }
				grant := url.Values{"grant_type": {"client_credentials"}, "scope": {"accounts"}}
				issued, err := w.a.Token(t.Context(), grant, sends)
				require.NoError(t, err)
				token := issued.Text("access_token")
				if token == "" { // refused, so it takes another
					other, err := w.a.Token(t.Context(), grant, func(m *fapitest.Message) { m.Header.Set(p.sends, good) })
					require.NoError(t, err)
					token = other.Text("access_token")
				}
				granted, err = w.a.Get(t.Context(), w.main+"/accounts", token, sends)
				require.NoError(t, err)
				return issued, granted
			}
			issued, granted := ask(good)
			require.Equal(t, http.StatusOK, issued.Status, string(issued.Body))
			require.Equal(t, http.StatusOK, granted.Status, string(granted.Body))
			for name, values := range map[string][]string{
				"garbage": {"garbage"}, "twice": {good, good}, "cut": {good[:len(good)/2]}, "too large": {good + strings.Repeat("A", 48<<10)},
			} {
				issued, granted := ask(values...)
				for _, answer := range []*fapitest.Answer{issued, granted} {
					assert.Equal(t, http.StatusBadRequest, answer.Status, "%s: %s", name, answer.Body)
					assert.Equal(t, "invalid_request", answer.Text("error"), name)
				}
			}
		})
	}
}
