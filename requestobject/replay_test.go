package requestobject_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	jose "github.com/go-jose/go-jose/v4"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fosite-fapi/fosite-fapi/internal/leaftest"
	"github.com/fosite-fapi/fosite-fapi/requestobject"
)

// once is base, where an object is good for one use.
func once(r *request) { r.verifier.Replay = r.used }

func TestReplay(t *testing.T) {
	t.Parallel()
	run(t, []testCase{
		{"jti ignored by default", drop("jti"), nil},
		{"jti a number", set("jti", 1), requestobject.ErrMalformed},
		{"single use: jti there", once, nil},
		{"single use: jti missing", all(once, drop("jti")), requestobject.ErrIDMissing},
		{"single use: jti empty", all(once, set("jti", "")), requestobject.ErrIDMissing},
		{"single use: jti of 256 bytes", all(once, set("jti", strings.Repeat("a", 256))), nil},
		{"single use: jti of 257 bytes", all(once, set("jti", strings.Repeat("a", 257))), requestobject.ErrMalformed},
		{"single use: exp absent, though optional", all(once, drop("exp"), func(r *request) { r.verifier.OptionalExpiry = true }), requestobject.ErrExpiryMissing},
		{"single use: the store fails", all(once, func(r *request) { r.used.Err = errors.New("connection lost") }), requestobject.ErrReplayStore},
	})

	t.Run("twice, where jti is ignored", func(t *testing.T) {
		t.Parallel()
		r := base()
		for range 2 {
			_, err := r.verify()
			require.NoError(t, err)
		}
	})

	t.Run("twice, where each is good for one use", func(t *testing.T) {
		t.Parallel()
		r := base()
		once(r)
		_, err := r.verify()
		require.NoError(t, err)
		got, err := r.verify()
		require.ErrorIs(t, err, requestobject.ErrReplayed)
		assert.Nil(t, got)

		r.claims["jti"] = "id-2"
		_, err = r.verify()
		assert.NoError(t, err, "another jti")
	})

	t.Run("32 at a time, one passes", func(t *testing.T) {
		t.Parallel()
		r := base()
		once(r)
		raw := r.raw()
		r.client.Keys = requestobject.StaticKeys(&jose.JSONWebKeySet{Keys: r.keys})
		leaftest.OnePasses(t, requestobject.ErrReplayed, func() error {
			_, err := r.verifier.Verify(context.Background(), raw, r.client)
			return err
		})
	})

	for name, change := range map[string]func(*request){
		"a wrong signature":  func(r *request) { r.key = p256b() },
		"a wrong parameter":  set("redirect_uri", 1),
		"an expired request": set("exp", at(-60)),
	} {
		t.Run(name+" leaves the jti", func(t *testing.T) {
			t.Parallel()
			r := base()
			once(r)
			change(r)
			_, err := r.verify()
			require.Error(t, err)
			assert.Empty(t, r.used.Entries)
		})
	}

	t.Run("remembered for as long as it would pass", func(t *testing.T) {
		t.Parallel()
		r := base()
		once(r)
		_, err := r.verify()
		require.NoError(t, err)
		assert.Equal(t, map[[2]string]time.Time{
			{"request https://as.example.com client-4711", "id-1"}: now.Add(310 * time.Second),
		}, r.used.Entries, "exp and ExpirySkew")
		r.verifier.Replay = new(leaftest.Replay)
		r.verifier.Now = func() time.Time { return now.Add(310 * time.Second) }
		_, err = r.verify()
		assert.ErrorIs(t, err, requestobject.ErrExpired)
	})
}
