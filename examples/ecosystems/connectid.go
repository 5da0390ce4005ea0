package ecosystems

import (
	"context"
	"slices"
	"time"
	"unicode/utf8"

	"github.com/go-jose/go-jose/v4"
	"github.com/ory/fosite"

	"github.com/fosite-fapi/fosite-fapi/fapi"
)

// ConnectID is FAPI 2.0 with signed requests, as Australia's ConnectID narrows it, named "connectid": ConnectID FAPI 2 Security
// Profile 1.0 (CID-SP), ConnectID Identity Assurance Profile (CID-IDA), OAuth 2 Purpose Request Parameter (CID-PURPOSE).
func ConnectID() fapi.Profile { return connectID().With(connectIDRules()...) }

func connectID() fapi.Profile {
	p := fapi.FAPI2MessageSigning(fapi.SignedRequests)
	p.Name = "connectid"
	p.AccessTokenLifetime = 10 * time.Minute                    // CID-SP 4.2-2: no longer than that
	p.SigningAlgorithms = []jose.SignatureAlgorithm{jose.PS256} // CID-SP 4.2-8
	p.Bindings = []fapi.Binding{fapi.BindingMTLS}               // CID-SP: by certificates alone
	return p
}

func connectIDRules() []fapi.Rule {
	return slices.Concat(
		requests(fapi.Requirement{
			ID: "CID-PURPOSE-3", Clause: "OAuth 2 Purpose Request Parameter 3; CID-IDA 5.2-10", Text: "An authorization request says its purpose in 3 to 300 characters.",
		}, purpose),
		[]fapi.Rule{
			{Requirement: fapi.Requirement{
				ID: "CID-SP-4.2-11", Clause: "CID-SP 4.2-11", Stage: fapi.AtPushedRequest, Text: "nbf of a request object is 15 minutes old at most.",
			}, Check: recent},
			{Requirement: fapi.Requirement{
				ID: "CID-SP-4.2-10", Clause: "CID-SP 4.2-10", Stage: fapi.AtPushedRequest, Text: "A request object lives for 10 minutes at most.",
			}, Check: shortLived},
		},
	)
}

func purpose(_ context.Context, r *fapi.Request) error {
	said := r.Parameters.Get("purpose")
	if n := utf8.RuneCountInString(said); n < 3 || n > 300 || !utf8.ValidString(said) {
		return fosite.ErrInvalidRequest.WithHint("invalid_purpose") // what CID-PURPOSE 3 wants in error_description
	}
	return nil
}

func shortLived(_ context.Context, r *fapi.Request) error {
	if r.Object == nil || r.Object.Expires.Sub(r.Object.NotBefore) > 10*time.Minute {
		return fosite.ErrInvalidRequestObject.WithHint("exp of the request object must be 10 minutes after nbf at most.")
	}
	return nil
}

func recent(_ context.Context, r *fapi.Request) error {
	if r.Object == nil || r.Time.Sub(r.Object.NotBefore) > 15*time.Minute {
		return fosite.ErrInvalidRequestObject.WithHint("nbf of the request object must be 15 minutes old at most.")
	}
	return nil
}
