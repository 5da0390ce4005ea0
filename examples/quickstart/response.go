package main

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"

	"github.com/go-jose/go-jose/v4"

	"github.com/fosite-fapi/fosite-fapi/fapitest"
	"github.com/fosite-fapi/fosite-fapi/jarm"
)

// receive takes the authorization response that the browser brought, and does what a client owes it before it uses the code.
func (w *world) receive(ctx context.Context, app *application, g *grant) (code string, err error) {
	response := app.take()
	if w.profile.Name == "fapi2-message-signing" {
		if response, err = w.openResponse(ctx, app, response); err != nil {
			return "", err
		}
	} else if response.Get("iss") != app.Server.Issuer {
		return "", fmt.Errorf("the authorization response has iss %q", response.Get("iss"))
	}
	switch {
	case response.Get("state") != g.params.Get("state"):
		return "", errors.New("the authorization response has another state")
	case response.Get("code") == "":
		return "", fmt.Errorf("the authorization response has no code but %v", response)
	}
	if w.advanced() {
		err = w.checkDetached(ctx, app, g.params, response)
	}
	return response.Get("code"), err
}

// openResponse verifies a response that is a JWT (JARM 2.4).
func (w *world) openResponse(ctx context.Context, app *application, response url.Values) (url.Values, error) {
	set, err := fetchKeys(ctx, app.HTTP, app.Server.JWKSURI)
	if err != nil {
		return nil, err
	}
	v := &jarm.Verifier{Issuer: app.Server.Issuer, ClientID: app.ID, Keys: jarm.StaticKeys(set)}
	opened, err := v.Verify(ctx, response.Get("response"))
	if err != nil {
		return nil, err
	}
	return opened.Parameters, nil
}

// checkDetached holds a response against the ID token that came with it, which is its signature: it names the code by c_hash, the
// state by s_hash, and with the nonce the request.
func (w *world) checkDetached(ctx context.Context, app *application, request, response url.Values) error {
	claims, err := w.verifyIDToken(ctx, app, response.Get("id_token"), request.Get("nonce"))
	if err != nil {
		return err
	}
	if claims.CodeHash != half(response.Get("code")) || claims.StateHash != half(response.Get("state")) {
		return errors.New("the ID token belongs to another code or state")
	}
	return nil
}

// half is c_hash and s_hash (OpenID Connect Core 3.3.2.11).
func half(value string) string {
	sum := sha256.Sum256([]byte(value))
	return base64.RawURLEncoding.EncodeToString(sum[:sha256.Size/2])
}

// idClaims are those of an ID token that the story needs.
type idClaims struct {
	Issuer    string `json:"iss"`
	Audience  string `json:"aud"`
	Nonce     string `json:"nonce"`
	Subject   string `json:"sub"`
	CodeHash  string `json:"c_hash"`
	StateHash string `json:"s_hash"`
}

// verifyIDToken is what OpenID Connect Core 3.1.3.7 asks of a client, as far as this flow has it.
func (w *world) verifyIDToken(ctx context.Context, app *application, raw, nonce string) (*idClaims, error) {
	set, err := fetchKeys(ctx, app.HTTP, app.Server.JWKSURI)
	if err != nil {
		return nil, err
	}
	claims := &idClaims{}
	if err := openJWT(raw, set, "JWT", claims); err != nil {
		return nil, err
	}
	if claims.Issuer != app.Server.Issuer || claims.Audience != app.ID || claims.Nonce != nonce || claims.Subject != "alice" {
		return nil, fmt.Errorf("the ID token says %+v", claims)
	}
	return claims, nil
}

// fetchKeys reads the server's public keys. Real clients keep them, and ask again when a kid is new.
func fetchKeys(ctx context.Context, client *http.Client, uri string) (*jose.JSONWebKeySet, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, uri, nil)
	if err != nil {
		return nil, err
	}
	answer, err := fapitest.Do(client, req)
	if answer, err = want(http.StatusOK, answer, err); err != nil {
		return nil, err
	}
	set := &jose.JSONWebKeySet{}
	return set, json.Unmarshal(answer.Body, set)
}

// openJWT verifies a JWT of this type and reads its claims.
func openJWT(raw string, set *jose.JSONWebKeySet, typ string, claims any) error {
	signed, err := jose.ParseSignedCompact(raw, []jose.SignatureAlgorithm{jose.PS256, jose.ES256, jose.EdDSA})
	if err != nil {
		return err
	}
	payload, err := signed.Verify(set)
	if err != nil {
		return err
	}
	if got := signed.Signatures[0].Header.ExtraHeaders[jose.HeaderType]; got != typ {
		return fmt.Errorf("the JWT is a %v, not a %s", got, typ)
	}
	return json.Unmarshal(payload, claims)
}
