package clientcert_test

import (
	"net/http"
	"net/netip"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fosite-fapi/fosite-fapi/clientcert"
)

func prefixes(texts ...string) (list []netip.Prefix) {
	for _, text := range texts {
		list = append(list, netip.MustParsePrefix(text))
	}
	return list
}

func TestTrust(t *testing.T) {
	t.Parallel()
	leaf := vector(t, "client-cert.txt")
	marked := func(r *http.Request) bool { return r.Header.Get("X-Marked") != "" }
	for _, test := range []struct {
		name   string
		header clientcert.Header
		from   string
		mark   bool
		taken  bool
	}{
		{"a trusted peer", clientcert.Header{TrustedPeers: trusted}, proxy, false, true},
		{"a stranger", clientcert.Header{TrustedPeers: trusted}, stranger, false, false},
		{"the second of two prefixes", clientcert.Header{TrustedPeers: prefixes("192.0.2.0/24", "10.1.2.3/32")}, proxy, false, true},
		{"IPv6", clientcert.Header{TrustedPeers: prefixes("2001:db8::/32")}, "[2001:db8::1]:1", false, true},
		{"IPv6 of a stranger", clientcert.Header{TrustedPeers: prefixes("2001:db8::/32")}, "[2001:db9::1]:1", false, false},
		{"IPv6 with a zone", clientcert.Header{TrustedPeers: prefixes("fe80::/10")}, "[fe80::1%eth0]:1", false, true},
		{"IPv4 mapped into IPv6", clientcert.Header{TrustedPeers: trusted}, "[::ffff:10.1.2.3]:1", false, true},
		{"a prefix of IPv4 mapped into IPv6", clientcert.Header{TrustedPeers: prefixes("::ffff:10.1.0.0/112")}, proxy, false, true},
		{"a prefix of IPv4 mapped into IPv6, a stranger", clientcert.Header{TrustedPeers: prefixes("::ffff:10.1.0.0/112")}, stranger, false, false},
		{"an address without port", clientcert.Header{TrustedPeers: trusted}, "10.1.2.3", false, false},
		{"a name", clientcert.Header{TrustedPeers: trusted}, "localhost:1", false, false},
		{"a Unix socket", clientcert.Header{TrustedPeers: trusted}, "@", false, false},
		{"nothing", clientcert.Header{TrustedPeers: trusted}, "", false, false},
		{"Trust alone", clientcert.Header{Trust: marked}, stranger, true, true},
		{"Trust alone, which does not", clientcert.Header{Trust: marked}, proxy, false, false},
		{"both", clientcert.Header{TrustedPeers: trusted, Trust: marked}, proxy, true, true},
		{"both, Trust does not", clientcert.Header{TrustedPeers: trusted, Trust: marked}, proxy, false, false},
		{"both, not a trusted peer", clientcert.Header{TrustedPeers: trusted, Trust: marked}, stranger, true, false},
	} {
		t.Run("MTLS-22 "+test.name, func(t *testing.T) {
			t.Parallel()
			r := request(test.from, "Client-Cert", leaf)
			if test.mark {
				r.Header.Set("X-Marked", "1")
			}
			got, err := source(t, &test.header)(r)
			require.NoError(t, err)
			if test.taken {
				require.Len(t, got, 1)
			} else {
				require.Nil(t, got)
			}
		})
	}
}

func TestStrangerCannotBreakARequest(t *testing.T) {
	t.Parallel()
	t.Run("MTLS-22 a malformed header from a stranger is ignored", func(t *testing.T) {
		t.Parallel()
		got, err := source(t, &clientcert.Header{TrustedPeers: trusted})(request(stranger, "Client-Cert", "x", "Client-Cert", "y"))
		require.NoError(t, err)
		require.Nil(t, got)
	})
}

func TestDirect(t *testing.T) {
	t.Parallel()
	c := chain(t)
	source := source(t, &clientcert.Header{TrustedPeers: trusted, Direct: clientcert.FromTLS})
	ask := func(from string, pairs ...string) (int, error) {
		r := request(from, pairs...)
		r.TLS = connection(c[1:])
		got, err := source(r)
		return len(got), err
	}
	t.Run("MTLS-22 a stranger's own certificate counts, not its header", func(t *testing.T) {
		t.Parallel()
		n, err := ask(stranger, "Client-Cert", vector(t, "client-cert.txt"))
		require.NoError(t, err)
		assert.Equal(t, 2, n)
	})
	t.Run("MTLS-22 the proxy's own certificate never counts", func(t *testing.T) {
		t.Parallel()
		n, err := ask(proxy)
		require.NoError(t, err)
		assert.Zero(t, n)
		n, err = ask(proxy, "Client-Cert", vector(t, "client-cert.txt"))
		require.NoError(t, err)
		assert.Equal(t, 1, n)
		_, err = ask(proxy, "Client-Cert", "broken")
		require.ErrorIs(t, err, clientcert.ErrHeaderMalformed)
	})
}

func TestConfig(t *testing.T) {
	t.Parallel()
	everyone := func(*http.Request) bool { return true }
	for _, test := range []struct {
		name   string
		header clientcert.Header
		says   []string // what is wrong; none: nothing
	}{
		{"the least", clientcert.Header{TrustedPeers: trusted}, nil},
		{"nginx", clientcert.Header{Kind: clientcert.Nginx, Name: "ssl-client-cert", TrustedPeers: trusted}, nil},
		{"Envoy behind Envoy", clientcert.Header{Kind: clientcert.Envoy, Hops: 2, Trust: everyone}, nil},
		{"the zero value", clientcert.Header{}, []string{"TrustedPeers and Trust"}},
		{"no peers", clientcert.Header{TrustedPeers: prefixes(), Trust: everyone}, nil},
		{"an empty list of peers", clientcert.Header{TrustedPeers: []netip.Prefix{}, Trust: everyone}, []string{"empty"}},
		{"everyone", clientcert.Header{TrustedPeers: prefixes("0.0.0.0/0")}, []string{"everyone"}},
		{"everyone in IPv6", clientcert.Header{TrustedPeers: prefixes("::/0")}, []string{"everyone"}},
		{"everyone in IPv4 mapped into IPv6", clientcert.Header{TrustedPeers: prefixes("::ffff:0.0.0.0/96")}, []string{"all of IPv4"}},
		{"the zero prefix", clientcert.Header{TrustedPeers: []netip.Prefix{{}}}, []string{"invalid prefix"}},
		{"an unknown kind", clientcert.Header{Kind: "haproxy", TrustedPeers: trusted}, []string{`"haproxy"`}},
		{"nginx without name", clientcert.Header{Kind: clientcert.Nginx, TrustedPeers: trusted}, []string{"Name"}},
		{"DER without name", clientcert.Header{Kind: clientcert.DER, TrustedPeers: trusted}, []string{"Name"}},
		{"a name with a colon", clientcert.Header{Name: "Client-Cert:", TrustedPeers: trusted}, []string{"Name"}},
		{"hops of another kind", clientcert.Header{Hops: 1, TrustedPeers: trusted}, []string{"Hops"}},
		{"negative hops", clientcert.Header{Kind: clientcert.Envoy, Hops: -1, TrustedPeers: trusted}, []string{"Hops"}},
		{"too many hops", clientcert.Header{Kind: clientcert.Envoy, Hops: 9, TrustedPeers: trusted}, []string{"Hops"}},
		{"all of it", clientcert.Header{Kind: clientcert.Nginx, Hops: 1, TrustedPeers: prefixes("0.0.0.0/0", "::/0")}, []string{"Name", "Hops", "0.0.0.0/0", "::/0"}},
	} {
		t.Run("MTLS-22 "+test.name, func(t *testing.T) {
			t.Parallel()
			source, err := test.header.Source()
			if test.says == nil {
				require.NoError(t, err)
				require.NotNil(t, source)
				return
			}
			require.Nil(t, source)
			require.ErrorIs(t, err, clientcert.ErrConfig)
			for _, says := range test.says {
				assert.ErrorContains(t, err, says)
			}
		})
	}
	t.Run("a later change has no effect", func(t *testing.T) {
		t.Parallel()
		h := &clientcert.Header{TrustedPeers: prefixes("10.1.0.0/16")}
		source := source(t, h)
		h.TrustedPeers[0] = netip.MustParsePrefix("203.0.113.0/24")
		h.Trust = everyone
		got, err := source(request(stranger, "Client-Cert", vector(t, "client-cert.txt")))
		require.NoError(t, err)
		require.Nil(t, got)
	})
}
