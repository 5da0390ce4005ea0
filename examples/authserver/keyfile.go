package main

import (
	"crypto/rand"
	"crypto/rsa"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"

	"github.com/go-jose/go-jose/v4"

	"github.com/fosite-fapi/fosite-fapi/keys"
)

// A keySource is a JWKS, or the file with one.
type keySource string

func (k keySource) inline() bool { return strings.HasPrefix(string(k), "{") }

// UnmarshalJSON takes an object for a JWKS, a string for a file.
func (k *keySource) UnmarshalJSON(raw []byte) error {
	if keySource(raw).inline() {
		*k = keySource(raw)
		return nil
	}
	var file string
	if json.Unmarshal(raw, &file) != nil || keySource(file).inline() {
		return errors.New("must be a JWKS, or the file with one")
	}
	*k = keySource(file)
	return nil
}

// MarshalJSON writes what UnmarshalJSON reads.
func (k keySource) MarshalJSON() ([]byte, error) {
	if k.inline() {
		return []byte(k), nil
	}
	return json.Marshal(string(k))
}

// readKeys reads the server's keys, where there are some: those that sign, and those with use "enc" for which clients
// encrypt request objects.
func (s *setup) readKeys(found *findings) {
	raw, name, err := []byte(s.JWKS), "the set", error(nil)
	if !s.JWKS.inline() {
		name = string(s.JWKS)
		raw, err = os.ReadFile(s.path(name))
	}
	if errors.Is(err, fs.ErrNotExist) {
		return
	}
	if err == nil {
		err = s.parseKeys(raw)
	}
	if err != nil {
		found.add("jwks", "%s: %s", name, err)
	}
}

func (s *setup) parseKeys(raw []byte) (err error) {
	if s.keys, err = keys.ParseJWKS(raw); err != nil {
		return err
	}
	if s.decryption, err = keys.ParseDecryption(raw); errors.Is(err, keys.ErrNone) {
		return nil
	}
	return err
}

// Those of the keys that newKeys makes.
var (
	newKeyAlgorithms        = []jose.SignatureAlgorithm{jose.ES256, jose.PS256, jose.EdDSA}
	newDecryptionAlgorithms = []jose.KeyAlgorithm{jose.ECDH_ES, jose.RSA_OAEP_256}
)

// makeKeys makes the server's keys, and the file.
func (s *setup) makeKeys() error {
	raw, err := newKeys()
	if err == nil {
		err = os.WriteFile(s.path(string(s.JWKS)), raw, 0o600)
	}
	if err == nil {
		err = s.parseKeys(raw)
	}
	if err != nil {
		return fmt.Errorf("authserver: jwks: %w", err)
	}
	return nil
}

// newSigningKey is keys.Generate, but RSA keys have the 2048 bits that FAPI asks for: a signature takes a third of the time
// that it takes with 3072, which are for the years beyond 2030.
func newSigningKey(alg jose.SignatureAlgorithm) (keys.Key, error) {
	if alg != jose.PS256 {
		return keys.Generate(alg)
	}
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	return keys.Key{Signer: key, Algorithm: alg}, err
}

// newKeys makes a private JWKS with a key for each algorithm.
func newKeys() ([]byte, error) {
	var signing []keys.Key
	for _, alg := range newKeyAlgorithms {
		key, err := newSigningKey(alg)
		if err != nil {
			return nil, err
		}
		signing = append(signing, key)
	}
	var decryption []keys.DecryptionKey
	for _, alg := range newDecryptionAlgorithms {
		key, err := keys.GenerateDecryption(alg)
		if err != nil {
			return nil, err
		}
		decryption = append(decryption, key)
	}
	signs, err := keys.MarshalPrivate(signing...)
	if err != nil {
		return nil, err
	}
	decrypts, err := keys.MarshalDecryption(decryption...)
	if err != nil {
		return nil, err
	}
	var all, more struct {
		Keys []json.RawMessage `json:"keys"`
	}
	if err := errors.Join(json.Unmarshal(signs, &all), json.Unmarshal(decrypts, &more)); err != nil {
		return nil, err
	}
	all.Keys = append(all.Keys, more.Keys...)
	return json.Marshal(all)
}
