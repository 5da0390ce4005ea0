package clientcert

import (
	"crypto/x509"
	"net/http"
)

// A Source returns the certificate chain of which the client has proved possession, leaf first;
// nil, nil when there is none. An error means a malformed or ambiguous claim, to be answered with
// 400. The chain is not verified: that is up to its consumer. A Source must be safe for concurrent
// use.
type Source func(r *http.Request) ([]*x509.Certificate, error)

// FromTLS takes the certificates of the TLS connection on which the request came. For the handshake
// to ask for one, set tls.Config.ClientAuth to tls.RequestClientCert (RFC 8705 6.1). It returns no
// error.
func FromTLS(r *http.Request) ([]*x509.Certificate, error) {
	if r.TLS == nil || len(r.TLS.PeerCertificates) == 0 {
		return nil, nil
	}
	return r.TLS.PeerCertificates, nil
}
