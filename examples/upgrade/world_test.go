package upgrade_test

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"html"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/go-jose/go-jose/v4"
	"github.com/stretchr/testify/require"
	"golang.org/x/crypto/bcrypt"

	"github.com/fosite-fapi/fosite-fapi/examples/internal/launch"
	"github.com/fosite-fapi/fosite-fapi/fapitest"
	"github.com/fosite-fapi/fosite-fapi/metadata"
)

const issuer = "https://shop.example.com"

// A world is what both servers share: their data, and the clients that call them.
type world struct {
	testing.TB
	dir string
	pki *fapitest.PKI
	to  string // where the server listens
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{TB: t, dir: t.TempDir(), pki: fapitest.MustPKI(t)}
	launch.WriteFiles(t, w.dir, "server", w.pki.MustServerCertificate(t, "shop.example.com"))
	w.write("customers.json", map[string]string{"alice": hash(t, "kettle")})
	key := fapitest.Key("bank", jose.ES256)
	w.write("clients.json", []map[string]any{
		{
			"id": "cups", "display_name": "Cups & Co", "client_secret": []byte(hash(t, "cups-secret")),
			"redirect_uris": []string{"https://cups.example.com/callback"}, "scopes": []string{"openid", "offline", "orders"},
			"grant_types": []string{"authorization_code", "refresh_token"}, "response_types": []string{"code"},
			"token_endpoint_auth_method": "client_secret_basic",
		},
		{
			"id": "bank", "display_name": "A bank", "bank": true,
			"redirect_uris": []string{"https://bank.example.com/callback"}, "scopes": []string{"openid", "offline", "orders"},
			"grant_types": []string{"authorization_code", "refresh_token"}, "response_types": []string{"code"},
			"token_endpoint_auth_method": "private_key_jwt", "token_endpoint_auth_signing_alg": "ES256",
			"jwks": jose.JSONWebKeySet{Keys: []jose.JSONWebKey{{Key: key.Public(), KeyID: "bank-key", Algorithm: "ES256", Use: "sig"}}},
		},
	})
	return w
}

func hash(t *testing.T, password string) string {
	t.Helper()
	hashed, err := bcrypt.GenerateFromPassword([]byte(password), bcrypt.MinCost)
	require.NoError(t, err)
	return string(hashed)
}

func (w *world) write(name string, value any) {
	w.Helper()
	raw, err := json.Marshal(value)
	require.NoError(w, err)
	require.NoError(w, os.WriteFile(filepath.Join(w.dir, name), raw, 0o600))
}

// arguments are those of both programs.
func (w *world) arguments(listen string) []string {
	return []string{
		"-issuer", issuer, "-listen", listen, "-data", w.dir,
		"-cert", filepath.Join(w.dir, "server.pem"), "-key", filepath.Join(w.dir, "server-key.pem"),
	}
}

// running starts a program on the world's data while the test runs.
func (w *world) running(t *testing.T, program string, test func(w *world)) {
	t.Helper()
	t.Run(filepath.Base(program), func(t *testing.T) {
		at := launch.Addresses(t, 1)[0]
		launch.Start(t, launch.Listening(1), program, w.arguments(at)...)
		here := *w
		here.TB, here.to = t, at
		test(&here)
	})
}

// https reaches the server under the name of its issuer, by TLS over a socket.
func (w *world) https(certificate *tls.Certificate) *http.Client {
	client := launch.HTTPS(w, w.pki, certificate)
	transport, ok := client.Transport.(*http.Transport)
	require.True(w, ok)
	transport.DialContext = func(ctx context.Context, network, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, network, w.to)
	}
	return client
}

func (w *world) do(method, path string, form url.Values, header http.Header) *fapitest.Answer {
	w.Helper()
	req, err := http.NewRequestWithContext(w.Context(), method, issuer+path, strings.NewReader(form.Encode()))
	require.NoError(w, err)
	if header != nil {
		req.Header = header
	}
	if method == http.MethodPost {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	answer, err := fapitest.Do(w.https(nil), req)
	require.NoError(w, err)
	return answer
}

var hidden = regexp.MustCompile(`<input type="hidden" name="([^"]*)" value="([^"]*)">`)

// login is what the browser sends when alice has filled in the page.
func (w *world) login(page *fapitest.Answer, password, decision string) *fapitest.Answer {
	w.Helper()
	require.Equal(w, http.StatusOK, page.Status, string(page.Body))
	return w.do(http.MethodPost, "/authorize", filled(page, password, decision), http.Header{})
}

// filled is the form of the page as alice sends it.
func filled(page *fapitest.Answer, password, decision string) url.Values {
	form := url.Values{"customer": {"alice"}, "password": {password}, "decision": {decision}}
	for _, field := range hidden.FindAllStringSubmatch(string(page.Body), -1) {
		form.Add(html.UnescapeString(field[1]), html.UnescapeString(field[2]))
	}
	return form
}

// bank is the client of FAPI 2.0, whose tokens are bound to a key (RFC 9449).
func (w *world) bank() *fapitest.Client {
	return &fapitest.Client{
		ID: "bank", Key: fapitest.Key("bank", jose.ES256), KeyID: "bank-key", ProofKey: fapitest.Key("bank proof", jose.ES256),
		RedirectURI: "https://bank.example.com/callback", HTTP: w.https(nil), Server: metadata.Document{
			Issuer: issuer, AuthorizationEndpoint: issuer + "/authorize", TokenEndpoint: issuer + "/token",
			PushedAuthorizationRequestEndpoint: issuer + "/par", JWKSURI: issuer + "/jwks",
			IntrospectionEndpoint: issuer + "/introspect", RevocationEndpoint: issuer + "/revoke",
		},
	}
}
