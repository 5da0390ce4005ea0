package clientcert

import "crypto/x509"

// Parse reads a value as h's Source does, remembering nothing.
func (h *Header) Parse(value string) ([]*x509.Certificate, error) { return h.parser(h.Kind)(value) }
