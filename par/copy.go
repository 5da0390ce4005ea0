package par

import (
	"maps"
	"net/url"
	"slices"

	"github.com/ory/fosite"
)

// copyRequest copies everything that fosite changes in place: the form and its values, the redirect
// URI (WriteAuthorizeResponse puts the response's parameters into it), the lists that are appended to. A store
// that keeps pointers would otherwise show one interaction's changes to the next.
func copyRequest(ar fosite.AuthorizeRequester) *fosite.AuthorizeRequest {
	return &fosite.AuthorizeRequest{
		ResponseTypes:        slices.Clone(ar.GetResponseTypes()),
		RedirectURI:          copyURL(ar.GetRedirectURI()),
		State:                ar.GetState(),
		HandledResponseTypes: fosite.Arguments{},
		ResponseMode:         ar.GetResponseMode(),
		DefaultResponseMode:  ar.GetDefaultResponseMode(),
		Request: fosite.Request{
			ID:                ar.GetID(),
			RequestedAt:       ar.GetRequestedAt(),
			Client:            ar.GetClient(),
			RequestedScope:    slices.Clone(ar.GetRequestedScopes()),
			GrantedScope:      slices.Clone(ar.GetGrantedScopes()),
			Form:              copyForm(ar.GetRequestForm()),
			Session:           ar.GetSession(),
			RequestedAudience: slices.Clone(ar.GetRequestedAudience()),
			GrantedAudience:   slices.Clone(ar.GetGrantedAudience()),
		},
	}
}

func copyURL(u *url.URL) *url.URL {
	if u == nil {
		return nil
	}
	c := *u
	return &c
}

func copyForm(form url.Values) url.Values {
	c := make(url.Values, len(form)+1)
	maps.Copy(c, form)
	for name, values := range c {
		c[name] = slices.Clone(values)
	}
	return c
}
