package fapi_test

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"errors"
	"math"
	"net/http"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/ory/fosite"
	"github.com/ory/fosite/handler/oauth2"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fosite-fapi/fosite-fapi/fapi"
	"github.com/fosite-fapi/fosite-fapi/fapitest"
	"github.com/fosite-fapi/fosite-fapi/keys"
	"github.com/fosite-fapi/fosite-fapi/registration"
)

// The messages from which the refused ones of the other files differ by one change, under all the demands that they
// meet.
func TestClausesUsual(t *testing.T) {
	t.Parallel()
	clauses{
		{"F2-AZ-01 F2-AZ-04 F2-AZ-06 F2-AS-03 F2-AS-06 F2-AS-07 BCP-01 F1B-AS-19 OA-02 PAR-01 PAR-04 PAR-07 PAR-12/kept the pushed request", push(), created},
		{"OA-03 PAR-26/kept the visit", visit(), approved},
		{"F2-AS-02 F2-AS-05/kept the code", redeem(), boundTo(certificateA)},
		{"MTLS-23/kept the refresh token", refresh(), issued},
	}.run(t)
	clauses{
		{"DPOP-21 DPOP-22/kept the proof", redeem(), keyBound},
		{"DPOP-21 DPOP-08/refused a proof for GET", redeem(proof("htm", http.MethodGet)), refused(400, "invalid_dpop_proof", "DPOP-08")},
	}.onKeys(t)
	clauses{
		{"F1A-IDT-01 F1B-AS-08 F1B-AS-09 F1B-AS-10 F1B-AS-20 F1B-AS-24 F1B-NAT-01 JAR-06 JAR-07 JAR-15 JAR-18 OIDC-3.3.2.1/kept the request", byFront(), answered(inFragment)},
		{"F1A-AS-14 F1A-AS-16 F1B-AS-01 F1B-AS-05 F1B-AS-06 JW-01 JW-02 PAR-21/kept the pushed request", push(), created},
		{"F1A-AS-05 F1B-AS-13/kept the code", redeem(), issued},
	}.asking(t, hybrid)
}

// What FAPI 1.0 refuses under another ID than FAPI 2.0, by the same check.
func TestClausesFAPI1Base(t *testing.T) {
	t.Parallel()
	short, err := rsa.GenerateKey(rand.Reader, 1024)
	require.NoError(t, err)
	clauses{
		{"JW-02/refused typ of an access token", push(joseHeader("typ", "at+jwt")), invalid("JW-02")},
		{"F1B-AS-05/refused RSA key of 1024 bits", keyed(short, jose.PS256), invalid("F1B-AS-05")},
		{"CA-05/refused nbf 61 s ahead", push(ahead("nbf", 61*time.Second)), invalid("CA-05")},
		{"F1B-AS-10/refused a fragment", registered(redirectingTo("https://client-a.example.com/callback#x"), byFront(object("redirect_uri", "https://client-a.example.com/callback#x"))), page(400, "invalid_request", "F1B-AS-10")},
		{"BCP-09/kept less scope than requested", granting("openid accounts", byFront()), answered(inFragment)},
		{"BCP-09/refused more scope than requested", granting("openid accounts payments", byFront()), denied(inFragment, "server_error", "BCP-09")},
		{"RFC7519-4.1.6/kept iat 8 s ahead", byFront(objectAhead("iat", 8*time.Second)), answered(inFragment)},
		{"RFC7519-4.1.6/refused iat 61 s ahead", byFront(objectAhead("iat", 61*time.Second)), page(400, invalidObject, "RFC7519-4.1.6")},
	}.asking(t, hybrid)
}

// loggedInBefore lets the user have logged in that long before the request.
func loggedInBefore(age time.Duration, s step) step {
	return func(b *bench) *fapitest.Answer { return loggedInAt(time.Now().Add(-age), s)(b) }
}

// loggedInAt lets the host say that the user logged in then.
func loggedInAt(at time.Time, s step) step {
	return func(b *bench) *fapitest.Answer {
		b.interaction(func(_ http.ResponseWriter, _ *http.Request, ar fosite.AuthorizeRequester) (*fapi.Decision, error) {
			session := fapi.NewSession("alice")
			session.IDToken.AuthTime = at
			return &fapi.Decision{Session: session, Scopes: ar.GetRequestedScopes()}, nil
		})
		return s(b)
	}
}

func TestClausesOpenID(t *testing.T) {
	t.Parallel()
	clauses{
		{"OIDC-3.1.2.1/kept logged in 4 minutes ago", loggedInBefore(4*time.Minute, authorize(param("max_age", "300"))), approved},
		{"OIDC-3.1.2.1/refused logged in 6 minutes ago", loggedInBefore(6*time.Minute, authorize(param("max_age", "300"))), sentBack("login_required", "OIDC-3.1.2.1")},
		{"OIDC-3.1.2.1/kept logged in 4 minutes ago, for default_max_age", registered(aging(300), loggedInBefore(4*time.Minute, authorize())), approved},
		{"OIDC-3.1.2.1/refused logged in 6 minutes ago, for default_max_age", registered(aging(300), loggedInBefore(6*time.Minute, authorize())), sentBack("login_required", "OIDC-3.1.2.1")},
		{"OIDC-3.1.2.1/kept max_age in the place of default_max_age", registered(aging(300), loggedInBefore(6*time.Minute, authorize(param("max_age", "600")))), approved},
		{"OIDC-3.1.2.1/kept default_max_age beyond all lives", registered(aging(math.MaxInt64), loggedInBefore(6*time.Minute, authorize())), approved},
		{"FAPI-HOST/refused default_max_age and no auth_time", registered(aging(300), loggedInAt(time.Time{}, authorize())), sentBack("server_error", "FAPI-HOST")},
		{"OIDC-3.1.2.1/refused another user than in the hint", asUser("bob", hinting(false)), sentBack("login_required", "OIDC-3.1.2.1")},
		{"OIDC-5.5/kept claims", authorize(param("claims", `{"id_token":{"acr":null}}`)), approved},
		{"OIDC-5.5/kept an unknown name, which differs by case alone", authorize(param("claims", `{"id_token":{"acr":null},"ID_TOKEN":{"sub":{"value":"bob"}}}`)), approved},
		{"OIDC-5.5/refused a name that stands twice", push(param("claims", `{"id_token":{"acr":null},"id_token":{"acr":null}}`)), refused(400, "invalid_request", "OIDC-5.5")},
		{"OIDC-5.5/refused a claim that stands twice", push(param("claims", `{"id_token":{"acr":null,"acr":null}}`)), refused(400, "invalid_request", "OIDC-5.5")},
		{"OIDC-5.5/refused a list", push(param("claims", `[]`)), refused(400, "invalid_request", "OIDC-5.5")},
		{"FAPI-HOST/kept auth_time for max_age", loggedInBefore(0, authorize(param("max_age", "300"))), approved},
		{"FAPI-HOST/refused max_age and no auth_time", loggedInAt(time.Time{}, authorize(param("max_age", "300"))), sentBack("server_error", "FAPI-HOST")},
	}.run(t)
}

func aging(seconds int64) func(*registration.Client) {
	return func(c *registration.Client) { c.DefaultMaxAge = &seconds }
}

// asUser lets another user log in once client A has an ID token.
func asUser(user string, s step) step {
	return func(b *bench) *fapitest.Answer {
		b.interaction(func(_ http.ResponseWriter, _ *http.Request, ar fosite.AuthorizeRequester) (*fapi.Decision, error) {
			who := "alice"
			if ar.GetRequestForm().Has("id_token_hint") {
				who = user
			}
			return &fapi.Decision{Session: fapi.NewSession(who), Scopes: ar.GetRequestedScopes()}, nil
		})
		return s(b)
	}
}

func TestClausesPublished(t *testing.T) {
	t.Parallel()
	clauses{
		{"JARM-40/kept", get(wellKnownOAuth), document(all(
			member("authorization_signing_alg_values_supported", []any{"PS256", "ES256"}),
			func(b *bench, a *fapitest.Answer) {
				assert.Contains(b, a.JSON["authorization_encryption_alg_values_supported"], "ECDH-ES")
			},
		))},
		{"JARM-41/kept", get(wellKnownOAuth), document(member("response_modes_supported", []any{"jwt", "query.jwt", "form_post.jwt", "fragment.jwt"}))},
		{"JAR-32/kept", get(wellKnownOAuth), document(all(
			member("request_parameter_supported", true), member("request_uri_parameter_supported", false), member("require_signed_request_object", true),
		))},
		{"INT-20/kept", get(wellKnownOAuth), document(member("introspection_signing_alg_values_supported", []any{"PS256", "ES256"}))},
	}.asking(t, nonRepudiable)
	clauses{
		{"JAR-32/kept request_uris are registered", get(wellKnownOAuth), document(all(
			member("request_uri_parameter_supported", true), member("require_request_uri_registration", true),
		))},
	}.asking(t, hybrid)
}

// Where a part of the server fails, nothing passes that it should have judged.
func TestClausesFailures(t *testing.T) {
	t.Parallel()
	unavailable := func(id string) check { return refused(503, "temporarily_unavailable", id) }
	var down bool
	failing := errors.New("down")
	for _, c := range []struct {
		name   string
		option func(b *bench) fapi.Option
		down   bool
		want   check
	}{
		{"FAPI-STORE/kept", onceUnless(&down, failing), false, created},
		{"FAPI-STORE/refused the store is down", onceUnless(&down, failing), true, unavailable("FAPI-STORE")},
		{"FAPI-AUDIT/kept", auditedUnless(&down, failing), false, created},
		{"FAPI-AUDIT/refused the audit is down", auditedUnless(&down, failing), true, unavailable("FAPI-AUDIT")},
	} {
		t.Run(c.name, func(t *testing.T) {
			down = false
			b := newBench(t, "json")
			var err error
			b.provider, err = composed(hostConfig(), b.store, fapi.WithProfile(fapi.FAPI2Security()), fapi.WithAudit(b.events), c.option(b))
			require.NoError(t, err)
			b.mount()
			b.connect(b.a, &b.certA)
			down = c.down
			c.want(b, push()(b))
		})
	}
	set, err := keys.New(keys.Key{Signer: testEC()})
	require.NoError(t, err)
	for _, c := range []struct {
		name string
		down bool
		want check
	}{
		{"FAPI-KEYS/kept", false, issued},
		{"FAPI-KEYS/refused the keys are out of reach", true, unavailable("FAPI-KEYS")},
	} {
		t.Run(c.name, func(t *testing.T) {
			down = false
			b := keyBench(t, fapi.WithKeySource(func(context.Context) (*keys.Set, error) {
				if down {
					return nil, failing
				}
				return set, nil
			}))
			code := b.newCode()
			down = c.down
			c.want(b, b.got(b.a.Redeem(t.Context(), code, verifier)))
		})
	}
}

func onceUnless(down *bool, err error) func(*bench) fapi.Option {
	return func(*bench) fapi.Option { return fapi.WithSingleUse(&fragile{down: down, err: err}) }
}

func auditedUnless(down *bool, err error) func(*bench) fapi.Option {
	return func(*bench) fapi.Option {
		return fapi.WithRequiredAudit(fapi.AuditFunc(func(context.Context, fapi.Event) error {
			if *down {
				return err
			}
			return nil
		}))
	}
}

// fragile is a single use that may be down.
type fragile struct {
	down *bool
	err  error
}

func (f *fragile) UseOnce(context.Context, string, string, time.Time) (bool, error) {
	if *f.down {
		return false, f.err
	}
	return true, nil
}

func (f *fragile) Used(context.Context, string, string) (bool, error) { return false, nil }

// MTLS-24 from the side that is kept: anchors that the host names.
func TestClausesTrustAnchors(t *testing.T) {
	t.Parallel()
	t.Run("MTLS-24/kept anchors of the host's choice", func(t *testing.T) {
		t.Parallel()
		_, err := composed(hostConfig(), stores["memory"](), fapi.WithProfile(fapi.FAPI2Security()), fapi.WithTrustAnchors(testPKI().Pool()))
		require.NoError(t, err)
	})
	t.Run("F2-AZ-02/refused a store without pushed requests", func(t *testing.T) {
		t.Parallel()
		_, err := composed(hostConfig(), struct{ oauthStore }{stores["memory"]().(oauthStore)}, fapi.WithProfile(fapi.FAPI2Security()))
		var problem *fapi.Problem
		require.ErrorAs(t, err, &problem)
		assert.Equal(t, "F2-AZ-02", problem.ID)
	})
}

// oauthStore is what a store needs beside pushed requests.
type oauthStore interface {
	fosite.Storage
	oauth2.CoreStorage
	oauth2.TokenRevocationStorage
}

// A profile without DPoP takes nothing of it, and says so before it looks closer.
func TestClausesWithoutDPoP(t *testing.T) {
	t.Parallel()
	narrow := fapi.FAPI2Security()
	narrow.Bindings = []fapi.Binding{fapi.BindingMTLS}
	clauses{
		{"F2-AS-05/kept neither proof nor dpop_jkt", push(), created},
		{"F2-AS-05/refused a proof", push(httpHeader("DPoP", "e30.e30.e30")), refused(400, "invalid_request", "F2-AS-05")},
		{"F2-AS-05/refused two", push(httpHeader("DPoP", "e30.e30.e30", "e30.e30.e30")), refused(400, "invalid_request", "F2-AS-05")},
		{"F2-AS-05/refused dpop_jkt", push(param("dpop_jkt", text(43))), refused(400, "invalid_request", "F2-AS-05")},
		{"F2-AS-05/refused dpop_jkt that is none", push(param("dpop_jkt", "x")), refused(400, "invalid_request", "F2-AS-05")},
	}.under(t, narrow)
}
