package fapi

import (
	"maps"
	"net/http"
	"net/url"
	"strings"

	"github.com/ory/fosite"

	"github.com/fosite-fapi/fosite-fapi/par"
	"github.com/fosite-fapi/fosite-fapi/rar"
)

// An Interaction decides authorization requests: it finds out who the user is and whether she agrees.
type Interaction interface {
	// Authorize is called for each visit to the authorization endpoint with a request that may be decided. It returns
	// a decision, or nil after it has written an answer of its own: a login or consent page, or a redirect to one.
	// When the user is done there, the page sends her back to the authorization endpoint with the parameters that
	// [Resume] gives, and Authorize is called again.
	//
	// An error is how the request ends, as a server_error if it is no *fosite.RFC6749Error, and so is a panic. A panic in
	// the middle of an answer can't be told to the client: it decides nothing, and the connection is cut.
	Authorize(rw http.ResponseWriter, r *http.Request, ar fosite.AuthorizeRequester) (*Decision, error)
}

// InteractionFunc makes an [Interaction] of a function.
type InteractionFunc func(rw http.ResponseWriter, r *http.Request, ar fosite.AuthorizeRequester) (*Decision, error)

// Authorize calls f.
func (f InteractionFunc) Authorize(rw http.ResponseWriter, r *http.Request, ar fosite.AuthorizeRequester) (*Decision, error) {
	return f(rw, r, ar)
}

// A Decision is how an authorization request ends.
type Decision struct {
	// Denied is why it was not approved, fosite.ErrAccessDenied for example; nil approves.
	Denied error
	// Session is the user's; required to approve.
	Session fosite.Session
	// Scopes and Audience are what is granted, of what was requested.
	Scopes, Audience []string
	// AuthorizationDetails are what is granted of those that were requested: a part of them, or what their types let stand
	// for them ([rar.Type]). nil grants what was requested, empty details grant nothing.
	AuthorizationDetails rar.Details
}

// Resume returns the parameters with which the user's browser comes back to the authorization endpoint. Of a legacy
// client they are those of the request itself: fosite uses a pushed request up when it is loaded first.
func Resume(ar fosite.AuthorizeRequester) url.Values {
	if own, ok := ar.(*authorizeRequest); ok {
		return url.Values{"client_id": {own.Client.GetID()}, "request_uri": {own.requestURI}}
	}
	return resumable(ar.GetRequestForm())
}

// resumable are the parameters of a request of the host's own lane without those that fosite consumed, or should not
// have kept.
func resumable(form url.Values) url.Values {
	params := maps.Clone(form)
	for _, name := range credentials {
		params.Del(name)
	}
	if strings.HasPrefix(params.Get("request_uri"), par.Prefix) {
		params.Del("request_uri")
	}
	return params
}
