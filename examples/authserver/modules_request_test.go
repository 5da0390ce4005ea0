package main

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/stretchr/testify/assert"

	"github.com/fosite-fapi/fosite-fapi/fapitest"
)

// What an authorization request may say, and what is refused when it is pushed.
func requestModules() []module {
	return []module{
		accepts("ensure-authorization-request-without-state-success", without("state")),
		accepts("ensure-authorization-request-without-nonce-success", without("nonce")),
		accepts("ensure-authorization-request-with-64-char-nonce-success", with("nonce", strings.Repeat("0123456789abcdef", 4))),
		accepts("ensure-authorization-request-with-long-nonce", with("nonce", strings.Repeat("n", 384))),
		accepts("ensure-authorization-request-with-long-state", with("state", strings.Repeat("s", 1001))),
		accepts("ensure-other-scope-order-succeeds", func(p url.Values) {
			scopes := strings.Fields(p.Get("scope"))
			p.Set("scope", strings.Join(append(scopes[1:], scopes[0]), " "))
		}),
		ignores("ensure-different-nonce-inside-and-outside-request-object", "nonce", nil),
		ignores("ensure-different-state-inside-and-outside-request-object", "state", nil),
		ignores("state-only-outside-request-object-not-used", "state", without("state")),

		refuses("ensure-registered-redirect-uri", "invalid_request", with("redirect_uri", "https://client-a.example/callback/else")),
		refuses("plain-fapi-tolerate-unregistered-redirect-uri", "invalid_request", with("redirect_uri", "https://unregistered.example/callback")),
		refuses("ensure-redirect-uri-in-authorization-request", "invalid_request", without("redirect_uri")),
		refuses("ensure-response-type-code-idtoken-fails", "unsupported_response_type", with("response_type", "code id_token")),
		refuses("ensure-response-type-token-fails", "unsupported_response_type", with("response_type", "token")),
		refuses("par-ensure-pkce-required", "invalid_request", without("code_challenge", "code_challenge_method")),
		refuses("par-plain-pkce-rejected", "invalid_request", with("code_challenge_method", "plain")),
		{name: "par-authorization-request-containing-request_uri-form-param", test: (*trial).requestURIPushed},
		{name: "par-attempt-invalid-http-method", test: (*trial).otherMethod},
	}
}

// accepts is a request that gets its code, and tokens for it.
func accepts(name string, change func(url.Values)) module {
	return module{name: name, test: func(x *trial) {
		f := x.flow(x.a)
		change(f.params)
		x.identifies(f, f.tokens())
	}}
}

// ignores is a request beside whose request_uri the browser brings another value: the pushed one counts, or there is
// none.
func ignores(name, parameter string, change func(url.Values)) module {
	return module{name: name, test: func(x *trial) {
		f := x.flow(x.a)
		if change != nil {
			change(f.params)
		}
		f.sent()
		f.code = f.answered(x.get(x.outside, f.link()+"&"+parameter+"=outside", nil)).Get("code")
		x.identifies(f, f.tokens())
	}}
}

// refuses is a request that is refused when it is pushed.
func refuses(name, code string, change func(url.Values)) module {
	return module{name: name, test: func(x *trial) {
		f := x.flow(x.a)
		change(f.params)
		x.refused(f.push(), http.StatusBadRequest, code)
	}}
}

func with(parameter, value string) func(url.Values) {
	return func(p url.Values) { p.Set(parameter, value) }
}

func without(parameters ...string) func(url.Values) {
	return func(p url.Values) {
		for _, name := range parameters {
			p.Del(name)
		}
	}
}

func (x *trial) otherMethod() {
	answer := x.flow(x.a).push(func(m *fapitest.Message) { m.Method = http.MethodPut })
	x.refused(answer, http.StatusMethodNotAllowed, "invalid_request")
	assert.Equal(x, http.MethodPost, answer.Header.Get("Allow"))
	x.refused(x.get(x.outside, x.a.Server.PushedAuthorizationRequestEndpoint, nil), http.StatusMethodNotAllowed, "invalid_request")
}

func (x *trial) requestURIPushed() {
	answer := x.flow(x.a).push(func(m *fapitest.Message) { m.Form.Set("request_uri", "urn:ietf:params:oauth:request_uri:x") })
	x.refused(answer, http.StatusBadRequest, "invalid_request")
}
