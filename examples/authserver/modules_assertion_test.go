package main

import (
	"net/http"

	"github.com/go-jose/go-jose/v4"

	"github.com/fosite-fapi/fosite-fapi/fapitest"
)

// What a client assertion must be, at the token endpoint and where requests are pushed.
func assertionModules() []module {
	return []module{
		misassertsRS256("ensure-signed-client-assertion-with-RS256-fails"),
		misasserts("ensure-client-assertion-in-token-endpoint", func(m *fapitest.Message) { m.Assertion.Claims = nil }),
		misasserts("ensure-client-assertion-with-exp-is-5-minutes-in-past-fails", claim("exp", seconds(-300))),
		misasserts("ensure-client-assertion-with-wrong-aud-fails", claim("aud", constant("https://other.example"))),
		misasserts("ensure-client-assertion-with-no-sub-fails", func(m *fapitest.Message) { delete(m.Assertion.Claims, "sub") }),
		misasserts("par-test-array-as-audience-fails", claim("aud", func(m *fapitest.Message) any { return []any{m.Assertion.Claims["aud"]} })),
		misasserts("par-test-par-endpoint-url-as-audience-fails", claim("aud", func(m *fapitest.Message) any { return m.Assertion.Claims["aud"].(string) + "/par" })),
		misasserts("par-test-token-endpoint-url-as-audience-fails", claim("aud", func(m *fapitest.Message) any { return m.Assertion.Claims["aud"].(string) + "/token" })),
		misasserts("par-ensure-jwt-client-assertions-nbf-over-60-seconds-in-the-future-fails", claim("nbf", seconds(61))),
		{name: "par-ensure-jwt-client-assertions-nbf-8-seconds-in-the-future-is-accepted", auth: privateKeyJWT, machine: true, test: func(x *trial) {
			early := claim("nbf", seconds(8))
			if !x.machine() {
				x.flow(x.a).pushed(early)
			}
			x.tokens(x.grant(x.a, early))
		}},
	}
}

// misassertsRS256 signs with the client's own key, which is good for PS256.
func misassertsRS256(name string) module {
	return misasserts(name, func(m *fapitest.Message) {
		m.Assertion.Key, m.Assertion.Algorithm, m.Assertion.Header["kid"] = rsaKey(), jose.RS256, "rsa"
	})
}

// misasserts is an assertion that is refused, and the same without the mutation, which isn't.
func misasserts(name string, mutate fapitest.Mutation) module {
	return module{name: name, auth: privateKeyJWT, machine: true, test: func(x *trial) {
		x.refused(x.grant(x.a, mutate), http.StatusUnauthorized, "invalid_client")
		x.tokens(x.grant(x.a))
		if !x.machine() {
			x.refused(x.flow(x.a).push(mutate), http.StatusUnauthorized, "invalid_client")
		}
	}}
}

// claim changes a claim of the assertion by what the message says.
func claim(name string, value func(*fapitest.Message) any) fapitest.Mutation {
	return func(m *fapitest.Message) { m.Assertion.Claims[name] = value(m) }
}

// seconds is a time relative to that of the assertion.
func seconds(n int64) func(*fapitest.Message) any {
	return func(m *fapitest.Message) any { return m.Assertion.Claims["iat"].(int64) + n }
}

func constant(value any) func(*fapitest.Message) any {
	return func(*fapitest.Message) any { return value }
}
