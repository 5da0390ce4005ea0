package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/fosite-fapi/fosite-fapi/clientcert"
	"github.com/fosite-fapi/fosite-fapi/cnf"
	"github.com/fosite-fapi/fosite-fapi/fapi"
	"github.com/fosite-fapi/fosite-fapi/introspection"
)

const accountsAPIID = "accounts-api"

// An accountsAPI is a resource server on its own: of a token it knows what the authorization server's introspection endpoint says, and of the
// sender what the TLS connection proves.
type accountsAPI struct {
	issuer   string
	endpoint string       // of introspection
	signed   bool         // its answers are to be JWTs (RFC 9701)
	ids      ids          // by which refusals name what they are for
	http     *http.Client // presents the API's own certificate, by which it authenticates
	audit    fapi.Auditor // tells refusals to the same place as the authorization server
}

// ServeHTTP answers with the balance of the account's owner.
func (a *accountsAPI) ServeHTTP(rw http.ResponseWriter, r *http.Request) {
	token, refused := a.check(r, "accounts")
	if refused != nil {
		_ = a.audit.Audit(r.Context(), fapi.Event{ // it is refused all the same
			Stage: fapi.AtResource, Client: token.ClientID, ID: refused.id, Code: refused.code, Reason: refused.text,
		})
		rw.Header().Set("WWW-Authenticate", fmt.Sprintf("Bearer error=%q, error_description=%q", refused.code, refused.describe()))
		writeJSON(rw, refused.status, map[string]any{"error": refused.code, "error_description": refused.describe()})
		return
	}
	writeJSON(rw, http.StatusOK, map[string]any{"owner": token.Subject, "balance": "1234.56 EUR"})
}

// A tokenInfo is the introspection response, as far as it matters here (RFC 7662 2.2, RFC 8705 3.2).
type tokenInfo struct {
	Active       bool             `json:"active"`
	ClientID     string           `json:"client_id"`
	Subject      string           `json:"sub"`
	Scope        string           `json:"scope"`
	Confirmation cnf.Confirmation `json:"cnf"`
}

// A refusedToken is an error of RFC 6750 3.1.
type refusedToken struct {
	status   int
	code, id string
	text     string
}

func (r *refusedToken) describe() string { return r.text + " (" + r.id + ")" }

// check is everything that a resource server of FAPI owes (FAPI 2.0 SP 5.3.4, FAPI 1.0 P1 6.2.1 and P2 6.2.1).
func (a *accountsAPI) check(r *http.Request, scope string) (tokenInfo, *refusedToken) {
	scheme, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	if !strings.EqualFold(scheme, "Bearer") || token == "" || r.URL.Query().Has("access_token") {
		return tokenInfo{}, &refusedToken{http.StatusBadRequest, "invalid_request", a.ids.header, "Send the token in the Authorization header."}
	}
	info, err := a.introspect(r.Context(), token)
	if err != nil { // it can't be known: no access
		return info, &refusedToken{http.StatusServiceUnavailable, "temporarily_unavailable", a.ids.live, "The token can not be checked now."}
	}
	if !info.Active {
		return info, &refusedToken{http.StatusUnauthorized, "invalid_token", a.ids.live, "The token is unknown, expired or revoked."}
	}
	if !boundTo(r, info.Confirmation) {
		return info, &refusedToken{http.StatusUnauthorized, "invalid_token", a.ids.bound, "The token is bound to another certificate."}
	}
	if !slices.Contains(strings.Fields(info.Scope), scope) {
		return info, &refusedToken{http.StatusForbidden, "insufficient_scope", a.ids.scope, "The token was not granted the scope."}
	}
	return info, nil
}

// boundTo says whether the sender proved possession of the certificate that the token is bound to. The certificate's chain is of no interest: the
// authorization server decided whom it gave the token (MTLS-19).
func boundTo(r *http.Request, bound cnf.Confirmation) bool {
	chain, err := clientcert.FromTLS(r)
	return err == nil && len(chain) > 0 && bound.Certificate(chain[0]) == nil
}

// introspect asks the authorization server what a token is.
func (a *accountsAPI) introspect(ctx context.Context, token string) (info tokenInfo, err error) {
	form := url.Values{"client_id": {accountsAPIID}, "token": {token}}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, a.endpoint, strings.NewReader(form.Encode()))
	if err != nil {
		return info, err
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if a.signed {
		req.Header.Set("Accept", introspection.MediaType)
	}
	resp, err := a.http.Do(req)
	if err != nil {
		return info, err
	}
	defer func() { _ = resp.Body.Close() }()
	if resp.StatusCode != http.StatusOK {
		return info, fmt.Errorf("introspection answered %s", resp.Status)
	}
	body, err := io.ReadAll(io.LimitReader(resp.Body, 64<<10))
	if err != nil {
		return info, err
	}
	if a.signed {
		return a.open(ctx, string(body))
	}
	return info, json.Unmarshal(body, &info)
}

// open verifies an answer that is a JWT for this API (RFC 9701 5).
func (a *accountsAPI) open(ctx context.Context, raw string) (tokenInfo, error) {
	set, err := fetchKeys(ctx, a.http, a.issuer+"/jwks")
	if err != nil {
		return tokenInfo{}, err
	}
	var claims struct {
		Issuer   string    `json:"iss"`
		Audience string    `json:"aud"`
		Token    tokenInfo `json:"token_introspection"`
	}
	if err := openJWT(raw, set, introspection.Type, &claims); err != nil {
		return tokenInfo{}, err
	}
	if claims.Issuer != a.issuer || claims.Audience != accountsAPIID {
		return tokenInfo{}, fmt.Errorf("the answer is from %q to %q", claims.Issuer, claims.Audience)
	}
	return claims.Token, nil
}

func writeJSON(rw http.ResponseWriter, status int, body any) {
	rw.Header().Set("Content-Type", "application/json")
	rw.Header().Set("Cache-Control", "no-store")
	rw.WriteHeader(status)
	_ = json.NewEncoder(rw).Encode(body)
}
