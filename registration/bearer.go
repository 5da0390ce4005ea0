package registration

import (
	"net/http"
	"strings"
)

// maxToken bounds the tokens that are looked at, in bytes.
const maxToken = 4096

// Bearer returns the token of the Authorization header (RFC 6750 2.1), the only place where one is taken from. The error
// is [ErrNoToken], or [ErrTokenPlace] for several headers, another scheme, or what is no token.
func Bearer(r *http.Request) (string, error) {
	headers := r.Header["Authorization"]
	if len(headers) == 0 {
		return "", ErrNoToken
	}
	scheme, token, _ := strings.Cut(headers[0], " ")
	token = strings.TrimLeft(token, " ")
	if len(headers) > 1 || !strings.EqualFold(scheme, "Bearer") || !isToken68(token) {
		return "", ErrTokenPlace
	}
	return token, nil
}

// isToken68 is the syntax of RFC 7235 2.1, which RFC 6750 calls b64token.
func isToken68(s string) bool {
	body := strings.TrimRight(s, "=")
	return body != "" && len(s) <= maxToken && !strings.ContainsFunc(body, func(r rune) bool {
		return !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("-._~+/", r))
	})
}
