package fapitest

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fosite-fapi/fosite-fapi/fapi"
)

// A Check judges an answer, and what the audit saw of it, by failing the test that s is. Any other than those of this
// package is a function of one's own:
//
//	func(s *fapitest.Server, a *fapitest.Answer) {
//		assert.Equal(s, 300.0, a.JSON["expires_in"])
//	}
type Check func(s *Server, a *Answer)

// All makes every check.
func All(checks ...Check) Check {
	return func(s *Server, a *Answer) {
		s.Helper()
		for _, check := range checks {
			check(s, a)
		}
	}
}

// Accepted wants what was asked for: a status below 300 and no error, or the way back to the client with a code, to a
// redirect URI that is registered. The audit of a profiled client must have granted it. What the answer says is for
// other checks; an introspection that says active: false is accepted too.
func Accepted() Check {
	return func(s *Server, a *Answer) {
		s.Helper()
		if a.Returned() != nil {
			returned := wayBack(s, a)
			require.NotEmpty(s, returned.Get("code"), "the answer leads to %s", a.target())
		} else {
			require.Less(s, a.Status, 300, string(a.Body))
			require.Empty(s, a.Text("error"), string(a.Body))
		}
		if a.Client == nil || s.legacy(a.Client) {
			return
		}
		require.NotEmpty(s, a.Audit, "the audit saw nothing")
		last := a.Audit[len(a.Audit)-1]
		assert.True(s, last.Granted, "the audit saw %s: %s", last.ID, last.Reason)
	}
}

// Refused wants a refusal: this requirement to the audit, this OAuth error code and this HTTP status to the client. By
// 303 it goes back to the client, to a redirect URI that is registered; at the authorization endpoint it is a page
// otherwise, everywhere else JSON that no cache keeps. An id of "" wants that no requirement was named to the audit, as
// for legacy clients.
func Refused(id, code string, status int) Check {
	return func(s *Server, a *Answer) {
		s.Helper()
		require.Equal(s, status, a.Status, string(a.Body))
		switch {
		case a.Returned() != nil:
			returned := wayBack(s, a)
			require.Equal(s, code, returned.Get("error"), "the answer leads to %s", a.target())
			assert.False(s, returned.Has("code"), "a code beside the error")
		case strings.HasPrefix(a.Header.Get("Content-Type"), "text/html"):
			assert.True(s, a.browsed, "a page for a client that reads JSON")
		default:
			require.Equal(s, code, a.Text("error"), string(a.Body))
			assert.Contains(s, a.Header.Get("Cache-Control"), "no-store")
			for _, name := range []string{"access_token", "refresh_token", "id_token", "request_uri"} {
				assert.NotContains(s, a.JSON, name)
			}
		}
		refusal := slices.IndexFunc(a.Audit, func(e fapi.Event) bool { return !e.Granted })
		if id == "" {
			assert.True(s, refusal < 0 || a.Audit[refusal].ID == "", "the audit saw a refusal: %+v", a.Audit)
			return
		}
		require.GreaterOrEqual(s, refusal, 0, "the audit saw no refusal")
		last := a.Audit[len(a.Audit)-1]
		assert.False(s, last.Granted, "the audit saw it granted after all")
		assert.Equal(s, id, a.Audit[refusal].ID, a.Audit[refusal].Reason)
		if last.Stage != fapi.AtResource { // which has codes of its own
			assert.Equal(s, code, a.Audit[refusal].Code, a.Audit[refusal].Reason)
		}
	}
}

// wayBack is what every authorization response has. It returns the parameters, those of a JWT verified.
func wayBack(s *Server, a *Answer) url.Values {
	s.Helper()
	assert.True(s, slices.ContainsFunc(s.member(a.Client.ID).registered.RedirectURIs, func(uri string) bool {
		rest, ok := strings.CutPrefix(a.target(), uri)
		return ok && (rest == "" || strings.ContainsAny(rest[:1], "?&#"))
	}), "no redirect URI of the client: %s", a.target())
	if s.legacy(a.Client) {
		return a.Returned()
	}
	if a.Location() != nil {
		assert.Equal(s, http.StatusSeeOther, a.Status)
	}
	returned := s.Returned(a)
	switch {
	case a.Returned().Has("response"):
		assert.Len(s, a.Returned(), 1, "parameters beside the JWT")
	case s.Metadata.AuthorizationResponseIssParameterSupported:
		assert.Equal(s, []string{s.Metadata.Issuer}, returned["iss"])
	}
	return returned
}

// Status wants this HTTP status.
func Status(status int) Check {
	return func(s *Server, a *Answer) { s.Helper(); assert.Equal(s, status, a.Status, string(a.Body)) }
}

// Member wants a member of the JSON answer to be this, or absent for nil. Numbers are float64.
func Member(name string, value any) Check {
	return func(s *Server, a *Answer) {
		s.Helper()
		require.NotNil(s, a.JSON, string(a.Body))
		if got, ok := a.JSON[name]; value != nil || ok {
			assert.Equal(s, value, got, string(a.Body))
		}
	}
}

// Active wants an introspection to find the token active, or not.
func Active(active bool) Check { return All(Status(http.StatusOK), Member("active", active)) }

// Returned wants a parameter that goes back to the client to be this; none, for no value.
func Returned(name string, values ...string) Check {
	return func(s *Server, a *Answer) {
		s.Helper()
		returned := s.Returned(a)
		require.NotNil(s, returned, "the answer leads to no client: %d %s", a.Status, a.Body)
		assert.Equal(s, values, returned[name])
	}
}

// HasHeader wants a header field to be this; absent, for no value.
func HasHeader(name string, values ...string) Check {
	return func(s *Server, a *Answer) { s.Helper(); assert.Equal(s, values, a.Header.Values(name), name) }
}

// IDTokenClaim wants a claim of the ID token, which is verified, to be this, or absent for nil.
func IDTokenClaim(name string, value any) Check {
	return func(s *Server, a *Answer) {
		s.Helper()
		require.NotEmpty(s, a.Text("id_token"), string(a.Body))
		got, ok := s.Claims(a.Text("id_token"))[name]
		assert.Equal(s, value != nil, ok, "claim %s is %v", name, got)
		assert.Equal(s, value, got)
	}
}
