package jwe

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/rsa"
	"encoding/base64"
	"fmt"
	"slices"
	"strings"

	jose "github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/json"

	"github.com/fosite-fapi/fosite-fapi/internal/jwk"
)

// DefaultMaxBytes is how long a JWE may be if nothing else is said.
const DefaultMaxBytes = 64 << 10

// Encrypted reports whether compact has the five parts of a JWE, as opposed to the three of a JWS.
func Encrypted(compact string) bool { return strings.Count(compact, ".") == 4 }

// Decrypt returns what a JWE in compact serialisation holds, by the key whose ID is its kid, else by one without an ID;
// for a JWE without kid every key that fits is tried, up to eight. Nothing is known of who made it.
//
// alg must be one of algs and enc one of encs: nil means every one that this package knows, and one that it doesn't
// know is never accepted. compact must not have more than maxBytes, zero being DefaultMaxBytes; what comes out is
// shorter, for nothing is decompressed. The errors are ErrSize, ErrMalformed, ErrAlgorithm, ErrCompressed, ErrCritical
// and ErrKey, which tell only what anyone can read in compact, and ErrDecryption. None quotes anything of it.
func Decrypt(compact string, keys []Key, algs []jose.KeyAlgorithm, encs []jose.ContentEncryption, maxBytes int) ([]byte, error) {
	if maxBytes == 0 {
		maxBytes = DefaultMaxBytes
	}
	if len(compact) > maxBytes {
		return nil, fmt.Errorf("%w: more than %d bytes", ErrSize, maxBytes)
	}
	encrypted, err := parse(compact, allowed(algs, keyAlgorithms), allowed(encs, encryptions))
	if err != nil {
		return nil, err
	}
	tried := candidates(keys, jose.KeyAlgorithm(encrypted.Header.Algorithm), encrypted.Header.KeyID)
	if len(tried) == 0 {
		return nil, fmt.Errorf("%w for the alg and the kid", ErrKey)
	}
	for _, key := range tried {
		if payload, err := encrypted.Decrypt(key); err == nil {
			return payload, nil
		}
	}
	return nil, ErrDecryption
}

// allowed returns those of list that are known.
func allowed[A comparable](list, known []A) []A {
	if list == nil {
		return known
	}
	return slices.DeleteFunc(slices.Clone(list), func(a A) bool { return !slices.Contains(known, a) })
}

// A header is what is judged before go-jose sees the JWE: its errors don't tell an algorithm refused from a header that
// can't be read.
type header struct {
	Algorithm   jose.KeyAlgorithm      `json:"alg"`
	Encryption  jose.ContentEncryption `json:"enc"`
	ContentType *string                `json:"cty"`
	Compression json.RawMessage        `json:"zip"`
	Critical    json.RawMessage        `json:"crit"`
}

// parse reads a JWE that Decrypt may try its keys on.
func parse(compact string, algs []jose.KeyAlgorithm, encs []jose.ContentEncryption) (*jose.JSONWebEncryption, error) {
	parts := strings.SplitN(compact, ".", 6)
	if len(parts) != 5 || !jwk.Canonical(compact) {
		return nil, fmt.Errorf("%w: not five parts of canonical base64url", ErrMalformed)
	}
	data, ok := jwk.Decode(parts[0])
	var h header
	if !ok || !jwk.Object(data) || json.Unmarshal(data, &h) != nil {
		return nil, fmt.Errorf("%w: header not a JSON object of the right types", ErrMalformed)
	}
	if err := h.judge(algs, encs); err != nil {
		return nil, err
	}
	if _, tag := sizes(h.Encryption); len(parts[4]) != base64.RawURLEncoding.EncodedLen(tag) {
		return nil, fmt.Errorf("%w: tag not as long as enc says", ErrMalformed)
	}
	if h.Algorithm == jose.ECDH_ES && parts[1] != "" {
		return nil, fmt.Errorf("%w: an Encrypted Key with ECDH-ES", ErrMalformed)
	}
	encrypted, err := jose.ParseEncryptedCompact(compact, algs, encs)
	if err != nil {
		return nil, ErrMalformed
	}
	return encrypted, nil
}

func (h *header) judge(algs []jose.KeyAlgorithm, encs []jose.ContentEncryption) error {
	switch {
	case h.Compression != nil:
		return ErrCompressed
	case h.Critical != nil:
		return ErrCritical
	case !slices.Contains(algs, h.Algorithm):
		return fmt.Errorf("%w: alg not one of %q", ErrAlgorithm, algs)
	case !slices.Contains(encs, h.Encryption):
		return fmt.Errorf("%w: enc not one of %q", ErrAlgorithm, encs)
	case h.ContentType != nil && !jwk.SameType(*h.ContentType, "JWT"):
		return fmt.Errorf("%w: %w", ErrMalformed, ErrContentType)
	}
	return nil
}

// candidates returns what go-jose may decrypt with, at most jwk.MaxCandidates.
func candidates(keys []Key, alg jose.KeyAlgorithm, kid string) []any {
	selected := kid
	if kid != "" && !slices.ContainsFunc(keys, func(k Key) bool { return k.ID == kid }) {
		selected = ""
	}
	var out []any
	for _, k := range keys {
		if kid != "" && k.ID != selected || k.Algorithm != "" && k.Algorithm != alg {
			continue
		}
		public := publicOf(k.Private)
		if Fit(public, alg) != nil || len(out) == jwk.MaxCandidates {
			continue
		}
		out = append(out, decrypter(k.Private, public))
	}
	return out
}

// decrypter wraps what go-jose doesn't know. The public half fits an algorithm.
func decrypter(private crypto.PrivateKey, public crypto.PublicKey) any {
	switch key := private.(type) {
	case *rsa.PrivateKey, *ecdsa.PrivateKey:
		return key
	case Agreement:
		point, _ := public.(*ecdsa.PublicKey)
		return agreement{key, point}
	case crypto.Decrypter:
		return oaep{key}
	}
	return nil
}
