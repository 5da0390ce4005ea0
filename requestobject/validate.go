package requestobject

import (
	"slices"

	"github.com/fosite-fapi/fosite-fapi/internal/faults"
	"github.com/fosite-fapi/fosite-fapi/internal/jwe"
	"github.com/fosite-fapi/fosite-fapi/internal/jwk"
)

// Validate returns an ErrConfig that lists everything wrong with the configuration: no Issuer, an unknown or symmetric
// algorithm, a duration or size out of its bounds, or objects to be used once that never expire.
func (v *Verifier) Validate() error {
	config := faults.In(ErrConfig)
	if v.Issuer == "" {
		config.Wrong("Issuer is empty")
	}
	v.validateAlgorithms(config)
	if v.FutureSkew != 0 && (v.FutureSkew < minFutureSkew || v.FutureSkew > maxFutureSkew) {
		config.Wrong("FutureSkew is %s, not between %s and %s", v.FutureSkew, minFutureSkew, maxFutureSkew)
	}
	if v.ExpirySkew < 0 || v.ExpirySkew > maxExpirySkew {
		config.Wrong("ExpirySkew is %s, not between 0 and %s", v.ExpirySkew, maxExpirySkew)
	}
	if v.MaxBytes < 0 || v.MaxBytes > defaultMaxBytes {
		config.Wrong("MaxBytes is %d, not between 0 and %d", v.MaxBytes, defaultMaxBytes)
	}
	if v.Replay != nil && (v.OptionalExpiry || v.MaxLifetime < 0) {
		config.Wrong("Replay would have to remember a jti for ever: exp must be required, and MaxLifetime bounded")
	}
	return config.Err()
}

func (v *Verifier) validateAlgorithms(config *faults.Config) {
	jwk.Validate(v.Algorithms, config.Wrong)
	for _, alg := range v.EncryptionAlgorithms {
		if !slices.Contains(jwe.Algorithms(), alg) {
			config.Wrong("EncryptionAlgorithms: %q is none that is safe", alg)
		}
	}
	for _, enc := range v.ContentEncryptions {
		if !slices.Contains(jwe.Encryptions(), enc) {
			config.Wrong("ContentEncryptions: %q is unknown", enc)
		}
	}
}
