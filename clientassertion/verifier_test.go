package clientassertion_test

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

	"github.com/fosite-fapi/fosite-fapi/clientassertion"
	"github.com/fosite-fapi/fosite-fapi/internal/leaftest"
	"github.com/fosite-fapi/fosite-fapi/internal/must"
)

func TestVerify(t *testing.T) {
	t.Parallel()
	r := base()
	got, err := r.verify()
	require.NoError(t, err)
	assert.Equal(t, &clientassertion.Assertion{
		Issuer: client, Subject: client, ID: "id-1",
		Expires: now.Add(time.Minute), IssuedAt: now, NotBefore: now,
		Algorithm: jose.ES256, KeyID: "k1",
	}, got)
}

func set(claim string, value any) func(*request) { return func(r *request) { r.claims[claim] = value } }
func drop(claim string) func(*request)           { return func(r *request) { delete(r.claims, claim) } }
func head(name string, value any) func(*request) { return func(r *request) { r.header[name] = value } }

func payload(payload string) func(*request) { return func(r *request) { r.payload = payload } }

func audience(a clientassertion.Audience, aud any) func(*request) {
	return func(r *request) { r.verifier.Audience, r.claims["aud"] = a, aud }
}

func skewed(skew time.Duration, claim string, seconds int64) func(*request) {
	return func(r *request) { r.verifier.FutureSkew, r.claims[claim] = skew, at(seconds) }
}

// Every case is base with one thing changed; a nil want is a case that must pass.
func TestVerifyClauses(t *testing.T) {
	t.Parallel()

	wide := clientassertion.Audience{Issuer: issuer, Also: []string{issuer + "/token", issuer + "/par"}, Array: true}
	names := clientassertion.Audience{Issuer: issuer, Also: []string{issuer + "/token"}}
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

	for _, tt := range []struct {
		name   string
		change func(*request)
		want   error
	}{
		{"CA-02 iss missing", drop("iss"), clientassertion.ErrIssuer},
		{"CA-02 iss empty", set("iss", ""), clientassertion.ErrIssuer},
		{"CA-02 iss another client", set("iss", "client-4712"), clientassertion.ErrIssuer},
		{"CA-02 iss in another case", set("iss", "CLIENT-4711"), clientassertion.ErrIssuer},
		{"CA-02 iss a number", set("iss", 4711), clientassertion.ErrMalformed},
		{"CA-02 iss under another name", payload(`{"Iss":"client-4711","sub":"client-4711","aud":"https://as.example.com","jti":"id-1","exp":1700000060}`), clientassertion.ErrIssuer},
		{"CA-02 sub missing", drop("sub"), clientassertion.ErrSubject},
		{"CA-02 sub null", set("sub", nil), clientassertion.ErrSubject},
		{"CA-02 sub another client", set("sub", "client-4712"), clientassertion.ErrSubject},
		{"CA-02 verified for another client", func(r *request) { r.client.ID = "client-4712" }, clientassertion.ErrIssuer},
		{"CA-02 client without ID", func(r *request) { r.client.ID = ""; r.claims["iss"], r.claims["sub"] = "", "" }, clientassertion.ErrIssuer},

		{"CA-03 aud missing", drop("aud"), clientassertion.ErrAudience},
		{"CA-03 aud empty", set("aud", ""), clientassertion.ErrAudience},
		{"CA-03 aud another server", set("aud", "https://as.example.org"), clientassertion.ErrAudience},
		{"CA-03 aud an object", set("aud", map[string]any{}), clientassertion.ErrMalformed},
		{"CA-03 aud null", set("aud", nil), clientassertion.ErrMalformed},
		{"CA-03 aud a number", set("aud", 1), clientassertion.ErrMalformed},
		{"CA-03 aud with a number in it", set("aud", []any{issuer, 1}), clientassertion.ErrMalformed},
		{"F2-AS-08 issuer", set("aud", issuer), nil},
		{"F2-AS-08 issuer in an array", set("aud", []string{issuer}), clientassertion.ErrAudience},
		{"F2-AS-08 issuer among others", set("aud", []string{issuer, "https://rs.example.com"}), clientassertion.ErrAudience},
		{"F2-AS-08 empty array", set("aud", []string{}), clientassertion.ErrAudience},
		{"F2-AS-08 token endpoint", set("aud", issuer+"/token"), clientassertion.ErrAudience},
		{"F2-AS-08 PAR endpoint", set("aud", issuer+"/par"), clientassertion.ErrAudience},
		{"F2-AS-08 trailing slash", set("aud", issuer+"/"), clientassertion.ErrAudience},
		{"F2-AS-08 another case", set("aud", "https://AS.example.com"), clientassertion.ErrAudience},
		{"CA-03 FAPI 1.0: token endpoint", audience(wide, issuer+"/token"), nil},
		{"CA-03 FAPI 1.0: issuer", audience(wide, issuer), nil},
		{"CA-03 FAPI 1.0: array", audience(wide, []string{"https://other.example", issuer + "/par"}), nil},
		{"CA-03 FAPI 1.0: array of others", audience(wide, []string{"https://other.example", ""}), clientassertion.ErrAudience},
		{"CA-03 FAPI 1.0: another URL", audience(wide, issuer+"/userinfo"), clientassertion.ErrAudience},
		{"CA-03 other names, but no array", audience(names, []string{issuer + "/token"}), clientassertion.ErrAudience},
		{"CA-03 other names", audience(names, issuer+"/token"), nil},

		{"CA-04 exp missing", drop("exp"), clientassertion.ErrExpiryMissing},
		{"CA-04 exp null", set("exp", nil), clientassertion.ErrMalformed},
		{"CA-04 exp a string", set("exp", "1700000060"), clientassertion.ErrMalformed},
		{"CA-04 exp an array", set("exp", []int64{at(60)}), clientassertion.ErrMalformed},
		{"CA-04 exp zero", set("exp", 0), clientassertion.ErrExpired},
		{"CA-04 exp negative", set("exp", -1), clientassertion.ErrMalformed},
		{"CA-04 exp beyond all bounds", set("exp", json.Number("1e300")), clientassertion.ErrMalformed},
		{"CA-04 exp out of range", set("exp", int64(1)<<62), clientassertion.ErrMalformed},
		{"CA-04 exp five minutes ago", set("exp", at(-300)), clientassertion.ErrExpired},
		{"CA-04 exp 9 s ago", set("exp", at(-9)), nil},
		{"CA-04 exp 10 s ago", set("exp", at(-10)), clientassertion.ErrExpired},
		{"CA-04 exp with a fraction", set("exp", json.Number("1699999990.5")), nil},
		{"CA-04 exp with an exponent", set("exp", json.Number("1.70000006e9")), nil},
		{"CA-04 exp in an hour", set("exp", at(3600)), nil},
		{"CA-04 exp in an hour by a clock 30 s fast", set("exp", at(3630)), nil},
		{"CA-04 exp further ahead", set("exp", at(3631)), clientassertion.ErrLifetime},
		{"CA-04 exp in milliseconds", set("exp", at(60)*1000), clientassertion.ErrMalformed},
		{"CA-04 shorter MaxLifetime, kept", func(r *request) { r.verifier.MaxLifetime = time.Minute }, nil},
		{"CA-04 shorter MaxLifetime, not kept", func(r *request) { r.verifier.MaxLifetime = 29 * time.Second }, clientassertion.ErrLifetime},
		{"CA-04 longer ExpirySkew, kept", func(r *request) { r.verifier.ExpirySkew = time.Minute; r.claims["exp"] = at(-59) }, nil},
		{"CA-04 longer ExpirySkew, not kept", func(r *request) { r.verifier.ExpirySkew = time.Minute; r.claims["exp"] = at(-60) }, clientassertion.ErrExpired},

		{"CA-05 nbf missing", drop("nbf"), nil},
		{"CA-05 iat missing", drop("iat"), nil},
		{"CA-05 iat long ago", set("iat", at(-86400)), nil},
		{"CA-05 nbf a string", set("nbf", "now"), clientassertion.ErrMalformed},
		{"CA-05 iat true", set("iat", true), clientassertion.ErrMalformed},
		{"F2-AS-13 iat 8 s ahead", set("iat", at(8)), nil},
		{"F2-AS-13 nbf 8 s ahead", set("nbf", at(8)), nil},
		{"F2-AS-13 iat 10 s ahead", set("iat", at(10)), nil},
		{"F2-AS-13 nbf 10 s ahead", set("nbf", at(10)), nil},
		{"F2-AS-13 iat 30 s ahead, as far as it goes", set("iat", at(30)), nil},
		{"F2-AS-13 nbf 30 s ahead, as far as it goes", set("nbf", at(30)), nil},
		{"F2-AS-13 iat 30 s and a bit ahead", set("iat", json.Number("1700000030.001")), clientassertion.ErrNotYet},
		{"F2-AS-13 iat 31 s ahead", set("iat", at(31)), clientassertion.ErrNotYet},
		{"F2-AS-13 nbf 31 s ahead", set("nbf", at(31)), clientassertion.ErrNotYet},
		{"F2-AS-13 iat 61 s ahead", set("iat", at(61)), clientassertion.ErrNotYet},
		{"F2-AS-13 nbf 61 s ahead", set("nbf", at(61)), clientassertion.ErrNotYet},
		{"F2-AS-13 strictest: iat 10 s ahead", skewed(10*time.Second, "iat", 10), nil},
		{"F2-AS-13 strictest: nbf 10 s ahead", skewed(10*time.Second, "nbf", 10), nil},
		{"F2-AS-13 strictest: iat 11 s ahead", skewed(10*time.Second, "iat", 11), clientassertion.ErrNotYet},
		{"F2-AS-13 strictest: nbf 11 s ahead", skewed(10*time.Second, "nbf", 11), clientassertion.ErrNotYet},
		{"F2-AS-13 widest: iat 60 s ahead", skewed(60*time.Second, "iat", 60), nil},
		{"F2-AS-13 widest: nbf 60 s ahead", skewed(60*time.Second, "nbf", 60), nil},
		{"F2-AS-13 widest: iat 61 s ahead", skewed(60*time.Second, "iat", 61), clientassertion.ErrNotYet},
		{"F2-AS-13 widest: nbf 61 s ahead", skewed(60*time.Second, "nbf", 61), clientassertion.ErrNotYet},

		{"CA-06 jti missing", drop("jti"), clientassertion.ErrIDMissing},
		{"CA-06 jti empty", set("jti", ""), clientassertion.ErrIDMissing},
		{"CA-06 jti a number", set("jti", 1), clientassertion.ErrMalformed},
		{"CA-06 jti of 256 bytes", set("jti", strings.Repeat("a", 256)), nil},
		{"CA-06 jti of 257 bytes", set("jti", strings.Repeat("a", 257)), clientassertion.ErrMalformed},
		{"CA-06 replay store fails", func(r *request) { r.used.Err = errors.New("connection lost") }, clientassertion.ErrReplayStore},
		{"CA-06 no replay store", func(r *request) { r.verifier.Replay = nil }, clientassertion.ErrReplayStore},

		{"CA-07 signed by another key", func(r *request) { r.key = p256b() }, clientassertion.ErrSignature},
		{"CA-07 signature cut", tampered(func(p []string) { p[2] = p[2][:80] }), clientassertion.ErrSignature},
		{"CA-07 signature dropped", tampered(func(p []string) { p[2] = "" }), clientassertion.ErrSignature},
		{"CA-07 signature in DER", tampered(func(p []string) { p[2] = leaftest.Base64("\x30\x06\x02\x01\x01\x02\x01\x01") }), clientassertion.ErrSignature},
		{"CA-07 claims exchanged", tampered(func(p []string) {
			p[1] = leaftest.Base64(`{"iss":"client-4711","sub":"client-4711","aud":"https://as.example.com","jti":"id-2","exp":1700000060}`)
		}), clientassertion.ErrSignature},
		{"CA-07 header exchanged", tampered(func(p []string) { p[0] = leaftest.Base64(`{"alg":"ES256","kid":"k1"}`) }), clientassertion.ErrSignature},
		{"CA-07 same claims, written otherwise", tampered(func(p []string) {
			raw, _ := base64.RawURLEncoding.DecodeString(p[1])
			p[1] = leaftest.Base64(" " + string(raw))
		}), clientassertion.ErrSignature},
		{"CA-07 kid unknown", head("kid", "k2"), clientassertion.ErrKey},
		{"CA-07 no kid, one key", func(r *request) { delete(r.header, "kid") }, nil},
		{"CA-07 client without keys", func(r *request) { r.keys = []jose.JSONWebKey{} }, clientassertion.ErrKey},
		{"CA-07 client with no source of keys", func(r *request) { r.keys = nil }, clientassertion.ErrKey},
		{"CA-07 client with a nil set", func(r *request) { r.client.Keys = clientassertion.StaticKeys(nil) }, clientassertion.ErrKey},

		{"CA-09 the registered algorithm", func(r *request) { r.client.Algorithm = jose.ES256 }, nil},
		{"CA-09 another one", func(r *request) { r.client.Algorithm = jose.PS256 }, clientassertion.ErrAlgorithm},

		{"CA-10 typ client-authentication+jwt", head("typ", "client-authentication+jwt"), nil},
		{"CA-10 typ as a full media type", head("typ", "application/client-authentication+jwt"), nil},
		{"CA-10 typ jwt", head("typ", "jwt"), nil},
		{"CA-10 no typ", func(r *request) { delete(r.header, "typ") }, nil},
		{"CA-10 a narrower list, kept", func(r *request) {
			r.verifier.Types, r.header["typ"] = []string{"client-authentication+jwt"}, "client-authentication+jwt"
		}, nil},
		{"CA-10 a narrower list, not kept", func(r *request) { r.verifier.Types = []string{"client-authentication+jwt"} }, clientassertion.ErrType},
		{"F2-CR-01 typ of a request object", head("typ", "oauth-authz-req+jwt"), clientassertion.ErrType},
		{"F2-CR-01 typ of a DPoP proof", head("typ", "dpop+jwt"), clientassertion.ErrType},
		{"F2-CR-01 crit", head("crit", []string{"exp"}), clientassertion.ErrMalformed},
		{"F2-CR-01 crit with b64", func(r *request) { r.header["crit"], r.header["b64"] = []string{"b64"}, false }, clientassertion.ErrMalformed},
		{"F2-CR-01 b64", head("b64", false), clientassertion.ErrMalformed},
		{"F2-CR-01 alg and key don't match", head("alg", "PS256"), clientassertion.ErrKey},
		{"F2-CR-01 key of another curve", func(r *request) { r.key, r.keys[0].Key = p384(), p384().Public() }, clientassertion.ErrKey},

		{"F2-CR-02 PS256", func(r *request) { r.by("PS256", rsa2048()) }, nil},
		{"F2-CR-02 EdDSA", func(r *request) { r.by("EdDSA", ed()) }, nil},
		{"F2-CR-02 RS256", func(r *request) { r.by("RS256", rsa2048()) }, clientassertion.ErrAlgorithm},
		{"F2-CR-02 RS256 where it is allowed", func(r *request) {
			r.by("RS256", rsa2048())
			r.verifier.Algorithms = []jose.SignatureAlgorithm{jose.RS256}
		}, nil},
		{"F2-CR-02 ES384", head("alg", "ES384"), clientassertion.ErrAlgorithm},
		{"F2-CR-02 PS384", head("alg", "PS384"), clientassertion.ErrAlgorithm},
		{"F2-CR-02 Ed448", head("alg", "Ed448"), clientassertion.ErrAlgorithm},
		{"F2-CR-02 EdDSA by a key that has its new name", func(r *request) { r.by("EdDSA", ed()); r.keys[0].Algorithm = "Ed25519" }, nil},
		{"F2-CR-02 Ed25519", func(r *request) { r.by("Ed25519", ed()) }, nil},
		{"F2-CR-02 Ed25519 where EdDSA isn't", func(r *request) {
			r.by("Ed25519", ed())
			r.verifier.Algorithms = []jose.SignatureAlgorithm{jose.PS256, jose.ES256}
		}, clientassertion.ErrAlgorithm},
		{"F2-CR-02 Ed25519 with another key", func(r *request) { r.by("Ed25519", ed()); r.keys[0].Key = p256().Public() }, clientassertion.ErrKey},
		{"F2-CR-02 Ed25519 that says ES256", func(r *request) { r.by("ES256", ed()) }, clientassertion.ErrKey},
		{"CA-09 Ed25519 where EdDSA is registered", func(r *request) { r.by("Ed25519", ed()); r.client.Algorithm = jose.EdDSA }, nil},
		{"CA-09 EdDSA where Ed25519 is registered", func(r *request) { r.by("EdDSA", ed()); r.client.Algorithm = "Ed25519" }, nil},
		{"CA-09 Ed25519 where ES256 is registered", func(r *request) { r.by("Ed25519", ed()); r.client.Algorithm = jose.ES256 }, clientassertion.ErrAlgorithm},
		{"F2-CR-02 Ed25519, where the configuration said yes without Validate", func(r *request) {
			r.by("Ed25519", ed())
			r.verifier.Algorithms = []jose.SignatureAlgorithm{"Ed25519"}
		}, clientassertion.ErrAlgorithm},
		{"F2-CR-02 ES256 where it isn't", func(r *request) { r.verifier.Algorithms = []jose.SignatureAlgorithm{jose.PS256} }, clientassertion.ErrAlgorithm},
		{"F2-CR-02 alg missing", func(r *request) { delete(r.header, "alg") }, clientassertion.ErrAlgorithm},
		{"F2-CR-03 none", head("alg", "none"), clientassertion.ErrAlgorithm},
		{"F2-CR-03 None", head("alg", "None"), clientassertion.ErrAlgorithm},
		{"F2-CR-03 none, where the configuration forgot to say no", func(r *request) {
			r.header["alg"], r.key = "none", nil
			r.verifier.Algorithms = []jose.SignatureAlgorithm{"none"}
		}, clientassertion.ErrKey},
		{"F2-CR-03 HS256", head("alg", "HS256"), clientassertion.ErrAlgorithm},
		{"F2-CR-04 RSA of 1024 bits", func(r *request) { r.by("PS256", rsa1024()) }, clientassertion.ErrKey},

		{"F2-CR-08 jku is not followed", head("jku", "https://evil.example/jwks"), nil},
		{"F2-CR-08 x5u is not followed", head("x5u", "https://evil.example/cert"), nil},
		{"F2-CR-08 jwk is not used", func(r *request) { r.header["jwk"], r.key = json.RawMessage(attacker), p256b() }, clientassertion.ErrSignature},
		{"F2-CR-08 jwk is of no use to the right key", head("jwk", json.RawMessage(attacker)), nil},
		{"F2-CR-08 jwk that is private", head("jwk", json.RawMessage(must.Get(json.Marshal(jose.JSONWebKey{Key: p256()})))), clientassertion.ErrMalformed},
		{"F2-CR-08 x5c is not used", func(r *request) { r.header["x5c"], r.key = []string{leaftest.X5C(p256b())}, p256b() }, clientassertion.ErrSignature},
		{"F2-CR-08 x5c of the right key", head("x5c", []string{leaftest.X5C(p256())}), nil},
		{"F2-CR-08 x5c that is no certificate", head("x5c", []string{"AAAA"}), clientassertion.ErrMalformed},

		{"F2-CR-09 same kid, another kty", func(r *request) { r.before(jose.JSONWebKey{Key: rsa2048().Public(), KeyID: "k1"}) }, nil},
		{"F2-CR-09 same kid, another use", func(r *request) { r.before(jose.JSONWebKey{Key: p256b().Public(), KeyID: "k1", Use: "enc"}) }, nil},
		{"F2-CR-09 same kid, another alg", func(r *request) { r.before(jose.JSONWebKey{Key: p256b().Public(), KeyID: "k1", Algorithm: "ES512"}) }, nil},
		{"F2-CR-09 same kid, another crv", func(r *request) { r.before(jose.JSONWebKey{Key: p384().Public(), KeyID: "k1"}) }, nil},
		{"F2-CR-09 same kid, no difference", func(r *request) { r.before(jose.JSONWebKey{Key: p256b().Public(), KeyID: "k1"}) }, nil},
		{"F2-CR-09 only a key for encryption", func(r *request) { r.keys[0].Use = "enc" }, clientassertion.ErrKey},
		{"F2-CR-09 only a key for another alg", func(r *request) { r.keys[0].Algorithm = "ES512" }, clientassertion.ErrKey},
		{"F2-CR-09 the key has another kid", func(r *request) { r.keys[0].KeyID = "k9" }, clientassertion.ErrKey},
		{"F2-CR-09 the key has no kid", func(r *request) { r.keys[0].KeyID = "" }, nil},

		{"claims: unknown ones are ignored", set("https://example.com/x", map[string]any{"aud": []int{1}}), nil},
		{"claims: member twice", payload(`{"iss":"client-4711","iss":"client-4711","sub":"client-4711","aud":"https://as.example.com","jti":"id-1","exp":1700000060}`), clientassertion.ErrMalformed},
		{"claims: null", payload(`null`), clientassertion.ErrMalformed},
		{"claims: array", payload(`[]`), clientassertion.ErrMalformed},
		{"claims: no JSON", payload(`iss=client-4711`), clientassertion.ErrMalformed},
		{"claims: escapes", payload(`{"iss":"client-4711","sub":"client-4711","aud":"https:\/\/\u0061s.example.com","jti":"id-1","exp":1700000060}`), nil},
		{"claims: aud with a line break", payload("{\"iss\":\"client-4711\",\"sub\":\"client-4711\",\"aud\":\"https://as.example.com\n\",\"jti\":\"id-1\",\"exp\":1700000060}"), clientassertion.ErrMalformed},
		{"claims: aud with a backslash", payload(`{"iss":"client-4711","sub":"client-4711","aud":"https://as.example.com\\","jti":"id-1","exp":1700000060}`), clientassertion.ErrAudience},
		{"claims: a tail", payload(`{"iss":"client-4711","sub":"client-4711","aud":"https://as.example.com","jti":"id-1","exp":1700000060} {}`), clientassertion.ErrMalformed},
		{"claims: not UTF-8", payload("{\"iss\":\"client-4711\",\"sub\":\"client-4711\",\"aud\":\"https://as.example.com\",\"jti\":\"\xff\",\"exp\":1700000060}"), clientassertion.ErrMalformed},
		{"size: empty", func(r *request) { r.tamper = func(string) string { return "" } }, clientassertion.ErrMalformed},
		{"size: not three parts", func(r *request) { r.tamper = func(raw string) string { return raw + "." } }, clientassertion.ErrMalformed},
		{"size: white space", func(r *request) { r.tamper = func(raw string) string { return raw + "\n" } }, clientassertion.ErrMalformed},
		{"size: 12 KiB", set("x", strings.Repeat("x", 8<<10)), nil},
		{"size: more than 16 KiB", set("x", strings.Repeat("x", 12<<10)), clientassertion.ErrMalformed},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			r := base()
			tt.change(r)
			faults := r.review(t)
			got, err := r.verify()
			if tt.want == nil {
				assert.Empty(t, faults)
				require.NoError(t, err)
				require.NotNil(t, got)
				assert.Len(t, r.used.Entries, 1)
				return
			}
			require.ErrorIs(t, err, tt.want)
			if !errors.Is(tt.want, clientassertion.ErrReplayStore) { // a review does not ask it
				require.NotEmpty(t, faults)
				require.ErrorIs(t, faults[0], tt.want, "what refuses is found first")
			}
			assert.Nil(t, got, "an error comes with no assertion")
			assert.Empty(t, r.used.Entries, "a refused assertion doesn't spend its jti")
			for _, part := range strings.Split(r.raw(), ".") {
				if len(part) > 20 {
					assert.NotContains(t, err.Error(), part)
				}
			}
			assert.NotContains(t, err.Error(), "id-1")
		})
	}
}

// before puts a key before the right one.
func (r *request) before(k jose.JSONWebKey) { r.keys = append([]jose.JSONWebKey{k}, r.keys...) }

func TestClockWithFraction(t *testing.T) {
	t.Parallel()

	r := base()
	r.verifier.FutureSkew = time.Minute
	r.claims["iat"] = at(61)
	r.verifier.Now = func() time.Time { return now.Add(time.Second - time.Nanosecond) }
	_, err := r.verify()
	require.ErrorIs(t, err, clientassertion.ErrNotYet, "60 s and 1 ns")

	r.verifier.Now = func() time.Time { return now.Add(time.Second) }
	_, err = r.verify()
	require.NoError(t, err, "60 s")
}

func TestSystemClock(t *testing.T) {
	t.Parallel()
	r := base()
	r.verifier.Now = nil
	_, err := r.verify()
	assert.ErrorIs(t, err, clientassertion.ErrExpired, "an assertion of 2023")
}
