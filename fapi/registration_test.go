package fapi_test

import (
	"context"
	"errors"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/ory/fosite"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fosite-fapi/fosite-fapi/fapi"
	"github.com/fosite-fapi/fosite-fapi/fapitest"
	"github.com/fosite-fapi/fosite-fapi/keys"
	"github.com/fosite-fapi/fosite-fapi/registration"
)

// What is misconfigured about registration, Compose says.
func TestRegistrationIsComposed(t *testing.T) {
	t.Parallel()
	usual := func() fapi.Registration { return open(new(registration.Memory), "fapi2-security") }
	for name, c := range map[string]struct {
		change func(*fapi.Registration)
		more   []fapi.Option
		want   string
	}{
		"nothing at all":         {func(r *fapi.Registration) { *r = fapi.Registration{} }, nil, "Store, URL and Judge are required"},
		"nothing at all, too":    {func(r *fapi.Registration) { *r = fapi.Registration{} }, nil, "nobody may register"},
		"no profile":             {func(r *fapi.Registration) { r.Profile = nil }, nil, "names the profile of a new client"},
		"nobody":                 {func(r *fapi.Registration) { r.InitialAccess, r.StatementIssuers = nil, nil }, nil, "nobody may register"},
		"open, and not":          {func(r *fapi.Registration) { r.InsecureOpen = true }, nil, "InsecureOpen makes"},
		"an issuer without keys": {func(r *fapi.Registration) { r.StatementIssuers[0].JWKS = nil }, nil, "needs JWKS or JWKSURI"},
		"an issuer with both":    {func(r *fapi.Registration) { r.StatementIssuers[0].JWKSURI = directory + "/jwks" }, nil, "needs JWKS or JWKSURI"},
		"an issuer twice":        {func(r *fapi.Registration) { r.StatementIssuers = slices.Repeat(r.StatementIssuers, 2) }, nil, "to be there once"},
		"no endpoint":            {func(*fapi.Registration) {}, []fapi.Option{fapi.WithEndpoints(fapi.Endpoints{Registration: "-"})}, "without an endpoint"},
		"twice":                  {func(*fapi.Registration) {}, []fapi.Option{fapi.WithRegistration(usual())}, "registration is given twice"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := usual()
			c.change(&r)
			p, err := composed(hostConfig(), stores["json"](), append(c.more, fapi.WithProfile(fapi.FAPI2Security()), fapi.WithRegistration(r))...)
			require.ErrorContains(t, err, c.want)
			assert.Nil(t, p)
		})
	}
}

// Open registration is reported, and registers everybody.
func TestRegistrationIsOpen(t *testing.T) {
	t.Parallel()
	b := registrar(fapi.FAPI2Security(), func(r *fapi.Registration) { r.InitialAccess, r.StatementIssuers, r.InsecureOpen = nil, nil, true })(t, "json")
	assert.Equal(t, []string{"registration without DCR-01: everybody may register"}, b.provider.Weakened())
	assert.Equal(t, http.StatusCreated, enrol(headed("Authorization"))(b).Status)
	assert.Empty(t, registrar(fapi.FAPI2Security())(t, "json").provider.Weakened())
}

// The metadata names the endpoint where there is one, and only there is one.
func TestRegistrationEndpoint(t *testing.T) {
	t.Parallel()
	closed := newBench(t, "json")
	doc, err := closed.provider.Metadata(t.Context())
	require.NoError(t, err)
	assert.Empty(t, doc.RegistrationEndpoint)
	assert.Equal(t, http.StatusNotFound, enrol()(closed).Status)
	rec := httptest.NewRecorder()
	(&fapi.Handlers{Provider: closed.provider}).Registration().ServeHTTP(rec, httptest.NewRequest(http.MethodPost, "/register", nil))
	assert.Equal(t, http.StatusNotFound, rec.Code)

	store := fapitest.NewJSONStore()
	p, err := composed(hostConfig(), store, fapi.WithProfile(fapi.FAPI2Security()), fapi.WithRegistration(open(store, "fapi2-security")),
		fapi.WithEndpoints(fapi.Endpoints{Registration: issuer + "/connect/register"}))
	require.NoError(t, err)
	doc, err = p.Metadata(t.Context())
	require.NoError(t, err)
	assert.Equal(t, issuer+"/connect/register", doc.RegistrationEndpoint)
	require.NoError(t, doc.Validate())
	b := &bench{T: t, provider: p, events: &events{}}
	b.mount()
	a := b.write(&letter{http.MethodPost, doc.RegistrationEndpoint, http.Header{"Authorization": {"Bearer " + initialToken}, "Content-Type": {"application/json"}}, newcomer(), ""})
	require.Equal(t, http.StatusCreated, a.Status, string(a.Body))
	assert.Equal(t, http.StatusOK, b.own(a, nil).Status)
}

// Each client gets the profile that the host's policy names, and is served by it: here by the holder of the token.
func TestRegistrationForSeveralProfiles(t *testing.T) {
	t.Parallel()
	b := newBench(t, "json")
	store := b.store.(*fapitest.JSONStore)
	r := open(store, "")
	r.InitialAccess = registration.InitialAccessFunc(func(_ context.Context, token string) (*registration.Admission, error) {
		return &registration.Admission{Holder: strings.TrimPrefix(token, initialToken+"-")}, nil
	})
	r.Profile = func(_ context.Context, r *registration.Request) (string, error) {
		switch holder := r.Admission.Holder; holder {
		case "nobody":
			return "", errors.New("what only the log may know")
		case "told":
			return "", fosite.ErrAccessDenied.WithHint("Sign the contract first.")
		case "typednil":
			var none *fosite.RFC6749Error
			return "", none
		case "elsewhere":
			return "", &fosite.RFC6749Error{ErrorField: "unapproved_software_statement"}
		default:
			return holder, nil
		}
	}
	ms := fapi.FAPI2MessageSigning()
	none := func(context.Context, fosite.Client) (string, error) { return "fapi2-security", nil }
	var err error
	b.provider, err = composed(hostConfig(), store, append(b.observed(), fapi.WithProfiles(fapi.RegisteredProfile(none), fapi.FAPI2Security(), ms), fapi.WithRegistration(r))...)
	require.NoError(t, err)
	b.mount()
	b.connect(b.a, &b.certA)
	as := func(holder string) *fapitest.Answer { return enrol(bearing(initialToken + "-" + holder))(b) }

	plain := as("fapi2-security")
	require.Equal(t, http.StatusCreated, plain.Status, string(plain.Body))
	assert.NotContains(t, plain.JSON, "require_signed_request_object")
	assert.NotEmpty(t, b.tokens(b.client(plain), "openid accounts").Text("access_token"))
	signed := as(ms.Name)
	require.Equal(t, http.StatusCreated, signed.Status, string(signed.Body))
	assert.Equal(t, true, signed.JSON["require_signed_request_object"])
	assert.Equal(t, "ES256", signed.JSON["authorization_signed_response_alg"])
	assert.Equal(t, ms.Name, b.events.newest().Subject, "the holder of the token")
	client := b.client(signed)
	assert.Equal(t, "F2-MS-01", refusalOfPush(b, client))
	client.RequestObjects = true
	pushed := b.push(client, client.Request(verifier, "openid accounts"))
	require.Equal(t, http.StatusCreated, pushed.Status, string(pushed.Body))
	returned := b.visit(client, pushed.Text("request_uri")).Location().Query()
	assert.True(t, returned.Has("response"), "a signed response: %v", returned)
	assert.NotEmpty(t, b.tokens(b.a, "accounts").Text("access_token"), "the others go on")

	for holder, want := range map[string][3]string{
		"":               {"invalid_client_metadata", "The server has no security profile for such a client. (FAPI-SEL)", "FAPI-SEL"},
		fapi.Legacy:      {"invalid_client_metadata", "The server has no security profile for such a client. (FAPI-SEL)", "FAPI-SEL"},
		"fapi1-advanced": {"invalid_client_metadata", "The server has no security profile for such a client. (FAPI-SEL)", "FAPI-SEL"},
		"nobody":         {"invalid_client_metadata", "The server has no security profile for such a client. (FAPI-SEL)", "FAPI-SEL"},
		"told":           {"invalid_client_metadata", "Sign the contract first. (FAPI-HOST)", "FAPI-HOST"},
		"typednil":       {"invalid_client_metadata", "The server has no security profile for such a client. (FAPI-SEL)", "FAPI-SEL"},
		"elsewhere":      {"unapproved_software_statement", "The software statement is not approved. (FAPI-HOST)", "FAPI-HOST"},
	} {
		a := as(holder)
		require.Equal(t, http.StatusBadRequest, a.Status, holder)
		assert.Equal(t, want, [3]string{a.Text("error"), a.Text("error_description"), b.events.last()}, holder)
	}
}

// An update is judged by the profile that serves the client by then.
func TestRegistrationOfClientThatMoved(t *testing.T) {
	t.Parallel()
	store, serving := fapitest.NewJSONStore(), "fapi2-security"
	ms := fapi.FAPI2MessageSigning()
	p, err := composed(hostConfig(), store, fapi.WithRegistration(open(store, "fapi2-security")),
		fapi.WithProfiles(func(context.Context, fosite.Client) (string, error) { return serving, nil }, fapi.FAPI2Security(), ms))
	require.NoError(t, err)
	b := &bench{T: t, provider: p, events: &events{}}
	b.mount()
	client := b.enrolled()
	serving = ms.Name
	a := b.own(client, newcomer())
	require.Equal(t, http.StatusOK, a.Status, string(a.Body))
	assert.Equal(t, true, a.JSON["require_signed_request_object"])
	record, err := store.GetRegistration(t.Context(), client.Text("client_id"))
	require.NoError(t, err)
	assert.Equal(t, ms.Name, record.Policy)
	serving = "gone"
	assert.Equal(t, http.StatusBadRequest, b.own(client, newcomer()).Status)
	assert.Equal(t, http.StatusOK, b.own(client, nil).Status, "it can be read")
	assert.Equal(t, http.StatusNoContent, b.own(client, nil, using(http.MethodDelete)).Status, "and deleted")
}

// A policy that panics refuses, and says no more; nor does a storage, at either endpoint.
func TestRegistrationPolicyPanics(t *testing.T) {
	t.Parallel()
	b := registrar(fapi.FAPI2Security(), func(r *fapi.Registration) {
		r.Profile = func(context.Context, *registration.Request) (string, error) { panic("inside") }
	})(t, "json")
	a := enrol()(b)
	assert.Equal(t, http.StatusInternalServerError, a.Status)
	assert.NotContains(t, string(a.Body), "inside")
	assert.Equal(t, "FAPI-HOST", b.events.last())

	b = registrar(fapi.FAPI2Security(), func(*fapi.Registration) {})(t, "json")
	client := b.enrolled()
	for _, op := range []string{"CreateRegistration", "GetRegistration"} {
		failing := op
		b.store.(*fapitest.JSONStore).Fail = func(op string) error {
			if op == failing {
				panic("inside")
			}
			return nil
		}
		a = enrol()(b)
		if op == "GetRegistration" {
			a = b.own(client, nil)
		}
		assert.Equal(t, http.StatusInternalServerError, a.Status, op)
		assert.NotContains(t, string(a.Body), "inside")
		assert.Equal(t, "FAPI-HOST", b.events.last())
	}
}

func refusalOfPush(b *bench, c *fapitest.Client) string {
	b.Helper()
	require.Equal(b, http.StatusBadRequest, b.push(c, c.Request(verifier, usualScope)).Status)
	return b.events.last()
}

// A client that the host's storage or its selector does not serve as it was registered is none.
func TestRegistrationThatIsNotServed(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		store    registration.Store
		selector fapi.Selector
		status   int
		id       string
	}{
		"not found":       {new(registration.Memory), nil, 500, "FAPI-SEL"},
		"another profile": {nil, func(context.Context, fosite.Client) (string, error) { return "fapi2-message-signing", nil }, 500, "FAPI-SEL"},
		"no profile":      {nil, func(context.Context, fosite.Client) (string, error) { return "", nil }, 500, "FAPI-SEL"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t, "json")
			if c.store == nil {
				c.store = b.store.(*fapitest.JSONStore)
			}
			if c.selector == nil {
				c.selector = func(context.Context, fosite.Client) (string, error) { return "fapi2-security", nil }
			}
			counted := &counting{Store: c.store}
			var err error
			b.provider, err = composed(hostConfig(), b.store, append(b.observed(), fapi.WithProfiles(c.selector, fapi.FAPI2Security(), fapi.FAPI2MessageSigning()),
				fapi.WithRegistration(open(counted, "fapi2-security")))...)
			require.NoError(t, err)
			b.mount()
			a := enrol()(b)
			assert.Equal(t, c.status, a.Status, string(a.Body))
			assert.Equal(t, "server_error", a.Text("error"))
			assert.Equal(t, c.id, b.events.last())
			assert.NotContains(t, a.JSON, "registration_access_token")
			assert.Equal(t, []string{"create", "delete"}, counted.done)
		})
	}
}

// counting says what was done to a store, and can fail.
type counting struct {
	registration.Store
	mu   sync.Mutex
	done []string
}

func (c *counting) did(what string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.done = append(c.done, what)
}

func (c *counting) CreateRegistration(ctx context.Context, r *registration.Record) error {
	c.did("create")
	return c.Store.CreateRegistration(ctx, r)
}

func (c *counting) UpdateRegistration(ctx context.Context, r *registration.Record, version uint64) error {
	c.did("update")
	return c.Store.UpdateRegistration(ctx, r, version)
}

func (c *counting) DeleteRegistration(ctx context.Context, id string) error {
	c.did("delete")
	return c.Store.DeleteRegistration(ctx, id)
}

// Without its record in the audit nobody is registered and nothing is changed.
func TestRegistrationNeedsItsAudit(t *testing.T) {
	t.Parallel()
	store := fapitest.NewJSONStore()
	down := false
	p, err := composed(hostConfig(), store, fapi.WithProfile(fapi.FAPI2Security()), fapi.WithRegistration(open(store, "fapi2-security")),
		fapi.WithRequiredAudit(fapi.AuditFunc(func(_ context.Context, e fapi.Event) error {
			if down && e.Granted {
				return errors.New("the disk is full")
			}
			return nil
		})))
	require.NoError(t, err)
	b := &bench{T: t, provider: p, events: &events{}}
	b.mount()
	client := b.enrolled()
	before := b.own(client, nil)

	down = true
	for name, a := range map[string]*fapitest.Answer{
		"create": enrol()(b), "read": b.own(client, nil), "update": b.own(client, newcomer(), says("client_name", "Newer")),
	} {
		assert.Equal(t, http.StatusServiceUnavailable, a.Status, name)
		assert.Equal(t, "temporarily_unavailable", a.Text("error"), name)
		assert.NotContains(t, a.JSON, "registration_access_token", name)
	}
	down = false
	assert.JSONEq(t, string(before.Body), string(b.own(client, nil).Body), "the update was taken back")
	require.Equal(t, http.StatusOK, b.own(client, newcomer(), says("client_name", "Newer")).Status)
}

// The server's own faults are told as such.
func TestRegistrationFaults(t *testing.T) {
	t.Parallel()
	store := fapitest.NewJSONStore()
	var fault string
	set, err := keys.New(keys.Key{Signer: testEC()})
	require.NoError(t, err)
	store.Fail = func(op string) error {
		if op == fault {
			return errors.New("down")
		}
		return nil
	}
	events := &events{}
	profile := fapi.FAPI2Security().With(rule("ACME-1", fapi.AtRegistration, func(*fapi.Request) error {
		if fault == "rule" {
			panic("inside")
		}
		return nil
	}))
	p, err := fapi.New(store, hostConfig(), fapi.WithProfile(profile), fapi.WithRegistration(open(store, profile.Name)), fapi.WithAudit(events),
		fapi.WithKeySource(func(context.Context) (*keys.Set, error) {
			if fault == "keys" {
				return nil, errors.New("the HSM is away")
			}
			return set, nil
		}))
	require.NoError(t, err)
	b := &bench{T: t, provider: p, events: events}
	b.mount()
	client := b.enrolled()
	for name, c := range map[string]struct {
		status int
		id     string
		do     func() *fapitest.Answer
	}{
		"CreateRegistration": {503, "FAPI-STORE", func() *fapitest.Answer { return enrol()(b) }},
		"GetClient":          {503, "FAPI-STORE", func() *fapitest.Answer { return enrol()(b) }},
		"GetRegistration":    {503, "FAPI-STORE", func() *fapitest.Answer { return b.own(client, nil) }},
		"UpdateRegistration": {503, "FAPI-STORE", func() *fapitest.Answer { return b.own(client, newcomer()) }},
		"DeleteRegistration": {503, "FAPI-STORE", func() *fapitest.Answer { return b.own(client, nil, using(http.MethodDelete)) }},
		"keys":               {503, "FAPI-KEYS", func() *fapitest.Answer { return enrol()(b) }},
		"rule":               {500, "ACME-1", func() *fapitest.Answer { return enrol()(b) }},
	} {
		fault = name
		a := c.do()
		assert.Equal(t, c.status, a.Status, name)
		assert.Equal(t, c.id, events.last(), name)
		assert.NotContains(t, string(a.Body), "inside", name)
		assert.NotContains(t, string(a.Body), "down", name)
	}
	fault = ""
	assert.Equal(t, http.StatusNoContent, b.own(client, nil, using(http.MethodDelete)).Status)
	events.judge(t)
}

// error_uri goes to who has shown a token, and to nobody else.
func TestRegistrationErrorURI(t *testing.T) {
	t.Parallel()
	store := fapitest.NewJSONStore()
	p, err := composed(hostConfig(), store, fapi.WithProfile(fapi.FAPI2Security()), fapi.WithRegistration(open(store, "fapi2-security")), fapi.WithErrorURI(errorBase))
	require.NoError(t, err)
	b := &bench{T: t, provider: p, events: &events{}}
	b.mount()
	a := enrol(says("token_endpoint_auth_method", "none"))(b)
	assert.Contains(t, a.Text("error_uri"), "F2-AS-03")
	a = b.own(b.enrolled(), newcomer(), says("token_endpoint_auth_method", "none"))
	assert.Contains(t, a.Text("error_uri"), "F2-AS-03")
	assert.NotContains(t, enrol(bearing(text(43)))(b).JSON, "error_uri")
	assert.NotContains(t, b.own(b.enrolled(), newcomer(), bearing(text(43))).JSON, "error_uri")
}

// All that is wrong is told at once, the first under its own ID.
func TestRegistrationTellsAll(t *testing.T) {
	t.Parallel()
	b := registrar(fapi.FAPI2Security())(t, "json")
	a := enrol(says("token_endpoint_auth_method", "client_secret_basic"), says("id_token_signed_response_alg", "RS256"), says("scope", `openid "; DROP`))(b)
	require.Equal(t, http.StatusBadRequest, a.Status)
	said := a.Text("error_description")
	assert.Contains(t, said, "token_endpoint_auth_method is 'client_secret_basic', want private_key_jwt, tls_client_auth, self_signed_tls_client_auth (F2-AS-06)")
	assert.Contains(t, said, "(F2-CR-02); ")
	assert.Contains(t, said, "(DCR-10); ")
	assert.Regexp(t, registeredCharacters, said)
	a = enrol(says("redirect_uris", slices.Repeat([]string{"http://x.example/" + strings.Repeat("x", 1000)}, 100)))(b)
	assert.Less(t, len(a.Body), 5000)
}

// A statement's issuer may have its keys elsewhere.
func TestRegistrationFetchesIssuerKeys(t *testing.T) {
	t.Parallel()
	set := publicSet("directory-1", directoryKey)
	server := httptest.NewTLSServer(http.HandlerFunc(func(rw http.ResponseWriter, _ *http.Request) {
		raw, err := set.Keys[0].MarshalJSON()
		assert.NoError(t, err)
		_, _ = rw.Write([]byte(`{"keys":[` + string(raw) + `]}`))
	}))
	t.Cleanup(server.Close)
	pool := server.Client().Transport.(*http.Transport).TLSClientConfig.RootCAs
	store := fapitest.NewJSONStore()
	r := open(store, "fapi2-security")
	r.StatementIssuers = []fapi.StatementIssuer{{Issuer: directory, JWKSURI: server.URL}}
	p, err := composed(hostConfig(), store, fapi.WithProfile(fapi.FAPI2Security()), fapi.WithRegistration(r),
		fapi.WithOutbound(fapi.Outbound{AllowPrivate: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}, RootCAs: pool}))
	require.NoError(t, err)
	b := &bench{T: t, provider: p, events: &events{}}
	b.mount()
	assert.Equal(t, http.StatusCreated, enrol(headed("Authorization"), stated(nil))(b).Status)
	a := enrol(headed("Authorization"), stated(map[string]any{"iss": "https://other.example.com"}))(b)
	assert.Equal(t, "unapproved_software_statement", a.Text("error"))
	server.Close()
	p, err = composed(hostConfig(), store, fapi.WithProfile(fapi.FAPI2Security()), fapi.WithRegistration(r))
	require.NoError(t, err)
	b.provider = p
	b.mount()
	a = enrol(headed("Authorization"), stated(nil))(b)
	assert.Equal(t, http.StatusServiceUnavailable, a.Status, string(a.Body))
}

// A client is updated by many and deleted by one at once: it is gone, and each answer is one that can be explained.
func TestRegistrationAtOnce(t *testing.T) {
	t.Parallel()
	for store := range stores {
		t.Run(store, func(t *testing.T) {
			t.Parallel()
			b := registrar(fapi.FAPI2Security())(t, store)
			client := b.enrolled()
			statuses := make(chan [2]int, 32)
			var all sync.WaitGroup
			for i := range 32 {
				all.Go(func() {
					if i%8 == 7 {
						statuses <- [2]int{1, b.own(client, nil, using(http.MethodDelete)).Status}
						return
					}
					statuses <- [2]int{0, b.own(client, newcomer(), says("client_name", text(i+1))).Status}
				})
			}
			all.Wait()
			close(statuses)
			deleted := 0
			for s := range statuses {
				if s[0] == 1 {
					assert.Contains(t, []int{204, 401}, s[1])
				} else {
					assert.Contains(t, []int{200, 401, 503}, s[1])
				}
				if s[1] == http.StatusNoContent {
					deleted++
				}
			}
			assert.Equal(t, 1, deleted)
			assert.Equal(t, http.StatusUnauthorized, b.own(client, nil).Status)
			_, err := b.store.GetClient(t.Context(), client.Text("client_id"))
			require.ErrorIs(t, err, fosite.ErrNotFound)
		})
	}
}

// Of updates at once each is whole, and the version counts those that were made.
func TestUpdatesAtOnce(t *testing.T) {
	t.Parallel()
	b := registrar(fapi.FAPI2Security())(t, "json")
	client := b.enrolled()
	names := make(chan string, 32)
	var all sync.WaitGroup
	for i := range 32 {
		all.Go(func() {
			if a := b.own(client, newcomer(), says("client_name", text(i+1)), says("software_version", text(i+1))); a.Status == http.StatusOK {
				names <- a.Text("client_name")
			}
		})
	}
	all.Wait()
	close(names)
	made := slices.Collect(func(yield func(string) bool) {
		for n := range names {
			if !yield(n) {
				return
			}
		}
	})
	require.NotEmpty(t, made)
	record, err := b.store.(registration.Store).GetRegistration(t.Context(), client.Text("client_id"))
	require.NoError(t, err)
	assert.EqualValues(t, len(made)+1, record.Version)
	assert.Contains(t, made, record.ClientName)
	assert.Equal(t, record.ClientName, record.SoftwareVersion)
}

// The life of a client, refused at each step too, tells no secret: no token, no statement, no key.
func TestRegistrationTellsNothingSecret(t *testing.T) {
	t.Parallel()
	for store := range stores {
		t.Run(store, func(t *testing.T) {
			t.Parallel()
			b := registrar(fapi.FAPI2Security())(t, store)
			e := &b.events.emitted
			client := b.enrolled(stated(nil))
			doc := newcomer()
			doc["software_statement"] = client.Text("software_statement")
			for _, changes := range [][]change{
				nil, {says("client_secret", text(40))}, {says("registration_access_token", text(43))}, {bearing(text(60))}, {headed("Authorization", "Basic "+text(50))},
				{stated(map[string]any{"software_id": "other"})}, {says("software_statement", text(90))}, {raw(text(100))}, {says("scope", "everything")},
				{says("jwks", map[string]any{"keys": []any{map[string]any{"kty": "oct", "k": text(70)}}})},
			} {
				b.own(client, doc, changes...)
				enrol(changes...)(b)
			}
			b.own(client, nil)
			require.Equal(t, http.StatusNoContent, b.own(client, nil, using(http.MethodDelete)).Status)
			kinds := slices.Collect(maps.Keys(e.kinds))
			for _, kind := range []string{"registration_access_token", "software_statement", "client_secret", "Authorization", "initial access token"} {
				assert.Contains(t, kinds, kind)
			}
			e.keep("symmetric key of a client", text(70))
			assert.Greater(t, len(e.lines), 20)
			assert.Greater(t, len(e.spans), 20)
			for _, name := range []string{"FAPI.Register", "FAPI.ManageRegistration"} {
				assert.True(t, slices.ContainsFunc(e.spans, func(s *span) bool { return s.name == name && s.attribute("fapi.stage") == "registration" }), name)
			}
			assert.Empty(t, e.leaks())
		})
	}
}
