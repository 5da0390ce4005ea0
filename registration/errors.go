package registration

import (
	"errors"
	"fmt"
)

// The error codes of RFC 7591 3.2.2 that a [FieldError] may carry.
const (
	CodeMetadata    = "invalid_client_metadata"
	CodeRedirectURI = "invalid_redirect_uri"
)

// ErrDocument is a registration document that cannot be read: too large, not a JSON object, a member of the wrong type, or
// a member that stands in it twice. A client is told [CodeMetadata].
var ErrDocument = errors.New("registration: not a client metadata document")

// A FieldError says what is wrong with one member of the metadata. It quotes none of the client's values, only registered
// names and positions, so that it can be shown to the client and logged as it is.
type FieldError struct {
	Field  string // the JSON name of the member
	Reason string // what is wrong, for the client's developer
	Code   string // CodeMetadata or CodeRedirectURI
}

// Error joins field and reason.
func (e *FieldError) Error() string { return fmt.Sprintf("registration: %s: %s", e.Field, e.Reason) }

// Problems returns every [FieldError] in err, in the order in which Validate found them; nil when there is none.
func Problems(err error) []*FieldError {
	switch e := err.(type) { //nolint:errorlint // the walk through what is wrapped is the point
	case nil:
		return nil
	case *FieldError:
		return []*FieldError{e}
	case interface{ Unwrap() []error }:
		var all []*FieldError
		for _, one := range e.Unwrap() {
			all = append(all, Problems(one)...)
		}
		return all
	default:
		return Problems(errors.Unwrap(err))
	}
}
