package mtls

import "errors"

// What Verify, VerifySelfSigned, Subject.Validate, Subject.Matches and CRL refuse for; match them with
// errors.Is.
var (
	// ErrNoCertificate means that the client presented no certificate.
	ErrNoCertificate = errors.New("mtls: the client presented no certificate")
	// ErrChain means that no path of valid certificates leads from the leaf to a trust anchor, or none that
	// may be used for client authentication.
	ErrChain = errors.New("mtls: the certificate chain is not trusted")
	// ErrRevoked means that Verifier.Revoked refused the chain; its own error is wrapped too.
	ErrRevoked = errors.New("mtls: the certificate is revoked or its status is unknown")
	// ErrListed means that CRL.Revoked has found a certificate on a list of its issuer.
	ErrListed = errors.New("mtls: the certificate is on its issuer's revocation list")
	// ErrRevocationUnknown means that CRL.Revoked can't tell, for want of a list of the issuer, signed by it,
	// meant for the certificate and up to date.
	ErrRevocationUnknown = errors.New("mtls: whether the certificate is revoked can't be told")
	// ErrList means that a revocation list is malformed, or of a kind that isn't supported. CRL.Load and
	// CRL.Failed get it.
	ErrList = errors.New("mtls: not a usable certificate revocation list")
	// ErrSource means that a revocation list can't be had, or the CRL has no source or an impossible one. CRL.Load,
	// CRL.Validate and CRL.Failed get it.
	ErrSource = errors.New("mtls: the certificate revocation list can't be had")
	// ErrSubject means that the registered subject is none, several, or not of its syntax. The registration
	// is at fault, not the certificate.
	ErrSubject = errors.New("mtls: the registered subject is invalid")
	// ErrSubjectMismatch means that the certificate does not carry the registered subject.
	ErrSubjectMismatch = errors.New("mtls: the certificate does not carry the registered subject")
	// ErrNotRegistered means that a self-signed certificate is not in the client's JWK set.
	ErrNotRegistered = errors.New("mtls: the certificate is not registered for the client")
)
