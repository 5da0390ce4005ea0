package upgrade_test

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// The programs differ by one import and one call, and the documentation shows that.
func TestDifference(t *testing.T) {
	t.Parallel()
	read := func(name string) []string {
		raw, err := os.ReadFile(name)
		require.NoError(t, err)
		return strings.Split(strings.TrimSuffix(string(raw), "\n"), "\n")
	}
	hunks := difference(read("before/main.go"), read("after/main.go"))
	require.Len(t, hunks, 2)
	assert.Equal(t, []string{`+	"github.com/fosite-fapi/fosite-fapi/fapi"`}, hunks[0])
	assert.Contains(t, hunks[1][0], "-	provider := compose.Compose(", "from the call")
	assert.Equal(t, []string{"+	if err != nil {", "+		return err", "+	}"}, hunks[1][len(hunks[1])-3:], "to the error that it may return")

	page, err := os.ReadFile("../../docs/upgrade.md")
	require.NoError(t, err)
	assert.Contains(t, string(page), "```diff\n"+strings.Join(slices.Concat(hunks...), "\n")+"\n```\n", "docs/upgrade.md shows what the difference is")
}

// difference returns the runs of lines by which two files differ, as diff writes them. One line between two runs makes one
// of them.
func difference(a, b []string) [][]string {
	var hunks [][]string
	var hunk []string
	unchanged := 0
	for _, line := range edits(a, b) {
		switch {
		case line[0] != ' ':
			unchanged = 0
		case hunk == nil:
			continue
		default:
			unchanged++
		}
		if unchanged > 1 {
			hunks, hunk, unchanged = append(hunks, hunk[:len(hunk)-1]), nil, 0
			continue
		}
		hunk = append(hunk, line)
	}
	if hunk != nil {
		hunks = append(hunks, hunk[:len(hunk)-unchanged])
	}
	return hunks
}

// edits are the lines of both files, marked by where they stand.
func edits(a, b []string) []string {
	common := make([][]int, len(a)+1) // of a[i:] and b[j:], the length of the longest common subsequence
	common[len(a)] = make([]int, len(b)+1)
	for i := len(a) - 1; i >= 0; i-- {
		common[i] = make([]int, len(b)+1)
		for j := len(b) - 1; j >= 0; j-- {
			if a[i] == b[j] {
				common[i][j] = common[i+1][j+1] + 1
			} else {
				common[i][j] = max(common[i+1][j], common[i][j+1])
			}
		}
	}
	var lines []string
	for i, j := 0, 0; i < len(a) || j < len(b); {
		switch {
		case i < len(a) && j < len(b) && a[i] == b[j]:
			lines, i, j = append(lines, " "+a[i]), i+1, j+1
		case j == len(b) || i < len(a) && common[i+1][j] >= common[i][j+1]:
			lines, i = append(lines, "-"+a[i]), i+1
		default:
			lines, j = append(lines, "+"+b[j]), j+1
		}
	}
	return lines
}
