package cnf

import "errors"

var (
	// ErrNotBound means that the confirmation has no member of the kind asked for.
	ErrNotBound = errors.New("cnf: the token is not bound")
	// ErrMismatch means that the confirmation names another certificate or key than the one shown.
	ErrMismatch = errors.New("cnf: the token is bound to another sender")
	// ErrNoCertificate means that the token is bound to a certificate and the sender has shown none.
	ErrNoCertificate = errors.New("cnf: no client certificate")
	// ErrNoKey means that the token is bound to a key and the sender has proven none.
	ErrNoKey = errors.New("cnf: no key")
	// ErrMalformed means that the JSON value is no confirmation.
	ErrMalformed = errors.New("cnf: malformed confirmation")
	// ErrUnsupported means that the confirmation has members, and none that this package can check.
	ErrUnsupported = errors.New("cnf: unsupported confirmation method")
)
