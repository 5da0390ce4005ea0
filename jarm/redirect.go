package jarm

import (
	"fmt"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
)

// Deliver sends a response JWT to the client by a mode that was resolved, in the one parameter "response" and with
// nothing beside it (JARM-03, JARM-05). redirectURI must be one that the request named and that the client registered: it
// is for the caller to know that, or this is an open redirect. Its own query is kept to the letter (JARM-09).
//
// The answer is a redirect by status 303, or the page of WriteFormPost, and is not to be stored or referred from. The
// error is ErrMode or ErrRedirectURI, and then nothing was written.
func Deliver(rw http.ResponseWriter, mode Mode, redirectURI, response string) error {
	params := url.Values{"response": {response}}
	switch mode {
	case ModeQuery:
		return WriteQuery(rw, redirectURI, params)
	case ModeFragment:
		return WriteFragment(rw, redirectURI, params)
	case ModeFormPost:
		return WriteFormPost(rw, redirectURI, params)
	}
	return fmt.Errorf("%w: %q is not resolved", ErrMode, mode)
}

// WriteQuery redirects to redirectURI with params behind its own query, by status 303 (RFC 9700 4.12). It serves
// response_mode query too. The error is ErrRedirectURI, and then nothing was written.
func WriteQuery(rw http.ResponseWriter, redirectURI string, params url.Values) error {
	separator := "?"
	switch {
	case strings.HasSuffix(redirectURI, "?") || strings.HasSuffix(redirectURI, "&"):
		separator = ""
	case strings.Contains(redirectURI, "?"):
		separator = "&"
	}
	return redirect(rw, redirectURI, separator, params)
}

// WriteFragment redirects to redirectURI with params in its fragment, as WriteQuery does. It serves response_mode fragment
// too.
func WriteFragment(rw http.ResponseWriter, redirectURI string, params url.Values) error {
	return redirect(rw, redirectURI, "#", params)
}

func redirect(rw http.ResponseWriter, redirectURI, separator string, params url.Values) error {
	u, err := parseRedirectURI(redirectURI)
	if err != nil {
		return err
	}
	// RFC 8252 7.1: an app's own scheme is a domain name turned around.
	if !web(u) && !strings.Contains(u.Scheme, ".") {
		return fmt.Errorf("%w: neither https, nor loopback, nor an app's own scheme", ErrRedirectURI)
	}
	protect(rw.Header())
	rw.Header().Set("Location", redirectURI+separator+params.Encode())
	rw.WriteHeader(http.StatusSeeOther)
	return nil
}

// protect keeps an answer out of caches and its URL out of referrers (BCP-21).
func protect(h http.Header) {
	h["Cache-Control"] = noStore
	h["Pragma"] = noCache
	h["Referrer-Policy"] = noReferrer
}

// Header values that all answers share. They are full, so that nobody can append to them in place.
var (
	noStore    = []string{"no-store"}
	noCache    = []string{"no-cache"}
	noReferrer = []string{"no-referrer"}
)

// CheckRedirectURI says, before anything is issued, whether a response can be sent to redirectURI as far as its syntax goes:
// an absolute URI without fragment and without user, in the characters that URIs have. The error is ErrRedirectURI.
func CheckRedirectURI(redirectURI string) error {
	_, err := parseRedirectURI(redirectURI)
	return err
}

// parseRedirectURI refuses what is no absolute URI without fragment, to the letter (RFC 6749 3.1.2, RFC 3986 2).
func parseRedirectURI(redirectURI string) (*url.URL, error) {
	if !uriCharacters(redirectURI) {
		return nil, fmt.Errorf("%w: characters that no URI has, or a fragment", ErrRedirectURI)
	}
	u, err := url.Parse(redirectURI)
	if err != nil || u.Scheme == "" || u.User != nil {
		return nil, fmt.Errorf("%w: not an absolute URI without user", ErrRedirectURI)
	}
	return u, nil
}

// uriCharacters leaves out "#", which begins a fragment.
func uriCharacters(s string) bool {
	for i := 0; i < len(s); i++ {
		c := s[i]
		switch {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9':
		case strings.IndexByte("-._~:/?[]@!$&'()*+,;=", c) >= 0:
		case c == '%' && i+2 < len(s) && hex(s[i+1]) && hex(s[i+2]):
		default:
			return false
		}
	}
	return true
}

func hex(c byte) bool { return '0' <= c && c <= '9' || 'a' <= c && c <= 'f' || 'A' <= c && c <= 'F' }

// web reports whether u is https, or http on the user's own machine (RFC 8252 7.3).
func web(u *url.URL) bool {
	host := u.Hostname()
	switch u.Scheme {
	case "https":
		return host != ""
	case "http":
		addr, err := netip.ParseAddr(host)
		return host == "localhost" || err == nil && addr.IsLoopback()
	}
	return false
}
