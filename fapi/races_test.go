package fapi_test

import (
	"context"
	"crypto/rand"
	"net/http"
	"net/url"
	"sync/atomic"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/ory/fosite"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fosite-fapi/fosite-fapi/dpop"
	"github.com/fosite-fapi/fosite-fapi/fapi"
	"github.com/fosite-fapi/fosite-fapi/fapitest"
	"github.com/fosite-fapi/fosite-fapi/replay"
)

// So many do the same thing at once.
const racers = 32

// What can be used once is used once, however many try at the same time. No clock is moved here, and the scheduler is
// the real one. The numbers are rounds on each store: each
// kind of single use is tried 1,000 times.
func TestRaces(t *testing.T) {
	t.Parallel()
	for store := range stores {
		t.Run(store, func(t *testing.T) {
			t.Parallel()
			for _, race := range []struct {
				name   string
				rounds int
				once   func(*bench)
			}{
				{"F2-AZ-09/kept one redemption of a code", 500, (*bench).redeemedAtOnce},
				{"F2-AZ-09/kept the winner's tokens, until a later replay", 200, (*bench).redeemedTogether},
				{"CA-06/kept one use of a jti", 500, (*bench).assertedAtOnce},
				{"DPOP-15/kept one use of a proof at the server", 250, (*bench).provenAtOnce},
				{"DPOP-15/kept one use of a proof at the resource", 250, accessedAtOnce()},
				{"F2-AZ-15/kept one decision about a request", 500, (*bench).decidedAtOnce},
				{"F2-AS-09/kept every refresh", 200, (*bench).refreshedAtOnce},
			} {
				t.Run(race.name, func(t *testing.T) {
					b := newRaceBench(t, store)
					for range race.rounds {
						race.once(b)
					}
				})
			}
		})
	}
}

// A heldStore lets a test wait where a code has been spent and its tokens are not stored yet.
type heldStore struct {
	fapitest.Store
	hold func()
}

func (s *heldStore) InvalidateAuthorizeCodeSession(ctx context.Context, code string) error {
	s.hold()
	return s.Store.InvalidateAuthorizeCodeSession(ctx, code)
}

// newRaceBench has a client A that authenticates by its certificate, which costs least.
func newRaceBench(t *testing.T, store string) *bench {
	b := newBench(t, store)
	b.events.emitted.off = true
	b.store = &heldStore{b.store.(fapitest.Store), func() {}}
	options := []fapi.Option{fapi.WithProfile(fapi.FAPI2Security()), fapi.WithAudit(b.events), fapi.WithTrustAnchors(b.pki.Pool())}
	if store == "memory" {
		options = append(options, fapi.WithSingleUse(replay.NewMemory(0))) // as by default, were the store not held
	}
	var err error
	b.provider, err = composed(hostConfig(), b.store, options...)
	require.NoError(t, err)
	b.mount()
	b.connect(b.a, &b.certA)
	return b
}

// together does the same thing at once and returns the answers in the order in which they came.
func together(do func() (*fapitest.Answer, error)) <-chan *fapitest.Answer {
	start, answers := make(chan struct{}), make(chan *fapitest.Answer, racers)
	for range racers {
		go func() {
			<-start
			a, err := do()
			if err != nil {
				a = &fapitest.Answer{Body: []byte(err.Error())}
			}
			answers <- a
		}()
	}
	close(start)
	return answers
}

// one wants a single answer of this status, the others refused, and returns it.
func (b *bench) one(status int, code string, answers <-chan *fapitest.Answer, n int) *fapitest.Answer {
	b.Helper()
	var winner *fapitest.Answer
	for range n {
		a := <-answers
		switch {
		case a.Status == status && winner == nil:
			winner = a
		case a.Status == status:
			require.Fail(b, "two winners", "%s\n%s", winner.Body, a.Body)
		case status == http.StatusSeeOther:
			require.Equal(b, http.StatusBadRequest, a.Status, string(a.Body))
			require.Contains(b, string(a.Body), code)
		default:
			require.Equal(b, code, a.Text("error"), string(a.Body))
		}
	}
	return winner
}

func (b *bench) redeemedAtOnce() {
	b.authenticateByCertificate()
	code := b.newCode()
	answers := together(func() (*fapitest.Answer, error) { return b.a.Redeem(b.Context(), code, verifier) })
	require.NotNil(b, b.one(http.StatusOK, "invalid_grant", answers, racers))
}

// redeemedTogether holds the winner until every other was refused: those tried while no token was issued yet, and
// change nothing.
func (b *bench) redeemedTogether() {
	b.authenticateByCertificate()
	code := b.newCode()
	refused := make(chan struct{})
	held := b.store.(*heldStore)
	held.hold = func() {
		select {
		case <-refused:
		case <-time.After(10 * time.Second): // a second winner would wait for ever
		}
	}
	answers := together(func() (*fapitest.Answer, error) { return b.a.Redeem(b.Context(), code, verifier) })
	require.Nil(b, b.one(http.StatusOK, "invalid_grant", answers, racers-1), "the winner is still held")
	close(refused)
	winner := b.one(http.StatusOK, "invalid_grant", answers, 1)
	held.hold = func() {}

	require.NotNil(b, winner)
	require.True(b, b.usable(winner.Text("access_token")))
	refreshed := b.got(b.a.Refresh(b.Context(), winner.Text("refresh_token")))
	require.Equal(b, http.StatusOK, refreshed.Status)
	replayed := b.got(b.a.Redeem(b.Context(), code, verifier))
	require.Equal(b, http.StatusBadRequest, replayed.Status)
	require.False(b, b.usable(refreshed.Text("access_token")))
}

func (b *bench) assertedAtOnce() {
	now := time.Now()
	assertion, err := fapitest.Sign(b.a.Key, jose.ES256, map[string]any{"kid": b.a.KeyID}, map[string]any{
		"iss": b.a.ID, "sub": b.a.ID, "aud": issuer, "jti": "at once " + now.String(), "iat": now.Unix(), "exp": now.Add(time.Minute).Unix(),
	})
	require.NoError(b, err)
	answers := together(func() (*fapitest.Answer, error) {
		return b.a.Push(b.Context(), b.a.Request(verifier, usualScope), unauthenticated, param("client_assertion", assertion), param("client_assertion_type", assertionType))
	})
	require.NotNil(b, b.one(http.StatusCreated, "invalid_client", answers, racers))
}

// proof signs one proof of the key that b.a.ProofKey is set to, made anew where there is none.
func (b *bench) proof(method, target, token string) fapitest.Mutation {
	b.Helper()
	if b.a.ProofKey == nil {
		b.a.ProofKey = newEC()
	}
	claims := map[string]any{"jti": rand.Text(), "htm": method, "htu": target, "iat": time.Now().Unix()}
	if token != "" {
		claims["ath"] = dpop.AccessTokenHash(token)
	}
	proof, err := fapitest.Sign(b.a.ProofKey, jose.ES256, map[string]any{
		"typ": "dpop+jwt", "jwk": jose.JSONWebKey{Key: b.a.ProofKey.Public()},
	}, claims)
	require.NoError(b, err)
	return func(m *fapitest.Message) {
		m.Proof.Claims = nil
		m.Header.Set(dpop.Header, proof)
	}
}

// bindByKey makes client A one whose tokens are bound to its DPoP key.
func (b *bench) bindByKey() {
	b.authenticateByCertificate()
	registered := b.registration(b.a.ID)
	registered.DPoPBoundAccessTokens, registered.TLSClientCertificateBoundAccessTokens = true, false
}

func (b *bench) provenAtOnce() {
	b.bindByKey()
	params := b.a.Request(verifier, usualScope)
	once := b.proof(http.MethodPost, issuer+"/par", "")
	answers := together(func() (*fapitest.Answer, error) { return b.a.Push(b.Context(), params, once) })
	require.NotNil(b, b.one(http.StatusCreated, "invalid_dpop_proof", answers, racers))
}

// accessedAtOnce uses one access token in all its rounds.
func accessedAtOnce() func(*bench) {
	var token string
	return func(b *bench) {
		if token == "" {
			b.bindByKey()
			b.a.ProofKey = newEC()
			b.resource()
			token = b.tokens(b.a, "accounts").Text("access_token")
		}
		once := b.proof(http.MethodGet, issuer+"/accounts", token)
		answers := together(func() (*fapitest.Answer, error) { return b.a.Get(b.Context(), issuer+"/accounts", token, once) })
		require.NotNil(b, b.one(http.StatusOK, "invalid_dpop_proof", answers, racers))
	}
}

// resource answers at /accounts, beside the server.
func (b *bench) resource() {
	next := b.handler
	b.handler = http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/accounts" {
			next.ServeHTTP(rw, r)
			return
		}
		if _, err := b.provider.Authorize(r.Context(), r, fapi.NewSession(""), "accounts"); err != nil {
			fapi.WriteResourceError(rw, err)
		}
	})
	b.connect(b.a, &b.certA)
}

// decidedAtOnce approves and denies in turns.
func (b *bench) decidedAtOnce() {
	b.authenticateByCertificate()
	uri := b.requestURI()
	var turn atomic.Int64
	b.interaction(func(_ http.ResponseWriter, _ *http.Request, ar fosite.AuthorizeRequester) (*fapi.Decision, error) {
		if turn.Add(1)%2 == 0 {
			return &fapi.Decision{Denied: fosite.ErrAccessDenied}, nil
		}
		return &fapi.Decision{Session: fapi.NewSession("alice"), Scopes: ar.GetRequestedScopes()}, nil
	})
	browser := fapitest.HTTP(b.handler, nil)
	answers := together(func() (*fapitest.Answer, error) {
		return b.a.Authorize(b.Context(), browser, url.Values{"client_id": {b.a.ID}, "request_uri": {uri}})
	})
	require.NotNil(b, b.one(http.StatusSeeOther, "invalid_request_uri", answers, racers))
	b.mount()
}

func (b *bench) refreshedAtOnce() {
	b.authenticateByCertificate()
	tokens := request(param("scope", "offline_access accounts"))(b)
	answers := together(func() (*fapitest.Answer, error) {
		return b.a.Refresh(b.Context(), tokens.Text("refresh_token"))
	})
	for range racers {
		a := <-answers
		require.Equal(b, http.StatusOK, a.Status, string(a.Body))
		assert.Equal(b, tokens.Text("refresh_token"), a.Text("refresh_token"))
	}
}

func (b *bench) authenticateByCertificate() {
	byCertificate(func(*bench) *fapitest.Answer { return nil })(b)
}
