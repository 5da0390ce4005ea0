package fapi_test

import "testing"

// What a client wants back travels intact, or is refused (OA-07).
func TestClausesIntact(t *testing.T) {
	t.Parallel()
	clauses{
		{"OA-07/kept", authorize(param("state", "~!\"'<>&+% ü")), all(approved, parameter("state", "~!\"'<>&+% ü"))},
		{"OA-07/refused a state that is not UTF-8", push(param("state", "a\xffb")), refused(400, "invalid_request", "OA-07")},
		{"OA-07/refused a state with a line break", push(param("state", "a\nb")), refused(400, "invalid_request", "OA-07")},
		{"OA-07/refused a state with a NUL", push(param("state", "a\x00b")), refused(400, "invalid_request", "OA-07")},
		{"OIDC-3.1.2.1/kept a nonce", push(param("nonce", "n-0S6_WzA2Mjü")), created},
		{"OIDC-3.1.2.1/refused a nonce that is not UTF-8", push(param("nonce", "a\xffb")), refused(400, "invalid_request", "OIDC-3.1.2.1")},
	}.run(t)
	clauses{
		{"OA-03/kept", registered(redirectingTo("https://client-a.example.com/%C3%BC"), push(param("redirect_uri", "https://client-a.example.com/%C3%BC"))), created},
		{"OA-03/refused a registered URI that can't be answered at", registered(redirectingTo("https://client-a.example.com/ü"), push(param("redirect_uri", "https://client-a.example.com/ü"))), refused(400, "invalid_request", "F2-AS-07")},
		{"OA-03/refused a registered URI with a user", registered(redirectingTo("https://me@client-a.example.com/"), push(param("redirect_uri", "https://me@client-a.example.com/"))), refused(400, "invalid_request", "F2-AS-07")},
	}.run(t)
}
