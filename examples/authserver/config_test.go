package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func loadError(t *testing.T, content string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "config.json")
	require.NoError(t, os.WriteFile(file, []byte(content), 0o600))
	s, err := load(file)
	require.Error(t, err)
	require.Nil(t, s)
	assert.NoFileExists(t, filepath.Join(filepath.Dir(file), "jwks.json"), "nothing is made for a configuration that is wrong")
	return err.Error()
}

func TestConfigErrorsAreListedTogether(t *testing.T) {
	t.Parallel()
	got := loadError(t, `{
		"issuer": "http://as.example.com",
		"listen": "8443",
		"color": "blue",
		"tls": {"cert": "missing.pem", "keys": "x"},
		"mtls": {"listen": "localhost:x", "client_ca": "missing-ca.pem"},
		"access_token_format": "paseto",
		"dpop_nonce": "maybe",
		"dpop_nonce_secret": "c2hvcnQ",
		"certificate_header": {"kind": "smoke", "trusted_peers": []},
		"users": [{"username": "alice", "password": "x"}, {"username": "alice", "password": "y", "claims": {"sub": "z", "acr": 1}}, {"username": "bob"}],
		"consent": 7,
		"clients": [
			{"client_id": "a", "fapi_profile": "fapi2-security", "client_secret": "s", "redirect_uris": ["ftp:"], "colour": 1},
			{"client_id": "a", "fapi_profile": "fapi3"},
			{"client_id": "b", "client_secret": "s", "redirect_uris": "https://b.example/callback"},
			{"client_id": "c", "token_endpoint_auth_method": "private_key_jwt", "grant_types": ["client_credentials"]},
			{"client_id": "d", "fapi_profile": "fapi2-security", "token_endpoint_auth_method": "tls_client_auth", "grant_types": ["client_credentials"]},
			{"token_endpoint_auth_method": "none", "grant_types": ["authorization_code"], "redirect_uris": ["https://e.example/"]},
			"f",
			{"client_id": "bob", "client_secret": "s", "grant_types": ["client_credentials"], "userinfo_signed_response_alg": "RS256", "userinfo_encrypted_response_alg": "dir", "subject_type": "pairwise"}
		],
		"lifetimes": {"authorization_code": "61s", "request_uri": "4s", "access_token": true, "id_token": "soon", "consent": "5m"},
		"log": "loud"
	}`)
	lines := strings.Split(got, "\n")
	assert.Contains(t, lines[0], "config.json has ")
	for _, want := range []string{
		"color: unknown field",
		"tls.keys: unknown field",
		"consent: must be a string, not number",
		"clients[0].colour: unknown field",
		"clients[2].redirect_uris: must be an array, not string",
		"clients[6]: must be an object, not string",
		`lifetimes.access_token: must be a string like "5m", or a number of seconds`,
		`lifetimes.id_token: "soon" is no duration like "5m"`,
		"lifetimes.consent: unknown field",
		"issuer: must be an https URL of host and path alone",
		`listen: is "8443", want host:port`,
		`mtls.listen: is "localhost:x", want host:port`,
		"mtls.client_ca: open ",
		"tls.cert: stat ",
		"tls.key: is required",
		`access_token_format: is "paseto", want one of ["opaque" "jwt"]`,
		`dpop_nonce: is "maybe", want one of ["off" "on" "required"]`,
		"dpop_nonce_secret: must be base64url of 32 bytes or more",
		"mtls.listen: is for certificates by TLS, but they come by certificate_header",
		`certificate_header: Kind "smoke" is not known; `,
		`log: is "loud", want one of ["debug" "info" "warn" "error" "off"]`,
		"lifetimes.authorization_code: is 1m1s, want 1s to 1m0s",
		"lifetimes.request_uri: is 4s, want 5s to 9m59s",
		`users[1].username: "alice" is there twice`,
		"users[1].claims.sub: is the username",
		"users[1].claims.acr: is what the login says, not a claim of the user",
		"users[2]: needs a username and a password",
		"clients[0] (a).redirect_uris: ",
		`clients[0] (a).token_endpoint_auth_method: is "client_secret_basic", want one of`,
		"clients[0] (a).client_secret: is for legacy clients",
		`clients[1].client_id: "a" is there twice`,
		`clients[1].fapi_profile: is "fapi3", want one of ["fapi2-security" "fapi2-message-signing" "fapi2-message-signing-requests" "fapi2-message-signing-responses" "fapi2-message-signing-introspection" "fapi1-advanced"], or none for a legacy client`,
		`clients[3] (c).token_endpoint_auth_method: is "private_key_jwt", want one of`,
		"clients[3] (c).token_endpoint_auth_method: private_key_jwt needs jwks or jwks_uri",
		"clients[3] (c).client_secret: ",
		"clients[4] (d).token_endpoint_auth_method: tls_client_auth needs exactly one of the tls_client_auth_ subjects, not 0",
		"clients[5].client_id: is required",
		`clients[7].client_id: "bob" is a username`,
		`clients[7].userinfo_signed_response_alg: is "RS256", want one of ["ES256" "PS256" "EdDSA"], for which the server has keys`,
		"clients[7].userinfo_encrypted_response_alg: is not supported",
		"clients[7].subject_type: is not supported",
	} {
		found := 0
		for _, line := range lines[1:] {
			if strings.HasPrefix(strings.TrimSpace(line), want) {
				found++
			}
		}
		assert.Equal(t, 1, found, "%s\nin\n%s", want, got)
	}
}

func TestConfigErrorsThatExcludeOthers(t *testing.T) {
	t.Parallel()
	for content, want := range map[string]string{
		`{"mtls": {"listen": "localhost:1"}}`:                                        "mtls: listen and base_url need each other",
		`{"certificate_header": {"name": "X-Client"}}`:                               "certificate_header.kind: is required",
		`{"certificate_header": {"kind": "rfc9440"}}`:                                "certificate_header: one of TrustedPeers and Trust is required",
		`{"certificate_header": {"kind": "der", "trusted_peers": ["10.0.0.0/8"]}}`:   "certificate_header: Kind \"der\" needs the Name of a header",
		`{"certificate_header": {"kind": "rfc9440", "trusted_peers": ["10.0.0.1"]}}`: "certificate_header.trusted_peers: ",
		`{"outbound": {"allow_private": ["10.0.0.1"]}}`:                              "outbound.allow_private: ",
		`{"outbound": {"ca": "missing-ca.pem"}}`:                                     "outbound.ca: open ",
		`{"outbound": {"ca": "config.json"}}`:                                        "outbound.ca: config.json has no certificate in PEM",
		`{"certificate_header": {"color": "blue"}}`:                                  "certificate_header.color: unknown field",
		`{"dpop_nonce_secret": "c2hvcnQ"}`:                                           `dpop_nonce_secret: is of no use while dpop_nonce is "off"`,
	} {
		assert.Contains(t, loadError(t, content), "\n  "+want, content)
	}
}

func TestConfigThatIsNoJSON(t *testing.T) {
	t.Parallel()
	assert.Contains(t, loadError(t, "{\n \"issuer\": \"https://as.example.com\",\n oops\n}"), "line 3, column 2: invalid character 'o'")
	assert.Contains(t, loadError(t, `[]`), "the file: must be an object, not array")
	assert.Contains(t, loadError(t, ``), "unexpected end of JSON input")
	assert.Contains(t, loadError(t, `{}`), "users: must have one user at least")
}

func TestServerKeysThatCannotBeRead(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "config.json")
	require.NoError(t, os.WriteFile(filepath.Join(filepath.Dir(file), "jwks.json"), []byte("{}"), 0o600))
	require.NoError(t, os.WriteFile(file, []byte("{}"), 0o600))
	_, err := load(file)
	require.ErrorContains(t, err, "jwks: jwks.json: ")
	_, err = load(file + ".missing")
	require.Error(t, err)
}
