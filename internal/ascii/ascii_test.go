package ascii_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/fosite-fapi/fosite-fapi/internal/ascii"
)

func TestEqualFold(t *testing.T) {
	t.Parallel()
	for _, same := range [][2]string{{"", ""}, {"AZaz", "azAZ"}, {"a[", "A["}, {"\u212a", "\u212a"}} {
		assert.True(t, ascii.EqualFold(same[0], same[1]), same)
	}
	for _, other := range [][2]string{{"", "a"}, {"a", "b"}, {"@", "`"}, {"[", "{"}, {"k", "\u212a"}, {"s", "\u017f"}, {"\u00c4", "\u00e4"}} {
		assert.False(t, ascii.EqualFold(other[0], other[1]), other)
	}
}

func TestLower(t *testing.T) {
	t.Parallel()
	for c := range 128 {
		assert.Equal(t, strings.ToLower(string(rune(c))), string(rune(ascii.Lower(byte(c)))))
	}
	for c := 128; c < 256; c++ {
		assert.EqualValues(t, c, ascii.Lower(byte(c)))
	}
}
