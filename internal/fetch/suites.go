package fetch

import "crypto/tls"

// CipherSuites are those of TLS 1.2 that RFC 9325 4.2 recommends (F2-TLS-06, F2-TLS-07), for servers and clients alike.
func CipherSuites() []uint16 {
	return []uint16{
		tls.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, tls.TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,
		tls.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256, tls.TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
	}
}
