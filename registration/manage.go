package registration

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"
)

// Methods are those of a client configuration endpoint, as the Allow header has them.
const Methods = "GET, PUT, DELETE"

// ClientID is the client whose configuration endpoint a request is for: the last segment of its path, decoded. A slash that
// is encoded belongs to the segment.
func ClientID(r *http.Request) string {
	path := r.URL.EscapedPath()
	id, err := url.PathUnescape(path[strings.LastIndexByte(path, '/')+1:])
	if err != nil {
		return ""
	}
	return id
}

// Manage answers a request to a client configuration endpoint by its method: [Endpoints.Read], [Endpoints.Update] or
// [Endpoints.Delete], whose response is nil.
func (e *Endpoints) Manage(ctx context.Context, r *http.Request) (*Response, error) {
	switch r.Method {
	case http.MethodGet:
		return e.Read(ctx, r)
	case http.MethodPut:
		return e.Update(ctx, r)
	case http.MethodDelete:
		return nil, e.Delete(ctx, r)
	}
	return nil, ErrMethod
}

// Read returns the registration of the client that a request is for (RFC 7592 2.1). The error is one of the package's.
func (e *Endpoints) Read(ctx context.Context, r *http.Request) (*Response, error) {
	record, token, err := e.authenticate(ctx, r)
	if err != nil {
		return nil, err
	}
	return e.response(ctx, record, token), nil
}

// Update replaces a client's metadata by what the request says, and leaves nothing of the old (RFC 7592 2.2). A registration
// that another request changed meanwhile stays as that left it, and the error is [ErrUnavailable]. Else it is one of the
// package's, or the Judge's; nothing is changed then.
func (e *Endpoints) Update(ctx context.Context, r *http.Request) (*Response, error) {
	record, token, err := e.authenticate(ctx, r)
	if err != nil {
		return nil, err
	}
	request, err := e.read(ctx, r, &Request{Record: record, Policy: record.Policy})
	if err != nil {
		return nil, err
	}
	if err := e.judge(ctx, request); err != nil {
		return nil, err
	}
	next := *record
	next.Metadata, next.Policy, next.Version = *request.Metadata, request.Policy, record.Version+1
	switch err := e.Store.UpdateRegistration(ctx, &next, record.Version); {
	case errors.Is(err, ErrNotFound):
		return nil, ErrToken // it was deleted meanwhile
	case err != nil:
		return nil, known(err)
	}
	return e.response(ctx, &next, token), nil
}

// Delete removes the client that a request is for (RFC 7592 2.3): from now on nobody knows it.
func (e *Endpoints) Delete(ctx context.Context, r *http.Request) error {
	record, _, err := e.authenticate(ctx, r)
	if err != nil {
		return err
	}
	switch err := e.Store.DeleteRegistration(ctx, record.ID); {
	case errors.Is(err, ErrNotFound):
		return ErrToken
	case err != nil:
		return known(err)
	}
	return nil
}

// authenticate finds the client of a configuration endpoint, by its registration access token. Whether there is no such
// client or it has another token, nobody learns.
func (e *Endpoints) authenticate(ctx context.Context, r *http.Request) (*Record, string, error) {
	token, err := Bearer(r)
	if err != nil {
		return nil, "", err
	}
	record, err := e.Store.GetRegistration(ctx, ClientID(r))
	switch {
	case errors.Is(err, ErrNotFound):
		return nil, "", ErrToken
	case err != nil:
		return nil, "", known(err)
	case !record.TokenHash.Matches(token):
		return nil, "", ErrToken
	}
	if e.May != nil {
		if err := e.May(ctx, record, r.Method); err != nil {
			return nil, "", known(err, ErrForbidden)
		}
	}
	return record, token, nil
}
