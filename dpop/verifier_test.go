package dpop_test

import (
	"crypto/ecdsa"
	"encoding/base64"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	jose "github.com/go-jose/go-jose/v4"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fosite-fapi/fosite-fapi/dpop"
	"github.com/fosite-fapi/fosite-fapi/internal/leaftest"
	"github.com/fosite-fapi/fosite-fapi/internal/must"
)

func TestVerify(t *testing.T) {
	t.Parallel()
	c := base()
	got, err := c.verify()
	require.NoError(t, err)
	assert.Equal(t, &dpop.Proof{Thumbprint: thumbprint(p256()), ID: "id-1", IssuedAt: now, Algorithm: jose.ES256}, got)

	c = base()
	c.atResource()
	c.withNonces()
	got, err = c.verify()
	require.NoError(t, err)
	assert.Equal(t, c.verifier.Nonces.Current(), got.Nonce)
}

func set(claim string, value any) func(*call) { return func(c *call) { c.claims[claim] = value } }
func drop(claim string) func(*call)           { return func(c *call) { delete(c.claims, claim) } }
func head(name string, value any) func(*call) { return func(c *call) { c.header[name] = value } }
func headless(name string) func(*call)        { return func(c *call) { delete(c.header, name) } }
func jwk(name string, value any) func(*call)  { return func(c *call) { c.jwk[name] = value } }
func payload(text string) func(*call)         { return func(c *call) { c.payload = text } }

func tampered(f func(parts []string)) func(*call) {
	return func(c *call) {
		c.tamper = func(proof string) string {
			parts := strings.Split(proof, ".")
			f(parts)
			return strings.Join(parts, ".")
		}
	}
}

// also makes of several changes one.
func also(changes ...func(*call)) func(*call) {
	return func(c *call) {
		for _, change := range changes {
			change(c)
		}
	}
}

type change struct {
	name   string
	change func(*call)
	want   error
}

// judged verifies what comes of each change of start; with an error no proof comes, and nothing is spent.
func judged(t *testing.T, start func(*call), changes []change) {
	t.Helper()
	for _, tt := range changes {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			c := base()
			start(c)
			tt.change(c)
			faults := c.review(t)
			got, err := c.verify()
			if tt.want == nil {
				require.Empty(t, faults)
				require.NoError(t, err)
				require.NotNil(t, got)
				return
			}
			require.ErrorIs(t, err, tt.want)
			if !errors.Is(tt.want, dpop.ErrReplayStore) { // a review does not ask it
				require.NotEmpty(t, faults)
				require.ErrorIs(t, faults[0], tt.want, "what refuses is found first")
			}
			require.Nil(t, got, "an error comes with no proof")
			require.Empty(t, c.used.Entries, "nothing is spent")
		})
	}
}

func TestForm(t *testing.T) {
	t.Parallel()
	claims := `"htm":"POST","htu":"` + tokenURL + `","iat":1700000000`

	judged(t, func(*call) {}, []change{
		{"DPOP-02 DPOP-04 DPOP-06 DPOP-08 DPOP-71 one JWT", func(*call) {}, nil},
		{"DPOP-02 not a JWT", func(c *call) { c.tamper = func(string) string { return "proof" } }, dpop.ErrMalformed},
		{"DPOP-02 two parts", func(c *call) { c.tamper = func(s string) string { return s[:strings.LastIndexByte(s, '.')] } }, dpop.ErrMalformed},
		{"DPOP-02 four parts", func(c *call) { c.tamper = func(s string) string { return s + "." } }, dpop.ErrMalformed},
		{"DPOP-02 a list", func(c *call) { c.tamper = func(s string) string { return s + "," + s } }, dpop.ErrMalformed},
		{"DPOP-02 white space", func(c *call) { c.tamper = func(s string) string { return s + "\n" } }, dpop.ErrMalformed},
		{"DPOP-02 padding", func(c *call) { c.tamper = func(s string) string { return s + "==" } }, dpop.ErrMalformed},
		{"DPOP-02 header not base64url", tampered(func(p []string) { p[0] = "!" + p[0][1:] }), dpop.ErrMalformed},
		{"DPOP-02 header no object", tampered(func(p []string) { p[0] = leaftest.Base64("null") }), dpop.ErrMalformed},
		{"DPOP-02 header not JSON", tampered(func(p []string) { p[0] = leaftest.Base64("{") }), dpop.ErrMalformed},
		{"DPOP-02 payload no object", payload("[]"), dpop.ErrMalformed},
		{"DPOP-02 payload null", payload("null"), dpop.ErrMalformed},
		{"DPOP-02 payload not JSON", payload("{"), dpop.ErrMalformed},
		{"DPOP-02 payload with more behind it", payload(`{"jti":"id-1",` + claims + `}{}`), dpop.ErrMalformed},
		{"DPOP-02 payload not UTF-8", payload(`{"jti":"` + "\xff" + `",` + claims + `}`), dpop.ErrMalformed},
		{"DPOP-02 payload as text", payload(`{"jti":"id-1",` + claims + `}`), nil},
		{"DPOP-02 claim twice", payload(`{"jti":"id-1","jti":"id-2",` + claims + `}`), dpop.ErrMalformed},
		{"DPOP-02 claim in another case", payload(`{"JTI":"id-1",` + claims + `}`), dpop.ErrIDMissing},
		{"DPOP-02 header as JSON serialisation", func(c *call) {
			c.tamper = func(s string) string {
				p := strings.Split(s, ".")
				return `{"protected":"` + p[0] + `","payload":"` + p[1] + `","signature":"` + p[2] + `"}`
			}
		}, dpop.ErrMalformed},
		{"DPOP-02 header member twice", tampered(func(p []string) {
			header := must.Get(base64.RawURLEncoding.DecodeString(p[0]))
			p[0] = leaftest.Base64(`{"typ":"dpop+jwt",` + string(header[1:]))
		}), dpop.ErrMalformed},
		{"DPOP-02 8 KiB", func(c *call) { fill(c, 8<<10) }, nil},
		{"DPOP-02 more than 8 KiB", func(c *call) { fill(c, 8<<10+1) }, dpop.ErrMalformed},
		{"DPOP-40 none", func(c *call) { c.tamper = func(string) string { return "" } }, dpop.ErrMissing},

		{"DPOP-03 typ absent", headless("typ"), dpop.ErrType},
		{"DPOP-03 typ null", head("typ", nil), dpop.ErrType},
		{"DPOP-03 typ JWT", head("typ", "JWT"), dpop.ErrType},
		{"DPOP-03 typ of another case", head("typ", "DPoP+JWT"), nil},
		{"DPOP-03 typ as a whole media type", head("typ", "application/dpop+jwt"), nil},
		{"DPOP-03 typ that only begins so", head("typ", "dpop+jwt2"), dpop.ErrType},
		{"DPOP-03 typ a number", head("typ", 1), dpop.ErrMalformed},
		{"DPOP-71 a client assertion", head("typ", "client-authentication+jwt"), dpop.ErrType},
		{"DPOP-71 an access token", head("typ", "at+jwt"), dpop.ErrType},

		{"DPOP-14 other members in the header", head("kid", "4711"), nil},
		{"F2-CR-08 jku", head("jku", "https://attacker.example/jwks"), nil},
		{"F2-CR-01 crit", head("crit", []string{"exp"}), dpop.ErrMalformed},
		{"F2-CR-01 b64", head("b64", false), dpop.ErrMalformed},
	})
}

// fill makes the proof so many bytes long. Base64 can't have every length, but the sum of two can.
func fill(c *call, size int) {
	least := (size-len(c.proof()))*3/4 - 24
	for kid := range 3 {
		for filler := range 24 {
			c.header["kid"], c.claims["filler"] = strings.Repeat("k", kid), strings.Repeat("x", least+filler)
			if len(c.proof()) == size {
				return
			}
		}
	}
	panic("no such length")
}

func TestAlgorithm(t *testing.T) {
	t.Parallel()
	by := func(alg string, key func() *ecdsa.PrivateKey) func(*call) { return func(c *call) { c.by(alg, key()) } }
	only := func(algs ...jose.SignatureAlgorithm) func(*call) {
		return func(c *call) { c.verifier.Algorithms = algs }
	}
	unsigned := tampered(func(p []string) { p[2] = "" })

	judged(t, func(*call) {}, []change{
		{"F2-CR-02 ES256", by("ES256", p256), nil},
		{"F2-CR-02 PS256", func(c *call) { c.by("PS256", rsa2048()) }, nil},
		{"F2-CR-02 EdDSA", func(c *call) { c.by("EdDSA", ed()) }, nil},
		{"F2-CR-02 RS256", func(c *call) { c.by("RS256", rsa2048()) }, dpop.ErrAlgorithm},
		{"F2-CR-02 RS256, where it is allowed", also(only("RS256"), func(c *call) { c.by("RS256", rsa2048()) }), nil},
		{"F2-CR-02 ES384", by("ES384", p384), dpop.ErrAlgorithm},
		{"DPOP-04 ES256, where only PS256 is allowed", only("PS256"), dpop.ErrAlgorithm},
		{"DPOP-04 an empty list", func(c *call) { c.verifier.Algorithms = []jose.SignatureAlgorithm{} }, dpop.ErrAlgorithm},
		{"DPOP-04 alg absent", headless("alg"), dpop.ErrAlgorithm},
		{"DPOP-04 alg empty", head("alg", ""), dpop.ErrAlgorithm},
		{"DPOP-04 alg a number", head("alg", 256), dpop.ErrMalformed},
		{"DPOP-04 alg in another case", head("alg", "es256"), dpop.ErrAlgorithm},
		{"DPOP-04 HS256", head("alg", "HS256"), dpop.ErrAlgorithm},
		{"DPOP-04 HS256, even if listed", also(head("alg", "HS256"), only("HS256")), dpop.ErrAlgorithm},
		{"F2-CR-03 none", also(head("alg", "none"), unsigned), dpop.ErrAlgorithm},
		{"F2-CR-03 none, even if listed", also(head("alg", "none"), unsigned, only("none")), dpop.ErrAlgorithm},
	})
}

func TestKey(t *testing.T) {
	t.Parallel()
	by := func(alg string, key func() *ecdsa.PrivateKey) func(*call) { return func(c *call) { c.by(alg, key()) } }
	withRSA := func(change func(*call)) func(*call) {
		return also(func(c *call) { c.by("PS256", rsa2048()) }, change)
	}
	private := func(key any) map[string]any { return members(jose.JSONWebKey{Key: key}) }

	judged(t, func(*call) {}, []change{
		{"DPOP-05 absent", func(c *call) { c.jwk = nil }, dpop.ErrKey},
		{"DPOP-05 null", also(func(c *call) { c.jwk = nil }, head("jwk", nil)), dpop.ErrKey},
		{"DPOP-05 a string", also(func(c *call) { c.jwk = nil }, head("jwk", "key")), dpop.ErrMalformed},
		{"DPOP-05 an array", also(func(c *call) { c.jwk = nil }, head("jwk", []string{})), dpop.ErrMalformed},
		{"DPOP-05 empty", also(func(c *call) { c.jwk = nil }, head("jwk", struct{}{})), dpop.ErrKey},
		{"DPOP-05 a kid and no jwk", also(func(c *call) { c.jwk = nil }, head("kid", "4711")), dpop.ErrKey},
		{"DPOP-05 private, EC", func(c *call) { c.jwk = private(p256()) }, dpop.ErrKey},
		{"DPOP-05 private, RSA", withRSA(func(c *call) { c.jwk = private(rsa2048()) }), dpop.ErrKey},
		{"DPOP-05 private, OKP", also(func(c *call) { c.by("EdDSA", ed()) }, func(c *call) { c.jwk = private(ed()) }), dpop.ErrKey},
		{"DPOP-05 symmetric", func(c *call) { c.jwk = private([]byte(strings.Repeat("k", 32))) }, dpop.ErrKey},
		{"DPOP-05 one private member alone, d", jwk("d", ""), dpop.ErrKey},
		{"DPOP-05 one private member alone, null", jwk("d", nil), dpop.ErrKey},
		{"DPOP-05 one private member alone, p", withRSA(jwk("p", private(rsa2048())["p"])), dpop.ErrKey},
		{"DPOP-05 one private member alone, q", withRSA(jwk("q", "AQ")), dpop.ErrKey},
		{"DPOP-05 one private member alone, dp", withRSA(jwk("dp", "AQ")), dpop.ErrKey},
		{"DPOP-05 one private member alone, dq", withRSA(jwk("dq", "AQ")), dpop.ErrKey},
		{"DPOP-05 one private member alone, qi", withRSA(jwk("qi", "AQ")), dpop.ErrKey},
		{"DPOP-05 one private member alone, oth", withRSA(jwk("oth", []any{})), dpop.ErrKey},
		{"DPOP-05 a secret beside the key", jwk("k", "AQ"), dpop.ErrKey},
		{"DPOP-05 public RSA", withRSA(func(*call) {}), nil},
		{"DPOP-14 other members in jwk", also(jwk("kid", "1"), jwk("use", "sig"), jwk("alg", "ES256"), jwk("x", public(p256())["x"])), nil},

		{"F2-CR-01 a point that is not on the curve", jwk("y", public(p256b())["y"]), dpop.ErrKey},
		{"F2-CR-01 a coordinate that is too short", jwk("x", "AQ"), dpop.ErrKey},
		{"F2-CR-01 kty absent", func(c *call) { delete(c.jwk, "kty") }, dpop.ErrKey},
		{"F2-CR-01 kty unknown", jwk("kty", "XY"), dpop.ErrKey},
		{"F2-CR-01 another curve", by("ES256", p384), dpop.ErrKey},
		{"F2-CR-01 another type", func(c *call) { c.by("ES256", rsa2048()) }, dpop.ErrKey},
		{"F2-CR-01 key for another algorithm", jwk("alg", "ES384"), dpop.ErrKey},
		{"F2-CR-01 key for encryption", jwk("use", "enc"), dpop.ErrKey},
		{"RFC 9864 2.2 Ed25519", func(c *call) { c.by("Ed25519", ed()) }, nil},
		{"RFC 9864 2.2 Ed25519 with another key", func(c *call) { c.by("Ed25519", p256()) }, dpop.ErrKey},
		{"RFC 9864 2.2 EdDSA by its new name", also(func(c *call) { c.by("EdDSA", ed()) }, jwk("alg", "Ed25519")), nil},
		{"F2-CR-04 RSA of 1024 bits", func(c *call) { c.by("PS256", rsa1024()) }, dpop.ErrKey},
		{"F2-CR-05 P-224", by("ES256", p224), dpop.ErrKey},
	})

	t.Run("DPOP-06 signature", func(t *testing.T) {
		t.Parallel()
		judged(t, func(*call) {}, []change{
			{"another key", func(c *call) { c.key = p256b() }, dpop.ErrSignature},
			{"another key in the header", func(c *call) { c.jwk = public(p256b()) }, dpop.ErrSignature},
			{"absent", tampered(func(p []string) { p[2] = "" }), dpop.ErrSignature},
			{"cut", tampered(func(p []string) { p[2] = p[2][:84] }), dpop.ErrSignature},
			{"zero", tampered(func(p []string) { p[2] = strings.Repeat("A", 86) }), dpop.ErrSignature},
			{"one bit", tampered(func(p []string) { p[2] = flip(p[2]) }), dpop.ErrSignature},
			{"other claims", tampered(func(p []string) {
				p[1] = leaftest.Base64(`{"jti":"id-2","htm":"POST","htu":"` + tokenURL + `","iat":1700000000}`)
			}), dpop.ErrSignature},
			{"trailing bits", tampered(func(p []string) { p[2] = p[2][:85] + map[byte]string{'A': "B", 'Q': "R", 'g': "h", 'w': "x"}[p[2][85]] }), dpop.ErrMalformed},
		})
	})
}

// flip changes one bit of the first byte.
func flip(part string) string {
	data := must.Get(base64.RawURLEncoding.DecodeString(part))
	data[0] ^= 1
	return base64.RawURLEncoding.EncodeToString(data)
}

func TestClaims(t *testing.T) {
	t.Parallel()
	skewed := func(skew time.Duration, seconds int64) func(*call) {
		return also(func(c *call) { c.verifier.FutureSkew = skew }, set("iat", at(seconds)))
	}
	lasting := func(lifetime time.Duration, seconds int64) func(*call) {
		return also(func(c *call) { c.verifier.Lifetime = lifetime }, set("iat", at(seconds)))
	}

	judged(t, func(*call) {}, []change{
		{"DPOP-07 jti absent", drop("jti"), dpop.ErrIDMissing},
		{"DPOP-07 jti null", set("jti", nil), dpop.ErrIDMissing},
		{"DPOP-07 jti empty", set("jti", ""), dpop.ErrIDMissing},
		{"DPOP-07 jti a number", set("jti", 1), dpop.ErrMalformed},
		{"DPOP-15 jti of 256 bytes", set("jti", strings.Repeat("j", 256)), nil},
		{"DPOP-15 jti of 257 bytes", set("jti", strings.Repeat("j", 257)), dpop.ErrIDMissing},

		{"DPOP-07 htm absent", drop("htm"), dpop.ErrMethod},
		{"DPOP-07 htm a number", set("htm", 1), dpop.ErrMalformed},
		{"DPOP-08 htm of another request", set("htm", "PUT"), dpop.ErrMethod},
		{"DPOP-08 htm in another case", set("htm", "post"), dpop.ErrMethod},
		{"DPOP-08 sent with another method", func(c *call) { c.request.Method = "GET" }, dpop.ErrMethod},
		{"DPOP-08 sent with no method", also(func(c *call) { c.request.Method = "" }, set("htm", "")), dpop.ErrMethod},

		{"DPOP-07 iat absent", drop("iat"), dpop.ErrIssuedAtMissing},
		{"DPOP-07 iat null", set("iat", nil), dpop.ErrMalformed},
		{"DPOP-07 iat a string", set("iat", "1700000000"), dpop.ErrMalformed},
		{"DPOP-07 iat negative", set("iat", -1), dpop.ErrMalformed},
		{"DPOP-07 iat in milliseconds", set("iat", at(0)*1000), dpop.ErrMalformed},
		{"DPOP-07 iat beyond all bounds", set("iat", json.Number("1e300")), dpop.ErrMalformed},
		{"DPOP-07 iat zero", set("iat", 0), dpop.ErrExpired},
		{"DPOP-07 iat with a fraction", set("iat", json.Number("1699999999.5")), nil},
		{"DPOP-07 iat with an exponent", set("iat", json.Number("1.7e9")), nil},
		{"DPOP-12 iat 10 s back", set("iat", at(-10)), nil},
		{"DPOP-12 iat 59 s back, as far as it goes", set("iat", at(-59)), nil},
		{"DPOP-12 iat 60 s back", set("iat", at(-60)), dpop.ErrExpired},
		{"DPOP-12 iat 60 s back, but for a moment", set("iat", json.Number("1699999940.001")), nil},
		{"DPOP-12 iat an hour back", set("iat", at(-3600)), dpop.ErrExpired},
		{"DPOP-12 iat an hour ahead", set("iat", at(3600)), dpop.ErrNotYet},
		{"DPOP-12 shortest Lifetime, 14 s back", lasting(15*time.Second, -14), nil},
		{"DPOP-12 shortest Lifetime, 15 s back", lasting(15*time.Second, -15), dpop.ErrExpired},
		{"DPOP-12 longest Lifetime, 599 s back", lasting(10*time.Minute, -599), nil},
		{"DPOP-12 longest Lifetime, 600 s back", lasting(10*time.Minute, -600), dpop.ErrExpired},
		{"CS-53 iat 10 s back", set("iat", at(-10)), nil},
		{"CS-53 iat 8 s ahead", set("iat", at(8)), nil},
		{"F2-AS-13 iat 10 s ahead", set("iat", at(10)), nil},
		{"F2-AS-13 iat 30 s ahead, as far as it goes", set("iat", at(30)), nil},
		{"F2-AS-13 iat 30 s and a bit ahead", set("iat", json.Number("1700000030.001")), dpop.ErrNotYet},
		{"F2-AS-13 iat 61 s ahead", set("iat", at(61)), dpop.ErrNotYet},
		{"F2-AS-13 strictest: iat 10 s ahead", skewed(10*time.Second, 10), nil},
		{"F2-AS-13 strictest: iat 11 s ahead", skewed(10*time.Second, 11), dpop.ErrNotYet},
		{"F2-AS-13 widest: iat 60 s ahead", skewed(time.Minute, 60), nil},
		{"F2-AS-13 widest: iat 61 s ahead", skewed(time.Minute, 61), dpop.ErrNotYet},

		{"F2-AS-13 nbf 10 s ahead", set("nbf", at(10)), nil},
		{"F2-AS-13 nbf 30 s ahead, as far as it goes", set("nbf", at(30)), nil},
		{"F2-AS-13 nbf 30 s and a bit ahead", set("nbf", json.Number("1700000030.001")), dpop.ErrNotYet},
		{"F2-AS-13 nbf 61 s ahead", set("nbf", at(61)), dpop.ErrNotYet},
		{"F2-AS-13 widest: nbf 60 s ahead", also(skewed(time.Minute, 0), set("nbf", at(60))), nil},
		{"F2-AS-13 widest: nbf 61 s ahead", also(skewed(time.Minute, 0), set("nbf", at(61))), dpop.ErrNotYet},
		{"DPOP-12 exp ahead", set("exp", at(60)), nil},
		{"DPOP-12 exp 9 s back, as far as it goes", set("exp", at(-9)), nil},
		{"DPOP-12 exp 10 s back", set("exp", at(-10)), dpop.ErrExpired},
		{"DPOP-12 exp zero", set("exp", 0), dpop.ErrExpired},
		{"DPOP-02 exp of another type", set("exp", "soon"), dpop.ErrMalformed},
		{"DPOP-02 nbf of another type", set("nbf", true), dpop.ErrMalformed},
		{"DPOP-14 unknown claims", set("https://example.com/claim", map[string]any{"a": []int{1}}), nil},
		{"CS-64 nbf, exp and another claim", also(set("nbf", at(0)), set("exp", at(300)), set("aud", "x")), nil},

		{"DPOP-13 ath at the authorization server", set("ath", "anything"), nil},
		{"DPOP-13 ath a number", set("ath", 1), dpop.ErrMalformed},
	})
}

func TestBinding(t *testing.T) {
	t.Parallel()
	judged(t, (*call).atResource, []change{
		{"DPOP-13 token and key", func(*call) {}, nil},
		{"DPOP-13 ath absent", drop("ath"), dpop.ErrAccessTokenHash},
		{"DPOP-13 ath empty", set("ath", ""), dpop.ErrAccessTokenHash},
		{"DPOP-13 ath of another token", set("ath", dpop.AccessTokenHash(accessToken+"x")), dpop.ErrAccessTokenHash},
		{"DPOP-13 sent with another token", func(c *call) { c.request.AccessToken += "x" }, dpop.ErrAccessTokenHash},
		{"DPOP-13 ath padded", set("ath", dpop.AccessTokenHash(accessToken)+"="), dpop.ErrAccessTokenHash},
		{"DPOP-74 ath the token itself", set("ath", accessToken), dpop.ErrAccessTokenHash},
		{"DPOP-13 another key", func(c *call) { c.by("ES256", p256b()) }, dpop.ErrThumbprint},
		{"DPOP-13 a token bound to another key", func(c *call) { c.request.Thumbprint = thumbprint(p256b()) }, dpop.ErrThumbprint},
		{"DPOP-13 a token bound to no key", func(c *call) { c.request.Thumbprint = "-" }, dpop.ErrThumbprint},
		{"DPOP-64 any key", also(func(c *call) { c.by("ES256", p256b()) }, func(c *call) { c.request.Thumbprint = "" }), nil},
	})
	bound := func(c *call) { c.request.Thumbprint = thumbprint(p256()) }
	judged(t, bound, []change{
		{"DPOP-60 CS-63 the key of dpop_jkt", func(*call) {}, nil},
		{"DPOP-60 CS-27 CS-28 another key than that of dpop_jkt", func(c *call) { c.by("ES256", p256b()) }, dpop.ErrThumbprint},
		{"DPOP-60 the key of dpop_jkt, claimed by another", func(c *call) { c.key = p256b() }, dpop.ErrSignature},
		{"DPOP-60 a dpop_jkt that is none", func(c *call) { c.request.Thumbprint += "=" }, dpop.ErrThumbprint},
	})
}
