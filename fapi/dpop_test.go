package fapi_test

import (
	"net/http"
	"testing"

	"github.com/go-jose/go-jose/v4"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fosite-fapi/fosite-fapi/dpop"
	"github.com/fosite-fapi/fosite-fapi/fapi"
	"github.com/fosite-fapi/fosite-fapi/fapitest"
	"github.com/fosite-fapi/fosite-fapi/registration"
)

// dpopBench is a bench whose client a binds by DPoP, with a resource in the same process.
func dpopBench(t *testing.T, store string, options ...fapi.Option) *bench {
	t.Helper()
	b := newBench(t, store, options...)
	stored, err := b.store.GetClient(t.Context(), b.a.ID)
	require.NoError(t, err)
	reg := stored.(*registration.Client)
	reg.DPoPBoundAccessTokens, reg.TLSClientCertificateBoundAccessTokens = true, false
	b.a.ProofKey = newEC()
	next := b.handler
	b.handler = http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/accounts" {
			next.ServeHTTP(rw, r)
			return
		}
		ar, err := b.provider.Authorize(r.Context(), r, fapi.NewSession(""), "accounts")
		if err != nil {
			fapi.WriteResourceError(rw, err)
			return
		}
		_, _ = rw.Write([]byte(`{"sub":"` + ar.GetSession().GetSubject() + `"}`))
	})
	b.connect(b.a, nil)
	return b
}

func thumbprint(t *testing.T, c *fapitest.Client) string {
	t.Helper()
	jkt, err := dpop.Thumbprint(&jose.JSONWebKey{Key: c.ProofKey.Public()})
	require.NoError(t, err)
	return jkt
}

func TestDPoPFlow(t *testing.T) {
	for store := range stores {
		t.Run(store, func(t *testing.T) {
			b := dpopBench(t, store, fapi.WithAccessTokenFormat(fapi.JWT))
			tokens := b.tokens(b.a, "openid offline_access accounts")
			require.Equal(t, "DPoP", tokens.Text("token_type"))

			seen, err := b.a.Introspect(t.Context(), tokens.Text("access_token"))
			require.NoError(t, err)
			assert.Equal(t, map[string]any{"jkt": thumbprint(t, b.a)}, seen.JSON["cnf"])
			assert.Equal(t, "DPoP", seen.JSON["token_type"])

			accounts, err := b.a.Get(t.Context(), issuer+"/accounts", tokens.Text("access_token"))
			require.NoError(t, err)
			require.Equal(t, http.StatusOK, accounts.Status, string(accounts.Body)+accounts.Header.Get("WWW-Authenticate"))

			t.Run("DPOP-24 a new key at refresh binds the new token", func(t *testing.T) {
				b.a.ProofKey = newEC()
				refreshed, err := b.a.Refresh(t.Context(), tokens.Text("refresh_token"))
				require.NoError(t, err)
				require.Equal(t, http.StatusOK, refreshed.Status, string(refreshed.Body))
				seen, err := b.a.Introspect(t.Context(), refreshed.Text("access_token"))
				require.NoError(t, err)
				assert.Equal(t, map[string]any{"jkt": thumbprint(t, b.a)}, seen.JSON["cnf"])
			})
		})
	}
}

func TestDPoPAtTheToken(t *testing.T) {
	b := dpopBench(t, "json")
	other := newEC()
	for _, row := range []struct {
		id, name string
		mutate   fapitest.Mutation
		code     string
	}{
		{"DPOP-01", "two proofs", func(m *fapitest.Message) { m.Header["Dpop"] = []string{"a", "b"}; m.Proof.Claims = nil }, "invalid_dpop_proof"},
		{"DPOP-02", "garbage", func(m *fapitest.Message) { m.Header.Set("DPoP", "x.y.z"); m.Proof.Claims = nil }, "invalid_dpop_proof"},
		{"DPOP-03", "typ JWT", func(m *fapitest.Message) { m.Proof.Header["typ"] = "JWT" }, "invalid_dpop_proof"},
		{"F2-CR-02", "alg none", func(m *fapitest.Message) { m.Proof.Algorithm = "none" }, "invalid_dpop_proof"},
		{"F2-CR-02", "alg RS256", func(m *fapitest.Message) {
			m.Proof.Algorithm, m.Proof.Key = jose.RS256, testRSA()
			m.Proof.Header["jwk"] = jose.JSONWebKey{Key: testRSA().Public()}
		}, "invalid_dpop_proof"},
		{"DPOP-05", "no jwk", func(m *fapitest.Message) { delete(m.Proof.Header, "jwk") }, "invalid_dpop_proof"},
		{"DPOP-06", "signed by another key", func(m *fapitest.Message) { m.Proof.Key = other }, "invalid_dpop_proof"},
		{"DPOP-07", "no jti", func(m *fapitest.Message) { delete(m.Proof.Claims, "jti") }, "invalid_dpop_proof"},
		{"DPOP-07", "no iat", func(m *fapitest.Message) { delete(m.Proof.Claims, "iat") }, "invalid_dpop_proof"},
		{"DPOP-08", "htm GET", func(m *fapitest.Message) { m.Proof.Claims["htm"] = "GET" }, "invalid_dpop_proof"},
		{"DPOP-09", "htu of the PAR endpoint", func(m *fapitest.Message) { m.Proof.Claims["htu"] = issuer + "/par" }, "invalid_dpop_proof"},
		{"DPOP-12", "iat an hour back", func(m *fapitest.Message) { m.Proof.Claims["iat"] = m.Proof.Claims["iat"].(int64) - 3600 }, "invalid_dpop_proof"},
		{"F2-AS-13", "iat 61 s ahead", func(m *fapitest.Message) { m.Proof.Claims["iat"] = m.Proof.Claims["iat"].(int64) + 61 }, "invalid_dpop_proof"},
		{"F2-AS-04", "no proof", func(m *fapitest.Message) { m.Proof.Claims = nil }, "invalid_dpop_proof"},
		{"F2-AS-12", "another key than at PAR", func(m *fapitest.Message) {
			m.Proof.Key = other
			m.Proof.Header["jwk"] = jose.JSONWebKey{Key: other.Public()}
		}, "invalid_grant"},
	} {
		t.Run(row.id+"/refused "+row.name, func(t *testing.T) {
			verifier := fapitest.Verifier()
			code := b.code(b.a, verifier, "accounts")
			refused, err := b.a.Redeem(t.Context(), code, verifier, row.mutate)
			require.NoError(t, err)
			assert.Equal(t, http.StatusBadRequest, refused.Status)
			assert.Equal(t, row.code, refused.Text("error"), string(refused.Body))
			assert.Equal(t, row.id, b.events.last())
			kept, err := b.a.Redeem(t.Context(), code, verifier)
			require.NoError(t, err)
			assert.Equal(t, http.StatusOK, kept.Status, "the refused request spent nothing: "+string(kept.Body))
		})
	}
}

func TestDPoPAtThePushedRequest(t *testing.T) {
	b := dpopBench(t, "json")
	params := b.a.Request(fapitest.Verifier(), "accounts")
	params.Set("dpop_jkt", thumbprint(t, b.a))
	kept := b.push(b.a, params)
	require.Equal(t, http.StatusCreated, kept.Status, string(kept.Body))

	params.Set("dpop_jkt", dpop.AccessTokenHash("something else"))
	refused := b.push(b.a, params)
	assert.Equal(t, "invalid_request", refused.Text("error"))
	assert.Equal(t, "F2-AS-12", b.events.last())

	// dpop_jkt without a proof (CS-63): the code is bound to it.
	verifier := fapitest.Verifier()
	params = b.a.Request(verifier, "accounts")
	params.Set("dpop_jkt", thumbprint(t, b.a))
	bound := b.push(b.a, params, func(m *fapitest.Message) { m.Proof.Claims = nil })
	require.Equal(t, http.StatusCreated, bound.Status)
	code := b.visit(b.a, bound.Text("request_uri")).Location().Query().Get("code")
	b.a.ProofKey = newEC()
	stolen, err := b.a.Redeem(t.Context(), code, verifier)
	require.NoError(t, err)
	assert.Equal(t, "invalid_grant", stolen.Text("error"))
	assert.Equal(t, "F2-AS-12", b.events.last())
}

func TestDPoPNonces(t *testing.T) {
	b := dpopBench(t, "memory", fapi.WithDPoPNonces(fapi.NonceRequired, []byte("a secret of at least thirty-two bytes")))
	params := b.a.Request(fapitest.Verifier(), "accounts")
	refused := b.push(b.a, params)
	require.Equal(t, http.StatusBadRequest, refused.Status)
	require.Equal(t, "use_dpop_nonce", refused.Text("error"))
	require.Equal(t, "DPOP-50", b.events.last())
	b.a.ProofNonce = refused.Header.Get("DPoP-Nonce")
	require.NotEmpty(t, b.a.ProofNonce)
	kept := b.push(b.a, params)
	require.Equal(t, http.StatusCreated, kept.Status, string(kept.Body))
	require.NotEmpty(t, kept.Header.Get("DPoP-Nonce"))

	tokens := b.tokens(b.a, "accounts")
	accounts, err := b.a.Get(t.Context(), issuer+"/accounts", tokens.Text("access_token"))
	require.NoError(t, err)
	require.Equal(t, http.StatusOK, accounts.Status)
	challenged, err := b.a.Get(t.Context(), issuer+"/accounts", tokens.Text("access_token"), func(m *fapitest.Message) { delete(m.Proof.Claims, "nonce") })
	require.NoError(t, err)
	assert.Equal(t, http.StatusUnauthorized, challenged.Status)
	assert.Contains(t, challenged.Header.Get("WWW-Authenticate"), `DPoP algs="PS256 ES256 EdDSA", error="use_dpop_nonce"`)
	assert.NotEmpty(t, challenged.Header.Get("DPoP-Nonce"))
}

func TestDPoPAtTheResource(t *testing.T) {
	b := dpopBench(t, "json")
	token := b.tokens(b.a, "accounts").Text("access_token")
	other := newEC()
	for _, row := range []struct {
		id, name, code string
		mutate         fapitest.Mutation
	}{
		{"DPOP-13", "no ath", "invalid_dpop_proof", func(m *fapitest.Message) { delete(m.Proof.Claims, "ath") }},
		{"DPOP-13", "ath of another token", "invalid_dpop_proof", func(m *fapitest.Message) { m.Proof.Claims["ath"] = dpop.AccessTokenHash("x") }},
		{"DPOP-13", "another key", "invalid_token", func(m *fapitest.Message) {
			m.Proof.Key = other
			m.Proof.Header["jwk"] = jose.JSONWebKey{Key: other.Public()}
		}},
		{"DPOP-40", "no proof", "invalid_dpop_proof", func(m *fapitest.Message) { m.Proof.Claims = nil }},
		{"DPOP-42", "sent as Bearer", "invalid_token", func(m *fapitest.Message) { m.Header.Set("Authorization", "Bearer "+token) }},
	} {
		t.Run(row.id+"/refused "+row.name, func(t *testing.T) {
			a, err := b.a.Get(t.Context(), issuer+"/accounts", token, row.mutate)
			require.NoError(t, err)
			assert.Equal(t, http.StatusUnauthorized, a.Status)
			assert.Equal(t, row.code, a.Text("error"), string(a.Body))
			assert.Equal(t, row.id, b.events.last())
			assert.Contains(t, a.Header.Get("WWW-Authenticate"), `error="`+row.code+`"`)
		})
	}
	a, err := b.a.Get(t.Context(), issuer+"/accounts?page=2#x", token, func(m *fapitest.Message) { m.Header.Set("Authorization", "dpop "+token) })
	require.NoError(t, err)
	assert.Equal(t, http.StatusOK, a.Status, "htu ignores query and fragment, the scheme its case")
}
