package registration

import (
	"errors"
	"fmt"
)

// The error codes of RFC 7591 3.2.2. A [FieldError] carries one of the first two.
const (
	CodeMetadata            = "invalid_client_metadata"
	CodeRedirectURI         = "invalid_redirect_uri"
	CodeStatement           = "invalid_software_statement"
	CodeUnapprovedStatement = "unapproved_software_statement"
)

// ErrDocument is a registration document that cannot be read: too large, not a JSON object, a member of the wrong type, or
// a member that stands in it twice. A client is told [CodeMetadata].
var ErrDocument = errors.New("registration: not a client metadata document")

// What a [FieldError] stands for.
var (
	ErrMetadata    = errors.New("registration: invalid client metadata")                               // RFC 7591 3.2.2
	ErrRedirectURI = errors.New("registration: invalid redirect_uris")                                 // RFC 7591 5
	ErrFlows       = errors.New("registration: grant_types and response_types do not belong together") // RFC 7591 2.1
	ErrKeySets     = errors.New("registration: jwks beside jwks_uri")                                  // RFC 7591 2
)

// What [Endpoints] refuse, beside metadata.
var (
	ErrMethod      = errors.New("registration: not this HTTP method")
	ErrContentType = errors.New("registration: not application/json")
	ErrTooLarge    = errors.New("registration: the document is too large")
	ErrClientID    = errors.New("registration: client_id is not the client's")
	ErrReserved    = errors.New("registration: a member that the server alone sets")
	ErrSecret      = errors.New("registration: a client_secret that is not the client's")

	// ErrNoToken is a request without credentials; ErrTokenPlace one whose token can't be read, or stands there twice.
	ErrNoToken    = errors.New("registration: no access token")
	ErrTokenPlace = errors.New("registration: not one Bearer token in the Authorization header")
	// ErrInitialToken is an initial access token that admits nobody. An [InitialAccess] returns it.
	ErrInitialToken = errors.New("registration: not an initial access token")
	// ErrToken is a registration access token of another client, or of none. It doesn't tell whether the client exists.
	ErrToken = errors.New("registration: not the client's registration access token")
	// ErrForbidden is what the client may not do with its registration.
	ErrForbidden = errors.New("registration: not permitted")
	// ErrUnavailable is a request that can't be judged or carried out now: the store failed, is full, or was changed
	// meanwhile.
	ErrUnavailable = errors.New("registration: not possible now")
)

// What [Statements] refuse.
var (
	ErrStatement          = errors.New("registration: not a software statement")
	ErrStatementMissing   = errors.New("registration: no software statement")
	ErrStatementSignature = errors.New("registration: the software statement is not signed by its issuer")
	ErrStatementAudience  = errors.New("registration: the software statement is for another server")
	ErrStatementExpired   = errors.New("registration: the software statement has expired")
	ErrStatementNotYet    = errors.New("registration: the software statement is from the future")
	ErrStatementIssuer    = errors.New("registration: the issuer of the software statement is not trusted")
	ErrStatementOther     = errors.New("registration: the software statement is another software's")
)

// What a [Store] says.
var (
	ErrExists   = errors.New("registration: the client exists")
	ErrNotFound = errors.New("registration: no such client")
	ErrConflict = errors.New("registration: the client was changed meanwhile")
	ErrFull     = errors.New("registration: the store is full")
)

// A FieldError says what is wrong with one member of the metadata. It quotes none of the client's values, only registered
// names and positions, so that it can be shown to the client and logged as it is.
type FieldError struct {
	Field  string // the JSON name of the member
	Reason string // what is wrong, for the client's developer
	Code   string // CodeMetadata or CodeRedirectURI

	kind error
}

// Error joins field and reason.
func (e *FieldError) Error() string { return fmt.Sprintf("registration: %s: %s", e.Field, e.Reason) }

// Unwrap returns what the error stands for: [ErrMetadata], or one of the narrower ones beside it.
func (e *FieldError) Unwrap() error {
	if e.kind == nil {
		return ErrMetadata
	}
	return e.kind
}

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
