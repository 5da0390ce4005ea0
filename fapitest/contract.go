package fapitest

import (
	"context"
	"crypto/rand"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/ory/fosite"
	"github.com/ory/fosite/handler/openid"
	"github.com/ory/fosite/storage"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// ContractClientID is the ID of the client that a store under [StoreContract] must know.
const ContractClientID = "fapitest-contract-client"

// StoreContract tests that a store keeps what fosite and this library give it. newStore is called once per subtest
// and may return the same store again: keys and IDs are random. The store must know a client with [ContractClientID] and
// keep sessions of type *openid.DefaultSession; where either does not suit, use [Contract].
//
//	func TestStore(t *testing.T) {
//		fapitest.StoreContract(t, func() fapitest.Store { return newStore(t) })
//	}
func StoreContract(t *testing.T, newStore func() Store) {
	t.Helper()
	Contract{NewStore: newStore}.Test(t)
}

// A Contract is [StoreContract] with the host's own client and session type.
type Contract struct {
	NewStore   func() Store          // required
	ClientID   string                // a client that the store knows; "" means ContractClientID
	NewSession func() fosite.Session // the host's session type; nil means openid.NewDefaultSession
}

// Test runs the contract in subtests of t. The transaction part runs only on a store with fosite's storage.Transactional.
func (c Contract) Test(t *testing.T) {
	if c.ClientID == "" {
		c.ClientID = ContractClientID
	}
	if c.NewSession == nil {
		c.NewSession = func() fosite.Session { return openid.NewDefaultSession() }
	}
	t.Run("client", c.client)
	t.Run("requests", c.requests)
	t.Run("code", c.code)
	t.Run("tokens", c.tokens)
	t.Run("pushed request", c.pushed)
	t.Run("jti", c.jti)
	if store, ok := c.NewStore().(storage.Transactional); ok {
		t.Run("transaction", func(t *testing.T) { c.transaction(t, store) })
	}
}

func (c Contract) client(t *testing.T) {
	store := c.NewStore()
	client, err := store.GetClient(t.Context(), c.ClientID)
	require.NoError(t, err)
	assert.Equal(t, c.ClientID, client.GetID())

	_, err = store.GetClient(t.Context(), newKey())
	require.ErrorIs(t, err, fosite.ErrNotFound, "an unknown client")
}

// newKey returns a key as long and as mixed as signatures and codes are.
func newKey() string {
	return ("aZ-_." + rand.Text() + rand.Text() + rand.Text())[:60]
}

// reserved stands for what this library keeps in a stored request's form, where each store persists it.
const reserved = "urn:example:reserved"

func (c Contract) newRequest(t *testing.T, store Store) *fosite.Request {
	t.Helper()
	client, err := store.GetClient(t.Context(), c.ClientID)
	require.NoError(t, err)
	session := c.NewSession()
	session.SetExpiresAt(fosite.AccessToken, time.Now().UTC().Add(5*time.Minute).Truncate(time.Second))
	if s, ok := session.(interface{ SetSubject(string) }); ok {
		s.SetSubject("subject-" + rand.Text())
	}
	request := &fosite.Request{
		RequestedAt:       time.Now().UTC().Truncate(time.Second),
		Client:            client,
		RequestedScope:    fosite.Arguments{"openid", "offline_access", "accounts"},
		GrantedScope:      fosite.Arguments{"openid", "accounts"},
		RequestedAudience: fosite.Arguments{"https://api.example.com", "https://other.example.com"},
		GrantedAudience:   fosite.Arguments{"https://api.example.com"},
		Session:           session,
		Form: url.Values{
			"client_id":      {c.ClientID},
			"code_challenge": {"E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"},
			"resource":       {"https://api.example.com", "https://other.example.com/a?b=c&d"},
			"claims":         {`{"id_token":{"given_name":null}}`},
			"long":           {strings.Repeat("0123456789abcdef", 256)},
			reserved:         {`{"v":1,"cnf":{"x5t#S256":"A4DtL2JmUMhAsvJj5tKyn64SqzmuXbMrJa0n761y5v0"},"text":"\"<é & \\ %20+>"}`},
		},
	}
	request.GetID() // draws one
	return request
}

// same asserts that a request came back with all that fosite reads again.
func (c Contract) same(t *testing.T, want *fosite.Request, got fosite.Requester) {
	t.Helper()
	require.NotNil(t, got)
	c.sameRequested(t, want, got)
	assert.ElementsMatch(t, want.GrantedScope, got.GetGrantedScopes(), "granted scopes")
	assert.ElementsMatch(t, want.GrantedAudience, got.GetGrantedAudience(), "granted audience")

	session := got.GetSession()
	require.NotNil(t, session, "session")
	assert.WithinDuration(t, want.Session.GetExpiresAt(fosite.AccessToken), session.GetExpiresAt(fosite.AccessToken), time.Second, "session's expiry")
	assert.Equal(t, want.Session.GetSubject(), session.GetSubject(), "session's subject")
}

func (c Contract) sameRequested(t *testing.T, want *fosite.Request, got fosite.Requester) {
	t.Helper()
	assert.Equal(t, want.ID, got.GetID(), "ID")
	assert.WithinDuration(t, want.RequestedAt, got.GetRequestedAt(), time.Second, "time of the request")
	require.NotNil(t, got.GetClient(), "client")
	assert.Equal(t, c.ClientID, got.GetClient().GetID(), "client ID")
	assert.ElementsMatch(t, want.RequestedScope, got.GetRequestedScopes(), "requested scopes")
	assert.ElementsMatch(t, want.RequestedAudience, got.GetRequestedAudience(), "requested audience")
	for key, values := range want.Form {
		assert.Equal(t, values, got.GetRequestForm()[key], "form's %q", key)
	}
	assert.Len(t, got.GetRequestForm(), len(want.Form), "form")
}

// A kind is one of the ways in which fosite stores a request under a key.
type kind struct {
	name   string
	create func(ctx context.Context, key string, request fosite.Requester) error
	get    func(ctx context.Context, key string, session fosite.Session) (fosite.Requester, error)
	delete func(ctx context.Context, key string) error // nil where fosite has none
}

func kinds(store Store) []kind {
	return []kind{
		{"code", store.CreateAuthorizeCodeSession, store.GetAuthorizeCodeSession, nil},
		{"pkce", store.CreatePKCERequestSession, store.GetPKCERequestSession, store.DeletePKCERequestSession},
		{"openid", store.CreateOpenIDConnectSession, func(ctx context.Context, key string, session fosite.Session) (fosite.Requester, error) {
			requester := fosite.NewAccessRequest(session)
			return store.GetOpenIDConnectSession(ctx, key, requester)
		}, store.DeleteOpenIDConnectSession},
		{"access token", store.CreateAccessTokenSession, store.GetAccessTokenSession, store.DeleteAccessTokenSession},
		{"refresh token", func(ctx context.Context, key string, request fosite.Requester) error {
			return store.CreateRefreshTokenSession(ctx, key, newKey(), request)
		}, store.GetRefreshTokenSession, store.DeleteRefreshTokenSession},
	}
}
