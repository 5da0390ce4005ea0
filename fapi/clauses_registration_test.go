package fapi_test

import (
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/ory/fosite"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fosite-fapi/fosite-fapi/fapi"
	"github.com/fosite-fapi/fosite-fapi/fapitest"
	"github.com/fosite-fapi/fosite-fapi/registration"
)

// enrolment is the answer to a registration.
func enrolment(checks ...check) check {
	return all(append([]check{answers(http.StatusCreated), func(b *bench, a *fapitest.Answer) {
		b.Helper()
		e := b.events.newest()
		assert.Equal(b, fapi.AtRegistration, e.Stage)
		assert.Equal(b, "create", e.Action)
		assert.Equal(b, a.Text("client_id"), e.Client)
		assert.NotContains(b, a.JSON, "client_secret")
		assert.NotContains(b, a.JSON, "client_secret_expires_at")
	}}, checks...)...)
}

// echoes wants a member with this value, or nil for none.
func echoes(name string, want any) check {
	return func(b *bench, a *fapitest.Answer) {
		b.Helper()
		if want == nil {
			assert.NotContains(b, a.JSON, name)
			return
		}
		assert.Equal(b, want, a.JSON[name], name)
	}
}

// explains wants a description of this.
func explains(text string, c check) check {
	return all(c, func(b *bench, a *fapitest.Answer) { b.Helper(); assert.Contains(b, a.Text("error_description"), text) })
}

// uncredentialed is the answer to a request without credentials.
func uncredentialed(id string) check {
	return func(b *bench, a *fapitest.Answer) {
		b.Helper()
		assert.Equal(b, http.StatusUnauthorized, a.Status)
		assert.Equal(b, `Bearer realm="`+issuer+`"`, a.Header.Get("WWW-Authenticate"))
		assert.Empty(b, a.Text("error"))
		assert.Equal(b, id, b.events.last())
		plainJSON(b, a)
	}
}

// unallowed is the answer to another method.
func unallowed(allow, id string) check {
	return all(refused(http.StatusMethodNotAllowed, "invalid_request", id), func(b *bench, a *fapitest.Answer) {
		b.Helper()
		assert.Equal(b, allow, a.Header.Get("Allow"))
	})
}

const badMetadata, badRedirect, badStatement = "invalid_client_metadata", "invalid_redirect_uri", "invalid_software_statement"

func TestClausesRegistration(t *testing.T) {
	t.Parallel()
	clauses{
		{"DCR-01/kept an initial access token", enrol(), enrolment()},
		{"DCR-01/kept the scheme in small letters", enrol(headed("Authorization", "bearer "+initialToken)), enrolment()},
		{"DCR-01/kept charset=UTF-8", enrol(headed("Content-Type", "application/json; charset=UTF-8")), enrolment()},
		{"DCR-01/refused no token", enrol(headed("Authorization")), uncredentialed("DCR-01")},
		{"DCR-01/refused another token", enrol(bearing(initialToken + "x")), forbidden(401, "invalid_token", "DCR-01")},
		{"DCR-01/refused GET", enrol(using(http.MethodGet)), unallowed("POST", "DCR-01")},
		{"DCR-01/refused a form", enrol(headed("Content-Type", "application/x-www-form-urlencoded")), refused(400, badMetadata, "DCR-01")},
		{"DCR-01/refused no Content-Type", enrol(headed("Content-Type")), refused(400, badMetadata, "DCR-01")},
		{"BT-01/refused two tokens at registration", enrol(headed("Authorization", "Bearer "+initialToken, "Bearer "+initialToken)), refused(400, "invalid_request", "BT-01")},
		{"BT-01/refused HTTP Basic at registration", enrol(headed("Authorization", "Basic "+text(40))), refused(400, "invalid_request", "BT-01")},

		{"DCR-02/kept everything is told", enrol(), enrolment(func(b *bench, a *fapitest.Answer) {
			for name := range newcomer() {
				assert.Contains(b, a.JSON, name)
			}
			assert.InDelta(b, time.Now().Unix(), a.JSON["client_id_issued_at"], 5)
		}, echoes("client_name", "Newcomer"), echoes("redirect_uris", []any{"https://newcomer.example.com/callback"}))},

		{"DCR-03/kept", enrol(), enrolment()},
		{"DCR-03/refused no JSON", enrol(raw("{")), refused(400, badMetadata, "DCR-03")},
		{"DCR-03/refused an array", enrol(raw("[{}]")), refused(400, badMetadata, "DCR-03")},
		{"DCR-03/refused a member twice", enrol(raw(`{"client_name":"a","client_name":"b"}`)), refused(400, badMetadata, "DCR-03")},
		{"DCR-03/refused a member of another type", enrol(says("redirect_uris", "https://newcomer.example.com/callback")), refused(400, badMetadata, "DCR-03")},
		{"DCR-03/refused too large", enrol(says("client_name", strings.Repeat("n", 128<<10))), refused(413, badMetadata, "DCR-03")},
		{"DCR-03/refused logo_uri that is a script", enrol(says("logo_uri", "javascript:alert(1)")), explains("logo_uri must be", refused(400, badMetadata, "DCR-03"))},

		{"DCR-04/kept an unknown member", enrol(says("favourite_colour", "mauve")), enrolment(echoes("favourite_colour", nil))},
		{"DCR-04/kept what would be the server's", enrol(says("client_secret", text(40)), says("registration_access_token", text(43)), says("audience", []string{"https://api.example.com"}), says("policy", "x")),
			enrolment(echoes("client_secret", nil), echoes("audience", nil), echoes("policy", nil))},
		{"DCR-04/kept what there is no endpoint for", enrol(says("backchannel_token_delivery_mode", "push"), says("backchannel_client_notification_endpoint", "https://newcomer.example.com/notify")),
			enrolment(echoes("backchannel_token_delivery_mode", nil), echoes("backchannel_client_notification_endpoint", nil))},

		{"DCR-05/kept ES256 instead of the default RS256", enrol(), enrolment(echoes("id_token_signed_response_alg", "ES256"), echoes("introspection_signed_response_alg", "ES256"))},
		{"DCR-05/kept another algorithm of the server", enrol(says("id_token_signed_response_alg", "PS256")), enrolment(echoes("id_token_signed_response_alg", "PS256"))},
		{"DCR-05/kept requests are pushed", enrol(says("require_pushed_authorization_requests", false)), enrolment(echoes("require_pushed_authorization_requests", true))},
		{"DCR-05/kept no JARM where the profile has none", enrol(), enrolment(echoes("authorization_signed_response_alg", nil))},
		{"DCR-05/kept grants and response types left out", enrol(without("grant_types"), without("response_types")),
			enrolment(echoes("grant_types", []any{"authorization_code"}), echoes("response_types", []any{"code"}))},
		{"DCR-05/kept scope left out", enrol(without("scope")), enrolment(echoes("scope", "openid offline_access accounts"))},
		{"DCR-05/kept the binding of a client that has a certificate", enrol(says("token_endpoint_auth_method", "self_signed_tls_client_auth"), without("tls_client_certificate_bound_access_tokens")),
			enrolment(echoes("tls_client_certificate_bound_access_tokens", true))},

		{"DCR-06/kept jwks_uri", enrol(without("jwks"), says("jwks_uri", "https://newcomer.example.com/jwks")), enrolment()},
		{"DCR-06/refused jwks beside jwks_uri", enrol(says("jwks_uri", "https://newcomer.example.com/jwks")), refused(400, badMetadata, "DCR-06")},

		{"DCR-07/kept", enrol(), enrolment()},
		{"DCR-07/refused code without its grant", enrol(says("grant_types", []string{"client_credentials"})), refused(400, badMetadata, "DCR-07")},

		{"DCR-05/kept no request_uris where requests are pushed", enrol(says("request_uris", []string{"https://newcomer.example.com/request.jwt"})), enrolment(echoes("request_uris", nil))},
		{"DCR-05/kept default_max_age", enrol(says("default_max_age", 300)), enrolment(echoes("default_max_age", 300.0))},
		{"DCR-03/refused a private key of an unknown type", enrol(says("jwks", map[string]any{"keys": []any{map[string]any{"kty": "XYZ", "d": text(43)}}})),
			explains("jwks key 0 is private", refused(400, badMetadata, "DCR-03"))},

		{"DCR-09/kept https", enrol(), enrolment()},
		{"DCR-09/kept no redirect URI for client credentials", enrol(without("redirect_uris"), without("response_types"), says("grant_types", []string{"client_credentials"})), enrolment()},
		{"DCR-09/refused none", enrol(without("redirect_uris")), refused(400, badRedirect, "DCR-09")},
		{"DCR-09/refused http", enrol(says("redirect_uris", []string{"http://newcomer.example.com/callback"})), refused(400, badRedirect, "DCR-09")},
		{"F2-AZ-08/kept http of a native client on its machine", enrol(says("redirect_uris", []string{"http://127.0.0.1/callback"}), says("application_type", "native")), enrolment()},
		{"F2-AZ-08/refused http of a web client on its machine", enrol(says("redirect_uris", []string{"http://127.0.0.1/callback"})), refused(400, badRedirect, "F2-AZ-08")},

		{"DCR-10/kept the server chooses client_id", enrol(says("client_id", "client-a")), enrolment(func(b *bench, a *fapitest.Answer) {
			assert.NotEqual(b, "client-a", a.Text("client_id"))
			assert.Equal(b, "client-a", b.registration("client-a").ID)
		})},
		{"DCR-10/kept a type of authorization details that is open", enrol(says("authorization_details_types", []string{"account_information"})), enrolment(echoes("authorization_details_types", []any{"account_information"}))},
		{"DCR-10/refused a type of authorization details that is not open", enrol(says("authorization_details_types", []string{"account_information", "consent"})), explains("consent", refused(400, badMetadata, "DCR-10"))},
		{"FAPI-REG/refused a type of authorization details that the server does not know", enrol(says("authorization_details_types", []string{"unknown"})), explains("unknown", refused(400, badMetadata, "FAPI-REG"))},
		{"DCR-10/refused a scope that is not open", enrol(says("scope", "openid payments")), explains("payments", refused(400, badMetadata, "DCR-10"))},

		{"DCR-11/kept scope in another order", enrol(says("scope", "accounts openid offline_access")), enrolment()},
		{"DCR-11/kept grant_types in another order", enrol(says("grant_types", []string{"refresh_token", "authorization_code"})), enrolment()},
	}.on(t, registrar(fapi.FAPI2Security()))
}

// What the profile demands of a client.
func TestClausesRegistrationOfProfile(t *testing.T) {
	t.Parallel()
	method := func(m string) change { return says("token_endpoint_auth_method", m) }
	clauses{
		{"F2-AS-06/kept private_key_jwt at registration", enrol(), enrolment()},
		{"F2-AS-06/refused the default client_secret_basic", enrol(without("token_endpoint_auth_method"), without("token_endpoint_auth_signing_alg")),
			explains("want private_key_jwt", refused(400, badMetadata, "F2-AS-06"))},
		{"F2-AS-06/refused client_secret_post at registration", enrol(method("client_secret_post")), refused(400, badMetadata, "F2-AS-06")},
		{"F2-AS-03/refused a public client at registration", enrol(method("none")), refused(400, badMetadata, "F2-AS-03")},
		{"F2-CR-02/refused RS256 assertions at registration", enrol(says("token_endpoint_auth_signing_alg", "RS256")), refused(400, badMetadata, "F2-CR-02")},
		{"F2-CR-02/refused RS256 ID tokens at registration", enrol(says("id_token_signed_response_alg", "RS256")), refused(400, badMetadata, "F2-CR-02")},
		{"F2-CR-02/refused RS256 userinfo at registration", enrol(says("userinfo_signed_response_alg", "RS256")), refused(400, badMetadata, "F2-CR-02")},
		{"F2-CR-03/refused unsigned assertions at registration", enrol(says("token_endpoint_auth_signing_alg", "none")), refused(400, badMetadata, "F2-CR-03")},
		{"F2-AS-02/refused the implicit grant at registration", enrol(says("grant_types", []string{"authorization_code", "implicit"}), says("response_types", []string{"code", "id_token"})),
			explains("response_types has 'id_token', want code", refused(400, badMetadata, "F2-AS-02"))},
		{"F2-AZ-01/refused another response type at registration", enrol(says("response_types", []string{"code", "code id_token"})), refused(400, badMetadata, "F2-AZ-01")},
		{"OC-04/refused another response mode at registration", enrol(says("response_modes", []string{"query", "fragment"})), refused(400, badMetadata, "OC-04")},
		{"FAPI-REG/refused pairwise subjects at registration", enrol(says("subject_type", "pairwise")), refused(400, badMetadata, "FAPI-REG")},
		{"FAPI-REG/refused a sector at registration", enrol(says("sector_identifier_uri", "https://newcomer.example.com/sector")), explains("sector_identifier_uri is for", refused(400, badMetadata, "FAPI-REG"))},
		{"FAPI-REG/refused signed responses that the profile does not have", enrol(says("authorization_signed_response_alg", "ES256")), explains("neither signed nor encrypted", refused(400, badMetadata, "FAPI-REG"))},
		{"FAPI-REG/refused encrypted responses that the profile does not have", enrol(says("authorization_encrypted_response_alg", "ECDH-ES")), explains("neither signed nor encrypted", refused(400, badMetadata, "FAPI-REG"))},
		{"CA-07/refused no keys at registration", enrol(without("jwks")), refused(400, badMetadata, "CA-07")},
		{"ACME-1/kept the rule of an ecosystem", enrol(says("software_id", "acme")), enrolment()},
		{"ACME-2/refused by the rule of an ecosystem", enrol(says("client_name", "Evil")), explains("Be good. (ACME-2)", refused(400, badMetadata, "ACME-2"))},
		{"ACME-3/refused by a rule that says no more", enrol(says("client_name", "Odd")), refused(400, badMetadata, "ACME-3")},
	}.on(t, registrar(fapi.FAPI2Security().With(ecosystem()...)))

	clauses{
		{"DCR-05/kept PS256 or ES256 for JARM instead of the default RS256", enrol(says("request_object_signing_alg", "ES256")), enrolment(
			echoes("authorization_signed_response_alg", "ES256"), echoes("require_signed_request_object", true), echoes("tls_client_certificate_bound_access_tokens", true))},
		{"F1A-AS-06/refused DPoP at registration", enrol(without("tls_client_certificate_bound_access_tokens"), says("dpop_bound_access_tokens", true)), refused(400, badMetadata, "F1A-AS-06")},
		{"F1B-AS-20/refused loopback of a native client at registration", enrol(says("redirect_uris", []string{"http://127.0.0.1/callback"}), says("application_type", "native")), refused(400, badRedirect, "F1B-AS-20")},
	}.on(t, registrar(fapi.FAPI1Advanced()))
}

func ecosystem() []fapi.Rule {
	return []fapi.Rule{
		rule("ACME-2", fapi.AtRegistration, func(r *fapi.Request) error {
			if r.Metadata.ClientName == "Evil" {
				return fosite.ErrInvalidRequest.WithHint("Be good.")
			}
			return nil
		}),
		rule("ACME-3", fapi.AtRegistration, func(r *fapi.Request) error {
			if r.Metadata.ClientName == "Odd" {
				return assert.AnError
			}
			return nil
		}),
	}
}

func TestClausesSoftwareStatement(t *testing.T) {
	t.Parallel()
	anonymous := headed("Authorization")
	statedBy := func(s func() string) change { return func(l *letter) { l.doc["software_statement"] = s() } }
	refusedBy := func(code string) check { return refused(400, code, "DCR-08") }
	mutated := func(claims map[string]any) step { return enrol(anonymous, stated(claims)) }
	clauses{
		{"DCR-08/kept a statement instead of a token", mutated(nil), enrolment(func(b *bench, a *fapitest.Answer) {
			require.NotEmpty(b, a.Text("software_statement"))
		})},
		{"DCR-08/kept a statement beside a token", enrol(stated(nil)), enrolment()},
		{"DCR-08/kept its claims take precedence", mutated(map[string]any{"client_name": "Newcomer Inc.", "redirect_uris": []string{"https://elsewhere.example.com/"}}),
			enrolment(echoes("client_name", "Newcomer Inc."), echoes("redirect_uris", []any{"https://elsewhere.example.com/"}), echoes("software_id", "newcomer-app"))},
		{"DCR-08/kept issued now", enrol(anonymous, statedBy(func() string { return softwareStatement(map[string]any{"iat": time.Now().Unix()}) })), enrolment()},
		{"DCR-08/kept for the issuer", mutated(map[string]any{"aud": issuer}), enrolment()},
		{"DCR-08/kept for the registration endpoint", mutated(map[string]any{"aud": []string{issuer + "/register"}}), enrolment()},
		{"DCR-08/refused for another server", mutated(map[string]any{"aud": "https://other.example.com"}), explains("for another server", refusedBy(badStatement))},
		{"DCR-08/refused another key", enrol(anonymous, statedBy(func() string { return signedStatement(newcomerKey, jose.ES256, nil) })), refusedBy(badStatement)},
		{"DCR-08/refused none", enrol(anonymous, statedBy(func() string { return signedStatement(directoryKey, "none", nil) })), refusedBy(badStatement)},
		{"DCR-08/refused RS256", enrol(anonymous, statedBy(func() string { return signedStatement(testRSA(), jose.RS256, nil) })), refusedBy(badStatement)},
		{"DCR-08/refused no JWT", enrol(anonymous, says("software_statement", text(40))), refusedBy(badStatement)},
		{"DCR-03/refused software_statement that is no string", enrol(says("software_statement", 1)), refused(400, badMetadata, "DCR-03")},
		{"DCR-08/refused no iss", mutated(map[string]any{"iss": nil}), refusedBy(badStatement)},
		{"DCR-08/refused an issuer that nobody trusts", mutated(map[string]any{"iss": "https://other.example.com"}), refusedBy("unapproved_software_statement")},
		{"DCR-08/refused no exp", mutated(map[string]any{"exp": nil}), refusedBy(badStatement)},
		{"DCR-08/refused expired", enrol(anonymous, statedBy(func() string { return softwareStatement(map[string]any{"exp": time.Now().Unix()}) })), refusedBy(badStatement)},
		{"DCR-08/refused nbf ahead", enrol(anonymous, statedBy(func() string { return softwareStatement(map[string]any{"nbf": time.Now().Add(time.Minute).Unix()}) })), refusedBy(badStatement)},
		{"DCR-08/refused iat ahead", enrol(anonymous, statedBy(func() string { return softwareStatement(map[string]any{"iat": time.Now().Add(time.Minute).Unix()}) })), refusedBy(badStatement)},
		{"DCR-01/refused neither token nor statement", enrol(anonymous), uncredentialed("DCR-01")},
		{"DCR-01 DCR-08/refused a statement beside a bad token", enrol(bearing(text(40)), stated(nil)), forbidden(401, "invalid_token", "DCR-01")},
		{"F2-AS-06/refused client_secret_basic by a statement", mutated(map[string]any{"token_endpoint_auth_method": "client_secret_basic"}), refused(400, badMetadata, "F2-AS-06")},
	}.on(t, registrar(fapi.FAPI2Security()))

	clauses{
		{"DCR-08/refused without one where nothing else admits", enrol(anonymous), refusedBy(badStatement)},
		{"DCR-08/kept with one", mutated(map[string]any{"exp": nil, "iat": int64(946684800)}), enrolment()}, // the bubble's first second
		{"DCR-08/refused older than it may be", func(b *bench) *fapitest.Answer {
			s := softwareStatement(map[string]any{"iat": time.Now().Unix()})
			<-time.After(5*time.Minute + time.Second)
			return enrol(anonymous, says("software_statement", s))(b)
		}, refusedBy(badStatement)},
		{"DCR-08/refused no iat", mutated(nil), refusedBy(badStatement)},
	}.on(t, registrar(fapi.FAPI2Security(), func(r *fapi.Registration) { r.InitialAccess, r.StatementMaxAge = nil, 5*time.Minute }))

	clauses{
		{"DCR-08/refused a statement where nobody is trusted", enrol(stated(nil)), refusedBy("unapproved_software_statement")},
	}.on(t, registrar(fapi.FAPI2Security(), func(r *fapi.Registration) { r.StatementIssuers = nil }))
}

// The update of a client that registered by a software statement rests on one too.
func TestClausesSoftwareStatementUpdates(t *testing.T) {
	t.Parallel()
	updated := func(wait time.Duration, second func(first string) change) step {
		return func(b *bench) *fapitest.Answer {
			first := softwareStatement(map[string]any{"client_name": "Stated"})
			client := b.enrolled(says("software_statement", first))
			<-time.After(wait)
			return b.own(client, newcomer(), second(first))
		}
	}
	kept := all(answers(http.StatusOK), echoes("client_name", "Stated"))
	clauses{
		{"DCR-08/kept the same statement, now old", updated(2*time.Hour, func(first string) change { return says("software_statement", first) }), kept},
		{"DCR-08/kept a new one of the same software", updated(2*time.Hour, func(string) change { return stated(map[string]any{"client_name": "Stated"}) }), kept},
		{"DCR-08/refused an update without it", updated(0, func(string) change { return without("software_statement") }), refused(400, badStatement, "DCR-08")},
		{"DCR-08/refused one of other software", updated(0, func(string) change { return stated(map[string]any{"software_id": "other"}) }), refused(400, "unapproved_software_statement", "DCR-08")},
		{"DCR-08/refused a new one that has expired", updated(0, func(string) change { return stated(map[string]any{"exp": 1}) }), refused(400, badStatement, "DCR-08")},
	}.on(t, registrar(fapi.FAPI2Security()))
}

// Everything that Check would say of the client is what registration says.
func TestRegistrationJudgesAsCheck(t *testing.T) {
	t.Parallel()
	b := registrar(fapi.FAPI2Security())(t, "json")
	for name, change := range map[string]change{
		"method": says("token_endpoint_auth_method", "client_secret_basic"), "algorithm": says("token_endpoint_auth_signing_alg", "RS256"),
		"object": says("request_object_signing_alg", "none"), "both bindings": says("dpop_bound_access_tokens", true),
		"encryption": says("request_object_encryption_alg", "RSA-OAEP"), "keys": without("jwks"),
	} {
		a := enrol(change)(b)
		require.Equal(t, http.StatusBadRequest, a.Status, name)
		l := &letter{doc: newcomer()}
		change(l)
		document, err := json.Marshal(l.doc)
		require.NoError(t, err)
		m, err := registration.Parse(document)
		require.NoError(t, err)
		var all interface{ Unwrap() []error }
		require.True(t, errors.As(b.provider.Check(t.Context(), &registration.Client{ID: "x", Metadata: *m}), &all), name)
		var first *fapi.Problem
		require.ErrorAs(t, all.Unwrap()[0], &first)
		assert.Equal(t, first.ID, b.events.last(), name)
	}
}
