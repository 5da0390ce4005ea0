package fapi_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/ory/fosite"
	"github.com/stretchr/testify/assert"

	"github.com/fosite-fapi/fosite-fapi/fapi"
	"github.com/fosite-fapi/fosite-fapi/fapitest"
	"github.com/fosite-fapi/fosite-fapi/registration"
)

func TestClausesAuthorization(t *testing.T) {
	t.Parallel()
	clauses{
		{"PAR-22/kept by GET", visit(), approved},
		{"PAR-22/kept by POST", visit(method(http.MethodPost)), approved},
		{"PAR-22/kept by the query of a login form that the page posts to its own URL", visit(ownURL, param("password", "secret")), approved},
		{"F2-AZ-03/refused half in the query and half in the body", visit(ownURL, param("client_id", "client-a")), page(400, "invalid_request", "F2-AZ-03")},
		{"F2-AZ-03 PAR-22/refused without request_uri", visit(noParam("request_uri")), page(400, "invalid_request", "F2-AZ-03")},
		{"F2-AZ-03 PAR-26/refused parameters by value", visit(byValue), page(400, "invalid_request", "F2-AZ-03")},
		{"F2-AZ-03/refused request object by value", visit(noParam("request_uri"), param("request", "e30.e30.")), page(400, "invalid_request", "F2-AZ-03")},
		{"PAR-24/refused request_uri of the client's own", visit(param("request_uri", "https://client-a.example.com/request.jwt")), page(400, "invalid_request_uri", "PAR-24")},
		{"PAR-24/refused request_uri that nobody made", visit(param("request_uri", "urn:ietf:params:oauth:request_uri:"+strings.Repeat("A", 43))), page(400, "invalid_request_uri", "PAR-24")},
		{"PAR-11/refused request_uri of another client", visit(param("client_id", "client-b")), page(400, "invalid_request_uri", "PAR-11")},
		{"PAR-11/kept a stranger's visit spends nothing", afterStranger, approved},
		{"OA-03/refused unknown client_id", visit(param("client_id", "nobody")), page(400, "invalid_client", "OA-03")},
		{"OA-03/refused without client_id", visit(noParam("client_id")), page(400, "invalid_request", "OA-03")},

		{"PAR-29 F2-AZ-03/refused by value, as registered", registered(pushingAlone, visit(byValue)), page(400, "invalid_request", "F2-AZ-03")},
		{"PAR-29/kept pushed, as registered", registered(pushingAlone, visit()), approved},

		{"F2-AZ-15/kept the page is loaded twice before the decision", loadedTwice, approved},
		{"F2-AZ-15/refused after the approval", secondVisit(nil), page(400, "invalid_request_uri", "F2-AZ-15")},
		{"PAR-23/refused after the denial", secondVisit(fosite.ErrAccessDenied), page(400, "invalid_request_uri", "F2-AZ-15")},
		{"PAR-24/kept at 59 s", visit(wait(59 * time.Second)), approved},
		{"PAR-24/refused at 61 s", visit(wait(61 * time.Second)), page(400, "invalid_request_uri", "PAR-24")},
		{"PAR-24/kept login takes 10 minutes", interaction(59*time.Second, 10*time.Minute), approved},
		{"PAR-24/refused login takes 11 minutes", interaction(59*time.Second, 11*time.Minute), page(400, "invalid_request_uri", "PAR-24")},
		{"PAR-24/kept decided within one visit of 10 minutes", deliberating(10*time.Minute, visit()), approved},
		{"PAR-24/refused decided within one visit of 12 minutes", deliberating(12*time.Minute, visit()), page(400, "invalid_request_uri", "PAR-24")},

		{"PAR-25 F2-AS-07/refused redirect_uri that is not registered any more", reregistered(func(c *registration.Client) { c.RedirectURIs = c.RedirectURIs[1:] }), page(400, "invalid_request", "F2-AS-07")},
		{"PAR-25 PAR-08/refused scope that is not registered any more", reregistered(func(c *registration.Client) { c.Scope = "openid" }), sentBack("invalid_scope", "PAR-08")},
		{"PAR-25 PAR-08/refused response_type that is not registered any more", reregistered(func(c *registration.Client) { c.ResponseTypes = []string{"none"} }), sentBack("unauthorized_client", "PAR-08")},
		{"PAR-25/kept other changes", reregistered(func(c *registration.Client) { c.ClientName = "renamed" }), approved},

		{"OA-09/kept the user denies", denying(fosite.ErrAccessDenied, visit()), sentBack("access_denied", "OA-09")},
		{"OA-09/kept the host fails", denying(http.ErrAbortHandler, visit()), sentBack("server_error", "FAPI-HOST")},
		{"OA-14/kept the host's description", denying(fosite.ErrAccessDenied.WithHint("a \"quote\", a \\, a\r\n\tline, an ü"), visit()), sentBack("access_denied", "OA-09")},
		{"PAR-13/kept prompt none fails here", denying(fosite.ErrLoginRequired, authorize(param("prompt", "none"))), sentBack("login_required", "OA-09")},
		{"F2-AS-14/kept less scope than requested", granting("accounts", authorize()), approved},
		{"F2-AS-14/refused more scope than requested", granting("payments", authorize()), sentBack("server_error", "F2-AS-14")},

		{"OA-07/kept state", authorize(param("state", "af0ifjsldkj")), all(approved, parameter("state", "af0ifjsldkj"))},
		{"OA-07/kept state of one character", authorize(param("state", "x")), all(approved, parameter("state", "x"))},
		{"OA-07/kept state with everything in it", authorize(param("state", `ü%20+&"<#\ `)), all(approved, parameter("state", `ü%20+&"<#\ `))},
		{"OA-07/kept no state", authorize(noParam("state")), all(approved, parameter("state", ""))},
		{"OA-07/kept no state in an error", denying(fosite.ErrAccessDenied, authorize(noParam("state"))), all(sentBack("access_denied", "OA-09"), parameter("state", ""))},
		{"OA-07/kept state in an error", denying(fosite.ErrAccessDenied, authorize(param("state", "x"))), all(sentBack("access_denied", "OA-09"), parameter("state", "x"))},
		{"OA-07/kept state outside is ignored", visit(param("state", "outside")), all(approved, anotherState)},
		{"F2-AZ-16/kept state of 1500 characters", authorize(param("state", text(1500))), all(approved, parameter("state", text(1500)))},
		{"OA-08/kept redirect_uri with a query", authorize(toQuery), all(approved, parameter("dummy1", "lorem"), parameter("dummy2", "ipsum"))},
		{"OA-08/kept redirect_uri with a query in an error", denying(fosite.ErrAccessDenied, authorize(toQuery)), all(sentBack("access_denied", "OA-09"), parameter("dummy1", "lorem"))},

		{"F2-AZ-10/kept the credentials are not sent on", visit(method(http.MethodPost), param("password", "secret")), all(approved, parameter("password", ""))},
		{"F2-AZ-11/kept 303 for an error", denying(fosite.ErrAccessDenied, visit(method(http.MethodPost))), sentBack("access_denied", "OA-09")},
		{"F2-TLS-09/kept", visit(), all(approved, protected)},
		{"F2-TLS-09/kept on an error page", visit(noParam("request_uri")), all(page(400, "invalid_request", "F2-AZ-03"), protected)},
		{"F2-TLS-09/kept on the host's own page", func(b *bench) *fapitest.Answer { return showLogin(b, b.requestURI()) }, protected},
		{"OA-17/kept no frames", visit(noParam("request_uri")), unframed},
		{"F2-TLS-11 OA-05/refused CORS preflight", visit(method(http.MethodOptions), httpHeader("Access-Control-Request-Method", "POST")), page(405, "invalid_request", "OA-05")},
		{"F2-TLS-11/kept a middleware that allows everything", underCORS(visit()), approved},
		{"OA-01/refused client_id twice", visit(param("client_id", "client-a", "client-a")), page(400, "invalid_request", "OA-01")},
		{"OA-01/refused request_uri twice", visit(twiceTheRequestURI), page(400, "invalid_request", "OA-01")},
		{"OA-01/kept what stands beside request_uri may repeat", visit(param("scope", "openid", "openid"), param("response_type", "code", "code")), approved},
		{"PAR-01/refused JSON", visit(method(http.MethodPost), httpHeader("Content-Type", "application/json")), page(400, "invalid_request", "PAR-01")},
		{"PAR-01/refused multipart", visit(method(http.MethodPost), inParts), page(400, "invalid_request", "PAR-01")},
		{"PAR-15/refused too large", visit(method(http.MethodPost), param("foo", text(129<<10))), page(413, "invalid_request", "PAR-15")},
		{"OA-01 OA-05/refused PUT", visit(method(http.MethodPut)), page(405, "invalid_request", "OA-05")},
		{"OA-01 OA-05/refused DELETE", visit(method(http.MethodDelete)), page(405, "invalid_request", "OA-05")},
	}.run(t)
}

// byValue sends what should have been pushed.
func byValue(m *fapitest.Message) {
	m.Form = url.Values{
		"client_id": {"client-a"}, "response_type": {"code"}, "scope": {"openid"}, "redirect_uri": {"https://client-a.example.com/callback"},
		"code_challenge": {verifier}, "code_challenge_method": {"S256"},
	}
}

func toQuery(m *fapitest.Message) {
	m.Form.Set("redirect_uri", m.Form.Get("redirect_uri")+"?dummy1=lorem&dummy2=ipsum")
}

func twiceTheRequestURI(m *fapitest.Message) {
	m.Form["request_uri"] = append(m.Form["request_uri"], m.Form["request_uri"]...)
}

func anotherState(b *bench, a *fapitest.Answer) {
	b.Helper()
	assert.NotEqual(b, "outside", a.Location().Query().Get("state"))
}

func pushingAlone(c *registration.Client) { c.RequirePushedAuthorizationRequests = true }

// unframed is a page without scripts that no other page can show as its own.
func unframed(b *bench, a *fapitest.Answer) {
	b.Helper()
	policy := a.Header.Get("Content-Security-Policy")
	assert.Contains(b, policy, "default-src 'none'")
	assert.Contains(b, policy, "frame-ancestors 'none'")
	assert.Equal(b, "DENY", a.Header.Get("X-Frame-Options"))
	assert.NotContains(b, string(a.Body), "<script")
}

// denying lets the host decide against the client.
func denying(reason error, s step) step {
	return func(b *bench) *fapitest.Answer { b.deny = reason; return s(b) }
}

// granting lets the host grant these scopes, whatever was requested.
func granting(scopes string, s step) step {
	return func(b *bench) *fapitest.Answer { b.scopes = strings.Fields(scopes); return s(b) }
}

func afterStranger(b *bench) *fapitest.Answer {
	uri := b.requestURI()
	page(http.StatusBadRequest, "invalid_request_uri", "PAR-11")(b, b.browse(uri, param("client_id", "client-b")))
	return b.browse(uri)
}

// secondVisit comes after the request was decided.
func secondVisit(denied error) step {
	return func(b *bench) *fapitest.Answer {
		uri := b.requestURI()
		b.deny = denied
		assert.Equal(b, http.StatusSeeOther, b.browse(uri).Status)
		b.deny = nil
		return b.browse(uri)
	}
}

// reregistered changes the registration of client A between the push and the visit.
func reregistered(change func(*registration.Client)) step {
	return func(b *bench) *fapitest.Answer {
		uri := b.requestURI()
		change(b.registration(b.a.ID))
		return b.browse(uri)
	}
}

// loadedTwice shows a login page first.
func loadedTwice(b *bench) *fapitest.Answer { return interaction(0, 0)(b) }

// interaction loads the page for the first time after one delay, and decides after another.
func interaction(load, decide time.Duration) step {
	return func(b *bench) *fapitest.Answer {
		uri := b.requestURI()
		pass(load)
		showLogin(b, uri)
		pass(decide)
		return b.browse(uri)
	}
}

// showLogin is a visit that the host answers with a page of its own.
func showLogin(b *bench, requestURI string) *fapitest.Answer {
	deciding := b.handler
	b.interaction(func(rw http.ResponseWriter, _ *http.Request, _ fosite.AuthorizeRequester) (*fapi.Decision, error) {
		_, err := rw.Write([]byte("please log in"))
		return nil, err
	})
	defer func() { b.handler = deciding }()
	a := b.browse(requestURI)
	assert.Equal(b, http.StatusOK, a.Status)
	return a
}

// deliberating lets the host take its time to decide, holding the request.
func deliberating(d time.Duration, s step) step {
	return func(b *bench) *fapitest.Answer {
		b.interaction(func(rw http.ResponseWriter, r *http.Request, ar fosite.AuthorizeRequester) (*fapi.Decision, error) {
			pass(d)
			return b.interact(rw, r, ar)
		})
		return s(b)
	}
}

// underCORS runs the server behind a middleware that is too kind.
func underCORS(s step) step {
	return func(b *bench) *fapitest.Answer {
		inner := b.handler
		b.handler = http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
			rw.Header().Set("Access-Control-Allow-Origin", r.Header.Get("Origin"))
			rw.Header().Set("Access-Control-Allow-Credentials", "true")
			inner.ServeHTTP(rw, r)
		})
		return s(b)
	}
}

// ownURL posts to the authorization endpoint with the query that it was opened by.
func ownURL(m *fapitest.Message) {
	m.Method, m.URL, m.Form = http.MethodPost, m.URL+"?"+m.Form.Encode(), url.Values{}
}

// A host's own handler finds what its page sent where it looks for it, though it has no lane of its own.
func TestHostsReadTheirForms(t *testing.T) {
	t.Parallel()
	for store := range stores {
		b := newBench(t, store)
		uri := b.requestURI()
		var seen url.Values
		b.handler = http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
			ar, err := b.provider.NewAuthorizeRequest(r.Context(), r)
			if err != nil {
				b.provider.WriteAuthorizeError(r.Context(), rw, ar, err)
				return
			}
			seen = r.PostForm
		})
		b.browse(uri, ownURL, param("username", "alice"))
		assert.Equal(t, url.Values{"username": {"alice"}}, seen)
	}
}
