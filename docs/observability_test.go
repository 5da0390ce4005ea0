package docs_test

import (
	"bytes"
	"context"
	"log/slog"
	"testing"

	"github.com/go-jose/go-jose/v4"
	"github.com/ory/fosite"
	"github.com/ory/fosite/compose"
	"github.com/ory/fosite/token/jwt"
	"github.com/stretchr/testify/assert"

	"github.com/fosite-fapi/fosite-fapi/fapi"
	"github.com/fosite-fapi/fosite-fapi/fapitest"
)

// Every sink gets the same event.
func TestObservability(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	dashboard, ledger := &fapitest.Trail{}, &fapitest.Trail{}
	logger := slog.New(slog.NewTextHandler(&log, nil))
	config, _, _ := host()
	strategy := &compose.CommonStrategy{
		CoreStrategy: compose.NewOAuth2HMACStrategy(config),
		Signer:       &jwt.DefaultSigner{GetPrivateKey: func(context.Context) (any, error) { return fapitest.Key("docs", jose.PS256), nil }},
	}

	s := fapitest.NewServer(t, fapitest.Config{Compose: func(store fosite.Storage, _ ...fapi.Option) (*fapi.Provider, error) {
		provider, err := fapi.Compose(config, store, strategy,
			fapi.WithProfile(fapi.FAPI2Security()),
			fapi.WithAudit(fapi.AuditLog(logger), dashboard),
			fapi.WithRequiredAudit(ledger),
		)
		return provider, err
	}})
	s.Push(fapitest.NoParam("code_challenge"))
	assert.Equal(t, []string{"F2-AZ-05"}, dashboard.Refusals())
	assert.Equal(t, dashboard.Events(), ledger.Events())
	assert.Contains(t, log.String(), "id=F2-AZ-05")
}
