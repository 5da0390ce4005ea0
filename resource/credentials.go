package resource

import (
	"bytes"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strings"

	"github.com/fosite-fapi/fosite-fapi/dpop"
)

const (
	bearer = "Bearer"

	// maxToken bounds an access token in bytes.
	maxToken = 16 << 10
	// maxForm is how much of a form is searched for an access token.
	maxForm = 64 << 10

	parameter = "access_token"
)

// credentials are an access token as it was sent.
type credentials struct {
	scheme string // Bearer or DPoP, in this case
	token  string
}

// readCredentials takes the token from the one place where it may stand (F2-RS-01).
func readCredentials(header http.Header) (credentials, error) {
	values := header["Authorization"]
	switch {
	case len(values) == 0:
		return credentials{}, ErrNoToken
	case len(values) > 1:
		return credentials{}, ErrMultiple
	}
	scheme, token, _ := strings.Cut(values[0], " ")
	switch {
	case strings.EqualFold(scheme, bearer):
		scheme = bearer
	case strings.EqualFold(scheme, dpop.Scheme):
		scheme = dpop.Scheme
	default:
		return credentials{}, ErrNoToken
	}
	token = strings.Trim(token, " ")
	switch {
	case len(token) > maxToken:
		return credentials{}, fmt.Errorf("%w: more than %d bytes", ErrCredentials, maxToken)
	case !isToken68(token):
		return credentials{}, fmt.Errorf("%w: not one token", ErrCredentials)
	}
	return credentials{scheme, token}, nil
}

// isToken68 is the b64token of RFC 6750 2.1, which RFC 9110 11.2 calls token68.
func isToken68(s string) bool {
	s = strings.TrimRight(s, "=")
	for i := range len(s) {
		c := s[i] | 0x20
		if ('a' > c || c > 'z') && ('0' > s[i] || s[i] > '9') && strings.IndexByte("-._~+/", s[i]) < 0 {
			return false
		}
	}
	return s != ""
}

// hasToken reports whether a query, or a form, has an access_token parameter. It is generous about what separates
// parameters, since handlers are.
func hasToken(query string) bool {
	for query != "" {
		var pair string
		pair, query, _ = cutAny(query, "&;")
		name, _, _ := strings.Cut(pair, "=")
		if strings.IndexByte(name, '%') >= 0 {
			if plain, err := url.QueryUnescape(name); err == nil {
				name = plain
			}
		}
		if name == parameter {
			return true
		}
	}
	return false
}

func cutAny(s, separators string) (before, after string, found bool) {
	if i := strings.IndexAny(s, separators); i >= 0 {
		return s[:i], s[i+1:], true
	}
	return s, "", false
}

// formHasToken reports whether the body is a form with an access token (RFC 6750 2.2), and leaves the body readable from
// its start.
func formHasToken(r *http.Request) bool {
	if r.PostForm.Has(parameter) {
		return true
	}
	if r.Body == nil || r.Body == http.NoBody {
		return false
	}
	const form = "application/x-www-form-urlencoded"
	if media, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || media != form {
		return false
	}
	// Whoever reads the body gets the same error at the same place.
	head, _ := io.ReadAll(io.LimitReader(r.Body, maxForm))
	r.Body = struct {
		io.Reader
		io.Closer
	}{io.MultiReader(bytes.NewReader(head), r.Body), r.Body}
	return hasToken(string(head))
}
