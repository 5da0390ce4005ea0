package ecosystems_test

import (
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/stretchr/testify/assert"

	"github.com/fosite-fapi/fosite-fapi/examples/ecosystems"
	"github.com/fosite-fapi/fosite-fapi/fapi"
	"github.com/fosite-fapi/fosite-fapi/fapitest"
)

func TestConnectID(t *testing.T) {
	t.Parallel()
	purpose := func(text string) fapitest.Step {
		return fapitest.Push(fapitest.InObject(fapitest.Claim("purpose", text)))
	}
	lifetime := func(age, life time.Duration) fapitest.Step {
		return fapitest.Push(fapitest.InObject(fapitest.Ahead("nbf", -age), fapitest.Ahead("exp", life-age)))
	}
	fapitest.Table{
		{Name: "CID-PURPOSE-3/kept 3 characters", Do: purpose("née"), Want: fapitest.Accepted()},
		{Name: "CID-PURPOSE-3/refused 2", Do: purpose("né"), Want: fapitest.All(fapitest.Refused("CID-PURPOSE-3", "invalid_request", 400), says("invalid_purpose"))},
		{Name: "CID-PURPOSE-3/kept 300 characters", Do: purpose(strings.Repeat("é", 300)), Want: fapitest.Accepted()},
		{Name: "CID-PURPOSE-3/refused 301", Do: purpose(strings.Repeat("é", 301)), Want: fapitest.Refused("CID-PURPOSE-3", "invalid_request", 400)},
		{Name: "CID-PURPOSE-3/refused without one", Do: fapitest.Push(fapitest.InObject(fapitest.NoClaim("purpose"))), Want: fapitest.Refused("CID-PURPOSE-3", "invalid_request", 400)},

		{Name: "CID-SP-4.2-10/kept", Do: lifetime(0, 10*time.Minute), Want: fapitest.Accepted()},
		{Name: "CID-SP-4.2-10/refused", Do: lifetime(0, 11*time.Minute), Want: fapitest.Refused("CID-SP-4.2-10", "invalid_request_object", 400)},

		{Name: "CID-SP-4.2-11/kept", Do: lifetime(9*time.Minute, 10*time.Minute), Want: fapitest.Accepted()},
		{Name: "CID-SP-4.2-11/refused", Do: lifetime(16*time.Minute, 17*time.Minute), Want: fapitest.Refused("CID-SP-4.2-11", "invalid_request_object", 400)},

		{Name: "an unsigned request", Do: fapitest.Push(fapitest.Plain), Want: fapitest.Refused("F2-MS-01", "invalid_request", 400)},
		{Name: "a client that signs with ES256", Do: fapitest.Push(fapitest.InObject(fapitest.SignedBy(fapitest.Key("client-a", jose.ES256), jose.ES256))), Want: fapitest.Refused("F2-CR-02", "invalid_request_object", 400)},
		{Name: "how long an access token lives", Do: fapitest.Flow(), Want: fapitest.Member("expires_in", 600.0)},
	}.Run(t, fapitest.Config{
		Profiles: []fapi.Profile{ecosystems.ConnectIDBase()}, Rules: ecosystems.ConnectIDRules(),
		Clients: []fapitest.ClientConfig{{Algorithm: jose.PS256}},
		Request: map[string][]string{"purpose": {"to open an account"}},
	})
	assert.True(t, has(ecosystems.ConnectID(), "CID-PURPOSE-3", "CID-SP-4.2-10", "CID-SP-4.2-11"))
}

func says(text string) fapitest.Check {
	return func(s *fapitest.Server, a *fapitest.Answer) {
		assert.Contains(s, a.Text("error_description"), text)
	}
}
