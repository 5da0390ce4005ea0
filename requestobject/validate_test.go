package requestobject_test

import (
	"testing"
	"time"

	jose "github.com/go-jose/go-jose/v4"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fosite-fapi/fosite-fapi/internal/leaftest"
	"github.com/fosite-fapi/fosite-fapi/requestobject"
)

func TestValidate(t *testing.T) {
	t.Parallel()
	good := func() *requestobject.Verifier { return &requestobject.Verifier{Issuer: issuer} }
	require.NoError(t, good().Validate())
	require.NoError(t, requestobject.Plain(issuer).Validate())

	for name, change := range map[string]func(*requestobject.Verifier){
		"F2-MS-02 no issuer":                  func(v *requestobject.Verifier) { v.Issuer = "" },
		"F1A-ALG-03 none":                     func(v *requestobject.Verifier) { v.Algorithms = []jose.SignatureAlgorithm{jose.ES256, "none"} },
		"F1A-ALG-01 HS256":                    func(v *requestobject.Verifier) { v.Algorithms = []jose.SignatureAlgorithm{jose.HS256} },
		"F1A-ALG-01 no algorithm":             func(v *requestobject.Verifier) { v.Algorithms = []jose.SignatureAlgorithm{} },
		"F1A-ALG-04 RSA1_5":                   func(v *requestobject.Verifier) { v.EncryptionAlgorithms = []jose.KeyAlgorithm{jose.RSA1_5} },
		"JAR-13 dir":                          func(v *requestobject.Verifier) { v.EncryptionAlgorithms = []jose.KeyAlgorithm{jose.DIRECT} },
		"JAR-13 unknown enc":                  func(v *requestobject.Verifier) { v.ContentEncryptions = []jose.ContentEncryption{"A512GCM"} },
		"F2-MS-03 skew of less than 10 s":     func(v *requestobject.Verifier) { v.FutureSkew = 10*time.Second - 1 },
		"F2-MS-03 skew of more than a minute": func(v *requestobject.Verifier) { v.FutureSkew = time.Minute + 1 },
		"F2-MS-04 negative skew":              func(v *requestobject.Verifier) { v.ExpirySkew = -1 },
		"F2-MS-04 skew of more than a minute": func(v *requestobject.Verifier) { v.ExpirySkew = time.Minute + 1 },
		"negative size":                       func(v *requestobject.Verifier) { v.MaxBytes = -1 },
		"more than 64 KiB":                    func(v *requestobject.Verifier) { v.MaxBytes = 64<<10 + 1 },
		"single use without exp":              func(v *requestobject.Verifier) { v.Replay, v.OptionalExpiry = new(leaftest.Replay), true },
		"single use for ever":                 func(v *requestobject.Verifier) { v.Replay, v.MaxLifetime = new(leaftest.Replay), -1 },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			v := good()
			change(v)
			assert.ErrorIs(t, v.Validate(), requestobject.ErrConfig)
		})
	}

	t.Run("all at once", func(t *testing.T) {
		t.Parallel()
		err := (&requestobject.Verifier{MaxBytes: -1}).Validate()
		assert.ErrorContains(t, err, "Issuer")
		assert.ErrorContains(t, err, "MaxBytes")
	})
	t.Run("extremes that are fine", func(t *testing.T) {
		t.Parallel()
		for _, skew := range []time.Duration{10 * time.Second, time.Minute} {
			v := good()
			v.FutureSkew, v.ExpirySkew, v.MaxBytes, v.Replay = skew, time.Minute, 64<<10, new(leaftest.Replay)
			assert.NoError(t, v.Validate())
		}
	})
}
