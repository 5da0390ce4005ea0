package clientcert

import (
	"errors"
	"fmt"
)

// ErrConfig is what Header.Source refuses a configuration with.
var ErrConfig = errors.New("clientcert: invalid configuration")

// ErrHeader is wrapped by each of the following: a trusted peer sent a header that names no one
// certificate. The request is to be answered with 400; taking the certificate from elsewhere would
// let whoever broke the header choose which.
var ErrHeader = errors.New("clientcert: bad client certificate header")

var (
	// ErrHeaderDuplicate means that the header is there more than once. One of them may be the client's own.
	ErrHeaderDuplicate = fmt.Errorf("%w: it is sent more than once", ErrHeader)
	// ErrHeaderMalformed means that the value is not in the syntax of its Kind, or not a certificate.
	ErrHeaderMalformed = fmt.Errorf("%w: it is malformed", ErrHeader)
	// ErrHeaderTooLarge means that the value has more than 64 KiB, or more than 8 certificates.
	ErrHeaderTooLarge = fmt.Errorf("%w: it is too large", ErrHeader)
	// ErrHeaderAmbiguous means that the value names different certificates, or more proxies added to it than
	// there are.
	ErrHeaderAmbiguous = fmt.Errorf("%w: it is ambiguous", ErrHeader)
)
