package dpop

import (
	"fmt"
	"slices"

	jose "github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/json"

	"github.com/fosite-fapi/fosite-fapi/internal/jwk"
)

// mediaType is the typ of a proof (RFC 9449 4.2).
const mediaType = "dpop+jwt"

// parse reads a proof, judges its header and returns the key in it. The signature is not looked at.
func (v *Verifier) parse(proof string) (*jwk.JWS, *jose.JSONWebKey, error) {
	if len(proof) > maxSize {
		return nil, nil, fmt.Errorf("%w: more than %d bytes", ErrMalformed, maxSize)
	}
	algorithms := v.Algorithms
	if algorithms == nil {
		algorithms = defaultAlgorithms
	}

	// Of the header jwk.Parse gives only what all JWS have. And it would call a bad key malformed, where we say ErrKey.
	var header struct {
		Type      string                  `json:"typ"`
		Algorithm jose.SignatureAlgorithm `json:"alg"`
		Key       json.RawMessage         `json:"jwk"`
	}
	first, _, _, ok := jwk.Split(proof)
	data, canonical := jwk.Decode(first)
	if !ok || !canonical || !jwk.Object(data) || json.Unmarshal(data, &header) != nil {
		return nil, nil, fmt.Errorf("%w: not a compact JWS", ErrMalformed)
	}
	switch {
	case !jwk.SameType(header.Type, mediaType):
		return nil, nil, fmt.Errorf("%w: not %q", ErrType, mediaType)
	case !slices.Contains(algorithms, header.Algorithm) || !jwk.Known(header.Algorithm):
		return nil, nil, fmt.Errorf("%w: not one of %v", ErrAlgorithm, algorithms)
	}
	key, err := parseKey(header.Key, header.Algorithm)
	if err != nil {
		return nil, nil, err
	}

	j, err := jwk.Parse(proof, []jose.SignatureAlgorithm{header.Algorithm})
	if err != nil {
		return nil, nil, fmt.Errorf("%w: %w", ErrMalformed, err)
	}
	return j, key, nil
}

// parseKey reads the jwk of a header and says whether it may be used with alg.
func parseKey(data []byte, alg jose.SignatureAlgorithm) (*jose.JSONWebKey, error) {
	if len(data) == 0 {
		return nil, fmt.Errorf("%w: no jwk", ErrKey)
	}
	// The members of RFC 7518 6.2.2, 6.3.2, 6.4.1 and RFC 9964 4. One alone makes a key private: n can be factored with p.
	// They are looked at first since go-jose would do expensive computations with them.
	var private struct {
		D    json.RawMessage `json:"d"`
		P    json.RawMessage `json:"p"`
		Q    json.RawMessage `json:"q"`
		DP   json.RawMessage `json:"dp"`
		DQ   json.RawMessage `json:"dq"`
		QI   json.RawMessage `json:"qi"`
		Oth  json.RawMessage `json:"oth"`
		K    json.RawMessage `json:"k"`
		Priv json.RawMessage `json:"priv"`
	}
	if json.Unmarshal(data, &private) != nil {
		return nil, fmt.Errorf("%w: jwk is not a JSON object", ErrKey)
	}
	for _, member := range [][]byte{
		private.D, private.P, private.Q, private.DP, private.DQ, private.QI, private.Oth, private.K, private.Priv,
	} {
		if member != nil {
			return nil, fmt.Errorf("%w: jwk is not public", ErrKey)
		}
	}

	key := new(jose.JSONWebKey)
	if key.UnmarshalJSON(data) != nil || !key.IsPublic() {
		return nil, fmt.Errorf("%w: jwk is not a supported public key", ErrKey)
	}
	if err := jwk.Fit(key.Key, alg); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrKey, err)
	}
	// F2-CR-01: what the key says of its own use and alg holds, as it does for a key of a set.
	if len(jwk.Candidates(&jose.JSONWebKeySet{Keys: []jose.JSONWebKey{*key}}, alg, "")) == 0 {
		return nil, fmt.Errorf("%w: use or alg of jwk says otherwise", ErrKey)
	}
	return key, nil
}
