package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"

	"github.com/go-jose/go-jose/v4"

	"github.com/fosite-fapi/fosite-fapi/cnf"
	"github.com/fosite-fapi/fosite-fapi/fapitest"
)

// flow is a FAPI 2.0 flow, message by message: budget-app gets to see alice's account.
func (w *world) flow(ctx context.Context) error {
	if err := w.stepDiscover(ctx); err != nil {
		return err
	}
	g := &grant{verifier: fapitest.Verifier()}
	params := w.app.Request(g.verifier, "openid offline_access accounts")

	w.story.step("The client pushes its authorization request")
	pushed, err := w.app.Push(ctx, params)
	if pushed, err = want(http.StatusCreated, pushed, err); err != nil {
		return err
	}
	w.story.why("F2-AZ-03", "What alice will be asked goes from client to server, over TLS and authenticated: no browser, and nobody in it, can change it.")
	w.story.why("F2-AS-08", "The assertion proves the client's key, for this server alone; any other server that was sent it could do nothing with it.")

	w.story.step("The browser takes alice to the server, where she logs in and consents")
	if _, err := w.alice.authorize(ctx, w.app, pushed.Text("request_uri")); err != nil {
		return err
	}
	w.story.why("F2-CL-13", "The browser carries a reference; there is nothing in it to tamper with or to leak.")
	w.story.why("F2-AZ-15", "Loading the page spends nothing, so login and consent may reload it; her decision spends the request_uri.")

	if g.code, err = w.app.checkResponse(w.app.take(), params.Get("state")); err != nil {
		return err
	}
	w.story.checked("state is that of this browser's request, iss is the server that it was pushed to")
	w.story.why("F2-CL-12", "Else a server under attack could hand out another server's code (mix-up).")

	if err := w.stepTokens(ctx, g, params.Get("nonce")); err != nil {
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

func (w *world) stepTokens(ctx context.Context, g *grant, nonce string) error {
	w.story.step("The client redeems the code")
	tokens, err := w.app.Redeem(ctx, g.code, g.verifier)
	if tokens, err = want(http.StatusOK, tokens, err); err != nil {
		return err
	}
	g.access, g.refresh, g.idText = tokens.Text("access_token"), tokens.Text("refresh_token"), tokens.Text("id_token")
	w.story.why("F2-AZ-05", "Only who began the flow knows the code_verifier; a code alone is worth nothing.")
	w.story.why("F2-AS-04", "The access token is bound to the certificate of this connection, and useless without its key.")

	w.story.step("The client verifies the ID token")
	if err := w.verifyIDToken(ctx, g.idText, nonce); err != nil {
		return err
	}
	w.story.checked("signature by a key of the server, iss, aud, and the nonce of step 2")
	w.story.why("OC-03", "It says who logged in, and that it was for this request.")
	return nil
}

// verifyIDToken is what OpenID Connect Core 3.1.3.7 asks of a client, as far as this flow has it.
func (w *world) verifyIDToken(ctx context.Context, raw, nonce string) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, w.app.Server.JWKSURI, nil)
	if err != nil {
		return err
	}
	answer, err := fapitest.Do(w.app.HTTP, req)
	if answer, err = want(http.StatusOK, answer, err); err != nil {
		return err
	}
	var set jose.JSONWebKeySet
	if err := json.Unmarshal(answer.Body, &set); err != nil {
		return err
	}
	signed, err := jose.ParseSignedCompact(raw, []jose.SignatureAlgorithm{jose.PS256, jose.ES256, jose.EdDSA})
	if err != nil {
		return err
	}
	payload, err := signed.Verify(&set)
	if err != nil {
		return err
	}
	var claims struct{ Iss, Aud, Nonce, Sub string }
	if err := json.Unmarshal(payload, &claims); err != nil {
		return err
	}
	if claims.Iss != w.app.Server.Issuer || claims.Aud != w.app.ID || claims.Nonce != nonce || claims.Sub != "alice" {
		return fmt.Errorf("the ID token says %+v", claims)
	}
	return nil
}

func (w *world) stepResources(ctx context.Context, g *grant) error {
	w.story.step("The client calls the accounts API, which asks the server about the token")
	answer, err := get(ctx, w.app.HTTP, w.accountsURL, g.access)
	if _, err = want(http.StatusOK, answer, err); err != nil {
		return err
	}
	w.story.checked("the token is live, for this scope, and the connection's certificate is the one of cnf")
	w.story.why("F2-RS-05", "The token works for the client that it was issued to, and for nobody who copied it.")

	w.story.step("The client calls an API in the server's own process")
	answer, err = get(ctx, w.app.HTTP, w.app.Server.MTLSEndpointAliases.UserinfoEndpoint, g.access)
	if _, err = want(http.StatusOK, answer, err); err != nil {
		return err
	}
	w.story.why("F2-RS-05", "Provider.Authorize makes the same checks without an introspection request.")
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
	w.story.why("F2-AS-09", "Bound to the client's key as it is, it need not change; changed, it would be lost with any answer that fails to arrive.")

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
