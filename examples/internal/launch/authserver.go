package launch

import (
	"crypto/tls"
	"crypto/x509/pkix"
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"testing"

	"github.com/go-jose/go-jose/v4"
	"github.com/stretchr/testify/require"

	"github.com/fosite-fapi/fosite-fapi/fapitest"
	"github.com/fosite-fapi/fosite-fapi/keys"
	"github.com/fosite-fapi/fosite-fapi/metadata"
	"github.com/fosite-fapi/fosite-fapi/registration"
)

// Config is the configuration of authserver, as far as tests need it.
type Config struct {
	Issuer            string   `json:"issuer"`
	Listen            string   `json:"listen"`
	TLS               Files    `json:"tls"`
	MTLS              MTLS     `json:"mtls"`
	CertificateHeader *Header  `json:"certificate_header,omitempty"`
	AccessTokenFormat string   `json:"access_token_format"`
	Users             []User   `json:"users"`
	Consent           string   `json:"consent"`
	Clients           []Client `json:"clients"`
	Log               string   `json:"log"`
}

// Files are a certificate and its key in PEM.
type Files struct {
	Cert string `json:"cert"`
	Key  string `json:"key"`
}

// MTLS is where client certificates are asked for.
type MTLS struct {
	Listen   string `json:"listen,omitempty"`
	BaseURL  string `json:"base_url"`
	ClientCA string `json:"client_ca"`
}

// Header is where client certificates come from behind a proxy.
type Header struct {
	Kind         string   `json:"kind"`
	Name         string   `json:"name"`
	TrustedPeers []string `json:"trusted_peers"`
}

// User is somebody who can log in.
type User struct {
	Username string `json:"username"`
	Password string `json:"password"`
}

// Client is a registered client.
type Client struct {
	ClientID string   `json:"client_id"`
	Profile  string   `json:"fapi_profile"`
	Audience []string `json:"audience,omitempty"`

	registration.Metadata
}

// An Application is both sides of a client: how it is registered, and the one that calls.
type Application struct {
	*fapitest.Client
	Registered  Client
	Certificate tls.Certificate
	SigningKey  keys.Key
}

// NewApplication makes a client of FAPI 2.0 that authenticates by the method, with a certificate and a key.
func NewApplication(tb testing.TB, pki *fapitest.PKI, id, method, scope string) *Application {
	tb.Helper()
	key, err := keys.Generate(jose.ES256)
	require.NoError(tb, err)
	key.ID = id + "-key"
	set, err := keys.New(key)
	require.NoError(tb, err)
	a := &Application{
		Client:      &fapitest.Client{ID: id, AuthMethod: method, Key: key.Signer, KeyID: key.ID, RedirectURI: "https://" + id + ".example/callback"},
		Certificate: pki.MustClientCertificate(tb, pkix.Name{CommonName: id}),
		SigningKey:  key,
	}
	a.Registered = Client{ClientID: id, Profile: "fapi2-security", Metadata: registration.Metadata{
		RedirectURIs: []string{a.RedirectURI}, ResponseTypes: []string{"code"}, Scope: scope,
		GrantTypes:              []string{"authorization_code", "refresh_token", "client_credentials"},
		TokenEndpointAuthMethod: method, JWKS: set.Public(), TLSClientCertificateBoundAccessTokens: true,
	}}
	if method == registration.AuthTLS {
		a.Registered.TLSClientAuthSubjectDN = "CN=" + id
	}
	return a
}

// AuthServer fills the gaps of the configuration, with a user called alice and without questions, writes it with the files
// that it names into a new folder, and runs the program until the test ends.
func AuthServer(tb testing.TB, program string, pki *fapitest.PKI, c Config) {
	tb.Helper()
	dir := tb.TempDir()
	WriteServerFiles(tb, pki, dir)
	key, err := keys.Generate(jose.ES256)
	require.NoError(tb, err)
	private, err := keys.MarshalPrivate(key)
	require.NoError(tb, err)
	require.NoError(tb, os.WriteFile(filepath.Join(dir, "jwks.json"), private, 0o600)) // else RSA keys are made, which takes long
	c.TLS, c.MTLS.ClientCA = Files{"server.pem", "server-key.pem"}, "ca.pem"
	c.Users, c.Consent, c.Log = []User{{"alice", "secret"}}, "auto", "off"
	raw, err := json.Marshal(c)
	require.NoError(tb, err)
	file := filepath.Join(dir, "config.json")
	require.NoError(tb, os.WriteFile(file, raw, 0o600))
	listeners := 1
	if c.MTLS.Listen != "" {
		listeners++
	}
	Start(tb, Listening(listeners), program, "-config", file)
}

// WriteServerFiles writes ca.pem, server.pem and server-key.pem.
func WriteServerFiles(tb testing.TB, pki *fapitest.PKI, dir string) {
	tb.Helper()
	server := pki.MustServerCertificate(tb)
	WriteFiles(tb, dir, "server", server)
	require.NoError(tb, os.WriteFile(filepath.Join(dir, "ca.pem"), pki.RootPEM(), 0o600))
}

// WriteFiles writes a certificate and its key as name.pem and name-key.pem.
func WriteFiles(tb testing.TB, dir, name string, certificate tls.Certificate) {
	tb.Helper()
	key, err := fapitest.KeyPEM(certificate)
	require.NoError(tb, err)
	require.NoError(tb, os.WriteFile(filepath.Join(dir, name+".pem"), fapitest.CertPEM(certificate), 0o600))
	require.NoError(tb, os.WriteFile(filepath.Join(dir, name+"-key.pem"), key, 0o600))
}

// Connect lets the application find the server's endpoints, as clients do, and call them with its certificate.
func (a *Application) Connect(tb testing.TB, pki *fapitest.PKI, issuer string) {
	tb.Helper()
	a.HTTP = HTTPS(tb, pki, &a.Certificate)
	_, discovery, err := metadata.Paths(issuer)
	require.NoError(tb, err)
	req, err := http.NewRequestWithContext(tb.Context(), http.MethodGet, issuer+discovery, nil)
	require.NoError(tb, err)
	answer, err := fapitest.Do(HTTPS(tb, pki, nil), req)
	require.NoError(tb, err)
	require.NoError(tb, json.Unmarshal(answer.Body, &a.Server))
	require.NoError(tb, a.Server.Validate())
	require.Equal(tb, issuer, a.Server.Issuer)
}

// HTTPS is a connection of its own, until the test ends.
func HTTPS(tb testing.TB, pki *fapitest.PKI, certificate *tls.Certificate) *http.Client {
	client := fapitest.HTTPS(pki.Pool(), certificate)
	tb.Cleanup(client.CloseIdleConnections)
	return client
}
