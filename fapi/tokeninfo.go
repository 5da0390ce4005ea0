package fapi

import (
	"context"
	"encoding/json"

	"github.com/ory/fosite"

	"github.com/fosite-fapi/fosite-fapi/introspection"
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
	answer, err := guard(func() (introspection.Response, error) {
		f, err := p.lookUp(ctx, token, fosite.AccessToken, session)
		switch {
		case err != nil:
			return introspection.Response{}, err
		case f == nil:
			return p.legacyInfo(ctx, token, session), nil
		case f.use == fosite.AccessToken && !f.confirmation.IsZero():
			return p.facts(&introspected{found: f, issuer: p.issuer(ctx)})
		}
		return introspection.Response{}, nil
	})
	if err != nil {
		return nil, p.refused(ctx, nil, refuse(AtResource, nil, err))
	}
	return json.Marshal(answer)
}

func (p *Provider) legacyInfo(ctx context.Context, token string, session fosite.Session) introspection.Response {
	use, ar, err := p.introspectLegacy(ctx, token, fosite.AccessToken, session)
	if err != nil || use != fosite.AccessToken {
		return introspection.Response{} // fosite doesn't tell an unknown token from a store that fails
	}
	answer := legacyResponse(p.issuer(ctx), ar)
	answer.TokenType = "Bearer"
	return answer
}
