package main

import (
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

// readKeys reads the server's signing keys, where there are some.
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
		s.keys, err = keys.ParseJWKS(raw)
	}
	if err != nil {
		found.add("jwks", "%s: %s", name, err)
	}
}

// newKeyAlgorithms are those of the keys that makeKeys makes.
var newKeyAlgorithms = []jose.SignatureAlgorithm{jose.ES256, jose.PS256, jose.EdDSA}

// makeKeys makes the server's signing keys, and the file.
func (s *setup) makeKeys() error {
	var made []keys.Key
	for _, alg := range newKeyAlgorithms {
		key, err := keys.Generate(alg)
		if err != nil {
			return fmt.Errorf("authserver: jwks: %w", err)
		}
		made = append(made, key)
	}
	raw, err := keys.MarshalPrivate(made...)
	if err == nil {
		err = os.WriteFile(s.path(string(s.JWKS)), raw, 0o600)
	}
	if err == nil {
		s.keys, err = keys.ParseJWKS(raw)
	}
	if err != nil {
		return fmt.Errorf("authserver: jwks: %w", err)
	}
	return nil
}
