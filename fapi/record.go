package fapi

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/url"

	"github.com/ory/fosite"

	"github.com/fosite-fapi/fosite-fapi/cnf"
)

// recordKey is the form parameter of a stored request that carries what must survive in the host's store. Stores keep
// the form because fosite's own PKCE handler relies on it; sessions are the host's, and may come back as anything.
const recordKey = "urn:fosite-fapi:record"

// A record is what the profiled lane must know of a code or a token when it comes back.
type record struct {
	Profile      string           `json:"profile"`
	Confirmation cnf.Confirmation `json:"cnf,omitzero"`
	Challenge    string           `json:"code_challenge,omitempty"`
	RedirectURI  string           `json:"redirect_uri,omitempty"`
	Key          string           `json:"dpop_jkt,omitempty"` // to which a code is bound
	Issued       int64            `json:"iat"`
	Expires      int64            `json:"exp"`
	Use          fosite.TokenType `json:"use"`
}

var errRecord = errors.New("the stored request lost its record")

// put writes the record into the form of a request that is about to be stored.
func (r *record) put(form url.Values) error {
	raw, err := json.Marshal(r)
	if err != nil {
		return err
	}
	form.Set(recordKey, string(raw))
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
	if err := json.Unmarshal([]byte(raw), r); err != nil {
		return nil, fmt.Errorf("%w: %w", errRecord, err)
	}
	if r.Use != use || r.Profile == "" {
		return nil, fmt.Errorf("%w: it is that of another kind", errRecord)
	}
	return r, nil
}
