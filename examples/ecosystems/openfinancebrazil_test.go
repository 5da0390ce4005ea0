package ecosystems_test

import (
	"testing"

	"github.com/go-jose/go-jose/v4"
	"github.com/ory/fosite"
	"github.com/ory/fosite/compose"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fosite-fapi/fosite-fapi/examples/ecosystems"
	"github.com/fosite-fapi/fosite-fapi/fapi"
	"github.com/fosite-fapi/fosite-fapi/fapitest"
	"github.com/fosite-fapi/fosite-fapi/keys"
	"github.com/fosite-fapi/fosite-fapi/registration"
)

// brazil is a server with a key to encrypt to, and a client that is registered for consents.
func brazil(t *testing.T) fapitest.Config {
	t.Helper()
	decryption, err := keys.NewDecryption(
		keys.DecryptionKey{Private: fapitest.Key("brazil RSA-OAEP", jose.PS256), ID: "RSA-OAEP", Algorithm: jose.RSA_OAEP},
		keys.DecryptionKey{Private: fapitest.Key("brazil RSA-OAEP-256", jose.PS256), ID: "RSA-OAEP-256", Algorithm: jose.RSA_OAEP_256},
	)
	require.NoError(t, err)
	signing, err := keys.New(keys.Key{Signer: fapitest.Key("brazil", jose.PS256)})
	require.NoError(t, err)
	return fapitest.Config{
		Profiles: []fapi.Profile{ecosystems.OpenFinanceBrazilBase()}, Rules: ecosystems.OpenFinanceBrazilRules(),
		Clients: []fapitest.ClientConfig{{Algorithm: jose.PS256, Register: func(c *registration.Client) { c.Scope += " consent" }}},
		Compose: func(store fosite.Storage, options ...fapi.Option) (*fapi.Provider, error) {
			config := &fosite.Config{
				GlobalSecret: []byte("some-secret-of-thirty-two-bytes!"), IDTokenIssuer: fapitest.Issuer, ScopeStrategy: ecosystems.ConsentScopes,
			}
			return fapi.Compose(config, store, compose.NewOAuth2HMACStrategy(config), append(options, fapi.WithKeys(signing), fapi.WithDecryptionKeys(decryption))...)
		},
	}
}

// encrypt encrypts the request object to the server.
func encrypt(alg jose.KeyAlgorithm, enc jose.ContentEncryption) fapitest.Mutation {
	return func(m *fapitest.Message) {
		m.Encrypt = func(jws string) (string, error) {
			to := jose.Recipient{Algorithm: alg, Key: fapitest.Key("brazil "+string(alg), jose.PS256).Public(), KeyID: string(alg)}
			encrypter, err := jose.NewEncrypter(enc, to, (&jose.EncrypterOptions{}).WithContentType("JWT"))
			if err != nil {
				return "", err
			}
			jwe, err := encrypter.Encrypt([]byte(jws))
			if err != nil {
				return "", err
			}
			return jwe.CompactSerialize()
		}
	}
}

func TestOpenFinanceBrazil(t *testing.T) {
	t.Parallel()
	sealed := encrypt(jose.RSA_OAEP, jose.A256GCM)
	param := func(name string, value any) fapitest.Mutation { return fapitest.InObject(fapitest.Claim(name, value)) }
	cpf := func(essential bool) fapitest.Mutation {
		return asking(map[string]any{"id_token": map[string]any{"cpf": map[string]any{"essential": essential}}})
	}
	encryptsIDTokens := func(c *registration.Client) {
		c.IDTokenEncryptedResponseAlg = "RSA-OAEP"
		c.JWKS.Keys = append(c.JWKS.Keys, jose.JSONWebKey{Key: fapitest.Key("client's decryption", jose.PS256).Public(), KeyID: "enc", Use: "enc", Algorithm: "RSA-OAEP"})
	}
	config := brazil(t)
	fapitest.Table{
		{Name: "OFB-5.2.2-1/kept encrypted by value", Do: fapitest.ByValue(sealed), Want: fapitest.Accepted()},
		{Name: "OFB-5.2.2-1/kept pushed", Do: fapitest.Authorize(), Want: fapitest.Accepted()},
		{Name: "OFB-5.2.2-1/refused by value", Do: fapitest.ByValue(), Want: fapitest.Refused("OFB-5.2.2-1", "invalid_request_object", 303)},

		{Name: "OFB-6.2.1-1/kept", Do: fapitest.Push(sealed), Want: fapitest.Accepted()},
		{Name: "OFB-6.2.1-1/refused RSA-OAEP-256", Do: fapitest.Push(encrypt(jose.RSA_OAEP_256, jose.A256GCM)), Want: fapitest.Refused("OFB-6.2.1-1", "invalid_request_object", 400)},
		{Name: "OFB-6.2.1-1/refused A128GCM", Do: fapitest.Push(encrypt(jose.RSA_OAEP, jose.A128GCM)), Want: fapitest.Refused("OFB-6.2.1-1", "invalid_request_object", 400)},
		{Name: "OFB-6.2.1-1/refused by value", Do: fapitest.ByValue(encrypt(jose.RSA_OAEP, jose.A128GCM)), Want: fapitest.Refused("OFB-6.2.1-1", "invalid_request_object", 303)},

		{Name: "OFB-5.2.2-21/kept", Do: fapitest.Push(), Want: fapitest.Accepted()},
		{Name: "OFB-5.2.2-21/refused", Do: hinted(t), Want: fapitest.Refused("OFB-5.2.2-21", "invalid_request", 400)},

		{Name: "OFB-5.2.2.1-3/kept where it is not essential", Do: fapitest.Push(cpf(false)), Want: fapitest.Accepted()},
		{Name: "OFB-5.2.2.1-3/kept for a client that encrypts", Do: fapitest.Push(cpf(true)).Registered(encryptsIDTokens), Want: fapitest.Accepted()},
		{Name: "OFB-5.2.2.1-3/kept for the token endpoint", Do: fapitest.Push(cpf(true), param("response_type", "code"), param("response_mode", "jwt")), Want: fapitest.Accepted()},
		{Name: "OFB-5.2.2.1-3/refused", Do: fapitest.Push(cpf(true)), Want: fapitest.Refused("OFB-5.2.2.1-3", "invalid_request", 400)},

		{Name: "OFB-7.1.2/kept", Do: fapitest.Push(param("scope", "openid consent:urn:bancoex:C1DD33123")), Want: fapitest.Accepted()},
		{Name: "OFB-7.1.2/refused without a namespace", Do: fapitest.Push(param("scope", "openid consent:C1DD33123")), Want: fapitest.Refused("OFB-7.1.2", "invalid_scope", 400)},
		{Name: "OFB-7.1.2/refused an unsafe character", Do: fapitest.Push(param("scope", "openid consent:urn:bancoex:C1DD/33123")), Want: fapitest.Refused("OFB-7.1.2", "invalid_scope", 400)},
		{Name: "a consent of a client that is not registered for any", Do: fapitest.Push(param("scope", "openid consent:urn:bancoex:C1DD33123")).Registered(func(c *registration.Client) { c.Scope = "openid" }), Want: fapitest.Refused("PAR-08", "invalid_scope", 400)},
		{Name: "a client that signs with ES256", Do: fapitest.Push(fapitest.InObject(fapitest.SignedBy(fapitest.Key("client-a", jose.ES256), jose.ES256))), Want: fapitest.Refused("F1A-ALG-01", "invalid_request_object", 400)},
		{Name: "how long an access token lives", Do: fapitest.Flow(), Want: fapitest.Member("expires_in", 900.0)},
		{Name: "how long a pushed request lives", Do: fapitest.Push(), Want: fapitest.Member("expires_in", 60.0)},
	}.Run(t, config)
	assert.True(t, has(ecosystems.OpenFinanceBrazil(), "OFB-5.2.2-1", "OFB-6.2.1-1", "OFB-5.2.2-21", "OFB-5.2.2.1-3", "OFB-7.1.2"))
}

// hinted pushes a request with the ID token of an earlier flow.
func hinted(t *testing.T) fapitest.Step {
	t.Helper()
	return func(s *fapitest.Server) *fapitest.Answer {
		hint := s.Tokens().Text("id_token")
		require.NotEmpty(s, hint)
		return s.Push(fapitest.InObject(fapitest.Claim("id_token_hint", hint)))
	}
}
