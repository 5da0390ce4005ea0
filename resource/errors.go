package resource

import "errors"

// ErrConfig is what [New] refuses a configuration with.
var ErrConfig = errors.New("resource: misconfigured")

// Why a request brings no token that could be looked at.
var (
	// ErrNoToken means that there are no credentials of a scheme that is accepted here (BT-03).
	ErrNoToken = errors.New("resource: no access token")
	// ErrMultiple means that there is more than one Authorization header (BT-01).
	ErrMultiple = errors.New("resource: more than one Authorization header")
	// ErrCredentials means that the Authorization header isn't a scheme and one token (F2-RS-01, DPOP-43).
	ErrCredentials = errors.New("resource: malformed credentials")
	// ErrQuery means that an access token stands in the query (F2-RS-02).
	ErrQuery = errors.New("resource: access token in the query")
	// ErrBody means that an access token stands in a form (BT-01).
	ErrBody = errors.New("resource: access token in the body")
)

// Why a token isn't valid.
var (
	// ErrMalformed means that a token is not of a format that is accepted here, or that its claims are no JSON object
	// of the right types.
	ErrMalformed = errors.New("resource: malformed access token")
	// ErrAlgorithm means that alg isn't allowed (F2-CR-02).
	ErrAlgorithm = errors.New("resource: algorithm not allowed")
	// ErrType means that typ isn't "at+jwt" (AT-01, INT-21).
	ErrType = errors.New("resource: typ not allowed")
	// ErrIssuer means that iss is another issuer (AT-01).
	ErrIssuer = errors.New("resource: wrong issuer")
	// ErrAudience means that aud names none of Config.Audience (AT-01).
	ErrAudience = errors.New("resource: wrong audience")
	// ErrClaim means that a claim which RFC 9068 2.2 requires is absent (AT-01).
	ErrClaim = errors.New("resource: required claim missing")
	// ErrExpired means that exp has passed (F2-RS-03).
	ErrExpired = errors.New("resource: expired")
	// ErrNotYet means that iat or nbf lies too far ahead (F2-AS-13).
	ErrNotYet = errors.New("resource: not valid yet")
	// ErrKey means that the issuer has no key that could have made the signature.
	ErrKey = errors.New("resource: no fitting key")
	// ErrSignature means that no key of the issuer made the signature (F2-RS-03).
	ErrSignature = errors.New("resource: wrong signature")
	// ErrInactive means that the issuer says so: unknown, expired, revoked, or not for this server (F2-RS-03).
	ErrInactive = errors.New("resource: inactive")
	// ErrContradiction means that what the issuer says of a JWT isn't what stands in it.
	ErrContradiction = errors.New("resource: the issuer describes another token")
)

// Why a token isn't the sender's, or not good for this.
var (
	// ErrConfirmation means that cnf is malformed, or binds in a way that can't be checked here (F2-RS-05).
	ErrConfirmation = errors.New("resource: unusable confirmation")
	// ErrUnbound means that the token is bound to nothing (F2-RS-05).
	ErrUnbound = errors.New("resource: token not bound to its sender")
	// ErrScheme means that the token is sent by another scheme than its binding asks for (DPOP-42).
	ErrScheme = errors.New("resource: wrong scheme for this token")
	// ErrCertificate means that where the client's certificate comes from is malformed or ambiguous.
	ErrCertificate = errors.New("resource: unusable client certificate")
	// ErrBinding means that the sender has not the certificate that the token is bound to (MTLS-10).
	ErrBinding = errors.New("resource: token bound to another certificate")
	// ErrProof wraps the error of package dpop that a proof is refused with (DPOP-40).
	ErrProof = errors.New("resource: proof refused")
	// ErrScope means that the token was not granted what the route requires (F2-RS-04).
	ErrScope = errors.New("resource: insufficient scope")
)

// Why it can't be known whether a token is valid. The request is refused, with 503.
var (
	// ErrUnavailable means that the issuer, or the store of used proofs, didn't answer.
	ErrUnavailable = errors.New("resource: can not be checked now")
	// ErrMetadata means that the issuer's metadata can't be used: those of another issuer, for one (MD-06).
	ErrMetadata = errors.New("resource: unusable issuer metadata")
	// ErrIntrospection means that the issuer's answer about a token can't be used: not JSON of the right types, not
	// signed though it must be, or not by the issuer and for this server (INT-25).
	ErrIntrospection = errors.New("resource: unusable introspection response")
)
