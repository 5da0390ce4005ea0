package fapitest_test

import (
	"context"
	"crypto/tls"
	"crypto/x509/pkix"
	"fmt"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/ory/fosite"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fosite-fapi/fosite-fapi/fapi"
	"github.com/fosite-fapi/fosite-fapi/fapitest"
)

// What the documentation shows beside the tutorial, compiled and run.

func TestSnippets(t *testing.T) {
	newStore := func(_ *testing.T, clients []fosite.Client) fosite.Storage { return memory(clients...) }
	config := snippetConfig(t, newStore)
	fapitest.Run(t, config, func(s *fapitest.Server) {
		code := s.Code()
		tokens := s.Redeem(code)
		fapitest.Accepted()(s, tokens)
		fapitest.Refused("F2-AZ-09", "invalid_grant", 400)(s, s.Redeem(code))
		fapitest.Active(false)(s, s.Introspect(tokens.Text("access_token")))
	})
	fapitest.Judgements{
		{Name: "rent", Rule: acme7, Given: fapitest.Given("purpose", "rent")},
		{Name: "nothing", Rule: acme7, Want: "invalid_request"},
	}.Run(t)
}

func snippetConfig(t *testing.T, newStore func(*testing.T, []fosite.Client) fosite.Storage) fapitest.Config {
	return fapitest.Config{
		Store:   func(clients ...fosite.Client) fosite.Storage { return newStore(t, clients) },
		Options: []fapi.Option{fapi.WithAccessTokenFormat(fapi.JWT)},
		Clients: []fapitest.ClientConfig{{Algorithm: jose.PS256, Binding: fapi.BindingDPoP}, {AuthMethod: "tls_client_auth"}},
	}
}

var _ = []fapitest.Step{
	fapitest.Push(fapitest.NoClaim("jti")),
	fapitest.Push(fapitest.SignedBy(fapitest.Key("client-b", jose.ES256), jose.ES256)),
	fapitest.Resource(fapitest.Presenting(fapitest.Certificate("client-b"))),
	fapitest.Resource(fapitest.InProof(fapitest.Claim("htm", "POST"))),
	fapitest.Push(fapitest.InObject(fapitest.NoClaim("exp"))),
	fapitest.Redeem(fapitest.After(61 * time.Second)),
}

func TestCertificateSnippet(t *testing.T) {
	server := httptest.NewUnstartedServer(nil)
	pki := fapitest.MustPKI(t)
	server.TLS = &tls.Config{
		Certificates: []tls.Certificate{pki.MustServerCertificate(t)},
		ClientAuth:   tls.VerifyClientCertIfGiven,
		ClientCAs:    pki.Pool(),
	}
	cert := pki.MustClientCertificate(t, pkix.Name{CommonName: "tpp"}, fapitest.WithDNS("tpp.example.com"))
	assert.Equal(t, "tpp", cert.Leaf.Subject.CommonName)
	server.Close()
}

// Every line of code in the documentation stands in a test.
func TestDocumentationCompiles(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("*_test.go")
	require.NoError(t, err)
	var tests strings.Builder
	for _, name := range files {
		source, err := os.ReadFile(name)
		require.NoError(t, err)
		tests.WriteString(unindented(string(source)) + "\n")
	}
	for _, block := range tutorial(t) {
		if strings.HasPrefix(block, "what ") {
			continue // a table
		}
		assert.Contains(t, tests.String(), unindented(block))
	}
}

// unindented leaves out what formatting may change: indentation, and the comma after an element of a list.
func unindented(code string) string {
	var lines []string
	for line := range strings.Lines(code) {
		if line = strings.TrimRight(strings.TrimSpace(line), ","); line != "" {
			lines = append(lines, line)
		}
	}
	return strings.Join(lines, "\n")
}

// A rule can be asked by hand, too.
func ExampleNewRequest() {
	r := fapitest.NewRequest(fapi.AtPushedRequest)
	fmt.Println(r.Client.GetID(), r.AuthMethod, acme7.Check(context.Background(), r) != nil)
	r.Parameters.Set("purpose", "rent")
	fmt.Println(acme7.Check(context.Background(), r))
	// Output:
	// client-a private_key_jwt true
	// <nil>
}

// Keys and certificates are known by name, before there is any server.
func ExampleKey() {
	fmt.Println(fapitest.Key("client-a", jose.ES256) == fapitest.Key("client-a", jose.ES256))
	fmt.Println(fapitest.Certificate("client-a").Leaf.Subject)
	// Output:
	// true
	// CN=client-a,O=Example,C=DE
}

// A trail is an auditor that remembers.
func ExampleTrail() {
	trail := &fapitest.Trail{}
	_ = trail.Audit(context.Background(), fapi.Event{Stage: fapi.AtPushedRequest, ID: "ACME-7"})
	_ = trail.Audit(context.Background(), fapi.Event{Stage: fapi.AtToken, Granted: true})
	fmt.Println(len(trail.Events()), trail.Refusals())
	// Output: 2 [ACME-7]
}
