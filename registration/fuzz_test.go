package registration_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"

	"github.com/go-jose/go-jose/v4"
	"github.com/stretchr/testify/require"

	"github.com/fosite-fapi/fosite-fapi/registration"
)

// Whatever a stranger posts is registered or refused as a client's mistake: no panic, no fault of the server. What is
// registered can be read again as it was told, and nothing in it was the client's to choose.
func FuzzRegister(f *testing.F) {
	full, err := os.ReadFile("testdata/full.json")
	require.NoError(f, err)
	seeds := []string{
		string(full), document, `{}`, `null`, `[]`, `{"redirect_uris":null}`, `{"client_id":"a","client_id":"b"}`, `{"jwks":{"keys":[{}]}}`,
		`{"client_id":"mine","client_secret":"s","registration_access_token":"t","policy":"p","version":7,` + document[1:],
		`{"software_statement":"` + exampleOfRFC7591 + `",` + document[1:], `{"software_statement":"` + signed(f, publisherKey, jose.ES256, nil) + `",` + document[1:],
		`{"redirect_uris":["https://client.example/\ud800"],"token_endpoint_auth_method":"none","client_name":"` + strings.Repeat("é", 100) + `"}`,
	}
	for _, seed := range seeds {
		f.Add(seed, "application/json", "Bearer "+initial)
	}
	f.Add(document, "application/json; charset=utf-8", "bearer  "+initial)
	f.Add(document, "application/json; charset", "Bearer")
	f.Fuzz(func(t *testing.T, body, contentType, authorization string) {
		e := newEndpoints(t)
		e.Statements = newStatements(t)
		r := httptest.NewRequest(http.MethodPost, endpoint, strings.NewReader(body))
		r.Header["Content-Type"], r.Header["Authorization"] = []string{contentType}, []string{authorization}
		rec, said := answer(e, r)
		require.Contains(t, []int{201, 400, 401, 413}, rec.Code, rec.Body)
		require.NotNil(t, said, rec.Body)
		if rec.Code != http.StatusCreated {
			require.NotContains(t, said, "registration_access_token")
			return
		}
		require.NotContains(t, said, "client_secret")
		require.Len(t, said["client_id"], 26)
		read, again := answer(e, newRequest(http.MethodGet, said["registration_client_uri"].(string), said["registration_access_token"].(string), ""))
		require.Equal(t, http.StatusOK, read.Code)
		require.Equal(t, said, again)
		record, err := e.Store.GetRegistration(t.Context(), said["client_id"].(string))
		require.NoError(t, err)
		require.NoError(t, record.Validate())
		require.Empty(t, record.Policy)
		raw, err := json.Marshal(record)
		require.NoError(t, err)
		var back registration.Record
		require.NoError(t, json.Unmarshal(raw, &back))
		require.Equal(t, record.TokenHash, back.TokenHash)
	})
}
