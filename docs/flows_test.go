package docs_test

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/ory/fosite"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fosite-fapi/fosite-fapi/fapi"
	"github.com/fosite-fapi/fosite-fapi/fapitest"
	"github.com/fosite-fapi/fosite-fapi/introspection"
)

// The sequence diagrams are what a client and a server said to each other in a real run.
func TestGeneratedFlows(t *testing.T) {
	t.Parallel()
	everyone := fapi.WithIntrospectors(func(_ context.Context, _ fosite.Client, _ fosite.AccessRequester) bool { return true })
	for _, flow := range []struct {
		name   string
		config fapitest.Config
		run    func(t *testing.T, s *fapitest.Server)
	}{
		{"fapi2-security, certificate", fapitest.Config{}, func(t *testing.T, s *fapitest.Server) { tokens(t, s) }},
		{"fapi2-security, DPoP", fapitest.Config{Clients: []fapitest.ClientConfig{{Binding: fapi.BindingDPoP}}, Options: []fapi.Option{
			fapi.WithDPoPNonces(fapi.NonceRequired, []byte("a secret of thirty-two bytes....")),
		}}, func(t *testing.T, s *fapitest.Server) {
			s.Push() // answered by a nonce
			tokens(t, s)
		}},
		{"fapi2-message-signing", fapitest.Config{Profiles: []fapi.Profile{fapi.FAPI2MessageSigning()}, Options: []fapi.Option{everyone}}, func(t *testing.T, s *fapitest.Server) {
			token := tokens(t, s)
			s.As("client-b").Introspect(token, fapitest.Header("Accept", introspection.MediaType))
		}},
		{"fapi1-advanced", fapitest.Config{Profiles: []fapi.Profile{fapi.FAPI1Advanced()}}, func(t *testing.T, s *fapitest.Server) {
			answer := s.ByValue()
			redeem(t, s, answer)
		}},
	} {
		t.Run(flow.name, func(t *testing.T) {
			t.Parallel()
			s := fapitest.NewServer(t, flow.config)
			film := &recorder{t: t, next: s.Handler}
			s.Handler = film
			for _, id := range []string{"client-a", "client-b"} {
				if id == "client-b" && len(flow.config.Clients) > 0 {
					continue
				}
				transport, ok := s.Client(id).HTTP.Transport.(*fapitest.Transport)
				require.True(t, ok)
				transport.Handler = film
			}
			flow.run(t, s)
			generated(t, "flows.md", flow.name, "```mermaid\n"+film.diagram()+"```\n")
		})
	}
}

// tokens runs a flow that begins with a pushed request, and returns the access token.
func tokens(t *testing.T, s *fapitest.Server) string {
	t.Helper()
	pushed := s.Push()
	fapitest.Accepted()(s, pushed)
	return redeem(t, s, s.Visit(pushed.Text("request_uri")))
}

func redeem(t *testing.T, s *fapitest.Server, answer *fapitest.Answer) string {
	t.Helper()
	fapitest.Accepted()(s, answer)
	issued := s.Redeem(s.Returned(answer).Get("code"))
	fapitest.Accepted()(s, issued)
	assert.Equal(t, http.StatusOK, s.Resource(issued.Text("access_token")).Status)
	fapitest.Accepted()(s, s.Refresh(issued.Text("refresh_token")))
	return issued.Text("access_token")
}

// A recorder writes down what passes, by the names of things; never their values.
type recorder struct {
	t     *testing.T
	next  http.Handler
	lines []string
}

func (f *recorder) ServeHTTP(rw http.ResponseWriter, r *http.Request) {
	require.NoError(f.t, r.ParseForm())
	from, to := "Client", "Server"
	switch r.URL.Path {
	case "/authorize":
		from = "Browser"
	case "/accounts":
		to = "Resource"
	case "/introspect":
		from = "Resource"
	}
	f.lines = append(f.lines, fmt.Sprintf("%s->>%s: %s", from, to, f.request(r)))
	rec := httptest.NewRecorder()
	f.next.ServeHTTP(rec, r)
	f.lines = append(f.lines, fmt.Sprintf("%s-->>%s: %s", to, from, f.response(rec)))
	maps.Copy(rw.Header(), rec.Header())
	rw.WriteHeader(rec.Code)
	_, err := rw.Write(rec.Body.Bytes())
	require.NoError(f.t, err)
}

func (f *recorder) request(r *http.Request) string {
	said := []string{r.Method + " " + r.URL.Path}
	if scheme, _, found := strings.Cut(r.Header.Get("Authorization"), " "); found {
		said = append(said, "Authorization: "+scheme+" (access token)")
	}
	if proof := r.Header.Get("DPoP"); proof != "" {
		said = append(said, "DPoP: "+f.jwt(proof))
	}
	if accept := r.Header.Get("Accept"); accept != "" {
		said = append(said, "Accept: "+accept)
	}
	said = append(said, f.parameters(r.Form)...)
	if len(r.TLS.PeerCertificates) > 0 {
		said = append(said, "client certificate")
	}
	return strings.Join(said, "<br/>")
}

// parameters names them in the order of their names, some in one line.
func (f *recorder) parameters(form url.Values) []string {
	var plain, said []string
	for _, name := range slices.Sorted(maps.Keys(form)) {
		value := form.Get(name)
		switch {
		case strings.Count(value, ".") == 2 && strings.HasPrefix(value, "eyJ"):
			said = append(said, name+": "+f.jwt(value))
		case slices.Contains([]string{"grant_type", "response_type", "response_mode", "code_challenge_method"}, name):
			plain = append(plain, name+"="+value)
		case name == "client_assertion_type":
		default:
			plain = append(plain, name)
		}
	}
	return append(lines(plain), said...)
}

// lines breaks a list before it gets too wide.
func lines(words []string) []string {
	var all []string
	for part := range slices.Chunk(words, 6) {
		all = append(all, strings.Join(part, ", "))
	}
	return all
}

// jwt names its claims.
func (f *recorder) jwt(compact string) string {
	parts := strings.Split(compact, ".")
	raw, err := base64.RawURLEncoding.DecodeString(parts[1])
	require.NoError(f.t, err)
	claims := map[string]any{}
	require.NoError(f.t, json.Unmarshal(raw, &claims))
	return "signed {" + strings.Join(lines(slices.Sorted(maps.Keys(claims))), ",<br/>") + "}"
}

func (f *recorder) response(rec *httptest.ResponseRecorder) string {
	said := []string{fmt.Sprint(rec.Code)}
	if nonce := rec.Header().Get("DPoP-Nonce"); nonce != "" && rec.Code >= 400 {
		said = append(said, "DPoP-Nonce")
	}
	if at, err := rec.Result().Location(); err == nil {
		said[0] += " to the client's redirect_uri"
		query, err := url.ParseQuery(at.Fragment)
		require.NoError(f.t, err)
		if at.Fragment == "" {
			query = at.Query()
		}
		return strings.Join(append(said, f.parameters(query)...), "<br/>")
	}
	body := map[string]any{}
	if json.Unmarshal(rec.Body.Bytes(), &body) != nil {
		return strings.Join(append(said, f.jwt(rec.Body.String())), "<br/>")
	}
	form := url.Values{}
	for name, value := range body {
		text := fmt.Sprint(value)
		if name == "error" || name == "token_type" {
			name += "=" + text
		}
		form.Set(name, text)
	}
	return strings.Join(append(said, f.parameters(form)...), "<br/>")
}

func (f *recorder) diagram() string {
	var b strings.Builder
	b.WriteString("sequenceDiagram\n")
	for _, who := range []string{"Browser", "Client", "Server", "Resource"} {
		fmt.Fprintf(&b, "    participant %s\n", who)
	}
	for _, line := range f.lines {
		fmt.Fprintf(&b, "    %s\n", line)
	}
	return b.String()
}
