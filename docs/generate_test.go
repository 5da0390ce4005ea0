// Package docs_test holds the pages to the code: what they show compiles, what they list is complete, what is generated in
// them is not stale, and where they link to there is something.
package docs_test

import (
	"flag"
	"os"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

//go:generate go test . -run ^TestGenerated -update

var update = flag.Bool("update", false, "rewrite what is generated in the pages")

// pages are written one at a time.
var pages sync.Mutex

// generated wants what stands in a page between the marks of a name to be this text.
func generated(t *testing.T, page, name, text string) {
	t.Helper()
	pages.Lock()
	defer pages.Unlock()
	raw, err := os.ReadFile(page)
	require.NoError(t, err)
	before, rest, found := strings.Cut(string(raw), "<!-- generated: "+name+" -->\n")
	require.True(t, found, "%s has no mark for %s", page, name)
	stands, after, found := strings.Cut(rest, "<!-- end -->")
	require.True(t, found, "%s has no end of %s", page, name)
	if *update {
		require.NoError(t, os.WriteFile(page, []byte(before+"<!-- generated: "+name+" -->\n"+text+"<!-- end -->"+after), 0o600))
		return
	}
	assert.Equal(t, text, stands, "%s is stale: go generate ./docs", page)
}
