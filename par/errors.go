package par

import "errors"

var (
	// ErrUnknown means that no request was pushed under this request_uri.
	ErrUnknown = errors.New("par: unknown request_uri")
	// ErrExpired means that the request_uri was not used in time, or the interaction took too long.
	ErrExpired = errors.New("par: expired request_uri")
	// ErrClient means that the request_uri was issued to another client.
	ErrClient = errors.New("par: request_uri of another client")
	// ErrSpent means that the request_uri has been used.
	ErrSpent = errors.New("par: request_uri already used")
	// ErrRequest means that the request can't be pushed, for it names no client: a programming error.
	ErrRequest = errors.New("par: request without a client")
	// ErrStorage means that the host's store or the single-use store failed: the server's fault, not the client's.
	ErrStorage = errors.New("par: storage failed")
	// ErrConfig means that a field of Requests is missing or out of its range.
	ErrConfig = errors.New("par: misconfigured")
)
