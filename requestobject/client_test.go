package requestobject_test

import (
	"context"
	"errors"
	"testing"

	jose "github.com/go-jose/go-jose/v4"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fosite-fapi/fosite-fapi/requestobject"
)

// A source returns one set after another, and counts how it was asked.
type source struct {
	sets  []*jose.JSONWebKeySet
	errs  []error
	asked []bool
}

func (s *source) Keys(_ context.Context, refresh bool) (*jose.JSONWebKeySet, error) {
	i := len(s.asked)
	s.asked = append(s.asked, refresh)
	if i < len(s.errs) && s.errs[i] != nil {
		return nil, s.errs[i]
	}
	return s.sets[min(i, len(s.sets)-1)], nil
}

func TestKeysRefresh(t *testing.T) {
	t.Parallel()
	set := func(keys ...jose.JSONWebKey) *jose.JSONWebKeySet { return &jose.JSONWebKeySet{Keys: keys} }
	right := jose.JSONWebKey{Key: p256().Public(), KeyID: "k1"}
	renamed := jose.JSONWebKey{Key: p256().Public(), KeyID: "k0"}
	wrong := jose.JSONWebKey{Key: p256b().Public(), KeyID: "k1"}
	old := set(wrong)
	down := errors.New("connection lost")
	for _, tt := range []struct {
		name  string
		keys  *source
		asked []bool
		want  error
	}{
		{"the cached set has it", &source{sets: []*jose.JSONWebKeySet{set(right)}}, []bool{false}, nil},
		{"kid unknown, published since", &source{sets: []*jose.JSONWebKeySet{set(renamed), set(right)}}, []bool{false, true}, nil},
		{"signature fails, key replaced under the same kid", &source{sets: []*jose.JSONWebKeySet{old, set(right)}}, []bool{false, true}, nil},
		{"kid unknown, and stays so", &source{sets: []*jose.JSONWebKeySet{set(renamed), set(renamed)}}, []bool{false, true}, requestobject.ErrKey},
		{"signature fails, and does so again", &source{sets: []*jose.JSONWebKeySet{old, set(wrong)}}, []bool{false, true}, requestobject.ErrSignature},
		{"the same set again", &source{sets: []*jose.JSONWebKeySet{old, old}}, []bool{false, true}, requestobject.ErrSignature},
		{"no set at all", &source{sets: []*jose.JSONWebKeySet{nil}}, []bool{false, true}, requestobject.ErrKey},
		{"keys unavailable", &source{errs: []error{down}}, []bool{false}, requestobject.ErrKeysUnavailable},
		{"keys unavailable, why", &source{errs: []error{down}}, []bool{false}, down},
		{"keys unavailable on refresh", &source{sets: []*jose.JSONWebKeySet{old}, errs: []error{nil, down}}, []bool{false, true}, requestobject.ErrKeysUnavailable},
	} {
		t.Run("JAR-14 "+tt.name, func(t *testing.T) {
			t.Parallel()
			r := base()
			r.client.Keys = tt.keys
			_, err := r.verify()
			require.ErrorIs(t, err, tt.want)
			assert.Equal(t, tt.asked, tt.keys.asked)
		})
	}

	t.Run("JAR-14 claims that don't hold cause no fetch", func(t *testing.T) {
		t.Parallel()
		r, keys := base(), &source{sets: []*jose.JSONWebKeySet{set(right)}}
		r.client.Keys = keys
		r.claims["aud"] = "https://as.example.org"
		_, err := r.verify()
		require.ErrorIs(t, err, requestobject.ErrAudience)
		assert.Empty(t, keys.asked)
	})
}
