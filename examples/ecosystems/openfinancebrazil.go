package ecosystems

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/ory/fosite"

	"github.com/fosite-fapi/fosite-fapi/fapi"
)

// OpenFinanceBrazil is FAPI 1.0 Advanced as the Open Finance Brasil Financial-grade API Security Profile 1.0, Implementers
// Draft 3, narrows it (OFB), named "openfinance-brazil". It needs fapi.WithDecryptionKeys, with a key for RSA-OAEP, for clients
// that do not push, and [ConsentScopes] as the config's scope strategy.
func OpenFinanceBrazil() fapi.Profile { return openFinanceBrazil().With(openFinanceBrazilRules()...) }

func openFinanceBrazil() fapi.Profile {
	p := fapi.FAPI1Advanced()
	p.Name = "openfinance-brazil"
	p.SigningAlgorithms = []jose.SignatureAlgorithm{jose.PS256} // OFB 6.2-1
	p.AccessTokenLifetime = 15 * time.Minute                    // OFB 5.2.2-13: 300 to 900 seconds
	p.RequestURILifetime = time.Minute                          // OFB 5.2.2-22: 60 seconds at least
	return p
}

func openFinanceBrazilRules() []fapi.Rule {
	return slices.Concat(
		[]fapi.Rule{{Requirement: fapi.Requirement{
			ID: "OFB-5.2.2-1", Clause: "OFB 5.2.2-1, 5.2.3-3", Stage: fapi.AtAuthorization,
			Text: "A request object that is not pushed is encrypted.",
		}, Check: encrypted}},
		requests(fapi.Requirement{
			ID: "OFB-6.2.1-1", Clause: "OFB 6.2.1-1", Text: "Request objects are encrypted with RSA-OAEP and A256GCM.",
		}, encryption),
		requests(fapi.Requirement{
			ID: "OFB-5.2.2-21", Clause: "OFB 5.2.2-21", Text: "An authorization request carries no id_token_hint.",
		}, withoutHint),
		requests(fapi.Requirement{
			ID: "OFB-5.2.2.1-3", Clause: "OFB 5.2.2.1-3.1",
			Text: "Essential personal claims in an ID token of the front channel need a client that encrypts them.",
		}, personalClaims),
		requests(fapi.Requirement{
			ID: "OFB-7.1.2", Clause: "OFB 7.1.2", Text: "The ID of a consent has a namespace, and characters that are safe in URLs.",
		}, consentID),
	)
}

func encrypted(_ context.Context, r *fapi.Request) error {
	if byFrontChannel(r) && r.Object.EncryptionAlgorithm == "" {
		return fosite.ErrInvalidRequestObject.WithHint("Encrypt the request object, or push it.")
	}
	return nil
}

func encryption(_ context.Context, r *fapi.Request) error {
	if r.Object == nil || r.Object.EncryptionAlgorithm == "" || r.Object.EncryptionAlgorithm == jose.RSA_OAEP && r.Object.ContentEncryption == jose.A256GCM {
		return nil
	}
	return fosite.ErrInvalidRequestObject.WithHint("Encrypt the request object with RSA-OAEP and A256GCM.")
}

func withoutHint(_ context.Context, r *fapi.Request) error {
	if r.Parameters.Has("id_token_hint") {
		return fosite.ErrInvalidRequest.WithHint("Do not send id_token_hint: it may hold personal data.")
	}
	return nil
}

// personal are the claims that the profile names as personal, and those of OpenID Connect Core 5.1 that it gives as examples.
var personal = []string{"cpf", "cnpj", "address", "birthdate", "phone_number"}

func personalClaims(_ context.Context, r *fapi.Request) error {
	var asked struct {
		IDToken map[string]*fapi.RequestedClaim `json:"id_token"`
	}
	if err := claims(r, &asked); err != nil {
		return err
	}
	if !strings.Contains(r.Parameters.Get("response_type"), "id_token") || r.Metadata.IDTokenEncryptedResponseAlg != "" {
		return nil
	}
	for _, name := range personal {
		if claim := asked.IDToken[name]; claim != nil && claim.Essential {
			return fosite.ErrInvalidRequest.WithHintf("The ID token would hold %s unencrypted: register id_token_encrypted_response_alg.", name)
		}
	}
	return nil
}

// A consent is a scope: "consent:" and the ID of the consent, urn:bank:C1 for example.
const consent = "consent:"

func consentID(_ context.Context, r *fapi.Request) error {
	for _, scope := range r.Scopes {
		id, found := strings.CutPrefix(scope, consent)
		namespace, name, namespaced := strings.Cut(id, ":")
		if found && (!namespaced || namespace == "" || name == "" || strings.ContainsFunc(id, unsafeInURL)) {
			return fosite.ErrInvalidScope.WithHint("The consent in scope has no namespace, or characters that are not safe in URLs.")
		}
	}
	return nil
}

func unsafeInURL(c rune) bool {
	return (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && (c < '0' || c > '9') && !strings.ContainsRune("-._~:", c)
}

// ConsentScopes is a scope strategy by which a client that is registered for "consent" may ask for any consent (OFB 5.2.2-9).
// Other scopes are compared exactly.
func ConsentScopes(registered []string, scope string) bool {
	if strings.HasPrefix(scope, consent) {
		return slices.Contains(registered, strings.TrimSuffix(consent, ":"))
	}
	return fosite.ExactScopeStrategy(registered, scope)
}
