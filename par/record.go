package par

import (
	"crypto/sha256"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// reserved is the form parameter that carries the record through the host's store. What a client
// sends under this name is overwritten at the push.
const reserved = "urn:fosite-fapi:par"

// A record is what must be known of a pushed request beside the request itself. It lives in the
// form because every store persists that; a session may come back as another type. Its text is three
// words: the hash of the request_uri, the expiry in Unix milliseconds, the client.
type record struct {
	client  string
	expires time.Time
}

func (r record) put(form url.Values, uri string) {
	sum := sha256.Sum256([]byte(uri))
	var array [128]byte
	text := append(encoding.AppendEncode(array[:0], sum[:]), ' ')
	text = append(strconv.AppendInt(text, r.expires.UnixMilli(), 10), ' ')
	form[reserved] = []string{string(append(text, r.client...))}
}

// readRecord believes only a record that was made for this request_uri, not one that a client or
// a careless copy has put into another request's form.
func readRecord(form url.Values, uri string) (record, error) {
	values := form[reserved]
	if len(values) != 1 {
		return record{}, fmt.Errorf("%w: it was stored by something else, or without its form", ErrUnknown)
	}
	made, rest, _ := strings.Cut(values[0], " ")
	expires, client, _ := strings.Cut(rest, " ")
	milliseconds, err := strconv.ParseInt(expires, 10, 64)
	if err != nil || client == "" || !hashes(made, uri) {
		return record{}, fmt.Errorf("%w: the stored record doesn't belong to it", ErrUnknown)
	}
	return record{client: client, expires: time.UnixMilli(milliseconds)}, nil
}

// hashes reports whether made is the hash of uri.
func hashes(made, uri string) bool {
	sum := sha256.Sum256([]byte(uri))
	var encoded [43]byte
	encoding.Encode(encoded[:], sum[:])
	return made == string(encoded[:])
}
