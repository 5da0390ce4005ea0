package main

import (
	"fmt"
	"strings"

	"github.com/fosite-fapi/fosite-fapi/registration"
)

// A plan is one of the suite's, in one of its variants.
type plan struct {
	name    string // of the file, and the alias
	suite   string // the plan's name
	variant [][2]string
	profile string // of authserver

	mutualTLS   bool // client_auth_type
	dpop        bool // sender_constrain
	openid      bool
	machine     bool // client_credentials alone
	rich        bool // authorization_request_type
	byValue     bool // fapi_auth_request_method
	signedAsk   bool // a request object in every variant of FAPI 1.0, and by fapi_request_method
	signedReply bool // fapi_response_mode
}

const (
	advanced = "fapi1-advanced"
	security = "fapi2-security"
	messages = "fapi2-message-signing"
)

// messageParts say by which profile of authserver a choice of request and response is served. Where neither is signed, introspection
// is, which the suite does not look at.
var messageParts = map[[2]string]string{
	{"signed_non_repudiation", "jarm"}:           "",
	{"signed_non_repudiation", "plain_response"}: "-requests",
	{"unsigned", "jarm"}:                         "-responses",
	{"unsigned", "plain_response"}:               "-introspection",
}

// plans are all that the example server is for.
func plans() []plan {
	var all []plan
	for _, auth := range []string{"private_key_jwt", "mtls"} {
		for _, method := range []string{"by_value", "pushed"} {
			for _, mode := range []string{"plain_response", "jarm"} {
				all = append(all, plan{
					suite: "fapi1-advanced-final-test-plan", profile: advanced, openid: true, signedAsk: true,
					variant: [][2]string{
						{"client_auth_type", auth}, {"fapi_auth_request_method", method}, {"fapi_response_mode", mode}, {"fapi_profile", "plain_fapi"},
					},
					byValue: method == "by_value", signedReply: mode == "jarm",
				})
			}
		}
	}
	for _, auth := range []string{"private_key_jwt", "mtls"} {
		for _, constrain := range []string{"mtls", "dpop"} {
			common := [][2]string{{"client_auth_type", auth}, {"sender_constrain", constrain}}
			with := func(p plan, more ...[2]string) {
				p.variant = append(append(p.variant, common...), more...)
				p.dpop = constrain == "dpop"
				all = append(all, p)
			}
			simple := [2]string{"authorization_request_type", "simple"}
			plain := [2]string{"fapi_profile", "plain_fapi"}
			for _, openid := range []string{"openid_connect", "plain_oauth"} {
				for _, request := range []string{"simple", "rar"} {
					with(plan{suite: "fapi2-security-profile-final-test-plan", profile: security, openid: openid == "openid_connect", rich: request == "rar"},
						[2]string{"openid", openid}, [2]string{"authorization_request_type", request}, plain)
				}
			}
			with(plan{suite: "fapi2-security-profile-final-test-plan", profile: security, machine: true},
				[2]string{"openid", "plain_oauth"}, simple, [2]string{"fapi_profile", "fapi_client_credentials_grant"})
			for _, request := range []string{"signed_non_repudiation", "unsigned"} {
				for _, response := range []string{"jarm", "plain_response"} {
					with(plan{
						suite: "fapi2-message-signing-final-test-plan", profile: messages + messageParts[[2]string{request, response}], openid: true,
						signedAsk: request != "unsigned", signedReply: response == "jarm",
					}, [2]string{"openid", "openid_connect"}, simple, plain, [2]string{"fapi_request_method", request}, [2]string{"fapi_response_mode", response})
				}
			}
		}
	}
	for i := range all {
		p := &all[i]
		p.mutualTLS = p.chosen("client_auth_type") == "mtls"
		p.name = p.alias()
	}
	return all
}

func (p *plan) chosen(parameter string) string {
	for _, choice := range p.variant {
		if choice[0] == parameter {
			return choice[1]
		}
	}
	return ""
}

// alias is the plan's profile with what was chosen, short.
func (p *plan) alias() string {
	parts := []string{p.profile, map[bool]string{true: "mtls", false: "key"}[p.mutualTLS]}
	switch {
	case p.profile == advanced:
		parts = append(parts, map[bool]string{true: "value", false: "pushed"}[p.byValue], map[bool]string{true: "jarm", false: "plain"}[p.signedReply])
	default:
		parts = append(parts, p.chosen("sender_constrain"))
	}
	switch {
	case p.machine:
		parts = append(parts, "machine")
	case !p.openid:
		parts = append(parts, "oauth")
	}
	if p.rich {
		parts = append(parts, "rar")
	}
	return strings.Join(parts, "-")
}

// expression is how the suite's command line names a plan with its variant.
func (p *plan) expression() string {
	var b strings.Builder
	b.WriteString(p.suite)
	for _, choice := range p.variant {
		fmt.Fprintf(&b, "[%s=%s]", choice[0], choice[1])
	}
	return b.String()
}

// scope is what the clients ask for: never openid without OpenID Connect.
func (p *plan) scope() string {
	switch {
	case p.machine:
		return "accounts"
	case p.openid:
		return "openid offline_access accounts"
	}
	return "offline_access accounts"
}

// discovery is the document that the suite reads: that of OAuth where there is no OpenID Connect.
func (p *plan) discovery(at site) string {
	if p.openid {
		return at.Issuer + "/.well-known/openid-configuration"
	}
	return at.Issuer + "/.well-known/oauth-authorization-server"
}

// certificates says whether clients present one anywhere.
func (p *plan) certificates() bool { return p.mutualTLS || !p.dpop }

// resource is where the suite uses access tokens: with a certificate only where they are bound to it.
func (p *plan) resource(at site) string {
	if p.dpop {
		return at.Issuer + "/accounts"
	}
	return at.MTLS + "/accounts"
}

func (p *plan) callback(at site) string { return at.Suite + "/test/a/" + p.name + "/callback" }

// client is the registration of the plan's first or second client.
func (p *plan) client(at site, i int, made *material) serverClient {
	c := serverClient{ClientID: p.clientID(i), Profile: p.profile, Metadata: registration.Metadata{
		ClientName: fmt.Sprintf("Client %d of %s", i, p.name), Scope: p.scope(), JWKS: made.public[i-1],
		TokenEndpointAuthMethod: registration.AuthPrivateKeyJWT,
		DPoPBoundAccessTokens:   p.dpop, TLSClientCertificateBoundAccessTokens: !p.dpop,
		GrantTypes: []string{"client_credentials"}, ResponseTypes: []string{},
	}}
	if p.mutualTLS {
		c.TokenEndpointAuthMethod, c.TLSClientAuthSubjectDN = registration.AuthTLS, made.subjects[i-1]
	}
	if p.machine {
		return c
	}
	c.GrantTypes, c.ResponseTypes = []string{"authorization_code", "refresh_token"}, []string{"code"}
	c.RedirectURIs = []string{p.callback(at), p.callback(at) + "?dummy1=lorem&dummy2=ipsum"}
	if p.profile == advanced && !p.signedReply {
		c.ResponseTypes = []string{"code id_token"}
	}
	if p.rich {
		c.AuthorizationDetailsTypes = []string{detailsType}
	}
	return c
}

func (p *plan) clientID(i int) string { return fmt.Sprintf("%s-%d", p.name, i) }

// detailsType is a type of authorization details that the server knows.
const detailsType = "account_information"

// details are the authorization details that the suite asks for.
func (p *plan) details() []map[string]any {
	if !p.rich {
		return nil
	}
	return []map[string]any{{"type": detailsType, "actions": []string{"list_accounts", "read_balances"}, "datatypes": []string{"accounts"}}}
}
