package jwk

import (
	"crypto"

	jose "github.com/go-jose/go-jose/v4"
)

// Verify reports whether key, which must fit the algorithm (see [Fit]), made the signature. It may be called for
// several keys.
func (j *JWS) Verify(key crypto.PublicKey) bool {
	if Fit(key, j.Algorithm) != nil || j.encoded == "" {
		return false
	}
	signed := jose.JSONWebSignature{Signatures: j.signatures[:]}
	if signed.DetachedVerify(j.Payload, key) != nil {
		return false
	}
	if j.unseen != nil {
		headers.Remember(j.encoded, j.unseen)
	}
	return true
}

// VerifyAny reports whether one of keys made the signature.
func (j *JWS) VerifyAny(keys []jose.JSONWebKey) bool {
	for i := range keys {
		if j.Verify(keys[i].Key) {
			return true
		}
	}
	return false
}
