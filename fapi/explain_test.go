package fapi_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fosite-fapi/fosite-fapi/fapi"
)

func TestExplainTellsEverything(t *testing.T) {
	t.Parallel()
	for _, p := range builtIn() {
		e := fapi.Explain(p)
		assert.Equal(t, p.Requirements(), e.Requirements)
		for form, said := range map[string]string{"text": e.String(), "Markdown": e.Markdown()} {
			for _, r := range p.Requirements() {
				assert.Equal(t, 1, strings.Count(said, " "+r.ID+" "), "%s of %q says %s once", form, p.Name, r.ID)
				assert.Contains(t, said, r.Clause)
				assert.Contains(t, said, r.Text)
			}
			for _, value := range p.SigningAlgorithms {
				assert.Contains(t, said, string(value))
			}
			assert.Contains(t, said, "30 days")
		}
	}
}

// A rule is explained among the requirements of its stage, and one that was taken away is not, but named.
func TestExplainRules(t *testing.T) {
	t.Parallel()
	pass := func(context.Context, *fapi.Request) error { return nil }
	p := fapi.FAPI2Security().With(
		fapi.Rule{Requirement: fapi.Requirement{ID: "ACME-1", Clause: "ACME 1", Text: "Either | or\n<b>.", Stage: fapi.AtToken}, Check: pass},
		fapi.Rule{Requirement: fapi.Requirement{ID: "ACME-2", Stage: "elsewhere"}, Check: pass},
		fapi.Rule{Requirement: fapi.Requirement{ID: "ACME-3", Text: "Gone.", Stage: fapi.AtToken}, Check: pass},
	).InsecureWithout("ACME-3")
	e := fapi.Explain(p)
	assert.Equal(t, []string{"ACME-3"}, e.Without)
	assert.Contains(t, e.String(), "\n  ACME-1 ")
	assert.Contains(t, e.String(), "\nElsewhere\n\n  ACME-2 ")
	assert.NotContains(t, e.String(), "Gone.")
	assert.Contains(t, e.String(), "WITHOUT, insecurely              ACME-3\n")
	page := e.Markdown()
	assert.Contains(t, page, "| ACME-1 | Either \\| or &lt;b>. | ACME 1 |\n")
	assert.Contains(t, page, "| **Without, insecurely** | ACME-3 |\n")
	for line := range strings.Lines(page) {
		if strings.HasPrefix(line, "|") {
			assert.True(t, strings.HasSuffix(line, "|\n"), "a row is one line: %q", line)
		}
	}
}

func TestCompare(t *testing.T) {
	t.Parallel()
	base := fapi.FAPI2Security()
	same := fapi.Compare(base, base)
	assert.Empty(t, same.Changed)
	assert.Empty(t, same.More)
	assert.Empty(t, same.Less)
	assert.Equal(t, "From fapi2-security to fapi2-security\n", same.String())

	signing := fapi.Compare(base, fapi.FAPI2MessageSigning())
	assert.Contains(t, idsOf(signing.More), "F2-MS-01")
	assert.Contains(t, idsOf(signing.More), "JARM-01")
	assert.Empty(t, signing.Less, "Message Signing takes nothing back")
	back := fapi.Compare(fapi.FAPI2MessageSigning(), base)
	assert.Equal(t, signing.More, back.Less)

	shorter := base
	shorter.Name, shorter.AccessTokenLifetime = "acme", 90*time.Second
	assert.Equal(t, []fapi.Change{{Name: "Access tokens live", A: "5 minutes", B: "90 seconds"}}, fapi.Compare(base, shorter).Changed)
	assert.Contains(t, fapi.Compare(base, shorter).Markdown(), "| Access tokens live | 5 minutes | 90 seconds |\n")

	move := fapi.Compare(fapi.FAPI1Advanced(), base)
	require.NotEmpty(t, move.Less)
	assert.Contains(t, idsOf(move.Less), "F1A-AS-01")
	assert.Contains(t, idsOf(move.More), "F2-AZ-03")
	for _, r := range move.More {
		assert.Contains(t, move.String(), r.Text)
		assert.Contains(t, move.Markdown(), r.Clause)
	}
}

func idsOf(all []fapi.Requirement) (ids []string) {
	for _, r := range all {
		ids = append(ids, r.ID)
	}
	return ids
}

// What a profile demands, for whoever has to know: the values here, the requirements below them in the whole text.
func ExampleExplain() {
	values, _, _ := strings.Cut(fapi.Explain(fapi.FAPI2MessageSigning()).String(), "\n\nClient authentication\n")
	fmt.Println(values)
	// Output:
	// Profile fapi2-message-signing
	//
	//   Authorization requests           pushed, as signed request objects, with PKCE
	//   Authorization responses          signed, by JARM
	//   Authorization codes live         1 minute
	//   Pushed requests live             1 minute
	//   Login and consent may take       10 minutes
	//   Access tokens live               5 minutes
	//   Refresh tokens live              30 days
	//   ID tokens live                   5 minutes
	//   Client assertions expire within  1 hour
	//   Signing algorithms               PS256, ES256, EdDSA
	//   Client authentication            private_key_jwt, tls_client_auth, self_signed_tls_client_auth
	//   Access tokens are bound by       mtls, dpop
	//   Response types                   code
	//   Response modes                   jwt, query.jwt, form_post.jwt, fragment.jwt
	//   Grant types                      authorization_code, refresh_token, client_credentials
}

// What changes for a client whose authorization requests are to be signed.
func ExampleCompare() {
	fmt.Print(fapi.Compare(fapi.FAPI2Security(), fapi.FAPI2MessageSigning(fapi.SignedRequests)))
	// Output:
	// From fapi2-security to fapi2-message-signing
	//
	// Changed
	//
	//   Authorization requests: pushed, as signed request objects, with PKCE, was pushed, with PKCE
	//
	// Demanded by fapi2-message-signing alone
	//
	//   F2-MS-01       Authorization requests are pushed as signed request objects. (FAPI 2.0 MS 5.3.1-1)
	//   F2-MS-02       aud of a request object is the issuer identifier, or an array with it. (FAPI 2.0 MS 5.3.1-2)
	//   F2-MS-03       A request object has nbf, which lies 60 minutes in the past at most. (FAPI 2.0 MS 5.3.1-3)
	//   F2-MS-04       A request object has exp, 60 minutes after nbf at most. (FAPI 2.0 MS 5.3.1-4)
	//   F2-MS-05       A request object of typ oauth-authz-req+jwt is accepted. (FAPI 2.0 MS 5.3.1-5)
}
