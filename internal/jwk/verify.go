package jwk

import (
	"crypto"

	jose "github.com/go-jose/go-jose/v4"
)

// Verify reports whether key, which must fit the algorithm (see [Fit]), made the signature. It may be called for
// several keys.
func (j *JWS) Verify(key crypto.PublicKey) bool {
	if j.signed == nil || Fit(key, j.Algorithm) != nil {
		return false
	}
	_, err := j.signed.Verify(key)
	return err == nil
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
