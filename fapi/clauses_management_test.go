package fapi_test

import (
	"context"
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fosite-fapi/fosite-fapi/fapi"
	"github.com/fosite-fapi/fosite-fapi/fapitest"
	"github.com/fosite-fapi/fosite-fapi/registration"
)

// managed is what a client is told about its registration.
func managed(action string, checks ...check) check {
	return all(append([]check{answers(http.StatusOK), func(b *bench, a *fapitest.Answer) {
		b.Helper()
		assert.Equal(b, action, b.events.newest().Action)
		assert.Equal(b, a.Text("client_id"), b.events.newest().Client)
		assert.NotEmpty(b, a.Text("registration_access_token"))
	}}, checks...)...)
}

// removed is the answer to a deletion.
func removed(b *bench, a *fapitest.Answer) {
	b.Helper()
	assert.Equal(b, http.StatusNoContent, a.Status)
	assert.Empty(b, a.Body)
	assert.Equal(b, "no-store", a.Header.Get("Cache-Control"))
	assert.Equal(b, "no-cache", a.Header.Get("Pragma"))
	assert.True(b, b.events.newest().Granted)
	assert.Equal(b, "delete", b.events.newest().Action)
}

// unchanged does what is refused, then looks.
func unchanged(refusal check, changes ...change) (step, check) {
	return func(b *bench) *fapitest.Answer {
		client := b.enrolled()
		before := b.own(client, nil)
		refusal(b, b.own(client, newcomer(), changes...))
		after := b.own(client, nil)
		assert.JSONEq(b, string(before.Body), string(after.Body))
		return after
	}, managed("read")
}

// deletedThen gives a client to be deleted.
func deletedThen(f func(b *bench, c *fapitest.Client, registered *fapitest.Answer) *fapitest.Answer) step {
	return func(b *bench) *fapitest.Answer {
		registered := b.enrolled(says("grant_types", []string{"authorization_code", "refresh_token", "client_credentials"}))
		return f(b, b.client(registered), registered)
	}
}

func (b *bench) deleted(registered *fapitest.Answer) {
	b.Helper()
	removed(b, b.own(registered, nil, using(http.MethodDelete)))
}

func TestClausesManagement(t *testing.T) {
	t.Parallel()
	otherToken := func(l *letter) { l.header.Set("Authorization", "Bearer "+text(43)) }
	strangers := func(b *bench) *fapitest.Answer {
		mine, theirs := b.enrolled(), b.enrolled()
		return b.own(mine, nil, bearing(theirs.Text("registration_access_token")))
	}
	bad, badCheck := unchanged(refused(400, badMetadata, "F2-CR-07"), says("jwks_uri", "http://newcomer.example.com/jwks"), without("jwks"))
	worse, worseCheck := unchanged(refused(400, badRedirect, "DCR-09"), says("redirect_uris", []string{"https://newcomer.example.com/#fragment"}))
	weak, weakCheck := unchanged(refused(400, badMetadata, "F2-AS-06"), says("token_endpoint_auth_method", "client_secret_basic"))
	clauses{
		{"DCM-01/kept the URL and the token", func(b *bench) *fapitest.Answer { return b.own(b.enrolled(), nil) }, managed("read", func(b *bench, a *fapitest.Answer) {
			assert.Equal(b, issuer+"/register/"+a.Text("client_id"), a.Text("registration_client_uri"))
		})},
		{"DCM-02/kept what was registered", func(b *bench) *fapitest.Answer {
			registered := b.enrolled()
			seen := b.own(registered, nil)
			assert.JSONEq(b, string(registered.Body), string(seen.Body))
			return seen
		}, managed("read")},

		{"DCM-03/kept its own token", look(), managed("read")},
		{"DCM-03/refused no token", look(headed("Authorization")), uncredentialed("DCM-03")},
		{"DCM-03/refused another token", look(otherToken), forbidden(401, "invalid_token", "DCM-03")},
		{"DCM-03/refused the initial access token", look(bearing(initialToken)), forbidden(401, "invalid_token", "DCM-03")},
		{"DCM-03/refused another client's token", strangers, forbidden(401, "invalid_token", "DCM-03")},
		{"DCM-03/refused another token for an update", replace(otherToken), forbidden(401, "invalid_token", "DCM-03")},
		{"DCM-03/refused another token for a deletion", remove(otherToken), forbidden(401, "invalid_token", "DCM-03")},
		{"DCM-03/refused the token in the query", look(headed("Authorization"), func(l *letter) { l.url += "?access_token=" + initialToken }), uncredentialed("DCM-03")},
		{"DCM-03/refused an access token", func(b *bench) *fapitest.Answer {
			return b.own(b.enrolled(), nil, bearing(request()(b).Text("access_token")))
		}, forbidden(401, "invalid_token", "DCM-03")},

		{"DCM-04/kept GET", look(), managed("read")},
		{"DCM-04/refused POST", look(using(http.MethodPost)), unallowed("GET, PUT, DELETE", "DCM-04")},
		{"DCM-04/refused PATCH", replace(using(http.MethodPatch)), unallowed("GET, PUT, DELETE", "DCM-04")},
		{"DCM-04 DCM-03/refused a client that nobody knows", look(func(l *letter) { l.url = issuer + "/register/nobody" }), forbidden(401, "invalid_token", "DCM-03")},
		{"DCM-04 DCM-03/refused a client that registered otherwise", look(func(l *letter) { l.url = issuer + "/register/client-a" }), forbidden(401, "invalid_token", "DCM-03")},

		{"DCM-05/kept client_id and all else", replace(), managed("update")},
		{"DCM-05/refused no client_id", replace(without("client_id")), refused(400, badMetadata, "DCM-05")},
		{"DCM-05/refused another client_id", replace(says("client_id", "client-a")), refused(400, badMetadata, "DCM-05")},
		{"DCM-05/refused registration_access_token", replace(says("registration_access_token", text(43))), refused(400, badMetadata, "DCM-05")},
		{"DCM-05/refused registration_client_uri", replace(says("registration_client_uri", issuer+"/register/x")), refused(400, badMetadata, "DCM-05")},
		{"DCM-05/refused client_id_issued_at", replace(says("client_id_issued_at", 1)), refused(400, badMetadata, "DCM-05")},
		{"DCM-05/refused client_secret_expires_at", replace(says("client_secret_expires_at", 0)), refused(400, badMetadata, "DCM-05")},

		{"DCM-06/kept what is left out is gone", replace(without("contacts"), says("client_name", "Newer")), managed("update", echoes("contacts", nil), echoes("client_name", "Newer"))},
		{"DCM-06/kept null is gone", replace(says("contacts", nil)), managed("update", echoes("contacts", nil))},
		{"DCM-06/kept for the next reader", func(b *bench) *fapitest.Answer {
			client := b.enrolled()
			require.Equal(b, http.StatusOK, b.own(client, newcomer(), without("contacts")).Status)
			return b.own(client, nil)
		}, managed("read", echoes("contacts", nil))},

		{"DCM-07/kept no secret", replace(), managed("update", echoes("client_secret", nil))},
		{"DCM-07/refused a secret of its own", replace(says("client_secret", text(40))), refused(400, badMetadata, "DCM-07")},

		{"DCM-08/kept", replace(), managed("update")},
		{"DCM-08 F2-CR-07/refused jwks_uri that is http", bad, all(badCheck, func(b *bench, _ *fapitest.Answer) { assert.Equal(b, "F2-CR-07", b.events.last()) })},
		{"DCM-08 DCR-09/refused redirect_uris with a fragment", worse, all(worseCheck, func(b *bench, _ *fapitest.Answer) { assert.Equal(b, "DCR-09", b.events.last()) })},
		{"DCM-08 F2-AS-06/refused client_secret_basic", weak, all(weakCheck, func(b *bench, _ *fapitest.Answer) { assert.Equal(b, "F2-AS-06", b.events.last()) })},
		{"DCM-08 DCR-10/refused more scope", replace(says("scope", "openid payments")), refused(400, badMetadata, "DCR-10")},

		{"DCM-10/kept 256 bits that do not change", func(b *bench) *fapitest.Answer {
			client, other := b.enrolled(), b.enrolled()
			assert.Len(b, client.Text("registration_access_token"), 43)
			assert.NotEqual(b, client.Text("registration_access_token"), other.Text("registration_access_token"))
			assert.Equal(b, client.Text("registration_access_token"), b.own(client, newcomer()).Text("registration_access_token"))
			return b.own(client, nil)
		}, managed("read")},
	}.on(t, registrar(fapi.FAPI2Security()))

	clauses{
		{"DCM-04/kept what the host permits", look(), managed("read")},
		{"DCM-04/refused what the host does not permit", remove(), forbidden(403, "insufficient_scope", "DCM-04")},
	}.on(t, registrar(fapi.FAPI2Security(), func(r *fapi.Registration) { r.May = mayNotDelete }))
}

func TestClausesDeletion(t *testing.T) {
	t.Parallel()
	params := func(c *fapitest.Client) map[string][]string { return c.Request(verifier, usualScope) }
	clauses{
		{"DCM-09/kept deleted", remove(), removed},
		{"DCM-09 DCM-03/refused its registration afterwards", deletedThen(func(b *bench, _ *fapitest.Client, r *fapitest.Answer) *fapitest.Answer {
			b.deleted(r)
			return b.own(r, nil)
		}), forbidden(401, "invalid_token", "DCM-03")},
		{"DCM-09 DCM-03/refused a second deletion", deletedThen(func(b *bench, _ *fapitest.Client, r *fapitest.Answer) *fapitest.Answer {
			b.deleted(r)
			return b.own(r, nil, using(http.MethodDelete))
		}), forbidden(401, "invalid_token", "DCM-03")},
		{"DCM-09/kept its assertion before", deletedThen(func(b *bench, c *fapitest.Client, _ *fapitest.Answer) *fapitest.Answer {
			return b.push(c, params(c))
		}), answers(http.StatusCreated)},
		{"DCM-09 CA-08/refused its assertion afterwards", deletedThen(func(b *bench, c *fapitest.Client, r *fapitest.Answer) *fapitest.Answer {
			b.deleted(r)
			return b.push(c, params(c))
		}), refused(401, "invalid_client", "CA-08")},
		{"DCM-09 CA-08/refused its code afterwards", deletedThen(func(b *bench, c *fapitest.Client, r *fapitest.Answer) *fapitest.Answer {
			code := b.code(c, verifier, usualScope)
			b.deleted(r)
			return b.got(c.Redeem(b.Context(), code, verifier))
		}), refused(401, "invalid_client", "CA-08")},
		{"DCM-09 CA-08/refused its refresh token afterwards", deletedThen(func(b *bench, c *fapitest.Client, r *fapitest.Answer) *fapitest.Answer {
			token := b.tokens(c, usualScope).Text("refresh_token")
			b.deleted(r)
			return b.got(c.Refresh(b.Context(), token))
		}), refused(401, "invalid_client", "CA-08")},
		{"DCM-09 DCM-03/refused its access token afterwards", deletedThen(func(b *bench, c *fapitest.Client, r *fapitest.Answer) *fapitest.Answer {
			token := b.tokens(c, usualScope).Text("access_token")
			require.Contains(b, b.tokenInfo(token), `"active":true`)
			b.deleted(r)
			assert.JSONEq(b, `{"active":false}`, b.tokenInfo(token))
			return b.own(r, nil)
		}), forbidden(401, "invalid_token", "DCM-03")},
	}.on(t, registrar(fapi.FAPI2Security()))
}

func (b *bench) tokenInfo(token string) string {
	b.Helper()
	told, err := b.provider.TokenInfo(b.Context(), token, fapi.NewSession(""))
	require.NoError(b, err)
	return string(told)
}

func mayNotDelete(_ context.Context, _ *registration.Record, method string) error {
	if method == http.MethodDelete {
		return registration.ErrForbidden
	}
	return nil
}
