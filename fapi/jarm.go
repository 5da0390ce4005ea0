package fapi

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/go-jose/go-jose/v4"

	"github.com/fosite-fapi/fosite-fapi/jarm"
)

// writeSigned answers by a JWT of the parameters (JARM 2.1), encrypted where the client registered that. Unsigned nothing
// leaves, not even an error.
func (p *Provider) writeSigned(ctx context.Context, rw http.ResponseWriter, ar *authorizeRequest, params url.Values) error {
	meta := ar.party.meta
	by, err := p.signer(ctx, ar.party.profile, meta.AuthorizationSignedResponseAlg)
	if err != nil {
		return err
	}
	client := jarm.Client{
		ID: ar.party.client.GetID(), Algorithm: by.algorithm,
		EncryptionAlgorithm: jose.KeyAlgorithm(meta.AuthorizationEncryptedResponseAlg),
		ContentEncryption:   jose.ContentEncryption(meta.AuthorizationEncryptedResponseEnc), Keys: p.keys(ar.party),
	}
	// The response type of a request that was refused for it can't be told from the requester.
	mode, err := jarm.Mode(ar.ResponseMode).Resolve(strings.TrimSpace(ar.Form.Get("response_type")), client.Encrypted())
	if err != nil {
		return err
	}
	encoder := jarm.Encoder{Issuer: p.issuer(ctx), Signer: by.set, Algorithms: ar.party.profile.SigningAlgorithms, Now: p.now}
	response, err := encoder.Encode(ctx, client, params)
	if err != nil {
		return fmt.Errorf("the authorization response: %w", err)
	}
	return jarm.Deliver(rw, mode, ar.Form.Get("redirect_uri"), response)
}
