package fapi

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"time"

	"github.com/ory/fosite"

	"github.com/fosite-fapi/fosite-fapi/pkce"
	"github.com/fosite-fapi/fosite-fapi/rar"
)

// kept are the parameters of the authorization request that the token endpoint needs.
var kept = []string{"client_id", "redirect_uri", "nonce", "max_age", "acr_values", "claims"}

// issueCode makes a code and stores what it stands for.
func (p *Provider) issueCode(ctx context.Context, ar *authorizeRequest, session fosite.Session, details rar.Details) (string, error) {
	code, signature, err := p.strategy.GenerateAuthorizeCode(ctx, ar)
	if err != nil {
		return "", err
	}
	now := p.now()
	expires := now.Add(ar.party.profile.AuthorizationCodeLifetime)
	session.SetExpiresAt(fosite.AuthorizeCode, expires.UTC())
	form := make(url.Values, len(kept)+1)
	for _, name := range kept {
		if v, ok := ar.Form[name]; ok {
			form[name] = v
		}
	}
	rec := record{
		Profile: ar.party.profile.Name, Use: fosite.AuthorizeCode,
		Challenge: ar.Form.Get("code_challenge"), RedirectURI: ar.Form.Get("redirect_uri"), Key: ar.Form.Get("dpop_jkt"),
		Issued: now.Unix(), Expires: expires.UnixMilli(), Details: details.String(),
	}
	if err := rec.put(form); err != nil {
		return "", err
	}
	return code, p.vault.putCode(ctx, signature, &fosite.Request{
		ID: ar.GetID(), RequestedAt: ar.GetRequestedAt(), Client: ar.party.client, Form: form, Session: session,
		RequestedScope: ar.RequestedScope, GrantedScope: ar.GrantedScope,
		RequestedAudience: ar.RequestedAudience, GrantedAudience: ar.GrantedAudience,
	})
}

// codeGrant is grant_type authorization_code (RFC 6749 4.1.3).
type codeGrant struct{}

func (codeGrant) accept(ctx context.Context, p *Provider, t *accessRequest) error {
	code := t.Form.Get("code")
	if code == "" {
		return errCodeMissing
	}
	t.signature = p.strategy.AuthorizeCodeSignature(ctx, code)
	stored, used, err := p.vault.code(ctx, t.signature, t.Session)
	if err != nil {
		return err
	}
	if stored == nil || t.signature == "" {
		return errCodeUnknown
	}
	t.ID = stored.GetID() // what is refused from here on is about this grant
	if err := p.checkCode(ctx, t, code, stored, used); err != nil {
		return err
	}
	if err := p.assignDetails(ctx, t); err != nil {
		return err
	}
	// The rules see the grant; its parameters are taken over when the code is spent.
	t.Session = stored.GetSession()
	if err := p.judgeToken(ctx, AtToken, t, stored.GetGrantedScopes()); err != nil {
		return err
	}
	first, err := p.once.UseOnce(ctx, "code", artefactPrefix+t.signature, time.UnixMilli(t.record.Expires).Add(time.Minute))
	if err != nil {
		return storeError("spending the code", err)
	}
	if !first {
		return errCodeRace
	}
	t.adopt(stored)
	return nil
}

// checkCode judges everything about a redemption before the code is spent, so that a mistake of the client, or a
// stranger's guess, costs nothing.
//
// Of several redemptions at once one spends the code. The others are refused: those that come while the winner's
// tokens are being made change nothing, and those that find them issued are replays, however soon they come, and
// revoke the grant (OA-08).
func (p *Provider) checkCode(ctx context.Context, t *accessRequest, code string, stored fosite.Requester, used bool) error {
	if stored.GetClient() == nil || stored.GetClient().GetID() != t.party.client.GetID() {
		return errCodeClient
	}
	if used {
		return errors.Join(errCodeUsed, p.vault.revokeGrant(ctx, stored.GetID()))
	}
	rec, err := recordOf(stored, fosite.AuthorizeCode)
	if err != nil {
		return err
	}
	t.record = rec
	if rec.Profile != t.party.profile.Name {
		return errProfileChanged
	}
	if !p.now().Before(time.UnixMilli(rec.Expires)) {
		return errCodeExpired
	}
	if err := p.strategy.ValidateAuthorizeCode(ctx, unexpired(rec.Expires), code); err != nil {
		return fmt.Errorf("%w: %w", errCodeUnknown, err)
	}
	if t.Form.Get("redirect_uri") != rec.RedirectURI {
		return errCodeRedirect
	}
	if rec.Key != "" && rec.Key != t.confirmation.JKT {
		return errCodeKey
	}
	return pkce.Verify(rec.Challenge, t.Form.Get("code_verifier"))
}

func (codeGrant) issue(ctx context.Context, p *Provider, t *accessRequest) (*fosite.AccessResponse, error) {
	now := p.now()
	access, err := p.newAccessToken(ctx, t, now)
	if err != nil {
		return nil, err
	}
	var refresh *refreshToken
	if p.mayRefresh(ctx, t) {
		if refresh, err = p.newRefreshToken(ctx, t, now); err != nil {
			return nil, err
		}
	}
	resp := access.response(t)
	if refresh != nil {
		resp.SetExtra("refresh_token", refresh.token)
	}
	if t.GrantedScope.Has("openid") {
		idToken, err := p.newIDToken(ctx, t, access.token, now)
		if err != nil {
			return nil, err
		}
		resp.SetExtra("id_token", idToken)
	}
	return resp, p.vault.within(ctx, func(ctx context.Context) error {
		if err := p.vault.putAccess(ctx, access.signature, access.stored); err != nil {
			return err
		}
		if refresh != nil {
			if err := p.vault.putRefresh(ctx, refresh.signature, access.signature, refresh.stored); err != nil {
				return err
			}
		}
		// Last, because whoever finds the code used revokes what it led to, and must find it all.
		return p.vault.useCode(ctx, t.signature)
	})
}
