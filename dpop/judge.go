package dpop

import (
	"cmp"
	"fmt"
	"time"
)

// checks judge the claims against the request and the clock, in this order.
var checks = [...]func(v *Verifier, c *claims, r Request) error{
	(*Verifier).judgeID, (*Verifier).judgeMethod, (*Verifier).judgeURL, (*Verifier).judgeTime, (*Verifier).judgeHash,
}

func (v *Verifier) judgeID(c *claims, _ Request) error {
	switch {
	case c.ID == "":
		return ErrIDMissing
	case len(c.ID) > maxID:
		return fmt.Errorf("%w: more than %d bytes", ErrIDMissing, maxID)
	}
	return nil
}

func (v *Verifier) judgeMethod(c *claims, r Request) error {
	if c.Method == "" || c.Method != r.Method {
		return fmt.Errorf("%w: want %s", ErrMethod, r.Method)
	}
	return nil
}

func (v *Verifier) judgeURL(c *claims, r Request) error {
	if !matchesAny(c.URL, r.URLs) {
		return fmt.Errorf("%w: want one of %v", ErrURL, r.URLs)
	}
	return nil
}

func (v *Verifier) judgeTime(c *claims, _ Request) error {
	now := v.now()
	switch {
	case c.IssuedAt.IsZero():
		return ErrIssuedAtMissing
	case !now.Before(c.IssuedAt.Add(v.lifetime())):
		return fmt.Errorf("%w: iat by %s or more", ErrExpired, v.lifetime())
	case !c.Expires.IsZero() && !now.Before(c.Expires.Add(expirySkew)):
		return fmt.Errorf("%w: exp by %s or more", ErrExpired, expirySkew)
	case c.IssuedAt.After(now.Add(v.futureSkew())):
		return fmt.Errorf("%w: iat by more than %s", ErrNotYet, v.futureSkew())
	case c.NotBefore.After(now.Add(v.futureSkew())):
		return fmt.Errorf("%w: nbf by more than %s", ErrNotYet, v.futureSkew())
	}
	return nil
}

func (v *Verifier) judgeHash(c *claims, r Request) error {
	if r.AccessToken != "" && !equal(c.AccessTokenHash, AccessTokenHash(r.AccessToken)) {
		return ErrAccessTokenHash
	}
	return nil
}

// judgeNonce returns the nonce, "" if there is none or it doesn't matter.
func (v *Verifier) judgeNonce(c *claims, r Request) (string, error) {
	switch {
	case c.Nonce == nil && r.NonceRequired:
		return "", ErrNonceRequired
	case c.Nonce == nil || v.Nonces == nil:
		return "", nil
	case !v.Nonces.Valid(*c.Nonce):
		return "", ErrNonce
	}
	return *c.Nonce, nil
}

func (v *Verifier) now() time.Time {
	if v.Now != nil {
		return v.Now()
	}
	return time.Now()
}

func (v *Verifier) lifetime() time.Duration   { return cmp.Or(v.Lifetime, defaultLifetime) }
func (v *Verifier) futureSkew() time.Duration { return cmp.Or(v.FutureSkew, defaultFutureSkew) }
