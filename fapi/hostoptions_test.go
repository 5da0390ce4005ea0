package fapi_test

import (
	"context"
	"io"
	"net/http"
	"net/url"
	"testing"

	"github.com/ory/fosite"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fosite-fapi/fosite-fapi/fapi"
	"github.com/fosite-fapi/fosite-fapi/fapitest"
)

// An error page of the host's own has the status and the headers of the library's, and what the refusal says.
func TestErrorPage(t *testing.T) {
	t.Parallel()
	own := fapi.WithErrorPage(func(_ context.Context, rw http.ResponseWriter, r *fapi.Refusal) {
		rw.WriteHeader(r.Status())
		_, _ = io.WriteString(rw, "ours: "+r.ID+" "+r.Code()+" "+r.InteractionID)
	})
	fapitest.Run(t, fapitest.Config{Options: []fapi.Option{own}}, func(s *fapitest.Server) {
		a := s.Visit("urn:ietf:params:oauth:request_uri:unknown")
		refused := a.Audit[len(a.Audit)-1]
		assert.Equal(s, http.StatusBadRequest, a.Status)
		assert.Equal(s, "ours: "+refused.ID+" "+refused.Code+" "+refused.InteractionID, string(a.Body))
		assert.Contains(s, a.Header.Get("Content-Security-Policy"), "frame-ancestors 'none'")
		assert.Equal(s, "no-store", a.Header.Get("Cache-Control"))
	})
	fapitest.Run(t, fapitest.Config{}, func(s *fapitest.Server) {
		a := s.Visit("urn:ietf:params:oauth:request_uri:unknown")
		assert.Equal(s, http.StatusBadRequest, a.Status)
		assert.Contains(s, string(a.Body), `<p id="error">invalid_request_uri</p>`)
	})
}

// RFC 9068 3: a token for which no audience was granted is for what the host says, or for the issuer.
func TestDefaultAudience(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name    string
		options []fapi.Option
		want    any
	}{
		{"unset", nil, fapitest.Issuer},
		{"one", []fapi.Option{fapi.WithDefaultAudience("https://api.example.com")}, "https://api.example.com"},
		{"two", []fapi.Option{fapi.WithDefaultAudience("https://api.example.com", "https://pay.example.com")}, []any{"https://api.example.com", "https://pay.example.com"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			config := fapitest.Config{Options: append(tt.options, fapi.WithAccessTokenFormat(fapi.JWT))}
			fapitest.Run(t, config, func(s *fapitest.Server) {
				assert.Equal(s, tt.want, s.Claims(s.Tokens().Text("access_token"))["aud"])
			})
		})
	}
}

// A proof names the resource by a URL that the host configured, whatever the request's Host header says.
func TestResourceURLs(t *testing.T) {
	t.Parallel()
	const elsewhere = "https://api.example.com/accounts"
	for _, tt := range []struct {
		name    string
		options []fapi.Option
		url     string
		status  int
	}{
		{"unset, the issuer's", nil, fapitest.Issuer + "/accounts", http.StatusOK},
		{"unset, another", nil, elsewhere, http.StatusUnauthorized},
		{"the one that is set", []fapi.Option{fapi.WithResourceURLs("https://api.example.com/")}, elsewhere, http.StatusOK},
		{"the second that is set", []fapi.Option{fapi.WithResourceURLs("https://pay.example.com", "https://api.example.com")}, elsewhere, http.StatusOK},
		{"set, the issuer's", []fapi.Option{fapi.WithResourceURLs("https://api.example.com")}, fapitest.Issuer + "/accounts", http.StatusUnauthorized},
	} {
		t.Run(tt.name, func(t *testing.T) {
			config := fapitest.Config{Options: tt.options, Clients: []fapitest.ClientConfig{{Binding: fapi.BindingDPoP}}}
			fapitest.Run(t, config, func(s *fapitest.Server) {
				token := s.Tokens().Text("access_token")
				a := s.Got(s.Acting.Get(s.Context(), tt.url, token))
				require.Equal(s, tt.status, a.Status, string(a.Body))
				if tt.status != http.StatusOK {
					assert.Contains(s, a.Header.Get("WWW-Authenticate"), "invalid_dpop_proof")
				}
			})
		})
	}
}

// Each of several reporters hears of every report, in the order in which they are named.
func TestReporters(t *testing.T) {
	t.Parallel()
	var heard []string
	by := func(name string) fapi.Reporter {
		return fapi.ReportFunc(func(_ context.Context, r *fapi.Report) { heard = append(heard, name+" "+r.Client) })
	}
	all := fapi.Reporters{by("first"), by("second")}
	all.Report(t.Context(), &fapi.Report{Client: "a"})
	all.Report(t.Context(), &fapi.Report{Client: "b"})
	assert.Equal(t, []string{"first a", "second a", "first b", "second b"}, heard)
}

// What the claims parameter asks for is there when the host decides.
func TestClaims(t *testing.T) {
	t.Parallel()
	for parameter, want := range map[string]*fapi.ClaimsRequest{
		"": nil,
		`{"id_token":{"acr":{"essential":true,"values":["2","1"]},"email":null}}`: {IDToken: map[string]*fapi.RequestedClaim{
			"acr": {Essential: true, Values: []any{"2", "1"}}, "email": nil,
		}},
		`{"userinfo":{"given_name":{"value":"Alice"}}}`: {UserInfo: map[string]*fapi.RequestedClaim{"given_name": {Value: "Alice"}}},
	} {
		asked := false
		config := fapitest.Config{
			Request: url.Values{"claims": {parameter}},
			Interaction: fapi.InteractionFunc(func(_ http.ResponseWriter, _ *http.Request, ar fosite.AuthorizeRequester) (*fapi.Decision, error) {
				asked = true
				assert.Equal(t, want, fapi.Claims(ar))
				return &fapi.Decision{Denied: fosite.ErrAccessDenied}, nil
			}),
		}
		fapitest.Run(t, config, func(s *fapitest.Server) { s.Authorize() })
		require.True(t, asked, parameter)
	}
}
