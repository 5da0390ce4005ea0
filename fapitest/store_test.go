package fapitest_test

import (
	"encoding/json"
	"io"
	"log"
	"net/url"
	"testing"
	"time"

	"github.com/ory/fosite"
	"github.com/ory/fosite/handler/oauth2"
	"github.com/ory/fosite/handler/openid"
	"github.com/ory/fosite/storage"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fosite-fapi/fosite-fapi/fapitest"
)

func discard() *log.Logger { return log.New(io.Discard, "", 0) }

func newStore() *fapitest.JSONStore {
	return fapitest.NewJSONStore(&fosite.DefaultClient{ID: fapitest.ContractClientID})
}

func newMemoryStore() *storage.MemoryStore {
	store := storage.NewMemoryStore()
	store.Clients[fapitest.ContractClientID] = &fosite.DefaultClient{ID: fapitest.ContractClientID}
	return store
}

func newRequest(t *testing.T, store *fapitest.JSONStore, session fosite.Session) *fosite.Request {
	t.Helper()
	client, err := store.GetClient(t.Context(), fapitest.ContractClientID)
	require.NoError(t, err)
	r := fosite.NewRequest()
	r.Client, r.Session = client, session
	return r
}

func TestStoreContract(t *testing.T) {
	t.Parallel()
	t.Run("JSONStore", func(t *testing.T) {
		t.Parallel()
		fapitest.StoreContract(t, func() fapitest.Store { return newStore() })
	})
	t.Run("JSONStore, one for all", func(t *testing.T) {
		t.Parallel()
		store := newStore()
		fapitest.StoreContract(t, func() fapitest.Store { return store })
	})
	t.Run("TransactionalStore", func(t *testing.T) {
		t.Parallel()
		fapitest.StoreContract(t, func() fapitest.Store { return &fapitest.TransactionalStore{JSONStore: newStore()} })
	})
	t.Run("MemoryStore", func(t *testing.T) {
		t.Parallel()
		fapitest.StoreContract(t, func() fapitest.Store { return newMemoryStore() })
	})
	t.Run("another client and session", func(t *testing.T) {
		t.Parallel()
		newSession := func() fosite.Session { return &oauth2.JWTSession{} }
		fapitest.Contract{
			ClientID:   "bank",
			NewSession: newSession,
			NewStore: func() fapitest.Store {
				store := &fapitest.JSONStore{NewSession: newSession}
				store.PutClient(&fosite.DefaultClient{ID: "bank"})
				return store
			},
		}.Test(t)
	})
}

func TestJSONStoreSharesNothing(t *testing.T) {
	t.Parallel()
	store := newStore()
	stored := &fosite.DefaultSession{Subject: "alice", Extra: map[string]any{"cnf": "bound"}}
	request := newRequest(t, store, stored)
	request.Form = url.Values{"k": {"v"}}
	require.NoError(t, store.CreateAccessTokenSession(t.Context(), "sig", request))
	stored.Subject, stored.Extra["cnf"] = "mallory", "changed"
	request.Form.Set("k", "changed")

	first, err := store.GetAccessTokenSession(t.Context(), "sig", &fosite.DefaultSession{})
	require.NoError(t, err)
	first.GetRequestForm().Set("k", "changed")
	first.GetSession().(*fosite.DefaultSession).Subject = "mallory"

	second, err := store.GetAccessTokenSession(t.Context(), "sig", &fosite.DefaultSession{})
	require.NoError(t, err)
	assert.Equal(t, "v", second.GetRequestForm().Get("k"))
	assert.Equal(t, "alice", second.GetSession().GetSubject())
	assert.Equal(t, "bound", second.GetSession().(*fosite.DefaultSession).Extra["cnf"])
}

func TestJSONStoreHydratesTheSession(t *testing.T) {
	t.Parallel()
	store := newStore()
	require.NoError(t, store.CreateAccessTokenSession(t.Context(), "sig", newRequest(t, store, &fosite.DefaultSession{Subject: "alice"})))
	require.NoError(t, store.CreateAccessTokenSession(t.Context(), "none", newRequest(t, store, nil)))

	t.Run("into the one given, over what it held", func(t *testing.T) {
		t.Parallel()
		session := &fosite.DefaultSession{Subject: "mallory", Extra: map[string]any{"cnf": "put there since"}}
		got, err := store.GetAccessTokenSession(t.Context(), "sig", session)
		require.NoError(t, err)
		assert.Same(t, session, got.GetSession())
		assert.Equal(t, "alice", session.Subject)
		assert.Nil(t, session.Extra)
	})
	t.Run("into a new one", func(t *testing.T) {
		t.Parallel()
		for _, none := range []fosite.Session{nil, (*fosite.DefaultSession)(nil)} {
			got, err := store.GetAccessTokenSession(t.Context(), "sig", none)
			require.NoError(t, err)
			require.IsType(t, &openid.DefaultSession{}, got.GetSession())
			assert.Equal(t, "alice", got.GetSession().GetSubject())
		}
	})
	t.Run("of the configured type", func(t *testing.T) {
		t.Parallel()
		store := newStore()
		store.NewSession = func() fosite.Session { return &fosite.DefaultSession{} }
		require.NoError(t, store.CreateOpenIDConnectSession(t.Context(), "code", newRequest(t, store, &fosite.DefaultSession{Subject: "alice"})))
		got, err := store.GetOpenIDConnectSession(t.Context(), "code", nil)
		require.NoError(t, err)
		assert.Equal(t, &fosite.DefaultSession{Subject: "alice"}, got.GetSession())
	})
	t.Run("none stored", func(t *testing.T) {
		t.Parallel()
		got, err := store.GetAccessTokenSession(t.Context(), "none", nil)
		require.NoError(t, err)
		assert.Nil(t, got.GetSession())
		session := &fosite.DefaultSession{Subject: "as it was"}
		got, err = store.GetAccessTokenSession(t.Context(), "none", session)
		require.NoError(t, err)
		assert.Equal(t, &fosite.DefaultSession{Subject: "as it was"}, got.GetSession())
	})
	t.Run("that does not fit", func(t *testing.T) {
		t.Parallel()
		got, err := store.GetAccessTokenSession(t.Context(), "sig", &misfit{})
		require.ErrorContains(t, err, "decode the session")
		assert.Nil(t, got)
	})
}

type misfit struct {
	fosite.DefaultSession
	Number int `json:"subject"`
}

func TestJSONStoreClients(t *testing.T) {
	t.Parallel()
	store := newStore()
	request := newRequest(t, store, nil)
	require.NoError(t, store.CreateAccessTokenSession(t.Context(), "sig", request))

	renewed := &fosite.DefaultClient{ID: fapitest.ContractClientID, Scopes: []string{"new"}}
	store.PutClient(renewed)
	got, err := store.GetAccessTokenSession(t.Context(), "sig", nil)
	require.NoError(t, err)
	assert.Same(t, renewed, got.GetClient(), "loaded at reading")

	store.DeleteClient(fapitest.ContractClientID)
	got, err = store.GetAccessTokenSession(t.Context(), "sig", nil)
	require.ErrorIs(t, err, fosite.ErrNotFound)
	assert.Nil(t, got)

	request.Client = &fosite.DefaultClient{}
	require.NoError(t, store.CreateAccessTokenSession(t.Context(), "anonymous", request))
	got, err = store.GetAccessTokenSession(t.Context(), "anonymous", nil)
	require.NoError(t, err, "grants without client authentication store the empty client")
	assert.Empty(t, got.GetClient().GetID())

	request.Client = nil
	require.Error(t, store.CreateAccessTokenSession(t.Context(), "nobody", request))
	require.Error(t, store.CreatePARSession(t.Context(), "nobody", &fosite.AuthorizeRequest{Request: *request}))
}

func TestJSONStoreRevokesAllTokensOfARequest(t *testing.T) {
	t.Parallel()
	store := newStore()
	request := newRequest(t, store, nil)
	for _, signature := range []string{"1", "2", "3"} {
		require.NoError(t, store.CreateAccessTokenSession(t.Context(), signature, request))
		require.NoError(t, store.CreateRefreshTokenSession(t.Context(), signature, signature, request))
	}
	require.NoError(t, store.DeleteAccessTokenSession(t.Context(), "3"))
	require.NoError(t, store.DeleteRefreshTokenSession(t.Context(), "3"))
	require.NoError(t, store.RevokeAccessToken(t.Context(), request.ID))
	require.NoError(t, store.RevokeRefreshToken(t.Context(), request.ID))
	for signature, refresh := range map[string]error{"1": fosite.ErrInactiveToken, "2": fosite.ErrInactiveToken, "3": fosite.ErrNotFound} {
		_, err := store.GetAccessTokenSession(t.Context(), signature, nil)
		require.ErrorIs(t, err, fosite.ErrNotFound)
		_, err = store.GetRefreshTokenSession(t.Context(), signature, nil)
		require.ErrorIs(t, err, refresh)
	}

	t.Run("a token stored again belongs to its last request", func(t *testing.T) {
		t.Parallel()
		store := newStore()
		first, second := newRequest(t, store, nil), newRequest(t, store, nil)
		require.NoError(t, store.CreateAccessTokenSession(t.Context(), "sig", first))
		require.NoError(t, store.CreateAccessTokenSession(t.Context(), "sig", second))
		require.NoError(t, store.RevokeAccessToken(t.Context(), first.ID))
		_, err := store.GetAccessTokenSession(t.Context(), "sig", nil)
		require.NoError(t, err)
	})
}

func TestJSONStorePushedRequest(t *testing.T) {
	t.Parallel()
	store := newStore()
	request := fosite.NewAuthorizeRequest()
	request.Request = *newRequest(t, store, &openid.DefaultSession{Subject: "alice"})
	request.RedirectURI = &url.URL{Scheme: "https", Host: "client.example.com", Path: "/cb"}
	request.ResponseTypes = fosite.Arguments{"code", "id_token"}
	request.HandledResponseTypes = fosite.Arguments{"code"}
	require.NoError(t, store.CreatePARSession(t.Context(), "uri", request))

	first, err := store.GetPARSession(t.Context(), "uri")
	require.NoError(t, err)
	assert.Equal(t, "alice", first.GetSession().GetSubject())
	assert.False(t, first.DidHandleAllResponseTypes())
	first.SetResponseTypeHandled("id_token")
	assert.True(t, first.DidHandleAllResponseTypes())
	first.GetRedirectURI().RawQuery = "code=leaked"

	second, err := store.GetPARSession(t.Context(), "uri")
	require.NoError(t, err)
	assert.Equal(t, "https://client.example.com/cb", second.GetRedirectURI().String())
	assert.False(t, second.DidHandleAllResponseTypes())

	t.Run("of another type", func(t *testing.T) {
		t.Parallel()
		wrapped := struct{ fosite.AuthorizeRequester }{first}
		require.NoError(t, store.CreatePARSession(t.Context(), "wrapped", wrapped))
		got, err := store.GetPARSession(t.Context(), "wrapped")
		require.NoError(t, err)
		assert.True(t, got.DidHandleAllResponseTypes())
	})
}

func TestJSONStoreUnencodableSession(t *testing.T) {
	t.Parallel()
	store := newStore()
	session := &fosite.DefaultSession{Extra: map[string]any{"channel": make(chan int)}}
	err := store.CreateAuthorizeCodeSession(t.Context(), "code", newRequest(t, store, session))
	var unsupported *json.UnsupportedTypeError
	require.ErrorAs(t, err, &unsupported)
	_, err = store.GetAuthorizeCodeSession(t.Context(), "code", nil)
	require.ErrorIs(t, err, fosite.ErrNotFound)
}

func TestJSONStoreRequestedAt(t *testing.T) {
	t.Parallel()
	store := newStore()
	request := newRequest(t, store, nil)
	request.RequestedAt = time.Date(2024, 5, 6, 7, 8, 9, 123456789, time.UTC)
	require.NoError(t, store.CreatePKCERequestSession(t.Context(), "code", request))
	got, err := store.GetPKCERequestSession(t.Context(), "code", nil)
	require.NoError(t, err)
	assert.Equal(t, request.RequestedAt, got.GetRequestedAt())
	assert.NotNil(t, got.GetRequestForm())
}
