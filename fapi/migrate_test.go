package fapi_test

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/ory/fosite"
	"github.com/ory/fosite/compose"
	"github.com/ory/fosite/storage"
	"github.com/stretchr/testify/require"

	"github.com/fosite-fapi/fosite-fapi/fapi"
)

// What docs/migrate.md shows stands here, and runs.

func trying(config *fosite.Config, store, strategy any, factories []compose.Factory, candidate fapi.Selector, readiness *fapi.Readiness) (*fapi.Provider, error) {
	provider, err := fapi.Compose(config, store, strategy,
		fapi.WithFactories(factories...),
		fapi.WithReportOnly(candidate, readiness, fapi.FAPI2Security()),
	)
	return provider, err
}

func candidate(_ context.Context, client fosite.Client) (string, error) {
	if strings.HasPrefix(client.GetID(), "bank-") {
		return "fapi2-security", nil
	}
	return fapi.Legacy, nil // not judged
}

func readinessPage(readiness *fapi.Readiness) http.HandlerFunc {
	return func(rw http.ResponseWriter, _ *http.Request) {
		rw.Header().Set("Content-Type", "text/markdown; charset=utf-8")
		_, _ = io.WriteString(rw, readiness.Markdown())
	}
}

func deferring() *fapi.Readiness {
	readiness := &fapi.Readiness{Deferred: func(leg fapi.Leg, id string) bool {
		return id == "F2-AS-08" || leg.Stage == fapi.AtIntrospection
	}}
	return readiness
}

func reporting(logger *slog.Logger) fapi.Reporter {
	reporter := fapi.ReportFunc(func(ctx context.Context, r *fapi.Report) {
		for _, unmet := range r.Unmet {
			logger.InfoContext(ctx, "unmet", "client", r.Client, "leg", r.Leg.String(), "id", unmet.ID, "reason", unmet.Reason)
		}
	})
	return reporter
}

func moved(config *fosite.Config, store, strategy any, factories []compose.Factory, isMoved func(fosite.Client) bool, readiness *fapi.Readiness) (*fapi.Provider, error) {
	served := func(_ context.Context, client fosite.Client) (string, error) {
		if isMoved(client) {
			return "fapi2-security", nil
		}
		return fapi.Legacy, nil
	}
	provider, err := fapi.Compose(config, store, strategy,
		fapi.WithFactories(factories...),
		fapi.WithProfiles(served, fapi.FAPI2Security()),
		fapi.WithReportOnly(candidate, readiness),
	)
	return provider, err
}

// TestMigrateGuide goes the guide's way with a client that has a secret.
func TestMigrateGuide(t *testing.T) {
	t.Parallel()
	config := legacyConfig()
	store := stores["memory"](&fosite.DefaultClient{
		ID: "bank-1", RedirectURIs: []string{webCallback}, ResponseTypes: []string{"code"}, GrantTypes: []string{"authorization_code"}, Scopes: []string{"photos"},
	})
	readiness := deferring()
	for name, build := range map[string]func() (*fapi.Provider, error){
		"report-only": func() (*fapi.Provider, error) {
			return trying(config, store, legacyStrategy(config), everyFactory, candidate, readiness)
		},
		"switch": func() (*fapi.Provider, error) {
			nobody := func(fosite.Client) bool { return false }
			return moved(config, store, legacyStrategy(config), everyFactory, nobody, readiness)
		},
	} {
		provider, err := build()
		require.NoError(t, err, name)
		v := &visitor{T: t, handler: hostHandler(provider)}
		v.visit(authorization("bank-1", "code", "photos"))
		require.NoError(t, provider.FlushReports(t.Context()))
		require.False(t, readiness.Ready("bank-1"))
		rec := httptest.NewRecorder()
		readinessPage(readiness)(rec, nil)
		require.Contains(t, rec.Body.String(), "| bank-1 | fapi2-security | not ready |")
		var out strings.Builder
		reporting(slog.New(slog.NewTextHandler(&out, nil))).Report(t.Context(), &fapi.Report{Client: "bank-1", Unmet: []fapi.Unmet{{ID: "PKCE-08"}}})
		require.Contains(t, out.String(), "PKCE-08")
		readiness.Forget("bank-1")
	}
}

// What would be refused if this client were moved today?
func ExampleWithReportOnly() {
	store := storage.NewMemoryStore()
	store.Clients["shop"] = &fosite.DefaultOpenIDConnectClient{
		DefaultClient: &fosite.DefaultClient{
			ID: "shop", RedirectURIs: []string{"https://shop.example/cb"}, ResponseTypes: []string{"code"}, GrantTypes: []string{"authorization_code"},
		},
		TokenEndpointAuthMethod: "client_secret_basic",
	}
	now := func() time.Time { return time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC) }
	readiness := &fapi.Readiness{Now: now}
	config := legacyConfig()
	provider, err := fapi.Compose(config, store, legacyStrategy(config), fapi.WithNow(now),
		fapi.WithFactories(compose.OAuth2AuthorizeExplicitFactory, compose.OAuth2PKCEFactory),
		fapi.WithReportOnly(func(context.Context, fosite.Client) (string, error) { return "fapi2-security", nil }, readiness, fapi.FAPI2Security()),
	)
	if err != nil {
		fmt.Println(err)
		return
	}
	r := httptest.NewRequest(http.MethodGet, "/authorize?client_id=shop&response_type=code&state=af0ifjsldkj&redirect_uri=https://shop.example/cb", nil)
	if _, err = provider.NewAuthorizeRequest(r.Context(), r); err != nil { // as ever
		fmt.Println(err)
		return
	}
	if err = provider.FlushReports(r.Context()); err != nil {
		fmt.Println(err)
		return
	}
	fmt.Print(readiness.Text())
	// Output:
	// shop: not ready for fapi2-security
	//   F2-AS-06 (FAPI 2.0 SP 5.3.2.1-6): token_endpoint_auth_method is "client_secret_basic" (authorization; 1 so far, last 2026-01-02T03:04:05Z)
	//   F2-AZ-03 (FAPI 2.0 SP 5.3.2.2-3): Push the authorization request first, then send client_id and request_uri. (authorization; 1 so far, last 2026-01-02T03:04:05Z)
	//   F2-AZ-05 (FAPI 2.0 SP 5.3.2.2-5): Send code_challenge. (authorization; 1 so far, last 2026-01-02T03:04:05Z)
	//   not seen yet: pushed_authorization_request
	//   not seen yet: token authorization_code
	//   nothing more may be unmet until 2026-01-03T03:04:05Z
}
