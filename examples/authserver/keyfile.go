package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"

	"github.com/go-jose/go-jose/v4"

	"github.com/fosite-fapi/fosite-fapi/keys"
)

// readKeys reads the server's signing keys, where there are some.
func (s *setup) readKeys(found *findings) {
	raw, err := os.ReadFile(s.path(s.JWKS))
	if errors.Is(err, fs.ErrNotExist) {
		return
	}
	if err == nil {
		s.keys, err = keys.ParseJWKS(raw)
	}
	if err != nil {
		found.add("jwks", "%s: %s", s.JWKS, err)
	}
}

// makeKeys makes the server's signing keys, and the file.
func (s *setup) makeKeys() error {
	var made []keys.Key
	for _, alg := range []jose.SignatureAlgorithm{jose.ES256, jose.PS256, jose.EdDSA} {
		key, err := keys.Generate(alg)
		if err != nil {
			return fmt.Errorf("authserver: jwks: %w", err)
		}
		made = append(made, key)
	}
	raw, err := keys.MarshalPrivate(made...)
	if err == nil {
		err = os.WriteFile(s.path(s.JWKS), raw, 0o600)
	}
	if err == nil {
		s.keys, err = keys.ParseJWKS(raw)
	}
	if err != nil {
		return fmt.Errorf("authserver: jwks: %w", err)
	}
	return nil
}
