package cnf

import (
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
)

// Thumbprint returns the x5t#S256 value of a certificate: base64url(SHA-256(DER)), 43 characters
// without padding (RFC 8705 3.1). It is "" for nil and for a certificate that was not parsed from
// its encoding.
func Thumbprint(cert *x509.Certificate) string {
	if cert == nil || len(cert.Raw) == 0 {
		return ""
	}
	sum := sha256.Sum256(cert.Raw)
	var text [43]byte
	base64.RawURLEncoding.Encode(text[:], sum[:])
	return string(text[:])
}
