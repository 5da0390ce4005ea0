package resource

import (
	"crypto/x509"
	"fmt"
	"net/http"
)

// bindCertificate compares the certificate of which the sender has proved possession with the token's (RFC 8705 3). Its
// chain is of no interest: the issuer decided whom it gave the token (MTLS-19).
func (s *Server) bindCertificate(r *http.Request, t *Token) error {
	chain, err := s.certificates(r)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrCertificate, err)
	}
	var leaf *x509.Certificate
	if len(chain) > 0 {
		leaf = chain[0]
	}
	if err := t.Confirmation.Certificate(leaf); err != nil {
		return fmt.Errorf("%w: %w", ErrBinding, err)
	}
	return nil
}
