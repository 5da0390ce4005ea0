package fapi

import (
	"fmt"
	"slices"
	"strings"
)

// A Comparison is how one profile differs from another: what a client must be ready for that moves from A to B.
type Comparison struct {
	A, B    string // the names
	Changed []Change
	More    []Requirement // what B demands and A does not
	Less    []Requirement // what A demands and B does not
}

// A Change is a value that differs.
type Change struct{ Name, A, B string }

// Compare says how b differs from a. Requirements are the same if their IDs are: where two specifications demand the same
// under IDs of their own, both are told.
func Compare(a, b Profile) *Comparison {
	c := &Comparison{A: a.Name, B: b.Name, More: beyond(a, b), Less: beyond(b, a)}
	after := b.settings()
	for i, before := range a.settings() {
		if before.Value != after[i].Value {
			c.Changed = append(c.Changed, Change{before.Name, before.Value, after[i].Value})
		}
	}
	return c
}

// beyond is what b demands and a does not.
func beyond(a, b Profile) []Requirement {
	known := a.Requirements()
	return slices.DeleteFunc(b.Requirements(), func(r Requirement) bool {
		return slices.ContainsFunc(known, func(k Requirement) bool { return k.ID == r.ID })
	})
}

// String is the comparison as plain text.
func (c *Comparison) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "From %s to %s\n", c.A, c.B)
	if len(c.Changed) > 0 {
		b.WriteString("\nChanged\n\n")
		for _, one := range c.Changed {
			fmt.Fprintf(&b, "  %s: %s, was %s\n", one.Name, one.B, one.A)
		}
	}
	for _, side := range c.sides() {
		if len(side.rows) > 0 {
			fmt.Fprintf(&b, "\n%s\n\n%s", side.title, rowsOf(side.rows))
		}
	}
	return b.String()
}

// Markdown is the comparison as a page.
func (c *Comparison) Markdown() string {
	var b strings.Builder
	fmt.Fprintf(&b, "# From %s to %s\n", cell(c.A), cell(c.B))
	if len(c.Changed) > 0 {
		fmt.Fprintf(&b, "\n## Changed\n\n| | %s | %s |\n|---|---|---|\n", cell(c.A), cell(c.B))
		for _, one := range c.Changed {
			fmt.Fprintf(&b, "| %s | %s | %s |\n", one.Name, cell(one.A), cell(one.B))
		}
	}
	for _, side := range c.sides() {
		if len(side.rows) > 0 {
			fmt.Fprintf(&b, "\n## %s\n\n%s", cell(side.title), tableOf(side.rows))
		}
	}
	return b.String()
}

type side struct {
	title string
	rows  []Requirement
}

func (c *Comparison) sides() []side {
	return []side{{"Demanded by " + c.B + " alone", c.More}, {"Demanded by " + c.A + " alone", c.Less}}
}
