package fapi_test

import (
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fosite-fapi/fosite-fapi/fapi"
	"github.com/fosite-fapi/fosite-fapi/fapitest"
	"github.com/fosite-fapi/fosite-fapi/registration"
)

// created is the answer to a pushed request (PAR-09, PAR-10).
func created(b *bench, a *fapitest.Answer) {
	b.Helper()
	answers(http.StatusCreated)(b, a)
	assert.Equal(b, 60.0, a.JSON["expires_in"])
	assert.Regexp(b, `^urn:ietf:params:oauth:request_uri:[A-Za-z0-9_-]{43}$`, a.Text("request_uri"))
	assert.Len(b, a.JSON, 2)
}

// issued is the answer with tokens (RFC 6749 5.1), bound to the certificate that was presented.
func issued(b *bench, a *fapitest.Answer) {
	b.Helper()
	answers(http.StatusOK)(b, a)
	assert.Equal(b, "Bearer", a.Text("token_type"))
	assert.Equal(b, 300.0, a.JSON["expires_in"])
	assert.NotEmpty(b, a.Text("access_token"))
}

// done is 200 and nothing more.
func done(b *bench, a *fapitest.Answer) {
	b.Helper()
	require.Equal(b, http.StatusOK, a.Status, string(a.Body))
	assert.Empty(b, a.Body)
	assert.Equal(b, "no-store", a.Header.Get("Cache-Control"))
	assert.True(b, b.events.newest().Granted, "the audit saw %+v", b.events.newest())
}

// refused is a JSON error: this status, this code to the client, this requirement to the audit, and no way to
// anywhere.
func refused(status int, code, id string) check {
	return func(b *bench, a *fapitest.Answer) {
		b.Helper()
		plainError(b, a, status, code)
		audited(b, code, id)
		assert.Empty(b, a.Header.Values("WWW-Authenticate"), "the client did not use the Authorization header")
	}
}

// challenged is invalid_client for a client that tried this HTTP scheme (RFC 6749 5.2).
func challenged(scheme, id string) check {
	return func(b *bench, a *fapitest.Answer) {
		b.Helper()
		plainError(b, a, http.StatusUnauthorized, "invalid_client")
		audited(b, "invalid_client", id)
		assert.Equal(b, fapi.AtClientAuthentication, b.events.newest().Stage)
		assert.Regexp(b, `^`+scheme+` `, a.Header.Get("WWW-Authenticate"))
	}
}

// unaudited is a JSON error of a message that was not even read.
func unaudited(status int, code string) check {
	return func(b *bench, a *fapitest.Answer) { b.Helper(); plainError(b, a, status, code) }
}

func plainError(b *bench, a *fapitest.Answer, status int, code string) {
	b.Helper()
	require.Equal(b, status, a.Status, string(a.Body))
	require.Equal(b, code, a.Text("error"), string(a.Body))
	assert.Empty(b, others(slices.Collect(maps.Keys(a.JSON)), "error", "error_description"))
	assert.Regexp(b, registeredCharacters, a.Text("error_description"))
	assert.Equal(b, status == http.StatusMethodNotAllowed, slices.Contains([]string{http.MethodPost, registration.Methods}, a.Header.Get("Allow")), "Allow: %s", a.Header.Get("Allow"))
	plainJSON(b, a)
}

func plainJSON(b *bench, a *fapitest.Answer) {
	b.Helper()
	assert.Regexp(b, `^application/json(;|$)`, a.Header.Get("Content-Type"))
	assert.Equal(b, "no-store", a.Header.Get("Cache-Control"))
	assert.Equal(b, "no-cache", a.Header.Get("Pragma"))
	assert.Empty(b, a.Header.Get("Location"))
}

func audited(b *bench, code, id string) {
	b.Helper()
	e := b.events.newest()
	assert.False(b, e.Granted)
	assert.Equal(b, id, e.ID, e.Reason)
	assert.Equal(b, code, e.Code, e.Reason)
}

// registeredCharacters are those of RFC 6749 4.1.2.1 and 5.2 (OA-14).
var registeredCharacters = regexp.MustCompile(`^[\x20-\x21\x23-\x5B\x5D-\x7E]*$`)

// page is an error shown to the user, which leads nowhere (OA-03).
func page(status int, code, id string) check {
	return func(b *bench, a *fapitest.Answer) {
		b.Helper()
		require.Equal(b, status, a.Status, string(a.Body))
		assert.Contains(b, string(a.Body), `<p id="error">`+code+`</p>`)
		assert.Regexp(b, `^text/html`, a.Header.Get("Content-Type"))
		assert.NotContains(b, string(a.Body), "client-a.example.com")
		assert.Empty(b, a.Header.Get("Location"))
		assert.Equal(b, status == http.StatusMethodNotAllowed, a.Header.Get("Allow") == "GET, POST", "Allow: %s", a.Header.Get("Allow"))
		audited(b, code, id)
		protected(b, a)
	}
}

// approved is the way back to the client with a code.
func approved(b *bench, a *fapitest.Answer) {
	b.Helper()
	q := back(b, a)
	require.NotEmpty(b, q.Get("code"), a.Location())
	assert.Empty(b, others(slices.Collect(maps.Keys(q)), "code", "state", "iss", "dummy1", "dummy2"))
	assert.True(b, b.events.newest().Granted, "the audit saw %+v", b.events.newest())
}

// sentBack is the way back to the client with an error.
func sentBack(code, id string) check {
	return func(b *bench, a *fapitest.Answer) {
		b.Helper()
		q := back(b, a)
		require.Equal(b, code, q.Get("error"), a.Location())
		assert.Empty(b, others(slices.Collect(maps.Keys(q)), "error", "error_description", "state", "iss", "dummy1", "dummy2"))
		assert.Regexp(b, registeredCharacters, q.Get("error_description"))
		audited(b, code, id)
	}
}

// back is what every answer through the browser has: status 303, the client's own redirect URI, iss.
func back(b *bench, a *fapitest.Answer) url.Values {
	b.Helper()
	require.Equal(b, http.StatusSeeOther, a.Status, string(a.Body))
	require.True(b, strings.HasPrefix(a.Header.Get("Location"), b.a.RedirectURI+"?"), a.Header.Get("Location"))
	protected(b, a)
	q := a.Location().Query()
	assert.Equal(b, []string{issuer}, q["iss"])
	return q
}

// protected is what every answer of the authorization endpoint has.
func protected(b *bench, a *fapitest.Answer) {
	b.Helper()
	h := a.Header
	assert.Regexp(b, `^max-age=\d{8,}$`, h.Get("Strict-Transport-Security"))
	assert.Equal(b, "no-store", h.Get("Cache-Control"))
	assert.Equal(b, "nosniff", h.Get("X-Content-Type-Options"))
	assert.Equal(b, "DENY", h.Get("X-Frame-Options"))
	assert.Equal(b, "no-referrer", h.Get("Referrer-Policy"))
	for name := range h {
		assert.NotRegexp(b, `^Access-Control-`, name)
	}
}

// parameter wants a parameter of the redirect to be this, or absent for "".
func parameter(name, value string) check {
	return func(b *bench, a *fapitest.Answer) {
		b.Helper()
		require.NotNil(b, a.Location())
		q := a.Location().Query()
		assert.Equal(b, value, q.Get(name))
		assert.Equal(b, value != "", q.Has(name))
	}
}

// member wants a member of a JSON answer to be this, or absent for nil.
func member(name string, value any) check {
	return func(b *bench, a *fapitest.Answer) {
		b.Helper()
		assert.Equal(b, value, a.JSON[name], string(a.Body))
	}
}

// idClaim wants a claim of the ID token to be this, or absent for nil.
func idClaim(name string, value any) check {
	return func(b *bench, a *fapitest.Answer) {
		b.Helper()
		assert.Equal(b, value, idToken(b, a)[name])
	}
}

// others are the names that are not among the known ones.
func others(names []string, known ...string) []string {
	return slices.DeleteFunc(names, func(n string) bool { return slices.Contains(known, n) })
}
