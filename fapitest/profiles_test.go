package fapitest_test

import (
	"net/url"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/ory/fosite"
	"github.com/stretchr/testify/assert"

	"github.com/fosite-fapi/fosite-fapi/fapi"
	"github.com/fosite-fapi/fosite-fapi/fapitest"
	"github.com/fosite-fapi/fosite-fapi/jarm"
	"github.com/fosite-fapi/fosite-fapi/registration"
)

// signing are the profiles whose requests and responses are signed.
var signing = map[string]fapitest.Config{
	"FAPI 1.0, hybrid":         {Profiles: []fapi.Profile{fapi.FAPI1Advanced()}},
	"FAPI 1.0, JARM":           {Profiles: []fapi.Profile{fapi.FAPI1Advanced()}, Request: url.Values{"response_type": {"code"}, "response_mode": {"jwt"}}},
	"FAPI 2.0 Message Signing": {Profiles: []fapi.Profile{fapi.FAPI2MessageSigning()}},
	"JARM by form_post":        {Profiles: []fapi.Profile{fapi.FAPI2MessageSigning()}, Request: url.Values{"response_mode": {"form_post.jwt"}}},
}

// Clients of every profile go through a flow without being told how.
func TestServerOfEveryProfile(t *testing.T) {
	t.Parallel()
	clients := map[string]fapitest.ClientConfig{
		"ES256": {}, "PS256": {Algorithm: jose.PS256}, "tls_client_auth": {AuthMethod: "tls_client_auth"},
		"self_signed_tls_client_auth": {AuthMethod: "self_signed_tls_client_auth"},
	}
	for name, config := range signing {
		for kind, client := range clients {
			t.Run(name+"/"+kind, func(t *testing.T) {
				config.Clients = []fapitest.ClientConfig{client}
				fapitest.Run(t, config, func(s *fapitest.Server) {
					assert.True(s, s.Acting.RequestObjects)
					fapitest.Accepted()(s, s.Authorize())
					tokens := s.Tokens()
					fapitest.Accepted()(s, tokens)
					fapitest.Accepted()(s, s.Refresh(tokens.Text("refresh_token")))
				})
			})
		}
		t.Run(name, func(t *testing.T) {
			config.Clients = nil
			status := 303
			if config.Request.Get("response_mode") == "form_post.jwt" {
				status = 200
			}
			fapitest.Table{
				{Name: "denied", Do: fapitest.Authorize().Denied(fosite.ErrAccessDenied), Want: fapitest.All(fapitest.Refused("OA-09", "access_denied", status), fapitest.Returned("code"))},
				{Name: "state", Do: fapitest.Authorize(fapitest.InObject(fapitest.Claim("state", "s"))), Want: fapitest.Returned("state", "s")},
				{Name: "scope", Do: fapitest.Flow(fapitest.InObject(fapitest.Claim("scope", "accounts"), fapitest.Claim("response_type", "code"), fapitest.Claim("response_mode", "jwt"))), Want: fapitest.Member("scope", "accounts")},
				{Name: "InObject", Do: fapitest.Push(fapitest.InObject(fapitest.NoClaim("client_id"))), Want: fapitest.Status(400)},
				{Name: "InObject, another client's key", Do: fapitest.Push(fapitest.InObject(fapitest.SignedBy(fapitest.Key("client-b", jose.ES256), jose.ES256))), Want: fapitest.Status(400)},
				{Name: "Plain", Do: fapitest.Push(fapitest.Plain), Want: fapitest.Status(400)},
				{Name: "After", Do: fapitest.Push(fapitest.After(24 * time.Hour)), Want: fapitest.Accepted()},
				{Name: "Sealed, After", Do: fapitest.Push(fapitest.InObject(fapitest.Ahead("exp", time.Second)), fapitest.Sealed, fapitest.After(30*time.Second)), Want: fapitest.Status(400)},
			}.Run(t, config)
		})
	}
	object := fapitest.Config{Profiles: []fapi.Profile{fapi.FAPI1Advanced()}}
	fapitest.Table{
		{Name: "by value", Do: fapitest.ByValue(), Want: fapitest.Accepted()},
		{Name: "F1A-AS-01/refused plain", Do: fapitest.Push(fapitest.Plain), Want: fapitest.Refused("F1A-AS-01", "invalid_request", 400)},
		{Name: "F1A-AS-13/refused no exp", Do: fapitest.Push(fapitest.InObject(fapitest.NoClaim("exp"))), Want: fapitest.Refused("F1A-AS-13", "invalid_request_object", 400)},
	}.Run(t, object)
	fapitest.Table{
		{Name: "of its own accord", Do: fapitest.Flow(), Want: fapitest.Accepted()},
		{Name: "of its own accord, plain", Do: fapitest.Flow(fapitest.Plain), Want: fapitest.Accepted()},
	}.Run(t, fapitest.Config{Clients: []fapitest.ClientConfig{{RequestObjects: true}}})
}

// A client that reads JARM finds out what is not for it.
func TestChecksOfSignedResponses(t *testing.T) {
	t.Parallel()
	config := signing["FAPI 2.0 Message Signing"]
	replaced := func(change func(claims map[string]any)) func(*fapitest.Answer) {
		return func(a *fapitest.Answer) {
			claims := map[string]any{"iss": fapitest.Issuer, "aud": "client-a", "exp": time.Now().Add(time.Minute).Unix(), "code": "x"}
			change(claims)
			raw, err := fapitest.Sign(fapitest.Key("fapitest server", jose.ES256), jose.ES256, nil, claims)
			assert.NoError(t, err)
			a.Header.Set("Location", "https://client-a.example.com/callback?response="+raw)
		}
	}
	for name, c := range map[string]struct {
		change func(*fapitest.Answer)
		says   string
	}{
		"as it should be":    {func(*fapitest.Answer) {}, ""},
		"as we sign it":      {replaced(func(map[string]any) {}), ""},
		"of another server":  {replaced(func(c map[string]any) { c["iss"] = "https://other.example.com" }), "wrong iss"},
		"for another client": {replaced(func(c map[string]any) { c["aud"] = "client-b" }), "wrong aud"},
		"expired":            {replaced(func(c map[string]any) { c["exp"] = time.Now().Unix() }), "expired"},
		"an error":           {replaced(func(c map[string]any) { delete(c, "code") }), "the answer leads to"},
		"iss beside the JWT": {func(a *fapitest.Answer) { a.Header.Set("Location", a.Header.Get("Location")+"&iss="+fapitest.Issuer) }, "beside the JWT"},
		"tampered":           {func(a *fapitest.Answer) { a.Header.Set("Location", a.Header.Get("Location")+"A") }, "unexpected error"},
	} {
		t.Run(name, func(t *testing.T) {
			test := func(tb testing.TB) {
				fapitest.Row{Do: forged(fapitest.Visit(), c.change), Want: fapitest.Accepted()}.Test(fapitest.NewServer(tb, config))
			}
			if c.says == "" {
				passes(t, test)
			} else {
				fails(t, c.says, test)
			}
		})
	}
}

// Responses that are encrypted are opened by the client's key.
func TestEncryptedResponses(t *testing.T) {
	t.Parallel()
	key := fapitest.Key("client-a encryption", jose.RS256)
	config := signing["FAPI 2.0 Message Signing"]
	config.Clients = []fapitest.ClientConfig{{Register: func(c *registration.Client) {
		c.AuthorizationEncryptedResponseAlg, c.AuthorizationEncryptedResponseEnc = "RSA-OAEP-256", "A256GCM"
		c.JWKS.Keys = append(c.JWKS.Keys, jose.JSONWebKey{Key: key.Public(), KeyID: "enc", Algorithm: "RSA-OAEP-256", Use: "enc"})
	}}}
	fapitest.Run(t, config, func(s *fapitest.Server) {
		s.Acting.DecryptionKeys = append(s.Acting.DecryptionKeys, jarm.DecryptionKey{Private: key, ID: "enc"})
		fapitest.Accepted()(s, s.Authorize())
		fapitest.Accepted()(s, s.Tokens())
	})
}
