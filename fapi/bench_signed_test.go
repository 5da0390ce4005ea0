package fapi_test

import (
	"bytes"
	"crypto/rand"
	"encoding/base64"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"

	"github.com/fosite-fapi/fosite-fapi/clientassertion"
	"github.com/fosite-fapi/fosite-fapi/fapi"
	"github.com/fosite-fapi/fosite-fapi/fapitest"
	"github.com/fosite-fapi/fosite-fapi/par"
	"github.com/fosite-fapi/fosite-fapi/pkce"
)

// A signedFlow is the flow of a client that signs its requests: pushed and answered by JARM, or by value and answered with
// an ID token.
type signedFlow struct {
	*flowBench
	hybrid bool
}

func newSignedFlow(tb testing.TB, hybrid bool) *signedFlow {
	tb.Helper()
	profile, responseType := fapi.FAPI2MessageSigning(), "code"
	if hybrid {
		profile, responseType = fapi.FAPI1Advanced(), "code id_token"
	}
	f := &signedFlow{newFlowBenchOf(tb, profile, responseType, jose.ES256, fapi.BindingMTLS), hybrid}
	f.push = url.Values{"client_id": {"bench"}, "client_assertion_type": {clientassertion.Type}}.Encode() + "&client_assertion="
	f.access.Header.Del("Dpop")
	return f
}

// signedMessages are what the client signs for one flow.
type signedMessages struct{ push, token, object string }

func (f *signedFlow) prepareSigned(tb testing.TB, n int) []signedMessages {
	tb.Helper()
	all := make([]signedMessages, n)
	for i := range all {
		all[i] = signedMessages{push: f.assertion(tb), token: f.assertion(tb), object: f.object(tb)}
	}
	return all
}

func (f *signedFlow) object(tb testing.TB) string {
	now := time.Now()
	claims := map[string]any{
		"iss": "bench", "aud": issuer, "client_id": "bench", "nbf": now.Unix(), "exp": now.Add(30 * time.Minute).Unix(), "jti": rand.Text(),
		"response_type": "code", "redirect_uri": "https://client.example.com/cb", "scope": "openid accounts",
		"state": "af0ifjsldkj-af0ifjsldkj", "nonce": "n-0S6_WzA2Mj-n-0S6_WzA2Mj", "response_mode": "jwt",
		"code_challenge": pkce.S256(benchVerifier), "code_challenge_method": "S256",
	}
	if f.hybrid {
		claims["response_type"] = "code id_token"
		delete(claims, "response_mode")
	}
	signed, err := fapitest.Sign(f.key, f.alg, map[string]any{"kid": "k", "typ": "oauth-authz-req+jwt"}, claims)
	if err != nil {
		tb.Fatal(err)
	}
	return signed
}

func (f *signedFlow) flow(tb testing.TB, m signedMessages) {
	if f.hybrid {
		f.page.URL.RawQuery = "client_id=bench&request=" + m.object
	} else {
		f.send(f.pushed.with(f.push, m.push, "&request=", m.object))
		reference := between(f.out.body.String(), `"request_uri":"`+par.Prefix, `"`)
		f.page.URL.RawQuery = "client_id=bench&request_uri=urn%3Aietf%3Aparams%3Aoauth%3Arequest_uri%3A" + reference
	}
	f.page.Form, f.page.PostForm = nil, nil
	f.send(f.page)
	location := f.out.header.Get("Location")
	code := between(location, "code=", "&")
	if !f.hybrid {
		parts := strings.SplitN(between(location+"&", "response=", "&"), ".", 3)
		if len(parts) != 3 {
			tb.Fatalf("%d %s", f.out.status, location)
		}
		claims, err := base64.RawURLEncoding.DecodeString(parts[1])
		if err != nil {
			tb.Fatal(err)
		}
		code = between(string(claims), `"code":"`, `"`)
	}
	f.send(f.access.with(f.token, m.token, "&code=", code))
	if f.out.status != http.StatusOK || !bytes.Contains(f.out.body.Bytes(), []byte("id_token")) {
		tb.Fatalf("%d %s", f.out.status, f.out.body.String())
	}
}

// BenchmarkSignedFlow runs a Message Signing flow (two assertions and a request object verified; response, access token and
// ID token signed) and a hybrid flow of FAPI 1.0 by value (an assertion and a request object verified; two ID tokens and
// an access token signed), in turns with the same signatures by the standard library.
func BenchmarkSignedFlow(b *testing.B) {
	for _, v := range []struct {
		name             string
		hybrid           bool
		verified, signed int
	}{{"message signing", false, 3, 3}, {"FAPI 1.0 hybrid", true, 2, 3}} {
		b.Run(v.name, func(b *testing.B) {
			f := newSignedFlow(b, v.hybrid)
			floor, all := f.crypto(b, v.verified, v.signed), f.prepareSigned(b, b.N)
			flows, floors := make([]time.Duration, b.N), make([]time.Duration, b.N)
			b.ReportAllocs()
			b.ResetTimer()
			for i := range b.N {
				start := time.Now()
				floor()
				middle := time.Now()
				f.flow(b, all[i])
				floors[i], flows[i] = middle.Sub(start), time.Since(middle)
			}
			slices.Sort(flows)
			slices.Sort(floors)
			b.ReportMetric(float64(flows[b.N/2])/float64(floors[b.N/2]), "x-floor")
			b.ReportMetric(float64(flows[b.N/2].Microseconds()), "us-flow")
		})
	}
}

// BenchmarkIDToken makes an ID token with c_hash and s_hash, in turns with the one signature by the standard library.
func BenchmarkIDToken(b *testing.B) {
	for _, alg := range []jose.SignatureAlgorithm{jose.ES256, jose.PS256} {
		b.Run(string(alg), func(b *testing.B) {
			f := newFlowBenchOf(b, fapi.FAPI1Advanced(), "code id_token", alg, fapi.BindingMTLS)
			floor, session := f.crypto(b, 0, 1), fapi.NewSession("alice")
			made, floors := make([]time.Duration, b.N), make([]time.Duration, b.N)
			b.ReportAllocs()
			b.ResetTimer()
			for i := range b.N {
				start := time.Now()
				floor()
				middle := time.Now()
				if _, err := f.provider.IDToken(b.Context(), f.client, session, "SplxlOBeZQQYbYS6WxSbIA", "af0ifjsldkj"); err != nil {
					b.Fatal(err)
				}
				floors[i], made[i] = middle.Sub(start), time.Since(middle)
			}
			slices.Sort(made)
			slices.Sort(floors)
			b.ReportMetric(float64(made[b.N/2])/float64(floors[b.N/2]), "x-floor")
		})
	}
}
