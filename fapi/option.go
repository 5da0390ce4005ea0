package fapi

import (
	"context"
	"crypto/x509"
	"errors"
	"log/slog"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"time"

	"github.com/ory/fosite"
	"github.com/ory/fosite/compose"
	"go.opentelemetry.io/otel/metric"
	"go.opentelemetry.io/otel/trace"

	"github.com/fosite-fapi/fosite-fapi/clientcert"
	"github.com/fosite-fapi/fosite-fapi/dpop"
	"github.com/fosite-fapi/fosite-fapi/keys"
	"github.com/fosite-fapi/fosite-fapi/mtls"
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
}

// clock is the time by WithNow, whichever option came first.
func (s *settings) clock() time.Time {
	if s.now != nil {
		return s.now()
	}
	return time.Now()
}

// WithFactories gives the factories of the host's own provider, verbatim, for its legacy clients.
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

// WithKeys gives the keys that sign ID tokens and JWT access tokens. Unset, they are taken from the host's strategy
// where it has a key fit for the profiles. [WithKeySource] is for those that rotate while the server runs.
func WithKeys(set *keys.Set) Option {
	return func(s *settings) error {
		if set == nil {
			return errors.New("WithKeys needs keys")
		}
		return s.setKeys(keys.Static(set))
	}
}

// WithKeySource is [WithKeys] with keys that can be rotated: the source is asked whenever something is signed, verified
// or published. It must be cheap. [Compose] judges the set that it gives first. When it fails later, or gives a set
// without a key for the profile, requests are refused by temporarily_unavailable, and the key set and the metadata are
// not served.
func WithKeySource(source keys.Source) Option {
	return func(s *settings) error {
		if source == nil {
			return errors.New("WithKeySource needs a source")
		}
		return s.setKeys(source)
	}
}

func (s *settings) setKeys(source keys.Source) error {
	if s.keys != nil {
		return errors.New("signing keys are given twice; use WithKeys or WithKeySource once")
	}
	s.keys = source
	return nil
}

// WithDecryptionKeys gives the keys for which clients encrypt request objects (RFC 9101 6.1). The server publishes them
// beside its signing keys, with use "enc". Unset, nothing encrypted is understood. [WithDecryptionKeySource] is for those
// that rotate while the server runs.
func WithDecryptionKeys(set *keys.DecryptionSet) Option {
	return func(s *settings) error {
		if set == nil {
			return errors.New("WithDecryptionKeys needs keys")
		}
		return s.setDecryption(keys.StaticDecryption(set))
	}
}

// WithDecryptionKeySource is [WithDecryptionKeys] with keys that can be rotated, as [WithKeySource] says.
func WithDecryptionKeySource(source keys.DecryptionSource) Option {
	return func(s *settings) error {
		if source == nil {
			return errors.New("WithDecryptionKeySource needs a source")
		}
		return s.setDecryption(source)
	}
}

func (s *settings) setDecryption(source keys.DecryptionSource) error {
	if s.decryption != nil {
		return errors.New("decryption keys are given twice; use WithDecryptionKeys or WithDecryptionKeySource once")
	}
	s.decryption = source
	return nil
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

// WithDefaultAudience sets aud of JWT access tokens for which no audience was granted (RFC 9068 3). Unset, it is the
// issuer.
func WithDefaultAudience(audience ...string) Option {
	return func(s *settings) error { s.audience = audience; return nil }
}

// WithClientMetadata finds the RFC 7591 metadata of a client. Unset, it is the client's own method
// RegistrationMetadata, else what fosite.OpenIDConnectClient tells.
func WithClientMetadata(f func(context.Context, fosite.Client) (*registration.Metadata, error)) Option {
	return func(s *settings) error { s.metadata = f; return nil }
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

// WithClientCertificates sets where client certificates come from: exactly one source. Unset, it is the TLS
// connection.
func WithClientCertificates(source clientcert.Source) Option {
	return func(s *settings) error {
		if source == nil || s.certificates != nil {
			return errors.New("WithClientCertificates needs one source, once")
		}
		s.certificates = source
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

// WithTrustAnchors sets the certification authorities of tls_client_auth. Unset, no client can authenticate by it.
func WithTrustAnchors(roots *x509.CertPool) Option {
	return func(s *settings) error {
		if s.mtls != nil {
			return errors.New("trust anchors are given twice; use WithTrustAnchors or WithMTLS once")
		}
		s.mtls = &mtls.Verifier{Roots: roots, Now: func() time.Time { return s.clock() }}
		return nil
	}
}

// WithMTLS sets the verifier of tls_client_auth whole: trust anchors, revocation, cache.
func WithMTLS(v *mtls.Verifier) Option {
	return func(s *settings) error {
		if v == nil || s.mtls != nil {
			return errors.New("trust anchors are given twice, or not at all; use WithTrustAnchors or WithMTLS once")
		}
		s.mtls = v
		return nil
	}
}

// Outbound says which destinations the provider may reach to fetch a client's jwks_uri and its request objects by reference.
// The zero value reaches public addresses only.
type Outbound struct {
	AllowPrivate []netip.Prefix                        // private and loopback networks that may be reached
	Proxy        func(*http.Request) (*url.URL, error) // an egress proxy; nil: none
	RootCAs      *x509.CertPool                        // nil: the system's
}

// WithOutbound sets how client key sets and request objects are fetched.
func WithOutbound(o Outbound) Option {
	return func(s *settings) error { s.outbound = o; return nil }
}

// WithIntrospectors says who may introspect a token: the predicate gets the authenticated caller and the token's
// request. Unset, a client sees its own tokens and the access tokens of which it is the audience; for others they are
// inactive. A refresh token is active for its own client alone, whatever the predicate says. [ResourceServersOnly] hides
// a client's own tokens from it too.
func WithIntrospectors(allowed func(ctx context.Context, caller fosite.Client, token fosite.AccessRequester) bool) Option {
	return func(s *settings) error { s.introspectors = allowed; return nil }
}

// WithIntrospectionView narrows what callers are told of a token to what they need, or adds to it (RFC 9701 5). Unset,
// each that may see a token is told all of its scope and audience, and nothing that isn't in RFC 7662.
func WithIntrospectionView(view IntrospectionView) Option {
	return func(s *settings) error { s.view = view; return nil }
}

// WithAudit sends an [Event] for every decision about a profiled client to these auditors, beside those of earlier
// options. If one of them fails, the request goes on; [Provider.AuditFailures] counts.
func WithAudit(auditors ...Auditor) Option {
	return func(s *settings) error { return s.audit(&s.auditors, auditors) }
}

// WithRequiredAudit is [WithAudit] for auditors without whose record nothing may be granted: if one of them fails, the
// request is refused by temporarily_unavailable, and nothing that was issued for it leaves the server.
func WithRequiredAudit(auditors ...Auditor) Option {
	return func(s *settings) error { return s.audit(&s.required, auditors) }
}

func (s *settings) audit(to *Auditors, more []Auditor) error {
	if len(more) == 0 || slices.Contains(more, nil) {
		return errors.New("WithAudit and WithRequiredAudit need auditors")
	}
	*to = append(*to, more...)
	return nil
}

// WithLogger sets the log, which gets refusals (unless an [AuditLog] writes them) and failures. Unset, it is
// slog.Default().
func WithLogger(l *slog.Logger) Option {
	return func(s *settings) error { s.logger = l; return nil }
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
