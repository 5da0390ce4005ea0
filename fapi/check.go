package fapi

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/go-jose/go-jose/v4"
	"github.com/ory/fosite"

	"github.com/fosite-fapi/fosite-fapi/clientassertion"
	"github.com/fosite-fapi/fosite-fapi/internal/jwe"
	"github.com/fosite-fapi/fosite-fapi/internal/jwk"
	"github.com/fosite-fapi/fosite-fapi/mtls"
	"github.com/fosite-fapi/fosite-fapi/requestobject"
)

// Check names what the profile demands of a client and its registration can never meet, in authentication, keys,
// bindings, redirect URIs, grants, response types and modes, and what it registered that the server does not do: each as
// a [*Problem]. A legacy client
// has none. Hosts call it when a client is registered or loaded; the same mistakes are refused when they would matter.
func (p *Provider) Check(ctx context.Context, client fosite.Client) error {
	c, err := guard(func() (*party, error) { return p.partyOf(ctx, client) })
	if err != nil {
		return &Problem{ID: "FAPI-SEL", Text: err.Error()}
	}
	if c.profile == nil {
		return nil
	}
	var all []error
	for _, one := range p.check(ctx, c) {
		all = append(all, &Problem{ID: one.ID, Text: fmt.Sprintf("client %q: %s", client.GetID(), one.Text)})
	}
	return errors.Join(all...)
}

func (p *Provider) check(ctx context.Context, c *party) (found []*Problem) {
	say := func(sentinel error, text string) {
		found = append(found, &Problem{ID: refuse(AtComposition, c, sentinel).ID, Text: text, cause: sentinel})
	}
	client := c.client
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
	case (c.meta.JWKS == nil || len(c.meta.JWKS.Keys) == 0) && c.meta.JWKSURI == "":
		say(errKeysMissing, "it has neither jwks nor jwks_uri")
	}
	switch alg := c.meta.TokenEndpointAuthSigningAlg; {
	case method != "private_key_jwt": // it signs no assertion
	case alg == "none":
		say(clientassertion.ErrUnsigned, `token_endpoint_auth_signing_alg is "none"`)
	case alg != "" && !slices.Contains(c.profile.SigningAlgorithms, jwk.Named(jose.SignatureAlgorithm(alg))):
		say(errAlgorithm, fmt.Sprintf("token_endpoint_auth_signing_alg is %q", alg))
	}
	if alg := c.meta.RequestObjectSigningAlg; alg == "none" {
		say(requestobject.ErrUnsigned, `request_object_signing_alg is "none"`)
	} else if alg != "" && !slices.Contains(c.profile.SigningAlgorithms, jwk.Named(jose.SignatureAlgorithm(alg))) {
		say(requestobject.ErrAlgorithm, fmt.Sprintf("request_object_signing_alg is %q", alg))
	}
	set, err := p.currentKeys(ctx)
	if err != nil {
		say(errKeySource, err.Error())
	} else if algorithm(set, c.profile, "") == "" {
		say(errKeySource, "there is no key for an algorithm of its profile")
	}
	for _, one := range []struct{ field, alg string }{
		{"id_token_signed_response_alg", c.meta.IDTokenSignedResponseAlg},
		{"authorization_signed_response_alg", c.meta.AuthorizationSignedResponseAlg},
		{"introspection_signed_response_alg", c.meta.IntrospectionSignedResponseAlg},
	} {
		if one.alg == "" || set == nil {
			continue
		}
		if alg := algorithm(set, c.profile, one.alg); string(alg) != one.alg {
			say(errAlgorithm, fmt.Sprintf("%s is %q, and what it speaks of will be signed with %q", one.field, one.alg, alg))
		}
	}
	if c.meta.DPoPBoundAccessTokens && c.meta.TLSClientCertificateBoundAccessTokens {
		say(errBindingAmbiguous, "it registered both dpop_bound_access_tokens and tls_client_certificate_bound_access_tokens")
	}
	if !slices.ContainsFunc(client.GetResponseTypes(), func(t string) bool {
		return slices.ContainsFunc(c.profile.ResponseTypes, func(own string) bool { return sameList(own, t) })
	}) && client.GetGrantTypes().Has("authorization_code") {
		say(errResponseType, "none of its response_types is one of the profile")
	}
	p.checkFlows(c, say)
	for _, kind := range c.meta.AuthorizationDetailsTypes {
		if !p.details.Knows(kind) {
			say(errRegistered, fmt.Sprintf("authorization_details_types has %q, which the server does not know", kind))
		}
	}
	p.checkClientKeys(c, say)
	p.checkDecryption(ctx, c, say)
	if err := c.misregistered(); err != nil {
		say(err, err.Error())
	}
	if err := c.unencryptable("introspection", c.meta.IntrospectionEncryptedResponseAlg, c.meta.IntrospectionEncryptedResponseEnc); err != nil {
		say(err, err.Error())
	}
	for _, rule := range c.profile.rules {
		if rule.Stage != AtRegistration {
			continue
		}
		if err := rule.Judge(ctx, p.seen(ctx, c, Request{Stage: AtRegistration})); err != nil {
			found = append(found, &Problem{ID: rule.ID, Text: err.Error(), cause: err})
		}
	}
	return found
}

// misregistered finds what a client registered for its authorization requests and ID tokens that the server can't
// give: to encrypt with an algorithm that it does not have.
func (c *party) misregistered() error {
	m := c.meta
	for _, one := range []struct{ what, alg, enc string }{
		{"id_token", m.IDTokenEncryptedResponseAlg, m.IDTokenEncryptedResponseEnc},
		{"authorization", m.AuthorizationEncryptedResponseAlg, m.AuthorizationEncryptedResponseEnc},
	} {
		if err := c.unencryptable(one.what, one.alg, one.enc); err != nil {
			return err
		}
	}
	return nil
}

// unencryptable says why what the client registered to get encrypted can't be.
func (c *party) unencryptable(what, alg, enc string) error {
	if alg == "" && enc == "" {
		return nil
	}
	if !jwe.Known(jose.KeyAlgorithm(alg)) || enc != "" && !jwe.KnownEncryption(jose.ContentEncryption(enc)) {
		return fmt.Errorf("%w: %s_encrypted_response_alg %q with enc %q", errRegistered, what, alg, enc)
	}
	set := c.meta.JWKS
	if set != nil && !slices.ContainsFunc(set.Keys, func(k jose.JSONWebKey) bool { return encryptsTo(k, alg) }) {
		return fmt.Errorf("%w: %s_encrypted_response_alg %q, but no key for that", errRegistered, what, alg)
	}
	return nil
}

// encryptsTo says whether a client's key can be encrypted to.
func encryptsTo(k jose.JSONWebKey, alg string) bool {
	return (k.Use == "" || k.Use == "enc") && (k.Algorithm == "" || k.Algorithm == alg) && jwe.Fit(k.Key, jose.KeyAlgorithm(alg)) == nil
}
