package main

import (
	"bytes"
	"context"
	"crypto/rand"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/ory/fosite"
	"github.com/ory/fosite/compose"
	"github.com/ory/fosite/handler/openid"

	"github.com/fosite-fapi/fosite-fapi/fapi"
	"github.com/fosite-fapi/fosite-fapi/metadata"
	"github.com/fosite-fapi/fosite-fapi/registration"
	"github.com/fosite-fapi/fosite-fapi/replay"
	"github.com/fosite-fapi/fosite-fapi/resource"
)

// A server is the provider with its pages and resources.
type server struct {
	*setup
	log       *slog.Logger
	provider  *fapi.Provider
	resources *resource.Server
	store     *memory
	sessions  *sessions
	offered   offer
	handler   http.Handler

	connections *connections

	introspection http.Handler // the library's, for what it refuses
}

func newServer(s *setup, log *slog.Logger) (*server, error) {
	srv := &server{
		setup: s, log: log,
		store:    newMemory(s.retention(), s.now, fositeClients(s.clients)...),
		sessions: newSessions(s.profile.InteractionLifetime, s.now),
		offered:  s.offer(), connections: newConnections(maxConnections),
	}
	if err := srv.compose(); err != nil {
		return nil, err
	}
	handler, err := srv.mount()
	if err != nil {
		return nil, err
	}
	srv.handler = srv.logged(unambiguous(bounded(handler)))
	if s.Consent == "auto" {
		log.Warn("CONSENT IS AUTOMATIC: every authorization request is approved at once, without login, in the name of the first user", "user", s.users.first.name)
	}
	return srv, nil
}

// retention keeps a pushed request for as long as the interaction about it may take.
func (s *setup) retention() retention {
	p := s.profile
	return retention{pushed: p.RequestURILifetime + p.InteractionLifetime + time.Minute, access: p.AccessTokenLifetime, refresh: p.RefreshTokenLifetime}
}

// maxBody bounds what legacy clients and strangers may send; the profiles have a bound of their own.
const maxBody = 256 << 10

func fositeClients(clients []*client) []fosite.Client {
	out := make([]fosite.Client, len(clients))
	for i, c := range clients {
		out[i] = c
	}
	return out
}

// compose is where a host swaps compose.Compose for fapi.Compose.
func (s *server) compose() (err error) {
	secret := make([]byte, 32)
	_, _ = rand.Read(secret) // never fails; tokens don't outlive the process anyway
	config := &fosite.Config{
		GlobalSecret: secret, IDTokenIssuer: s.Issuer, AccessTokenIssuer: s.Issuer, TokenURL: s.url("/token"),
		ScopeStrategy: fosite.ExactScopeStrategy, HashCost: 4, EnforcePKCEForPublicClients: true, OmitRedirectScopeParam: true,
		AuthorizeCodeLifespan: s.profile.AuthorizationCodeLifetime, AccessTokenLifespan: s.profile.AccessTokenLifetime,
		RefreshTokenLifespan: s.profile.RefreshTokenLifetime, IDTokenLifespan: s.profile.IDTokenLifetime,
		PushedAuthorizeContextLifespan: s.profile.RequestURILifetime,
	}
	once := replay.NewMemory(8 * capacity) // a flow leaves up to eight marks, and none may be forgotten early
	once.Now = s.now
	sign := signer{s.keys}
	strategy := &compose.CommonStrategy{
		CoreStrategy:               compose.NewOAuth2HMACStrategy(config),
		OpenIDConnectTokenStrategy: &openid.DefaultStrategy{Signer: sign, Config: config},
		Signer:                     sign,
	}
	options := []fapi.Option{
		fapi.WithEndpoints(fapi.Endpoints{UserInfo: s.url("/userinfo"), MTLSBaseURL: s.MTLS.BaseURL}),
		fapi.WithKeys(s.keys),
		fapi.WithIDTokenClaims(s.idTokenClaims),
		fapi.WithAccessTokenFormat(fapi.AccessTokenFormat(s.AccessTokenFormat)),
		fapi.WithSingleUse(once),
		fapi.WithIntrospectors(mayIntrospect),
		fapi.WithOutbound(s.outbound),
		fapi.WithLogger(s.log),
		fapi.WithNow(s.now),
	}
	if s.decryption != nil {
		options = append(options, fapi.WithDecryptionKeys(s.decryption))
	}
	if s.certificates != nil {
		options = append(options, fapi.WithClientCertificates(s.certificates))
	}
	if policy := noncePolicies[s.DPoPNonce]; policy != fapi.NonceOff {
		options = append(options, fapi.WithDPoPNonces(policy, s.nonceSecret))
	}
	if len(s.detailsTypes) > 0 {
		options = append(options, fapi.WithAuthorizationDetails(s.detailsTypes...))
	}
	if s.anchors != nil {
		options = append(options, fapi.WithTrustAnchors(s.anchors))
	}
	if s.Registration.on() {
		options = append(options, s.registration())
	}
	served := s.served()
	if len(served) == 1 && !s.hasLegacy() {
		options = append(options, fapi.WithProfile(served[0]))
	} else {
		options = append(options, fapi.WithProfiles(profileOf, served...))
	}
	if s.hasLegacy() {
		options = append(options, fapi.WithFactories(
			compose.OAuth2AuthorizeExplicitFactory, compose.OAuth2RefreshTokenGrantFactory, compose.OAuth2ClientCredentialsGrantFactory,
			compose.OpenIDConnectExplicitFactory, compose.OpenIDConnectRefreshFactory, compose.OAuth2PKCEFactory,
			compose.OAuth2TokenIntrospectionFactory, compose.OAuth2TokenRevocationFactory, compose.PushedAuthorizeHandlerFactory,
		), fapi.WithLegacyIssuer()) // they read the same metadata
	}
	if s.provider, err = fapi.Compose(config, s.store, strategy, options...); err != nil {
		return err
	}
	if s.resources, err = s.newResources(once); err != nil {
		return err
	}
	for _, c := range s.clients {
		if err := s.provider.Check(context.Background(), c); err != nil {
			s.log.Warn("a client is registered for what it can not have", "client", c.ID, "problems", err)
		}
	}
	return nil
}

// bounded refuses what is longer than maxBody before anything looks for the client in it (PAR-15). What does not say how
// long it is has to be read for that.
func bounded(next http.Handler) http.Handler {
	return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		tooLarge := r.ContentLength > maxBody
		if r.ContentLength < 0 {
			raw, err := io.ReadAll(io.LimitReader(r.Body, maxBody+1))
			if err != nil {
				http.Error(rw, "the body can not be read", http.StatusBadRequest)
				return
			}
			tooLarge = len(raw) > maxBody
			r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(raw)), int64(len(raw))
		}
		if tooLarge {
			http.Error(rw, "the body is too large", http.StatusRequestEntityTooLarge)
			return
		}
		next.ServeHTTP(rw, r)
	})
}

// unambiguous refuses paths that http.ServeMux would redirect to their clean form, by a status that repeats a form
// with a password in it.
func unambiguous(next http.Handler) http.Handler {
	return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if path.Clean(r.URL.Path) != strings.TrimSuffix(r.URL.Path, "/") && r.URL.Path != "/" {
			http.NotFound(rw, r)
			return
		}
		next.ServeHTTP(rw, r)
	})
}

// mount gives each endpoint its path; the same ones serve both listeners.
func (s *server) mount() (http.Handler, error) {
	oauth, openid, err := metadata.Paths(s.Issuer)
	if err != nil {
		return nil, err
	}
	h := &fapi.Handlers{Provider: s.provider, Interaction: s, NewSession: newSession, Describe: s.describe}
	s.introspection = h.Introspection()
	mux := http.NewServeMux()
	mux.Handle(oauth, h.Metadata())
	mux.Handle(openid, h.Metadata())
	for at, handler := range map[string]http.Handler{
		"/authorize": h.Authorize(), "/par": h.PushedAuthorizationRequest(), "/token": h.Token(), "/jwks": h.JWKS(),
		"/introspect": http.HandlerFunc(s.introspect), "/revoke": h.Revocation(),
		loginPath: http.HandlerFunc(s.login), consentPath: http.HandlerFunc(s.consent),
		"/userinfo": s.protect(s.userinfo, []string{http.MethodGet, http.MethodHead, http.MethodPost}, resource.Scope("openid"), s.ofUser),
		"/accounts": s.protect(s.accounts, []string{http.MethodGet, http.MethodHead}, resource.Scope("accounts")),
	} {
		mux.Handle(s.pathOf(at), handler)
	}
	s.mountRegistration(mux, h)
	return mux, nil
}

// url is an endpoint below the issuer, pathOf its path.
func (s *server) url(path string) string { return strings.TrimSuffix(s.Issuer, "/") + path }

func (s *server) pathOf(path string) string {
	u, err := url.Parse(s.url(path))
	if err != nil {
		return path // the issuer was checked
	}
	return u.Path
}

// resourceURLs are the hosts by which clients know /userinfo and /accounts. What is below them is the path of the
// request.
func (s *server) resourceURLs() []string {
	bases := []string{strings.TrimSuffix(s.url("/"), s.pathOf("/"))}
	if s.MTLS.BaseURL != "" {
		bases = append(bases, s.MTLS.BaseURL)
	}
	return bases
}

// An offer is what only the host knows of the metadata. It is put together once: there may be many clients.
type offer struct {
	scopes, claims, userinfoAlgorithms []string
	legacy, public                     bool
}

func (s *setup) offer() offer {
	scopes := s.scopes()
	return offer{scopes: scopes, claims: s.users.claims(scopes), userinfoAlgorithms: s.userinfoAlgorithms(), legacy: s.hasLegacy(), public: s.hasPublic()}
}

// describe adds the offer to the metadata.
func (s *server) describe(_ context.Context, doc *metadata.Document) {
	doc.ScopesSupported = s.offered.scopes
	doc.UserinfoSigningAlgValuesSupported = s.offered.userinfoAlgorithms
	doc.ClaimsSupported = s.offered.claims
	doc.ACRValuesSupported = s.users.acrs
	if s.offered.legacy {
		basic, both := []string{"client_secret_basic"}, []string{"client_secret_basic", "client_secret_post"}
		doc.TokenEndpointAuthMethodsSupported = slices.Concat(doc.TokenEndpointAuthMethodsSupported, both)
		doc.RevocationEndpointAuthMethodsSupported = slices.Concat(doc.RevocationEndpointAuthMethodsSupported, both)
		doc.IntrospectionEndpointAuthMethodsSupported = slices.Concat(doc.IntrospectionEndpointAuthMethodsSupported, basic)
	}
	if s.offered.public {
		doc.TokenEndpointAuthMethodsSupported = append(doc.TokenEndpointAuthMethodsSupported, registration.AuthNone)
		doc.RevocationEndpointAuthMethodsSupported = append(doc.RevocationEndpointAuthMethodsSupported, registration.AuthNone)
	}
}

// logged writes a line for each request at level debug. It names no query: that may hold a code.
func (s *server) logged(next http.Handler) http.Handler {
	if !s.log.Enabled(context.Background(), slog.LevelDebug) {
		return next
	}
	return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		s.log.DebugContext(r.Context(), "request", "method", r.Method, "path", r.URL.Path, "from", r.RemoteAddr)
		next.ServeHTTP(rw, r)
	})
}
