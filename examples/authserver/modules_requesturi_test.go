package main

import (
	"net/url"
	"time"

	"github.com/stretchr/testify/assert"
)

// What a request_uri is good for, and for how long.
func requestURIModules() []module {
	return []module{
		{name: "ensure-unsigned-authorization-request-without-using-par-fails", test: (*trial).notPushed},
		{name: "par-without-duplicate-parameters", test: (*trial).twoParameters},
		{name: "par-ensure-reused-request-uri-prior-to-auth-completion-succeeds", test: (*trial).visitedTwice},
		{name: "par-attempt-reuse-request_uri", test: (*trial).usedTwice},
		{name: "par-attempt-to-use-expired-request_uri", test: (*trial).usedLate},
		{name: "par-attempt-to-use-request_uri-for-different-client", test: (*trial).usedByAnother},
	}
}

func (x *trial) notPushed() {
	f := x.flow(x.a)
	x.stopped(x.get(x.outside, x.a.Server.AuthorizationEndpoint+"?"+f.params.Encode(), nil), "invalid_request")
}

// twoParameters: client_id and request_uri are enough, and the others beside them do no harm, twice or not.
func (x *trial) twoParameters() {
	f := x.flow(x.a)
	x.identifies(f, f.tokens())
	f = x.flow(x.a).pushed()
	beside := url.Values{"scope": f.params["scope"], "redirect_uri": f.params["redirect_uri"], "response_type": {"code", "code"}}
	assert.NotEmpty(x, f.answered(x.get(x.outside, f.link()+"&"+beside.Encode(), nil)).Get("code"))
}

// visitedTwice: the user comes back to the link before the login is completed, in the same browser or in another one.
func (x *trial) visitedTwice() {
	page := newTrial(x.T, x.variant, "form")
	f := page.flow(page.a).pushed()
	b := page.browser()
	b.visit(f.link())
	page.browser().visit(f.link())
	f.code = f.answered(b.visit(f.link()).logIn("alice", password).press("approve").Answer).Get("code")
	page.identifies(f, f.tokens())
}

func (x *trial) usedTwice() {
	f := x.flow(x.a).authorized()
	x.stopped(x.get(x.outside, f.link(), nil), "invalid_request_uri")
}

func (x *trial) usedLate() {
	f := x.flow(x.a).pushed()
	x.later(x.server.profile.RequestURILifetime + time.Second)
	x.stopped(x.get(x.outside, f.link(), nil), "invalid_request_uri")
}

func (x *trial) usedByAnother() {
	f := x.flow(x.a).pushed()
	x.stopped(x.get(x.outside, f.as(x.b).link(), nil), "invalid_request_uri")
	f.authorized()
}
