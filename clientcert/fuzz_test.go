package clientcert_test

import (
	"bytes"
	"crypto/ed25519"
	"crypto/x509"
	"math/big"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/fosite-fapi/fosite-fapi/clientcert"
)

// The header that the fuzz targets fill.
const fuzzed = "X-Fuzzed"

// smallest is a certificate with as little in it as can be: the fuzzer would spend its time on
// minimising larger ones.
func smallest(tb testing.TB) *x509.Certificate {
	tb.Helper()
	public, private, err := ed25519.GenerateKey(bytes.NewReader(make([]byte, ed25519.SeedSize)))
	require.NoError(tb, err)
	template := &x509.Certificate{SerialNumber: big.NewInt(1)}
	der, err := x509.CreateCertificate(nil, template, template, public, private)
	require.NoError(tb, err)
	certificate, err := x509.ParseCertificate(der)
	require.NoError(tb, err)
	return certificate
}

// checkHeader asserts what holds for any header of the trusted proxy: it yields an error or a
// chain, and the chain, written as the proxy would, yields itself again.
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
	item := ":" + toDER(smallest(f)) + ":"
	f.Add(item, item)
	f.Add(item, "")
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
	f.Add(escapeNginx(toPEM(smallest(f))))
	f.Add("-----BEGIN%20CERTIFICATE-----%0A")
	source := source(f, &clientcert.Header{Kind: clientcert.Nginx, Name: fuzzed, TrustedPeers: trusted})
	f.Fuzz(func(t *testing.T, value string) {
		checkHeader(t, source, func(chain []*x509.Certificate) []string {
			return []string{fuzzed, escapeNginx(toPEM(chain...))}
		}, fuzzed, value)
	})
}

func FuzzALB(f *testing.F) {
	f.Add(escapeALB(toPEM(smallest(f))))
	f.Add("-----BEGIN%20CERTIFICATE-----%0A+/=")
	source := source(f, &clientcert.Header{Kind: clientcert.ALB, Name: fuzzed, TrustedPeers: trusted})
	f.Fuzz(func(t *testing.T, value string) {
		checkHeader(t, source, func(chain []*x509.Certificate) []string {
			return []string{fuzzed, escapeALB(toPEM(chain...))}
		}, fuzzed, value)
	})
}

func FuzzDER(f *testing.F) {
	f.Add(toDER(smallest(f), smallest(f)))
	f.Add("MIIB%2B,")
	source := source(f, &clientcert.Header{Kind: clientcert.DER, Name: fuzzed, TrustedPeers: trusted})
	f.Fuzz(func(t *testing.T, value string) {
		checkHeader(t, source, func(chain []*x509.Certificate) []string {
			return []string{fuzzed, toDER(chain...)}
		}, fuzzed, value)
	})
}

func FuzzEnvoy(f *testing.F) {
	escaped := escapeEnvoy(toPEM(smallest(f)))
	f.Add(`By=a;Hash=b;Cert="`+escaped+`";Subject="CN=\"a\"",By=b;Chain="x"`, 2)
	f.Add(`Chain="`+escaped+`";Cert="`+escaped+`"`, 1)
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
