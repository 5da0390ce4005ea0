package ecosystems_test

import (
	"context"
	"errors"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/fosite-fapi/fosite-fapi/examples/ecosystems"
	"github.com/fosite-fapi/fosite-fapi/fapi"
	"github.com/fosite-fapi/fosite-fapi/fapitest"
)

// Which arrangements there are.
func arrangements(_ context.Context, client, id string) (bool, error) {
	if id == "down" {
		return false, errors.New("the arrangements are down")
	}
	return client == "client-a" && id == "02e7c9d9", nil
}

func TestCDR(t *testing.T) {
	t.Parallel()
	of := func(name string, value any) fapitest.Mutation { return asking(map[string]any{name: value}) }
	object := func(name string, value any) fapitest.Mutation {
		return fapitest.InObject(fapitest.Claim(name, value))
	}
	fapitest.Table{
		{Name: "CDR-PAR/kept", Do: fapitest.Authorize(), Want: fapitest.Accepted()},
		{Name: "CDR-PAR/refused", Do: fapitest.ByValue(), Want: fapitest.Refused("CDR-PAR", "invalid_request", 303)},

		{Name: "CDR-DURATION/kept", Do: fapitest.Push(of("sharing_duration", 7776000)), Want: fapitest.Accepted()},
		{Name: "CDR-DURATION/kept zero", Do: fapitest.Push(of("sharing_duration", 0)), Want: fapitest.Accepted()},
		{Name: "CDR-DURATION/kept without one", Do: fapitest.Push(), Want: fapitest.Accepted()},
		{Name: "CDR-DURATION/refused a negative one", Do: fapitest.Push(of("sharing_duration", -1)), Want: fapitest.Refused("CDR-DURATION", "invalid_request", 400)},
		{Name: "CDR-DURATION/refused what is no number", Do: fapitest.Push(of("sharing_duration", "a year")), Want: fapitest.Refused("CDR-DURATION", "invalid_request", 400)},

		{Name: "CDR-ARRANGEMENT/kept", Do: fapitest.Push(of("cdr_arrangement_id", "02e7c9d9")), Want: fapitest.Accepted()},
		{Name: "CDR-ARRANGEMENT/refused an unknown one", Do: fapitest.Push(of("cdr_arrangement_id", "02e7c9d8")), Want: fapitest.Refused("CDR-ARRANGEMENT", "invalid_request", 400)},
		{Name: "CDR-ARRANGEMENT/refused another client's", Do: fapitest.Push(of("cdr_arrangement_id", "02e7c9d9")).As("client-b"), Want: fapitest.Refused("CDR-ARRANGEMENT", "invalid_request", 400)},

		{Name: "the hybrid flow", Do: fapitest.Push(object("response_type", "code id_token")), Want: fapitest.Refused("F1A-AS-02", "unsupported_response_type", 400)},
		{Name: "a response that is not signed", Do: fapitest.Push(object("response_mode", "fragment")), Want: fapitest.Refused("OC-04", "invalid_request", 400)},
		{Name: "how long an access token lives", Do: fapitest.Flow(), Want: fapitest.Member("expires_in", 600.0)},
		{Name: "how long a pushed request lives", Do: fapitest.Push(), Want: fapitest.Member("expires_in", 90.0)},
	}.Run(t, fapitest.Config{Profiles: []fapi.Profile{ecosystems.CDRBase()}, Rules: ecosystems.CDRRules(arrangements)})

	fapitest.Table{
		{Name: "a client with a certificate in place of a signature", Do: fapitest.Push(), Want: fapitest.Refused("F1A-AS-14", "invalid_client", 401)},
	}.Run(t, fapitest.Config{Profiles: []fapi.Profile{ecosystems.CDRBase()}, Clients: []fapitest.ClientConfig{{AuthMethod: "tls_client_auth"}}})

	known := ecosystems.CDRRules(arrangements)[3]
	fapitest.Judgements{
		{Name: "none", Rule: known},
		{Name: "nobody can say whose", Rule: known, Given: fapitest.Given("claims", `{"cdr_arrangement_id":"down"}`), Want: "temporarily_unavailable"},
	}.Run(t)
	assert.True(t, has(ecosystems.CDR(arrangements), "CDR-PAR", "CDR-DURATION", "CDR-ARRANGEMENT"))
}
