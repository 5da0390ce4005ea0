package fapi

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"io"
	"maps"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/ory/fosite"
	"github.com/ory/fosite/token/jwt"

	"github.com/fosite-fapi/fosite-fapi/clientassertion"
	"github.com/fosite-fapi/fosite-fapi/internal/form"
	"github.com/fosite-fapi/fosite-fapi/requestobject"
)

// An inbound message is a request with the clients that it names.
type inbound struct {
	*http.Request
	parties parties     // those that exist
	strict  bool        // the profiled lane answers
	size    countedBody // what finding the lane read of the body
	err     error       // why even that was not found out; the profiled lane refuses by it

	malformed bool          // parts of the message could not be read
	bearer    fosite.Client // whose access token authorizes an introspection of the legacy lane
	rehearsed *party        // in report-only mode: the client, judged by a profile that does not serve it
	sent      url.Values    // what was read of a message that is to be judged in report-only mode; not to be changed
	keeps     bool          // that is wanted

	started time.Time
	first   [1]namedParty // room for the usual number of parties
	ids     [2]string     // room for the usual number of identifiers
}

// parties are clients by the client_id with which a message named them: one, but for mistakes and attacks.
type parties []namedParty

type namedParty struct {
	id string
	*party
}

// of is the party of this name; nil without one.
func (all parties) of(id string) *party {
	for _, c := range all {
		if c.id == id {
			return c.party
		}
	}
	return nil
}

// maxIdentifiers bounds how many clients one request can make the server load.
const maxIdentifiers = 4

// receive finds the lane of a request. The request stays as fosite wants to see it.
func (p *Provider) receive(ctx context.Context, r *http.Request) *inbound {
	in := &inbound{Request: r, started: p.now()}
	if p.legacy == nil {
		in.strict = true
		return in
	}
	if r.Body != nil {
		in.size.ReadCloser, r.Body = r.Body, &in.size
	}
	malformed := parseOnce(r)
	in.malformed = malformed != nil
	in.choose(ctx, p)
	switch {
	case malformed != nil && in.strict && in.err == nil:
		in.err = form.ErrSyntax
	case malformed != nil && isMultipart(r):
		r.Form, r.PostForm, r.MultipartForm = nil, nil, nil
	}
	return in
}

// choose loads the clients that the message names and finds the lane. Assertions and request objects are opened only while nothing else
// named a profiled client.
func (in *inbound) choose(ctx context.Context, p *Provider) {
	ids, err := identifiers(in.ids[:0], in.Request, in.Form)
	if err == nil {
		err = in.load(ctx, p, ids)
	}
	if err == nil && !in.strict {
		if ids, err = asserted(in.Form); err == nil {
			err = in.load(ctx, p, ids)
		}
	}
	if err != nil {
		in.strict, in.err = true, err
	}
}

func (in *inbound) load(ctx context.Context, p *Provider, ids []string) error {
	for _, id := range ids {
		if in.parties.of(id) != nil {
			continue
		}
		c, err := p.party(ctx, id)
		if errors.Is(err, errClientUnknown) || errors.Is(err, errStore) {
			continue // the legacy lane can't load it either; should it, its answer is judged again before anything is issued
		}
		if err != nil {
			return err
		}
		in.remember(id, c)
		in.strict = in.strict || c.profile != nil
	}
	return nil
}

func (in *inbound) remember(id string, c *party) {
	if in.parties == nil {
		in.parties = in.first[:0]
	}
	in.parties = append(in.parties, namedParty{id, c})
}

// named is the one profiled client that an unreadable message names, for the audit; nil where it is not known.
func (in *inbound) named() *party {
	var found *party
	for _, c := range in.parties {
		if c.profile != nil && found != nil {
			return nil
		}
		if c.profile != nil {
			found = c.party
		}
	}
	return found
}

// party returns a client named by the message, loading it where finding the lane did not.
func (in *inbound) party(ctx context.Context, p *Provider, id string) (*party, error) {
	c := in.parties.of(id)
	if c == nil {
		var err error
		if c, err = p.party(ctx, id); err != nil {
			return nil, err
		}
		if in.keeps {
			in.remember(id, c)
		}
	}
	p.watching(ctx).party = c
	if c.profile == nil {
		return nil, errIdentifiers // another identifier of the request has a profile, this one has none
	}
	return c, nil
}

// body returns the parameters in the body of a POST.
func (in *inbound) body(limit int64) (url.Values, error) {
	if in.rehearsed != nil {
		return maps.Clone(in.sent), nil
	}
	if in.err != nil {
		return nil, in.err
	}
	if in.Method != http.MethodPost {
		return nil, errMethod
	}
	if in.ContentLength > limit || in.size.n > limit {
		return nil, form.ErrTooLarge
	}
	values, err := form.Body(in.Request, limit)
	if err != nil {
		return nil, err
	}
	in.keep(values)
	return values, form.Single(values)
}

// keep remembers a message as it was read, for report-only mode.
func (in *inbound) keep(values url.Values) {
	if in.keeps {
		in.sent = maps.Clone(values)
	}
}

// identifiers collects every client_id that a request claims to come from, by its parameters or by HTTP Basic, into room.
func identifiers(room []string, r *http.Request, values url.Values) ([]string, error) {
	user, basic := basicUser(r)
	if ids := values["client_id"]; !basic && len(ids) == 1 && ids[0] != "" {
		return ids, nil
	}
	ids, err := add(room, values["client_id"]...)
	if basic && err == nil {
		ids, err = add(ids, user)
	}
	return ids, err
}

// asserted collects the client_id that a client assertion or a request object claims to come from. One that can't be read
// names nobody; whichever lane answers refuses it. An assertion is read as loosely as fosite does it, for by that alone
// fosite finds the client.
func asserted(values url.Values) (ids []string, err error) {
	for _, object := range values["request"] {
		id, iss, malformed := requestobject.Peek(object)
		if malformed != nil {
			continue
		}
		if ids, err = add(ids, id, iss); err != nil {
			return nil, err
		}
	}
	for _, assertion := range values["client_assertion"] {
		iss, sub, malformed := clientassertion.Peek(assertion)
		if malformed != nil {
			iss, sub = readByFosite(assertion)
		}
		if ids, err = add(ids, iss, sub); err != nil {
			return nil, err
		}
	}
	return ids, nil
}

// readByFosite returns iss and sub as fosite reads them: with padding, line breaks, or in the JSON serialisation too.
func readByFosite(assertion string) (iss, sub string) {
	token, _ := jwt.Parse(assertion, nil) // the error says that nothing is verified
	if token == nil {
		return "", ""
	}
	iss, _ = token.Claims["iss"].(string)
	sub, _ = token.Claims["sub"].(string)
	return iss, sub
}

// add collects identifiers, each once and not too many.
func add(ids []string, more ...string) ([]string, error) {
	for _, id := range more {
		if id == "" || slices.Contains(ids, id) {
			continue
		}
		if len(ids) == maxIdentifiers {
			return nil, errIdentifiers
		}
		ids = append(ids, id)
	}
	return ids, nil
}

// disagrees says whether the message names another client too, in its query for example, which the profiled lane does
// not read otherwise.
func (in *inbound) disagrees(id string) bool {
	return slices.ContainsFunc(in.parties, func(c namedParty) bool { return c.id != id })
}

// basicUser is the user of HTTP Basic, decoded as RFC 6749 2.3.1 wants it encoded.
func basicUser(r *http.Request) (string, bool) {
	authorization := r.Header.Get("Authorization")
	if authorization == "" {
		return "", false
	}
	user, ok := userOf(authorization)
	if !ok {
		return "", false
	}
	if decoded, err := url.QueryUnescape(user); err == nil {
		user = decoded
	}
	return user, true
}

// userOf is what net/http's BasicAuth makes of the user, which costs legacy clients less this way: nobody looks at the
// password here.
func userOf(authorization string) (string, bool) {
	const prefix = "Basic "
	if len(authorization) < len(prefix) || !strings.EqualFold(authorization[:len(prefix)], prefix) {
		return "", false
	}
	var in, out [256]byte
	credentials := authorization[len(prefix):]
	if len(credentials) > len(in) {
		user, _, ok := (&http.Request{Header: http.Header{"Authorization": {authorization}}}).BasicAuth()
		return user, ok
	}
	n, err := base64.StdEncoding.Decode(out[:], in[:copy(in[:], credentials)])
	if err != nil {
		return "", false
	}
	user, _, ok := bytes.Cut(out[:n], []byte(":"))
	return string(user), ok
}

// parseOnce parses the form exactly as fosite is about to do. Of a malformed urlencoded form fosite takes the parts
// that are well formed; a malformed multipart form is an error for it, and net/http reports that once only: so that
// fosite can meet it too, the body is replaced by one that fails in the same way. A middleware that parsed the form
// before has left the parts of a multipart body unread.
func parseOnce(r *http.Request) error {
	if isMultipart(r) {
		if r.MultipartForm != nil {
			return nil
		}
		r.Body = http.MaxBytesReader(nil, r.Body, maxMultipart)
		err := r.ParseMultipartForm(1 << 20)
		if err != nil {
			r.Body = failingBody{err}
		}
		return err
	}
	if r.Form != nil {
		return nil
	}
	return r.ParseForm()
}

func isMultipart(r *http.Request) bool {
	contentType := r.Header.Get("Content-Type")
	if contentType == "" || contentType == form.MediaType {
		return false
	}
	t, _, err := mime.ParseMediaType(contentType)
	return err == nil && t == "multipart/form-data"
}

// maxMultipart is the bound that net/http has for other forms.
const maxMultipart = 10 << 20

// countedBody knows how much was read of it.
type countedBody struct {
	io.ReadCloser
	n int64
}

func (b *countedBody) Read(into []byte) (int, error) {
	n, err := b.ReadCloser.Read(into)
	b.n += int64(n)
	return n, err
}

type failingBody struct{ err error }

func (b failingBody) Read([]byte) (int, error) { return 0, b.err }
func (b failingBody) Close() error             { return nil }

var _ io.ReadCloser = failingBody{}
