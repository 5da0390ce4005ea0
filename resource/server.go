package resource

import (
	"cmp"
	"context"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	jose "github.com/go-jose/go-jose/v4"

	"github.com/fosite-fapi/fosite-fapi/clientcert"
	"github.com/fosite-fapi/fosite-fapi/internal/fetch"
	"github.com/fosite-fapi/fosite-fapi/internal/jwk"
)

// A Server protects the routes of a resource server. [New] makes one. It is safe for concurrent use, has no goroutines of
// its own and needs no closing.
type Server struct {
	audience     []string
	algorithms   []jose.SignatureAlgorithm
	jwt, opaque  bool
	issuer       *issuer
	introspector *introspector // nil: the issuer isn't asked
	opaqueOnly   bool

	certificates clientcert.Source
	proofs       *proofs // nil: DPoP is not accepted
	unbound      bool

	challenges challenges
	errorURI   *url.URL // nil: none
	logger     *slog.Logger
	observe    func(*http.Request, *Refusal)
	now        func() time.Time
}

// New returns a Server. The error is an [ErrConfig] that lists everything wrong with c. Nothing is fetched yet: see
// [Server.Ready].
func New(c Config) (*Server, error) {
	c = c.withDefaults()
	if err := c.validate(); err != nil {
		return nil, err
	}
	door := &fetch.Door{Transport: c.Transport, Timeout: c.Timeout}
	metadata, err := newDiscovery(c.Issuer, door, c.Now)
	if err != nil {
		return nil, err
	}
	errorURI, err := c.errorBase()
	if err != nil {
		return nil, err
	}
	s := &Server{
		audience:   c.Audience,
		algorithms: c.Algorithms,
		jwt:        slices.Contains(c.Formats, JWT),
		opaque:     slices.Contains(c.Formats, Opaque),
		issuer: &issuer{
			identifier: c.Issuer, static: c.Keys, jwksURI: c.JWKSURI, metadata: metadata,
			jwks: &fetch.JWKS{Door: door, Now: c.Now, MaxEntries: 2},
		},
		certificates: c.Certificates,
		proofs:       newProofs(c),
		unbound:      c.InsecureAllowUnbound,
		challenges:   newChallenges(c),
		errorURI:     errorURI,
		logger:       c.Logger,
		observe:      c.Refused,
		now:          c.Now,
	}
	if i := c.Introspection; i != nil {
		s.opaqueOnly = i.OpaqueOnly
		s.introspector = c.newIntrospector(s.issuer)
	}
	return s, nil
}

// errorBase is the base of error_uri; nil without one. The URL was validated.
func (c Config) errorBase() (*url.URL, error) {
	if c.ErrorURI == "" {
		return nil, nil //nolint:nilnil // absence is an answer here, not an error
	}
	return url.Parse(c.ErrorURI)
}

// withDefaults returns a Config that shares nothing with c that its owner might change.
func (c Config) withDefaults() Config {
	if c.Formats == nil {
		c.Formats = []Format{JWT}
	}
	c.Formats, c.Algorithms = slices.Clone(c.Formats), slices.Clone(jwk.Accepted(c.Algorithms))
	c.Audience, c.BaseURLs = slices.Clone(c.Audience), slices.Clone(c.BaseURLs)
	if c.Keys != nil {
		c.Keys = &jose.JSONWebKeySet{Keys: slices.Clone(c.Keys.Keys)}
	}
	if c.Certificates == nil {
		c.Certificates = clientcert.FromTLS
	}
	if c.Logger == nil {
		c.Logger = slog.Default()
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	c.Realm, c.Timeout = cmp.Or(c.Realm, c.Issuer), cmp.Or(c.Timeout, defaultTimeout)
	if c.Introspection != nil {
		i := *c.Introspection
		i.TTL = cmp.Or(i.TTL, defaultTTL)
		if i.InactiveTTL == 0 {
			i.InactiveTTL = max(min(defaultInactiveTTL, i.TTL), 0)
		}
		i.MaxEntries, i.MaxCalls = cmp.Or(i.MaxEntries, defaultMaxEntries), cmp.Or(i.MaxCalls, defaultMaxCalls)
		c.Introspection = &i
		if i.Keys == nil && i.Local == nil {
			return c // without a Transport it is refused
		}
	}
	if c.Transport == nil {
		c.Transport = newTransport()
	}
	return c
}

func (c Config) newIntrospector(from *issuer) *introspector {
	i := c.Introspection
	return &introspector{
		caller: caller{
			clientID: i.ClientID, keys: i.Keys, endpoint: i.Endpoint, signed: i.Signed,
			issuer: from, metadata: from.metadata, transport: c.Transport, now: c.Now,
			reader: &answerReader{issuer: from, clientID: i.ClientID, audience: c.Audience, algorithms: c.Algorithms, decryption: i.Decryption, now: c.Now},
		},
		local: i.Local, ttl: i.TTL, inactiveTTL: i.InactiveTTL, now: c.Now, timeout: c.Timeout,
		slots:  make(chan struct{}, i.MaxCalls),
		active: newCache[*Token](i.MaxEntries), inactive: newCache[error](i.MaxEntries),
	}
}

// Ready fetches what the Server needs of its issuer, unless it has it already: for a readiness probe, or to hear of a
// wrong Issuer when the program starts. The error is [ErrUnavailable] or [ErrMetadata].
func (s *Server) Ready(ctx context.Context) error {
	if s.jwt || s.introspector != nil && s.introspector.signed {
		if _, err := s.issuer.keys(ctx, false); err != nil {
			return err
		}
	}
	if s.introspector != nil && s.introspector.local == nil {
		if _, err := s.introspector.where(ctx); err != nil {
			return err
		}
	}
	return nil
}

// verify says what a token is worth, whoever sends it.
func (s *Server) verify(ctx context.Context, raw string) (*Token, error) {
	if !s.jwt || s.opaque && !isJWT(raw) {
		t, err := s.introspector.look(ctx, raw)
		if err != nil {
			return nil, err
		}
		return t.own(), nil
	}
	t, err := s.verifyJWT(ctx, raw)
	if err != nil || s.introspector == nil || s.opaqueOnly {
		return t, err
	}
	return s.introspector.confirm(ctx, raw, t)
}

// bind checks that the token is the sender's (F2-RS-05): each member of its cnf counts.
func (s *Server) bind(r *http.Request, c credentials, t *Token) error {
	switch {
	case t.Confirmation.IsZero() && (!s.unbound || strings.EqualFold(t.tokenType, dpopType)):
		return ErrUnbound
	case t.Confirmation.JKT == "" && c.scheme != bearer, t.Confirmation.JKT != "" && c.scheme == bearer:
		return ErrScheme
	}
	if t.Confirmation.X5TS256 != "" {
		if err := s.bindCertificate(r, t); err != nil {
			return err
		}
	}
	if t.Confirmation.JKT != "" {
		return s.proofs.verify(r, c, t)
	}
	return nil
}
