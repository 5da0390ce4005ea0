package main

import (
	"bytes"
	"context"
	"crypto/rand"
	"mime/multipart"
	"net/http"

	"github.com/go-jose/go-jose/v4"

	"github.com/fosite-fapi/fosite-fapi/fapitest"
)

// forgeries are attacks by messages that look like those of a client.
func (p *plan) forgeries() []attack {
	return []attack{
		{
			title: "A pushed request as multipart/form-data, with a second redirect_uri",
			prize: "a request in which the gateway checks one redirect_uri and the server uses the other",
			try:   multipartPush,
			want:  refusal{400, "invalid_request", "PAR-01"},
		},
		{
			title: "A client assertion signed with RS256, by the right key",
			prize: "PKCS #1 v1.5 signatures, which have been forged before, where PSS was agreed on",
			try:   pushMutated(func(m *fapitest.Message) { m.Assertion.Algorithm = jose.RS256 }),
			want:  refusal{401, "invalid_client", p.ids.algorithm},
		},
		{
			title: "A client assertion, copied and sent again",
			prize: "to be budget-app until the assertion expires",
			try:   replayedAssertion,
			want:  refusal{401, "invalid_client", "CA-06"},
		},
		{
			title: "A token request without a client certificate",
			prize: "an access token that is bound to nothing, good for whoever finds it",
			try:   redeemWithoutCertificate,
			want:  refusal{400, "invalid_request", p.ids.unbound},
			then:  "the code is not spent: with the certificate it works",
		},
	}
}

// audienceForgery is one in FAPI 2.0 only: FAPI 1.0 takes the URL of the token endpoint for a name of the server.
var audienceForgery = attack{
	title: "A client assertion with the token endpoint as its aud",
	prize: "to be budget-app: a hostile server can name this URL as its own token endpoint, and is sent such assertions",
	try:   assertionForTokenEndpoint,
	want:  refusal{401, "invalid_client", "F2-AS-08"},
}

// pushMutated pushes a request that differs from a good one by the mutation alone.
func pushMutated(mutate fapitest.Mutation) func(context.Context, *world) (attempt, error) {
	return func(ctx context.Context, w *world) (attempt, error) {
		answer, err := w.app.Push(ctx, w.app.Request(fapitest.Verifier(), "openid"), mutate)
		return attempt{answer: answer}, err
	}
}

func assertionForTokenEndpoint(ctx context.Context, w *world) (attempt, error) {
	return pushMutated(func(m *fapitest.Message) { m.Assertion.Claims["aud"] = w.app.Server.TokenEndpoint })(ctx, w)
}

// replayedAssertion sends two messages with one jti. The first one passes.
func replayedAssertion(ctx context.Context, w *world) (attempt, error) {
	jti := rand.Text()
	same := func(m *fapitest.Message) { m.Assertion.Claims["jti"] = jti }
	first, err := w.app.Push(ctx, w.app.Request(fapitest.Verifier(), "openid"), same)
	if err := granted(http.StatusCreated, first, err); err != nil {
		return attempt{}, err
	}
	return pushMutated(same)(ctx, w)
}

// multipartPush sends the parameters as Go's multipart parser would add them to a form, and fosite would read them.
func multipartPush(ctx context.Context, w *world) (attempt, error) {
	params := w.app.Request(fapitest.Verifier(), "openid")
	return pushMutated(func(m *fapitest.Message) {
		assertion, err := m.Assertion.Sign()
		if err != nil {
			panic(err) // the key has signed before
		}
		params.Set("client_assertion", assertion)
		params.Set("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer")
		params.Add("redirect_uri", attackersURI)
		m.Assertion.Claims = nil
		m.Header.Set("Content-Type", "multipart/form-data; boundary="+boundary)
		m.Body = multipartBody(params)
	})(ctx, w)
}

const boundary = "a-boundary-of-no-importance"

func multipartBody(params map[string][]string) string {
	var body bytes.Buffer
	parts := multipart.NewWriter(&body)
	_ = parts.SetBoundary(boundary) // it is a valid one
	for name, values := range params {
		for _, value := range values {
			_ = parts.WriteField(name, value) // into memory
		}
	}
	_ = parts.Close()
	return body.String()
}

func redeemWithoutCertificate(ctx context.Context, w *world) (attempt, error) {
	g, err := w.newCode(ctx, w.app)
	if err != nil {
		return attempt{}, err
	}
	bare := *w.app.Client
	bare.HTTP = w.connect(w.app.ID, nil)
	answer, err := bare.Redeem(ctx, g.code, g.verifier)
	return attempt{answer, func() error {
		answer, err := w.app.Redeem(ctx, g.code, g.verifier)
		return granted(http.StatusOK, answer, err)
	}}, err
}
