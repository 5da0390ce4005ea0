package mtls

import (
	"crypto/x509"
	"fmt"
)

// Subject is the registered subject of a tls_client_auth client (RFC 8705 2.1.2). Exactly one
// field is set. It is a plain value: safe to copy and to use from several goroutines.
type Subject struct {
	DN       string // tls_client_auth_subject_dn: an RFC 4514 string
	SANDNS   string // tls_client_auth_san_dns: a dNSName
	SANURI   string // tls_client_auth_san_uri: a uniformResourceIdentifier
	SANIP    string // tls_client_auth_san_ip: an iPAddress, dotted quad or RFC 5952 text
	SANEmail string // tls_client_auth_san_email: an rfc822Name
}

// Validate reports whether s can be matched at all: exactly one field set, and that one of its
// syntax. Errors wrap ErrSubject. Meant for the time of registration; Matches and Verifier.Verify
// do it again.
func (s Subject) Validate() error {
	_, err := s.compile()
	return err
}

// Matches returns nil if the certificate carries the subject: its whole subject DN for DN, one of
// the entries of that kind for a subject alternative name. Errors wrap ErrSubject (the registration
// is at fault), ErrNoCertificate (leaf is nil) or ErrSubjectMismatch. It says nothing about whether
// the certificate is trusted; Verifier.Verify does.
func (s Subject) Matches(leaf *x509.Certificate) error {
	matches, err := s.compile()
	if err != nil {
		return err
	}
	return check(matches, leaf)
}

func check(matches matcher, leaf *x509.Certificate) error {
	if leaf == nil {
		return ErrNoCertificate
	}
	if !matches(leaf) {
		return ErrSubjectMismatch
	}
	return nil
}

// matcher is a subject that has been validated.
type matcher func(leaf *x509.Certificate) bool

func (s Subject) compile() (matcher, error) {
	set := 0
	for _, field := range [...]string{s.DN, s.SANDNS, s.SANURI, s.SANIP, s.SANEmail} {
		if field != "" {
			set++
		}
	}
	switch {
	case set != 1:
		return nil, fmt.Errorf("%w: %d of its fields are set instead of one", ErrSubject, set)
	case s.DN != "":
		name, err := parseDN(s.DN)
		if err != nil {
			return nil, err
		}
		return func(leaf *x509.Certificate) bool { return name.matches(leaf.RawSubject) }, nil
	case s.SANDNS != "":
		return dnsMatcher(s.SANDNS)
	case s.SANURI != "":
		return uriMatcher(s.SANURI)
	case s.SANIP != "":
		return ipMatcher(s.SANIP)
	default:
		return emailMatcher(s.SANEmail)
	}
}
