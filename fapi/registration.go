package fapi

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/ory/fosite"

	"github.com/fosite-fapi/fosite-fapi/registration"
)

// A Registration says who may register which clients (RFC 7591), and where they are kept. The zero value lets nobody.
type Registration struct {
	// Store keeps the clients; GetClient of the host's storage finds them too. Required.
	Store registration.Store
	// Profile names the profile that a new client is to have, one of those given to Compose: by its metadata, by its
	// software statement, by the holder of its initial access token. "" and an error refuse; a *fosite.RFC6749Error
	// tells the client why. It isn't asked about updates, by which a client may say anything else that its profile permits:
	// what must hold then too is for a [Rule] at [AtRegistration]. The [Selector] must say the same of the client that is stored: see [RegisteredProfile].
	// Required.
	Profile func(ctx context.Context, r *registration.Request) (string, error)
	// Scopes are those that a client may register; one that names none is registered for all of them. Nil means openid
	// alone.
	Scopes []string
	// AuthorizationDetailsTypes are those of [WithAuthorizationDetails] that a client may register. Nil: none.
	AuthorizationDetailsTypes []string

	// InitialAccess admits whoever has a token; nil: nobody. The Holder of the token is the Subject of the event.
	InitialAccess registration.InitialAccess
	// StatementIssuers admit whoever has a software statement of theirs (RFC 7591 2.3), signed by PS256, ES256 or EdDSA;
	// nil: nobody. Its typ is absent or JWT, its aud absent, the issuer, or the URL of the registration endpoint. A client
	// that registered by one sends it, or another with the same software_id, with each update.
	StatementIssuers []StatementIssuer
	// StatementMaxAge is how long after its iat a software statement may be used; zero: until its exp, which it must have
	// then.
	StatementMaxAge time.Duration
	// InsecureOpen admits everybody. It is for development, or behind a gate of the host's own, and [Provider.Weakened]
	// tells of it.
	InsecureOpen bool

	// May says by its error what a registered client may not do: registration.ErrForbidden for the HTTP methods GET, PUT
	// or DELETE. Nil: it may do all three.
	May func(ctx context.Context, r *registration.Record, method string) error
}

// A StatementIssuer is trusted to say what a piece of software is.
type StatementIssuer struct {
	Issuer  string              // iss of its statements
	JWKS    *jose.JSONWebKeySet // its keys, or
	JWKSURI string              // where they are fetched from, as [WithOutbound] permits
}

// WithRegistration opens the client registration endpoint and the client configuration endpoints (RFC 7591, RFC 7592) for
// clients of the profiles: see [Handlers.Registration] and [Handlers.ClientConfiguration]. Unset, the host registers
// clients by itself, and the metadata names no such endpoint.
func WithRegistration(r Registration) Option {
	return func(s *settings) error {
		if s.registration != nil {
			return errors.New("registration is given twice; use WithRegistration once")
		}
		s.registration = &r
		return nil
	}
}

// RegisteredProfile is a [Selector] for servers with [WithRegistration] whose storage returns a *registration.Record as the
// client: it serves each by the profile that it was registered for, and leaves all others to next.
func RegisteredProfile(next Selector) Selector {
	return func(ctx context.Context, client fosite.Client) (string, error) {
		if r, ok := client.(*registration.Record); ok {
			return r.Policy, nil
		}
		return next(ctx, client)
	}
}

// A registrar is a Registration that was judged.
type registrar struct {
	Registration
	endpoints registration.Endpoints // their Judge is another one for each request
}

// checkRegistration judges the option.
func (p *Provider) checkRegistration(r *Registration, found *problems) {
	if r == nil {
		return
	}
	reg := &registrar{Registration: *r}
	reg.Scopes, reg.AuthorizationDetailsTypes = slices.Clone(r.Scopes), slices.Clone(r.AuthorizationDetailsTypes)
	if reg.Scopes == nil {
		reg.Scopes = []string{"openid"}
	}
	reg.endpoints = registration.Endpoints{
		Store: r.Store, InitialAccess: r.InitialAccess, InsecureOpen: r.InsecureOpen,
		MaxBytes: min(p.maxBytes, registration.MaxBytes), Now: p.now,
		URL:   func(ctx context.Context) string { return p.urls.resolve(p.issuer(ctx)).Registration },
		Judge: func(context.Context, *registration.Request) error { return errRegistrationPolicy },
	}
	if r.Profile == nil {
		found.add("FAPI-SEL", "WithRegistration needs Profile, which names the profile of a new client")
	}
	if p.urls.Registration == "-" {
		found.add("DCR-01", "WithRegistration without an endpoint; Registration of WithEndpoints must not be %q", "-")
	}
	if len(r.StatementIssuers) > 0 {
		reg.endpoints.Statements = p.statements(r, found)
	}
	if err := reg.endpoints.Validate(); err != nil {
		found.add("DCR-01", "WithRegistration: %s", err)
	}
	if r.InsecureOpen {
		p.weakened = append(p.weakened, "registration without DCR-01: everybody may register")
	}
	p.registrar = reg
}

// statements are the issuers with their keys.
func (p *Provider) statements(r *Registration, found *problems) *registration.Statements {
	s := &registration.Statements{
		Issuers: make(map[string]registration.Keys, len(r.StatementIssuers)), MaxAge: r.StatementMaxAge, Now: p.now,
		Audience: func(ctx context.Context) []string {
			issuer := p.issuer(ctx)
			return []string{issuer, p.urls.resolve(issuer).Registration}
		},
	}
	for _, issuer := range r.StatementIssuers {
		if (issuer.JWKS == nil) == (issuer.JWKSURI == "") || s.Issuers[issuer.Issuer] != nil {
			found.add("DCR-08", "the issuer %q of software statements needs JWKS or JWKSURI, and to be there once", issuer.Issuer)
			continue
		}
		s.Issuers[issuer.Issuer] = registration.StaticKeys(issuer.JWKS)
		if issuer.JWKSURI != "" {
			s.Issuers[issuer.Issuer] = issuerKeys{p, issuer.JWKSURI}
		}
	}
	return s
}

// issuerKeys are fetched by the one way out.
type issuerKeys struct {
	provider *Provider
	uri      string
}

// Keys implements registration.Keys.
func (k issuerKeys) Keys(ctx context.Context, refresh bool) (*jose.JSONWebKeySet, error) {
	return k.provider.jwks.Get(ctx, k.uri, refresh)
}
