package pkce_test

import (
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fosite-fapi/fosite-fapi/pkce"
)

// RFC 7636 Appendix B, https://www.rfc-editor.org/rfc/rfc7636#appendix-B
const (
	verifier  = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
	challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
)

func TestVectors(t *testing.T) {
	t.Parallel()
	t.Run("PKCE-03 RFC 7636 Appendix B", func(t *testing.T) {
		t.Parallel()
		assert.Equal(t, challenge, pkce.S256(verifier))
		require.NoError(t, pkce.Verify(challenge, verifier))
	})
	t.Run("PKCE-03 the verifier of RFC 9449 Figure 5", func(t *testing.T) {
		t.Parallel()
		assert.Equal(t, "HtPJkE32DJkowXxFcEC5nnFXgv1Z97Cn_krX96qwH0E", pkce.S256("bEaL42izcC-o-xBk0K2vuJ6U-y1p9r_wW2dFWIWgjz-"))
	})
}

func TestVerify(t *testing.T) {
	t.Parallel()
	const unreserved = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~"
	of := func(n int) string { return strings.Repeat("a", n) }
	for _, test := range []struct {
		name, challenge, verifier string
		want                      error
	}{
		{"PKCE-08 PKCE-09 PKCE-11 match", challenge, verifier, nil},
		{"PKCE-09 mismatch", challenge, verifier[:42] + "l", pkce.ErrVerifierMismatch},
		{"PKCE-09 the challenge itself", challenge, challenge, pkce.ErrVerifierMismatch},
		{"PKCE-11 a plain challenge", verifier, verifier, pkce.ErrVerifierMismatch},
		{"PKCE-08 no verifier", challenge, "", pkce.ErrVerifierMissing},
		{"PKCE-12 PKCE-13 neither", "", "", nil},
		{"PKCE-13 verifier without challenge", "", verifier, pkce.ErrVerifierUnexpected},
		{"PKCE-13 malformed verifier without challenge", "", "x", pkce.ErrVerifierUnexpected},
		{"PKCE-01 every character", pkce.S256(unreserved), unreserved, nil},
		{"PKCE-01 43", pkce.S256(of(43)), of(43), nil},
		{"PKCE-01 42", pkce.S256(of(42)), of(42), pkce.ErrVerifierSyntax},
		{"PKCE-01 128", pkce.S256(of(128)), of(128), nil},
		{"PKCE-01 129", pkce.S256(of(129)), of(129), pkce.ErrVerifierSyntax},
		{"PKCE-01 plus", pkce.S256(of(43) + "+"), of(43) + "+", pkce.ErrVerifierSyntax},
		{"PKCE-01 equals", pkce.S256(of(43) + "="), of(43) + "=", pkce.ErrVerifierSyntax},
		{"PKCE-01 line break", pkce.S256(of(43) + "\n"), of(43) + "\n", pkce.ErrVerifierSyntax},
		{"PKCE-01 NUL", pkce.S256(of(43) + "\x00"), of(43) + "\x00", pkce.ErrVerifierSyntax},
		{"PKCE-01 beyond ASCII", pkce.S256(of(43) + "é"), of(43) + "é", pkce.ErrVerifierSyntax},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			require.ErrorIs(t, pkce.Verify(test.challenge, test.verifier), test.want)
		})
	}
}

func FuzzVerify(f *testing.F) {
	abnf := regexp.MustCompile(`\A[A-Za-z0-9._~-]{43,128}\z`)
	f.Add(challenge, verifier)
	f.Add(verifier, verifier)
	f.Add("", verifier)
	f.Add(challenge, "")
	f.Fuzz(func(t *testing.T, c, v string) {
		if pkce.Verify(c, v) == nil && (c != "" || v != "") {
			require.Regexp(t, abnf, v)
			require.Equal(t, pkce.S256(v), c)
		}
		if abnf.MatchString(v) {
			require.NoError(t, pkce.Verify(pkce.S256(v), v))
		}
	})
}
