package fapi

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/ory/fosite"
	"github.com/ory/fosite/handler/oauth2"
	"github.com/ory/fosite/storage"
)

// A vault keeps the profiled clients' codes and tokens in the host's store, under keys that the host's own handlers
// never ask for. It is the one place that knows fosite's storage interfaces.
type vault struct {
	core       oauth2.CoreStorage
	revocation oauth2.TokenRevocationStorage
	pushed     fosite.PARStorage
	raw        any
	guard      *sync.RWMutex // nil but for fosite's MemoryStore
}

// guarded keeps revocation apart from the reading and writing of refresh tokens, which fosite's MemoryStore does not:
// two clients at the same moment could end the process.
func (v *vault) guarded(lock func(*sync.RWMutex), unlock func(*sync.RWMutex)) func() {
	if v.guard == nil {
		return func() {}
	}
	lock(v.guard)
	return func() { unlock(v.guard) }
}

func newVault(store any) *vault {
	v := &vault{raw: store}
	v.core, _ = store.(oauth2.CoreStorage)
	v.revocation, _ = store.(oauth2.TokenRevocationStorage)
	v.pushed, _ = store.(fosite.PARStorage)
	if _, ok := store.(*storage.MemoryStore); ok {
		v.guard = &sync.RWMutex{}
	}
	return v
}

func isNotFound(err error) bool { return errors.Is(err, fosite.ErrNotFound) }

func storeError(doing string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%w: %s: %w", errStore, doing, err)
}

// within runs f in a transaction where the store has them.
func (v *vault) within(ctx context.Context, f func(ctx context.Context) error) (err error) {
	ctx, err = storage.MaybeBeginTx(ctx, v.raw)
	if err != nil {
		return storeError("beginning a transaction", err)
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, guarded(func() error { return storage.MaybeRollbackTx(ctx, v.raw) }))
		}
	}()
	return guarded(func() error { // a panic rolls back too
		if err := f(ctx); err != nil {
			return err
		}
		return storeError("committing", storage.MaybeCommitTx(ctx, v.raw))
	})
}

func (v *vault) putCode(ctx context.Context, signature string, r fosite.Requester) error {
	return storeError("storing the code", v.core.CreateAuthorizeCodeSession(ctx, artefactPrefix+signature, r))
}

// code returns the request of a code, with used set when the code was redeemed before, and nil when there is none.
func (v *vault) code(ctx context.Context, signature string, session fosite.Session) (r fosite.Requester, used bool, err error) {
	r, err = v.core.GetAuthorizeCodeSession(ctx, artefactPrefix+signature, session)
	switch {
	case errors.Is(err, fosite.ErrInvalidatedAuthorizeCode) && r != nil:
		return r, true, nil
	case isNotFound(err), errors.Is(err, fosite.ErrInvalidatedAuthorizeCode):
		return nil, false, nil
	}
	return r, false, storeError("reading the code", err)
}

func (v *vault) useCode(ctx context.Context, signature string) error {
	return storeError("invalidating the code", v.core.InvalidateAuthorizeCodeSession(ctx, artefactPrefix+signature))
}

func (v *vault) putAccess(ctx context.Context, signature string, r fosite.Requester) error {
	return storeError("storing the access token", v.core.CreateAccessTokenSession(ctx, artefactPrefix+signature, r))
}

// access returns the request of an access token, nil when there is none.
func (v *vault) access(ctx context.Context, signature string, session fosite.Session) (fosite.Requester, error) {
	r, err := v.core.GetAccessTokenSession(ctx, artefactPrefix+signature, session)
	if isNotFound(err) || errors.Is(err, fosite.ErrInactiveToken) {
		return nil, nil //nolint:nilnil // absence is an answer here, not an error
	}
	return r, storeError("reading the access token", err)
}

func (v *vault) putRefresh(ctx context.Context, signature, access string, r fosite.Requester) error {
	defer v.guarded((*sync.RWMutex).Lock, (*sync.RWMutex).Unlock)()
	return storeError("storing the refresh token",
		v.core.CreateRefreshTokenSession(ctx, artefactPrefix+signature, artefactPrefix+access, r))
}

// dropAccess takes an access token back.
func (v *vault) dropAccess(ctx context.Context, signature string) error {
	return storeError("deleting the access token", v.core.DeleteAccessTokenSession(ctx, artefactPrefix+signature))
}

// refresh returns the request of a refresh token, nil when there is none or it is revoked.
func (v *vault) refresh(ctx context.Context, signature string, session fosite.Session) (fosite.Requester, error) {
	defer v.guarded((*sync.RWMutex).RLock, (*sync.RWMutex).RUnlock)()
	r, err := v.core.GetRefreshTokenSession(ctx, artefactPrefix+signature, session)
	if isNotFound(err) || errors.Is(err, fosite.ErrInactiveToken) {
		return nil, nil //nolint:nilnil // absence is an answer here, not an error
	}
	return r, storeError("reading the refresh token", err)
}

// revokeAccess revokes the access tokens of a grant, revokeGrant the refresh token with them.
func (v *vault) revokeAccess(ctx context.Context, id string) error {
	if err := v.revocation.RevokeAccessToken(ctx, id); err != nil && !isNotFound(err) {
		return storeError("revoking the access token", err)
	}
	return nil
}

func (v *vault) revokeGrant(ctx context.Context, id string) error {
	defer v.guarded((*sync.RWMutex).Lock, (*sync.RWMutex).Unlock)()
	err := v.revocation.RevokeRefreshToken(ctx, id)
	if isNotFound(err) {
		err = nil
	}
	return errors.Join(storeError("revoking the refresh token", err), v.revokeAccess(ctx, id))
}
