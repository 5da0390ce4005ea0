package fapi

import (
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"strings"

	"github.com/ory/fosite"

	"github.com/fosite-fapi/fosite-fapi/cnf"
)

// recordKey is the form parameter of a stored request that carries what must survive in the host's store. Stores keep
// the form because fosite's own PKCE handler relies on it; sessions are the host's, and may come back as anything.
const recordKey = "urn:fosite-fapi:record"

// A record is what the profiled lane must know of a code or a token when it comes back. Its text has a line for each
// member that isn't empty: the name, a space, the value. exp is the last, so that a text that was cut off has expired.
type record struct {
	Profile      string
	Use          fosite.TokenType
	Confirmation cnf.Confirmation
	Challenge    string
	RedirectURI  string
	Key          string // to which a code is bound
	Issued       int64  // seconds
	Expires      int64  // milliseconds
	Details      string // authorization_details: of a code or refresh token what was granted, of an access token its own
}

var errRecord = errors.New("the stored request lost its record")

// put writes the record into the form of a request that is about to be stored.
func (r *record) put(form url.Values) error {
	var array [512]byte
	text := array[:0]
	for _, m := range [...]struct{ name, value string }{
		{"profile", r.Profile}, {"use", string(r.Use)}, {"x5t#S256", r.Confirmation.X5TS256}, {"jkt", r.Confirmation.JKT},
		{"code_challenge", r.Challenge}, {"redirect_uri", r.RedirectURI}, {"dpop_jkt", r.Key},
		{detailsParameter, r.Details},
	} {
		if strings.IndexByte(m.value, '\n') >= 0 {
			return fmt.Errorf("%w: %s has a line break", errRecord, m.name)
		}
		if m.value == "" {
			continue
		}
		text = append(append(text, m.name...), ' ')
		text = append(append(text, m.value...), '\n')
	}
	text = strconv.AppendInt(append(text, "iat "...), r.Issued, 10)
	text = strconv.AppendInt(append(text, "\nexp "...), r.Expires, 10)
	form[recordKey] = []string{string(text)}
	return nil
}

// recordOf reads the record of a stored request. A request without one was not made by this lane, or its store lost
// it: fail closed.
func recordOf(stored fosite.Requester, use fosite.TokenType) (*record, error) {
	raw := stored.GetRequestForm().Get(recordKey)
	if raw == "" {
		return nil, errRecord
	}
	r := &record{}
	for line := range strings.SplitSeq(raw, "\n") {
		name, value, _ := strings.Cut(line, " ")
		var err error
		switch name {
		case "profile":
			r.Profile = value
		case "use":
			r.Use = fosite.TokenType(value)
		case "x5t#S256":
			r.Confirmation.X5TS256 = value
		case "jkt":
			r.Confirmation.JKT = value
		case "code_challenge":
			r.Challenge = value
		case "redirect_uri":
			r.RedirectURI = value
		case "dpop_jkt":
			r.Key = value
		case detailsParameter:
			r.Details = value
		case "iat":
			r.Issued, err = strconv.ParseInt(value, 10, 64)
		case "exp":
			r.Expires, err = strconv.ParseInt(value, 10, 64)
		}
		if err != nil {
			return nil, fmt.Errorf("%w: %s is no number", errRecord, name)
		}
	}
	if r.Use != use || r.Profile == "" {
		return nil, fmt.Errorf("%w: it is that of another kind", errRecord)
	}
	return r, nil
}
