package fapi_test

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/go-jose/go-jose/v4"
	"github.com/ory/fosite"
	"github.com/stretchr/testify/assert"

	"github.com/fosite-fapi/fosite-fapi/fapi"
	"github.com/fosite-fapi/fosite-fapi/fapitest"
)

// telling tells what the errors of the provider's methods say, with all that fosite would let a host show of them.
type telling struct {
	*fapi.Provider
	e *emissions
}

func overheard[T any](p telling, answer T, err error) (T, error) {
	if err != nil {
		wire := fosite.ErrorToRFC6749Error(err).WithExposeDebug(true)
		p.e.tell("returned", fmt.Sprintf("%+v %s %s %s", err, wire.GetDescription(), wire.Debug(), wire.ToValues().Encode()))
	}
	return answer, err
}

func (p telling) NewAuthorizeRequest(ctx context.Context, r *http.Request) (fosite.AuthorizeRequester, error) {
	answer, err := p.Provider.NewAuthorizeRequest(ctx, r)
	return overheard(p, answer, err)
}

func (p telling) NewAuthorizeResponse(ctx context.Context, ar fosite.AuthorizeRequester, s fosite.Session) (fosite.AuthorizeResponder, error) {
	answer, err := p.Provider.NewAuthorizeResponse(ctx, ar, s)
	return overheard(p, answer, err)
}

func (p telling) NewPushedAuthorizeRequest(ctx context.Context, r *http.Request) (fosite.AuthorizeRequester, error) {
	answer, err := p.Provider.NewPushedAuthorizeRequest(ctx, r)
	return overheard(p, answer, err)
}

func (p telling) NewAccessRequest(ctx context.Context, r *http.Request, s fosite.Session) (fosite.AccessRequester, error) {
	answer, err := p.Provider.NewAccessRequest(ctx, r, s)
	return overheard(p, answer, err)
}

func (p telling) NewIntrospectionRequest(ctx context.Context, r *http.Request, s fosite.Session) (fosite.IntrospectionResponder, error) {
	answer, err := p.Provider.NewIntrospectionRequest(ctx, r, s)
	return overheard(p, answer, err)
}

func (p telling) NewRevocationRequest(ctx context.Context, r *http.Request) error {
	_, err := overheard(p, struct{}{}, p.Provider.NewRevocationRequest(ctx, r))
	return err
}

// hosted mounts the provider in a host's own handlers, which tell every error, and beside them a resource.
func (b *bench) hosted() {
	b.Helper()
	p := telling{b.provider, &b.events.emitted}
	endpoints := hostHandler(p)
	b.handler = p.e.harvest(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/accounts" {
			endpoints.ServeHTTP(rw, r)
			return
		}
		ar, err := b.provider.Authorize(r.Context(), r, fapi.NewSession(""), "accounts")
		if _, err = overheard(p, ar, err); err != nil {
			fapi.WriteResourceError(rw, err)
			return
		}
		_, _, err = b.provider.IntrospectToken(r.Context(), strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer "), fosite.AccessToken, fapi.NewSession(""))
		_, _ = overheard(p, ar, err)
	}))
	b.connect(b.a, &b.certA)
	b.connect(b.b, &b.certB)
}

// atResource uses an access token.
func atResource(m ...fapitest.Mutation) step {
	return func(b *bench) *fapitest.Answer {
		return b.got(b.a.Get(b.Context(), issuer+"/accounts", request()(b).Text("access_token"), m...))
	}
}

// inObject changes a claim of the request object, of those that send one.
func inObject(name string, value any) fapitest.Mutation {
	return func(m *fapitest.Message) {
		if m.Object.Claims != nil {
			object(name, value)(m)
		}
	}
}

// stations are all the messages of a flow, and what is changed in them so that they are refused.
var stations = map[string]struct {
	do      func(...fapitest.Mutation) step
	refused []fapitest.Mutation
}{
	"push": {push, []fapitest.Mutation{
		param("scope", "everything"), unauthenticated, signedBy(newEC(), jose.ES256), claim("aud", "https://other.example.com"), claim("exp", 1), noClaim("jti"),
		param("redirect_uri", "https://elsewhere.example.com/"+text(40)), param("request_uri", "urn:ietf:params:oauth:request_uri:"+text(43)),
		param("client_assertion", text(400)), httpHeader("Content-Type", "text/plain"), param("code_challenge", text(43), text(43)), joseHeader("typ", text(40)),
		httpHeader("Authorization", "Basic "+text(80)), param("client_secret", text(40)), param("password", text(40), text(41)), inObject("exp", 1), inObject("aud", text(40)),
		inObject("redirect_uri", "https://elsewhere.example.com/"), inObject("request_uri", text(40)), param("id_token_hint", text(200)),
	}},
	"visit": {visit, []fapitest.Mutation{
		noParam("client_id"), param("client_id", "client-b"), param("request_uri", "urn:ietf:params:oauth:request_uri:"+text(43)), method(http.MethodPut),
		param("request_uri", text(60)), httpHeader("Deny", "yes"),
	}},
	"redeem": {redeem, []fapitest.Mutation{
		param("code", text(40)+"."+text(43)), forge("code"), param("code_verifier", text(50)), param("redirect_uri", "https://elsewhere.example.com/"), unauthenticated,
		param("grant_type", "password"), param("code", text(40), text(41)), httpHeader("DPoP", text(200)), param("client_id", "client-b"),
	}},
	"refresh":    {refresh, []fapitest.Mutation{param("refresh_token", text(40)+"."+text(43)), forge("refresh_token"), param("scope", "everything"), unauthenticated}},
	"introspect": {introspect, []fapitest.Mutation{param("token", text(40), text(41)), param("token", text(40)), unauthenticated, noParam("token")}},
	"revoke":     {revoke, []fapitest.Mutation{param("token", text(40), text(41)), unauthenticated, noParam("token")}},
	"resource": {atResource, []fapitest.Mutation{
		httpHeader("Authorization", "Bearer "+text(40)+"."+text(43)), httpHeader("Authorization", "Bearer "+text(50), "Bearer "+text(51)), httpHeader("Authorization"),
		httpHeader("Dpop", text(300)),
	}},
}

// A full run of every profile by a host's own handlers, granted and refused at each station, tells nothing secret: no
// event, no record, no span, no measurement, no error. The rows of the clauses are searched in the same way.
func TestNothingSecretIsTold(t *testing.T) {
	t.Parallel()
	for name, made := range map[string]struct {
		bench  func(t *testing.T, store string) *bench
		secret []string // what passes beside the usual
	}{
		"FAPI 2.0": {func(t *testing.T, store string) *bench { return newBench(t, store) }, nil},
		"FAPI 2.0 with JWTs": {func(t *testing.T, store string) *bench {
			return newBench(t, store, fapi.WithAccessTokenFormat(fapi.JWT), fapi.WithErrorURI(errorBase))
		}, nil},
		"FAPI 2.0 with DPoP": {func(t *testing.T, store string) *bench {
			return dpopBench(t, store, fapi.WithDPoPNonces(fapi.NonceOn, []byte(text(32))))
		}, []string{"DPoP proof", "DPoP nonce"}},
		"FAPI 1.0":           {hybrid.bench, []string{"request"}},
		"FAPI 1.0 with JARM": {jarmed.bench, []string{"request", "response"}},
		"Message Signing":    {nonRepudiable.bench, []string{"request", "response"}},
	} {
		for store := range stores {
			t.Run(name+"/"+store, func(t *testing.T) {
				t.Parallel()
				b := made.bench(t, store)
				b.hosted()
				e := &b.events.emitted
				for station, s := range stations {
					before := len(e.secrets)
					a := s.do()(b)
					assert.Less(t, a.Status, http.StatusBadRequest, "%s: %s", station, a.Body)
					assert.Greater(t, len(e.secrets), before, station)
					for _, m := range s.refused {
						s.do(m)(b)
					}
				}
				kinds := slices.Sorted(maps.Keys(e.kinds))
				usual := []string{
					"client_assertion", "request_uri", "code", "code_verifier", "access_token", "refresh_token", "id_token", "token", "Authorization",
					"key of client A", "key of the server", "RSA key of the server", "secret of the server", "password",
				}
				for _, kind := range append(usual, made.secret...) {
					assert.Contains(t, kinds, kind)
				}
				for kind, n := range map[string]int{"event: ": 100, "log: ": 30, "returned: ": 30} {
					told := slices.DeleteFunc(slices.Clone(e.lines), func(line string) bool { return !strings.HasPrefix(line, kind) })
					assert.Greater(t, len(told), n, kind)
				}
				assert.Greater(t, len(e.spans), 100)
				assert.Greater(t, len(e.points), 200)
				assert.Empty(t, e.leaks())
			})
		}
	}
}
