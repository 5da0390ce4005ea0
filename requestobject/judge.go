package requestobject

import (
	"cmp"
	"fmt"
	"slices"
	"time"
)

// maxID bounds a jti in bytes, where it is remembered.
const maxID = 256

// checks judge the claims against the client, the server and the clock, in this order.
var checks = [...]func(v *Verifier, c *claims, clientID string) error{
	(*Verifier).judgeClient, (*Verifier).judgeIssuer, (*Verifier).judgeSubject, (*Verifier).judgeNesting, (*Verifier).judgeAudience,
	(*Verifier).judgeExpiry, (*Verifier).judgeNotBefore, (*Verifier).judgeIssuedAt, (*Verifier).judgeID,
}

func (v *Verifier) judgeClient(c *claims, clientID string) error {
	if clientID == "" || c.clientID.value != clientID {
		return ErrClientID
	}
	return nil
}

func (v *Verifier) judgeIssuer(c *claims, clientID string) error {
	if !c.issuer.present && v.RequireIssuer || c.issuer.present && c.issuer.value != clientID {
		return ErrIssuer
	}
	return nil
}

// judgeSubject: with the client as sub, whoever sees the object could authenticate with it as the client (RFC 9101 10.8).
func (v *Verifier) judgeSubject(c *claims, clientID string) error {
	if c.subject.value == clientID {
		return ErrSubject
	}
	return nil
}

func (v *Verifier) judgeNesting(c *claims, _ string) error {
	for _, name := range []string{"request", "request_uri"} {
		if _, ok := c.all[name]; ok {
			return fmt.Errorf("%w: %s", ErrNested, name)
		}
	}
	return nil
}

func (v *Verifier) judgeAudience(c *claims, _ string) error {
	switch {
	case !c.audience.present && v.OptionalAudience:
	case v.Issuer == "" || !slices.Contains(c.audience.list, v.Issuer):
		return fmt.Errorf("%w: want %s, or an array that has it", ErrAudience, v.Issuer)
	}
	return nil
}

func (v *Verifier) judgeNotBefore(c *claims, _ string) error {
	now, future, maxAge := v.now(), cmp.Or(v.FutureSkew, defaultFutureSkew), cmp.Or(v.MaxAge, defaultMaxAge)
	switch {
	case c.notBefore.IsZero() && !v.OptionalNotBefore:
		return ErrNotBeforeMissing
	case c.notBefore.After(now.Add(future)):
		return fmt.Errorf("%w: more than %s", ErrNotYet, future)
	case !c.notBefore.IsZero() && maxAge > 0 && now.Sub(c.notBefore.Time) > maxAge:
		return fmt.Errorf("%w: more than %s", ErrTooOld, maxAge)
	}
	return nil
}

func (v *Verifier) judgeIssuedAt(c *claims, _ string) error {
	if future := cmp.Or(v.FutureSkew, defaultFutureSkew); c.issuedAt.After(v.now().Add(future)) {
		return fmt.Errorf("%w: more than %s", ErrIssuedAhead, future)
	}
	return nil
}

// judgeID looks at the jti where it is remembered.
func (v *Verifier) judgeID(c *claims, _ string) error {
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

func (v *Verifier) judgeExpiry(c *claims, _ string) error {
	if c.expires.IsZero() {
		if v.OptionalExpiry {
			return nil
		}
		return ErrExpiryMissing
	}
	now, from := v.now(), c.notBefore.Time
	if from.IsZero() {
		from = now.Add(cmp.Or(v.FutureSkew, defaultFutureSkew))
	}
	maxLifetime := cmp.Or(v.MaxLifetime, defaultMaxLifetime)
	switch {
	case !now.Before(c.expires.Add(cmp.Or(v.ExpirySkew, defaultExpirySkew))):
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
