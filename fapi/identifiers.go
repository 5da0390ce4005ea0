package fapi

import (
	"bytes"
	"encoding/base64"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/ory/fosite/token/jwt"

	"github.com/fosite-fapi/fosite-fapi/clientassertion"
	"github.com/fosite-fapi/fosite-fapi/requestobject"
)

// maxIdentifiers bounds how many clients one request can make the server load.
const maxIdentifiers = 4

// identifiers collects every client_id that a request claims to come from, by its parameters or by HTTP Basic, into room.
func identifiers(room []string, r *http.Request, values url.Values) ([]string, error) {
	user, basic := basicUser(r)
	if ids := values["client_id"]; !basic && len(ids) == 1 && ids[0] != "" {
		return ids, nil
	}
	ids, err := add(room, values["client_id"]...)
	if basic && err == nil {
		ids, err = add(ids, user)
	}
	return ids, err
}

// asserted collects the client_id that a client assertion or a request object claims to come from. One that can't be read
// names nobody; whichever lane answers refuses it. An assertion is read as loosely as fosite does it, for by that alone
// fosite finds the client.
func asserted(values url.Values) (ids []string, err error) {
	for _, object := range values["request"] {
		id, iss, malformed := requestobject.Peek(object)
		if malformed != nil {
			continue
		}
		if ids, err = add(ids, id, iss); err != nil {
			return nil, err
		}
	}
	for _, assertion := range values["client_assertion"] {
		iss, sub, malformed := clientassertion.Peek(assertion)
		if malformed != nil {
			iss, sub = readByFosite(assertion)
		}
		if ids, err = add(ids, iss, sub); err != nil {
			return nil, err
		}
	}
	return ids, nil
}

// readByFosite returns iss and sub as fosite reads them: with padding, line breaks, or in the JSON serialisation too.
func readByFosite(assertion string) (iss, sub string) {
	token, _ := jwt.Parse(assertion, nil) // the error says that nothing is verified
	if token == nil {
		return "", ""
	}
	iss, _ = token.Claims["iss"].(string)
	sub, _ = token.Claims["sub"].(string)
	return iss, sub
}

// add collects identifiers, each once and not too many.
func add(ids []string, more ...string) ([]string, error) {
	for _, id := range more {
		if id == "" || slices.Contains(ids, id) {
			continue
		}
		if len(ids) == maxIdentifiers {
			return nil, errIdentifiers
		}
		ids = append(ids, id)
	}
	return ids, nil
}

// disagrees says whether the message names another client too, in its query for example, which the profiled lane does
// not read otherwise.
func (in *inbound) disagrees(id string) bool {
	return slices.ContainsFunc(in.parties, func(c namedParty) bool { return c.id != id })
}

// basicUser is the user of HTTP Basic, decoded as RFC 6749 2.3.1 wants it encoded.
func basicUser(r *http.Request) (string, bool) {
	authorization := r.Header.Get("Authorization")
	if authorization == "" {
		return "", false
	}
	user, ok := userOf(authorization)
	if !ok {
		return "", false
	}
	if decoded, err := url.QueryUnescape(user); err == nil {
		user = decoded
	}
	return user, true
}

// userOf is what net/http's BasicAuth makes of the user, which costs legacy clients less this way: nobody looks at the
// password here.
func userOf(authorization string) (string, bool) {
	const prefix = "Basic "
	if len(authorization) < len(prefix) || !strings.EqualFold(authorization[:len(prefix)], prefix) {
		return "", false
	}
	var in, out [256]byte
	credentials := authorization[len(prefix):]
	if len(credentials) > len(in) {
		user, _, ok := (&http.Request{Header: http.Header{"Authorization": {authorization}}}).BasicAuth()
		return user, ok
	}
	n, err := base64.StdEncoding.Decode(out[:], in[:copy(in[:], credentials)])
	if err != nil {
		return "", false
	}
	user, _, ok := bytes.Cut(out[:n], []byte(":"))
	return string(user), ok
}
