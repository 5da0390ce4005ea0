package dpop

import (
	"context"
	"fmt"
	"time"

	jose "github.com/go-jose/go-jose/v4"

	"github.com/fosite-fapi/fosite-fapi/internal/faults"
)

// A Verifier checks DPoP proofs (RFC 9449 4.3). Replay is required. It is safe for concurrent use as long as its fields
// don't change.
type Verifier struct {
	// Algorithms are those accepted. nil: PS256, ES256, EdDSA (F2-CR-02).
	Algorithms []jose.SignatureAlgorithm

	// Replay remembers each proof. Required.
	Replay Replay

	// Nonces are the server's own. nil: none are given out, and those in proofs are ignored.
	Nonces *Nonces

	// Lifetime is how far back iat may lie. Zero: 60 s. From 15 s, so that a proof of 10 s ago passes in spite of the time
	// it takes to arrive, to 10 minutes.
	Lifetime time.Duration

	// FutureSkew is how far ahead iat may lie, and nbf where there is one. Zero: 30 s. From 10 to 60 s (F2-AS-13).
	FutureSkew time.Duration

	// Now is the clock. nil: time.Now.
	Now func() time.Time
}

// Replay remembers what was used.
type Replay interface {
	// UseOnce marks id as used within namespace, until expires at least. It reports whether this call was the first to
	// do so; of several calls at the same time exactly one is. Errors refuse the proof.
	UseOnce(ctx context.Context, namespace, id string, expires time.Time) (first bool, err error)
}

const (
	defaultLifetime   = 60 * time.Second
	minLifetime       = 15 * time.Second
	maxLifetime       = 10 * time.Minute
	defaultFutureSkew = 30 * time.Second
	minFutureSkew     = 10 * time.Second // F2-AS-13
	maxFutureSkew     = 60 * time.Second // F2-AS-13
	expirySkew        = 10 * time.Second // how long ago exp may have been

	// maxID bounds a jti in bytes.
	maxID = 256
)

// A Request is what a proof must have been made for.
type Request struct {
	// Method is the HTTP method. Case matters. Required.
	Method string

	// URLs are those by which clients know the endpoint: as configured, aliases included, never as a Host header has it.
	// The htu must equal one, without query and fragment and after normalisation (RFC 3986 6.2.2, 6.2.3). At least one.
	URLs []string

	// AccessToken is the one sent along with the proof to a resource, which ath must be the hash of. "" at the
	// authorization server, where ath means nothing.
	AccessToken string

	// Thumbprint is that of the key which the proof must be made with: the jkt of the access token, or the dpop_jkt of the
	// authorization request. "": any key.
	Thumbprint string

	// NonceRequired refuses a proof without a nonce. The Verifier must have Nonces.
	NonceRequired bool
}

// A Proof is one that was verified.
type Proof struct {
	Thumbprint string    // of the key, as in jkt (RFC 7638, SHA-256)
	ID         string    // jti
	IssuedAt   time.Time // iat
	Nonce      string    // one of the Verifier's Nonces; "" if absent, or if there are none
	Algorithm  jose.SignatureAlgorithm
}

// Verify proves that the sender of a request has the key in the proof, and that the proof was made for this request and
// not used before. It spends the proof.
//
// That is done last, only if all else holds: neither a stranger nor a mistaken request can use up the proof of a client.
// The error is one of the package's sentinels; the first thing wrong decides, in the order typ, alg, jwk, jti, htm, htu,
// iat, ath, thumbprint, signature, nonce, replay. So a client is asked for a nonce only if nothing else is wrong.
func (v *Verifier) Verify(ctx context.Context, proof string, r Request) (*Proof, error) {
	p, err := v.prove(proof, r, nil)
	if err != nil {
		return nil, err
	}
	if err := v.spend(ctx, p); err != nil {
		return nil, err
	}
	return p, nil
}

// Review is [Verifier.Verify] for whoever wants to know everything that is wrong: all of it, in the same order, each a
// sentinel of the package. It spends nothing, and doesn't ask whether the proof was used before. The proof is nil if it
// can't be read; unless there are no faults, nothing in it may be relied on.
func (v *Verifier) Review(proof string, r Request) (*Proof, []error) {
	var all faults.List
	p, err := v.prove(proof, r, &all)
	return p, all.With(err)
}

// prove does all that Verify does, but for the replay.
func (v *Verifier) prove(proof string, r Request, all *faults.List) (*Proof, error) {
	if proof == "" {
		return nil, ErrMissing
	}
	if r.NonceRequired && v.Nonces == nil {
		return nil, fmt.Errorf("%w: nonces are required, but Nonces is nil", ErrConfig)
	}
	j, err := v.parse(proof, all)
	if err != nil {
		return nil, err
	}
	c, ok := decode(j.Payload)
	if !ok {
		return nil, fmt.Errorf("%w: payload not a JSON object of claims", ErrMalformed)
	}
	for _, check := range checks {
		if err := all.Stop(check(v, c, r)); err != nil {
			return nil, err
		}
	}
	if r.Thumbprint != "" && !equal(r.Thumbprint, j.thumbprint) {
		if err := all.Stop(ErrThumbprint); err != nil {
			return nil, err
		}
	}
	if verified := j.Verify(j.Key.Key); verified && j.unseen != "" {
		thumbprints.Remember(j.unseen, j.thumbprint)
	} else if !verified {
		if err := all.Stop(ErrSignature); err != nil {
			return nil, err
		}
	}
	nonce, err := v.judgeNonce(c, r)
	if err := all.Stop(err); err != nil {
		return nil, err
	}
	return &Proof{
		Thumbprint: j.thumbprint,
		ID:         c.ID,
		IssuedAt:   c.IssuedAt.Time,
		Nonce:      nonce,
		Algorithm:  j.Algorithm,
	}, nil
}

// spend marks the proof as used, for as long as it could come back: to a process whose clock is behind, too.
func (v *Verifier) spend(ctx context.Context, p *Proof) error {
	if v.Replay == nil {
		return fmt.Errorf("%w: none configured", ErrReplayStore)
	}
	first, err := v.Replay.UseOnce(ctx, "dpop "+p.Thumbprint, p.ID, p.IssuedAt.Add(v.lifetime()+v.futureSkew()))
	if err != nil {
		return fmt.Errorf("%w: %w", ErrReplayStore, err)
	}
	if !first {
		return ErrReplayed
	}
	return nil
}
