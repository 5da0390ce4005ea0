package main

import (
	"context"
	"crypto"
	"crypto/tls"
	"crypto/x509/pkix"
	"io"
	"net/http"
	"net/url"
	"sync"

	"github.com/go-jose/go-jose/v4"

	"github.com/fosite-fapi/fosite-fapi/fapitest"
	"github.com/fosite-fapi/fosite-fapi/registration"
)

// An application is a client of the profile: a web application with a redirect URI.
type application struct {
	*fapitest.Client
	*inbox
	certificate  tls.Certificate
	registration *registration.Client
}

// newApplication makes a client that authenticates by private_key_jwt and has its tokens bound to its certificate.
func (w *world) newApplication(id string, key crypto.Signer, alg jose.SignatureAlgorithm, what string) (*application, error) {
	at, inbox, err := w.openInbox(id, what)
	if err != nil {
		return nil, err
	}
	certificate, err := w.pki.ClientCertificate(pkix.Name{CommonName: id, Organization: []string{"Example"}})
	if err != nil {
		return nil, err
	}
	registered := &registration.Client{ID: id, Metadata: registration.Metadata{
		RedirectURIs:                          []string{at.url + "/callback"},
		GrantTypes:                            []string{"authorization_code", "refresh_token"},
		Scope:                                 "openid offline_access accounts",
		TokenEndpointAuthMethod:               registration.AuthPrivateKeyJWT,
		JWKS:                                  &jose.JSONWebKeySet{Keys: []jose.JSONWebKey{{Key: key.Public(), KeyID: id + "-1", Use: "sig"}}},
		TLSClientCertificateBoundAccessTokens: true,
		UseMTLSEndpointAliases:                true,
	}}
	if w.register != nil {
		w.register(&registered.Metadata)
	}
	return &application{
		Client: &fapitest.Client{
			ID: id, Key: key, KeyID: id + "-1", Algorithm: alg, RedirectURI: registered.RedirectURIs[0],
			ResponseType: w.responseType, RequestObjects: w.objects,
			HTTP: w.connect(id, &certificate),
		},
		inbox: inbox, certificate: certificate, registration: registered,
	}, registered.Validate()
}

// newAPIClient registers the accounts API, which authenticates by its certificate alone.
func (w *world) newAPIClient() (*registration.Client, *tls.Certificate, error) {
	name := accountsAPIID + ".example.com"
	certificate, err := w.pki.ClientCertificate(pkix.Name{CommonName: accountsAPIID}, fapitest.WithDNS(name))
	if err != nil {
		return nil, nil, err
	}
	registered := &registration.Client{ID: accountsAPIID, Metadata: registration.Metadata{
		GrantTypes:              []string{"client_credentials"},
		TokenEndpointAuthMethod: registration.AuthTLS,
		TLSClientAuthSANDNS:     name,
	}}
	return registered, &certificate, registered.Validate()
}

// An inbox is a client's redirect URI: it keeps the authorization response that the browser brought last.
type inbox struct {
	mu      sync.Mutex
	arrived url.Values
}

func (w *world) openInbox(id, what string) (*place, *inbox, error) {
	at, err := w.open(id, "localhost", what)
	if err != nil {
		return nil, nil, err
	}
	box := &inbox{}
	w.serve(at, box, false)
	return at, box, nil
}

func (i *inbox) ServeHTTP(rw http.ResponseWriter, r *http.Request) {
	_ = r.ParseForm() // what does not arrive is missed later
	i.mu.Lock()
	i.arrived = r.Form // of the query, or of a form (response_mode form_post)
	i.mu.Unlock()
	rw.Header().Set("Content-Type", "text/html;charset=UTF-8")
	_, _ = io.WriteString(rw, "<title>Thank you, we are reading your accounts</title>")
}

// take returns the response once.
func (i *inbox) take() url.Values {
	i.mu.Lock()
	defer i.mu.Unlock()
	arrived := i.arrived
	i.arrived = nil
	return arrived
}

// A grant is what a user gave a client, and what the client needs to use it.
type grant struct {
	params                  url.Values // of the authorization request
	verifier, code          string
	access, refresh, idText string
}

// newRequest are the parameters of a flow.
func (w *world) newRequest(app *application) *grant {
	g := &grant{verifier: fapitest.Verifier()}
	g.params = app.Request(g.verifier, "openid offline_access accounts")
	if w.responseMode != "" {
		g.params.Set("response_mode", w.responseMode)
	}
	return g
}

// newCode runs a flow up to the code: request, login and consent, response.
func (w *world) newCode(ctx context.Context, app *application) (*grant, error) {
	g := w.newRequest(app)
	link, err := w.link(ctx, app, g)
	if err != nil {
		return nil, err
	}
	if _, err := w.alice.visit(ctx, app.Server.AuthorizationEndpoint, link); err != nil {
		return nil, err
	}
	g.code, err = w.receive(ctx, app, g)
	return g, err
}

// newGrant runs a flow up to the tokens.
func (w *world) newGrant(ctx context.Context, app *application) (*grant, error) {
	g, err := w.newCode(ctx, app)
	if err != nil {
		return nil, err
	}
	tokens, err := app.Redeem(ctx, g.code, g.verifier)
	if tokens, err = want(http.StatusOK, tokens, err); err != nil {
		return nil, err
	}
	g.access, g.refresh, g.idText = tokens.Text("access_token"), tokens.Text("refresh_token"), tokens.Text("id_token")
	return g, nil
}
