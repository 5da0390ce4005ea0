package main

import (
	"net/http"
)

const consentPath = "/consent"

// consent asks whether the client may have what it wants.
func (s *server) consent(rw http.ResponseWriter, r *http.Request) {
	in := s.sessions.of(r)
	if in == nil {
		s.message(rw, http.StatusForbidden, "You are not logged in. Return to the application and start again.")
		return
	}
	id := r.URL.Query().Get("request")
	q, ok := s.sessions.find(in, id)
	if !ok {
		s.message(rw, http.StatusNotFound, "This request was decided, or it took too long. Return to the application and start again.")
		return
	}
	switch r.Method {
	case http.MethodGet, http.MethodHead:
		s.page(rw, http.StatusOK, "consent", struct {
			Token, User, Client string
			Scopes, Details     []string
		}{in.csrf, in.user.name, q.name, q.scopes, all(q.details, shown)})
	case http.MethodPost:
		s.decide(rw, r, in, &q)
	default:
		s.notAllowed(rw)
	}
}

func (s *server) decide(rw http.ResponseWriter, r *http.Request, in *session, q *question) {
	form, ok := s.form(rw, r)
	if !ok {
		return
	}
	if !same(in.csrf, form.Get("csrf")) {
		s.message(rw, http.StatusForbidden, "The form is not from this login. Return to the application and start again.")
		return
	}
	if form.Has("approve") == form.Has("deny") {
		s.message(rw, http.StatusBadRequest, "Approve or deny.")
		return
	}
	without, ok := withheld(form, q.details)
	if !ok {
		s.message(rw, http.StatusBadRequest, "There is no such part of the request.")
		return
	}
	s.sessions.answer(in, q.id, form.Has("approve"), without)
	redirect(rw, s.pathOf("/authorize"), q.resume)
}
