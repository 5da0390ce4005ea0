package dpop_test

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/fosite-fapi/fosite-fapi/dpop"
)

func FuzzVerify(f *testing.F) {
	require.NotEmpty(f, vectors.Proofs)
	for _, v := range vectors.Proofs {
		f.Add(v.Proof)
	}
	for _, v := range vectors.NotProofs {
		f.Add(v.JWT)
	}
	f.Add(base().proof())
	for _, change := range []func(*call){
		func(c *call) { c.by("PS256", rsa2048()) },
		func(c *call) { c.by("EdDSA", ed()) },
		jwk("d", "AQ"), jwk("x5c", []string{"AQ"}), jwk("kty", "oct"), jwk("y", ""),
		head("alg", "none"), head("crit", []string{"b64"}), headless("typ"),
		set("iat", 1.7e9+0.5), set("htu", "HTTPS://AS.example.com:443/./oauth/%74oken?x#y"), set("nonce", nil),
		payload(`{"jti":"\ud800"}`), payload(" {}"),
	} {
		c := base()
		change(c)
		f.Add(c.proof())
	}

	ours := map[string]bool{thumbprint(p256()): true, thumbprint(rsa2048()): true, thumbprint(ed()): true}
	f.Fuzz(func(t *testing.T, proof string) {
		c := base()
		got, err := c.verifier.Verify(context.Background(), proof, c.request)
		if err != nil {
			require.Nil(t, got, "an error comes with no proof")
			require.Empty(t, c.used.Entries, "and nothing is spent")
			return
		}
		require.True(t, dpop.ValidThumbprint(got.Thumbprint))
		if ours[got.Thumbprint] {
			require.Equal(t, "id-1", got.ID, "nothing else was signed")
		}
		_, err = c.verifier.Verify(context.Background(), proof, c.request)
		require.ErrorIs(t, err, dpop.ErrReplayed)
		fromHeader, err := dpop.FromHeader(http.Header{"Dpop": {proof}})
		require.NoError(t, err, "what verifies comes through the header")
		require.Equal(t, proof, fromHeader)
	})
}

func FuzzFromHeader(f *testing.F) {
	f.Add("DPoP", "eyJ0.eyJh.2-Gx_A", "dpop", "")
	f.Add("Dpop", "a, b", "DPoP-Nonce", "c")
	f.Add("DPOP", "a.b.c", "Dpop", "a.b.c")
	f.Add("d\u017fop", "a.b.c", "", " ")
	f.Fuzz(func(t *testing.T, name, value, other, otherValue string) {
		h := http.Header{}
		h[name] = append(h[name], value)
		h[other] = append(h[other], otherValue)
		got, err := dpop.FromHeader(h)
		named, otherNamed := strings.EqualFold(name, dpop.Header), strings.EqualFold(other, dpop.Header)
		switch {
		case !named && !otherNamed:
			require.ErrorIs(t, err, dpop.ErrMissing)
		case named && otherNamed:
			require.ErrorIs(t, err, dpop.ErrMultiple)
		case err == nil:
			require.NotEmpty(t, got)
			require.Contains(t, []string{value, otherValue}, got)
			require.NotContains(t, got, ",")
		}
		if err != nil {
			require.Empty(t, got)
		}
	})
}

func FuzzNonces(f *testing.F) {
	n := nonces()
	nonce := n.Current()
	f.Add(nonce)
	f.Add(nonce + "=")
	f.Add(nonce[:31] + "\n")
	f.Add("")
	require.NotEmpty(f, vectors.ForeignNonces)
	for _, foreign := range vectors.ForeignNonces {
		f.Add(foreign)
	}
	n.Previous = make8(n.Secret)
	f.Fuzz(func(t *testing.T, s string) {
		require.Equal(t, s == nonce, n.Valid(s), "only those that were made are valid")
	})
}

func FuzzNormalize(f *testing.F) {
	for _, s := range []string{
		tokenURL, "HTTPS://AS.example.com:443/%7e/./x/../%2f?q#f", "https://[2001:DB8::1]:8443/", "http://a:80", "https://a//..//b/.",
		"https://user@host/", "https://a/%", "https://[]:1/", "//a/b", "https://a?b/c", "http://a:/", "https://a/%2e%2E/%2e",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got, ok := dpop.Normalize(s)
		if !ok {
			require.Empty(t, got)
			return
		}
		again, ok := dpop.Normalize(got)
		require.True(t, ok)
		require.Equal(t, got, again, "it is normal already")

		scheme, rest, _ := strings.Cut(got, "://")
		host, path, _ := strings.Cut(rest, "/")
		for _, same := range []string{
			strings.ToUpper(scheme) + "://" + strings.ToUpper(host) + "/" + path,
			got + "?query", got + "#fragment",
			scheme + "://" + host + "/./" + path,
			scheme + "://" + host + "/%78/../" + path,
		} {
			other, ok := dpop.Normalize(same)
			require.True(t, ok, same)
			require.Equal(t, got, other, same)
		}

		// Another parser sees the same endpoint.
		before, err := url.Parse(s)
		if err != nil {
			return // a port beyond its range, an address that is none
		}
		after, err := url.Parse(got)
		require.NoError(t, err)
		require.Equal(t, strings.ToLower(before.Scheme), after.Scheme)
		require.Equal(t, strings.ToLower(before.Hostname()), after.Hostname())
		require.Nil(t, before.User)
		if before.Path != "" && !strings.Contains(before.Path, "/.") {
			require.Equal(t, before.Path, after.Path)
		}
	})
}
