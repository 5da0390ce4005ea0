package fapi_test

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"errors"
	"net/http"
	"net/url"
	"testing"

	josev3 "github.com/go-jose/go-jose/v3"
	"github.com/go-jose/go-jose/v4"
	"github.com/ory/fosite"
	"github.com/ory/fosite/compose"
	"github.com/ory/fosite/token/jwt"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fosite-fapi/fosite-fapi/fapi"
	"github.com/fosite-fapi/fosite-fapi/keys"
)

// Mistakes of whole calls, which can't be made beside others.
func TestComposeRefusesACall(t *testing.T) {
	t.Parallel()
	config := legacyConfig()
	store, strategy := stores["memory"](), legacyStrategy(config)
	profile, rule := fapi.FAPI2Security(), fapi.Rule{Requirement: fapi.Requirement{ID: "ACME-1", Stage: fapi.AtToken}, Check: passes}
	factories := fapi.WithFactories(everyFactory...)
	for name, c := range map[string]struct {
		compose func() (*fapi.Provider, error)
		texts   []string
	}{
		"nil config": {func() (*fapi.Provider, error) {
			return fapi.Compose(nil, store, strategy, fapi.WithProfile(profile), fapi.WithProfile(profile))
		}, []string{"config is nil", "twice"}},
		"nothing at all": {func() (*fapi.Provider, error) { return fapi.Compose(&fosite.Config{}, nil, nil) }, []string{
			"store is nil", "no profile", "ISS-03", "F2-CR-06", "F2-CR-02",
		}},
		"WithProfile and WithFactories": {func() (*fapi.Provider, error) {
			return fapi.Compose(config, store, strategy, factories, fapi.WithProfile(profile))
		}, []string{"leaves no client to the factories"}},
		"factories without profiles": {func() (*fapi.Provider, error) { return fapi.Compose(config, store, strategy, factories) }, []string{"no profile"}},
		"a selector that is nil": {func() (*fapi.Provider, error) {
			return fapi.Compose(config, store, strategy, factories, fapi.WithProfiles(nil, profile))
		}, []string{"needs a selector"}},
		"a selector without profiles": {func() (*fapi.Provider, error) {
			return fapi.Compose(config, store, strategy, factories, fapi.WithProfiles(byRegistration))
		}, []string{"at least one profile"}},
		"two profiles of one name": {func() (*fapi.Provider, error) {
			return fapi.Compose(config, store, strategy, factories, fapi.WithProfiles(byRegistration, profile, otherProfile(), profile))
		}, []string{`two profiles are named "fapi2-security"`}},
		"mistakes of several profiles": {func() (*fapi.Provider, error) {
			other := otherProfile()
			other.RequestURILifetime, other.AuthMethods = 0, nil
			return fapi.Compose(config, store, strategy, factories, fapi.WithProfiles(byRegistration, profile.InsecureWithout("F2-AS-04", "ACME-9"), other))
		}, []string{`F2-AS-04: profile "fapi2-security"`, `ACME-9: profile "fapi2-security"`, `F2-AZ-12: profile "other"`, `F2-AS-06: profile "other"`}},
		"a rule taken away that another profile has": {func() (*fapi.Provider, error) {
			return fapi.Compose(config, store, strategy, factories, fapi.WithProfiles(byRegistration, profile.With(rule), otherProfile().InsecureWithout("ACME-1")))
		}, []string{`ACME-1: profile "other"`}},
		"New with factories": {func() (*fapi.Provider, error) {
			return fapi.New(store, config, factories, fapi.WithProfiles(byRegistration, profile), fapi.WithStrategy(strategy))
		}, []string{"WithFactories is for Compose"}},
		"New without a store":        {func() (*fapi.Provider, error) { return fapi.New(nil, config, fapi.WithProfile(profile)) }, []string{"must not be nil"}},
		"New without a configurator": {func() (*fapi.Provider, error) { return fapi.New(store, nil, fapi.WithProfile(profile)) }, []string{"must not be nil"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			provider, err := c.compose()
			require.Nil(t, provider)
			problemsOf(t, err)
			for _, text := range c.texts {
				require.ErrorContains(t, err, text)
			}
		})
	}
}

// A rule of the host's own can be taken away again, which the provider doesn't hide.
func TestComposeReportsWhatIsWeakened(t *testing.T) {
	t.Parallel()
	config := legacyConfig()
	rule := fapi.Rule{Requirement: fapi.Requirement{ID: "ACME-1", Stage: fapi.AtToken}, Check: passes}
	profile := fapi.FAPI2Security().With(rule)
	strict, err := fapi.Compose(config, stores["memory"](), legacyStrategy(config), fapi.WithProfile(profile))
	require.NoError(t, err)
	assert.Empty(t, strict.Weakened())
	weak, err := fapi.Compose(config, stores["memory"](), legacyStrategy(config), fapi.WithProfile(profile.InsecureWithout("ACME-1")))
	require.NoError(t, err)
	assert.Equal(t, []string{"fapi2-security without ACME-1"}, weak.Weakened())
}

// What Compose is given can change afterwards without anything changing in the provider.
func TestComposeCopiesProfiles(t *testing.T) {
	t.Parallel()
	config := legacyConfig()
	profile := fapi.FAPI2Security()
	provider, err := fapi.Compose(config, stores["memory"](), legacyStrategy(config), fapi.WithProfile(profile))
	require.NoError(t, err)
	profile.SigningAlgorithms[0], profile.AuthMethods[0], profile.ResponseTypes[0] = jose.RS256, "none", "token"
	provider.Profiles()[0].GrantTypes[0] = "password"
	fresh := fapi.FAPI2Security()
	assert.Equal(t, fresh.SigningAlgorithms, provider.Profiles()[0].SigningAlgorithms)
	assert.Equal(t, fresh.AuthMethods, provider.Profiles()[0].AuthMethods)
	assert.Equal(t, fresh.ResponseTypes, provider.Profiles()[0].ResponseTypes)
	assert.Equal(t, fresh.GrantTypes, provider.Profiles()[0].GrantTypes)
}

// hostConfigurator is the configuration of a host that knows no *fosite.Config: what it says, it looks up.
type hostConfigurator struct {
	fosite.Configurator
	fosite.PushedAuthorizeRequestHandlersProvider
	fosite.PushedAuthorizeRequestConfigProvider
}

func TestNewServesBothLanes(t *testing.T) {
	t.Parallel()
	for kind := range stores {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			m := newMixed(t, kind) // for its clients and its store
			config := legacyConfig()
			compose.Compose(config, m.store, legacyStrategy(config), everyFactory...)
			set, err := keys.New(keys.Key{Signer: testEC()})
			require.NoError(t, err)
			m.provider, err = fapi.New(m.store, hostConfigurator{config, config, config},
				fapi.WithProfiles(byRegistration, fapi.FAPI2Security()), fapi.WithKeys(set), fapi.WithAudit(m.events))
			require.NoError(t, err)
			m.handler = hostHandler(m.provider)
			m.legacy.handler = m.handler
			m.connect(m.b, &m.certB)

			tokens := m.tokens(m.b, "openid offline_access accounts")
			assert.True(t, m.active(m.b, tokens.Text("access_token")))
			m.good(m.b.Refresh(t.Context(), tokens.Text("refresh_token")))
			legacy := m.legacy.tokens("openid offline photos")
			assert.True(t, m.activeForWeb(legacy.Text("access_token")))
			pushed := m.legacy.push()
			m.good(m.visitWith("web", pushed), nil)
			assert.Equal(t, http.StatusUnauthorized, m.legacy.post("/token", changed(clientCredentials, "client_id", "client-b"), asWeb).Status)
			assert.Equal(t, "F1B-AS-19", m.events.last())
		})
	}
}

// The signing key of profiled clients is the one that the host's strategy has, by the algorithm that FAPI allows for
// it.
func TestComposeTakesTheStrategysKey(t *testing.T) {
	t.Parallel()
	p384, err := ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	require.NoError(t, err)
	small, err := rsa.GenerateKey(rand.Reader, 1024)
	require.NoError(t, err)
	_, ed, err := ed25519.GenerateKey(rand.Reader)
	require.NoError(t, err)
	for name, c := range map[string]struct {
		key    any
		err    error
		public crypto.PublicKey
		alg    jose.SignatureAlgorithm // "" is refused
		kid    string                  // "" is the thumbprint
	}{
		"RSA":                           {key: testRSA(), public: testRSA().Public(), alg: jose.PS256},
		"P-256":                         {key: testEC(), public: testEC().Public(), alg: jose.ES256},
		"Ed25519":                       {key: ed, public: ed.Public(), alg: jose.EdDSA},
		"JWK, PS256":                    {key: &josev3.JSONWebKey{Key: testRSA(), KeyID: "k", Algorithm: "PS256"}, public: testRSA().Public(), alg: jose.PS256, kid: "k"},
		"JWK, ES256":                    {key: &josev3.JSONWebKey{Key: testEC(), KeyID: "k", Algorithm: "ES256"}, public: testEC().Public(), alg: jose.ES256, kid: "k"},
		"JWK, RS256":                    {key: &josev3.JSONWebKey{Key: testRSA(), KeyID: "k", Algorithm: "RS256"}, public: testRSA().Public(), alg: jose.PS256, kid: "k"},
		"JWK without alg and kid":       {key: &josev3.JSONWebKey{Key: testRSA()}, public: testRSA().Public(), alg: jose.PS256},
		"JWK by value":                  {key: josev3.JSONWebKey{Key: testEC(), KeyID: "k"}, public: testEC().Public(), alg: jose.ES256, kid: "k"},
		"JWK of the newer version":      {key: &jose.JSONWebKey{Key: testEC(), KeyID: "k"}, public: testEC().Public(), alg: jose.ES256, kid: "k"},
		"P-384":                         {key: p384},
		"RSA of 1024 bits":              {key: small},
		"a public key":                  {key: testRSA().Public()},
		"a symmetric key":               {key: []byte("some-secret-of-thirty-two-bytes!")},
		"JWK of a public key":           {key: &josev3.JSONWebKey{Key: testRSA().Public(), KeyID: "k"}},
		"JWK of another algorithm":      {key: &josev3.JSONWebKey{Key: testRSA(), KeyID: "k", Algorithm: "PS512"}},
		"JWK that is nil":               {key: (*josev3.JSONWebKey)(nil)},
		"nothing":                       {},
		"a key store that is not there": {err: errors.New("no such HSM")},
	} {
		for format, strategy := range map[fapi.AccessTokenFormat]func(*fosite.Config, func(context.Context) (any, error)) any{
			fapi.Opaque: func(config *fosite.Config, key func(context.Context) (any, error)) any {
				return &compose.CommonStrategy{
					CoreStrategy:               compose.NewOAuth2HMACStrategy(config),
					OpenIDConnectTokenStrategy: compose.NewOpenIDConnectStrategy(key, config),
				}
			},
			fapi.JWT: func(config *fosite.Config, key func(context.Context) (any, error)) any {
				return compose.CommonStrategy{
					CoreStrategy: compose.NewOAuth2JWTStrategy(key, compose.NewOAuth2HMACStrategy(config), config), Signer: &jwt.DefaultSigner{GetPrivateKey: key},
				}
			},
		} {
			t.Run(name+"/"+string(format), func(t *testing.T) {
				t.Parallel()
				config := legacyConfig()
				config.JWKSFetcherStrategy = noFetcher{}
				b := &bench{T: t, events: &events{}, subject: "alice"}
				var registered fosite.Client
				b.a, registered, b.certA = newClient(t, "client-a")
				b.store = stores["json"](registered)
				provider, err := fapi.Compose(config, b.store, strategy(config, func(context.Context) (any, error) { return c.key, c.err }), fapi.WithProfile(fapi.FAPI2Security()))
				if c.alg == "" {
					require.Nil(t, provider)
					all := problemsOf(t, err)
					require.Len(t, all, 1)
					assert.Equal(t, "F2-CR-02", all[0].ID)
					return
				}
				require.NoError(t, err)
				b.provider = provider
				published, err := b.provider.JWKS(t.Context())
				require.NoError(t, err)
				require.Len(t, published.Keys, 1)
				assert.Equal(t, c.public, published.Keys[0].Key)
				assert.NotEmpty(t, published.Keys[0].KeyID)
				if c.kid != "" {
					assert.Equal(t, c.kid, published.Keys[0].KeyID)
				}

				b.mount()
				b.connect(b.a, &b.certA)
				tokens := b.tokens(b.a, "openid accounts")
				signed := map[string]bool{"id_token": true, "access_token": format == fapi.JWT}
				for kind, isJWT := range signed {
					parsed, err := jose.ParseSignedCompact(tokens.Text(kind), []jose.SignatureAlgorithm{c.alg})
					require.Equal(t, isJWT, err == nil, "%s: %v", kind, err)
					if isJWT {
						_, err = parsed.Verify(published.Keys[0])
						require.NoError(t, err)
						assert.Equal(t, published.Keys[0].KeyID, parsed.Signatures[0].Header.KeyID)
					}
				}
			})
		}
	}
}

// Beside legacy clients the host's key goes on signing what it signed for them, by its own algorithm.
func TestComposeLeavesTheKeyToLegacyClients(t *testing.T) {
	t.Parallel()
	onMixed(t, func(_ *testing.T, m *mixed) {
		for raw, alg := range map[string]jose.SignatureAlgorithm{
			m.tokens(m.b, "openid").Text("id_token"):               jose.PS256,
			m.legacy.tokens("openid").Text("id_token"):             jose.RS256,
			m.implicit(authorization("web", "id_token", "openid")): jose.RS256,
		} {
			parsed, err := jose.ParseSignedCompact(raw, []jose.SignatureAlgorithm{alg})
			require.NoError(m, err)
			_, err = parsed.Verify(testRSA().Public())
			require.NoError(m, err)
		}
	})
}

func (m *mixed) implicit(params url.Values) string {
	m.Helper()
	return m.legacy.parameters(m.legacy.visit(params)).Get("id_token")
}
