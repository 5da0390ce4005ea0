package main

import (
	"context"
	"crypto/tls"
	"net/http"
	"slices"

	"github.com/fosite-fapi/fosite-fapi/fapitest"
)

// thefts are attacks on what was issued: tokens and codes. forgeries.go has those on the messages of clients, objects.go those on signed
// requests.
func (p *plan) thefts() []attack {
	return []attack{
		{
			title: "A stolen access token, used without a certificate",
			prize: "alice's accounts, with a token out of a log file",
			try:   stolenToken(func(*world) *tls.Certificate { return nil }),
			want:  refusal{401, "invalid_token", p.ids.bound},
			then:  "budget-app goes on reading the accounts",
		},
		{
			title: "A stolen access token, used with another certificate",
			prize: "the same, for a thief with a client and a certificate of his own",
			try:   stolenToken(func(w *world) *tls.Certificate { return &w.rival.certificate }),
			want:  refusal{401, "invalid_token", p.ids.bound},
			then:  "budget-app goes on reading the accounts",
		},
		{
			title: "The same at the API in the server's own process",
			prize: "alice's identity",
			try:   stolenTokenInProcess,
			want:  refusal{401, "invalid_token", p.ids.bound},
		},
		{
			title: "The URL that took alice to the server, opened again after she has decided",
			prize: "a second code, from whoever finds the URL in the browser's history",
			try:   replayedRequest,
			want:  refusal{400, p.spentCode(), p.ids.spent},
		},
		{
			title: "A stolen code, planted into the attacker's own session at budget-app, which sends that session's code_verifier",
			prize: "alice's accounts, shown to the attacker by an honest client",
			try:   injectedCode,
			want:  refusal{400, "invalid_grant", "PKCE-09"},
			then:  "the code is not spent: with the right verifier it works",
		},
		{
			title: "A code, redeemed a second time",
			prize: "tokens of one's own, beside those of the client",
			try:   replayedCode,
			want:  refusal{400, "invalid_grant", p.ids.codeUsed},
			then:  "the tokens from the first time are revoked, because somebody has the code who should not",
		},
		{
			title: "A code of budget-app, redeemed by rival-app",
			prize: "alice's accounts for a client that she never saw",
			try:   foreignCode,
			want:  refusal{400, "invalid_grant", "OA-11"},
			then:  "the code is not spent: budget-app redeems it",
		},
	}
}

// references are attacks on the request_uri of a pushed request.
func references() []attack {
	return []attack{
		{
			title: "Another client's request_uri",
			prize: "a code for rival-app, out of a request that budget-app made",
			try:   foreignRequestURI,
			want:  refusal{400, "invalid_request_uri", "PAR-11"},
			then:  "the request is not spent: alice completes it for budget-app",
		},
		{
			title: "Authorization parameters in the browser's URL, with the attacker's redirect_uri",
			prize: "the code, sent to the attacker by the server itself",
			try:   notPushed,
			want:  refusal{400, "invalid_request", "F2-AZ-03"},
		},
	}
}

// securityAttacks are those on the FAPI 2.0 Security Profile.
func (p *plan) securityAttacks() []attack {
	return slices.Concat(p.thefts(), references(), p.forgeries(), []attack{audienceForgery})
}

func stolenToken(certificate func(*world) *tls.Certificate) func(context.Context, *world) (attempt, error) {
	return func(ctx context.Context, w *world) (attempt, error) {
		g, err := w.newGrant(ctx, w.app)
		if err != nil {
			return attempt{}, err
		}
		answer, err := get(ctx, w.connect("thief", certificate(w)), w.accountsURL, g.access)
		return attempt{answer, func() error {
			answer, err := get(ctx, w.app.HTTP, w.accountsURL, g.access)
			return granted(http.StatusOK, answer, err)
		}}, err
	}
}

func stolenTokenInProcess(ctx context.Context, w *world) (attempt, error) {
	g, err := w.newGrant(ctx, w.app)
	if err != nil {
		return attempt{}, err
	}
	answer, err := get(ctx, w.rival.HTTP, w.app.Server.MTLSEndpointAliases.UserinfoEndpoint, g.access)
	return attempt{answer: answer}, err
}

func replayedRequest(ctx context.Context, w *world) (attempt, error) {
	link, err := w.link(ctx, w.app, w.newRequest(w.app))
	if err != nil {
		return attempt{}, err
	}
	if _, err := w.alice.visit(ctx, w.app.Server.AuthorizationEndpoint, link); err != nil {
		return attempt{}, err
	}
	answer, err := w.alice.visit(ctx, w.app.Server.AuthorizationEndpoint, link)
	return attempt{answer: answer}, err
}

func foreignRequestURI(ctx context.Context, w *world) (attempt, error) {
	g := w.newRequest(w.app)
	link, err := w.link(ctx, w.app, g)
	if err != nil {
		return attempt{}, err
	}
	answer, err := w.alice.visit(ctx, w.app.Server.AuthorizationEndpoint, reference(w.rival, link.Get("request_uri")))
	return attempt{answer, func() error {
		if _, err := w.alice.visit(ctx, w.app.Server.AuthorizationEndpoint, link); err != nil {
			return err
		}
		_, err := w.receive(ctx, w.app, g)
		return err
	}}, err
}

func foreignCode(ctx context.Context, w *world) (attempt, error) {
	g, err := w.newCode(ctx, w.app)
	if err != nil {
		return attempt{}, err
	}
	thief := *w.rival.Client
	thief.RedirectURI = w.app.RedirectURI
	answer, err := thief.Redeem(ctx, g.code, g.verifier)
	return attempt{answer, func() error {
		answer, err := w.app.Redeem(ctx, g.code, g.verifier)
		return granted(http.StatusOK, answer, err)
	}}, err
}

func injectedCode(ctx context.Context, w *world) (attempt, error) {
	g, err := w.newCode(ctx, w.app)
	if err != nil {
		return attempt{}, err
	}
	answer, err := w.app.Redeem(ctx, g.code, fapitest.Verifier())
	return attempt{answer, func() error {
		answer, err := w.app.Redeem(ctx, g.code, g.verifier)
		return granted(http.StatusOK, answer, err)
	}}, err
}

func replayedCode(ctx context.Context, w *world) (attempt, error) {
	g, err := w.newGrant(ctx, w.app)
	if err != nil {
		return attempt{}, err
	}
	answer, err := w.app.Redeem(ctx, g.code, g.verifier)
	return attempt{answer, func() error {
		answer, err := get(ctx, w.app.HTTP, w.accountsURL, g.access)
		if err := refused(http.StatusUnauthorized, "invalid_token", answer, err); err != nil {
			return err
		}
		answer, err = w.app.Refresh(ctx, g.refresh)
		return refused(http.StatusBadRequest, "invalid_grant", answer, err)
	}}, err
}

// notPushed sends the parameters of an authorization request through the browser.
func notPushed(ctx context.Context, w *world) (attempt, error) {
	params := w.app.Request(fapitest.Verifier(), "openid accounts")
	params.Set("redirect_uri", attackersURI)
	answer, err := w.alice.visit(ctx, w.app.Server.AuthorizationEndpoint, params)
	return attempt{answer: answer}, err
}

const attackersURI = "https://attacker.example/callback"
