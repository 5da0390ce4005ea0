package introspection

import "errors"

var (
	// ErrIncomplete means that a Signer has no keys or no Issuer, or that a Caller has no ID.
	ErrIncomplete = errors.New("introspection: incomplete")
	// ErrResponse means that a response can't be marshalled, because of what is in Confirmation or Extra.
	ErrResponse = errors.New("introspection: response can't be marshalled")
	// ErrSigning means that the keys didn't sign. It wraps their error.
	ErrSigning = errors.New("introspection: signing failed")
	// ErrEncryption means that there is no key of the caller, or an algorithm that isn't known. It wraps the reason.
	ErrEncryption = errors.New("introspection: encryption failed")
)
