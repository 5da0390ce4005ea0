package main

import (
	"bytes"
	"encoding/json"
	"maps"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fosite-fapi/fosite-fapi/fapi"
	"github.com/fosite-fapi/fosite-fapi/fapitest"
	"github.com/fosite-fapi/fosite-fapi/keys"
)

const initialAccessToken = "a-token-that-was-given-to-a-developer"

// A newcomer registers itself, over TLS as everybody.
type newcomer struct {
	*world
	key      keys.Key
	document map[string]any
}

func openRegistration(profile string) func(*config) {
	return func(c *config) {
		c.Registration = registrationConfig{
			Profile: profile, InitialAccessTokens: []string{initialAccessToken}, Scopes: []string{"openid", "offline_access", "accounts"},
		}
	}
}

func newNewcomer(t *testing.T, changes ...func(*config)) *newcomer {
	t.Helper()
	w := newWorld(t, changes...)
	key, err := keys.Generate(jose.ES256)
	require.NoError(t, err)
	key.ID = "newcomer-key"
	set, err := keys.New(key)
	require.NoError(t, err)
	return &newcomer{w, key, map[string]any{
		"client_name": "Newcomer", "redirect_uris": []string{"https://newcomer.example/callback"}, "jwks": set.Public(),
		"token_endpoint_auth_method": "private_key_jwt", "grant_types": []string{"authorization_code", "refresh_token"},
		"response_types": []string{"code"}, "scope": "openid accounts", "tls_client_certificate_bound_access_tokens": true,
	}}
}

// send writes a document, or nothing, to a registration endpoint. Values that are nil are left out.
func (n *newcomer) send(method, address, token string, document map[string]any) *fapitest.Answer {
	n.Helper()
	header := http.Header{}
	if token != "" {
		header.Set("Authorization", "Bearer "+token)
	}
	if document == nil {
		return n.do(n.outside, method, address, header, nil)
	}
	document = maps.Clone(document)
	maps.DeleteFunc(document, func(_ string, v any) bool { return v == nil })
	body, err := json.Marshal(document)
	require.NoError(n, err)
	header.Set("Content-Type", "application/json")
	return n.do(n.outside, method, address, header, bytes.NewReader(body))
}

func (n *newcomer) register(change map[string]any) *fapitest.Answer {
	n.Helper()
	document := maps.Clone(n.document)
	maps.Copy(document, change)
	return n.send(http.MethodPost, n.a.Server.RegistrationEndpoint, initialAccessToken, document)
}

// client drives the client that was registered.
func (n *newcomer) client(registered *fapitest.Answer) *fapitest.Client {
	n.Helper()
	c := &fapitest.Client{ID: registered.Text("client_id"), Key: n.key.Signer, KeyID: n.key.ID, RedirectURI: "https://newcomer.example/callback"}
	n.connect(c, n.certA)
	return c
}

// A client registers, goes through a whole flow, looks at its registration, changes it, and is gone.
func TestRegistration(t *testing.T) {
	t.Parallel()
	n := newNewcomer(t, openRegistration("fapi2-security"))
	require.Equal(t, n.main+"/register", n.a.Server.RegistrationEndpoint)

	registered := n.register(nil)
	require.Equal(t, http.StatusCreated, registered.Status, string(registered.Body))
	assert.Equal(t, "no-store", registered.Header.Get("Cache-Control"))
	assert.Equal(t, "fapi2-security", profileOfClient(t, n, registered.Text("client_id")))
	assert.Equal(t, true, registered.JSON["require_pushed_authorization_requests"])
	assert.NotContains(t, registered.JSON, "client_secret")
	uri, token := registered.Text("registration_client_uri"), registered.Text("registration_access_token")
	require.Equal(t, n.main+"/register/"+registered.Text("client_id"), uri)

	c := n.client(registered)
	tokens := n.tokens(c, "openid accounts")
	assert.Equal(t, http.StatusOK, n.resource(c, "/accounts", tokens.Text("access_token")).Status)
	assert.Equal(t, http.StatusOK, n.resource(c, "/userinfo", tokens.Text("access_token")).Status)

	read := n.send(http.MethodGet, uri, token, nil)
	require.Equal(t, http.StatusOK, read.Status, string(read.Body))
	assert.JSONEq(t, string(registered.Body), string(read.Body))

	document := maps.Clone(n.document)
	document["client_id"], document["client_name"], document["grant_types"] = c.ID, "Renamed", []string{"authorization_code"}
	updated := n.send(http.MethodPut, uri, token, document)
	require.Equal(t, http.StatusOK, updated.Status, string(updated.Body))
	assert.Equal(t, "Renamed", updated.Text("client_name"))
	page := n.browser().visit(n.pushed(c, c.Request(fapitest.Verifier(), "openid"))).logIn("alice", password)
	assert.Contains(t, string(page.Body), "Renamed")

	document["token_endpoint_auth_method"] = "client_secret_basic"
	refused := n.send(http.MethodPut, uri, token, document)
	require.Equal(t, http.StatusBadRequest, refused.Status)
	assert.Equal(t, "invalid_client_metadata", refused.Text("error"))
	assert.Contains(t, refused.Text("error_description"), "F2-AS-06")

	require.Equal(t, http.StatusNoContent, n.send(http.MethodDelete, uri, token, nil).Status)
	for _, method := range []string{http.MethodGet, http.MethodDelete} {
		gone := n.send(method, uri, token, nil)
		assert.Equal(t, http.StatusUnauthorized, gone.Status)
		assert.Regexp(t, `^Bearer .*error="invalid_token"`, gone.Header.Get("WWW-Authenticate"))
	}
	pushed, err := c.Push(t.Context(), c.Request(fapitest.Verifier(), "openid"))
	require.NoError(t, err)
	assert.Equal(t, http.StatusUnauthorized, pushed.Status)
	assert.Equal(t, "invalid_client", pushed.Text("error"))
	assert.Equal(t, http.StatusUnauthorized, n.resource(c, "/accounts", tokens.Text("access_token")).Status)
}

func profileOfClient(t *testing.T, n *newcomer, id string) string {
	t.Helper()
	c, err := n.store.GetClient(t.Context(), id)
	require.NoError(t, err)
	profile, err := profileOf(t.Context(), c)
	require.NoError(t, err)
	return profile
}

// Clients of the other profiles, each by its own flow's demands, and of each what the profile refuses.
func TestRegistrationOfEachProfile(t *testing.T) {
	t.Parallel()
	for profile, c := range map[string]struct {
		good, bad map[string]any
		id        string
	}{
		"fapi2-security":          {nil, map[string]any{"token_endpoint_auth_method": nil}, "F2-AS-06"},
		"fapi2-message-signing":   {map[string]any{"response_modes": []string{"jwt"}}, map[string]any{"request_object_signing_alg": "RS256"}, "F2-CR-02"},
		fapi.FAPI1Advanced().Name: {map[string]any{"response_types": []string{"code id_token"}}, map[string]any{"dpop_bound_access_tokens": true, "tls_client_certificate_bound_access_tokens": nil}, "F1A-AS-06"},
	} {
		t.Run(profile, func(t *testing.T) {
			t.Parallel()
			n := newNewcomer(t, openRegistration(profile))
			good := n.register(c.good)
			require.Equal(t, http.StatusCreated, good.Status, string(good.Body))
			assert.Equal(t, profile, profileOfClient(t, n, good.Text("client_id")))
			client := n.client(good)
			client.RequestObjects = profile != "fapi2-security"
			if profile == fapi.FAPI1Advanced().Name {
				client.ResponseType = "code id_token"
			}
			n.pushed(client, client.Request(fapitest.Verifier(), "openid accounts"))
			client.RequestObjects = false
			unsigned, err := client.Push(t.Context(), client.Request(fapitest.Verifier(), "openid accounts"))
			require.NoError(t, err)
			assert.Equal(t, profile == "fapi2-security", unsigned.Status == http.StatusCreated, string(unsigned.Body))
			bad := n.register(c.bad)
			require.Equal(t, http.StatusBadRequest, bad.Status, string(bad.Body))
			assert.Contains(t, bad.Text("error_description"), c.id)
		})
	}
}

// Who registers must show something, and gets no more than this server has.
func TestRegistrationRefuses(t *testing.T) {
	t.Parallel()
	n := newNewcomer(t, openRegistration("fapi2-security"))
	endpoint := n.a.Server.RegistrationEndpoint
	anonymous := n.send(http.MethodPost, endpoint, "", n.document)
	assert.Equal(t, http.StatusUnauthorized, anonymous.Status)
	assert.Regexp(t, `^Bearer realm=`, anonymous.Header.Get("WWW-Authenticate"))
	assert.Equal(t, http.StatusUnauthorized, n.send(http.MethodPost, endpoint, strings.Repeat("x", 40), n.document).Status)
	assert.Equal(t, http.StatusMethodNotAllowed, n.send(http.MethodGet, endpoint, initialAccessToken, nil).Status)
	for name, change := range map[string]map[string]any{
		"scope of resource servers": {"scope": "openid introspect"},
		"encrypted userinfo":        {"userinfo_encrypted_response_alg": "ECDH-ES", "userinfo_encrypted_response_enc": "A256GCM"},
		"pairwise subjects":         {"subject_type": "pairwise"},
		"public":                    {"token_endpoint_auth_method": "none"},
		"statement":                 {"software_statement": "e30.e30.e30"},
	} {
		answer := n.register(change)
		assert.Equal(t, http.StatusBadRequest, answer.Status, name)
		assert.NotEmpty(t, answer.Text("error_description"), name)
	}
}

func TestRegistrationBySoftwareStatement(t *testing.T) {
	t.Parallel()
	directory := fapitest.Key("directory", jose.ES256)
	n := newNewcomer(t, func(c *config) {
		c.Registration = registrationConfig{Profile: "fapi2-security", Scopes: []string{"openid", "accounts"}, SoftwareStatementIssuers: []issuerConfig{
			{Issuer: "https://directory.example", JWKS: &jose.JSONWebKeySet{Keys: []jose.JSONWebKey{{Key: directory.Public(), KeyID: "1", Algorithm: "ES256"}}}},
		}}
	})
	statement, err := fapitest.Sign(directory, jose.ES256, nil, map[string]any{
		"iss": "https://directory.example", "exp": n.clock().Add(time.Minute).Unix(), "client_name": "Verified", "software_id": "app",
	})
	require.NoError(t, err)
	document := maps.Clone(n.document)
	document["software_statement"] = statement
	answer := n.send(http.MethodPost, n.a.Server.RegistrationEndpoint, "", document)
	require.Equal(t, http.StatusCreated, answer.Status, string(answer.Body))
	assert.Equal(t, "Verified", answer.Text("client_name"))
	assert.Equal(t, statement, answer.Text("software_statement"))
	document["software_statement"] = statement[:len(statement)-4] + "AAAA"
	answer = n.send(http.MethodPost, n.a.Server.RegistrationEndpoint, "", document)
	assert.Equal(t, "invalid_software_statement", answer.Text("error"))
	assert.Equal(t, http.StatusBadRequest, n.send(http.MethodPost, n.a.Server.RegistrationEndpoint, "", n.document).Status)
}

// Without the configuration there is no endpoint, and the metadata names none.
func TestRegistrationIsClosed(t *testing.T) {
	t.Parallel()
	n := newNewcomer(t)
	assert.Empty(t, n.a.Server.RegistrationEndpoint)
	assert.Equal(t, http.StatusNotFound, n.send(http.MethodPost, n.main+"/register", initialAccessToken, n.document).Status)
}

func TestRegistrationConfigErrors(t *testing.T) {
	t.Parallel()
	for content, want := range map[string]string{
		`{"scopes": ["openid"]}`:                                                "registration.profile: is required",
		`{"profile": "legacy", "insecure_open": true}`:                          `registration.profile: is "legacy"`,
		`{"profile": "fapi2-security"}`:                                         "registration: needs initial_access_tokens",
		`{"profile": "fapi2-security", "initial_access_tokens": ["short"]}`:     "registration.initial_access_tokens",
		`{"profile": "fapi2-security", "insecure_open": true, "colour": "red"}`: "registration.colour: unknown field",
	} {
		assert.Contains(t, loadError(t, `{"registration": `+content+`}`), want)
	}
}
