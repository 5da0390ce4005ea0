package jarm

import "errors"

// What goes wrong at the authorization server.
var (
	// ErrConfig means that an Encoder or a Verifier is misconfigured.
	ErrConfig = errors.New("jarm: misconfigured")
	// ErrMode means that a response mode isn't one of JARM's, or not one for the response type (JARM-10).
	ErrMode = errors.New("jarm: response mode not allowed")
	// ErrParameter means that a response parameter can't be written as it is: it comes twice, is not UTF-8, is an
	// expires_in that is no number, or has the name of a claim that the response JWT has anyway.
	ErrParameter = errors.New("jarm: response parameter not writable")
	// ErrSigning means that the signer failed. It wraps the signer's error.
	ErrSigning = errors.New("jarm: signing failed")
	// ErrRedirectURI means that an answer can't be sent to a redirect URI.
	ErrRedirectURI = errors.New("jarm: redirect URI not allowed")
)

// What goes wrong at either side.
var (
	// ErrAlgorithm means that an algorithm isn't allowed, "none" and HMAC included (JARM-24, JARM-30).
	ErrAlgorithm = errors.New("jarm: algorithm not allowed")
	// ErrKey means that there is no key that fits.
	ErrKey = errors.New("jarm: no fitting key")
	// ErrKeysUnavailable means that the keys of the other side couldn't be had. It wraps the reason.
	ErrKeysUnavailable = errors.New("jarm: keys unavailable")
)

// What is wrong with a response, at the client.
var (
	// ErrMalformed means that a response isn't a compact JWS, in a compact JWE or not, with a JSON object of the right
	// types in it, or that it is too long.
	ErrMalformed = errors.New("jarm: malformed")
	// ErrEncryption means that a response isn't encrypted but must be, is but must not be, or doesn't decrypt (JARM-20).
	ErrEncryption = errors.New("jarm: wrong encryption")
	// ErrIssuer means that iss isn't the authorization server expected (JARM-21).
	ErrIssuer = errors.New("jarm: wrong iss")
	// ErrAudience means that aud isn't the client (JARM-22).
	ErrAudience = errors.New("jarm: wrong aud")
	// ErrExpired means that exp has passed or is missing (JARM-23).
	ErrExpired = errors.New("jarm: expired")
	// ErrSignature means that no key of the authorization server made the signature (JARM-24).
	ErrSignature = errors.New("jarm: wrong signature")
)
