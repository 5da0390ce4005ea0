package clientcert_test

import (
	"crypto/x509"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fosite-fapi/fosite-fapi/clientcert"
)

func TestMemo(t *testing.T) {
	t.Parallel()
	nginx := clientcert.Header{Kind: clientcert.Nginx, Name: fuzzed, TrustedPeers: trusted}
	leaf := escapeNginx(toPEM(chain(t)[0]))
	// The n-th of as many different values as are needed, all of the same certificate.
	value := func(n int) string { return leaf + strings.Repeat("%0A", n/100) + strings.Repeat(" ", n%100) + "%20" }
	ask := func(t *testing.T, source clientcert.Source, value string) []*x509.Certificate {
		t.Helper()
		chain, err := source(request(proxy, fuzzed, value))
		require.NoError(t, err)
		require.Len(t, chain, 1)
		return chain
	}
	t.Run("a value is parsed once", func(t *testing.T) {
		t.Parallel()
		source := source(t, &nginx)
		first := ask(t, source, value(0))
		require.Same(t, first[0], ask(t, source, value(0))[0])
		require.NotSame(t, first[0], ask(t, source, value(1))[0], "another value")
		_ = append(first, nil)
		require.Equal(t, 1, cap(ask(t, source, value(0))), "what a caller appends is its own")
	})
	t.Run("what is used stays, what is not goes", func(t *testing.T) {
		t.Parallel()
		source := source(t, &nginx)
		used, unused := ask(t, source, value(0)), ask(t, source, value(1))
		for n := range 600 {
			ask(t, source, value(2+n))
			require.Same(t, used[0], ask(t, source, value(0))[0])
		}
		require.NotSame(t, unused[0], ask(t, source, value(1))[0])
	})
	t.Run("a long value is not kept", func(t *testing.T) {
		t.Parallel()
		source := source(t, &nginx)
		long := leaf + strings.Repeat("%0A", 8<<10)
		require.NotSame(t, ask(t, source, long)[0], ask(t, source, long)[0])
	})
	t.Run("an error is not kept", func(t *testing.T) {
		t.Parallel()
		source := source(t, &nginx)
		for range 2 {
			_, err := source(request(proxy, fuzzed, "x"))
			require.ErrorIs(t, err, clientcert.ErrHeaderMalformed)
		}
	})
	t.Run("trust is judged anew", func(t *testing.T) {
		t.Parallel()
		source := source(t, &nginx)
		ask(t, source, value(0))
		chain, err := source(request(stranger, fuzzed, value(0)))
		require.NoError(t, err)
		require.Nil(t, chain)
	})
	t.Run("by several at once", func(t *testing.T) {
		t.Parallel()
		source := source(t, &nginx)
		var wg sync.WaitGroup
		for i := range 4 {
			wg.Go(func() {
				for n := range 100 {
					chain, err := source(request(proxy, fuzzed, value(i+n%3)))
					assert.NoError(t, err)
					assert.Len(t, chain, 1)
				}
			})
		}
		wg.Wait()
	})
}
