package clientcert_test

import (
	"crypto/x509"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/fosite-fapi/fosite-fapi/clientcert"
)

// The header that the fuzz targets fill.
const fuzzed = "X-Fuzzed"

// checkHeader asserts what holds for any header of the trusted proxy: it yields an error or a chain, and the chain, written as the proxy would, yields
// itself again.
func checkHeader(t *testing.T, source clientcert.Source, encode func([]*x509.Certificate) []string, pairs ...string) {
	t.Helper()
	chain, err := source(request(proxy, pairs...))
	if err != nil {
		require.Nil(t, chain, "an error comes with no chain")
		require.ErrorIs(t, err, clientcert.ErrHeader)
		return
	}
	if chain == nil {
		return
	}
	require.NotEmpty(t, chain)
	require.LessOrEqual(t, len(chain), 8)
	again, err := source(request(proxy, encode(chain)...))
	require.NoError(t, err)
	require.Len(t, again, len(chain))
	for i := range chain {
		require.True(t, chain[i].Equal(again[i]))
	}
}

func FuzzRFC9440(f *testing.F) {
	leaf, rest := vector(f, "client-cert.txt"), vector(f, "client-cert-chain.txt")
	f.Add(leaf, rest)
	f.Add(leaf, "")
	f.Add(" : : ", ":AA==:,:AA:")
	source := source(f, &clientcert.Header{Name: fuzzed, TrustedPeers: trusted})
	f.Fuzz(func(t *testing.T, leaf, rest string) {
		pairs := []string{fuzzed, leaf}
		if rest != "" {
			pairs = append(pairs, fuzzed+"-Chain", rest)
		}
		checkHeader(t, source, func(chain []*x509.Certificate) []string {
			pairs := []string{fuzzed, ":" + toDER(chain[0]) + ":"}
			for _, c := range chain[1:] {
				pairs = append(pairs, fuzzed+"-Chain", ":"+toDER(c)+":")
			}
			return pairs
		}, pairs...)
	})
}

func FuzzNginx(f *testing.F) {
	f.Add(escapeNginx(chainPEM(f)))
	f.Add("-----BEGIN%20CERTIFICATE-----%0A")
	source := source(f, &clientcert.Header{Kind: clientcert.Nginx, Name: fuzzed, TrustedPeers: trusted})
	f.Fuzz(func(t *testing.T, value string) {
		checkHeader(t, source, func(chain []*x509.Certificate) []string {
			return []string{fuzzed, escapeNginx(toPEM(chain...))}
		}, fuzzed, value)
	})
}

func FuzzALB(f *testing.F) {
	f.Add(escapeALB(chainPEM(f)))
	f.Add("-----BEGIN%20CERTIFICATE-----%0A+/=")
	source := source(f, &clientcert.Header{Kind: clientcert.ALB, Name: fuzzed, TrustedPeers: trusted})
	f.Fuzz(func(t *testing.T, value string) {
		checkHeader(t, source, func(chain []*x509.Certificate) []string {
			return []string{fuzzed, escapeALB(toPEM(chain...))}
		}, fuzzed, value)
	})
}

func FuzzDER(f *testing.F) {
	f.Add(toDER(chain(f)...))
	f.Add("MIIB%2B,")
	source := source(f, &clientcert.Header{Kind: clientcert.DER, Name: fuzzed, TrustedPeers: trusted})
	f.Fuzz(func(t *testing.T, value string) {
		checkHeader(t, source, func(chain []*x509.Certificate) []string {
			return []string{fuzzed, toDER(chain...)}
		}, fuzzed, value)
	})
}

func FuzzEnvoy(f *testing.F) {
	c := chain(f)
	f.Add(`By=a;Hash=b;Cert="`+escapeEnvoy(toPEM(c[0]))+`";Subject="CN=\"a\"",By=b;Chain="x"`, 2)
	f.Add(`Chain="`+escapeEnvoy(chainPEM(f))+`";Cert="`+escapeEnvoy(toPEM(c[0]))+`"`, 1)
	f.Add(`Cert="\`, 1)
	var sources []clientcert.Source
	for hops := range 4 {
		sources = append(sources, source(f, &clientcert.Header{Kind: clientcert.Envoy, Name: fuzzed, Hops: hops, TrustedPeers: trusted}))
	}
	f.Fuzz(func(t *testing.T, value string, hops int) {
		hops = int(uint(hops) % 4)
		checkHeader(t, sources[hops], func(chain []*x509.Certificate) []string {
			value := `Chain="` + escapeEnvoy(toPEM(chain...)) + `"`
			for range hops - 1 {
				value += ",By=a"
			}
			return []string{fuzzed, value}
		}, fuzzed, value)
	})
}
