package main

import (
	"crypto"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/go-jose/go-jose/v4"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fosite-fapi/fosite-fapi/examples/internal/launch"
	"github.com/fosite-fapi/fosite-fapi/fapitest"
)

// A run is a plan's configuration, read back as the suite reads it, and a client that does what the suite does.
type trial struct {
	*testing.T
	*plan
	at     site
	config planConfig
	pool   *x509.CertPool
	client *fapitest.Client
}

// What is written works: the program starts with it, and in each plan a client gets its tokens by the keys, certificates and
// the browser's commands in its file.
func TestWrittenPlans(t *testing.T) {
	t.Parallel()
	addresses, dir := launch.Addresses(t, 2), t.TempDir()
	at := site{"https://" + addresses[0], "https://" + addresses[1], standard.Suite}
	var out strings.Builder
	require.NoError(t, run([]string{"-dir", dir, "-issuer", at.Issuer, "-mtls", at.MTLS}, &out))
	assert.Contains(t, out.String(), filepath.Join(dir, "authserver.json"))
	launch.Start(t, launch.Listening(2), launch.Build(t, "authserver"), "-config", filepath.Join(dir, "authserver.json"))
	ca, err := os.ReadFile(filepath.Join(dir, "ca.pem"))
	require.NoError(t, err)
	for _, p := range plans() {
		t.Run(p.name, func(t *testing.T) {
			x := &trial{T: t, plan: &p, at: at, pool: x509.NewCertPool()}
			require.True(t, x.pool.AppendCertsFromPEM(ca))
			raw, err := os.ReadFile(filepath.Join(dir, "plans", p.name+".json"))
			require.NoError(t, err)
			require.NoError(t, json.Unmarshal(raw, &x.config))
			for i, c := range []struct {
				clientOf
				*pair
			}{{x.config.Client, x.config.MTLS}, {x.config.Client2, x.config.MTLS2}} {
				x.connect(c.clientOf, c.pair, i == 1)
				x.happy()
			}
			if !p.machine {
				x.denied()
				x.stopped()
			}
		})
	}
}

// connect is a client with its key and certificate.
func (x *trial) connect(c clientOf, certificate *pair, second bool) {
	var set jose.JSONWebKeySet
	require.NoError(x, json.Unmarshal(c.JWKS, &set))
	require.Len(x, set.Keys, 1)
	signer, ok := set.Keys[0].Key.(crypto.Signer)
	require.True(x, ok)
	x.client = &fapitest.Client{
		ID: c.ClientID, Key: signer, KeyID: set.Keys[0].KeyID, Algorithm: jose.SignatureAlgorithm(set.Keys[0].Algorithm),
		RedirectURI: x.callback(x.at), RequestObjects: x.signedAsk,
	}
	if second {
		x.client.RedirectURI += "?dummy1=lorem&dummy2=ipsum"
	}
	if x.profile == advanced && !x.signedReply {
		x.client.ResponseType = "code id_token"
	}
	if x.mutualTLS {
		x.client.AuthMethod = "tls_client_auth"
	}
	var presented *tls.Certificate
	require.Equal(x, x.certificates(), certificate != nil)
	if certificate != nil {
		one, err := tls.X509KeyPair([]byte(certificate.Cert), []byte(certificate.Key))
		require.NoError(x, err)
		presented = &one
	}
	require.Equal(x, x.dpop, c.DPoP != "")
	if x.dpop {
		x.client.ProofKey = signer
		if x.client.Algorithm != jose.ES256 {
			x.client.ProofKey = newES256(x)
		}
	}
	x.client.HTTP = x.https(presented)
	found := x.get(x.https(nil), x.config.Server.DiscoveryURL)
	require.Equal(x, http.StatusOK, found.Status)
	require.NoError(x, json.Unmarshal(found.Body, &x.client.Server))
	if presented == nil {
		x.client.Server.MTLSEndpointAliases = nil
	}
}

func (x *trial) https(certificate *tls.Certificate) *http.Client {
	client := fapitest.HTTPS(x.pool, certificate)
	x.Cleanup(client.CloseIdleConnections)
	return client
}

func (x *trial) get(client *http.Client, address string) *fapitest.Answer {
	x.Helper()
	req, err := http.NewRequestWithContext(x.Context(), http.MethodGet, address, nil)
	require.NoError(x, err)
	answer, err := fapitest.Do(client, req)
	require.NoError(x, err)
	return answer
}

func (x *trial) request(verifier string) url.Values {
	params := x.client.Request(verifier, x.scope())
	if !x.openid {
		params.Del("nonce")
	}
	if x.signedReply {
		params.Set("response_mode", "jwt")
	}
	if x.rich {
		params.Set("authorization_details", x.details())
	}
	return params
}

// link is where the suite sends the browser.
func (x *trial) link(params url.Values) string {
	x.Helper()
	if x.byValue {
		return x.byValueLink(params)
	}
	pushed, err := x.client.Push(x.Context(), params)
	require.NoError(x, err)
	require.Equal(x, http.StatusCreated, pushed.Status, string(pushed.Body))
	return x.client.Server.AuthorizationEndpoint + "?" + url.Values{"client_id": {x.client.ID}, "request_uri": {pushed.Text("request_uri")}}.Encode()
}

func (x *trial) byValueLink(params url.Values) string {
	seen := &recorder{}
	_, err := x.client.AuthorizeByValue(x.Context(), &http.Client{Transport: seen}, params)
	require.NoError(x, err)
	return seen.address
}

type recorder struct{ address string }

func (r *recorder) RoundTrip(req *http.Request) (*http.Response, error) {
	r.address = req.URL.String()
	return &http.Response{StatusCode: http.StatusNoContent, Body: http.NoBody}, nil
}

// happy is the way to the resource.
func (x *trial) happy() {
	x.Helper()
	form := url.Values{"grant_type": {"client_credentials"}, "scope": {x.scope()}}
	if !x.machine {
		verifier := fapitest.Verifier()
		got := x.browse(x.config.Browser, x.link(x.request(verifier)))
		require.NotEmpty(x, got.Get("code"), "%v", got)
		form = url.Values{"grant_type": {"authorization_code"}, "code": {got.Get("code")}, "redirect_uri": {x.client.RedirectURI}, "code_verifier": {verifier}}
	}
	tokens, err := x.client.Token(x.Context(), form)
	require.NoError(x, err)
	require.Equal(x, http.StatusOK, tokens.Status, string(tokens.Body))
	assert.Equal(x, x.openid, tokens.Text("id_token") != "")
	assert.Equal(x, !x.machine, tokens.Text("refresh_token") != "")
	assert.Equal(x, x.rich, tokens.JSON["authorization_details"] != nil)
	if x.rich { // the suite wants an array of objects with a type; here nothing is left out of it
		told, err := json.Marshal(tokens.JSON["authorization_details"])
		require.NoError(x, err)
		assert.JSONEq(x, x.details(), string(told))
	}
	if x.dpop { // the suite takes its certificate off for the resource
		x.client.HTTP = x.https(nil)
	}
	resource, err := x.client.Get(x.Context(), x.config.Resource.ResourceURL, tokens.Text("access_token"))
	require.NoError(x, err)
	assert.Equal(x, http.StatusOK, resource.Status, string(resource.Body))
}

func (x *trial) prefix() string {
	if x.profile == advanced {
		return "fapi1-advanced-final-"
	}
	return "fapi2-security-profile-final-"
}

// denied is the user who does not want to.
func (x *trial) denied() {
	x.connect(x.config.Client, x.config.MTLS, false)
	got := x.browse(x.config.Override[x.prefix()+"user-rejects-authentication"].Browser, x.link(x.request(fapitest.Verifier())))
	assert.Equal(x, "access_denied", got.Get("error"))
}

// stopped are requests of which the user sees an error page.
func (x *trial) stopped() {
	module := "ensure-unsigned-authorization-request-without-using-par-fails"
	if x.profile == advanced {
		module = "ensure-authorization-request-without-request-object-fails"
	}
	plain := x.client.Server.AuthorizationEndpoint + "?" + x.request(fapitest.Verifier()).Encode()
	assert.Nil(x, x.browse(x.config.Override[x.prefix()+module].Browser, plain))

	if x.byValue {
		other := *x.client
		other.Server.Issuer = "https://other.example" // which is the object's aud
		mine := x.client
		x.client = &other
		link := x.byValueLink(x.request(fapitest.Verifier()))
		x.client = mine
		assert.Nil(x, x.browse(x.config.Override[x.prefix()+"ensure-request-object-with-bad-aud-fails"].Browser, link))
		return
	}
	link := x.link(x.request(fapitest.Verifier()))
	reused := x.config.Override[x.prefix()+"par-attempt-reuse-request_uri"].Browser
	assert.NotEmpty(x, x.browse(reused[:1], link).Get("code"))
	assert.Nil(x, x.browse(reused[1:], link))

	link = x.link(x.request(fapitest.Verifier()))
	twice := x.config.Override[x.prefix()+"par-ensure-reused-request-uri-prior-to-auth-completion-succeeds"].Browser
	assert.Nil(x, x.browse(twice[:1], link))
	assert.NotEmpty(x, x.browse(twice[1:], link).Get("code"))
}

// details are the authorization details of the file.
func (x *trial) details() string {
	x.Helper()
	require.NotEmpty(x, x.config.Resource.Details)
	raw, err := json.Marshal(x.config.Resource.Details)
	require.NoError(x, err)
	return string(raw)
}
