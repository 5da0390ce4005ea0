package main

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fosite-fapi/fosite-fapi/examples/internal/launch"
	"github.com/fosite-fapi/fosite-fapi/fapitest"
)

func TestAPI(t *testing.T) {
	t.Parallel()
	program := launch.Build(t, "authserver")
	for format, ways := range map[string]map[string]string{ // what it is called: how the API authenticates to the issuer
		"opaque": {"private_key_jwt": "private_key_jwt", "mutual TLS": "tls_client_auth"},
		"jwt":    {"by keys alone": "", "with introspection": "private_key_jwt"},
	} {
		t.Run(format, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, program, format)
			for name, method := range ways {
				t.Run(name, func(t *testing.T) {
					args := []string{"-formats", format}
					if method != "" {
						args = append(args, w.asking(method)...)
					}
					a := w.start(t, args...)
					a.testCertificateBound(t)
					a.testKeyBound(t)
					a.testRequests(t)
				})
			}
			t.Run("both formats", func(t *testing.T) {
				a := w.start(t, append(w.asking("tls_client_auth"), "-formats", "jwt,opaque")...)
				a.passes(t, a.call(t, w.bound.Client, a.token(t, w.bound, "accounts")))
			})
			t.Run("revoked", func(t *testing.T) { w.testRevoked(t, format) })
			if format == "jwt" {
				t.Run("for another audience", func(t *testing.T) {
					a := w.start(t)
					token := w.bound.Tokens(t, w.pki, "accounts", nil).Text("access_token")
					refused(t, a.call(t, w.bound.Client, token), http.StatusUnauthorized, "invalid_token")
				})
			}
		})
	}
}

func (a *api) testCertificateBound(t *testing.T) {
	t.Run("certificate", func(t *testing.T) {
		token := a.token(t, a.bound, "accounts")
		a.passes(t, a.call(t, a.bound.Client, token))
		refused(t, a.call(t, a.with(t, a.bound, &a.stranger), token), http.StatusUnauthorized, "invalid_token")
		refused(t, a.call(t, a.with(t, a.bound, nil), token), http.StatusUnauthorized, "invalid_token")
		refused(t, a.call(t, a.bound.Client, a.token(t, a.bound, "openid")), http.StatusForbidden, "insufficient_scope")
	})
}

func (a *api) testKeyBound(t *testing.T) {
	t.Run("DPoP", func(t *testing.T) {
		token := a.token(t, a.proving, "accounts")
		a.passes(t, a.call(t, a.proving.Client, token))

		thief := *a.proving.Client
		thief.ProofKey = newKey(t).Signer
		refused(t, a.call(t, &thief, token), http.StatusUnauthorized, "invalid_token")
		refused(t, a.call(t, a.proving.Client, token, func(m *fapitest.Message) { m.Proof.Claims["htu"] = a.issuer + "/accounts" }),
			http.StatusUnauthorized, "invalid_dpop_proof")
		refused(t, a.call(t, a.proving.Client, token, func(m *fapitest.Message) {
			m.Proof.Claims = nil
			m.Header.Set("Authorization", "Bearer "+token)
		}), http.StatusUnauthorized, "invalid_token")

		again := func(m *fapitest.Message) { m.Proof.Claims["jti"] = "a proof that is seen twice" }
		a.passes(t, a.call(t, a.proving.Client, token, again))
		refused(t, a.call(t, a.proving.Client, token, again), http.StatusUnauthorized, "invalid_dpop_proof")
	})
}

func (a *api) testRequests(t *testing.T) {
	const header, id = "X-Fapi-Interaction-Id", "c770aef3-6784-41f7-8e0e-ff5f97bddb3a"
	t.Run("requests", func(t *testing.T) {
		token := a.token(t, a.bound, "accounts")
		answer := a.call(t, a.bound.Client, token, func(m *fapitest.Message) { m.Header.Set(header, id) })
		a.passes(t, answer)
		assert.Equal(t, id, answer.Header.Get(header))
		answer = a.call(t, a.bound.Client, token)
		assert.Regexp(t, `^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`, answer.Header.Get(header), "a new one")
		assert.NotEqual(t, id, answer.Header.Get(header))

		answer = a.call(t, a.bound.Client, "made-up", func(m *fapitest.Message) { m.Header.Set(header, id) })
		refused(t, answer, http.StatusUnauthorized, "invalid_token")
		assert.Equal(t, id, answer.Header.Get(header), "in refusals too")

		answer = a.call(t, a.bound.Client, token, func(m *fapitest.Message) { m.Header.Del("Authorization") })
		assert.Equal(t, http.StatusUnauthorized, answer.Status)
		assert.Len(t, answer.Header.Values("WWW-Authenticate"), 2, "how to ask, and no error")
		assert.NotContains(t, answer.Header.Values("WWW-Authenticate")[0], "error")
		refused(t, a.call(t, a.bound.Client, token, func(m *fapitest.Message) { m.URL += "?access_token=" + token }),
			http.StatusBadRequest, "invalid_request")
	})
}

// testRevoked shows how long a revoked token works: for as long as the issuer's last answer holds, and where the issuer isn't
// asked, until it expires.
func (w *world) testRevoked(t *testing.T, format string) {
	asks := w.start(t, append(w.asking("tls_client_auth"), "-formats", format, "-ttl", "20s")...)
	token := asks.token(t, w.bound, "accounts")
	asks.passes(t, asks.call(t, w.bound.Client, token))
	revoked, err := w.bound.Revoke(t.Context(), token)
	require.NoError(t, err)
	require.Equal(t, http.StatusOK, revoked.Status, string(revoked.Body))

	asks.ahead.Store(int64(10 * time.Second))
	asks.passes(t, asks.call(t, w.bound.Client, token))
	asks.ahead.Store(int64(21 * time.Second))
	refused(t, asks.call(t, w.bound.Client, token), http.StatusUnauthorized, "invalid_token")

	if format == "jwt" {
		alone := w.start(t)
		alone.passes(t, alone.call(t, w.bound.Client, token))
	}
}
