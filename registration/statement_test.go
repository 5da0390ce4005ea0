package registration_test

import (
	"context"
	"crypto"
	"encoding/json"
	"errors"
	"maps"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fosite-fapi/fosite-fapi/fapitest"
	"github.com/fosite-fapi/fosite-fapi/registration"
)

const publisher = "https://directory.example"

var (
	publisherKey = fapitest.Key("publisher", jose.ES256)
	now          = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
)

func publicKeys(keys ...crypto.Signer) *jose.JSONWebKeySet {
	set := new(jose.JSONWebKeySet)
	for _, k := range keys {
		set.Keys = append(set.Keys, jose.JSONWebKey{Key: k.Public()})
	}
	return set
}

func newStatements(t *testing.T) *registration.Statements {
	t.Helper()
	s := &registration.Statements{
		Issuers: map[string]registration.Keys{publisher: registration.StaticKeys(publicKeys(publisherKey))},
		Now:     func() time.Time { return now },
	}
	require.NoError(t, s.Validate())
	return s
}

func signed(t testing.TB, key crypto.Signer, alg jose.SignatureAlgorithm, change map[string]any) string {
	t.Helper()
	claims := map[string]any{"iss": publisher, "software_id": "app", "exp": now.Add(time.Minute).Unix(), "client_name": "Stated"}
	maps.Copy(claims, change)
	maps.DeleteFunc(claims, func(_ string, v any) bool { return v == nil })
	raw, err := fapitest.Sign(key, alg, nil, claims)
	require.NoError(t, err)
	return raw
}

// typed is a statement whose header names a type.
func typed(t testing.TB, typ string) string {
	t.Helper()
	raw, err := fapitest.Sign(publisherKey, jose.ES256, map[string]any{"typ": typ},
		map[string]any{"iss": publisher, "software_id": "app", "exp": now.Add(time.Minute).Unix(), "client_name": "Stated"})
	require.NoError(t, err)
	return raw
}

// tampered has another signature.
func tampered(raw string) string { return raw[:len(raw)-6] + "AAAAAA" }

// A source of keys that fails, or has others than before.
type source struct {
	fresh *jose.JSONWebKeySet
	err   error
}

func (s source) Keys(_ context.Context, refresh bool) (*jose.JSONWebKeySet, error) {
	if refresh {
		return s.fresh, s.err
	}
	return new(jose.JSONWebKeySet), s.err
}

// The example of RFC 7591 3.1.1, whose key was never published. It is signed by RS256, and so not even looked at.
const exampleOfRFC7591 = "eyJhbGciOiJSUzI1NiJ9.eyJzb2Z0d2FyZV9pZCI6IjROUkIxLTBYWkFCWkk5RTYtNVNNM1IiLCJjbGllbnRfbmFtZSI6IkV4YW1wbGUgU3RhdGVtZW50" +
	"LWJhc2VkIENsaWVudCIsImNsaWVudF91cmkiOiJodHRwczovL2NsaWVudC5leGFtcGxlLm5ldC8ifQ." +
	"GHfL4QNIrQwL18BSRdE595T9jbzqa06R9BT8w409x9oIcKaZo_mt15riEXHazdISUvDIZhtiyNrSHQ8K4TvqWxH6uJgcmoodZdPwmWRIEYbQDLqPNxREtYn05X3AR7ia4FRjQ2ojZjk5fJqJdQ-JcfxyhK-P8BAWBd6I2LLA77IG32xtbhxYfHX7VhuU5ProJO8uvu3Ayv4XRhLZJY4yKfmyjiiKiPNe-Ia4SMy_d_QSWxskU5XIQl5Sa2YRPMbDRXttm2TfnZM1xx70DoYi8g6czz-CPGRi4SW_S2RKHIJfIjoI3zTJ0Y2oe0_EJAiXbL6OyF9S5tKxDXV8JIndSA"

func TestStatements(t *testing.T) {
	t.Parallel()
	es256 := func(change map[string]any) string { return signed(t, publisherKey, jose.ES256, change) }
	aged := func(s *registration.Statements) { s.MaxAge = 5 * time.Minute }
	as := func(keys registration.Keys) func(*registration.Statements) {
		return func(s *registration.Statements) { s.Issuers = map[string]registration.Keys{publisher: keys} }
	}
	ps256, ed25519 := fapitest.Key("publisher", jose.PS256), fapitest.Key("publisher", jose.EdDSA)
	usual := func(*registration.Statements) {}
	ours := func(s *registration.Statements) {
		s.Audience = func(context.Context) []string { return []string{"", "https://server.example"} }
	}
	for name, c := range map[string]struct {
		raw    string
		change func(*registration.Statements)
		err    error
	}{
		"DCR-08 ES256":                       {es256(nil), usual, nil},
		"DCR-08 PS256":                       {signed(t, ps256, jose.PS256, nil), as(registration.StaticKeys(publicKeys(ps256))), nil},
		"DCR-08 EdDSA":                       {signed(t, ed25519, jose.EdDSA, nil), as(registration.StaticKeys(publicKeys(ed25519))), nil},
		"DCR-08 RS256":                       {signed(t, ps256, jose.RS256, nil), as(registration.StaticKeys(publicKeys(ps256))), registration.ErrStatement},
		"DCR-08 none":                        {signed(t, publisherKey, "none", nil), usual, registration.ErrStatement},
		"DCR-08 the example of RFC 7591":     {exampleOfRFC7591, usual, registration.ErrStatement},
		"DCR-08 an algorithm of the host's":  {es256(nil), func(s *registration.Statements) { s.Algorithms = []jose.SignatureAlgorithm{jose.PS256} }, registration.ErrStatement},
		"DCR-08 another key":                 {signed(t, fapitest.Key("thief", jose.ES256), jose.ES256, nil), usual, registration.ErrStatementSignature},
		"DCR-08 tampered":                    {tampered(es256(nil)), usual, registration.ErrStatementSignature},
		"DCR-08 new keys":                    {es256(nil), as(source{fresh: publicKeys(publisherKey)}), nil},
		"keys down":                          {es256(nil), as(source{err: errors.New("down")}), registration.ErrUnavailable},
		"DCR-08 not trusted":                 {es256(map[string]any{"iss": "https://other.example"}), usual, registration.ErrStatementIssuer},
		"DCR-08 nobody trusted":              {es256(nil), func(s *registration.Statements) { s.Issuers = nil }, registration.ErrStatementIssuer},
		"DCR-08 no iss":                      {es256(map[string]any{"iss": nil}), usual, registration.ErrStatement},
		"DCR-08 iss of another type":         {es256(map[string]any{"iss": []string{publisher}}), usual, registration.ErrStatement},
		"DCR-08 software_id of another type": {es256(map[string]any{"software_id": 1}), usual, registration.ErrStatement},
		"DCR-08 no exp":                      {es256(map[string]any{"exp": nil}), usual, registration.ErrStatement},
		"DCR-08 exp is no date":              {es256(map[string]any{"exp": "soon"}), usual, registration.ErrStatement},
		"DCR-08 exp a second ahead":          {es256(map[string]any{"exp": now.Unix() + 1}), usual, nil},
		"DCR-08 exp now":                     {es256(map[string]any{"exp": now.Unix()}), usual, registration.ErrStatementExpired},
		"DCR-08 iat 30 seconds ahead":        {es256(map[string]any{"iat": now.Unix() + 30}), usual, nil},
		"DCR-08 iat 31 seconds ahead":        {es256(map[string]any{"iat": now.Unix() + 31}), usual, registration.ErrStatementNotYet},
		"DCR-08 nbf 31 seconds ahead":        {es256(map[string]any{"nbf": now.Unix() + 31}), usual, registration.ErrStatementNotYet},
		"DCR-08 iat alone where age counts":  {es256(map[string]any{"exp": nil, "iat": now.Unix() - 300}), aged, nil},
		"DCR-08 too old":                     {es256(map[string]any{"iat": now.Unix() - 301}), aged, registration.ErrStatementExpired},
		"DCR-08 exp where age counts":        {es256(map[string]any{"exp": now.Unix(), "iat": now.Unix()}), aged, registration.ErrStatementExpired},
		"DCR-08 no iat where age counts":     {es256(nil), aged, registration.ErrStatement},
		"DCR-08 too long":                    {es256(map[string]any{"x": strings.Repeat("x", 64<<10)}), usual, registration.ErrStatement},
		"DCR-08 for us":                      {es256(map[string]any{"aud": "https://server.example"}), ours, nil},
		"DCR-08 for us and others":           {es256(map[string]any{"aud": []string{"https://other.example", "https://server.example"}}), ours, nil},
		"DCR-08 aud null":                    {es256(map[string]any{"aud": json.RawMessage("null")}), ours, nil},
		"DCR-08 for another server":          {es256(map[string]any{"aud": "https://other.example"}), ours, registration.ErrStatementAudience},
		"DCR-08 for other servers":           {es256(map[string]any{"aud": []string{"https://other.example", ""}}), ours, registration.ErrStatementAudience},
		"DCR-08 for nobody":                  {es256(map[string]any{"aud": []string{}}), ours, registration.ErrStatementAudience},
		"DCR-08 aud of another type":         {es256(map[string]any{"aud": 1}), ours, registration.ErrStatementAudience},
		"DCR-08 for us, who have no name":    {es256(map[string]any{"aud": "https://server.example"}), usual, registration.ErrStatementAudience},
		"DCR-08 typ JWT":                     {typed(t, "application/jwt"), usual, nil},
		"DCR-08 typ of an access token":      {typed(t, "at+jwt"), usual, registration.ErrStatement},
		"DCR-08 nothing":                     {"", usual, registration.ErrStatement},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newStatements(t)
			c.change(s)
			got, err := s.Verify(t.Context(), c.raw)
			if c.err != nil {
				require.ErrorIs(t, err, c.err)
				assert.Nil(t, got)
				return
			}
			require.NoError(t, err)
			assert.Equal(t, publisher, got.Issuer)
			assert.Equal(t, "app", got.Software)
			assert.Equal(t, c.raw, got.Raw)
			assert.JSONEq(t, `"Stated"`, string(got.Claims["client_name"]))
		})
	}
}

func TestStatementsValidate(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*registration.Statements){
		"nobody":   func(s *registration.Statements) { s.Issuers = nil },
		"no keys":  func(s *registration.Statements) { s.Issuers[publisher] = nil },
		"no name":  func(s *registration.Statements) { s.Issuers[""] = s.Issuers[publisher] },
		"a MAC":    func(s *registration.Statements) { s.Algorithms = []jose.SignatureAlgorithm{jose.HS256} },
		"negative": func(s *registration.Statements) { s.MaxAge = -1 },
	} {
		s := newStatements(t)
		change(s)
		require.Error(t, s.Validate(), name)
	}
}

// What a statement says counts, whatever the client says; null takes away. An update rests on it again.
func TestStatementTakesPrecedence(t *testing.T) {
	t.Parallel()
	e := newEndpoints(t)
	e.Statements = newStatements(t)
	raw := signed(t, publisherKey, jose.ES256, map[string]any{"logo_uri": json.RawMessage("null"), "client_id": "mine", "software_statement": "x"})
	with := func(statement, id string) string {
		body := strings.TrimSuffix(document, "}") + `,"logo_uri":"https://client.example/logo"`
		if id != "" {
			body += `,"client_id":"` + id + `"`
		}
		if statement != "" {
			body += `,"software_statement":"` + statement + `"`
		}
		return body + "}"
	}
	rec, said := answer(e, newRequest(http.MethodPost, endpoint, "", with(raw, "")))
	require.Equal(t, http.StatusCreated, rec.Code, rec.Body)
	assert.Equal(t, "Stated", said["client_name"])
	assert.Equal(t, raw, said["software_statement"], "unmodified")
	assert.NotContains(t, said, "logo_uri")
	id := said["client_id"].(string)
	assert.NotEqual(t, "mine", id)
	update := func(statement string) error {
		_, err := e.Update(t.Context(), newRequest(http.MethodPut, endpoint+"/"+id, said["registration_access_token"].(string), with(statement, id)))
		return err
	}
	e.Statements.Now = func() time.Time { return now.Add(time.Hour) }
	later := map[string]any{"exp": now.Add(2 * time.Hour).Unix()}
	require.NoError(t, update(raw), "the same, however old")
	require.ErrorIs(t, update(""), registration.ErrStatementMissing)
	require.ErrorIs(t, update(signed(t, publisherKey, jose.ES256, map[string]any{"client_name": "New"})), registration.ErrStatementExpired)
	require.ErrorIs(t, update(signed(t, publisherKey, jose.ES256, map[string]any{"software_id": "other", "exp": later["exp"]})), registration.ErrStatementOther)
	require.NoError(t, update(signed(t, publisherKey, jose.ES256, later)), "a new one of the same software")
	e.Statements.Issuers = map[string]registration.Keys{"https://other.example": registration.StaticKeys(publicKeys(publisherKey))}
	require.ErrorIs(t, update(raw), registration.ErrStatementIssuer, "it isn't trusted any more")
}

// A statement that names no software can't tell whether another one is of the same.
func TestStatementWithoutSoftware(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		software any
		err      error
	}{
		"DCR-08 another statement of the same software_id": {"app", nil},
		"DCR-08 another statement where none is named":     {nil, registration.ErrStatementOther},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := newEndpoints(t)
			e.Statements = newStatements(t)
			with := func(statement, id string) string {
				return strings.TrimSuffix(document, "}") + `,"client_id":"` + id + `","software_statement":"` + statement + `"}`
			}
			first := signed(t, publisherKey, jose.ES256, map[string]any{"software_id": c.software})
			rec, said := answer(e, newRequest(http.MethodPost, endpoint, "", with(first, "")))
			require.Equal(t, http.StatusCreated, rec.Code, rec.Body)
			id, token := said["client_id"].(string), said["registration_access_token"].(string)
			update := func(statement string) error {
				_, err := e.Update(t.Context(), newRequest(http.MethodPut, endpoint+"/"+id, token, with(statement, id)))
				return err
			}
			require.NoError(t, update(first))
			second := signed(t, publisherKey, jose.ES256, map[string]any{"software_id": c.software, "client_name": "Other"})
			require.ErrorIs(t, update(second), c.err)
		})
	}
}
