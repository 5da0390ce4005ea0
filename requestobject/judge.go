package requestobject

import (
	"fmt"
	"slices"
	"time"
)

// maxID bounds a jti in bytes, where it is remembered.
const maxID = 256

// judge checks the claims against the client, the server and the clock.
func (v *Verifier) judge(c *claims, clientID string) error {
	if err := v.judgeParties(c, clientID); err != nil {
		return err
	}
	for _, name := range []string{"request", "request_uri"} {
		if _, ok := c.all[name]; ok {
			return fmt.Errorf("%w: %s", ErrNested, name)
		}
	}
	switch {
	case !c.audience.present && v.OptionalAudience:
	case v.Issuer == "" || !slices.Contains(c.audience.list, v.Issuer):
		return fmt.Errorf("%w: want %s, or an array that has it", ErrAudience, v.Issuer)
	}
	if err := v.judgeTimes(c, v.now()); err != nil {
		return err
	}
	if v.Replay == nil {
		return nil
	}
	switch id := c.id.value; {
	case id == "":
		return ErrIDMissing
	case len(id) > maxID:
		return fmt.Errorf("%w: jti of more than %d bytes", ErrMalformed, maxID)
	case c.expires.IsZero():
		return fmt.Errorf("%w: a jti can't be remembered for ever", ErrExpiryMissing)
	}
	return nil
}

func (v *Verifier) judgeParties(c *claims, clientID string) error {
	switch {
	case clientID == "" || c.clientID.value != clientID:
		return ErrClientID
	case !c.issuer.present && v.RequireIssuer, c.issuer.present && c.issuer.value != clientID:
		return ErrIssuer
	// RFC 9101 10.8: with the client as sub, whoever sees the object could authenticate with it as the client.
	case c.subject.value == clientID:
		return ErrSubject
	}
	return nil
}

func (v *Verifier) judgeTimes(c *claims, now time.Time) error {
	future := or(v.FutureSkew, defaultFutureSkew)
	if err := v.judgeExpiry(c, now); err != nil {
		return err
	}
	maxAge := or(v.MaxAge, defaultMaxAge)
	switch {
	case c.notBefore.IsZero() && !v.OptionalNotBefore:
		return ErrNotBeforeMissing
	case c.notBefore.After(now.Add(future)):
		return fmt.Errorf("%w: more than %s", ErrNotYet, future)
	case !c.notBefore.IsZero() && maxAge > 0 && now.Sub(c.notBefore.Time) > maxAge:
		return fmt.Errorf("%w: more than %s", ErrTooOld, maxAge)
	case c.issuedAt.After(now.Add(future)):
		return fmt.Errorf("%w: more than %s", ErrIssuedAhead, future)
	}
	return nil
}

func (v *Verifier) judgeExpiry(c *claims, now time.Time) error {
	if c.expires.IsZero() {
		if v.OptionalExpiry {
			return nil
		}
		return ErrExpiryMissing
	}
	from := c.notBefore.Time
	if from.IsZero() {
		from = now.Add(or(v.FutureSkew, defaultFutureSkew))
	}
	maxLifetime := or(v.MaxLifetime, defaultMaxLifetime)
	switch {
	case !now.Before(c.expires.Add(or(v.ExpirySkew, defaultExpirySkew))):
		return ErrExpired
	case maxLifetime > 0 && c.expires.Sub(from) > maxLifetime:
		return fmt.Errorf("%w: more than %s", ErrLifetime, maxLifetime)
	}
	return nil
}

func (v *Verifier) now() time.Time {
	if v.Now == nil {
		return time.Now()
	}
	return v.Now()
}
