package par

import (
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

// copyForm copies deeply, all values into one array.
func copyForm(form url.Values) url.Values {
	n := 0
	for _, values := range form {
		n += len(values)
	}
	c, all := make(url.Values, len(form)+1), make([]string, 0, n)
	for name, values := range form {
		start := len(all)
		all = append(all, values...)
		c[name] = all[start:len(all):len(all)]
	}
	return c
}
