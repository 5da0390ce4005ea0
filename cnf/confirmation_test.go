package cnf_test

import (
	"crypto/x509"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fosite-fapi/fosite-fapi/cnf"
)

func TestCertificate(t *testing.T) {
	t.Parallel()
	leaf := vectorCertificate(t)
	other := *leaf
	other.Raw = append([]byte{}, leaf.Raw...)
	other.Raw[len(other.Raw)-1] ^= 1

	for _, c := range []struct {
		name string
		cnf  cnf.Confirmation
		cert *x509.Certificate
		want error
	}{
		{"MTLS-10 same certificate", cnf.Confirmation{X5TS256: vectorX5T}, leaf, nil},
		{"MTLS-10 same certificate, bound to a key too", cnf.Confirmation{X5TS256: vectorX5T, JKT: vectorJKT}, leaf, nil},
		{"MTLS-10 other certificate", cnf.Confirmation{X5TS256: vectorX5T}, &other, cnf.ErrMismatch},
		{"MTLS-10 no certificate", cnf.Confirmation{X5TS256: vectorX5T}, nil, cnf.ErrNoCertificate},
		{"MTLS-10 certificate without its encoding", cnf.Confirmation{X5TS256: vectorX5T}, &x509.Certificate{}, cnf.ErrNoCertificate},
		{"MTLS-10 unbound token", cnf.Confirmation{}, leaf, cnf.ErrNotBound},
		{"MTLS-10 unbound token, no certificate", cnf.Confirmation{}, nil, cnf.ErrNotBound},
		{"MTLS-10 bound to a key only", cnf.Confirmation{JKT: vectorX5T}, leaf, cnf.ErrNotBound},
		{"MTLS-12 padded value", cnf.Confirmation{X5TS256: vectorX5T + "="}, leaf, cnf.ErrMismatch},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			require.ErrorIs(t, c.cnf.Certificate(c.cert), c.want)
		})
	}
}

func TestKey(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		cnf  cnf.Confirmation
		jkt  string
		want error
	}{
		{"DPOP-13 same key", cnf.Confirmation{JKT: vectorJKT}, vectorJKT, nil},
		{"DPOP-13 same key, bound to a certificate too", cnf.Confirmation{JKT: vectorJKT, X5TS256: vectorX5T}, vectorJKT, nil},
		{"DPOP-13 other key", cnf.Confirmation{JKT: vectorJKT}, vectorX5T, cnf.ErrMismatch},
		{"DPOP-13 no key", cnf.Confirmation{JKT: vectorJKT}, "", cnf.ErrNoKey},
		{"DPOP-13 unbound token", cnf.Confirmation{}, vectorJKT, cnf.ErrNotBound},
		{"DPOP-13 unbound token, no key", cnf.Confirmation{}, "", cnf.ErrNotBound},
		{"DPOP-13 bound to a certificate only", cnf.Confirmation{X5TS256: vectorJKT}, vectorJKT, cnf.ErrNotBound},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			require.ErrorIs(t, c.cnf.Key(c.jkt), c.want)
		})
	}
}

func TestEqual(t *testing.T) {
	t.Parallel()
	a := cnf.Confirmation{X5TS256: vectorX5T, JKT: vectorJKT}
	assert.True(t, a.Equal(cnf.Confirmation{X5TS256: vectorX5T, JKT: vectorJKT}))
	assert.True(t, cnf.Confirmation{}.Equal(cnf.Confirmation{}))
	assert.False(t, a.Equal(cnf.Confirmation{X5TS256: vectorX5T}), "one member is missing")
	assert.False(t, a.Equal(cnf.Confirmation{JKT: vectorJKT}), "one member is missing")
	assert.False(t, a.Equal(cnf.Confirmation{X5TS256: vectorJKT, JKT: vectorX5T}), "the members are swapped")
}

func TestIsZero(t *testing.T) {
	t.Parallel()
	assert.True(t, cnf.Confirmation{}.IsZero())
	assert.False(t, cnf.Confirmation{X5TS256: vectorX5T}.IsZero())
	assert.False(t, cnf.Confirmation{JKT: vectorJKT}.IsZero())
}

func TestThumbprintOfNothing(t *testing.T) {
	t.Parallel()
	assert.Empty(t, cnf.Thumbprint(nil))
	assert.Empty(t, cnf.Thumbprint(&x509.Certificate{}))
}
