package requestobject_test

import (
	"encoding/json"
	"net/url"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fosite-fapi/fosite-fapi/internal/must"
	"github.com/fosite-fapi/fosite-fapi/requestobject"
)

func TestForm(t *testing.T) {
	t.Parallel()
	t.Run("JAR-01 all parameters, and nothing about the JWT", func(t *testing.T) {
		t.Parallel()
		r := base()
		r.claims["sub"] = "someone"
		got, err := r.verify()
		require.NoError(t, err)
		want := url.Values{
			"client_id": {client}, "response_type": {"code"}, "redirect_uri": {"https://client.example.com/cb"},
			"scope": {"openid payments"}, "state": {"s-1"}, "nonce": {"n-1"},
			"code_challenge": {"E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"}, "code_challenge_method": {"S256"},
		}
		form := got.Form()
		assert.Equal(t, want, form)
		form["state"][0] = "x"
		form.Set("nonce", "x")
		assert.Equal(t, want, got.Form(), "a copy")
	})

	for _, tt := range []struct {
		name, claim, json string
		want              []string // nil: not in the form
	}{
		{"string", "state", `"a \"b\" ü"`, []string{`a "b" ü`}},
		{"string with escapes", "redirect_uri", `"https:\/\/client.example.com\u002Fcb"`, []string{"https://client.example.com/cb"}},
		{"string of another script", "login_hint", `"\ud83d\ude00"`, []string{"😀"}},
		{"empty string", "state", `""`, nil},
		{"null", "state", `null`, nil},
		{"null with space", "max_age", ` null `, nil},
		{"number", "max_age", `86400`, []string{"86400"}},
		{"zero", "max_age", `0`, []string{"0"}},
		{"number with space", "max_age", ` 300 `, []string{"300"}},
		{"million", "max_age", `1000000`, []string{"1000000"}},
		{"exponent", "max_age", `1e6`, []string{"1000000"}},
		{"fraction of nothing", "max_age", `300.0`, []string{"300"}},
		{"2^53+1", "max_age", `9007199254740993`, []string{"9007199254740993"}},
		{"negative", "max_age", `-1`, []string{"-1"}},
		{"number in a string", "max_age", `"300"`, []string{"300"}},
		{"true", "x_flag", `true`, []string{"true"}},
		{"false", "x_flag", `false`, []string{"false"}},
		{"unknown number", "x_number", `7`, []string{"7"}},
		{"unknown string", "x_string", `"7"`, []string{"7"}},
		{"unknown array", "x_array", `[ "a", 1 ]`, []string{`["a",1]`}},
		{"unknown object", "x_object", `{ "a" : 1e2 }`, []string{`{"a":1e2}`}},
		{"claims", "claims", `{ "id_token": { "acr": { "essential": true, "values": ["a", "b"] } } }`,
			[]string{`{"id_token":{"acr":{"essential":true,"values":["a","b"]}}}`}},
		{"claims in a string", "claims", `"{\"userinfo\":null}"`, []string{`{"userinfo":null}`}},
		{"RAR-05 authorization_details", "authorization_details", `[ {"type":"payment", "amount": 12.50, "creditorName":"<A&B>"} ]`,
			[]string{`[{"type":"payment","amount":12.50,"creditorName":"<A&B>"}]`}},
		{"RAR-22 as it was written", "authorization_details", `[{"type":"\u00e9","e":"é"}]`, []string{`[{"type":"\u00e9","e":"é"}]`}},
		{"resource", "resource", `"https://rs.example.com"`, []string{"https://rs.example.com"}},
		{"resources", "resource", `["https://a.example","https://b.example"]`, []string{"https://a.example", "https://b.example"}},
		{"no resources", "resource", `[]`, nil},
		{"audience", "audience", `["https://a.example","https://b.example"]`, []string{"https://a.example https://b.example"}},
		{"scope", "scope", `"openid  payments"`, []string{"openid  payments"}},
		{"scope in an array", "scope", `["openid","payments"]`, []string{"openid payments"}},
		{"no scope", "scope", `[]`, nil},
		{"response_type in an array", "response_type", `["code","id_token"]`, []string{"code id_token"}},
		{"prompt in an array", "prompt", `["login","consent"]`, []string{"login consent"}},
		{"acr_values in an array", "acr_values", `["urn:a","urn:b"]`, []string{"urn:a urn:b"}},
		{"ui_locales in an array", "ui_locales", `["fr-CA","fr"]`, []string{"fr-CA fr"}},
		{"a secret", "client_secret", `"s"`, nil},
		{"a client assertion", "client_assertion", `"a.b.c"`, nil},
		{"its type", "client_assertion_type", `"urn:x"`, nil},
	} {
		t.Run("JAR-03 "+tt.name, func(t *testing.T) {
			t.Parallel()
			r := base()
			r.claims[tt.claim] = json.RawMessage(tt.json)
			r.payload = encodeRaw(r.claims)
			got, err := r.verify()
			require.NoError(t, err)
			form := got.Form()
			assert.Equal(t, tt.want, form[tt.claim])
			assert.Equal(t, tt.want != nil, form.Has(tt.claim))
		})
	}

	for _, tt := range []struct{ name, claim, json string }{
		{"number for a string", "redirect_uri", `1`},
		{"boolean for a string", "state", `true`},
		{"array for a string", "redirect_uri", `["https://client.example.com/cb"]`},
		{"object for a string", "nonce", `{}`},
		{"fraction", "max_age", `0.5`},
		{"beyond what is exact", "max_age", `1e16`},
		{"beyond all bounds", "max_age", `1e400`},
		{"21 digits", "max_age", `100000000000000000000`},
		{"boolean for a number", "max_age", `true`},
		{"array for a number", "max_age", `[300]`},
		{"object for a number", "max_age", `{}`},
		{"unknown fraction", "x_number", `51.17`},
		{"number for a list", "scope", `1`},
		{"object for a list", "scope", `{}`},
		{"array of numbers for a list", "scope", `[1]`},
		{"value with a space in a list", "scope", `["openid payments"]`},
		{"value with a tab in a list", "scope", `["openid\tpayments"]`},
		{"empty value in a list", "scope", `["openid",""]`},
		{"null in a list", "scope", `["openid",null]`},
		{"array in a list", "scope", `[["openid"]]`},
		{"number for a resource", "resource", `1`},
		{"object for a resource", "resource", `{}`},
		{"empty resource in an array", "resource", `["https://a.example",""]`},
		{"number for a document", "authorization_details", `1`},
		{"boolean for a document", "claims", `false`},
		{"member twice in a document", "claims", `{"id_token":{"acr":null,"acr":null}}`},
		{"member twice deep in an array", "authorization_details", `[{"type":"a","x":[{"y":1,"y":2}]}]`},
		{"member twice in what is unknown", "x_object", `{"a":1,"a":2}`},
	} {
		t.Run("JAR-03 refused: "+tt.name, func(t *testing.T) {
			t.Parallel()
			r := base()
			r.claims[tt.claim] = json.RawMessage(tt.json)
			r.payload = encodeRaw(r.claims)
			got, err := r.verify()
			require.ErrorIs(t, err, requestobject.ErrParameter)
			assert.Nil(t, got)
			if tt.claim[:2] == "x_" {
				assert.NotContains(t, err.Error(), tt.claim, "only names that everybody knows are quoted")
			} else {
				assert.Contains(t, err.Error(), tt.claim)
			}
		})
	}
}

// encodeRaw is json.Marshal, but that it leaves raw values as they are.
func encodeRaw(claims map[string]any) string {
	out := []byte("{")
	for name, value := range claims {
		if len(out) > 1 {
			out = append(out, ',')
		}
		out = append(append(out, must.Get(json.Marshal(name))...), ':')
		if raw, ok := value.(json.RawMessage); ok {
			out = append(out, raw...)
		} else {
			out = append(out, must.Get(json.Marshal(value))...)
		}
	}
	return string(append(out, '}'))
}
