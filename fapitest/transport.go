package fapitest

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"net/http"
	"net/http/httptest"
)

// A Transport is an http.RoundTripper that calls a handler in this process, as if over TLS: no sockets, no
// goroutines, so that a whole flow takes microseconds of its own and runs inside a testing/synctest bubble.
type Transport struct {
	Handler http.Handler
	// Certificate is what the client presents; nil means none.
	Certificate *tls.Certificate
}

// RoundTrip implements http.RoundTripper.
func (t *Transport) RoundTrip(req *http.Request) (*http.Response, error) {
	in := req.Clone(req.Context())
	in.RequestURI = req.URL.RequestURI()
	if in.Host == "" {
		in.Host = req.URL.Host
	}
	if in.Body == nil {
		in.Body = http.NoBody
	}
	in.RemoteAddr = "192.0.2.1:1234"
	in.TLS = &tls.ConnectionState{Version: tls.VersionTLS13, HandshakeComplete: true}
	if t.Certificate != nil {
		chain, err := Chain(*t.Certificate)
		if err != nil {
			return nil, err
		}
		in.TLS.PeerCertificates = chain
	}
	rec := httptest.NewRecorder()
	t.Handler.ServeHTTP(rec, in)
	resp := rec.Result()
	resp.Request = req
	return resp, nil
}

// HTTP returns a client that calls the handler in this process, presents the certificate, and shows redirects instead
// of following them.
func HTTP(handler http.Handler, certificate *tls.Certificate) *http.Client {
	return NoRedirect(&http.Client{Transport: &Transport{Handler: handler, Certificate: certificate}})
}

// HTTPS returns a client for servers whose certificate chains to roots.
func HTTPS(roots *x509.CertPool, certificate *tls.Certificate) *http.Client {
	config := &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12}
	if certificate != nil {
		config.Certificates = []tls.Certificate{*certificate}
	}
	return NoRedirect(&http.Client{Transport: &http.Transport{TLSClientConfig: config, ForceAttemptHTTP2: true}})
}

// NoRedirect makes a client return redirects.
func NoRedirect(c *http.Client) *http.Client {
	c.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return c
}

// presentedBy returns the certificate that a client presents; nil means none.
func presentedBy(c *http.Client) *tls.Certificate {
	switch t := c.Transport.(type) {
	case *Transport:
		return t.Certificate
	case *http.Transport:
		if t.TLSClientConfig != nil && len(t.TLSClientConfig.Certificates) > 0 {
			return &t.TLSClientConfig.Certificates[0]
		}
	}
	return nil
}

// presenting returns a client that presents another certificate, or none.
func presenting(c *http.Client, certificate *tls.Certificate) (*http.Client, error) {
	other := *c
	switch t := c.Transport.(type) {
	case *Transport:
		other.Transport = &Transport{Handler: t.Handler, Certificate: certificate}
	case *http.Transport:
		clone := t.Clone()
		clone.DisableKeepAlives = true // a connection that lives has its certificate already
		if clone.TLSClientConfig == nil {
			clone.TLSClientConfig = &tls.Config{MinVersion: tls.VersionTLS12}
		}
		clone.TLSClientConfig.Certificates = nil
		if certificate != nil {
			clone.TLSClientConfig.Certificates = []tls.Certificate{*certificate}
		}
		other.Transport = clone
	default:
		return nil, fmt.Errorf("fapitest: the certificate of a %T can't be swapped", t)
	}
	return &other, nil
}
