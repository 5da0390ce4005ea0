package clientassertion_test

import (
	"context"
	"errors"
	"testing"

	jose "github.com/go-jose/go-jose/v4"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fosite-fapi/fosite-fapi/clientassertion"
)

// jwksURI is a source of keys that remembers how it was asked.
type jwksURI struct {
	cached, fresh *jose.JSONWebKeySet
	err, freshErr error
	asked         []bool
}

func (u *jwksURI) Keys(_ context.Context, refresh bool) (*jose.JSONWebKeySet, error) {
	u.asked = append(u.asked, refresh)
	if refresh {
		return u.fresh, u.freshErr
	}
	return u.cached, u.err
}

func TestKeys(t *testing.T) {
	t.Parallel()

	right := &jose.JSONWebKeySet{Keys: []jose.JSONWebKey{{Key: p256().Public(), KeyID: "k1"}}}
	other := &jose.JSONWebKeySet{Keys: []jose.JSONWebKey{{Key: p256b().Public(), KeyID: "k0"}}}
	wrong := &jose.JSONWebKeySet{Keys: []jose.JSONWebKey{{Key: p256b().Public(), KeyID: "k1"}}}
	down := errors.New("503 Service Unavailable")

	for _, tt := range []struct {
		name  string
		keys  jwksURI
		want  error
		asked []bool
	}{
		{"known kid", jwksURI{cached: right}, nil, []bool{false}},
		{"rotated: unknown kid", jwksURI{cached: other, fresh: right}, nil, []bool{false, true}},
		{"nothing cached", jwksURI{fresh: right}, nil, []bool{false, true}},
		{"unknown kid, and it stays so", jwksURI{cached: other, fresh: other}, clientassertion.ErrKey, []bool{false, true}},
		{"another key under the same kid", jwksURI{cached: wrong, fresh: right}, nil, []bool{false, true}},
		{"wrong signature by a known kid", jwksURI{cached: wrong, fresh: wrong}, clientassertion.ErrSignature, []bool{false, true}},
		{"rotated, and the signature is wrong", jwksURI{cached: other, fresh: wrong}, clientassertion.ErrSignature, []bool{false, true}},
		{"down", jwksURI{err: down, fresh: right}, clientassertion.ErrKeysUnavailable, []bool{false}},
		{"down when asked again", jwksURI{cached: other, freshErr: down}, clientassertion.ErrKeysUnavailable, []bool{false, true}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			r := base()
			r.client.Keys = &tt.keys
			got, err := r.verify()
			assert.Equal(t, tt.asked, tt.keys.asked)
			if tt.want == nil {
				require.NoError(t, err)
				return
			}
			require.ErrorIs(t, err, tt.want)
			assert.Nil(t, got)
			assert.Empty(t, r.used.Entries)
			if errors.Is(tt.want, clientassertion.ErrKeysUnavailable) {
				assert.ErrorIs(t, err, down)
			}
		})
	}

	t.Run("keys aren't asked for before the claims hold", func(t *testing.T) {
		t.Parallel()
		r := base()
		keys := &jwksURI{cached: right}
		r.client.Keys = keys
		r.claims["aud"] = "https://as.example.org"
		_, err := r.verify()
		require.ErrorIs(t, err, clientassertion.ErrAudience)
		assert.Empty(t, keys.asked, "a stranger's assertion causes no fetch")
	})
}
