package fapitest

import (
	"context"
	"crypto/rand"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// object is the mutation that puts the parameters of an authorization request into a request object (RFC 9101).
func (c *Client) object(params url.Values) Mutation {
	return func(m *Message) {
		now := c.now()
		m.Object = c.jwt("oauth-authz-req+jwt", map[string]any{
			"iss": c.ID, "aud": c.Server.Issuer, "client_id": c.ID, "jti": rand.Text(),
			"iat": now.Unix(), "nbf": now.Unix(), "exp": now.Add(5 * time.Minute).Unix(),
		})
		for name, values := range params {
			m.Object.Claims[name] = strings.Join(values, " ")
		}
	}
}

// AuthorizeByValue visits the authorization endpoint with a request object, as the user's browser does for a client that
// does not push.
func (c *Client) AuthorizeByValue(ctx context.Context, browser *http.Client, params url.Values, mutations ...Mutation) (*Answer, error) {
	m := &Message{
		Method: http.MethodGet, URL: c.Server.AuthorizationEndpoint, Header: http.Header{},
		Form:    url.Values{"client_id": {c.ID}, "response_type": params["response_type"], "scope": params["scope"]},
		browsed: true,
	}
	return c.send(ctx, browser, m, append([]Mutation{c.object(params)}, mutations...))
}
