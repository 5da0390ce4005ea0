package jwk

import (
	"slices"

	jose "github.com/go-jose/go-jose/v4"
)

// MaxCandidates bounds how many keys are tried on one signature.
const MaxCandidates = 8

// Candidates returns the keys of set that may verify a JWS with this alg and kid, best first, at most MaxCandidates. They
// are only to be read. It returns nil when there are none; a nil set has none.
//
// A kid selects the keys that have it; if no key of the set has it, those without a kid. An empty kid selects all. Of
// the selected, those count whose type and curve suit alg, and whose use and alg say nothing else (FAPI 2.0 5.4.3
// requires that of a verifier that meets a kid twice). RSA keys below MinRSABits, private and symmetric keys never
// count. A key that names alg itself comes before one that doesn't.
func Candidates(set *jose.JSONWebKeySet, alg jose.SignatureAlgorithm, kid string) []jose.JSONWebKey {
	s, ok := schemeOf(alg)
	if !ok || set == nil {
		return nil
	}
	selected := kid
	if kid != "" && !slices.ContainsFunc(set.Keys, func(k jose.JSONWebKey) bool { return k.KeyID == kid }) {
		selected = ""
	}

	var namedAt, unnamedAt [MaxCandidates]int
	named, unnamed := namedAt[:0], unnamedAt[:0] // places in the set
	for i := range set.Keys {
		key := &set.Keys[i]
		if kid != "" && key.KeyID != selected {
			continue
		}
		if key.Use != "" && key.Use != "sig" {
			continue
		}
		if s.fit(key.Key) != nil {
			continue
		}
		switch {
		case key.Algorithm == "" && len(unnamed) < MaxCandidates:
			unnamed = append(unnamed, i)
		case names(key.Algorithm, alg):
			named = append(named, i)
		}
		if len(named) == MaxCandidates {
			break
		}
	}
	return pick(set.Keys, append(named, unnamed[:min(len(unnamed), MaxCandidates-len(named))]...))
}

// pick returns the keys at these places.
func pick(keys []jose.JSONWebKey, places []int) []jose.JSONWebKey {
	switch len(places) {
	case 0:
		return nil
	case 1: // nearly always: it need not be copied
		i := places[0]
		return keys[i : i+1 : i+1]
	}
	out := make([]jose.JSONWebKey, len(places))
	for n, i := range places {
		out[n] = keys[i]
	}
	return out
}

// names reports whether the alg of a key is alg. A key may have the new name of EdDSA (RFC 9864 2.2): which curve is
// meant its crv says anyway.
func names(keyAlg string, alg jose.SignatureAlgorithm) bool {
	return keyAlg == string(alg) || keyAlg == "Ed25519" && alg == jose.EdDSA
}
