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

// SignerOpts returns what a [crypto.Signer] must be told to sign by alg: the hash, and for RSASSA-PSS the length of the
// salt. A HashFunc of zero means that it is given the message and not a digest (Ed25519). It is nil for an unknown alg.
func SignerOpts(alg jose.SignatureAlgorithm) crypto.SignerOpts {
	s, ok := schemeOf(alg)
	if !ok {
		return nil
	}
	if s.family == familyPSS {
		return &rsa.PSSOptions{SaltLength: rsa.PSSSaltLengthEqualsHash, Hash: s.hash}
	}
	return s.hash
}

// SignatureSize returns the number of bytes of a JWS signature by a key, and for ECDSA that of each of its two integers
// (RFC 7518 3.4), which is zero for others. The key must fit some algorithm.
func SignatureSize(public crypto.PublicKey) (integer, signature int) {
	switch key := public.(type) {
	case *ecdsa.PublicKey:
		n := (key.Curve.Params().BitSize + 7) / 8
		return n, 2 * n
	case *rsa.PublicKey:
		return 0, key.Size()
	case ed25519.PublicKey:
		return 0, ed25519.SignatureSize
	}
	return 0, 0
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
