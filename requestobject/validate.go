package requestobject

import (
	"errors"
	"fmt"
	"slices"

	"github.com/fosite-fapi/fosite-fapi/internal/jwe"
	"github.com/fosite-fapi/fosite-fapi/internal/jwk"
)

// Validate returns an ErrConfig that lists everything wrong with the configuration: no Issuer, an unknown or symmetric
// algorithm, a duration or size out of its bounds, or objects to be used once that never expire.
func (v *Verifier) Validate() error {
	var errs []error
	wrong := func(format string, args ...any) {
		errs = append(errs, fmt.Errorf("%w: "+format, append([]any{ErrConfig}, args...)...))
	}
	if v.Issuer == "" {
		wrong("Issuer is empty")
	}
	v.validateAlgorithms(wrong)
	if v.FutureSkew != 0 && (v.FutureSkew < minFutureSkew || v.FutureSkew > maxFutureSkew) {
		wrong("FutureSkew is %s, not between %s and %s", v.FutureSkew, minFutureSkew, maxFutureSkew)
	}
	if v.ExpirySkew < 0 || v.ExpirySkew > maxExpirySkew {
		wrong("ExpirySkew is %s, not between 0 and %s", v.ExpirySkew, maxExpirySkew)
	}
	if v.MaxBytes < 0 || v.MaxBytes > defaultMaxBytes {
		wrong("MaxBytes is %d, not between 0 and %d", v.MaxBytes, defaultMaxBytes)
	}
	if v.Replay != nil && (v.OptionalExpiry || v.MaxLifetime < 0) {
		wrong("Replay would have to remember a jti for ever: exp must be required, and MaxLifetime bounded")
	}
	return errors.Join(errs...)
}

func (v *Verifier) validateAlgorithms(wrong func(string, ...any)) {
	if v.Algorithms != nil && len(v.Algorithms) == 0 {
		wrong("Algorithms is empty, so nothing would be accepted")
	}
	for _, alg := range v.Algorithms {
		if !jwk.Known(alg) {
			wrong("Algorithms: %q is no asymmetric signature algorithm", alg)
		}
	}
	for _, alg := range v.EncryptionAlgorithms {
		if !slices.Contains(jwe.Algorithms(), alg) {
			wrong("EncryptionAlgorithms: %q is none that is safe", alg)
		}
	}
	for _, enc := range v.ContentEncryptions {
		if !slices.Contains(jwe.Encryptions(), enc) {
			wrong("ContentEncryptions: %q is unknown", enc)
		}
	}
}
