package main

import (
	"crypto/tls"
	"crypto/x509/pkix"
	"net/http"
	"strings"
	"testing"

	"github.com/go-jose/go-jose/v4"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fosite-fapi/fosite-fapi/cnf"
	"github.com/fosite-fapi/fosite-fapi/fapitest"
)

// A credential is a way of client authentication: how a client registers it, presents it, and gets it wrong.
type credential struct {
	name string
	// equip gives the client what it authenticates with, registers it, and returns others with which it must fail.
	equip func(*world, *member) []*member
}

// A member is a client with its registration.
type member struct {
	*fapitest.Client
	certificate *tls.Certificate
	config      clientConfig
	// renew gives the client what it authenticates with from then on, and publishes that; nil where what is registered
	// stays.
	renew func()
}

func credentials() []credential {
	all := []credential{selfSigned("x5c", true), selfSigned("key", false), published("private_key_jwt"), published("self_signed_tls_client_auth")}
	for _, alg := range []jose.SignatureAlgorithm{jose.ES256, jose.PS256, jose.EdDSA} {
		all = append(all, assertion(alg))
	}
	return append(all,
		subject("subject_dn", "CN=the client,O=Example", func(c *clientConfig) *string { return &c.TLSClientAuthSubjectDN }, nil),
		subject("san_dns", "client.example", func(c *clientConfig) *string { return &c.TLSClientAuthSANDNS }, fapitest.WithDNS),
		subject("san_uri", "urn:example:client", func(c *clientConfig) *string { return &c.TLSClientAuthSANURI }, fapitest.WithURI),
		subject("san_ip", "2001:db8::1", func(c *clientConfig) *string { return &c.TLSClientAuthSANIP }, fapitest.WithIP),
		subject("san_email", "client@example.com", func(c *clientConfig) *string { return &c.TLSClientAuthSANEmail }, fapitest.WithEmail),
	)
}

// assertion is private_key_jwt: wrong is another key under the same kid.
func assertion(alg jose.SignatureAlgorithm) credential {
	return credential{"private_key_jwt " + string(alg), func(w *world, m *member) []*member {
		m.Algorithm, m.Key = alg, clientKeys()[alg][0]
		m.config.JWKS = &jose.JSONWebKeySet{Keys: []jose.JSONWebKey{{Key: m.Key.Public(), KeyID: m.KeyID, Algorithm: string(alg)}}}
		m.config.TokenEndpointAuthSigningAlg = string(alg)
		wrong := m.copied()
		wrong.Key = clientKeys()[alg][1]
		return []*member{wrong}
	}}
}

// subject is tls_client_auth: wrong are another subject, the right one by another authority, and none.
func subject(name, value string, field func(*clientConfig) *string, san func(...string) fapitest.CertificateOption) credential {
	return credential{"tls_client_auth " + name, func(w *world, m *member) []*member {
		m.AuthMethod, m.Key, m.config.TokenEndpointAuthMethod, m.config.JWKS = "tls_client_auth", nil, "tls_client_auth", nil
		*field(&m.config) = value
		dn, options := pkix.Name{CommonName: "the client", Organization: []string{"Example"}}, []fapitest.CertificateOption(nil)
		if san != nil {
			options = append(options, san(value))
		}
		right := w.pki.MustClientCertificate(w, dn, options...)
		foreign := fapitest.MustPKI(w).MustClientCertificate(w, dn, options...)
		other := w.pki.MustClientCertificate(w, pkix.Name{CommonName: value}) // the right value in the wrong place
		m.certificate = &right
		return []*member{m.presents(&other), m.presents(&foreign), m.presents(nil)}
	}}
}

// selfSigned is self_signed_tls_client_auth: by x5c the certificate counts, else its key. Wrong are another key, and
// with x5c another certificate for the same one.
func selfSigned(name string, x5c bool) credential {
	return credential{"self_signed_tls_client_auth " + name, func(w *world, m *member) []*member {
		m.AuthMethod, m.Key, m.config.TokenEndpointAuthMethod = "self_signed_tls_client_auth", nil, "self_signed_tls_client_auth"
		key, dn := newKey(), pkix.Name{CommonName: "the client"}
		right, renewed := fapitest.MustSelfSigned(w, dn, fapitest.WithKey(key)), fapitest.MustSelfSigned(w, dn, fapitest.WithKey(key))
		other := fapitest.MustSelfSigned(w, dn)
		m.certificate = &right
		registered := jose.JSONWebKey{Key: key.Public(), KeyID: "tls"}
		wrong := []*member{m.presents(&other), m.presents(nil)}
		if x5c {
			registered.Certificates = append(registered.Certificates, right.Leaf)
			wrong = append(wrong, m.presents(&renewed))
		}
		m.config.JWKS = &jose.JSONWebKeySet{Keys: []jose.JSONWebKey{registered}}
		return wrong
	}}
}

func (m *member) copied() *member {
	c := *m.Client
	return &member{Client: &c, certificate: m.certificate, config: m.config} // renewing is for the one itself
}

func (m *member) presents(certificate *tls.Certificate) *member {
	other := m.copied()
	other.certificate = certificate
	return other
}

// A combination is a client with a stranger that has as much in common with it as can be.
type combination struct {
	member   *member
	wrong    []*member
	variant  variant
	stranger *member
}

// Every way to authenticate, with every way to bind a token, with every format of one.
func TestCombinations(t *testing.T) {
	for _, format := range []string{"opaque", "jwt"} {
		t.Run(format, func(t *testing.T) {
			t.Parallel()
			w, all := newSite(t), map[string]*combination{}
			for _, how := range credentials() {
				for _, constrain := range []string{certificateBound, keyBound} {
					all[how.name+", "+constrain] = w.combine(how, constrain)
				}
			}
			w.start(func(c *config) {
				c.Consent, c.AccessTokenFormat, c.Outbound = "auto", format, onLoopback
				for _, one := range all {
					c.Clients = append(c.Clients, one.member.config, one.stranger.config)
				}
			})
			for name, one := range all {
				t.Run(name, func(t *testing.T) { one.run(w.in(t)) })
			}
		})
	}
}

func (w *world) combine(how credential, constrain string) *combination {
	one := &combination{variant: securityVariant(how.name, constrain)}
	enrol := func(prefix string) (*member, []*member) {
		m := &member{}
		m.Client, m.certificate, m.config = w.newClient(prefix + strings.ReplaceAll(how.name, " ", "-") + "-" + constrain)
		m.config.DPoPBoundAccessTokens, m.config.TLSClientCertificateBoundAccessTokens = constrain == keyBound, constrain == certificateBound
		if constrain == keyBound {
			m.ProofKey = newKey()
		}
		return m, how.equip(w, m)
	}
	one.member, one.wrong = enrol("")
	one.stranger, _ = enrol("stranger-to-")
	return one
}

// run is a client's life, in which everyone else is refused at each station.
func (one *combination) run(w *world) {
	x := &trial{w, one.variant}
	right := one.member
	for _, m := range append([]*member{right, one.stranger}, one.wrong...) {
		x.connect(m.Client, m.certificate)
	}
	unauthenticated := func(ask func(c *fapitest.Client) (*fapitest.Answer, error)) {
		x.Helper()
		for _, m := range one.wrong {
			answer, err := ask(m.Client)
			require.NoError(x, err)
			x.refused(answer, http.StatusUnauthorized, "invalid_client")
		}
	}
	ctx, thief := x.Context(), one.thief(x)

	f := x.flow(right.Client)
	unauthenticated(func(c *fapitest.Client) (*fapitest.Answer, error) { return f.as(c).push(), nil })
	f.authorized()
	unauthenticated(func(c *fapitest.Client) (*fapitest.Answer, error) { return f.as(c).redeem(), nil })
	x.refused(f.as(one.stranger.Client).redeem(func(m *fapitest.Message) { m.Form.Set("redirect_uri", right.RedirectURI) }), http.StatusBadRequest, "invalid_grant")
	tokens := f.tokens()
	x.identifies(f, tokens)

	token := tokens.Text("access_token")
	granted := x.accounts(right.Client, token)
	require.Equal(x, http.StatusOK, granted.Status, string(granted.Body))
	x.denied("thief", x.accounts(thief, token), "invalid_token")

	if right.renew != nil {
		before := right.copied()
		right.renew()
		x.connect(right.Client, right.certificate)
		x.later(keysAskedAgain)
		one.wrong = append(one.wrong, before)
		require.Equal(x, http.StatusCreated, x.flow(right.Client).push().Status, "the renewed key is looked for")
	}

	refresh := tokens.Text("refresh_token")
	unauthenticated(func(c *fapitest.Client) (*fapitest.Answer, error) { return c.Refresh(ctx, refresh) })
	answer, err := one.stranger.Refresh(ctx, refresh)
	require.NoError(x, err)
	x.refused(answer, http.StatusBadRequest, "invalid_grant")
	answer, err = right.Refresh(ctx, refresh)
	require.NoError(x, err)
	token = x.tokens(answer).Text("access_token")

	unauthenticated(func(c *fapitest.Client) (*fapitest.Answer, error) { return c.Introspect(ctx, token) })
	answer, err = one.stranger.Introspect(ctx, token)
	require.NoError(x, err)
	assert.JSONEq(x, `{"active":false}`, string(answer.Body))
	answer, err = right.Introspect(ctx, token)
	require.NoError(x, err)
	assert.Equal(x, true, answer.JSON["active"])
	assert.Equal(x, one.confirmation(), answer.JSON["cnf"])

	unauthenticated(func(c *fapitest.Client) (*fapitest.Answer, error) { return c.Revoke(ctx, token) })
	answer, err = one.stranger.Revoke(ctx, token)
	require.NoError(x, err)
	x.refused(answer, http.StatusBadRequest, "unauthorized_client")
	require.Equal(x, http.StatusOK, x.accounts(right.Client, token).Status, "nobody else revoked it")
	answer, err = right.Revoke(ctx, token)
	require.NoError(x, err)
	require.Equal(x, http.StatusOK, answer.Status)
	x.denied("revoked", x.accounts(right.Client, token), "invalid_token")
}

// thief is who has the token, and a certificate and key of its own.
func (one *combination) thief(x *trial) *fapitest.Client {
	other := *x.with(one.member.Client, x.certB)
	if other.ProofKey != nil {
		other.ProofKey = newKey()
	}
	return &other
}

// confirmation is the cnf that introspection must show.
func (one *combination) confirmation() map[string]any {
	if key := one.member.ProofKey; key != nil {
		return map[string]any{"jkt": thumbprint(key)}
	}
	return map[string]any{"x5t#S256": cnf.Thumbprint(one.member.certificate.Leaf)}
}
