package clientassertion_test

import (
	"testing"
	"time"

	jose "github.com/go-jose/go-jose/v4"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fosite-fapi/fosite-fapi/clientassertion"
)

func TestValidate(t *testing.T) {
	t.Parallel()

	good := base().verifier
	require.NoError(t, good.Validate())

	for name, change := range map[string]func(*clientassertion.Verifier){
		"CA-06 no Replay":                       func(v *clientassertion.Verifier) { v.Replay = nil },
		"CA-03 no issuer":                       func(v *clientassertion.Verifier) { v.Audience.Issuer = "" },
		"CA-03 empty name":                      func(v *clientassertion.Verifier) { v.Audience.Also = []string{""} },
		"F2-CR-03 none":                         func(v *clientassertion.Verifier) { v.Algorithms = []jose.SignatureAlgorithm{jose.ES256, "none"} },
		"F2-CR-02 HS256":                        func(v *clientassertion.Verifier) { v.Algorithms = []jose.SignatureAlgorithm{jose.HS256} },
		"F2-CR-02 Ed25519":                      func(v *clientassertion.Verifier) { v.Algorithms = []jose.SignatureAlgorithm{"Ed25519"} },
		"F2-CR-02 no algorithm":                 func(v *clientassertion.Verifier) { v.Algorithms = []jose.SignatureAlgorithm{} },
		"CA-10 no typ":                          func(v *clientassertion.Verifier) { v.Types = []string{} },
		"CA-04 negative lifetime":               func(v *clientassertion.Verifier) { v.MaxLifetime = -1 },
		"CA-04 lifetime of more than a day":     func(v *clientassertion.Verifier) { v.MaxLifetime = 24*time.Hour + 1 },
		"CA-04 negative skew":                   func(v *clientassertion.Verifier) { v.ExpirySkew = -1 },
		"CA-04 skew of more than a minute":      func(v *clientassertion.Verifier) { v.ExpirySkew = time.Minute + 1 },
		"F2-AS-13 skew of less than 10 seconds": func(v *clientassertion.Verifier) { v.FutureSkew = 10*time.Second - 1 },
		"F2-AS-13 skew of more than a minute":   func(v *clientassertion.Verifier) { v.FutureSkew = time.Minute + 1 },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			v := good
			change(&v)
			assert.ErrorIs(t, v.Validate(), clientassertion.ErrConfig)
		})
	}

	t.Run("all at once", func(t *testing.T) {
		t.Parallel()
		var v clientassertion.Verifier
		err := v.Validate()
		assert.ErrorContains(t, err, "Replay")
		assert.ErrorContains(t, err, "Issuer")
	})
	t.Run("extremes that are fine", func(t *testing.T) {
		t.Parallel()
		for _, skew := range []time.Duration{10 * time.Second, time.Minute} {
			v := good
			v.FutureSkew, v.ExpirySkew, v.MaxLifetime = skew, time.Minute, 24*time.Hour
			assert.NoError(t, v.Validate())
		}
	})
}
