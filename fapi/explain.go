package fapi

import (
	"fmt"
	"iter"
	"slices"
	"strings"
	"time"
)

// An Explanation is what a profile demands, in words: for a reader, a report or a page of documentation. Print it, or see
// its parts.
type Explanation struct {
	Profile      string        // its name
	Values       []Setting     // lifetimes, algorithms, methods and the like, in the order of the fields of [Profile]
	Requirements []Requirement // as [Profile.Requirements] has them: rules last
	Without      []string      // the rules that [Profile.InsecureWithout] removed
}

// A Setting is one value of a profile.
type Setting struct {
	Name  string // "Authorization codes live"
	Value string // "1 minute"
}

// Explain says what a profile demands. It doesn't judge: a profile that [Compose] would refuse is explained all the same.
func Explain(p Profile) *Explanation {
	return &Explanation{Profile: p.Name, Values: p.settings(), Requirements: p.Requirements(), Without: slices.Clone(p.without)}
}

func (p *Profile) settings() []Setting {
	return []Setting{
		{"Authorization requests", p.requests()},
		{"Authorization responses", p.responses()},
		{"Authorization codes live", lifetime(p.AuthorizationCodeLifetime)},
		{"Pushed requests live", lifetime(p.RequestURILifetime)},
		{"Login and consent may take", lifetime(p.InteractionLifetime)},
		{"Access tokens live", lifetime(p.AccessTokenLifetime)},
		{"Refresh tokens live", lifetime(p.RefreshTokenLifetime)},
		{"ID tokens live", lifetime(p.IDTokenLifetime)},
		{"Client assertions expire within", lifetime(p.AssertionLifetime)},
		{"Signing algorithms", listed(p.SigningAlgorithms)},
		{"Client authentication", listed(p.AuthMethods)},
		{"Access tokens are bound by", listed(p.Bindings)},
		{"Response types", listed(p.ResponseTypes)},
		{"Response modes", listed(p.ResponseModes)},
		{"Grant types", listed(p.GrantTypes)},
	}
}

func (p *Profile) requests() string {
	var ways []string
	if p.demands.pushed {
		ways = append(ways, "pushed")
	} else {
		ways = append(ways, "pushed or not")
	}
	if p.demands.signedRequest {
		ways = append(ways, "as signed request objects")
	}
	if p.demands.exchange {
		ways = append(ways, "with PKCE")
	} else {
		ways = append(ways, "with PKCE if pushed")
	}
	return strings.Join(ways, ", ")
}

func (p *Profile) responses() string {
	switch {
	case !p.demands.signedCode:
		return "with iss"
	case slices.ContainsFunc(p.ResponseTypes, func(t string) bool { return slices.Contains(strings.Fields(t), "id_token") }):
		return "signed, by JARM or by an ID token"
	}
	return "signed, by JARM"
}

// stages are all of them, in the order of a flow; what holds of the server as a whole comes last.
var stages = slices.Concat(ruleStages, []Stage{AtComposition})

// words is a stage as a heading.
func (s Stage) words() string {
	text := strings.ReplaceAll(string(s), "_", " ")
	if text == "" {
		return text
	}
	return strings.ToUpper(text[:1]) + text[1:]
}

// String is the explanation as plain text.
func (e *Explanation) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "Profile %s\n\n", e.Profile)
	for _, s := range e.Values {
		fmt.Fprintf(&b, "  %-32s %s\n", s.Name, s.Value)
	}
	if len(e.Without) > 0 {
		fmt.Fprintf(&b, "  %-32s %s\n", "WITHOUT, insecurely", strings.Join(e.Without, ", "))
	}
	for stage, rows := range byStage(e.Requirements) {
		fmt.Fprintf(&b, "\n%s\n\n", stage.words())
		b.WriteString(rowsOf(rows))
	}
	return b.String()
}

// Markdown is the explanation as a page.
func (e *Explanation) Markdown() string {
	var b strings.Builder
	fmt.Fprintf(&b, "# Profile %s\n\n| | |\n|---|---|\n", cell(e.Profile))
	for _, s := range e.Values {
		fmt.Fprintf(&b, "| %s | %s |\n", s.Name, cell(s.Value))
	}
	if len(e.Without) > 0 {
		fmt.Fprintf(&b, "| **Without, insecurely** | %s |\n", cell(strings.Join(e.Without, ", ")))
	}
	for stage, rows := range byStage(e.Requirements) {
		fmt.Fprintf(&b, "\n## %s\n\n%s", stage.words(), tableOf(rows))
	}
	return b.String()
}

// byStage yields the requirements of each stage that has any. A stage that nobody knows comes last, for what is lost can't be
// explained.
func byStage(all []Requirement) iter.Seq2[Stage, []Requirement] {
	order := slices.Clone(stages)
	at := make(map[Stage][]Requirement)
	for _, r := range all {
		if !slices.Contains(order, r.Stage) {
			order = append(order, r.Stage)
		}
		at[r.Stage] = append(at[r.Stage], r)
	}
	return func(yield func(Stage, []Requirement) bool) {
		for _, stage := range order {
			if len(at[stage]) > 0 && !yield(stage, at[stage]) {
				return
			}
		}
	}
}

func rowsOf(rows []Requirement) string {
	var b strings.Builder
	for _, r := range rows {
		fmt.Fprintf(&b, "  %-14s %s", r.ID, r.Text)
		if r.Clause != "" {
			fmt.Fprintf(&b, " (%s)", r.Clause)
		}
		b.WriteByte('\n')
	}
	return b.String()
}

func tableOf(rows []Requirement) string {
	var b strings.Builder
	b.WriteString("| ID | Demand | Clause |\n|---|---|---|\n")
	for _, r := range rows {
		fmt.Fprintf(&b, "| %s | %s | %s |\n", cell(r.ID), cell(r.Text), cell(r.Clause))
	}
	return b.String()
}

// cell keeps a text within a cell of a table: that of a host's rule may be anything.
func cell(s string) string {
	return strings.NewReplacer("|", `\|`, "<", "&lt;", "\r", " ", "\n", " ").Replace(s)
}

func listed[T ~string](values []T) string {
	out := make([]string, len(values))
	for i, v := range values {
		out[i] = string(v)
	}
	return strings.Join(out, ", ")
}

// lifetime is a duration in the largest unit that divides it.
func lifetime(d time.Duration) string {
	for _, unit := range []struct {
		of   time.Duration
		name string
	}{{24 * time.Hour, "day"}, {time.Hour, "hour"}, {time.Minute, "minute"}, {time.Second, "second"}} {
		if n := d / unit.of; n > 0 && d%unit.of == 0 {
			if n == 1 {
				return "1 " + unit.name
			}
			return fmt.Sprintf("%d %ss", n, unit.name)
		}
	}
	return d.String()
}
