package cnf

import (
	"crypto/subtle"
	"crypto/x509"
)

// Confirmation is the value of the cnf claim (RFC 7800 3): how a token is bound to its sender. The
// zero value is an unbound token. It is a plain value, safe to copy and to use concurrently.
type Confirmation struct {
	// X5TS256 is the thumbprint of the client's certificate (RFC 8705 3.1); "" means not bound to one.
	X5TS256 string `json:"x5t#S256,omitempty"`
	// JKT is the RFC 7638 SHA-256 thumbprint of the DPoP key (RFC 9449 6.1); "" means not bound to one.
	JKT string `json:"jkt,omitempty"`
}

// IsZero reports whether the confirmation binds to nothing.
func (c Confirmation) IsZero() bool { return c == Confirmation{} }

// Equal reports in constant time whether both bind to the same sender. Two zero values are equal.
func (c Confirmation) Equal(o Confirmation) bool {
	return equal(c.X5TS256, o.X5TS256)&equal(c.JKT, o.JKT) == 1
}

// Certificate checks that the token is bound to this certificate (RFC 8705 3), in constant time. A
// confirmation with another member besides is checked for the certificate only. It returns
// [ErrNotBound] without x5t#S256, [ErrNoCertificate] for nil, [ErrMismatch] for another one.
func (c Confirmation) Certificate(cert *x509.Certificate) error {
	return check(c.X5TS256, Thumbprint(cert), ErrNoCertificate)
}

// Key checks that the token is bound to the key with this RFC 7638 SHA-256 thumbprint (RFC 9449 7.1),
// in constant time. A confirmation with another member besides is checked for the key only. It
// returns [ErrNotBound] without jkt, [ErrNoKey] for "", [ErrMismatch] for another key.
func (c Confirmation) Key(jkt string) error { return check(c.JKT, jkt, ErrNoKey) }

func check(want, have string, none error) error {
	switch {
	case want == "":
		return ErrNotBound
	case have == "":
		return none
	case equal(want, have) != 1:
		return ErrMismatch
	}
	return nil
}

func equal(a, b string) int { return subtle.ConstantTimeCompare([]byte(a), []byte(b)) }
