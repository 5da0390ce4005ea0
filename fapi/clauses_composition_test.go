package fapi_test

import (
	"errors"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/ory/fosite"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fosite-fapi/fosite-fapi/fapi"
	"github.com/fosite-fapi/fosite-fapi/mtls"
)

// What Compose refuses, because no request could be answered as the profile demands.
func TestClausesComposition(t *testing.T) {
	t.Parallel()
	profile := func(change func(*fapi.Profile)) []fapi.Option {
		p := fapi.FAPI2Security()
		change(&p)
		return []fapi.Option{fapi.WithProfile(p)}
	}
	with := func(o ...fapi.Option) []fapi.Option { return append(o, fapi.WithProfile(fapi.FAPI2Security())) }
	for _, c := range []struct {
		name    string
		options []fapi.Option
		config  func(*fosite.Config)
		id      string // "" accepts
	}{
		{"F2-AS-01/kept", with(), nil, ""},
		{"F2-AS-01/refused token endpoint over http", with(fapi.WithEndpoints(fapi.Endpoints{Token: "http://as.example.com/token"})), nil, "F2-AS-01"},
		{"F2-AS-01/refused no PAR endpoint", with(fapi.WithEndpoints(fapi.Endpoints{PushedAuthorizationRequest: "-"})), nil, "F2-AS-01"},
		{"ISS-02/kept issuer with a path", with(fapi.WithIssuer("https://as.example.com/tenant")), nil, ""},
		{"ISS-02/refused http", with(fapi.WithIssuer("http://as.example.com")), nil, "ISS-02"},
		{"ISS-02/refused query", with(fapi.WithIssuer("https://as.example.com?tenant=1")), nil, "ISS-02"},
		{"ISS-02/refused fragment", with(fapi.WithIssuer("https://as.example.com#tenant")), nil, "ISS-02"},
		{"ISS-03/refused none", with(), func(c *fosite.Config) { c.IDTokenIssuer, c.AccessTokenIssuer = "", "" }, "ISS-03"},
		{"F2-AS-11/refused codes of 61 s", profile(func(p *fapi.Profile) { p.AuthorizationCodeLifetime = 61 * time.Second }), nil, "F2-AS-11"},
		{"F2-AS-11/kept codes of 30 s", profile(func(p *fapi.Profile) { p.AuthorizationCodeLifetime = 30 * time.Second }), nil, ""},
		{"F2-AZ-12/kept requests of 599 s", profile(func(p *fapi.Profile) { p.RequestURILifetime = 599 * time.Second }), nil, ""},
		{"F2-AZ-12/refused requests of 600 s", profile(func(p *fapi.Profile) { p.RequestURILifetime = 600 * time.Second }), nil, "F2-AZ-12"},
		{"F2-AZ-12/refused requests of 4 s", profile(func(p *fapi.Profile) { p.RequestURILifetime = 4 * time.Second }), nil, "F2-AZ-12"},
		{"F2-AZ-01/refused code id_token", profile(func(p *fapi.Profile) { p.ResponseTypes = []string{"code id_token"} }), nil, "F2-AZ-01"},
		{"F2-AS-06/refused client_secret_basic", profile(func(p *fapi.Profile) { p.AuthMethods = append(p.AuthMethods, "client_secret_basic") }), nil, "F2-AS-06"},
		{"F2-CR-02/kept one algorithm", profile(func(p *fapi.Profile) { p.SigningAlgorithms = []jose.SignatureAlgorithm{jose.ES256} }), nil, ""},
		{"F2-CR-02/refused RS256", profile(func(p *fapi.Profile) { p.SigningAlgorithms = []jose.SignatureAlgorithm{jose.RS256} }), nil, "F2-CR-02"},
		{"F2-CR-02/refused PS384", profile(func(p *fapi.Profile) { p.SigningAlgorithms = append(p.SigningAlgorithms, jose.PS384) }), nil, "F2-CR-02"},
		{"F2-CR-02/refused no key that fits", profile(func(p *fapi.Profile) { p.SigningAlgorithms = []jose.SignatureAlgorithm{jose.EdDSA} }), nil, "F2-CR-02"},
		{"F2-CR-03 F2-CR-02/refused none", profile(func(p *fapi.Profile) { p.SigningAlgorithms = append(p.SigningAlgorithms, "none") }), nil, "F2-CR-02"},
		{"F2-CR-06 F1B-AS-16/refused secret of 31 bytes", with(), func(c *fosite.Config) { c.GlobalSecret = c.GlobalSecret[1:] }, "F2-CR-06"},
		{"MTLS-24/refused no trust anchors", with(fapi.WithMTLS(&mtls.Verifier{})), nil, "MTLS-24"},
	} {
		t.Run(c.name, func(t *testing.T) {
			config := hostConfig()
			if c.config != nil {
				c.config(config)
			}
			provider, err := composed(config, stores["memory"](), c.options...)
			if c.id == "" {
				require.NoError(t, err)
				assert.Empty(t, provider.Weakened())
				return
			}
			require.Nil(t, provider)
			var problem *fapi.Problem
			require.ErrorAs(t, err, &problem)
			assert.Equal(t, c.id, problem.ID, err)
		})
	}
	t.Run("OA-08/refused a store that keeps no codes", func(t *testing.T) {
		_, err := composed(hostConfig(), struct{ fosite.Storage }{stores["memory"]()}, with()...)
		ids := make(map[string]bool)
		var all interface{ Unwrap() []error }
		require.True(t, errors.As(err, &all))
		for _, e := range all.Unwrap() {
			var problem *fapi.Problem
			require.ErrorAs(t, e, &problem)
			ids[problem.ID] = true
		}
		assert.Equal(t, map[string]bool{"OA-08": true, "F2-AZ-09": true, "F2-AZ-02": true}, ids)
	})
}
