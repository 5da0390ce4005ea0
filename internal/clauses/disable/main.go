// Disable shows that refusing tests rest on the checks that they are named by: for each requirement it disables the checks,
// runs the tests, and wants them to fail.
//
//	disable [-j N] [-o FILE] ROOT [ID...]
//
// Nothing in the repository is changed. The tests are built once, by an overlay in which every check has a switch that is
// read from the environment; without IDs all requirements are tried. It fails if a requirement's tests all pass without
// its checks.
package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"sync"

	"github.com/fosite-fapi/fosite-fapi/internal/clauses"
)

func main() {
	jobs := flag.Int("j", runtime.GOMAXPROCS(0), "how many requirements to try at a time")
	out := flag.String("o", "", "a file for the result, as Markdown")
	flag.Parse()
	if flag.NArg() < 1 {
		flag.Usage()
		os.Exit(2)
	}
	survived, err := run(flag.Arg(0), flag.Args()[1:], *jobs, *out)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	if survived > 0 {
		fmt.Fprintf(os.Stderr, "%d requirements whose tests pass without their checks\n", survived)
		os.Exit(1)
	}
}

// A trial is one requirement without its checks.
type trial struct {
	row    clauses.Row
	sites  []int
	tests  map[string][]string // by package, the refusing tests that pass with the checks
	failed int
	passed []string // those that pass without the checks
	broken error
}

func (t *trial) total() (n int) {
	for _, names := range t.tests {
		n += len(names)
	}
	return n
}

func run(root string, ids []string, jobs int, out string) (survived int, err error) {
	tree, err := clauses.Read(os.DirFS(root))
	if err != nil {
		return 0, err
	}
	temp, err := os.MkdirTemp("", "disable")
	if err != nil {
		return 0, err
	}
	defer func() { _ = os.RemoveAll(temp) }()
	instrumented := tree.Instrument()
	var trials []*trial
	for _, row := range tree.Index() {
		if len(ids) > 0 && !slices.Contains(ids, row.ID) || row.Behaviour != "" {
			continue
		}
		t := &trial{row: row, sites: slices.Clone(instrumented.Sites[row.ID])}
		for _, sentinel := range row.Sentinels {
			t.sites = append(t.sites, instrumented.Sites[sentinel]...)
		}
		trials = append(trials, t)
	}
	b := &bench{root: root, temp: temp, binaries: make(map[string]string)}
	if err := b.overlay(instrumented); err != nil {
		return 0, err
	}
	if err := b.baseline(trials); err != nil {
		return 0, err
	}
	var group sync.WaitGroup
	next := make(chan *trial)
	for range max(jobs, 1) {
		group.Go(func() {
			for t := range next {
				b.try(t)
			}
		})
	}
	for _, t := range trials {
		next <- t
	}
	close(next)
	group.Wait()
	report := markdown(trials)
	if out != "" {
		if err := os.WriteFile(filepath.Join(root, out), []byte(report), 0o644); err != nil { //nolint:gosec // a page of the repository
			return 0, err
		}
	}
	fmt.Fprint(os.Stdout, report)
	for _, t := range trials {
		if t.broken != nil {
			return 0, fmt.Errorf("%s: %w", t.row.ID, t.broken)
		}
		if len(t.sites) > 0 && t.failed == 0 {
			survived++
		}
	}
	return survived, nil
}
