package fapi

import (
	"github.com/ory/fosite"

	"github.com/fosite-fapi/fosite-fapi/cnf"
	"github.com/fosite-fapi/fosite-fapi/dpop"
	"github.com/fosite-fapi/fosite-fapi/rar"
)

// authorizeRequest is what the host holds between a request and its response in the profiled lane: fosite's
// requester, with what was verified. It goes back into the provider as it came out.
type authorizeRequest struct {
	*fosite.AuthorizeRequest
	party      *party
	requestURI string // of the pushed request; "" where there is none to spend
	loaded     bool   // the request passed: an error now is the host's decision
	nonce      string // a DPoP nonce for the answer
	trail      trail

	granted rar.Details // authorization details, where decided
	decided bool        // the host said what of them is granted
}

// orEmpty completes a refused request, of which little is known, so that the host can look at it as at one of
// fosite's.
func (ar *authorizeRequest) orEmpty() *authorizeRequest {
	if ar.AuthorizeRequest == nil {
		ar.AuthorizeRequest = fosite.NewAuthorizeRequest()
	}
	if ar.Client == nil {
		ar.Client = &fosite.DefaultClient{}
	}
	return ar
}

func (t *accessRequest) orEmpty() *accessRequest {
	if t.Client == nil {
		t.Client = &fosite.DefaultClient{}
	}
	return t
}

// accessRequest is the same for the token endpoint.
type accessRequest struct {
	*fosite.AccessRequest
	party        *party
	caller       *caller
	proof        *dpop.Proof // nil without one
	confirmation cnf.Confirmation
	grant        grant
	record       *record // of the code or token that is used
	signature    string  // the key of that
	nonce        string  // a DPoP nonce for the answer
	trail        trail

	details  rar.Details // authorization details of the access token
	entitled rar.Details // what they may be at most
	decided  bool        // the host said what they are
}

var (
	_ fosite.AuthorizeRequester = (*authorizeRequest)(nil)
	_ fosite.AccessRequester    = (*accessRequest)(nil)
)
