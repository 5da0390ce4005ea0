package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/fosite-fapi/fosite-fapi/internal/clauses"
)

// A bench builds the tests of packages with switches, and runs them.
type bench struct {
	root, temp string
	binaries   map[string]string // by package
}

// switches is the package that the instrumented files import.
const switches = `package off

import (
	"os"
	"strings"
)

var disabled = func() map[string]bool {
	m := make(map[string]bool)
	for n := range strings.SplitSeq(os.Getenv("CLAUSES_OFF"), ",") {
		m[n] = true
	}
	return m
}()

var sites = func() (all [10000]bool) {
	for n := range disabled {
		i := 0
		for _, c := range n {
			i = i*10 + int(c-'0')
		}
		if n != "" {
			all[i] = true
		}
	}
	return all
}()

func Site(n int) bool { return sites[n] }

func Err(n int, err error) error {
	if sites[n] {
		return nil
	}
	return err
}
`

// overlay writes the instrumented files beside the repository.
func (b *bench) overlay(tree *clauses.Instrumented) error {
	root, err := filepath.Abs(b.root)
	if err != nil {
		return err
	}
	b.root = root
	replace := make(map[string]string)
	write := func(name string, text []byte) error {
		at := filepath.Join(b.temp, strings.ReplaceAll(name, "/", "_"))
		replace[filepath.Join(root, filepath.FromSlash(name))] = at
		return os.WriteFile(at, text, 0o600)
	}
	for name, text := range tree.Files {
		if err := write(name, text); err != nil {
			return err
		}
	}
	if err := write("internal/clauses/off/off.go", []byte(switches)); err != nil {
		return err
	}
	text, err := json.Marshal(map[string]any{"Replace": replace})
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(b.temp, "overlay.json"), text, 0o600)
}

// baseline builds the packages that have tests of the trials and finds the names of those that pass with every check in
// place.
func (b *bench) baseline(trials []*trial) error {
	functions := make(map[string][]string)
	for _, t := range trials {
		t.tests = make(map[string][]string)
		for _, test := range t.row.Own {
			if pkg := test.File.Pkg; test.Func != "" && !slices.Contains(functions[pkg], test.Func) {
				functions[pkg] = append(functions[pkg], test.Func)
			}
		}
	}
	for pkg, names := range functions {
		binary := filepath.Join(b.temp, strings.ReplaceAll(pkg, "/", "_")+".test")
		build := exec.Command("go", "test", "-c", "-vet=off", "-overlay", filepath.Join(b.temp, "overlay.json"), "-o", binary, "./"+pkg) //nolint:gosec // a package of the repository
		build.Dir, build.Env = b.root, append(os.Environ(), "GOWORK=off")
		if out, err := build.CombinedOutput(); err != nil {
			return fmt.Errorf("building the tests of %s: %w\n%s", pkg, err, out)
		}
		b.binaries[pkg] = binary
		results, err := b.run(pkg, "^("+strings.Join(names, "|")+")$", nil)
		if err != nil {
			return err
		}
		for name, passed := range results {
			for _, t := range trials {
				if slices.ContainsFunc(t.row.Own, func(test clauses.Test) bool { return test.File.Pkg == pkg && isCase(name, test) }) {
					if !passed {
						return fmt.Errorf("%s of %s fails with every check in place", name, pkg)
					}
					t.tests[pkg] = append(t.tests[pkg], name)
				}
			}
		}
	}
	return nil
}

// isCase says whether a test that ran is a case of the sources: in its function, with its name or what begins with it.
func isCase(ran string, test clauses.Test) bool {
	function, rest, ok := strings.Cut(ran, "/")
	return ok && function == test.Func && strings.Contains(rest, test.Run)
}

var result = regexp.MustCompile(`^ *--- (PASS|FAIL): (\S+) \(`)

// run runs tests without the checks of these sites, and says which passed. Tests of which the process died have no result.
func (b *bench) run(pkg, pattern string, sites []int) (map[string]bool, error) {
	off := make([]string, len(sites))
	for i, n := range sites {
		off[i] = strconv.Itoa(n)
	}
	cmd := exec.Command(b.binaries[pkg], "-test.v", "-test.timeout=10m", "-test.run="+pattern) //nolint:gosec // built above
	cmd.Dir, cmd.Env = filepath.Join(b.root, filepath.FromSlash(path.Clean(pkg))), append(os.Environ(), "CLAUSES_OFF="+strings.Join(off, ","))
	out, err := cmd.CombinedOutput()
	if exit := (*exec.ExitError)(nil); err != nil && !errors.As(err, &exit) {
		return nil, err
	}
	results := make(map[string]bool)
	for lines := bufio.NewScanner(bytes.NewReader(out)); lines.Scan(); {
		if m := result.FindStringSubmatch(lines.Text()); m != nil {
			results[m[2]] = m[1] == "PASS"
		}
	}
	return results, nil
}

// try runs a requirement's refusing tests without its checks. Where the process dies, each is tried alone: a test that takes
// it down has failed.
func (b *bench) try(t *trial) {
	if len(t.sites) == 0 {
		return
	}
	for pkg, names := range t.tests {
		patterns := make([]string, len(names))
		for i, name := range names {
			patterns[i] = exactly(name)
		}
		results, err := b.run(pkg, strings.Join(patterns, "|"), t.sites)
		if err != nil {
			t.broken = err
			return
		}
		for i, name := range names {
			passed, ran := results[name]
			if !ran {
				alone, err := b.run(pkg, patterns[i], t.sites)
				if err != nil {
					t.broken = err
					return
				}
				passed = alone[name]
			}
			if passed {
				t.passed = append(t.passed, name)
			} else {
				t.failed++
			}
		}
	}
	slices.Sort(t.passed)
}

// exactly is the pattern of one test.
func exactly(name string) string {
	parts := strings.Split(name, "/")
	for i, p := range parts {
		parts[i] = "^" + regexp.QuoteMeta(p) + "$"
	}
	return strings.Join(parts, "/")
}
