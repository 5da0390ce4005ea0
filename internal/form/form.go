// Package form reads the parameters of an OAuth 2.0 message strictly: from one source, bounded, each parameter once.
package form

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"mime"
	"net/http"
	"net/url"
	"strings"
)

// What a message is refused for. Every one of them is the sender's mistake.
var (
	ErrContentType = errors.New("form: the body is not application/x-www-form-urlencoded")
	ErrSyntax      = errors.New("form: malformed parameters")
	ErrTooLarge    = errors.New("form: message too large")
	ErrDuplicate   = errors.New("form: parameter sent more than once")
	ErrTooMany     = errors.New("form: too many parameters")
)

// maxParameters bounds the number of parameters of one message, repeated ones included; the largest honest request has
// about 30.
const maxParameters = 128

// MediaType is the only body type an OAuth 2.0 endpoint takes (RFC 6749 Appendix B).
const MediaType = "application/x-www-form-urlencoded"

// Body returns the parameters in the body of r, which holds at most limit bytes. The query is never looked at. A form
// that was parsed before, by a middleware, is taken as it is.
func Body(r *http.Request, limit int64) (url.Values, error) {
	if !Encoded(r) {
		return nil, ErrContentType
	}
	if r.PostForm != nil {
		if len(r.PostForm) > maxParameters {
			return nil, ErrTooMany
		}
		values := maps.Clone(r.PostForm) // the request is the host's
		omit(values)
		return values, nil
	}
	if r.Body == nil {
		return url.Values{}, nil
	}
	raw, err := read(r, limit)
	if err != nil {
		return nil, err
	}
	return Parse(string(raw))
}

// Encoded says whether the body of r claims to be of the media type.
func Encoded(r *http.Request) bool {
	t := r.Header.Get("Content-Type")
	if t == MediaType {
		return true
	}
	m, _, err := mime.ParseMediaType(t)
	return err == nil && m == MediaType
}

func read(r *http.Request, limit int64) ([]byte, error) {
	if r.ContentLength > limit {
		return nil, ErrTooLarge
	}
	var raw []byte
	var err error
	if r.ContentLength >= 0 {
		raw = make([]byte, r.ContentLength)
		_, err = io.ReadFull(r.Body, raw)
	} else {
		raw, err = io.ReadAll(io.LimitReader(r.Body, limit+1))
	}
	if err != nil {
		if tooLarge := (*http.MaxBytesError)(nil); errors.As(err, &tooLarge) {
			return nil, ErrTooLarge
		}
		return nil, fmt.Errorf("%w: reading the body: %w", ErrSyntax, err)
	}
	if int64(len(raw)) > limit {
		return nil, ErrTooLarge
	}
	return raw, nil
}

// Parse returns the parameters of an encoded form, as url.ParseQuery would, but each in its place in one array, and
// nothing of a form that is malformed anywhere. Parameters without a value count as omitted (RFC 6749 3.1).
func Parse(raw string) (url.Values, error) {
	n := strings.Count(raw, "&") + 1
	if n > maxParameters {
		return nil, ErrTooMany
	}
	if strings.IndexByte(raw, ';') >= 0 {
		return nil, ErrSyntax // a separator of old
	}
	values, all, omitted := make(url.Values, n), make([]string, 0, n), false
	for raw != "" {
		var pair string
		if pair, raw, _ = strings.Cut(raw, "&"); pair == "" {
			continue
		}
		name, value, _ := strings.Cut(pair, "=")
		name, badName := unescape(name)
		value, badValue := unescape(value)
		if badName != nil || badValue != nil {
			return nil, ErrSyntax // the cause quotes the input, which may be a secret
		}
		omitted = omitted || value == ""
		if before := values[name]; before != nil {
			values[name] = append(before, value)
			continue
		}
		all = append(all, value)
		values[name] = all[len(all)-1 : len(all) : len(all)] // full, so that a second value goes elsewhere
	}
	if omitted {
		omit(values)
	}
	return values, nil
}

// unescape is url.QueryUnescape, which looks at each byte of what most often has nothing to unescape.
func unescape(s string) (string, error) {
	if strings.IndexByte(s, '%') < 0 && strings.IndexByte(s, '+') < 0 {
		return s, nil
	}
	return url.QueryUnescape(s)
}

// omit drops parameters that have no value.
func omit(values url.Values) {
	for name, all := range values {
		if len(all) == 1 && all[0] == "" {
			delete(values, name)
		}
	}
}

// Single refuses a form in which one of the named parameters occurs more than once (RFC 6749 3.1); without names, any
// parameter. Those that other specifications let repeat (resource, RFC 8707) may repeat.
func Single(values url.Values, names ...string) error {
	if len(names) == 0 {
		for name, all := range values {
			if len(all) > 1 && name != "resource" {
				return ErrDuplicate
			}
		}
		return nil
	}
	for _, name := range names {
		if len(values[name]) > 1 {
			return fmt.Errorf("%w: %s", ErrDuplicate, name)
		}
	}
	return nil
}
