package resource

import (
	"context"
	"crypto/rand"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/go-jose/go-jose/v4/json"

	"github.com/fosite-fapi/fosite-fapi/keys"
)

const (
	jsonMedia   = "application/json"
	signedMedia = "application/token-introspection+jwt"

	// maxAnswer bounds an introspection response in bytes.
	maxAnswer = 64 << 10

	assertionType     = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
	assertionLifetime = time.Minute
)

// A caller makes one introspection request and reads the answer.
type caller struct {
	clientID  string
	keys      keys.Source // nil: mutual TLS
	endpoint  string      // "": by the metadata
	signed    bool
	issuer    *issuer
	metadata  *discovery
	reader    *answerReader
	transport http.RoundTripper
	now       func() time.Time
}

// call asks the issuer about a token. ctx bounds it. Of the token nothing gets into the errors.
func (c *caller) call(ctx context.Context, token string) (*Token, error) {
	endpoint, err := c.where(ctx)
	if err != nil {
		return nil, err
	}
	form := url.Values{"token": {token}, "token_type_hint": {parameter}, "client_id": {c.clientID}}
	if c.keys != nil {
		assertion, err := c.assertion(ctx)
		if err != nil {
			return nil, fmt.Errorf("%w: introspection: client assertion: %w", ErrUnavailable, err)
		}
		form.Set("client_assertion_type", assertionType)
		form.Set("client_assertion", assertion)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, endpoint, strings.NewReader(form.Encode()))
	if err != nil {
		return nil, fmt.Errorf("%w: introspection_endpoint", ErrMetadata)
	}
	media := jsonMedia
	if c.signed {
		media = signedMedia
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Accept", media)

	// RoundTrip itself follows no redirects: the token goes nowhere else.
	resp, err := c.transport.RoundTrip(req)
	if err != nil {
		return nil, fmt.Errorf("%w: introspection: %w", ErrUnavailable, err)
	}
	defer func() { _ = resp.Body.Close() }()
	if resp.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("%w: introspection: %s answers %d", ErrUnavailable, req.URL.Host, resp.StatusCode)
	}
	if got, _, err := mime.ParseMediaType(resp.Header.Get("Content-Type")); err != nil || got != media {
		return nil, fmt.Errorf("%w: not %s", ErrIntrospection, media)
	}
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer+1))
	switch {
	case err != nil:
		return nil, fmt.Errorf("%w: introspection: %w", ErrUnavailable, err)
	case len(body) > maxAnswer:
		return nil, fmt.Errorf("%w: more than %d bytes", ErrIntrospection, maxAnswer)
	case c.signed:
		if body, err = c.reader.open(ctx, string(body)); err != nil {
			return nil, err
		}
	}
	return c.reader.read(body)
}

// where is the endpoint. A token is sent over TLS alone (INT-22).
func (c *caller) where(ctx context.Context) (string, error) {
	endpoint := c.endpoint
	if endpoint == "" {
		document, err := c.metadata.get(ctx)
		if err != nil {
			return "", err
		}
		endpoint = document.IntrospectionEndpoint
		if alias := document.Aliases.IntrospectionEndpoint; c.keys == nil && alias != "" {
			endpoint = alias
		}
	}
	if !isHTTPS(endpoint) {
		return "", fmt.Errorf("%w: introspection_endpoint is not an https URL", ErrMetadata)
	}
	return endpoint, nil
}

func isHTTPS(raw string) bool {
	u, err := url.Parse(raw)
	return err == nil && u.Scheme == "https" && u.Hostname() != "" && u.User == nil && u.Fragment == ""
}

// assertion authenticates this server (RFC 7523 2.2). Its audience is the issuer as a string (F2-AS-08), and it is used
// once.
func (c *caller) assertion(ctx context.Context) (string, error) {
	set, err := c.keys(ctx)
	if err != nil {
		return "", err
	}
	now := c.now()
	payload, err := json.Marshal(struct {
		Issuer   string `json:"iss"`
		Subject  string `json:"sub"`
		Audience string `json:"aud"`
		ID       string `json:"jti"`
		IssuedAt int64  `json:"iat"`
		Expires  int64  `json:"exp"`
	}{c.clientID, c.clientID, c.issuer.identifier, rand.Text(), now.Unix(), now.Add(assertionLifetime).Unix()})
	if err != nil {
		return "", err
	}
	return set.Sign(ctx, "", "JWT", payload)
}
