package docs_test

import (
	"context"
	"testing"

	"github.com/go-jose/go-jose/v4"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fosite-fapi/fosite-fapi/fapi"
	"github.com/fosite-fapi/fosite-fapi/keys"
)

// The rule of the page, and its test, stand in package fapitest.
var acme7 = fapi.Rule{
	Requirement: fapi.Requirement{ID: "ACME-7", Stage: fapi.AtPushedRequest},
	Check:       func(context.Context, *fapi.Request) error { return nil },
}

func TestRules(t *testing.T) {
	t.Parallel()
	config, store, strategy := host()
	set, err := keys.New(key(jose.ES256))
	require.NoError(t, err)
	provider, err := fapi.Compose(config, store, strategy,
		fapi.WithProfile(fapi.FAPI2Security().With(acme7)),
		fapi.WithKeys(set))
	require.NoError(t, err)
	all := provider.Profiles()[0].Requirements()
	assert.Equal(t, "ACME-7", all[len(all)-1].ID)
}
