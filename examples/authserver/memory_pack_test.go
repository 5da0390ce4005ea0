package main

import (
	"net/url"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/ory/fosite"
	"github.com/ory/fosite/handler/openid"
	"github.com/ory/fosite/token/jwt"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fosite-fapi/fosite-fapi/fapi"
)

// fill gives every field of a struct a value of its own, so that one that is forgotten is missed.
func fill(t *testing.T, v reflect.Value, n *int64) {
	t.Helper()
	for i := range v.NumField() {
		*n++
		switch field := v.Field(i); f := field.Addr().Interface().(type) {
		case *string:
			*f = strings.Repeat("é", int(*n*20))
		case *[]string:
			*f = []string{"", v.Type().Field(i).Name, "\x00"}
		case *time.Time:
			*f = time.Unix(1_700_000_000+*n, 999_999_000+*n).UTC()
		case *map[string]any: // such a session is not packed
		default:
			require.Fail(t, "what is a "+field.Type().String())
		}
	}
}

func fullSession(t *testing.T) *grantSession {
	t.Helper()
	var n int64
	claims := &jwt.IDTokenClaims{}
	fill(t, reflect.ValueOf(claims).Elem(), &n)
	return &grantSession{UserInfo: []string{"name"}, Session: &fapi.Session{Subject: "alice", Username: "Alice", IDToken: claims, ExpiresAt: map[fosite.TokenType]time.Time{
		fosite.AccessToken: time.Unix(1_800_000_000, 1).UTC(), fosite.RefreshToken: {},
	}}}
}

func fullRequest(client fosite.Client, session fosite.Session) *fosite.Request {
	return &fosite.Request{
		ID: "id", RequestedAt: time.Date(2025, 1, 2, 3, 4, 5, 6, time.UTC), Client: client, Session: session,
		Form:           url.Values{"": {""}, "one": {"1"}, "two": {"1", strings.Repeat("2", 5000)}, "none": nil},
		RequestedScope: fosite.Arguments{"a", "b"}, GrantedScope: fosite.Arguments{"b"},
		RequestedAudience: fosite.Arguments{"https://one.example", "c"}, GrantedAudience: fosite.Arguments{"c"},
	}
}

func TestPackedRequestsComeBackWhole(t *testing.T) {
	t.Parallel()
	m := newTestMemory(time.Now)
	more := fullSession(t)
	more.IDToken.Extra = map[string]any{"n": 1}
	headers := &grantSession{Session: fapi.NewSession("alice")}
	headers.IDHeaders = &jwt.Headers{Extra: map[string]any{"n": 1}}
	access := &grantSession{Session: fapi.NewSession("alice")}
	access.Access = map[string]any{"n": 1}
	other := openid.NewDefaultSession()
	other.Subject = "bob"
	for name, session := range map[string]fosite.Session{
		"every field": fullSession(t), "new": &grantSession{Session: fapi.NewSession("alice")}, "empty": &grantSession{Session: &fapi.Session{}},
		"none": nil, "claims of the host's": more, "headers of the host's": headers, "access token claims of the host's": access,
		"the library's": fapi.NewSession("alice"), "fosite's": other,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			want := fullRequest(m.clients["fapitest-contract-client"], session)
			got := pack(want).unpack()
			assert.Equal(t, want, got)
		})
	}
	t.Run("of the smallest", func(t *testing.T) {
		t.Parallel()
		got := pack(&fosite.Request{ID: "id"}).unpack()
		assert.Equal(t, &fosite.Request{ID: "id", Form: url.Values{}}, got)
	})
}

func TestEachWordComesBack(t *testing.T) {
	t.Parallel()
	w := writer{}.texts(words)
	assert.Len(t, numbers, len(words), "two of them are the same")
	assert.Len(t, w, 1+len(words), "a byte for each")
	r := reader(w)
	assert.Equal(t, words, r.texts())
	assert.Empty(t, r)
}

// What is packed is text and nothing that points anywhere, or the table of tokens would be much larger.
func TestPackedSessionsArePacked(t *testing.T) {
	t.Parallel()
	p := pack(fullRequest(nil, fullSession(t)))
	assert.Nil(t, p.session)
}

func TestPackedAuthorizeRequestsComeBackWhole(t *testing.T) {
	t.Parallel()
	for name, redirect := range map[string]*url.URL{
		"none": nil, "one": {Scheme: "https", Host: "client.example", Path: "/a b", RawPath: "/a%20b", RawQuery: "x=%2F&y", ForceQuery: true, OmitHost: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			want := &fosite.AuthorizeRequest{
				Request: *fullRequest(nil, nil), ResponseTypes: fosite.Arguments{"code", "id_token"}, RedirectURI: redirect, State: "é\x00",
				HandledResponseTypes: fosite.Arguments{}, ResponseMode: "fragment.jwt", DefaultResponseMode: fosite.ResponseModeFragment,
			}
			got := packAuthorize(want).unpack()
			assert.Equal(t, want, got)
			if redirect != nil {
				assert.NotSame(t, redirect, got.RedirectURI)
			}
		})
	}
}
