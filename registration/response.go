package registration

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"
)

// A Response is what a client is told of its registration (RFC 7591 3.2.1, RFC 7592 3): everything that is stored, and how to
// manage it. There is no client_secret in it, and so no client_secret_expires_at.
type Response struct {
	Client

	IssuedAt int64  `json:"client_id_issued_at"` // seconds since 1970
	Token    string `json:"registration_access_token"`
	URI      string `json:"registration_client_uri"`

	record *Record
}

// Record is what is stored, not to be changed.
func (r *Response) Record() *Record { return r.record }

func (e *Endpoints) response(ctx context.Context, record *Record, token string) *Response {
	return &Response{
		Client: record.Client, IssuedAt: record.IssuedAt.Unix(), Token: token, URI: strings.TrimSuffix(e.URL(ctx), "/") + "/" + record.ID,
		record: record,
	}
}

// WriteResponse answers with a registration: status 201 where it is new, else 200. A nil response is answered by 204, as a
// deletion is.
func WriteResponse(rw http.ResponseWriter, status int, r *Response) {
	if r == nil {
		noStore(rw.Header())
		rw.WriteHeader(http.StatusNoContent)
		return
	}
	write(rw, status, r)
}

// noStore keeps tokens out of caches (RFC 7591 3.2.1).
func noStore(h http.Header) {
	h.Set("Cache-Control", "no-store")
	h.Set("Pragma", "no-cache")
}

func write(rw http.ResponseWriter, status int, body any) {
	raw, err := json.Marshal(body)
	if err != nil { // keys that were registered by no document
		status, raw = http.StatusInternalServerError, []byte(`{"error":"server_error"}`)
	}
	noStore(rw.Header())
	rw.Header().Set("Content-Type", "application/json")
	rw.WriteHeader(status)
	_, _ = rw.Write(raw) // the client has gone if this fails
}
