package main

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fosite-fapi/fosite-fapi/fapitest"
)

// What a request object must be.
func objectModules() []module {
	all := append(sharedObjectModules(),
		module{name: "ensure-request-object-with-nbf-8-seconds-in-the-future-is-accepted", test: objectPasses(ahead("nbf", 8*time.Second))},
		module{name: "ensure-unsigned-request-at-par-endpoint-fails", test: func(x *trial) {
			x.refused(x.flow(x.a).push(fapitest.Plain), http.StatusBadRequest, "invalid_request")
		}},
		module{name: "par-authorization-request-containing-request_uri", test: (*trial).requestURIInside},
	)
	for i := range all {
		all[i].request = nonRepudiation
	}
	return all
}

// sharedObjectModules have the same names and outcomes in FAPI 1.0 and FAPI 2.0.
func sharedObjectModules() []module {
	return []module{
		{name: "ensure-request-object-with-multiple-aud-succeeds", test: objectPasses(func(m *fapitest.Message) {
			m.Object.Claims["aud"] = []any{m.Object.Claims["aud"], "https://other.example"}
		})},
		objectFails("ensure-request-object-without-exp-fails", dropped("exp")),
		objectFails("ensure-request-object-without-nbf-fails", dropped("nbf")),
		objectFails("ensure-expired-request-object-fails", ahead("exp", -5*time.Minute)),
		objectFails("ensure-request-object-with-bad-aud-fails", inside("aud", "https://other.example")),
		objectFails("ensure-request-object-with-exp-over-60-fails", ahead("exp", 70*time.Minute)),
		objectFails("ensure-request-object-with-nbf-over-60-fails", ahead("nbf", -70*time.Minute)),
		objectFails("ensure-signed-request-object-with-RS256-fails", func(m *fapitest.Message) {
			m.Object.Key, m.Object.Algorithm, m.Object.Header["kid"] = rsaKey(), jose.RS256, "rsa" // the client's own, good for PS256
		}),
		objectFails("ensure-request-object-signature-algorithm-is-not-none", func(m *fapitest.Message) { m.Object.Algorithm = "none" }),
		objectFails("ensure-request-object-with-invalid-signature-fails", func(m *fapitest.Message) { m.Encrypt = damaged }),
		objectFails("ensure-matching-key-in-authorization-request", nil), // the other client's key
		{name: "ensure-request-object-without-redirect-uri-fails", test: func(x *trial) {
			x.misasks("invalid_request", false, dropped("redirect_uri"))
		}},
	}
}

// objectPasses is a request with an object that gets its code, and tokens for it.
func objectPasses(mutate fapitest.Mutation) func(*trial) {
	return func(x *trial) {
		f := x.flow(x.a).sent(mutate)
		x.identifies(f, f.tokens())
	}
}

// objectFails is an object that is refused as such; nil signs it with the key of client b.
func objectFails(name string, mutate fapitest.Mutation) module {
	return module{name: name, test: func(x *trial) {
		if mutate == nil {
			mutate := func(m *fapitest.Message) { m.Object.Key = x.b.Key }
			x.misasks("invalid_request_object", false, mutate)
			return
		}
		x.misasks("invalid_request_object", false, mutate)
	}}
}

// misasks sends a request that is refused: where it is pushed, or at the authorization endpoint where it comes by value.
// There the user sees a page, unless the client has shown that the redirect URI is its own: then the error is sent there.
// The same request without the mutation is granted.
func (x *trial) misasks(code string, sentBack bool, mutate fapitest.Mutation) {
	x.Helper()
	f := x.flow(x.a)
	if x.request != byValue {
		x.refused(f.push(mutate), http.StatusBadRequest, code)
		f.authorized()
		return
	}
	answer := x.get(x.outside, f.sent(mutate).link(), nil)
	if sentBack {
		got := f.answered(answer)
		assert.Equal(x, code, got.Get("error"))
		assert.NotContains(x, got, "code")
	} else {
		x.stopped(answer, code)
	}
	f.sent().authorized()
}

func (x *trial) requestURIInside() {
	x.misasks("invalid_request_object", false, inside("request_uri", "urn:ietf:params:oauth:request_uri:x"))
}

// inside sets a claim of the request object.
func inside(name string, value any) fapitest.Mutation {
	return fapitest.InObject(fapitest.Claim(name, value))
}

func dropped(name string) fapitest.Mutation { return fapitest.InObject(fapitest.NoClaim(name)) }

// ahead sets a claim to a time that far from when the object was made.
func ahead(name string, d time.Duration) fapitest.Mutation {
	return func(m *fapitest.Message) { m.Object.Claims[name] = m.Object.Claims["iat"].(int64) + int64(d.Seconds()) }
}

// damaged changes the signature of a JWS.
func damaged(jws string) (string, error) {
	i := strings.LastIndex(jws, ".") + 5
	other := "A"
	if jws[i:i+1] == other {
		other = "B"
	}
	return jws[:i] + other + jws[i+1:], nil
}

// JAR-13, JAR-31: a client that registered encryption has to encrypt, by what it registered, to a key that the server
// publishes for it.
func TestEncryptedRequestObject(t *testing.T) {
	for _, request := range []string{byValue, pushedRequest} {
		t.Run(request, func(t *testing.T) {
			t.Parallel()
			x := &trial{newSite(t), variant{advancedPlan, privateKeyJWT, certificateBound, openID, request, signedJARM}}
			x.start(func(c *config) {
				c.Consent, c.Clients = "auto", c.Clients[:1]
				x.register(&c.Clients[0])
				c.Clients[0].RequestObjectEncryptionAlg, c.Clients[0].RequestObjectEncryptionEnc = "RSA-OAEP-256", "A256GCM"
			})
			x.a.RequestObjects = true
			assert.ElementsMatch(t, []string{"RSA-OAEP-256", "ECDH-ES"}, x.a.Server.RequestObjectEncryptionAlgValuesSupported)
			encrypted := func(alg jose.KeyAlgorithm, enc jose.ContentEncryption) fapitest.Mutation {
				return func(m *fapitest.Message) { m.Encrypt = x.encryptor(alg, enc) }
			}
			x.tokens(x.flow(x.a).sent(encrypted(jose.RSA_OAEP_256, jose.A256GCM)).authorized().redeem())
			for name, mutate := range map[string]fapitest.Mutation{
				"not at all":             func(*fapitest.Message) {},
				"another algorithm":      encrypted(jose.ECDH_ES, jose.A256GCM),
				"another content cipher": encrypted(jose.RSA_OAEP_256, jose.A128GCM),
			} {
				t.Run(name, func(t *testing.T) {
					y := &trial{x.in(t), x.variant}
					if request == pushedRequest {
						y.refused(y.flow(y.a).push(mutate), http.StatusBadRequest, "invalid_request_object")
					} else {
						y.stopped(y.get(y.outside, y.flow(y.a).sent(mutate).link(), nil), "invalid_request_object")
					}
				})
			}
		})
	}
}

// encryptor encrypts to the key that the server publishes for the algorithm.
func (w *world) encryptor(alg jose.KeyAlgorithm, enc jose.ContentEncryption) func(string) (string, error) {
	w.Helper()
	for _, key := range w.published().Keys {
		if key.Use != "enc" || key.Algorithm != string(alg) {
			continue
		}
		options := (&jose.EncrypterOptions{}).WithContentType("JWT")
		encrypter, err := jose.NewEncrypter(enc, jose.Recipient{Algorithm: alg, Key: key.Key, KeyID: key.KeyID}, options)
		require.NoError(w, err)
		return func(jws string) (string, error) {
			jwe, err := encrypter.Encrypt([]byte(jws))
			if err != nil {
				return "", err
			}
			return jwe.CompactSerialize()
		}
	}
	w.Fatalf("the server publishes no key for %s", alg)
	return nil
}
