package jwk

import (
	"crypto"
	"crypto/ed25519"

	jose "github.com/go-jose/go-jose/v4"
)

// Verify reports whether key, which must fit the algorithm (see [Fit]), made the signature. It may be called for
// several keys.
func (j *JWS) Verify(key crypto.PublicKey) bool {
	if Fit(key, j.Algorithm) != nil || j.encoded == "" {
		return false
	}
	signed := jose.JSONWebSignature{Signatures: j.signatures[:]}
	var verifier any = key
	if public, ok := key.(ed25519.PublicKey); ok && j.signatures[0].Protected.Algorithm == string(fullySpecified) {
		verifier = byNewName{public}
	}
	if signed.DetachedVerify(j.Payload, verifier) != nil {
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

// byNewName verifies what go-jose knows by the old name only.
type byNewName struct{ key ed25519.PublicKey }

// VerifyPayload implements jose.OpaqueVerifier.
func (v byNewName) VerifyPayload(payload, signature []byte, _ jose.SignatureAlgorithm) error {
	if !ed25519.Verify(v.key, payload, signature) {
		return jose.ErrCryptoFailure
	}
	return nil
}
