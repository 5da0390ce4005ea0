package main

import (
	"context"
	"errors"
	"fmt"
	"html"
	"net/http"
	"regexp"
	"strings"

	"github.com/fosite-fapi/fosite-fapi/fapitest"
)

// An attack is a message that must be refused.
type attack struct {
	title string
	prize string // what it would have won
	try   func(ctx context.Context, w *world) (attempt, error)
	want  refusal
	then  string // what holds afterwards; after checks it
	quiet bool   // whoever sent it is not told the requirement: it would help in guessing
}

// An attempt is how an attack went.
type attempt struct {
	answer *fapitest.Answer
	after  func() error // nil: nothing to check
}

// A refusal is how an attack is to be answered.
type refusal struct {
	status int
	code   string
	id     string // the requirement; "" where plain fosite refuses, which names none
}

func (r refusal) String() string {
	return strings.TrimSpace(fmt.Sprintf("%d %s  %s", r.status, r.code, r.id))
}

// defend tries attacks and tells how they went. Those that went otherwise than expected are in the error.
func (w *world) defend(ctx context.Context, attacks []attack) error {
	w.story.tracing(false)
	defer w.story.tracing(true)
	var different []error
	for _, a := range attacks {
		if err := w.face(ctx, a); err != nil {
			w.story.line("  DIFFERS   %s", err)
			different = append(different, fmt.Errorf("%s: %w", a.title, err))
		}
	}
	return errors.Join(different...)
}

func (w *world) face(ctx context.Context, a attack) error {
	w.story.attacks++
	w.story.line("\nAttack %d. %s", w.story.attacks, a.title)
	w.story.line("  at stake  %s", a.prize)
	mark := w.audit.mark()
	tried, err := a.try(ctx, w)
	if err != nil {
		return err
	}
	code, description := refusalIn(tried.answer)
	event := w.audit.refusal(mark)
	got := refusal{tried.answer.Status, code, event.ID}
	w.story.line("  sent      %s", w.story.sent())
	w.story.line("  refused   %s  %s", strings.TrimSpace(fmt.Sprint(got.status, " ", http.StatusText(got.status))), got.code)
	if got.id != "" {
		w.story.line("  because   %s: %s", w.story.cite(got.id), w.story.clauses[got.id].text)
	}
	w.story.line("  told      %s", cut(description))
	if got != a.want {
		return fmt.Errorf("answered %s, want %s", got, a.want)
	}
	if got.id != "" && (event.Code != code || strings.Contains(description, "("+got.id+")") == a.quiet) {
		return fmt.Errorf("the audit says %s %s, the answer %s %q", event.ID, event.Code, code, description)
	}
	if tried.after != nil {
		if err := tried.after(); err != nil {
			return fmt.Errorf("afterwards: %w", err)
		}
		w.story.line("  after     %s", a.then)
	}
	return nil
}

var errorOnPage = regexp.MustCompile(`<p id="(error|error_description)">([^<]*)</p>`)

// refusalIn finds the error in an answer: in JSON, or on the page that the authorization endpoint shows to the user.
func refusalIn(a *fapitest.Answer) (code, description string) {
	if a.JSON != nil {
		return a.Text("error"), a.Text("error_description")
	}
	for _, m := range errorOnPage.FindAllStringSubmatch(string(a.Body), -1) {
		if m[1] == "error" {
			code = m[2]
		} else {
			description = html.UnescapeString(m[2])
		}
	}
	return code, description
}

// cut keeps descriptions to a line; fosite's own are long.
func cut(text string) string {
	const limit = 90
	if len(text) <= limit {
		return text
	}
	return text[:limit] + "…"
}

// refused checks that an answer refuses; it stands in what is checked after an attack.
func refused(status int, code string, a *fapitest.Answer, err error) error {
	if a, err = want(status, a, err); err != nil {
		return err
	}
	if got, _ := refusalIn(a); got != code {
		return fmt.Errorf("error %q, want %q", got, code)
	}
	return nil
}

// granted checks that an answer grants.
func granted(status int, a *fapitest.Answer, err error) error {
	_, err = want(status, a, err)
	return err
}
