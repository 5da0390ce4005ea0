package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fosite-fapi/fosite-fapi/fapitest"
	"github.com/fosite-fapi/fosite-fapi/rar"
)

const (
	readAccounts = `{"type":"account_information","actions":["list_accounts","read_balances"],"locations":["https://api.example.com/accounts"]}`
	listAccounts = `{"type":"account_information","actions":["list_accounts"],"locations":["https://api.example.com/accounts"]}`
	payRent      = `{"type":"payment_initiation","instructedAmount":{"currency":"EUR","amount":"123.50"},"creditorName":"Merchant A"}`
	payMore      = `{"type":"payment_initiation","instructedAmount":{"currency":"EUR","amount":"124.50"},"creditorName":"Merchant A"}`
)

// withDetails lets the clients use two types.
func withDetails(c *config) {
	c.AuthorizationDetailsTypes = []detailsType{
		{Type: "account_information"},
		{Type: "payment_initiation", Fields: []string{"instructedAmount", "creditorName"}, Required: []string{"instructedAmount"}},
	}
	for i := range c.Clients[:2] {
		c.Clients[i].AuthorizationDetailsTypes = []string{"account_information", "payment_initiation"}
	}
}

// asking pushes a request with authorization details and returns the consent page.
func (w *world) asking(verifier, details string) *page {
	w.Helper()
	params := w.a.Request(verifier, "openid offline_access accounts")
	params.Set("authorization_details", details)
	return w.browser().visit(w.pushed(w.a, params)).logIn("alice", password)
}

// told is the member of an answer.
func (w *world) told(a *fapitest.Answer) string {
	w.Helper()
	require.Equal(w, http.StatusOK, a.Status, string(a.Body))
	raw, err := json.Marshal(a.JSON["authorization_details"])
	require.NoError(w, err)
	return string(raw)
}

// RFC 9396 from the pushed request to the resource.
func TestAuthorizationDetails(t *testing.T) {
	t.Parallel()
	for _, format := range []string{"opaque", "jwt"} {
		t.Run(format, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, withDetails, func(c *config) { c.AccessTokenFormat = format })
			assert.Equal(t, []string{"account_information", "payment_initiation"}, w.a.Server.AuthorizationDetailsTypesSupported, "RAR-18")
			verifier, both := fapitest.Verifier(), "["+readAccounts+","+payRent+"]"
			consent := w.asking(verifier, both)
			for _, item := range []string{"<li>accounts</li>", "list_accounts", "Merchant A", "123.50"} {
				assert.Contains(t, string(consent.Body), item, "RAR-07: the page shows scopes and details")
			}
			tokens, err := w.a.Redeem(t.Context(), consent.press("approve").callback().Get("code"), verifier)
			require.NoError(t, err)
			assert.JSONEq(t, both, w.told(tokens), "RAR-12")
			token := tokens.Text("access_token")
			assert.JSONEq(t, both, w.told(w.resource(w.a, "/accounts", token)), "RAR-15")
			seen, err := w.a.Introspect(t.Context(), token)
			require.NoError(t, err)
			assert.JSONEq(t, both, w.told(seen), "RAR-17")

			narrowed, err := w.a.Refresh(t.Context(), tokens.Text("refresh_token"), fapitest.Param("authorization_details", "["+listAccounts+"]"))
			require.NoError(t, err)
			assert.JSONEq(t, "["+listAccounts+"]", w.told(narrowed), "RAR-10")
			assert.JSONEq(t, "["+listAccounts+"]", w.told(w.resource(w.a, "/accounts", narrowed.Text("access_token"))), "RAR-15")
			wider, err := w.a.Refresh(t.Context(), tokens.Text("refresh_token"), fapitest.Param("authorization_details", "["+payMore+"]"))
			require.NoError(t, err)
			assert.Equal(t, http.StatusBadRequest, wider.Status)
			assert.Equal(t, "invalid_authorization_details", wider.Text("error"), "RAR-10")
			again, err := w.a.Refresh(t.Context(), tokens.Text("refresh_token"))
			require.NoError(t, err)
			assert.JSONEq(t, both, w.told(again), "RAR-11: the grant is whole")
		})
	}
}

// RAR-06: what the user leaves out is not granted.
func TestAuthorizationDetailsInPart(t *testing.T) {
	t.Parallel()
	w := newWorld(t, withDetails)
	verifier := fapitest.Verifier()
	consent := w.asking(verifier, "["+readAccounts+","+payRent+"]")
	for _, wrong := range []string{"2", "-1", "x"} {
		assert.Equal(t, http.StatusBadRequest, consent.submit(url.Values{"approve": {"1"}, "withhold": {wrong}}).Status, wrong)
	}
	tokens, err := w.a.Redeem(t.Context(), consent.submit(url.Values{"approve": {"1"}, "withhold": {"1"}}).callback().Get("code"), verifier)
	require.NoError(t, err)
	assert.JSONEq(t, "["+readAccounts+"]", w.told(tokens))

	tokens, err = w.a.Redeem(t.Context(), w.asking(verifier, "["+payRent+"]").submit(url.Values{"approve": {"1"}, "withhold": {"0"}}).callback().Get("code"), verifier)
	require.NoError(t, err)
	assert.JSONEq(t, "[]", w.told(tokens), "none is not the same as all")
}

// What was approved once, such as a payment, is not approved for good.
func TestAuthorizationDetailsAreAskedEachTime(t *testing.T) {
	t.Parallel()
	w := newWorld(t, withDetails)
	b := w.browser()
	visit := func(prompt, details string) *page {
		params := w.a.Request(fapitest.Verifier(), "openid accounts")
		params.Set("prompt", prompt)
		if details != "" {
			params.Set("authorization_details", details)
		}
		return b.visit(w.pushed(w.a, params))
	}
	require.NotEmpty(t, visit("consent", "["+payRent+"]").logIn("alice", password).press("approve").callback().Get("code"))
	assert.NotEmpty(t, visit("none", "").callback().Get("code"), "the scopes are")
	assert.Equal(t, "consent_required", visit("none", "["+payRent+"]").callback().Get("error"))
}

// RAR-23: what a client wrote is text on the page, and none of it hides.
func TestAuthorizationDetailsAreInert(t *testing.T) {
	t.Parallel()
	w := newWorld(t, withDetails)
	hostile := `[{"type":"payment_initiation","instructedAmount":{"amount":"1\u202e00"},"creditorName":"</pre><script>alert(1)</script><img src=x onerror=alert(1)>"}]`
	consent := w.asking(fapitest.Verifier(), hostile)
	consent.at("/consent", http.StatusOK)
	assert.NotContains(t, string(consent.Body), "<script")
	assert.NotContains(t, string(consent.Body), "<img")
	assert.Contains(t, string(consent.Body), "&lt;script&gt;")
	raw := w.asking(fapitest.Verifier(), strings.ReplaceAll(hostile, `\u202e`, "\u202e"))
	assert.NotContains(t, string(raw.Body), "\u202e")
	assert.Contains(t, string(raw.Body), `\u{202E}`)
	for _, invisible := range []rune{'\u00ad', '\u034f', '\u115f', '\u1160', '\u200b', '\u2063', '\u2800', '\u3164', '\ufe0f', '\uffa0', '\U000e0041', '\U000e0101'} {
		details, err := rar.New(map[string]any{"type": "a", "x": "1" + string(invisible) + "0"})
		require.NoError(t, err)
		assert.Contains(t, shown(details[0]), fmt.Sprintf(`"1\u{%X}0"`, invisible), "RAR-23")
	}
}

// RAR-10: one payment that was approved is not two in a token.
func TestAuthorizationDetailsCount(t *testing.T) {
	t.Parallel()
	w := newWorld(t, withDetails)
	for name, c := range map[string]struct {
		wanted string
		status int
	}{
		"RAR-10/kept once":     {"[" + payRent + "]", http.StatusOK},
		"RAR-10/refused twice": {"[" + payRent + "," + payRent + "]", http.StatusBadRequest},
	} {
		verifier := fapitest.Verifier()
		code := w.asking(verifier, "["+payRent+"]").press("approve").callback().Get("code")
		a, err := w.a.Redeem(t.Context(), code, verifier, fapitest.Param("authorization_details", c.wanted))
		require.NoError(t, err)
		require.Equal(t, c.status, a.Status, name)
		if c.status != http.StatusOK {
			assert.Equal(t, "invalid_authorization_details", a.Text("error"), name)
		}
	}
}

// RAR-09, RAR-18: what the server or the client doesn't know is refused at the pushed request.
func TestAuthorizationDetailsRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t, withDetails, func(c *config) { c.Clients[1].AuthorizationDetailsTypes = nil })
	plain := newWorld(t)
	push := func(w *world, c *fapitest.Client, details string) *fapitest.Answer {
		params := c.Request(fapitest.Verifier(), "accounts")
		params.Set("authorization_details", details)
		a, err := c.Push(t.Context(), params)
		require.NoError(t, err)
		return a
	}
	assert.Equal(t, http.StatusCreated, push(w, w.a, "["+payRent+"]").Status)
	for name, a := range map[string]*fapitest.Answer{
		"RAR-09 unknown type":    push(w, w.a, `[{"type":"other"}]`),
		"RAR-09 unknown field":   push(w, w.a, strings.Replace("["+payRent+"]", "creditorName", "debtorName", 1)),
		"RAR-09 missing field":   push(w, w.a, `[{"type":"payment_initiation"}]`),
		"RAR-09 null":            push(w, w.a, `[{"type":"payment_initiation","instructedAmount":null}]`),
		"RAR-18 not registered":  push(w, w.b, "["+payRent+"]"),
		"RAR-09 no types at all": push(plain, plain.a, "["+payRent+"]"),
	} {
		assert.Equal(t, http.StatusBadRequest, a.Status, name)
		assert.Equal(t, "invalid_authorization_details", a.Text("error"), name)
		assert.Contains(t, a.Text("error_description"), name[:6], name)
	}
}

func TestAuthorizationDetailsTypesAreChecked(t *testing.T) {
	t.Parallel()
	got := loadError(t, `{"authorization_details_types": [{"type": "a", "fields": ["x"], "required": ["y"]}, {"type": "a"}, {"kind": "b"}]}`)
	assert.Contains(t, got, `authorization_details_types[0].required: "y" is not in fields`)
	assert.Contains(t, got, `authorization_details_types: rar: the definition of the type failed: "a" is no name, or that of two types`)
	assert.Contains(t, got, `authorization_details_types[2].kind: unknown field`)
}
