package fapi

import (
	"fmt"
	"slices"
	"time"
)

// progress is what is known of one client.
type progress struct {
	client, profile string
	legs            []Leg // that it needs
	seen            []*sighting
	findings        []*Finding
	unmet           time.Time // when anything was, last
}

type sighting struct {
	Sighting
	clean    bool   // it was judged, and nothing was unmet the last time
	unjudged string // why it could not be judged the last time
}

// at finds or makes the sighting of a leg; nil where there are too many.
func (p *progress) at(leg Leg) *sighting {
	if i := slices.IndexFunc(p.seen, func(s *sighting) bool { return s.Leg == leg }); i >= 0 {
		return p.seen[i]
	}
	if len(p.seen) >= maxFindings {
		return nil
	}
	s := &sighting{Sighting: Sighting{Leg: leg}}
	p.seen = append(p.seen, s)
	slices.SortStableFunc(p.seen, func(a, b *sighting) int { return a.Leg.order() - b.Leg.order() })
	return s
}

// order is that of a flow.
func (l Leg) order() int { return slices.Index(ruleStages, l.Stage) }

// find adds to what is known of an unmet requirement.
func (p *progress) find(unmet Unmet, report *Report, open bool) {
	i := slices.IndexFunc(p.findings, func(f *Finding) bool { return f.ID == unmet.ID })
	if i < 0 {
		if len(p.findings) >= maxFindings {
			return
		}
		i, p.findings = len(p.findings), append(p.findings, &Finding{})
	}
	f := p.findings[i]
	f.Unmet, f.Last = unmet, report.Time
	f.Count++
	f.Legs = with(f.Legs, report.Leg)
	if open {
		f.Open = with(f.Open, report.Leg)
	}
}

func with(legs []Leg, leg Leg) []Leg {
	if slices.Contains(legs, leg) {
		return legs
	}
	return append(legs, leg)
}

// summary is for others to keep.
func (p *progress) summary(now time.Time, quiet time.Duration) Summary {
	s := Summary{Client: p.client, Profile: p.profile}
	miss := func(format string, args ...any) { s.Missing = append(s.Missing, fmt.Sprintf(format, args...)) }
	for _, one := range p.seen {
		s.Seen = append(s.Seen, one.Sighting)
	}
	for _, one := range p.findings {
		f := *one
		f.Legs, f.Open = slices.Clone(f.Legs), slices.Clone(f.Open)
		s.Findings = append(s.Findings, f)
	}
	slices.SortStableFunc(s.Findings, func(a, b Finding) int { return b.Last.Compare(a.Last) })
	for _, f := range s.Findings {
		if len(f.Open) > 0 {
			miss("%s", f.String())
		}
	}
	if len(p.legs) == 0 {
		miss("none of its grants is one of the profile")
	}
	for _, leg := range p.legs {
		i := slices.IndexFunc(p.seen, func(s *sighting) bool { return s.Leg == leg })
		switch {
		case i < 0:
			miss("not seen yet: %s", leg)
		case p.seen[i].clean:
		case p.seen[i].unjudged != "":
			miss("not judged yet: %s: %s", leg, p.seen[i].unjudged)
		case len(s.Missing) == 0:
			miss("unmet: %s", leg)
		}
	}
	if until := p.unmet.Add(quiet); !p.unmet.IsZero() && now.Before(until) {
		miss("nothing more may be unmet until %s", until.UTC().Format(time.RFC3339))
	}
	s.Ready = len(s.Missing) == 0
	return s
}
