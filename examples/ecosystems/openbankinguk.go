package ecosystems

import (
	"context"

	"github.com/ory/fosite"

	"github.com/fosite-fapi/fosite-fapi/fapi"
)

// OpenBankingUK is FAPI 1.0 Advanced with the intents of UK Open Banking, named "openbanking-uk".
//
// A third party creates a consent first, and its ID is the intent of the authorization request: Account and Transaction API
// Profile v3.1.10, Security & Access Control, Consent Authorisation, and its like in the other API profiles. Where in the
// request it stands, claims.id_token.openbanking_intent_id, is said by the OpenID Foundation's conformance suite, which also
// asks that another client's intent is refused (ensure-server-handles-non-matching-intent-id).
//
// owner says which client created an intent; "" where nobody did. Its error refuses the request.
func OpenBankingUK(owner func(ctx context.Context, intent string) (clientID string, err error)) fapi.Profile {
	return openBankingUK().With(openBankingUKRules(owner)...)
}

func openBankingUK() fapi.Profile {
	p := fapi.FAPI1Advanced()
	p.Name = "openbanking-uk"
	return p
}

func openBankingUKRules(owner func(context.Context, string) (string, error)) []fapi.Rule {
	return requests(fapi.Requirement{
		ID: "OBUK-1", Clause: "OB Account and Transaction API Profile v3.1.10, Consent Authorisation",
		Text: "An authorization request names the intent that its client created.",
	}, func(ctx context.Context, r *fapi.Request) error {
		intent, err := intentOf(r)
		if err != nil {
			return err
		}
		if intent == "" {
			return fosite.ErrInvalidRequest.WithHint("Ask for openbanking_intent_id, with the ConsentId as its value, in claims.id_token.")
		}
		client, err := owner(ctx, intent)
		if err != nil {
			return fosite.ErrTemporarilyUnavailable.WithWrap(err)
		}
		if client != r.Client.GetID() {
			return fosite.ErrInvalidRequest.WithHint("openbanking_intent_id is no intent of this client.")
		}
		return nil
	})
}

func intentOf(r *fapi.Request) (string, error) {
	var asked struct {
		IDToken struct {
			Intent struct {
				Value string `json:"value"`
			} `json:"openbanking_intent_id"`
		} `json:"id_token"`
	}
	err := claims(r, &asked)
	return asked.IDToken.Intent.Value, err
}
