package rar

import "errors"

var (
	// ErrMalformed means that authorization_details is no JSON array of objects with a string type, has a member twice, a
	// common field of another JSON type, text that is no Unicode, or is beyond a bound (RAR-01).
	ErrMalformed = errors.New("rar: malformed authorization_details")
	// ErrUnknownType means that nobody defined the type (RAR-09).
	ErrUnknownType = errors.New("rar: unknown type")
	// ErrInvalid means that an object is none of its type: an unknown or missing field, a value of the wrong JSON type or
	// out of bounds (RAR-09).
	ErrInvalid = errors.New("rar: not valid for its type")
	// ErrNotCovered means that more is asked for than was granted (RAR-10).
	ErrNotCovered = errors.New("rar: not covered by the grant")
	// ErrNotRequested means that a type is granted that was not requested (RAR-06).
	ErrNotRequested = errors.New("rar: granted but not requested")
	// ErrEnriched means that what is granted goes beyond what was requested, and the type doesn't let it do so (RAR-13).
	ErrEnriched = errors.New("rar: more granted than requested")
	// ErrType means that a [Type] can't be used, or that one of its functions panicked.
	ErrType = errors.New("rar: the definition of the type failed")
)
