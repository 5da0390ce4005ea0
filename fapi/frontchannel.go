package fapi

import (
	"errors"
	"net/http"
	"net/url"
	"slices"

	"github.com/fosite-fapi/fosite-fapi/internal/form"
)

// frontChannel returns the parameters of an authorization request: the query of a GET, the body of a POST (OpenID
// Connect Core 3.1.2.1), or the query of a POST whose body is none of the client's: a login form that the page posted to
// its own URL. Whatever else is sent beside a request_uri or a request object is ignored, repeated or not.
func (in *inbound) frontChannel(limit int64) (url.Values, error) {
	if in.err != nil {
		return nil, in.err
	}
	var values url.Values
	var err error
	switch in.Method {
	case http.MethodGet, http.MethodHead:
		values, err = form.Parse(in.URL.RawQuery)
	case http.MethodPost:
		if err = in.keepForm(limit); err == nil {
			values, err = form.Body(in.Request, limit)
		}
		if err == nil && !slices.ContainsFunc(frontParameters, values.Has) {
			values, err = form.Parse(in.URL.RawQuery)
		}
	default:
		return nil, errMethod
	}
	if err != nil {
		return nil, err
	}
	return values, form.Single(values, frontParameters...)
}

// frontParameters are those that count in the front channel.
var frontParameters = []string{"client_id", "request_uri", "request"}

// keepForm parses the form of a POST into the request, as fosite does, for a host that looks there for what its own page
// sent.
func (in *inbound) keepForm(limit int64) error {
	if in.ContentLength > limit || in.size.n > limit {
		return form.ErrTooLarge
	}
	if in.PostForm != nil || in.Body == nil || !form.Encoded(in.Request) {
		return nil
	}
	in.Body = http.MaxBytesReader(nil, in.Body, limit)
	err := in.ParseForm()
	if tooLarge := (*http.MaxBytesError)(nil); errors.As(err, &tooLarge) {
		return form.ErrTooLarge
	}
	if err != nil {
		return form.ErrSyntax
	}
	return nil
}
