package fapi_test

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"testing"
	"time"

	"github.com/ory/fosite"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fosite-fapi/fosite-fapi/cnf"
	"github.com/fosite-fapi/fosite-fapi/fapi"
	"github.com/fosite-fapi/fosite-fapi/fapitest"
)

func TestClausesTokenInfo(t *testing.T) {
	t.Parallel()
	active := func(b *bench, a *fapitest.Answer) {
		b.Helper()
		assert.Equal(b, map[string]any{
			"active": true, "iss": issuer, "sub": "alice", "client_id": "client-a", "scope": usualScope, "token_type": "Bearer",
			"iat": 946684800.0, "exp": 946685100.0, "cnf": map[string]any{"x5t#S256": cnf.Thumbprint(b.certA.Leaf)},
		}, a.JSON)
	}
	inactive := func(b *bench, a *fapitest.Answer) { b.Helper(); assert.JSONEq(b, `{"active":false}`, string(a.Body)) }
	rows := clauses{
		{"INT-04/kept", told((*bench).aToken), active},
		{"F2-RS-03/refused unknown", told(func(*bench) string { return text(43) + "." + text(43) }), inactive},
		{"F2-RS-03/refused none", told(func(*bench) string { return "" }), inactive},
		{"F2-RS-03/refused expired", told(func(b *bench) string { token := b.aToken(); pass(301 * time.Second); return token }), inactive},
		{"F2-RS-03/refused refresh token", told(func(b *bench) string { return request()(b).Text("refresh_token") }), inactive},
		{"F2-RS-03/refused code", told((*bench).aCode), inactive},
		{"F2-RS-03/refused revoked", told(func(b *bench) string {
			token := b.aToken()
			done(b, b.got(b.a.Revoke(b.Context(), token)))
			return token
		}), inactive},
	}
	rows.run(t)
	rows.run(t, fapi.WithAccessTokenFormat(fapi.JWT))
}

// told is what TokenInfo says.
func told(token func(*bench) string) step {
	return func(b *bench) *fapitest.Answer {
		body, err := b.provider.TokenInfo(b.Context(), token(b), fapi.NewSession(""))
		require.NoError(b, err)
		a := &fapitest.Answer{Status: http.StatusOK, Body: body}
		require.NoError(b, json.Unmarshal(body, &a.JSON))
		return a
	}
}

// A store that can't tell is not a store that says no.
func TestTokenInfoWithoutAStore(t *testing.T) {
	t.Parallel()
	b := newBench(t, "json")
	token := b.tokens(b.a, "accounts").Text("access_token")
	var err error
	b.provider, err = composed(hostConfig(), lostTokens{b.store.(*fapitest.JSONStore)}, fapi.WithProfile(fapi.FAPI2Security()))
	require.NoError(t, err)
	body, err := b.provider.TokenInfo(t.Context(), token, fapi.NewSession(""))
	require.Error(t, err)
	require.Nil(t, body)
}

type lostTokens struct{ *fapitest.JSONStore }

func (lostTokens) GetAccessTokenSession(context.Context, string, fosite.Session) (fosite.Requester, error) {
	return nil, errors.New("the database is gone")
}

func TestTokenInfoOfLegacyClients(t *testing.T) {
	t.Parallel()
	onMixed(t, func(t *testing.T, m *mixed) {
		tokens := m.legacy.tokens("photos")
		body, err := m.provider.TokenInfo(t.Context(), tokens.Text("access_token"), userSession(""))
		require.NoError(t, err)
		var said map[string]any
		require.NoError(t, json.Unmarshal(body, &said))
		assert.Equal(t, true, said["active"])
		assert.Equal(t, "web", said["client_id"])
		assert.Equal(t, "photos", said["scope"])
		assert.Equal(t, "Bearer", said["token_type"])
		assert.Nil(t, said["cnf"])
		assert.InDelta(t, time.Now().Add(time.Hour).Unix(), said["exp"], 600)

		m.legacy.post("/revoke", url.Values{"token": {tokens.Text("access_token")}}, asWeb)
		body, err = m.provider.TokenInfo(t.Context(), tokens.Text("access_token"), userSession(""))
		require.NoError(t, err)
		assert.JSONEq(t, `{"active":false}`, string(body))
	})
}
