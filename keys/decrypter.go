package keys

import (
	"context"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"fmt"

	jose "github.com/go-jose/go-jose/v4"
)

// An opaqueDecrypter lets go-jose decrypt with an RSA key that it can't see.
type opaqueDecrypter struct {
	key crypto.Decrypter
	alg jose.KeyAlgorithm
}

var _ jose.OpaqueKeyDecrypter = opaqueDecrypter{}

// DecryptKey unwraps a content key by the algorithm of the key alone, whatever the header says: a header that says
// something else comes from a stranger.
func (o opaqueDecrypter) DecryptKey(encrypted []byte, header jose.Header) ([]byte, error) {
	if header.Algorithm != string(o.alg) {
		return nil, fmt.Errorf("%w: not %s", ErrAlgorithm, o.alg)
	}
	hash := crypto.SHA256
	if o.alg == jose.RSA_OAEP {
		hash = crypto.SHA1 // RFC 7518 4.3: OAEP with its default parameters
	}
	return o.key.Decrypt(rand.Reader, encrypted, &rsa.OAEPOptions{Hash: hash})
}

// A DecryptionSource tells which decryption keys are in use now, as a [Source] does for signing keys.
type DecryptionSource func(ctx context.Context) (*DecryptionSet, error)

// StaticDecryption is a DecryptionSource of one set.
func StaticDecryption(s *DecryptionSet) DecryptionSource {
	return func(context.Context) (*DecryptionSet, error) { return s, nil }
}
