package fetch

import "errors"

// Why nothing came back. All are wrapped with the URL's host, or the status, never with what was sent.
var (
	ErrURL         = errors.New("fetch: not an absolute URL with a host")
	ErrScheme      = errors.New("fetch: not an https URL")
	ErrDestination = errors.New("fetch: destination is not on the public internet")
	ErrUnreachable = errors.New("fetch: no answer") // wraps the cause too, context.DeadlineExceeded for one
	ErrRedirect    = errors.New("fetch: redirects are not followed")
	ErrStatus      = errors.New("fetch: status is not 200")
	ErrMediaType   = errors.New("fetch: answer is of another media type")
	ErrTooLarge    = errors.New("fetch: answer is too large")
)

// Why an answer is not a usable JWK Set.
var (
	ErrKeySet     = errors.New("fetch: not a JWK Set")
	ErrPrivateKey = errors.New("fetch: JWK Set holds a private or symmetric key")
)

// ErrBackoff is a URL that failed a moment ago and is not asked again yet. It wraps that failure.
var ErrBackoff = errors.New("fetch: waiting after a failure")
