package fapi_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/ory/fosite"
	"github.com/ory/fosite/compose"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fosite-fapi/fosite-fapi/cnf"
	"github.com/fosite-fapi/fosite-fapi/fapi"
	"github.com/fosite-fapi/fosite-fapi/fapitest"
	"github.com/fosite-fapi/fosite-fapi/keys"
)

func rule(id string, stage fapi.Stage, check func(*fapi.Request) error) fapi.Rule {
	return fapi.Rule{
		Requirement: fapi.Requirement{ID: id, Clause: "house rule", Text: "A rule of the host.", Stage: stage},
		Check:       func(_ context.Context, r *fapi.Request) error { return check(r) },
	}
}

func TestRules(t *testing.T) {
	var seen []*fapi.Request
	profile := fapi.FAPI2Security().With(
		rule("ACME-1", fapi.AtPushedRequest, func(r *fapi.Request) error {
			seen = append(seen, r)
			if r.Parameters.Get("purpose") == "" {
				return fosite.ErrInvalidRequest.WithHint("Send purpose.")
			}
			return nil
		}),
		rule("ACME-2", fapi.AtToken, func(r *fapi.Request) error {
			if r.GrantType == "client_credentials" && r.Metadata.ClientName == "" {
				return errors.New("what only the log may know")
			}
			return nil
		}),
	)
	b := newBench(t, "json")
	b.recompose(profile)

	params := b.a.Request(fapitest.Verifier(), "accounts")
	refused := b.push(b.a, params)
	assert.Equal(t, http.StatusBadRequest, refused.Status)
	assert.Equal(t, "invalid_request", refused.Text("error"))
	assert.Equal(t, "Send purpose. (ACME-1)", refused.Text("error_description"))
	assert.Equal(t, "ACME-1", b.events.last())

	params.Set("purpose", "rent")
	require.Equal(t, http.StatusCreated, b.push(b.a, params).Status)
	last := seen[len(seen)-1]
	assert.Equal(t, issuer, last.Issuer)
	assert.Equal(t, b.a.ID, last.Client.GetID())
	assert.Equal(t, "private_key_jwt", last.AuthMethod)
	assert.Equal(t, b.certA.Leaf.SerialNumber, last.Certificate.SerialNumber)
	assert.Equal(t, "fapi2-security", last.Profile)
	assert.False(t, last.Parameters.Has("client_assertion"), "no credential reaches a rule")

	refused, err := b.a.Token(t.Context(), map[string][]string{"grant_type": {"client_credentials"}, "scope": {"accounts"}})
	require.NoError(t, err)
	assert.Equal(t, "invalid_request", refused.Text("error"))
	assert.NotContains(t, string(refused.Body), "only the log")
	assert.Equal(t, "ACME-2", b.events.last())
}

func TestInsecureWithout(t *testing.T) {
	never := rule("ACME-1", fapi.AtPushedRequest, func(*fapi.Request) error { return fosite.ErrInvalidRequest })
	b := newBench(t, "json")
	b.recompose(fapi.FAPI2Security().With(never).InsecureWithout("ACME-1"))
	require.Equal(t, http.StatusCreated, b.push(b.a, b.a.Request(fapitest.Verifier(), "accounts")).Status)
	assert.Equal(t, []string{"fapi2-security without ACME-1"}, b.provider.Weakened())
}

// recompose serves the bench's clients by another profile.
func (b *bench) recompose(profile fapi.Profile) {
	b.Helper()
	config := hostConfig()
	set, err := keys.New(keys.Key{Signer: testEC()})
	require.NoError(b, err)
	b.provider, err = fapi.Compose(config, b.store, compose.NewOAuth2HMACStrategy(config),
		fapi.WithProfile(profile), fapi.WithKeys(set), fapi.WithAudit(b.events))
	require.NoError(b, err)
	b.mount()
	b.connect(b.a, &b.certA)
	b.connect(b.b, &b.certB)
}

// Rules are judged at every station, by what was verified there, and before anything is spent.
func TestRulesAtEveryStage(t *testing.T) {
	t.Parallel()
	for _, stage := range []fapi.Stage{
		fapi.AtClientAuthentication, fapi.AtPushedRequest, fapi.AtAuthorization, fapi.AtToken, fapi.AtRefresh, fapi.AtIntrospection, fapi.AtRevocation, fapi.AtResource,
	} {
		t.Run(string(stage), func(t *testing.T) {
			t.Parallel()
			refusing, seen := false, []fapi.Request{}
			b := newBench(t, "json")
			b.recompose(fapi.FAPI2Security().With(rule("ACME-1", stage, func(r *fapi.Request) error {
				seen = append(seen, *r)
				if refusing {
					return fosite.ErrInvalidRequest.WithHint("No.")
				}
				return nil
			})))
			everything := b.everything(t)
			require.NotEmpty(t, seen, "the rule is asked")
			for _, r := range seen {
				assert.Equal(t, stage, r.Stage)
				assert.Equal(t, "client-a", r.Client.GetID())
				assert.NotNil(t, r.Metadata)
				assert.False(t, r.Time.IsZero())
				assert.False(t, r.Parameters.Has("client_assertion"))
			}
			switch last := seen[len(seen)-1]; stage {
			case fapi.AtToken, fapi.AtRefresh, fapi.AtResource:
				assert.Equal(t, "alice", last.Subject)
				assert.Equal(t, []string{"openid", "offline_access", "accounts"}, []string(last.Scopes))
				assert.Equal(t, cnf.Thumbprint(b.certA.Leaf), last.Confirmation.X5TS256)
			case fapi.AtPushedRequest:
				assert.Equal(t, b.certA.Leaf.SerialNumber, last.Certificate.SerialNumber)
			}
			require.Equal(t, []string{"ok"}, everything, "everything else works")
			refusing = true
			assert.Equal(t, []string{"ACME-1"}, b.everything(t), "and the refusal is the rule's")
			refusing = false
			assert.Equal(t, []string{"ok"}, b.everything(t))
		})
	}
}

// everything runs a flow of client A to its end and returns "ok", or the ID of what was refused.
func (b *bench) everything(t *testing.T) []string {
	t.Helper()
	stop := func(a *fapitest.Answer) bool {
		return a.Status >= 400 || a.Location() != nil && a.Location().Query().Has("error")
	}
	verdict := func() []string { return []string{b.events.newest().ID} }
	a := b.push(b.a, b.a.Request(verifier, usualScope))
	if stop(a) {
		return verdict()
	}
	if a = b.visit(b.a, a.Text("request_uri")); stop(a) {
		return verdict()
	}
	tokens := b.got(b.a.Redeem(t.Context(), a.Location().Query().Get("code"), verifier))
	if stop(tokens) {
		return verdict()
	}
	refreshed := b.got(b.a.Refresh(t.Context(), tokens.Text("refresh_token")))
	if stop(refreshed) {
		return verdict()
	}
	r := httptest.NewRequest(http.MethodGet, "https://as.example.com/accounts", nil)
	r.Header.Set("Authorization", "Bearer "+refreshed.Text("access_token"))
	r.TLS = &tls.ConnectionState{PeerCertificates: []*x509.Certificate{b.certA.Leaf}}
	if _, err := b.provider.Authorize(t.Context(), r, fapi.NewSession("")); err != nil {
		return verdict()
	}
	for _, next := range []func(context.Context, string, ...fapitest.Mutation) (*fapitest.Answer, error){b.a.Introspect, b.a.Revoke} {
		if a := b.got(next(t.Context(), refreshed.Text("access_token"))); stop(a) {
			return verdict()
		}
	}
	return []string{"ok"}
}

func TestRuleAtRegistration(t *testing.T) {
	b := newBench(t, "memory")
	b.recompose(fapi.FAPI2Security().With(rule("ACME-9", fapi.AtRegistration, func(r *fapi.Request) error {
		if r.Metadata.ClientName == "" {
			return fosite.ErrInvalidRequest.WithHint("Register client_name.")
		}
		return nil
	})))
	_, client, _ := newClient(t, "named")
	var found *fapi.Problem
	require.ErrorAs(t, b.provider.Check(t.Context(), client), &found)
	assert.Equal(t, "ACME-9", found.ID)
	client.ClientName = "Named"
	require.NoError(t, b.provider.Check(t.Context(), client))
}
