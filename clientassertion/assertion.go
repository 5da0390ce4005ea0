package clientassertion

import (
	"fmt"
	"time"

	jose "github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/json"

	"github.com/fosite-fapi/fosite-fapi/internal/jwk"
)

// Type is the client_assertion_type of a JWT (RFC 7523 2.2).
const Type = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"

const (
	// maxSize bounds an assertion in bytes. One signed by RSA with a certificate in its header takes about 3000.
	maxSize = 16 << 10
	// maxID bounds a jti in bytes.
	maxID = 256
)

// An Assertion is one that was verified.
type Assertion struct {
	Issuer, Subject string    // the client's ID, both
	ID              string    // jti
	Expires         time.Time // exp
	IssuedAt        time.Time // iat; zero if absent
	NotBefore       time.Time // nbf; zero if absent
	Algorithm       jose.SignatureAlgorithm
	KeyID           string // kid; "" if absent
}

// Peek returns iss and sub of an assertion that nobody has verified, whatever its algorithm: good for finding out which
// client claims to call, and for nothing else. Either may be "". The error is ErrMalformed. It looks at the payload only,
// so that Verify is the one to parse the JWS.
func Peek(raw string) (iss, sub string, err error) {
	if len(raw) > maxSize {
		return "", "", fmt.Errorf("%w: more than %d bytes", ErrMalformed, maxSize)
	}
	_, payload, _, ok := jwk.Split(raw)
	if !ok {
		return "", "", fmt.Errorf("%w: not three parts", ErrMalformed)
	}
	data, ok := jwk.Decode(payload)
	if !ok {
		return "", "", fmt.Errorf("%w: payload not base64url", ErrMalformed)
	}
	var c struct {
		Issuer  string `json:"iss"`
		Subject string `json:"sub"`
	}
	if !jwk.Object(data) || json.Unmarshal(data, &c) != nil {
		return "", "", fmt.Errorf("%w: payload not a JSON object with strings for iss and sub", ErrMalformed)
	}
	return c.Issuer, c.Subject, nil
}
