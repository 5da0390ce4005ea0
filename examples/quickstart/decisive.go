package main

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/url"
	"strconv"
	"strings"
)

// decisive are the parameters and members of a message that the story tells, in its order.
var decisive = []string{
	// What a flow is made of.
	"grant_type", "response_type", "client_id", "redirect_uri", "scope", "state", "nonce", "code_challenge", "code_challenge_method",
	"code", "code_verifier", "refresh_token", "token", "request_uri", "request", "client_assertion",
	// Login and consent.
	"username", "password", "decision",
	// What comes back.
	"response", "access_token", "token_type", "expires_in", "id_token", "active", "iss", "sub", "cnf.x5t#S256", "owner", "balance", "error", "error_description",
	// Metadata.
	"issuer", "authorization_endpoint", "mtls_endpoint_aliases.pushed_authorization_request_endpoint", "mtls_endpoint_aliases.token_endpoint",
	"token_endpoint_auth_methods_supported", "token_endpoint_auth_signing_alg_values_supported", "code_challenge_methods_supported",
	"authorization_response_iss_parameter_supported", "response_types_supported", "response_modes_supported", "require_signed_request_object",
	"tls_client_certificate_bound_access_tokens",
}

// claims are those of a JWT.
var claims = []string{
	"alg", "kid", "typ", "iss", "sub", "aud", "jti", "iat", "nbf", "exp", "auth_time", "nonce", "at_hash", "c_hash", "s_hash",
	"response_type", "response_mode", "redirect_uri", "scope", "state", "code_challenge", "code",
}

// introspectionClaims are those of an introspection response that is a JWT.
var introspectionClaims = []string{
	"alg", "kid", "typ", "iss", "aud", "iat", "token_introspection.active", "token_introspection.client_id", "token_introspection.scope",
	"token_introspection.sub", "token_introspection.cnf.x5t#S256",
}

// parameters are the decisive ones of a form or a query.
func (s *story) parameters(form url.Values) []row {
	values := make(map[string]string, len(form))
	for name := range form {
		values[name] = form.Get(name)
	}
	if values["password"] != "" {
		values["password"] = "••••"
	}
	return s.decisive(values)
}

// decisive picks what matters, in an order that can be followed. JWTs that are for the receiver to read are shown read; of later client assertions
// only what is new in each.
func (s *story) decisive(values map[string]string) []row {
	var rows []row
	for _, name := range decisive {
		value, ok := values[name]
		if !ok || name == "request" && strings.Count(value, ".") != 2 { // the login page has a field of this name, too
			continue
		}
		rows = append(rows, row{name, shorten(value)})
		switch {
		case name == "client_assertion" && s.known[name]:
			rows = append(rows, decoded(value, "jti")...)
		case name == "client_assertion", name == "id_token", name == "request", name == "response":
			rows = append(rows, decoded(value, claims...)...)
			s.known[name] = true
		}
	}
	return rows
}

// decoded are members of the header and the claims of a JWT, unverified.
func decoded(jwt string, names ...string) []row {
	var rows []row
	for i, part := range strings.Split(jwt, ".") {
		raw, err := base64.RawURLEncoding.DecodeString(part)
		var members map[string]any
		if i > 1 || err != nil || json.Unmarshal(raw, &members) != nil {
			break
		}
		flat := flatten("", members, map[string]string{})
		for _, name := range names {
			if value, ok := flat[name]; ok {
				rows = append(rows, row{"  " + name, shorten(value)})
			}
		}
	}
	return rows
}

// flatten turns nested members into dotted names, and everything into text.
func flatten(prefix string, members map[string]any, into map[string]string) map[string]string {
	for name, value := range members {
		if inner, ok := value.(map[string]any); ok {
			flatten(prefix+name+".", inner, into)
			continue
		}
		into[prefix+name] = text(value)
	}
	return into
}

func text(value any) string {
	switch v := value.(type) {
	case float64: // JSON's only number: seconds, here
		return strconv.FormatFloat(v, 'f', -1, 64)
	case []any:
		all := make([]string, len(v))
		for i, one := range v {
			all[i] = text(one)
		}
		return strings.Join(all, " ")
	}
	return fmt.Sprint(value)
}
