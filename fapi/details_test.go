package fapi_test

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/go-jose/go-jose/v4"
	"github.com/ory/fosite"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fosite-fapi/fosite-fapi/cnf"
	"github.com/fosite-fapi/fosite-fapi/fapi"
	"github.com/fosite-fapi/fosite-fapi/fapitest"
	"github.com/fosite-fapi/fosite-fapi/introspection"
	"github.com/fosite-fapi/fosite-fapi/rar"
	"github.com/fosite-fapi/fosite-fapi/registration"
)

// The types of authorization details that the servers of these tests know.

// A payment is decoded strictly, and compared to the letter.
type payment struct {
	Amount struct {
		Currency string      `json:"currency"`
		Amount   json.Number `json:"amount"`
	} `json:"instructedAmount"`
	Creditor  string   `json:"creditorName"`
	Locations []string `json:"locations"`
}

// A consent is enriched with the accounts that the user chose.
type consent struct {
	Permissions []string `json:"permissions"`
	Accounts    []string `json:"accounts"`
}

func detailsTypes() []rar.Type {
	return []rar.Type{
		{Name: "account_information", Covers: rar.Each(rar.Subset)},
		{Name: "payment_initiation", Validate: rar.Struct(func(_ context.Context, p *payment) error {
			if p.Amount.Amount == "" {
				return errors.New("no amount")
			}
			return nil
		})},
		{Name: "consent", Validate: rar.Struct[consent](nil), Enriches: func(requested, granted rar.Details) bool {
			var asked, given consent
			return len(requested) == 1 && len(granted) == 1 && requested[0].Decode(&asked) == nil && granted[0].Decode(&given) == nil &&
				slices.Equal(asked.Permissions, given.Permissions) && len(asked.Accounts) == 0
		}},
		{Name: "of another client"},
		{Name: "broken", Validate: func(context.Context, rar.Detail) error { panic("a mistake of the host") }},
		{Name: "loose", Covers: func(rar.Details, rar.Details) bool { return true }},
	}
}

const (
	reading  = `{"type":"account_information","actions":["read","list"],"datatypes":["accounts"]}`
	listing  = `{"type":"account_information","datatypes":["accounts"],"actions":["list"]}`
	writing  = `{"type":"account_information","actions":["list","write"],"datatypes":["accounts"]}`
	paying   = `{"type":"payment_initiation","instructedAmount":{"currency":"EUR","amount":12345678901234567890.10},"creditorName":"Zoë <b>"}`
	agreeing = `{"type":"consent","permissions":["read"]}`
	agreed   = `{"type":"consent","permissions":["read"],"accounts":["a-1"]}`
)

func array(details ...string) string {
	all := "["
	for i, d := range details {
		if i > 0 {
			all += ","
		}
		all += d
	}
	return all + "]"
}

func detailed(details ...string) fapitest.Mutation {
	return param("authorization_details", array(details...))
}

func parsed(raw string) rar.Details {
	all, err := rar.Parse(raw)
	if err != nil {
		panic(err)
	}
	return all
}

// rich lets client A use the types, and this be granted of what it asks for; nil says nothing, as most hosts do.
func rich(grant rar.Details, s step) step {
	return registered(mayAsk, func(b *bench) *fapitest.Answer {
		b.interaction(func(_ http.ResponseWriter, _ *http.Request, ar fosite.AuthorizeRequester) (*fapi.Decision, error) {
			return &fapi.Decision{
				Session: fapi.NewSession("alice"), Scopes: ar.GetRequestedScopes(), Audience: ar.GetRequestedAudience(), AuthorizationDetails: grant,
			}, nil
		})
		b.a.HTTP = fapitest.HTTP(b.handler, &b.certA)
		return s(b)
	})
}

func mayAsk(c *registration.Client) {
	c.AuthorizationDetailsTypes = []string{"account_information", "payment_initiation", "consent", "unknown here", "broken", "loose"}
}

// tells wants exactly these authorization details in a JSON answer.
func tells(details ...string) check {
	return func(b *bench, a *fapitest.Answer) {
		b.Helper()
		require.Equal(b, http.StatusOK, a.Status, string(a.Body))
		var body struct {
			Details json.RawMessage `json:"authorization_details"`
		}
		require.NoError(b, json.Unmarshal(a.Body, &body))
		exactly(b, array(details...), string(body.Details))
	}
}

// exactly compares details digit by digit.
func exactly(b *bench, want, got string) {
	b.Helper()
	have, err := rar.Parse(got)
	require.NoError(b, err, got)
	wanted := parsed(want)
	require.Len(b, have, len(wanted), got)
	for i, d := range wanted {
		assert.True(b, d.Equal(have[i]), "want %s, got %s", d, have[i])
	}
}

// about introspects the access token of a step.
func about(s step) step {
	return func(b *bench) *fapitest.Answer {
		return b.got(b.a.Introspect(b.Context(), s(b).Text("access_token")))
	}
}

// renewing uses the refresh token of a step.
func renewing(s step, m ...fapitest.Mutation) step {
	return func(b *bench) *fapitest.Answer {
		return b.got(b.a.Refresh(b.Context(), s(b).Text("refresh_token"), m...))
	}
}

// redeeming changes both the pushed request and the token request.
func redeeming(pushed, token fapitest.Mutation) step {
	return func(b *bench) *fapitest.Answer {
		return b.got(b.a.Redeem(b.Context(), b.newCode(pushed), verifier, token))
	}
}

// Rules see what is asked for, and what is granted.
func TestRulesSeeAuthorizationDetails(t *testing.T) {
	t.Parallel()
	seen := map[fapi.Stage]string{}
	profile := fapi.FAPI2Security()
	for _, stage := range []fapi.Stage{fapi.AtPushedRequest, fapi.AtAuthorization, fapi.AtToken, fapi.AtRefresh, fapi.AtResource} {
		profile = profile.With(rule("ACME-"+string(stage), stage, func(r *fapi.Request) error {
			seen[stage] = r.AuthorizationDetails.String()
			if len(r.AuthorizationDetails) > 0 {
				r.AuthorizationDetails[0] = rar.Detail{} // its own
			}
			return nil
		}))
	}
	b := newBench(t, "json")
	b.reopen(fapi.WithProfile(profile), fapi.WithAuthorizationDetails(detailsTypes()...))
	tokens := rich(parsed(array(reading)), redeeming(detailed(reading, paying), detailed(listing)))(b)
	require.Equal(t, http.StatusOK, tokens.Status, string(tokens.Body))
	refreshed := renewing(func(*bench) *fapitest.Answer { return tokens })(b)
	_, ar, err := b.provider.IntrospectToken(fapi.WithBinding(t.Context(), cnf.Confirmation{X5TS256: cnf.Thumbprint(b.certA.Leaf)}), refreshed.Text("access_token"), fosite.AccessToken, fapi.NewSession(""))
	require.NoError(t, err)
	assert.Equal(t, array(reading), fapi.AuthorizationDetails(ar).String())
	assert.Equal(t, map[fapi.Stage]string{
		fapi.AtPushedRequest: array(reading, paying), fapi.AtAuthorization: array(reading, paying),
		fapi.AtToken: array(listing), fapi.AtRefresh: array(reading), fapi.AtResource: array(reading),
	}, seen)
}

// Hosts with handlers of their own grant by a call.
func TestGrantAuthorizationDetails(t *testing.T) {
	t.Parallel()
	for store := range stores {
		b := newBench(t, store, fapi.WithAuthorizationDetails(detailsTypes()...))
		mayAsk(b.registration(b.a.ID))
		request := func() fosite.AuthorizeRequester {
			uri := b.requestURI(detailed(reading, paying))
			r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, issuer+"/authorize?client_id=client-a&request_uri="+uri, nil)
			require.NoError(t, err)
			ar, err := b.provider.NewAuthorizeRequest(t.Context(), r)
			require.NoError(t, err)
			return ar
		}
		ar := request()
		assert.Equal(t, array(reading, paying), fapi.AuthorizationDetails(ar).String())
		fapi.GrantAuthorizationDetails(ar, parsed(array(paying)))
		own := fapi.AuthorizationDetails(ar)
		assert.Equal(t, array(paying), own.String())
		own[0] = rar.Detail{}
		resp, err := b.provider.NewAuthorizeResponse(t.Context(), ar, fapi.NewSession("alice"))
		require.NoError(t, err)
		tokens := b.got(b.a.Redeem(t.Context(), resp.GetCode(), verifier))
		tells(paying)(b, tokens)

		legacy := fosite.NewAuthorizeRequest()
		fapi.GrantAuthorizationDetails(legacy, parsed(array(paying)))
		assert.Nil(t, fapi.AuthorizationDetails(legacy))
	}
}

func TestWithAuthorizationDetailsIsChecked(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		options []fapi.Option
		want    string
	}{
		"none":            {[]fapi.Option{fapi.WithAuthorizationDetails()}, "needs types, once"},
		"twice":           {[]fapi.Option{fapi.WithAuthorizationDetails(rar.Type{Name: "a"}), fapi.WithAuthorizationDetails(rar.Type{Name: "b"})}, "needs types, once"},
		"without a name":  {[]fapi.Option{fapi.WithAuthorizationDetails(rar.Type{})}, "is no name"},
		"of one name":     {[]fapi.Option{fapi.WithAuthorizationDetails(rar.Type{Name: "a"}, rar.Type{Name: "a"})}, "two types"},
		"with that alone": {[]fapi.Option{fapi.WithAuthorizationDetails(rar.Type{Name: "a"})}, ""},
	} {
		b := newBench(t, "memory")
		p, err := composed(hostConfig(), b.store, append(c.options, fapi.WithProfile(fapi.FAPI2Security()))...)
		if c.want == "" {
			require.NoError(t, err, name)
			continue
		}
		require.ErrorContains(t, err, c.want, name)
		require.Nil(t, p, name)
	}
}

// onlyPayments is a view.
func onlyPayments(_ context.Context, _ fosite.Client, token fosite.AccessRequester, answer *introspection.Response) error {
	answer.Extra["authorization_details"] = fapi.AuthorizationDetails(token).Of("payment_initiation")
	return nil
}

// rawClaim is a claim of a token of this server, as it stands there.
func (b *bench) rawClaim(token, name string) string {
	b.Helper()
	b.claims(token) // verified
	jws, err := jose.ParseSignedCompact(token, []jose.SignatureAlgorithm{jose.ES256, jose.PS256})
	require.NoError(b, err)
	var claims map[string]json.RawMessage
	require.NoError(b, json.Unmarshal(jws.UnsafePayloadWithoutVerification(), &claims))
	return string(claims[name])
}

// atToken is a host whose own token endpoint decides about the authorization details of access tokens.
func (b *bench) atToken(granted rar.Details) {
	endpoints := b.handler
	b.handler = http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/token" {
			endpoints.ServeHTTP(rw, r)
			return
		}
		ctx := r.Context()
		t, err := b.provider.NewAccessRequest(ctx, r, fapi.NewSession(""))
		if err != nil {
			b.provider.WriteAccessError(ctx, rw, t, err)
			return
		}
		fapi.GrantAuthorizationDetails(t, granted)
		resp, err := b.provider.NewAccessResponse(ctx, t)
		if err != nil {
			b.provider.WriteAccessError(ctx, rw, t, err)
			return
		}
		b.provider.WriteAccessResponse(ctx, rw, t, resp)
	})
	b.a.HTTP = fapitest.HTTP(b.handler, &b.certA)
}

// grantingAtToken lets the host decide at the token endpoint.
func grantingAtToken(granted rar.Details, s step) step {
	return rich(nil, func(b *bench) *fapitest.Answer { b.atToken(granted); return s(b) })
}

// The host has the last word about an access token, and no more than the grant to give.
func TestGrantAuthorizationDetailsOfTokens(t *testing.T) {
	t.Parallel()
	both := detailed(reading, paying)
	clauses{
		{"RAR-12/kept a part", grantingAtToken(parsed(array(paying)), request(both)), tells(paying)},
		{"RAR-12/kept none", grantingAtToken(nil, request(both)), tells()},
		{"RAR-12/kept no member where nothing was requested", grantingAtToken(nil, request()), all(issued, member("authorization_details", nil))},
		{"RAR-12/kept of client_credentials", grantingAtToken(parsed(array(listing)), credentials(detailed(reading))), tells(listing)},
		{"RAR-11/kept the grant whole", grantingAtToken(parsed(array(paying)), func(b *bench) *fapitest.Answer {
			token := request(both)(b).Text("refresh_token")
			b.mount()
			b.a.HTTP = fapitest.HTTP(b.handler, &b.certA)
			return b.got(b.a.Refresh(b.Context(), token))
		}), tells(reading, paying)},
		{"RAR-06/refused a type that was not granted", grantingAtToken(parsed(array(paying)), request(detailed(reading))), refused(500, "server_error", "RAR-06")},
		{"RAR-06/refused though nothing was granted", grantingAtToken(parsed(array(paying)), credentials()), refused(500, "server_error", "RAR-06")},
		{"RAR-13/refused more of a type", grantingAtToken(parsed(array(writing)), request(both)), refused(500, "server_error", "RAR-13")},
	}.run(t, fapi.WithAuthorizationDetails(detailsTypes()...))
}

// What a session adds to a JWT changes nothing of the server's own claims, to the last digit (RAR-16).
func TestAuthorizationDetailsBesideExtraClaims(t *testing.T) {
	t.Parallel()
	with := func(extra map[string]any, s step) step {
		return registered(mayAsk, func(b *bench) *fapitest.Answer {
			b.interaction(func(_ http.ResponseWriter, _ *http.Request, ar fosite.AuthorizeRequester) (*fapi.Decision, error) {
				session := fapi.NewSession("alice")
				session.Access = extra
				return &fapi.Decision{Session: session, Scopes: ar.GetRequestedScopes()}, nil
			})
			b.a.HTTP = fapitest.HTTP(b.handler, &b.certA)
			return s(b)
		})
	}
	b := newBench(t, "json", fapi.WithAuthorizationDetails(detailsTypes()...), fapi.WithAccessTokenFormat(fapi.JWT))
	extra := map[string]any{"authorization_details": "the host's", "tenant": "x"}
	token := with(extra, request(detailed(paying)))(b).Text("access_token")
	exactly(b, array(paying), b.rawClaim(token, "authorization_details"))
	assert.Equal(t, "x", b.claims(token)["tenant"])
	token = with(extra, request())(b).Text("access_token")
	assert.NotContains(t, b.claims(token), "authorization_details")

	b = newBench(t, "json", fapi.WithAccessTokenFormat(fapi.JWT))
	token = with(extra, request())(b).Text("access_token")
	assert.Equal(t, "the host's", b.claims(token)["authorization_details"], "a server without types leaves the name to the host")
}

// large is half of what there is room for, and a bit more.
func large(name string) rar.Details {
	return parsed(`[{"type":"loose","identifier":"` + strings.Repeat(name, rar.MaxBytes/2) + `"}]`)
}

// escaping is an object with so many characters that JSON encoders make longer.
func escaping(n int) string {
	return `{"type":"account_information","identifier":"` + strings.Repeat("&", n) + `"}`
}
