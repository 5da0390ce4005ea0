package fapitest_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fosite-fapi/fosite-fapi/fapi"
	"github.com/fosite-fapi/fosite-fapi/fapitest"
	"github.com/fosite-fapi/fosite-fapi/rar"
	"github.com/fosite-fapi/fosite-fapi/registration"
)

// A host tries its types of authorization details, as parameters and in request objects.
func TestAuthorizationDetails(t *testing.T) {
	t.Parallel()
	const read, write = `{"type":"accounts","actions":["read"]}`, `{"type":"accounts","actions":["write"]}`
	for _, signed := range []bool{false, true} {
		s := fapitest.NewServer(t, fapitest.Config{
			Options: []fapi.Option{fapi.WithAuthorizationDetails(rar.Type{Name: "accounts"})},
			Clients: []fapitest.ClientConfig{{RequestObjects: signed, Register: func(c *registration.Client) { c.AuthorizationDetailsTypes = []string{"accounts"} }}},
		})
		tokens := func(user rar.Details, token ...fapitest.Mutation) *fapitest.Answer {
			s.User.AuthorizationDetails = user
			pushed := s.Push(fapitest.AuthorizationDetails(read, write))
			require.Equal(t, http.StatusCreated, pushed.Status, string(pushed.Body))
			return s.Redeem(s.Visit(pushed.Text("request_uri")).Location().Query().Get("code"), token...)
		}
		granted, err := rar.Parse("[" + read + "]")
		require.NoError(t, err)
		assert.Len(t, tokens(nil).JSON["authorization_details"], 2)
		assert.Len(t, tokens(granted).JSON["authorization_details"], 1)
		assert.Len(t, tokens(nil, fapitest.AuthorizationDetails(write)).JSON["authorization_details"], 1)
		assert.Equal(t, "invalid_authorization_details", tokens(granted, fapitest.AuthorizationDetails(write)).Text("error"))
		assert.Equal(t, "invalid_authorization_details", s.Push(fapitest.AuthorizationDetails(`{"type":"x"}`)).Text("error"))
	}
}
