package fapi_test

import (
	"bytes"
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/ory/fosite"
	"github.com/ory/fosite/compose"
	"github.com/ory/fosite/storage"

	"github.com/fosite-fapi/fosite-fapi/clientassertion"
	"github.com/fosite-fapi/fosite-fapi/dpop"
	"github.com/fosite-fapi/fosite-fapi/fapi"
	"github.com/fosite-fapi/fosite-fapi/fapitest"
	"github.com/fosite-fapi/fosite-fapi/keys"
	"github.com/fosite-fapi/fosite-fapi/par"
	"github.com/fosite-fapi/fosite-fapi/pkce"
	"github.com/fosite-fapi/fosite-fapi/registration"
)

// A flowBench measures PAR -> authorize -> token on the server's side alone. What a client does, signing assertions and
// proofs, is done before the clock runs, and the requests that carry them are the same three all the time, so that
// nothing is allocated but by the server.
type flowBench struct {
	provider *fapi.Provider
	client   *registration.Client
	handler  http.Handler
	key      crypto.Signer
	alg      jose.SignatureAlgorithm
	binding  fapi.Binding
	unseen   bool   // every assertion and proof has a header of its own
	push     string // the form of the pushed request, up to the assertion
	token    string // the form of the token request, up to the assertion
	pushed   *reused
	page     *http.Request
	access   *reused
	out      response
}

const benchVerifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"

func newFlowBench(tb testing.TB, alg jose.SignatureAlgorithm, binding fapi.Binding) *flowBench {
	tb.Helper()
	return newFlowBenchOf(tb, fapi.FAPI2Security(), "code", alg, binding)
}

// newFlowBenchOf is newFlowBench for a client of another profile.
func newFlowBenchOf(tb testing.TB, profile fapi.Profile, responseType string, alg jose.SignatureAlgorithm, binding fapi.Binding, options ...fapi.Option) *flowBench {
	tb.Helper()
	f := &flowBench{alg: alg, binding: binding, key: testEC()}
	if alg == jose.PS256 {
		f.key = testRSA()
	}
	connection := &tls.ConnectionState{HandshakeComplete: true}
	if binding == fapi.BindingMTLS {
		cert := testPKI().MustClientCertificate(tb, pkix.Name{CommonName: "bench"})
		connection.PeerCertificates = []*x509.Certificate{cert.Leaf}
	}
	f.connect(connection)
	client := &registration.Client{ID: "bench", Metadata: registration.Metadata{
		RedirectURIs: []string{"https://client.example.com/cb"}, TokenEndpointAuthMethod: "private_key_jwt",
		TokenEndpointAuthSigningAlg: string(alg), IDTokenSignedResponseAlg: string(alg), Scope: "openid accounts",
		GrantTypes: []string{"authorization_code"}, ResponseTypes: []string{responseType}, DPoPBoundAccessTokens: binding == fapi.BindingDPoP,
		JWKS: &jose.JSONWebKeySet{Keys: []jose.JSONWebKey{{Key: f.key.Public(), KeyID: "k", Algorithm: string(alg), Use: "sig"}}},
	}}
	store := storage.NewMemoryStore()
	store.Clients["bench"] = client
	set, err := keys.New(keys.Key{Signer: f.key, Algorithm: alg})
	if err != nil {
		tb.Fatal(err)
	}
	config := hostConfig()
	provider, err := fapi.Compose(config, store, compose.NewOAuth2HMACStrategy(config), append(options, fapi.WithProfile(profile),
		fapi.WithKeys(set), fapi.WithAccessTokenFormat(fapi.JWT), fapi.WithLogger(slog.New(slog.NewTextHandler(io.Discard, nil))))...)
	if err != nil {
		tb.Fatal(err)
	}
	h := &fapi.Handlers{Provider: provider, Interaction: fapi.InteractionFunc(
		func(_ http.ResponseWriter, _ *http.Request, ar fosite.AuthorizeRequester) (*fapi.Decision, error) {
			return &fapi.Decision{Session: fapi.NewSession("alice"), Scopes: ar.GetRequestedScopes()}, nil
		})}
	f.provider, f.client = provider, client
	f.handler, err = h.Mux(context.Background())
	if err != nil {
		tb.Fatal(err)
	}
	f.push = url.Values{
		"response_type": {"code"}, "client_id": {"bench"}, "redirect_uri": {"https://client.example.com/cb"}, "scope": {"openid accounts"},
		"state": {"af0ifjsldkj-af0ifjsldkj"}, "nonce": {"n-0S6_WzA2Mj-n-0S6_WzA2Mj"},
		"code_challenge": {pkce.S256(benchVerifier)}, "code_challenge_method": {"S256"}, "client_assertion_type": {clientassertion.Type},
	}.Encode() + "&client_assertion="
	f.token = url.Values{
		"grant_type": {"authorization_code"}, "client_id": {"bench"}, "redirect_uri": {"https://client.example.com/cb"},
		"code_verifier": {benchVerifier}, "client_assertion_type": {clientassertion.Type},
	}.Encode() + "&client_assertion="
	return f
}

// connect makes the requests that the flows send.
func (f *flowBench) connect(connection *tls.ConnectionState) {
	f.pushed, f.access = newReused("/par", connection), newReused("/token", connection)
	f.page = newReused("/authorize", connection).Request
	f.page.Method, f.page.Header, f.page.Body = http.MethodGet, http.Header{}, http.NoBody
}

// another sends to the same server, at the same time.
func (f *flowBench) another() *flowBench {
	other := *f
	other.out = response{}
	other.connect(f.page.TLS)
	return &other
}

// A reused request is one that is sent again and again with another body.
type reused struct {
	*http.Request
	reader bytes.Reader
	body   []byte
}

func newReused(path string, connection *tls.ConnectionState) *reused {
	r := &reused{body: make([]byte, 0, 4096)}
	r.Request = &http.Request{
		Method: http.MethodPost, URL: &url.URL{Scheme: "https", Host: "as.example.com", Path: path}, Host: "as.example.com", TLS: connection,
		Header: http.Header{"Content-Type": {"application/x-www-form-urlencoded"}}, Body: io.NopCloser(&r.reader),
	}
	return r
}

// with makes parts the body.
func (r *reused) with(parts ...string) *http.Request {
	r.body = r.body[:0]
	for _, part := range parts {
		r.body = append(r.body, part...)
	}
	r.reader.Reset(r.body)
	r.ContentLength = int64(len(r.body))
	r.Form, r.PostForm = nil, nil
	return r.Request
}

// response is the cheapest possible http.ResponseWriter.
type response struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func (r *response) Header() http.Header         { return r.header }
func (r *response) WriteHeader(status int)      { r.status = status }
func (r *response) Write(b []byte) (int, error) { return r.body.Write(b) }

func (r *response) reset() {
	clear(r.header)
	r.body.Reset()
	if r.header == nil {
		r.header = make(http.Header, 16)
	}
}

// prepared is what a client signs for one flow.
type prepared struct {
	push, token string
	proof       []string // the header's value
}

func (f *flowBench) prepare(tb testing.TB, n int) []prepared {
	tb.Helper()
	all := make([]prepared, n)
	for i := range all {
		all[i] = prepared{push: f.assertion(tb), token: f.assertion(tb)}
		if f.binding == fapi.BindingDPoP {
			// Not older than a minute when it is used: benchmarks run for seconds.
			key := f.key
			if f.unseen {
				key, _ = ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
			}
			proof, err := (&dpop.Signer{Key: key, Algorithm: f.alg}).Proof(dpop.ProofOptions{Method: http.MethodPost, URL: issuer + "/token", Now: func() time.Time { return time.Now().Add(25 * time.Second) }})
			if err != nil {
				tb.Fatal(err)
			}
			all[i].proof = []string{proof}
		}
	}
	return all
}

func (f *flowBench) assertion(tb testing.TB) string {
	now, header := time.Now(), map[string]any{"kid": "k", "typ": "JWT"}
	if f.unseen {
		header["n"] = rand.Text()
	}
	signed, err := fapitest.Sign(f.key, f.alg, header, map[string]any{
		"iss": "bench", "sub": "bench", "aud": issuer, "jti": rand.Text(), "iat": now.Unix(), "exp": now.Add(30 * time.Minute).Unix(),
	})
	if err != nil {
		tb.Fatal(err)
	}
	return signed
}

func (f *flowBench) send(r *http.Request) {
	f.out.reset()
	f.handler.ServeHTTP(&f.out, r)
}

func between(s, from, to string) string {
	_, s, _ = strings.Cut(s, from)
	s, _, _ = strings.Cut(s, to)
	return s
}

func (f *flowBench) flow(tb testing.TB, c prepared) {
	if err := f.try(c); err != nil {
		tb.Fatal(err)
	}
}

func (f *flowBench) try(c prepared) error {
	f.send(f.pushed.with(f.push, c.push))
	reference := between(f.out.body.String(), `"request_uri":"`+par.Prefix, `"`)
	f.page.URL.RawQuery = "client_id=bench&request_uri=urn%3Aietf%3Aparams%3Aoauth%3Arequest_uri%3A" + reference
	f.page.Form, f.page.PostForm = nil, nil
	f.send(f.page)
	code := between(f.out.header.Get("Location"), "code=", "&")
	if c.proof != nil {
		f.access.Header["Dpop"] = c.proof // as net/http writes it
	}
	f.send(f.access.with(f.token, c.token, "&code=", code))
	if f.out.status != http.StatusOK || !bytes.Contains(f.out.body.Bytes(), []byte("id_token")) {
		return fmt.Errorf("%d %s", f.out.status, f.out.body.String())
	}
	return nil
}

// floor does with the standard library what a flow can't avoid: two assertions and the proof are verified, an access
// token and an ID token are signed.
func (f *flowBench) floor(tb testing.TB) func() {
	if f.binding == fapi.BindingDPoP {
		return f.crypto(tb, 3, 2)
	}
	return f.crypto(tb, 2, 2)
}

// crypto verifies and signs that many times.
func (f *flowBench) crypto(tb testing.TB, verifications, signatures int) func() {
	digest := sha256.Sum256([]byte("what is signed"))
	options := &rsa.PSSOptions{SaltLength: rsa.PSSSaltLengthEqualsHash, Hash: crypto.SHA256}
	var opts crypto.SignerOpts = crypto.SHA256
	if f.alg == jose.PS256 {
		opts = options
	}
	signature, err := f.key.Sign(rand.Reader, digest[:], opts)
	if err != nil {
		tb.Fatal(err)
	}
	return func() {
		for range verifications {
			switch key := f.key.Public().(type) {
			case *ecdsa.PublicKey:
				if !ecdsa.VerifyASN1(key, digest[:], signature) {
					tb.Fatal("the floor is broken")
				}
			case *rsa.PublicKey:
				if err := rsa.VerifyPSS(key, crypto.SHA256, digest[:], signature, options); err != nil {
					tb.Fatal(err)
				}
			}
		}
		for range signatures {
			if _, err := f.key.Sign(rand.Reader, digest[:], opts); err != nil {
				tb.Fatal(err)
			}
		}
	}
}

// variants are what the benchmarks run.
var variants = []struct {
	alg     jose.SignatureAlgorithm
	binding fapi.Binding
}{{jose.ES256, fapi.BindingMTLS}, {jose.ES256, fapi.BindingDPoP}, {jose.PS256, fapi.BindingMTLS}, {jose.PS256, fapi.BindingDPoP}}

func BenchmarkFlow(b *testing.B) {
	for _, v := range variants {
		b.Run(string(v.alg)+"/"+string(v.binding), func(b *testing.B) {
			f := newFlowBench(b, v.alg, v.binding)
			all := f.prepare(b, b.N)
			b.ReportAllocs()
			b.ResetTimer()
			for i := range b.N {
				f.flow(b, all[i])
			}
		})
	}
}

// BenchmarkFlowParallel is [BenchmarkFlow] for as many clients at once as there are cores. With -cpu 1,2,4 it shows what
// they wait for each other.
func BenchmarkFlowParallel(b *testing.B) {
	for _, v := range variants {
		b.Run(string(v.alg)+"/"+string(v.binding), func(b *testing.B) {
			f := newFlowBench(b, v.alg, v.binding)
			all := f.prepare(b, b.N)
			var next atomic.Int64
			b.ReportAllocs()
			b.ResetTimer()
			b.RunParallel(func(each *testing.PB) {
				own := f.another()
				for each.Next() {
					if err := own.try(all[next.Add(1)-1]); err != nil {
						b.Error(err)
						return
					}
				}
			})
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "flows/s")
		})
	}
}

// BenchmarkFlowUnseen is [BenchmarkFlow] without what is remembered of the headers of earlier assertions and proofs: none
// of them comes again. It is what the first flow of a client costs.
func BenchmarkFlowUnseen(b *testing.B) {
	for _, binding := range []fapi.Binding{fapi.BindingMTLS, fapi.BindingDPoP} {
		b.Run("ES256/"+string(binding), func(b *testing.B) {
			f := newFlowBench(b, jose.ES256, binding)
			f.unseen = true
			all := f.prepare(b, b.N)
			b.ReportAllocs()
			b.ResetTimer()
			for i := range b.N {
				f.flow(b, all[i])
			}
		})
	}
}

// BenchmarkFloor is what [BenchmarkFlow] can't be faster than.
func BenchmarkFloor(b *testing.B) {
	for _, v := range variants {
		b.Run(string(v.alg)+"/"+string(v.binding), func(b *testing.B) {
			floor := newFlowBench(b, v.alg, v.binding).floor(b)
			for b.Loop() {
				floor()
			}
		})
	}
}

// BenchmarkRatio runs flow and floor in turns, so that both see the same machine, and reports the ratio of their
// medians.
func BenchmarkRatio(b *testing.B) {
	for _, v := range variants {
		b.Run(string(v.alg)+"/"+string(v.binding), func(b *testing.B) {
			f := newFlowBench(b, v.alg, v.binding)
			floor, all := f.floor(b), f.prepare(b, b.N)
			flows, floors := make([]time.Duration, b.N), make([]time.Duration, b.N)
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
			b.ReportMetric(float64(floors[b.N/2].Microseconds()), "us-floor")
		})
	}
}

// BenchmarkEndurance reports how much more the last thousand flows of a run cost than the first: with -benchtime
// 100000x, flow 100,000 beside flow 100.
func BenchmarkEndurance(b *testing.B) {
	f := newFlowBench(b, jose.ES256, fapi.BindingMTLS)
	flows := make([]time.Duration, 0, b.N)
	for len(flows) < b.N {
		for _, c := range f.prepare(b, min(1000, b.N-len(flows))) {
			start := time.Now()
			f.flow(b, c)
			flows = append(flows, time.Since(start))
		}
	}
	n := min(1000, b.N)
	first, last := slices.Clone(flows[:n]), slices.Clone(flows[b.N-n:])
	slices.Sort(first)
	slices.Sort(last)
	b.ReportMetric(float64(last[n/2])/float64(first[n/2]), "last/first")
}
