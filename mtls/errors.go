package mtls

import "errors"

// What Verify, VerifySelfSigned, Subject.Validate and Subject.Matches refuse for; match them with
// errors.Is.
var (
	// ErrNoCertificate: the client presented no certificate.
	ErrNoCertificate = errors.New("mtls: the client presented no certificate")
	// ErrChain: no path of valid certificates leads from the leaf to a trust anchor, or none that
	// may be used for client authentication.
	ErrChain = errors.New("mtls: the certificate chain is not trusted")
	// ErrRevoked: Verifier.Revoked refused the chain; its own error is wrapped too.
	ErrRevoked = errors.New("mtls: the certificate is revoked or its status is unknown")
	// ErrSubject: the registered subject is none, several, or not of its syntax. The registration
	// is at fault, not the certificate.
	ErrSubject = errors.New("mtls: the registered subject is invalid")
	// ErrSubjectMismatch: the certificate does not carry the registered subject.
	ErrSubjectMismatch = errors.New("mtls: the certificate does not carry the registered subject")
	// ErrNotRegistered: a self-signed certificate that is not in the client's JWK set.
	ErrNotRegistered = errors.New("mtls: the certificate is not registered for the client")
)
