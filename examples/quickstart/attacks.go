package main

import (
	"context"
	"crypto/tls"
	"net/http"

	"github.com/fosite-fapi/fosite-fapi/fapitest"
)

// attacks are those on what was issued: tokens, request URIs, codes. forgeries.go has those on the messages of clients.
func attacks() []attack {
	return append([]attack{
		{
			title: "A stolen access token, used without a certificate",
			prize: "alice's accounts, with a token out of a log file",
			try:   stolenToken(func(*world) *tls.Certificate { return nil }),
			want:  refusal{401, "invalid_token", "F2-RS-05"},
			then:  "budget-app goes on reading the accounts",
		},
		{
			title: "A stolen access token, used with another certificate",
			prize: "the same, for a thief with a client and a certificate of his own",
			try:   stolenToken(func(w *world) *tls.Certificate { return &w.rival.certificate }),
			want:  refusal{401, "invalid_token", "F2-RS-05"},
			then:  "budget-app goes on reading the accounts",
		},
		{
			title: "The same at the API in the server's own process",
			prize: "alice's identity",
			try:   stolenTokenInProcess,
			want:  refusal{401, "invalid_token", "F2-RS-05"},
		},
		{
			title: "A request_uri, used again after alice has decided",
			prize: "a second code, from whoever finds the URL in the browser's history",
			try:   replayedRequestURI,
			want:  refusal{400, "invalid_request_uri", "F2-AZ-15"},
		},
		{
			title: "Another client's request_uri",
			prize: "a code for rival-app, out of a request that budget-app made",
			try:   foreignRequestURI,
			want:  refusal{400, "invalid_request_uri", "PAR-11"},
			then:  "the request is not spent: alice completes it for budget-app",
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
			want:  refusal{400, "invalid_grant", "F2-AZ-09"},
			then:  "the tokens from the first time are revoked, because somebody has the code who should not",
		},
	}, forgeries()...)
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

func replayedRequestURI(ctx context.Context, w *world) (attempt, error) {
	pushed, err := w.app.Push(ctx, w.app.Request(fapitest.Verifier(), "openid"))
	if pushed, err = want(http.StatusCreated, pushed, err); err != nil {
		return attempt{}, err
	}
	if _, err := w.alice.authorize(ctx, w.app, pushed.Text("request_uri")); err != nil {
		return attempt{}, err
	}
	answer, err := w.alice.authorize(ctx, w.app, pushed.Text("request_uri"))
	return attempt{answer: answer}, err
}

func foreignRequestURI(ctx context.Context, w *world) (attempt, error) {
	params := w.app.Request(fapitest.Verifier(), "openid")
	pushed, err := w.app.Push(ctx, params)
	if pushed, err = want(http.StatusCreated, pushed, err); err != nil {
		return attempt{}, err
	}
	answer, err := w.alice.authorize(ctx, w.rival, pushed.Text("request_uri"))
	return attempt{answer, func() error {
		if _, err := w.alice.authorize(ctx, w.app, pushed.Text("request_uri")); err != nil {
			return err
		}
		_, err := w.app.checkResponse(w.app.take(), params.Get("state"))
		return err
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
