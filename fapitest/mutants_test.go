package fapitest_test

import (
	"context"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/ory/fosite"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fosite-fapi/fosite-fapi/fapitest"
)

const mutantsWanted = "FAPITEST_MUTANTS"

// mutants are stores with one fault each, and the subtest of the contract that finds it.
var mutants = map[string]struct {
	found string
	store func() fapitest.Store
}{
	"any client": {"client", func() fapitest.Store { return anyClient{newStore()} }},
	"form of known keys only": {"requests/access_token/comes_back_whole", func() fapitest.Store {
		return accessOf{newStore(), func(r *fosite.Request) { delete(r.Form, "urn:example:reserved") }}
	}},
	"form with one value a key": {"requests/access_token/comes_back_whole", func() fapitest.Store {
		return accessOf{newStore(), func(r *fosite.Request) { r.Form.Set("resource", r.Form.Get("resource")) }}
	}},
	"form cut": {"requests/access_token/comes_back_whole", func() fapitest.Store {
		return accessOf{newStore(), func(r *fosite.Request) { r.Form.Set("long", r.Form.Get("long")[:255]) }}
	}},
	"session lost": {"requests/access_token/comes_back_whole", func() fapitest.Store {
		return accessOf{newStore(), func(r *fosite.Request) { r.Session = &fosite.DefaultSession{} }}
	}},
	"granted scopes lost": {"requests/access_token/comes_back_whole", func() fapitest.Store {
		return accessOf{newStore(), func(r *fosite.Request) { r.GrantedScope = nil }}
	}},
	"keys cut":            {"requests/access_token/keys_count", keyed(func(k string) string { return k[:min(len(k), 59)] })},
	"keys folded":         {"requests/access_token/keys_count", keyed(strings.ToLower)},
	"own ErrNotFound":     {"requests/pkce/unknown_key", func() fapitest.Store { return ownNotFound{newStore()} }},
	"delete does nothing": {"requests/openid/deleted", func() fapitest.Store { return lazyDelete{newStore()} }},
	"code stays valid":    {"code/invalidated", func() fapitest.Store { return validCode{newStore()} }},
	"used code alone":     {"code/invalidated", func() fapitest.Store { return lonelyCode{newStore()} }},
	"no revocation":       {"tokens/revoke_access_by_request", func() fapitest.Store { return noRevocation{newStore()} }},
	"revokes everything":  {"tokens/revoke_refresh_by_request", func() fapitest.Store { return &revokesAll{JSONStore: newStore()} }},
	"rotates nothing":     {"tokens/rotate", func() fapitest.Store { return noRotation{newStore()} }},
	"needs a session":     {"tokens/a_nil_session", func() fapitest.Store { return needsSession{newStore()} }},
	"response mode lost": {"pushed_request/comes_back_whole", func() fapitest.Store {
		return pushedOf{newStore(), func(r *fosite.AuthorizeRequest) { r.ResponseMode = "" }}
	}},
	"redirect URI lost": {"pushed_request/comes_back_whole", func() fapitest.Store {
		return pushedOf{newStore(), func(r *fosite.AuthorizeRequest) { r.RedirectURI = nil }}
	}},
	"jti again":             {"jti/known", func() fapitest.Store { return jtiAgain{newStore()} }},
	"jti again, at once":    {"jti/one_of_32", func() fapitest.Store { return jtiAgain{newStore()} }},
	"jti refused otherwise": {"jti/one_of_32", func() fapitest.Store { return jtiOtherwise{newStore()} }},
	"rollback does nothing": {"transaction/rolled_back", func() fapitest.Store {
		return lazyRollback{&fapitest.TransactionalStore{JSONStore: newStore()}}
	}},
	"commit undoes": {"transaction/committed", func() fapitest.Store {
		return undoingCommit{&fapitest.TransactionalStore{JSONStore: newStore()}}
	}},
}

// TestContractFindsMutants runs TestMutants in a process of its own, where it must fail.
func TestContractFindsMutants(t *testing.T) {
	t.Parallel()
	self, err := os.Executable()
	require.NoError(t, err)
	cmd := exec.Command(self, "-test.run=^TestMutants$", "-test.v")
	cmd.Env = append(os.Environ(), mutantsWanted+"=1")
	out, err := cmd.CombinedOutput()
	var exit *exec.ExitError
	require.ErrorAs(t, err, &exit, "faulty stores pass")
	for name, mutant := range mutants {
		failure := "--- FAIL: TestMutants/" + strings.ReplaceAll(name, " ", "_") + "/" + mutant.found
		assert.Regexp(t, regexp.MustCompile(`(?m)^\s*`+regexp.QuoteMeta(failure)), string(out), name)
	}
}

// TestMutants runs the contract on each mutant, in the process that TestContractFindsMutants starts and nowhere else.
func TestMutants(t *testing.T) {
	if os.Getenv(mutantsWanted) == "" {
		return
	}
	for name, mutant := range mutants {
		t.Run(name, func(t *testing.T) { fapitest.StoreContract(t, mutant.store) })
	}
}

type anyClient struct{ *fapitest.JSONStore }

func (s anyClient) GetClient(context.Context, string) (fosite.Client, error) {
	return &fosite.DefaultClient{ID: fapitest.ContractClientID}, nil
}

type accessOf struct {
	*fapitest.JSONStore
	lose func(*fosite.Request)
}

func (s accessOf) GetAccessTokenSession(ctx context.Context, key string, session fosite.Session) (fosite.Requester, error) {
	r, err := s.JSONStore.GetAccessTokenSession(ctx, key, session)
	if err == nil {
		s.lose(r.(*fosite.Request))
	}
	return r, err
}

type keyedAccess struct {
	*fapitest.JSONStore
	key func(string) string
}

func keyed(key func(string) string) func() fapitest.Store {
	return func() fapitest.Store { return keyedAccess{newStore(), key} }
}

func (s keyedAccess) CreateAccessTokenSession(ctx context.Context, key string, r fosite.Requester) error {
	return s.JSONStore.CreateAccessTokenSession(ctx, s.key(key), r)
}

func (s keyedAccess) GetAccessTokenSession(ctx context.Context, key string, session fosite.Session) (fosite.Requester, error) {
	return s.JSONStore.GetAccessTokenSession(ctx, s.key(key), session)
}

type ownNotFound struct{ *fapitest.JSONStore }

func (s ownNotFound) GetPKCERequestSession(ctx context.Context, key string, session fosite.Session) (fosite.Requester, error) {
	r, err := s.JSONStore.GetPKCERequestSession(ctx, key, session)
	if err != nil {
		return nil, os.ErrNotExist
	}
	return r, nil
}

type lazyDelete struct{ *fapitest.JSONStore }

func (s lazyDelete) DeleteOpenIDConnectSession(context.Context, string) error { return nil }

type validCode struct{ *fapitest.JSONStore }

func (s validCode) InvalidateAuthorizeCodeSession(context.Context, string) error { return nil }

type lonelyCode struct{ *fapitest.JSONStore }

func (s lonelyCode) GetAuthorizeCodeSession(ctx context.Context, key string, session fosite.Session) (fosite.Requester, error) {
	r, err := s.JSONStore.GetAuthorizeCodeSession(ctx, key, session)
	if err != nil {
		return nil, err
	}
	return r, nil
}

type noRevocation struct{ *fapitest.JSONStore }

func (s noRevocation) RevokeAccessToken(context.Context, string) error { return nil }

type revokesAll struct {
	*fapitest.JSONStore
	ids []string
}

func (s *revokesAll) CreateRefreshTokenSession(ctx context.Context, key, access string, r fosite.Requester) error {
	s.ids = append(s.ids, r.GetID())
	return s.JSONStore.CreateRefreshTokenSession(ctx, key, access, r)
}

func (s *revokesAll) RevokeRefreshToken(ctx context.Context, _ string) error {
	for _, id := range s.ids {
		if err := s.JSONStore.RevokeRefreshToken(ctx, id); err != nil {
			return err
		}
	}
	return nil
}

type noRotation struct{ *fapitest.JSONStore }

func (s noRotation) RotateRefreshToken(context.Context, string, string) error { return nil }

type needsSession struct{ *fapitest.JSONStore }

func (s needsSession) GetRefreshTokenSession(ctx context.Context, key string, session fosite.Session) (fosite.Requester, error) {
	if session == nil {
		return nil, os.ErrInvalid
	}
	return s.JSONStore.GetRefreshTokenSession(ctx, key, session)
}

type pushedOf struct {
	*fapitest.JSONStore
	lose func(*fosite.AuthorizeRequest)
}

func (s pushedOf) GetPARSession(ctx context.Context, key string) (fosite.AuthorizeRequester, error) {
	r, err := s.JSONStore.GetPARSession(ctx, key)
	if err != nil {
		return nil, err
	}
	s.lose(r.(*fosite.AuthorizeRequest))
	return r, nil
}

type jtiAgain struct{ *fapitest.JSONStore }

func (s jtiAgain) SetClientAssertionJWT(ctx context.Context, jti string, exp time.Time) error {
	_ = s.JSONStore.SetClientAssertionJWT(ctx, jti, exp)
	return nil
}

type jtiOtherwise struct{ *fapitest.JSONStore }

func (s jtiOtherwise) SetClientAssertionJWT(ctx context.Context, jti string, exp time.Time) error {
	if s.JSONStore.SetClientAssertionJWT(ctx, jti, exp) != nil {
		return os.ErrExist
	}
	return nil
}

type lazyRollback struct{ *fapitest.TransactionalStore }

func (s lazyRollback) Rollback(ctx context.Context) error { return s.Commit(ctx) }

type undoingCommit struct{ *fapitest.TransactionalStore }

func (s undoingCommit) Commit(ctx context.Context) error { return s.Rollback(ctx) }
