package main

import (
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/go-jose/go-jose/v4"

	"github.com/fosite-fapi/fosite-fapi/fapi"
	"github.com/fosite-fapi/fosite-fapi/keys"
	"github.com/fosite-fapi/fosite-fapi/registration"
)

// bootstrap writes a working configuration into a directory, with everything that it needs, unless there is one. The
// configuration comes last: with it the rest is there.
func bootstrap(dir, file, listen, mtlsListen string) error {
	if _, err := os.Stat(file); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	// There are private keys in it.
	if err := os.WriteFile(filepath.Join(dir, ".gitignore"), []byte("*\n"), 0o600); err != nil {
		return err
	}
	main, err := fixPort(listen)
	if err != nil {
		return err
	}
	mtls, err := fixPort(mtlsListen)
	if err != nil {
		return err
	}
	b := &bootstrapper{dir: dir}
	c := config{
		Issuer: "https://" + main, Listen: main, TLS: tlsFiles{"server.pem", "server-key.pem"},
		MTLS: mtlsFiles{Listen: mtls, BaseURL: "https://" + mtls, ClientCA: "ca.pem"},
		JWKS: "jwks.json", AccessTokenFormat: "opaque", DPoPNonce: "off", Consent: "form", Log: "info",
		Users: []userConfig{{Username: "alice", Password: rand.Text(), Claims: map[string]any{
			"name": "Alice Example", "given_name": "Alice", "family_name": "Example", "email": "alice@example.com", "email_verified": true,
		}}},
		Clients: b.clients(main, mtls), Lifetimes: standardLifetimes(),
		Registration: registrationConfig{
			Profile: fapi.FAPI2Security().Name, InitialAccessTokens: []string{rand.Text()}, Scopes: standardScopes(),
		},
		AuthorizationDetailsTypes: []detailsType{
			{Type: "account_information"},
			{Type: "payment_initiation", Fields: []string{"actions", "locations", "instructedAmount", "creditorName", "creditorAccount"}, Required: []string{"instructedAmount"}},
		},
	}
	if b.err != nil {
		return b.err
	}
	raw, err := json.MarshalIndent(c, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(file, append(raw, '\n'), 0o600)
}

func standardLifetimes() lifetimes {
	p := fapi.FAPI2Security()
	return lifetimes{
		AuthorizationCode: duration(p.AuthorizationCodeLifetime), RequestURI: duration(p.RequestURILifetime), Interaction: duration(p.InteractionLifetime),
		AccessToken: duration(p.AccessTokenLifetime), RefreshToken: duration(p.RefreshTokenLifetime), IDToken: duration(p.IDTokenLifetime),
	}
}

// fixPort finds a free port where none is named: the issuer must have one that stays.
func fixPort(address string) (string, error) {
	host, port, err := net.SplitHostPort(address)
	if err != nil || port != "0" {
		return address, err
	}
	l, err := net.Listen("tcp", address)
	if err != nil {
		return "", err
	}
	_, port, err = net.SplitHostPort(l.Addr().String())
	return net.JoinHostPort(host, port), errors.Join(err, l.Close())
}

// A bootstrapper remembers the first error.
type bootstrapper struct {
	dir string
	err error
}

func (b *bootstrapper) path(name string) string { return filepath.Join(b.dir, name) }

// clients writes the certificates and keys, and returns the clients that they belong to.
func (b *bootstrapper) clients(listen, mtlsListen string) []clientConfig {
	ca, err := newAuthority(b.path("ca.pem"), b.path("ca-key.pem"))
	if err != nil {
		b.err = err
		return nil
	}
	hosts := []string{"localhost", "127.0.0.1", "::1"}
	for _, address := range []string{listen, mtlsListen} {
		if host, _, err := net.SplitHostPort(address); err == nil && host != "" && !slices.Contains(hosts, host) {
			hosts = append(hosts, host)
		}
	}
	b.err = ca.server(b.path("server.pem"), b.path("server-key.pem"), hosts...)
	first, second := b.client(ca, "client1"), b.client(ca, "client2")
	first.TokenEndpointAuthMethod, first.TokenEndpointAuthSigningAlg, first.TLSClientAuthSubjectDN = registration.AuthPrivateKeyJWT, "ES256", ""
	second.Scope += " introspect" // it may play the resource server
	third, fourth := b.client(ca, "client3"), b.client(ca, "client4")
	third.Profile, third.ResponseTypes = fapi.FAPI1Advanced().Name, []string{"code id_token", "code"}
	fourth.Profile = fapi.FAPI2MessageSigning().Name
	legacy := clientConfig{ClientID: "legacy", ClientSecret: rand.Text(), Metadata: registration.Metadata{
		ClientName: "Legacy client", RedirectURIs: []string{"https://legacy.example/callback"},
		TokenEndpointAuthMethod: registration.AuthClientSecretBasic, GrantTypes: allGrants(), ResponseTypes: []string{"code"},
		Scope: standardScope,
	}}
	return []clientConfig{first, second, third, fourth, legacy}
}

func standardScopes() []string { return strings.Fields(standardScope) }

const standardScope = "openid profile email offline_access accounts"

func allGrants() []string {
	return []string{"authorization_code", "refresh_token", "client_credentials"}
}

// client is one that authenticates by its certificate, and has a signing key too.
func (b *bootstrapper) client(ca *authority, id string) clientConfig {
	subject, err := ca.client(b.path(id+".pem"), b.path(id+"-key.pem"), id)
	b.err = errors.Join(b.err, err)
	return clientConfig{ClientID: id, Profile: fapi.FAPI2Security().Name, Metadata: registration.Metadata{
		ClientName:   "FAPI " + id,
		RedirectURIs: []string{"https://" + id + ".example/callback", "https://" + id + ".example/callback?dummy1=lorem&dummy2=ipsum"},
		GrantTypes:   allGrants(), ResponseTypes: []string{"code"}, Scope: standardScope,
		TokenEndpointAuthMethod: registration.AuthTLS, TLSClientAuthSubjectDN: subject, TLSClientCertificateBoundAccessTokens: true,
		JWKS: b.signingKey(id), AuthorizationDetailsTypes: []string{"account_information", "payment_initiation"},
	}}
}

// signingKey writes a client's private key and returns the public one.
func (b *bootstrapper) signingKey(id string) *jose.JSONWebKeySet {
	key, err := keys.Generate(jose.ES256)
	if err != nil {
		b.err = errors.Join(b.err, err)
		return nil
	}
	key.ID = id
	private, err := keys.MarshalPrivate(key)
	if err == nil {
		err = os.WriteFile(b.path(id+"-jwks.json"), private, 0o600)
	}
	set, errNew := keys.New(key)
	if b.err = errors.Join(b.err, err, errNew); b.err != nil {
		return nil
	}
	return set.Public()
}

// usage says how to use the written configuration.
func usage(out io.Writer, dir string, s *setup) {
	file := func(name string) string { return filepath.Join(dir, name) }
	outside := "curl --cacert " + file("ca.pem")
	curl := fmt.Sprintf("curl --cacert %s --cert %s --key %s", file("ca.pem"), file("client2.pem"), file("client2-key.pem"))
	for _, line := range []string{
		"configuration  " + file("config.json") + ", with the users' passwords, the legacy client's secret and a token to register clients",
		"issuer         " + s.Issuer,
		"mutual TLS     " + s.MTLS.BaseURL,
		"CA             " + file("ca.pem") + ", its key " + file("ca-key.pem"),
		"client1        private_key_jwt: " + file("client1-jwks.json") + "; certificate " + file("client1.pem") + ", key " + file("client1-key.pem"),
		"client2        tls_client_auth: certificate " + file("client2.pem") + ", key " + file("client2-key.pem"),
		"client3        FAPI 1.0 Advanced, else like client2; requests are signed: " + file("client3-jwks.json"),
		"client4        FAPI 2.0 Message Signing, else like client3: " + file("client4-jwks.json"),
		"legacy         client_secret_basic",
		"",
		"Try:",
		"  " + curl + " -d grant_type=client_credentials -d client_id=client2 -d scope=accounts " + s.MTLS.BaseURL + "/token",
		"  " + curl + ` -H "Authorization: Bearer ACCESS_TOKEN" ` + s.MTLS.BaseURL + "/accounts",
		"  " + outside + ` -H "Authorization: Bearer INITIAL_ACCESS_TOKEN" -H "Content-Type: application/json" -d ` +
			fmt.Sprintf(`'{"grant_types":["client_credentials"],"token_endpoint_auth_method":"tls_client_auth","tls_client_auth_subject_dn":%q}' `, s.clients[1].TLSClientAuthSubjectDN) + strings.TrimSuffix(s.Issuer, "/") + "/register",
		"  " + outside + ` -H "Authorization: Bearer REGISTRATION_ACCESS_TOKEN" REGISTRATION_CLIENT_URI`,
		"",
	} {
		fmt.Fprintln(out, line)
	}
}
