package archtest

import (
	"errors"
	"fmt"
	"io/fs"
	"regexp"
	"slices"
	"strings"
)

// Check reads every Go file under the root of fsys, a checkout of this
// repository, and returns what breaks a rule, sorted by file. The error is one
// of reading or parsing, or that there was nothing to read.
func Check(fsys fs.FS) ([]string, error) {
	sources, err := read(fsys)
	if err != nil {
		return nil, err
	}
	if len(sources) == 0 {
		return nil, errors.New("archtest: no Go file")
	}
	var found []string
	for _, s := range sources {
		for _, problem := range slices.Concat(s.badImports(), s.badLines()) {
			found = append(found, s.name+problem)
		}
	}
	found = append(found, linked(sources)...)
	slices.Sort(found)
	return slices.Compact(found), nil
}

// badImports returns the imports that the file may not have.
func (s *source) badImports() []string {
	place := placeOf(s.pkg)
	own, listed := permitOf(s.pkg)
	if place == inModule && !listed {
		return []string{": package " + s.pkg + " is not listed in internal/archtest/rules.go"}
	}
	var out []string
	for _, p := range s.imports {
		ok := true
		switch rel, first := firstParty(p); {
		case p == "math/rand" || strings.HasPrefix(p, "math/rand/"):
			ok = false // predictable; crypto/rand is what a server needs
		case standard(p):
		case place == inTools:
		case first && place == inExamples:
			ok = placeOf(rel) == inExamples || !slices.Contains(strings.Split(rel, "/"), "internal")
		case first && s.test:
			ok = placeOf(rel) == inModule
		case first:
			ok = slices.Contains(own.first, rel)
		case place == inExamples:
			ok = !josev3.has(p)
		default:
			ok = allows(own.third, p) || s.edge() && allows(own.edge, p) || s.test && allows(inTests, p)
		}
		if !ok {
			out = append(out, fmt.Sprintf(": %s may not import %s", s.pkg, p))
		}
	}
	return out
}

// The words are put together here so that this file doesn't hold them.
var (
	unfinished = regexp.MustCompile(`\b(?:TO` + `DO|FIX` + `ME)\b`)
	skips      = regexp.MustCompile(`\b(?:b|f|t|tb)\.Skip(?:f|Now)?\(`)
	sleeps     = regexp.MustCompile(`\btime\.Sleep\(`)
)

// badLines returns the lines that the file may not have, and its length when
// it is too long.
func (s *source) badLines() []string {
	var out []string
	n := 0
	for line := range strings.Lines(string(s.text)) {
		n++
		if w := unfinished.FindString(line); w != "" {
			out = append(out, fmt.Sprintf(":%d: unfinished, says %s", n, w))
		}
		if s.test && skips.MatchString(line) {
			out = append(out, fmt.Sprintf(":%d: a test skips", n))
		}
		if s.test && sleeps.MatchString(line) {
			out = append(out, fmt.Sprintf(":%d: a test sleeps", n))
		}
	}
	if got := s.lines(); !s.test && got > MaxLines {
		out = append(out, fmt.Sprintf(": %d lines, more than %d", got, MaxLines))
	}
	return out
}

// linked returns the ways by which an unlinked package reaches fosite or
// go-jose v3 through other packages of the module.
func linked(sources []*source) []string {
	imports := map[string][]string{}
	for _, s := range sources {
		if !s.test {
			imports[s.pkg] = append(imports[s.pkg], s.imports...)
		}
	}
	var out []string
	for _, start := range unlinked {
		seen := map[string]bool{}
		var walk func(pkg, way string)
		walk = func(pkg, way string) {
			if seen[pkg] {
				return
			}
			seen[pkg] = true
			for _, p := range imports[pkg] {
				if fosite.has(p) || josev3.has(p) {
					out = append(out, fmt.Sprintf("%s: links %s: %s", start, p, way+" -> "+p))
				}
				if rel, first := firstParty(p); first {
					walk(rel, way+" -> "+rel)
				}
			}
		}
		walk(start, start)
	}
	return out
}

// A place is the module that a folder belongs to.
type place int

const (
	inModule place = iota
	inExamples
	inTools
)

func placeOf(pkg string) place {
	switch top, _, _ := strings.Cut(pkg, "/"); top {
	case "examples":
		return inExamples
	case "tools":
		return inTools
	}
	return inModule
}

// firstParty returns the path relative to the module, if it is one of ours.
func firstParty(p string) (string, bool) {
	if p == Module {
		return ".", true
	}
	return strings.CutPrefix(p, Module+"/")
}

// standard reports whether the path is the standard library's: its first
// element has no dot.
func standard(p string) bool {
	top, _, _ := strings.Cut(p, "/")
	return !strings.Contains(top, ".")
}

func (f family) has(p string) bool {
	return p == string(f) || strings.HasPrefix(p, string(f)+"/")
}

func allows(fs []family, p string) bool {
	return slices.ContainsFunc(fs, func(f family) bool { return f.has(p) })
}
