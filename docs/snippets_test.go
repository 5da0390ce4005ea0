package docs_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// markdown are the pages that this package answers for.
func markdown(t *testing.T) []string {
	t.Helper()
	pages, err := filepath.Glob("*.md")
	require.NoError(t, err)
	require.Greater(t, len(pages), 10)
	return append(pages, "../README.md", "../CONTRIBUTING.md")
}

// compiled are all Go files of both modules, without indentation.
func compiled(t *testing.T) []string {
	t.Helper()
	var all []string
	require.NoError(t, filepath.WalkDir("..", func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (d.Name() == "testdata" || strings.HasPrefix(d.Name(), ".") && d.Name() != "..") {
			return fs.SkipDir
		}
		if filepath.Ext(name) != ".go" {
			return nil
		}
		source, err := os.ReadFile(name)
		all = append(all, unindented(string(source)))
		return err
	}))
	return all
}

// unindented leaves out what formatting may change.
func unindented(code string) string {
	var lines []string
	for line := range strings.Lines(code) {
		if line = strings.Join(strings.Fields(line), " "); line != "" {
			lines = append(lines, line)
		}
	}
	return strings.Join(lines, "\n")
}

// Every block of Go code stands, as a whole, in a file that is compiled and tested.
func TestSnippets(t *testing.T) {
	t.Parallel()
	sources := compiled(t)
	blocks := regexp.MustCompile("(?ms)^ *```go\n(.*?)^ *```$")
	found := 0
	for _, page := range markdown(t) {
		text, err := os.ReadFile(page)
		require.NoError(t, err)
		for _, block := range blocks.FindAllStringSubmatch(string(text), -1) {
			found++
			code := unindented(block[1])
			stands := false
			for _, source := range sources {
				stands = stands || strings.Contains(source, code)
			}
			assert.True(t, stands, "%s shows what is compiled nowhere:\n%s", page, block[1])
		}
	}
	assert.Greater(t, found, 20)
}

// Links lead to something that is there, those to a heading to one of that name.
func TestLinks(t *testing.T) {
	t.Parallel()
	links := regexp.MustCompile(`\]\(([^)#]*)(?:#([^)]*))?\)`)
	headings := regexp.MustCompile(`(?m)^#+ (.*)$`)
	unnamed := regexp.MustCompile(`[^\w\- ]`)
	for _, page := range markdown(t) {
		text, err := os.ReadFile(page)
		require.NoError(t, err)
		for _, link := range links.FindAllStringSubmatch(string(text), -1) {
			if strings.Contains(link[1], "://") {
				continue
			}
			target := page
			if link[1] != "" {
				target = filepath.Join(filepath.Dir(page), link[1])
			}
			_, err := os.Stat(target)
			if !assert.NoError(t, err, page) || link[2] == "" {
				continue
			}
			at, err := os.ReadFile(target)
			require.NoError(t, err, page)
			var anchors []string
			for _, heading := range headings.FindAllStringSubmatch(string(at), -1) {
				anchors = append(anchors, strings.ReplaceAll(unnamed.ReplaceAllString(strings.ToLower(heading[1]), ""), " ", "-"))
			}
			assert.Contains(t, anchors, link[2], page)
		}
	}
}
