package registration

import (
	"slices"
	"strings"
)

// The algorithms of RFC 7518, RFC 8037 and RFC 9864 without those that RFC 8725 3.2 warns of: none and RSA1_5.
var (
	signatures = []string{
		"PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA", "Ed25519", "RS256", "RS384", "RS512", "HS256", "HS384", "HS512",
	}
	keyManagements = []string{
		"RSA-OAEP", "RSA-OAEP-256", "ECDH-ES", "ECDH-ES+A128KW", "ECDH-ES+A192KW", "ECDH-ES+A256KW",
		"A128KW", "A192KW", "A256KW", "A128GCMKW", "A192GCMKW", "A256GCMKW", "dir",
	}
	encryptions = []string{"A128CBC-HS256", "A192CBC-HS384", "A256CBC-HS512", "A128GCM", "A192GCM", "A256GCM"}
)

// validateAlgorithms: OpenID Connect Registration 2, JARM 3, RFC 9701 6.
func (m *Metadata) validateAlgorithms(c *check) {
	for _, one := range []struct{ field, alg string }{
		{"token_endpoint_auth_signing_alg", m.TokenEndpointAuthSigningAlg},
		{"request_object_signing_alg", m.RequestObjectSigningAlg},
		{"id_token_signed_response_alg", m.IDTokenSignedResponseAlg},
		{"userinfo_signed_response_alg", m.UserinfoSignedResponseAlg},
		{"authorization_signed_response_alg", m.AuthorizationSignedResponseAlg},
		{"introspection_signed_response_alg", m.IntrospectionSignedResponseAlg},
		{"backchannel_authentication_request_signing_alg", m.BackchannelAuthenticationRequestSigningAlg},
	} {
		c.oneOf(one.field, one.alg, signatures...)
	}
	if isSymmetric(m.BackchannelAuthenticationRequestSigningAlg) {
		c.fail("backchannel_authentication_request_signing_alg", "must be asymmetric (CIBA 4)")
	}

	for _, one := range []struct {
		prefix, alg, enc string
		toClient         bool // encrypted with a key of the client's, not of the server's
	}{
		{"request_object_encryption", m.RequestObjectEncryptionAlg, m.RequestObjectEncryptionEnc, false},
		{"id_token_encrypted_response", m.IDTokenEncryptedResponseAlg, m.IDTokenEncryptedResponseEnc, true},
		{"userinfo_encrypted_response", m.UserinfoEncryptedResponseAlg, m.UserinfoEncryptedResponseEnc, true},
		{"authorization_encrypted_response", m.AuthorizationEncryptedResponseAlg, m.AuthorizationEncryptedResponseEnc, true},
		{"introspection_encrypted_response", m.IntrospectionEncryptedResponseAlg, m.IntrospectionEncryptedResponseEnc, true},
	} {
		c.oneOf(one.prefix+"_alg", one.alg, keyManagements...)
		c.oneOf(one.prefix+"_enc", one.enc, encryptions...)
		if one.enc != "" && one.alg == "" {
			c.fail(one.prefix+"_enc", "needs %s_alg", one.prefix)
		}
		if one.toClient && (strings.HasPrefix(one.alg, "RSA") || strings.HasPrefix(one.alg, "ECDH")) {
			m.needKeys(c, one.prefix+"_alg", one.alg)
		}
	}
}

func isSymmetric(alg string) bool {
	return slices.Contains([]string{"HS256", "HS384", "HS512"}, alg)
}
