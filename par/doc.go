// Package par keeps pushed authorization requests (RFC 9126): it stores them, finds them again, and
// spends each once. It works on the fosite.PARStorage that the host already has.
//
//	requests := &par.Requests{Storage: store, SingleUse: replay.NewMemory(0)}
//	if err := requests.Validate(); err != nil {
//		return err
//	}
//
//	// At the pushed authorization request endpoint, once the client is authenticated and the request valid:
//	uri, expiresIn, err := requests.Push(ctx, ar)
//
//	// At the authorization endpoint, each time the page is loaded:
//	ar, err := requests.Load(ctx, uri, clientID)
//
//	// When the user has approved or refused:
//	err := requests.Spend(ctx, uri)
//
// # One use, and yet a page that can be reloaded
//
// A request_uri is good for one authorization, not for one page load: a reload, a link preview or the
// attempt of another client leaves it as it is. expires_in is judged when the page is first loaded in
// time; from then on the interaction may go on until [Requests].Interaction after expires_in. Approval and
// refusal both spend the request_uri, atomically, before anything else is made of it.
//
// A request that came otherwise, such as a signed one by value, can go the same way: see [Requests.Keep].
//
// # What it does not check
//
// Whether the request is a valid one: that is done before [Requests.Push] and, where the client's
// registration may have changed since, again after [Requests.Load] (RFC 9126 4). Who the caller is: Push
// trusts the client of the request, Load the client_id that it is given.
//
// # The host's store
//
// The request is stored with one more form parameter, which [Requests.Load] takes out again: client,
// expiry and a hash of the request_uri. Nothing else has to survive but what fosite's own handler
// relies on, so stores that serialise and hydrate work. Requests that are never spent stay in the store until
// the host's own cleanup, as they do with fosite; if the request has a session, its expiry for
// fosite.PushedAuthorizeRequestContext says from when on.
//
// # Clauses
//
//	RFC 9126 2.2    expires_in, unguessable request_uri     [Requests.Push]     PAR-09, PAR-10
//	RFC 9126 2.2    bound to the client                     [Requests.Load]     PAR-11
//	RFC 9126 4      used once, reload allowed               [Requests.Spend]    PAR-23, F2-AZ-15
//	RFC 9126 4      expired is invalid                      [Requests.Load]     PAR-24
//	FAPI 2.0 SP 5.3.2.2-12    expires_in below 600          [Requests.Validate] F2-AZ-12
package par
