package requestobject_test

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	jose "github.com/go-jose/go-jose/v4"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fosite-fapi/fosite-fapi/internal/leaftest"
	"github.com/fosite-fapi/fosite-fapi/internal/must"
	"github.com/fosite-fapi/fosite-fapi/requestobject"
)

func TestVerify(t *testing.T) {
	t.Parallel()
	r := base()
	got, err := r.verify()
	require.NoError(t, err)
	assert.Equal(t, client, got.ClientID)
	assert.Equal(t, client, got.Issuer)
	assert.Equal(t, "id-1", got.ID)
	assert.Equal(t, [3]time.Time{now.Add(5 * time.Minute), now, now}, [3]time.Time{got.Expires, got.NotBefore, got.IssuedAt})
	assert.Equal(t, jose.ES256, got.Algorithm)
	assert.Equal(t, "k1", got.KeyID)
	assert.Equal(t, requestobject.Type, got.Type)
	assert.Empty(t, got.EncryptionAlgorithm)
	assert.Empty(t, got.ContentEncryption)
	claims := got.Claims()
	assert.Len(t, claims, len(r.claims))
	assert.JSONEq(t, `"code"`, string(claims["response_type"]))
	claims["response_type"][1] = 'X'
	assert.JSONEq(t, `"code"`, string(got.Claims()["response_type"]), "a copy")
}

func set(claim string, value any) func(*request) { return func(r *request) { r.claims[claim] = value } }
func drop(claim string) func(*request)           { return func(r *request) { delete(r.claims, claim) } }
func head(name string, value any) func(*request) { return func(r *request) { r.header[name] = value } }

func payload(payload string) func(*request) { return func(r *request) { r.payload = payload } }

// with makes a change that is right under one more setting of the verifier.
func with(setting func(*requestobject.Verifier), change func(*request)) func(*request) {
	return func(r *request) {
		setting(&r.verifier)
		change(r)
	}
}

func plain(v *requestobject.Verifier) {
	p := requestobject.Plain(issuer)
	p.Now = v.Now
	*v = *p
}

func aside(*request) {}

func all(changes ...func(*request)) func(*request) {
	return func(r *request) {
		for _, change := range changes {
			change(r)
		}
	}
}

type testCase struct {
	name   string
	change func(*request)
	want   error
}

func run(t *testing.T, cases []testCase) {
	t.Helper()
	for _, tt := range cases {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			r := base()
			tt.change(r)
			faults := r.review(t)
			got, err := r.verify()
			require.ErrorIs(t, err, tt.want)
			if tt.want == nil {
				require.NotNil(t, got)
				require.Empty(t, faults)
				return
			}
			if !errors.Is(tt.want, requestobject.ErrReplayStore) { // a review does not ask it
				require.NotEmpty(t, faults)
				require.ErrorIs(t, faults[0], tt.want, "what refuses is found first")
			}
			assert.Nil(t, got, "an error comes with no object")
			assert.NotContains(t, err.Error(), "s-1", "an error quotes nothing")
			assert.False(t, errors.Is(err, requestobject.ErrConfig))
		})
	}
}

// Every case is base with one thing changed; a nil want is a case that must pass.
func TestVerifyClaims(t *testing.T) {
	t.Parallel()
	requireIssuer := func(v *requestobject.Verifier) { v.RequireIssuer = true }
	run(t, []testCase{
		{"JAR-02 no request or request_uri inside", aside, nil},
		{"JAR-02 request_uri inside", set("request_uri", "https://client.example.com/r"), requestobject.ErrNested},
		{"JAR-02 request inside", set("request", "a.b.c"), requestobject.ErrNested},
		{"JAR-02 request_uri null", set("request_uri", nil), requestobject.ErrNested},
		{"JAR-02 request_uri inside, plain", with(plain, set("request_uri", "urn:x")), requestobject.ErrNested},
		{"JAR-02 request_uri in an escape", payload(`{"client_id":"client-4711","aud":"https://as.example.com","exp":1700000300,"nbf":1700000000,"request\u005furi":"urn:x"}`), requestobject.ErrNested},

		{"JAR-04 iss absent", drop("iss"), nil},
		{"JAR-04 iss required", with(requireIssuer, aside), nil},
		{"JAR-04 iss required, absent", with(requireIssuer, drop("iss")), requestobject.ErrIssuer},
		{"JAR-04 iss another client", set("iss", "client-4712"), requestobject.ErrIssuer},
		{"JAR-04 iss empty", set("iss", ""), requestobject.ErrIssuer},
		{"JAR-04 iss null", set("iss", nil), requestobject.ErrMalformed},
		{"JAR-04 iss a number", set("iss", 4711), requestobject.ErrMalformed},
		{"JAR-04 iss another client, plain", with(plain, set("iss", "client-4712")), requestobject.ErrIssuer},

		{"JAR-15 client_id absent", drop("client_id"), requestobject.ErrClientID},
		{"JAR-15 client_id empty", set("client_id", ""), requestobject.ErrClientID},
		{"JAR-15 client_id another", set("client_id", "client-4712"), requestobject.ErrClientID},
		{"JAR-15 client_id in another case", set("client_id", "CLIENT-4711"), requestobject.ErrClientID},
		{"JAR-15 client_id in an array", set("client_id", []string{client}), requestobject.ErrMalformed},
		{"JAR-15 client_id absent, plain", with(plain, drop("client_id")), requestobject.ErrClientID},
		{"JAR-15 verified for another client", func(r *request) { r.client.ID = "client-4712" }, requestobject.ErrClientID},
		{"JAR-15 client without ID", func(r *request) { r.client.ID = ""; r.claims["client_id"], r.claims["iss"] = "", "" }, requestobject.ErrClientID},

		{"JAR-23 sub another than the client", set("sub", "someone"), nil},
		{"JAR-23 sub the client", set("sub", client), requestobject.ErrSubject},
		{"JAR-23 sub the client, plain", with(plain, set("sub", client)), requestobject.ErrSubject},
		{"JAR-23 sub a number", set("sub", 1), requestobject.ErrMalformed},
		{"JAR-23 a client assertion", payload(`{"iss":"client-4711","sub":"client-4711","aud":"https://as.example.com","jti":"1","exp":1700000300,"nbf":1700000000}`), requestobject.ErrClientID},

		{"F1A-AS-15 F2-MS-02 the issuer", set("aud", issuer), nil},
		{"F1A-AS-15 F2-MS-02 an array with the issuer", set("aud", []string{"https://other.example", issuer}), nil},
		{"F1A-AS-15 F2-MS-02 an array without", set("aud", []string{"https://other.example", ""}), requestobject.ErrAudience},
		{"F1A-AS-15 F2-MS-02 an empty array", set("aud", []string{}), requestobject.ErrAudience},
		{"F1A-AS-15 F2-MS-02 the PAR endpoint", set("aud", issuer+"/par"), requestobject.ErrAudience},
		{"F1A-AS-15 F2-MS-02 the PAR endpoint in an array", set("aud", []string{issuer + "/par"}), requestobject.ErrAudience},
		{"F1A-AS-15 F2-MS-02 a trailing slash", set("aud", issuer+"/"), requestobject.ErrAudience},
		{"F1A-AS-15 F2-MS-02 another case", set("aud", strings.ToUpper(issuer)), requestobject.ErrAudience},
		{"F1A-AS-15 F2-MS-02 absent", drop("aud"), requestobject.ErrAudience},
		{"F1A-AS-15 F2-MS-02 empty", set("aud", ""), requestobject.ErrAudience},
		{"F1A-AS-15 F2-MS-02 null", set("aud", nil), requestobject.ErrMalformed},
		{"F1A-AS-15 F2-MS-02 a number", set("aud", 1), requestobject.ErrMalformed},
		{"F1A-AS-15 F2-MS-02 an array with a number", set("aud", []any{issuer, 1}), requestobject.ErrMalformed},
		{"F1A-AS-15 F2-MS-02 no issuer configured", func(r *request) { r.verifier.Issuer = ""; r.claims["aud"] = "" }, requestobject.ErrAudience},
		{"JAR-04 aud absent, plain", with(plain, drop("aud")), nil},
		{"JAR-04 aud an empty array, plain", with(plain, set("aud", []string{})), requestobject.ErrAudience},
		{"JAR-04 aud another, plain", with(plain, set("aud", "https://as.example.org")), requestobject.ErrAudience},

		{"JAR-14 a member twice", payload(`{"client_id":"client-4711","client_id":"client-4711","aud":"https://as.example.com","exp":1700000300,"nbf":1700000000}`), requestobject.ErrMalformed},
		{"JAR-14 a member twice, once escaped", payload(`{"client_id":"client-4711","client\u005fid":"client-4711","aud":"https://as.example.com","exp":1700000300,"nbf":1700000000}`), requestobject.ErrMalformed},
		{"JAR-14 an array", payload(`[]`), requestobject.ErrMalformed},
		{"JAR-14 null", payload(`null`), requestobject.ErrMalformed},
		{"JAR-14 cut off", payload(`{"client_id":"client-4711"`), requestobject.ErrMalformed},
		{"JAR-14 not UTF-8", payload("{\"client_id\":\"client-4711\",\"state\":\"\xff\"}"), requestobject.ErrMalformed},
	})
}

func TestVerifyTimes(t *testing.T) {
	t.Parallel()
	lifetime := func(d time.Duration) func(*requestobject.Verifier) {
		return func(v *requestobject.Verifier) { v.MaxLifetime = d }
	}
	age := func(d time.Duration) func(*requestobject.Verifier) {
		return func(v *requestobject.Verifier) { v.MaxAge = d }
	}
	skew := func(future, expiry time.Duration) func(*requestobject.Verifier) {
		return func(v *requestobject.Verifier) { v.FutureSkew, v.ExpirySkew = future, expiry }
	}
	noNotBefore := func(v *requestobject.Verifier) { v.OptionalNotBefore = true }
	noExpiry := func(v *requestobject.Verifier) { v.OptionalExpiry = true }
	run(t, []testCase{
		{"F1A-AS-13 F2-MS-04 exp 60 minutes after nbf", set("exp", at(3600)), nil},
		{"F1A-AS-13 F2-MS-04 exp 60 minutes and a second after nbf", set("exp", at(3601)), requestobject.ErrLifetime},
		{"F1A-AS-13 F2-MS-04 exp 70 minutes after nbf", set("exp", at(4200)), requestobject.ErrLifetime},
		{"F1A-AS-13 F2-MS-04 exp soon, but 60 minutes after an old nbf", all(set("nbf", at(-3500)), set("exp", at(100))), nil},
		{"F1A-AS-13 F2-MS-04 exp soon, but more than 60 minutes after an old nbf", all(set("nbf", at(-3500)), set("exp", at(101))), requestobject.ErrLifetime},
		{"F1A-AS-13 F2-MS-04 exp absent", drop("exp"), requestobject.ErrExpiryMissing},
		{"F1A-AS-13 F2-MS-04 exp null", set("exp", nil), requestobject.ErrMalformed},
		{"F1A-AS-13 F2-MS-04 exp a string", set("exp", "1700000300"), requestobject.ErrMalformed},
		{"F1A-AS-13 F2-MS-04 exp negative", set("exp", -1), requestobject.ErrMalformed},
		{"F1A-AS-13 F2-MS-04 exp beyond all bounds", set("exp", json.Number("1e300")), requestobject.ErrMalformed},
		{"F1A-AS-13 F2-MS-04 exp zero", set("exp", 0), requestobject.ErrExpired},
		{"F1A-AS-13 F2-MS-04 exp five minutes ago", all(set("nbf", at(-600)), set("exp", at(-300))), requestobject.ErrExpired},
		{"F1A-AS-13 F2-MS-04 exp 9 s ago", all(set("nbf", at(-60)), set("exp", at(-9))), nil},
		{"F1A-AS-13 F2-MS-04 exp 10 s ago", all(set("nbf", at(-60)), set("exp", at(-10))), requestobject.ErrExpired},
		{"F1A-AS-13 F2-MS-04 exp with a fraction", set("exp", json.Number("1700000299.5")), nil},
		{"F1A-AS-13 shorter MaxLifetime, kept", with(lifetime(5*time.Minute), aside), nil},
		{"F1A-AS-13 shorter MaxLifetime, not kept", with(lifetime(5*time.Minute-1), aside), requestobject.ErrLifetime},
		{"F1A-AS-13 any lifetime", with(lifetime(-1), set("exp", at(86400*365))), nil},
		{"F1A-AS-13 longer ExpirySkew, kept", with(skew(0, time.Minute), all(set("nbf", at(-60)), set("exp", at(-59)))), nil},
		{"F1A-AS-13 longer ExpirySkew, not kept", with(skew(0, time.Minute), all(set("nbf", at(-60)), set("exp", at(-60)))), requestobject.ErrExpired},

		{"F1A-AS-17 F2-MS-03 nbf 60 minutes ago", set("nbf", at(-3600)), requestobject.ErrLifetime},
		{"F1A-AS-17 F2-MS-03 nbf 60 minutes ago, exp just now", all(set("nbf", at(-3600)), set("exp", at(0))), nil},
		{"F1A-AS-17 F2-MS-03 nbf 60 minutes and a second ago, exp just now", all(set("nbf", at(-3601)), set("exp", at(-1))), requestobject.ErrTooOld},
		{"F1A-AS-17 F2-MS-03 nbf 70 minutes ago, for an hour", all(set("nbf", at(-4200)), set("exp", at(-600))), requestobject.ErrExpired},
		{"F1A-AS-17 F2-MS-03 nbf 70 minutes ago, lifetime left open", with(lifetime(-1), set("nbf", at(-4200))), requestobject.ErrTooOld},
		{"F1A-AS-17 F2-MS-03 nbf 50 minutes ago, lifetime left open", with(lifetime(-1), set("nbf", at(-3000))), nil},
		{"F1A-AS-17 F2-MS-03 nbf absent", drop("nbf"), requestobject.ErrNotBeforeMissing},
		{"F1A-AS-17 F2-MS-03 nbf null", set("nbf", nil), requestobject.ErrMalformed},
		{"F1A-AS-17 F2-MS-03 nbf a string", set("nbf", "now"), requestobject.ErrMalformed},
		{"F1A-AS-17 F2-MS-03 nbf 8 s ahead", set("nbf", at(8)), nil},
		{"F1A-AS-17 F2-MS-03 nbf 10 s ahead", set("nbf", at(10)), nil},
		{"F1A-AS-17 F2-MS-03 nbf 30 s ahead", set("nbf", at(30)), nil},
		{"F1A-AS-17 F2-MS-03 nbf 31 s ahead", set("nbf", at(31)), requestobject.ErrNotYet},
		{"F1A-AS-17 F2-MS-03 nbf 61 s ahead", set("nbf", at(61)), requestobject.ErrNotYet},
		{"F1A-AS-17 widest: nbf 60 s ahead", with(skew(time.Minute, 0), set("nbf", at(60))), nil},
		{"F1A-AS-17 widest: nbf 61 s ahead", with(skew(time.Minute, 0), set("nbf", at(61))), requestobject.ErrNotYet},
		{"F1A-AS-17 strictest: nbf 10 s ahead", with(skew(10*time.Second, 0), set("nbf", at(10))), nil},
		{"F1A-AS-17 strictest: nbf 11 s ahead", with(skew(10*time.Second, 0), set("nbf", at(11))), requestobject.ErrNotYet},
		{"F1A-AS-17 shorter MaxAge, kept", with(age(time.Minute), set("nbf", at(-60))), nil},
		{"F1A-AS-17 shorter MaxAge, not kept", with(age(time.Minute), set("nbf", at(-61))), requestobject.ErrTooOld},

		{"iat absent", drop("iat"), nil},
		{"iat long ago", set("iat", at(-86400)), nil},
		{"iat 30 s ahead", set("iat", at(30)), nil},
		{"iat 31 s ahead", set("iat", at(31)), requestobject.ErrIssuedAhead},
		{"iat true", set("iat", true), requestobject.ErrMalformed},

		{"exp may be absent", with(noExpiry, drop("exp")), nil},
		{"exp may be absent, but is judged", with(noExpiry, set("exp", at(3601))), requestobject.ErrLifetime},
		{"nbf may be absent", with(noNotBefore, drop("nbf")), nil},
		{"nbf may be absent, but is judged", with(noNotBefore, set("nbf", at(31))), requestobject.ErrNotYet},
		{"without nbf, exp in 60 minutes by a clock 30 s fast", with(noNotBefore, all(drop("nbf"), set("exp", at(3630)))), nil},
		{"without nbf, exp further ahead", with(noNotBefore, all(drop("nbf"), set("exp", at(3631)))), requestobject.ErrLifetime},

		{"plain: no times", with(plain, all(drop("exp"), drop("nbf"), drop("iat"))), nil},
		{"plain: exp in a year", with(plain, set("exp", at(86400*365))), nil},
		{"plain: nbf a year ago", with(plain, set("nbf", at(-86400*365))), nil},
		{"plain: expired", with(plain, set("exp", at(-10))), requestobject.ErrExpired},
		{"plain: exp a string", with(plain, set("exp", "1700000300")), requestobject.ErrMalformed},
		{"plain: nbf 31 s ahead", with(plain, set("nbf", at(31))), requestobject.ErrNotYet},
		{"plain: iat 31 s ahead", with(plain, set("iat", at(31))), requestobject.ErrIssuedAhead},
	})
}

func TestVerifyHeader(t *testing.T) {
	t.Parallel()
	requireType := func(v *requestobject.Verifier) { v.RequireType = true }
	by := func(alg string) func(*request) {
		return func(r *request) {
			switch alg {
			case "PS256", "RS256":
				r.by(alg, rsa2048())
			case "EdDSA", "Ed25519":
				r.by(alg, ed())
			}
		}
	}
	allow := func(algs ...jose.SignatureAlgorithm) func(*request) {
		return func(r *request) { r.verifier.Algorithms = algs }
	}
	registered := func(alg jose.SignatureAlgorithm) func(*request) {
		return func(r *request) { r.client.Algorithm = alg }
	}
	run(t, []testCase{
		{"F1A-ALG-01 ES256", aside, nil},
		{"F1A-ALG-01 PS256", by("PS256"), nil},
		{"JAR-14 EdDSA", by("EdDSA"), nil},
		{"RFC 9864 2.2 Ed25519", by("Ed25519"), nil},
		{"RFC 9864 2.2 Ed25519 where EdDSA is not listed", all(by("Ed25519"), allow(jose.PS256, jose.ES256)), requestobject.ErrAlgorithm},
		{"RFC 9864 2.2 Ed25519 where it is registered", all(by("Ed25519"), registered("Ed25519")), nil},
		{"F1A-ALG-01 EdDSA not listed", all(by("EdDSA"), allow(jose.PS256, jose.ES256)), requestobject.ErrAlgorithm},
		{"F1A-ALG-01 RS256", by("RS256"), requestobject.ErrAlgorithm},
		{"F1A-ALG-02 RS256 listed", all(by("RS256"), allow(jose.RS256)), nil},
		{"F1A-ALG-01 HS256", head("alg", "HS256"), requestobject.ErrAlgorithm},
		{"F1A-ALG-01 ES256 not listed", allow(jose.PS256), requestobject.ErrAlgorithm},
		{"F1A-ALG-01 nothing listed", allow([]jose.SignatureAlgorithm{}...), requestobject.ErrAlgorithm},
		{"F1A-ALG-03 none, without a signature", all(head("alg", "none"), func(r *request) { r.tamper = strip }), requestobject.ErrUnsigned},
		{"F1A-ALG-03 none comes with ErrAlgorithm", all(head("alg", "none"), func(r *request) { r.tamper = strip }), requestobject.ErrAlgorithm},
		{"F1A-ALG-03 None", all(head("alg", "None"), func(r *request) { r.tamper = strip }), requestobject.ErrUnsigned},
		{"F1A-ALG-03 none, with a signature", head("alg", "none"), requestobject.ErrAlgorithm},
		{"F1A-ALG-03 none listed by mistake", all(head("alg", "none"), allow("none"), func(r *request) { r.tamper = strip }), requestobject.ErrKey},

		{"JAR-30 the registered algorithm", registered(jose.ES256), nil},
		{"JAR-30 another algorithm", registered(jose.PS256), requestobject.ErrRegisteredAlgorithm},
		{"JAR-30 the registered algorithm is not allowed", all(by("RS256"), registered(jose.RS256)), requestobject.ErrAlgorithm},

		{"F2-MS-05 JAR-24 typ oauth-authz-req+jwt", aside, nil},
		{"JAR-24 typ in capitals", head("typ", "OAUTH-AUTHZ-REQ+JWT"), nil},
		{"JAR-24 typ with application/", head("typ", "application/oauth-authz-req+jwt"), nil},
		{"JAR-24 typ JWT", head("typ", "JWT"), nil},
		{"JAR-24 typ jwt", head("typ", "jwt"), nil},
		{"JAR-24 typ absent", func(r *request) { delete(r.header, "typ") }, nil},
		{"JAR-23 typ of an access token", head("typ", "at+jwt"), requestobject.ErrType},
		{"JAR-23 typ of a client assertion", head("typ", "client-authentication+jwt"), requestobject.ErrType},
		{"JAR-23 typ of a DPoP proof", head("typ", "dpop+jwt"), requestobject.ErrType},
		{"JAR-23 typ of an answer", head("typ", "token-introspection+jwt"), requestobject.ErrType},
		{"JAR-23 typ text/oauth-authz-req+jwt", head("typ", "text/oauth-authz-req+jwt"), requestobject.ErrType},
		{"JAR-23 typ with a Kelvin sign for a k", head("typ", "oauth-authz-req+\u212awt"), requestobject.ErrType},
		{"JAR-23 typ a number", head("typ", 1), requestobject.ErrMalformed},
		{"JAR-23 typ required", with(requireType, aside), nil},
		{"JAR-23 typ required, with application/", with(requireType, head("typ", "Application/oauth-authz-req+JWT")), nil},
		{"JAR-23 typ required, JWT", with(requireType, head("typ", "JWT")), requestobject.ErrType},
		{"JAR-23 typ required, absent", with(requireType, func(r *request) { delete(r.header, "typ") }), requestobject.ErrType},

		{"JAR-14 crit", head("crit", []string{"exp"}), requestobject.ErrMalformed},
		{"JAR-14 b64", head("b64", true), requestobject.ErrMalformed},
		{"JAR-14 empty", func(r *request) { r.tamper = func(string) string { return "" } }, requestobject.ErrMalformed},
		{"JAR-14 two parts", func(r *request) { r.tamper = func(raw string) string { return raw[:strings.LastIndexByte(raw, '.')] } }, requestobject.ErrMalformed},
		{"JAR-14 four parts", func(r *request) { r.tamper = func(raw string) string { return raw + "." } }, requestobject.ErrMalformed},
		{"JAR-14 a line break at the end", func(r *request) { r.tamper = func(raw string) string { return raw + "\n" } }, requestobject.ErrMalformed},
	})
}

func strip(raw string) string { return raw[:strings.LastIndexByte(raw, '.')+1] }

func TestVerifySignature(t *testing.T) {
	t.Parallel()
	tampered := func(f func(parts []string)) func(*request) {
		return func(r *request) {
			r.tamper = func(raw string) string {
				parts := strings.Split(raw, ".")
				f(parts)
				return strings.Join(parts, ".")
			}
		}
	}
	attacker := must.Get(json.Marshal(jose.JSONWebKey{Key: p256b().Public(), KeyID: "k1"}))
	run(t, []testCase{
		{"JAR-14 signed by the client", aside, nil},
		{"JAR-14 signed by another client", func(r *request) { r.key = p256b() }, requestobject.ErrSignature},
		{"JAR-14 signature cut", tampered(func(p []string) { p[2] = p[2][:80] }), requestobject.ErrSignature},
		{"JAR-14 signature dropped", tampered(func(p []string) { p[2] = "" }), requestobject.ErrSignature},
		{"JAR-14 claims exchanged", tampered(func(p []string) {
			raw := must.Get(base64.RawURLEncoding.DecodeString(p[1]))
			p[1] = leaftest.Base64(strings.Replace(string(raw), "cb", "xx", 1))
		}), requestobject.ErrSignature},
		{"JAR-14 same claims, written otherwise", tampered(func(p []string) {
			raw := must.Get(base64.RawURLEncoding.DecodeString(p[1]))
			p[1] = leaftest.Base64(" " + string(raw))
		}), requestobject.ErrSignature},
		{"JAR-14 header exchanged", tampered(func(p []string) { p[0] = leaftest.Base64(`{"alg":"ES256","kid":"k1"}`) }), requestobject.ErrSignature},
		{"JAR-14 the attacker's key in the header", all(head("jwk", json.RawMessage(attacker)), func(r *request) { r.key = p256b() }), requestobject.ErrSignature},
		{"JAR-14 kid unknown", head("kid", "k2"), requestobject.ErrKey},
		{"JAR-14 kid of another key of the client", func(r *request) {
			r.keys = append(r.keys, jose.JSONWebKey{Key: p256b().Public(), KeyID: "k2"})
			r.header["kid"] = "k2"
		}, requestobject.ErrSignature},
		{"JAR-14 no kid", func(r *request) { delete(r.header, "kid") }, nil},
		{"JAR-14 key for encryption", func(r *request) { r.keys[0].Use = "enc" }, requestobject.ErrKey},
		{"JAR-14 key of 1024 bits", func(r *request) { r.by("PS256", rsa1024()) }, requestobject.ErrWeak},
		{"JAR-14 no keys", func(r *request) { r.keys = []jose.JSONWebKey{} }, requestobject.ErrKey},
		{"JAR-14 no source of keys", func(r *request) { r.keys = nil }, requestobject.ErrKey},
		{"JAR-14 signature by ES256, key of RSA", func(r *request) { r.keys[0].Key = rsa2048().Public() }, requestobject.ErrKey},
	})
}

func TestVerifyBounds(t *testing.T) {
	t.Parallel()
	deep := func(n int) func(*request) {
		return set("authorization_details", json.RawMessage(strings.Repeat("[", n-1)+strings.Repeat("]", n-1)))
	}
	many := func(n int) func(*request) {
		return func(r *request) {
			for i := len(r.claims); i < n; i++ {
				r.claims["x"+strings.Repeat("y", i)] = "1"
			}
		}
	}
	bytes := func(f func(size int) int) func(*request) {
		return func(r *request) {
			raw := r.raw()
			r.tamper = func(string) string { return raw } // ECDSA differs each time, though not in length
			r.verifier.MaxBytes = f(len(raw))
		}
	}
	run(t, []testCase{
		{"nests 32 deep", deep(32), nil},
		{"nests 33 deep", deep(33), requestobject.ErrMalformed},
		{"brackets in a string nest nothing", set("state", strings.Repeat("[", 100)+`\"{`), nil},
		{"nests 30000 deep", payload(strings.Repeat(`{"a":`, 8000)), requestobject.ErrMalformed},
		{"128 claims", many(128), nil},
		{"129 claims", many(129), requestobject.ErrMalformed},
		{"as many bytes as allowed", bytes(func(size int) int { return size }), nil},
		{"one byte more", bytes(func(size int) int { return size - 1 }), requestobject.ErrMalformed},
		{"48 KiB of claims are more than 64 KiB", set("state", strings.Repeat("s", 48<<10)), requestobject.ErrMalformed},
		{"MaxBytes can't go beyond 64 KiB", all(set("state", strings.Repeat("s", 48<<10)), func(r *request) { r.verifier.MaxBytes = 1 << 20 }), requestobject.ErrMalformed},
		{"47 KiB of claims", set("state", strings.Repeat("s", 47<<10)), nil},
		{"JAR-03 a surrogate pair", payload(withState(`\ud83d\ude00`)), nil},
		{"JAR-03 a character just below the pairs", payload(withState(`\ud7ff`)), nil},
		{"JAR-03 half of a surrogate pair", payload(withState(`\ud83d`)), requestobject.ErrMalformed},
		{"JAR-03 the other half", payload(withState(`\uDE00`)), requestobject.ErrMalformed},
		{"JAR-03 two first halves", payload(withState(`\ud83d\ud83d\ude00`)), requestobject.ErrMalformed},
		{"JAR-03 two pairs", payload(withState(`\ud83d\ude00\uD83D\uDE00`)), nil},
		{"JAR-03 a backslash before what looks like half a pair", payload(withState(`\\ud83d`)), nil},
	})
}

func withState(state string) string {
	return `{"client_id":"client-4711","aud":"https://as.example.com","exp":1700000300,"nbf":1700000000,"state":"` + state + `"}`
}
