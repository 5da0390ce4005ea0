package fapi

import (
	"context"
	"net/http"

	"github.com/ory/fosite"
)

// WithLegacyIssuer adds iss (RFC 9207) to the authorization responses of legacy clients too, errors included. They need
// it where they read metadata of the provider, which says that responses have it: a client that knows RFC 9207 refuses
// those without. Else they are fosite's. A response mode of the host's own is left as it is. Unset, legacy clients get what
// fosite writes.
func WithLegacyIssuer() Option {
	return func(s *settings) error { s.legacyIssuer = true; return nil }
}

// writeLegacyResponse is fosite's answer, with iss by WithLegacyIssuer.
func (p *Provider) writeLegacyResponse(ctx context.Context, rw http.ResponseWriter, ar fosite.AuthorizeRequester, resp fosite.AuthorizeResponder) {
	if p.legacyIssuer && fositeMode(ar.GetResponseMode()) && !resp.GetParameters().Has("iss") {
		resp.AddParameter("iss", p.issuer(ctx))
	}
	p.legacy.WriteAuthorizeResponse(ctx, rw, ar, resp)
}

// writeLegacyError is fosite's answer, with iss by WithLegacyIssuer. fosite can't be told of another parameter of an error,
// but writes whatever parameters a response has, at the same place.
func (p *Provider) writeLegacyError(ctx context.Context, rw http.ResponseWriter, ar fosite.AuthorizeRequester, err error) {
	if !p.legacyIssuer || ar == nil || !ar.IsRedirectURIValid() || !fositeMode(ar.GetResponseMode()) || p.handledByHost(ctx, ar.GetResponseMode()) {
		p.legacy.WriteAuthorizeError(ctx, rw, ar, err)
		return
	}
	r := fosite.ErrorToRFC6749Error(err).WithLegacyFormat(p.config.GetUseLegacyErrorFormat(ctx)).
		WithExposeDebug(p.config.GetSendDebugMessagesToClients(ctx))
	if of, ok := ar.(fosite.G11NContext); ok {
		r = r.WithLocalizer(p.config.GetMessageCatalog(ctx), of.GetLang())
	}
	resp := fosite.NewAuthorizeResponse()
	for name, values := range r.ToValues() {
		for _, value := range values {
			resp.AddParameter(name, value)
		}
	}
	resp.AddParameter("state", ar.GetState())
	resp.AddParameter("iss", p.issuer(ctx))
	p.legacy.WriteAuthorizeResponse(ctx, rw, ar, resp)
}

// handledByHost says whether the host writes errors of a response mode itself. fosite asks it about its own modes too.
func (p *Provider) handledByHost(ctx context.Context, mode fosite.ResponseModeType) bool {
	handler := p.config.GetResponseModeHandlerExtension(ctx)
	return handler != nil && handler.ResponseModes().Has(mode)
}

func fositeMode(mode fosite.ResponseModeType) bool {
	switch mode {
	case fosite.ResponseModeDefault, fosite.ResponseModeQuery, fosite.ResponseModeFragment, fosite.ResponseModeFormPost:
		return true
	}
	return false
}
