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

// Who created which intent.
func intents(_ context.Context, intent string) (string, error) {
	if intent == "down" {
		return "", errors.New("the consents are down")
	}
	return map[string]string{"aac-1": "client-a", "aac-2": "client-b"}[intent], nil
}

// asking asks for claims in the request object.
func asking(value any) fapitest.Mutation {
	return fapitest.InObject(fapitest.Claim("claims", value))
}

func intent(id string) fapitest.Mutation {
	return asking(map[string]any{"id_token": map[string]any{"openbanking_intent_id": map[string]any{"value": id, "essential": true}}})
}

func TestOpenBankingUK(t *testing.T) {
	t.Parallel()
	fapitest.Table{
		{Name: "OBUK-1/kept", Do: fapitest.Push(intent("aac-1")), Want: fapitest.Accepted()},
		{Name: "OBUK-1/refused without an intent", Do: fapitest.Push(), Want: fapitest.Refused("OBUK-1", "invalid_request", 400)},
		{Name: "OBUK-1/refused another client's", Do: fapitest.Push(intent("aac-2")), Want: fapitest.Refused("OBUK-1", "invalid_request", 400)},
		{Name: "OBUK-1/refused an unknown one", Do: fapitest.Push(intent("aac-3")), Want: fapitest.Refused("OBUK-1", "invalid_request", 400)},
		{Name: "OBUK-1/refused in the place of a claim", Do: fapitest.Push(asking(map[string]any{"userinfo": map[string]any{"openbanking_intent_id": map[string]any{"value": "aac-1"}}})), Want: fapitest.Refused("OBUK-1", "invalid_request", 400)},
		{Name: "OBUK-1/kept by value", Do: fapitest.ByValue(intent("aac-1")), Want: fapitest.Accepted()},
		{Name: "OBUK-1/refused by value", Do: fapitest.ByValue(intent("aac-2")), Want: fapitest.Refused("OBUK-1", "invalid_request", 303)},
	}.Run(t, fapitest.Config{Profiles: []fapi.Profile{ecosystems.OpenBankingUKBase()}, Rules: ecosystems.OpenBankingUKRules(intents)})

	pushed := ecosystems.OpenBankingUKRules(intents)[0]
	fapitest.Judgements{
		{Name: "its own", Rule: pushed, Given: fapitest.Given("claims", `{"id_token":{"openbanking_intent_id":{"value":"aac-1"}}}`)},
		{Name: "its own under another name, beside another client's", Rule: pushed, Given: fapitest.Given("claims",
			`{"id_token":{"openbanking_intent_id":{"value":"aac-2"},"OPENBANKING_INTENT_ID":{"value":"aac-1"}}}`), Want: "invalid_request"},
		{Name: "two", Rule: pushed, Given: fapitest.Given("claims",
			`{"id_token":{"openbanking_intent_id":{"value":"aac-2"},"openbanking_intent_id":{"value":"aac-1"}}}`), Want: "invalid_request"},
		{Name: "two id_token", Rule: pushed, Given: fapitest.Given("claims",
			`{"id_token":{"openbanking_intent_id":{"value":"aac-2"}},"ID_TOKEN":{"openbanking_intent_id":{"value":"aac-1"}}}`), Want: "invalid_request"},
		{Name: "no JSON", Rule: pushed, Given: fapitest.Given("claims", `{`), Want: "invalid_request"},
		{Name: "no string", Rule: pushed, Given: fapitest.Given("claims", `{"id_token":{"openbanking_intent_id":{"value":1}}}`), Want: "invalid_request"},
		{Name: "nobody can say whose", Rule: pushed, Given: fapitest.Given("claims", `{"id_token":{"openbanking_intent_id":{"value":"down"}}}`), Want: "temporarily_unavailable"},
	}.Run(t)
	assert.True(t, has(ecosystems.OpenBankingUK(intents), "OBUK-1"))
}

// has says whether the whole profile, as hosts get it, has the rule.
func has(p fapi.Profile, ids ...string) bool {
	found := map[string]bool{}
	for _, r := range p.Requirements() {
		found[r.ID] = r.Clause != "" && r.Text != ""
	}
	for _, id := range ids {
		if !found[id] {
			return false
		}
	}
	return true
}
