package registration

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"mime"
	"net/http"

	strict "github.com/go-jose/go-jose/v4/json"

	"github.com/fosite-fapi/fosite-fapi/internal/ascii"
	"github.com/fosite-fapi/fosite-fapi/internal/jwk"
)

// A document is what a client sent to be registered, before a software statement is laid over it.
type document struct {
	members map[string]json.RawMessage
}

// reserved are what the server tells of a registration and a client must not send back (RFC 7592 2.2).
var reserved = []string{"client_id_issued_at", "client_secret_expires_at", "registration_access_token", "registration_client_uri"}

// readDocument reads the body of a POST or PUT: JSON, one object, no larger than limit, no member twice.
func readDocument(r *http.Request, limit int64) (*document, error) {
	types := r.Header["Content-Type"]
	if len(types) != 1 {
		return nil, ErrContentType
	}
	if media, params, err := mime.ParseMediaType(types[0]); err != nil || media != "application/json" || !isUTF8(params["charset"]) {
		return nil, ErrContentType
	}
	if r.ContentLength > limit {
		return nil, ErrTooLarge
	}
	body, err := io.ReadAll(io.LimitReader(r.Body, limit+1))
	if tooLarge := (*http.MaxBytesError)(nil); errors.As(err, &tooLarge) || int64(len(body)) > limit {
		return nil, ErrTooLarge
	}
	if err != nil {
		return nil, fmt.Errorf("%w: it ends too early", ErrDocument)
	}
	return parseDocument(body)
}

// isUTF8: RFC 8259 8.1 knows nothing else. Clients that name it mean no harm.
func isUTF8(charset string) bool {
	return charset == "" || ascii.EqualFold(charset, "utf-8")
}

func parseDocument(body []byte) (*document, error) {
	if !jwk.Object(body) {
		return nil, fmt.Errorf("%w: not a JSON object", ErrDocument)
	}
	members, ok := membersOf(body)
	if !ok {
		return nil, fmt.Errorf("%w: malformed JSON, or a name that stands in it twice", ErrDocument)
	}
	return &document{members}, nil
}

// membersOf takes an object apart, unless a name stands in it twice.
func membersOf(object []byte) (map[string]json.RawMessage, bool) {
	var read map[string]strict.RawMessage
	if strict.Unmarshal(object, &read) != nil {
		return nil, false
	}
	members := make(map[string]json.RawMessage, len(read))
	for name, value := range read {
		members[name] = json.RawMessage(value)
	}
	return members, true
}

// text is a member that must be a string; "" where it is absent or null.
func (d *document) text(name string) (text string, err error) {
	if raw, ok := d.members[name]; ok && json.Unmarshal(raw, &text) != nil {
		return "", fmt.Errorf("%w: %s is no string", ErrDocument, name)
	}
	return text, nil
}

// forUpdate holds a document against the client whose it is to become (RFC 7592 2.2).
func (d *document) forUpdate(record *Record) error {
	id, err := d.text("client_id")
	switch {
	case err != nil:
		return err
	case id != record.ID:
		return ErrClientID
	}
	for _, name := range reserved {
		if _, ok := d.members[name]; ok {
			return fmt.Errorf("%w: %s", ErrReserved, name)
		}
	}
	// There are no secrets here, so that none could be the client's.
	if _, ok := d.members["client_secret"]; ok {
		return ErrSecret
	}
	return nil
}

// metadata lays a software statement over the document (RFC 7591 2.3), and reads what comes of it. The statement itself is
// kept as it was sent.
func (d *document) metadata(statement *Statement) (*Metadata, error) {
	all := d.members
	if statement != nil {
		all = maps.Clone(all)
		maps.Copy(all, statement.Claims)
		all["software_statement"] = d.members["software_statement"]
	}
	body, err := json.Marshal(all)
	if err != nil {
		return nil, fmt.Errorf("%w: malformed JSON", ErrDocument)
	}
	return Parse(body)
}
