package par

import (
	"net/url"

	"github.com/ory/fosite"
)

// copyRequest copies everything that fosite changes in place: the form and its values, the redirect
// URI (WriteAuthorizeResponse puts the response's parameters into it), the lists that are appended to. A store
// that keeps pointers would otherwise show one interaction's changes to the next. The record is left out, but there is
// room for more parameters.
func copyRequest(ar fosite.AuthorizeRequester, more int) *fosite.AuthorizeRequest {
	form := ar.GetRequestForm()
	n := len(ar.GetResponseTypes()) + len(ar.GetRequestedScopes()) + len(ar.GetGrantedScopes()) + len(ar.GetRequestedAudience()) + len(ar.GetGrantedAudience())
	for _, values := range form {
		n += len(values)
	}
	s := make(shelf, 0, n)
	return &fosite.AuthorizeRequest{
		ResponseTypes:        s.copy(ar.GetResponseTypes()),
		RedirectURI:          copyURL(ar.GetRedirectURI()),
		State:                ar.GetState(),
		HandledResponseTypes: fosite.Arguments{},
		ResponseMode:         ar.GetResponseMode(),
		DefaultResponseMode:  ar.GetDefaultResponseMode(),
		Request: fosite.Request{
			ID:                ar.GetID(),
			RequestedAt:       ar.GetRequestedAt(),
			Client:            ar.GetClient(),
			RequestedScope:    s.copy(ar.GetRequestedScopes()),
			GrantedScope:      s.copy(ar.GetGrantedScopes()),
			Form:              s.copyForm(form, more),
			Session:           ar.GetSession(),
			RequestedAudience: s.copy(ar.GetRequestedAudience()),
			GrantedAudience:   s.copy(ar.GetGrantedAudience()),
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

// A shelf is one array for all the strings of a request.
type shelf []string

// copy puts values on the shelf. The copy is full, so that appending to it goes elsewhere.
func (s *shelf) copy(values []string) []string {
	if values == nil {
		return nil
	}
	start := len(*s)
	*s = append(*s, values...)
	return (*s)[start:len(*s):len(*s)]
}

func (s *shelf) copyForm(form url.Values, more int) url.Values {
	if _, ok := form[reserved]; ok {
		more--
	}
	c := make(url.Values, len(form)+more)
	for name, values := range form {
		if name != reserved {
			c[name] = s.copy(values)
		}
	}
	return c
}
