package par_test

import (
	"strings"
	"testing"

	"github.com/ory/fosite/storage"
	"github.com/stretchr/testify/require"

	"github.com/fosite-fapi/fosite-fapi/par"
)

func newMemoryWorld() *world { return newWorld(storage.NewMemoryStore()) }

// No request_uri of a stranger's making is known, and none marks anything.
func FuzzRequestURI(f *testing.F) {
	f.Add(par.Prefix+strings.Repeat("A", 43), "client")
	f.Add(par.Prefix, "")
	f.Add("https://client.example.org/request.jwt", "client")
	f.Add(par.Prefix+strings.Repeat("\n", 43), "client")
	w := newMemoryWorld()
	w.push(f)
	f.Fuzz(func(t *testing.T, uri, clientID string) {
		ar, err := w.Load(t.Context(), uri, clientID)
		require.ErrorIs(t, err, par.ErrUnknown)
		require.Nil(t, ar, "an error comes with no request")
		require.ErrorIs(t, w.spend(uri), par.ErrUnknown)
		require.Zero(t, w.singleUse.marks())
	})
}

// No bookkeeping of a stranger's making is believed, should it ever get into a store unsupervised.
func FuzzBookkeeping(f *testing.F) {
	f.Add("47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU 99999999999999 client")
	f.Add("  client")
	f.Add(" 99999999999999 client")
	f.Add("")
	f.Fuzz(func(t *testing.T, text string) {
		w := newMemoryWorld()
		uri, forged := par.Prefix+strings.Repeat("A", 43), w.request()
		forged.Form.Set(reserved, text)
		require.NoError(t, w.store.CreatePARSession(t.Context(), uri, forged))
		ar, err := w.Load(t.Context(), uri, "client")
		require.ErrorIs(t, err, par.ErrUnknown)
		require.Nil(t, ar, "an error comes with no request")
	})
}
