package fapi

import (
	"container/list"
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"
)

// Readiness is a [Reporter] that keeps, for each client, whether it can be moved to the profile by which it is judged. Its
// zero value is ready for use, and safe for concurrent use; its fields must not change once it is used.
//
// A client is ready when every leg of its flows was seen with nothing unmet, later than anything unmet on that leg, and
// nothing was unmet for Quiet. Requests of which something could not be judged count as not seen.
//
// It is kept in memory: each process knows what it saw. A host with several, or that wants to keep more, writes a
// Reporter of its own.
type Readiness struct {
	// Quiet is how long nothing may have been unmet before a client is ready: it may run in several places, of which not
	// all were changed. It is of no matter to clients that never had anything unmet. Zero: 24 hours. Negative: none.
	Quiet time.Duration
	// Deferred says what a client can't meet before it is moved, because its own lane would refuse it then: such findings
	// are kept, and stand in no one's way. fosite compares aud of a client assertion with its token URL (F2-AS-08), and
	// takes no assertion at introspection. Nil: nothing is deferred.
	Deferred func(leg Leg, id string) bool
	// MaxClients is how many clients are remembered; beyond that, the one heard of longest ago is forgotten. Zero: 10000.
	MaxClients int
	// Now is the clock. Nil: time.Now.
	Now func() time.Time

	mu      sync.Mutex
	clients map[string]*list.Element // of *progress
	recent  list.List                // the client heard of last is in front
}

const (
	defaultQuiet   = 24 * time.Hour
	defaultClients = 10000
	// maxFindings bounds what is kept of one client; no profile has as many requirements.
	maxFindings = 128
)

// A Summary is how far a client has come.
type Summary struct {
	Client, Profile string
	Ready           bool
	// Missing is what keeps the client from being ready, for people to read; empty if it is.
	Missing []string
	// Seen are the legs that were seen, in the order of a flow.
	Seen []Sighting
	// Findings are the requirements that were not met, the latest first. They stay when they are met later.
	Findings []Finding
}

// A Sighting is a leg that was seen.
type Sighting struct {
	Leg   Leg
	Count int // of requests
	Last  time.Time
}

// A Finding is a requirement that a client did not meet.
type Finding struct {
	Unmet     // as it was reported last
	Count int // of requests
	Last  time.Time
	Legs  []Leg // on which
	Open  []Leg // of these, the ones on which it was unmet when they were judged last, and not deferred
}

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

// Report implements [Reporter]. A client that is judged by another profile than before begins anew.
func (r *Readiness) Report(_ context.Context, report *Report) {
	r.mu.Lock()
	defer r.mu.Unlock()
	p := r.of(report)
	p.legs = report.Legs
	leg := p.at(report.Leg)
	if leg == nil {
		return
	}
	leg.Count++
	leg.Last, leg.unjudged = report.Time, ""
	if len(report.Unjudged) > 0 {
		leg.unjudged = report.Unjudged[0]
	} else {
		leg.clean = true
		for _, f := range p.findings {
			f.Open = slices.DeleteFunc(f.Open, func(l Leg) bool { return l == report.Leg })
		}
	}
	for _, unmet := range report.Unmet {
		open := r.Deferred == nil || !r.Deferred(report.Leg, unmet.ID)
		p.find(unmet, report, open)
		if open {
			leg.clean, p.unmet = false, report.Time
		}
	}
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

// of finds or makes the progress of a report's client. The caller holds the lock.
func (r *Readiness) of(report *Report) *progress {
	if e := r.clients[report.Client]; e != nil {
		p := e.Value.(*progress) //nolint:forcetypeassert // it has no others
		if p.profile == report.Profile {
			r.recent.MoveToFront(e)
			return p
		}
		r.drop(e)
	}
	if r.clients == nil {
		r.clients = make(map[string]*list.Element)
	}
	for len(r.clients) > 0 && len(r.clients) >= r.limit() {
		r.drop(r.recent.Back())
	}
	p := &progress{client: report.Client, profile: report.Profile}
	r.clients[report.Client] = r.recent.PushFront(p)
	return p
}

func (r *Readiness) drop(e *list.Element) {
	delete(r.clients, r.recent.Remove(e).(*progress).client) //nolint:forcetypeassert // it has no others
}

func (r *Readiness) limit() int {
	if r.MaxClients <= 0 {
		return defaultClients
	}
	return r.MaxClients
}

// Forget drops what is known of a client: it begins anew, as after it was changed.
func (r *Readiness) Forget(client string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if e := r.clients[client]; e != nil {
		r.drop(e)
	}
}

// Ready says whether a client can be moved. One of which nothing was seen can't.
func (r *Readiness) Ready(client string) bool {
	s, ok := r.Client(client)
	return ok && s.Ready
}

// Client returns the summary of a client, and whether anything was seen of it.
func (r *Readiness) Client(client string) (Summary, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	e := r.clients[client]
	if e == nil {
		return Summary{Client: client, Missing: []string{"nothing was seen of it"}}, false
	}
	return e.Value.(*progress).summary(r.now(), r.quiet()), true //nolint:forcetypeassert // it has no others
}

// Clients returns the summaries of all clients, by client_id.
func (r *Readiness) Clients() []Summary {
	r.mu.Lock()
	defer r.mu.Unlock()
	all := make([]Summary, 0, len(r.clients))
	for e := r.recent.Front(); e != nil; e = e.Next() {
		all = append(all, e.Value.(*progress).summary(r.now(), r.quiet())) //nolint:forcetypeassert // it has no others
	}
	slices.SortFunc(all, func(a, b Summary) int { return strings.Compare(a.Client, b.Client) })
	return all
}

func (r *Readiness) now() time.Time {
	if r.Now == nil {
		return time.Now()
	}
	return r.Now()
}

func (r *Readiness) quiet() time.Duration {
	if r.Quiet == 0 {
		return defaultQuiet
	}
	return max(r.Quiet, 0)
}
