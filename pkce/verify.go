package pkce

import (
	"crypto/sha256"
	"crypto/subtle"
)

const (
	minVerifier = 43
	maxVerifier = 128
)

// Verify checks the code_verifier of a token request, "" if there is none, against the challenge that is
// bound to the code, "" if there was none (RFC 7636 4.6). The comparison takes constant time.
//
// It returns [ErrVerifierUnexpected] for a verifier without a challenge (RFC 9700 4.8.2),
// [ErrVerifierMissing], [ErrVerifierSyntax] (RFC 7636 4.1) and [ErrVerifierMismatch]. Neither is no error: whether
// a challenge is required is decided when it can be sent, by [Challenge].
func Verify(challenge, verifier string) error {
	switch {
	case challenge == "" && verifier == "":
		return nil
	case challenge == "":
		return ErrVerifierUnexpected
	case verifier == "":
		return ErrVerifierMissing
	case !wellFormed(verifier):
		return ErrVerifierSyntax
	case !matches(challenge, verifier):
		return ErrVerifierMismatch
	}
	return nil
}

// matches is S256(verifier) == challenge in constant time.
func matches(challenge, verifier string) bool {
	sum := sha256.Sum256([]byte(verifier))
	var want [43]byte
	encoding.Encode(want[:], sum[:])
	return subtle.ConstantTimeCompare(want[:], []byte(challenge)) == 1
}

// wellFormed is the ABNF of RFC 7636 4.1: 43*128unreserved.
func wellFormed(verifier string) bool {
	if len(verifier) < minVerifier || len(verifier) > maxVerifier {
		return false
	}
	for i := range len(verifier) {
		switch c := verifier[i]; {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9':
		case c == '-', c == '.', c == '_', c == '~':
		default:
			return false
		}
	}
	return true
}
