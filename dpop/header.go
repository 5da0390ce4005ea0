package dpop

import (
	"fmt"
	"slices"

	jose "github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/json"

	"github.com/fosite-fapi/fosite-fapi/internal/faults"
	"github.com/fosite-fapi/fosite-fapi/internal/jwk"
)

// mediaType is the typ of a proof (RFC 9449 4.2).
const mediaType = "dpop+jwt"

// thumbprints are those of the keys in the headers of proofs that verified: of headers in which nothing was wrong.
var thumbprints jwk.Memo[string]

// A candidate is a proof with nothing wrong in its header.
type candidate struct {
	*jwk.JWS
	thumbprint string // of the key in the header
	unseen     string // the header, to be remembered if the proof verifies; "" if it already is
}

// parse reads a proof and judges its header. The signature is not looked at.
func (v *Verifier) parse(proof string, all *faults.List) (candidate, error) {
	if len(proof) > maxSize {
		return candidate{}, fmt.Errorf("%w: more than %d bytes", ErrMalformed, maxSize)
	}
	algorithms := jwk.Accepted(v.Algorithms)
	first, _, _, ok := jwk.Split(proof)
	if thumbprint, known := thumbprints.Recall(first); known && ok {
		if j, err := jwk.Parse(proof, algorithms); err == nil {
			return candidate{JWS: j, thumbprint: thumbprint}, nil
		}
	}
	data, canonical := jwk.Decode(first)
	var h header
	if !ok || !canonical || !jwk.Object(data) || json.Unmarshal(data, &h) != nil {
		return candidate{}, fmt.Errorf("%w: not a compact JWS", ErrMalformed)
	}
	if !jwk.SameType(h.Type, mediaType) {
		if err := all.Stop(fmt.Errorf("%w: not %q", ErrType, mediaType)); err != nil {
			return candidate{}, err
		}
	}
	h.Algorithm = jwk.Named(h.Algorithm)
	if !slices.Contains(algorithms, h.Algorithm) || !jwk.Known(h.Algorithm) {
		refused := fmt.Errorf("%w: not one of %v", ErrAlgorithm, algorithms)
		if all.Stop(refused) != nil || !jwk.Known(h.Algorithm) {
			return candidate{}, refused
		}
		algorithms = []jose.SignatureAlgorithm{h.Algorithm}
	}
	switch {
	case h.Key == nil:
		return candidate{}, fmt.Errorf("%w: no jwk", ErrKey)
	case h.Key.Any():
		return candidate{}, fmt.Errorf("%w: jwk is not public", ErrKey)
	}
	j, err := jwk.Parse(proof, algorithms)
	if err != nil && !usable(data) {
		return candidate{}, fmt.Errorf("%w: jwk is not a supported public key", ErrKey)
	}
	if err != nil {
		return candidate{}, fmt.Errorf("%w: %w", ErrMalformed, err)
	}
	if err := fit(j.Key, j.Algorithm); err != nil {
		return candidate{}, err
	}
	thumbprint, err := Thumbprint(j.Key)
	if err != nil {
		return candidate{}, err
	}
	if all != nil {
		first = "" // whoever asks for everything that is wrong may have found it in the header
	}
	return candidate{JWS: j, thumbprint: thumbprint, unseen: first}, nil
}

// A header is what jwk.Parse does not give: go-jose takes a key with a stray private member for a public one.
type header struct {
	Type      string                  `json:"typ"`
	Algorithm jose.SignatureAlgorithm `json:"alg"`
	Key       *jwk.Secrets            `json:"jwk"`
}

// usable tells a proof that failed to parse because of its key from one that failed for another reason.
func usable(data []byte) bool {
	var h struct {
		Key *jose.JSONWebKey `json:"jwk"`
	}
	return json.Unmarshal(data, &h) == nil && h.Key != nil && h.Key.Valid() && h.Key.IsPublic()
}

// fit says whether the key of a header may be used with alg.
func fit(key *jose.JSONWebKey, alg jose.SignatureAlgorithm) error {
	if key == nil || !key.IsPublic() {
		return fmt.Errorf("%w: jwk is not a supported public key", ErrKey)
	}
	if err := jwk.Fit(key.Key, alg); err != nil {
		return fmt.Errorf("%w: %w", ErrKey, err)
	}
	// F2-CR-01: what the key says of its own use and alg holds, as it does for a key of a set.
	if len(jwk.Candidates(&jose.JSONWebKeySet{Keys: []jose.JSONWebKey{*key}}, alg, "")) == 0 {
		return fmt.Errorf("%w: use or alg of jwk says otherwise", ErrKey)
	}
	return nil
}
