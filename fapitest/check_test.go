package fapitest_test

import (
	"context"
	"net/http"
	"testing"

	"github.com/ory/fosite"
	"github.com/stretchr/testify/assert"

	"github.com/fosite-fapi/fosite-fapi/fapi"
	"github.com/fosite-fapi/fosite-fapi/fapitest"
)

// forged is an answer that a broken server might give: a real one, changed.
func forged(do fapitest.Step, change func(a *fapitest.Answer)) fapitest.Step {
	return func(s *fapitest.Server) *fapitest.Answer {
		a := do(s)
		change(a)
		return a
	}
}

func header(name, value string) func(*fapitest.Answer) {
	return func(a *fapitest.Answer) { a.Header.Set(name, value) }
}

// Every check passes and fails, each for its own reason.
func TestChecks(t *testing.T) {
	t.Parallel()
	push, visit, denied := fapitest.Push(), fapitest.Visit(), fapitest.Visit().Denied(fosite.ErrAccessDenied)
	stranger := fapitest.Push(fapitest.Claim("sub", "client-b"))
	page := fapitest.Visit(fapitest.NoParam("request_uri"))
	accepted, refused := fapitest.Accepted(), fapitest.Refused
	silent := func(a *fapitest.Answer) { a.Audit = nil }
	for _, c := range []struct {
		name string
		do   fapitest.Step
		want fapitest.Check
		says string // "" passes
	}{
		{"Accepted pushed", push, accepted, ""},
		{"Accepted redirect", visit, accepted, ""},
		{"Accepted tokens", fapitest.Flow(), accepted, ""},
		{"Accepted revocation", fapitest.Revoke(), accepted, ""},
		{"Accepted resource", fapitest.Resource(), accepted, ""},
		{"Accepted refusal", stranger, accepted, "CA-02"},
		{"Accepted denial", denied, accepted, "access_denied"},
		{"Accepted page", page, accepted, "F2-AZ-03"},
		{"Accepted error by 200", forged(push, func(a *fapitest.Answer) { a.JSON["error"] = "invalid_request" }), accepted, "invalid_request"},
		{"Accepted unseen", forged(push, silent), accepted, "the audit saw nothing"},
		{"Accepted refused to the audit", forged(push, func(a *fapitest.Answer) { a.Audit[0].Granted = false }), accepted, "the audit saw"},
		{"Accepted by 302", forged(visit, func(a *fapitest.Answer) { a.Status = 302 }), accepted, "302"},
		{"Accepted to elsewhere", forged(visit, header("Location", "https://evil.example/?code=x&iss="+fapitest.Issuer)), accepted, "no redirect URI of the client"},
		{"Accepted to a longer host", forged(visit, header("Location", "https://client-a.example.com/callbacks?code=x&iss="+fapitest.Issuer)), accepted, "no redirect URI of the client"},
		{"Accepted without iss", forged(visit, header("Location", "https://client-a.example.com/callback?code=x")), accepted, "Not equal"},
		{"Accepted without code", forged(visit, header("Location", "https://client-a.example.com/callback?iss="+fapitest.Issuer)), accepted, "the answer leads to"},

		{"Refused JSON", stranger, refused("CA-02", "invalid_client", 401), ""},
		{"Refused page", page, refused("F2-AZ-03", "invalid_request", 400), ""},
		{"Refused redirect", denied, refused("OA-09", "access_denied", 303), ""},
		{"Refused resource", fapitest.Resource(fapitest.Presenting(nil)), refused("F2-RS-05", "invalid_token", 401), ""},
		{"Refused unknown token", fapitest.Resource(fapitest.Header("Authorization", "Bearer x")), refused("BT-04", "invalid_token", 401), ""},
		{"Refused accepted", push, refused("CA-02", "invalid_client", 401), "201"},
		{"Refused accepted redirect", visit, refused("OA-09", "access_denied", 303), "code="},
		{"Refused other ID", stranger, refused("CA-03", "invalid_client", 401), "CA-03"},
		{"Refused other code", stranger, refused("CA-02", "invalid_request", 401), "invalid_request"},
		{"Refused other status", stranger, refused("CA-02", "invalid_client", 400), "400"},
		{"Refused other ID of a redirect", denied, refused("OA-10", "access_denied", 303), "OA-10"},
		{"Refused other code of a redirect", denied, refused("OA-09", "server_error", 303), "server_error"},
		{"Refused other ID of a page", page, refused("F2-AZ-04", "invalid_request", 400), "F2-AZ-04"},
		{"Refused other code of a page", page, refused("F2-AZ-03", "invalid_client", 400), "invalid_client"},
		{"Refused with an ID", stranger, refused("", "invalid_client", 401), "the audit saw a refusal"},
		{"Refused unseen", forged(stranger, silent), refused("CA-02", "invalid_client", 401), "the audit saw no refusal"},
		{"Refused and granted", forged(stranger, func(a *fapitest.Answer) { a.Audit = append(a.Audit, fapi.Event{Granted: true}) }), refused("CA-02", "invalid_client", 401), "granted after all"},
		{"Refused cached", forged(stranger, header("Cache-Control", "public")), refused("CA-02", "invalid_client", 401), "no-store"},
		{"Refused with a token", forged(stranger, func(a *fapitest.Answer) { a.JSON["access_token"] = "x" }), refused("CA-02", "invalid_client", 401), "access_token"},
		{"Refused by a page", forged(stranger, header("Content-Type", "text/html")), refused("CA-02", "invalid_client", 401), "a page"},
		{"Refused to elsewhere", forged(denied, header("Location", "https://evil.example/?error=access_denied&iss="+fapitest.Issuer)), refused("OA-09", "access_denied", 303), "no redirect URI"},

		{"Status", push, fapitest.Status(201), ""},
		{"Status other", push, fapitest.Status(200), "201"},
		{"Member", push, fapitest.Member("expires_in", 60.0), ""},
		{"Member other", push, fapitest.Member("expires_in", 61.0), "61"},
		{"Member absent", push, fapitest.Member("access_token", nil), ""},
		{"Member not absent", push, fapitest.Member("expires_in", nil), "60"},
		{"Member of no JSON", page, fapitest.Member("expires_in", nil), "html"},
		{"Active", fapitest.Introspect(), fapitest.Active(true), ""},
		{"Active not", fapitest.Introspect(), fapitest.Active(false), "active"},
		{"Returned", visit, fapitest.Returned("iss", fapitest.Issuer), ""},
		{"Returned other", visit, fapitest.Returned("iss", "https://other.example.com"), "other.example.com"},
		{"Returned absent", visit, fapitest.Returned("error"), ""},
		{"Returned not absent", visit, fapitest.Returned("code"), "ory_ac_"},
		{"Returned nowhere", page, fapitest.Returned("error"), "leads to no client"},
		{"HasHeader", push, fapitest.HasHeader("Cache-Control", "no-store"), ""},
		{"HasHeader other", push, fapitest.HasHeader("Cache-Control", "public"), "public"},
		{"HasHeader absent", push, fapitest.HasHeader("Location"), ""},
		{"HasHeader not absent", push, fapitest.HasHeader("Cache-Control"), "no-store"},
		{"IDTokenClaim", fapitest.Flow(), fapitest.IDTokenClaim("sub", "alice"), ""},
		{"IDTokenClaim other", fapitest.Flow(), fapitest.IDTokenClaim("sub", "bob"), "alice"},
		{"IDTokenClaim absent", fapitest.Flow(), fapitest.IDTokenClaim("acr", nil), ""},
		{"IDTokenClaim not absent", fapitest.Flow(), fapitest.IDTokenClaim("sub", nil), "alice"},
		{"IDTokenClaim without a token", push, fapitest.IDTokenClaim("sub", nil), "Should NOT be empty"},
		{"IDTokenClaim of another server", forged(fapitest.Flow(), func(a *fapitest.Answer) {
			other, err := fapitest.Sign(fapitest.Key("stranger", "ES256"), "ES256", nil, map[string]any{"sub": "alice"})
			assert.NoError(t, err)
			a.JSON["id_token"] = other
		}), fapitest.IDTokenClaim("sub", "alice"), "unexpected error"},

		{"Audited", denied, fapitest.Audited(fapi.Event{Stage: fapi.AtPushedRequest, Granted: true}, fapi.Event{ID: "OA-09", Client: "client-a"}), ""},
		{"Audited other ID", denied, fapitest.Audited(fapi.Event{ID: "OA-10"}), "OA-10"},
		{"Audited other client", denied, fapitest.Audited(fapi.Event{ID: "OA-09", Client: "client-b"}), "client-b"},
		{"Audited granted", denied, fapitest.Audited(fapi.Event{ID: "OA-09", Granted: true}), "Granted"},
		{"Audited in another order", denied, fapitest.Audited(fapi.Event{ID: "OA-09"}, fapi.Event{Granted: true}), "event 1 of 2"},
		{"Audited more", push, fapitest.Audited(fapi.Event{Granted: true}, fapi.Event{Granted: true}), "the audit saw"},
		{"Audited none", push, fapitest.Audited(), "which events?"},

		{"All", push, fapitest.All(fapitest.Status(201), accepted), ""},
		{"All but one", push, fapitest.All(accepted, fapitest.Status(200), accepted), "201"},
	} {
		t.Run(c.name, func(t *testing.T) {
			test := func(tb testing.TB) {
				fapitest.Row{Name: c.name, Do: c.do, Want: c.want}.Test(fapitest.NewServer(tb, fapitest.Config{}))
			}
			if c.says == "" {
				passes(t, test)
			} else {
				fails(t, c.says, test)
			}
		})
	}
}

// What the test itself got wrong ends it, and says so.
func TestMistakes(t *testing.T) {
	t.Parallel()
	scopeless := fapi.FAPI2Security()
	scopeless.AuthorizationCodeLifetime *= 2
	user := fapitest.User{Subject: "bob"}
	none := func(context.Context, *fapi.Request) error { return nil }
	rule := fapi.Rule{Requirement: fapi.Requirement{ID: "ACME-1", Stage: fapi.AtPushedRequest}, Check: none}
	hosts := func(store fosite.Storage, o ...fapi.Option) (*fapi.Provider, error) {
		return fapi.New(store, nil, o...)
	}
	for _, c := range []struct {
		name, says string
		config     fapitest.Config
		do         fapitest.Step
	}{
		{"profile", "F2-AS-11", fapitest.Config{Profiles: []fapi.Profile{scopeless}}, nil},
		{"same ID twice", "two clients have this ID", fapitest.Config{Clients: []fapitest.ClientConfig{{ID: "x"}, {ID: "x"}}}, nil},
		{"authentication method", "client_secret_jwt", fapitest.Config{Clients: []fapitest.ClientConfig{{AuthMethod: "client_secret_jwt"}}}, nil},
		{"algorithm", "HS256", fapitest.Config{Clients: []fapitest.ClientConfig{{Algorithm: "HS256"}}}, nil},
		{"binding", "rope", fapitest.Config{Clients: []fapitest.ClientConfig{{Binding: "rope"}}}, nil},
		{"rules without profiles", "Rules need Profiles", fapitest.Config{Compose: hosts, Rules: []fapi.Rule{rule}}, nil},
		{"composition", "configurator", fapitest.Config{Compose: hosts}, nil},
		{"client", `no client "nobody"`, fapitest.Config{}, fapitest.Push().As("nobody")},
		{"key", "HS256", fapitest.Config{}, fapitest.Push(fapitest.SignedBy(nil, "HS256"))},
		{"sealed key", "HS256", fapitest.Config{}, fapitest.Push(fapitest.SignedBy(nil, "HS256"), fapitest.Sealed)},
		{"usual push refused", "CA-02", fapitest.Config{}, fapitest.Visit().Pushing(fapitest.NoClaim("iss"))},
		{"usual visit refused", "no code: 303", fapitest.Config{}, fapitest.Redeem().Denied(fosite.ErrAccessDenied)},
		{"refused before Then", "CA-02", fapitest.Config{}, fapitest.Push(fapitest.NoClaim("iss")).Then(func(_ *fapitest.Server, a *fapitest.Answer) *fapitest.Answer { return a })},
		{"no user", "the host's own interaction", fapitest.Config{Interaction: &user}, fapitest.Visit().By(user)},
		{"copied registration", "keeps a copy", fapitest.Config{Store: copying}, fapitest.Push().Registered(nil)},
		{"no step", "needs Do and Want", fapitest.Config{}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			fails(t, c.says, func(tb testing.TB) {
				fapitest.Row{Do: c.do, Want: fapitest.Status(http.StatusTeapot)}.Test(fapitest.NewServer(tb, c.config))
			})
		})
	}
}

// copying is a store that makes clients of its own.
func copying(clients ...fosite.Client) fosite.Storage {
	copies := make([]fosite.Client, len(clients))
	for i, c := range clients {
		copies[i] = &fosite.DefaultClient{ID: c.GetID()}
	}
	return fapitest.NewJSONStore(copies...)
}
