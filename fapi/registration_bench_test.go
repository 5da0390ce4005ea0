package fapi_test

import (
	"bytes"
	"context"
	"crypto"
	"encoding/json"
	"maps"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/ory/fosite"
	"github.com/ory/fosite/storage"
	"github.com/stretchr/testify/require"

	"github.com/fosite-fapi/fosite-fapi/fapi"
	"github.com/fosite-fapi/fosite-fapi/fapitest"
	"github.com/fosite-fapi/fosite-fapi/registration"
)

// pointers is fosite's MemoryStore with a store for registrations beside it, as a host would put them together.
type pointers struct {
	*storage.MemoryStore
	*registration.Memory
}

func (s pointers) GetClient(ctx context.Context, id string) (fosite.Client, error) {
	if client, err := s.MemoryStore.GetClient(ctx, id); err == nil {
		return client, nil
	}
	return s.Memory.GetClient(ctx, id)
}

const (
	initialToken = "the-initial-access-token-of-a-developer"
	directory    = "https://directory.example.com" // issues software statements
)

var (
	directoryKey = fapitest.Key("directory", jose.ES256)
	newcomerKey  = fapitest.Key("newcomer", jose.ES256)
)

func publicSet(kid string, key crypto.Signer) *jose.JSONWebKeySet {
	return &jose.JSONWebKeySet{Keys: []jose.JSONWebKey{{Key: key.Public(), KeyID: kid, Algorithm: "ES256", Use: "sig"}}}
}

// open are the usual conditions of registration.
func open(store registration.Store, profile string) fapi.Registration {
	access, err := registration.InitialTokens(initialToken)
	if err != nil {
		panic(err)
	}
	return fapi.Registration{
		Store: store, InitialAccess: access, Scopes: []string{"openid", "offline_access", "accounts"},
		AuthorizationDetailsTypes: []string{"account_information"},
		Profile:                   func(context.Context, *registration.Request) (string, error) { return profile, nil },
		StatementIssuers:          []fapi.StatementIssuer{{Issuer: directory, JWKS: publicSet("directory-1", directoryKey)}},
	}
}

// registrar makes benches of a profile at which clients can register.
func registrar(p fapi.Profile, change ...func(*fapi.Registration)) func(t *testing.T, store string) *bench {
	return func(t *testing.T, store string) *bench {
		t.Helper()
		b := newBench(t, store)
		var own registration.Store
		switch s := b.store.(type) {
		case *storage.MemoryStore:
			both := pointers{s, new(registration.Memory)}
			own, b.store = both, both
		case *fapitest.JSONStore:
			own = s
		}
		r := open(own, p.Name)
		for _, c := range change {
			c(&r)
		}
		var err error
		b.provider, err = composed(hostConfig(), b.store, append(b.observed(), fapi.WithProfile(p), fapi.WithTrustAnchors(b.pki.Pool()), fapi.WithRegistration(r),
			fapi.WithAuthorizationDetails(detailsTypes()...))...)
		require.NoError(t, err)
		b.mount()
		b.connect(b.a, &b.certA)
		b.connect(b.b, &b.certB)
		b.events.emitted.keep("initial access token", initialToken)
		return b
	}
}

// A letter is a request to the registration endpoints.
type letter struct {
	method, url string
	header      http.Header
	doc         map[string]any
	raw         string // instead of doc
}

// A change is a single mutation of a letter.
type change func(*letter)

func says(name string, value any) change { return func(l *letter) { l.doc[name] = value } }
func without(name string) change         { return func(l *letter) { delete(l.doc, name) } }
func raw(body string) change             { return func(l *letter) { l.raw = body } }
func using(method string) change         { return func(l *letter) { l.method = method } }
func headed(name string, values ...string) change {
	return func(l *letter) { l.header[http.CanonicalHeaderKey(name)] = values }
}
func bearing(token string) change { return headed("Authorization", "Bearer "+token) }

// newcomer is the document of a client that may be registered by every profile.
func newcomer() map[string]any {
	return map[string]any{
		"redirect_uris":              []string{"https://newcomer.example.com/callback"},
		"token_endpoint_auth_method": "private_key_jwt", "token_endpoint_auth_signing_alg": "ES256",
		"grant_types": []string{"authorization_code", "refresh_token"}, "response_types": []string{"code"},
		"client_name": "Newcomer", "contacts": []string{"dev@newcomer.example.com"}, "scope": "openid offline_access accounts",
		"jwks": publicSet("newcomer-1", newcomerKey), "tls_client_certificate_bound_access_tokens": true,
	}
}

func (b *bench) write(l *letter, changes ...change) *fapitest.Answer {
	b.Helper()
	for _, c := range changes {
		c(l)
	}
	body := []byte(l.raw)
	if l.raw == "" && l.doc != nil {
		var err error
		body, err = json.Marshal(l.doc)
		require.NoError(b, err)
	}
	r := httptest.NewRequest(l.method, l.url, bytes.NewReader(body))
	r.Header = l.header
	rec := httptest.NewRecorder()
	b.handler.ServeHTTP(rec, r)
	a := &fapitest.Answer{Status: rec.Code, Header: rec.Header(), Body: rec.Body.Bytes()}
	_ = json.Unmarshal(a.Body, &a.JSON)
	return a
}

// enrol registers the newcomer.
func enrol(changes ...change) step {
	return func(b *bench) *fapitest.Answer {
		b.Helper()
		return b.write(&letter{http.MethodPost, issuer + "/register", http.Header{
			"Authorization": {"Bearer " + initialToken}, "Content-Type": {"application/json"},
		}, newcomer(), ""}, changes...)
	}
}

func (b *bench) enrolled(changes ...change) *fapitest.Answer {
	b.Helper()
	a := enrol(changes...)(b)
	require.Equal(b, http.StatusCreated, a.Status, string(a.Body))
	return a
}

// own is a request of a registered client about itself: without a document a GET, else a PUT.
func (b *bench) own(registered *fapitest.Answer, doc map[string]any, changes ...change) *fapitest.Answer {
	b.Helper()
	l := &letter{http.MethodGet, registered.Text("registration_client_uri"), http.Header{
		"Authorization": {"Bearer " + registered.Text("registration_access_token")},
	}, doc, ""}
	if doc != nil {
		l.method = http.MethodPut
		l.header.Set("Content-Type", "application/json")
		l.doc = maps.Clone(doc)
		l.doc["client_id"] = registered.Text("client_id")
	}
	return b.write(l, changes...)
}

// look, replace and remove act upon a newcomer's registration.
func look(changes ...change) step {
	return func(b *bench) *fapitest.Answer { return b.own(b.enrolled(), nil, changes...) }
}

func replace(changes ...change) step {
	return func(b *bench) *fapitest.Answer { return b.own(b.enrolled(), newcomer(), changes...) }
}

func remove(changes ...change) step {
	return func(b *bench) *fapitest.Answer {
		return b.own(b.enrolled(), nil, append([]change{using(http.MethodDelete)}, changes...)...)
	}
}

// client drives a client that registered itself.
func (b *bench) client(registered *fapitest.Answer) *fapitest.Client {
	b.Helper()
	c := &fapitest.Client{ID: registered.Text("client_id"), Key: newcomerKey, KeyID: "newcomer-1", RedirectURI: "https://newcomer.example.com/callback"}
	b.connect(c, &b.certA)
	return c
}

// softwareStatement is a software statement of the directory.
func softwareStatement(claims map[string]any) string {
	return signedStatement(directoryKey, jose.ES256, claims)
}

func signedStatement(key crypto.Signer, alg jose.SignatureAlgorithm, claims map[string]any) string {
	all := map[string]any{"iss": directory, "software_id": "newcomer-app", "exp": time.Now().Add(time.Hour).Unix()}
	maps.Copy(all, claims)
	maps.DeleteFunc(all, func(_ string, v any) bool { return v == nil })
	s, err := fapitest.Sign(key, alg, map[string]any{"kid": "directory-1"}, all)
	if err != nil {
		panic(err)
	}
	return s
}

// stated sends a software statement with these claims, made when the clock says.
func stated(claims map[string]any) change {
	return func(l *letter) { l.doc["software_statement"] = softwareStatement(claims) }
}
