package resource_test

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	jose "github.com/go-jose/go-jose/v4"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fosite-fapi/fosite-fapi/dpop"
	"github.com/fosite-fapi/fosite-fapi/internal/leaftest"
	"github.com/fosite-fapi/fosite-fapi/internal/must"
	"github.com/fosite-fapi/fosite-fapi/resource"
)

// forge makes the client send a proof of which one thing is different.
func (w *world) forge(change func(header, claims map[string]any)) {
	token := w.token()
	header := map[string]any{"typ": "dpop+jwt", "alg": "ES256", "jwk": jose.JSONWebKey{Key: clientKey().Public()}}
	claims := map[string]any{
		"jti": "proof-1", "htm": "GET", "htu": base + "/accounts", "iat": w.at(0), "ath": dpop.AccessTokenHash(token),
	}
	change(header, claims)
	proof := leaftest.Sign(header, string(must.Get(json.Marshal(claims))), clientKey())
	if header["alg"] == "none" {
		proof = proof[:strings.LastIndexByte(proof, '.')+1]
	}
	w.with(dpop.Header, proof)
}

// CS-83: one request each.
func TestProofRefused(t *testing.T) {
	t.Parallel()
	for name, start := range starts {
		if !strings.HasSuffix(name, "key") {
			continue
		}
		const bad = "invalid_dpop_proof"
		header := func(name string, value any) func(*world) {
			return func(w *world) {
				w.forge(func(h, _ map[string]any) {
					if h[name] = value; value == nil {
						delete(h, name)
					}
				})
			}
		}
		claim := func(name string, value any) func(*world) {
			return func(w *world) {
				w.forge(func(_, c map[string]any) {
					if c[name] = value; value == nil {
						delete(c, name)
					}
				})
			}
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, c := range []refusedCase{
				{"DPOP-40 no proof", "DPOP-40", func(w *world) { w.prover = nil }, 401, bad, dpop.ErrMissing},
				{"DPOP-01 two headers", "DPOP-01", func(w *world) {
					w.change = func(r *http.Request) { r.Header.Add(dpop.Header, r.Header.Get(dpop.Header)) }
				}, 401, bad, dpop.ErrMultiple},
				{"DPOP-02 not a JWT", "DPOP-02", func(w *world) { w.with(dpop.Header, "garbage") }, 401, bad, dpop.ErrMalformed},
				{"DPOP-03 no typ", "DPOP-03", header("typ", nil), 401, bad, dpop.ErrType},
				{"DPOP-03 typ JWT", "DPOP-03", header("typ", "JWT"), 401, bad, dpop.ErrType},
				{"DPOP-04 no alg", "DPOP-04", header("alg", nil), 401, bad, dpop.ErrAlgorithm},
				{"DPOP-04 none", "DPOP-04", header("alg", "none"), 401, bad, dpop.ErrAlgorithm},
				{"DPOP-04 RS256", "DPOP-04", header("alg", "RS256"), 401, bad, dpop.ErrAlgorithm},
				{"DPOP-05 no jwk", "DPOP-05", header("jwk", nil), 401, bad, dpop.ErrKey},
				{"DPOP-05 private jwk", "DPOP-05", header("jwk", jose.JSONWebKey{Key: clientKey()}), 401, bad, dpop.ErrKey},
				{"DPOP-06 broken signature", "DPOP-06", func(w *world) {
					w.change = func(r *http.Request) {
						proof := r.Header.Get(dpop.Header)
						cut := strings.LastIndexByte(proof, '.') + 1
						r.Header.Set(dpop.Header, proof[:cut]+base64.RawURLEncoding.EncodeToString(make([]byte, 64)))
					}
				}, 401, bad, dpop.ErrSignature},
				{"DPOP-07 no jti", "DPOP-07", claim("jti", nil), 401, bad, dpop.ErrIDMissing},
				{"DPOP-07 no htm", "DPOP-08", claim("htm", nil), 401, bad, dpop.ErrMethod},
				{"DPOP-07 no htu", "DPOP-09", claim("htu", nil), 401, bad, dpop.ErrURL},
				{"DPOP-07 no iat", "DPOP-07", claim("iat", nil), 401, bad, dpop.ErrIssuedAtMissing},
				{"DPOP-08 htm PUT", "DPOP-08", claim("htm", "PUT"), 401, bad, dpop.ErrMethod},
				{"DPOP-09 another path", "DPOP-09", claim("htu", base+"/payments"), 401, bad, dpop.ErrURL},
				{"DPOP-09 another host", "DPOP-09", claim("htu", "https://api.example.org/accounts"), 401, bad, dpop.ErrURL},
				{"DPOP-09 the Host of the request is not believed", "DPOP-09", func(w *world) {
					w.proof.URL = "https://evil.example.com/accounts"
					w.change = func(r *http.Request) {
						r.Host = "evil.example.com"
						r.Header.Set("X-Forwarded-Host", "evil.example.com")
					}
				}, 401, bad, dpop.ErrURL},
				{"DPOP-12 iat an hour back", "DPOP-12", func(w *world) { claim("iat", w.at(-3600))(w) }, 401, bad, dpop.ErrExpired},
				{"DPOP-12 iat an hour ahead", "DPOP-12", func(w *world) { claim("iat", w.at(3600))(w) }, 401, bad, dpop.ErrNotYet},
				{"F2-AS-13 nbf 61 s ahead", "DPOP-12", func(w *world) { claim("nbf", w.at(61))(w) }, 401, bad, dpop.ErrNotYet},
				{"DPOP-12 exp a minute back", "DPOP-12", func(w *world) { claim("exp", w.at(-60))(w) }, 401, bad, dpop.ErrExpired},
				{"DPOP-13 no ath", "DPOP-13", claim("ath", nil), 401, bad, dpop.ErrAccessTokenHash},
				{"DPOP-13 ath of another token", "DPOP-13", func(w *world) { w.proof.AccessToken = "other" }, 401, bad, dpop.ErrAccessTokenHash},
				{"DPOP-13 another key", "DPOP-13", func(w *world) { w.prover.Key = otherKey() }, 401, "invalid_token", dpop.ErrThumbprint},
				{"DPOP-13 bound to another key", "DPOP-13", func(w *world) {
					w.claims["cnf"] = map[string]any{"jkt": thumbprint(otherKey())}
				}, 401, "invalid_token", dpop.ErrThumbprint},
				{"DPOP-42 as a bearer token", "DPOP-42", func(w *world) { w.scheme = "Bearer" }, 401, "invalid_token", resource.ErrScheme},
				{"DPOP-54 no nonce", "DPOP-54", func(w *world) { w.config.DPoP.Nonces = w.nonces }, 401, "use_dpop_nonce", dpop.ErrNonceRequired},
				{"DPOP-54 a nonce of somebody else", "DPOP-54", func(w *world) {
					w.config.DPoP.Nonces = w.nonces
					w.proof.Nonce = (&dpop.Nonces{Secret: []byte(strings.Repeat("x", 32)), Now: w.clock.Now}).Current()
				}, 401, "use_dpop_nonce", dpop.ErrNonce},
				{"DPOP-41 DPoP is not accepted here", "BT-03", func(w *world) { w.config.DPoP, w.config.BaseURLs = nil, nil }, 401, "", resource.ErrNoToken},
				{"DPOP-15 the store of used proofs is down", "F2-RS-03", func(w *world) { w.config.DPoP.Replay = broken{} }, 503, "temporarily_unavailable", dpop.ErrReplayStore},
			} {
				c.run(t, start)
			}
		})
	}
}

func TestProofAccepted(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*world){
		"CS-85 htu with query and fragment": func(w *world) { w.forge(func(_, c map[string]any) { c["htu"] = base + "/accounts?a=b#c" }) },
		"DPOP-10 upper-case host":           func(w *world) { w.proof.URL = "HTTPS://API.EXAMPLE.COM/accounts" },
		"DPOP-10 default port":              func(w *world) { w.proof.URL = "https://api.example.com:443/accounts" },
		"DPOP-10 escaped unreserved":        func(w *world) { w.proof.URL = base + "/%61ccounts" },
		"DPOP-09 a second base URL": func(w *world) {
			w.config.BaseURLs = append(w.config.BaseURLs, "https://mtls.example.com/")
			w.proof.URL = "https://mtls.example.com/accounts"
		},
		"DPOP-12 iat 10 s back":  func(w *world) { w.forge(func(_, c map[string]any) { c["iat"] = w.at(-10) }) },
		"DPOP-12 iat 10 s ahead": func(w *world) { w.forge(func(_, c map[string]any) { c["iat"] = w.at(10) }) },
		"DPOP-14 unknown claims, nbf and exp": func(w *world) {
			w.forge(func(_, c map[string]any) { c["nbf"], c["exp"], c["x"] = w.at(0), w.at(60), 1 })
		},
		"DPOP-54 the nonce": func(w *world) { w.config.DPoP.Nonces, w.proof.Nonce = w.nonces, w.nonces.Current() },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t).byKey()
			change(w)
			w.passes(w.call())
		})
	}
}

func TestProofOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t).byKey()
	r := w.request(w.token())
	w.passes(w.send(r.Clone(t.Context())))
	w.seen = nil
	w.assertRefused(w.send(r.Clone(t.Context())), 401, "invalid_dpop_proof", "DPOP-15", dpop.ErrReplayed)
	w.passes(w.send(w.request(w.token()))) // DPOP-44
}

// DPOP-15: of one proof that is sent by many at once, one passes, for every kind of token.
func TestProofOnceAtATime(t *testing.T) {
	t.Parallel()
	const rounds, racers = 200, 32 // a thousand rounds for all kinds
	for name, start := range everyStart() {
		if !strings.HasSuffix(name, "key") {
			continue
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := start(t)
			token := w.token()
			w.handler = func(http.ResponseWriter, *http.Request) {}
			handler := w.protected()
			for range rounds {
				r := w.request(token)
				codes := make(chan int, racers)
				begin := make(chan struct{})
				for range racers {
					go func() {
						rec, own := newRecorder(), r.Clone(t.Context())
						<-begin
						handler.ServeHTTP(rec, own)
						codes <- rec.Code
					}()
				}
				close(begin)
				seen := map[int]int{}
				for range racers {
					seen[<-codes]++
				}
				require.Equal(t, map[int]int{http.StatusOK: 1, http.StatusUnauthorized: racers - 1}, seen)
			}
		})
	}
}

// DPOP-53, DPOP-54: the client needs no more than what the server says.
func TestNonces(t *testing.T) {
	t.Parallel()
	w := newWorld(t).byKey()
	w.config.DPoP.Nonces = w.nonces
	rec := w.call()
	w.assertRefused(rec, 401, "use_dpop_nonce", "DPOP-54", dpop.ErrNonceRequired)
	w.proof.Nonce = rec.Header().Get(dpop.NonceHeader)
	require.NotEmpty(t, w.proof.Nonce)

	rec = w.call()
	w.passes(rec)
	assert.Equal(t, w.proof.Nonce, rec.Header().Get(dpop.NonceHeader))
	assert.Equal(t, "no-store", rec.Header().Get("Cache-Control"))

	w.clock.Forward(4 * time.Minute)
	rec = w.call()
	w.passes(rec)
	next := rec.Header().Get(dpop.NonceHeader)
	require.NotEqual(t, w.proof.Nonce, next, "DPOP-53: the next one, before the last one ends")
	w.proof.Nonce = next
	w.passes(w.call())
}

// Nonces that a proof may do without, but not get wrong.
func TestNonceOptional(t *testing.T) {
	t.Parallel()
	optional := func(tb testing.TB) *world {
		w := newWorld(tb).byKey()
		w.config.DPoP.Nonces, w.config.NonceOptional = w.nonces, true
		return w
	}
	w := optional(t)
	rec := w.call()
	w.passes(rec)
	w.proof.Nonce = rec.Header().Get(dpop.NonceHeader)
	w.passes(w.call())
	refusedCase{"DPOP-54 a nonce of somebody else", "DPOP-54", func(w *world) { w.proof.Nonce = "stale" }, 401, "use_dpop_nonce", dpop.ErrNonce}.run(t, optional)
	refusedCase{"DPOP-54 no longer optional", "DPOP-54", func(w *world) { w.config.NonceOptional = false }, 401, "use_dpop_nonce", dpop.ErrNonceRequired}.run(t, optional)
}

type broken struct{}

func (broken) UseOnce(context.Context, string, string, time.Time) (bool, error) {
	return false, errors.New("down")
}
