package fapi

import (
	"net"
	"net/url"
	"slices"

	"github.com/ory/fosite"

	"github.com/fosite-fapi/fosite-fapi/jarm"
)

func validateRedirectURI(c *party, ar *fosite.AuthorizeRequest) (err error) {
	ar.RedirectURI, err = redirectURI(c, ar.Form.Get("redirect_uri"))
	return err
}

// redirectURI returns the redirect URI if the client registered exactly this one; for a loopback URI any port will do
// (RFC 8252 7.3).
func redirectURI(c *party, raw string) (*url.URL, error) {
	if raw == "" {
		return nil, errRedirectMissing
	}
	u, err := url.Parse(raw)
	if err != nil || !u.IsAbs() || u.Host == "" || jarm.CheckRedirectURI(raw) != nil {
		return nil, errRedirectInvalid
	}
	if !slices.ContainsFunc(c.client.GetRedirectURIs(), func(registered string) bool { return sameRedirectURI(registered, raw, u) }) {
		return nil, errRedirectUnknown
	}
	native := u.Scheme == "http" && loopback(u) && c.meta.ApplicationType == "native" && !c.profile.demands.noLoopback
	if u.Scheme != "https" && !native {
		return nil, errRedirectInsecure
	}
	return u, nil
}

func sameRedirectURI(registered, raw string, u *url.URL) bool {
	if registered == raw {
		return true
	}
	if u.Scheme != "http" || !loopback(u) || !isPort(u.Port()) {
		return false
	}
	r, err := url.Parse(registered)
	if err != nil {
		return false
	}
	return r.Scheme == u.Scheme && r.ForceQuery == u.ForceQuery && r.Hostname() == u.Hostname() && r.EscapedPath() == u.EscapedPath() && r.RawQuery == u.RawQuery && r.User == nil && u.User == nil
}

// loopback is true for the IP literals only: localhost is a name, and names can be made to point elsewhere (RFC 8252
// 8.3).
func loopback(u *url.URL) bool {
	ip := net.ParseIP(u.Hostname())
	return ip != nil && ip.IsLoopback()
}
