package introspection

import "errors"

var (
	// ErrConfig means that an Encoder has no Issuer or no Signer, or a Caller no ID.
	ErrConfig = errors.New("introspection: misconfigured")
	// ErrResponse means that a response can't be marshalled, because of what is in Confirmation or Extra.
	ErrResponse = errors.New("introspection: response can't be marshalled")
	// ErrAlgorithm means that an algorithm to sign or to encrypt with isn't allowed, or isn't known.
	ErrAlgorithm = errors.New("introspection: algorithm not allowed")
	// ErrSigning means that the Signer failed. It wraps the cause.
	ErrSigning = errors.New("introspection: signing failed")
	// ErrKey means that the caller has no key that its response could be encrypted with.
	ErrKey = errors.New("introspection: no key to encrypt with")
	// ErrKeysUnavailable means that the caller's keys can't be had now. It wraps the cause.
	ErrKeysUnavailable = errors.New("introspection: the caller's keys are unavailable")
)
