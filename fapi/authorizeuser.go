package fapi

import (
	"context"
	"fmt"
	"math"
	"net/url"
	"strconv"
	"time"

	"github.com/ory/fosite"
	"github.com/ory/fosite/handler/openid"
)

// validateSession checks early what would only fail when the ID token is made, after the code has gone out, and what
// OpenID Connect Core 3.1.2.1 lets the client ask of the login.
func (p *Provider) validateSession(ctx context.Context, ar *authorizeRequest, session fosite.Session) error {
	s, ok := session.(openid.Session)
	if !ok {
		return fmt.Errorf("%w: the openid scope is granted, but the session does not implement openid.Session", errSession)
	}
	claims := s.IDTokenClaims()
	if claims == nil || claims.Subject == "" {
		return fmt.Errorf("%w: the openid scope is granted, but the session's ID token claims have no subject", errSession)
	}
	age, asked, err := maxAge(ar.Form)
	if err != nil {
		return err
	}
	if registered := ar.party.meta.DefaultMaxAge; !asked && registered != nil {
		age, asked = seconds(uint64(max(*registered, 0))), true
	}
	if asked {
		if claims.AuthTime.IsZero() {
			return fmt.Errorf("%w: max_age is requested, but the session's ID token claims have no auth_time", errSession)
		}
		// A login in the course of this request is fresh, however long the user then thinks about it.
		if claims.AuthTime.Before(ar.RequestedAt.Truncate(time.Second)) && p.now().Sub(claims.AuthTime) > age+time.Second {
			return errLoginTooOld
		}
	}
	requested, err := requestedClaims(ar.Form)
	if err != nil {
		return err
	}
	if claims.AuthTime.IsZero() && (requested.wantsAuthTime() || ar.party.meta.RequireAuthTime) {
		return fmt.Errorf("%w: auth_time is essential, but the session's ID token claims have none", errSession)
	}
	if requested.unmet(claims.AuthenticationContextClassReference) {
		return errUnmetACR
	}
	if requested.excludes(claims.Subject) {
		return errOtherUser
	}
	return p.validateHint(ctx, ar, claims.Subject)
}

// maxAge reads max_age, a number of seconds; a number beyond all lives asks for nothing.
func maxAge(form url.Values) (age time.Duration, asked bool, err error) {
	raw := form.Get("max_age")
	if raw == "" {
		return 0, false, nil
	}
	number, err := strconv.ParseUint(raw, 10, 64)
	if err != nil {
		return 0, false, errMaxAge
	}
	return seconds(number), true, nil
}

// seconds are the longest duration where there are more.
func seconds(number uint64) time.Duration {
	return time.Duration(min(number, uint64(math.MaxInt64/time.Second)-1)) * time.Second
}

// validateHint compares the user with the one that id_token_hint names: an ID token of ours, which may have expired, for
// this client. Another client's would let it find out who is logged in.
func (p *Provider) validateHint(ctx context.Context, ar *authorizeRequest, subject string) error {
	hint := ar.Form.Get("id_token_hint")
	if hint == "" {
		return nil
	}
	claims, err := p.ownIDToken(ctx, hint, ar.Client.GetID())
	if err != nil {
		return fmt.Errorf("%w: %w", errHint, err)
	}
	if claims.Subject != subject {
		return errOtherUser
	}
	return nil
}
