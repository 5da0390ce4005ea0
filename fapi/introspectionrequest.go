package fapi

import (
	"context"
	"errors"
	"net/http"

	"github.com/ory/fosite"

	"github.com/fosite-fapi/fosite-fapi/introspection"
)

// An introspected token is the answer to a profiled caller. Without a token it is inactive.
type introspected struct {
	*found
	other  fosite.IntrospectionResponder // of a legacy token
	issuer string
	caller *party // nil where it was not authenticated
	signed bool   // the caller wants a JWT (RFC 9701 4)
	trail  trail
}

func (i *introspected) IsActive() bool { return i.found != nil || i.other != nil }

func (i *introspected) GetAccessRequester() fosite.AccessRequester {
	if i.other != nil {
		return i.other.GetAccessRequester()
	}
	if i.found == nil {
		return nil
	}
	return i.accessRequest
}

func (i *introspected) GetTokenUse() fosite.TokenUse {
	if i.other != nil {
		return i.other.GetTokenUse()
	}
	if i.found == nil {
		return ""
	}
	return i.use
}

func (i *introspected) GetAccessTokenType() string {
	if i.found == nil || i.use != fosite.AccessToken {
		return ""
	}
	return tokenType(i.confirmation)
}

// NewIntrospectionRequest authenticates the caller as the token endpoint does, and looks the token up (RFC 7662 2.1).
// Who may see which token is [WithIntrospectors]'s to say. A profiled caller whose Accept header names
// application/token-introspection+jwt gets a signed answer (RFC 9701); if such a caller can't be authenticated, it is
// refused by status 400 instead of 401 (RFC 9701 5).
func (p *Provider) NewIntrospectionRequest(ctx context.Context, r *http.Request, session fosite.Session) (fosite.IntrospectionResponder, error) {
	in := p.receive(ctx, r)
	resp := &introspected{issuer: p.issuer(ctx), signed: introspection.Accepts(r.Header.Values("Accept"))}
	tryout := p.tryout(in, AtIntrospection)
	if !in.strict {
		answer, err := p.introspectByLegacy(ctx, in, session, resp)
		if errors.Is(err, fosite.ErrInactiveToken) {
			tryout.about(ctx, in.bearer, nil) // what is wrong is the token
		} else {
			tryout.about(ctx, in.bearer, err)
		}
		return answer, err
	}
	w := p.watchRequest(ctx, "NewIntrospectionRequest", in, &resp.trail, nil)
	defer w.end()
	c, err := guard(func() (*party, error) { return p.introspect(w, in, session, resp) })
	if err == nil {
		w.seen(resp.found)
		err = p.granted(w, AtIntrospection, c, "")
	}
	if err != nil {
		resp.found, resp.other = nil, nil
		return resp, p.refused(w, c, refuse(AtIntrospection, c, err))
	}
	tryout.about(ctx, c.client, nil)
	return resp, nil
}

// introspectByLegacy answers a legacy caller as fosite does. A token of a profiled client is active for it only where
// the host says so by [WithIntrospectors]: for a resource server that serves both kinds of client.
func (p *Provider) introspectByLegacy(ctx context.Context, in *inbound, session fosite.Session, own *introspected) (fosite.IntrospectionResponder, error) {
	key := fosite.AccessTokenFromRequest(in.Request)
	if key != "" {
		if _, ar, err := p.legacy.IntrospectToken(ctx, key, fosite.AccessToken, clone(session)); err == nil {
			if p.profiled(ctx, ar.GetClient()) {
				return &fosite.IntrospectionResponse{}, fosite.ErrRequestUnauthorized.WithHint("The token was issued before its client got a security profile.")
			}
			in.bearer = ar.GetClient()
		}
	}
	resp, err := p.legacy.NewIntrospectionRequest(ctx, in.Request, session)
	if err == nil && resp.IsActive() && p.profiled(ctx, resp.GetAccessRequester().GetClient()) {
		return &fosite.IntrospectionResponse{}, fosite.ErrInactiveToken
	}
	user, basic := basicUser(in.Request)
	// Beside a token in the form, fosite does not look at HTTP Basic.
	if !errors.Is(err, fosite.ErrInactiveToken) || p.introspectors == nil || key != "" || !basic || in.parties.of(user) == nil {
		return resp, err
	}
	f, failed := p.lookUp(ctx, in.PostForm.Get("token"), fosite.TokenUse(in.PostForm.Get("token_type_hint")), session)
	if failed != nil || f == nil || !p.maySee(ctx, in.parties.of(user), f.use, f.accessRequest) {
		return resp, err
	}
	own.found, own.caller = f, in.parties.of(user)
	return own, nil
}

func (p *Provider) introspect(ctx context.Context, in *inbound, session fosite.Session, resp *introspected) (*party, error) {
	values, err := in.body(p.maxBytes)
	if err != nil {
		return in.named(), err
	}
	who, c, err := p.authenticate(ctx, in, values, errUnauthenticated)
	if err != nil {
		return c, resp.unauthenticated(c, in.unauthenticated(c, err))
	}
	resp.caller = c
	if err := p.judgeAbout(ctx, AtIntrospection, who, values); err != nil {
		return c, err
	}
	token := values.Get("token")
	f, err := p.lookUp(ctx, token, fosite.TokenUse(values.Get("token_type_hint")), session)
	if err != nil {
		return c, err
	}
	if f != nil {
		if p.maySee(ctx, c, f.use, f.accessRequest) {
			resp.found = f
		}
		return c, nil
	}
	return c, p.introspectForProfiled(ctx, c, token, session, resp)
}

// introspectForProfiled looks for a token of the legacy lane, which a profiled resource server may have to judge too.
func (p *Provider) introspectForProfiled(ctx context.Context, c *party, token string, session fosite.Session, resp *introspected) error {
	if p.legacy == nil {
		return nil
	}
	use, ar, err := p.legacy.IntrospectToken(ctx, token, fosite.AccessToken, session)
	if err != nil || p.profiled(ctx, ar.GetClient()) || !p.maySee(ctx, c, use, ar) {
		return nil //nolint:nilerr // whatever the reason, the token is inactive for this caller
	}
	resp.other = &fosite.IntrospectionResponse{Active: true, AccessRequester: ar, TokenUse: use}
	return nil
}

// maySee says whether a token is any of the caller's business. A refresh token is none of a resource server's, which
// would take it for an access token.
func (p *Provider) maySee(ctx context.Context, caller *party, use fosite.TokenUse, token fosite.AccessRequester) bool {
	own := token.GetClient().GetID() == caller.client.GetID()
	switch {
	case use == fosite.RefreshToken && !own:
		return false
	case p.introspectors != nil:
		return p.introspectors(ctx, caller.client, token)
	case caller.profile != nil && caller.profile.demands.signedIntrospection:
		own = false
	}
	return own || ResourceServersOnly(ctx, caller.client, token)
}

// ResourceServersOnly is for [WithIntrospectors]: a caller sees the access tokens of which it is the audience, and a client
// not even its own (F2-MS-15).
func ResourceServersOnly(_ context.Context, caller fosite.Client, token fosite.AccessRequester) bool {
	return token.GetGrantedAudience().Has(caller.GetID())
}

// clone is Clone for a session that may be nil.
func clone(session fosite.Session) fosite.Session {
	if session == nil {
		return nil
	}
	return session.Clone()
}
