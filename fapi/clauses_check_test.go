package fapi_test

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/rsa"
	"errors"
	"fmt"
	"testing"

	"github.com/go-jose/go-jose/v4"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fosite-fapi/fosite-fapi/fapi"
	"github.com/fosite-fapi/fosite-fapi/keys"
	"github.com/fosite-fapi/fosite-fapi/rar"
	"github.com/fosite-fapi/fosite-fapi/registration"
)

// A registered row is a registration that differs by one change from one that is fine, and the ID by which Check names
// it; "" is fine too.
type registeredRow struct {
	name   string
	change func(*registration.Client)
	id     string
}

func TestClausesCheck(t *testing.T) {
	t.Parallel()
	short, err := rsa.GenerateKey(rand.Reader, 1024)
	require.NoError(t, err)
	ed, _, err := ed25519.GenerateKey(rand.Reader)
	require.NoError(t, err)
	withKey := func(k jose.JSONWebKey) func(*registration.Client) {
		return func(c *registration.Client) { c.JWKS = &jose.JSONWebKeySet{Keys: []jose.JSONWebKey{k}} }
	}
	rsaKeys := func(key *rsa.PrivateKey) func(*registration.Client) {
		return func(c *registration.Client) {
			c.TokenEndpointAuthSigningAlg = "PS256"
			withKey(jose.JSONWebKey{Key: key.Public()})(c)
		}
	}
	fetched := func(uri string) func(*registration.Client) {
		return func(c *registration.Client) { c.JWKS, c.JWKSURI = nil, uri }
	}
	both := func(changes ...func(*registration.Client)) func(*registration.Client) {
		return func(c *registration.Client) {
			for _, change := range changes {
				change(c)
			}
		}
	}
	grants := func(g ...string) func(*registration.Client) {
		return func(c *registration.Client) { c.GrantTypes = g }
	}
	modes := func(m ...string) func(*registration.Client) {
		return func(c *registration.Client) { c.ResponseModes = m }
	}
	redirecting := func(uri string) func(*registration.Client) {
		return func(c *registration.Client) { c.RedirectURIs = append(c.RedirectURIs, uri) }
	}
	app := func(c *registration.Client) { c.ApplicationType = "native" }
	noRedirects := func(c *registration.Client) { c.RedirectURIs = nil }
	encryptedObjects := func(alg, enc string) func(*registration.Client) {
		return func(c *registration.Client) { c.RequestObjectEncryptionAlg, c.RequestObjectEncryptionEnc = alg, enc }
	}

	checked(t, fapi.FAPI2Security(), nil, []registeredRow{
		{"F2-AS-06/kept", func(*registration.Client) {}, ""},
		{"F2-AS-03/refused public", func(c *registration.Client) { c.TokenEndpointAuthMethod = "none" }, "F2-AS-03"},
		{"F2-AS-06/refused client_secret_basic", func(c *registration.Client) { c.TokenEndpointAuthMethod = "client_secret_basic" }, "F2-AS-06"},
		{"F2-CR-02/refused RS256 assertions", func(c *registration.Client) { c.TokenEndpointAuthSigningAlg = "RS256" }, "F2-CR-02"},
		{"F2-CR-02/kept RS256 assertions of a client that sends none", func(c *registration.Client) {
			c.TokenEndpointAuthMethod, c.TokenEndpointAuthSigningAlg = "self_signed_tls_client_auth", "RS256"
		}, ""},
		{"F2-CR-02/kept EdDSA assertions by the new name", both(withKey(jose.JSONWebKey{Key: ed}), func(c *registration.Client) {
			c.TokenEndpointAuthSigningAlg, c.RequestObjectSigningAlg = "Ed25519", "Ed25519"
		}), ""},
		{"F2-CR-02/refused Ed448 assertions", func(c *registration.Client) { c.TokenEndpointAuthSigningAlg = "Ed448" }, "F2-CR-02"},
		{"F2-CR-02/refused HS256 assertions", func(c *registration.Client) { c.TokenEndpointAuthSigningAlg = "HS256" }, "F2-CR-02"},
		{"F2-CR-03/refused unsigned assertions", func(c *registration.Client) { c.TokenEndpointAuthSigningAlg = "none" }, "F2-CR-03"},
		{"F2-CR-02/refused RS256 objects", func(c *registration.Client) { c.RequestObjectSigningAlg = "RS256" }, "F2-CR-02"},
		{"F2-CR-03/refused unsigned objects", func(c *registration.Client) { c.RequestObjectSigningAlg = "none" }, "F2-CR-03"},
		{"F2-CR-02/kept PS256 ID tokens", func(c *registration.Client) { c.IDTokenSignedResponseAlg = "PS256" }, ""},
		{"F2-CR-02/refused EdDSA ID tokens, for which the server has no key", func(c *registration.Client) { c.IDTokenSignedResponseAlg = "EdDSA" }, "F2-CR-02"},

		{"CA-07/refused no keys", func(c *registration.Client) { c.JWKS = nil }, "CA-07"},
		{"CA-07/refused an empty set", func(c *registration.Client) { c.JWKS = &jose.JSONWebKeySet{} }, "CA-07"},
		{"CA-07/refused a key for another algorithm", withKey(jose.JSONWebKey{Key: testRSA().Public()}), "CA-07"},
		{"CA-07/refused a key to encrypt with", withKey(jose.JSONWebKey{Key: testEC().Public(), Use: "enc"}), "CA-07"},
		{"CA-07/refused a secret", withKey(jose.JSONWebKey{Key: []byte("a secret of thirty-two bytes, more")}), "CA-07"},
		{"CA-07/kept a key without use and alg", withKey(jose.JSONWebKey{Key: testEC().Public()}), ""},
		{"F2-CR-04/kept RSA of 2048 bits", rsaKeys(testRSA()), ""},
		{"F2-CR-04/refused RSA of 1024 bits", rsaKeys(short), "F2-CR-04"},
		{"F2-CR-07/kept jwks_uri", fetched("https://client.example.com/jwks"), ""},
		{"F2-CR-07/refused jwks_uri over http", fetched("http://client.example.com/jwks"), "F2-CR-07"},

		{"F2-AZ-08/refused http redirect_uri", redirecting("http://client.example.com/callback"), "F2-AZ-08"},
		{"F2-AZ-08/kept loopback of a native client", both(app, redirecting("http://127.0.0.1/callback")), ""},
		{"F2-AZ-08/refused loopback of a web client", redirecting("http://127.0.0.1/callback"), "F2-AZ-08"},
		{"F2-AZ-08/refused localhost by name", both(app, redirecting("http://localhost/callback")), "F2-AZ-08"},
		{"F2-AS-07/refused redirect_uri with a fragment", redirecting("https://client.example.com/callback#x"), "F2-AS-07"},
		{"F2-AZ-06/refused no redirect_uri", noRedirects, "F2-AZ-06"},
		{"F2-AZ-06/kept no redirect_uri of a client without users", both(noRedirects, grants("client_credentials")), ""},

		{"F2-AS-02/refused no grant of the profile", grants("password", "implicit"), "F2-AS-02"},
		{"F2-AS-02/kept one of the profile among others", grants("password", "client_credentials"), ""},
		{"F2-AZ-01/refused code id_token", func(c *registration.Client) { c.ResponseTypes = []string{"code id_token"} }, "F2-AZ-01"},
		{"F2-AZ-01/kept code among others", func(c *registration.Client) { c.ResponseTypes = []string{"code id_token", "code"} }, ""},
		{"OC-04/refused no response_mode of the profile", modes("fragment", "jwt"), "OC-04"},
		{"OC-04/kept one among others", modes("fragment", "query"), ""},
		{"F2-AS-05/refused certificate and key", func(c *registration.Client) { c.DPoPBoundAccessTokens = true }, "F2-AS-05"},
		{"MTLS-05/refused no subject", func(c *registration.Client) { c.TokenEndpointAuthMethod = "tls_client_auth" }, "MTLS-05"},
		{"FAPI-REG/refused encryption that nobody has", func(c *registration.Client) { c.IDTokenEncryptedResponseAlg = "dir" }, "FAPI-REG"},
		{"FAPI-REG/refused a type of authorization details that the server does not know", func(c *registration.Client) { c.AuthorizationDetailsTypes = []string{"payment"} }, "FAPI-REG"},
		{"JAR-13/refused encrypted objects, which the server can't open", encryptedObjects("RSA-OAEP-256", ""), "JAR-13"},
		{"JAR-11/kept request_uris, for requests are pushed", publishing("http://client.example.com/request.jwt"), ""},
	})

	decryption, err := keys.NewDecryption(keys.DecryptionKey{Private: testRSA(), ID: "decryption", Algorithm: jose.RSA_OAEP_256})
	require.NoError(t, err)
	hybridClient := func(c *registration.Client) { c.ResponseTypes = []string{"code id_token"} }
	checked(t, fapi.FAPI1Advanced(), []fapi.Option{fapi.WithDecryptionKeys(decryption), fapi.WithAuthorizationDetails(rar.Type{Name: "payment"})}, []registeredRow{
		{"FAPI-REG/kept a type of authorization details that the server knows", func(c *registration.Client) { c.AuthorizationDetailsTypes = []string{"payment"} }, ""},
		{"F1A-AS-02/kept", hybridClient, ""},
		{"F1A-AS-02/refused token", func(c *registration.Client) { c.ResponseTypes = []string{"code token"} }, "F1A-AS-02"},
		{"OC-04/refused an ID token in the query", both(hybridClient, modes("query", "query.jwt")), "OC-04"},
		{"OC-04/refused a code in the fragment, unsigned", modes("fragment", "form_post"), "OC-04"},
		{"OC-04/kept a code by JARM", modes("fragment", "jwt"), ""},
		{"OIDC-3.3.2.1/refused an ID token, and no openid", both(hybridClient, func(c *registration.Client) { c.Scope = "accounts" }), "OIDC-3.3.2.1"},
		{"OIDC-3.3.2.1/kept a code, and no openid", func(c *registration.Client) { c.Scope = "accounts" }, ""},
		{"F1B-NAT-01 F1B-AS-20/refused loopback of a native client", both(app, redirecting("http://127.0.0.1/callback")), "F1B-AS-20"},
		{"F1B-AS-20/refused a scheme of the client's own", both(app, redirecting("com.example.app://callback")), "F1B-AS-20"},
		{"F1A-AS-06/refused binding by a key", func(c *registration.Client) {
			c.DPoPBoundAccessTokens, c.TLSClientCertificateBoundAccessTokens = true, false
		}, "F1A-AS-06"},
		{"F1A-JWKS-01/refused jwks_uri over http", fetched("http://client.example.com/jwks"), "F1A-JWKS-01"},
		{"F1B-AS-05/refused RSA of 1024 bits", rsaKeys(short), "F1B-AS-05"},
		{"JAR-14/refused no key for the algorithm of its objects", func(c *registration.Client) { c.RequestObjectSigningAlg = "PS256" }, "JAR-14"},
		{"JAR-11/kept an https request_uri", publishing("https://client.example.com/request.jwt#hash"), ""},
		{"JAR-11/refused an http request_uri", publishing("http://client.example.com/request.jwt"), "JAR-11"},
		{"JAR-13/kept encrypted objects", encryptedObjects("RSA-OAEP-256", "A128GCM"), ""},
		{"JAR-13/refused for which the server has no key", encryptedObjects("ECDH-ES", "A128GCM"), "JAR-13"},
		{"F1A-ALG-04/refused RSA1_5", encryptedObjects("RSA1_5", ""), "F1A-ALG-04"},
		{"F1A-ALG-04/refused enc without alg", encryptedObjects("", "A128GCM"), "F1A-ALG-04"},
	})
}

// checked tries every row on a client that is fine but for its change. Problems name the client, and no other requirement
// than the one that is not met.
func checked(t *testing.T, p fapi.Profile, options []fapi.Option, rows []registeredRow) {
	t.Helper()
	provider, err := composed(hostConfig(), stores["memory"](), append(options, fapi.WithProfile(p), fapi.WithTrustAnchors(testPKI().Pool()))...)
	require.NoError(t, err)
	for _, row := range rows {
		t.Run(p.Name+"/"+row.name, func(t *testing.T) {
			t.Parallel()
			_, client, _ := newClient(t, "client")
			row.change(client)
			err := provider.Check(t.Context(), client)
			if row.id == "" {
				require.NoError(t, err)
				return
			}
			var all interface{ Unwrap() []error }
			require.True(t, errors.As(err, &all), "%v", err)
			for _, one := range all.Unwrap() {
				var found *fapi.Problem
				require.ErrorAs(t, one, &found)
				assert.Equal(t, row.id, found.ID, err)
				assert.Contains(t, found.Text, `client "client": `)
				assert.Contains(t, idsOf(p.Requirements()), found.ID)
			}
		})
	}
}

// A registration is judged before its client's first request.
func ExampleProvider_Check() {
	provider, err := composed(hostConfig(), stores["memory"](), fapi.WithProfile(fapi.FAPI2Security()))
	if err != nil {
		fmt.Println(err)
		return
	}
	err = provider.Check(context.Background(), &registration.Client{ID: "client-a", Metadata: registration.Metadata{
		TokenEndpointAuthMethod: "private_key_jwt", TokenEndpointAuthSigningAlg: "RS256",
		JWKSURI: "https://client-a.example.com/jwks", RedirectURIs: []string{"http://client-a.example.com/callback"},
	}})
	fmt.Println(err)
	// Output:
	// fapi: F2-CR-02: client "client-a": token_endpoint_auth_signing_alg is "RS256"
	// fapi: F2-AZ-08: client "client-a": redirect_uri "http://client-a.example.com/callback": redirect_uri is not https
}
