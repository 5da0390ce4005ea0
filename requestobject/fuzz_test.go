package requestobject_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"strconv"
	"strings"
	"testing"

	jose "github.com/go-jose/go-jose/v4"
	"github.com/stretchr/testify/require"

	"github.com/fosite-fapi/fosite-fapi/internal/leaftest"
	"github.com/fosite-fapi/fosite-fapi/internal/must"
	"github.com/fosite-fapi/fosite-fapi/requestobject"
)

func FuzzPeek(f *testing.F) {
	seeds := vectors()
	require.NotEmpty(f, seeds)
	for _, v := range seeds {
		f.Add(v.Request)
	}
	for _, claims := range []string{`{}`, `null`, ` {"client_id":"a","iss":"b"}`, `{"iss":"a","iss":"b"}`, `{"client_id":"\ud800"}`, `{"CLIENT_ID":"a"}`, `{"a":[[[{}]]]}`} {
		f.Add("." + leaftest.Base64(claims) + ".")
	}
	f.Add("....")
	f.Fuzz(func(t *testing.T, raw string) {
		clientID, iss, err := requestobject.Peek(raw)
		if err != nil {
			require.ErrorIs(t, err, requestobject.ErrMalformed)
			require.Empty(t, clientID+iss)
			return
		}
		parts := strings.Split(raw, ".")
		if len(parts) == 5 {
			require.Empty(t, clientID+iss)
			return
		}
		claims := decode(t, must.Get(base64.RawURLEncoding.DecodeString(parts[1])))
		for name, got := range map[string]string{"client_id": clientID, "iss": iss} {
			if claims[name] == nil {
				require.Empty(t, got)
			} else {
				require.Equal(t, claims[name], got, "another decoder reads the same")
			}
		}
	})
}

// decode reads a JSON object by the standard library.
func decode(t *testing.T, data []byte) map[string]any {
	t.Helper()
	var claims map[string]any
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.UseNumber() // 1e999 is JSON, though no float64 holds it
	require.NoError(t, decoder.Decode(&claims))
	return claims
}

// FuzzVerify lets through what the client signed, and nothing else, encrypted or not.
func FuzzVerify(f *testing.F) {
	r := nested()
	signed := leaftest.Sign(r.header, string(must.Get(json.Marshal(r.claims))), r.key)
	f.Add(signed)
	f.Add(strip(signed))
	f.Add(r.wrap.encrypt(signed))
	f.Add(r.wrap.encrypt(r.wrap.encrypt(signed)))
	f.Add(r.wrap.encrypt("x"))
	encrypt(jose.ECDH_ES, jose.A128CBC_HS256)(r)
	f.Add(r.wrap.encrypt(signed))
	f.Add(leaftest.Base64(`{"alg":"ECDH-ES","enc":"A128GCM","epk":{"kty":"EC","crv":"P-256","x":"AA","y":"AA"}}`) + "..AA.AA.AA")
	f.Add(leaftest.Base64(`{"alg":"PBES2-HS256+A128KW","enc":"A128GCM","p2c":1000000000,"p2s":"AA"}`) + ".AA.AA.AA.AA")
	for _, v := range vectors() {
		f.Add(v.Request)
	}
	want, err := r.verifier.Verify(context.Background(), signed, clientOf(r))
	require.NoError(f, err)

	f.Fuzz(func(t *testing.T, raw string) {
		verifier := nested().verifier
		got, err := verifier.Verify(context.Background(), raw, clientOf(r))
		if err != nil {
			require.Nil(t, got, "an error comes with no object")
			return
		}
		require.Equal(t, want.Form(), got.Form(), "nothing else was signed")
	})
}

func clientOf(r *request) requestobject.Client {
	return requestobject.Client{ID: client, Keys: requestobject.StaticKeys(&jose.JSONWebKeySet{Keys: r.keys})}
}

// FuzzForm signs whatever claims there are, and holds the form to what the standard library reads in them.
func FuzzForm(f *testing.F) {
	for _, claims := range []string{
		`"state":"a","max_age":1e3`, `"claims":{"id_token":{"acr":null}},"authorization_details":[{"type":"a"}]`,
		`"resource":["https://a.example","https://b.example"],"scope":["openid","a"],"audience":"a"`,
		`"x":true,"y":-0,"z":1.0,"n":null,"o":{ "a" : [ ] }`, `"state":"\ud83d\ude00","":""`, `"max_age":99999999999999999999`,
		`"sub":"a","jti":"b","iss":"client-4711","client_secret":"s","request":"a"`, `"state":"a","state":"b"`, `"ſtate":"a"`,
	} {
		f.Add(claims)
	}
	header := map[string]any{"alg": "EdDSA"}
	r := base()
	r.by("EdDSA", ed())
	c := clientOf(r)
	f.Fuzz(func(t *testing.T, claims string) {
		payload := `{"client_id":"client-4711","aud":"https://as.example.com","exp":1700000300,"nbf":1700000000,` + claims + `}`
		got, err := base().verifier.Verify(context.Background(), leaftest.Sign(header, payload, ed()), c)
		if err != nil {
			require.Nil(t, got)
			return
		}
		form, all := got.Form(), decode(t, []byte(payload))
		require.Equal(t, []string{client}, form["client_id"])
		for _, name := range []string{"iss", "sub", "aud", "exp", "nbf", "iat", "jti", "request", "request_uri", "client_secret", "client_assertion"} {
			require.NotContains(t, form, name)
		}
		for name, values := range form {
			require.Contains(t, all, name)
			for _, value := range values {
				require.NotEmpty(t, value)
			}
			switch claim := all[name].(type) {
			case string:
				require.Equal(t, []string{claim}, values)
			case bool:
				require.Equal(t, []string{strconv.FormatBool(claim)}, values)
			case json.Number:
				whole, err := strconv.ParseInt(values[0], 10, 64)
				require.NoError(t, err)
				require.InDelta(t, must.Get(claim.Float64()), float64(whole), 1024)
			case map[string]any:
				require.Equal(t, claim, decode(t, []byte(values[0])))
			case []any:
				if name != "resource" {
					require.Len(t, values, 1)
				}
			default:
				require.Fail(t, "a value of nothing", name)
			}
		}
	})
}
