package fapitest

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/url"
	"slices"

	"github.com/go-jose/go-jose/v4"
	"github.com/ory/fosite"
	"github.com/ory/fosite/compose"
	"github.com/ory/fosite/token/jwt"

	"github.com/fosite-fapi/fosite-fapi/fapi"
	"github.com/fosite-fapi/fosite-fapi/keys"
)

// Issuer is the issuer of a [Server], unless its Config says otherwise.
const Issuer = "https://as.example.com"

// A Config says what server a test wants. The zero value is one of the FAPI 2.0 Security Profile on a [JSONStore],
// with two clients and a user who approves. It may be used again for other servers.
type Config struct {
	// Profiles serve the clients, each the one that its ClientConfig names; nil means [fapi.FAPI2Security].
	Profiles []fapi.Profile
	// Rules are added to every profile, as by [fapi.Profile.With].
	Rules []fapi.Rule
	// Factories serve legacy clients.
	Factories []compose.Factory
	// Options are given to Compose beside those that follow from the rest. The audit is not one of them: see Auditor.
	Options []fapi.Option
	// Auditor sees all events, as [Server.Trail] does; nil means none.
	Auditor fapi.Auditor

	// Clients are registered and driven; nil means two of the zero value.
	Clients []ClientConfig
	// Scope is what the clients request; "" means "openid offline_access accounts". They are registered for that and
	// for payments.
	Scope string
	// Request replaces parameters of what they request: response_mode, claims. Nil replaces none.
	Request url.Values

	// Store makes the host's storage, which knows these clients (each a *registration.Client); nil means a [JSONStore].
	Store func(clients ...fosite.Client) fosite.Storage
	// NewSession makes the host's session, also for "", to hydrate into; nil means [fapi.NewSession].
	NewSession func(subject string) fosite.Session
	// Interaction is the host's login and consent; nil means [Server.User].
	Interaction fapi.Interaction
	// Resource makes the resource at the path /accounts; nil means one that asks for the scope accounts and answers
	// with sub.
	Resource func(*fapi.Provider) http.Handler

	// Compose is the host's own composition; nil means fapi.Compose on a config without surprises. It gets the
	// options that follow from the rest: audit, log, trust anchors, Options, and the profiles if there are any.
	Compose func(store fosite.Storage, options ...fapi.Option) (*fapi.Provider, error)
	// Handler mounts the host's own handlers; nil means those of [fapi.Handlers].
	Handler func(*fapi.Provider) http.Handler
}

// withDefaults completes the config.
func (c Config) withDefaults() Config {
	if c.Profiles == nil && c.Compose == nil {
		c.Profiles = []fapi.Profile{fapi.FAPI2Security()}
	}
	c.Profiles = slices.Clone(c.Profiles)
	for i, p := range c.Profiles {
		c.Profiles[i] = p.With(c.Rules...)
	}
	if c.Scope == "" {
		c.Scope = "openid offline_access accounts"
	}
	if c.NewSession == nil {
		c.NewSession = func(subject string) fosite.Session { return fapi.NewSession(subject) }
	}
	if c.Store == nil {
		c.Store = func(clients ...fosite.Client) fosite.Storage {
			store := NewJSONStore(clients...)
			store.NewSession = func() fosite.Session { return c.NewSession("") }
			return store
		}
	}
	first := ""
	if len(c.Profiles) > 0 {
		first = c.Profiles[0].Name
	}
	c.Clients = slices.Clone(c.Clients)
	if c.Clients == nil {
		c.Clients = make([]ClientConfig, 2)
	}
	for i := range c.Clients {
		c.Clients[i] = c.Clients[i].withDefaults(i, first)
	}
	return c
}

// profile is the one of that name; nil where only the host's own composition knows it, or there is none.
func (c Config) profile(name string) *fapi.Profile {
	for i := range c.Profiles {
		if c.Profiles[i].Name == name {
			return &c.Profiles[i]
		}
	}
	return nil
}

// without leaves a rule out.
func (c Config) without(id string) Config {
	c.Rules = slices.DeleteFunc(slices.Clone(c.Rules), func(r fapi.Rule) bool { return r.ID == id })
	return c
}

// compose makes the provider.
func (c Config) compose(store fosite.Storage, trail *Trail) (*fapi.Provider, error) {
	if c.Compose != nil && len(c.Rules) > 0 && len(c.Profiles) == 0 {
		return nil, errors.New("fapitest: Rules need Profiles to be added to, where Compose is the host's own")
	}
	auditors := fapi.Auditors{trail}
	if c.Auditor != nil {
		auditors = append(auditors, c.Auditor)
	}
	options := append([]fapi.Option{fapi.WithLogger(slog.New(slog.DiscardHandler)), fapi.WithTrustAnchors(Authority().Pool())}, c.selection()...)
	if c.Compose != nil {
		options = append(options, c.Options...)
		return c.Compose(store, append(options, fapi.WithAudit(auditors))...)
	}
	set, err := keys.New(c.signers()...)
	if err != nil {
		return nil, err
	}
	options = append(append(options, fapi.WithKeys(set)), c.Options...)
	config := &fosite.Config{
		GlobalSecret:  []byte("some-secret-of-thirty-two-bytes!"),
		IDTokenIssuer: Issuer, AccessTokenIssuer: Issuer, TokenURL: Issuer + "/token", HashCost: cheapHash,
	}
	return fapi.Compose(config, store, c.strategy(config), append(options, fapi.WithAudit(auditors))...)
}

// selection are the options by which each client finds its profile.
func (c Config) selection() []fapi.Option {
	if len(c.Profiles) == 0 {
		return nil
	}
	if len(c.Profiles) == 1 && len(c.Factories) == 0 {
		return []fapi.Option{fapi.WithProfile(c.Profiles[0])}
	}
	profiles := make(map[string]string, len(c.Clients))
	for _, client := range c.Clients {
		profiles[client.ID] = client.Profile
	}
	return []fapi.Option{fapi.WithFactories(c.Factories...), fapi.WithProfiles(func(_ context.Context, client fosite.Client) (string, error) {
		return profiles[client.GetID()], nil
	}, c.Profiles...)}
}

// signers are the server's keys. An RSA key takes long to make: there is one where somebody needs it.
func (c Config) signers() []keys.Key {
	signers := []keys.Key{{Signer: Key("fapitest server", jose.ES256)}}
	if len(c.Factories) > 0 || slices.ContainsFunc(c.Clients, func(c ClientConfig) bool { return c.Algorithm == jose.PS256 }) {
		signers = append(signers, keys.Key{Signer: Key("fapitest server", jose.PS256)})
	}
	return signers
}

// strategy is that of compose.ComposeAllEnabled where there are factories.
func (c Config) strategy(config *fosite.Config) any {
	if len(c.Factories) == 0 {
		return compose.NewOAuth2HMACStrategy(config)
	}
	key := func(context.Context) (any, error) { return Key("fapitest server", jose.RS256), nil }
	return &compose.CommonStrategy{
		CoreStrategy:               compose.NewOAuth2HMACStrategy(config),
		OpenIDConnectTokenStrategy: compose.NewOpenIDConnectStrategy(key, config),
		Signer:                     &jwt.DefaultSigner{GetPrivateKey: key},
	}
}
