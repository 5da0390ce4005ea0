package registration

import (
	"net/mail"
	"net/netip"
	"strings"
)

// validateAuthentication: RFC 7591 2, OpenID Connect Core 9, RFC 8705 2.
func (m *Metadata) validateAuthentication(c *check) {
	const method, alg = "token_endpoint_auth_method", "token_endpoint_auth_signing_alg"
	c.oneOf(method, m.TokenEndpointAuthMethod,
		AuthNone, AuthClientSecretBasic, AuthClientSecretPost, AuthClientSecretJWT, AuthPrivateKeyJWT, AuthTLS, AuthSelfSignedTLS)
	switch m.AuthMethod() {
	case AuthPrivateKeyJWT:
		if isSymmetric(m.TokenEndpointAuthSigningAlg) {
			c.fail(alg, "must be asymmetric for %s", AuthPrivateKeyJWT)
		}
		m.needKeys(c, method, AuthPrivateKeyJWT)
	case AuthClientSecretJWT:
		if m.TokenEndpointAuthSigningAlg != "" && !isSymmetric(m.TokenEndpointAuthSigningAlg) {
			c.fail(alg, "must be HS256, HS384 or HS512 for %s", AuthClientSecretJWT)
		}
	case AuthTLS:
		m.validateSubject(c)
	case AuthSelfSignedTLS:
		m.needKeys(c, method, AuthSelfSignedTLS)
	}
	if m.AuthMethod() == AuthNone && m.usesGrant("client_credentials") {
		c.fail(method, "must not be none for the grant type client_credentials (RFC 6749 4.4)")
	}
}

// needKeys reports a client without keys that field cannot do without.
func (m *Metadata) needKeys(c *check, field, value string) {
	if m.JWKSURI == "" && (m.JWKS == nil || len(m.JWKS.Keys) == 0) {
		c.fail(field, "%s needs jwks or jwks_uri", value)
	}
}

// validateSubject: RFC 8705 2.1.2. Several subjects would let whoever holds either in.
func (m *Metadata) validateSubject(c *check) {
	set := 0
	for _, one := range []struct {
		field, value string
		ok           func(string) bool
		want         string
	}{
		{"tls_client_auth_subject_dn", m.TLSClientAuthSubjectDN, func(s string) bool { return strings.Contains(s, "=") }, "a distinguished name (RFC 4514)"},
		{"tls_client_auth_san_dns", m.TLSClientAuthSANDNS, isHostname, "a host name without wildcards"},
		{"tls_client_auth_san_uri", m.TLSClientAuthSANURI, isURI, "an absolute URI"},
		{"tls_client_auth_san_ip", m.TLSClientAuthSANIP, isIP, "an IP address"},
		{"tls_client_auth_san_email", m.TLSClientAuthSANEmail, isEmail, "an e-mail address"},
	} {
		if one.value == "" {
			continue
		}
		set++
		if !one.ok(one.value) {
			c.fail(one.field, "must be %s", one.want)
		}
	}
	if set != 1 {
		c.fail("token_endpoint_auth_method", "%s needs exactly one of the tls_client_auth_ subjects, not %d", AuthTLS, set)
	}
}

func isIP(s string) bool {
	addr, err := netip.ParseAddr(s)
	return err == nil && addr.Zone() == ""
}

func isEmail(s string) bool {
	address, err := mail.ParseAddress(s)
	return err == nil && address.Name == "" && address.Address == s
}

func isHostname(s string) bool {
	if len(s) > 253 {
		return false
	}
	for label := range strings.SplitSeq(s, ".") {
		if label == "" || len(label) > 63 || strings.ContainsFunc(label, func(r rune) bool {
			return !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '-' || r == '_')
		}) {
			return false
		}
	}
	return true
}
