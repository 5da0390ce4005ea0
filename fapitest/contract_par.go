package fapitest

import (
	"net/url"
	"testing"

	"github.com/ory/fosite"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func (c Contract) pushed(t *testing.T) {
	store := c.NewStore()
	newURI := func() string { return "urn:ietf:params:oauth:request_uri:" + newKey() }

	t.Run("comes back whole", func(t *testing.T) {
		request, uri := c.newPushed(t, store), newURI()
		require.NoError(t, store.CreatePARSession(t.Context(), uri, request))
		for range 2 {
			got, err := store.GetPARSession(t.Context(), uri)
			require.NoError(t, err)
			require.NotNil(t, got)
			c.sameRequested(t, &request.Request, got)
			require.NotNil(t, got.GetRedirectURI(), "redirect URI")
			assert.Equal(t, request.RedirectURI.String(), got.GetRedirectURI().String(), "redirect URI")
			assert.Equal(t, request.State, got.GetState(), "state")
			assert.ElementsMatch(t, request.ResponseTypes, got.GetResponseTypes(), "response types")
			assert.Equal(t, request.ResponseMode, got.GetResponseMode(), "response mode")
			assert.Equal(t, request.DefaultResponseMode, got.GetDefaultResponseMode(), "default response mode")
		}
	})
	t.Run("without redirect URI and state", func(t *testing.T) {
		request, uri := c.newPushed(t, store), newURI()
		request.RedirectURI, request.State = nil, ""
		require.NoError(t, store.CreatePARSession(t.Context(), uri, request))
		got, err := store.GetPARSession(t.Context(), uri)
		require.NoError(t, err)
		assert.Nil(t, got.GetRedirectURI(), "fosite tells by nil that none was sent")
		assert.Empty(t, got.GetState())
	})
	t.Run("unknown key", func(t *testing.T) {
		_, err := store.GetPARSession(t.Context(), newURI())
		require.ErrorIs(t, err, fosite.ErrNotFound)
	})
	t.Run("keys count to the last character and its case", func(t *testing.T) {
		request, uri := c.newPushed(t, store), newURI()[:93]
		require.NoError(t, store.CreatePARSession(t.Context(), uri+"a", request))
		for _, unknown := range []string{uri, uri + "A", uri + "b", uri + "aa"} {
			_, err := store.GetPARSession(t.Context(), unknown)
			require.ErrorIs(t, err, fosite.ErrNotFound, "a key that only resembles a stored one")
		}
	})
	t.Run("deleted", func(t *testing.T) {
		uri, other := newURI(), newURI()
		require.NoError(t, store.CreatePARSession(t.Context(), uri, c.newPushed(t, store)))
		require.NoError(t, store.CreatePARSession(t.Context(), other, c.newPushed(t, store)))
		require.NoError(t, store.DeletePARSession(t.Context(), uri))
		_, err := store.GetPARSession(t.Context(), uri)
		require.ErrorIs(t, err, fosite.ErrNotFound)
		_, err = store.GetPARSession(t.Context(), other)
		require.NoError(t, err, "another key")
	})
}

func (c Contract) newPushed(t *testing.T, store Store) *fosite.AuthorizeRequest {
	t.Helper()
	return &fosite.AuthorizeRequest{
		Request:             *c.newRequest(t, store),
		ResponseTypes:       fosite.Arguments{"code", "id_token"},
		RedirectURI:         &url.URL{Scheme: "https", Host: "client.example.com:8443", Path: "/a b/cb", RawQuery: "x=%2Fy&z"},
		State:               "state-+/=é",
		ResponseMode:        "fragment.jwt",
		DefaultResponseMode: fosite.ResponseModeFragment,
	}
}
