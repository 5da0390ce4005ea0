package dpop_test

import (
	"encoding/base64"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fosite-fapi/fosite-fapi/dpop"
	"github.com/fosite-fapi/fosite-fapi/internal/must"
)

func TestNonces(t *testing.T) {
	t.Parallel()
	later := func(n *dpop.Nonces, d time.Duration) *dpop.Nonces {
		copied := *n
		copied.Now = func() time.Time { return n.Now().Add(d) }
		return &copied
	}

	t.Run("DPOP-50 of this server", func(t *testing.T) {
		t.Parallel()
		n := nonces()
		assert.True(t, n.Valid(n.Current()))
		assert.True(t, nonces().Valid(n.Current()), "another process with the same secret")
		other := nonces()
		other.Secret = []byte(strings.Repeat("t", 32))
		assert.False(t, other.Valid(n.Current()), "another server")
		other = nonces()
		other.Window = 10 * time.Minute
		assert.False(t, other.Valid(n.Current()), "another window")
	})

	t.Run("DPOP-51 recently supplied", func(t *testing.T) {
		t.Parallel()
		n := nonces()
		start := later(n, -time.Duration(now.UnixNano()%int64(5*time.Minute))) // of the window
		nonce := start.Current()
		for after, valid := range map[time.Duration]bool{
			0:                                true,
			5*time.Minute - 1:                true,
			5 * time.Minute:                  true,
			10*time.Minute - 1:               true,
			10 * time.Minute:                 false,
			time.Hour:                        false,
			-1:                               true, // a process whose clock is behind
			-5 * time.Minute:                 true,
			-5*time.Minute - time.Nanosecond: false,
		} {
			assert.Equal(t, valid, later(start, after).Valid(nonce), after)
		}
		assert.Equal(t, nonce, later(start, 5*time.Minute-1).Current())
		assert.NotEqual(t, nonce, later(start, 5*time.Minute).Current())
	})

	t.Run("DPOP-51 former secrets", func(t *testing.T) {
		t.Parallel()
		old := nonces()
		n := nonces()
		n.Secret = []byte(strings.Repeat("n", 32))
		require.False(t, n.Valid(old.Current()))
		n.Previous = [][]byte{[]byte(strings.Repeat("o", 40)), old.Secret}
		require.NoError(t, n.Validate())
		assert.True(t, n.Valid(old.Current()))
		assert.True(t, n.Valid(n.Current()))
		assert.NotEqual(t, old.Current(), n.Current())
	})

	t.Run("DPOP-51 anything else", func(t *testing.T) {
		t.Parallel()
		n := nonces()
		nonce := n.Current()
		for i := range nonce {
			for _, c := range []string{"A", "B", "-", "=", "\n", " "} {
				if mutant := nonce[:i] + c + nonce[i+1:]; mutant != nonce {
					assert.False(t, n.Valid(mutant), mutant)
				}
			}
		}
		raw := must.Get(base64.RawURLEncoding.DecodeString(nonce))
		for _, s := range append(vectors.ForeignNonces, "", nonce+"A", nonce+"=", nonce[:len(nonce)-1], nonce[:len(nonce)-4],
			base64.StdEncoding.EncodeToString(append(raw[:8:8], make([]byte, 16)...))) {
			assert.False(t, n.Valid(s), s)
		}
	})

	t.Run("DPOP-52 syntax", func(t *testing.T) {
		t.Parallel()
		assert.Regexp(t, `^[\x21\x23-\x5B\x5D-\x7E]+$`, nonces().Current(), "NQCHAR of RFC 6749 A")
	})

	t.Run("DPOP-50 a secret that can be guessed makes none", func(t *testing.T) {
		t.Parallel()
		good := nonces()
		n := nonces()
		n.Secret = n.Secret[:31]
		assert.Empty(t, n.Current())
		assert.False(t, n.Valid(""))
		n.Previous = [][]byte{good.Secret}
		assert.False(t, n.Valid(good.Current()))
		assert.Empty(t, new(dpop.Nonces).Current())
	})
}

func TestNonce(t *testing.T) {
	t.Parallel()
	judged(t, (*call).withNonces, []change{
		{"F2-AS-10 DPOP-11 the current one", func(*call) {}, nil},
		{"DPOP-11 that of the window before", func(c *call) {
			c.verifier.Nonces.Now = func() time.Time { return now.Add(5 * time.Minute) }
		}, nil},
		{"DPOP-51 an older one", func(c *call) {
			c.verifier.Nonces.Now = func() time.Time { return now.Add(10 * time.Minute) }
		}, dpop.ErrNonce},
		{"DPOP-51 another server's", set("nonce", "eyJ7S_zG.eyJH0-Z.HX4w-7v"), dpop.ErrNonce},
		{"DPOP-51 empty", set("nonce", ""), dpop.ErrNonce},
		{"DPOP-51 a number", set("nonce", 1), dpop.ErrMalformed},
		{"DPOP-50 absent", drop("nonce"), dpop.ErrNonceRequired},
		{"DPOP-50 null", set("nonce", nil), dpop.ErrNonceRequired},
		{"DPOP-55 absent, where none is required", also(drop("nonce"), optional), nil},
		{"DPOP-55 another server's, where none is required", also(set("nonce", "eyJ7S_zG.eyJH0-Z.HX4w-7v"), optional), dpop.ErrNonce},
		{"DPOP-50 any, where none are given out", also(set("nonce", "eyJ7S_zG.eyJH0-Z.HX4w-7v"), optional, without), nil},
		{"DPOP-50 required, where none are given out", without, dpop.ErrConfig},
		{"DPOP-12 iat counts with a nonce too", set("iat", at(-3600)), dpop.ErrExpired},
		{"DPOP-50 a nonce is asked for only if nothing else is wrong", also(drop("nonce"), func(c *call) { c.key = p256b() }), dpop.ErrSignature},
	})

	t.Run("DPOP-73 the same one for several proofs", func(t *testing.T) {
		t.Parallel()
		c := base()
		c.withNonces()
		_, err := c.verify()
		require.NoError(t, err)
		_, err = c.verify()
		require.ErrorIs(t, err, dpop.ErrReplayed)
		c.claims["jti"] = "id-2"
		_, err = c.verify()
		require.NoError(t, err)
	})

	t.Run("DPOP-50 a nonce that nobody checked is not reported", func(t *testing.T) {
		t.Parallel()
		c := base()
		c.claims["nonce"] = "unchecked"
		got, err := c.verify()
		require.NoError(t, err)
		assert.Empty(t, got.Nonce)
	})
}

func optional(c *call) { c.request.NonceRequired = false }
func without(c *call)  { c.verifier.Nonces = nil }
