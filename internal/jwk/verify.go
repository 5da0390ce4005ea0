package jwk

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/sha256"
	_ "crypto/sha512" // crypto.SHA384, crypto.SHA512

	jose "github.com/go-jose/go-jose/v4"
)

// Verify reports whether key, which must fit the algorithm (see [Fit]), made the signature. It may be called for
// several keys.
func (j *JWS) Verify(key crypto.PublicKey) bool {
	s, ok := schemeOf(j.Algorithm)
	if !ok || s.fit(key) != nil {
		return false
	}
	switch key := key.(type) {
	case *ecdsa.PublicKey:
		if _, size := SignatureSize(key); len(j.signature) != size {
			return false
		}
		return ecdsa.VerifyASN1(key, j.sum(s.hash), ToDER(j.signature))
	case *rsa.PublicKey:
		if s.family == familyPSS {
			// RFC 7518 3.5: the salt is as long as the hash.
			return rsa.VerifyPSS(key, s.hash, j.sum(s.hash), j.signature, &rsa.PSSOptions{SaltLength: rsa.PSSSaltLengthEqualsHash}) == nil
		}
		return rsa.VerifyPKCS1v15(key, s.hash, j.sum(s.hash), j.signature) == nil
	case ed25519.PublicKey:
		return ed25519.Verify(key, []byte(j.input), j.signature)
	}
	return false
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

func (j *JWS) sum(hash crypto.Hash) []byte {
	if j.digest == nil {
		j.digest = Digest(hash, []byte(j.input))
	}
	return j.digest
}

// Digest hashes input by an algorithm of the SHA-2 family.
func Digest(hash crypto.Hash, input []byte) []byte {
	if hash == crypto.SHA256 {
		sum := sha256.Sum256(input)
		return sum[:]
	}
	h := hash.New()
	h.Write(input)
	return h.Sum(nil)
}
