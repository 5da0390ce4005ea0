package fapi

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/ory/fosite"
)

// found is a live token of a profiled client.
type found struct {
	*accessRequest
	use fosite.TokenUse
}

// lookUp finds a live token of the profiled lane; nil when there is none. The hint says where to look first (RFC 7662
// 2.1).
func (p *Provider) lookUp(ctx context.Context, token string, hint fosite.TokenUse, session fosite.Session) (*found, error) {
	if token == "" {
		return nil, nil //nolint:nilnil // absence is an answer here, not an error
	}
	kinds := []fosite.TokenUse{fosite.AccessToken, fosite.RefreshToken}
	if hint == fosite.RefreshToken {
		slices.Reverse(kinds)
	}
	for _, use := range kinds {
		stored, err := p.stored(ctx, token, use, session)
		if err != nil {
			return nil, err
		}
		if stored == nil {
			continue
		}
		return p.live(ctx, stored, token, use)
	}
	return nil, nil //nolint:nilnil // see above
}

func (p *Provider) stored(ctx context.Context, token string, use fosite.TokenUse, session fosite.Session) (fosite.Requester, error) {
	if use == fosite.RefreshToken {
		if signature := p.strategy.RefreshTokenSignature(ctx, token); signature != "" {
			return p.vault.refresh(ctx, signature, session)
		}
		return nil, nil //nolint:nilnil // see lookUp
	}
	if signature := p.accessSignature(ctx, token); signature != "" {
		return p.vault.access(ctx, signature, session)
	}
	return nil, nil //nolint:nilnil // see lookUp
}

// live checks a stored token's expiry, its integrity and that its client still stands where it stood.
func (p *Provider) live(ctx context.Context, stored fosite.Requester, token string, use fosite.TokenUse) (*found, error) {
	rec, err := recordOf(stored, use)
	if err != nil {
		return nil, err
	}
	if !p.now().Before(time.UnixMilli(rec.Expires)) || stored.GetClient() == nil {
		return nil, nil //nolint:nilnil // see lookUp
	}
	switch {
	case use == fosite.RefreshToken:
		err = p.strategy.ValidateRefreshToken(ctx, unexpired(rec.Expires), token)
	case p.format == Opaque:
		err = p.strategy.ValidateAccessToken(ctx, unexpired(rec.Expires), token)
	} // a JWT is found by the hash of all its bytes: what is found is what was issued
	if err != nil {
		return nil, nil //nolint:nilnil,nilerr // a forged token is no token
	}
	c, err := p.party(ctx, stored.GetClient().GetID()) // as it is registered now
	if errors.Is(err, errPanicked) {
		return nil, err
	}
	if err != nil || c.profile == nil || c.profile.Name != rec.Profile {
		return nil, nil //nolint:nilnil,nilerr // moved to another profile: what it had stops working
	}
	t := &accessRequest{AccessRequest: fosite.NewAccessRequest(stored.GetSession()), party: c, confirmation: rec.Confirmation, record: rec}
	t.ID, t.Client, t.RequestedAt = stored.GetID(), stored.GetClient(), stored.GetRequestedAt()
	t.RequestedScope, t.GrantedScope = stored.GetRequestedScopes(), stored.GetGrantedScopes()
	t.RequestedAudience, t.GrantedAudience = stored.GetRequestedAudience(), stored.GetGrantedAudience()
	t.details, err = rec.details()
	return &found{accessRequest: t, use: use}, err
}
