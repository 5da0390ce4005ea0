package par_test

import (
	"strings"
	"testing"
	"time"

	"github.com/ory/fosite"
	"github.com/ory/fosite/handler/openid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fosite-fapi/fosite-fapi/par"
)

func TestExpiry(t *testing.T) {
	const lifetime, interaction = 30 * time.Second, 5 * time.Minute
	for _, c := range []struct {
		name        string
		first, then time.Duration // since the push; a negative first means none
		load, spend error
	}{
		{"PAR-24 first load in time", -1, lifetime - time.Second, nil, nil},
		{"PAR-24 first load too late", -1, lifetime, par.ErrExpired, par.ErrExpired},
		{"F2-AZ-15 reload after expires_in", 0, lifetime, nil, nil},
		{"F2-AZ-15 reload at the last moment", lifetime - time.Second, lifetime + interaction - time.Second, nil, nil},
		{"F2-AZ-15 interaction too long", lifetime - time.Second, lifetime + interaction, par.ErrExpired, par.ErrExpired},
		{"PAR-24 an untimely first load begins nothing", lifetime, lifetime + time.Second, par.ErrExpired, par.ErrExpired},
	} {
		t.Run(c.name, func(t *testing.T) {
			onEveryStore(t, func(t *testing.T, w *world) {
				w.Lifetime, w.Interaction = lifetime, interaction
				uri := w.push(t)
				if c.first >= 0 {
					w.clock.advance(c.first)
					_ = w.load(uri)
					w.clock.advance(-c.first)
				}
				w.clock.advance(c.then)
				require.ErrorIs(t, w.load(uri), c.load)
				require.ErrorIs(t, w.spend(uri), c.spend)
			})
		})
	}

	t.Run("PAR-24 spent without a load, too late", func(t *testing.T) {
		onEveryStore(t, func(t *testing.T, w *world) {
			uri := w.push(t)
			w.clock.advance(time.Minute)
			require.ErrorIs(t, w.spend(uri), par.ErrExpired)
		})
	})
}

func TestOtherClient(t *testing.T) {
	onEveryStore(t, func(t *testing.T, w *world) {
		t.Run("PAR-11 is refused, and spends nothing", func(t *testing.T) {
			uri := w.push(t)
			marks := w.singleUse.marks()
			ar, err := w.Load(t.Context(), uri, "other")
			require.ErrorIs(t, err, par.ErrClient)
			require.Nil(t, ar)
			assert.Equal(t, marks, w.singleUse.marks())
			require.NoError(t, w.load(uri))
			require.NoError(t, w.spend(uri))
		})
		t.Run("PAR-11 begins no interaction", func(t *testing.T) {
			uri := w.push(t)
			_, err := w.Load(t.Context(), uri, "other")
			require.ErrorIs(t, err, par.ErrClient)
			w.clock.advance(time.Minute)
			require.ErrorIs(t, w.load(uri), par.ErrExpired)
		})
		t.Run("PAR-11 no client_id", func(t *testing.T) {
			_, err := w.Load(t.Context(), w.push(t), "")
			require.ErrorIs(t, err, par.ErrClient)
		})
	})
}

func TestUnknown(t *testing.T) {
	onEveryStore(t, func(t *testing.T, w *world) {
		uri := w.push(t)
		calls, marks := w.store.calls.Load(), w.singleUse.marks()
		for name, garbage := range map[string]string{
			"empty":              "",
			"prefix alone":       par.Prefix,
			"other prefix":       strings.Replace(uri, "urn:", "URN:", 1),
			"remote":             "https://client.example.org/request.jwt",
			"short":              uri[:len(uri)-1],
			"long":               uri + "A",
			"padded":             uri + "=",
			"line break":         uri[:len(uri)-1] + "\n",
			"not base64url":      uri[:len(uri)-1] + "+",
			"not canonical":      par.Prefix + strings.Repeat("A", 42) + "B",
			"oversized":          par.Prefix + strings.Repeat("A", 1<<20),
			"other prefix's key": "fapi:" + uri,
		} {
			t.Run("PAR-10 "+name, func(t *testing.T) {
				ar, err := w.Load(t.Context(), garbage, "client")
				require.ErrorIs(t, err, par.ErrUnknown)
				require.Nil(t, ar)
				require.ErrorIs(t, w.spend(garbage), par.ErrUnknown)
			})
		}
		assert.Equal(t, calls, w.store.calls.Load(), "garbage doesn't reach the store")

		t.Run("PAR-10 well-formed and never issued", func(t *testing.T) {
			never := par.Prefix + strings.Repeat("A", 43)
			require.ErrorIs(t, w.load(never), par.ErrUnknown)
			require.ErrorIs(t, w.spend(never), par.ErrUnknown)
		})
		assert.Equal(t, marks, w.singleUse.marks(), "garbage marks nothing")
	})
}

func TestLoadsAreIndependent(t *testing.T) {
	onEveryStore(t, func(t *testing.T, w *world) {
		pushed := w.request()
		pushed.Session = openid.NewDefaultSession()
		uri, _, err := w.Push(t.Context(), pushed)
		require.NoError(t, err)

		first, err := w.Load(t.Context(), uri, "client")
		require.NoError(t, err)
		spoil(first)
		first.Session.(*openid.DefaultSession).Subject = "someone"
		second, err := w.Load(t.Context(), uri, "client")
		require.NoError(t, err)
		assertUnspoilt(t, w, second)
		assert.Empty(t, second.Session.GetSubject())
	})
}

func TestWithoutRedirectURI(t *testing.T) {
	t.Parallel()
	w := newMemoryWorld()
	pushed := w.request()
	pushed.RedirectURI = nil
	uri, _, err := w.Push(t.Context(), pushed)
	require.NoError(t, err)
	loaded, err := w.Load(t.Context(), uri, "client")
	require.NoError(t, err)
	assert.Nil(t, loaded.RedirectURI)
}

// What the store gives back is not believed more than it has to be.
func TestLostOnTheWay(t *testing.T) {
	for _, c := range []struct {
		name string
		lose func(ar *fosite.AuthorizeRequest)
		want error
	}{
		{"nothing", func(*fosite.AuthorizeRequest) {}, nil},
		{"the form", func(ar *fosite.AuthorizeRequest) { ar.Form = nil }, par.ErrUnknown},
		{"the bookkeeping", func(ar *fosite.AuthorizeRequest) { ar.Form.Del(reserved) }, par.ErrUnknown},
		{"the bookkeeping's client", func(ar *fosite.AuthorizeRequest) {
			ar.Form.Set(reserved, strings.TrimSuffix(ar.Form.Get(reserved), "client"))
		}, par.ErrUnknown},
		{"the bookkeeping's expiry", func(ar *fosite.AuthorizeRequest) {
			ar.Form.Set(reserved, strings.Replace(ar.Form.Get(reserved), " 1", " x1", 1))
		}, par.ErrUnknown},
		{"the bookkeeping's uniqueness", func(ar *fosite.AuthorizeRequest) { ar.Form.Add(reserved, ar.Form.Get(reserved)) }, par.ErrUnknown},
		{"the client", func(ar *fosite.AuthorizeRequest) { ar.Client = nil }, par.ErrStorage},
		{"the client's identity", func(ar *fosite.AuthorizeRequest) { ar.Client = client("other") }, par.ErrStorage},
	} {
		t.Run(c.name, func(t *testing.T) {
			onEveryStore(t, func(t *testing.T, w *world) {
				w.store.onGet = func(ar fosite.AuthorizeRequester) (fosite.AuthorizeRequester, error) {
					c.lose(ar.(*fosite.AuthorizeRequest))
					return ar, nil
				}
				uri := w.push(t)
				require.ErrorIs(t, w.load(uri), c.want)
				require.ErrorIs(t, w.spend(uri), c.want)
			})
		})
	}
}

// A request that was stored by something else, with bookkeeping copied from a request of its client's, is
// not one of ours.
func TestForgedBookkeeping(t *testing.T) {
	onEveryStore(t, func(t *testing.T, w *world) {
		var record string
		w.store.onCreate = func(ar fosite.AuthorizeRequester) (fosite.AuthorizeRequester, error) {
			record = ar.GetRequestForm().Get(reserved)
			return ar, nil
		}
		require.NoError(t, w.load(w.push(t)))
		require.NotEmpty(t, record)

		forged := par.Prefix + strings.Repeat("A", 43)
		ar := w.request()
		ar.Form.Set(reserved, record)
		require.NoError(t, w.store.PARStorage.CreatePARSession(t.Context(), forged, ar))
		require.ErrorIs(t, w.load(forged), par.ErrUnknown)
		require.ErrorIs(t, w.spend(forged), par.ErrUnknown)
	})
}

func TestBrokenStores(t *testing.T) {
	for _, c := range []struct {
		name        string
		breakIt     func(w *world)
		load, spend error
	}{
		{"none", func(*world) {}, nil, nil},
		{"get fails", func(w *world) {
			w.store.onGet = func(fosite.AuthorizeRequester) (fosite.AuthorizeRequester, error) { return nil, errBroken }
		}, par.ErrStorage, par.ErrStorage},
		{"get gives nothing", func(w *world) {
			w.store.onGet = func(fosite.AuthorizeRequester) (fosite.AuthorizeRequester, error) { return nil, nil }
		}, par.ErrStorage, par.ErrStorage},
		{"the mark of spending fails", func(w *world) { namespace := "par-spent"; w.singleUse.broken.Store(&namespace) }, par.ErrStorage, par.ErrStorage},
		{"the mark of beginning fails", func(w *world) { namespace := "par-begun"; w.singleUse.broken.Store(&namespace) }, par.ErrStorage, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			onEveryStore(t, func(t *testing.T, w *world) {
				uri := w.push(t)
				c.breakIt(w)
				require.ErrorIs(t, w.load(uri), c.load)
				require.ErrorIs(t, w.spend(uri), c.spend)
			})
		})
	}

	t.Run("the mark of beginning can't be read", func(t *testing.T) {
		onEveryStore(t, func(t *testing.T, w *world) {
			uri := w.push(t)
			require.NoError(t, w.load(uri))
			w.clock.advance(time.Minute)
			namespace := "par-begun"
			w.singleUse.broken.Store(&namespace)
			require.ErrorIs(t, w.load(uri), par.ErrStorage)
			require.ErrorIs(t, w.spend(uri), par.ErrStorage)
		})
	})
	t.Run("whether it was spent can't be read", func(t *testing.T) {
		onEveryStore(t, func(t *testing.T, w *world) {
			namespace := "par-spent"
			w.singleUse.broken.Store(&namespace)
			require.ErrorIs(t, w.load(par.Prefix+strings.Repeat("A", 43)), par.ErrStorage)
		})
	})
}
