package fapi

import (
	"context"
	"strings"
	"time"

	"github.com/ory/fosite"
)

// mustPush returns the legacy client of the request that registered require_pushed_authorization_requests (PAR-29):
// fosite has that for all clients or none.
func (in *inbound) mustPush() *party {
	for _, c := range in.parties {
		if h, ok := c.client.(MetadataHolder); ok && h.RegistrationMetadata() != nil && h.RegistrationMetadata().RequirePushedAuthorizationRequests {
			return c.party
		}
	}
	return nil
}

// legacyPush is the single-use namespace of what legacy clients pushed, and legacyInteraction how long login and
// consent may take.
const (
	legacyPush        = "legacy-push"
	legacyInteraction = 10 * time.Minute
)

// loadLegacy is NewAuthorizeRequest of the host's own lane.
func (p *Provider) loadLegacy(ctx context.Context, in *inbound) (fosite.AuthorizeRequester, error) {
	if c := in.mustPush(); c != nil {
		return p.loadPushedLegacy(ctx, in, c)
	}
	return p.legacy.NewAuthorizeRequest(ctx, in.Request)
}

// loadPushedLegacy lets a legacy client's request pass if it was pushed. fosite consumes it when the page is loaded,
// so what [Resume] brings back after login has no request_uri any more; it is recognised by its parameters, every one
// of them as it was pushed.
func (p *Provider) loadPushedLegacy(ctx context.Context, in *inbound, c *party) (fosite.AuthorizeRequester, error) {
	if !strings.HasPrefix(in.Form.Get("request_uri"), p.legacyPrefix(ctx)) {
		pushed, err := guard(func() (bool, error) { return p.once.Used(ctx, legacyPush, hashed(resumable(in.Form).Encode())) })
		if err != nil {
			return (&authorizeRequest{}).orEmpty(), p.refused(ctx, c, refuse(AtAuthorization, nil, storeError("asking for the pushed request", err)))
		}
		if !pushed {
			return (&authorizeRequest{}).orEmpty(), p.refused(ctx, c, refuse(AtAuthorization, nil, errNotPushed))
		}
		return p.legacy.NewAuthorizeRequest(ctx, in.Request)
	}
	ar, err := p.legacy.NewAuthorizeRequest(ctx, in.Request)
	if err != nil {
		return ar, err
	}
	_, err = guard(func() (bool, error) {
		return p.once.UseOnce(ctx, legacyPush, hashed(resumable(ar.GetRequestForm()).Encode()), p.now().Add(legacyInteraction))
	})
	if err != nil {
		return (&authorizeRequest{}).orEmpty(), p.refused(ctx, c, refuse(AtAuthorization, nil, storeError("remembering the pushed request", err)))
	}
	return ar, nil
}
