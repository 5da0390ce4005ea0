package fapi

import (
	"context"
	"encoding/json"

	"github.com/ory/fosite"
)

// TokenInfo says of an access token what introspection would say to a caller that may see it (RFC 7662 2.2), as JSON:
// for a resource server in the host's own process, which is the host itself, so that [WithIntrospectors] is not asked.
// Nothing is known yet of who sends the token: who asks must compare the cnf with the sender, as package resource does.
//
//	Introspection: &resource.Introspection{TTL: -1, Local: func(ctx context.Context, token string) ([]byte, error) {
//		return provider.TokenInfo(ctx, token, fapi.NewSession(""))
//	}},
//
// Tokens of legacy clients are told as the host's own lane knows them: bound to nothing. What is not a live access token
// gives {"active":false}. The error means that the server can't tell.
func (p *Provider) TokenInfo(ctx context.Context, token string, session fosite.Session) ([]byte, error) {
	f, err := p.lookUp(ctx, token, fosite.AccessToken, session)
	if err != nil {
		return nil, p.refused(ctx, nil, refuse(AtResource, nil, err))
	}
	var body introspectionBody
	switch {
	case f == nil:
		body = p.legacyInfo(ctx, token, session)
	case f.use == fosite.AccessToken && !f.confirmation.IsZero():
		body = (&introspection{found: f, issuer: p.issuer(ctx)}).body()
	}
	return json.Marshal(body)
}

func (p *Provider) legacyInfo(ctx context.Context, token string, session fosite.Session) introspectionBody {
	use, ar, err := p.introspectLegacy(ctx, token, fosite.AccessToken, session)
	if err != nil || use != fosite.AccessToken {
		return introspectionBody{} // fosite doesn't tell an unknown token from a store that fails
	}
	body := introspectionBody{
		Active: true, Issuer: p.issuer(ctx), Subject: ar.GetSession().GetSubject(), Username: ar.GetSession().GetUsername(),
		Audience: ar.GetGrantedAudience(), ClientID: ar.GetClient().GetID(), IssuedAt: ar.GetRequestedAt().Unix(),
		Scope: scopeString(ar.GetGrantedScopes()), TokenType: "Bearer",
	}
	if expires := ar.GetSession().GetExpiresAt(fosite.AccessToken); !expires.IsZero() {
		body.Expires = expires.Unix()
	}
	return body
}
