package fapi

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/go-jose/go-jose/v4"

	"github.com/fosite-fapi/fosite-fapi/clientassertion"
	"github.com/fosite-fapi/fosite-fapi/internal/jwe"
	"github.com/fosite-fapi/fosite-fapi/internal/jwk"
	"github.com/fosite-fapi/fosite-fapi/requestobject"
)

// checkFlows names what no authorization and no token request of the client can meet. What concerns the authorization
// endpoint is judged only of clients that use it.
func (p *Provider) checkFlows(c *party, say func(error, string)) {
	grants := c.client.GetGrantTypes()
	if !slices.ContainsFunc(c.profile.GrantTypes, func(g string) bool { return grants.Has(g) }) {
		say(errGrantType, fmt.Sprintf("none of its grant_types %q is one of the profile", []string(grants)))
	}
	for _, b := range []struct {
		registered bool
		binding    Binding
		field      string
	}{
		{c.meta.DPoPBoundAccessTokens, BindingDPoP, "dpop_bound_access_tokens"},
		{c.meta.TLSClientCertificateBoundAccessTokens, BindingMTLS, "tls_client_certificate_bound_access_tokens"},
	} {
		if b.registered && c.permits(b.binding) != nil {
			say(errBindingMethod, fmt.Sprintf("it registered %s, which the profile does not have", b.field))
		}
	}
	if !grants.Has("authorization_code") {
		return
	}
	if len(c.client.GetRedirectURIs()) == 0 {
		say(errRedirectMissing, "it has no redirect_uris")
	}
	for _, uri := range c.client.GetRedirectURIs() {
		if _, err := redirectURI(c, uri); err != nil {
			say(err, fmt.Sprintf("redirect_uri %q: %s", uri, err))
		}
	}
	c.checkResponseTypes(say)
	if c.mustPush() {
		return // its request_uris are never asked for
	}
	for _, uri := range c.meta.RequestURIs {
		if err := requestobject.ValidateURI(uri); err != nil {
			say(err, fmt.Sprintf("request_uri %q: %s", uri, err))
		}
	}
}

// checkResponseTypes looks at each response type that the client shares with the profile: whether there is a mode that can
// carry it, and whether its scope permits it.
func (c *party) checkResponseTypes(say func(error, string)) {
	for _, registered := range c.client.GetResponseTypes() {
		if !slices.ContainsFunc(c.profile.ResponseTypes, func(own string) bool { return sameList(own, registered) }) {
			continue
		}
		types := strings.Fields(registered)
		if !slices.ContainsFunc(c.profile.ResponseModes, func(mode string) bool { _, err := c.responseMode(types, mode); return err == nil }) {
			say(errResponseMode, fmt.Sprintf("none of its response_modes can carry response_type %q", registered))
		}
		if slices.Contains(types, "id_token") && !c.client.GetScopes().Has("openid") {
			say(errOpenIDMissing, fmt.Sprintf("response_type %q, but its scope has no openid", registered))
		}
	}
}

// checkClientKeys looks for a key with which the client can sign what it has to, in a jwks that it registered by value.
func (p *Provider) checkClientKeys(c *party, say func(error, string)) {
	if uri := c.meta.JWKSURI; uri != "" && c.meta.JWKS == nil {
		if u, err := url.Parse(uri); err != nil || u.Scheme != "https" {
			say(errKeysInsecure, fmt.Sprintf("jwks_uri is %q", uri))
		}
	}
	if c.meta.JWKS == nil || len(c.meta.JWKS.Keys) == 0 {
		return // said before, or known only when it is fetched
	}
	for _, signed := range []struct {
		does      bool
		what, alg string
		key, weak error
	}{
		{c.meta.AuthMethod() == "private_key_jwt", "client assertions", c.meta.TokenEndpointAuthSigningAlg, clientassertion.ErrKey, clientassertion.ErrWeak},
		{c.mustSign(), "request objects", c.meta.RequestObjectSigningAlg, requestobject.ErrKey, requestobject.ErrWeak},
	} {
		if !signed.does {
			continue
		}
		algs := c.profile.SigningAlgorithms
		if signed.alg != "" {
			algs = slices.DeleteFunc(slices.Clone(algs), func(a jose.SignatureAlgorithm) bool { return a != jwk.Named(jose.SignatureAlgorithm(signed.alg)) })
		}
		if len(algs) == 0 || slices.ContainsFunc(algs, func(a jose.SignatureAlgorithm) bool { return len(jwk.Candidates(c.meta.JWKS, a, "")) > 0 }) {
			continue
		}
		if weak(c.meta.JWKS, algs) {
			say(signed.weak, "the RSA key for its "+signed.what+" is too short")
		} else {
			say(signed.key, fmt.Sprintf("no key of its jwks signs %s by %s", signed.what, listed(algs)))
		}
	}
}

// weak says whether a key would do if it were longer.
func weak(set *jose.JSONWebKeySet, algs []jose.SignatureAlgorithm) bool {
	return slices.ContainsFunc(set.Keys, func(k jose.JSONWebKey) bool {
		return slices.ContainsFunc(algs, func(a jose.SignatureAlgorithm) bool { return errors.Is(jwk.Fit(k.Key, a), jwk.ErrWeak) })
	})
}

// checkDecryption sees that the server can open the request objects that the client registered to encrypt.
func (p *Provider) checkDecryption(ctx context.Context, c *party, say func(error, string)) {
	alg, enc := jose.KeyAlgorithm(c.meta.RequestObjectEncryptionAlg), jose.ContentEncryption(c.meta.RequestObjectEncryptionEnc)
	if alg == "" && enc == "" {
		return
	}
	if !jwe.Known(alg) || enc != "" && !slices.Contains(requestobject.ContentEncryptions(), enc) {
		say(requestobject.ErrEncryptionAlgorithm, fmt.Sprintf("request_object_encryption_alg is %q with enc %q", alg, enc))
		return
	}
	set, err := p.decryptionKeys(ctx)
	switch {
	case err != nil:
		say(errKeySource, err.Error())
	case set == nil || !slices.Contains(set.Algorithms(), alg):
		say(requestobject.ErrDecryption, fmt.Sprintf("request_object_encryption_alg is %q, and the server has no key for that", alg))
	}
}
