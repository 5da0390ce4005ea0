package main

import (
	"context"
	"errors"
	"net/http"
	"net/url"

	"github.com/fosite-fapi/fosite-fapi/fapitest"
)

// legacyFlow shows that old-app notices nothing of FAPI: neither PAR nor PKCE nor certificates, and refresh tokens that rotate.
func (w *world) legacyFlow(ctx context.Context) error {
	w.story.step("old-app runs its plain code flow, as ever")
	g, err := w.old.newGrant(ctx, w.alice)
	if err != nil {
		return err
	}
	w.story.step("old-app calls the API in the server's own process, by a bearer token")
	answer, err := get(ctx, w.old.http, w.old.server.UserinfoEndpoint, g.access)
	if _, err = want(http.StatusOK, answer, err); err != nil {
		return err
	}
	w.story.step("old-app refreshes its access token")
	tokens, err := w.old.refresh(ctx, g.refresh)
	if tokens, err = want(http.StatusOK, tokens, err); err != nil {
		return err
	}
	if tokens.Text("refresh_token") == "" || tokens.Text("refresh_token") == g.refresh {
		return errors.New("plain fosite rotates the refresh token")
	}
	w.story.checked("the refresh token is a new one: it rotates, as plain fosite does it")
	return nil
}

// legacyAttacks use the legacy client as a way around the profile. Where plain fosite refuses, no requirement is named.
func (p *plan) legacyAttacks() []attack {
	const prize = "alice's accounts through the weaker door: a token that is bound to nothing"
	return []attack{
		{
			title: "old-app redeems a code of budget-app",
			prize: prize,
			try:   legacyRedeems,
			want:  refusal{400, "invalid_grant", ""},
			then:  "the code is not spent: budget-app redeems it",
		},
		{
			title: "old-app uses a refresh token of budget-app",
			prize: prize,
			try:   legacyRefreshes,
			want:  refusal{400, "invalid_grant", ""},
			then:  "budget-app goes on using it",
		},
		{
			title: "budget-app's client_id, authenticated by a secret",
			prize: prize,
			try:   profiledBySecret,
			want:  refusal{401, "invalid_client", p.ids.method},
		},
		{
			title: "old-app authenticates, and says client_id=budget-app in the form",
			prize: "the secret of one client checked, the rights of another used",
			try:   twoClients,
			want:  refusal{401, "invalid_client", "F1B-AS-19"},
		},
		{
			title: "rival-app uses a refresh token of old-app",
			prize: "alice's consent to somebody else",
			try:   profiledRefreshesLegacy,
			want:  refusal{400, "invalid_grant", "OA-15"},
			then:  "old-app goes on using it",
		},
		{
			title: "old-app's bearer token at the accounts API",
			prize: "accounts for a token that anybody could have copied",
			try:   legacyTokenAtAccounts,
			want:  refusal{401, "invalid_token", p.ids.bound},
		},
	}
}

func legacyRedeems(ctx context.Context, w *world) (attempt, error) {
	g, err := w.newCode(ctx, w.app)
	if err != nil {
		return attempt{}, err
	}
	answer, err := w.old.token(ctx, url.Values{
		"grant_type": {"authorization_code"}, "code": {g.code}, "redirect_uri": {w.app.RedirectURI}, "code_verifier": {g.verifier},
	})
	return attempt{answer, func() error {
		answer, err := w.app.Redeem(ctx, g.code, g.verifier)
		return granted(http.StatusOK, answer, err)
	}}, err
}

func legacyRefreshes(ctx context.Context, w *world) (attempt, error) {
	g, err := w.newGrant(ctx, w.app)
	if err != nil {
		return attempt{}, err
	}
	answer, err := w.old.refresh(ctx, g.refresh)
	return attempt{answer, func() error {
		answer, err := w.app.Refresh(ctx, g.refresh)
		return granted(http.StatusOK, answer, err)
	}}, err
}

func profiledBySecret(ctx context.Context, w *world) (attempt, error) {
	answer, err := w.app.Refresh(ctx, "any", func(m *fapitest.Message) {
		m.Assertion.Claims = nil
		m.Header.Set("Authorization", "Basic YnVkZ2V0LWFwcDpzZWNyZXQ=") // budget-app:secret
	})
	return attempt{answer: answer}, err
}

func twoClients(ctx context.Context, w *world) (attempt, error) {
	g, err := w.newGrant(ctx, w.app)
	if err != nil {
		return attempt{}, err
	}
	answer, err := w.old.token(ctx, url.Values{
		"grant_type": {"refresh_token"}, "refresh_token": {g.refresh}, "client_id": {w.app.ID},
	})
	return attempt{answer: answer}, err
}

func profiledRefreshesLegacy(ctx context.Context, w *world) (attempt, error) {
	g, err := w.old.newGrant(ctx, w.alice)
	if err != nil {
		return attempt{}, err
	}
	answer, err := w.rival.Refresh(ctx, g.refresh)
	return attempt{answer, func() error {
		answer, err := w.old.refresh(ctx, g.refresh)
		return granted(http.StatusOK, answer, err)
	}}, err
}

func legacyTokenAtAccounts(ctx context.Context, w *world) (attempt, error) {
	g, err := w.old.newGrant(ctx, w.alice)
	if err != nil {
		return attempt{}, err
	}
	answer, err := get(ctx, w.old.http, w.accountsURL, g.access)
	return attempt{answer: answer}, err
}
