package jwe

import "errors"

var (
	// ErrMalformed means that a JWE isn't five parts of canonical base64url with a JSON object in the first, that a
	// member of its header is of the wrong type, or that it says to hold something else than a JWT.
	ErrMalformed = errors.New("jwe: malformed JWE")
	// ErrContentType means that cty says that a JWE holds something else than a JWT. It comes with ErrMalformed.
	ErrContentType = errors.New("jwe: cty is not JWT")
	// ErrSize means that a JWE is longer than allowed.
	ErrSize = errors.New("jwe: too long")
	// ErrAlgorithm means that alg or enc is unknown, symmetric or RSA1_5, or isn't in the caller's list.
	ErrAlgorithm = errors.New("jwe: algorithm not accepted")
	// ErrCompressed means that a JWE is compressed (zip).
	ErrCompressed = errors.New("jwe: compressed")
	// ErrCritical means that a JWE asks for an extension (crit).
	ErrCritical = errors.New("jwe: extension not understood")
	// ErrKey means that there is no key that fits the algorithm, nor the kid if there is one.
	ErrKey = errors.New("jwe: no fitting key")
	// ErrWeak means that a key is too short. From Encrypt it comes with ErrKey: no other key fits.
	ErrWeak = errors.New("jwe: key too short")
	// ErrDecryption means that a JWE doesn't decrypt, for whatever reason.
	ErrDecryption = errors.New("jwe: decryption failed")
)
