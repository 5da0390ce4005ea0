package fapitest_test

import (
	"crypto/tls"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/ory/fosite"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fosite-fapi/fosite-fapi/fapi"
	"github.com/fosite-fapi/fosite-fapi/fapitest"
	"github.com/fosite-fapi/fosite-fapi/registration"
)

// Every mutation is found by the server: the message is refused for it, and for nothing else.
func TestMutations(t *testing.T) {
	t.Parallel()
	other := fapitest.Key("client-b", jose.ES256)
	accepted, refused := fapitest.Accepted(), fapitest.Refused
	fapitest.Table{
		{Name: "usual", Do: fapitest.Push(), Want: accepted},
		{Name: "Param", Do: fapitest.Push(fapitest.Param("scope", "everything")), Want: refused("PAR-08", "invalid_scope", 400)},
		{Name: "Param twice", Do: fapitest.Push(fapitest.Param("foo", "bar", "bar")), Want: refused("OA-01", "invalid_request", 400)},
		{Name: "NoParam", Do: fapitest.Push(fapitest.NoParam("code_challenge")), Want: refused("F2-AZ-05", "invalid_request", 400)},
		{Name: "Claim", Do: fapitest.Push(fapitest.Claim("aud", "https://other.example.com")), Want: refused("F2-AS-08", "invalid_client", 401)},
		{Name: "Claim alone", Do: fapitest.Push(fapitest.Unauthenticated, fapitest.Claim("iss", "client-a")), Want: refused("CA-02", "invalid_client", 401)},
		{Name: "NoClaim", Do: fapitest.Push(fapitest.NoClaim("jti")), Want: refused("CA-06", "invalid_client", 401)},
		{Name: "Ahead", Do: fapitest.Push(fapitest.Ahead("exp", 10*time.Minute)), Want: accepted},
		{Name: "Ahead too far", Do: fapitest.Push(fapitest.Ahead("iat", 61*time.Second)), Want: refused("F2-AS-13", "invalid_client", 401)},
		{Name: "Ahead in the past", Do: fapitest.Push(fapitest.Ahead("exp", -time.Minute)), Want: refused("CA-04", "invalid_client", 401)},
		{Name: "JOSE", Do: fapitest.Push(fapitest.JOSE("typ", "at+jwt")), Want: refused("F2-CR-01", "invalid_client", 401)},
		{Name: "JOSE without", Do: fapitest.Push(fapitest.JOSE("typ", nil), fapitest.JOSE("kid", nil)), Want: accepted},
		{Name: "SignedBy another client", Do: fapitest.Push(fapitest.SignedBy(other, jose.ES256)), Want: refused("CA-07", "invalid_client", 401)},
		{Name: "SignedBy another algorithm", Do: fapitest.Push(fapitest.SignedBy(fapitest.Key("client-a", jose.RS256), jose.RS256)), Want: refused("F2-CR-02", "invalid_client", 401)},
		{Name: "SignedBy nobody", Do: fapitest.Push(fapitest.SignedBy(nil, "none")), Want: refused("F2-CR-03", "invalid_client", 401)},
		{Name: "Unauthenticated", Do: fapitest.Push(fapitest.Unauthenticated), Want: refused("F2-AZ-04", "invalid_client", 401)},
		{Name: "Sealed", Do: fapitest.Push(fapitest.Sealed), Want: accepted},
		{Name: "Sealed under another type", Do: fapitest.Push(fapitest.Sealed, fapitest.Param("client_assertion_type", "saml")), Want: refused("CA-01", "invalid_client", 401)},
		{Name: "Tampered", Do: fapitest.Push(fapitest.Tampered), Want: refused("CA-07", "invalid_client", 401)},
		{Name: "Header", Do: fapitest.Push(fapitest.Header("Content-Type", "application/json")), Want: refused("PAR-01", "invalid_request", 400)},
		{Name: "Header without", Do: fapitest.Push(fapitest.Header("Content-Type")), Want: refused("PAR-01", "invalid_request", 400)},
		{Name: "Method", Do: fapitest.Push(fapitest.Method(http.MethodPut)), Want: refused("OA-05", "invalid_request", 405)},
		{Name: "Method of a visit", Do: fapitest.Visit(fapitest.Method(http.MethodPost)), Want: accepted},
		{Name: "Body", Do: fapitest.Push(fapitest.Body("application/json", "{}")), Want: refused("PAR-01", "invalid_request", 400)},
		{Name: "Body alone", Do: fapitest.Push(fapitest.Body("", "scope=%zz")), Want: refused("PAR-01", "invalid_request", 400)},
		{Name: "InQuery", Do: fapitest.Push(fapitest.InQuery), Want: refused("PAR-04", "invalid_client", 401)},
		{Name: "Basic", Do: fapitest.Push(fapitest.Basic("client-a", "secret")), Want: refused("OA-13", "invalid_request", 400)},
		{Name: "Presenting another client's", Do: fapitest.Resource(fapitest.Presenting(fapitest.Certificate("client-b"))), Want: refused("F2-RS-05", "invalid_token", 401)},
		{Name: "Presenting none", Do: fapitest.Redeem(fapitest.Presenting(nil)), Want: refused("F2-AS-04", "invalid_request", 400)},
		{Name: "Presenting its own", Do: fapitest.Redeem(fapitest.Presenting(fapitest.Certificate("client-a"))), Want: accepted},
		{Name: "After", Do: fapitest.Push(fapitest.After(24 * time.Hour)), Want: accepted},
		{Name: "ByValue", Do: fapitest.ByValue(), Want: refused("F2-AZ-03", "invalid_request", 400)},
	}.Run(t, fapitest.Config{})

	fapitest.Table{
		{Name: "proof/usual", Do: fapitest.Resource(), Want: accepted},
		{Name: "proof/InProof", Do: fapitest.Push(fapitest.InProof(fapitest.Claim("htm", "GET"))), Want: refused("DPOP-08", "invalid_dpop_proof", 400)},
		{Name: "proof/InProof leaves the assertion", Do: fapitest.Push(fapitest.InProof(), fapitest.NoClaim("jti")), Want: refused("CA-06", "invalid_client", 401)},
		{Name: "proof/SignedBy", Do: fapitest.Redeem(fapitest.InProof(fapitest.SignedBy(other, jose.ES256))), Want: refused("DPOP-06", "invalid_dpop_proof", 400)},
		{Name: "proof/Ahead", Do: fapitest.Push(fapitest.InProof(fapitest.Ahead("iat", -time.Hour))), Want: refused("DPOP-12", "invalid_dpop_proof", 400)},
		{Name: "proof/After", Do: fapitest.Redeem(fapitest.After(50 * time.Second)), Want: accepted},
		{Name: "proof/Sealed, After", Do: fapitest.Push(fapitest.InProof(), fapitest.Sealed, fapitest.After(45*time.Second)), Want: accepted},
		{Name: "proof/Unproven", Do: fapitest.Redeem(fapitest.Unproven), Want: refused("F2-AS-04", "invalid_dpop_proof", 400)},
		{Name: "proof/of another token", Do: fapitest.Resource(fapitest.InProof(fapitest.Claim("ath", "x"))), Want: refused("DPOP-13", "invalid_dpop_proof", 401)},
	}.Run(t, fapitest.Config{Clients: []fapitest.ClientConfig{{Binding: fapi.BindingDPoP}}})
}

// Every way of changing a step.
func TestSteps(t *testing.T) {
	t.Parallel()
	accepted, refused := fapitest.Accepted(), fapitest.Refused
	once := fapitest.Claim("jti", "once")
	fapitest.Table{
		{Name: "As", Do: fapitest.Flow().As("client-b"), Want: fapitest.All(accepted, fapitest.IDTokenClaim("aud", "client-b"), fapitest.Audited(fapi.Event{Client: "client-b", Granted: true}))},
		{Name: "Pushing", Do: fapitest.Redeem().Pushing(fapitest.Param("scope", "accounts")), Want: fapitest.Member("scope", "accounts")},
		{Name: "Pushing twice", Do: fapitest.Flow(fapitest.Param("nonce", "n")).Pushing(fapitest.Param("scope", "openid")), Want: fapitest.All(fapitest.Member("scope", "openid"), fapitest.IDTokenClaim("nonce", "n"))},
		{Name: "Registered", Do: fapitest.Push().Registered(func(c *registration.Client) { c.Scope = "openid" }), Want: refused("PAR-08", "invalid_scope", 400)},
		{Name: "Denied", Do: fapitest.Authorize().Denied(fosite.ErrAccessDenied), Want: refused("OA-09", "access_denied", 303)},
		{Name: "Granted", Do: fapitest.Flow().Granted("accounts"), Want: fapitest.All(accepted, fapitest.Member("scope", "accounts"))},
		{Name: "Granted too much", Do: fapitest.Authorize().Granted("payments"), Want: refused("F2-AS-14", "server_error", 303)},
		{Name: "By", Do: fapitest.Flow().By(fapitest.User{Subject: "bob"}), Want: fapitest.IDTokenClaim("sub", "bob")},
		{Name: "By somebody undecided", Do: fapitest.Visit().By(fapitest.User{Undecided: true}), Want: func(s *fapitest.Server, a *fapitest.Answer) {
			assert.Nil(s, a.Returned())
			fapitest.Status(http.StatusOK)(s, a)
			fapitest.Accepted()(s, s.Authorize()) // the user is alice again
		}},
		{Name: "Twice", Do: fapitest.Push(once).Twice(), Want: refused("CA-06", "invalid_client", 401)},
		{Name: "Then", Do: fapitest.Flow().Then(func(s *fapitest.Server, tokens *fapitest.Answer) *fapitest.Answer {
			return s.As("client-b").Introspect(tokens.Text("access_token"))
		}), Want: fapitest.Active(false)},
		{Name: "form_post", Do: fapitest.Authorize(fapitest.Param("response_mode", "form_post"), fapitest.Param("state", `"<&>'`)), Want: fapitest.All(accepted, fapitest.Returned("state", `"<&>'`))},
		{Name: "form_post denied", Do: fapitest.Authorize(fapitest.Param("response_mode", "form_post")).Denied(fosite.ErrAccessDenied), Want: refused("OA-09", "access_denied", 200)},
		{Name: "code of another client", Do: func(s *fapitest.Server) *fapitest.Answer { return s.As("client-b").Redeem(s.Code()) }, Want: refused("OA-11", "invalid_grant", 400)},
	}.Run(t, fapitest.Config{Profiles: []fapi.Profile{posting()}})
}

func posting() fapi.Profile {
	p := fapi.FAPI2Security()
	p.ResponseModes = []string{"query", "form_post"}
	return p
}

// The audit of a message is its own, whatever else goes on.
func TestAnswerAuditAtOnce(t *testing.T) {
	t.Parallel()
	s := fapitest.NewServer(t, fapitest.Config{})
	var wg sync.WaitGroup
	for i := range 32 {
		wg.Go(func() {
			c := s.Client([]string{"client-a", "client-b"}[i%2])
			var change []fapitest.Mutation
			if i%3 == 0 {
				change = append(change, fapitest.NoClaim("jti"))
			}
			a, err := c.Push(t.Context(), c.Request(s.Verifier, s.Scope), change...)
			if assert.NoError(t, err) && assert.Len(t, a.Audit, 1) {
				assert.Equal(t, c.ID, a.Audit[0].Client)
				assert.Equal(t, i%3 != 0, a.Audit[0].Granted)
			}
		})
	}
	wg.Wait()
	assert.Len(t, s.Trail.Events(), 32)
	assert.Len(t, s.Trail.Refusals(), 11)
}

// A client of a real server swaps its certificate too.
func TestPresentingOverTLS(t *testing.T) {
	t.Parallel()
	seen := http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		for _, cert := range r.TLS.PeerCertificates {
			_, _ = rw.Write([]byte(cert.Subject.CommonName))
		}
	})
	server := httptest.NewUnstartedServer(seen)
	server.TLS = &tls.Config{ClientAuth: tls.RequestClientCert, Certificates: []tls.Certificate{fapitest.Authority().MustServerCertificate(t)}}
	server.StartTLS()
	defer server.Close()
	for name, via := range map[string]*http.Client{
		"TLS":    fapitest.HTTPS(fapitest.Authority().Pool(), fapitest.Certificate("client-a")),
		"memory": fapitest.HTTP(seen, fapitest.Certificate("client-a")),
	} {
		t.Run(name, func(t *testing.T) {
			c := &fapitest.Client{ID: "client-a", AuthMethod: "tls_client_auth", HTTP: via}
			for _, want := range []struct {
				name string
				m    []fapitest.Mutation
			}{
				{"client-a", nil},
				{"client-b", []fapitest.Mutation{fapitest.Presenting(fapitest.Certificate("client-b"))}},
				{"", []fapitest.Mutation{fapitest.Presenting(nil)}},
				{"client-a", nil},
			} {
				a, err := c.Post(t.Context(), server.URL, nil, want.m...)
				require.NoError(t, err)
				assert.Equal(t, want.name, string(a.Body))
				assert.Empty(t, a.Audit)
			}
		})
	}
	c := &fapitest.Client{ID: "client-a", AuthMethod: "tls_client_auth", HTTP: &http.Client{}}
	_, err := c.Post(t.Context(), server.URL, nil, fapitest.Presenting(fapitest.Certificate("client-b")))
	assert.ErrorContains(t, err, "can't be swapped")
}

func TestNamed(t *testing.T) {
	t.Parallel()
	for _, alg := range []jose.SignatureAlgorithm{jose.PS256, jose.RS256, jose.ES256, jose.ES384, jose.ES512, jose.EdDSA} {
		key := fapitest.Key("named", alg)
		assert.Equal(t, key, fapitest.Key("named", alg))
		assert.NotEqual(t, key, fapitest.Key("another", alg))
		_, err := fapitest.Sign(key, alg, nil, map[string]any{})
		assert.NoError(t, err)
	}
	assert.Nil(t, fapitest.Key("named", jose.HS256))
	assert.Same(t, fapitest.Certificate("named"), fapitest.Certificate("named"))
	assert.NotSame(t, fapitest.Certificate("named"), fapitest.SelfSignedCertificate("named"))
	assert.Equal(t, "CN=named,O=Example,C=DE", fapitest.SelfSignedCertificate("named").Leaf.Subject.String())
}
