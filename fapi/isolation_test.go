package fapi_test

import (
	"encoding/base64"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fosite-fapi/fosite-fapi/fapitest"
)

const (
	badRequest   = http.StatusBadRequest
	unauthorized = http.StatusUnauthorized
)

func basicHeader(id, secret string) string {
	return "Basic " + base64.StdEncoding.EncodeToString([]byte(id+":"+secret))
}

// attacks on a request of the profiled client b, by whoever got hold of it or by b itself: each differs from it by
// one mutation.
var attacksOnProfiled = map[string]struct {
	mutate   fapitest.Mutation
	status   int
	code, id string
}{
	"Basic of a legacy client beside it": {
		func(m *fapitest.Message) {
			m.Header.Set("Authorization", basicHeader("web", url.QueryEscape(webSecret)))
		},
		unauthorized, "invalid_client", "F1B-AS-19",
	},
	"Basic of a legacy client in place of client_id": {
		func(m *fapitest.Message) {
			m.Form.Del("client_id")
			m.Header.Set("Authorization", basicHeader("web", url.QueryEscape(webSecret)))
		},
		unauthorized, "invalid_client", "F1B-AS-19",
	},
	"client_id and secret of a legacy client beside the assertion": {
		func(m *fapitest.Message) { m.Form.Set("client_id", "web"); m.Form.Set("client_secret", webSecret) },
		unauthorized, "invalid_client", "F1B-AS-19",
	},
	"Basic of a legacy client in place of the assertion": {
		func(m *fapitest.Message) {
			m.Assertion.Claims = nil
			m.Header.Set("Authorization", basicHeader("web", url.QueryEscape(webSecret)))
		},
		unauthorized, "invalid_client", "F1B-AS-19",
	},
	"Basic of another profiled client": {
		func(m *fapitest.Message) { m.Header.Set("Authorization", basicHeader("client-a", "x")) },
		unauthorized, "invalid_client", "F1B-AS-19",
	},
	"client_id of another profiled client": {
		func(m *fapitest.Message) { m.Form.Set("client_id", "client-a") },
		unauthorized, "invalid_client", "CA-02",
	},
	"client_id of nobody": {
		func(m *fapitest.Message) { m.Form.Set("client_id", "nobody") },
		unauthorized, "invalid_client", "CA-08",
	},
	"client_id of a legacy client too": {
		func(m *fapitest.Message) { m.Form.Add("client_id", "web") }, badRequest, "invalid_request", "OA-01",
	},
	"client_id twice": {
		func(m *fapitest.Message) { m.Form.Add("client_id", m.Form.Get("client_id")) }, badRequest, "invalid_request", "OA-01",
	},
	"assertion twice": {
		func(m *fapitest.Message) { sign(m); m.Form.Add("client_assertion", m.Form.Get("client_assertion")) }, badRequest, "invalid_request", "OA-01",
	},
	"iss of a legacy client":             {func(m *fapitest.Message) { m.Assertion.Claims["iss"] = "web" }, unauthorized, "invalid_client", "CA-02"},
	"sub of a legacy client":             {func(m *fapitest.Message) { m.Assertion.Claims["sub"] = "web" }, unauthorized, "invalid_client", "CA-02"},
	"iss of another profiled client":     {func(m *fapitest.Message) { m.Assertion.Claims["iss"] = "client-a" }, unauthorized, "invalid_client", "CA-02"},
	"assertion alone, with padding":      {respelt(padded), unauthorized, "invalid_client", "CA-07"},
	"assertion alone, with a line break": {respelt(broken), unauthorized, "invalid_client", "CA-07"},
	"assertion alone, as JSON":           {respelt(flattened), unauthorized, "invalid_client", "CA-07"},
	"a secret in place of a key":         {func(m *fapitest.Message) { m.Assertion.Claims = nil; m.Form.Set("client_secret", webSecret) }, unauthorized, "invalid_client", "F2-AS-06"},
	"nothing but the client_id":          {func(m *fapitest.Message) { m.Assertion.Claims = nil }, unauthorized, "invalid_client", "F2-AS-03"},
	"the legacy lane's audience":         {func(m *fapitest.Message) { m.Assertion.Claims["aud"] = issuer + "/token" }, unauthorized, "invalid_client", "F2-AS-08"},
	"a body that can't be parsed":        {func(m *fapitest.Message) { sign(m); m.Body = m.Form.Encode() + "&%zz" }, badRequest, "invalid_request", "PAR-01"},
	"a query that can't be parsed":       {func(m *fapitest.Message) { m.URL += "?%zz" }, badRequest, "invalid_request", "PAR-01"},
	"a multipart body":                   {func(m *fapitest.Message) { sign(m); asMultipart(m, m.Form) }, badRequest, "invalid_request", "PAR-01"},
	"a bearer token of legacy clients":   {func(m *fapitest.Message) { m.Assertion.Claims = nil; m.Header.Set("Authorization", "Bearer x") }, unauthorized, "invalid_client", "F2-AS-03"},
}

// sign makes the client assertion now, so that the body can be written by hand.
func sign(m *fapitest.Message) {
	raw, err := m.Assertion.Sign()
	if err != nil {
		panic(err)
	}
	m.Assertion.Claims, m.Form = nil, withAssertion(m.Form, raw)
}

// asMultipart sends a form as multipart/form-data.
func asMultipart(m *fapitest.Message, form url.Values) {
	m.Header.Set("Content-Type", "multipart/form-data; boundary=b")
	var body strings.Builder
	for name, values := range form {
		for _, value := range values {
			body.WriteString("--b\r\nContent-Disposition: form-data; name=\"" + name + "\"\r\n\r\n" + value + "\r\n")
		}
	}
	m.Body = body.String() + "--b--\r\n"
}

func TestIsolationOfProfiledRequests(t *testing.T) {
	t.Parallel()
	onMixed(t, func(_ *testing.T, m *mixed) {
		for _, endpoint := range endpointNames {
			sub(m, endpoint, func(m *mixed) {
				r := m.profiledRequest(endpoint)
				for name, attack := range attacksOnProfiled {
					sub(m, attack.id+" "+name, func(m *mixed) {
						a, err := m.b.Post(m.Context(), issuer+r.path, r.form, attack.mutate)
						require.NoError(m, err)
						status, id := attack.status, attack.id
						if endpoint == "par" && id == "F2-AS-03" {
							id = "F2-AZ-04"
						}
						m.refused(a, status, attack.code, id)
						assert.Nil(m, a.JSON["access_token"])
					})
				}
				m.begin()
				a := m.good(m.b.Post(m.Context(), issuer+r.path, r.form)) // what it is about still works
				if endpoint == "introspect" {
					assert.Equal(m, true, a.JSON["active"])
				}
				assert.Empty(m, m.spy.seen())
			})
		}
	})
}

// Only the body counts; a query that names another client is refused all the same.
func TestIsolationRefusesAnotherClientInTheQuery(t *testing.T) {
	t.Parallel()
	onMixed(t, func(_ *testing.T, m *mixed) {
		for _, endpoint := range endpointNames {
			for _, query := range []string{"client_id=web", "client_id=client-a", "client_id=web&client_secret=" + url.QueryEscape(webSecret)} {
				sub(m, endpoint+" "+query, func(m *mixed) {
					r := m.profiledRequest(endpoint)
					m.begin()
					a, err := m.b.Post(m.Context(), issuer+r.path+"?"+query, r.form)
					require.NoError(m, err)
					m.refused(a, unauthorized, "invalid_client", "F1B-AS-19")
					assert.Empty(m, m.spy.seen())
					m.good(m.b.Post(m.Context(), issuer+r.path+"?client_id=client-b&foo=bar", m.profiledRequest(endpoint).form))
				})
			}
		}
	})
}

func TestIsolationOfLegacyRequests(t *testing.T) {
	t.Parallel()
	edit := func(edits ...func(*http.Request)) []func(*http.Request) { return append(edits, asWeb) }
	attacks := map[string]struct {
		send     func(m *mixed, r readyRequest) *fapitest.Answer
		status   int
		code, id string
	}{
		"client_id of a profiled client": {func(m *mixed, r readyRequest) *fapitest.Answer {
			return m.legacy.post(r.path, changed(r.form, "client_id", "client-b"), edit()...)
		}, unauthorized, "invalid_client", "F1B-AS-19"},
		"client_id of a profiled client in the query": {func(m *mixed, r readyRequest) *fapitest.Answer {
			return m.legacy.post(r.path+"?client_id=client-b", r.form, edit()...)
		}, unauthorized, "invalid_client", "F1B-AS-19"},
		"both client_ids": {func(m *mixed, r readyRequest) *fapitest.Answer {
			return m.legacy.send(http.MethodPost, r.path, urlencoded, changed(r.form, "client_id", "").Encode()+"&client_id=web&client_id=client-b", edit()...)
		}, badRequest, "invalid_request", "OA-01"},
		"both client_ids, the profiled one first": {func(m *mixed, r readyRequest) *fapitest.Answer {
			return m.legacy.send(http.MethodPost, r.path, urlencoded, changed(r.form, "client_id", "").Encode()+"&client_id=client-b&client_id=web", edit()...)
		}, badRequest, "invalid_request", "OA-01"},
		"many client_ids in the query": {func(m *mixed, r readyRequest) *fapitest.Answer {
			return m.legacy.post(r.path+"?client_id=1&client_id=2&client_id=3&client_id=4&client_id=5", r.form, edit()...)
		}, unauthorized, "invalid_client", "F1B-AS-19"},
		"assertion of a profiled client": {func(m *mixed, r readyRequest) *fapitest.Answer {
			return m.legacy.post(r.path, withAssertion(r.form, m.legacy.assertion(map[string]any{"iss": "client-b", "sub": "client-b"})), edit()...)
		}, unauthorized, "invalid_client", "F1B-AS-19"},
		"assertion with sub of a profiled client": {func(m *mixed, r readyRequest) *fapitest.Answer {
			return m.legacy.post(r.path, withAssertion(r.form, m.legacy.assertion(map[string]any{"iss": "web", "sub": "client-b"})), edit()...)
		}, unauthorized, "invalid_client", "F1B-AS-19"},
		"assertion of a profiled client in the query": {func(m *mixed, r readyRequest) *fapitest.Answer {
			raw := m.legacy.assertion(map[string]any{"iss": "client-b", "sub": "client-b"})
			return m.legacy.post(r.path+"?client_assertion="+raw, r.form, edit()...)
		}, unauthorized, "invalid_client", "F1B-AS-19"},
		"Basic of a profiled client, its own credentials in the body": {func(m *mixed, r readyRequest) *fapitest.Answer {
			return m.legacy.post(r.path, changed(r.form, "client_id", "web", "client_secret", webSecret), withBasic("client-b", "x"))
		}, unauthorized, "invalid_client", "F1B-AS-19"},
		"Basic of a profiled client, encoded": {func(m *mixed, r readyRequest) *fapitest.Answer {
			return m.legacy.post(r.path, changed(r.form, "client_id", "web", "client_secret", webSecret),
				func(r *http.Request) { r.SetBasicAuth("%63lient%2Db", "x") })
		}, unauthorized, "invalid_client", "F1B-AS-19"},
		"client_id of a profiled client among malformed parameters": {func(m *mixed, r readyRequest) *fapitest.Answer {
			return m.legacy.send(http.MethodPost, r.path, urlencoded, "%zz&client_id=client-b&"+changed(r.form, "client_id", "").Encode(), edit()...)
		}, badRequest, "invalid_request", "PAR-01"},
		"client_id of a profiled client in a multipart body": {func(m *mixed, r readyRequest) *fapitest.Answer {
			return m.legacy.multipart(r.path, changed(r.form, "client_id", "client-b"), edit()...)
		}, badRequest, "invalid_request", "PAR-01"},
		"client_id of a profiled client in a multipart body, behind a middleware": {func(m *mixed, r readyRequest) *fapitest.Answer {
			return m.legacy.multipart(r.path, changed(r.form, "client_id", "client-b"), edit(func(r *http.Request) { _ = r.ParseForm() })...)
		}, badRequest, "invalid_request", "PAR-01"},
	}
	onMixed(t, func(_ *testing.T, m *mixed) {
		for _, endpoint := range endpointNames {
			sub(m, endpoint, func(m *mixed) {
				r := m.legacyRequest(endpoint)
				for name, attack := range attacks {
					sub(m, attack.id+" "+name, func(m *mixed) { m.refused(attack.send(m, r), attack.status, attack.code, attack.id) })
				}
				m.begin()
				a := m.good(m.legacy.post(r.path, r.form, asWeb), nil)
				if endpoint == "introspect" {
					assert.Equal(m, true, a.JSON["active"])
				}
				assert.NotEmpty(m, m.spy.seen())
			})
		}
	})
}

// respelt sends the assertion alone, in a spelling that fosite reads.
func respelt(spell func(header, payload, signature string) string) fapitest.Mutation {
	return func(m *fapitest.Message) {
		sign(m)
		m.Form.Del("client_id")
		parts := strings.Split(m.Form.Get("client_assertion"), ".")
		m.Form.Set("client_assertion", spell(parts[0], parts[1], parts[2]))
	}
}

func padded(header, payload, signature string) string {
	return header + "." + payload + strings.Repeat("=", 1+(3-len(payload)%4)%4) + "." + signature
}

func broken(header, payload, signature string) string {
	return header + ".\n" + payload + "." + signature
}

func flattened(header, payload, signature string) string {
	return `{"protected":"` + header + `","payload":"` + payload + `","signature":"` + signature + `"}`
}
