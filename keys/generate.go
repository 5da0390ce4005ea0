package keys

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"fmt"

	jose "github.com/go-jose/go-jose/v4"
)

// BSI TR-02102-1 and NIST SP 800-57 ask for 3000 bits or more beyond 2030.
const generatedRSABits = 3072

// Generate makes a new key: RSA of 3072 bits for the algorithms of RSA, else of the one size that alg has. The error is
// ErrAlgorithm, or that of the system's source of randomness.
func Generate(alg jose.SignatureAlgorithm) (Key, error) {
	var signer crypto.Signer
	var err error
	switch alg {
	case jose.ES256:
		signer, err = ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	case jose.ES384:
		signer, err = ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	case jose.ES512:
		signer, err = ecdsa.GenerateKey(elliptic.P521(), rand.Reader)
	case jose.PS256, jose.PS384, jose.PS512, jose.RS256, jose.RS384, jose.RS512:
		signer, err = rsa.GenerateKey(rand.Reader, generatedRSABits)
	case jose.EdDSA:
		_, signer, err = ed25519.GenerateKey(rand.Reader)
	default:
		return Key{}, fmt.Errorf("%w: %q", ErrAlgorithm, alg)
	}
	if err != nil {
		return Key{}, fmt.Errorf("keys: generating: %w", err)
	}
	return Key{Signer: signer, Algorithm: alg}, nil
}

// GenerateDecryption makes a new decryption key: RSA of 3072 bits for RSA-OAEP and RSA-OAEP-256, else on P-256. The error is
// ErrAlgorithm, or that of the system's source of randomness.
func GenerateDecryption(alg jose.KeyAlgorithm) (DecryptionKey, error) {
	var private crypto.PrivateKey
	var err error
	switch alg {
	case jose.RSA_OAEP_256, jose.RSA_OAEP:
		private, err = rsa.GenerateKey(rand.Reader, generatedRSABits)
	case jose.ECDH_ES, jose.ECDH_ES_A128KW, jose.ECDH_ES_A192KW, jose.ECDH_ES_A256KW:
		private, err = ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	default:
		return DecryptionKey{}, fmt.Errorf("%w: %q", ErrAlgorithm, alg)
	}
	if err != nil {
		return DecryptionKey{}, fmt.Errorf("keys: generating: %w", err)
	}
	return DecryptionKey{Private: private, Algorithm: alg}, nil
}
