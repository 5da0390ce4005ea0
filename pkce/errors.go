package pkce

import "errors"

// Of an authorization request; each is invalid_request (RFC 7636 4.4.1).
var (
	// ErrChallengeMissing means that there is no code_challenge where one is required, or a method without one.
	ErrChallengeMissing = errors.New("pkce: code_challenge is missing")
	// ErrMethod means that code_challenge_method is not S256; absent, it is plain.
	ErrMethod = errors.New("pkce: code_challenge_method is not S256")
	// ErrChallengeSyntax means that the code_challenge can't be a SHA-256 hash.
	ErrChallengeSyntax = errors.New("pkce: code_challenge is not a SHA-256 hash in base64url")
)

// Of a token request; each is invalid_grant (RFC 7636 4.6).
var (
	// ErrVerifierMissing means that a challenge is bound to the code and no code_verifier was sent.
	ErrVerifierMissing = errors.New("pkce: code_verifier is missing")
	// ErrVerifierSyntax means that the code_verifier is not 43 to 128 unreserved characters.
	ErrVerifierSyntax = errors.New("pkce: code_verifier is not 43 to 128 unreserved characters")
	// ErrVerifierMismatch means that the code_verifier is not the one of the code_challenge.
	ErrVerifierMismatch = errors.New("pkce: code_verifier doesn't match the code_challenge")
	// ErrVerifierUnexpected means that a code_verifier came for a code that was asked for without a code_challenge, the
	// mark of a downgrade.
	ErrVerifierUnexpected = errors.New("pkce: code_verifier without a code_challenge")
)
