package requestobject_test

import (
	"context"
	"crypto/ecdsa"
	"errors"
	"strings"
	"testing"

	jose "github.com/go-jose/go-jose/v4"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fosite-fapi/fosite-fapi/internal/leaftest"
	"github.com/fosite-fapi/fosite-fapi/internal/must"
	"github.com/fosite-fapi/fosite-fapi/requestobject"
)

func serverKeys() requestobject.DecryptionKeys {
	return requestobject.StaticDecryptionKeys(
		requestobject.DecryptionKey{Private: rsaEnc(), ID: "rsa"},
		requestobject.DecryptionKey{Private: p256enc(), ID: "ec"},
	)
}

// nested is base, encrypted.
func nested() *request {
	r := base()
	r.verifier.Decryption = serverKeys()
	r.wrap = &wrapping{alg: jose.RSA_OAEP_256, enc: jose.A256GCM, to: rsaEnc().Public(), kid: "rsa", header: map[jose.HeaderKey]any{"cty": "JWT"}}
	return r
}

func register(alg jose.KeyAlgorithm, enc jose.ContentEncryption) func(*request) {
	return func(r *request) { r.client.EncryptionAlgorithm, r.client.ContentEncryption = alg, enc }
}

func encrypt(alg jose.KeyAlgorithm, enc jose.ContentEncryption) func(*request) {
	return func(r *request) {
		r.wrap.alg, r.wrap.enc = alg, enc
		if strings.HasPrefix(string(alg), "ECDH") {
			r.wrap.to, r.wrap.kid = p256enc().Public(), "ec"
		}
	}
}

func contentType(cty string) func(*request) {
	return func(r *request) { r.wrap.header["cty"] = cty }
}

type failingKeys struct{ err error }

func (k failingKeys) DecryptionKeys(context.Context) ([]requestobject.DecryptionKey, error) {
	return nil, k.err
}

// Every case is nested with one thing changed; a nil want is a case that must pass.
func TestVerifyEncrypted(t *testing.T) {
	t.Parallel()
	down := errors.New("the HSM is down")
	bare := func(r *request) { r.wrap = nil }
	parts := func(f func(parts []string)) func(*request) {
		return func(r *request) {
			r.tamper = func(raw string) string {
				all := strings.Split(raw, ".")
				f(all)
				return strings.Join(all, ".")
			}
		}
	}
	cases := []testCase{
		{"JAR-13 opened by the server's key", aside, nil},
		{"JAR-13 encrypted to another's key", func(r *request) { r.wrap.to = rsa2048().Public() }, requestobject.ErrDecryption},
		{"JAR-13 kid of another key", func(r *request) { r.wrap.kid = "ec" }, requestobject.ErrDecryption},
		{"JAR-13 kid unknown", func(r *request) { r.wrap.kid = "gone" }, requestobject.ErrDecryption},
		{"JAR-13 no kid", func(r *request) { r.wrap.kid = "" }, nil},
		{"JAR-13 ciphertext changed", parts(func(p []string) { p[3] = "AAAA" + p[3][4:] }), requestobject.ErrDecryption},
		{"JAR-13 tag changed", parts(func(p []string) { p[4] = strings.Repeat("A", 22) }), requestobject.ErrDecryption},
		{"JAR-13 wrapped key changed", parts(func(p []string) { p[1] = "AAAA" + p[1][4:] }), requestobject.ErrDecryption},
		{"JAR-13 wrapped key dropped", parts(func(p []string) { p[1] = "" }), requestobject.ErrDecryption},
		{"JAR-13 the server has no keys", func(r *request) { r.verifier.Decryption = nil }, requestobject.ErrDecryption},
		{"JAR-13 the server's keys can't be had", func(r *request) { r.verifier.Decryption = failingKeys{down} }, requestobject.ErrDecryptionKeys},
		{"JAR-13 the cause is kept", func(r *request) { r.verifier.Decryption = failingKeys{down} }, down},
		{"JAR-13 header not JSON", parts(func(p []string) { p[0] = leaftest.Base64("x") }), requestobject.ErrMalformed},
		{"JAR-13 header not base64url", parts(func(p []string) { p[0] = "=" }), requestobject.ErrMalformed},
		{"JAR-13 crit", parts(func(p []string) { p[0] = leaftest.Base64(`{"alg":"RSA-OAEP-256","enc":"A256GCM","crit":["exp"]}`) }), requestobject.ErrMalformed},
		{"JAR-13 compressed", func(r *request) { r.wrap.zip = jose.DEFLATE }, requestobject.ErrMalformed},
		{"JAR-13 too long", func(r *request) { r.verifier.MaxBytes = 1000 }, requestobject.ErrMalformed},

		{"JAR-05 signed, then encrypted", aside, nil},
		{"JAR-05 encrypted, but not signed", func(r *request) { r.header["alg"] = "none" }, requestobject.ErrAlgorithm},
		{"JAR-05 encrypted twice", func(r *request) { r.tamper = r.wrap.encrypt }, requestobject.ErrMalformed},
		{"JAR-05 cty JWT in lower case", contentType("jwt"), nil},
		{"JAR-05 cty as a whole media type", contentType("application/jwt"), nil},
		{"JAR-05 no cty", func(r *request) { delete(r.wrap.header, "cty") }, nil},
		{"JAR-05 cty of a request object", contentType("oauth-authz-req+jwt"), requestobject.ErrContentType},
		{"JAR-05 cty of a request object is malformed", contentType("oauth-authz-req+jwt"), requestobject.ErrMalformed},
		{"JAR-05 cty empty", contentType(""), requestobject.ErrContentType},
		{"JAR-05 cty a number", func(r *request) { r.wrap.header["cty"] = 1 }, requestobject.ErrMalformed},
		{"JAR-05 signed by another", func(r *request) { r.key = p256b() }, requestobject.ErrSignature},
		{"JAR-05 claims judged all the same", set("aud", issuer+"/par"), requestobject.ErrAudience},

		{"F1A-ALG-04 RSA1_5", encrypt(jose.RSA1_5, jose.A256GCM), requestobject.ErrEncryptionAlgorithm},
		{"F1A-ALG-04 RSA1_5, listed by mistake", all(encrypt(jose.RSA1_5, jose.A256GCM), func(r *request) {
			r.verifier.EncryptionAlgorithms = []jose.KeyAlgorithm{jose.RSA1_5}
		}), requestobject.ErrEncryptionAlgorithm},
		{"alg not listed", func(r *request) { r.verifier.EncryptionAlgorithms = []jose.KeyAlgorithm{jose.ECDH_ES} }, requestobject.ErrEncryptionAlgorithm},
		{"enc not listed", func(r *request) { r.verifier.ContentEncryptions = []jose.ContentEncryption{jose.A128GCM} }, requestobject.ErrEncryptionAlgorithm},
		{"enc A192GCM", encrypt(jose.RSA_OAEP, jose.A192GCM), requestobject.ErrEncryptionAlgorithm},
		{"enc A192GCM listed", all(encrypt(jose.RSA_OAEP, jose.A192GCM), func(r *request) {
			r.verifier.ContentEncryptions = []jose.ContentEncryption{jose.A192GCM}
		}), nil},

		{"JAR-24 typ of the JWE", func(r *request) { r.wrap.header["typ"] = "application/oauth-authz-req+jwt" }, nil},
		{"JAR-23 typ of the JWE another", func(r *request) { r.wrap.header["typ"] = "at+jwt" }, requestobject.ErrType},
		{"JAR-23 typ of the JWE a number", func(r *request) { r.wrap.header["typ"] = 1 }, requestobject.ErrMalformed},

		{"JAR-31 not encrypted, and none registered", bare, nil},
		{"JAR-31 registered", register(jose.RSA_OAEP_256, jose.A256GCM), nil},
		{"JAR-31 registered, not encrypted", all(register(jose.RSA_OAEP_256, jose.A256GCM), bare), requestobject.ErrEncryptionRequired},
		{"JAR-31 registered another alg", register(jose.RSA_OAEP, jose.A256GCM), requestobject.ErrRegisteredEncryption},
		{"JAR-31 registered another enc", register(jose.RSA_OAEP_256, jose.A128GCM), requestobject.ErrRegisteredEncryption},
		{"JAR-31 registered alg alone, enc by default", all(register(jose.RSA_OAEP_256, ""), encrypt(jose.RSA_OAEP_256, jose.A128CBC_HS256)), nil},
		{"JAR-31 registered alg alone, another enc", register(jose.RSA_OAEP_256, ""), requestobject.ErrRegisteredEncryption},
	}
	for _, alg := range []jose.KeyAlgorithm{jose.RSA_OAEP, jose.RSA_OAEP_256, jose.ECDH_ES, jose.ECDH_ES_A128KW, jose.ECDH_ES_A256KW} {
		for _, enc := range []jose.ContentEncryption{jose.A128GCM, jose.A256GCM, jose.A128CBC_HS256, jose.A256CBC_HS512} {
			cases = append(cases, testCase{"JAR-13 " + string(alg) + " " + string(enc), encrypt(alg, enc), nil})
		}
	}
	for i := range cases {
		change := cases[i].change
		cases[i].change = func(r *request) {
			*r = *nested()
			change(r)
		}
	}
	run(t, cases)
}

func TestEncryptedObject(t *testing.T) {
	t.Parallel()
	r := nested()
	got, err := r.verify()
	require.NoError(t, err)
	assert.Equal(t, jose.RSA_OAEP_256, got.EncryptionAlgorithm)
	assert.Equal(t, jose.A256GCM, got.ContentEncryption)
	assert.Equal(t, jose.ES256, got.Algorithm)
	assert.Equal(t, "s-1", got.Form().Get("state"))
}

// A key on a curve may be where it can't be seen.
func TestOpaqueDecryptionKey(t *testing.T) {
	t.Parallel()
	r := nested()
	encrypt(jose.ECDH_ES, jose.A128GCM)(r)
	agreement := must.Get(must.Get(p256enc(), error(nil)).ECDH())
	r.verifier.Decryption = requestobject.StaticDecryptionKeys(requestobject.DecryptionKey{Private: agreement, ID: "ec", Algorithm: jose.ECDH_ES})
	_, err := r.verify()
	require.NoError(t, err)

	r.verifier.Decryption = requestobject.StaticDecryptionKeys(requestobject.DecryptionKey{Private: agreement, ID: "ec", Algorithm: jose.ECDH_ES_A128KW})
	_, err = r.verify()
	require.ErrorIs(t, err, requestobject.ErrDecryption, "the key is for another alg")

	r.verifier.Decryption = requestobject.StaticDecryptionKeys(requestobject.DecryptionKey{Private: (*ecdsa.PrivateKey)(nil), ID: "ec"})
	_, err = r.verify()
	assert.ErrorIs(t, err, requestobject.ErrDecryption, "no key at all")
}
