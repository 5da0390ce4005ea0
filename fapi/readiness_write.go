package fapi

import (
	"fmt"
	"html"
	"strings"
	"time"
)

// String is the finding in one line.
func (f Finding) String() string {
	legs := make([]string, len(f.Legs))
	for i, leg := range f.Legs {
		legs[i] = leg.String()
	}
	return fmt.Sprintf("%s: %s (%s; %d so far, last %s)", f.name(), f.Reason, strings.Join(legs, ", "), f.Count, f.Last.UTC().Format(time.RFC3339))
}

// name is the ID, with the clause where it is known.
func (u Unmet) name() string {
	if u.Clause == "" {
		return u.ID
	}
	return u.ID + " (" + u.Clause + ")"
}

func (s Summary) verdict() string {
	if s.Ready {
		return "ready"
	}
	return "not ready"
}

// String is the summary in a few lines of text.
func (s Summary) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s for %s\n", plainly(s.Client), s.verdict(), s.Profile)
	for _, missing := range s.Missing {
		fmt.Fprintf(&b, "  %s\n", plainly(missing))
	}
	return b.String()
}

// Text is the summaries of all clients, by client_id.
func (r *Readiness) Text() string {
	var b strings.Builder
	for _, s := range r.Clients() {
		b.WriteString(s.String())
	}
	return b.String()
}

// Markdown is the same as a document with a table of all clients, and what is missing of each.
func (r *Readiness) Markdown() string {
	all := r.Clients()
	var b strings.Builder
	b.WriteString("| Client | Profile | Verdict | Requests | Missing |\n| --- | --- | --- | --- | --- |\n")
	for _, s := range all {
		var seen []string
		for _, leg := range s.Seen {
			seen = append(seen, fmt.Sprintf("%s: %d", leg.Leg, leg.Count))
		}
		for _, lines := range [][]string{{s.Client}, {s.Profile}, {s.verdict()}, seen, s.Missing} {
			fmt.Fprintf(&b, "| %s ", inCell(lines))
		}
		b.WriteString("|\n")
	}
	return b.String()
}

// plainly keeps a line one line: client_ids are the host's, but may have come from anywhere.
func plainly(s string) string {
	return strings.Map(func(c rune) rune {
		if c < ' ' || c == 0x7f || c == '\u2028' || c == '\u2029' {
			return ' '
		}
		return c
	}, s)
}

// inCell makes lines one cell of a table that renders as it reads.
func inCell(lines []string) string {
	cell := make([]string, len(lines))
	for i, line := range lines {
		line = html.EscapeString(plainly(line))
		for _, c := range []string{"\\", "|", "`", "*", "_", "[", "]", "~"} {
			line = strings.ReplaceAll(line, c, "\\"+c)
		}
		cell[i] = line
	}
	return strings.Join(cell, "<br>")
}
