package clientassertion

import (
	"slices"

	"github.com/fosite-fapi/fosite-fapi/internal/faults"
	"github.com/fosite-fapi/fosite-fapi/internal/jwk"
)

// Validate returns an ErrConfig that lists everything wrong with the configuration: no Replay, no Audience.Issuer, an
// unknown or symmetric algorithm, a duration out of its bounds.
func (v *Verifier) Validate() error {
	config := faults.In(ErrConfig)
	if v.Replay == nil {
		config.Wrong("Replay is nil, so an assertion could be used twice")
	}
	if v.Audience.Issuer == "" {
		config.Wrong("Audience.Issuer is empty")
	}
	if slices.Contains(v.Audience.Also, "") {
		config.Wrong("Audience.Also has an empty value")
	}
	jwk.Validate(v.Algorithms, config.Wrong)
	if v.Types != nil && len(v.Types) == 0 {
		config.Wrong("Types is empty, so nothing would be accepted")
	}
	if v.MaxLifetime < 0 || v.MaxLifetime > maxMaxLifetime {
		config.Wrong("MaxLifetime is %s, not between 0 and %s", v.MaxLifetime, maxMaxLifetime)
	}
	if v.FutureSkew != 0 && (v.FutureSkew < minFutureSkew || v.FutureSkew > maxFutureSkew) {
		config.Wrong("FutureSkew is %s, not between %s and %s", v.FutureSkew, minFutureSkew, maxFutureSkew)
	}
	if v.ExpirySkew < 0 || v.ExpirySkew > maxExpirySkew {
		config.Wrong("ExpirySkew is %s, not between 0 and %s", v.ExpirySkew, maxExpirySkew)
	}
	return config.Err()
}
