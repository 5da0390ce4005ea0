package registration

import (
	"net/netip"
	"net/url"
	"slices"
	"strings"
)

// Schemes that a browser acts upon by itself. As a redirect URI they would run or show what the response carries.
var dangerousSchemes = []string{"about", "blob", "data", "file", "filesystem", "ftp", "javascript", "mailto", "vbscript", "view-source", "ws", "wss"}

// validateRedirectURIs: RFC 6749 3.1.2, RFC 7591 2 and 5.
func (m *Metadata) validateRedirectURIs(c *check) {
	if len(m.RedirectURIs) == 0 && (m.usesGrant("authorization_code") || m.usesGrant("implicit")) {
		c.failRedirect("must be there for the grant types authorization_code and implicit")
	}
	for i, raw := range m.RedirectURIs {
		if reason := redirectURIProblem(raw); reason != "" {
			c.failRedirect("entry %d %s", i, reason)
		}
	}
}

func redirectURIProblem(raw string) string {
	u, err := parseURI(raw)
	switch {
	case err != nil || u.Scheme == "":
		return "must be an absolute URI"
	case strings.Contains(raw, "#"):
		return "must not have a fragment"
	case u.User != nil:
		return "must not carry credentials"
	case slices.Contains(dangerousSchemes, u.Scheme):
		return "has a scheme that no client answers to"
	case (u.Scheme == "https" || u.Scheme == "http") && u.Hostname() == "":
		return "must have a host"
	case u.Scheme == "http" && !isThisMachine(u.Hostname()):
		return "must be https, or http on the loopback interface, or have a scheme of its own"
	}
	return ""
}

// isThisMachine: RFC 7591 5 speaks of a web site on the local machine, RFC 8252 7.3 of the loopback addresses.
func isThisMachine(host string) bool {
	if strings.EqualFold(host, "localhost") {
		return true
	}
	addr, err := netip.ParseAddr(host)
	return err == nil && addr.Unmap().IsLoopback()
}

// validateURIs: what the server fetches or calls is https, what a user follows is http or https and never javascript.
func (m *Metadata) validateURIs(c *check) {
	for _, one := range []struct{ field, value string }{
		{"jwks_uri", m.JWKSURI},
		{"sector_identifier_uri", m.SectorIdentifierURI},
		{"backchannel_client_notification_endpoint", m.BackchannelClientNotificationEndpoint},
	} {
		if one.value != "" && !isWebURI(one.value, "https") {
			c.fail(one.field, "must be an https URL without credentials or fragment")
		}
	}
	for i, raw := range m.RequestURIs {
		// OpenID Connect Registration 2: the fragment is the hash of what the URL gives.
		base, _, _ := strings.Cut(raw, "#")
		if !isWebURI(base, "https") {
			c.fail("request_uris", "entry %d must be an https URL without credentials", i)
		}
	}
	for _, one := range []struct{ field, value string }{
		{"client_uri", m.ClientURI},
		{"logo_uri", m.LogoURI},
		{"tos_uri", m.TOSURI},
		{"policy_uri", m.PolicyURI},
	} {
		base, _, _ := strings.Cut(one.value, "#")
		if one.value != "" && !isWebURI(base, "https", "http") {
			c.fail(one.field, "must be an http or https URL without credentials")
		}
	}
}

func isWebURI(raw string, schemes ...string) bool {
	u, err := parseURI(raw)
	return err == nil && slices.Contains(schemes, u.Scheme) && u.Hostname() != "" && u.User == nil && !strings.Contains(raw, "#")
}

// parseURI is url.Parse for the characters of RFC 3986 alone: what browsers repair (backslashes, blanks, other scripts) is
// understood differently by each.
func parseURI(raw string) (*url.URL, error) {
	if strings.ContainsFunc(raw, func(r rune) bool {
		return r <= 0x20 || r >= 0x7f || strings.ContainsRune("\"<>\\^`{|}", r)
	}) {
		return nil, url.InvalidHostError("character outside RFC 3986")
	}
	return url.Parse(raw)
}
