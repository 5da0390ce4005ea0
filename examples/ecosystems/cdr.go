package ecosystems

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"github.com/ory/fosite"

	"github.com/fosite-fapi/fosite-fapi/fapi"
)

// CDR is FAPI 1.0 Advanced as the security profile of the Australian Consumer Data Standards narrows it, named "cdr": the
// sections Authentication Flows, Client Authentication, Request Object and Tokens.
//
// known says whether an arrangement was made by this client. Its error refuses the request.
func CDR(known func(ctx context.Context, clientID, arrangementID string) (bool, error)) fapi.Profile {
	return cdr().With(cdrRules(known)...)
}

func cdr() fapi.Profile {
	p := fapi.FAPI1Advanced()
	p.Name = "cdr"
	p.ResponseTypes = []string{"code"} // Authentication Flows: the authorization code flow alone, with JARM
	p.ResponseModes = slices.DeleteFunc(p.ResponseModes, func(mode string) bool { return mode == "fragment" || mode == "form_post" })
	p.AuthMethods = []string{"private_key_jwt"} // Client Authentication
	p.AccessTokenLifetime = 10 * time.Minute    // Tokens: 2 to 10 minutes
	p.RequestURILifetime = 90 * time.Second     // Request Object: 10 to 90 seconds
	return p
}

func cdrRules(known func(context.Context, string, string) (bool, error)) []fapi.Rule {
	return slices.Concat(
		[]fapi.Rule{{Requirement: fapi.Requirement{
			ID: "CDR-PAR", Clause: "CDS Request Object, Data Holders", Stage: fapi.AtAuthorization,
			Text: "Authorization requests are pushed.",
		}, Check: pushed}},
		requests(fapi.Requirement{
			ID: "CDR-DURATION", Clause: "CDS Request Object, Requesting Sharing Duration", Text: "sharing_duration is a number of seconds, and not negative.",
		}, sharingDuration),
		requests(fapi.Requirement{
			ID: "CDR-ARRANGEMENT", Clause: "CDS Request Object, Request Object Submission", Text: "cdr_arrangement_id is an arrangement that the data holder knows.",
		}, func(ctx context.Context, r *fapi.Request) error { return arrangement(ctx, r, known) }),
	)
}

func pushed(_ context.Context, r *fapi.Request) error {
	if byFrontChannel(r) {
		return fosite.ErrInvalidRequest.WithHint("Push the authorization request.")
	}
	return nil
}

// consentClaims are those beside userinfo and id_token.
type consentClaims struct {
	SharingDuration json.RawMessage `json:"sharing_duration"`
	ArrangementID   string          `json:"cdr_arrangement_id"`
}

func sharingDuration(_ context.Context, r *fapi.Request) error {
	var asked consentClaims
	if err := claims(r, &asked); err != nil || asked.SharingDuration == nil {
		return err
	}
	var seconds float64
	if err := json.Unmarshal(asked.SharingDuration, &seconds); err != nil || seconds < 0 {
		return fosite.ErrInvalidRequest.WithHint("sharing_duration must be a number of seconds that is not negative.")
	}
	return nil
}

func arrangement(ctx context.Context, r *fapi.Request, known func(context.Context, string, string) (bool, error)) error {
	var asked consentClaims
	if err := claims(r, &asked); err != nil || asked.ArrangementID == "" {
		return err
	}
	ok, err := known(ctx, r.Client.GetID(), asked.ArrangementID)
	if err != nil {
		return fosite.ErrTemporarilyUnavailable.WithWrap(err)
	}
	if !ok {
		return fosite.ErrInvalidRequest.WithHint("cdr_arrangement_id is no arrangement of this client.")
	}
	return nil
}
