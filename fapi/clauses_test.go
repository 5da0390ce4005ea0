package fapi_test

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"log/slog"
	"maps"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/go-jose/go-jose/v4"
	"github.com/ory/fosite"
	"github.com/ory/fosite/compose"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fosite-fapi/fosite-fapi/fapi"
	"github.com/fosite-fapi/fosite-fapi/fapitest"
	"github.com/fosite-fapi/fosite-fapi/keys"
	"github.com/fosite-fapi/fosite-fapi/registration"
)

// The clauses_*_test.go files try the server on each demand of a specification from both sides. A row is named by the
// ID of the demand: what is "kept" passes; what is "refused" is a message that passes but for one change.
type clause struct {
	name string
	do   step
	want check
}

// A step does something with a server that nobody used before, and returns the last answer.
type step func(b *bench) *fapitest.Answer

// A check judges that answer, and what the audit saw of it.
type check func(b *bench, a *fapitest.Answer)

type clauses []clause

// run tries every row on both stores, each in a synctest bubble, whose clock begins in the year 2000 and moves by
// [wait] alone.
func (all clauses) run(t *testing.T, options ...fapi.Option) {
	t.Helper()
	all.on(t, func(t *testing.T, store string) *bench { return newBench(t, store, options...) })
}

// under is run with every client served by another profile.
func (all clauses) under(t *testing.T, p fapi.Profile) {
	t.Helper()
	all.on(t, func(t *testing.T, store string) *bench {
		b := newBench(t, store)
		var err error
		b.provider, err = composed(hostConfig(), b.store, append(b.observed(), fapi.WithProfile(p))...)
		require.NoError(t, err)
		b.mount()
		b.connect(b.a, &b.certA)
		return b
	})
}

func (all clauses) on(t *testing.T, made func(t *testing.T, store string) *bench) {
	t.Helper()
	for store := range stores {
		seen := make(map[string]bool, len(all))
		for _, c := range all {
			require.False(t, seen[c.name], "two rows are named %q", c.name)
			seen[c.name] = true
			t.Run(store+"/"+c.name, func(t *testing.T) {
				b := made(t, store) // outside, for fosite's default JWKS cache has goroutines that outlive a bubble
				synctest.Test(t, func(t *testing.T) {
					b.T = t
					c.want(b, c.do(b))
				})
			})
		}
	}
}

// composed is what a host makes of its config and store.
func composed(config *fosite.Config, store any, options ...fapi.Option) (*fapi.Provider, error) {
	set, err := keys.New(keys.Key{Signer: testEC()}, keys.Key{Signer: testRSA()})
	if err != nil {
		return nil, err
	}
	options = append([]fapi.Option{fapi.WithKeys(set), fapi.WithLogger(slog.New(slog.DiscardHandler))}, options...)
	return fapi.Compose(config, store, compose.NewOAuth2HMACStrategy(config), options...)
}

// Of the usual request, code_verifier (RFC 7636 Appendix B) and scope.
const (
	verifier   = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
	usualScope = "openid offline_access accounts"
)

// The steps of client A's flow. Each runs what comes before it as usual, and changes only its own message.

func push(m ...fapitest.Mutation) step {
	return func(b *bench) *fapitest.Answer {
		return b.got(b.a.Push(b.Context(), b.usualRequest(), m...))
	}
}

// visit opens the authorization endpoint; the user decides at once.
func visit(m ...fapitest.Mutation) step {
	return func(b *bench) *fapitest.Answer { return b.browse(b.requestURI(), m...) }
}

// authorize changes the pushed request, and visits as usual.
func authorize(m ...fapitest.Mutation) step {
	return func(b *bench) *fapitest.Answer { return b.browse(b.requestURI(m...)) }
}

func redeem(m ...fapitest.Mutation) step {
	return func(b *bench) *fapitest.Answer { return b.got(b.a.Redeem(b.Context(), b.newCode(), verifier, m...)) }
}

// request changes the pushed request, and goes on to the tokens.
func request(m ...fapitest.Mutation) step {
	return func(b *bench) *fapitest.Answer { return b.got(b.a.Redeem(b.Context(), b.newCode(m...), verifier)) }
}

func refresh(m ...fapitest.Mutation) step {
	return func(b *bench) *fapitest.Answer {
		return b.got(b.a.Refresh(b.Context(), request()(b).Text("refresh_token"), m...))
	}
}

func introspect(m ...fapitest.Mutation) step {
	return func(b *bench) *fapitest.Answer {
		return b.got(b.a.Introspect(b.Context(), request()(b).Text("access_token"), m...))
	}
}

func revoke(m ...fapitest.Mutation) step {
	return func(b *bench) *fapitest.Answer {
		return b.got(b.a.Revoke(b.Context(), request()(b).Text("access_token"), m...))
	}
}

// twice does a step two times on one server.
func twice(s step) step { return func(b *bench) *fapitest.Answer { s(b); return s(b) } }

// registered changes the registration of client A before the step.
func registered(change func(*registration.Client), s step) step {
	return func(b *bench) *fapitest.Answer { change(b.registration(b.a.ID)); return s(b) }
}

// presenting gives client A another certificate, or none, before the step.
func presenting(certificate func(*bench) *tls.Certificate, s step) step {
	return func(b *bench) *fapitest.Answer { b.a.HTTP = fapitest.HTTP(b.handler, certificate(b)); return s(b) }
}

func noCertificate(*bench) *tls.Certificate  { return nil }
func certificateA(b *bench) *tls.Certificate { return &b.certA }
func certificateB(b *bench) *tls.Certificate { return &b.certB }

// What can be changed in a message.
var (
	param, noParam  = fapitest.Param, fapitest.NoParam
	claim, noClaim  = fapitest.Claim, fapitest.NoClaim
	ahead           = fapitest.Ahead
	joseHeader      = fapitest.JOSE
	signedBy        = fapitest.SignedBy
	unauthenticated = fapitest.Mutation(fapitest.Unauthenticated)
	httpHeader      = fapitest.Header
	method          = fapitest.Method
	wait, pass      = fapitest.After, fapitest.Pass
)

// The bench's own part.

func (b *bench) got(a *fapitest.Answer, err error) *fapitest.Answer {
	b.Helper()
	require.NoError(b, err)
	return a
}

func (b *bench) requestURI(m ...fapitest.Mutation) string {
	b.Helper()
	a := push(m...)(b)
	require.Equal(b, http.StatusCreated, a.Status, string(a.Body))
	return a.Text("request_uri")
}

func (b *bench) newCode(m ...fapitest.Mutation) string {
	b.Helper()
	a := authorize(m...)(b)
	require.Equal(b, http.StatusSeeOther, a.Status, string(a.Body))
	return b.response(a).Get("code")
}

// usualRequest is what client A asks for where nothing else is said.
func (b *bench) usualRequest() url.Values {
	params := b.a.Request(verifier, usualScope)
	maps.Copy(params, b.usual)
	return params
}

// browse visits the authorization endpoint as a browser does, with nothing to show for it.
func (b *bench) browse(requestURI string, m ...fapitest.Mutation) *fapitest.Answer {
	b.Helper()
	return b.send(nil, &fapitest.Message{
		Method: http.MethodGet, URL: b.a.Server.AuthorizationEndpoint, Header: http.Header{"Origin": {"https://elsewhere.example"}},
		Form: url.Values{"client_id": {b.a.ID}, "request_uri": {requestURI}},
	}, m...)
}

// send puts the form of a GET into its query, of any other message into its body.
func (b *bench) send(certificate *tls.Certificate, msg *fapitest.Message, m ...fapitest.Mutation) *fapitest.Answer {
	b.Helper()
	for _, mutate := range m {
		mutate(msg)
	}
	target, body := msg.URL, msg.Body
	switch {
	case msg.Method == http.MethodGet:
		target += "?" + msg.Form.Encode()
	case body == "":
		body = msg.Form.Encode()
	}
	if msg.Method != http.MethodGet && msg.Header["Content-Type"] == nil {
		msg.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	req, err := http.NewRequestWithContext(b.Context(), msg.Method, target, strings.NewReader(body))
	require.NoError(b, err)
	req.Header = msg.Header
	return b.got(fapitest.Do(fapitest.HTTP(b.handler, certificate), req))
}

// interaction replaces the user.
func (b *bench) interaction(f fapi.InteractionFunc) {
	b.Helper()
	mux, err := (&fapi.Handlers{Provider: b.provider, Interaction: f}).Mux(b.Context())
	require.NoError(b, err)
	b.handler = b.events.emitted.harvest(mux)
}

// registration is that of a client, for the store keeps the value it was given.
func (b *bench) registration(id string) *registration.Client {
	b.Helper()
	client, err := b.store.GetClient(context.Background(), id)
	require.NoError(b, err)
	return client.(*registration.Client)
}

// newest is the audit's last word.
func (e *events) newest() fapi.Event {
	e.mu.Lock()
	defer e.mu.Unlock()
	if len(e.all) == 0 {
		return fapi.Event{}
	}
	return e.all[len(e.all)-1]
}

// idToken are the claims of an answer's ID token.
func idToken(b *bench, a *fapitest.Answer) map[string]any {
	b.Helper()
	require.NotEmpty(b, a.Text("id_token"), string(a.Body))
	return b.claims(a.Text("id_token"))
}

// claims are those of a token that this server signed.
func (b *bench) claims(token string) map[string]any {
	b.Helper()
	jws, err := jose.ParseSignedCompact(token, []jose.SignatureAlgorithm{jose.ES256, jose.PS256})
	require.NoError(b, err)
	published, err := b.provider.JWKS(b.Context())
	require.NoError(b, err)
	payload, err := jws.Verify(published)
	require.NoError(b, err)
	var claims map[string]any
	require.NoError(b, json.Unmarshal(payload, &claims))
	return claims
}

// usable says whether an access token still is.
func (b *bench) usable(token string) bool {
	b.Helper()
	return b.got(b.a.Introspect(b.Context(), token)).JSON["active"] == true
}

func all(checks ...check) check {
	return func(b *bench, a *fapitest.Answer) {
		b.Helper()
		for _, c := range checks {
			c(b, a)
		}
	}
}

// described wants a description, on a page or in JSON.
func described(description string) check {
	return func(b *bench, a *fapitest.Answer) {
		b.Helper()
		if a.JSON != nil {
			assert.Equal(b, description, a.Text("error_description"))
			return
		}
		assert.Contains(b, string(a.Body), `<p id="error_description">`+description+`</p>`)
	}
}

// answers wants a granted JSON answer of this status.
func answers(status int) check {
	return func(b *bench, a *fapitest.Answer) {
		b.Helper()
		require.Equal(b, status, a.Status, string(a.Body))
		assert.Empty(b, a.Text("error"))
		assert.True(b, b.events.newest().Granted, "the audit saw %+v", b.events.newest())
		plainJSON(b, a)
	}
}
