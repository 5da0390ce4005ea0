package main

import (
	"context"
	"time"

	"github.com/ory/fosite"
	"github.com/ory/fosite/handler/oauth2"
	"github.com/ory/fosite/handler/openid"
	"github.com/ory/fosite/handler/pkce"

	"github.com/fosite-fapi/fosite-fapi/registration"
	"github.com/fosite-fapi/fosite-fapi/replay"
)

// A memory is a store of one process that can run for as long as the process does: everything in it expires, and each
// table is bounded. What it hands out and what it keeps are copies, so that a session is never shared between
// requests.
type memory struct {
	clients             map[string]fosite.Client // never changes
	registration.Memory                          // the clients that registered themselves
	jti                 *replay.Memory

	codes   *table[stored]
	pkce    *table[packed]
	openid  *table[packed]
	access  *table[packed]
	refresh *table[stored]
	pushed  *table[pushed]

	lifetimes retention
	now       func() time.Time
}

var (
	_ fosite.ClientManager               = (*memory)(nil)
	_ fosite.PARStorage                  = (*memory)(nil)
	_ oauth2.CoreStorage                 = (*memory)(nil)
	_ oauth2.TokenRevocationStorage      = (*memory)(nil)
	_ openid.OpenIDConnectRequestStorage = (*memory)(nil)
	_ pkce.PKCERequestStorage            = (*memory)(nil)
	_ registration.Store                 = (*memory)(nil)
)

// A stored request may be used up, and is still needed then: whoever comes with it again gave it away (RFC 9700
// 4.14.2).
type stored struct {
	packed
	used bool
}

func use(s stored) stored { s.used = true; return s }

const (
	// capacity bounds each table: enough for 800 flows a second. Full of tokens, one has about 400 MB.
	capacity = 1 << 19
	// codeRetention is how long a code is remembered, used or not, so that a replay is recognised.
	codeRetention = 10 * time.Minute
)

// retention is how long that is kept whose session doesn't say.
type retention struct{ pushed, access, refresh time.Duration }

func newMemory(lifetimes retention, now func() time.Time, clients ...fosite.Client) *memory {
	m := &memory{
		clients: make(map[string]fosite.Client, len(clients)), jti: replay.NewMemory(capacity),
		codes: newTable[stored](capacity, now), pkce: newTable[packed](capacity, now), openid: newTable[packed](capacity, now),
		access: newTable[packed](capacity, now), refresh: newTable[stored](capacity, now),
		pushed: newTable[pushed](capacity, now), lifetimes: lifetimes, now: now,
	}
	m.jti.Now = now
	for _, c := range clients {
		m.clients[c.GetID()] = c
	}
	return m
}

// sweep removes what expired. Without it that happens only as new rows come.
func (m *memory) sweep() {
	m.codes.sweep()
	m.pkce.sweep()
	m.openid.sweep()
	m.access.sweep()
	m.refresh.sweep()
	m.pushed.sweep()
}

// GetClient implements fosite.ClientManager.
func (m *memory) GetClient(ctx context.Context, id string) (fosite.Client, error) {
	if c, ok := m.clients[id]; ok {
		return c, nil
	}
	r, err := m.GetRegistration(ctx, id)
	if err != nil {
		return nil, fosite.ErrNotFound
	}
	return &client{Client: &r.Client, profile: r.Policy}, nil
}

// ClientAssertionJWTValid implements fosite.ClientManager.
func (m *memory) ClientAssertionJWTValid(ctx context.Context, jti string) error {
	if used, err := m.jti.Used(ctx, "jti", jti); err != nil || !used {
		return err
	}
	return fosite.ErrJTIKnown
}

// SetClientAssertionJWT implements fosite.ClientManager, atomically.
func (m *memory) SetClientAssertionJWT(ctx context.Context, jti string, expires time.Time) error {
	if first, err := m.jti.UseOnce(ctx, "jti", jti, expires); err != nil || first {
		return err
	}
	return fosite.ErrJTIKnown
}

// expiry is what the session says, else lifetime from now.
func (m *memory) expiry(r fosite.Requester, kind fosite.TokenType, lifetime time.Duration) time.Time {
	if s := r.GetSession(); s != nil {
		if at := s.GetExpiresAt(kind); !at.IsZero() {
			return at
		}
	}
	return m.now().Add(lifetime)
}
