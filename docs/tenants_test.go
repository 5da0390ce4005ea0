package docs_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/go-jose/go-jose/v4"
	"github.com/ory/fosite"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fosite-fapi/fosite-fapi/fapi"
	"github.com/fosite-fapi/fosite-fapi/fapitest"
	"github.com/fosite-fapi/fosite-fapi/keys"
)

type tenantKey struct{}

// A Tenants config says what differs from tenant to tenant.
type Tenants struct{ *fosite.Config }

// GetIDTokenIssuer implements fosite.IDTokenIssuerProvider.
func (Tenants) GetIDTokenIssuer(ctx context.Context) string {
	tenant, _ := ctx.Value(tenantKey{}).(string)
	return "https://as.example.com/" + tenant
}

// ByPath serves each tenant below its name.
func ByPath(next http.Handler, tenants ...string) http.Handler {
	mux := http.NewServeMux()
	for _, tenant := range tenants {
		mux.HandleFunc("/"+tenant+"/", func(rw http.ResponseWriter, r *http.Request) {
			next.ServeHTTP(rw, r.WithContext(context.WithValue(r.Context(), tenantKey{}, tenant)))
		})
	}
	return mux
}

func TestTenants(t *testing.T) {
	t.Parallel()
	config, store, _ := host()
	red, blue := fapitest.Key("docs red", jose.ES256), fapitest.Key("docs blue", jose.ES256)
	sets := map[string]*keys.Set{}
	for tenant, signer := range map[string]keys.Key{"red": {Signer: red, ID: "red-1"}, "blue": {Signer: blue, ID: "blue-1"}} {
		set, err := keys.New(signer)
		require.NoError(t, err)
		sets[tenant] = set
	}
	sets[""] = sets["red"] // what New asks for, before there is any request

	provider, err := fapi.New(store, Tenants{config}, fapi.WithProfile(fapi.FAPI2Security()),
		fapi.WithKeySource(func(ctx context.Context) (*keys.Set, error) {
			tenant, _ := ctx.Value(tenantKey{}).(string)
			return sets[tenant], nil
		}))
	require.NoError(t, err)

	handler := ByPath(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		tenant, _ := r.Context().Value(tenantKey{}).(string)
		doc, err := provider.Metadata(r.Context())
		require.NoError(t, err)
		assert.Equal(t, "https://as.example.com/"+tenant, doc.Issuer)
		assert.Equal(t, "https://as.example.com/"+tenant+"/token", doc.TokenEndpoint)
		published, err := provider.JWKS(r.Context())
		require.NoError(t, err)
		require.Len(t, published.Keys, 1)
		assert.Equal(t, tenant+"-1", published.Keys[0].KeyID)
	}), "red", "blue")
	for _, tenant := range []string{"red", "blue"} {
		rec := httptest.NewRecorder()
		handler.ServeHTTP(rec, httptest.NewRequest(http.MethodGet, "https://as.example.com/"+tenant+"/metadata", nil))
		assert.Equal(t, http.StatusOK, rec.Code)
	}
}
