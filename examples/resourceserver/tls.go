package main

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"net/http"
	"os"
	"time"
)

// transport reaches the issuer.
func (o *options) transport() (*http.Transport, error) {
	config := baseTLS()
	if o.issuerCA != "" {
		raw, err := os.ReadFile(o.issuerCA) //nolint:gosec // whoever starts the program names its files
		if err != nil {
			return nil, fmt.Errorf("-issuer-ca: %w", err)
		}
		config.RootCAs = x509.NewCertPool()
		if !config.RootCAs.AppendCertsFromPEM(raw) {
			return nil, fmt.Errorf("-issuer-ca: %s has no certificate in PEM", o.issuerCA)
		}
	}
	if o.clientCert != "" {
		certificate, err := tls.LoadX509KeyPair(o.clientCert, o.clientKey)
		if err != nil {
			return nil, fmt.Errorf("-client-cert, -client-key: %w", err)
		}
		config.Certificates = []tls.Certificate{certificate}
	}
	return &http.Transport{
		TLSClientConfig: config, ForceAttemptHTTP2: true, DisableCompression: true,
		MaxIdleConnsPerHost: 64, IdleConnTimeout: 90 * time.Second, MaxResponseHeaderBytes: 32 << 10,
	}, nil
}

// serverTLS asks for a certificate and takes any: the client proves to hold it, and the token says whether it is the right one.
func serverTLS(certificate tls.Certificate) *tls.Config {
	config := baseTLS()
	config.Certificates = []tls.Certificate{certificate}
	config.ClientAuth = tls.RequestClientCert
	return config
}

// baseTLS is what FAPI 2.0 asks of TLS (F2-TLS-02, F2-TLS-07).
func baseTLS() *tls.Config {
	return &tls.Config{
		MinVersion: tls.VersionTLS12,
		CipherSuites: []uint16{
			tls.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, tls.TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,
			tls.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256, tls.TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
		},
	}
}
