package fapitest

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"sync"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/ory/fosite"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fosite-fapi/fosite-fapi/registration"
)

// RegistrationContract tests that a store keeps the clients that register themselves, and changes them in atomic steps.
// newStore is called once per subtest and may return the same store again: IDs are random. Where the store is also the
// host's fosite storage, its GetClient is tested to find the same clients.
//
//	func TestRegistrations(t *testing.T) {
//		fapitest.RegistrationContract(t, func() registration.Store { return newStore(t) })
//	}
func RegistrationContract(t *testing.T, newStore func() registration.Store) {
	t.Helper()
	for name, test := range map[string]func(*testing.T, registration.Store){
		"create and get": createAndGet, "update": updateRegistration, "delete": deleteRegistration,
		"one of many creates": createAtOnce, "one of many updates": updateAtOnce, "no update brings a client back": updateDeleted,
	} {
		t.Run(name, func(t *testing.T) { test(t, newStore()) })
	}
}

// newRegistration is a client of whose metadata something of each kind is there.
func newRegistration() *registration.Record {
	age := int64(0)
	_, hash := registration.NewToken()
	return &registration.Record{
		Client: registration.Client{ID: "contract-" + rand.Text(), Metadata: registration.Metadata{
			RedirectURIs: []string{"https://client.example.com/callback?a=b&c=%20"}, TokenEndpointAuthMethod: registration.AuthPrivateKeyJWT,
			GrantTypes: []string{}, ClientName: "Müller & <Söhne> \"Bank\"", Scope: "openid accounts", DefaultMaxAge: &age,
			JWKS:                                  &jose.JSONWebKeySet{Keys: []jose.JSONWebKey{{Key: Key("contract", jose.ES256).Public(), KeyID: "k", Algorithm: "ES256", Use: "sig"}}},
			TLSClientCertificateBoundAccessTokens: true,
		}},
		Policy: "fapi2-security", TokenHash: hash, IssuedAt: time.Now().UTC().Truncate(time.Second), Version: 1,
	}
}

func created(t *testing.T, store registration.Store) *registration.Record {
	t.Helper()
	r := newRegistration()
	require.NoError(t, store.CreateRegistration(t.Context(), r))
	return r
}

// kept wants a record as it was given, by both ways to it.
func kept(t *testing.T, store registration.Store, want *registration.Record) {
	t.Helper()
	got, err := store.GetRegistration(t.Context(), want.ID)
	require.NoError(t, err)
	require.NotNil(t, got)
	assert.Equal(t, want.ID, got.ID, "client_id")
	assert.JSONEq(t, document(t, want), document(t, got), "metadata")
	assert.Equal(t, want.Policy, got.Policy, "policy")
	assert.Equal(t, want.TokenHash, got.TokenHash, "hash of the registration access token")
	assert.Equal(t, want.Version, got.Version, "version")
	assert.True(t, want.IssuedAt.Equal(got.IssuedAt), "issued at %s, want %s", got.IssuedAt, want.IssuedAt)
	if host, ok := store.(interface {
		GetClient(ctx context.Context, id string) (fosite.Client, error)
	}); ok {
		client, err := host.GetClient(t.Context(), want.ID)
		require.NoError(t, err, "GetClient")
		assert.Equal(t, want.ID, client.GetID())
		assert.EqualValues(t, want.RedirectURIs, client.GetRedirectURIs(), "GetClient")
	}
}

// document is what was registered, in whatever form the store had it.
func document(t *testing.T, r *registration.Record) string {
	t.Helper()
	raw, err := json.Marshal(r.Metadata)
	require.NoError(t, err)
	return string(raw)
}

func gone(t *testing.T, store registration.Store, id string) {
	t.Helper()
	_, err := store.GetRegistration(t.Context(), id)
	require.ErrorIs(t, err, registration.ErrNotFound)
	if host, ok := store.(interface {
		GetClient(ctx context.Context, id string) (fosite.Client, error)
	}); ok {
		_, err = host.GetClient(t.Context(), id)
		require.ErrorIs(t, err, fosite.ErrNotFound, "GetClient")
	}
}

func createAndGet(t *testing.T, store registration.Store) {
	gone(t, store, newRegistration().ID)
	r, other := created(t, store), created(t, store)
	kept(t, store, r)
	again := newRegistration()
	again.ID = r.ID
	require.ErrorIs(t, store.CreateRegistration(t.Context(), again), registration.ErrExists)
	kept(t, store, r)
	kept(t, store, other)
}

func updateRegistration(t *testing.T, store registration.Store) {
	r, other := created(t, store), created(t, store)
	next := newRegistration()
	next.ID, next.ClientName, next.Version = r.ID, "", 2
	require.NoError(t, store.UpdateRegistration(t.Context(), next, 1))
	kept(t, store, next)
	require.ErrorIs(t, store.UpdateRegistration(t.Context(), r, 1), registration.ErrConflict, "an old version")
	require.ErrorIs(t, store.UpdateRegistration(t.Context(), r, 3), registration.ErrConflict, "a version to come")
	kept(t, store, next)
	kept(t, store, other)
}

func deleteRegistration(t *testing.T, store registration.Store) {
	r, other := created(t, store), created(t, store)
	require.NoError(t, store.DeleteRegistration(t.Context(), r.ID))
	gone(t, store, r.ID)
	kept(t, store, other)
	require.ErrorIs(t, store.DeleteRegistration(t.Context(), r.ID), registration.ErrNotFound)
}

func updateDeleted(t *testing.T, store registration.Store) {
	r := created(t, store)
	require.NoError(t, store.DeleteRegistration(t.Context(), r.ID))
	next := *r
	next.Version = 2
	require.ErrorIs(t, store.UpdateRegistration(t.Context(), &next, 1), registration.ErrNotFound)
	gone(t, store, r.ID)
}

// contenders is how many do something at once.
const contenders = 32

func createAtOnce(t *testing.T, store registration.Store) {
	id := newRegistration().ID
	won := atOnce(func() error {
		r := newRegistration()
		r.ID = id
		return store.CreateRegistration(t.Context(), r)
	}, func(err error) { assert.ErrorIs(t, err, registration.ErrExists) })
	assert.Equal(t, 1, won)
}

func updateAtOnce(t *testing.T, store registration.Store) {
	r := created(t, store)
	won := atOnce(func() error {
		next := newRegistration()
		next.ID, next.Version = r.ID, 2
		return store.UpdateRegistration(t.Context(), next, 1)
	}, func(err error) { assert.ErrorIs(t, err, registration.ErrConflict) })
	assert.Equal(t, 1, won)
	got, err := store.GetRegistration(t.Context(), r.ID)
	require.NoError(t, err)
	assert.EqualValues(t, 2, got.Version)
}

// atOnce counts those that succeed.
func atOnce(do func() error, failed func(error)) (won int) {
	errs := make(chan error, contenders)
	var ready, all sync.WaitGroup
	ready.Add(1)
	for range contenders {
		all.Go(func() { ready.Wait(); errs <- do() })
	}
	ready.Done()
	all.Wait()
	close(errs)
	for err := range errs {
		if err == nil {
			won++
		} else {
			failed(err)
		}
	}
	return won
}
