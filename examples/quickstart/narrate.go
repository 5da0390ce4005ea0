package main

import (
	"fmt"
	"io"
	"strings"
	"sync"

	"github.com/fosite-fapi/fosite-fapi/fapi"
)

// A story is what is printed. Messages are told as they pass on the wire, by several servers at once.
type story struct {
	mu      sync.Mutex
	out     io.Writer
	names   map[string]string // of parties, by host and port
	clauses map[string]clause
	steps   int
	attacks int
	depth   int             // a message that is sent while another one is being answered stands further right
	traced  bool            // messages are told
	last    string          // the headline of the message that was answered last, told or not
	known   map[string]bool // parameters whose JWT was shown whole
}

// A clause is a requirement in the words of its specification's table.
type clause struct{ where, text string }

func newStory(out io.Writer) *story {
	return &story{out: out, names: map[string]string{}, clauses: map[string]clause{}, known: map[string]bool{}}
}

// explain learns what the IDs stand for: from the profile what FAPI 2.0 demands, and here what the specifications below it do.
func (s *story) explain(requirements []fapi.Requirement) {
	for _, r := range requirements {
		s.clauses[r.ID] = clause{r.Clause, r.Text}
	}
	for id, c := range map[string]clause{
		"F1B-RS-02": {"FAPI 1.0 P1 6.2.1-2", "A resource server takes access tokens in the Authorization header."},
		"F1B-RS-04": {"FAPI 1.0 P1 6.2.1-4", "A resource server verifies that the token is live."},
		"F1B-RS-05": {"FAPI 1.0 P1 6.2.1-5", "A resource server verifies that the token was granted the scope."},
		"JAR-14":    {"RFC 9101 6.2", "A request object is signed with a key of the client that it names."},
		"JAR-23":    {"RFC 8725 3.12", "A JWT of one kind is not taken for one of another."},
		"PAR-23":    {"RFC 9126 4", "A request is decided once."},
		"CA-03":     {"RFC 7523 3 (3)", "A client assertion names the server that it is for."},
		"OA-11":     {"RFC 6749 4.1.3", "A code is bound to its client."},
		"F2-AS-09":  {"FAPI 2.0 SP 5.3.2.1-9", "Refresh tokens are not rotated."},
		"F2-RS-03":  {"FAPI 2.0 SP 5.3.4-3", "A resource server verifies that the token is live."},
		"F2-CL-08":  {"FAPI 2.0 SP 5.3.3.1-9", "Clients use the metadata that the server publishes itself."},
		"F2-CL-12":  {"FAPI 2.0 SP 5.3.3.2-5", "Clients check iss of the authorization response."},
		"F2-CL-13":  {"FAPI 2.0 SP 5.3.3.2-6", "The front channel carries client_id and request_uri alone."},
		"OC-03":     {"OpenID Connect Core 3.1.3.7", "Clients verify the ID token."},
		"PAR-01":    {"RFC 9126 2", "Pushed parameters come as application/x-www-form-urlencoded."},
		"PAR-11":    {"RFC 9126 2.2", "A request_uri is bound to the client that pushed it."},
		"PKCE-09":   {"RFC 7636 4.6", "code_verifier must match the code_challenge of the code."},
		"CA-06":     {"RFC 7523 3 (7)", "A client assertion is used once."},
		"MTLS-13":   {"RFC 8705 3.2", "Introspection shows the certificate that a token is bound to."},
		"OA-15":     {"RFC 6749 6", "A refresh token is bound to its client."},
		"F1B-AS-19": {"FAPI 1.0 Part 1 5.2.2-19", "The client identifiers of a request agree."},
	} {
		s.clauses[id] = c
	}
}

func (s *story) line(format string, args ...any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.printf(format+"\n", args...)
}

// printf writes to the output; the caller holds the lock.
func (s *story) printf(format string, args ...any) {
	_, _ = fmt.Fprintf(s.out, format, args...)
}

func (s *story) part(title string) {
	s.line("\n\n%s\n%s", title, strings.Repeat("=", len(title)))
}

// step begins the next station of the flow.
func (s *story) step(title string) {
	s.steps++
	s.line("\n%d. %s\n", s.steps, title)
}

// why says what a message is for, and which clause wants it so.
func (s *story) why(id, text string) {
	s.line("  why      %s\n           %s: %s", text, s.cite(id), s.clauses[id].text)
}

// checked says what the receiver of a message verified.
func (s *story) checked(format string, args ...any) {
	s.line("  checked  "+format, args...)
}

// cite is an ID with its place in the specification.
func (s *story) cite(id string) string {
	if c := s.clauses[id]; c.where != "" {
		return id + " (" + c.where + ")"
	}
	return id
}

// tracing switches the telling of messages on or off. It is off while an attack is being prepared.
func (s *story) tracing(on bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.traced = on
}

// A row is a name and a value, told on a line of its own.
type row struct{ name, value string }

// message tells one half of an exchange, its rows aligned.
func (s *story) message(headline string, rows []row) {
	indent := strings.Repeat("      ", s.depth)
	s.printf("  %s%s\n", indent, headline)
	width := 0
	for _, r := range rows {
		width = max(width, len(r.name))
	}
	for _, r := range rows {
		s.printf("  %s    %-*s  %s\n", indent, width, r.name, r.value)
	}
}

// sent is the message that was answered last: of nested ones, the outermost.
func (s *story) sent() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.last
}

// shorten leaves of a long value what tells it from others.
func shorten(value string) string {
	const limit = 60
	if len(value) <= limit || strings.Contains(value, " ") {
		return value
	}
	return value[:44] + "…"
}
