package fapi

import (
	"errors"
	"net/url"
	"strings"
)

// WithErrorURI makes the server send error_uri (RFC 6749 4.1.2.1, 5.2): the base with the ID of the requirement after it,
// and the interaction ID as the parameter interaction_id, so that a client's developer finds what to fix and the operator
// the event. base is an https URL such as "https://docs.example.com/errors/".
//
// It goes to clients that authenticated themselves, with errors to their redirect URIs, and with the challenges of
// [Provider.Authorize] that have an error code (RFC 6750 3); not to strangers elsewhere, and not where the client is to
// learn the code alone. Unset, nobody gets any.
func WithErrorURI(base string) Option {
	return func(s *settings) error {
		u, err := url.Parse(base)
		if err != nil || u.Scheme != "https" || u.Host == "" || u.User != nil || u.ForceQuery || strings.Contains(base, "#") {
			return errors.New("the base of error_uri must be an https URL with a host and without user and fragment")
		}
		s.errorURI = u
		return nil
	}
}

// errorURI is "" where the client is to get none.
func (p *Provider) errorURI(r *Refusal, w *watch, interaction string) string {
	if p.errorBase == nil || r.quiet || r.ID == "" || !w.trail.proved && r.Stage != AtAuthorization && r.Stage != AtResource {
		return ""
	}
	u := p.errorBase.JoinPath(url.PathEscape(r.ID))
	query := u.Query()
	query.Set("interaction_id", interaction)
	u.RawQuery = query.Encode()
	return u.String()
}
