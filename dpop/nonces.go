package dpop

import (
	"cmp"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"time"

	"github.com/fosite-fapi/fosite-fapi/internal/jwk"
)

// Nonces makes and checks the nonces that a server gives to clients (RFC 9449 8, 9). Secret is required.
//
// Nothing is stored: a nonce is the number of a window of time with an HMAC over it. All clients get the same one for the
// length of a window, and it stays valid for one window more; that a proof is used only once is up to the
// Verifier's Replay (RFC 9449 11.1). Processes with the same Secret and Window accept each other's nonces. An
// authorization server and a resource server should not share a Secret, for nonces are meant for the server that gave
// them.
//
// It is safe for concurrent use as long as its fields don't change.
type Nonces struct {
	// Secret is the key of the HMAC: 32 random bytes or more. Required.
	Secret []byte
	// Previous are former secrets, the nonces of which are still accepted: keep one for two windows after it was
	// replaced. At most 8. nil: none.
	Previous [][]byte
	// Window is how long one nonce is given out. Zero: 5 minutes. From 10 s to 1 hour.
	Window time.Duration
	// Now is the clock. nil: time.Now.
	Now func() time.Time
}

const (
	minSecret     = 32
	maxPrevious   = 8
	defaultWindow = 5 * time.Minute
	minWindow     = 10 * time.Second
	maxWindow     = time.Hour

	nonceCounter = 8  // bytes
	nonceMAC     = 16 // bytes: 128 bits can't be guessed
	nonceLength  = (nonceCounter + nonceMAC) / 3 * 4
)

// Validate returns an ErrConfig that lists everything wrong with the configuration: a short secret, too many former ones,
// a Window out of its bounds.
func (n *Nonces) Validate() error {
	var errs []error
	if len(n.Secret) < minSecret {
		errs = append(errs, fmt.Errorf("%w: Nonces.Secret has %d bytes, not %d or more", ErrConfig, len(n.Secret), minSecret))
	}
	if len(n.Previous) > maxPrevious {
		errs = append(errs, fmt.Errorf("%w: Nonces.Previous has %d secrets, not at most %d", ErrConfig, len(n.Previous), maxPrevious))
	}
	for i, secret := range n.Previous {
		if len(secret) < minSecret {
			errs = append(errs, fmt.Errorf("%w: Nonces.Previous[%d] has %d bytes, not %d or more", ErrConfig, i, len(secret), minSecret))
		}
	}
	if n.Window != 0 && (n.Window < minWindow || n.Window > maxWindow) {
		errs = append(errs, fmt.Errorf("%w: Nonces.Window is %s, not between %s and %s", ErrConfig, n.Window, minWindow, maxWindow))
	}
	return errors.Join(errs...)
}

// Current returns the nonce to give out now: 32 characters. It is "" if Validate would fail, since it could be guessed.
func (n *Nonces) Current() string {
	if n.Validate() != nil {
		return ""
	}
	nonce := n.sign(n.Secret, n.counter())
	return base64.RawURLEncoding.EncodeToString(nonce[:])
}

// Valid reports whether a nonce was given out in this window or the one before; or in the next one, by a process whose
// clock is ahead. None is if Validate would fail.
func (n *Nonces) Valid(nonce string) bool {
	if len(nonce) != nonceLength || n.Validate() != nil {
		return false
	}
	got, ok := jwk.Decode(nonce)
	if !ok {
		return false
	}
	counter, now := int64(binary.BigEndian.Uint64(got)), n.counter()
	if counter < now-1 || counter > now+1 {
		return false
	}
	valid := n.made(n.Secret, counter, got)
	for _, secret := range n.Previous {
		valid = n.made(secret, counter, got) || valid
	}
	return valid
}

func (n *Nonces) made(secret []byte, counter int64, nonce []byte) bool {
	want := n.sign(secret, counter)
	return hmac.Equal(want[:], nonce)
}

// sign returns the number of a window and its HMAC. The length of the window is in it, for the number means another time
// with another length.
func (n *Nonces) sign(secret []byte, counter int64) (nonce [nonceCounter + nonceMAC]byte) {
	binary.BigEndian.PutUint64(nonce[:], uint64(counter))
	mac := hmac.New(sha256.New, secret)
	_, _ = fmt.Fprintf(mac, "RFC 9449 nonce, window %d of %s", counter, n.window())
	copy(nonce[nonceCounter:], mac.Sum(nil))
	return nonce
}

func (n *Nonces) counter() int64 {
	now := time.Now
	if n.Now != nil {
		now = n.Now
	}
	return now().UnixNano() / int64(n.window())
}

func (n *Nonces) window() time.Duration { return cmp.Or(n.Window, defaultWindow) }
