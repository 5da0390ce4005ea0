package jarm

import (
	"context"
	"crypto"
	"fmt"
	"net/url"
	"strings"
	"time"

	jose "github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/json"

	"github.com/fosite-fapi/fosite-fapi/internal/faults"
	"github.com/fosite-fapi/fosite-fapi/internal/jwe"
	"github.com/fosite-fapi/fosite-fapi/internal/jwk"
)

// A Verifier is what a client has to prove responses of one authorization server (JARM 2.4). It is safe for concurrent
// use as long as its fields aren't changed.
type Verifier struct {
	// Issuer is the authorization server to which this user was sent (JARM-21). Required.
	Issuer string
	// ClientID is what the client is called there (JARM-22). Required.
	ClientID string
	// Keys are the authorization server's, from its jwks_uri (JARM-26). Required.
	Keys Keys
	// Algorithms are those that a response may be signed with, best the one that the client registered. nil: PS256,
	// ES256, EdDSA.
	Algorithms []jose.SignatureAlgorithm
	// DecryptionKeys are the client's own. If there are any, a response that isn't encrypted is refused; if there are
	// none, one that is.
	DecryptionKeys []DecryptionKey
	// ExpirySkew is how long ago exp may have been. Zero: none. At most 60 s.
	ExpirySkew time.Duration
	// Now is the clock. nil: time.Now.
	Now func() time.Time
}

// A DecryptionKey is a private key of the client's.
type DecryptionKey struct {
	// Private is an *rsa.PrivateKey, an *ecdsa.PrivateKey, a [crypto.Decrypter] with an *rsa.PublicKey, or for an elliptic
	// curve anything with the methods Public and ECDH of an [*crypto/ecdh.PrivateKey]. RSA keys below 2048 bits are not
	// used. It must be safe for concurrent use. Required.
	Private crypto.PrivateKey
	// ID is the kid under which it is published. "": the key is tried when a response names no key, or none that there is.
	ID string
	// Algorithm is the only alg that it is used with. "": each that fits its type.
	Algorithm jose.KeyAlgorithm
}

// A Response is one that was proved to come from the authorization server, for this client.
type Response struct {
	// Parameters are all members of the response JWT but iss, aud and exp, if they are strings or numbers; others are
	// ignored (JARM-06). That state is the one which was sent is for the caller to see.
	Parameters url.Values
	// Expires is exp.
	Expires time.Time
	// Algorithm is that of the signature.
	Algorithm jose.SignatureAlgorithm
}

const (
	maxSize       = 64 << 10 // bytes of a response
	maxExpirySkew = time.Minute
)

// Validate returns an ErrConfig that lists everything wrong with the configuration.
func (v *Verifier) Validate() error {
	config := faults.In(ErrConfig)
	if v.Issuer == "" {
		config.Wrong("Issuer is empty")
	}
	if v.ClientID == "" {
		config.Wrong("ClientID is empty")
	}
	if v.Keys == nil {
		config.Wrong("Keys is nil")
	}
	jwk.Validate(v.Algorithms, config.Wrong)
	for i, key := range v.DecryptionKeys {
		if _, err := jwe.Key(key).Public(); err != nil {
			config.Wrong("DecryptionKeys %d: %w", i, err)
		}
	}
	if v.ExpirySkew < 0 || v.ExpirySkew > maxExpirySkew {
		config.Wrong("ExpirySkew is %s, not between 0 and %s", v.ExpirySkew, maxExpirySkew)
	}
	return config.Err()
}

// Verify proves a response, in the order of JARM 2.4: it is decrypted, iss, aud and exp are compared, and only then are
// keys asked for and the signature is verified. No parameter is to be had before all of that holds (JARM-25). The error is
// one of the package's sentinels and quotes nothing of the response.
func (v *Verifier) Verify(ctx context.Context, response string) (*Response, error) {
	if v.Issuer == "" || v.ClientID == "" {
		return nil, fmt.Errorf("%w: Issuer or ClientID is empty", ErrConfig)
	}
	j, err := v.open(response)
	if err != nil {
		return nil, err
	}
	c, ok := decode(j.Payload)
	if !ok {
		return nil, fmt.Errorf("%w: payload not a JSON object of claims", ErrMalformed)
	}
	now := time.Now
	if v.Now != nil {
		now = v.Now
	}
	switch {
	case c.issuer != v.Issuer:
		return nil, ErrIssuer
	case c.audience != v.ClientID:
		return nil, ErrAudience
	case c.expires.IsZero() || !now().Before(c.expires.Add(v.ExpirySkew)):
		return nil, ErrExpired
	}
	if err := refusals().Verify(ctx, j, v.Keys); err != nil {
		return nil, err
	}
	return &Response{Parameters: c.parameters, Expires: c.expires.Time, Algorithm: j.Algorithm}, nil
}

// open decrypts and reads a response.
func (v *Verifier) open(response string) (*jwk.JWS, error) {
	if len(response) > maxSize {
		return nil, fmt.Errorf("%w: more than %d bytes", ErrMalformed, maxSize)
	}
	encrypted := jwe.Encrypted(response)
	switch {
	case encrypted && len(v.DecryptionKeys) == 0:
		return nil, fmt.Errorf("%w: encrypted, and there are no keys", ErrEncryption)
	case !encrypted && len(v.DecryptionKeys) > 0 && strings.Count(response, ".") == 2:
		return nil, fmt.Errorf("%w: not encrypted", ErrEncryption)
	case encrypted:
		signed, err := jwe.Decrypt(response, jwe.Keys(v.DecryptionKeys), nil, nil, maxSize)
		if err != nil {
			return nil, fmt.Errorf("%w: %w", ErrEncryption, err)
		}
		response = string(signed)
	}
	j, err := refusals().Read(response, jwk.Accepted(v.Algorithms), "", nil)
	if err != nil {
		return nil, err
	}
	if j.Type != "" && !jwk.SameType(j.Type, "JWT") { // RFC 8725 3.12: some other kind of token
		return nil, fmt.Errorf("%w: typ is not JWT", ErrMalformed)
	}
	return j, nil
}

// refusals are the sentinels of a response's signature.
func refusals() jwk.Refusals {
	return jwk.Refusals{
		Malformed: ErrMalformed, Algorithm: ErrAlgorithm,
		Unavailable: ErrKeysUnavailable, Key: ErrKey, Signature: ErrSignature,
	}
}

type claims struct {
	issuer     string
	audience   string
	expires    jwk.NumericDate
	parameters url.Values
}

// decode reads claims strictly: one JSON object, no member twice, the types of JARM 2.1.
func decode(payload []byte) (*claims, bool) {
	var members map[string]json.RawMessage
	if !jwk.Object(payload) || json.Unmarshal(payload, &members) != nil {
		return nil, false
	}
	c := &claims{parameters: url.Values{}}
	for name, raw := range members {
		var err error
		switch {
		case name == "iss":
			err = json.Unmarshal(raw, &c.issuer)
		case name == "aud":
			c.audience, err = decodeAudience(raw)
		case name == "exp":
			err = json.Unmarshal(raw, &c.expires)
		case raw[0] == '"':
			var text string
			err = json.Unmarshal(raw, &text)
			c.parameters.Set(name, text)
		case raw[0] == '-' || '0' <= raw[0] && raw[0] <= '9':
			c.parameters.Set(name, string(raw))
		}
		if err != nil {
			return nil, false
		}
	}
	return c, true
}

// decodeAudience takes an array only if it names one (RFC 7519 4.1.3).
func decodeAudience(raw json.RawMessage) (string, error) {
	if raw[0] != '[' {
		var one string
		err := json.Unmarshal(raw, &one)
		return one, err
	}
	var list []string
	if err := json.Unmarshal(raw, &list); err != nil || len(list) != 1 {
		return "", err
	}
	return list[0], nil
}
