// Package fapi turns a fosite authorization server into one that speaks the FAPI security profiles, for the clients
// that need it, while its other clients notice nothing.
//
// # One call
//
// A host that was built by compose.Compose changes that call:
//
//	provider, err := fapi.Compose(config, store, strategy,
//		fapi.WithFactories(factories...),                       // what the host had, for its legacy clients
//		fapi.WithProfiles(profileOf, fapi.FAPI2Security()),     // or WithProfile: every client
//	)
//
// The provider is a fosite.OAuth2Provider, so that every handler written for fosite keeps working. profileOf is a
// [Selector]: it says for each client which profile serves it, or [Legacy]. err names everything that is
// misconfigured, each with the requirement that it would break.
//
// Hosts without a *fosite.Config use [New]. Hosts that would rather not write handlers use [Handlers], which needs
// only their login and consent.
//
// # Two lanes
//
// Legacy clients are served by an untouched fosite provider made of the host's factories, the host's store and a copy
// of its config. Profiled clients are served by rules of ours, on the same store and the same token strategy, but
// under keys of their own: neither lane can use the other's codes, tokens and pushed requests. A request that names
// clients of both kinds is refused.
//
// Nothing has to change in the host's config for a profile to hold, and nothing in the store: what must survive there
// travels in the form of stored requests, where fosite's PKCE keeps its own.
//
// # Refusals
//
// Every refusal of a profiled client is a [*Refusal] with the ID of the requirement that it stands for: "F2-AZ-05" is
// FAPI 2.0 Security Profile 5.3.2.2-5. [Profile.Requirements] lists them with their clauses. The ID is in the error,
// in the log, in the audit [Event], and, where it tells a stranger nothing, in error_description and error_uri
// ([WithErrorURI]).
//
// # Seeing
//
// [WithAudit] and [WithRequiredAudit] send an [Event] for each decision, to [AuditLog] for example. Spans and measurements
// go to OpenTelemetry where the host has its SDK. Nothing that is told is secret.
//
// # Moving clients
//
// [WithReportOnly] judges a client's requests by a profile that it is not served by, refuses nothing, and reports which
// requirements were not met: all of a request, with their IDs. [Readiness] keeps for each client whether it can be moved,
// or what is missing:
//
//	readiness := &fapi.Readiness{}
//	provider, err := fapi.Compose(config, store, strategy,
//		fapi.WithFactories(factories...),
//		fapi.WithReportOnly(candidate, readiness, fapi.FAPI2Security()),
//	)
//
// Once the [Selector] of [WithProfiles] names the profile, the client is moved. What it was issued before stops working.
//
// # Rights in detail
//
// [WithAuthorizationDetails] lets clients ask for rights in the words of an API (RFC 9396). The host defines the types:
//
//	fapi.WithAuthorizationDetails(rar.Type{Name: "payment_initiation", Validate: rar.Struct(judgePayment)})
//
// and shows [AuthorizationDetails] to the user, who may grant them in part. Without types such requests are refused.
//
// # Rules of the house
//
//   - A code is redeemed once. Of redemptions at the same moment exactly one succeeds. The others are refused, and
//     whichever of them finds the tokens already issued is a replay, however soon it comes: it revokes the grant
//     (OA-08). One that came before that changes nothing. A wrong code_verifier, redirect_uri or client spends
//     nothing.
//   - A request_uri may be loaded any number of times, by the client that pushed it; the user's decision spends it,
//     approval and denial alike. expires_in is judged when it is loaded first; login and consent then have
//     [Profile.InteractionLifetime].
//   - Refresh tokens are not rotated. They live for [Profile.RefreshTokenLifetime] from the grant, and each use
//     revokes the access token before. They are bound to the client; access tokens are bound to the certificate or the
//     DPoP key of the request that fetched them.
//   - What can't be judged is refused: a selector that fails, a store that is down, a record that got lost.
package fapi
