package fapi

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/ory/fosite"
	"github.com/ory/fosite/handler/openid"

	"github.com/fosite-fapi/fosite-fapi/internal/form"
)

// refreshToken is a refresh token on its way out.
type refreshToken struct {
	token, signature string
	stored           *fosite.Request
}

// mayRefresh keeps fosite's rule: the client is registered for the grant, and one of the configured scopes is
// granted.
func (p *Provider) mayRefresh(ctx context.Context, t *accessRequest) bool {
	if !t.party.client.GetGrantTypes().Has("refresh_token") {
		return false
	}
	scopes := p.config.GetRefreshTokenScopes(ctx)
	return len(scopes) == 0 || t.GrantedScope.HasOneOf(scopes...)
}

func (p *Provider) newRefreshToken(ctx context.Context, t *accessRequest, now time.Time) (*refreshToken, error) {
	expires := now.Add(lifespan(t, fosite.RefreshToken, t.party.profile.RefreshTokenLifetime))
	t.Session.SetExpiresAt(fosite.RefreshToken, expires.UTC().Truncate(time.Second))
	token, signature, err := p.strategy.GenerateRefreshToken(ctx, t)
	if err != nil {
		return nil, err
	}
	// Bound to the client, not to its certificate (RFC 8705 7.1): a new certificate must not end the grant.
	rec := record{Profile: t.party.profile.Name, Use: fosite.RefreshToken, Issued: now.Unix(), Expires: expires.UnixMilli()}
	rec.Details = t.record.Details // the grant, whatever part of it this access token has (RAR-11)
	stored, err := t.storable(&rec, now)
	if err != nil {
		return nil, err
	}
	if claims, ok := t.Form["claims"]; ok { // what refreshed ID tokens are to tell, too (OpenID Connect Core 12.2)
		stored.Form["claims"] = claims
	}
	return &refreshToken{token: token, signature: signature, stored: stored}, nil
}

// refreshGrant is grant_type refresh_token (RFC 6749 6) without rotation (F2-AS-09): the refresh token stays as it is
// until it expires; the access token before is revoked.
type refreshGrant struct{}

func (refreshGrant) accept(ctx context.Context, p *Provider, t *accessRequest) error {
	token := t.Form.Get("refresh_token")
	if token == "" {
		return errRefreshMissing
	}
	t.signature = p.strategy.RefreshTokenSignature(ctx, token)
	stored, err := p.vault.refresh(ctx, t.signature, t.Session)
	if err != nil {
		return err
	}
	if stored == nil || t.signature == "" {
		return errRefreshUnknown
	}
	t.ID = stored.GetID() // what is refused from here on is about this grant
	if stored.GetClient() == nil || stored.GetClient().GetID() != t.party.client.GetID() {
		return errRefreshClient
	}
	if t.record, err = recordOf(stored, fosite.RefreshToken); err != nil {
		return err
	}
	if t.record.Profile != t.party.profile.Name {
		return errProfileChanged
	}
	if !p.now().Before(time.UnixMilli(t.record.Expires)) {
		return errRefreshExpired
	}
	if err := p.strategy.ValidateRefreshToken(ctx, unexpired(t.record.Expires), token); err != nil {
		return fmt.Errorf("%w: %w", errRefreshUnknown, err)
	}
	t.adopt(stored)
	t.Session = stored.GetSession().Clone() // the stored one may be shared with another refresh at this moment
	if err := p.narrow(ctx, t); err != nil {
		return err
	}
	if err := p.assignDetails(ctx, t); err != nil {
		return err
	}
	return p.judgeToken(ctx, AtRefresh, t, t.GrantedScope)
}

// narrow grants what was granted before, less what the client gave up (OA-15) or lost: its registration may have
// shrunk.
func (p *Provider) narrow(ctx context.Context, t *accessRequest) error {
	granted := t.GrantedScope
	if wanted := once(form.List(t.Form.Get("scope"))); len(wanted) > 0 {
		for _, scope := range wanted {
			if !granted.Has(scope) {
				return errRefreshScope
			}
		}
		granted = wanted
	}
	allowed, scopes := p.config.GetScopeStrategy(ctx), t.party.client.GetScopes()
	for _, scope := range granted {
		if !allowed(scopes, scope) {
			return errGrantScope
		}
	}
	t.GrantedScope = granted
	if err := p.config.GetAudienceStrategy(ctx)(t.party.client.GetAudience(), t.GrantedAudience); err != nil {
		return errAudience
	}
	return nil
}

func (refreshGrant) issue(ctx context.Context, p *Provider, t *accessRequest) (*fosite.AccessResponse, error) {
	now := p.now()
	access, err := p.newAccessToken(ctx, t, now)
	if err != nil {
		return nil, err
	}
	resp := access.response(t)
	resp.SetExtra("refresh_token", t.Form.Get("refresh_token"))
	if _, ok := t.Session.(openid.Session); ok && t.GrantedScope.Has("openid") {
		t.Form.Del("nonce") // OIDC Core 12.2: not in refreshed ID tokens
		idToken, err := p.newIDToken(ctx, t, access.token, now)
		if err != nil {
			return nil, err
		}
		resp.SetExtra("id_token", idToken)
	}
	return resp, p.vault.within(ctx, func(ctx context.Context) error {
		if err := p.vault.revokeAccess(ctx, t.ID); err != nil {
			return err
		}
		if err := p.vault.putAccess(ctx, access.signature, access.stored); err != nil {
			return err
		}
		// The grant may have been revoked meanwhile, by somebody who could not know of this token.
		if still, err := p.vault.refresh(ctx, t.signature, nil); err != nil || still == nil {
			return errors.Join(errRefreshUnknown, err, p.vault.dropAccess(ctx, access.signature))
		}
		return nil
	})
}

// credentialsGrant is grant_type client_credentials (RFC 6749 4.4).
type credentialsGrant struct{}

func (credentialsGrant) accept(ctx context.Context, p *Provider, t *accessRequest) error {
	t.GetID() // makes it: no grant before has one
	t.RequestedScope = once(form.List(t.Form.Get("scope")))
	allowed, scopes := p.config.GetScopeStrategy(ctx), t.party.client.GetScopes()
	for _, scope := range t.RequestedScope {
		// There is no user to identify.
		if scope == "openid" || !allowed(scopes, scope) {
			if err := t.party.stop(errTokenScope); err != nil {
				return err
			}
		}
	}
	if err := t.party.stop(p.validateAudience(ctx, t.party, &t.Request)); err != nil {
		return err
	}
	wanted, err := p.wantedDetails(ctx, t.party, t.Form)
	if err := t.party.stop(err); err != nil {
		return err
	}
	t.details, t.entitled = wanted, wanted
	return p.judgeToken(ctx, AtToken, t, t.RequestedScope)
}

func (credentialsGrant) issue(ctx context.Context, p *Provider, t *accessRequest) (*fosite.AccessResponse, error) {
	access, err := p.newAccessToken(ctx, t, p.now())
	if err != nil {
		return nil, err
	}
	return access.response(t), p.vault.within(ctx, func(ctx context.Context) error {
		return p.vault.putAccess(ctx, access.signature, access.stored)
	})
}
