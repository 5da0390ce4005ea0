package metadata

import (
	"fmt"
	"net/url"
	"strings"
)

// Paths returns the two paths on the issuer's host at which its document is looked for, escaped as in a URL: oauth is RFC 8414 3
// (the well-known part stands before the issuer's path), openid is OpenID Connect Discovery 4 (it stands behind). A slash that ends
// the issuer's path is dropped first. The error is [ErrIssuer].
func Paths(issuer string) (oauth, openid string, err error) {
	u, err := parseIssuer(issuer)
	if err != nil {
		return "", "", err
	}
	path := strings.TrimSuffix(u.EscapedPath(), "/")
	return "/.well-known/oauth-authorization-server" + path, path + "/.well-known/openid-configuration", nil
}

// parseIssuer: RFC 8414 2, an https URL without query and fragment. Userinfo is refused too: a name and password are nobody's identity.
func parseIssuer(issuer string) (*url.URL, error) {
	u, err := url.Parse(issuer)
	if err != nil || u.Scheme != "https" || u.Hostname() == "" || u.User != nil || strings.ContainsAny(issuer, "?#") {
		return nil, fmt.Errorf("%w: %q is not an https URL of host and path alone", ErrIssuer, issuer)
	}
	return u, nil
}
