package fapi_test

import (
	"context"
	"strings"
	"testing"

	"github.com/ory/fosite"
	"github.com/ory/fosite/compose"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fosite-fapi/fosite-fapi/fapi"
	"github.com/fosite-fapi/fosite-fapi/metadata"
)

// byPrefix serves a client by the profile that its ID begins with.
func byPrefix(_ context.Context, client fosite.Client) (string, error) {
	name, _, _ := strings.Cut(client.GetID(), ":")
	return name, nil
}

// What the document says is true for every client that it is for: a demand of some is none of the server's.
func TestMetadataOfSeveralProfiles(t *testing.T) {
	t.Parallel()
	all := []fapi.Profile{fapi.FAPI1Advanced(), fapi.FAPI2Security(), fapi.FAPI2MessageSigning()}
	legacy := fapi.WithFactories(compose.OAuth2AuthorizeExplicitFactory)
	for _, tt := range []struct {
		name    string
		options []fapi.Option
		want    func(t *testing.T, doc *metadata.Document)
	}{
		{"FAPI 1.0 alone", []fapi.Option{fapi.WithProfile(all[0])}, func(t *testing.T, doc *metadata.Document) {
			assert.False(t, doc.RequirePushedAuthorizationRequests, "a request may come by value")
			assert.True(t, doc.RequireSignedRequestObject)
			assert.Equal(t, []string{"code id_token", "code"}, doc.ResponseTypesSupported)
			assert.Subset(t, doc.ResponseModesSupported, []string{"fragment", "jwt"})
			assert.Equal(t, []string{"PS256", "ES256"}, doc.RequestObjectSigningAlgValuesSupported)
			assert.True(t, doc.RequestParameterSupported)
			assert.True(t, doc.RequestURIParameterSupported)
			assert.True(t, doc.RequireRequestURIRegistration)
			assert.True(t, doc.TLSClientCertificateBoundAccessTokens)
			assert.Empty(t, doc.DPoPSigningAlgValuesSupported)
			assert.True(t, doc.AuthorizationResponseIssParameterSupported)
			assert.NotEmpty(t, doc.AuthorizationSigningAlgValuesSupported, "JARM-40")
			assert.NotContains(t, doc.AuthorizationEncryptionAlgValuesSupported, "RSA1_5", "F1A-ALG-04")
		}},
		{"Message Signing alone", []fapi.Option{fapi.WithProfile(all[2])}, func(t *testing.T, doc *metadata.Document) {
			assert.True(t, doc.RequirePushedAuthorizationRequests)
			assert.True(t, doc.RequireSignedRequestObject)
			assert.Equal(t, []string{"jwt", "query.jwt", "form_post.jwt", "fragment.jwt"}, doc.ResponseModesSupported, "JARM-41")
			assert.False(t, doc.AuthorizationResponseIssParameterSupported, "iss stands in the JWT alone")
			assert.False(t, doc.RequestURIParameterSupported)
		}},
		{"one that signs its requests alone", []fapi.Option{fapi.WithProfile(fapi.FAPI2MessageSigning(fapi.SignedRequests))}, func(t *testing.T, doc *metadata.Document) {
			assert.Equal(t, []string{"query"}, doc.ResponseModesSupported)
			assert.True(t, doc.AuthorizationResponseIssParameterSupported)
			assert.Empty(t, doc.AuthorizationSigningAlgValuesSupported)
		}},
		{"the three of them", []fapi.Option{fapi.WithProfiles(byPrefix, all...), legacy}, func(t *testing.T, doc *metadata.Document) {
			assert.False(t, doc.RequirePushedAuthorizationRequests)
			assert.False(t, doc.RequireSignedRequestObject)
			assert.Equal(t, []string{"code id_token", "code"}, doc.ResponseTypesSupported)
			assert.Equal(t, []string{"PS256", "ES256", "EdDSA"}, doc.RequestObjectSigningAlgValuesSupported)
			assert.NotEmpty(t, doc.DPoPSigningAlgValuesSupported)
			assert.True(t, doc.AuthorizationResponseIssParameterSupported)
		}},
		{"Message Signing beside a legacy lane", []fapi.Option{fapi.WithProfiles(byPrefix, all[2]), legacy}, func(t *testing.T, doc *metadata.Document) {
			assert.False(t, doc.AuthorizationResponseIssParameterSupported, "neither sends iss")
		}},
		{"FAPI 2.0, both", []fapi.Option{fapi.WithProfiles(byPrefix, all[1:]...), legacy}, func(t *testing.T, doc *metadata.Document) {
			assert.False(t, doc.RequirePushedAuthorizationRequests, "legacy clients need not push")
			assert.False(t, doc.RequestURIParameterSupported)
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			provider, err := composed(hostConfig(), stores["memory"](), tt.options...)
			require.NoError(t, err)
			doc, err := provider.Metadata(t.Context())
			require.NoError(t, err)
			require.NoError(t, doc.Validate())
			tt.want(t, doc)
		})
	}
}
