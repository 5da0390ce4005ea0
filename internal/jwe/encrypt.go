package jwe

import (
	"context"
	"errors"
	"fmt"

	jose "github.com/go-jose/go-jose/v4"

	"github.com/fosite-fapi/fosite-fapi/internal/jwk"
)

// Encrypt returns the compact JWE of a JWT that was signed before, for the owner of set, who has registered alg and enc;
// an enc of "" is DefaultEncryption. The header says "JWT" as cty, and the kid of the key if it has one.
//
// Of the keys of set, those count whose type and curve suit alg, and whose use and alg say nothing else; private and
// symmetric keys and RSA keys below 2048 bits never do. The first that names alg is used, else the first that says
// "enc", else the first. The error is ErrAlgorithm or ErrKey.
func Encrypt(payload []byte, set *jose.JSONWebKeySet, alg jose.KeyAlgorithm, enc jose.ContentEncryption) (string, error) {
	if !Known(alg) {
		return "", fmt.Errorf("%w: alg %q", ErrAlgorithm, alg)
	}
	if enc == "" {
		enc = DefaultEncryption
	}
	if !KnownEncryption(enc) {
		return "", fmt.Errorf("%w: enc %q", ErrAlgorithm, enc)
	}
	key, err := recipient(set, alg)
	if err != nil {
		return "", err
	}
	options := new(jose.EncrypterOptions).WithContentType("JWT")
	encrypter, err := jose.NewEncrypter(enc, jose.Recipient{Algorithm: alg, Key: key.Key, KeyID: key.KeyID}, options)
	if err != nil {
		return "", fmt.Errorf("%w for alg %q", ErrKey, alg)
	}
	encrypted, err := encrypter.Encrypt(payload)
	if err != nil {
		return "", fmt.Errorf("%w for alg %q", ErrKey, alg)
	}
	compact, err := encrypted.CompactSerialize()
	if err != nil {
		return "", fmt.Errorf("%w for alg %q", ErrKey, alg)
	}
	return compact, nil
}

// EncryptTo is Encrypt to one of the keys of a party, fresh ones if there is none among those at hand. The error may also be
// jwk.ErrUnavailable.
func EncryptTo(ctx context.Context, payload string, keys jwk.Keys, alg jose.KeyAlgorithm, enc jose.ContentEncryption) (string, error) {
	if keys == nil {
		return "", fmt.Errorf("%w for alg %q: there are none", ErrKey, alg)
	}
	var out string
	err := jwk.Each(ctx, keys, func(set *jose.JSONWebKeySet) (err error) {
		out, err = Encrypt([]byte(payload), set, alg, enc)
		return err
	})
	return out, err
}

func recipient(set *jose.JSONWebKeySet, alg jose.KeyAlgorithm) (*jose.JSONWebKey, error) {
	var best *jose.JSONWebKey
	var rank int
	var weak bool
	if set == nil {
		set = new(jose.JSONWebKeySet)
	}
	for i := range set.Keys {
		key := &set.Keys[i]
		if key.Use != "" && key.Use != "enc" || key.Algorithm != "" && key.Algorithm != string(alg) {
			continue
		}
		if err := Fit(key.Key, alg); err != nil {
			weak = weak || errors.Is(err, ErrWeak)
			continue
		}
		r := 1
		if key.Use == "enc" {
			r = 2
		}
		if key.Algorithm != "" {
			r += 2
		}
		if r > rank {
			best, rank = key, r
		}
	}
	switch {
	case best != nil:
		return best, nil
	case weak:
		return nil, fmt.Errorf("%w for alg %q: %w", ErrKey, alg, ErrWeak)
	}
	return nil, fmt.Errorf("%w for alg %q", ErrKey, alg)
}
