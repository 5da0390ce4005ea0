package registration

import (
	"slices"
	"strings"
)

var grantTypes = []string{"authorization_code", "client_credentials", "implicit", "password", "refresh_token"}

// validateFlows: RFC 7591 2.1. Unlike OpenID Connect Registration 2 it lets code id_token go without the implicit grant: the
// ID Token is not an access token, and FAPI 1.0 clients register exactly that.
func (m *Metadata) validateFlows(c *check) {
	for i, grant := range m.GrantTypes {
		if !slices.Contains(grantTypes, grant) && !isURI(grant) {
			c.failBy(ErrFlows, "grant_types", "entry %d must be one of %s, or an absolute URI", i, strings.Join(grantTypes, ", "))
		}
	}
	var code, implicit bool
	for i, response := range m.Responses() {
		parts := strings.Split(response, " ")
		if !isResponseType(parts) {
			c.failBy(ErrFlows, "response_types", "entry %d must be made of code, token and id_token, each once, or be none", i)
			continue
		}
		switch {
		case slices.Contains(parts, "code"):
			code = true
			if !m.usesGrant("authorization_code") {
				c.failBy(ErrFlows, "response_types", "entry %d needs the grant type authorization_code", i)
			}
			if slices.Contains(parts, "token") && !m.usesGrant("implicit") {
				c.failBy(ErrFlows, "response_types", "entry %d needs the grant type implicit", i)
			}
		case parts[0] != "none" && !m.usesGrant("implicit"):
			c.failBy(ErrFlows, "response_types", "entry %d needs the grant type implicit", i)
		}
		implicit = implicit || slices.Contains(parts, "token") || (!slices.Contains(parts, "code") && parts[0] != "none")
	}
	if m.usesGrant("authorization_code") && !code {
		c.failBy(ErrFlows, "grant_types", "authorization_code needs a response type with code")
	}
	if m.usesGrant("implicit") && !implicit {
		c.failBy(ErrFlows, "grant_types", "implicit needs a response type with token, or id_token alone")
	}
	for i, mode := range m.ResponseModes {
		if !isScopeToken(mode) {
			c.fail("response_modes", "entry %d is not the name of a response mode", i)
		}
	}
	for i, detail := range m.AuthorizationDetailsTypes {
		if detail == "" {
			c.fail("authorization_details_types", "entry %d is empty", i)
		}
	}
}

func isResponseType(parts []string) bool {
	for i, part := range parts {
		switch part {
		case "code", "token", "id_token":
			if slices.Contains(parts[:i], part) {
				return false
			}
		case "none":
			return len(parts) == 1
		default:
			return false
		}
	}
	return true
}

func isURI(s string) bool {
	u, err := parseURI(s)
	return err == nil && u.Scheme != "" && (u.Opaque != "" || u.Host != "" || u.Path != "")
}

// validateOpenID: OpenID Connect Registration 2 and Core 8.1.
func (m *Metadata) validateOpenID(c *check) {
	c.oneOf("application_type", m.ApplicationType, "web", "native")
	c.oneOf("subject_type", m.SubjectType, "public", "pairwise")
	if m.SubjectType == "pairwise" && m.SectorIdentifierURI == "" && m.redirectHosts() > 1 {
		c.fail("sector_identifier_uri", "must be there for pairwise subjects with redirect URIs on several hosts")
	}
	if m.DefaultMaxAge != nil && *m.DefaultMaxAge < 0 {
		c.fail("default_max_age", "must not be negative")
	}
}

func (m *Metadata) redirectHosts() int {
	hosts := make(map[string]struct{})
	for _, raw := range m.RedirectURIs {
		if u, err := parseURI(raw); err == nil {
			hosts[strings.ToLower(u.Hostname())] = struct{}{}
		}
	}
	return len(hosts)
}

// validateBackchannel: OpenID Connect CIBA 1.0 4.
func (m *Metadata) validateBackchannel(c *check) {
	const mode, endpoint = "backchannel_token_delivery_mode", "backchannel_client_notification_endpoint"
	c.oneOf(mode, m.BackchannelTokenDeliveryMode, "poll", "ping", "push")
	if m.usesGrant(GrantCIBA) && m.BackchannelTokenDeliveryMode == "" {
		c.fail(mode, "must be there for the grant type %s", GrantCIBA)
	}
	notified := m.BackchannelTokenDeliveryMode == "ping" || m.BackchannelTokenDeliveryMode == "push"
	if notified && m.BackchannelClientNotificationEndpoint == "" {
		c.fail(endpoint, "must be there for the delivery modes ping and push")
	}
}
