package main

import (
	"crypto/rand"
	"net/http"
	"net/url"
)

const (
	loginPath   = "/login"
	loginCookie = "__Host-login"
)

// login asks for name and password. Its query is that of the authorization request to which it leads back, so that
// there is nothing to remember for those who never log in, and nowhere else to lead to.
func (s *server) login(rw http.ResponseWriter, r *http.Request) {
	resume, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		s.message(rw, http.StatusBadRequest, "The link is damaged.")
		return
	}
	switch r.Method {
	case http.MethodGet, http.MethodHead:
		s.showLogin(rw, r, http.StatusOK, "")
	case http.MethodPost:
		s.tryLogin(rw, r, resume)
	default:
		s.notAllowed(rw)
	}
}

func (s *server) tryLogin(rw http.ResponseWriter, r *http.Request, resume url.Values) {
	form, ok := s.form(rw, r)
	if !ok {
		return
	}
	// Nobody is logged in, so the form is bound to a cookie that this page set, which other sites can neither read
	// nor send.
	cookie, err := r.Cookie(loginCookie)
	if err != nil || !same(cookie.Value, form.Get("csrf")) {
		s.showLogin(rw, r, http.StatusForbidden, "Please try again. This page needs cookies.")
		return
	}
	u := s.users.login(form.Get("username"), form.Get("password"))
	if u == nil {
		s.log.InfoContext(r.Context(), "login failed", "from", r.RemoteAddr)
		s.showLogin(rw, r, http.StatusUnauthorized, "The username or the password is wrong.")
		return
	}
	s.sessions.begin(rw, r, u, requestID(resume))
	redirect(rw, s.pathOf("/authorize"), resume)
}

func (s *server) showLogin(rw http.ResponseWriter, r *http.Request, status int, problem string) {
	token := ""
	if cookie, err := r.Cookie(loginCookie); err == nil && len(cookie.Value) == len(rand.Text()) {
		token = cookie.Value
	} else {
		token = rand.Text()
		setCookie(rw, loginCookie, token)
	}
	s.page(rw, status, "login", struct{ Token, Problem string }{token, problem})
}

// form reads the fields of a page.
func (s *server) form(rw http.ResponseWriter, r *http.Request) (url.Values, bool) {
	r.Body = http.MaxBytesReader(rw, r.Body, 16<<10)
	if err := r.ParseForm(); err != nil {
		s.message(rw, http.StatusBadRequest, "The form is damaged.")
		return nil, false
	}
	return r.PostForm, true
}
