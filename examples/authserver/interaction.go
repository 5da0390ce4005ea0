package main

import (
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/ory/fosite"

	"github.com/fosite-fapi/fosite-fapi/fapi"
)

// Authorize decides an authorization request, or sends the user to the login or the consent page first. Both lead
// back here with the parameters of fapi.Resume.
func (s *server) Authorize(rw http.ResponseWriter, r *http.Request, ar fosite.AuthorizeRequester) (*fapi.Decision, error) {
	if s.Consent == "auto" {
		return approve(ar, s.users.first, s.now()), nil
	}
	resume := fapi.Resume(ar)
	id := requestID(resume)
	prompt := fosite.Arguments(strings.Fields(ar.GetRequestForm().Get("prompt")))
	in := s.sessions.of(r)
	if in == nil || (in.loginFor != id && loginAgain(in, maxAge(ar), prompt, s.now())) {
		if prompt.Has("none") {
			return nil, fosite.ErrLoginRequired
		}
		redirect(rw, s.pathOf(loginPath), resume)
		return nil, nil
	}
	items, details := asked(ar, in.user), fapi.AuthorizationDetails(ar)
	decided := s.sessions.take(in, id)
	switch {
	case decided != nil && decided.approved:
		decision := approve(ar, in.user, in.since)
		decision.AuthorizationDetails = decided.granted()
		return decision, nil
	// What was asked for in detail, such as a payment, is asked again each time.
	case prompt.Has("none") && details == nil && s.sessions.approvedBefore(in, ar.GetClient().GetID(), items):
		return approve(ar, in.user, in.since), nil
	case decided != nil:
		return &fapi.Decision{Denied: fosite.ErrAccessDenied.WithHint("The user denied the request.")}, nil
	case prompt.Has("none"):
		return nil, fosite.ErrConsentRequired
	}
	s.sessions.ask(in, &question{id: id, client: ar.GetClient().GetID(), name: clientName(ar.GetClient()), scopes: items, details: details, resume: resume})
	redirect(rw, s.pathOf(consentPath), url.Values{"request": {id}})
	return nil, nil
}

// asked is what the user is to agree to: the scopes, and what the client wants to be told of her by name.
func asked(ar fosite.AuthorizeRequester, u *user) []string {
	items := slices.Clone([]string(ar.GetRequestedScopes()))
	if requested := fapi.Claims(ar); requested != nil {
		names := slices.Concat(slices.Collect(maps.Keys(requested.IDToken)), slices.Collect(maps.Keys(requested.UserInfo)))
		for _, name := range slices.Sorted(maps.Keys(u.named(names))) {
			items = append(items, "to know your "+name)
		}
	}
	return items
}

// loginAgain says whether the client wants a fresh login (OpenID Connect Core 3.1.2.1).
func loginAgain(in *session, age string, prompt fosite.Arguments, now time.Time) bool {
	if prompt.HasOneOf("login", "select_account") {
		return true
	}
	seconds, err := strconv.ParseUint(age, 10, 31)
	return err == nil && now.Sub(in.since) > time.Duration(seconds)*time.Second
}

// maxAge is what the client asks for in the request, else in its registration; "" is nothing.
func maxAge(ar fosite.AuthorizeRequester) string {
	age := ar.GetRequestForm().Get("max_age")
	if own, ok := ar.GetClient().(*client); ok && age == "" && own.DefaultMaxAge != nil {
		return strconv.FormatInt(*own.DefaultMaxAge, 10)
	}
	return age
}

// approve grants all that was requested.
func approve(ar fosite.AuthorizeRequester, u *user, since time.Time) *fapi.Decision {
	session := &grantSession{Session: fapi.NewSession(u.name)}
	session.Username = u.name
	since = since.UTC().Truncate(time.Second)
	// fosite's own handlers compare the two; that the login is recent enough was decided before.
	session.IDToken.AuthTime, session.IDToken.RequestedAt = since, since
	session.IDToken.AuthenticationMethodsReferences = []string{"pwd"}
	session.IDToken.AuthenticationContextClassReference = u.acr
	if requested := fapi.Claims(ar); requested != nil {
		session.UserInfo = slices.Sorted(maps.Keys(requested.UserInfo))
	}
	return &fapi.Decision{Session: session, Scopes: ar.GetRequestedScopes(), Audience: ar.GetRequestedAudience()}
}

func clientName(c fosite.Client) string {
	if own, ok := c.(*client); ok && own.ClientName != "" {
		return own.ClientName
	}
	return c.GetID()
}

// redirect sends the browser on with GET, whatever it came with.
func redirect(rw http.ResponseWriter, path string, query url.Values) {
	protect(rw.Header())
	rw.Header().Set("Location", path+"?"+query.Encode())
	rw.WriteHeader(http.StatusSeeOther)
}
