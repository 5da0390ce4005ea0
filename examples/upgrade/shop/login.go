package shop

import (
	"crypto/rand"
	"html/template"
	"net/http"
	"sync"
	"time"

	"github.com/ory/fosite"
	"golang.org/x/crypto/bcrypt"
)

// The page carries the authorization request through the login in hidden fields.
var page = template.Must(template.New("login").Parse(`<!doctype html>
<title>The shop</title>
<h1>The shop</h1>
<p>{{.Client}} would like to see: {{range .Scopes}}<b>{{.}}</b> {{end}}</p>
{{if .Failed}}<p>That is not the password.</p>{{end}}
<form method="post" action="/authorize">
{{range $name, $values := .Request}}{{range $values}}<input type="hidden" name="{{$name}}" value="{{.}}">
{{end}}{{end}}<input name="customer" autocomplete="username">
<input name="password" type="password" autocomplete="current-password">
<button name="decision" value="allow">Allow</button>
<button name="decision" value="deny">Deny</button>
</form>
`))

func (e *endpoints) authorize(rw http.ResponseWriter, r *http.Request) {
	ar, err := e.provider.NewAuthorizeRequest(r.Context(), r)
	if err != nil {
		e.provider.WriteAuthorizeError(r.Context(), rw, ar, err)
		return
	}
	switch customer := r.PostFormValue("customer"); {
	case r.PostFormValue("decision") == "deny":
		e.provider.WriteAuthorizeError(r.Context(), rw, ar, fosite.ErrAccessDenied)
	case !e.passes(customer, r.PostFormValue("password")):
		e.ask(rw, r, ar)
	default:
		e.approve(rw, r, ar, customer)
	}
}

// nobody has this hash.
var nobody = sync.OnceValue(func() string {
	hash, _ := bcrypt.GenerateFromPassword([]byte(rand.Text()), bcrypt.DefaultCost) // short enough
	return string(hash)
})

// passes compares with a hash where there is no such customer too, so that both take as long.
func (e *endpoints) passes(customer, password string) bool {
	hash, known := e.Customers[customer]
	if !known {
		hash = nobody()
	}
	return password != "" && bcrypt.CompareHashAndPassword([]byte(hash), []byte(password)) == nil && known
}

func (e *endpoints) ask(rw http.ResponseWriter, r *http.Request, ar fosite.AuthorizeRequester) {
	request := r.Form
	for _, own := range []string{"customer", "password", "decision"} {
		request.Del(own)
	}
	client := ar.GetClient().GetID()
	if c, ok := ar.GetClient().(*Client); ok {
		client = c.DisplayName
	}
	rw.Header().Set("Content-Type", "text/html; charset=utf-8")
	rw.Header().Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
	rw.Header().Set("Cache-Control", "no-store")
	_ = page.Execute(rw, map[string]any{ // the browser has gone
		"Client": client, "Scopes": ar.GetRequestedScopes(), "Request": request, "Failed": r.Method == http.MethodPost,
	})
}

func (e *endpoints) approve(rw http.ResponseWriter, r *http.Request, ar fosite.AuthorizeRequester, customer string) {
	for _, scope := range ar.GetRequestedScopes() {
		ar.GrantScope(scope)
	}
	session := NewSession(customer, time.Now())
	if key, err := e.publicKey(); err == nil {
		session.Headers.Add("kid", key.KeyID)
	}
	answer, err := e.provider.NewAuthorizeResponse(r.Context(), ar, session)
	if err != nil {
		e.provider.WriteAuthorizeError(r.Context(), rw, ar, err)
		return
	}
	e.provider.WriteAuthorizeResponse(r.Context(), rw, ar, answer)
}
