package registration

import (
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
)

// A TokenHash is what a store keeps of a registration access token: its SHA-256. The token itself has 256 bits of
// entropy, so that nothing slower is needed, and is known to the client alone.
type TokenHash []byte

// NewToken makes a registration access token (RFC 7592 3) and its hash.
func NewToken() (token string, hash TokenHash) {
	var raw [32]byte
	_, _ = rand.Read(raw[:]) // never fails
	token = base64.RawURLEncoding.EncodeToString(raw[:])
	return token, HashToken(token)
}

// HashToken returns the hash of a token.
func HashToken(token string) TokenHash {
	sum := sha256.Sum256([]byte(token))
	return sum[:]
}

// Matches compares in constant time. A nil hash is nobody's.
func (h TokenHash) Matches(token string) bool {
	return len(h) == sha256.Size && subtle.ConstantTimeCompare(h, HashToken(token)) == 1
}
