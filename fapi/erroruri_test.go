package fapi_test

import (
	"context"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/go-jose/go-jose/v4"
	"github.com/ory/fosite"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fosite-fapi/fosite-fapi/fapi"
	"github.com/fosite-fapi/fosite-fapi/fapitest"
	"github.com/fosite-fapi/fosite-fapi/registration"
)

const errorBase = "https://docs.example.com/errors?lang=en"

// uriCharacters are those of error_uri (RFC 6749 4.1.2.1, 5.2).
var uriCharacters = regexp.MustCompile(`^[\x21\x23-\x5B\x5D-\x7E]+$`)

// errorURI judges error_uri of an answer: the page of the requirement and the interaction of the audit's event; none for
// "".
func errorURI(of func(*bench, *fapitest.Answer) string, id string) check {
	return func(b *bench, a *fapitest.Answer) {
		b.Helper()
		raw := of(b, a)
		if id == "" {
			assert.Empty(b, raw)
			return
		}
		e := b.events.newest()
		require.Equal(b, "https://docs.example.com/errors/"+id+"?interaction_id="+e.InteractionID+"&lang=en", raw)
		assert.Regexp(b, uriCharacters, raw)
		assert.Equal(b, e.ID, id)
	}
}

func inBody(b *bench, a *fapitest.Answer) string {
	b.Helper()
	require.NotEmpty(b, a.Text("error"), string(a.Body))
	return a.Text("error_uri")
}

func inRedirect(b *bench, a *fapitest.Answer) string {
	b.Helper()
	params := b.response(a)
	require.NotEmpty(b, params.Get("error"), a.Header.Get("Location"))
	return params.Get("error_uri")
}

// inChallenge is error_uri in WWW-Authenticate, which the body has too.
func inChallenge(b *bench, a *fapitest.Answer) string {
	b.Helper()
	_, rest, _ := strings.Cut(a.Header.Get("WWW-Authenticate"), `error_uri="`)
	uri, _, _ := strings.Cut(rest, `"`)
	assert.Equal(b, a.Text("error_uri"), uri)
	return uri
}

func onPage(b *bench, a *fapitest.Answer) string {
	b.Helper()
	require.Contains(b, string(a.Body), `<p id="error">`)
	if regexp.MustCompile(`docs\.example\.com`).Match(a.Body) {
		return string(a.Body)
	}
	return ""
}

func TestClausesErrorURI(t *testing.T) {
	t.Parallel()
	clauses{
		{"OA-13/kept at the pushed request", push(param("scope", "everything")), errorURI(inBody, "PAR-08")},
		{"OA-13/kept at the token endpoint", redeem(param("code_verifier", text(43))), errorURI(inBody, "PKCE-09")},
		{"OA-13/kept at the introspection endpoint", introspect(noParam("token")), errorURI(inBody, "OA-13")},
		{"OA-13/kept at the revocation endpoint", revoke(noParam("token")), errorURI(inBody, "OA-13")},
		{"OA-13/refused to a stranger", push(unauthenticated), errorURI(inBody, "")},
		{"OA-13/refused with a forged assertion", push(signedBy(newEC(), jose.ES256)), errorURI(inBody, "")},
		{"OA-13/refused with an expired assertion", push(ahead("exp", -1e12)), errorURI(inBody, "")},
		{"OA-13/refused for an unknown client", push(param("client_id", "nobody"), claim("iss", "nobody"), claim("sub", "nobody")), errorURI(inBody, "")},
		{"OA-13/refused before authentication", push(param("scope", "openid", "openid")), errorURI(inBody, "")},
		{"OA-09/kept in a redirect", denying(fosite.ErrAccessDenied, visit()), errorURI(inRedirect, "OA-09")},
		{"OA-09/kept in the redirect of a refusal", reregistered(func(c *registration.Client) { c.Scope = "openid" }), errorURI(inRedirect, "PAR-08")},
		{"OA-09/kept none where the client learns the code alone", granting("payments", authorize()), errorURI(inRedirect, "")},
		{"OA-03/refused on a page", visit(noParam("request_uri")), errorURI(onPage, "")},
		{"OA-09/kept none in an approval", visit(), all(approved, parameter("error_uri", ""))},
		{"BT-04/kept at a resource", resource(httpHeader("Authorization", "Bearer "+text(43)+"."+text(43))), errorURI(inChallenge, "BT-04")},
		{"F2-RS-05/refused without the certificate, and told where to read", visiting((*bench).aToken, noCertificate), errorURI(inChallenge, "F2-RS-05")},
		{"BT-03/kept none without credentials", resource(httpHeader("Authorization")), all(noToken, errorURI(inChallenge, ""))},
	}.run(t, fapi.WithErrorURI(errorBase))

	signedResponses := signing{profile: fapi.FAPI2MessageSigning(fapi.SignedResponses), usual: nonRepudiable.usual, options: []fapi.Option{fapi.WithErrorURI(errorBase)}}
	plain := func(s step) step { return func(b *bench) *fapitest.Answer { b.a.RequestObjects = false; return s(b) } }
	clauses{
		{"JARM-03/kept in the JWT", plain(denying(fosite.ErrAccessDenied, visit())), errorURI(inRedirect, "OA-09")},
		{"JARM-03/kept none in an approval", plain(visit()), answered(inJWT)},
	}.asking(t, signedResponses)

	clauses{
		{"BT-04/kept none at a resource without a base", visiting((*bench).aToken, noCertificate), errorURI(inChallenge, "")},
		{"OA-13/refused without a base", push(param("scope", "everything")), errorURI(inBody, "")},
		{"OA-09/kept none without a base", denying(fosite.ErrAccessDenied, visit()), errorURI(inRedirect, "")},
	}.run(t)
}

func TestErrorURIOption(t *testing.T) {
	t.Parallel()
	for _, base := range []string{"", "docs", "/errors", "http://docs.example.com", "https://", "https://user@docs.example.com", "https://docs.example.com/#", "https://docs.example.com/#errors", "https://docs.example.com/?", "https://docs.example.com/%zz", "javascript:alert(1)"} {
		_, err := composed(hostConfig(), stores["memory"](), fapi.WithProfile(fapi.FAPI2Security()), fapi.WithErrorURI(base))
		require.ErrorContains(t, err, "error_uri", base)
	}
}

// The ID of a host's rule may be anything, error_uri may not.
func TestErrorURIOfARule(t *testing.T) {
	t.Parallel()
	const id = "Acme \"4.2\" \\ ü/..#x?y"
	b := newBench(t, "memory")
	profile := fapi.FAPI2Security().With(fapi.Rule{
		Requirement: fapi.Requirement{ID: id, Stage: fapi.AtPushedRequest},
		Check:       func(_ context.Context, _ *fapi.Request) error { return fosite.ErrInvalidRequest },
	})
	b.reopen(fapi.WithProfile(profile), fapi.WithErrorURI("https://docs.example.com/errors/"))
	raw := push()(b).Text("error_uri")
	assert.Regexp(t, uriCharacters, raw)
	u, err := url.Parse(raw)
	require.NoError(t, err)
	assert.Equal(t, "/errors/"+id, u.Path)
	assert.Equal(t, b.decision().InteractionID, u.Query().Get("interaction_id"))
}
