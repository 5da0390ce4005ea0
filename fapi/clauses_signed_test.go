package fapi_test

import (
	"crypto"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fosite-fapi/fosite-fapi/fapi"
	"github.com/fosite-fapi/fosite-fapi/fapitest"
	"github.com/fosite-fapi/fosite-fapi/registration"
)

// A signing is how client A of a profile with signed requests asks.
type signing struct {
	profile  fapi.Profile
	register func(*registration.Client)
	usual    url.Values
	options  []fapi.Option
}

// The three ways in which the clients of these tests ask.
var (
	hybrid = signing{
		profile:  fapi.FAPI1Advanced(),
		register: func(c *registration.Client) { c.ResponseTypes = []string{"code id_token"} },
		usual:    url.Values{"response_type": {"code id_token"}},
	}
	jarmed        = signing{profile: fapi.FAPI1Advanced(), usual: url.Values{"response_mode": {"jwt"}}}
	nonRepudiable = signing{profile: fapi.FAPI2MessageSigning(), usual: url.Values{"response_mode": {"jwt"}}}
)

// asking is run with client A asking in that way.
func (all clauses) asking(t *testing.T, s signing) {
	t.Helper()
	all.on(t, s.bench)
}

func (s signing) bench(t *testing.T, store string) *bench {
	t.Helper()
	b := newBench(t, store)
	if s.register != nil {
		s.register(b.registration(b.a.ID))
	}
	b.a.RequestObjects, b.b.RequestObjects, b.usual = true, true, s.usual
	b.reopen(append([]fapi.Option{fapi.WithProfile(s.profile)}, s.options...)...)
	return b
}

// byFront brings the request object through the browser.
func byFront(m ...fapitest.Mutation) step {
	return func(b *bench) *fapitest.Answer {
		return b.got(b.a.AuthorizeByValue(b.Context(), fapitest.HTTP(b.handler, nil), b.usualRequest(), m...))
	}
}

// redeemFront redeems a code of a request by value, with the verifier or without.
func redeemFront(object, token fapitest.Mutation) step {
	return func(b *bench) *fapitest.Answer {
		a := byFront(object)(b)
		code := b.response(a).Get("code")
		require.NotEmpty(b, code, a.Header.Get("Location"))
		return b.got(b.a.Redeem(b.Context(), code, verifier, token))
	}
}

// What can be changed in a request object.

func object(name string, value any) fapitest.Mutation {
	return func(m *fapitest.Message) {
		if m.Object.Claims[name] = value; value == nil {
			delete(m.Object.Claims, name)
		}
	}
}

// objectAhead sets a claim to a time that far from now.
func objectAhead(name string, d time.Duration) fapitest.Mutation {
	return func(m *fapitest.Message) { m.Object.Claims[name] = time.Now().Add(d).Unix() }
}

func objectHeader(name string, value any) fapitest.Mutation {
	return func(m *fapitest.Message) {
		if m.Object.Header[name] = value; value == nil {
			delete(m.Object.Header, name)
		}
	}
}

// objectBy signs the request object with another key.
func objectBy(key crypto.Signer, alg jose.SignatureAlgorithm) fapitest.Mutation {
	return func(m *fapitest.Message) { m.Object.Key, m.Object.Algorithm = key, alg }
}

// with is a step with a mutation that needs the bench.
func with(s func(...fapitest.Mutation) step, m func(*bench) fapitest.Mutation) step {
	return func(b *bench) *fapitest.Answer { return s(m(b))(b) }
}

// otherKey signs the request object with the key of client B.
func otherKey(b *bench) fapitest.Mutation { return objectBy(b.b.Key, jose.ES256) }

// plainRequest sends the parameters plain.
func plainRequest(b *bench) fapitest.Mutation {
	return func(m *fapitest.Message) {
		m.Object.Claims = nil
		for name, values := range b.usualRequest() {
			m.Form[name] = values
		}
	}
}

// tamperedObject changes the signed object on its way.
func tamperedObject(m *fapitest.Message) {
	m.Encrypt = func(jws string) (string, error) {
		cut := strings.LastIndexByte(jws, '.') + 1
		first := byte('A')
		if jws[cut] == 'A' {
			first = 'B'
		}
		return jws[:cut] + string(first) + jws[cut+1:], nil
	}
}

// response are the parameters of an authorization response: of the query, the fragment, or a JWT that this server signed.
func (b *bench) response(a *fapitest.Answer) url.Values {
	b.Helper()
	location := a.Location()
	require.NotNil(b, location, string(a.Body))
	params := location.Query()
	if location.Fragment != "" {
		var err error
		params, err = url.ParseQuery(location.EscapedFragment())
		require.NoError(b, err)
	}
	raw := params.Get("response")
	if raw == "" {
		return params
	}
	out := url.Values{}
	for name, value := range b.claims(raw) {
		if text, ok := value.(string); ok {
			out.Set(name, text)
		} else {
			encoded, err := json.Marshal(value)
			require.NoError(b, err)
			out.Set(name, string(encoded))
		}
	}
	return out
}

// How a response travels: "query", "fragment", or as a JWT in either.
type travel string

const (
	inFragment travel = "#"
	inJWT      travel = "?response="
)

// carried wants a redirect by that way, of these parameters alone, and returns them.
func (b *bench) carried(a *fapitest.Answer, how travel, allowed ...string) url.Values {
	b.Helper()
	require.Equal(b, http.StatusSeeOther, a.Status, string(a.Body))
	require.True(b, strings.HasPrefix(a.Header.Get("Location"), b.a.RedirectURI+string(how)), a.Header.Get("Location"))
	protected(b, a)
	if how == inJWT {
		assert.Len(b, a.Location().Query(), 1, "nothing stands beside response")
		assert.Empty(b, a.Location().Fragment)
		claims := b.claims(a.Location().Query().Get("response"))
		assert.Equal(b, b.a.ID, claims["aud"])
		exp, _ := claims["exp"].(float64)
		assert.InDelta(b, 300, exp-float64(time.Now().Unix()), 300)
		allowed = append(allowed, "aud", "exp", "iat")
	} else {
		assert.Empty(b, a.Location().RawQuery)
	}
	params := b.response(a)
	assert.Equal(b, issuer, params.Get("iss"))
	var names []string
	for name := range params {
		names = append(names, name)
	}
	assert.Empty(b, others(names, append(allowed, "iss", "state")...))
	return params
}

// answered wants an approval that travels in that way.
func answered(how travel, checks ...func(b *bench, params url.Values)) check {
	return func(b *bench, a *fapitest.Answer) {
		b.Helper()
		params := b.carried(a, how, "code", "id_token")
		require.NotEmpty(b, params.Get("code"))
		assert.True(b, b.events.newest().Granted, "the audit saw %+v", b.events.newest())
		for _, c := range checks {
			c(b, params)
		}
	}
}

// denied wants an error that travels in that way.
func denied(how travel, code, id string) check {
	return func(b *bench, a *fapitest.Answer) {
		b.Helper()
		params := b.carried(a, how, "error", "error_description")
		require.Equal(b, code, params.Get("error"))
		assert.Regexp(b, registeredCharacters, params.Get("error_description"))
		audited(b, code, id)
	}
}

func value(name, want string) func(*bench, url.Values) {
	return func(b *bench, params url.Values) {
		b.Helper()
		assert.Equal(b, want, params.Get(name), name)
	}
}

// detached judges the ID token of a response: that it vouches for code and state.
func detached(want map[string]any) func(*bench, url.Values) {
	return func(b *bench, params url.Values) {
		b.Helper()
		claims := b.claims(params.Get("id_token"))
		assert.Equal(b, half(params.Get("code")), claims["c_hash"])
		if params.Has("state") {
			assert.Equal(b, half(params.Get("state")), claims["s_hash"])
		} else {
			assert.NotContains(b, claims, "s_hash")
		}
		assert.Equal(b, issuer, claims["iss"])
		assert.Equal(b, b.a.ID, claims["aud"])
		assert.NotContains(b, claims, "at_hash")
		for name, value := range want {
			assert.Equal(b, value, claims[name], name)
		}
		assert.NotContains(b, claims, "email")
	}
}

// half is the left half of the hash that goes with ES256 and PS256.
func half(value string) string {
	sum := sha256.Sum256([]byte(value))
	return base64.RawURLEncoding.EncodeToString(sum[:16])
}
