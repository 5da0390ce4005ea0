package fapi

import "fmt"

// A Problem is one misconfiguration that [Compose] found. The error that Compose returns joins all of them.
type Problem struct {
	ID   string // the requirement that could not be kept; "" where it is no specification's
	Text string

	cause error // of what a registration can never meet: a sentinel, or a rule's refusal
}

// Error gives the ID and what to change.
func (p *Problem) Error() string {
	if p.ID == "" {
		return "fapi: " + p.Text
	}
	return fmt.Sprintf("fapi: %s: %s", p.ID, p.Text)
}

// problems collects what is wrong with a composition.
type problems []error

func (p *problems) add(id, format string, args ...any) {
	*p = append(*p, &Problem{ID: id, Text: fmt.Sprintf(format, args...)})
}
