package main

import (
	"crypto/rand"
	"crypto/subtle"
	"html/template"
	"net/http"
	"net/url"
	"sync"

	"github.com/ory/fosite"

	"github.com/fosite-fapi/fosite-fapi/fapi"
)

// pages are what every host has already: users, their sessions, a login page and a consent page.
type pages struct {
	mu       sync.Mutex
	sessions map[string]*login // by cookie
}

// A login is a browser session. decisions are what the user answered on the consent page, each until it is taken to the authorization endpoint.
type login struct {
	user      string
	decisions map[string]bool
}

var users = map[string]string{"alice": "correct horse battery staple"} // a real host hashes them

// The prefix makes the browser insist on TLS, this host alone, and no other path.
const cookieName = "__Host-session"

func newPages() *pages { return &pages{sessions: map[string]*login{}} }

var _ fapi.Interaction = (*pages)(nil)

// Authorize implements fapi.Interaction: it sends the user to log in and to consent, and takes her decision when she comes back.
func (p *pages) Authorize(rw http.ResponseWriter, r *http.Request, ar fosite.AuthorizeRequester) (*fapi.Decision, error) {
	request := fapi.Resume(ar).Encode() // what brings her back here, whatever the client is served by
	user, decided, approved := p.decision(r, request)
	switch {
	case user == "":
		show(rw, loginPage, map[string]any{"Request": request})
		return nil, nil //nolint:nilnil // the page is the answer
	case !decided:
		show(rw, consentPage, map[string]any{
			"Request": request, "User": user, "Client": ar.GetClient().GetID(), "Scopes": ar.GetRequestedScopes(), // F2-AZ-13
		})
		return nil, nil //nolint:nilnil // the page is the answer
	case !approved:
		return &fapi.Decision{Denied: fosite.ErrAccessDenied}, nil
	}
	return &fapi.Decision{Session: fapi.NewSession(user), Scopes: ar.GetRequestedScopes()}, nil
}

// decision takes what the user decided about a request, so that it counts once.
func (p *pages) decision(r *http.Request, request string) (user string, decided, approved bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	session := p.session(r)
	if session == nil {
		return "", false, false
	}
	approved, decided = session.decisions[request]
	delete(session.decisions, request)
	return session.user, decided, approved
}

// session finds the browser's session; nil without one.
func (p *pages) session(r *http.Request) *login {
	cookie, err := r.Cookie(cookieName)
	if err != nil {
		return nil
	}
	return p.sessions[cookie.Value]
}

// mount adds the forms' targets. Other sites can't submit them (CSRF).
func (p *pages) mount(mux *http.ServeMux) {
	protection := http.NewCrossOriginProtection()
	mux.Handle("POST /login", protection.Handler(http.HandlerFunc(p.login)))
	mux.Handle("POST /consent", protection.Handler(http.HandlerFunc(p.consent)))
}

func (p *pages) login(rw http.ResponseWriter, r *http.Request) {
	user, password := r.PostFormValue("username"), r.PostFormValue("password")
	want, known := users[user]
	if subtle.ConstantTimeCompare([]byte(password), []byte(want)) != 1 || !known {
		show(rw, loginPage, map[string]any{"Request": r.PostFormValue("request"), "Wrong": true})
		return
	}
	id := rand.Text() // a new one: whoever planted a cookie before the login is left with nothing
	p.mu.Lock()
	p.sessions[id] = &login{user: user, decisions: map[string]bool{}}
	p.mu.Unlock()
	http.SetCookie(rw, &http.Cookie{Name: cookieName, Value: id, Path: "/", Secure: true, HttpOnly: true, SameSite: http.SameSiteLaxMode})
	resume(rw, r)
}

func (p *pages) consent(rw http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	if session := p.session(r); session != nil {
		session.decisions[r.PostFormValue("request")] = r.PostFormValue("decision") == "allow"
	}
	p.mu.Unlock()
	resume(rw, r)
}

// resume sends the browser back to the authorization endpoint of this server, and nowhere else. 303 turns the POST with the password into a
// GET without it (F2-AZ-10, F2-AZ-11).
func resume(rw http.ResponseWriter, r *http.Request) {
	request, err := url.ParseQuery(r.PostFormValue("request"))
	if err != nil {
		http.Error(rw, "The form was tampered with.", http.StatusBadRequest)
		return
	}
	rw.Header().Set("Location", "/authorize?"+request.Encode())
	rw.WriteHeader(http.StatusSeeOther)
}

func show(rw http.ResponseWriter, page *template.Template, data map[string]any) {
	rw.Header().Set("Content-Type", "text/html;charset=UTF-8")
	rw.Header().Set("Cache-Control", "no-store")
	rw.Header().Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'; base-uri 'none'")
	_ = page.Execute(rw, data)
}

var loginPage = template.Must(template.New("login").Parse(`<!DOCTYPE html>
<html lang="en">
<head><meta charset="utf-8"><title>Log in</title></head>
<body>
<form method="post" action="/login">
{{if .Wrong}}<p>Wrong user name or password.</p>{{end}}
<input type="hidden" name="request" value="{{.Request}}">
<label>User name <input name="username" autocomplete="username"></label>
<label>Password <input name="password" type="password" autocomplete="current-password"></label>
<button type="submit">Log in</button>
</form>
</body>
</html>
`))

var consentPage = template.Must(template.New("consent").Parse(`<!DOCTYPE html>
<html lang="en">
<head><meta charset="utf-8"><title>{{.User}}, do you allow {{.Client}} this?</title></head>
<body>
<form method="post" action="/consent">
<input type="hidden" name="request" value="{{.Request}}">
<ul>{{range .Scopes}}<li>{{.}}</li>{{end}}</ul>
<button type="submit" name="decision" value="allow">Allow</button>
<button type="submit" name="decision" value="deny">Deny</button>
</form>
</body>
</html>
`))
