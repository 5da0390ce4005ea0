package fapitest

import (
	"context"
	"crypto/rand"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/go-jose/go-jose/v4"
)

// object is the mutation that puts the parameters of an authorization request into a request object (RFC 9101).
func (c *Client) object(params url.Values) Mutation {
	return func(m *Message) {
		now := c.now()
		m.ObjectKey, m.ObjectAlgorithm = c.Key, c.Algorithm
		if m.ObjectAlgorithm == "" {
			m.ObjectAlgorithm = jose.ES256
		}
		m.ObjectJOSE = map[string]any{"typ": "oauth-authz-req+jwt"}
		if c.KeyID != "" {
			m.ObjectJOSE["kid"] = c.KeyID
		}
		m.Object = map[string]any{
			"iss": c.ID, "aud": c.Server.Issuer, "client_id": c.ID, "jti": rand.Text(),
			"iat": now.Unix(), "nbf": now.Unix(), "exp": now.Add(5 * time.Minute).Unix(),
		}
		for name, values := range params {
			m.Object[name] = strings.Join(values, " ")
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

// signObject puts the request object into the form.
func (m *Message) signObject() error {
	if m.Object == nil {
		return nil
	}
	object, err := Sign(m.ObjectKey, m.ObjectAlgorithm, m.ObjectJOSE, m.Object)
	if err == nil && m.ObjectEncrypt != nil {
		object, err = m.ObjectEncrypt(object)
	}
	if err != nil {
		return err
	}
	m.Form.Set("request", object)
	m.Object = nil
	return nil
}
