package dpop

import (
	"github.com/fosite-fapi/fosite-fapi/internal/faults"
	"github.com/fosite-fapi/fosite-fapi/internal/jwk"
)

// Validate returns an ErrConfig that lists everything wrong with the configuration: no Replay, an unknown or symmetric
// algorithm, a duration out of its bounds, Nonces that aren't valid.
func (v *Verifier) Validate() error {
	config := faults.In(ErrConfig)
	if v.Replay == nil {
		config.Wrong("Replay is nil, so a proof could be used twice")
	}
	jwk.Validate(v.Algorithms, config.Wrong)
	if v.Lifetime != 0 && (v.Lifetime < minLifetime || v.Lifetime > maxLifetime) {
		config.Wrong("Lifetime is %s, not between %s and %s", v.Lifetime, minLifetime, maxLifetime)
	}
	if v.FutureSkew != 0 && (v.FutureSkew < minFutureSkew || v.FutureSkew > maxFutureSkew) {
		config.Wrong("FutureSkew is %s, not between %s and %s", v.FutureSkew, minFutureSkew, maxFutureSkew)
	}
	if v.Nonces != nil {
		config.Also(v.Nonces.Validate())
	}
	return config.Err()
}
