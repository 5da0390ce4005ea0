package resource

import (
	"crypto/tls"
	"net"
	"net/http"
	"time"

	"github.com/fosite-fapi/fosite-fapi/internal/fetch"
)

// newTransport reaches the issuer and nobody else: the one server whose word counts here anyway.
func newTransport() *http.Transport {
	return &http.Transport{
		DialContext: (&net.Dialer{}).DialContext,
		TLSClientConfig: &tls.Config{
			MinVersion:   tls.VersionTLS12,     // F2-TLS-02
			CipherSuites: fetch.CipherSuites(), // F2-TLS-07
		},
		ForceAttemptHTTP2:      true,
		DisableCompression:     true, // what is small on the wire must be small in memory
		MaxIdleConns:           defaultMaxCalls,
		MaxIdleConnsPerHost:    defaultMaxCalls,
		IdleConnTimeout:        90 * time.Second,
		MaxResponseHeaderBytes: 32 << 10,
	}
}
