package main

import (
	"crypto/tls"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fosite-fapi/fosite-fapi/clientassertion"
	"github.com/fosite-fapi/fosite-fapi/fapitest"
)

// A resident is one of the clients that live in one process, by the rules of its own profile.
type resident struct {
	*trial
	client      *fapitest.Client
	certificate *tls.Certificate
}

// kinds are the four of them, and FAPI 1.0 by both of its response types.
func kinds() map[string]variant {
	return map[string]variant{
		"fapi1-hybrid":    {advancedPlan, privateKeyJWT, certificateBound, openID, byValue, plainResponse},
		"fapi1-jarm":      {advancedPlan, mutualTLS, certificateBound, openID, pushedRequest, signedJARM},
		"fapi2":           {securityPlan, privateKeyJWT, keyBound, openID, unsigned, plainResponse},
		"message-signing": {messagePlan, mutualTLS, certificateBound, openID, nonRepudiation, signedJARM},
		"legacy":          {legacyPlan, "client_secret_basic", "", openID, unsigned, plainResponse},
	}
}

// neighbourhood starts a server with a client of each kind.
func neighbourhood(t *testing.T, format string) (*world, map[string]*resident) {
	t.Helper()
	w, all := newSite(t), map[string]*resident{}
	var configs []clientConfig
	for name, v := range kinds() {
		r := &resident{trial: &trial{w, v}}
		var c clientConfig
		r.client, r.certificate, c = w.newClient(name)
		if v.plan == legacyPlan {
			c = legacyClient(name)
			r.client.AuthMethod, r.client.Secret, r.certificate = "client_secret_basic", secret, nil
		} else {
			r.register(&c)
		}
		r.equip(r.client)
		configs, all[name] = append(configs, c), r
	}
	w.start(func(c *config) {
		c.Consent, c.AccessTokenFormat, c.Clients = "auto", format, append(c.Clients[:2], configs...)
	})
	for _, r := range all {
		w.connect(r.client, r.certificate)
	}
	return w, all
}

// in is the same resident in a subtest.
func (r *resident) in(t *testing.T) *resident {
	return &resident{&trial{r.world.in(t), r.variant}, r.client, r.certificate}
}

// A holding is what a resident has at one moment.
type holding struct {
	waiting *flow // its request is there, and not decided
	coded   *flow // has a code that is not redeemed
	tokens  *fapitest.Answer
	jarm    string // the JWT of a response; "" for who gets none
}

// hold runs flows as far as there is something to steal.
func (r *resident) hold() *holding {
	r.Helper()
	h := &holding{waiting: r.flow(r.client).sent(), coded: r.flow(r.client).sent()}
	answer := r.get(r.outside, h.coded.link(), nil)
	h.coded.code = h.coded.answered(answer).Get("code")
	h.jarm = answer.Location().Query().Get("response")
	h.tokens = r.flow(r.client).tokens()
	return h
}

// keeps asserts that nothing was lost: everything still works for its owner.
func (r *resident) keeps(h *holding) {
	r.Helper()
	token := h.tokens.Text("access_token")
	assert.Equal(r, http.StatusOK, r.accounts(r.client, token).Status, "the access token")
	r.trial.tokens(h.coded.redeem())
	h.waiting.tokens()
	answer, err := r.client.Refresh(r.Context(), h.tokens.Text("refresh_token"))
	require.NoError(r, err)
	r.trial.tokens(answer)
	assert.Equal(r, http.StatusUnauthorized, r.accounts(r.client, token).Status, "the access token before the refresh")
}

// Each client lives its life beside the others', at the same time.
func TestSideBySide(t *testing.T) {
	for _, format := range []string{"opaque", "jwt"} {
		t.Run(format, func(t *testing.T) {
			t.Parallel()
			w, all := neighbourhood(t, format)
			w.describesAll()
			t.Run("flows", func(t *testing.T) {
				for name, r := range all {
					for i := range 4 {
						t.Run(fmt.Sprintf("%s %d", name, i), func(t *testing.T) {
							t.Parallel()
							r.in(t).live()
						})
					}
				}
			})
			t.Run("thefts", func(t *testing.T) {
				for owner, o := range all {
					for thief, other := range all {
						if owner != thief {
							t.Run(thief+" has what is of "+owner, func(t *testing.T) {
								t.Parallel()
								victim := o.in(t)
								h := victim.hold()
								other.in(t).steal(victim, h)
								victim.keeps(h)
							})
						}
					}
				}
			})
		})
	}
}

// live is a flow with all that a client does afterwards.
func (r *resident) live() {
	f := r.flow(r.client)
	tokens := f.tokens()
	claims := r.identifies(f, tokens)
	assert.Equal(r, "alice", claims["sub"])
	user, err := r.client.Get(r.Context(), r.base(r.client)+"/userinfo", tokens.Text("access_token"))
	require.NoError(r, err)
	assert.JSONEq(r, `{"sub":"alice"}`, string(user.Body))
	again := r.flow(r.client)
	again.params.Set("id_token_hint", tokens.Text("id_token"))
	again.authorized()
	require.Equal(r, http.StatusOK, r.accounts(r.client, tokens.Text("access_token")).Status)

	answer, err := r.client.Refresh(r.Context(), tokens.Text("refresh_token"))
	require.NoError(r, err)
	renewed := r.trial.tokens(answer)
	assert.Equal(r, r.plan != legacyPlan, renewed.Text("refresh_token") == tokens.Text("refresh_token"), "legacy ones rotate")

	token := renewed.Text("access_token")
	require.Equal(r, http.StatusOK, r.accounts(r.client, token).Status)
	answer, err = r.client.Revoke(r.Context(), token)
	require.NoError(r, err)
	require.Equal(r, http.StatusOK, answer.Status, string(answer.Body))
	require.Equal(r, http.StatusUnauthorized, r.accounts(r.client, token).Status)
}

// describesAll: the metadata is true for all of them, and says nothing that is not for each.
func (w *world) describesAll() {
	doc := w.a.Server
	raw := w.get(w.outside, w.main+"/.well-known/openid-configuration", nil)
	assert.ElementsMatch(w, []string{"code", "code id_token"}, doc.ResponseTypesSupported)
	assert.Subset(w, doc.ResponseModesSupported, []string{"query", "fragment", "form_post", "jwt", "query.jwt", "fragment.jwt", "form_post.jwt"})
	for _, name := range []string{"require_pushed_authorization_requests", "require_signed_request_object"} {
		assert.NotContains(w, raw.JSON, name)
	}
	for _, name := range []string{
		"request_parameter_supported", "authorization_response_iss_parameter_supported", "tls_client_certificate_bound_access_tokens", "claims_parameter_supported",
	} {
		assert.Equal(w, true, raw.JSON[name], name)
	}
	assert.ElementsMatch(w, []string{"private_key_jwt", "tls_client_auth", "self_signed_tls_client_auth", "client_secret_basic", "client_secret_post"}, doc.TokenEndpointAuthMethodsSupported)
	for _, algorithms := range [][]string{
		doc.DPoPSigningAlgValuesSupported, doc.RequestObjectSigningAlgValuesSupported, doc.AuthorizationSigningAlgValuesSupported,
		doc.IDTokenSigningAlgValuesSupported, doc.TokenEndpointAuthSigningAlgValuesSupported,
	} {
		assert.ElementsMatch(w, []string{"PS256", "ES256", "EdDSA"}, algorithms)
	}
}

// steal tries everything of the victim's that the thief can lay hands on, with the thief's own credentials.
func (r *resident) steal(victim *resident, h *holding) {
	r.stealRequest(victim, h.waiting)
	r.stealGrant(victim, h)
	r.stealAccess(victim, h.tokens.Text("access_token"))
	r.stealSignatures(victim, h)
}

// stealRequest: a request_uri, or an object, in the thief's name.
func (r *resident) stealRequest(victim *resident, waiting *flow) {
	if victim.plan == legacyPlan {
		return // it has no reference: what is in the URL is for anybody to write
	}
	link, err := url.Parse(waiting.link())
	require.NoError(r, err)
	query := link.Query()
	query.Set("client_id", r.client.ID)
	link.RawQuery = query.Encode()
	r.getsNoCode(r.get(r.outside, link.String(), nil))
}

// getsNoCode: neither at a redirect URI nor on a page.
func (r *resident) getsNoCode(answer *fapitest.Answer) {
	r.Helper()
	returned := answer.Returned()
	assert.NotContains(r, returned, "code")
	if response := returned.Get("response"); response != "" {
		assert.NotContains(r, (&flow{trial: r.trial, client: r.client}).opened(response), "code")
	}
	if returned == nil {
		assert.GreaterOrEqual(r, answer.Status, 400, string(answer.Body))
		assert.Less(r, answer.Status, 500, string(answer.Body))
	}
}

// stealGrant: a code with all that belongs to it, and a refresh token.
func (r *resident) stealGrant(victim *resident, h *holding) {
	owners := fapitest.Param("redirect_uri", h.coded.params.Get("redirect_uri"))
	for what, ask := range map[string]func() (*fapitest.Answer, error){
		"code": func() (*fapitest.Answer, error) {
			return r.client.Redeem(r.Context(), h.coded.code, h.coded.verifier, owners)
		},
		"code at the own redirect URI": func() (*fapitest.Answer, error) {
			return r.client.Redeem(r.Context(), h.coded.code, h.coded.verifier)
		},
		"refresh token": func() (*fapitest.Answer, error) {
			return r.client.Refresh(r.Context(), h.tokens.Text("refresh_token"))
		},
		"access token as refresh token": func() (*fapitest.Answer, error) {
			return r.client.Refresh(r.Context(), h.tokens.Text("access_token"))
		},
		"refresh token as code": func() (*fapitest.Answer, error) {
			return r.client.Redeem(r.Context(), h.tokens.Text("refresh_token"), h.coded.verifier)
		},
	} {
		answer, err := ask()
		require.NoError(r, err)
		assert.Equal(r, http.StatusBadRequest, answer.Status, "%s: %s", what, answer.Body)
		assert.Equal(r, "invalid_grant", answer.Text("error"), "%s: %s", what, answer.Body)
		assert.NotContains(r, answer.JSON, "access_token", what)
	}
	// In the victim's name, with the thief's credential. By a certificate alone that is the same as having none.
	answer, err := r.client.Refresh(r.Context(), h.tokens.Text("refresh_token"), fapitest.Param("client_id", victim.client.ID))
	require.NoError(r, err)
	assert.Equal(r, http.StatusUnauthorized, answer.Status, string(answer.Body))
	assert.Equal(r, "invalid_client", answer.Text("error"))
}

// stealAccess: an access token at the resources, with the thief's certificate and key, and at the endpoints for tokens.
func (r *resident) stealAccess(victim *resident, token string) {
	for _, path := range []string{"/accounts", "/userinfo"} {
		if victim.plan == legacyPlan {
			break // a bearer token is for whoever has it; what it was asked for is not
		}
		answer, err := r.client.Get(r.Context(), r.base(r.client)+path, token)
		require.NoError(r, err)
		assert.Equal(r, http.StatusUnauthorized, answer.Status, "%s: %s", path, answer.Body)
		for _, scheme := range []string{"Bearer", "DPoP"} {
			answer, err := r.client.Get(r.Context(), r.base(r.client)+path, token, fapitest.Header("Authorization", scheme+" "+token))
			require.NoError(r, err)
			assert.Equal(r, http.StatusUnauthorized, answer.Status, "%s as %s: %s", path, scheme, answer.Body)
		}
	}
	seen, err := r.client.Introspect(r.Context(), token)
	require.NoError(r, err)
	assert.JSONEq(r, `{"active":false}`, string(seen.Body))
	revoked, err := r.client.Revoke(r.Context(), token) // without effect: see keeps
	require.NoError(r, err)
	assert.Less(r, revoked.Status, 500, string(revoked.Body))
}

// stealSignatures: what the server signed for the victim, in each place that takes a JWT.
func (r *resident) stealSignatures(victim *resident, h *holding) {
	signed := map[string]string{"ID token": h.tokens.Text("id_token"), "access token": h.tokens.Text("access_token")}
	if h.jarm != "" {
		signed["response"] = h.jarm
	}
	for _, what := range slices.Sorted(maps.Keys(signed)) {
		jwt := signed[what]
		r.hints(what, jwt)

		answer, err := r.client.Post(r.Context(), r.client.Server.TokenEndpoint, url.Values{
			"grant_type": {"client_credentials"}, "scope": {"accounts"}, "client_id": {victim.client.ID},
			"client_assertion": {jwt}, "client_assertion_type": {clientassertion.Type},
		}, fapitest.Unauthenticated, fapitest.Param("client_id", victim.client.ID))
		require.NoError(r, err)
		assert.GreaterOrEqual(r, answer.Status, 400, "%s as a client assertion", what)
		assert.Less(r, answer.Status, 500, "%s as a client assertion: %s", what, answer.Body)

		r.getsNoCode(r.get(r.outside, victim.client.Server.AuthorizationEndpoint+"?"+url.Values{
			"client_id": {victim.client.ID}, "request": {jwt},
		}.Encode(), nil))
		if what != "access token" {
			answer := r.accounts(r.client, jwt)
			assert.Equal(r, http.StatusUnauthorized, answer.Status, "%s as an access token: %s", what, answer.Body)
		}
	}
}

// hints uses a JWT as id_token_hint: an ID token of another client would tell who is logged in. Plain fosite, which serves
// legacy clients, looks at the subject alone.
func (r *resident) hints(what, jwt string) {
	r.Helper()
	if r.plan == legacyPlan {
		return
	}
	f := r.flow(r.client)
	f.params.Set("id_token_hint", jwt)
	got := f.answered(r.get(r.outside, f.sent().link(), nil))
	assert.Equal(r, "invalid_request", got.Get("error"), "%s as id_token_hint", what)
	assert.NotContains(r, got, "code")
}
