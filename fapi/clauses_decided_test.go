package fapi_test

import (
	"context"
	"crypto/elliptic"
	"encoding/base64"
	"math/big"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/ory/fosite"
	"github.com/ory/fosite/compose"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fosite-fapi/fosite-fapi/fapi"
	"github.com/fosite-fapi/fosite-fapi/fapitest"
	"github.com/fosite-fapi/fosite-fapi/keys"
)

// A request object that comes through the browser is decided once, whatever it looks like the second time: everybody can
// write another signature of the same by ECDSA, or encrypt it anew.
func TestClausesDecidedOnce(t *testing.T) {
	t.Parallel()
	set, err := keys.NewDecryption(keys.DecryptionKey{Private: testRSA(), ID: "rsa"})
	require.NoError(t, err)
	toServer := func(b *bench, jws string) string {
		b.Helper()
		encrypter, err := jose.NewEncrypter(jose.A128GCM, jose.Recipient{Algorithm: jose.RSA_OAEP_256, Key: testRSA().Public(), KeyID: "rsa"}, nil)
		require.NoError(b, err)
		encrypted, err := encrypter.Encrypt([]byte(jws))
		require.NoError(b, err)
		compact, err := encrypted.CompactSerialize()
		require.NoError(b, err)
		return compact
	}
	same := func(_ *bench, jws string) string { return jws }
	later := func(_ *bench, jws string) string { fapitest.Pass(12 * time.Minute); return jws }
	pushesNow := func(b *bench, jws string) string {
		pushingAlone(b.registration(b.a.ID))
		return jws
	}
	decided := page(400, "invalid_request_object", "PAR-23")
	clauses{
		{"PAR-23/kept another object", func(b *bench) *fapitest.Answer { byFront()(b); return byFront()(b) }, answered(inFragment)},
		{"PAR-23/refused the same", resent(true, same), decided},
		{"PAR-23/refused its other signature", resent(true, otherSignature), decided},
		{"PAR-23/refused encrypted", resent(true, toServer), decided},
		{"PAR-23/refused when its interaction would have ended", resent(true, later), decided},
		{"OA-08/kept undecided by its other signature", resent(false, otherSignature), answered(inFragment)},
		{"OA-08/kept undecided and encrypted", resent(false, toServer), answered(inFragment)},
		{"OA-08/kept undecided when its interaction has ended", resent(false, later), answered(inFragment)},
		{"PAR-26/refused undecided of a client that must push since", afterLogin(pushesNow), page(400, "invalid_request", "PAR-26")},
		{"PAR-26/kept undecided after login", afterLogin(same), answered(inFragment)},
	}.asking(t, signing{profile: hybrid.profile, register: hybrid.register, usual: hybrid.usual, options: []fapi.Option{fapi.WithDecryptionKeys(set)}})
}

// resent sends an object that lives for 59 minutes, and sends it again when the user has decided, or has but seen the
// login page.
func resent(decided bool, change func(b *bench, jws string) string) step {
	return func(b *bench) *fapitest.Answer {
		sent := b.visited(decided)
		again := change(b, sent)
		return byFront(func(m *fapitest.Message) {
			m.Encrypt = func(string) (string, error) { return again, nil }
		})(b)
	}
}

// afterLogin comes back to a request that was shown, by the parameters of [fapi.Resume].
func afterLogin(meanwhile func(b *bench, jws string) string) step {
	return func(b *bench) *fapitest.Answer {
		var uri string
		b.interaction(func(_ http.ResponseWriter, _ *http.Request, ar fosite.AuthorizeRequester) (*fapi.Decision, error) {
			uri = fapi.Resume(ar).Get("request_uri")
			return nil, nil //nolint:nilnil // a page was written
		})
		byFront()(b)
		b.mount()
		meanwhile(b, "")
		return b.browse(uri)
	}
}

// visited sends an object and returns it.
func (b *bench) visited(decided bool) (sent string) {
	b.Helper()
	if !decided {
		b.interaction(loginPage)
		defer b.mount()
	}
	byFront(objectAhead("exp", 59*time.Minute), func(m *fapitest.Message) {
		m.Encrypt = func(jws string) (string, error) { sent = jws; return jws, nil }
	})(b)
	require.NotEmpty(b, sent)
	return sent
}

// otherSignature writes n-s for s, which verifies as well.
func otherSignature(b *bench, jws string) string {
	b.Helper()
	cut := strings.LastIndexByte(jws, '.') + 1
	signature, err := base64.RawURLEncoding.DecodeString(jws[cut:])
	require.NoError(b, err)
	s := new(big.Int).SetBytes(signature[32:])
	s.Sub(elliptic.P256().Params().N, s).FillBytes(signature[32:])
	return jws[:cut] + base64.RawURLEncoding.EncodeToString(signature)
}

// tenants is a configuration whose issuer is that of the context.
type tenants struct{ *fosite.Config }

func (c tenants) GetIDTokenIssuer(ctx context.Context) string {
	if own, ok := ctx.Value(tenantKey{}).(string); ok {
		return own
	}
	return c.Config.GetIDTokenIssuer(ctx)
}

// What was verified for one issuer is not for another, whose store may be the same.
func TestRequestObjectOfAnotherIssuer(t *testing.T) {
	t.Parallel()
	b := newBench(t, "json")
	hybrid.register(b.registration(b.a.ID))
	b.a.RequestObjects, b.usual = true, hybrid.usual
	set, err := keys.New(keys.Key{Signer: testEC()})
	require.NoError(t, err)
	config := hostConfig()
	b.provider, err = fapi.New(b.store, tenants{config}, fapi.WithStrategy(compose.NewOAuth2HMACStrategy(config)), fapi.WithKeys(set), fapi.WithProfile(hybrid.profile))
	require.NoError(t, err)
	b.mount()
	b.connect(b.a, &b.certA)
	query := url.Values{"client_id": {b.a.ID}, "request": {b.visited(false)}}.Encode()
	load := func(ctx context.Context) error {
		_, err := b.provider.NewAuthorizeRequest(ctx, httptest.NewRequestWithContext(ctx, http.MethodGet, issuer+"/authorize?"+query, nil))
		return err
	}
	require.NoError(t, load(t.Context()))
	var refusal *fapi.Refusal
	require.ErrorAs(t, load(context.WithValue(t.Context(), tenantKey{}, "https://other.example.com")), &refusal)
	assert.Equal(t, "F1A-AS-15 "+invalidObject, refusal.ID+" "+refusal.Code())
}
