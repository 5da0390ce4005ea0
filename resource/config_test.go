package resource_test

import (
	"context"
	"strings"
	"testing"
	"time"

	jose "github.com/go-jose/go-jose/v4"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fosite-fapi/fosite-fapi/dpop"
	"github.com/fosite-fapi/fosite-fapi/internal/must"
	"github.com/fosite-fapi/fosite-fapi/keys"
	"github.com/fosite-fapi/fosite-fapi/resource"
)

func TestNew(t *testing.T) {
	t.Parallel()
	key := jose.JSONWebKeySet{Keys: []jose.JSONWebKey{{Key: p256().Public()}}}
	for want, change := range map[string]func(*resource.Config){
		"Issuer is":                               func(c *resource.Config) { c.Issuer = "" },
		"Issuer is \"http":                        func(c *resource.Config) { c.Issuer = "http://as.example.com" },
		"Issuer is \"https://as.example.com?x\"":  func(c *resource.Config) { c.Issuer += "?x" },
		"Audience is empty":                       func(c *resource.Config) { c.Audience = nil },
		"Audience has an empty value":             func(c *resource.Config) { c.Audience = []string{""} },
		"Formats: \"x\"":                          func(c *resource.Config) { c.Formats = []resource.Format{"x"} },
		"Formats is empty":                        func(c *resource.Config) { c.Formats = []resource.Format{} },
		"Introspection is nil":                    func(c *resource.Config) { c.Formats, c.Introspection = []resource.Format{resource.Opaque}, nil },
		"Algorithms: \"none\"":                    func(c *resource.Config) { c.Algorithms = []jose.SignatureAlgorithm{"none"} },
		"Algorithms: \"HS256\"":                   func(c *resource.Config) { c.Algorithms = []jose.SignatureAlgorithm{jose.HS256} },
		"Algorithms is empty":                     func(c *resource.Config) { c.Algorithms = []jose.SignatureAlgorithm{} },
		"both set":                                func(c *resource.Config) { c.Keys, c.JWKSURI = &key, "https://as.example.com/jwks" },
		"Keys is empty":                           func(c *resource.Config) { c.Keys = new(jose.JSONWebKeySet) },
		"JWKSURI is not":                          func(c *resource.Config) { c.JWKSURI = "http://as.example.com/jwks" },
		"Replay is nil":                           func(c *resource.Config) { c.DPoP = new(dpop.Verifier) },
		"BaseURLs is empty":                       func(c *resource.Config) { c.BaseURLs = nil },
		"BaseURLs are for DPoP":                   func(c *resource.Config) { c.DPoP = nil },
		"BaseURLs: \"http:":                       func(c *resource.Config) { c.BaseURLs = []string{"http://api.example.com"} },
		"BaseURLs: \"https://api.example.com?\"":  func(c *resource.Config) { c.BaseURLs = []string{"https://api.example.com?"} },
		"BaseURLs: \"https://api.example.com#x\"": func(c *resource.Config) { c.BaseURLs = []string{"https://api.example.com#x"} },
		"Timeout is negative":                     func(c *resource.Config) { c.Timeout = -1 },
		"Realm can't":                             func(c *resource.Config) { c.Realm = `a"b` },
		"ErrorURI is not an https":                func(c *resource.Config) { c.ErrorURI = "http://docs.example.com/" },
		"ErrorURI is not an https URL":            func(c *resource.Config) { c.ErrorURI = "https://docs.example.com/#" },
		"ErrorURI is not an https URL without":    func(c *resource.Config) { c.ErrorURI = "https://user@docs.example.com/" },
		"ClientID is empty":                       func(c *resource.Config) { c.Introspection.ClientID = "" },
		"nothing to authenticate by":              func(c *resource.Config) { c.Introspection.Keys = nil },
		"Endpoint is not":                         func(c *resource.Config) { c.Introspection.Endpoint = "/introspect" },
		"Decryption, but not Signed":              func(c *resource.Config) { c.Introspection.Decryption = decryptionKeys() },
		"OpaqueOnly":                              func(c *resource.Config) { c.Introspection.OpaqueOnly = true },
		"TTL is 5m0.000000001s":                   func(c *resource.Config) { c.Introspection.TTL = 5*time.Minute + 1 },
		"InactiveTTL is 31s":                      func(c *resource.Config) { c.Introspection.InactiveTTL = 31 * time.Second },
		"InactiveTTL is 1s":                       func(c *resource.Config) { c.Introspection.TTL, c.Introspection.InactiveTTL = -1, time.Second },
		"Introspection.Local is for":              func(c *resource.Config) { c.Introspection.Local = silent },
		"NonceOptional is for":                    func(c *resource.Config) { c.DPoP, c.BaseURLs, c.NonceOptional = nil, nil, true },
		"MaxEntries or MaxCalls":                  func(c *resource.Config) { c.Introspection.MaxEntries = -1 },
	} {
		t.Run(want, func(t *testing.T) {
			t.Parallel()
			good := func() resource.Config {
				w := newWorld(t).introspected()
				w.config.Issuer, w.config.Transport = "https://as.example.com", nil
				return w.config
			}
			rs, err := resource.New(good())
			require.NoError(t, err)
			require.NotNil(t, rs)

			c := good()
			change(&c)
			rs, err = resource.New(c)
			require.ErrorIs(t, err, resource.ErrConfig)
			require.ErrorContains(t, err, want)
			require.Nil(t, rs)
			assert.Len(t, strings.Split(err.Error(), "\n"), 1, "one thing is wrong: %v", err)
		})
	}

	_, err := resource.New(resource.Config{DPoP: new(dpop.Verifier), Introspection: new(resource.Introspection)})
	for _, problem := range []string{"Issuer", "Audience", "BaseURLs", "Replay", "ClientID", "authenticate"} {
		require.ErrorContains(t, err, problem, "everything is listed")
	}
}

// silent is a Local that says nothing.
func silent(context.Context, string) ([]byte, error) { return nil, nil }

// A Server doesn't hear of what its owner does to the Config later.
func TestConfigIsCopied(t *testing.T) {
	t.Parallel()
	w := newWorld(t).asOpaque()
	w.server()
	w.config.Audience[0], w.config.BaseURLs[0], w.config.Formats[0] = "x", "x", "x"
	w.config.Introspection.ClientID = "x"
	w.config.Introspection.Keys = keys.Static(must.Get(keys.New(keys.Key{Signer: otherKey()})))
	w.passes(w.call())
}
