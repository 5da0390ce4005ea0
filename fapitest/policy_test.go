package fapitest_test

import (
	"context"
	"testing"

	"github.com/ory/fosite"

	"github.com/fosite-fapi/fosite-fapi/fapi"
	"github.com/fosite-fapi/fosite-fapi/fapitest"
)

var acme7 = fapi.Rule{
	Requirement: fapi.Requirement{ID: "ACME-7", Stage: fapi.AtPushedRequest, Clause: "Acme Bank 7", Text: "A payment says what it is for."},
	Check: func(_ context.Context, r *fapi.Request) error {
		if r.Parameters.Get("purpose") == "" {
			return fosite.ErrInvalidRequest.WithHint("Send purpose.")
		}
		return nil
	},
}

func TestAcme7(t *testing.T) {
	fapitest.Table{
		{Name: "ACME-7/kept", Do: fapitest.Push(fapitest.Param("purpose", "rent")), Want: fapitest.Accepted()},
		{Name: "ACME-7/refused", Do: fapitest.Push(), Want: fapitest.Refused("ACME-7", "invalid_request", 400)},
	}.Run(t, fapitest.Config{Rules: []fapi.Rule{acme7}})
}
