package fapi

import (
	"context"
	"errors"
	"log/slog"
	"net/url"
	"time"

	"github.com/ory/fosite"
	"github.com/ory/fosite/compose"
	"go.opentelemetry.io/otel/metric"
	"go.opentelemetry.io/otel/trace"

	"github.com/fosite-fapi/fosite-fapi/clientcert"
	"github.com/fosite-fapi/fosite-fapi/dpop"
	"github.com/fosite-fapi/fosite-fapi/keys"
	"github.com/fosite-fapi/fosite-fapi/mtls"
	"github.com/fosite-fapi/fosite-fapi/rar"
	"github.com/fosite-fapi/fosite-fapi/registration"
)

// An Option configures [Compose] and [New]. Options that contradict each other are reported by them.
type Option func(*settings) error

// settings are what the options say, before they are judged.
type settings struct {
	factories    []compose.Factory
	hasFactories bool
	strategy     any
	selector     Selector
	profiles     []Profile
	profileMode  string

	issuer        string
	endpoints     Endpoints
	keys          keys.Source
	decryption    keys.DecryptionSource
	format        AccessTokenFormat
	audience      []string
	metadata      func(context.Context, fosite.Client) (*registration.Metadata, error)
	singleUse     SingleUse
	nonces        NoncePolicy
	nonceSource   *dpop.Nonces
	resourceURLs  []string
	certificates  clientcert.Source
	mtls          *mtls.Verifier
	outbound      Outbound
	introspectors func(context.Context, fosite.Client, fosite.AccessRequester) bool
	view          IntrospectionView
	auditors      Auditors
	required      Auditors
	tracers       trace.TracerProvider
	meters        metric.MeterProvider
	errorURI      *url.URL
	logger        *slog.Logger
	errorPage     ErrorPage
	maxBytes      int64
	now           func() time.Time
	idTokenClaims IDTokenClaimer
	reportOnly    *reportOnly
	legacyIssuer  bool
	registration  *Registration
	hostLane      *hostLane // set by Compose and New
	details       *rar.Types
}

// clock is the time by WithNow, whichever option came first.
func (s *settings) clock() time.Time {
	if s.now != nil {
		return s.now()
	}
	return time.Now()
}

// WithFactories gives the factories of the host's own provider, verbatim, for its legacy clients. Unset, there are none.
func WithFactories(factories ...compose.Factory) Option {
	return func(s *settings) error {
		s.factories, s.hasFactories = append(s.factories, factories...), true
		return nil
	}
}

// WithProfiles serves each client by the profile that the selector names, one of those given here, or by the host's
// factories where it says [Legacy]. Several profiles need no factories: [Legacy] then refuses like an unknown name.
func WithProfiles(selector Selector, profiles ...Profile) Option {
	return func(s *settings) error {
		if s.profileMode != "" {
			return errors.New("profiles are given twice; use WithProfiles or WithProfile once")
		}
		if selector == nil || len(profiles) == 0 {
			return errors.New("WithProfiles needs a selector and at least one profile")
		}
		s.selector, s.profiles, s.profileMode = selector, profiles, "WithProfiles"
		return nil
	}
}

// WithProfile serves every client by this profile.
func WithProfile(profile Profile) Option {
	return func(s *settings) error {
		if s.profileMode != "" {
			return errors.New("profiles are given twice; use WithProfiles or WithProfile once")
		}
		name := profile.Name
		s.selector = func(context.Context, fosite.Client) (string, error) { return name, nil }
		s.profiles, s.profileMode = []Profile{profile}, "WithProfile"
		return nil
	}
}

// WithStrategy gives the token strategy (an oauth2.CoreStrategy) to [New]; nil means HMAC tokens by the
// configurator's secret. [Compose] has a parameter for it.
func WithStrategy(strategy any) Option {
	return func(s *settings) error { s.strategy = strategy; return nil }
}

// WithIssuer sets the issuer identifier (RFC 8414 2), an https URL. Unset, it is what the config says for ID tokens,
// then for access tokens, asked for each request, so that it may depend on the context.
func WithIssuer(issuer string) Option {
	return func(s *settings) error { s.issuer = issuer; return nil }
}

// WithEndpoints sets where the host mounts the endpoints. Unset members default to a path below the issuer.
func WithEndpoints(e Endpoints) Option {
	return func(s *settings) error { s.endpoints = e; return nil }
}

// WithAccessTokenFormat sets the format of profiled clients' access tokens. Unset, it follows the host's strategy:
// [JWT] where that makes JWTs, else [Opaque].
func WithAccessTokenFormat(f AccessTokenFormat) Option {
	return func(s *settings) error {
		if f != Opaque && f != JWT {
			return errors.New("the access token format must be Opaque or JWT")
		}
		s.format = f
		return nil
	}
}

// WithDefaultAudience sets aud of JWT access tokens for which no audience was granted (RFC 9068 3); their claims and
// introspection tell the authorization details that concern it. Unset, aud is the issuer, and all are told.
func WithDefaultAudience(audience ...string) Option {
	return func(s *settings) error { s.audience = audience; return nil }
}

// WithSingleUse sets where used codes, request URIs and assertion IDs are kept. Unset, it is fosite's
// ClientAssertionJWT methods of the host's store, and memory where that is fosite's MemoryStore.
func WithSingleUse(store SingleUse) Option {
	return func(s *settings) error {
		if store == nil {
			return errors.New("WithSingleUse needs a store")
		}
		s.singleUse = store
		return nil
	}
}

// WithDPoPNonces makes the server give nonces for DPoP proofs, by secrets of at least 32 bytes that all its processes
// share: the first makes them, the others are those before it, in a rotation. Unset, it gives none.
func WithDPoPNonces(policy NoncePolicy, secrets ...[]byte) Option {
	return func(s *settings) error {
		if policy != NonceOn && policy != NonceRequired {
			return errors.New("the nonce policy must be NonceOn or NonceRequired")
		}
		if len(secrets) == 0 {
			return errors.New("DPoP nonces need a secret")
		}
		s.nonces = policy
		s.nonceSource = &dpop.Nonces{Secret: secrets[0], Previous: secrets[1:], Now: func() time.Time { return s.clock() }}
		return s.nonceSource.Validate()
	}
}

// WithResourceURLs sets the base URLs of resources in the host's own process, with which [Provider.Authorize]
// compares DPoP proofs. Unset, they are the origins of the issuer and of the MTLSBaseURL of [Endpoints].
func WithResourceURLs(bases ...string) Option {
	return func(s *settings) error { s.resourceURLs = bases; return nil }
}

// WithIntrospectors says who may introspect a token: the predicate gets the authenticated caller and the token's
// request. Unset, a client sees its own tokens and the access tokens of which it is the audience; for others they are
// inactive. A refresh token is active for its own client alone, whatever the predicate says. [ResourceServersOnly] hides
// a client's own tokens from it too.
func WithIntrospectors(allowed func(ctx context.Context, caller fosite.Client, token fosite.AccessRequester) bool) Option {
	return func(s *settings) error { s.introspectors = allowed; return nil }
}

// WithIntrospectionView narrows what callers are told of a token to what they need, or adds to it (RFC 9701 5). Unset,
// each that may see a token is told all of its scope and audience, the authorization details that concern the audience, and
// nothing else that isn't in RFC 7662.
func WithIntrospectionView(view IntrospectionView) Option {
	return func(s *settings) error { s.view = view; return nil }
}

// WithErrorPage sets the page that users see when an authorization request can't be answered by a redirect. Unset, it
// is a plain page without script.
func WithErrorPage(page ErrorPage) Option {
	return func(s *settings) error { s.errorPage = page; return nil }
}

// WithMaxRequestBytes bounds the body of a profiled client's requests. Unset, it is 128 KiB.
func WithMaxRequestBytes(n int64) Option {
	return func(s *settings) error {
		if n <= 0 {
			return errors.New("the bound of request bodies must be positive")
		}
		s.maxBytes = n
		return nil
	}
}

// WithNow sets the clock of the library's own code; fosite's strategies read time.Now. Unset, it is time.Now.
func WithNow(now func() time.Time) Option {
	return func(s *settings) error { s.now = now; return nil }
}
