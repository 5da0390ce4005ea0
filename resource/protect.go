package resource

import (
	"context"
	"net/http"
	"slices"

	"github.com/fosite-fapi/fosite-fapi/dpop"
)

// Protect lets requests through to next that bring a valid access token of the issuer, which is their sender's and meets
// all requirements. Others get a response of RFC 6750 3 or RFC 9449 7.1. next finds the token by [TokenFrom].
//
// A proof is good for one call: a request goes through one Protect. It panics if next or a requirement is nil.
func (s *Server) Protect(next http.Handler, requirements ...Requirement) http.Handler {
	if next == nil || slices.ContainsFunc(requirements, func(r Requirement) bool { return r == nil }) {
		panic("resource: Protect with a nil handler or requirement")
	}
	requirements = slices.Clone(requirements)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		interaction := interactionID(r.Header)
		w.Header().Set(InteractionHeader, interaction)
		c, t, err := s.judge(r, requirements)
		if err != nil {
			s.refuse(w, r, s.newRefusal(err, c, t, interaction))
			return
		}
		s.accepted(r, t, interaction)
		if nonce := s.proofs.nonce(); nonce != "" && c.scheme == dpop.Scheme {
			w.Header().Set(dpop.NonceHeader, nonce)
			w.Header().Set("Cache-Control", "no-store") // RFC 9449 8.2: a stored nonce would come back stale
		}
		ctx := context.WithValue(r.Context(), contextKey{}, &passed{t, interaction})
		next.ServeHTTP(w, r.WithContext(ctx))
	})
}

// judge says whether a request may pass. With the error come the token, if it is valid, and the credentials, if there
// are any.
func (s *Server) judge(r *http.Request, requirements []Requirement) (credentials, *Token, error) {
	if hasToken(r.URL.RawQuery) {
		return credentials{}, nil, ErrQuery
	}
	c, err := readCredentials(r.Header)
	if err != nil {
		return c, nil, err
	}
	if c.scheme == dpop.Scheme && s.proofs == nil {
		return credentials{}, nil, ErrNoToken
	}
	t, err := s.verify(r.Context(), c.token)
	if err != nil {
		return c, nil, err
	}
	if err := s.bind(r, c, t); err != nil {
		return c, t, err
	}
	// The body is read for those alone who may send one.
	if formHasToken(r) {
		return c, t, ErrBody
	}
	for _, requirement := range requirements {
		if err := requirement(r, t); err != nil {
			return c, t, &unmetRequirement{err}
		}
	}
	return c, t, nil
}
