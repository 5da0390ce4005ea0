package fapi_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fosite-fapi/fosite-fapi/fapi"
	"github.com/fosite-fapi/fosite-fapi/fapitest"
	"github.com/fosite-fapi/fosite-fapi/rar"
	"github.com/fosite-fapi/fosite-fapi/registration"
)

const invalidDetails = "invalid_authorization_details"

// RFC 9396 at the pushed request and the authorization endpoint.
func TestClausesAuthorizationDetails(t *testing.T) {
	t.Parallel()
	raw := func(value string) step { return rich(nil, push(param("authorization_details", value))) }
	one := func(detail string) step { return raw(array(detail)) }
	wrong := func(id string) check { return refused(400, invalidDetails, id) }
	notAsked := array(paying, agreed)
	clauses{
		{"RAR-01/kept", one(reading), created},
		{"RAR-01/kept an empty array", raw("[]"), created},
		{"RAR-01/refused an object", raw(reading), wrong("RAR-01")},
		{"RAR-01/refused no JSON", raw("[" + reading), wrong("RAR-01")},
		{"RAR-01/refused a string in the array", raw(`["account_information"]`), wrong("RAR-01")},
		{"RAR-01/refused no type", one(strings.Replace(reading, "type", "kind", 1)), wrong("RAR-01")},
		{"RAR-01/refused an empty type", one(`{"type":""}`), wrong("RAR-01")},
		{"RAR-01/refused a type that is a number", one(`{"type":1}`), wrong("RAR-01")},
		{"RAR-01/refused Type for type", one(`{"Type":"account_information"}`), wrong("RAR-01")},
		{"RAR-01/refused a member twice", one(`{"type":"other","type":"account_information"}`), wrong("RAR-01")},
		{"RAR-01/kept 32 objects", raw(array(strings.Split(strings.Repeat(";"+`{"type":"account_information"}`, 32)[1:], ";")...)), created},
		{"RAR-01/refused 33 objects", raw(array(strings.Split(strings.Repeat(";"+`{"type":"account_information"}`, 33)[1:], ";")...)), wrong("RAR-01")},
		{"RAR-01/refused more than 8 KiB", one(`{"type":"account_information","identifier":"` + strings.Repeat("x", 8<<10) + `"}`), wrong("RAR-01")},
		{"RAR-01/refused more than 8 KiB when it is told", one(escaping(rar.MaxBytes / 6)), wrong("RAR-01")},
		{"RAR-01/refused too deep", one(`{"type":"account_information","x":` + strings.Repeat("[", 15) + strings.Repeat("]", 15) + `}`), wrong("RAR-01")},
		{"RAR-02/kept two of a type", rich(nil, request(detailed(reading, writing))), tells(reading, writing)},
		{"RAR-06/kept all by default", rich(nil, request(detailed(reading, paying))), tells(reading, paying)},
		{"RAR-06/kept one of two", rich(parsed(array(paying)), request(detailed(reading, paying))), tells(paying)},
		{"RAR-06/kept less of one", rich(parsed(array(listing)), request(detailed(reading))), tells(listing)},
		{"RAR-06/kept none", rich(rar.Details{}, request(detailed(reading))), tells()},
		{"RAR-06/kept none of a type of which there are none", rich(parsed(array(reading)).Of("payment_initiation"), request(detailed(reading))), tells()},
		{"RAR-06/refused a type that was not requested", rich(parsed(notAsked), authorize(detailed(paying))), sentBack("server_error", "RAR-06")},
		{"RAR-06/refused though nothing was requested", rich(parsed(array(paying)), authorize()), sentBack("server_error", "RAR-06")},
		{"RAR-06/refused a grant that is not valid for its type", rich(parsed(`[{"type":"loose","x":1}]`), authorize(detailed(`{"type":"loose"}`))), sentBack("server_error", "RAR-06")},
		{"RAR-06/refused a grant that has no room", rich(append(large("a"), large("b")...), authorize(detailed(`{"type":"loose"}`))), sentBack("server_error", "RAR-06")},
		{"RAR-07/kept beside scope", rich(nil, request(detailed(reading))), all(tells(reading), member("scope", usualScope))},
		{"RAR-08/kept beside resource", rich(nil, request(detailed(reading), param("resource", "https://api.example.com"))), tells(reading)},
		{"RAR-09/kept", one(paying), created},
		{"RAR-09/refused unknown type", one(`{"type":"unknown here"}`), wrong("RAR-09")},
		{"RAR-09/refused unknown field", one(strings.Replace(paying, "creditorName", "debtorName", 1)), wrong("RAR-09")},
		{"RAR-09/refused unknown field within", one(strings.Replace(paying, "currency", "Currency", 1)), wrong("RAR-09")},
		{"RAR-09/refused field of another JSON type", one(strings.Replace(paying, `"Zoë <b>"`, "1", 1)), wrong("RAR-09")},
		{"RAR-09/refused null", one(strings.Replace(paying, `"Zoë <b>"`, "null", 1)), wrong("RAR-09")},
		{"RAR-09/refused missing field", one(strings.Replace(paying, `,"amount":12345678901234567890.10`, "", 1)), wrong("RAR-09")},
		{"RAR-01 RAR-09/refused common field of another JSON type", one(strings.Replace(reading, `["read","list"]`, `"read"`, 1)), wrong("RAR-01")},
		{"RAR-09/refused by a redirect at the authorization endpoint", rich(nil, func(b *bench) *fapitest.Answer {
			uri := b.requestURI(detailed(paying))
			b.reopen(fapi.WithProfile(fapi.FAPI2Security()), fapi.WithAuthorizationDetails(rar.Type{Name: "account_information"}))
			return b.browse(uri)
		}), sentBack(invalidDetails, "RAR-09")},
		{"RAR-13/kept", rich(parsed(array(agreed)), request(detailed(agreeing))), tells(agreed)},
		{"RAR-13/refused where the type does not define it", rich(parsed(array(writing)), authorize(detailed(reading))), sentBack("server_error", "RAR-13")},
		{"RAR-13/refused a payment twice", rich(parsed(array(paying, paying)), authorize(detailed(paying))), sentBack("server_error", "RAR-13")},
		{"RAR-13/refused beyond what the type defines", rich(parsed(array(strings.Replace(agreed, "read", "write", 1))), authorize(detailed(agreeing))), sentBack("server_error", "RAR-13")},
		{"RAR-18/kept in the metadata", get(wellKnownOAuth), document(member("authorization_details_types_supported",
			[]any{"account_information", "payment_initiation", "consent", "of another client", "broken", "loose"}))},
		{"RAR-18/kept a registered type", one(reading), created},
		{"RAR-18/refused a type that is not registered", one(`{"type":"of another client"}`), wrong("RAR-18")},
		{"RAR-18/refused a registration without types", push(detailed(reading)), wrong("RAR-18")},
		{"RAR-18/refused a type that is not registered any more", rich(nil, func(b *bench) *fapitest.Answer {
			uri := b.requestURI(detailed(reading))
			b.registration(b.a.ID).AuthorizationDetailsTypes = nil
			return b.browse(uri)
		}), sentBack(invalidDetails, "RAR-18")},
		{"RAR-23/kept", rich(nil, push(detailed(reading))), created},
		{"RAR-23 RAR-09/refused and nothing is repeated", func(b *bench) *fapitest.Answer {
			const hostile = "<script>what nobody must see again</script>"
			b.events.emitted.keep("an authorization detail", hostile)
			a := one(strings.Replace(paying, `"EUR"`, `["`+hostile+`"]`, 1))(b)
			assert.NotContains(b, string(a.Body), "nobody must see")
			return a
		}, wrong("RAR-09")},
		{"RAR-24/kept out of the authorization response", rich(nil, authorize(detailed(reading))), approved},
		{"FAPI-HOST/refused a type whose own function panics", one(`{"type":"broken"}`), refused(500, "server_error", "FAPI-HOST")},
	}.run(t, fapi.WithAuthorizationDetails(detailsTypes()...))

	clauses{
		{"RAR-09/refused by a server that knows no types", rich(nil, push(detailed(reading))), wrong("RAR-09")},
		{"RAR-09/refused at the token endpoint of a server that knows no types", rich(nil, credentials(detailed(reading))), wrong("RAR-09")},
		{"RAR-18/kept no types in the metadata", get(wellKnownOAuth), document(member("authorization_details_types_supported", nil))},
	}.run(t)
}

// RFC 9396 in request objects.
func TestClausesAuthorizationDetailsSigned(t *testing.T) {
	t.Parallel()
	options := []fapi.Option{fapi.WithAuthorizationDetails(detailsTypes()...)}
	native := func(raw string) fapitest.Mutation { return object("authorization_details", json.RawMessage(raw)) }
	types := func(c *registration.Client) { mayAsk(c) }
	vast := strings.Replace(paying, "12345678901234567890.10", "1e400", 1)
	pushed := nonRepudiable
	pushed.options, pushed.register = options, types
	clauses{
		{"RAR-05/kept as JSON in a pushed request object", push(native(array(reading, paying))), created},
		{"RAR-05/kept a number beyond floats as JSON", push(native(array(vast))), created},
		{"RAR-05/kept a number beyond floats as text", push(object("authorization_details", array(vast))), created},
		{"RAR-05/kept as text in a pushed request object", push(object("authorization_details", array(reading))), created},
		{"RAR-05 JAR-03/refused as a number", push(object("authorization_details", 1)), refused(400, invalidObject, "JAR-03")},
		{"RAR-05 RAR-01/refused as one object", push(native(reading)), refused(400, invalidDetails, "RAR-01")},
		{"RAR-05 RAR-09/refused unknown type", push(native(`[{"type":"unknown here"}]`)), refused(400, invalidDetails, "RAR-09")},
	}.asking(t, pushed)

	front := hybrid
	front.options = options
	front.register = func(c *registration.Client) { hybrid.register(c); types(c) }
	clauses{
		{"RAR-05/kept as JSON through the browser", redeemFront(native(array(reading, paying)), noParam("authorization_details")), tells(reading, paying)},
		{"RAR-05 RAR-09/refused unknown type through the browser", byFront(native(`[{"type":"unknown here"}]`)), denied(inFragment, invalidDetails, "RAR-09")},
		{"RAR-05/kept what stands beside the object is not looked at", byFront(native(array(reading)), param("authorization_details", "no JSON, and not looked at")), answered(inFragment)},
	}.asking(t, front)
}

// RFC 9396 at the token endpoint.
func TestClausesAuthorizationDetailsToken(t *testing.T) {
	t.Parallel()
	wrong := func(id string) check { return refused(400, invalidDetails, id) }
	both := detailed(reading, paying)
	precomposed, decomposed := `{"type":"account_information","identifier":"Zo\u00eb"}`, `{"type":"account_information","identifier":"Zoe\u0308"}`
	rows := clauses{
		{"RAR-05/kept for client_credentials", rich(nil, credentials(detailed(reading))), tells(reading)},
		{"RAR-10/kept the same", rich(nil, redeeming(both, both)), tells(reading, paying)},
		{"RAR-10/kept one of two", rich(nil, redeeming(both, detailed(paying))), tells(paying)},
		{"RAR-10/kept narrower", rich(nil, redeeming(both, detailed(listing))), tells(listing)},
		{"RAR-10/kept none", rich(nil, redeeming(both, detailed())), tells()},
		{"RAR-10/refused wider", rich(nil, redeeming(both, detailed(writing))), wrong("RAR-10")},
		{"RAR-10/refused what was not requested", rich(nil, redeeming(detailed(reading), detailed(paying))), wrong("RAR-10")},
		{"RAR-10/refused though nothing was requested", rich(nil, redeem(detailed(paying))), wrong("RAR-10")},
		{"RAR-10/refused what the user left out", rich(parsed(array(reading)), redeeming(both, detailed(paying))), wrong("RAR-10")},
		{"RAR-10/refused a payment twice", rich(nil, redeeming(both, detailed(paying, paying))), wrong("RAR-10")},
		{"RAR-10/refused another amount", rich(nil, redeeming(both, detailed(strings.Replace(paying, ".10", ".11", 1)))), wrong("RAR-10")},
		{"RAR-10/kept narrower in a refresh", rich(nil, renewing(request(both), detailed(listing))), tells(listing)},
		{"RAR-10/refused wider in a refresh", rich(nil, renewing(request(both), detailed(writing))), wrong("RAR-10")},
		{"RAR-10/kept a code after a refusal", rich(nil, func(b *bench) *fapitest.Answer {
			code := b.newCode(both)
			wrong("RAR-10")(b, b.got(b.a.Redeem(b.Context(), code, verifier, detailed(writing))))
			return b.got(b.a.Redeem(b.Context(), code, verifier))
		}), tells(reading, paying)},
		{"RAR-11/kept by the type's own comparison", rich(nil, redeeming(detailed(reading), detailed(listing))), tells(listing)},
		{"RAR-11 RAR-10/refused by a type without one", rich(nil, redeeming(detailed(paying), detailed(strings.Replace(paying, "Zoë <b>", "", 1)))), wrong("RAR-10")},
		{"RAR-11/kept the grant whole after a narrow token", rich(nil, renewing(redeeming(both, detailed(listing)))), tells(reading, paying)},
		{"RAR-11/kept the grant whole after a narrow refresh", rich(nil, func(b *bench) *fapitest.Answer {
			token := request(both)(b).Text("refresh_token")
			tells(listing)(b, b.got(b.a.Refresh(b.Context(), token, detailed(listing))))
			return b.got(b.a.Refresh(b.Context(), token))
		}), tells(reading, paying)},
		{"RAR-12/kept", rich(nil, request(both)), tells(reading, paying)},
		{"RAR-12/kept in a refresh", rich(nil, renewing(request(both))), tells(reading, paying)},
		{"RAR-12/kept no member without them", rich(nil, request()), all(issued, member("authorization_details", nil))},
		{"RAR-14/kept", rich(nil, redeeming(both, detailed(paying))), tells(paying)},
		{"RAR-14 RAR-01/refused no array", rich(nil, redeeming(both, param("authorization_details", reading))), wrong("RAR-01")},
		{"RAR-14 RAR-09/refused unknown type", rich(nil, redeeming(both, detailed(`{"type":"unknown here"}`))), wrong("RAR-09")},
		{"RAR-14 RAR-09/refused unknown field", rich(nil, credentials(detailed(strings.Replace(paying, "creditorName", "x", 1)))), wrong("RAR-09")},
		{"RAR-14 RAR-18/refused a type that is not registered", rich(nil, credentials(detailed(`{"type":"of another client"}`))), wrong("RAR-18")},
		{"RAR-18/refused in a refresh when the type is not registered any more", rich(nil, renewing(func(b *bench) *fapitest.Answer {
			a := request(both)(b)
			b.registration(b.a.ID).AuthorizationDetailsTypes = []string{"account_information"}
			return a
		})), wrong("RAR-18")},
		{"RAR-22/kept the same characters, escaped", rich(nil, redeeming(detailed(strings.Replace(precomposed, `\u00eb`, "ë", 1)), detailed(precomposed))), tells(precomposed)},
		{"RAR-22 RAR-10/refused the same text in another form", rich(nil, redeeming(detailed(precomposed), detailed(decomposed))), wrong("RAR-10")},
	}
	rows.run(t, fapi.WithAuthorizationDetails(detailsTypes()...))
	rows.run(t, fapi.WithAuthorizationDetails(detailsTypes()...), fapi.WithAccessTokenFormat(fapi.JWT))
}

// RFC 9396 towards resource servers.
func TestClausesAuthorizationDetailsTold(t *testing.T) {
	t.Parallel()
	types := detailsTypes()
	types[0].ConcernsAudience = nil
	here, elsewhere := `{"type":"account_information","locations":["https://rs.example.com/accounts"]}`, `{"type":"account_information","locations":["https://other.example.com"]}`
	forRS := func(c *registration.Client) { c.Audience = []string{"https://rs.example.com", "client-b"} }
	narrowed := func(s step) step { return registered(forRS, s) }
	largest := escaping(rar.MaxBytes/6 - 10)
	rs, spread := param("audience", "https://rs.example.com"), detailed(here, elsewhere, paying)
	claim := func(details ...string) check {
		return func(b *bench, a *fapitest.Answer) {
			b.Helper()
			require.Equal(b, http.StatusOK, a.Status, string(a.Body))
			exactly(b, array(details...), b.rawClaim(a.Text("access_token"), "authorization_details"))
		}
	}
	without := func(b *bench, a *fapitest.Answer) {
		b.Helper()
		assert.NotContains(b, b.claims(a.Text("access_token")), "authorization_details")
	}
	clauses{
		{"RAR-15/kept at a resource", rich(nil, visiting(func(b *bench) string { return request(detailed(reading))(b).Text("access_token") }, certificateA)), served},
		{"RAR-16/kept", rich(nil, request(detailed(reading, paying))), claim(reading, paying)},
		{"RAR-16/kept for the audience", rich(nil, narrowed(request(spread, rs))), all(tells(here, elsewhere, paying), claim(here, paying))},
		{"RAR-16/kept no claim without them", rich(nil, request()), without},
		{"RAR-16/kept no claim of none", rich(rar.Details{}, request(detailed(reading))), without},
		{"RAR-16/kept the largest", rich(nil, request(detailed(largest))), claim(largest)},
		{"RAR-17/kept the largest", rich(nil, about(request(detailed(largest)))), tells(largest)},
		{"RAR-17/kept", rich(nil, about(request(detailed(reading, paying)))), tells(reading, paying)},
		{"RAR-17/kept for the audience", rich(nil, narrowed(about(request(spread, rs)))), tells(here, paying)},
		{"RAR-17/kept no member without them", rich(nil, about(request())), all(answers(200), member("authorization_details", nil))},
		{"RAR-17/kept of a refresh token the grant", rich(nil, func(b *bench) *fapitest.Answer {
			return b.got(b.a.Introspect(b.Context(), redeeming(detailed(reading, paying), detailed(listing))(b).Text("refresh_token")))
		}), tells(reading, paying)},
		{"RAR-17/kept signed", rich(nil, func(b *bench) *fapitest.Answer {
			forRS(b.registration(b.a.ID))
			token := request(detailed(reading, paying), param("audience", "client-b"))(b).Text("access_token")
			return b.got(b.b.Introspect(b.Context(), token, asJWT))
		}), signedAnswer(func(b *bench, s *statement) {
			var told map[string]json.RawMessage
			require.NoError(b, json.Unmarshal(s.claims["token_introspection"], &told))
			exactly(b, array(reading, paying), string(told["authorization_details"]))
		})},
	}.run(t, fapi.WithAuthorizationDetails(types...), fapi.WithAccessTokenFormat(fapi.JWT))
	clauses{
		{"RAR-16/kept for the default audience", rich(nil, request(spread)), claim(here, paying)},
		{"RAR-17/kept for the default audience", rich(nil, about(request(spread))), tells(here, paying)},
		{"RAR-17/kept for the audience instead of the default", rich(nil, registered(func(c *registration.Client) {
			c.Audience = []string{"https://other.example.com"}
		}, about(request(spread, param("audience", "https://other.example.com"))))), tells(elsewhere, paying)},
		{"RAR-17/kept of a refresh token the grant, whatever the default audience", rich(nil, func(b *bench) *fapitest.Answer {
			return b.got(b.a.Introspect(b.Context(), request(spread)(b).Text("refresh_token")))
		}), tells(here, elsewhere, paying)},
	}.run(t, fapi.WithAuthorizationDetails(types...), fapi.WithAccessTokenFormat(fapi.JWT), fapi.WithDefaultAudience("https://rs.example.com"))
	clauses{
		{"RAR-17/kept what the host lets the caller know", rich(nil, about(request(detailed(reading, paying)))), tells(paying)},
	}.run(t, fapi.WithAuthorizationDetails(types...), fapi.WithIntrospectionView(onlyPayments))
}
