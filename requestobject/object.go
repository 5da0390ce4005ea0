package requestobject

import (
	"crypto/sha256"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	stdjson "encoding/json"

	jose "github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/json"

	"github.com/fosite-fapi/fosite-fapi/internal/jwk"
)

// An Object is a request object that was verified.
type Object struct {
	ClientID  string
	Issuer    string    // iss; "" if absent
	ID        string    // jti; "" if absent
	Expires   time.Time // exp; zero if absent
	NotBefore time.Time // nbf; zero if absent
	IssuedAt  time.Time // iat; zero if absent

	Algorithm jose.SignatureAlgorithm
	KeyID     string // kid; "" if absent
	Type      string // typ as written; "" if absent

	// EncryptionAlgorithm and ContentEncryption are alg and enc of the JWE around it; "" if there was none.
	EncryptionAlgorithm jose.KeyAlgorithm
	ContentEncryption   jose.ContentEncryption

	form   url.Values
	claims map[string]json.RawMessage
	signed string // header and claims, as the signature covers them
}

// Digest returns the SHA-256 hash of what was signed, header and claims: by it an object is told however it was encrypted,
// and whichever of the signatures that a key can make of the same it has.
func (o *Object) Digest() [sha256.Size]byte { return sha256.Sum256([]byte(o.signed)) }

// Form returns the parameters of the authorization request: all of them and nothing else, for a request object leaves
// nothing to what is sent beside it (JAR-01, JAR-08). It is a new copy for each call. The package's documentation says
// which claim becomes what.
func (o *Object) Form() url.Values {
	form := make(url.Values, len(o.form))
	for name, values := range o.form {
		form[name] = slices.Clone(values)
	}
	return form
}

// Claims returns the claims as they were written, those included that are no parameters. It is a new copy for each call.
func (o *Object) Claims() map[string]stdjson.RawMessage {
	claims := make(map[string]stdjson.RawMessage, len(o.claims))
	for name, raw := range o.claims {
		claims[name] = slices.Clone(stdjson.RawMessage(raw))
	}
	return claims
}

// Peek returns client_id and iss of a request object that nobody has verified, whatever its algorithm: good for finding
// out which client it claims to be from, and for nothing else. Either may be "", and both are if it is encrypted, for it
// tells nothing then. The error is ErrMalformed. It looks at the payload only, so that Verify is the one to parse the JWS.
func Peek(raw string) (clientID, iss string, err error) {
	if len(raw) > defaultMaxBytes {
		return "", "", fmt.Errorf("%w: more than %d bytes", ErrMalformed, defaultMaxBytes)
	}
	if encrypted(raw) {
		return "", "", nil
	}
	_, payload, _, ok := jwk.Split(raw)
	if !ok {
		return "", "", fmt.Errorf("%w: neither three parts nor five", ErrMalformed)
	}
	data, ok := jwk.Decode(payload)
	if !ok {
		return "", "", fmt.Errorf("%w: payload not base64url", ErrMalformed)
	}
	all, ok := members(data)
	var client, issuer word
	if !ok || !member(all, "client_id", &client) || !member(all, "iss", &issuer) {
		return "", "", fmt.Errorf("%w: payload not a JSON object with strings for client_id and iss", ErrMalformed)
	}
	return client.value, issuer.value, nil
}

// encrypted tells a JWE in compact serialisation from a JWS (RFC 7516 9).
func encrypted(raw string) bool { return strings.Count(raw, ".") == 4 }
