package main

import (
	"crypto/rand"
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"

	"github.com/ory/fosite"

	"github.com/fosite-fapi/fosite-fapi/fapi"
)

// userinfo tells who the user is (OpenID Connect Core 5.3).
func (s *server) userinfo(rw http.ResponseWriter, r *http.Request) {
	ar, ok := s.authorized(rw, r, "openid", http.MethodGet, http.MethodHead, http.MethodPost)
	if !ok {
		return
	}
	u := s.users.byName[ar.GetSession().GetSubject()]
	if u == nil {
		fapi.WriteResourceError(rw, fosite.ErrTokenExpired)
		return
	}
	writeJSON(rw, u.covered(ar.GetGrantedScopes()))
}

type account struct {
	ID       string `json:"account_id"`
	Holder   string `json:"holder"`
	Currency string `json:"currency"`
	Balance  string `json:"balance"`
}

// accounts is an API as FAPI has in mind.
func (s *server) accounts(rw http.ResponseWriter, r *http.Request) {
	rw.Header().Set("x-fapi-interaction-id", interactionID(r.Header.Get("x-fapi-interaction-id")))
	ar, ok := s.authorized(rw, r, "accounts", http.MethodGet, http.MethodHead)
	if !ok {
		return
	}
	holder := ar.GetSession().GetSubject()
	if holder == "" {
		holder = ar.GetClient().GetID() // client_credentials
	}
	writeJSON(rw, map[string][]account{"accounts": {
		{ID: "1", Holder: holder, Currency: "EUR", Balance: "1204.17"}, {ID: "2", Holder: holder, Currency: "EUR", Balance: "20.00"},
	}})
}

// authorized checks a resource request, and answers it where it is refused.
func (s *server) authorized(rw http.ResponseWriter, r *http.Request, scope string, methods ...string) (fosite.AccessRequester, bool) {
	if !slices.Contains(methods, r.Method) {
		rw.Header().Set("Allow", strings.Join(methods, ", "))
		rw.WriteHeader(http.StatusMethodNotAllowed)
		return nil, false
	}
	ar, err := s.provider.Authorize(r.Context(), r, fapi.NewSession(""), scope)
	if err != nil {
		fapi.WriteResourceError(rw, err)
		return nil, false
	}
	return ar, true
}

var uuid = regexp.MustCompile(`^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$`)

// interactionID is the one that was sent, or a new one.
func interactionID(sent string) string {
	if uuid.MatchString(sent) {
		return sent
	}
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}

func writeJSON(rw http.ResponseWriter, body any) {
	raw, err := json.Marshal(body)
	if err != nil { // all of it came from JSON
		rw.WriteHeader(http.StatusInternalServerError)
		return
	}
	rw.Header().Set("Content-Type", "application/json")
	rw.Header().Set("Cache-Control", "no-store")
	_, _ = rw.Write(raw) // the client has gone if this fails
}
