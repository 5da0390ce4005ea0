package fapitest

import (
	"cmp"
	"context"
	"crypto"
	"crypto/rand"
	"maps"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/go-jose/go-jose/v4"

	"github.com/fosite-fapi/fosite-fapi/dpop"
	"github.com/fosite-fapi/fosite-fapi/jarm"
	"github.com/fosite-fapi/fosite-fapi/metadata"
	"github.com/fosite-fapi/fosite-fapi/pkce"
)

// A Client drives a server as a FAPI client does: it pushes, authorizes, redeems and refreshes, and every message can
// be mutated on its way out, so that a refusing test differs from a passing one by that alone. It is safe for
// concurrent use as long as nobody writes to it.
type Client struct {
	ID          string
	AuthMethod  string // "private_key_jwt" (also for ""), "client_secret_basic", "client_secret_post"; with any other no credential is sent beside the certificate
	Secret      string // of a legacy client
	Key         crypto.Signer
	KeyID       string
	Algorithm   jose.SignatureAlgorithm // "" means ES256
	ProofKey    crypto.Signer           // of DPoP proofs; nil sends none
	ProofNonce  string                  // the last one that the server gave
	RedirectURI string
	// ResponseType is what it asks for; "" means "code".
	ResponseType string
	// DecryptionKeys open the responses of a client that registered encryption for them (JARM).
	DecryptionKeys []jarm.DecryptionKey
	// RequestObjects says that authorization requests are pushed as request objects, signed by Key.
	RequestObjects bool
	Server         metadata.Document // the endpoints that are called, and the issuer
	HTTP           *http.Client      // presents the certificate, doesn't follow redirects
	Now            func() time.Time  // nil means time.Now
}

// Verifier returns a new code_verifier (RFC 7636 4.1), for [Client.Request] and [Client.Redeem].
func Verifier() string { return rand.Text() + rand.Text() }

// Request returns the parameters of a usual authorization request: the challenge of this code_verifier, the scope, a
// nonce and a state.
func (c *Client) Request(verifier, scope string) url.Values {
	responseType := c.ResponseType
	if responseType == "" {
		responseType = "code"
	}
	return url.Values{
		"response_type": {responseType}, "client_id": {c.ID}, "redirect_uri": {c.RedirectURI}, "scope": {scope},
		"state": {rand.Text()}, "nonce": {rand.Text()},
		"code_challenge": {pkce.S256(verifier)}, "code_challenge_method": {"S256"},
	}
}

// Push sends a pushed authorization request.
func (c *Client) Push(ctx context.Context, params url.Values, mutations ...Mutation) (*Answer, error) {
	if c.RequestObjects {
		params, mutations = url.Values{}, append([]Mutation{c.object(params)}, mutations...)
	}
	return c.Post(ctx, c.endpoint(c.Server.PushedAuthorizationRequestEndpoint, func(a *metadata.Aliases) string { return a.PushedAuthorizationRequestEndpoint }), params, mutations...)
}

// Authorize visits the authorization endpoint, as the user's browser does, without a certificate of its own.
func (c *Client) Authorize(ctx context.Context, browser *http.Client, params url.Values, mutations ...Mutation) (*Answer, error) {
	m := &Message{Method: http.MethodGet, URL: c.Server.AuthorizationEndpoint, Header: http.Header{}, Form: cloned(params), browsed: true}
	return c.send(ctx, browser, m, mutations)
}

// Redeem exchanges a code.
func (c *Client) Redeem(ctx context.Context, code, verifier string, mutations ...Mutation) (*Answer, error) {
	return c.Token(ctx, url.Values{
		"grant_type": {"authorization_code"}, "code": {code}, "redirect_uri": {c.RedirectURI}, "code_verifier": {verifier},
	}, mutations...)
}

// Refresh uses a refresh token.
func (c *Client) Refresh(ctx context.Context, token string, mutations ...Mutation) (*Answer, error) {
	return c.Token(ctx, url.Values{"grant_type": {"refresh_token"}, "refresh_token": {token}}, mutations...)
}

// Token sends a token request.
func (c *Client) Token(ctx context.Context, form url.Values, mutations ...Mutation) (*Answer, error) {
	return c.Post(ctx, c.endpoint(c.Server.TokenEndpoint, func(a *metadata.Aliases) string { return a.TokenEndpoint }), form, mutations...)
}

// Introspect asks what a token is.
func (c *Client) Introspect(ctx context.Context, token string, mutations ...Mutation) (*Answer, error) {
	return c.Post(ctx, c.endpoint(c.Server.IntrospectionEndpoint, func(a *metadata.Aliases) string { return a.IntrospectionEndpoint }), url.Values{"token": {token}}, mutations...)
}

// Revoke gives a token up.
func (c *Client) Revoke(ctx context.Context, token string, mutations ...Mutation) (*Answer, error) {
	return c.Post(ctx, c.endpoint(c.Server.RevocationEndpoint, func(a *metadata.Aliases) string { return a.RevocationEndpoint }), url.Values{"token": {token}}, mutations...)
}

// endpoint prefers the alias that asks for certificates (MTLS-17).
func (c *Client) endpoint(url string, alias func(*metadata.Aliases) string) string {
	if c.Server.MTLSEndpointAliases != nil {
		if a := alias(c.Server.MTLSEndpointAliases); a != "" {
			return a
		}
	}
	return url
}

// Post sends a form, which may be nil, with the client's authentication.
func (c *Client) Post(ctx context.Context, endpoint string, form url.Values, mutations ...Mutation) (*Answer, error) {
	m := &Message{Method: http.MethodPost, URL: endpoint, Header: http.Header{"Content-Type": {formType}}, Form: cloned(form)}
	m.Form.Set("client_id", c.ID)
	switch c.AuthMethod {
	case "client_secret_basic":
		Basic(c.ID, c.Secret)(m)
	case "client_secret_post":
		m.Form.Set("client_secret", c.Secret)
	case "", "private_key_jwt":
		now := c.now()
		m.Assertion = c.jwt("JWT", map[string]any{
			"iss": c.ID, "sub": c.ID, "aud": c.Server.Issuer, "jti": rand.Text(), "iat": now.Unix(), "exp": now.Add(time.Minute).Unix(),
		})
	}
	c.prove(m, "")
	return c.send(ctx, c.HTTP, m, mutations)
}

// jwt is one that the client signs by the key of its registration.
func (c *Client) jwt(typ string, claims map[string]any) JWT {
	header := map[string]any{"typ": typ}
	if c.KeyID != "" {
		header["kid"] = c.KeyID
	}
	return JWT{Header: header, Claims: claims, Key: c.Key, Algorithm: cmp.Or(c.Algorithm, jose.ES256)}
}

// Get asks a resource with an access token, by the scheme that the client's way of binding has.
func (c *Client) Get(ctx context.Context, resource, token string, mutations ...Mutation) (*Answer, error) {
	m := &Message{Method: http.MethodGet, URL: resource, Header: http.Header{"Authorization": {"Bearer " + token}}, Form: url.Values{}}
	if c.ProofKey != nil {
		m.Header.Set("Authorization", dpop.Scheme+" "+token)
	}
	c.prove(m, token)
	return c.send(ctx, c.HTTP, m, mutations)
}

// send mutates a message and sends it.
func (c *Client) send(ctx context.Context, via *http.Client, m *Message, mutations []Mutation) (*Answer, error) {
	presented := presentedBy(via)
	m.Certificate = presented
	for _, mutate := range mutations {
		mutate(m)
	}
	if m.Certificate != presented {
		var err error
		if via, err = presenting(via, m.Certificate); err != nil {
			return nil, err
		}
	}
	seen := &Trail{}
	req, err := m.request(context.WithValue(ctx, trailKey{}, seen))
	if err != nil {
		return nil, err
	}
	a, err := Do(via, req)
	if err != nil {
		return nil, err
	}
	a.Client, a.Audit, a.browsed = c, seen.Events(), m.browsed
	return a, nil
}

// prove adds the DPoP proof of a client that has a key for it.
func (c *Client) prove(m *Message, token string) {
	if c.ProofKey == nil {
		return
	}
	target, _, _ := strings.Cut(m.URL, "?")
	m.Proof = JWT{
		Header: map[string]any{"typ": "dpop+jwt", "jwk": jose.JSONWebKey{Key: c.ProofKey.Public()}},
		Claims: map[string]any{"jti": rand.Text(), "htm": m.Method, "htu": target, "iat": c.now().Unix()},
		Key:    c.ProofKey, Algorithm: jose.ES256,
	}
	if token != "" {
		m.Proof.Claims["ath"] = dpop.AccessTokenHash(token)
	}
	if c.ProofNonce != "" {
		m.Proof.Claims["nonce"] = c.ProofNonce
	}
}

// cloned is a form that a mutation may write to.
func cloned(form url.Values) url.Values {
	if form == nil {
		return url.Values{}
	}
	return maps.Clone(form)
}

func (c *Client) now() time.Time {
	if c.Now != nil {
		return c.Now()
	}
	return time.Now()
}
