package dpop_test

import (
	"strings"
	"testing"
	"time"

	jose "github.com/go-jose/go-jose/v4"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fosite-fapi/fosite-fapi/dpop"
	"github.com/fosite-fapi/fosite-fapi/internal/leaftest"
)

func TestValidate(t *testing.T) {
	t.Parallel()
	require.NoError(t, (&dpop.Verifier{Replay: new(leaftest.Replay)}).Validate())

	for _, tt := range []struct {
		name   string
		change func(*dpop.Verifier)
		want   string // "": valid
	}{
		{"DPOP-15 Replay nil", func(v *dpop.Verifier) { v.Replay = nil }, "Replay"},
		{"F2-CR-02 algorithms", func(v *dpop.Verifier) { v.Algorithms = []jose.SignatureAlgorithm{"ES256", "RS256", "ES512"} }, ""},
		{"F2-CR-02 no algorithm", func(v *dpop.Verifier) { v.Algorithms = []jose.SignatureAlgorithm{} }, "Algorithms"},
		{"F2-CR-03 none", func(v *dpop.Verifier) { v.Algorithms = []jose.SignatureAlgorithm{"none"} }, "Algorithms"},
		{"F2-CR-03 HS256", func(v *dpop.Verifier) { v.Algorithms = []jose.SignatureAlgorithm{"HS256"} }, "Algorithms"},
		{"DPOP-12 Lifetime 15 s", func(v *dpop.Verifier) { v.Lifetime = 15 * time.Second }, ""},
		{"DPOP-12 Lifetime 14 s", func(v *dpop.Verifier) { v.Lifetime = 14 * time.Second }, "Lifetime"},
		{"DPOP-12 Lifetime 10 min", func(v *dpop.Verifier) { v.Lifetime = 10 * time.Minute }, ""},
		{"DPOP-12 Lifetime 11 min", func(v *dpop.Verifier) { v.Lifetime = 11 * time.Minute }, "Lifetime"},
		{"DPOP-12 Lifetime negative", func(v *dpop.Verifier) { v.Lifetime = -time.Second }, "Lifetime"},
		{"F2-AS-13 FutureSkew 10 s", func(v *dpop.Verifier) { v.FutureSkew = 10 * time.Second }, ""},
		{"F2-AS-13 FutureSkew 9 s", func(v *dpop.Verifier) { v.FutureSkew = 9 * time.Second }, "FutureSkew"},
		{"F2-AS-13 FutureSkew 60 s", func(v *dpop.Verifier) { v.FutureSkew = time.Minute }, ""},
		{"F2-AS-13 FutureSkew 61 s", func(v *dpop.Verifier) { v.FutureSkew = 61 * time.Second }, "FutureSkew"},
		{"DPOP-50 Nonces", func(v *dpop.Verifier) { v.Nonces = nonces() }, ""},
		{"DPOP-50 Nonces without a secret", func(v *dpop.Verifier) { v.Nonces = new(dpop.Nonces) }, "Secret"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			v := dpop.Verifier{Replay: new(leaftest.Replay)}
			tt.change(&v)
			err := v.Validate()
			if tt.want == "" {
				require.NoError(t, err)
				return
			}
			require.ErrorIs(t, err, dpop.ErrConfig)
			assert.ErrorContains(t, err, tt.want)
		})
	}

	t.Run("everything at once", func(t *testing.T) {
		t.Parallel()
		err := (&dpop.Verifier{Lifetime: -1, FutureSkew: -1, Algorithms: []jose.SignatureAlgorithm{"none"}, Nonces: new(dpop.Nonces)}).Validate()
		assert.Equal(t, 5, strings.Count(err.Error(), dpop.ErrConfig.Error()))
	})
}

func TestValidateNonces(t *testing.T) {
	t.Parallel()
	secret := []byte(strings.Repeat("s", 32))
	for _, tt := range []struct {
		name   string
		change func(*dpop.Nonces)
		want   string // "": valid
	}{
		{"as it is", func(*dpop.Nonces) {}, ""},
		{"secret of 31 bytes", func(n *dpop.Nonces) { n.Secret = secret[:31] }, "Secret"},
		{"former secret", func(n *dpop.Nonces) { n.Previous = [][]byte{secret} }, ""},
		{"former secret of 31 bytes", func(n *dpop.Nonces) { n.Previous = [][]byte{secret, secret[:31]} }, "Previous[1]"},
		{"8 former secrets", func(n *dpop.Nonces) { n.Previous = make8(secret) }, ""},
		{"9 former secrets", func(n *dpop.Nonces) { n.Previous = append(make8(secret), secret) }, "Previous"},
		{"window of 10 s", func(n *dpop.Nonces) { n.Window = 10 * time.Second }, ""},
		{"window of 9 s", func(n *dpop.Nonces) { n.Window = 9 * time.Second }, "Window"},
		{"window of an hour", func(n *dpop.Nonces) { n.Window = time.Hour }, ""},
		{"window of more", func(n *dpop.Nonces) { n.Window = time.Hour + 1 }, "Window"},
	} {
		t.Run("DPOP-50 "+tt.name, func(t *testing.T) {
			t.Parallel()
			n := dpop.Nonces{Secret: secret}
			tt.change(&n)
			err := n.Validate()
			if tt.want == "" {
				require.NoError(t, err)
				require.True(t, n.Valid(n.Current()))
				return
			}
			require.ErrorIs(t, err, dpop.ErrConfig)
			assert.ErrorContains(t, err, tt.want)
			assert.Empty(t, n.Current())
		})
	}
}

func make8(secret []byte) [][]byte {
	return [][]byte{secret, secret, secret, secret, secret, secret, secret, secret}
}
