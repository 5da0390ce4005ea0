package par

import "errors"

var (
	// ErrUnknown: no request was pushed under this request_uri.
	ErrUnknown = errors.New("par: unknown request_uri")
	// ErrExpired: the request_uri was not used in time, or the interaction took too long.
	ErrExpired = errors.New("par: expired request_uri")
	// ErrClient: the request_uri was issued to another client.
	ErrClient = errors.New("par: request_uri of another client")
	// ErrSpent: the request_uri has been used.
	ErrSpent = errors.New("par: request_uri already used")
	// ErrRequest: the request can't be pushed, for it names no client. A programming error.
	ErrRequest = errors.New("par: request without a client")
	// ErrStorage: the host's store or the single-use store failed. The server's fault, not the client's.
	ErrStorage = errors.New("par: storage failed")
	// ErrConfig: a field of Requests is missing or out of its range.
	ErrConfig = errors.New("par: misconfigured")
)
