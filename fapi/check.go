package fapi

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/go-jose/go-jose/v4"
	"github.com/ory/fosite"

	"github.com/fosite-fapi/fosite-fapi/mtls"
)

// Check names what the profile demands of a client's authentication, keys, bindings and response types and its
// registration can't meet, and what it registered that the server does not do: each as a [*Problem]. A legacy client
// has none. Hosts call it when a client is registered or loaded; the same mistakes are refused when they would matter.
func (p *Provider) Check(ctx context.Context, client fosite.Client) error {
	c, err := p.partyOf(ctx, client)
	if err != nil {
		return &Problem{ID: "FAPI-SEL", Text: err.Error()}
	}
	if c.profile == nil {
		return nil
	}
	var found problems
	say := func(sentinel error, text string) {
		found = append(found, &Problem{ID: refuse(AtComposition, c, sentinel).ID, Text: fmt.Sprintf("client %q: %s", client.GetID(), text)})
	}
	method := c.meta.AuthMethod()
	switch {
	case client.IsPublic():
		say(errPublicClient, "it is public")
	case !slices.Contains(c.profile.AuthMethods, method):
		say(errAuthMethod, fmt.Sprintf("token_endpoint_auth_method is %q", method))
	case method == "tls_client_auth" && p.mtls.Roots == nil:
		say(mtls.ErrChain, "tls_client_auth, but there are no trust anchors")
	case method == "tls_client_auth":
		if err := c.subject().Validate(); err != nil {
			say(mtls.ErrSubject, err.Error())
		}
	case c.meta.JWKS == nil && c.meta.JWKSURI == "":
		say(errKeysMissing, "it has neither jwks nor jwks_uri")
	}
	if alg := c.meta.TokenEndpointAuthSigningAlg; alg != "" && !slices.Contains(c.profile.SigningAlgorithms, jose.SignatureAlgorithm(alg)) {
		say(errAlgorithm, fmt.Sprintf("token_endpoint_auth_signing_alg is %q", alg))
	}
	if by, err := p.signer(ctx, c.profile, c.meta.IDTokenSignedResponseAlg); err != nil {
		say(errKeySource, err.Error())
	} else if alg := c.meta.IDTokenSignedResponseAlg; alg != "" && string(by.algorithm) != alg {
		say(errAlgorithm, fmt.Sprintf("id_token_signed_response_alg is %q, and its ID tokens will be signed with %q", alg, by.algorithm))
	}
	if c.meta.DPoPBoundAccessTokens && c.meta.TLSClientCertificateBoundAccessTokens {
		say(errBindingAmbiguous, "it registered both dpop_bound_access_tokens and tls_client_certificate_bound_access_tokens")
	}
	if !slices.ContainsFunc(client.GetResponseTypes(), func(t string) bool {
		return slices.ContainsFunc(c.profile.ResponseTypes, func(own string) bool { return sameList(own, t) })
	}) && client.GetGrantTypes().Has("authorization_code") {
		say(errResponseType, "none of its response_types is one of the profile")
	}
	if err := c.misregistered(); err != nil {
		say(err, err.Error())
	}
	return errors.Join(found...)
}

// misregistered finds what a client registered for its authorization requests and ID tokens that the server can't
// give.
func (c *party) misregistered() error {
	m := c.meta
	switch {
	case m.RequireSignedRequestObject:
		return errSignedRequestRequired
	case m.IDTokenEncryptedResponseAlg != "" || m.IDTokenEncryptedResponseEnc != "":
		return fmt.Errorf("%w: encrypted ID tokens", errRegistered)
	}
	return nil
}
