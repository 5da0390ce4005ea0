package resource

import (
	"crypto/tls"
	"net"
	"net/http"
	"time"
)

// newTransport reaches the issuer and nobody else: the one server whose word counts here anyway.
func newTransport() *http.Transport {
	return &http.Transport{
		DialContext: (&net.Dialer{}).DialContext,
		TLSClientConfig: &tls.Config{
			MinVersion: tls.VersionTLS12, // F2-TLS-02
			CipherSuites: []uint16{ // F2-TLS-07: RFC 9325 4.2
				tls.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, tls.TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,
				tls.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256, tls.TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
			},
		},
		ForceAttemptHTTP2:      true,
		DisableCompression:     true, // what is small on the wire must be small in memory
		MaxIdleConns:           defaultMaxCalls,
		MaxIdleConnsPerHost:    defaultMaxCalls,
		IdleConnTimeout:        90 * time.Second,
		MaxResponseHeaderBytes: 32 << 10,
	}
}
