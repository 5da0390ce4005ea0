package fapitest

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"fmt"
)

// CertPEM returns the certificate and its intermediates in PEM, the leaf first and without the root: what servers and
// curl --cert read.
func CertPEM(cert tls.Certificate) []byte {
	var out bytes.Buffer
	for _, der := range cert.Certificate {
		out.Write(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
	}
	return out.Bytes()
}

// KeyPEM returns the certificate's private key in PEM, unencrypted (PKCS #8). It fails for a key that is not in
// memory, that of an HSM for instance.
func KeyPEM(cert tls.Certificate) ([]byte, error) {
	der, err := x509.MarshalPKCS8PrivateKey(cert.PrivateKey)
	if err != nil {
		return nil, fmt.Errorf("fapitest: encode the private key: %w", err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}), nil
}

// Chain returns the certificate and its intermediates parsed, the leaf first: what the peer of a TLS connection sees.
func Chain(cert tls.Certificate) ([]*x509.Certificate, error) {
	chain := make([]*x509.Certificate, 0, len(cert.Certificate))
	for _, der := range cert.Certificate {
		c, err := x509.ParseCertificate(der)
		if err != nil {
			return nil, fmt.Errorf("fapitest: parse the chain: %w", err)
		}
		chain = append(chain, c)
	}
	return chain, nil
}
