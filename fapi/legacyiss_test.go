package fapi_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/ory/fosite"
	"github.com/ory/fosite/compose"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fosite-fapi/fosite-fapi/fapi"
	"github.com/fosite-fapi/fosite-fapi/fapitest"
)

func legacyIssuer(t *testing.T, config *fosite.Config, store fosite.Storage, more ...fapi.Option) fosite.OAuth2Provider {
	t.Helper()
	p, err := fapi.Compose(config, store, legacyStrategy(config), append(more,
		fapi.WithFactories(everyFactory...), fapi.WithProfiles(byRegistration, fapi.FAPI2Security()))...)
	require.NoError(t, err)
	return p
}

// TestLegacyIssuer: ISS-01, by WithLegacyIssuer every answer to a legacy client's redirect URI has iss once, and but for
// that all answers are plain fosite's.
func TestLegacyIssuer(t *testing.T) {
	t.Parallel()
	for _, debug := range []bool{false, true} {
		config := func() *fosite.Config {
			c := legacyConfig()
			c.SendDebugMessagesToClients, c.UseLegacyErrorFormat, c.ClientSecretsHasher = debug, debug, oneSecret{}
			return c
		}
		ours, plainConfig := config(), config()
		plain := hostHandler(compose.Compose(plainConfig, legacyStore(t, "json"), legacyStrategy(plainConfig), everyFactory...))
		w := &withoutIssuer{T: t, next: hostHandler(legacyIssuer(t, ours, legacyStore(t, "json"), fapi.WithLegacyIssuer()))}
		all := []map[string]legacyFlow{legacySuccesses, legacyFailures}
		if !debug {
			all = append(all, legacyUndebugged)
		}
		for _, flows := range all {
			for name, flow := range flows {
				t.Run(name, func(t *testing.T) { flow.compare(t, plain, w) })
			}
		}
		for _, mode := range []string{"query", "fragment", "form_post"} {
			for outcome, edit := range map[string]func(*http.Request){"ISS-01 approved by ": func(*http.Request) {}, "ISS-01 denied by ": withHeader("Deny", "yes")} {
				t.Run(outcome+mode, func(t *testing.T) {
					status := http.StatusSeeOther
					if mode == "form_post" {
						status = http.StatusOK
					}
					legacyFlow{status, func(v *visitor) {
						v.visit(changed(authorization("form", "code", "photos"), "response_mode", mode), edit)
					}}.compare(t, plain, w)
				})
			}
		}
		assert.NotZero(t, w.redirects.Load())
		assert.NotZero(t, w.forms.Load())
	}
}

// withoutIssuer takes iss out of what is sent to redirect URIs, to the letter, after it saw that it is there.
type withoutIssuer struct {
	*testing.T
	next             http.Handler
	redirects, forms atomic.Int32
}

var (
	issuerParameter = regexp.MustCompile(`([?#])iss=` + regexp.QuoteMeta(url.QueryEscape(issuer)) + `&|&iss=` + regexp.QuoteMeta(url.QueryEscape(issuer)))
	issuerField     = regexp.MustCompile(`\s*<input type="hidden" name="iss" value="` + regexp.QuoteMeta(issuer) + `"/>`)
)

func (w *withoutIssuer) ServeHTTP(rw http.ResponseWriter, r *http.Request) {
	rec := httptest.NewRecorder()
	w.next.ServeHTTP(rec, r)
	body := rec.Body.String()
	if r.URL.Path == "/authorize" {
		if at := rec.Header().Get("Location"); at != "" {
			assert.Len(w, issuerParameter.FindAllString(at, -1), 1, at)
			rec.Header().Set("Location", issuerParameter.ReplaceAllString(at, "$1"))
			w.redirects.Add(1)
		} else if strings.Contains(body, "<form") {
			assert.Len(w, issuerField.FindAllString(body, -1), 1, body)
			body = issuerField.ReplaceAllString(body, "")
			w.forms.Add(1)
		}
	}
	for name, values := range rec.Header() {
		rw.Header()[name] = values
	}
	rw.WriteHeader(rec.Code)
	_, _ = rw.Write([]byte(body))
}

// carrier is a response mode of the host's own, which takes over errors by query as well: fosite asks it first.
type carrier struct{}

func (carrier) ResponseModes() fosite.ResponseModeTypes {
	return fosite.ResponseModeTypes{"carrier.pigeon", fosite.ResponseModeQuery, fosite.ResponseModeDefault}
}

func (carrier) WriteAuthorizeResponse(_ context.Context, rw http.ResponseWriter, _ fosite.AuthorizeRequester, resp fosite.AuthorizeResponder) {
	rw.Header().Set("Pigeon", resp.GetParameters().Get("iss"))
}

func (carrier) WriteAuthorizeError(_ context.Context, rw http.ResponseWriter, _ fosite.AuthorizeRequester, err error) {
	rw.Header().Set("Pigeon", fosite.ErrorToRFC6749Error(err).ErrorField)
}

func TestLegacyIssuerLeavesTheHost(t *testing.T) {
	t.Parallel()
	send := func(t *testing.T, mode string, edits []func(*http.Request), options ...fapi.Option) *fapitest.Answer {
		t.Helper()
		config := legacyConfig()
		config.ResponseModeHandlerExtension = carrier{}
		v := &visitor{T: t, handler: hostHandler(legacyIssuer(t, config, legacyStore(t, "json"), options...))}
		return v.visit(changed(authorization("web", "code", "photos"), "response_mode", mode), edits...)
	}
	deny := []func(*http.Request){withHeader("Deny", "yes")}
	assert.Equal(t, "access_denied", send(t, "", deny, fapi.WithLegacyIssuer()).Header.Get("Pigeon"), "its own errors")
	approved := send(t, "", nil, fapi.WithLegacyIssuer())
	assert.Equal(t, issuer, approved.Location().Query().Get("iss"), "ISS-01 fosite writes its own modes")
	assert.NotEmpty(t, approved.Location().Query().Get("code"))
	unset := send(t, "", nil)
	assert.NotEmpty(t, unset.Location().Query().Get("code"))
	assert.NotContains(t, unset.Header.Get("Location"), "iss=", "unset, it is fosite's answer")
}
