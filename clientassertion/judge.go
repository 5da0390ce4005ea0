package clientassertion

import (
	"cmp"
	"fmt"
	"time"
)

// checks judge the claims against the client, the audience and the clock, in this order.
var checks = [...]func(v *Verifier, c *claims, clientID string) error{
	(*Verifier).judgeIssuer, (*Verifier).judgeSubject, (*Verifier).judgeAudience, (*Verifier).judgeExpiry, (*Verifier).judgeFuture,
	(*Verifier).judgeID,
}

func (v *Verifier) judgeIssuer(c *claims, clientID string) error {
	if c.Issuer == "" || c.Issuer != clientID {
		return ErrIssuer
	}
	return nil
}

func (v *Verifier) judgeSubject(c *claims, clientID string) error {
	if c.Subject == "" || c.Subject != clientID {
		return ErrSubject
	}
	return nil
}

func (v *Verifier) judgeAudience(c *claims, _ string) error {
	if !v.Audience.accepts(c.Audience) {
		return fmt.Errorf("%w: %s", ErrAudience, v.Audience)
	}
	return nil
}

func (v *Verifier) judgeExpiry(c *claims, _ string) error {
	now := v.now()
	switch {
	case c.Expires.IsZero():
		return ErrExpiryMissing
	case !now.Before(c.Expires.Add(cmp.Or(v.ExpirySkew, defaultExpirySkew))):
		return ErrExpired
	case c.Expires.After(now.Add(cmp.Or(v.MaxLifetime, defaultMaxLifetime) + cmp.Or(v.FutureSkew, defaultFutureSkew))):
		return fmt.Errorf("%w: more than %s", ErrLifetime, cmp.Or(v.MaxLifetime, defaultMaxLifetime))
	}
	return nil
}

func (v *Verifier) judgeFuture(c *claims, _ string) error {
	future := cmp.Or(v.FutureSkew, defaultFutureSkew)
	latest := v.now().Add(future)
	switch {
	case c.NotBefore.After(latest):
		return fmt.Errorf("%w: nbf is more than %s ahead", ErrNotYet, future)
	case c.IssuedAt.After(latest):
		return fmt.Errorf("%w: iat is more than %s ahead", ErrNotYet, future)
	}
	return nil
}

func (v *Verifier) judgeID(c *claims, _ string) error {
	switch {
	case c.ID == "":
		return ErrIDMissing
	case len(c.ID) > maxID:
		return fmt.Errorf("%w: jti of more than %d bytes", ErrMalformed, maxID)
	}
	return nil
}

func (v *Verifier) now() time.Time {
	if v.Now == nil {
		return time.Now()
	}
	return v.Now()
}
