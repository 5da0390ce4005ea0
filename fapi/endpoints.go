package fapi

import (
	"net/url"
	"strings"
)

// Endpoints are the URLs at which the host mounts the server's endpoints, as its metadata publishes them. An empty
// member is the issuer with the path named beside it; "-" means that the host does not offer the endpoint.
type Endpoints struct {
	Authorization              string // /authorize
	Token                      string // /token
	PushedAuthorizationRequest string // /par
	Introspection              string // /introspect
	Revocation                 string // /revoke
	UserInfo                   string // "-"
	JWKS                       string // /jwks
	Registration               string // /register, with [WithRegistration]; clients are configured below it
	// MTLSBaseURL is where the same paths are served by a listener that asks for client certificates; "" means that
	// the main one does. It becomes mtls_endpoint_aliases (RFC 8705 5).
	MTLSBaseURL string
}

// resolve fills in the defaults for an issuer.
func (e Endpoints) resolve(issuer string) Endpoints {
	base := strings.TrimSuffix(issuer, "/")
	for _, f := range []struct {
		url  *string
		path string
	}{
		{&e.Authorization, "/authorize"}, {&e.Token, "/token"}, {&e.PushedAuthorizationRequest, "/par"},
		{&e.Introspection, "/introspect"}, {&e.Revocation, "/revoke"}, {&e.JWKS, "/jwks"}, {&e.Registration, "/register"},
	} {
		if *f.url == "" {
			*f.url = base + f.path
		}
	}
	for _, u := range []*string{&e.Authorization, &e.Token, &e.PushedAuthorizationRequest, &e.Introspection, &e.Revocation, &e.UserInfo, &e.JWKS, &e.Registration} {
		if *u == "-" {
			*u = ""
		}
	}
	return e
}

// alias is the URL at which the mutual TLS listener serves an endpoint.
func (e Endpoints) alias(endpoint string) string {
	u, err := url.Parse(endpoint)
	if endpoint == "" || err != nil {
		return ""
	}
	return strings.TrimSuffix(e.MTLSBaseURL, "/") + u.EscapedPath()
}
