package fapi_test

import (
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"net/http"
	"net/url"
	"testing"

	"github.com/go-jose/go-jose/v4"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fosite-fapi/fosite-fapi/cnf"
	"github.com/fosite-fapi/fosite-fapi/fapi"
	"github.com/fosite-fapi/fosite-fapi/fapitest"
	"github.com/fosite-fapi/fosite-fapi/registration"
)

func TestClausesMutualTLS(t *testing.T) {
	t.Parallel()
	other := fapitest.MustPKI(t)
	clauses{
		{"MTLS-02 MTLS-03/kept", byCertificate(push()), created},
		{"MTLS-03/kept at the token endpoint", byCertificate(redeem()), issued},
		{"MTLS-03/kept at introspection", byCertificate(introspect()), all(answers(200), member("active", true))},
		{"MTLS-03/kept at revocation", byCertificate(revoke()), done},
		{"MTLS-02 PAR-04/refused no client_id", byCertificate(push(noParam("client_id"))), invalid("PAR-04")},
		{"MTLS-03/refused no certificate", byCertificate(presenting(noCertificate, push())), invalid("MTLS-03")},
		{"MTLS-03 F2-AZ-04/refused client_id of client B", byCertificate(push(param("client_id", "client-b"))), invalid("F2-AZ-04")},
		{"MTLS-03 PAR-04/refused assertion beside the certificate", byCertificate(push(param("client_assertion", "x"))), invalid("PAR-04")},
		{"MTLS-04/refused certificate of client B", byCertificate(presenting(certificateB, push())), invalid("MTLS-04")},
		{"MTLS-04/refused one more attribute", byCertificate(presenting(certified(testPKI(), pkix.Name{CommonName: "client-a", Organization: []string{"Example"}, Country: []string{"DE"}, Locality: []string{"Berlin"}}), push())), invalid("MTLS-04")},
		{"MTLS-04/kept another certificate of this name", byCertificate(presenting(certified(testPKI(), nameA), push())), created},
		{"MTLS-04/kept certificate of an intermediate authority", byCertificate(presenting(certified(testPKI().MustIntermediate(t), nameA), push())), created},
		{"MTLS-04/kept name written in another way", byCertificate(registered(named(`cn=CLIENT-A , 2.5.4.10=\45xample,C=de`), push())), created},
		{"MTLS-04/refused name in another order", byCertificate(registered(named("C=DE,O=Example,CN=client-a"), push())), invalid("MTLS-04")},
		{"MTLS-04/refused expired", byCertificate(presenting(certified(testPKI(), nameA, fapitest.Expired()), push())), invalid("MTLS-04")},
		{"MTLS-04/refused not yet valid", byCertificate(presenting(certified(testPKI(), nameA, fapitest.NotYetValid()), push())), invalid("MTLS-04")},
		{"MTLS-04/refused certificate for servers", byCertificate(presenting(certified(testPKI(), nameA, fapitest.WithUsage(x509.ExtKeyUsageServerAuth)), push())), invalid("MTLS-04")},
		{"MTLS-24 MTLS-04/refused this name by another authority", byCertificate(presenting(certified(other, nameA), push())), invalid("MTLS-04")},
		{"MTLS-24 MTLS-04/refused this name, self-signed", byCertificate(presenting(selfSigned, push())), invalid("MTLS-04")},
		{"MTLS-05/refused no name registered", byCertificate(registered(named(""), push())), invalid("MTLS-05")},
		{"MTLS-05/refused two names registered", byCertificate(registered(func(c *registration.Client) { c.TLSClientAuthSANDNS = "client-a.example.com" }, push())), invalid("MTLS-05")},
		{"MTLS-06/kept IP address written in another way", byCertificate(registered(func(c *registration.Client) {
			c.TLSClientAuthSubjectDN, c.TLSClientAuthSANIP = "", "2001:0DB8:0:0:0:0:0:1"
		}, presenting(certified(testPKI(), pkix.Name{}, fapitest.WithIP("2001:db8::1")), push()))), created},
		{"MTLS-07/kept self-signed certificate", bySelfSigned(true, push()), created},
		{"MTLS-07/refused self-signed certificate that is not registered", bySelfSigned(false, push()), invalid("MTLS-07")},
		{"MTLS-07/refused certificate of an authority in its place", bySelfSigned(true, presenting(certified(testPKI(), nameA), push())), invalid("MTLS-07")},

		{"F2-AS-04/kept", redeem(), boundTo(certificateA)},
		{"F2-AS-04/refused without a certificate", presenting(noCertificate, redeem()), refused(400, "invalid_request", "F2-AS-04")},
		{"F2-AS-04/refused client_credentials without a certificate", presenting(noCertificate, credentials()), refused(400, "invalid_request", "F2-AS-04")},
		{"F2-AS-04/refused refresh without a certificate", refreshedWith(noCertificate), refused(400, "invalid_request", "F2-AS-04")},
		{"F2-AS-04/kept a missing certificate spends no code", retriedWith(noCertificate), issued},
		{"F2-AS-05/refused client that is registered for DPoP too", registered(func(c *registration.Client) { c.DPoPBoundAccessTokens = true }, redeem()), refused(400, "invalid_request", "F2-AS-05")},
		{"MTLS-15/kept bound though the registration does not ask for it", registered(unbinding, redeem()), boundTo(certificateA)},
		{"MTLS-15/refused without a certificate all the same", registered(unbinding, presenting(noCertificate, redeem())), refused(400, "invalid_request", "F2-AS-04")},
		{"MTLS-20/kept a new certificate at refresh", refreshedWith(certificateB), boundTo(certificateB)},
		{"MTLS-22 F2-AS-04/refused header of a stranger", presenting(noCertificate, redeem(forwarded)), refused(400, "invalid_request", "F2-AS-04")},
	}.run(t)

	clauses{{"MTLS-03/refused certificate that can't be read", push(), refused(400, "invalid_request", "MTLS-03")}}.
		run(t, fapi.WithClientCertificates(func(*http.Request) ([]*x509.Certificate, error) { return nil, errors.New("malformed") }))
}

// The claim in a JWT access token says the same as introspection.
func TestClausesBoundJWT(t *testing.T) {
	t.Parallel()
	clauses{
		{"MTLS-11/kept", redeem(), func(b *bench, a *fapitest.Answer) {
			issued(b, a)
			assert.Equal(b, map[string]any{"x5t#S256": cnf.Thumbprint(b.certA.Leaf)}, b.claims(a.Text("access_token"))["cnf"])
		}},
		{"MTLS-12/kept", redeem(), func(b *bench, a *fapitest.Answer) {
			sum := sha256.Sum256(b.certA.Certificate[0])
			assert.Equal(b, map[string]any{"x5t#S256": base64.RawURLEncoding.EncodeToString(sum[:])}, b.claims(a.Text("access_token"))["cnf"])
		}},
		{"MTLS-13/kept", redeem(), boundTo(certificateA)},
	}.run(t, fapi.WithAccessTokenFormat(fapi.JWT))
}

var nameA = pkix.Name{CommonName: "client-a", Organization: []string{"Example"}, Country: []string{"DE"}}

// byCertificate registers client A for tls_client_auth in place of private_key_jwt.
func byCertificate(s step) step {
	return registered(func(c *registration.Client) {
		c.TokenEndpointAuthMethod, c.TokenEndpointAuthSigningAlg, c.JWKS = "tls_client_auth", "", nil
		c.TLSClientAuthSubjectDN = "CN=client-a,O=Example,C=DE"
	}, func(b *bench) *fapitest.Answer { b.a.AuthMethod = "tls_client_auth"; return s(b) })
}

func unbinding(c *registration.Client) { c.TLSClientCertificateBoundAccessTokens = false }

func named(dn string) func(*registration.Client) {
	return func(c *registration.Client) { c.TLSClientAuthSubjectDN = dn }
}

func certified(by *fapitest.PKI, name pkix.Name, options ...fapitest.CertificateOption) func(*bench) *tls.Certificate {
	return func(b *bench) *tls.Certificate {
		cert := by.MustClientCertificate(b, name, options...)
		return &cert
	}
}

func selfSigned(b *bench) *tls.Certificate {
	cert := fapitest.MustSelfSigned(b, nameA)
	return &cert
}

// bySelfSigned registers client A for self_signed_tls_client_auth, with the certificate that it presents or with
// another.
func bySelfSigned(same bool, s step) step {
	return func(b *bench) *fapitest.Answer {
		cert, known := selfSigned(b), selfSigned(b)
		if same {
			known = cert
		}
		reg := b.registration(b.a.ID)
		reg.TokenEndpointAuthMethod, reg.TokenEndpointAuthSigningAlg, b.a.AuthMethod = "self_signed_tls_client_auth", "", "self_signed_tls_client_auth"
		reg.JWKS = &jose.JSONWebKeySet{Keys: []jose.JSONWebKey{{Key: known.Leaf.PublicKey, Certificates: []*x509.Certificate{known.Leaf}}}}
		return presenting(func(*bench) *tls.Certificate { return cert }, s)(b)
	}
}

// boundTo wants tokens whose access token is bound to this certificate.
func boundTo(certificate func(*bench) *tls.Certificate) check {
	return func(b *bench, a *fapitest.Answer) {
		b.Helper()
		issued(b, a)
		seen := b.got(b.a.Introspect(b.Context(), a.Text("access_token")))
		assert.Equal(b, map[string]any{"x5t#S256": cnf.Thumbprint(certificate(b).Leaf)}, seen.JSON["cnf"])
	}
}

// refreshedWith refreshes with another certificate than the tokens were issued for.
func refreshedWith(certificate func(*bench) *tls.Certificate) step {
	return func(b *bench) *fapitest.Answer {
		tokens := request()(b)
		return presenting(certificate, func(b *bench) *fapitest.Answer { return itsRefreshToken(b, tokens) })(b)
	}
}

// retriedWith redeems as it should be after an attempt with another certificate.
func retriedWith(certificate func(*bench) *tls.Certificate) step {
	return func(b *bench) *fapitest.Answer {
		code, usual := b.newCode(), b.a.HTTP
		redeemed := func(b *bench) *fapitest.Answer { return b.got(b.a.Redeem(b.Context(), code, verifier)) }
		require.Equal(b, http.StatusBadRequest, presenting(certificate, redeemed)(b).Status)
		b.a.HTTP = usual
		return redeemed(b)
	}
}

// forwarded puts client A's own certificate where a proxy might.
func forwarded(m *fapitest.Message) {
	cert, err := testPKI().ClientCertificate(nameA)
	if err != nil {
		panic(err)
	}
	escaped := url.QueryEscape(string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: cert.Leaf.Raw})))
	for _, name := range []string{"X-Client-Cert", "X-SSL-Client-Cert", "Client-Cert", "X-Forwarded-Client-Cert"} {
		m.Header.Set(name, escaped)
	}
}
