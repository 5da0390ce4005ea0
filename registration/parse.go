package registration

import (
	"bytes"
	"errors"
	"fmt"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/json"

	"github.com/fosite-fapi/fosite-fapi/internal/jwk"
)

// MaxBytes is the size of the largest document that [Parse] reads.
const MaxBytes = 128 << 10

// Parse reads a client metadata document that a stranger wrote. Members that nobody knows are ignored (RFC 7591 2), names match
// exactly, a member that stands there twice is an error. Keys in jwks of an unknown type are skipped (RFC 7517 5).
//
// The error is [ErrDocument], or a [*FieldError] for a key that is malformed, or private or symmetric, of whatever type. Parse judges nothing else: call
// [Metadata.Validate].
func Parse(document []byte) (*Metadata, error) {
	if len(document) > MaxBytes {
		return nil, fmt.Errorf("%w: more than %d bytes", ErrDocument, MaxBytes)
	}
	// encoding/json takes null for an empty object.
	if !bytes.HasPrefix(bytes.TrimLeft(document, " \t\r\n"), []byte("{")) {
		return nil, fmt.Errorf("%w: not a JSON object", ErrDocument)
	}
	var read struct {
		*Metadata
		JWKS *rawKeySet `json:"jwks"` // before the embedded one, being less deep
	}
	read.Metadata = new(Metadata)
	if err := json.Unmarshal(document, &read); err != nil {
		var wrongType *json.UnmarshalTypeError
		if errors.As(err, &wrongType) {
			return nil, fmt.Errorf("%w: a %s where a %s belongs", ErrDocument, wrongType.Value, wrongType.Type)
		}
		return nil, fmt.Errorf("%w: malformed JSON, or a name that stands in it twice", ErrDocument)
	}
	if read.JWKS != nil {
		set, err := read.JWKS.known()
		if err != nil {
			return nil, err
		}
		read.Metadata.JWKS = set
	}
	return read.Metadata, nil
}

type rawKeySet struct {
	Keys []json.RawMessage `json:"keys"`
}

// known decodes the keys one by one: go-jose fails a whole set for one key of an unknown type.
func (s *rawKeySet) known() (*jose.JSONWebKeySet, error) {
	set := &jose.JSONWebKeySet{Keys: make([]jose.JSONWebKey, 0, len(s.Keys))}
	for i, raw := range s.Keys {
		// Before go-jose, which leaves out what a key of its type can do without, and knows no key of another type.
		var secrets jwk.Secrets
		if json.Unmarshal(raw, &secrets) == nil && secrets.Told() {
			return nil, &FieldError{Field: "jwks", Reason: fmt.Sprintf("key %d %s", i, privateKey), Code: CodeMetadata}
		}
		var key jose.JSONWebKey
		switch err := json.Unmarshal(raw, &key); {
		case errors.Is(err, jose.ErrUnsupportedKeyType):
			continue
		case err != nil:
			return nil, &FieldError{Field: "jwks", Reason: fmt.Sprintf("key %d is malformed", i), Code: CodeMetadata}
		}
		set.Keys = append(set.Keys, key)
	}
	return set, nil
}
