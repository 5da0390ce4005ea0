package fapi_test

import (
	"context"
	"log/slog"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/ory/fosite"
	"github.com/ory/fosite/compose"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fosite-fapi/fosite-fapi/fapi"
	"github.com/fosite-fapi/fosite-fapi/fapitest"
)

// legacyProviders make the provider that a host has, and what it has after it changed the call.
var legacyProviders = map[string]func(t *testing.T, config *fosite.Config, store fosite.Storage) fosite.OAuth2Provider{
	"Compose": func(t *testing.T, config *fosite.Config, store fosite.Storage) fosite.OAuth2Provider {
		p, err := fapi.Compose(config, store, legacyStrategy(config), fapi.WithFactories(everyFactory...), fapi.WithProfiles(byRegistration, fapi.FAPI2Security()))
		require.NoError(t, err)
		return p
	},
	"report-only": func(t *testing.T, config *fosite.Config, store fosite.Storage) fosite.OAuth2Provider {
		readiness := &fapi.Readiness{}
		t.Cleanup(func() { assert.NotEmpty(t, readiness.Clients(), "requests were judged") })
		p, err := fapi.Compose(config, store, legacyStrategy(config), fapi.WithFactories(everyFactory...),
			fapi.WithProfiles(byRegistration, fapi.FAPI2Security()), fapi.WithReportOnly(toSigning, readiness, fapi.FAPI2MessageSigning()))
		require.NoError(t, err)
		return p
	},
	"failing reporter": func(t *testing.T, config *fosite.Config, store fosite.Storage) fosite.OAuth2Provider {
		rule := fapi.Rule{
			Requirement: fapi.Requirement{ID: "PANIC", Stage: fapi.AtClientAuthentication},
			Check:       func(context.Context, *fapi.Request) error { panic("a rule") },
		}
		reporter := fapi.ReportFunc(func(context.Context, *fapi.Report) { panic("a reporter") })
		p, err := fapi.Compose(config, store, legacyStrategy(config), fapi.WithFactories(everyFactory...), fapi.WithLogger(slog.New(slog.DiscardHandler)),
			fapi.WithReportOnly(toSigning, reporter, fapi.FAPI2MessageSigning().With(rule)))
		require.NoError(t, err)
		t.Cleanup(func() { assert.NotZero(t, p.LostReports()) })
		return p
	},
	"New": func(t *testing.T, config *fosite.Config, store fosite.Storage) fosite.OAuth2Provider {
		compose.Compose(config, store, legacyStrategy(config), everyFactory...) // fills the config's lists of handlers
		p, err := fapi.New(store, config, fapi.WithStrategy(legacyStrategy(config)), fapi.WithProfiles(byRegistration, fapi.FAPI2Security()))
		require.NoError(t, err)
		return p
	},
}

// toSigning has every client judged by Message Signing.
func toSigning(context.Context, fosite.Client) (string, error) {
	return fapi.FAPI2MessageSigning().Name, nil
}

func legacyStore(t *testing.T, kind string) fosite.Storage {
	t.Helper()
	_, profiled, _ := newClient(t, "profiled")
	store := stores[kind](append(legacyClients(), profiled)...)
	populate(t, store)
	return store
}

// TestLegacyClientsGetPlainFosite drives the same requests through plain fosite and through a provider that serves
// profiled clients beside, and compares every answer of each flow.
func TestLegacyClientsGetPlainFosite(t *testing.T) {
	t.Parallel()
	for _, debug := range []bool{false, true} {
		config := func(kind string) *fosite.Config {
			c := legacyConfig()
			c.SendDebugMessagesToClients = debug
			c.UseLegacyErrorFormat = debug
			if kind == "json" {
				c.ClientSecretsHasher = oneSecret{}
			}
			return c
		}
		for kind := range stores {
			for call, provider := range legacyProviders {
				name := kind + "/" + call
				if debug && call == "New" {
					continue // its texts are those of Compose
				} else if debug {
					name += "/debug"
				}
				t.Run(name, func(t *testing.T) {
					t.Parallel()
					plainConfig, plainStore := config(kind), legacyStore(t, kind)
					plain := hostHandler(compose.Compose(plainConfig, plainStore, legacyStrategy(plainConfig), everyFactory...))
					ours := hostHandler(provider(t, config(kind), legacyStore(t, kind)))
					all := []map[string]legacyFlow{legacySuccesses, legacyFailures}
					if !debug {
						all = append(all, legacyUndebugged)
					}
					for _, flows := range all {
						for name, flow := range flows {
							t.Run(name, func(t *testing.T) { flow.compare(t, plain, ours) })
						}
					}
				})
			}
		}
	}
}

func (f legacyFlow) compare(t *testing.T, plain, ours http.Handler) {
	t.Helper()
	var want, got []string
	run := func(handler http.Handler) (transcript []string) {
		synctest.Test(t, func(t *testing.T) { // both begin at the same time, which stands still
			v := &visitor{T: t, handler: handler}
			f.run(v)
			transcript = v.transcript
			assert.Equal(t, f.status, v.status)
		})
		return transcript
	}
	want, got = run(plain), run(ours)
	require.NotEmpty(t, want)
	require.Equal(t, len(want), len(got))
	for i := range want {
		assert.Equal(t, want[i], got[i])
	}
}

// TestHostKeepsItsConfig: what the host passes to Compose is as it was, before and after requests, down to the spare
// room of its lists.
func TestHostKeepsItsConfig(t *testing.T) {
	t.Parallel()
	for kind := range stores {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			config, untouched := configOfAHost(), configOfAHost()
			client, profiled, certificate := newClient(t, "profiled")
			store := stores[kind](append(legacyClients(), profiled)...)
			strategy := legacyStrategy(config)
			var given []any
			spy := func(_ fosite.Configurator, store, strategy any) any {
				given = append(given, store, strategy)
				return nil
			}
			provider, err := fapi.Compose(config, store, strategy,
				fapi.WithFactories(append([]compose.Factory{spy}, everyFactory...)...), fapi.WithProfiles(byRegistration, fapi.FAPI2Security()))
			require.NoError(t, err)
			require.Len(t, given, 2)
			assert.Same(t, store, given[0])
			assert.Same(t, strategy, given[1])
			requireUntouched(t, untouched, config)

			b := &bench{T: t, provider: provider, handler: hostHandler(provider)}
			b.connect(client, &certificate)
			b.tokens(client, "openid offline_access accounts")
			v := &visitor{T: t, handler: b.handler}
			v.tokens("openid offline photos")
			v.post("/par", authorization("web", "code", "photos"), asWeb)
			v.post("/token", withAssertion(clientCredentials, v.assertion(nil)))
			requireUntouched(t, untouched, config)
		})
	}
}

// configOfAHost has handlers of its own, and room for more in the lists.
func configOfAHost() *fosite.Config {
	c := legacyConfig()
	c.AuthorizeEndpointHandlers = make(fosite.AuthorizeEndpointHandlers, 0, 16)
	c.TokenEndpointHandlers = make(fosite.TokenEndpointHandlers, 0, 16)
	c.TokenIntrospectionHandlers = make(fosite.TokenIntrospectionHandlers, 0, 16)
	c.RevocationHandlers = make(fosite.RevocationHandlers, 0, 16)
	c.PushedAuthorizeEndpointHandlers = make(fosite.PushedAuthorizeEndpointHandlers, 0, 16)
	c.RefreshTokenScopes = []string{"offline"}
	c.RotatedGlobalSecrets = [][]byte{[]byte("an-older-secret-of-32-bytes-long")}
	return c
}

// requireUntouched compares every field. The functions and interfaces that fosite's getters fill in are nil in both,
// or it fails.
func requireUntouched(t *testing.T, want, got *fosite.Config) {
	t.Helper()
	require.Equal(t, *want, *got)
	for _, handler := range got.AuthorizeEndpointHandlers[:16] {
		require.Nil(t, handler)
	}
	for _, handler := range got.TokenEndpointHandlers[:16] {
		require.Nil(t, handler)
	}
	for _, handler := range got.TokenIntrospectionHandlers[:16] {
		require.Nil(t, handler)
	}
	for _, handler := range got.RevocationHandlers[:16] {
		require.Nil(t, handler)
	}
	for _, handler := range got.PushedAuthorizeEndpointHandlers[:16] {
		require.Nil(t, handler)
	}
}

// TestProfiledClientsBesideLegacyOnes: the config that gives legacy clients plain PKCE, codes of 15 minutes and
// rotation gives profiled ones FAPI.
func TestProfiledClientsBesideLegacyOnes(t *testing.T) {
	t.Parallel()
	for kind := range stores {
		for name, test := range map[string]func(m *mixed){
			"F2-AZ-05 plain PKCE": func(m *mixed) {
				plain := func(msg *fapitest.Message) {
					msg.Form.Set("code_challenge", legacyVerifier)
					msg.Form.Set("code_challenge_method", "plain")
				}
				m.begin()
				m.refused(m.push(m.b, m.b.Request(legacyVerifier, "accounts"), plain), badRequest, "invalid_request", "F2-AZ-05")
				m.legacy.pkce(legacyVerifier, "plain", legacyVerifier)
				require.Equal(m, http.StatusOK, m.legacy.status)
			},
			"F2-AS-11 code after 59 s": func(m *mixed) {
				verifier := fapitest.Verifier()
				code := m.code(m.b, verifier, "accounts")
				<-time.After(59 * time.Second) // moves the clock of the bubble
				m.good(m.b.Redeem(m.Context(), code, verifier))
			},
			"F2-AS-11 code after 60 s": func(m *mixed) {
				verifier := fapitest.Verifier()
				code, legacy := m.code(m.b, verifier, "accounts"), m.legacy.code(authorization("web", "code", "photos"))
				<-time.After(time.Minute) // moves the clock of the bubble
				m.begin()
				a, err := m.b.Redeem(m.Context(), code, verifier)
				require.NoError(m, err)
				m.refused(a, badRequest, "invalid_grant", "F2-AS-11")
				m.good(m.legacy.post("/token", redemption(legacy), asWeb), nil)
			},
			"F2-AS-09 rotation": func(m *mixed) {
				profiled, legacy := m.tokens(m.b, "offline_access").Text("refresh_token"), m.legacy.tokens("offline").Text("refresh_token")
				for range 3 {
					a := m.good(m.b.Refresh(m.Context(), profiled))
					assert.Equal(m, profiled, a.Text("refresh_token"))
				}
				a := m.good(m.legacy.post("/token", refreshing(legacy), asWeb), nil)
				assert.NotEqual(m, legacy, a.Text("refresh_token"))
				a = m.legacy.post("/token", refreshing(legacy), asWeb)
				assert.Equal(m, "invalid_grant", a.Text("error"))
			},
			"F2-AZ-03 authorization request that was not pushed": func(m *mixed) {
				m.begin()
				m.page(m.legacy.visit(legacyAuthorization(m.b)), badRequest, "invalid_request", "F2-AZ-03")
				m.legacy.code(authorization("web", "code", "photos"))
			},
			"F2-AZ-07 iss": func(m *mixed) {
				a := m.good(m.authorize(m.b, m.b.Request(fapitest.Verifier(), "accounts")), nil)
				assert.Equal(m, issuer, a.Location().Query().Get("iss"))
				a = m.good(m.legacy.visit(authorization("web", "code", "photos")), nil)
				assert.False(m, a.Location().Query().Has("iss"))
			},
			"lifetime of access tokens": func(m *mixed) {
				assert.EqualValues(m, 300, m.tokens(m.b, "accounts").JSON["expires_in"])
				assert.EqualValues(m, 3600, m.legacy.tokens("photos").JSON["expires_in"])
			},
		} {
			t.Run(kind+"/"+name, func(t *testing.T) {
				t.Parallel()
				m := newMixed(t, kind)
				synctest.Test(t, func(t *testing.T) { test(m.on(t)) })
			})
		}
	}
}
