// Index writes docs/clauses.md under the root of the repository that it is given.
package main

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/fosite-fapi/fosite-fapi/internal/clauses"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: index ROOT")
		os.Exit(2)
	}
	if err := run(os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(root string) error {
	tree, err := clauses.Read(os.DirFS(root))
	if err != nil {
		return err
	}
	page := clauses.Markdown(tree.Index())
	return os.WriteFile(filepath.Join(root, "docs", "clauses.md"), []byte(page), 0o644) //nolint:gosec // a page of the repository, for everybody to read
}
