package main

import (
	"context"
	"net/http"
	"net/url"

	"github.com/fosite-fapi/fosite-fapi/fapitest"
)

// link sends an authorization request on its way, and returns what the client puts into the browser's URL: a reference where requests
// are pushed, else the request object itself.
func (w *world) link(ctx context.Context, app *application, g *grant, mutations ...fapitest.Mutation) (url.Values, error) {
	if w.byValue {
		return objectLink(ctx, app, g.params, mutations...)
	}
	pushed, err := app.Push(ctx, g.params, mutations...)
	if pushed, err = want(http.StatusCreated, pushed, err); err != nil {
		return nil, err
	}
	return reference(app, pushed.Text("request_uri")), nil
}

func reference(app *application, requestURI string) url.Values {
	return url.Values{"client_id": {app.ID}, "request_uri": {requestURI}}
}

// objectLink is a URL's query with a request object.
func objectLink(ctx context.Context, app *application, params url.Values, mutations ...fapitest.Mutation) (url.Values, error) {
	seen := &paper{}
	if _, err := app.AuthorizeByValue(ctx, &http.Client{Transport: seen}, params, mutations...); err != nil {
		return nil, err
	}
	return seen.query, nil
}

// A paper is what a URL is written on, instead of going there.
type paper struct{ query url.Values }

// RoundTrip implements http.RoundTripper.
func (p *paper) RoundTrip(req *http.Request) (*http.Response, error) {
	p.query = req.URL.Query()
	return &http.Response{StatusCode: http.StatusNoContent, Body: http.NoBody}, req.Context().Err()
}

// pushRequest is the request of the FAPI 2.0 Security Profile.
func pushRequest(ctx context.Context, w *world, g *grant) error {
	w.story.step("The client pushes its authorization request")
	link, err := w.link(ctx, w.app, g)
	if err != nil {
		return err
	}
	w.story.why("F2-AZ-03", "What alice will be asked goes from client to server, over TLS and authenticated: no browser, and nobody in it, can change it.")
	w.story.why("F2-AS-08", "The assertion proves the client's key, for this server alone; any other server that was sent it could do nothing with it.")
	if err := w.stepAlice(ctx, link); err != nil {
		return err
	}
	if g.code, err = w.receive(ctx, w.app, g); err != nil {
		return err
	}
	w.story.checked("state is that of this browser's request, iss is the server that it was pushed to")
	w.story.why("F2-CL-12", "Else a server under attack could hand out another server's code (mix-up).")
	return nil
}

// stepAlice is what happens in the browser where requests are pushed.
func (w *world) stepAlice(ctx context.Context, link url.Values) error {
	w.story.step("The browser takes alice to the server, where she logs in and consents")
	if _, err := w.alice.visit(ctx, w.app.Server.AuthorizationEndpoint, link); err != nil {
		return err
	}
	w.story.why("F2-CL-13", "The browser carries a reference; there is nothing in it to tamper with or to leak.")
	w.story.why("F2-AZ-15", "Loading the page spends nothing, so login and consent may reload it; her decision spends the request_uri.")
	return nil
}

// pushObject is the request of FAPI 2.0 Message Signing.
func pushObject(ctx context.Context, w *world, g *grant) error {
	w.story.step("The client signs its authorization request, and pushes that")
	link, err := w.link(ctx, w.app, g)
	if err != nil {
		return err
	}
	w.story.why("F2-MS-01", "TLS and the assertion prove who sent the request, but only to the server and only now. Who keeps the request object can prove it to anybody, later.")
	w.story.why("F2-MS-04", "It says until when it is a request, so that an old one can't be brought up again.")
	w.story.why("F2-MS-02", "And to whom: another server that got it could do nothing with it here.")
	if err := w.stepAlice(ctx, link); err != nil {
		return err
	}
	w.story.step("The client opens the response, which is a JWT too")
	if g.code, err = w.receive(ctx, w.app, g); err != nil {
		return err
	}
	w.story.checked("signature by a key of the server, iss, aud and exp of the JWT; then state within it")
	w.story.why("F2-MS-08", "The browser can't change the code, mix it with another response, or take it to another client without being noticed.")
	w.story.why("F2-MS-09", "The server's name stands where it can't be changed, and nowhere else.")
	return nil
}

// sendObject is the request of FAPI 1.0 Advanced, through the browser.
func sendObject(ctx context.Context, w *world, g *grant) error {
	w.story.step("The client signs its authorization request, and the browser takes it and alice to the server, where she logs in and consents")
	link, err := w.link(ctx, w.app, g)
	if err != nil {
		return err
	}
	if _, err := w.alice.visit(ctx, w.app.Server.AuthorizationEndpoint, link); err != nil {
		return err
	}
	w.story.why("F1A-AS-01", "The request passes the browser, where anybody may read it, but nobody can change it.")
	w.story.why("F1A-AS-10", "response_type and scope stand beside the object as well, because OAuth wants them there. They don't count.")
	w.story.why("F1A-AS-13", "It says until when it is a request, so that an old one can't be brought up again.")

	w.story.step("The client verifies the response by the ID token in it")
	if g.code, err = w.receive(ctx, w.app, g); err != nil {
		return err
	}
	w.story.checked("signature, iss, aud, nonce; c_hash is that of the code, s_hash that of the state; state is that of this browser's request")
	w.story.why("F1A-IDT-03", "The ID token is the response's signature: a code that was put in the place of this one has another hash.")
	w.story.why("F1A-IDT-05", "It came through the browser, so it says nothing more of alice than sub.")
	return nil
}
