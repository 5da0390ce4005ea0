package fapi_test

import (
	"context"
	"errors"
	"net/http"
	"testing"

	"github.com/ory/fosite"
	"github.com/ory/fosite/compose"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

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
