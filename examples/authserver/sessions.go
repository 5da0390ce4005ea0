package main

import (
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"net/http"
	"net/url"
	"slices"
	"sync"
	"time"

	"github.com/fosite-fapi/fosite-fapi/rar"
)

// sessions are the browsers in which a user is logged in. Strangers can't make any: until the login there is nothing
// but a cookie. They are bounded, and so are the questions in each.
type sessions struct {
	interaction time.Duration
	now         func() time.Time
	table       *table[*session]
	mu          sync.Mutex // guards what changes in a session
}

// A session is a user in a browser.
type session struct {
	id    string
	user  *user
	since time.Time // of the login
	// loginFor is the authorization request for which the user logged in: that one needs no second login, whatever
	// its prompt and max_age say.
	loginFor  string
	csrf      string
	questions []*question         // the oldest first
	approved  map[string][]string // the scopes by client
}

// A question is an authorization request that the user is to decide.
type question struct {
	id       string
	client   string // its ID
	name     string
	scopes   []string    // and what else is asked for
	details  rar.Details // authorization_details
	withheld []int       // those of them that the user does not grant
	resume   url.Values
	expires  time.Time
	answered bool
	approved bool
}

const (
	sessionCookie   = "__Host-session" // the prefix makes browsers insist on Secure and on this host
	sessionLifetime = time.Hour
	maxSessions     = 1 << 16
	maxQuestions    = 16
)

func newSessions(interaction time.Duration, now func() time.Time) *sessions {
	return &sessions{interaction: interaction, now: now, table: newTable[*session](maxSessions, now)}
}

func (s *sessions) sweep() { s.table.sweep() }

// begin logs a user in, in place of whoever was before.
func (s *sessions) begin(rw http.ResponseWriter, r *http.Request, u *user, loginFor string) {
	if old := s.of(r); old != nil {
		s.table.remove(old.id)
	}
	one := &session{
		id: rand.Text(), user: u, since: s.now().UTC().Truncate(time.Second), loginFor: loginFor, csrf: rand.Text(),
		approved: map[string][]string{},
	}
	s.table.put(one.id, "", one, s.now().Add(sessionLifetime))
	setCookie(rw, sessionCookie, one.id)
}

// of returns the session of a browser; nil when nobody is logged in.
func (s *sessions) of(r *http.Request) *session {
	cookie, err := r.Cookie(sessionCookie)
	if err != nil {
		return nil
	}
	one, _ := s.table.get(cookie.Value)
	return one
}

// ask puts a question to the user, in place of one about the same request.
func (s *sessions) ask(to *session, q *question) {
	s.mu.Lock()
	defer s.mu.Unlock()
	to.questions = slices.DeleteFunc(to.questions, func(other *question) bool { return other.id == q.id || !s.now().Before(other.expires) })
	if len(to.questions) == maxQuestions {
		to.questions = slices.Delete(to.questions, 0, 1)
	}
	q.expires = s.now().Add(s.interaction)
	to.questions = append(to.questions, q)
}

// find returns a copy of a question that is still open.
func (s *sessions) find(in *session, id string) (question, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if i := s.index(in, id); i >= 0 && !in.questions[i].answered {
		return *in.questions[i], true
	}
	return question{}, false
}

// answer keeps the user's decision until the authorization endpoint takes it.
func (s *sessions) answer(in *session, id string, approved bool, withheld []int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	i := s.index(in, id)
	if i < 0 {
		return
	}
	q := in.questions[i]
	q.answered, q.approved, q.withheld = true, approved, withheld
	if approved {
		in.approved[q.client] = q.scopes
	}
}

// take returns the decision about a request once; nil where the user has not decided.
func (s *sessions) take(in *session, id string) *question {
	s.mu.Lock()
	defer s.mu.Unlock()
	i := s.index(in, id)
	if i < 0 || !in.questions[i].answered {
		return nil
	}
	decided := in.questions[i]
	in.questions = slices.Delete(in.questions, i, i+1)
	return decided
}

// approvedBefore says whether the user has approved all these scopes for the client in this session.
func (s *sessions) approvedBefore(in *session, client string, scopes []string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	before, ok := in.approved[client]
	return ok && !slices.ContainsFunc(scopes, func(scope string) bool { return !slices.Contains(before, scope) })
}

func (s *sessions) index(in *session, id string) int {
	return slices.IndexFunc(in.questions, func(q *question) bool { return q.id == id && s.now().Before(q.expires) })
}

func setCookie(rw http.ResponseWriter, name, value string) {
	http.SetCookie(rw, &http.Cookie{Name: name, Value: value, Path: "/", Secure: true, HttpOnly: true, SameSite: http.SameSiteLaxMode})
}

// requestID names an authorization request by the parameters with which the browser returns to it.
func requestID(resume url.Values) string {
	sum := sha256.Sum256([]byte(resume.Encode()))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

func same(a, b string) bool { return a != "" && subtle.ConstantTimeCompare([]byte(a), []byte(b)) == 1 }
