package requestobject

import (
	"context"
	"crypto"
	"errors"
	"fmt"
	"slices"
	"strings"

	jose "github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/json"

	"github.com/fosite-fapi/fosite-fapi/internal/faults"
	"github.com/fosite-fapi/fosite-fapi/internal/jwe"
	"github.com/fosite-fapi/fosite-fapi/internal/jwk"
)

// DecryptionKeys gives the server's own private keys, to which clients encrypt.
type DecryptionKeys interface {
	// DecryptionKeys returns those in use: the published ones, and those that were until lately. The caller only reads
	// the slice. An error refuses the object.
	DecryptionKeys(ctx context.Context) ([]DecryptionKey, error)
}

// A DecryptionKey is one of the server's private keys for encrypted objects.
type DecryptionKey struct {
	// Private is an *rsa.PrivateKey, an *ecdsa.PrivateKey, a [crypto.Decrypter] with an *rsa.PublicKey, or for an elliptic
	// curve anything with the methods Public and ECDH of an [*crypto/ecdh.PrivateKey]. RSA keys below 2048 bits are not
	// used. It must be safe for concurrent use. Required.
	Private crypto.PrivateKey
	// ID is the kid under which it is published. "": the key is tried when an object names no key, or none that there is.
	ID string
	// Algorithm is the only alg that it is used with. "": each that fits its type.
	Algorithm jose.KeyAlgorithm
}

// StaticDecryptionKeys are keys that don't change.
func StaticDecryptionKeys(keys ...DecryptionKey) DecryptionKeys { return staticDecryptionKeys(keys) }

type staticDecryptionKeys []DecryptionKey

func (k staticDecryptionKeys) DecryptionKeys(context.Context) ([]DecryptionKey, error) { return k, nil }

var (
	defaultEncryptionAlgorithms = []jose.KeyAlgorithm{
		jose.RSA_OAEP, jose.RSA_OAEP_256, jose.ECDH_ES, jose.ECDH_ES_A128KW, jose.ECDH_ES_A256KW,
	}
	defaultContentEncryptions = []jose.ContentEncryption{
		jose.A128GCM, jose.A256GCM, jose.A128CBC_HS256, jose.A256CBC_HS512,
	}
)

// ContentEncryptions returns the values of enc that a Verifier accepts if nothing else is said.
func ContentEncryptions() []jose.ContentEncryption { return slices.Clone(defaultContentEncryptions) }

// encryption is what the header of a JWE says about how it was encrypted, and what the object says in the end.
type encryption struct {
	Algorithm  jose.KeyAlgorithm      `json:"alg"`
	Encryption jose.ContentEncryption `json:"enc"`
	Type       string                 `json:"typ"`
}

// open returns the JWS: what was sent, or what was encrypted in it (RFC 9101 6.1).
func (v *Verifier) open(ctx context.Context, raw string, c Client, all *faults.List) (signed string, how encryption, err error) {
	if !encrypted(raw) {
		if c.EncryptionAlgorithm != "" {
			err = all.Stop(fmt.Errorf("%w: %q is registered", ErrEncryptionRequired, c.EncryptionAlgorithm))
		}
		return raw, encryption{}, err
	}
	header, _, _ := strings.Cut(raw, ".")
	data, ok := jwk.Decode(header)
	if !ok || !jwk.Object(data) || json.Unmarshal(data, &how) != nil {
		return "", encryption{}, fmt.Errorf("%w: header of the JWE", ErrMalformed)
	}
	if err := v.judgeEncryption(how, c); err != nil {
		return "", encryption{}, err
	}
	if v.Decryption == nil {
		return "", encryption{}, fmt.Errorf("%w: the server has no keys for that", ErrDecryption)
	}
	own, err := v.Decryption.DecryptionKeys(ctx)
	if err != nil {
		return "", encryption{}, fmt.Errorf("%w: %w", ErrDecryptionKeys, err)
	}
	payload, err := jwe.Decrypt(raw, jwe.Keys(own), []jose.KeyAlgorithm{how.Algorithm}, []jose.ContentEncryption{how.Encryption}, v.maxBytes())
	switch {
	case errors.Is(err, jwe.ErrDecryption), errors.Is(err, jwe.ErrKey):
		return "", encryption{}, fmt.Errorf("%w: %w", ErrDecryption, err)
	case errors.Is(err, jwe.ErrAlgorithm): // listed by the host, but never safe
		return "", encryption{}, fmt.Errorf("%w: %w", ErrEncryptionAlgorithm, err)
	case errors.Is(err, jwe.ErrContentType):
		return "", encryption{}, fmt.Errorf("%w: %w", ErrMalformed, ErrContentType)
	case err != nil:
		return "", encryption{}, fmt.Errorf("%w: %w", ErrMalformed, err)
	}
	return string(payload), how, nil
}

func (v *Verifier) judgeEncryption(how encryption, c Client) error {
	algorithms, encryptions := v.EncryptionAlgorithms, v.ContentEncryptions
	if algorithms == nil {
		algorithms = defaultEncryptionAlgorithms
	}
	if encryptions == nil {
		encryptions = defaultContentEncryptions
	}
	switch {
	case !slices.Contains(algorithms, how.Algorithm):
		return fmt.Errorf("%w: alg not one of %q", ErrEncryptionAlgorithm, algorithms)
	case !slices.Contains(encryptions, how.Encryption):
		return fmt.Errorf("%w: enc not one of %q", ErrEncryptionAlgorithm, encryptions)
	case how.Type != "" && !jwk.SameType(how.Type, Type) && !jwk.SameType(how.Type, "JWT"):
		return fmt.Errorf("%w: of the JWE", ErrType)
	}
	if c.EncryptionAlgorithm == "" {
		return nil
	}
	want := c.ContentEncryption
	if want == "" {
		want = jwe.DefaultEncryption
	}
	if how.Algorithm != c.EncryptionAlgorithm || how.Encryption != want {
		return fmt.Errorf("%w: %q with %q, but %q with %q is registered", ErrRegisteredEncryption,
			how.Algorithm, how.Encryption, c.EncryptionAlgorithm, want)
	}
	return nil
}
