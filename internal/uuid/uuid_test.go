package uuid_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/fosite-fapi/fosite-fapi/internal/uuid"
)

func TestNew(t *testing.T) {
	t.Parallel()
	seen := make(map[string]bool)
	for range 100 {
		id := uuid.New()
		assert.True(t, uuid.Valid(id), id)
		assert.Equal(t, byte('4'), id[14], "version")
		assert.Contains(t, "89ab", string(id[19]), "variant")
		assert.False(t, seen[id])
		seen[id] = true
	}
}

func TestValid(t *testing.T) {
	t.Parallel()
	const good = "c770aef3-6784-41f7-8e0e-ff5f97bddb3a" // FAPI 1.0 Part 1 6.2.1-11
	for _, s := range []string{good, "C770AEF3-6784-41F7-8E0E-FF5F97BDDB3A", "00000000-0000-0000-0000-000000000000"} {
		assert.True(t, uuid.Valid(s), s)
	}
	for _, s := range []string{
		"", good[:35], good + "0", "{" + good[:34] + "}", "c770aef3x6784-41f7-8e0e-ff5f97bddb3a", "c770aef36-784-41f7-8e0e-ff5f97bddb3a",
		"g770aef3-6784-41f7-8e0e-ff5f97bddb3a", "@770aef3-6784-41f7-8e0e-ff5f97bddb3a", "\r770aef3-6784-41f7-8e0e-ff5f97bddb3a",
		"\x10770aef3-6784-41f7-8e0e-ff5f97bddb3a",
	} {
		assert.False(t, uuid.Valid(s), "%q", s)
	}
}
