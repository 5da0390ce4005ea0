package requestobject

import (
	"cmp"
	"context"
	"fmt"
	"strings"
	"time"

	jose "github.com/go-jose/go-jose/v4"

	"github.com/fosite-fapi/fosite-fapi/internal/faults"
	"github.com/fosite-fapi/fosite-fapi/internal/jwk"
)

// Type is the typ of a request object (RFC 9101 10.8), without "application/", which may stand before it.
const Type = "oauth-authz-req+jwt"

// A Verifier verifies request objects. Its zero value with an Issuer is as FAPI has it; [Plain] returns one by RFC 9101
// alone. It is safe for concurrent use as long as its fields don't change.
type Verifier struct {
	// Issuer is the server's issuer identifier, compared exactly. aud must be it, or an array that has it. Required.
	Issuer string

	// Algorithms are those accepted. nil: PS256, ES256, EdDSA.
	Algorithms []jose.SignatureAlgorithm

	// OptionalAudience, OptionalExpiry and OptionalNotBefore say that aud, exp and nbf may be absent. What is there is
	// judged all the same. false: each is required (F1A-AS-13, F1A-AS-15, F1A-AS-17, F2-MS-02 to F2-MS-04).
	OptionalAudience, OptionalExpiry, OptionalNotBefore bool

	// RequireIssuer says that iss must be there. false: it may be absent, for client_id must be there and says the
	// same. If it is there it must be the client.
	RequireIssuer bool

	// RequireType says that typ must be [Type]. false: "JWT" and no typ at all are accepted, too, and nothing else,
	// so that no other kind of token is taken for a request object (JAR-23, JAR-24).
	RequireType bool

	// MaxLifetime is how long after nbf exp may be; without nbf, how far ahead, not counting FutureSkew. Zero: 60 minutes
	// (F1A-AS-13, F2-MS-04). Negative: any time.
	MaxLifetime time.Duration

	// MaxAge is how long ago nbf may be. Zero: 60 minutes (F1A-AS-17, F2-MS-03). Negative: any time.
	MaxAge time.Duration

	// FutureSkew is how far ahead nbf and iat may lie. Zero: 30 s. From 10 to 60 s.
	FutureSkew time.Duration

	// ExpirySkew is how long ago exp may have been. Zero: 10 s. At most 60 s.
	ExpirySkew time.Duration

	// Replay makes each object single-use: jti is required then, and remembered. nil: jti isn't looked at, which is right
	// where something else is used once, such as the request_uri of a pushed request or the code that comes of it.
	Replay Replay

	// Decryption holds the server's keys. nil: encrypted objects are refused.
	Decryption DecryptionKeys

	// EncryptionAlgorithms are the values of alg accepted of encrypted objects. nil: RSA-OAEP, RSA-OAEP-256, ECDH-ES,
	// ECDH-ES+A128KW, ECDH-ES+A256KW.
	EncryptionAlgorithms []jose.KeyAlgorithm

	// ContentEncryptions are the values of enc accepted. nil: A128GCM, A256GCM, A128CBC-HS256, A256CBC-HS512.
	ContentEncryptions []jose.ContentEncryption

	// MaxBytes bounds an object in bytes, as it is sent. Zero: 64 KiB. At most that.
	MaxBytes int

	// Now is the clock. nil: time.Now.
	Now func() time.Time
}

// Replay remembers what was used.
type Replay interface {
	// UseOnce marks id as used within namespace, until expires at least. It reports whether this call was the first to
	// do so; of several calls at the same time exactly one is. Errors refuse the object.
	UseOnce(ctx context.Context, namespace, id string, expires time.Time) (first bool, err error)
}

// Plain returns a Verifier by the rules of RFC 9101 alone: aud, exp and nbf may be absent, and exp and nbf as far from
// now as the client likes.
func Plain(issuer string) *Verifier {
	return &Verifier{
		Issuer: issuer, OptionalAudience: true, OptionalExpiry: true, OptionalNotBefore: true, MaxLifetime: -1, MaxAge: -1,
	}
}

const (
	defaultMaxBytes    = 64 << 10
	defaultMaxLifetime = 60 * time.Minute
	defaultMaxAge      = 60 * time.Minute
	defaultFutureSkew  = 30 * time.Second
	minFutureSkew      = 10 * time.Second // F2-AS-13
	maxFutureSkew      = 60 * time.Second // F2-AS-13
	defaultExpirySkew  = 10 * time.Second
	maxExpirySkew      = 60 * time.Second
)

// Verify proves that raw is a request object of the client c for this server, and spends its jti if Replay is set. An
// encrypted one is decrypted first.
//
// The jti is spent last, only if all else holds. The error is one of the package's sentinels; the first thing wrong
// decides, in the order encryption, algorithm, typ, client_id, iss, sub, nesting, aud, times, jti, key, signature,
// parameters, replay.
func (v *Verifier) Verify(ctx context.Context, raw string, c Client) (*Object, error) {
	object, claims, err := v.prove(ctx, raw, c, nil)
	if err != nil {
		return nil, err
	}
	if err := v.spend(ctx, claims, c.ID); err != nil {
		return nil, err
	}
	return object, nil
}

// Review is [Verifier.Verify] for whoever wants to know everything that is wrong: all of it, in the same order, each a
// sentinel of the package. It spends nothing, and doesn't ask whether the jti was used before. The object is nil if it
// can't be read; if its faults are others, nothing in it may be relied on.
func (v *Verifier) Review(ctx context.Context, raw string, c Client) (*Object, []error) {
	var all faults.List
	object, _, err := v.prove(ctx, raw, c, &all)
	return object, all.With(err)
}

// prove does all that Verify does, but for the jti.
func (v *Verifier) prove(ctx context.Context, raw string, c Client, all *faults.List) (*Object, *claims, error) {
	if limit := v.maxBytes(); len(raw) > limit {
		return nil, nil, fmt.Errorf("%w: more than %d bytes", ErrMalformed, limit)
	}
	signed, how, err := v.open(ctx, raw, c, all)
	if err != nil {
		return nil, nil, err
	}
	j, err := v.parse(signed, c, all)
	if err != nil {
		return nil, nil, err
	}
	claims, ok := decode(j.Payload)
	if !ok {
		return nil, nil, fmt.Errorf("%w: payload not a JSON object of claims", ErrMalformed)
	}
	for _, check := range checks {
		if err := all.Stop(check(v, claims, c.ID)); err != nil {
			return nil, nil, err
		}
	}
	if err := all.Stop(refusals().Verify(ctx, j, c.Keys)); err != nil {
		return nil, nil, err
	}
	form, wrong := parameters(claims.all)
	if form == nil {
		return nil, nil, unusable(wrong)
	}
	return &Object{
		ClientID:            c.ID,
		Issuer:              claims.issuer.value,
		ID:                  claims.id.value,
		Expires:             claims.expires.Time,
		NotBefore:           claims.notBefore.Time,
		IssuedAt:            claims.issuedAt.Time,
		Algorithm:           j.Algorithm,
		KeyID:               j.KeyID,
		Type:                j.Type,
		EncryptionAlgorithm: how.Algorithm,
		ContentEncryption:   how.Encryption,
		form:                form,
		claims:              claims.all,
		signed:              signed[:strings.LastIndexByte(signed, '.')],
	}, claims, nil
}

// unusable names the parameter, if it is one of those that everybody knows.
func unusable(name string) error {
	if _, known := kinds[name]; known {
		return fmt.Errorf("%w: %s", ErrParameter, name)
	}
	return ErrParameter
}

// refusals are the sentinels of an object's signature.
func refusals() jwk.Refusals {
	return jwk.Refusals{
		Malformed: ErrMalformed, Algorithm: ErrAlgorithm, Unsigned: ErrUnsigned, Registered: ErrRegisteredAlgorithm,
		Unavailable: ErrKeysUnavailable, Key: ErrKey, Weak: ErrWeak, Signature: ErrSignature,
	}
}

// parse reads the JWS and judges its header.
func (v *Verifier) parse(raw string, c Client, all *faults.List) (*jwk.JWS, error) {
	j, err := refusals().Read(raw, jwk.Accepted(v.Algorithms), c.Algorithm, all)
	if err != nil {
		return nil, err
	}
	if !jwk.SameType(j.Type, Type) && (v.RequireType || j.Type != "" && !jwk.SameType(j.Type, "JWT")) {
		if err := all.Stop(fmt.Errorf("%w: want %s", ErrType, Type)); err != nil {
			return nil, err
		}
	}
	return j, nil
}

// spend marks the jti as used, for as long as the object could come back.
func (v *Verifier) spend(ctx context.Context, c *claims, clientID string) error {
	if v.Replay == nil {
		return nil
	}
	// No issuer has a space in it, so that no two pairs make the same namespace.
	namespace := "request " + v.Issuer + " " + clientID
	first, err := v.Replay.UseOnce(ctx, namespace, c.id.value, c.expires.Add(cmp.Or(v.ExpirySkew, defaultExpirySkew)))
	if err != nil {
		return fmt.Errorf("%w: %w", ErrReplayStore, err)
	}
	if !first {
		return ErrReplayed
	}
	return nil
}

func (v *Verifier) maxBytes() int {
	if v.MaxBytes <= 0 {
		return defaultMaxBytes
	}
	return min(v.MaxBytes, defaultMaxBytes)
}
