package fapi_test

import (
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/go-jose/go-jose/v4"
	"github.com/ory/fosite"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fosite-fapi/fosite-fapi/fapi"
	"github.com/fosite-fapi/fosite-fapi/fapitest"
	"github.com/fosite-fapi/fosite-fapi/keys"
	"github.com/fosite-fapi/fosite-fapi/registration"
)

// What is encrypted to a client was signed before (RFC 7519 11.2), and what can't be encrypted does not leave.
func TestClausesEncryption(t *testing.T) {
	t.Parallel()
	idTokens := func(c *registration.Client) {
		encrypting(c)
		c.IDTokenEncryptedResponseAlg, c.IDTokenEncryptedResponseEnc = "RSA-OAEP-256", "A256GCM"
	}
	unfit := func(c *registration.Client) { c.IDTokenEncryptedResponseAlg = "RSA-OAEP-256" }
	clauses{
		{"F1A-IDT-02 FAPI-REG/kept", registered(idTokens, byFront()), inFragmentEncrypted},
		{"F1A-IDT-02/kept at the token endpoint", registered(idTokens, redeemFront(nothing, nothing)), func(b *bench, a *fapitest.Answer) {
			assert.Equal(b, "alice", b.claims(opened(b, a.Text("id_token")))["sub"])
		}},
		{"F1A-IDT-02 FAPI-REG/refused without a key for it", registered(unfit, byFront()), denied(inFragment, "unauthorized_client", "FAPI-REG")},
		{"F1A-ALG-04 FAPI-REG/refused RSA1_5", registered(func(c *registration.Client) { encrypting(c); c.IDTokenEncryptedResponseAlg = "RSA1_5" }, byFront()), denied(inFragment, "unauthorized_client", "FAPI-REG")},
		{"JARM-33 FAPI-REG/refused an error that can't be encrypted as is registered", registered(func(c *registration.Client) {
			encrypting(c)
			c.AuthorizationEncryptedResponseAlg = "RSA1_5"
		}, byFront(object("response_mode", "jwt"))), page(400, "unauthorized_client", "FAPI-REG")},
		{"JARM-33 FAPI-REG/refused an error to be encrypted without a registered alg", registered(func(c *registration.Client) {
			encrypting(c)
			c.AuthorizationEncryptedResponseEnc = "A128GCM"
		}, byFront(object("response_mode", "jwt"))), page(400, "unauthorized_client", "FAPI-REG")},
		{"JARM-33 FAPI-REG/refused an error to be encrypted without a key for it", registered(func(c *registration.Client) {
			c.AuthorizationEncryptedResponseAlg = "RSA-OAEP"
		}, byFront(object("response_mode", "jwt"))), all(page(400, "unauthorized_client", "FAPI-REG"), described("The client has no key that the response could be encrypted with. (JARM-33)"))},
		{"F1A-IDT-02 FAPI-REG/refused when the key was lost since", losingKey(idTokens, byFront()), denied(inFragment, "unauthorized_client", "FAPI-REG")},
		{"JARM-10/kept an encrypted response by query.jwt", registered(func(c *registration.Client) {
			encrypting(c)
			c.AuthorizationEncryptedResponseAlg = "RSA-OAEP"
		}, byFront(object("response_mode", "query.jwt"))), func(b *bench, a *fapitest.Answer) {
			assert.NotEmpty(b, b.claims(opened(b, a.Location().Query().Get("response")))["id_token"])
		}},
	}.asking(t, hybrid)

	responses := func(c *registration.Client) { encrypting(c); c.AuthorizationEncryptedResponseAlg = "RSA-OAEP" }
	clauses{
		{"JARM-08/kept signed, then encrypted", registered(responses, visit()), func(b *bench, a *fapitest.Answer) {
			response := a.Location().Query().Get("response")
			assert.Equal(b, map[string]any{"alg": "RSA-OAEP", "enc": "A128CBC-HS256", "cty": "JWT", "kid": "enc"}, joseHeaderOf(b, response))
			claims := b.claims(opened(b, response))
			assert.NotEmpty(b, claims["code"])
			assert.Equal(b, "client-a", claims["aud"])
		}},
		{"JARM-08/kept an error too", registered(responses, denying(fosite.ErrAccessDenied, visit())), func(b *bench, a *fapitest.Answer) {
			assert.Equal(b, "access_denied", b.claims(opened(b, a.Location().Query().Get("response")))["error"])
		}},
		{"JARM-33 FAPI-REG/refused without a key for it", registered(func(c *registration.Client) { c.AuthorizationEncryptedResponseAlg = "RSA-OAEP" }, push()), refused(400, "unauthorized_client", "FAPI-REG")},
		{"JARM-33/refused when the key was lost since", keyLost(responses), page(400, "unauthorized_client", "JARM-33")},
		{"JARM-12/kept form_post.jwt", authorize(object("response_mode", "form_post.jwt")), posted},
		{"JARM-11/kept fragment.jwt", authorize(object("response_mode", "fragment.jwt")), func(b *bench, a *fapitest.Answer) {
			assert.Empty(b, a.Location().RawQuery)
			assert.NotEmpty(b, b.response(a).Get("code"))
		}},
		{"JARM-09/kept the redirect URI's own query", authorize(object("redirect_uri", "https://client-a.example.com/callback?dummy1=lorem&dummy2=ipsum")), func(b *bench, a *fapitest.Answer) {
			assert.True(b, strings.HasPrefix(a.Location().RawQuery, "dummy1=lorem&dummy2=ipsum&response="), a.Location().RawQuery)
			assert.NotEmpty(b, b.response(a).Get("code"))
		}},
	}.asking(t, nonRepudiable)
}

// Request objects may be encrypted to the server, by a key that it publishes.
func TestClausesEncryptedRequestObject(t *testing.T) {
	t.Parallel()
	set, err := keys.NewDecryption(keys.DecryptionKey{Private: testRSA(), ID: "rsa"}, keys.DecryptionKey{Private: testEC(), ID: "ec"})
	require.NoError(t, err)
	holding := func(cty jose.ContentType, alg jose.KeyAlgorithm, key any, kid string) fapitest.Mutation {
		return func(m *fapitest.Message) {
			m.Encrypt = func(jws string) (string, error) {
				encrypter, err := jose.NewEncrypter(jose.A128GCM, jose.Recipient{Algorithm: alg, Key: key, KeyID: kid}, (&jose.EncrypterOptions{}).WithContentType(cty))
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
	to := func(alg jose.KeyAlgorithm, key any, kid string) fapitest.Mutation {
		return holding("JWT", alg, key, kid)
	}
	registering := func(alg, enc string) func(*registration.Client) {
		return func(c *registration.Client) { c.RequestObjectEncryptionAlg, c.RequestObjectEncryptionEnc = alg, enc }
	}
	encrypted := to(jose.RSA_OAEP_256, testRSA().Public(), "rsa")
	clauses{
		{"JAR-05/kept", push(encrypted), created},
		{"JAR-05/kept by value", byFront(encrypted), answered(inFragment)},
		{"JAR-05/refused typ in the place of cty", push(holding("oauth-authz-req+jwt", jose.RSA_OAEP_256, testRSA().Public(), "rsa")),
			all(refused(400, invalidObject, "JAR-05"), described("cty of an encrypted request object is JWT; oauth-authz-req+jwt is a typ. (JAR-05)"))},
		{"JAR-05/kept for an elliptic curve", push(to(jose.ECDH_ES, testEC().Public(), "ec")), created},
		{"JAR-13/refused for a key that the server has not", push(to(jose.RSA_OAEP_256, otherRSA().Public(), "rsa")), refused(400, invalidObject, "JAR-13")},
		{"F1A-ALG-04/refused RSA1_5", push(to(jose.RSA1_5, testRSA().Public(), "rsa")), refused(400, invalidObject, "F1A-ALG-04")},
		{"JAR-14/refused what another client signed", with(push, func(b *bench) fapitest.Mutation {
			return func(m *fapitest.Message) { otherKey(b)(m); encrypted(m) }
		}), refused(400, invalidObject, "JAR-14")},
		{"JAR-31/kept the registered encryption", registered(registering("RSA-OAEP-256", "A128GCM"), push(encrypted)), created},
		{"JAR-31/refused another than is registered", registered(registering("RSA-OAEP-256", "A256GCM"), push(encrypted)), refused(400, invalidObject, "JAR-31")},
		{"JAR-31/refused unencrypted where it is registered", registered(registering("RSA-OAEP-256", "A128GCM"), push()), refused(400, invalidObject, "JAR-31")},
		{"MD-11/kept the key that clients encrypt to", get("/jwks"), func(b *bench, a *fapitest.Answer) {
			all, _ := a.JSON["keys"].([]any)
			assert.Len(b, all, 4)
		}},
		{"MD-04/kept what it decrypts", get(wellKnownOAuth), document(
			member("request_object_encryption_alg_values_supported", []any{"RSA-OAEP-256", "ECDH-ES"}),
			member("request_object_encryption_enc_values_supported", []any{"A128GCM", "A256GCM", "A128CBC-HS256", "A256CBC-HS512"}))},
	}.asking(t, signing{profile: hybrid.profile, register: hybrid.register, usual: hybrid.usual, options: []fapi.Option{fapi.WithDecryptionKeys(set)}})
	clauses{
		{"JAR-13/refused where the server has no keys for that", push(encrypted), refused(400, invalidObject, "JAR-13")},
	}.asking(t, hybrid)
}

var otherRSA = sync.OnceValue(func() *rsa.PrivateKey {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err)
	}
	return key
})

func encrypting(c *registration.Client) {
	c.JWKS = &jose.JSONWebKeySet{Keys: append(c.JWKS.Keys, jose.JSONWebKey{Key: testRSA().Public(), KeyID: "enc", Use: "enc"})}
}

// opened decrypts what was encrypted to client A.
func opened(b *bench, compact string) string {
	b.Helper()
	jwe, err := jose.ParseEncryptedCompact(compact, []jose.KeyAlgorithm{jose.RSA_OAEP, jose.RSA_OAEP_256}, []jose.ContentEncryption{jose.A128CBC_HS256, jose.A256GCM})
	require.NoError(b, err)
	payload, err := jwe.Decrypt(testRSA())
	require.NoError(b, err)
	return string(payload)
}

func joseHeaderOf(b *bench, compact string) map[string]any {
	b.Helper()
	head, _, _ := strings.Cut(compact, ".")
	raw, err := base64.RawURLEncoding.DecodeString(head)
	require.NoError(b, err)
	var header map[string]any
	require.NoError(b, json.Unmarshal(raw, &header))
	return header
}

func inFragmentEncrypted(b *bench, a *fapitest.Answer) {
	b.Helper()
	params := b.carried(a, inFragment, "code", "id_token")
	claims := b.claims(opened(b, params.Get("id_token")))
	assert.Equal(b, half(params.Get("code")), claims["c_hash"])
	assert.Equal(b, half(params.Get("state")), claims["s_hash"])
}

// keyLost takes the client's encryption key away while the user decides.
func keyLost(before func(*registration.Client)) step {
	return func(b *bench) *fapitest.Answer {
		client := b.registration(b.a.ID)
		before(client)
		uri := b.requestURI()
		b.losing(client)
		return b.browse(uri)
	}
}

// losingKey is keyLost for a request by value.
func losingKey(before func(*registration.Client), next step) step {
	return func(b *bench) *fapitest.Answer {
		client := b.registration(b.a.ID)
		before(client)
		b.losing(client)
		return next(b)
	}
}

func (b *bench) losing(client *registration.Client) {
	b.interaction(func(_ http.ResponseWriter, _ *http.Request, ar fosite.AuthorizeRequester) (*fapi.Decision, error) {
		client.JWKS = &jose.JSONWebKeySet{Keys: client.JWKS.Keys[:1]}
		return &fapi.Decision{Session: fapi.NewSession("alice"), Scopes: ar.GetRequestedScopes()}, nil
	})
}

// posted wants the page that posts a JWT to the client.
func posted(b *bench, a *fapitest.Answer) {
	b.Helper()
	require.Equal(b, http.StatusOK, a.Status, string(a.Body))
	assert.Contains(b, string(a.Body), `<form method="post" action="https://client-a.example.com/callback">`)
	_, rest, found := strings.Cut(string(a.Body), `name="response" value="`)
	require.True(b, found, string(a.Body))
	response, _, _ := strings.Cut(rest, `"`)
	assert.NotEmpty(b, b.claims(response)["code"])
	protected(b, a)
	assert.Contains(b, a.Header.Get("Content-Security-Policy"), "default-src 'none'")
}
