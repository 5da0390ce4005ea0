package fapi_test

import (
	"net/http"
	"testing"

	"github.com/ory/fosite"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fosite-fapi/fosite-fapi/fapi"
	"github.com/fosite-fapi/fosite-fapi/fapitest"
)

// Every row of the other tables that goes back to the client looks for iss too.
func TestClausesIssuer(t *testing.T) {
	t.Parallel()
	clauses{
		{"F2-AZ-07/kept", visit(), all(approved, parameter("iss", issuer))},
		{"F2-AZ-07/kept in an error", denying(fosite.ErrAccessDenied, visit()), all(sentBack("access_denied", "OA-09"), parameter("iss", issuer))},
		{"ISS-01/kept though the request says another", authorize(param("iss", "https://other.example.com")), all(approved, parameter("iss", issuer))},
		{"ISS-03/kept as the metadata say", visit(), func(b *bench, a *fapitest.Answer) {
			b.Helper()
			doc, err := b.provider.Metadata(b.Context())
			require.NoError(b, err)
			parameter("iss", doc.Issuer)(b, a)
			assert.True(b, doc.AuthorizationResponseIssParameterSupported, "ISS-04")
		}},
	}.run(t)

	posting := fapi.FAPI2Security()
	posting.ResponseModes = []string{"query", "form_post"}
	page := func(fields ...string) check {
		return func(b *bench, a *fapitest.Answer) {
			b.Helper()
			require.Equal(b, http.StatusOK, a.Status)
			protected(b, a)
			assert.Contains(b, string(a.Body), `<form method="post" action="`+b.a.RedirectURI+`">`)
			for _, f := range append(fields, "iss") {
				assert.Contains(b, string(a.Body), `name="`+f+`"`)
			}
			assert.Contains(b, string(a.Body), `value="`+issuer+`"`)
		}
	}
	clauses{
		{"ISS-01/kept by form_post", authorize(param("response_mode", "form_post")), page("code", "state")},
		{"ISS-01/kept by form_post in an error", denying(fosite.ErrAccessDenied, authorize(param("response_mode", "form_post"))), page("error", "state")},
	}.under(t, posting)
}
