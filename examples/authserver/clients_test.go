package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fosite-fapi/fosite-fapi/fapi"
	"github.com/fosite-fapi/fosite-fapi/fapitest"
	"github.com/fosite-fapi/fosite-fapi/registration"
)

// everyName has a value for each name of client metadata. jwks and jwks_uri, and the subjects of tls_client_auth,
// exclude one another: alternatives has the others.
const everyName = `{
	"redirect_uris": ["https://c.example/callback"], "token_endpoint_auth_method": "tls_client_auth",
	"grant_types": ["authorization_code", "refresh_token"], "response_types": ["code id_token", "code"],
	"client_name": "C", "client_uri": "https://c.example/", "logo_uri": "https://c.example/logo", "scope": "openid accounts",
	"contacts": ["c@c.example"], "tos_uri": "https://c.example/tos", "policy_uri": "https://c.example/policy",
	"jwks": {"keys": [KEY]}, "software_id": "s", "software_version": "1", "software_statement": "e30.e30.e30",
	"application_type": "web", "sector_identifier_uri": "https://c.example/sector", "subject_type": "public",
	"token_endpoint_auth_signing_alg": "ES256", "id_token_signed_response_alg": "PS256",
	"id_token_encrypted_response_alg": "ECDH-ES", "id_token_encrypted_response_enc": "A256GCM",
	"userinfo_signed_response_alg": "ES256",
	"request_object_signing_alg": "ES256", "request_object_encryption_alg": "RSA-OAEP-256", "request_object_encryption_enc": "A256GCM",
	"request_uris": ["https://c.example/request.jwt"], "default_max_age": 60, "require_auth_time": true, "default_acr_values": ["high"],
	"tls_client_auth_subject_dn": "CN=c", "tls_client_certificate_bound_access_tokens": true,
	"use_mtls_endpoint_aliases": true, "dpop_bound_access_tokens": true, "require_pushed_authorization_requests": true,
	"require_signed_request_object": true, "response_modes": ["jwt"],
	"authorization_signed_response_alg": "ES256", "authorization_encrypted_response_alg": "ECDH-ES", "authorization_encrypted_response_enc": "A256GCM",
	"introspection_signed_response_alg": "ES256", "introspection_encrypted_response_alg": "ECDH-ES", "introspection_encrypted_response_enc": "A256GCM",
	"authorization_details_types": ["payment"],
	"backchannel_token_delivery_mode": "ping", "backchannel_client_notification_endpoint": "https://c.example/ciba",
	"backchannel_authentication_request_signing_alg": "ES256", "backchannel_user_code_parameter": true,
	"backchannel_endpoint_login_hint_token_types": ["t"]
}`

var alternatives = map[string]string{
	"jwks_uri":                        `"https://c.example/jwks"`,
	"tls_client_auth_san_dns":         `"c.example"`,
	"tls_client_auth_san_uri":         `"urn:c"`,
	"tls_client_auth_san_ip":          `"2001:db8::1"`,
	"tls_client_auth_san_email":       `"c@c.example"`,
	"userinfo_encrypted_response_alg": "", // known, and refused by name: see TestConfigErrorsAreListedTogether
	"userinfo_encrypted_response_enc": "",
}

// RFC 7591, OpenID registration, RFC 8705, JARM, RFC 9701: every name is taken, and lands where it belongs.
func TestClientMetadata(t *testing.T) {
	t.Parallel()
	pki := fapitest.MustPKI(t)
	w := &world{T: t, pki: pki}
	_, _, usual := w.newClient("key")
	key, err := json.Marshal(usual.JWKS.Keys[0])
	require.NoError(t, err)
	var members map[string]json.RawMessage
	require.NoError(t, json.Unmarshal([]byte(strings.ReplaceAll(everyName, "KEY", string(key))), &members))
	names := map[string]bool{}
	for _, field := range reflect.VisibleFields(reflect.TypeFor[registration.Metadata]()) {
		name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		names[name] = true
		_, other := alternatives[name]
		assert.NotEqual(t, members[name] != nil, other, "%s has no value here, or two", name)
	}
	for name := range members {
		assert.True(t, names[name], "%s is no client metadata", name)
	}

	for _, profile := range []string{"fapi1-advanced", "fapi2-security", "fapi2-message-signing", "fapi2-message-signing-requests"} {
		read := loadClient(t, pki, profile, members)
		assert.Equal(t, profile, read.profile)
		var want registration.Metadata
		raw, err := json.Marshal(members)
		require.NoError(t, err)
		require.NoError(t, json.Unmarshal(raw, &want))
		assert.Equal(t, want, read.Metadata)
		assert.NotContains(t, zeroFields(read.Metadata, alternatives), true)
	}
	for name, value := range alternatives {
		if value == "" {
			continue
		}
		other := map[string]json.RawMessage{}
		for n, v := range members {
			if n != "tls_client_auth_subject_dn" && n != "jwks" {
				other[n] = v
			}
		}
		if other[name] = json.RawMessage(value); name == "jwks_uri" {
			other["tls_client_auth_subject_dn"] = members["tls_client_auth_subject_dn"]
		} else {
			other["jwks"] = members["jwks"]
		}
		raw, err := json.Marshal(loadClient(t, pki, "fapi2-security", other).Metadata)
		require.NoError(t, err)
		assert.Contains(t, string(raw), `"`+name+`":`+value)
	}
}

// zeroFields are the names whose value was lost.
func zeroFields(m registration.Metadata, but map[string]string) map[string]bool {
	zero := map[string]bool{}
	v := reflect.ValueOf(m)
	for _, field := range reflect.VisibleFields(v.Type()) {
		name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		if _, excluded := but[name]; !excluded {
			zero[name] = v.FieldByIndex(field.Index).IsZero()
		}
	}
	return zero
}

// loadClient reads a configuration with one client.
func loadClient(t *testing.T, pki *fapitest.PKI, profile string, members map[string]json.RawMessage) *client {
	t.Helper()
	dir := t.TempDir()
	server := pki.MustServerCertificate(t)
	serverKey, err := fapitest.KeyPEM(server)
	require.NoError(t, err)
	one := map[string]any{"client_id": "c", "fapi_profile": profile}
	for name, value := range members {
		one[name] = value
	}
	raw, err := json.Marshal(map[string]any{
		"issuer": "https://as.example", "listen": "localhost:8443", "tls": map[string]string{"cert": "server.pem", "key": "server-key.pem"},
		"mtls": map[string]string{"client_ca": "ca.pem"}, "clients": []any{one},
		"users": []map[string]string{{"username": "alice", "password": "x"}},
	})
	require.NoError(t, err)
	for name, content := range map[string][]byte{
		"server.pem": fapitest.CertPEM(server), "server-key.pem": serverKey, "ca.pem": pki.RootPEM(), "jwks.json": serverKeys(), "config.json": raw,
	} {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), content, 0o600))
	}
	s, err := load(filepath.Join(dir, "config.json"))
	require.NoError(t, err)
	require.Len(t, s.clients, 1)
	require.Len(t, s.served(), 1)
	require.Equal(t, profile, s.served()[0].Name)
	return s.clients[0]
}

// The metadata is that of the profiles which clients have, and no more.
func TestServedProfiles(t *testing.T) {
	t.Parallel()
	s := &setup{}
	s.checkLifetimes(&findings{})
	names := func(profiles ...string) []string {
		s.clients = nil
		for _, p := range profiles {
			s.clients = append(s.clients, &client{profile: p})
		}
		return profileNames(s.served())
	}
	assert.Equal(t, []string{"fapi2-security"}, names())
	assert.Equal(t, []string{"fapi2-security"}, names(fapi.Legacy))
	assert.Equal(t, []string{"fapi1-advanced"}, names(fapi.Legacy, "fapi1-advanced", "fapi1-advanced"))
	assert.Equal(t, []string{"fapi2-security", "fapi2-message-signing", "fapi1-advanced"}, names("fapi1-advanced", "fapi2-message-signing", "fapi2-security"))
}
