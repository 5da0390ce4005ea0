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
)

const accountsAPIID = "accounts-api"

// An accountsAPI is a resource server on its own: of a token it knows what the authorization server's introspection endpoint says, and of the
// sender what the TLS connection proves.
type accountsAPI struct {
	introspection string       // the endpoint
	http          *http.Client // presents the API's own certificate, by which it authenticates
	audit         fapi.Auditor // tells refusals to the same place as the authorization server
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

// check is everything that a resource server of FAPI 2.0 owes (FAPI 2.0 SP 5.3.4).
func (a *accountsAPI) check(r *http.Request, scope string) (tokenInfo, *refusedToken) {
	scheme, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	if !strings.EqualFold(scheme, "Bearer") || token == "" || r.URL.Query().Has("access_token") {
		return tokenInfo{}, &refusedToken{http.StatusBadRequest, "invalid_request", "F2-RS-01", "Send the token in the Authorization header."}
	}
	info, err := a.introspect(r.Context(), token)
	if err != nil { // it can't be known: no access
		return info, &refusedToken{http.StatusServiceUnavailable, "temporarily_unavailable", "F2-RS-03", "The token can not be checked now."}
	}
	if !info.Active {
		return info, &refusedToken{http.StatusUnauthorized, "invalid_token", "F2-RS-03", "The token is unknown, expired or revoked."}
	}
	if !boundTo(r, info.Confirmation) {
		return info, &refusedToken{http.StatusUnauthorized, "invalid_token", "F2-RS-05", "The token is bound to another certificate."}
	}
	if !slices.Contains(strings.Fields(info.Scope), scope) {
		return info, &refusedToken{http.StatusForbidden, "insufficient_scope", "F2-RS-04", "The token was not granted the scope."}
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
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, a.introspection, strings.NewReader(form.Encode()))
	if err != nil {
		return info, err
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	resp, err := a.http.Do(req)
	if err != nil {
		return info, err
	}
	defer func() { _ = resp.Body.Close() }()
	if resp.StatusCode != http.StatusOK {
		return info, fmt.Errorf("introspection answered %s", resp.Status)
	}
	return info, json.NewDecoder(io.LimitReader(resp.Body, 64<<10)).Decode(&info)
}

func writeJSON(rw http.ResponseWriter, status int, body any) {
	rw.Header().Set("Content-Type", "application/json")
	rw.Header().Set("Cache-Control", "no-store")
	rw.WriteHeader(status)
	_ = json.NewEncoder(rw).Encode(body)
}
