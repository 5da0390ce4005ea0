package fapi_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/ory/fosite"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fosite-fapi/fosite-fapi/cnf"
	"github.com/fosite-fapi/fosite-fapi/fapi"
	"github.com/fosite-fapi/fosite-fapi/fapitest"
)

// taken are the events since the last call.
func (e *events) taken() []fapi.Event {
	e.mu.Lock()
	defer e.mu.Unlock()
	all := e.all
	e.all = nil
	return all
}

// decision is the only event of a message.
func (b *bench) decision() fapi.Event {
	b.Helper()
	all := b.events.taken()
	require.Len(b, all, 1, "one event per decision")
	return all[0]
}

// reopen replaces the provider by one with other options, on the same store.
func (b *bench) reopen(options ...fapi.Option) {
	b.Helper()
	var err error
	b.provider, err = composed(hostConfig(), b.store, slices.Concat(b.observed(), []fapi.Option{fapi.WithTrustAnchors(b.pki.Pool())}, options)...)
	require.NoError(b, err)
	b.mount()
	b.connect(b.a, &b.certA)
	b.connect(b.b, &b.certB)
}

func TestOneEventPerDecision(t *testing.T) {
	t.Parallel()
	for store := range stores {
		t.Run(store, func(t *testing.T) {
			t.Parallel()
			b := newBench(t, store)
			ctx := t.Context()
			granted := func(stage fapi.Stage) fapi.Event {
				t.Helper()
				e := b.decision()
				assert.True(t, e.Granted, "%+v", e)
				assert.Equal(t, stage, e.Stage)
				assert.Equal(t, "client-a", e.Client)
				return e
			}
			refused := func(stage fapi.Stage, id string) fapi.Event {
				t.Helper()
				e := b.decision()
				assert.False(t, e.Granted, "%+v", e)
				assert.Equal(t, stage, e.Stage)
				assert.Equal(t, id, e.ID)
				return e
			}

			uri := push()(b).Text("request_uri")
			grant := granted(fapi.AtPushedRequest).RequestID
			require.NotEmpty(t, grant)
			showLogin(b, uri)
			assert.Empty(t, b.events.taken(), "looking is not deciding")
			code := b.response(b.browse(uri)).Get("code")
			e := granted(fapi.AtAuthorization)
			assert.Equal(t, grant, e.RequestID)
			assert.Equal(t, "alice", e.Subject)
			b.browse(uri)
			refused(fapi.AtAuthorization, "F2-AZ-15")

			b.got(b.a.Redeem(ctx, code, text(43)))
			e = refused(fapi.AtToken, "PKCE-09")
			assert.Equal(t, grant, e.RequestID, "it is known whose code it was")
			tokens := b.got(b.a.Redeem(ctx, code, verifier))
			e = granted(fapi.AtToken)
			assert.Equal(t, grant, e.RequestID)
			assert.Equal(t, "alice", e.Subject)
			b.got(b.a.Refresh(ctx, tokens.Text("refresh_token")))
			assert.Equal(t, grant, granted(fapi.AtRefresh).RequestID)
			access := b.got(b.a.Refresh(ctx, tokens.Text("refresh_token"))).Text("access_token")
			granted(fapi.AtRefresh)
			b.got(b.a.Refresh(ctx, "unknown"))
			refused(fapi.AtRefresh, "OA-15")
			b.got(b.a.Introspect(ctx, access))
			e = granted(fapi.AtIntrospection)
			assert.Equal(t, []string{grant, "alice"}, []string{e.RequestID, e.Subject})
			visiting(func(*bench) string { return access }, certificateA)(b)
			e = granted(fapi.AtResource)
			assert.Equal(t, []string{grant, "alice"}, []string{e.RequestID, e.Subject})
			visiting(func(*bench) string { return access }, noCertificate)(b)
			e = refused(fapi.AtResource, "F2-RS-05")
			assert.Equal(t, []string{grant, "alice", "client-a"}, []string{e.RequestID, e.Subject, e.Client})
			_, err := b.provider.TokenInfo(ctx, access, fapi.NewSession(""))
			require.NoError(t, err)
			_, err = b.provider.TokenInfo(ctx, "unknown", fapi.NewSession(""))
			require.NoError(t, err)
			assert.Empty(t, b.events.taken(), "asking is not deciding")
			_, _, err = b.provider.IntrospectToken(ctx, "unknown", fosite.AccessToken, fapi.NewSession(""))
			require.ErrorIs(t, err, fosite.ErrInactiveToken)
			refused(fapi.AtResource, "BT-04")
			_, _, err = b.provider.IntrospectToken(fapi.WithBinding(ctx, cnf.Confirmation{X5TS256: cnf.Thumbprint(b.certA.Leaf)}), access, fosite.AccessToken, fapi.NewSession(""))
			require.NoError(t, err)
			assert.Equal(t, grant, granted(fapi.AtResource).RequestID)
			b.mount()
			b.got(b.a.Revoke(ctx, access))
			assert.Equal(t, grant, granted(fapi.AtRevocation).RequestID)
			visiting(func(*bench) string { return access }, certificateA)(b)
			refused(fapi.AtResource, "BT-04") // no store remembers it
			b.mount()

			b.got(b.a.Token(ctx, url.Values{"grant_type": {"client_credentials"}, "scope": {"accounts"}}))
			e = granted(fapi.AtToken)
			assert.NotEqual(t, grant, e.RequestID)
			assert.NotEmpty(t, e.RequestID)

			push(unauthenticated)(b)
			refused(fapi.AtClientAuthentication, "F2-AZ-04")
			push(param("scope", "everything"))(b)
			e = refused(fapi.AtPushedRequest, "PAR-08")
			assert.NotEmpty(t, e.RequestID)
			b.browse("urn:x")
			refused(fapi.AtAuthorization, "PAR-24")
			uri = push()(b).Text("request_uri")
			denied := granted(fapi.AtPushedRequest).RequestID
			b.deny = fosite.ErrAccessDenied
			b.browse(uri)
			assert.Equal(t, denied, refused(fapi.AtAuthorization, "OA-09").RequestID)
			b.got(b.a.Introspect(ctx, access, unauthenticated))
			refused(fapi.AtClientAuthentication, "F2-AS-03")
			b.got(b.a.Revoke(ctx, access, unauthenticated))
			refused(fapi.AtClientAuthentication, "F2-AS-03")
			b.got(b.a.Introspect(ctx, access, method(http.MethodPut)))
			refused(fapi.AtIntrospection, "OA-05")
		})
	}
}

// An answer that can't be signed or encrypted is a refusal where it was an approval, and no second one where it was a
// refusal.
func TestUndeliverable(t *testing.T) {
	t.Parallel()
	var logged bytes.Buffer
	b := newBench(t, "memory")
	b.reopen(fapi.WithProfile(fapi.FAPI2MessageSigning(fapi.SignedResponses)), fapi.WithLogger(slog.New(slog.NewTextHandler(&logged, nil))))
	b.usual = url.Values{"response_mode": {"jwt"}}
	reg := b.registration(b.a.ID)
	// lost makes the client one that wants its answers encrypted, to a key that it doesn't have.
	lost := func(wanted bool) {
		if reg.AuthorizationEncryptedResponseAlg = ""; wanted {
			reg.AuthorizationEncryptedResponseAlg = "RSA-OAEP"
		}
	}
	b.interaction(func(rw http.ResponseWriter, r *http.Request, ar fosite.AuthorizeRequester) (*fapi.Decision, error) {
		lost(true)
		return b.interact(rw, r, ar)
	})
	uri := push()(b).Text("request_uri")
	b.events.taken()
	page := b.browse(uri)
	assert.Equal(t, http.StatusBadRequest, page.Status)
	all := b.events.taken()
	require.Len(t, all, 2)
	assert.True(t, all[0].Granted)
	assert.Equal(t, "JARM-33", all[1].ID)
	assert.Equal(t, all[0].RequestID, all[1].RequestID)
	assert.Equal(t, all[0].InteractionID, all[1].InteractionID)

	lost(false)
	uri = push()(b).Text("request_uri")
	b.events.taken()
	b.deny = fosite.ErrAccessDenied
	logged.Reset()
	assert.Equal(t, http.StatusBadRequest, b.browse(uri).Status)
	e := b.decision()
	assert.Equal(t, "OA-09", e.ID)
	assert.Contains(t, logged.String(), "refusal not delivered")
	assert.Contains(t, logged.String(), e.InteractionID)
}

// What a host refuses of its own at an endpoint that it wrote itself is a decision too.
func TestHostsOwnRefusal(t *testing.T) {
	t.Parallel()
	b := newBench(t, "memory")
	endpoint := b.handler
	b.handler = http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/token" {
			endpoint.ServeHTTP(rw, r)
			return
		}
		ar, err := b.provider.NewAccessRequest(r.Context(), r, fapi.NewSession(""))
		require.NoError(t, err)
		b.provider.WriteAccessError(r.Context(), rw, ar, fosite.ErrAccessDenied)
	})
	b.connect(b.a, &b.certA)
	a := b.got(b.a.Token(t.Context(), url.Values{"grant_type": {"client_credentials"}, "scope": {"accounts"}}))
	assert.Equal(t, http.StatusForbidden, a.Status)
	e := b.decision()
	assert.Equal(t, []string{"OA-13", "access_denied", "client-a", "token"}, []string{e.ID, e.Code, e.Client, string(e.Stage)})
}

// A failing sink is one that is down, or broken.
var failing = map[string]fapi.AuditFunc{
	"error": func(context.Context, fapi.Event) error { return errors.New("the sink is down") },
	"panic": func(context.Context, fapi.Event) error { panic("the sink is broken") },
}

func TestAuditorsFail(t *testing.T) {
	t.Parallel()
	for name, sink := range failing {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var logged bytes.Buffer
			b := newBench(t, "memory", fapi.WithAudit(sink), fapi.WithLogger(slog.New(slog.NewTextHandler(&logged, nil))))
			created(b, push()(b))
			assert.EqualValues(t, 1, b.provider.AuditFailures())
			assert.Contains(t, logged.String(), "audit failed")
			refused(http.StatusBadRequest, "invalid_scope", "PAR-08")(b, push(param("scope", "everything"))(b))
			assert.EqualValues(t, 2, b.provider.AuditFailures())
		})
		t.Run("joined/"+name, func(t *testing.T) {
			t.Parallel()
			seen := &events{}
			all := fapi.Auditors{sink, seen, sink}
			require.Error(t, all.Audit(t.Context(), fapi.Event{ID: "OA-01"}))
			assert.Equal(t, "OA-01", seen.last(), "the others get it all the same")
			require.NoError(t, fapi.Auditors{seen}.Audit(t.Context(), fapi.Event{}))
		})
	}
}

// A required sink that fails refuses at every endpoint, and nothing that was issued leaves.
func TestRequiredAudit(t *testing.T) {
	t.Parallel()
	for name, sink := range failing {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var down atomic.Bool
			switched := fapi.AuditFunc(func(ctx context.Context, e fapi.Event) error {
				if down.Load() {
					return sink(ctx, e)
				}
				return nil
			})
			b := newBench(t, "memory", fapi.WithRequiredAudit(switched), fapi.WithErrorURI(errorBase), fapi.WithLogger(slog.New(slog.DiscardHandler)))
			unavailable := func(a *fapitest.Answer) {
				t.Helper()
				plainError(b, a, http.StatusServiceUnavailable, "temporarily_unavailable")
				for _, secret := range []string{"request_uri", "access_token", "refresh_token", "id_token", "active"} {
					assert.NotContains(t, a.JSON, secret)
				}
				e := b.decision()
				assert.Equal(t, "FAPI-AUDIT", e.ID, "who can be told is told of the refusal alone")
			}
			uri := push()(b).Text("request_uri")
			code := b.newCode()
			tokens := request()(b)
			created(b, push()(b))
			b.events.taken()
			down.Store(true)
			unavailable(push()(b))
			unavailable(b.got(b.a.Redeem(t.Context(), code, verifier)))
			unavailable(b.got(b.a.Refresh(t.Context(), tokens.Text("refresh_token"))))
			unavailable(b.got(b.a.Introspect(t.Context(), tokens.Text("access_token"))))
			unavailable(b.got(b.a.Revoke(t.Context(), tokens.Text("access_token"))))
			back := b.response(b.browse(uri))
			assert.Equal(t, "temporarily_unavailable", back.Get("error"))
			assert.NotContains(t, back, "code")
			assert.Equal(t, "FAPI-AUDIT", b.decision().ID)
			a := push(param("scope", "everything"))(b)
			assert.Equal(t, http.StatusBadRequest, a.Status, "what is refused anyway is answered as ever")
			assert.Equal(t, "PAR-08", b.decision().ID)
			down.Store(false)
			created(b, push()(b))
			assert.True(t, b.decision().Granted)

			access := b.got(b.a.Token(t.Context(), url.Values{"grant_type": {"client_credentials"}, "scope": {"accounts"}})).Text("access_token")
			b.events.taken()
			down.Store(true)
			unavailable(visiting(func(*bench) string { return access }, certificateA)(b))
		})
	}
}

func TestAuditOptions(t *testing.T) {
	t.Parallel()
	for _, option := range []fapi.Option{fapi.WithAudit(), fapi.WithAudit(nil), fapi.WithRequiredAudit(), fapi.WithRequiredAudit(&events{}, nil)} {
		_, err := composed(hostConfig(), stores["memory"](), fapi.WithProfile(fapi.FAPI2Security()), option)
		require.ErrorContains(t, err, "need auditors")
	}
}

// Nobody leaves before the record of what they did is written.
func TestAuditIsNotCancelled(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var at error
	b := newBench(t, "memory", fapi.WithAudit(fapi.AuditFunc(func(ctx context.Context, e fapi.Event) error {
		assert.Equal(t, e.InteractionID, fapi.InteractionID(ctx))
		cancel()
		at = ctx.Err()
		return nil
	})))
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, issuer+"/par", strings.NewReader("client_id=client-a"))
	require.NoError(t, err)
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	_, err = b.provider.NewPushedAuthorizeRequest(ctx, request)
	require.Error(t, err)
	require.Error(t, ctx.Err())
	require.NoError(t, at)
}

// lines are the records of a JSON log.
func lines(t *testing.T, logged *bytes.Buffer) (all []map[string]any) {
	t.Helper()
	for line := range strings.Lines(logged.String()) {
		var record map[string]any
		require.NoError(t, json.Unmarshal([]byte(line), &record))
		all = append(all, record)
	}
	return all
}

func TestAuditLog(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name            string
		options         func(logger *slog.Logger) []fapi.Option
		granted, refuse int // records of each
	}{
		{"the provider's own log has refusals", func(l *slog.Logger) []fapi.Option { return []fapi.Option{fapi.WithLogger(l)} }, 0, 1},
		{"an audit log has all, and there is no other", func(l *slog.Logger) []fapi.Option {
			return []fapi.Option{fapi.WithLogger(l), fapi.WithAudit(fapi.AuditLog(l))}
		}, 1, 1},
		{"among others too", func(l *slog.Logger) []fapi.Option {
			return []fapi.Option{fapi.WithLogger(l), fapi.WithRequiredAudit(fapi.Auditors{&events{}, fapi.AuditLog(l)})}
		}, 1, 1},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			var logged bytes.Buffer
			b := newBench(t, "memory", row.options(slog.New(slog.NewJSONHandler(&logged, nil)))...)
			created(b, push()(b))
			require.Len(t, lines(t, &logged), row.granted)
			e := b.decision()
			for _, record := range lines(t, &logged) {
				assert.Equal(t, "granted", record["msg"])
				assert.Equal(t, "INFO", record["level"])
				assert.Equal(t, e.RequestID, record["request_id"])
				assert.NotContains(t, record, "id", "what is empty is left out")
			}
			logged.Reset()
			push(param("scope", "everything"))(b)
			require.Len(t, lines(t, &logged), row.refuse)
			record, e := lines(t, &logged)[0], b.decision()
			delete(record, "time")
			assert.Equal(t, map[string]any{
				"level": "INFO", "msg": "refused", "stage": "pushed_authorization_request", "client": "client-a", "profile": "fapi2-security",
				"id": "PAR-08", "code": "invalid_scope", "reason": e.Reason, "request_id": e.RequestID, "interaction_id": e.InteractionID,
			}, record)
		})
	}
	var logged bytes.Buffer
	log := fapi.AuditLog(slog.New(slog.NewJSONHandler(&logged, nil)))
	require.NoError(t, log.Audit(t.Context(), fapi.Event{ID: "FAPI-STORE", Code: "temporarily_unavailable"}))
	assert.Equal(t, "ERROR", lines(t, &logged)[0]["level"])
	require.NoError(t, fapi.AuditLog(slog.New(slog.DiscardHandler)).Audit(t.Context(), fapi.Event{}))
}

// A stranger can't fill the log by one message.
func TestReasonsAreBounded(t *testing.T) {
	t.Parallel()
	b := newBench(t, "memory")
	push(joseHeader("typ", strings.Repeat("ü", 3000)))(b)
	e := b.decision()
	assert.Less(t, len(e.Reason), 600)
	assert.True(t, strings.HasPrefix(e.Reason, e.ID))
}
