package keys

import (
	"errors"
	"fmt"

	jose "github.com/go-jose/go-jose/v4"

	"github.com/fosite-fapi/fosite-fapi/internal/jwk"
)

// maxToken bounds what Verify reads: our own tokens are far smaller.
const maxToken = 64 << 10

// Verify returns the payload of a token that a key of this set signed, VerifyOnly ones included, and the algorithm it
// was signed with. Unless typ is "", the token's own must be the same (RFC 8725 3.11), where case and a leading
// "application/" don't matter. Claims such as exp are not looked at.
//
// The error is ErrMalformed (more than 64 KiB, too), ErrType, ErrNoKey (an alg or kid that isn't ours) or ErrSignature.
func (s *Set) Verify(compact, typ string) (payload []byte, alg jose.SignatureAlgorithm, err error) {
	if len(compact) > maxToken {
		return nil, "", fmt.Errorf("%w: more than %d bytes", ErrMalformed, maxToken)
	}
	j, err := jwk.Parse(compact, s.accepted)
	switch {
	case errors.Is(err, jwk.ErrAlgorithm):
		return nil, "", fmt.Errorf("%w: none for this alg", ErrNoKey)
	case err != nil:
		return nil, "", fmt.Errorf("%w: %w", ErrMalformed, err)
	case typ != "" && !jwk.SameType(j.Type, typ):
		return nil, "", fmt.Errorf("%w: not %q", ErrType, typ)
	}
	candidates := jwk.Candidates(&s.public, j.Algorithm, j.KeyID)
	if len(candidates) == 0 {
		return nil, "", fmt.Errorf("%w: none for this kid", ErrNoKey)
	}
	if !j.VerifyAny(candidates) {
		return nil, "", ErrSignature
	}
	return j.Payload, j.Algorithm, nil
}
