package fapi_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/fosite-fapi/fosite-fapi/fapitest"
)

// What holds for every message that a client posts, at every endpoint.
func TestClausesMessage(t *testing.T) {
	t.Parallel()
	endpoints := []struct {
		name  string
		send  func(...fapitest.Mutation) step
		grant check
	}{
		{"PAR", push, created},
		{"token", redeem, issued},
		{"introspection", introspect, all(answers(200), member("active", true))},
		{"revocation", revoke, done},
	}
	var rows clauses
	for _, e := range endpoints {
		rows = append(rows, clauses{
			{"OA-01/kept at " + e.name, e.send(), e.grant},
			{"OA-01/kept unknown parameter at " + e.name, e.send(param("foo", "bar")), e.grant},
			{"OA-01/kept empty parameter as if absent at " + e.name, e.send(param("client_secret", "")), e.grant},
			{"OA-01/kept charset at " + e.name, e.send(httpHeader("Content-Type", "application/x-www-form-urlencoded; charset=UTF-8")), e.grant},
			{"OA-01/refused client_id twice at " + e.name, e.send(param("client_id", "client-a", "client-a")), refused(400, "invalid_request", "OA-01")},
			{"OA-01/refused unknown parameter twice at " + e.name, e.send(param("foo", "bar", "bar")), refused(400, "invalid_request", "OA-01")},
			{"OA-01/refused client_assertion twice at " + e.name, e.send(twoAssertions), refused(400, "invalid_request", "OA-01")},
			{"OA-05/refused GET at " + e.name, e.send(method(http.MethodGet)), unaudited(405, "invalid_request")},
			{"OA-05/refused PUT at " + e.name, e.send(method(http.MethodPut)), unaudited(405, "invalid_request")},
			{"OA-05/refused DELETE at " + e.name, e.send(method(http.MethodDelete)), unaudited(405, "invalid_request")},
			{"PAR-01 PAR-04/refused query at " + e.name, e.send(inQuery), invalid("PAR-04")},
			{"PAR-01/refused JSON at " + e.name, e.send(body("application/json", `{"client_id":"client-a"}`)), refused(400, "invalid_request", "PAR-01")},
			{"PAR-01/refused JSON by the name of a form at " + e.name, e.send(httpHeader("Content-Type", "application/json")), refused(400, "invalid_request", "PAR-01")},
			{"PAR-01/refused no type at " + e.name, e.send(httpHeader("Content-Type")), refused(400, "invalid_request", "PAR-01")},
			{"PAR-01/refused multipart at " + e.name, e.send(inParts), refused(400, "invalid_request", "PAR-01")},
			{"PAR-01/refused malformed at " + e.name, e.send(body("", "client_id=client-a&scope=%zz")), refused(400, "invalid_request", "PAR-01")},
			{"PAR-01/refused semicolons at " + e.name, e.send(body("", "client_id=client-a;scope=openid")), refused(400, "invalid_request", "PAR-01")},
			{"PAR-15/kept large at " + e.name, e.send(param("foo", text(100<<10))), e.grant},
			{"PAR-15/refused too large at " + e.name, e.send(param("foo", text(129<<10))), refused(413, "invalid_request", "PAR-15")},
			{"PAR-15/refused too many parameters at " + e.name, e.send(manyParameters), refused(413, "invalid_request", "PAR-15")},
		}...)
	}
	rows.run(t)
}

// A parameter that RFC 8707 lets repeat.
func TestClausesResourceParameter(t *testing.T) {
	t.Parallel()
	clauses{
		{"OA-01/kept resource twice", push(param("resource", "https://a.example.com", "https://b.example.com")), created},
		{"OA-14/kept description of a strange parameter", push(param("scope", "\"quotes\\\r\n\tand ü")), func(b *bench, a *fapitest.Answer) {
			refused(400, "invalid_scope", "PAR-08")(b, a)
			assert.NotContains(b, a.Text("error_description"), "quotes")
		}},
	}.run(t)
}

func twoAssertions(m *fapitest.Message) {
	one := signed(m)
	m.Form["client_assertion"], m.Form["client_assertion_type"] = []string{one, one}, []string{assertionType}
}

var (
	inQuery = fapitest.Mutation(fapitest.InQuery)
	body    = fapitest.Body
)

func inParts(m *fapitest.Message) {
	const boundary = "boundary"
	if m.Assertion.Claims != nil {
		m.Form.Set("client_assertion", signed(m))
		m.Form.Set("client_assertion_type", assertionType)
	}
	var b strings.Builder
	for name, values := range m.Form {
		b.WriteString("--" + boundary + "\r\nContent-Disposition: form-data; name=\"" + name + "\"\r\n\r\n" + values[0] + "\r\n")
	}
	body("multipart/form-data; boundary="+boundary, b.String()+"--"+boundary+"--\r\n")(m)
}

func manyParameters(m *fapitest.Message) {
	for i := range 129 {
		m.Form.Set("foo"+strings.Repeat("o", i), "bar")
	}
}
