package fapi

import (
	"context"
	"errors"
	"slices"

	"github.com/ory/fosite"

	"github.com/fosite-fapi/fosite-fapi/cnf"
	"github.com/fosite-fapi/fosite-fapi/dpop"
)

// A Binding is how an access token is bound to its sender (F2-AS-05).
type Binding string

const (
	// BindingMTLS binds to the client's certificate (RFC 8705 3).
	BindingMTLS Binding = "mtls"
	// BindingDPoP binds to a key of which each request carries a proof (RFC 9449).
	BindingDPoP Binding = "dpop"
)

// NoncePolicy says what the server does with DPoP nonces (RFC 9449 8).
type NoncePolicy string

const (
	// NonceOff gives none; proofs are judged by their iat.
	NonceOff NoncePolicy = ""
	// NonceOn gives them and checks those that come back, but lets proofs without one pass: a transition, until all clients
	// send them. RFC 9449 11.3 wants NonceRequired from then on.
	NonceOn NoncePolicy = "on"
	// NonceRequired refuses a proof without one by use_dpop_nonce.
	NonceRequired NoncePolicy = "required"
)

// proof verifies the DPoP proof of a request to an endpoint of this server; nil when there is none.
func (p *Provider) proof(ctx context.Context, stage Stage, in *inbound, c *party, endpoint func(Endpoints) string) (*dpop.Proof, error) {
	raw, err := dpop.FromHeader(in.Header)
	if errors.Is(err, dpop.ErrMissing) {
		return nil, nil //nolint:nilnil // absence is an answer here, not an error
	}
	v := p.proofs[c.profile.Name]
	if v == nil {
		return nil, errBindingMethod // whatever the header holds
	}
	if err != nil {
		return nil, err
	}
	request := dpop.Request{Method: in.Method, URLs: p.endpointURLs(ctx, endpoint), NonceRequired: p.nonces == NonceRequired}
	if p.rehearses {
		proof, wrong := v.Review(raw, request)
		if err := c.note(wrong); proof == nil {
			return nil, err
		}
		return proof, nil
	}
	proof, err := v.Verify(ctx, raw, request)
	if err != nil {
		return nil, p.withNonce(refuse(stage, c, err))
	}
	return proof, nil
}

// withNonce adds a nonce to the refusal of a proof that lacks one (RFC 9449 8).
func (p *Provider) withNonce(r *Refusal) *Refusal {
	r.nonce = p.nonce()
	return r
}

// nonce is the current one; "" where the server gives none.
func (p *Provider) nonce() string {
	if p.nonces == NonceOff {
		return ""
	}
	return p.nonceSource.Current()
}

// endpointURLs are those by which clients know an endpoint: as published, and its alias.
func (p *Provider) endpointURLs(ctx context.Context, of func(Endpoints) string) []string {
	e := p.urls.resolve(p.issuer(ctx))
	urls := []string{of(e)}
	if e.MTLSBaseURL != "" {
		urls = append(urls, e.alias(of(e)))
	}
	return urls
}

// bind decides what the access token will be bound to: what the client registered; without a registration, the one
// that it proved. Two without a registration are refused, because which of them protects the token would be chance.
func (p *Provider) bind(ctx context.Context, in *inbound, who *caller, t *accessRequest) error {
	c := who.party
	proof, err := p.proof(ctx, AtToken, in, c, func(e Endpoints) string { return e.Token })
	if err != nil {
		return err // of a proof that can't be read nobody knows what it binds to
	}
	certificate := cnf.Confirmation{X5TS256: cnf.Thumbprint(who.certificate())}
	var key cnf.Confirmation
	if proof != nil {
		key.JKT = proof.Thumbprint
	}
	t.proof = proof
	byKey, byCertificate := c.meta.DPoPBoundAccessTokens, c.meta.TLSClientCertificateBoundAccessTokens
	switch {
	case byKey && byCertificate, !byKey && !byCertificate && !key.IsZero() && !certificate.IsZero():
		return errBindingAmbiguous
	case byKey && key.IsZero():
		return errProofMissing
	case byCertificate && certificate.IsZero(), key.IsZero() && certificate.IsZero():
		return errUnbound
	case byKey, !byCertificate && !key.IsZero():
		t.confirmation = key
		return c.permits(BindingDPoP)
	}
	t.confirmation = certificate
	return c.permits(BindingMTLS)
}

func (c *party) permits(b Binding) error {
	if !slices.Contains(c.profile.Bindings, b) {
		return errBindingMethod
	}
	return nil
}

// bindCode puts the key to which a code is to be bound into the authorization request: that of dpop_jkt or of the
// proof, if there is one, which must agree (RFC 9449 10, 10.1).
func (p *Provider) bindCode(c *party, ar *fosite.AuthorizeRequest, proof *dpop.Proof) error {
	thumbprint := ar.Form.Get("dpop_jkt")
	if thumbprint == "" && proof == nil {
		return nil
	}
	if err := c.permits(BindingDPoP); err != nil {
		return err
	}
	switch {
	case thumbprint != "" && !dpop.ValidThumbprint(thumbprint):
		return errKeyThumbprint
	case thumbprint != "" && proof != nil && thumbprint != proof.Thumbprint, c.meta.TLSClientCertificateBoundAccessTokens:
		return errKeyConflict
	}
	if proof != nil {
		ar.Form.Set("dpop_jkt", proof.Thumbprint)
	}
	return nil
}
