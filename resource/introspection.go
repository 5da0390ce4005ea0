package resource

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"
	"time"

	"golang.org/x/sync/singleflight"

	"github.com/fosite-fapi/fosite-fapi/keys"
	"github.com/fosite-fapi/fosite-fapi/rar"
)

// Introspection says how the issuer is asked about tokens (RFC 7662). ClientID is required, and either Keys or a
// Config.Transport with the certificate by which this server authenticates; or Local alone, and none of these.
//
// What the issuer says of a token holds for TTL: that is how long a revoked token may go on working. A token that is asked
// about by many requests at the same time is asked about once.
type Introspection struct {
	// ClientID identifies this resource server to the issuer. Required.
	ClientID string

	// Keys sign the assertions by which this server authenticates (private_key_jwt). nil: by mutual TLS, with the client
	// certificate of Config.Transport.
	Keys keys.Source

	// Local answers in place of the introspection endpoint, where the issuer runs in this process: with the JSON of RFC 7662
	// 2.2 as it would be for a caller that may see the token, {"active":false} of what is none. An error is answered by 503.
	// It is called concurrently. With a negative TTL each request calls it for itself, whatever MaxCalls and Config.Timeout
	// say, and a revoked token is refused at once. nil: the issuer is asked by HTTP.
	Local func(ctx context.Context, token string) (response []byte, err error)

	// Endpoint is the introspection endpoint, an https URL. "": as in the issuer's metadata, with mutual TLS its alias
	// where there is one (MTLS-17).
	Endpoint string

	// Signed asks for a JWT that the issuer signed (RFC 9701), and accepts nothing else (F2-MS-12). false: JSON.
	Signed bool

	// Decryption are the keys for which the issuer encrypts what it has signed, where this server is registered for
	// introspection_encrypted_response_alg. With Signed only; a response that is not encrypted is not accepted then. nil: an
	// encrypted one isn't.
	Decryption keys.DecryptionSource

	// OpaqueOnly asks about opaque tokens alone: a revoked JWT goes on working until it expires. false: about each token.
	OpaqueOnly bool

	// TTL is how long an answer holds, but never past the token's exp (INT-06). Zero: 30 s. At most 5 minutes; negative:
	// answers are not kept.
	TTL time.Duration

	// InactiveTTL is the same for a token that is not active. Zero: 5 s, or TTL if that is less. Not more than TTL.
	InactiveTTL time.Duration

	// MaxEntries bounds the answers kept about tokens that are active, and separately those about others, so that
	// made-up tokens don't displace anything. Zero: 10000.
	MaxEntries int

	// MaxCalls bounds the calls to the issuer at one time; requests beyond wait for Config.Timeout at most. Zero: 64.
	MaxCalls int
}

const (
	defaultTTL         = 30 * time.Second
	maxTTL             = 5 * time.Minute
	defaultInactiveTTL = 5 * time.Second
	defaultMaxEntries  = 10000
	defaultMaxCalls    = 64
)

// An introspector answers by what the issuer said, or says.
type introspector struct {
	caller
	local            func(context.Context, string) ([]byte, error) // nil: caller
	ttl, inactiveTTL time.Duration
	now              func() time.Time
	timeout          time.Duration
	slots            chan struct{}

	flights  singleflight.Group
	active   *cache[*Token]
	inactive *cache[error]
}

// look returns what is known of a token. The Token is shared.
func (i *introspector) look(ctx context.Context, raw string) (*Token, error) {
	if i.local != nil && i.ttl < 0 {
		return i.answer(ctx, raw) // an answer that others wait for may be older than this request
	}
	key := digest(sha256.Sum256([]byte(raw)))
	if t, err := i.kept(key); t != nil || err != nil {
		return t, err
	}
	// One request's end must not be that of the others which wait for the same answer: the timeout bounds the call.
	background := context.WithoutCancel(ctx)
	flight := i.flights.DoChan(string(key[:]), func() (any, error) { return i.ask(background, key, raw) })
	select {
	case <-ctx.Done():
		return nil, fmt.Errorf("%w: introspection: %w", ErrUnavailable, ctx.Err())
	case result := <-flight:
		if result.Err != nil {
			return nil, result.Err
		}
		return result.Val.(*Token), nil
	}
}

// kept answers without asking; nil, nil where it can't.
func (i *introspector) kept(key digest) (*Token, error) {
	now := i.now()
	if t, ok := i.active.get(key, now); ok {
		return t, nil
	}
	err, _ := i.inactive.get(key, now)
	return nil, err
}

func (i *introspector) ask(ctx context.Context, key digest, raw string) (*Token, error) {
	// Another flight may have landed since the caller looked.
	if t, err := i.kept(key); t != nil || err != nil {
		return t, err
	}
	ctx, cancel := context.WithTimeout(ctx, i.timeout)
	defer cancel()
	select {
	case i.slots <- struct{}{}:
		defer func() { <-i.slots }()
	case <-ctx.Done():
		return nil, fmt.Errorf("%w: introspection: too many calls", ErrUnavailable)
	}

	// An answer is as old as its question: so the bound on revoked tokens holds however long the way took.
	asked := i.now()
	t, err := i.answer(ctx, raw)
	switch {
	case err == nil:
		expires := asked.Add(i.ttl)
		if !t.Expires.IsZero() && t.Expires.Before(expires) {
			expires = t.Expires
		}
		if expires.After(asked) {
			i.active.put(key, t, expires)
		}
		return t, nil
	case errors.Is(err, ErrUnavailable), errors.Is(err, ErrIntrospection), errors.Is(err, ErrMetadata):
		return nil, err
	}
	if i.inactiveTTL > 0 {
		i.inactive.put(key, err, asked.Add(i.inactiveTTL))
	}
	return nil, err
}

// answer is the issuer's, by its own word or over the network.
func (i *introspector) answer(ctx context.Context, raw string) (*Token, error) {
	if i.local == nil {
		return i.call(ctx, raw)
	}
	response, err := i.local(ctx, raw)
	if err != nil {
		return nil, fmt.Errorf("%w: introspection: %w", ErrUnavailable, err)
	}
	return i.reader.read(response)
}

// confirm lets a JWT pass that the issuer still stands by. What it was granted may have become less since.
func (i *introspector) confirm(ctx context.Context, raw string, t *Token) (*Token, error) {
	seen, err := i.look(ctx, raw)
	if err != nil {
		return nil, err
	}
	switch {
	case seen.ClientID != "" && seen.ClientID != t.ClientID:
		return nil, fmt.Errorf("%w: client_id", ErrContradiction)
	case seen.ID != "" && seen.ID != t.ID:
		return nil, fmt.Errorf("%w: jti", ErrContradiction)
	case !seen.Confirmation.IsZero() && !seen.Confirmation.Equal(t.Confirmation):
		return nil, fmt.Errorf("%w: cnf", ErrContradiction)
	}
	if seen.Scopes != nil {
		var both []string
		for _, scope := range t.Scopes {
			if seen.HasScope(scope) {
				both = append(both, scope)
			}
		}
		t.Scopes = both
	}
	if seen.AuthorizationDetails != nil {
		t.AuthorizationDetails = slices.DeleteFunc(t.AuthorizationDetails, func(d rar.Detail) bool {
			return !slices.ContainsFunc(seen.AuthorizationDetails, d.Equal)
		})
	}
	if !seen.Expires.IsZero() && seen.Expires.Before(t.Expires) {
		t.Expires = seen.Expires
	}
	return t, nil
}
