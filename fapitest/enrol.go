package fapitest

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"slices"

	"github.com/go-jose/go-jose/v4"
	"github.com/ory/fosite"

	"github.com/fosite-fapi/fosite-fapi/fapi"
	"github.com/fosite-fapi/fosite-fapi/registration"
)

// A ClientConfig describes a client that a [Server] registers and drives. The zero value is a client of the first
// profile that authenticates by private_key_jwt with ES256 and whose tokens are bound to its certificate.
type ClientConfig struct {
	// ID is the client_id, by which its key and its certificate are named too ([Key], [Certificate]). "" means
	// client-a for the first, client-b for the second, and so on.
	ID string
	// AuthMethod is token_endpoint_auth_method; "" means private_key_jwt, for a legacy client client_secret_basic.
	AuthMethod string
	// Algorithm signs client assertions, and is registered for them; "" means ES256.
	Algorithm jose.SignatureAlgorithm
	// Binding is how access tokens are sender-constrained; "" means [fapi.BindingMTLS], for a legacy client not at all.
	Binding fapi.Binding
	// Profile is the name of the client's profile; "" means the first. [fapi.Legacy] makes a client of the host's own
	// factories, which sends its authorization requests by value.
	Profile string
	// RequestObjects makes it send its authorization requests as request objects, signed by the same key as its
	// assertions. Where the profile demands them it does so anyway.
	RequestObjects bool
	// Register changes the registration before the server sees it; nil leaves it as it is.
	Register func(*registration.Client)
}

// withDefaults completes the description of the i-th client.
func (c ClientConfig) withDefaults(i int, profile string) ClientConfig {
	if c.ID == "" {
		c.ID = "client-" + string(rune('a'+i%26))
	}
	if c.Profile == "" {
		c.Profile = profile
	}
	if c.AuthMethod == "" {
		c.AuthMethod = registration.AuthPrivateKeyJWT
		if c.Profile == fapi.Legacy {
			c.AuthMethod = registration.AuthClientSecretBasic
		}
	}
	if c.Algorithm == "" {
		c.Algorithm = jose.ES256
	}
	if c.Binding == "" && c.Profile != fapi.Legacy {
		c.Binding = fapi.BindingMTLS
	}
	return c
}

// A member is a client with what the server knows of it.
type member struct {
	*Client
	registered  *registration.Client
	certificate *tls.Certificate
	profile     string
}

// enrol makes a client and its registration. The profile is nil where the host's own composition knows it alone, or
// there is none.
func (c ClientConfig) enrol(scope string, profile *fapi.Profile) (*member, error) {
	reg := &registration.Client{ID: c.ID, Metadata: registration.Metadata{
		RedirectURIs:            []string{"https://" + c.ID + ".example.com/callback"},
		TokenEndpointAuthMethod: c.AuthMethod,
		GrantTypes:              []string{"authorization_code", "refresh_token", "client_credentials"},
		ResponseTypes:           []string{"code"}, Scope: scope,
	}}
	if profile != nil {
		reg.ResponseTypes = slices.Clone(profile.ResponseTypes)
		c.RequestObjects = c.RequestObjects || slices.ContainsFunc(profile.Requirements(), func(r fapi.Requirement) bool {
			return slices.Contains(signedRequests, r.ID)
		})
	}
	m := &member{registered: reg, profile: c.Profile, Client: &Client{
		ID: c.ID, AuthMethod: c.AuthMethod, RedirectURI: reg.RedirectURIs[0], ResponseType: reg.ResponseTypes[0], RequestObjects: c.RequestObjects,
	}}
	switch c.Binding {
	case fapi.BindingMTLS:
		reg.TLSClientCertificateBoundAccessTokens = true
		m.certificate = Certificate(c.ID)
	case fapi.BindingDPoP:
		reg.DPoPBoundAccessTokens = true
		m.ProofKey = Key(c.ID+" proof", jose.ES256)
	case "": // of a legacy client
	default:
		return nil, fmt.Errorf("fapitest: client %q: no such binding: %q", c.ID, c.Binding)
	}
	if err := c.authenticate(m); err != nil {
		return nil, err
	}
	if c.Register != nil {
		c.Register(reg)
	}
	return m, nil
}

// signedRequests are the demands of profiles for request objects.
var signedRequests = []string{"F1A-AS-01", "F2-MS-01"}

// authenticate gives a client what it authenticates and signs with.
func (c ClientConfig) authenticate(m *member) error {
	reg := m.registered
	if c.AuthMethod == registration.AuthPrivateKeyJWT || c.RequestObjects {
		m.Key, m.KeyID, m.Algorithm = Key(c.ID, c.Algorithm), c.ID+"-key", c.Algorithm
		if m.Key == nil {
			return fmt.Errorf("fapitest: client %q: no key for %q", c.ID, c.Algorithm)
		}
		reg.JWKS = &jose.JSONWebKeySet{Keys: []jose.JSONWebKey{{Key: m.Key.Public(), KeyID: m.KeyID, Algorithm: string(c.Algorithm), Use: "sig"}}}
	}
	if c.RequestObjects {
		reg.RequestObjectSigningAlg = string(c.Algorithm)
	}
	switch c.AuthMethod {
	case registration.AuthPrivateKeyJWT:
		reg.TokenEndpointAuthSigningAlg = string(c.Algorithm)
	case registration.AuthTLS:
		m.certificate = Certificate(c.ID)
		reg.TLSClientAuthSubjectDN = m.certificate.Leaf.Subject.String()
	case registration.AuthSelfSignedTLS:
		m.certificate = SelfSignedCertificate(c.ID)
		if reg.JWKS == nil {
			reg.JWKS = &jose.JSONWebKeySet{}
		}
		reg.JWKS.Keys = append(reg.JWKS.Keys, jose.JSONWebKey{Key: m.certificate.Leaf.PublicKey, Certificates: []*x509.Certificate{m.certificate.Leaf}})
	case registration.AuthClientSecretBasic, registration.AuthClientSecretPost:
		m.Secret = "the secret of " + c.ID
		hashed, err := (&fosite.BCrypt{Config: &fosite.Config{HashCost: cheapHash}}).Hash(context.Background(), []byte(m.Secret))
		if err != nil {
			return fmt.Errorf("fapitest: client %q: %w", c.ID, err)
		}
		reg.HashedSecret = hashed
	default:
		return fmt.Errorf("fapitest: client %q: no such authentication method: %q", c.ID, c.AuthMethod)
	}
	return nil
}

// cheapHash is the least cost of bcrypt: these secrets guard nothing.
const cheapHash = 4
