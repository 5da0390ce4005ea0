package par_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/ory/fosite"
	"github.com/ory/fosite/handler/openid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fosite-fapi/fosite-fapi/par"
)

// reserved is the form parameter that carries the bookkeeping through the store.
const reserved = "urn:fosite-fapi:par"

func TestPush(t *testing.T) {
	onEveryStore(t, func(t *testing.T, w *world) {
		t.Run("PAR-09 expires_in", func(t *testing.T) {
			_, expiresIn, err := w.Push(t.Context(), w.request())
			require.NoError(t, err)
			assert.Equal(t, time.Minute, expiresIn)
		})
		t.Run("PAR-10 256 random bits", func(t *testing.T) {
			seen := map[string]bool{}
			for range 1000 {
				uri := w.push(t)
				reference, ok := strings.CutPrefix(uri, par.Prefix)
				require.True(t, ok)
				require.Len(t, reference, 43)
				require.False(t, seen[uri])
				seen[uri] = true
			}
		})
		t.Run("PAR-03 what was pushed is what is loaded", func(t *testing.T) {
			pushed := w.request()
			uri, _, err := w.Push(t.Context(), pushed)
			require.NoError(t, err)
			loaded, err := w.Load(t.Context(), uri, "client")
			require.NoError(t, err)
			want := w.request()
			assert.Equal(t, want.Form, loaded.Form)
			assert.Equal(t, want.RedirectURI, loaded.RedirectURI)
			assert.Equal(t, want.ResponseTypes, loaded.ResponseTypes)
			assert.Equal(t, want.State, loaded.State)
			assert.Equal(t, want.ResponseMode, loaded.ResponseMode)
			assert.Equal(t, want.DefaultResponseMode, loaded.DefaultResponseMode)
			assert.Equal(t, want.RequestedScope, loaded.RequestedScope)
			assert.Equal(t, want.RequestedAudience, loaded.RequestedAudience)
			assert.Equal(t, pushed.ID, loaded.ID)
			assert.True(t, pushed.RequestedAt.Equal(loaded.RequestedAt))
			assert.Equal(t, "client", loaded.Client.GetID())
			assert.Empty(t, loaded.HandledResponseTypes)
		})
		t.Run("the caller's request stays as it is", func(t *testing.T) {
			pushed := w.request()
			_, _, err := w.Push(t.Context(), pushed)
			require.NoError(t, err)
			assert.Equal(t, w.request().Form, pushed.Form)
		})
		t.Run("later changes to the caller's request don't reach the store", func(t *testing.T) {
			pushed := w.request()
			uri, _, err := w.Push(t.Context(), pushed)
			require.NoError(t, err)
			spoil(pushed)
			loaded, err := w.Load(t.Context(), uri, "client")
			require.NoError(t, err)
			assertUnspoilt(t, w, loaded)
		})
		t.Run("the bookkeeping of a client's own invention is overwritten", func(t *testing.T) {
			pushed := w.request()
			pushed.Form[reserved] = []string{"AAAA 99999999999999 other"}
			uri, _, err := w.Push(t.Context(), pushed)
			require.NoError(t, err)
			_, err = w.Load(t.Context(), uri, "other")
			require.ErrorIs(t, err, par.ErrClient)
			loaded, err := w.Load(t.Context(), uri, "client")
			require.NoError(t, err)
			assert.NotContains(t, loaded.Form, reserved)
		})
		t.Run("the session says how long to keep the request", func(t *testing.T) {
			pushed := w.request()
			pushed.Session = openid.NewDefaultSession()
			uri, _, err := w.Push(t.Context(), pushed)
			require.NoError(t, err)
			loaded, err := w.Load(t.Context(), uri, "client")
			require.NoError(t, err)
			keep := loaded.Session.GetExpiresAt(fosite.PushedAuthorizeRequestContext)
			assert.WithinDuration(t, w.clock.now().Add(11*time.Minute), keep, time.Millisecond)
		})
	})
}

func TestPushRefuses(t *testing.T) {
	onEveryStore(t, func(t *testing.T, w *world) {
		push := func(ar *fosite.AuthorizeRequest) error {
			uri, expiresIn, err := w.Push(context.Background(), ar)
			assert.Empty(t, uri)
			assert.Zero(t, expiresIn)
			return err
		}
		t.Run("no request", func(t *testing.T) { require.ErrorIs(t, push(nil), par.ErrRequest) })
		t.Run("no client", func(t *testing.T) {
			ar := w.request()
			ar.Client = nil
			require.ErrorIs(t, push(ar), par.ErrRequest)
		})
		t.Run("a client without identifier", func(t *testing.T) {
			ar := w.request()
			ar.Client = client("")
			require.ErrorIs(t, push(ar), par.ErrRequest)
		})
		t.Run("the store fails", func(t *testing.T) {
			w.store.onCreate = func(fosite.AuthorizeRequester) (fosite.AuthorizeRequester, error) { return nil, errBroken }
			err := push(w.request())
			require.ErrorIs(t, err, par.ErrStorage)
			require.ErrorIs(t, err, errBroken)
		})
	})
}

func TestKeyPrefix(t *testing.T) {
	onEveryStore(t, func(t *testing.T, w *world) {
		w.KeyPrefix = "fapi:"
		uri := w.push(t)
		assert.Equal(t, "fapi:"+uri, w.store.lastKey)

		others := *w.Requests
		others.KeyPrefix = "x:"
		_, err := others.Load(t.Context(), uri, "client")
		require.ErrorIs(t, err, par.ErrUnknown)
		require.ErrorIs(t, others.Spend(t.Context(), uri), par.ErrUnknown)

		require.NoError(t, w.load(uri))
		require.NoError(t, w.spend(uri))
		assert.Equal(t, "fapi:"+uri, w.store.deleted)
	})
}

// spoil does what fosite does to a requester on its way out, and a little more.
func spoil(ar *fosite.AuthorizeRequest) {
	ar.RedirectURI.RawQuery = "code=abc"
	ar.Form.Set("scope", "everything")
	ar.Form["redirect_uri"][0] = "https://evil.example"
	ar.Form.Set("code_challenge", "injected")
	ar.RequestedScope[0] = "everything"
	ar.RequestedAudience[0] = "https://evil.example"
	ar.ResponseTypes[0] = "token"
	ar.SetResponseTypeHandled("code")
	ar.GrantScope("everything")
	ar.State = "other"
}

func assertUnspoilt(t *testing.T, w *world, ar *fosite.AuthorizeRequest) {
	t.Helper()
	want := w.request()
	assert.Equal(t, redirect, ar.RedirectURI.String())
	assert.Equal(t, want.Form, ar.Form)
	assert.Equal(t, want.RequestedScope, ar.RequestedScope)
	assert.Equal(t, want.RequestedAudience, ar.RequestedAudience)
	assert.Equal(t, want.ResponseTypes, ar.ResponseTypes)
	assert.Equal(t, want.State, ar.State)
	assert.Empty(t, ar.HandledResponseTypes)
	assert.Empty(t, ar.GrantedScope)
}
