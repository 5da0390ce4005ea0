package fapi

import (
	"encoding/json"
	"net/http"

	"github.com/fosite-fapi/fosite-fapi/dpop"
)

// noStore keeps answers with credentials out of caches (OA-12).
func noStore(h http.Header) {
	h["Cache-Control"] = noCache
	h["Pragma"] = pragma
}

// writeJSON answers with a JSON object.
func writeJSON(rw http.ResponseWriter, status int, body any) {
	raw, err := json.Marshal(body)
	if err != nil { // only a host's own extra value can do this
		status, raw = http.StatusInternalServerError, []byte(`{"error":"server_error"}`)
	}
	h := rw.Header()
	noStore(h)
	h["Content-Type"] = jsonType
	rw.WriteHeader(status)
	_, _ = rw.Write(raw) // the client has gone if this fails
}

// giveNonce sends a DPoP nonce along with an answer (RFC 9449 8.2).
func giveNonce(h http.Header, nonce string) {
	if nonce != "" {
		h.Set(dpop.NonceHeader, nonce)
	}
}

// An errorBody is the JSON of RFC 6749 5.2.
type errorBody struct {
	Error       string `json:"error"`
	Description string `json:"error_description,omitempty"`
	URI         string `json:"error_uri,omitempty"`
}

func writeRefusal(rw http.ResponseWriter, r *Refusal) {
	h := rw.Header()
	giveNonce(h, r.nonce)
	switch {
	case r.Status() == http.StatusMethodNotAllowed:
		h.Set("Allow", http.MethodPost)
	case r.Status() == http.StatusUnauthorized && r.challenge != "":
		h.Set("WWW-Authenticate", r.challenge) // OA-13: the scheme that the client used
	}
	writeJSON(rw, r.Status(), errorBody{r.Code(), r.Description(), r.uri})
}
