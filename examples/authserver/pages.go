package main

import (
	"bytes"
	"html/template"
	"net/http"
)

// The pages work without script. Names and ids are stable: automated browsers rely on them.
var pages = template.Must(template.New("").Parse(`
{{define "head"}}<!DOCTYPE html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{{.}}</title></head>
<body>
<h1>{{.}}</h1>
{{end}}

{{define "foot"}}</body>
</html>
{{end}}

{{define "login"}}{{template "head" "Log in"}}{{with .Problem}}<p id="error" role="alert">{{.}}</p>
{{end}}<form method="post" id="login-form">
<input type="hidden" name="csrf" value="{{.Token}}">
<p><label for="username">Username</label> <input type="text" name="username" id="username" autocomplete="username" autocapitalize="none" required autofocus></p>
<p><label for="password">Password</label> <input type="password" name="password" id="password" autocomplete="current-password" required></p>
<p><button type="submit" name="login" id="login" value="1">Log in</button></p>
</form>
{{template "foot"}}{{end}}

{{define "consent"}}{{template "head" "Give access?"}}<p>You are logged in as <strong id="user">{{.User}}</strong>. <strong id="client">{{.Client}}</strong> asks for:</p>
<ul id="scopes">
{{range .Scopes}}<li>{{.}}</li>
{{else}}<li>nothing in particular</li>
{{end}}</ul>
<form method="post" id="consent-form">
<input type="hidden" name="csrf" value="{{.Token}}">
{{with .Details}}<p>And in detail:</p>
<ol id="details">
{{range $i, $detail := .}}<li><pre>{{$detail}}</pre>
<label><input type="checkbox" name="withhold" value="{{$i}}"> not this one</label></li>
{{end}}</ol>
{{end}}<p><button type="submit" name="approve" id="approve" value="1">Approve</button>
<button type="submit" name="deny" id="deny" value="1">Deny</button></p>
</form>
{{template "foot"}}{{end}}

{{define "message"}}{{template "head" "This does not work"}}<p id="error" role="alert">{{.}}</p>
{{template "foot"}}{{end}}
`))

func (s *server) page(rw http.ResponseWriter, status int, name string, data any) {
	var out bytes.Buffer
	if err := pages.ExecuteTemplate(&out, name, data); err != nil {
		s.log.Error("page", "name", name, "error", err)
		status = http.StatusInternalServerError
	}
	protect(rw.Header())
	rw.Header().Set("Content-Type", "text/html; charset=utf-8")
	rw.WriteHeader(status)
	_, _ = rw.Write(out.Bytes()) // the browser has gone if this fails
}

func (s *server) message(rw http.ResponseWriter, status int, text string) {
	s.page(rw, status, "message", text)
}

func (s *server) notAllowed(rw http.ResponseWriter) {
	rw.Header().Set("Allow", "GET, HEAD, POST")
	s.message(rw, http.StatusMethodNotAllowed, "Use GET or POST.")
}

// protect keeps a page out of caches, frames and referrers, and scripts out of it. form-action is left open: browsers
// apply it to the redirects after a form too, and those lead to the client.
func protect(h http.Header) {
	h.Set("Cache-Control", "no-store")
	h.Set("Pragma", "no-cache")
	h.Set("Content-Security-Policy", "default-src 'none'; base-uri 'none'; frame-ancestors 'none'")
	h.Set("X-Frame-Options", "DENY")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Strict-Transport-Security", "max-age=63072000; includeSubDomains; preload")
}
