package resource_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fosite-fapi/fosite-fapi/internal/leaftest"
	"github.com/fosite-fapi/fosite-fapi/resource"
)

// The issuer in the same process: asked about each token each time, and by no network.
func TestLocalIntrospection(t *testing.T) {
	t.Parallel()
	for name, start := range localStarts {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			unusable := func(name string, change func(*world), cause error) refusedCase {
				return refusedCase{name, "F2-RS-03", change, 503, "temporarily_unavailable", cause}
			}
			raw := func(body string) func(*world) { return func(w *world) { w.as.raw = body } }
			for _, c := range []refusedCase{
				unusable("the store is down", func(w *world) { w.as.down[askPath] = 1 }, errStoreDown),
				unusable("nothing is said", func(w *world) { w.config.Introspection.Local = silent }, resource.ErrIntrospection),
				unusable("no object", raw("null"), resource.ErrIntrospection),
				unusable("INT-04 no active", raw(`{"sub":"user-1"}`), resource.ErrIntrospection),
				unusable("active twice", raw(`{"active":false,"active":true}`), resource.ErrIntrospection),
				{"AT-01 for nobody", "AT-01", func(w *world) { w.claims["aud"] = "" }, 401, "invalid_token", resource.ErrAudience},
			} {
				c.run(t, start)
			}

			w := start(t)
			require.NoError(t, w.server().Ready(t.Context()))
			w.config.DPoP.Replay = leaftest.Unused{}
			r := w.request(w.token())
			w.passes(w.send(r))
			w.passes(w.send(r))
			assert.Equal(t, 2, w.as.count(askPath), "nothing is kept")
			w.revoke(w.token())
			w.seen = nil
			w.assertRefused(w.send(r), 401, "invalid_token", "F2-RS-03", resource.ErrInactive)
			if strings.Contains(name, "opaque") {
				assert.Zero(t, w.as.count(metadataPath), "the network is not used")
			}
		})
	}
}

// With a TTL, its answers are kept like others.
func TestLocalIntrospectionIsKept(t *testing.T) {
	t.Parallel()
	for name, start := range localStarts {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := start(t)
			w.config.Introspection.TTL = 0
			w.config.DPoP.Replay = leaftest.Unused{}
			r := w.request(w.token())
			w.passes(w.send(r))
			w.revoke(w.token())
			w.passes(w.send(r))
			assert.Equal(t, 1, w.as.count(askPath))
			w.clock.Forward(30 * time.Second)
			w.seen = nil
			w.assertRefused(w.send(r), 401, "invalid_token", "F2-RS-03", resource.ErrInactive)
		})
	}
}
