package jarm

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"html"
	"html/template"
	"net/http"
	"net/url"
)

// The script sends the form whatever the names of its fields are: one called "submit" would hide the form's own method.
const script = `HTMLFormElement.prototype.submit.call(document.forms[0])`

// policy permits that one script and nothing else. There is no form-action in it: Chromium applies that to wherever the
// client redirects after the post, too, which nobody here can know; and without markup of somebody else's the page has
// but the one form.
var policy = func() string {
	sum := sha256.Sum256([]byte(script))
	return "default-src 'none'; script-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'; frame-ancestors 'none'; base-uri 'none'"
}()

var page = template.Must(template.New("form_post").Parse(`<!DOCTYPE html>
<html lang="en">
<head><meta charset="utf-8"><title>Continue</title></head>
<body>
<form method="post" {{.Action}}>
{{range $name, $values := .Params}}{{range $values}}<input type="hidden" name="{{$name}}" value="{{.}}">
{{end}}{{end}}<button type="submit">Continue</button>
</form>
<script>` + script + `</script>
</body>
</html>
`))

// WriteFormPost answers with a page that has the browser post params to redirectURI, at once or, without script, when the
// user presses its button. It serves response_mode form_post too (OAuth 2.0 Form Post Response Mode 1), and a caller's own
// Content-Security-Policy is replaced: the page's own permits its one script by hash, and nothing else.
//
// Only https URLs and http URLs on the user's own machine are posted to; the error is ErrRedirectURI, and then nothing was
// written.
func WriteFormPost(rw http.ResponseWriter, redirectURI string, params url.Values) error {
	u, err := parseRedirectURI(redirectURI)
	if err != nil {
		return err
	}
	if !web(u) {
		return fmt.Errorf("%w: neither https nor loopback", ErrRedirectURI)
	}
	var out bytes.Buffer
	err = page.Execute(&out, struct {
		Action template.HTMLAttr
		Params url.Values
	}{
		// html/template would encode some characters that a URI may have, and so change it.
		template.HTMLAttr(`action="` + html.EscapeString(redirectURI) + `"`), //nolint:gosec // escaped, of URI characters only
		params,
	})
	if err != nil {
		return fmt.Errorf("%w: page not rendered", ErrRedirectURI)
	}
	h := rw.Header()
	protect(h)
	h.Set("Content-Type", "text/html;charset=UTF-8")
	h.Set("Content-Security-Policy", policy)
	h.Set("X-Frame-Options", "DENY")
	h.Set("X-Content-Type-Options", "nosniff")
	rw.WriteHeader(http.StatusOK)
	_, _ = rw.Write(out.Bytes()) // the browser has gone if this fails
	return nil
}
