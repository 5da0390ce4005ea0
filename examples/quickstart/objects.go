package main

import (
	"context"
	"encoding/base64"
	"slices"
	"strings"
	"time"

	"github.com/go-jose/go-jose/v4"

	"github.com/fosite-fapi/fosite-fapi/fapitest"
)

// objectAttacks are those on signed authorization requests that the profiles with them have in common. The IDs are those of the audience,
// of nbf and of exp.
func (p *plan) objectAttacks(audience, notBefore, expiry, unsigned, typ string) []attack {
	const code = "invalid_request_object"
	return []attack{
		{
			title: "A request object in which somebody has added a scope",
			prize: "alice consents to payments, where budget-app asked for her accounts",
			try:   p.ask(widened),
			want:  refusal{400, code, "JAR-14"},
		},
		{
			title: "A request object of budget-app, signed by rival-app",
			prize: "alice consents to budget-app, and the request was rival-app's",
			try:   p.askWith(func(w *world) fapitest.Mutation { return signedBy(w.rival) }),
			want:  refusal{400, code, "JAR-14"},
			quiet: true,
		},
		{
			title: "A request object without signature, alg none",
			prize: "any request that one likes",
			try:   p.ask(fapitest.InObject(fapitest.SignedBy(nil, "none"))),
			want:  refusal{400, code, unsigned},
		},
		{
			title: "A request object signed with RS256, by the right key",
			prize: "PKCS #1 v1.5 signatures, which have been forged before, where PSS was agreed on",
			try:   p.ask(func(m *fapitest.Message) { m.Object.Algorithm = jose.RS256 }),
			want:  refusal{400, code, p.ids.algorithm},
		},
		{
			title: "A request object that budget-app made for another server",
			prize: "a request that alice never saw here, from a server in the attacker's hands",
			try:   p.ask(fapitest.InObject(fapitest.Claim("aud", "https://other.example"))),
			want:  refusal{400, code, audience},
		},
		{
			title: "A request object that does not say from when it is",
			prize: "requests that were stored up",
			try:   p.ask(fapitest.InObject(fapitest.NoClaim("nbf"))),
			want:  refusal{400, code, notBefore},
		},
		{
			title: "A request object that is good for 70 minutes",
			prize: "a URL that works long after anybody remembers it",
			try:   p.ask(fapitest.InObject(fapitest.Ahead("exp", 70*time.Minute))),
			want:  refusal{400, code, expiry},
		},
		{
			title: "A client assertion, sent as a request object",
			prize: "one signature of budget-app taken for another",
			try:   p.ask(assertionAsObject),
			want:  refusal{400, code, typ},
		},
	}
}

// ask sends a request that differs from a good one by the mutation alone: pushed, or through alice's browser.
func (p *plan) ask(mutate fapitest.Mutation) func(context.Context, *world) (attempt, error) {
	return p.askWith(func(*world) fapitest.Mutation { return mutate })
}

func (p *plan) askWith(mutate func(*world) fapitest.Mutation) func(context.Context, *world) (attempt, error) {
	return func(ctx context.Context, w *world) (attempt, error) {
		g := w.newRequest(w.app)
		if !p.byValue {
			answer, err := w.app.Push(ctx, g.params, mutate(w))
			return attempt{answer: answer}, err
		}
		link, err := objectLink(ctx, w.app, g.params, mutate(w))
		if err != nil {
			return attempt{}, err
		}
		answer, err := w.alice.visit(ctx, w.app.Server.AuthorizationEndpoint, link)
		return attempt{answer: answer}, err
	}
}

// widened changes the request after it was signed.
func widened(m *fapitest.Message) {
	fapitest.Sealed(m)
	parts := strings.Split(m.Form.Get("request"), ".")
	claims, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil {
		panic(err) // it was made a moment ago
	}
	more := strings.Replace(string(claims), "accounts", "accounts payments", 1)
	parts[1] = base64.RawURLEncoding.EncodeToString([]byte(more))
	m.Form.Set("request", strings.Join(parts, "."))
}

// signedBy signs the request object with the key of another client, and says so.
func signedBy(other *application) fapitest.Mutation {
	return func(m *fapitest.Message) {
		m.Object.Key, m.Object.Algorithm, m.Object.Header["kid"] = other.Key, other.Algorithm, other.KeyID
	}
}

func assertionAsObject(m *fapitest.Message) {
	id := m.Object.Claims["client_id"]
	m.Object.Header["typ"] = "client-authentication+jwt"
	m.Object.Claims = map[string]any{
		"iss": id, "sub": id, "client_id": id, "aud": m.Object.Claims["aud"], "jti": m.Object.Claims["jti"], "iat": m.Object.Claims["iat"],
		"nbf": m.Object.Claims["nbf"], "exp": m.Object.Claims["exp"],
	}
}

// messageAttacks are those on FAPI 2.0 Message Signing: on what it adds, and on the Security Profile below it.
func (p *plan) messageAttacks() []attack {
	return slices.Concat(p.thefts(), references(), []attack{{
		title: "Parameters that are not signed, pushed by budget-app itself",
		prize: "a request of which budget-app could say later that it never made it",
		try:   p.ask(fapitest.Plain),
		want:  refusal{400, "invalid_request", "F2-MS-01"},
	}}, p.objectAttacks("F2-MS-02", "F2-MS-03", "F2-MS-04", "F2-CR-03", "F2-MS-05"), []attack{{
		title: "A request for an answer that is not signed",
		prize: "a response in which the code can be swapped",
		try:   p.ask(fapitest.InObject(fapitest.Claim("response_mode", "query"))),
		want:  refusal{400, "invalid_request", "F2-MS-08"},
	}}, p.forgeries(), []attack{audienceForgery})
}

// advancedAttacks are those on FAPI 1.0 Advanced.
func (p *plan) advancedAttacks() []attack {
	return slices.Concat(p.thefts(), []attack{{
		title: "Authorization parameters in the browser's URL, with the attacker's redirect_uri",
		prize: "the code, sent to the attacker by the server itself",
		try:   notPushed,
		want:  refusal{400, "invalid_request", "F1A-AS-01"},
	}}, p.objectAttacks("F1A-AS-15", "F1A-AS-17", "F1A-AS-13", "F1A-ALG-03", "JAR-23"), []attack{
		{
			title: "A request object with the attacker's redirect_uri, out of a budget-app that was broken into",
			prize: "the code, sent to the attacker by the server itself",
			try:   p.ask(fapitest.InObject(fapitest.Claim("redirect_uri", attackersURI))),
			want:  refusal{400, "invalid_request", "F1B-AS-08"},
		},
		{
			title: "A code alone, without the ID token that vouches for it",
			prize: "a response in which the code can be swapped",
			try:   pushMutated(fapitest.InObject(fapitest.Claim("response_type", "code"), fapitest.NoClaim("response_mode"))),
			want:  refusal{400, "unsupported_response_type", "F1A-AS-02"},
		},
		{
			title: "A pushed request without code_challenge",
			prize: "a code that works without the secret of the session that it belongs to",
			try:   pushMutated(fapitest.InObject(fapitest.NoClaim("code_challenge"), fapitest.NoClaim("code_challenge_method"))),
			want:  refusal{400, "invalid_request", "F1A-AS-18"},
		},
		{
			title: "A client assertion that budget-app made for another server",
			prize: "to be budget-app, for the server that was sent it",
			try:   pushMutated(fapitest.Claim("aud", "https://other.example/token")),
			want:  refusal{401, "invalid_client", "CA-03"},
		},
	}, p.forgeries())
}
