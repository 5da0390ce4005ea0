package fapitest_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/ory/fosite"
	"github.com/ory/fosite/compose"
	"github.com/ory/fosite/storage"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fosite-fapi/fosite-fapi/cnf"
	"github.com/fosite-fapi/fosite-fapi/dpop"
	"github.com/fosite-fapi/fosite-fapi/fapi"
	"github.com/fosite-fapi/fosite-fapi/fapitest"
	"github.com/fosite-fapi/fosite-fapi/keys"
)

// memory is fosite's own store.
func memory(clients ...fosite.Client) fosite.Storage {
	s := storage.NewMemoryStore()
	for _, c := range clients {
		s.Clients[c.GetID()] = c
	}
	return s
}

// Every kind of client goes through every message.
func TestServerSpeaksEveryFlow(t *testing.T) {
	t.Parallel()
	for name, client := range map[string]fapitest.ClientConfig{
		"ES256": {}, "PS256": {Algorithm: jose.PS256}, "EdDSA": {Algorithm: jose.EdDSA},
		"tls_client_auth":                      {AuthMethod: "tls_client_auth"},
		"self_signed_tls_client_auth":          {AuthMethod: "self_signed_tls_client_auth"},
		"DPoP":                                 {Binding: fapi.BindingDPoP},
		"tls_client_auth and DPoP":             {AuthMethod: "tls_client_auth", Binding: fapi.BindingDPoP},
		"self_signed_tls_client_auth and DPoP": {AuthMethod: "self_signed_tls_client_auth", Binding: fapi.BindingDPoP},
	} {
		for store, made := range map[string]func(...fosite.Client) fosite.Storage{"usual store": nil, "fosite's store": memory} {
			t.Run(name+"/"+store, func(t *testing.T) {
				fapitest.Run(t, fapitest.Config{Clients: []fapitest.ClientConfig{client}, Store: made}, func(s *fapitest.Server) {
					tokens := s.Tokens()
					fapitest.Accepted()(s, tokens)
					fapitest.IDTokenClaim("sub", "alice")(s, tokens)

					seen := s.Introspect(tokens.Text("access_token"))
					fapitest.Active(true)(s, seen)
					if client.Binding == fapi.BindingDPoP {
						jkt, err := dpop.Thumbprint(&jose.JSONWebKey{Key: s.Acting.ProofKey.Public()})
						require.NoError(s, err)
						fapitest.Member("cnf", map[string]any{"jkt": jkt})(s, seen)
					} else {
						certificate := s.Acting.HTTP.Transport.(*fapitest.Transport).Certificate
						fapitest.Member("cnf", map[string]any{"x5t#S256": cnf.Thumbprint(certificate.Leaf)})(s, seen)
					}
					fapitest.Member("sub", "alice")(s, s.Resource(tokens.Text("access_token")))

					refreshed := s.Refresh(tokens.Text("refresh_token"))
					fapitest.Accepted()(s, refreshed)
					fapitest.Active(false)(s, s.Introspect(tokens.Text("access_token")))
					fapitest.Accepted()(s, s.Revoke(refreshed.Text("access_token")))
					fapitest.Active(false)(s, s.Introspect(refreshed.Text("access_token")))
					fapitest.All(fapitest.Accepted(), fapitest.Member("scope", "accounts"))(s, s.ClientCredentials())
					assert.Empty(s, s.Trail.Refusals())
				})
			})
		}
	}
}

// The host's factories serve legacy clients beside profiled ones.
func TestServerWithLegacyClients(t *testing.T) {
	t.Parallel()
	profile := fapi.FAPI2Security()
	profile.Name, profile.AccessTokenLifetime = "short", time.Minute
	config := fapitest.Config{
		Profiles: []fapi.Profile{fapi.FAPI2Security(), profile},
		Factories: []compose.Factory{
			compose.OAuth2AuthorizeExplicitFactory, compose.OAuth2RefreshTokenGrantFactory, compose.OAuth2ClientCredentialsGrantFactory,
			compose.OpenIDConnectExplicitFactory, compose.OAuth2TokenIntrospectionFactory, compose.OAuth2TokenRevocationFactory,
		},
		Clients: []fapitest.ClientConfig{
			{}, {ID: "quick", Profile: "short"}, {ID: "old", Profile: fapi.Legacy}, {ID: "older", Profile: fapi.Legacy, AuthMethod: "client_secret_post"},
		},
	}
	for id, lifetime := range map[string]float64{"client-a": 300, "quick": 60, "old": 3600, "older": 3600} {
		t.Run(id, func(t *testing.T) {
			fapitest.Run(t, config, func(s *fapitest.Server) {
				tokens := fapitest.Flow().As(id)(s)
				fapitest.All(fapitest.Accepted(), fapitest.Member("expires_in", lifetime))(s, tokens)
				fapitest.Accepted()(s, s.As(id).Refresh(tokens.Text("refresh_token")))
				legacy := id == "old" || id == "older"
				assert.Equal(s, legacy, len(s.Trail.Events()) == 0)
				assert.Equal(s, legacy, fapitest.Authorize().As(id)(s).Returned().Get("iss") == "")
			})
		})
	}
	t.Run("refused", func(t *testing.T) {
		fapitest.Run(t, config, func(s *fapitest.Server) {
			fapitest.Refused("", "invalid_client", 401)(s, fapitest.ClientCredentials(fapitest.Basic("old", "wrong")).As("old")(s))
			fapitest.Refused("", "access_denied", 303)(s, fapitest.Authorize().As("old").Denied(fosite.ErrAccessDenied)(s))
		})
	})
}

// A hostSession is of a type that this module does not know.
type hostSession struct {
	*fapi.Session
	Branch string
}

func (s *hostSession) Clone() fosite.Session {
	return &hostSession{Session: s.Session.Clone().(*fapi.Session), Branch: s.Branch}
}

// A host tests its own composition, handlers, login and session.
func TestServerOfAHost(t *testing.T) {
	t.Parallel()
	t.Run("handlers", func(t *testing.T) {
		fapitest.Run(t, fapitest.Config{Handler: func(p *fapi.Provider) http.Handler {
			mux, err := (&fapi.Handlers{Provider: p, Interaction: &fapitest.User{Subject: "bob"}}).Mux(t.Context())
			require.NoError(t, err)
			return mux
		}}, func(s *fapitest.Server) {
			assert.Nil(s, s.User)
			fapitest.IDTokenClaim("sub", "bob")(s, s.Tokens())
		})
	})
	t.Run("login", func(t *testing.T) {
		fapitest.Run(t, fapitest.Config{Interaction: &fapitest.User{Denies: fosite.ErrAccessDenied}}, func(s *fapitest.Server) {
			assert.Nil(s, s.User)
			fapitest.Refused("OA-09", "access_denied", 303)(s, s.Authorize())
		})
	})
	t.Run("session", func(t *testing.T) {
		branch := ""
		config := fapitest.Config{
			NewSession: func(subject string) fosite.Session {
				return &hostSession{Session: fapi.NewSession(subject), Branch: "of " + subject}
			},
			Resource: func(p *fapi.Provider) http.Handler {
				return http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
					ar, err := p.Authorize(r.Context(), r, &hostSession{Session: fapi.NewSession("")})
					if assert.NoError(t, err) {
						branch = ar.GetSession().(*hostSession).Branch
					}
				})
			},
		}
		fapitest.Run(t, config, func(s *fapitest.Server) { fapitest.Accepted()(s, fapitest.Resource()(s)) })
		assert.Equal(t, "of alice", branch)
	})
	t.Run("audit, options, scope", func(t *testing.T) {
		seen := &fapitest.Trail{}
		config := fapitest.Config{Auditor: seen, Options: []fapi.Option{fapi.WithAccessTokenFormat(fapi.JWT)}, Scope: "accounts"}
		fapitest.Run(t, config, func(s *fapitest.Server) {
			tokens := s.Tokens()
			fapitest.Member("scope", "accounts")(s, tokens)
			assert.Equal(s, "alice", s.Claims(tokens.Text("access_token"))["sub"])
			assert.Len(s, seen.Events(), 3)
			assert.Equal(s, s.Trail.Events(), seen.Events())
		})
	})
	t.Run("composition", func(t *testing.T) {
		key, err := keys.Generate("ES256")
		require.NoError(t, err)
		set, err := keys.New(key)
		require.NoError(t, err)
		config := fapitest.Config{Compose: func(store fosite.Storage, options ...fapi.Option) (*fapi.Provider, error) {
			config := &fosite.Config{GlobalSecret: []byte("a secret of thirty-two bytes, or"), IDTokenIssuer: "https://bank.example/tenant"}
			return fapi.Compose(config, store, compose.NewOAuth2HMACStrategy(config), append(options, fapi.WithProfile(fapi.FAPI2Security()), fapi.WithKeys(set))...)
		}}
		fapitest.Run(t, config, func(s *fapitest.Server) {
			fapitest.IDTokenClaim("iss", "https://bank.example/tenant")(s, s.Tokens())
			fapitest.Member("issuer", "https://bank.example/tenant")(s, s.Fetch("/.well-known/oauth-authorization-server/tenant"))
			fapitest.Status(http.StatusNotFound)(s, s.Fetch("/nowhere"))
			assert.Len(s, s.Trail.Events(), 3)
		})
	})
}

func TestServerWithANonce(t *testing.T) {
	t.Parallel()
	config := fapitest.Config{
		Clients: []fapitest.ClientConfig{{Binding: fapi.BindingDPoP}},
		Options: []fapi.Option{fapi.WithDPoPNonces(fapi.NonceRequired, []byte("a secret of thirty-two bytes, or"))},
	}
	fapitest.Table{
		{Name: "DPOP-50/refused", Do: fapitest.Push(), Want: fapitest.Refused("DPOP-50", "use_dpop_nonce", 400)},
		{Name: "DPOP-50/kept", Do: fapitest.Push().Twice(), Want: fapitest.Accepted()},
		{Name: "DPOP-50/kept through a flow", Do: fapitest.Resource(), Want: fapitest.Accepted()},
	}.Run(t, config)
}

// Time moves for certificates, codes and tokens alike, and costs nothing.
func TestTime(t *testing.T) {
	t.Parallel()
	began := time.Now()
	fapitest.Table{
		{Name: "F2-AS-11/kept at 59 s", Do: fapitest.Redeem(fapitest.After(59 * time.Second)), Want: fapitest.Accepted()},
		{Name: "F2-AS-11/refused at 61 s", Do: fapitest.Redeem(fapitest.After(61 * time.Second)), Want: fapitest.Refused("F2-AS-11", "invalid_grant", 400)},
		{Name: "OA-15/refused at 31 days", Do: fapitest.Refresh(fapitest.After(31 * 24 * time.Hour)), Want: fapitest.Refused("OA-15", "invalid_grant", 400)},
		{Name: "CA-04/refused an assertion of 2 minutes ago", Do: fapitest.Push(fapitest.Sealed, fapitest.After(2*time.Minute)), Want: fapitest.Refused("CA-04", "invalid_client", 401)},
		{Name: "PAR-24/kept she thinks for 10 minutes", Do: fapitest.Visit().By(fapitest.User{Thinks: 10 * time.Minute}), Want: fapitest.Accepted()},
		{Name: "PAR-24/refused she thinks for 12 minutes", Do: fapitest.Visit().By(fapitest.User{Thinks: 12 * time.Minute}), Want: fapitest.Refused("PAR-24", "invalid_request_uri", 400)},
	}.Run(t, fapitest.Config{})
	assert.Less(t, time.Since(began), time.Hour)
}
