package fapi_test

import (
	"context"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/ory/fosite"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fosite-fapi/fosite-fapi/fapi"
	"github.com/fosite-fapi/fosite-fapi/fapitest"
	"github.com/fosite-fapi/fosite-fapi/registration"
)

// reports are what a reporter got.
type reports struct {
	mu  sync.Mutex
	all []*fapi.Report
}

// Report implements fapi.Reporter.
func (r *reports) Report(_ context.Context, report *fapi.Report) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.all = append(r.all, report)
}

// of are those that the bench's provider made so far.
func (r *reports) of(b *bench) []*fapi.Report {
	b.Helper()
	require.NoError(b, b.provider.FlushReports(b.Context()))
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.all
}

func ids(r *fapi.Report) []string {
	out := []string{}
	for _, unmet := range r.Unmet {
		out = append(out, unmet.ID)
	}
	return out
}

// A trial is a server whose client A is judged by a profile in report-only mode.
type trial struct {
	served  string // by which profile client A is served, fapi.Legacy for the host's factories
	judging fapi.Profile
}

var (
	toFAPI2    = trial{fapi.Legacy, fapi.FAPI2Security()}
	toSigned   = trial{fapi.FAPI2Security().Name, fapi.FAPI2MessageSigning(fapi.SignedRequests)}
	toAdvanced = trial{fapi.Legacy, fapi.FAPI1Advanced()}
)

func (tr trial) start(t *testing.T, store string, options ...fapi.Option) (*bench, *reports) {
	t.Helper()
	got := &reports{}
	return tr.startWith(t, store, got, options...), got
}

// startWith has another reporter.
func (tr trial) startWith(t *testing.T, store string, reporter fapi.Reporter, options ...fapi.Option) *bench {
	t.Helper()
	judged := func(context.Context, fosite.Client) (string, error) { return tr.judging.Name, nil }
	return tr.bench(t, store, append(options, fapi.WithReportOnly(judged, reporter, tr.judging)))
}

// by has another selector.
func (tr trial) by(t *testing.T, selector fapi.Selector) (*bench, *reports) {
	t.Helper()
	got := &reports{}
	return tr.bench(t, "memory", []fapi.Option{fapi.WithReportOnly(selector, got, tr.judging)}), got
}

func (tr trial) bench(t *testing.T, store string, options []fapi.Option) *bench {
	t.Helper()
	b := &bench{T: t, pki: testPKI(), events: &events{}, subject: "alice"}
	a, reg, certificate := newClient(t, "client-a")
	b.a, b.certA = a, certificate
	b.store = stores[store](reg)
	populate(t, b.store)
	config := legacyConfig()
	config.TokenURL = issuer // fosite compares aud with it
	if tr.served != fapi.Legacy {
		served := func(context.Context, fosite.Client) (string, error) { return tr.served, nil }
		options = append(options, fapi.WithProfiles(served, fapi.FAPI2Security()))
	}
	var err error
	b.provider, err = fapi.Compose(config, b.store, legacyStrategy(config), append([]fapi.Option{
		fapi.WithFactories(everyFactory...), fapi.WithTrustAnchors(b.pki.Pool()), fapi.WithLogger(slog.New(slog.DiscardHandler)),
	}, options...)...)
	require.NoError(t, err)
	b.handler = hostHandler(b.provider)
	b.connect(b.a, &b.certA)
	return b
}

// unpushed opens the authorization endpoint with the whole request.
func unpushed(m ...fapitest.Mutation) step {
	return func(b *bench) *fapitest.Answer {
		return b.got(b.a.Authorize(b.Context(), fapitest.HTTP(b.handler, nil), b.usualRequest(), m...))
	}
}

func credentialsStep(m ...fapitest.Mutation) step {
	return func(b *bench) *fapitest.Answer {
		return b.got(b.a.Token(b.Context(), url.Values{"grant_type": {"client_credentials"}, "scope": {"accounts"}}, m...))
	}
}

// byProof makes client A bind its tokens by DPoP.
func byProof(s step) step {
	return registered(func(c *registration.Client) {
		c.TLSClientCertificateBoundAccessTokens, c.DPoPBoundAccessTokens = false, true
	}, func(b *bench) *fapitest.Answer { b.a.ProofKey = testEC(); return s(b) })
}

// bySecret makes client A one with a secret.
func bySecret(s step) step {
	return registered(func(c *registration.Client) {
		c.TokenEndpointAuthMethod, c.TokenEndpointAuthSigningAlg, c.HashedSecret = "client_secret_basic", "", webHash()
	}, func(b *bench) *fapitest.Answer {
		b.a.AuthMethod, b.a.Secret = "client_secret_basic", webSecret
		return s(b)
	})
}

// withObjects makes client A push request objects.
func withObjects(s step) step {
	return registered(func(c *registration.Client) { c.RequestObjectSigningAlg = "ES256" }, objects(s))
}

func objects(s step) step {
	return func(b *bench) *fapitest.Answer { b.a.RequestObjects = true; return s(b) }
}

// lateVisit opens the page some time after the request was pushed.
func lateVisit(after time.Duration) step {
	return func(b *bench) *fapitest.Answer {
		uri := b.requestURI()
		pass(after)
		return b.browse(uri)
	}
}

// A judged step is one whose last request is accepted, and reported as lacking these requirements. It keeps none and is
// refused for none, so that its name has no ID for the index of clauses.
type judgedStep struct {
	name string
	step step
	want []string // none: it would pass
}

var fapi2Steps = []judgedStep{
	{"pushed request", push(), nil},
	{"page", visit(), nil},
	{"redemption", redeem(), nil},
	{"refresh", refresh(), nil},
	{"client credentials", credentialsStep(), nil},
	{"revocation", revoke(), nil},
	{"pushed request, DPoP", byProof(push()), nil},
	{"redemption, DPoP", byProof(redeem()), nil},
	{"redemption in the last second", redeem(wait(59 * time.Second)), nil},
	{"page in the last second", lateVisit(59 * time.Second), nil},

	{"a secret at the pushed request", bySecret(push()), []string{"F2-AS-06"}},
	{"a secret at redemption", bySecret(redeem()), []string{"F2-AS-06"}},
	{"a secret at introspection", bySecret(introspect()), []string{"F2-AS-06"}},
	{"a secret at revocation", bySecret(revoke()), []string{"F2-AS-06"}},
	{"aud is an array", push(claim("aud", []string{issuer, issuer + "/token"})), []string{"F2-AS-08"}},
	{"aud is an array, at redemption", redeem(claim("aud", []string{issuer})), []string{"F2-AS-08"}},
	{"an assertion for two days", push(ahead("exp", 48*time.Hour)), []string{"CA-04"}},
	{"an assertion that is an access token", push(joseHeader("typ", "at+jwt")), []string{"F2-CR-01"}},
	{"introspection authorized by a token", func(b *bench) *fapitest.Answer { // fosite takes no assertion there
		return introspect(unauthenticated, httpHeader("Authorization", "Bearer "+request()(b).Text("access_token")))(b)
	}, []string{"F2-AS-03"}},
	{"an assertion that is an access token, at revocation", revoke(joseHeader("typ", "at+jwt")), []string{"F2-CR-01"}},
	{"an algorithm of old", func(b *bench) *fapitest.Answer {
		reg := b.registration("client-a")
		reg.TokenEndpointAuthSigningAlg = "RS256"
		reg.JWKS = &jose.JSONWebKeySet{Keys: []jose.JSONWebKey{{Key: clientRSA().Public(), KeyID: b.a.KeyID, Use: "sig"}}}
		b.a.Key, b.a.Algorithm = clientRSA(), jose.RS256
		return redeem()(b)
	}, []string{"F2-CR-02"}},
	{"ID tokens by an algorithm of old", registered(func(c *registration.Client) { c.IDTokenSignedResponseAlg = "RS256" }, push()), []string{"F2-CR-02"}},

	{"no certificate", presenting(noCertificate, redeem()), []string{"F2-AS-04"}},
	{"no certificate at refresh", presenting(noCertificate, refresh()), []string{"F2-AS-04"}},
	{"no certificate for client credentials", presenting(noCertificate, credentialsStep()), []string{"F2-AS-04"}},
	{"no proof", byProof(redeem(fapitest.Unproven)), []string{"F2-AS-04"}},
	{"both registered", registered(func(c *registration.Client) { c.DPoPBoundAccessTokens = true }, redeem()), []string{"F2-AS-05"}},
	{"a proof for another endpoint", byProof(redeem(fapitest.InProof(claim("htu", issuer+"/par")))), []string{"DPOP-09"}},
	{"a proof of yesterday", byProof(redeem(fapitest.InProof(ahead("iat", -24*time.Hour)))), []string{"DPOP-12"}},
	{"a proof that is none", byProof(redeem(fapitest.Unproven, httpHeader("DPoP", "proof"))), []string{"DPOP-02"}},
	{"dpop_jkt that is none", byProof(push(param("dpop_jkt", "x"))), []string{"DPOP-60"}},

	{"not pushed", unpushed(), []string{"F2-AZ-03"}},
	{"page after a minute", lateVisit(time.Minute), []string{"PAR-24"}},
	{"another response type", registered(func(c *registration.Client) { c.ResponseTypes = []string{"code", "code token"} },
		push(param("response_type", "code token"))), []string{"F2-AZ-01"}},
	{"another response mode", push(param("response_mode", "form_post")), []string{"OC-04"}},
	{"plain PKCE", push(param("code_challenge", verifier), param("code_challenge_method", "plain")), []string{"F2-AZ-05"}},
	{"no PKCE", push(noParam("code_challenge"), noParam("code_challenge_method")), []string{"F2-AZ-05"}},
	{"no PKCE, at the page", authorize(noParam("code_challenge"), noParam("code_challenge_method")), []string{"F2-AZ-05"}},
	{"no verifier", func(b *bench) *fapitest.Answer {
		code := b.newCode(noParam("code_challenge"), noParam("code_challenge_method"))
		return b.got(b.a.Redeem(b.Context(), code, verifier, noParam("code_verifier")))
	}, []string{"PKCE-08"}},
	{"no redirect_uri", registered(func(c *registration.Client) { c.RedirectURIs = c.RedirectURIs[:1] },
		push(noParam("redirect_uri"), param("scope", "accounts"))), []string{"F2-AZ-06"}},
	{"a redirect_uri on localhost", registered(func(c *registration.Client) { c.RedirectURIs = []string{"http://localhost/cb"} },
		push(param("redirect_uri", "http://localhost/cb"))), []string{"F2-AZ-08"}},
	{"a nonce of 513 characters", push(param("nonce", strings.Repeat("n", 513))), []string{"F2-AZ-14"}},
	{"a state of 4097 characters", push(param("state", strings.Repeat("s", 4097))), []string{"F2-AZ-16"}},
	{"a parameter twice", push(param("ui_locales", "en", "de")), []string{"OA-01"}},
	{"a request object, not registered for", func(b *bench) *fapitest.Answer {
		b.a.RequestObjects = true
		return push(param("redirect_uri", b.a.RedirectURI), param("response_type", "code"), param("scope", "openid"))(b)
	}, []string{"OC-05"}},
	{"redemption after a minute", redeem(wait(time.Minute)), []string{"F2-AS-11"}},
	{"password", registered(func(c *registration.Client) { c.GrantTypes = append(c.GrantTypes, "password") }, func(b *bench) *fapitest.Answer {
		return b.got(b.a.Token(b.Context(), url.Values{"grant_type": {"password"}, "username": {"peter"}, "password": {"password"}}))
	}), []string{"F2-AS-02"}},
	{"openid without a user", credentialsStep(param("scope", "openid")), []string{"OA-13"}},

	{"all at once", bySecret(presenting(noCertificate, func(b *bench) *fapitest.Answer {
		code := b.newCode(noParam("code_challenge"), noParam("code_challenge_method"))
		return b.got(b.a.Redeem(b.Context(), code, verifier, noParam("code_verifier"), wait(time.Minute)))
	})), []string{"F2-AS-06", "F2-AS-04", "PKCE-08", "F2-AS-11"}},
	{"all at once, pushed", push(claim("aud", []string{issuer}), joseHeader("typ", "x+jwt"), noParam("code_challenge"), noParam("code_challenge_method"),
		param("response_mode", "form_post"), param("ui_locales", "en", "de")), []string{"OA-01", "F2-CR-01", "F2-AS-08", "OC-04", "F2-AZ-05"}},
}

func TestReportOnlyFindsWhatLegacyClientsLack(t *testing.T) {
	t.Parallel()
	for store := range stores {
		for _, one := range fapi2Steps {
			t.Run(store+"/"+one.name, func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) { one.judge(t, toFAPI2, store) })
			})
		}
	}
}

func (one judgedStep) judge(t *testing.T, tr trial, store string) {
	t.Helper()
	b, got := tr.start(t, store)
	a := one.step(b)
	require.Less(t, a.Status, http.StatusBadRequest, "%s %s", a.Header.Get("Location"), a.Body)
	assert.NotContains(t, a.Header.Get("Location"), "error=")
	all := got.of(b)
	require.NotEmpty(t, all)
	last := all[len(all)-1]
	assert.ElementsMatch(t, one.want, ids(last), "%+v", last)
	assert.Empty(t, last.Unjudged)
	assert.Equal(t, "client-a", last.Client)
	assert.Equal(t, tr.judging.Name, last.Profile)
	assert.NotZero(t, last.Time)
	for _, unmet := range last.Unmet {
		assert.NotEmpty(t, unmet.Reason)
		assert.True(t, requirements()[unmet.ID] || strings.HasPrefix(unmet.ID, "ACME-"), "%+v", unmet)
		assert.NotEmpty(t, unmet.Clause, "%+v", unmet)
	}
	assert.Zero(t, b.provider.LostReports())
}

// TestReportOnlyByFAPI1: a legacy client that is to have FAPI 1.0 Advanced, by request objects on the front channel.
func TestReportOnlyByFAPI1(t *testing.T) {
	t.Parallel()
	byObject := func(m ...fapitest.Mutation) step {
		return registered(func(c *registration.Client) {
			c.RequestObjectSigningAlg, c.ResponseTypes = "ES256", []string{"code id_token"}
			c.GrantTypes = append(c.GrantTypes, "implicit") // fosite wants it for ID tokens
		}, func(b *bench) *fapitest.Answer {
			b.a.ResponseType = "code id_token"
			// fosite takes response_type, scope and redirect_uri from outside too.
			outside := []fapitest.Mutation{param("response_type", "code id_token"), param("scope", usualScope), param("redirect_uri", b.a.RedirectURI)}
			return b.got(b.a.AuthorizeByValue(b.Context(), fapitest.HTTP(b.handler, nil), b.usualRequest(), append(outside, m...)...))
		})
	}
	for _, one := range []judgedStep{
		{"request object", byObject(), nil},
		{"an object without aud", byObject(fapitest.InObject(noClaim("aud"))), []string{"F1A-AS-15"}},
		{"an object without exp", byObject(fapitest.InObject(noClaim("exp"))), []string{"F1A-AS-13"}},
		{"an object without nbf", byObject(fapitest.InObject(noClaim("nbf"))), []string{"F1A-AS-17"}},
		{"parameters", registered(func(c *registration.Client) {
			c.ResponseTypes = []string{"code id_token"}
			c.GrantTypes = append(c.GrantTypes, "implicit")
		}, func(b *bench) *fapitest.Answer { b.a.ResponseType = "code id_token"; return unpushed()(b) }), []string{"F1A-AS-01"}},
	} {
		t.Run(one.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) { one.judge(t, toAdvanced, "memory") })
		})
	}
}

// TestReportOnlyOfAStricterProfile: client A is served by the Security Profile and judged by Message Signing.
func TestReportOnlyOfAStricterProfile(t *testing.T) {
	t.Parallel()
	for _, one := range []judgedStep{
		{"pushed request object", withObjects(push()), nil},
		{"page of a pushed request object", withObjects(visit()), nil},
		{"redemption", withObjects(redeem()), nil},
		{"refresh", refresh(), nil},
		{"introspection", introspect(), nil},
		{"revocation", revoke(), nil},
		{"parameters", push(), []string{"F2-MS-01"}},
		{"parameters, at the page", visit(), []string{"F2-MS-01"}},
		{"an object without exp", withObjects(push(fapitest.InObject(noClaim("exp")))), []string{"F2-MS-04"}},
		{"an object without nbf", withObjects(push(fapitest.InObject(noClaim("nbf")))), []string{"F2-MS-03"}},
		{"an object without aud", withObjects(push(fapitest.InObject(noClaim("aud")))), []string{"F2-MS-02"}},
		{"an object without any", withObjects(push(fapitest.InObject(noClaim("exp"), noClaim("nbf"), noClaim("aud")))), []string{"F2-MS-02", "F2-MS-03", "F2-MS-04"}},
	} {
		t.Run(one.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) { one.judge(t, toSigned, "memory") })
		})
	}
}
