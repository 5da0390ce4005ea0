package fapitest

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"testing"

	"github.com/go-jose/go-jose/v4"
	"github.com/ory/fosite"
	"github.com/stretchr/testify/require"

	"github.com/fosite-fapi/fosite-fapi/fapi"
	"github.com/fosite-fapi/fosite-fapi/jarm"
	"github.com/fosite-fapi/fosite-fapi/metadata"
	"github.com/fosite-fapi/fosite-fapi/registration"
)

// A Server is an authorization server in this process, with clients that drive it: no sockets, no goroutines. Its
// methods send one message each, as the acting client, and end the test where one can't be sent; they are for one
// goroutine at a time. What shall run at once is sent by [Server.Client].
type Server struct {
	testing.TB
	Provider *fapi.Provider
	Handler  http.Handler // all endpoints, and the resource
	Store    fosite.Storage
	Metadata metadata.Document
	// Trail is what the audit has seen so far; see [Answer.Audit] for that of one message.
	Trail *Trail
	// User decides; nil where the Config has an Interaction or a Handler of the host's.
	User *User
	// Acting is the client that sends: the first, or the one named by [Server.As].
	Acting *Client
	// Scope is what it requests.
	Scope string
	// Request replaces parameters of its authorization requests.
	Request url.Values
	// Verifier is the code_verifier of its requests: that of RFC 7636 Appendix B.
	Verifier string

	members map[string]*member
	pushing []Mutation
}

// NewServer makes a server. The test ends where that fails. To move time, see [Run].
func NewServer(tb testing.TB, config Config) *Server {
	tb.Helper()
	config = config.withDefaults()
	s := &Server{
		TB: tb, Trail: &Trail{}, User: &User{session: config.NewSession}, Scope: config.Scope, Request: config.Request,
		Verifier: "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk", members: make(map[string]*member, len(config.Clients)),
	}
	var clients []fosite.Client
	for _, c := range config.Clients {
		m, err := c.enrol(config.Scope+" payments", config.profile(c.Profile))
		require.NoError(tb, err)
		require.NotContains(tb, s.members, c.ID, "two clients have this ID")
		s.members[c.ID] = m
		clients = append(clients, m.registered)
	}
	s.Store = config.Store(clients...)
	var err error
	s.Provider, err = config.compose(s.Store, s.Trail)
	require.NoError(tb, err)
	doc, err := s.Provider.Metadata(tb.Context())
	require.NoError(tb, err)
	s.Metadata = *doc
	s.Handler = s.mount(config)
	for _, m := range s.members {
		m.Server, m.HTTP = s.Metadata, HTTP(s.Handler, m.certificate)
	}
	if len(config.Clients) > 0 {
		s.Acting = s.members[config.Clients[0].ID].Client
	}
	return s
}

// mount joins the endpoints and the resource.
func (s *Server) mount(config Config) http.Handler {
	s.Helper()
	mux := http.NewServeMux()
	resource := config.Resource
	if resource == nil {
		resource = accounts
	}
	mux.Handle(resourcePath, resource(s.Provider))
	interaction := fapi.Interaction(s.User)
	if config.Interaction != nil {
		interaction, s.User = config.Interaction, nil
	}
	if config.Handler != nil {
		s.User = nil
		mux.Handle("/", config.Handler(s.Provider))
		return mux
	}
	endpoints, err := (&fapi.Handlers{
		Provider: s.Provider, Interaction: interaction,
		NewSession: func(context.Context) fosite.Session { return config.NewSession("") },
	}).Mux(s.Context())
	require.NoError(s, err)
	mux.Handle("/", endpoints)
	return mux
}

const resourcePath = "/accounts"

// accounts is the usual resource.
func accounts(p *fapi.Provider) http.Handler {
	return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		ar, err := p.Authorize(r.Context(), r, fapi.NewSession(""), "accounts")
		if err != nil {
			fapi.WriteResourceError(rw, err)
			return
		}
		rw.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(rw).Encode(map[string]string{"sub": ar.GetSession().GetSubject()})
	})
}

// Client returns the client with this ID, the test's own to change until a message is under way. The test ends where
// there is none.
func (s *Server) Client(id string) *Client {
	s.Helper()
	return s.member(id).Client
}

// Registration returns the registration of the client with this ID, which may be changed where the store keeps the
// value that it was given, as [JSONStore] and fosite's MemoryStore do. The test ends where the store has a copy:
// use [ClientConfig.Register] there.
func (s *Server) Registration(id string) *registration.Client {
	s.Helper()
	registered := s.member(id).registered
	stored, err := s.Store.GetClient(s.Context(), id)
	require.NoError(s, err)
	require.Same(s, registered, stored, "the store keeps a copy of the registration")
	return registered
}

func (s *Server) member(id string) *member {
	s.Helper()
	m := s.members[id]
	require.NotNil(s, m, "there is no client %q", id)
	return m
}

// As returns a view of the server in which another client acts.
func (s *Server) As(id string) *Server {
	s.Helper()
	view := *s
	view.Acting = s.Client(id)
	return &view
}

// Pushing returns a view of the server in which every authorization request of the acting client is changed, be it
// pushed or, from a legacy client, sent by value.
func (s *Server) Pushing(m ...Mutation) *Server {
	view := *s
	view.pushing = slices.Concat(s.pushing, m)
	return &view
}

// legacy reports whether a client is left to the factories.
func (s *Server) legacy(c *Client) bool {
	m := s.members[c.ID]
	return m != nil && m.profile == fapi.Legacy
}

// Claims verifies a JWT that the server signed for a profiled client, by PS256, ES256 or EdDSA, and returns its claims.
// The test ends where it is no such JWT.
func (s *Server) Claims(token string) map[string]any {
	s.Helper()
	jws, err := jose.ParseSignedCompact(token, []jose.SignatureAlgorithm{jose.PS256, jose.ES256, jose.EdDSA})
	require.NoError(s, err)
	set, err := s.Provider.JWKS(s.Context())
	require.NoError(s, err)
	payload, err := jws.Verify(set)
	require.NoError(s, err)
	var claims map[string]any
	require.NoError(s, json.Unmarshal(payload, &claims))
	return claims
}

// Returned are the parameters of an authorization response: [Answer.Returned], or those of the JWT in it, which is
// verified as a client does (JARM 2.4). The test ends where it can't be.
func (s *Server) Returned(a *Answer) url.Values {
	s.Helper()
	returned := a.Returned()
	if !returned.Has("response") {
		return returned
	}
	v := jarm.Verifier{Issuer: s.Metadata.Issuer, ClientID: a.Client.ID, Keys: serverKeys{s}, DecryptionKeys: a.Client.DecryptionKeys}
	response, err := v.Verify(s.Context(), returned.Get("response"))
	require.NoError(s, err)
	return response.Parameters
}

// serverKeys are the server's public keys.
type serverKeys struct{ *Server }

func (k serverKeys) Keys(ctx context.Context, _ bool) (*jose.JSONWebKeySet, error) {
	return k.Provider.JWKS(ctx)
}
