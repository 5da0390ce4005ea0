package fapi_test

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/hmac"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strings"
	"testing"

	"github.com/go-jose/go-jose/v4"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fosite-fapi/fosite-fapi/fapi"
	"github.com/fosite-fapi/fosite-fapi/fapitest"
	"github.com/fosite-fapi/fosite-fapi/registration"
)

func TestClausesCryptography(t *testing.T) {
	t.Parallel()
	_, ed, err := ed25519.GenerateKey(rand.Reader)
	require.NoError(t, err)
	short, err := rsa.GenerateKey(rand.Reader, 1024)
	require.NoError(t, err)
	p384, err := ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	require.NoError(t, err)
	stranger := newEC()
	clauses{
		{"F2-CR-01/kept no typ", push(joseHeader("typ", nil)), created},
		{"F2-CR-01/kept typ client-authentication+jwt", push(joseHeader("typ", "client-authentication+jwt")), created},
		{"F2-CR-01/refused typ at+jwt", push(joseHeader("typ", "at+jwt")), invalid("F2-CR-01")},
		{"F2-CR-01/refused typ dpop+jwt", push(joseHeader("typ", "dpop+jwt")), invalid("F2-CR-01")},
		{"F2-CR-01 CA-07/refused unknown critical extension", push(joseHeader("crit", []string{"b64"}), joseHeader("b64", true)), invalid("CA-07")},
		{"F2-CR-01 F2-CR-02/refused public key as a secret", push(signedByPublicKey), invalid("F2-CR-02")},
		{"F2-CR-02 F2-CR-05/kept ES256", push(), created},
		{"F2-CR-02/kept PS256", keyed(testRSA(), jose.PS256), created},
		{"F2-CR-02/kept EdDSA", keyed(ed, jose.EdDSA), created},
		{"F2-CR-02/refused RS256", keyed(testRSA(), jose.RS256), invalid("F2-CR-02")},
		{"F2-CR-02/refused PS384", keyed(testRSA(), jose.PS384), invalid("F2-CR-02")},
		{"F2-CR-02/refused ES384", keyed(p384, jose.ES384), invalid("F2-CR-02")},
		{"F2-CR-03/refused none", push(signedBy(nil, "none")), invalid("F2-CR-03")},
		{"F2-CR-04/refused RSA key of 1024 bits", keyed(short, jose.PS256), invalid("F2-CR-04")},
		{"F2-CR-06 F1B-AS-16/kept credentials of 256 bits", request(), longCredentials},
		{"F2-CR-08 F1A-JWKS-02/kept jku is ignored", push(joseHeader("jku", "https://elsewhere.example/jwks")), created},
		{"F2-CR-08 F1A-JWKS-02 CA-07/refused key of a stranger behind jku", push(signedBy(stranger, jose.ES256), joseHeader("kid", nil), joseHeader("jku", "https://elsewhere.example/jwks")), invalid("CA-07")},
		{"F2-CR-08 CA-07/refused key of a stranger in jwk", push(signedBy(stranger, jose.ES256), joseHeader("kid", nil), joseHeader("jwk", map[string]string{"kty": "EC"})), invalid("CA-07")},
		{"F2-CR-09 F1A-JWKS-03/kept a kid that two keys share", registered(sharingKid(testRSA().Public()), push()), created},
		{"F2-CR-09/kept a kid that two keys of one type share", registered(sharingKid(stranger.Public()), push()), created},
		{"F2-CR-09 F1A-JWKS-03 CA-07/refused the kid of another key", registered(func(c *registration.Client) { c.JWKS.Keys[0].KeyID = "other" }, push()), invalid("CA-07")},
		{"F2-CR-09 CA-07/refused key for encryption", registered(func(c *registration.Client) { c.JWKS.Keys[0].Use = "enc" }, push()), invalid("CA-07")},
		{"F2-CR-02/kept ID token by ES256", request(), idTokenBy("ES256")},
		{"F2-CR-02/kept ID token as registered", registered(idTokenAlg("PS256"), request()), idTokenBy("PS256")},
		{"F2-CR-02/kept ID token never by RS256", registered(idTokenAlg("RS256"), request()), idTokenBy("ES256")},
		{"F2-CR-03/kept ID token never unsigned", registered(idTokenAlg("none"), request()), idTokenBy("ES256")},
	}.run(t, fapi.WithOutbound(fapi.Outbound{Proxy: func(r *http.Request) (*url.URL, error) {
		t.Errorf("fetched %s", r.URL)
		return nil, nil
	}}))
}

// keyed is a push of client A with another key, which is registered for this algorithm.
func keyed(key crypto.Signer, alg jose.SignatureAlgorithm) step {
	return registered(func(c *registration.Client) {
		c.TokenEndpointAuthSigningAlg = string(alg)
		c.JWKS = &jose.JSONWebKeySet{Keys: []jose.JSONWebKey{{Key: key.Public(), KeyID: "client-a-key", Algorithm: string(alg), Use: "sig"}}}
	}, push(signedBy(key, alg)))
}

// sharingKid puts a key before the right one under its kid.
func sharingKid(key crypto.PublicKey) func(*registration.Client) {
	return func(c *registration.Client) {
		other := jose.JSONWebKey{Key: key, KeyID: c.JWKS.Keys[0].KeyID, Use: "sig"}
		c.JWKS = &jose.JSONWebKeySet{Keys: []jose.JSONWebKey{other, c.JWKS.Keys[0]}}
	}
}

func idTokenAlg(alg string) func(*registration.Client) {
	return func(c *registration.Client) { c.IDTokenSignedResponseAlg = alg }
}

func idTokenBy(alg string) check {
	return func(b *bench, a *fapitest.Answer) {
		b.Helper()
		idToken(b, a) // verifies
		jws, err := jose.ParseSignedCompact(a.Text("id_token"), []jose.SignatureAlgorithm{jose.SignatureAlgorithm(alg)})
		require.NoError(b, err)
		assert.NotEmpty(b, jws.Signatures[0].Header.KeyID)
	}
}

// signedByPublicKey makes an HMAC with the public key as everybody can read it.
func signedByPublicKey(m *fapitest.Message) {
	der, err := x509.MarshalPKIXPublicKey(m.Assertion.Key.Public())
	if err != nil {
		panic(err)
	}
	payload, err := json.Marshal(m.Assertion.Claims)
	if err != nil {
		panic(err)
	}
	b64 := base64.RawURLEncoding.EncodeToString
	input := b64([]byte(`{"alg":"HS256","kid":"client-a-key"}`)) + "." + b64(payload)
	mac := hmac.New(sha256.New, der)
	mac.Write([]byte(input))
	m.Form.Set("client_assertion", input+"."+b64(mac.Sum(nil)))
	m.Form.Set("client_assertion_type", assertionType)
	m.Assertion.Claims = nil
}

// longCredentials measures what fosite's strategy makes: 32 random bytes and their HMAC.
func longCredentials(b *bench, a *fapitest.Answer) {
	issued(b, a)
	for _, credential := range []string{a.Text("access_token"), a.Text("refresh_token"), b.newCode()} {
		assert.Regexp(b, `^ory_(at|rt|ac)_[A-Za-z0-9_-]{43}\.[A-Za-z0-9_-]{43}$`, credential)
	}
}

// The host's own config can't make credentials shorter.
func TestClausesEntropy(t *testing.T) {
	t.Parallel()
	t.Run("F2-CR-06/kept though the host says 8 bytes", func(t *testing.T) {
		b := newBench(t, "memory")
		config := hostConfig()
		config.TokenEntropy = 8
		var err error
		b.provider, err = composed(config, b.store, fapi.WithProfile(fapi.FAPI2Security()), fapi.WithAudit(b.events))
		require.NoError(t, err)
		b.mount()
		b.connect(b.a, &b.certA)
		longCredentials(b, request()(b))
	})
}

// jwks_uri is fetched over TLS alone, from the host that its certificate names.
func TestClausesJWKSURI(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		server func(http.Handler) *httptest.Server
		host   string
		want   check
	}{
		{"F2-CR-07 F1A-JWKS-01/kept", httptest.NewTLSServer, "127.0.0.1", created},
		{"F2-CR-07 F1A-JWKS-01 CA-07/refused http", httptest.NewServer, "127.0.0.1", invalid("CA-07")},
		{"F2-TLS-05 CA-07/refused certificate of another host", httptest.NewTLSServer, "localhost", invalid("CA-07")},
	} {
		t.Run(c.name, func(t *testing.T) {
			var jwks bytes.Buffer
			server := c.server(http.HandlerFunc(func(rw http.ResponseWriter, _ *http.Request) { _, _ = rw.Write(jwks.Bytes()) }))
			defer server.Close()
			roots := x509.NewCertPool()
			if server.Certificate() != nil {
				roots.AddCert(server.Certificate())
			}
			b := newBench(t, "memory", fapi.WithLogger(slog.New(slog.DiscardHandler)), fapi.WithOutbound(fapi.Outbound{
				RootCAs: roots, AllowPrivate: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("::1/128")},
			}))
			reg := b.registration(b.a.ID)
			require.NoError(t, json.NewEncoder(&jwks).Encode(reg.JWKS))
			reg.JWKS, reg.JWKSURI = nil, strings.Replace(server.URL, "127.0.0.1", c.host, 1)+"/jwks"
			c.want(b, push()(b))
		})
	}
}

func TestClausesTLS(t *testing.T) {
	t.Parallel()
	server := fapi.TLSConfig(true, testPKI().MustServerCertificate(t, "as.example.com"))
	for _, c := range []struct {
		name   string
		client *tls.Config
		accept bool
	}{
		{"F2-TLS-02/kept TLS 1.3", &tls.Config{MinVersion: tls.VersionTLS13}, true},
		{"F2-TLS-02/kept TLS 1.2", &tls.Config{MaxVersion: tls.VersionTLS12}, true},
		{"F2-TLS-02/refused TLS 1.1", &tls.Config{MaxVersion: tls.VersionTLS11}, false},
		{"F2-TLS-06/kept AES_128_GCM", &tls.Config{CipherSuites: []uint16{tls.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256}}, true},
		{"F2-TLS-06/kept AES_256_GCM", &tls.Config{CipherSuites: []uint16{tls.TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384}}, true},
		{"F2-TLS-06/refused CHACHA20", &tls.Config{CipherSuites: []uint16{tls.TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256}}, false},
		{"F2-TLS-06/refused CBC", &tls.Config{CipherSuites: []uint16{tls.TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA}}, false},
		{"F2-TLS-06/refused RSA key exchange", &tls.Config{CipherSuites: []uint16{tls.TLS_RSA_WITH_AES_128_GCM_SHA256}}, false},
		{"MTLS-18/kept certificate of any authority", &tls.Config{Certificates: []tls.Certificate{fapitest.MustSelfSigned(t, nameA)}}, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.client.RootCAs, c.client.ServerName = testPKI().Pool(), "as.example.com"
			if c.client.CipherSuites != nil {
				c.client.MaxVersion = tls.VersionTLS12
			}
			if c.client.MinVersion == 0 {
				c.client.MinVersion = tls.VersionTLS10
			}
			near, far := net.Pipe()
			defer near.Close()
			failed := make(chan error, 1)
			go func() {
				failed <- tls.Server(far, server).Handshake()
				_ = far.Close()
			}()
			conn := tls.Client(near, c.client)
			err := conn.Handshake()
			if !c.accept {
				assert.Error(t, err)
				assert.Error(t, <-failed)
				return
			}
			require.NoError(t, err)
			require.NoError(t, <-failed)
		})
	}
}
