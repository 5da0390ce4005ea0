package fapi

import (
	"crypto/tls"

	"github.com/fosite-fapi/fosite-fapi/internal/fetch"
)

// TLSConfig is the server side of TLS as FAPI wants it: 1.2 with the suites that RFC 9325 4.2 recommends, and 1.3
// (F2-TLS-02, F2-TLS-06). With clientCertificates it asks for a client certificate without demanding one: which
// client must present which is decided when the client is known (MTLS-18).
func TLSConfig(clientCertificates bool, certificates ...tls.Certificate) *tls.Config {
	c := &tls.Config{
		MinVersion:   tls.VersionTLS12,
		Certificates: certificates,
		CipherSuites: fetch.CipherSuites(),
		NextProtos:   []string{"h2", "http/1.1"},
	}
	if clientCertificates {
		c.ClientAuth = tls.RequestClientCert
	}
	return c
}
