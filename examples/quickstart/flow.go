package main

import (
	"context"
	"errors"
	"net/http"

	"github.com/fosite-fapi/fosite-fapi/cnf"
)

// flow is a flow, message by message: budget-app gets to see alice's account.
func (w *world) flow(ctx context.Context) (err error) {
	if err := w.stepDiscover(ctx); err != nil {
		return err
	}
	g := w.newRequest(w.app)
	if err := w.request(ctx, w, g); err != nil {
		return err
	}
	if err := w.stepTokens(ctx, g); err != nil {
		return err
	}
	if err := w.stepResources(ctx, g); err != nil {
		return err
	}
	return w.stepRefresh(ctx, g)
}

func (w *world) stepDiscover(ctx context.Context) (err error) {
	w.story.step("The client reads the server's metadata")
	w.app.Server, err = discover(ctx, w.app.HTTP, w.server.issuer)
	if err != nil {
		return err
	}
	w.story.checked("issuer is the URL that the client was configured with")
	w.story.why("F2-CL-08", "Every endpoint comes from one trusted document, those that ask for certificates too.")
	return nil
}

func (w *world) stepTokens(ctx context.Context, g *grant) error {
	w.story.step("The client redeems the code")
	tokens, err := w.app.Redeem(ctx, g.code, g.verifier)
	if tokens, err = want(http.StatusOK, tokens, err); err != nil {
		return err
	}
	g.access, g.refresh, g.idText = tokens.Text("access_token"), tokens.Text("refresh_token"), tokens.Text("id_token")
	w.story.why("PKCE-09", "Only who began the flow knows the code_verifier; a code alone is worth nothing.")
	w.story.why(w.ids.unbound, "The access token is bound to the certificate of this connection, and useless without its key.")

	w.story.step("The client verifies the ID token")
	if _, err := w.verifyIDToken(ctx, w.app, g.idText, g.params.Get("nonce")); err != nil {
		return err
	}
	w.story.checked("signature by a key of the server, iss, aud, and the nonce of the request")
	w.story.why("OC-03", "It says who logged in, and that it was for this request.")
	return nil
}

func (w *world) stepResources(ctx context.Context, g *grant) error {
	w.story.step("The client calls the accounts API, which asks the server about the token")
	answer, err := get(ctx, w.app.HTTP, w.accountsURL, g.access)
	if _, err = want(http.StatusOK, answer, err); err != nil {
		return err
	}
	w.story.checked("the token is live, for this scope, and the connection's certificate is the one of cnf")
	if w.signed {
		w.story.why("F2-MS-11", "The answer about the token is a JWT for accounts-api: whoever reads it later knows who said it, and to whom.")
	}
	w.story.why(w.ids.bound, "The token works for the client that it was issued to, and for nobody who copied it.")

	w.story.step("The client calls an API in the server's own process")
	answer, err = get(ctx, w.app.HTTP, w.app.Server.MTLSEndpointAliases.UserinfoEndpoint, g.access)
	if _, err = want(http.StatusOK, answer, err); err != nil {
		return err
	}
	w.story.why(w.ids.bound, "Provider.Authorize makes the same checks without an introspection request.")
	return nil
}

func (w *world) stepRefresh(ctx context.Context, g *grant) error {
	w.story.step("The client refreshes its access token")
	tokens, err := w.app.Refresh(ctx, g.refresh)
	if tokens, err = want(http.StatusOK, tokens, err); err != nil {
		return err
	}
	before := g.access
	g.access = tokens.Text("access_token")
	if tokens.Text("refresh_token") != g.refresh || g.access == before {
		return errors.New("refreshing must give a new access token and the same refresh token")
	}
	w.story.checked("the access token is new, the refresh token is the same")
	w.story.why("F2-AS-09", "Bound to the client as it is, it need not change; changed, it would be lost with any answer that fails to arrive.")

	w.story.step("The client asks what became of its tokens")
	old, err := w.app.Introspect(ctx, before)
	if old, err = want(http.StatusOK, old, err); err != nil {
		return err
	}
	seen, err := w.app.Introspect(ctx, g.access)
	if seen, err = want(http.StatusOK, seen, err); err != nil {
		return err
	}
	bound, _ := seen.JSON["cnf"].(map[string]any)
	if old.JSON["active"] != false || seen.JSON["active"] != true || bound["x5t#S256"] != cnf.Thumbprint(w.app.certificate.Leaf) {
		return errors.New("the old token must be dead, and the new one live and bound to the client's certificate")
	}
	w.story.checked("x5t#S256 is the SHA-256 of the client's certificate; the access token from before the refresh is dead")
	w.story.why("MTLS-13", "This is what a resource server compares with the certificate of the connection.")
	return nil
}
