package main

import (
	"context"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/ory/fosite"
	"github.com/ory/fosite/handler/openid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fosite-fapi/fosite-fapi/fapi"
	"github.com/fosite-fapi/fosite-fapi/fapitest"
)

// A clock goes when it is told to.
type clock struct {
	mu sync.Mutex
	at time.Time
}

func newClock() *clock { return &clock{at: time.Now()} }

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *clock) forward(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
}

var contractLifetimes = retention{pushed: 11 * time.Minute, access: 5 * time.Minute, refresh: time.Hour}

func newTestMemory(now func() time.Time) *memory {
	return newMemory(contractLifetimes, now, &fosite.DefaultClient{ID: fapitest.ContractClientID})
}

func TestStoreContract(t *testing.T) {
	t.Parallel()
	fapitest.StoreContract(t, func() fapitest.Store { return newTestMemory(time.Now) })
	fapitest.Contract{
		NewStore:   func() fapitest.Store { return newTestMemory(time.Now) },
		NewSession: func() fosite.Session { return fapi.NewSession("alice") },
	}.Test(t)
}

func request(m *memory, session fosite.Session) *fosite.Request {
	r := fosite.NewRequest()
	r.Client, r.Session = m.clients[fapitest.ContractClientID], session
	r.GetID()
	return r
}

func TestMemoryExpires(t *testing.T) {
	t.Parallel()
	c, ctx := newClock(), t.Context()
	m := newTestMemory(c.now)
	r := request(m, &fosite.DefaultSession{})
	pushed := &fosite.AuthorizeRequest{Request: *request(m, nil)}
	require.NoError(t, m.CreateAuthorizeCodeSession(ctx, "code", r))
	require.NoError(t, m.InvalidateAuthorizeCodeSession(ctx, "code"))
	require.NoError(t, m.CreateAccessTokenSession(ctx, "access", r))
	require.NoError(t, m.CreateRefreshTokenSession(ctx, "refresh", "access", r))
	require.NoError(t, m.CreatePARSession(ctx, "pushed", pushed))

	gone := func(err error) bool { return assert.ErrorIs(t, err, fosite.ErrNotFound) }
	c.forward(5*time.Minute - time.Second)
	_, err := m.GetAccessTokenSession(ctx, "access", nil)
	require.NoError(t, err)
	c.forward(time.Second)
	_, err = m.GetAccessTokenSession(ctx, "access", nil)
	gone(err)
	_, err = m.GetAuthorizeCodeSession(ctx, "code", nil)
	require.ErrorIs(t, err, fosite.ErrInvalidatedAuthorizeCode, "a replay is recognised longer than the tokens live")
	_, err = m.GetPARSession(ctx, "pushed")
	require.NoError(t, err)
	c.forward(6 * time.Minute)
	_, err = m.GetAuthorizeCodeSession(ctx, "code", nil)
	gone(err)
	gone(m.InvalidateAuthorizeCodeSession(ctx, "code"))
	_, err = m.GetPARSession(ctx, "pushed")
	gone(err)
	_, err = m.GetRefreshTokenSession(ctx, "refresh", nil)
	require.NoError(t, err)
	c.forward(time.Hour)
	m.sweep()
	for _, n := range []int{m.codes.len(), m.pkce.len(), m.openid.len(), m.access.len(), m.refresh.len(), m.pushed.len()} {
		assert.Zero(t, n)
	}
	assert.Empty(t, m.access.groups)
}

func TestMemoryKeepsWhatTheSessionSays(t *testing.T) {
	t.Parallel()
	c := newClock()
	m := newTestMemory(c.now)
	session := openid.NewDefaultSession()
	session.SetExpiresAt(fosite.AccessToken, c.now().Add(time.Minute))
	require.NoError(t, m.CreateAccessTokenSession(t.Context(), "access", request(m, session)))
	c.forward(time.Minute)
	_, err := m.GetAccessTokenSession(t.Context(), "access", nil)
	require.ErrorIs(t, err, fosite.ErrNotFound)
}

func TestMemorySharesNothing(t *testing.T) {
	t.Parallel()
	m := newTestMemory(time.Now)
	r := request(m, &fosite.DefaultSession{Subject: "alice"})
	r.Form.Set("k", "v")
	require.NoError(t, m.CreateAccessTokenSession(t.Context(), "access", r))
	change := func(r fosite.Requester) {
		r.GetRequestForm()["k"][0] = "changed"
		r.GetSession().(*fosite.DefaultSession).Subject = "mallory"
	}
	change(r)
	for range 2 {
		got, err := m.GetAccessTokenSession(t.Context(), "access", nil)
		require.NoError(t, err)
		assert.Equal(t, "v", got.GetRequestForm().Get("k"))
		assert.Equal(t, "alice", got.GetSession().GetSubject())
		change(got)
	}
}

func TestTableIsBounded(t *testing.T) {
	t.Parallel()
	c := newClock()
	tb := newTable[int](100, c.now)
	for i := range 1000 {
		tb.put(strconv.Itoa(i), "group "+strconv.Itoa(i%7), i, c.now().Add(time.Minute))
	}
	assert.Equal(t, 100, tb.len())
	inOrder := 0
	for r := tb.oldest; r != nil; r = r.newer {
		inOrder++
	}
	assert.Equal(t, 100, inOrder)
	_, ok := tb.get("899")
	assert.False(t, ok, "the oldest went first")
	for i := 900; i < 1000; i++ {
		v, ok := tb.get(strconv.Itoa(i))
		assert.True(t, ok)
		assert.Equal(t, i, v)
	}
	tb.removeGroup("group 0")
	assert.Equal(t, 100-14, tb.len())
	assert.Len(t, tb.groups, 6)

	c.forward(time.Minute)
	for i := range 30 {
		tb.put("new "+strconv.Itoa(i), "", i, c.now().Add(time.Minute))
	}
	assert.Equal(t, 30, tb.len(), "expired ones go as new ones come")
	assert.Empty(t, tb.groups)
	tb.put("new 1", "", 77, c.now().Add(time.Minute))
	v, _ := tb.get("new 1")
	assert.Equal(t, 77, v)
	assert.Equal(t, 30, tb.len())
}

func TestSessionsAreBounded(t *testing.T) {
	t.Parallel()
	c := newClock()
	s := newSessions(10*time.Minute, c.now)
	in := &session{approved: map[string][]string{}}
	for i := range 1000 {
		s.ask(in, &question{id: strconv.Itoa(i)})
	}
	assert.Len(t, in.questions, maxQuestions)
	_, ok := s.find(in, "999")
	assert.True(t, ok)
	_, ok = s.find(in, "983")
	assert.False(t, ok)
	s.answer(in, "999", true, nil)
	c.forward(10 * time.Minute)
	late := s.take(in, "999")
	assert.Nil(t, late, "the answer came too late")
	s.ask(in, &question{id: "new"})
	assert.Len(t, in.questions, 1)
}

func BenchmarkMemory(b *testing.B) {
	m, ctx := newTestMemory(time.Now), context.Background()
	session := fapi.NewSession("alice")
	for i := 0; b.Loop(); i++ {
		key, r := strconv.Itoa(i), request(m, session)
		_ = m.CreateAccessTokenSession(ctx, key, r)
		_, _ = m.GetAccessTokenSession(ctx, key, nil)
		_ = m.RevokeAccessToken(ctx, r.ID)
	}
}
