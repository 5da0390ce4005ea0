package pkce

import (
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"net/url"
)

// The parameters of RFC 7636 4.3 and 4.5, and the one method that is left of them.
const (
	paramChallenge = "code_challenge"
	paramMethod    = "code_challenge_method"
	paramVerifier  = "code_verifier"

	methodS256 = "S256"
)

// Without Strict the last character could take one of four values for the same hash.
var encoding = base64.RawURLEncoding.Strict()

// S256 is the code_challenge of a verifier: base64url(SHA-256(verifier)), 43 characters without padding
// (RFC 7636 4.2). It doesn't look at the verifier's syntax.
func S256(verifier string) string {
	sum := sha256.Sum256([]byte(verifier))
	return encoding.EncodeToString(sum[:])
}

// Challenge checks the code_challenge and code_challenge_method of an authorization request (RFC 7636
// 4.3, 4.4.1) and returns the challenge, or "" when there is none and required is false. A parameter without a
// value is absent (RFC 6749 3.1).
//
// It returns [ErrChallengeMissing] without a challenge if that is required or a method is there,
// [ErrMethod] for any method but S256, the absent one too since that means plain, and
// [ErrChallengeSyntax] for what can't be a SHA-256 hash. A parameter that comes twice is the same error as a bad one.
func Challenge(form url.Values, required bool) (string, error) {
	challenge, ok := single(form, paramChallenge)
	if !ok {
		return "", fmt.Errorf("%w: it comes more than once", ErrChallengeSyntax)
	}
	method, ok := single(form, paramMethod)
	if !ok {
		return "", fmt.Errorf("%w: it comes more than once", ErrMethod)
	}
	switch {
	case challenge == "" && method == "" && !required:
		return "", nil
	case challenge == "":
		return "", ErrChallengeMissing
	case method == "":
		return "", fmt.Errorf("%w: it is absent, which means plain", ErrMethod)
	case method != methodS256:
		return "", ErrMethod
	}
	var sum [sha256.Size]byte
	if len(challenge) != encoding.EncodedLen(len(sum)) {
		return "", ErrChallengeSyntax
	}
	// The decoder skips line breaks: then there are too few bytes.
	if n, err := encoding.Decode(sum[:], []byte(challenge)); err != nil || n != len(sum) {
		return "", ErrChallengeSyntax
	}
	return challenge, nil
}

func single(form url.Values, name string) (value string, ok bool) {
	switch values := form[name]; len(values) {
	case 0:
		return "", true
	case 1:
		return values[0], true
	default:
		return "", false
	}
}
