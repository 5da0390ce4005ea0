package registration_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fosite-fapi/fosite-fapi/registration"
)

const (
	initial  = "the-initial-access-token-of-a-developer"
	endpoint = "https://as.example.com/register"
	document = `{"redirect_uris":["https://client.example/callback"],"token_endpoint_auth_method":"none","client_name":"Client"}`
)

// newEndpoints are those of a server that takes every client.
func newEndpoints(t *testing.T) *registration.Endpoints {
	t.Helper()
	access, err := registration.InitialTokens(initial)
	require.NoError(t, err)
	e := &registration.Endpoints{
		Store: new(registration.Memory), InitialAccess: access,
		URL:   func(context.Context) string { return endpoint },
		Judge: func(context.Context, *registration.Request) error { return nil },
	}
	require.NoError(t, e.Validate())
	return e
}

func newRequest(method, url, token, body string) *http.Request {
	r := httptest.NewRequest(method, url, strings.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	return r
}

// answer is what the handlers say.
func answer(e *registration.Endpoints, r *http.Request) (*httptest.ResponseRecorder, map[string]any) {
	rec := httptest.NewRecorder()
	if r.URL.Path == "/register" {
		e.Registration().ServeHTTP(rec, r)
	} else {
		e.Configuration().ServeHTTP(rec, r)
	}
	var said map[string]any
	_ = json.Unmarshal(rec.Body.Bytes(), &said)
	return rec, said
}

func registered(t *testing.T, e *registration.Endpoints) (uri, token, id string) {
	t.Helper()
	rec, said := answer(e, newRequest(http.MethodPost, endpoint, initial, document))
	require.Equal(t, http.StatusCreated, rec.Code, rec.Body)
	return said["registration_client_uri"].(string), said["registration_access_token"].(string), said["client_id"].(string)
}

// The whole life of a client, with the handlers of this package alone.
func TestHandlers(t *testing.T) {
	t.Parallel()
	e := newEndpoints(t)
	uri, token, id := registered(t, e)
	assert.Equal(t, endpoint+"/"+id, uri)

	rec, said := answer(e, newRequest(http.MethodGet, uri, token, ""))
	require.Equal(t, http.StatusOK, rec.Code)
	assert.Equal(t, "Client", said["client_name"])
	assert.Equal(t, token, said["registration_access_token"])
	assert.Equal(t, "no-store", rec.Header().Get("Cache-Control"))
	assert.Equal(t, "no-cache", rec.Header().Get("Pragma"))
	assert.Equal(t, "application/json", rec.Header().Get("Content-Type"))

	rec, said = answer(e, newRequest(http.MethodPut, uri, token, `{"client_id":"`+id+`","redirect_uris":["https://client.example/other"],"token_endpoint_auth_method":"none"}`))
	require.Equal(t, http.StatusOK, rec.Code, rec.Body)
	assert.NotContains(t, said, "client_name")
	record, err := e.Store.GetRegistration(t.Context(), id)
	require.NoError(t, err)
	assert.Equal(t, []string{"https://client.example/other"}, record.RedirectURIs)
	assert.EqualValues(t, 2, record.Version)
	assert.NotContains(t, string(record.TokenHash), token)

	rec, _ = answer(e, newRequest(http.MethodDelete, uri, token, ""))
	require.Equal(t, http.StatusNoContent, rec.Code)
	assert.Empty(t, rec.Body)
	rec, said = answer(e, newRequest(http.MethodGet, uri, token, ""))
	assert.Equal(t, http.StatusUnauthorized, rec.Code)
	assert.Equal(t, `Bearer realm="registration", error="invalid_token"`, rec.Header().Get("WWW-Authenticate"))
	assert.Equal(t, "invalid_token", said["error"])
}

// What each refusal is, and how it is answered.
func TestRefusals(t *testing.T) {
	t.Parallel()
	post := func(change func(*http.Request)) func(uri, token, id string) *http.Request {
		return func(string, string, string) *http.Request {
			r := newRequest(http.MethodPost, endpoint, initial, document)
			change(r)
			return r
		}
	}
	body := func(s string) func(*http.Request) {
		return func(r *http.Request) { r.Body, r.ContentLength = io.NopCloser(strings.NewReader(s)), -1 }
	}
	header := func(name string, values ...string) func(*http.Request) {
		return func(r *http.Request) { r.Header[name] = values }
	}
	put := func(s string) func(uri, token, id string) *http.Request {
		return func(uri, token, id string) *http.Request {
			return newRequest(http.MethodPut, uri, token, strings.ReplaceAll(s, "ID", id))
		}
	}
	const rest = `,"redirect_uris":["https://client.example/callback"],"token_endpoint_auth_method":"none"}`
	for name, c := range map[string]struct {
		request func(uri, token, id string) *http.Request
		err     error
		status  int
		code    string
	}{
		"DCR-01 post":                      {post(func(*http.Request) {}), nil, 201, ""},
		"DCR-01 GET":                       {post(func(r *http.Request) { r.Method = http.MethodGet }), registration.ErrMethod, 405, "invalid_request"},
		"DCR-01 no token":                  {post(header("Authorization")), registration.ErrNoToken, 401, ""},
		"DCR-01 another token":             {post(header("Authorization", "Bearer "+initial[1:])), registration.ErrInitialToken, 401, "invalid_token"},
		"two tokens":                       {post(header("Authorization", "Bearer "+initial, "Bearer "+initial)), registration.ErrTokenPlace, 400, "invalid_request"},
		"a token that is none":             {post(header("Authorization", "Bearer \"")), registration.ErrTokenPlace, 400, "invalid_request"},
		"DCR-01 text/plain":                {post(header("Content-Type", "text/plain")), registration.ErrContentType, 400, "invalid_client_metadata"},
		"DCR-01 another charset":           {post(header("Content-Type", "application/json; charset=utf-16")), registration.ErrContentType, 400, "invalid_client_metadata"},
		"DCR-01 two types":                 {post(header("Content-Type", "application/json", "application/json")), registration.ErrContentType, 400, "invalid_client_metadata"},
		"DCR-03 null":                      {post(body("null")), registration.ErrDocument, 400, "invalid_client_metadata"},
		"DCR-03 nothing":                   {post(body("")), registration.ErrDocument, 400, "invalid_client_metadata"},
		"DCR-03 something behind":          {post(body(document + "{}")), registration.ErrDocument, 400, "invalid_client_metadata"},
		"DCR-03 twice":                     {post(body(`{"scope":"a","scope":"a"}`)), registration.ErrDocument, 400, "invalid_client_metadata"},
		"DCR-03 another type":              {post(body(`{"scope":["a"]}`)), registration.ErrDocument, 400, "invalid_client_metadata"},
		"DCR-03 too large":                 {post(body(`{"client_name":"` + strings.Repeat("n", registration.MaxBytes) + `"}`)), registration.ErrTooLarge, 413, "invalid_client_metadata"},
		"DCR-03 says that it is too large": {post(func(r *http.Request) { r.ContentLength = registration.MaxBytes + 1 }), registration.ErrTooLarge, 413, "invalid_client_metadata"},
		"DCR-03 broken off":                {post(func(r *http.Request) { r.Body = io.NopCloser(iotest.ErrReader(io.ErrUnexpectedEOF)) }), registration.ErrDocument, 400, "invalid_client_metadata"},
		"DCR-03 a secret would be needed":  {post(body(`{"redirect_uris":["https://client.example/callback"]}`)), registration.ErrMetadata, 400, "invalid_client_metadata"},
		"DCR-06 both":                      {post(body(`{"jwks":{"keys":[]},"jwks_uri":"https://client.example/jwks"` + rest)), registration.ErrKeySets, 400, "invalid_client_metadata"},
		"DCR-07 flows":                     {post(body(`{"grant_types":["client_credentials"],"response_types":["code"]` + rest)), registration.ErrFlows, 400, "invalid_client_metadata"},
		"DCR-08 nobody is trusted":         {post(body(`{"software_statement":"e30.e30.e30"` + rest)), registration.ErrStatementIssuer, 400, "unapproved_software_statement"},
		"DCR-08 no string":                 {post(body(`{"software_statement":{}` + rest)), registration.ErrDocument, 400, "invalid_client_metadata"},
		"DCR-09 none":                      {post(body(`{"token_endpoint_auth_method":"none"}`)), registration.ErrRedirectURI, 400, "invalid_redirect_uri"},
		"DCM-03 another token":             {func(uri, _, _ string) *http.Request { return newRequest(http.MethodGet, uri, initial, "") }, registration.ErrToken, 401, "invalid_token"},
		"DCM-03 a slash that is encoded": {func(uri, token, id string) *http.Request {
			return newRequest(http.MethodGet, endpoint+"/other%2F"+id, token, "")
		}, registration.ErrToken, http.StatusUnauthorized, "invalid_token"},
		"DCM-03 no token": {func(uri, _, _ string) *http.Request { return newRequest(http.MethodGet, uri, "", "") }, registration.ErrNoToken, 401, ""},
		"DCM-04 nobody":   {func(_, token, _ string) *http.Request { return newRequest(http.MethodGet, endpoint+"/x", token, "") }, registration.ErrToken, 401, "invalid_token"},
		"DCM-04 HEAD":     {func(uri, token, _ string) *http.Request { return newRequest(http.MethodHead, uri, token, "") }, registration.ErrMethod, 405, "invalid_request"},
		"DCM-05 put":      {put(`{"client_id":"ID"` + rest), nil, 200, ""},
		"DCM-05 another":  {put(`{"client_id":"x"` + rest), registration.ErrClientID, 400, "invalid_client_metadata"},
		"DCM-05 reserved": {put(`{"client_id":"ID","client_id_issued_at":null` + rest), registration.ErrReserved, 400, "invalid_client_metadata"},
		"DCM-07 secret":   {put(`{"client_id":"ID","client_secret":"x"` + rest), registration.ErrSecret, 400, "invalid_client_metadata"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := newEndpoints(t)
			uri, token, id := registered(t, e)
			rec, said := answer(e, c.request(uri, token, id))
			require.Equal(t, c.status, rec.Code, rec.Body)
			code, _ := said["error"].(string)
			assert.Equal(t, c.code, code)
			r := c.request(uri, token, id)
			var err error
			var response *registration.Response
			if r.URL.Path == "/register" {
				response, err = e.Register(t.Context(), r)
			} else {
				response, err = e.Manage(t.Context(), r)
			}
			if c.err == nil {
				require.NoError(t, err)
				return
			}
			require.ErrorIs(t, err, c.err)
			assert.Nil(t, response)
			assert.Equal(t, c.status, registration.AnswerTo(err).Status)
			assert.Equal(t, c.status == http.StatusMethodNotAllowed, rec.Header().Get("Allow") != "")
			assert.Equal(t, c.status == http.StatusUnauthorized, rec.Header().Get("WWW-Authenticate") != "")
		})
	}
}

// A failing or a full store, and hooks that fail, refuse; a hook's own error is passed on.
func TestFailures(t *testing.T) {
	t.Parallel()
	down := errors.New("down")
	for name, c := range map[string]struct {
		change func(*registration.Endpoints)
		want   error
		status int
	}{
		"full":                {func(e *registration.Endpoints) { e.Store = full(t) }, registration.ErrUnavailable, 503},
		"store":               {func(e *registration.Endpoints) { e.Store = broken{down} }, registration.ErrUnavailable, 503},
		"access":              {func(e *registration.Endpoints) { e.InitialAccess = admits(nil, down) }, registration.ErrUnavailable, 503},
		"access says nothing": {func(e *registration.Endpoints) { e.InitialAccess = admits(nil, nil) }, registration.ErrInitialToken, 401},
		"judge": {func(e *registration.Endpoints) {
			e.Judge = func(context.Context, *registration.Request) error { return down }
		}, down, 500},
		"judge spoils it": {func(e *registration.Endpoints) {
			e.Judge = func(_ context.Context, r *registration.Request) error { r.Metadata.RedirectURIs = nil; return nil }
		}, registration.ErrRedirectURI, 400},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := newEndpoints(t)
			c.change(e)
			r := newRequest(http.MethodPost, endpoint, initial, document)
			_, err := e.Register(t.Context(), r)
			require.ErrorIs(t, err, c.want)
			assert.Equal(t, c.status, registration.AnswerTo(err).Status)
		})
	}
}

func admits(a *registration.Admission, err error) registration.InitialAccess {
	return registration.InitialAccessFunc(func(context.Context, string) (*registration.Admission, error) { return a, err })
}

func full(t *testing.T) registration.Store {
	t.Helper()
	m := &registration.Memory{Capacity: 1}
	require.NoError(t, m.CreateRegistration(t.Context(), &registration.Record{Client: registration.Client{ID: "first"}, Version: 1}))
	require.ErrorIs(t, m.CreateRegistration(t.Context(), &registration.Record{Client: registration.Client{ID: "second"}}), registration.ErrFull)
	require.ErrorIs(t, m.CreateRegistration(t.Context(), &registration.Record{Client: registration.Client{ID: "first"}}), registration.ErrExists)
	return m
}

// broken is a store that is down.
type broken struct{ err error }

func (b broken) CreateRegistration(context.Context, *registration.Record) error         { return b.err }
func (b broken) UpdateRegistration(context.Context, *registration.Record, uint64) error { return b.err }
func (b broken) DeleteRegistration(context.Context, string) error                       { return b.err }
func (b broken) GetRegistration(context.Context, string) (*registration.Record, error) {
	return nil, b.err
}

// An initial access token for one client is spent by one of many, and by none that is refused for something else.
func TestInitialAccessIsSpentLast(t *testing.T) {
	t.Parallel()
	e := newEndpoints(t)
	var once sync.Once
	e.InitialAccess = admits(&registration.Admission{Spend: func(context.Context) error {
		err := registration.ErrInitialToken
		once.Do(func() { err = nil })
		return err
	}}, nil)
	_, err := e.Register(t.Context(), newRequest(http.MethodPost, endpoint, initial, `{}`))
	require.ErrorIs(t, err, registration.ErrRedirectURI)

	var won, lost int
	var mu sync.Mutex
	var all sync.WaitGroup
	for range 32 {
		all.Go(func() {
			_, err := e.Register(context.Background(), newRequest(http.MethodPost, endpoint, initial, document))
			mu.Lock()
			defer mu.Unlock()
			if err == nil {
				won++
			} else if errors.Is(err, registration.ErrInitialToken) {
				lost++
			}
		})
	}
	all.Wait()
	assert.Equal(t, 1, won)
	assert.Equal(t, 31, lost)
}

func TestInitialTokens(t *testing.T) {
	t.Parallel()
	access, err := registration.InitialTokens(initial, "another-token-of-that-length")
	require.NoError(t, err)
	for token, want := range map[string]error{initial: nil, "another-token-of-that-length": nil, initial + "x": registration.ErrInitialToken, "": registration.ErrInitialToken} {
		a, err := access.Admit(t.Context(), token)
		require.ErrorIs(t, err, want)
		assert.Equal(t, want == nil, a != nil)
	}
	for _, bad := range [][]string{nil, {"short"}, {initial, ""}, {"a token with blanks in the middle"}} {
		access, err := registration.InitialTokens(bad...)
		require.Error(t, err)
		assert.Nil(t, access)
	}
}

// Zero values let nobody in.
func TestEndpointsValidate(t *testing.T) {
	t.Parallel()
	require.Error(t, new(registration.Endpoints).Validate())
	for name, change := range map[string]func(*registration.Endpoints){
		"no store":               func(e *registration.Endpoints) { e.Store = nil },
		"no judge":               func(e *registration.Endpoints) { e.Judge = nil },
		"nobody":                 func(e *registration.Endpoints) { e.InitialAccess = nil },
		"open, and then a token": func(e *registration.Endpoints) { e.InsecureOpen = true },
		"too much":               func(e *registration.Endpoints) { e.MaxBytes = registration.MaxBytes + 1 },
		"nobody trusted":         func(e *registration.Endpoints) { e.Statements = new(registration.Statements) },
	} {
		e := newEndpoints(t)
		change(e)
		require.Error(t, e.Validate(), name)
	}
	e := newEndpoints(t)
	e.InitialAccess, e.InsecureOpen = nil, true
	require.NoError(t, e.Validate())
	r := newRequest(http.MethodPost, endpoint, "", document)
	_, err := e.Register(t.Context(), r)
	require.NoError(t, err, "open")
	_, err = e.Register(t.Context(), newRequest(http.MethodPost, endpoint, initial, document))
	require.ErrorIs(t, err, registration.ErrInitialToken, "a token that nobody understands")
}

func TestTokenHash(t *testing.T) {
	t.Parallel()
	token, hash := registration.NewToken()
	assert.Len(t, token, 43)
	assert.True(t, hash.Matches(token))
	assert.False(t, hash.Matches(token+"x"))
	assert.False(t, registration.TokenHash(nil).Matches(""))
	assert.False(t, registration.TokenHash{}.Matches(token))
	other, _ := registration.NewToken()
	assert.NotEqual(t, token, other)
}

// Of updates and deletions at once each does something whole: nothing comes back after a deletion.
func TestUpdatesAndDeletionsAtOnce(t *testing.T) {
	t.Parallel()
	e := newEndpoints(t)
	uri, token, id := registered(t, e)
	var all sync.WaitGroup
	results := make(chan error, 33)
	for i := range 33 {
		all.Go(func() {
			if i == 16 {
				results <- e.Delete(context.Background(), newRequest(http.MethodDelete, uri, token, ""))
				return
			}
			_, err := e.Update(context.Background(), newRequest(http.MethodPut, uri, token, `{"client_id":"`+id+`",`+document[1:]))
			results <- err
		})
	}
	all.Wait()
	close(results)
	for err := range results {
		if err != nil && !errors.Is(err, registration.ErrUnavailable) && !errors.Is(err, registration.ErrToken) {
			assert.NoError(t, err)
		}
	}
	_, err := e.Store.GetRegistration(t.Context(), id)
	require.ErrorIs(t, err, registration.ErrNotFound)
}
