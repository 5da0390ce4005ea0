package main

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"

	"github.com/go-jose/go-jose/v4"
	"github.com/ory/fosite"

	"github.com/fosite-fapi/fosite-fapi/fapitest"
	"github.com/fosite-fapi/fosite-fapi/metadata"
)

// A world is everybody in the story.
type world struct {
	*network
	*plan
	story       *story
	audit       *auditLog
	server      *authServer
	app         *application // budget-app, an honest client of the profile
	rival       *application // rival-app, a client of the profile in an attacker's hands
	old         *oldApp      // old-app, a client from before FAPI
	alice       *browser
	accountsURL string
	places      []string // how they are introduced
}

func newWorld(ctx context.Context, p *plan, out io.Writer) (*world, error) {
	w := &world{plan: p, story: newStory(out), audit: &auditLog{}}
	var err error
	if w.network, err = newNetwork(w.story); err != nil {
		return nil, err
	}
	if err := w.populate(ctx); err != nil {
		w.close()
		return nil, err
	}
	w.story.tracing(true)
	return w, nil
}

// populate opens the ports, makes everybody, and starts the servers.
func (w *world) populate(ctx context.Context) error {
	front, err1 := w.open(frontName, "127.0.0.1", "the authorization server, as browsers see it: asks for no certificates")
	back, err2 := w.open("AS mTLS", "127.0.0.1", "the same endpoints, as clients see them: asks for their certificates")
	accounts, err3 := w.open(accountsAPIID, "127.0.0.1", "a resource server: checks tokens by introspection")
	if err := errors.Join(err1, err2, err3); err != nil {
		return err
	}
	clients, apiCertificate, err := w.newClients()
	if err != nil {
		return err
	}
	if w.server, err = newAuthServer(w.profile, front.url, back.url, w.pki.Pool(), w.audit, clients...); err != nil {
		return err
	}
	handler, err := w.server.handler(ctx)
	if err != nil {
		return err
	}
	api := &accountsAPI{
		issuer: w.server.issuer, endpoint: back.url + "/introspect", http: w.connect(accountsAPIID, apiCertificate), audit: w.audit,
		ids: w.ids, signed: w.signed,
	}
	w.serve(front, handler, false)
	w.serve(back, handler, true)
	w.serve(accounts, api, true)

	w.story.explain(w.server.provider.Profiles()[0].Requirements())
	w.accountsURL = accounts.url + "/accounts"
	w.alice = newBrowser(w.connect("browser", nil))
	w.rival.Server, err = discover(ctx, w.rival.HTTP, w.server.issuer)
	w.old.server = w.rival.Server
	return err
}

// newClients makes the clients, and the registrations by which the server knows them.
func (w *world) newClients() (registered []fosite.Client, apiCertificate *tls.Certificate, err error) {
	rsaKey, err1 := rsa.GenerateKey(rand.Reader, 2048)
	ecKey, err2 := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err := errors.Join(err1, err2); err != nil {
		return nil, nil, err
	}
	app, err1 := w.newApplication("budget-app", rsaKey, jose.PS256, "a client of the profile "+w.profile.Name)
	rival, err2 := w.newApplication("rival-app", ecKey, jose.ES256, "another one, in the hands of an attacker")
	api, apiCertificate, err3 := w.newAPIClient()
	old, err4 := w.newOldApp()
	if err := errors.Join(err1, err2, err3, err4); err != nil {
		return nil, nil, err
	}
	w.app, w.rival, w.old = app, rival, old
	return []fosite.Client{app.registration, rival.registration, api, old.registration}, apiCertificate, nil
}

// open listens for a party and notes how to introduce it.
func (w *world) open(party, host, what string) (*place, error) {
	at, err := w.listen(party, host)
	if err == nil {
		w.places = append(w.places, fmt.Sprintf("%-13s %s  %s", party, at.url, what))
	}
	return at, err
}

func (w *world) introduce() {
	w.story.line("%s on fosite: one flow, the attacks on it, and a legacy client", w.title)
	w.story.line("")
	for _, p := range w.places {
		w.story.line("  %s", p)
	}
	w.story.line("  %-13s %s", "browser", "alice's, with cookies and without certificates")
}

// discover reads the server's metadata and holds it against the issuer that was asked (F2-CL-08).
func discover(ctx context.Context, client *http.Client, issuer string) (metadata.Document, error) {
	var doc metadata.Document
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, issuer+"/.well-known/oauth-authorization-server", nil)
	if err != nil {
		return doc, err
	}
	answer, err := fapitest.Do(client, req)
	if err != nil {
		return doc, err
	}
	if err := json.Unmarshal(answer.Body, &doc); err != nil {
		return doc, err
	}
	if doc.Issuer != issuer {
		return doc, fmt.Errorf("the metadata of %s says it is that of %q", issuer, doc.Issuer)
	}
	return doc, nil
}

// get calls a resource with an access token.
func get(ctx context.Context, client *http.Client, url, token string) (*fapitest.Answer, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return nil, err
	}
	req.Header.Set("Authorization", "Bearer "+token)
	return fapitest.Do(client, req)
}

// want compares an answer that everything further depends on with its expected status.
func want(status int, answer *fapitest.Answer, err error) (*fapitest.Answer, error) {
	if err != nil {
		return nil, err
	}
	if answer.Status != status {
		return nil, fmt.Errorf("status %d, want %d: %s", answer.Status, status, strings.TrimSpace(string(answer.Body)))
	}
	return answer, nil
}
