package fapi

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/go-jose/go-jose/v4"

	"github.com/fosite-fapi/fosite-fapi/clientassertion"
	"github.com/fosite-fapi/fosite-fapi/mtls"
)

// A caller is an authenticated client.
type caller struct {
	*party
	method string
	chain  []*x509.Certificate // presented with the request, whether or not it authenticated the client
}

// certificate is the leaf that the client presented; nil without one.
func (c *caller) certificate() *x509.Certificate {
	if len(c.chain) == 0 {
		return nil
	}
	return c.chain[0]
}

// authenticate finds out which profiled client sent the message and proves it, once. The party is returned with an
// error too, as soon as it is known, so that a refusal can name the client's profile. missing is the sentinel for a
// request without any authentication.
func (p *Provider) authenticate(ctx context.Context, in *inbound, form url.Values, missing error) (*caller, *party, error) {
	c, err := p.identify(ctx, in, form, missing)
	if err != nil {
		return nil, c, err
	}
	chain, err := p.certificates(in.Request)
	if err != nil {
		err = fmt.Errorf("%w: %w", errCertificate, err)
	}
	if err := c.stop(err); err != nil {
		return nil, c, err
	}
	method, err := p.prove(ctx, in, form, c, chain, missing)
	if err := c.stop(err); err != nil {
		return nil, c, err
	}
	p.watching(ctx).trail.proved = true
	who := &caller{party: c, method: method, chain: chain}
	return who, c, p.judge(ctx, c, Request{Stage: AtClientAuthentication, Parameters: form, AuthMethod: method, Certificate: who.certificate()})
}

// identify finds the one profiled client that the message comes from, by its own account.
func (p *Provider) identify(ctx context.Context, in *inbound, form url.Values, missing error) (*party, error) {
	if in.rehearsed != nil {
		return in.rehearsed, nil // its own lane has authenticated it
	}
	ids, err := identifiers(in.ids[:0], in.Request, form)
	if err == nil && len(ids) == 0 {
		ids, err = asserted(form) // otherwise the verifier compares them
	}
	if err != nil {
		return nil, err
	}
	switch len(ids) {
	case 0:
		return nil, missing
	case 1:
	default:
		var known *party
		for _, id := range ids {
			if c, err := in.party(ctx, p, id); err == nil {
				known = c
				break
			}
		}
		return known, errIdentifiers
	}
	c, err := in.party(ctx, p, ids[0])
	if err != nil {
		return nil, err
	}
	if in.disagrees(ids[0]) {
		return c, errIdentifiers
	}
	return c, nil
}

// prove checks the one credential of the request against the one registered method.
func (p *Provider) prove(ctx context.Context, in *inbound, form url.Values, c *party, chain []*x509.Certificate, missing error) (string, error) {
	method := c.meta.AuthMethod()
	authorization := in.Header.Values("Authorization")
	basic := slices.ContainsFunc(authorization, isBasic)
	assertion, secret := form.Has("client_assertion") || form.Has("client_assertion_type"), form.Has("client_secret")
	var wrong error
	switch {
	case basic && assertion, basic && secret, assertion && secret, len(authorization) > 1:
		wrong = errTwoMethods
	case basic, secret:
		wrong = errAuthMethod
	case c.client.IsPublic():
		wrong = errPublicClient
	case !slices.Contains(c.profile.AuthMethods, method):
		wrong = fmt.Errorf("%w: the client is registered for %q", errAuthMethod, method)
	}
	if err := c.stop(wrong); err != nil || wrong != nil && !assertion {
		return "", err
	}
	switch method {
	case "private_key_jwt":
		if !assertion {
			return "", missing
		}
		if form.Get("client_assertion_type") != clientassertion.Type {
			return "", errAssertionType
		}
		return method, p.proveByAssertion(ctx, form.Get("client_assertion"), c)
	case "tls_client_auth", "self_signed_tls_client_auth":
		if assertion {
			return "", errAuthMethodOther
		}
		if !form.Has("client_id") {
			return "", fmt.Errorf("%w: client_id", missing) // MTLS-02: no other place names the client
		}
		if len(chain) == 0 {
			return "", mtls.ErrNoCertificate
		}
		if method == "tls_client_auth" {
			return method, p.mtls.Verify(ctx, chain, c.subject())
		}
		return method, p.proveBySelfSigned(ctx, chain[0], c)
	}
	return "", errAuthMethod
}

// isBasic recognises HTTP Basic, whether or not its credentials can be read.
func isBasic(authorization string) bool {
	scheme, _, _ := strings.Cut(authorization, " ")
	return strings.EqualFold(scheme, "Basic")
}

func (p *Provider) proveByAssertion(ctx context.Context, raw string, c *party) error {
	v := p.assertions[c.profile.Name]
	v.Audience = p.audienceOf(ctx, c)
	client := clientassertion.Client{
		ID: c.client.GetID(), Algorithm: jose.SignatureAlgorithm(c.meta.TokenEndpointAuthSigningAlg), Keys: p.keys(c),
	}
	if p.rehearses {
		_, wrong := v.Review(ctx, raw, client)
		return c.note(wrong)
	}
	_, err := v.Verify(ctx, raw, client)
	return err
}

// audienceOf says which aud of a client assertion names this server: the issuer alone, as a string (F2-AS-08), or whatever
// RFC 9126 2 and OpenID Connect Core 9 let a client take, in an array too.
func (p *Provider) audienceOf(ctx context.Context, c *party) clientassertion.Audience {
	audience := clientassertion.Audience{Issuer: p.issuer(ctx)}
	if c.profile.demands.issuerAudience {
		return audience
	}
	audience.Array = true
	for _, endpoint := range []func(Endpoints) string{
		func(e Endpoints) string { return e.Token }, func(e Endpoints) string { return e.PushedAuthorizationRequest },
		func(e Endpoints) string { return e.Introspection }, func(e Endpoints) string { return e.Revocation },
	} {
		for _, url := range p.endpointURLs(ctx, endpoint) {
			if url != "" {
				audience.Also = append(audience.Also, url)
			}
		}
	}
	return audience
}

// proveBySelfSigned looks for the certificate in the client's keys, and once more in fresh ones where it publishes
// them by jwks_uri.
func (p *Provider) proveBySelfSigned(ctx context.Context, leaf *x509.Certificate, c *party) error {
	var why error
	for _, refresh := range []bool{false, true} {
		if refresh && c.meta.JWKSURI == "" {
			break
		}
		set, err := p.keys(c).Keys(ctx, refresh)
		if err != nil {
			return errors.Join(why, fmt.Errorf("%w: %w", clientassertion.ErrKeysUnavailable, err))
		}
		if why = mtls.VerifySelfSigned(leaf, set); why == nil {
			return nil
		}
	}
	return why
}

// credentials are the parameters that authenticate the client; they are dropped as soon as they did.
var credentials = []string{"client_assertion", "client_assertion_type", "client_secret"}

// unauthenticated is the refusal of a request whose client could not be authenticated.
func (in *inbound) unauthenticated(c *party, err error) *Refusal {
	r := refuse(AtClientAuthentication, c, err)
	scheme, _, _ := strings.Cut(in.Header.Get("Authorization"), " ")
	r.challenge = authenticationChallenges[strings.ToLower(scheme)]
	return r
}

// authenticationChallenges answer the scheme by which a client tried to authenticate (RFC 6749 5.2); one of the resource's
// that introspects by an access token gets RFC 6750's (RFC 7662 2.3). None of them would have been enough.
var authenticationChallenges = map[string]string{ //nolint:gosec // they ask for credentials, and are none
	"basic":  `Basic realm="oauth"`,
	"bearer": `Bearer realm="oauth", error="invalid_token"`,
	"dpop":   `DPoP realm="oauth", error="invalid_token"`,
}
