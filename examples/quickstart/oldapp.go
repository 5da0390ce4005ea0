package main

import (
	"context"
	"crypto/rand"
	"errors"
	"net/http"
	"net/url"
	"strings"

	"github.com/ory/fosite"

	"github.com/fosite-fapi/fosite-fapi/fapitest"
	"github.com/fosite-fapi/fosite-fapi/metadata"
)

// An oldApp is a client from before FAPI: a secret, the plain code flow, bearer tokens.
type oldApp struct {
	*inbox
	registration *fosite.DefaultClient
	secret       string
	server       metadata.Document
	http         *http.Client
}

func (w *world) newOldApp() (*oldApp, error) {
	const id = "old-app"
	at, inbox, err := w.openInbox(id, "a client from before FAPI, with a secret")
	if err != nil {
		return nil, err
	}
	secret := rand.Text()
	hash, err := (&fosite.BCrypt{Config: &fosite.Config{HashCost: 4}}).Hash(context.Background(), []byte(secret))
	if err != nil {
		return nil, err
	}
	return &oldApp{
		inbox: inbox, secret: secret, http: w.connect(id, nil),
		registration: &fosite.DefaultClient{
			ID: id, Secret: hash, RedirectURIs: []string{at.url + "/callback"},
			GrantTypes: []string{"authorization_code", "refresh_token"}, ResponseTypes: []string{"code"},
			Scopes: []string{"openid", "offline_access"},
		},
	}, nil
}

// request are the parameters of its authorization request, which go through the browser.
func (o *oldApp) request() url.Values {
	return url.Values{
		"response_type": {"code"}, "client_id": {o.registration.ID}, "redirect_uri": {o.registration.RedirectURIs[0]},
		"scope": {"openid offline_access"}, "state": {rand.Text()}, "nonce": {rand.Text()},
	}
}

// token sends a token request with client_secret_basic.
func (o *oldApp) token(ctx context.Context, form url.Values) (*fapitest.Answer, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, o.server.TokenEndpoint, strings.NewReader(form.Encode()))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.SetBasicAuth(o.registration.ID, o.secret)
	return fapitest.Do(o.http, req)
}

func (o *oldApp) redeem(ctx context.Context, code string) (*fapitest.Answer, error) {
	return o.token(ctx, url.Values{"grant_type": {"authorization_code"}, "code": {code}, "redirect_uri": {o.registration.RedirectURIs[0]}})
}

func (o *oldApp) refresh(ctx context.Context, token string) (*fapitest.Answer, error) {
	return o.token(ctx, url.Values{"grant_type": {"refresh_token"}, "refresh_token": {token}})
}

// newGrant runs its flow up to the tokens.
func (o *oldApp) newGrant(ctx context.Context, alice *browser) (*grant, error) {
	params := o.request()
	if _, err := alice.visit(ctx, o.server.AuthorizationEndpoint, params); err != nil {
		return nil, err
	}
	response := o.take()
	if response.Get("state") != params.Get("state") || response.Get("code") == "" {
		return nil, errors.New("old-app got no code")
	}
	tokens, err := o.redeem(ctx, response.Get("code"))
	if tokens, err = want(http.StatusOK, tokens, err); err != nil {
		return nil, err
	}
	return &grant{access: tokens.Text("access_token"), refresh: tokens.Text("refresh_token"), idText: tokens.Text("id_token")}, nil
}
