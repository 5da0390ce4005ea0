package fapi_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/ory/fosite"
	"github.com/ory/fosite/compose"
	"github.com/ory/fosite/handler/oauth2"
	"github.com/ory/fosite/token/jwt"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fosite-fapi/fosite-fapi/fapi"
	"github.com/fosite-fapi/fosite-fapi/fapitest"
	"github.com/fosite-fapi/fosite-fapi/keys"
)

// A call is one to Compose, in which mistakes can be made.
type call struct {
	config    *fosite.Config
	store     any
	strategy  any
	factories []compose.Factory // nil for none
	keys      *keys.Set
	profile   fapi.Profile
	options   []fapi.Option
}

func goodCall(t *testing.T) *call {
	t.Helper()
	set, err := keys.New(keys.Key{Signer: testEC()})
	require.NoError(t, err)
	config := legacyConfig()
	config.JWKSFetcherStrategy = noFetcher{}
	return &call{
		config: config, store: stores["memory"](), strategy: compose.NewOAuth2HMACStrategy(config), factories: slices.Clone(fewFactories),
		keys: set, profile: fapi.FAPI2Security(),
	}
}

// fewFactories do with a strategy that knows nothing of OpenID Connect.
var fewFactories = []compose.Factory{
	compose.OAuth2AuthorizeExplicitFactory, compose.OAuth2ClientCredentialsGrantFactory, compose.OAuth2RefreshTokenGrantFactory,
	compose.OAuth2TokenIntrospectionFactory, compose.OAuth2TokenRevocationFactory, compose.OAuth2PKCEFactory, compose.PushedAuthorizeHandlerFactory,
}

// noFetcher spares the caches, and their goroutines, that fosite's default makes for each provider.
type noFetcher struct{ fosite.JWKSFetcherStrategy }

func (c *call) compose() (*fapi.Provider, error) {
	options := []fapi.Option{fapi.WithProfiles(byRegistration, c.profile)}
	if c.factories != nil {
		options = append(options, fapi.WithFactories(c.factories...))
	}
	if c.keys != nil {
		options = append(options, fapi.WithKeys(c.keys))
	}
	return fapi.Compose(c.config, c.store, c.strategy, append(options, c.options...)...)
}

// problemsOf takes the joined error apart.
func problemsOf(t *testing.T, err error) []*fapi.Problem {
	t.Helper()
	require.Error(t, err)
	joined, ok := err.(interface{ Unwrap() []error })
	require.True(t, ok, "%T", err)
	var all []*fapi.Problem
	for _, one := range joined.Unwrap() {
		var problem *fapi.Problem
		require.ErrorAs(t, one, &problem)
		assert.Contains(t, err.Error(), one.Error())
		all = append(all, problem)
	}
	return all
}

// Stores that lack what the profiled lane needs.
type (
	storeWithoutPAR struct {
		fosite.Storage
		oauth2.AuthorizeCodeStorage
		oauth2.TokenRevocationStorage
	}
	storeWithoutRevocation struct {
		fosite.Storage
		oauth2.CoreStorage
		fosite.PARStorage
	}
	storeOfClients struct{ fosite.Storage }
	// storeOfAnotherVersion has a method by its name, but not as this version of fosite calls it.
	storeOfAnotherVersion struct{ fullStore }
	fullStore             interface {
		fosite.Storage
		oauth2.AuthorizeCodeStorage
		oauth2.TokenRevocationStorage
		fosite.PARStorage
	}
)

func (storeOfAnotherVersion) CreateRefreshTokenSession(context.Context, string, fosite.Requester) error {
	return nil
}

func (c *call) full() fullStore { return stores["memory"]().(fullStore) }

// A mistake is something that a host can get wrong, with the requirement and the words that must name it.
type mistake struct {
	of   string // what is wrong; of that there can be one mistake at a time
	make func(c *call)
	id   string
	text string
}

func passes(context.Context, *fapi.Request) error { return nil }

var mistakes = map[string]mistake{
	"store without PAR": {"store factories", func(c *call) {
		c.store, c.factories = storeWithoutPAR{c.full(), c.full(), c.full()}, fewFactories[1:2]
	}, "F2-AZ-02", "CreatePARSession, DeletePARSession, GetPARSession"},
	"store without revocation": {"store factories", func(c *call) {
		c.store, c.factories = storeWithoutRevocation{c.full(), stores["memory"]().(oauth2.CoreStorage), c.full()}, fewFactories[1:2]
	}, "F2-AZ-09", "RevokeAccessToken, RevokeRefreshToken"},
	"store of clients": {"store", func(c *call) { c.store = storeOfClients{c.full()} }, "OA-08", "CreateAccessTokenSession"},
	"store of another version of fosite": {"store factories", func(c *call) {
		c.store, c.factories = storeOfAnotherVersion{c.full()}, fewFactories[1:2]
	}, "OA-08", "lacks CreateRefreshTokenSession"},
	"store that is nil":           {"store factories", func(c *call) { c.store = nil }, "", "the store is nil"},
	"store that is a nil pointer": {"store factories", func(c *call) { c.store = (*fapitest.JSONStore)(nil) }, "", "the store is nil"},
	"store that is no one":        {"store factories", func(c *call) { c.store = "postgres://" }, "", "GetClient"},
	"factory for which the store is not enough": {"store factories", func(c *call) {
		c.store = storeOfClients{c.full()}
	}, "", "factory 0 failed"},
	"factory that panics": {"factories", func(c *call) {
		c.factories = append(c.factories, func(fosite.Configurator, any, any) any { panic("no database") })
	}, "", "factory 7 failed: no database"},
	"selector without factories": {"factories", func(c *call) { c.factories = nil }, "", "without factories"},

	"secret too short":          {"strategy", func(c *call) { c.config.GlobalSecret = c.config.GlobalSecret[:31] }, "F2-CR-06", "32 byte"},
	"no strategy":               {"strategy factories", func(c *call) { c.strategy = nil; c.factories = fewFactories[:0] }, "F2-CR-06", "<nil>"},
	"strategy without its core": {"strategy", func(c *call) { c.strategy = &compose.CommonStrategy{} }, "F2-CR-06", "can not make codes"},
	"no keys":                   {"keys", func(c *call) { c.keys = nil }, "F2-CR-02", "WithKeys"},
	"strategy that is a nil pointer": {"strategy factories keys", func(c *call) {
		c.strategy, c.factories, c.keys = (*compose.CommonStrategy)(nil), fewFactories[:0], nil
	}, "F2-CR-02", "can't be asked for its key"},
	"strategy whose signer has no key": {"strategy factories keys", func(c *call) {
		c.strategy, c.keys = &compose.CommonStrategy{CoreStrategy: compose.NewOAuth2HMACStrategy(c.config), Signer: &jwt.DefaultSigner{}}, nil
	}, "F2-CR-02", "can't be asked for its key"},
	"no key that fits": {"keys profile.algorithms", func(c *call) {
		c.profile.SigningAlgorithms = []jose.SignatureAlgorithm{jose.PS256}
	}, "F2-CR-02", "no key fits"},

	"algorithm outside the profile": {"profile.algorithms", func(c *call) {
		c.profile.SigningAlgorithms = append(c.profile.SigningAlgorithms, jose.RS256)
	}, "F2-CR-02", "RS256"},
	"no algorithms":                    {"keys profile.algorithms", func(c *call) { c.profile.SigningAlgorithms = nil }, "F2-CR-02", "SigningAlgorithms"},
	"authentication by secret":         {"profile.methods", func(c *call) { c.profile.AuthMethods = []string{"client_secret_basic"} }, "F2-AS-06", "client_secret_basic"},
	"implicit response type":           {"profile.types", func(c *call) { c.profile.ResponseTypes = []string{"token"} }, "F2-AZ-01", `["token"]`},
	"response mode fragment":           {"profile.modes", func(c *call) { c.profile.ResponseModes = []string{"fragment"} }, "", "fragment"},
	"no response mode":                 {"profile.modes", func(c *call) { c.profile.ResponseModes = nil }, "", "ResponseModes"},
	"password grant":                   {"profile.grants", func(c *call) { c.profile.GrantTypes = append(c.profile.GrantTypes, "password") }, "", "password"},
	"pushed requests that live 600 s":  {"profile.pushed", func(c *call) { c.profile.RequestURILifetime = 600 * time.Second }, "F2-AZ-12", "10m0s"},
	"codes that live longer than 60 s": {"profile.code", func(c *call) { c.profile.AuthorizationCodeLifetime = 61 * time.Second }, "F2-AS-11", "1m1s"},
	"codes that don't live":            {"profile.code", func(c *call) { c.profile.AuthorizationCodeLifetime = 0 }, "F2-AS-11", "0s"},
	"access tokens that don't live":    {"profile.access", func(c *call) { c.profile.AccessTokenLifetime = -1 }, "", "AccessTokenLifetime"},
	"refresh tokens that don't live":   {"profile.refresh", func(c *call) { c.profile.RefreshTokenLifetime = 0 }, "", "RefreshTokenLifetime"},
	"profile made by hand":             {"profile", func(c *call) { c.profile = fapi.Profile{Name: "mine"} }, "", "by hand"},
	"profile with a name of two lines": {"profile.name", func(c *call) { c.profile.Name = "a\nb" }, "", "a name"},
	"profile without a name":           {"profile.name", func(c *call) { c.profile.Name = "" }, "", "a name"},
	"profile that is named legacy":     {"profile.name", func(c *call) { c.profile.Name = fapi.Legacy }, "", "a name"},
	"rule without ID": {"profile.rules", func(c *call) {
		c.profile = c.profile.With(fapi.Rule{Requirement: fapi.Requirement{Stage: fapi.AtToken}, Check: passes})
	}, "", "rule 0"},
	"rule without Check": {"profile.rules", func(c *call) {
		c.profile = c.profile.With(fapi.Rule{Requirement: fapi.Requirement{ID: "ACME-1", Stage: fapi.AtToken}})
	}, "ACME-1", "rule 0"},
	"rule without Stage": {"profile.rules", func(c *call) {
		c.profile = c.profile.With(fapi.Rule{Requirement: fapi.Requirement{ID: "ACME-2"}, Check: passes})
	}, "ACME-2", "rule 0"},
	"requirement taken away": {"profile.without", func(c *call) { c.profile = c.profile.InsecureWithout("F2-AZ-05") }, "F2-AZ-05", "can not be removed"},

	"no issuer":                {"issuer", func(c *call) { c.config.IDTokenIssuer, c.config.AccessTokenIssuer = "", "" }, "ISS-03", "WithIssuer"},
	"issuer over http":         {"issuer", func(c *call) { c.config.IDTokenIssuer = "http://as.example.com" }, "ISS-02", "https"},
	"issuer with a query":      {"issuer", func(c *call) { c.option(fapi.WithIssuer(issuer + "?x=y")) }, "ISS-02", "query"},
	"issuer with a fragment":   {"issuer", func(c *call) { c.option(fapi.WithIssuer(issuer + "/#")) }, "ISS-02", "fragment"},
	"token endpoint over http": {"issuer", func(c *call) { c.option(fapi.WithEndpoints(fapi.Endpoints{Token: "http://x/t"})) }, "F2-AS-01", "token_endpoint"},
	"WithProfiles twice":       {"mode", func(c *call) { c.option(fapi.WithProfiles(byRegistration, otherProfile())) }, "", "profiles are given twice"},
	"WithProfile beside it":    {"mode", func(c *call) { c.option(fapi.WithProfile(otherProfile())) }, "", "profiles are given twice"},
	"trust anchors twice": {"mtls", func(c *call) {
		c.option(fapi.WithTrustAnchors(testPKI().Pool()), fapi.WithTrustAnchors(testPKI().Pool()))
	}, "", "anchors are given twice"},
	"trust anchors that are none": {"mtls", func(c *call) { c.option(fapi.WithTrustAnchors(nil)) }, "MTLS-24", "nil"},
	"token format of no kind":     {"format", func(c *call) { c.option(fapi.WithAccessTokenFormat("saml")) }, "", "Opaque or JWT"},
	"bound below zero":            {"bound", func(c *call) { c.option(fapi.WithMaxRequestBytes(-1)) }, "", "must be positive"},
}

func (c *call) option(o ...fapi.Option) { c.options = append(c.options, o...) }

func (m mistake) named(all []*fapi.Problem) bool {
	for _, problem := range all {
		if problem.ID == m.id && strings.Contains(problem.Text, m.text) {
			return true
		}
	}
	return false
}

// excludes says whether one of two mistakes hides the other: they are about the same, or one about a part of what the
// other is about.
func (m mistake) excludes(other mistake) bool {
	for _, a := range strings.Fields(m.of) {
		for _, b := range strings.Fields(other.of) {
			if a == b || strings.HasPrefix(a, b+".") || strings.HasPrefix(b, a+".") {
				return true
			}
		}
	}
	return false
}

func TestComposeNamesAMistake(t *testing.T) {
	t.Parallel()
	provider, err := goodCall(t).compose()
	require.NoError(t, err)
	require.NotNil(t, provider)
	for name, mistake := range mistakes {
		t.Run(mistake.id+" "+name, func(t *testing.T) {
			t.Parallel()
			c := goodCall(t)
			mistake.make(c)
			provider, err := c.compose()
			require.Nil(t, provider)
			assert.True(t, mistake.named(problemsOf(t, err)), "%v", err)
		})
	}
}

// Of any two mistakes both are told.
func TestComposeNamesEveryMistake(t *testing.T) {
	t.Parallel()
	for name, one := range mistakes {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for otherName, other := range mistakes {
				if one.excludes(other) || other.excludes(one) {
					continue
				}
				c := goodCall(t)
				one.make(c)
				other.make(c)
				provider, err := c.compose()
				require.Nil(t, provider)
				all := problemsOf(t, err)
				assert.True(t, one.named(all), "%s hides it: %v", otherName, err)
				assert.True(t, other.named(all), "it hides %s: %v", otherName, err)
			}
		})
	}
}

// All mistakes that exclude no other are told together.
func TestComposeNamesAllMistakes(t *testing.T) {
	t.Parallel()
	var made []mistake
	c := goodCall(t)
next:
	for _, m := range mistakes {
		for _, earlier := range made {
			if m.excludes(earlier) {
				continue next
			}
		}
		m.make(c)
		made = append(made, m)
	}
	_, err := c.compose()
	all := problemsOf(t, err)
	for _, m := range made {
		assert.True(t, m.named(all), "%s %s: %v", m.id, m.text, err)
	}
}
