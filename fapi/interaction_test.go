package fapi_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/ory/fosite"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fosite-fapi/fosite-fapi/fapi"
)

const interactionA = "93bac548-d2de-4546-b106-880a5018460d"

func TestInteractionID(t *testing.T) {
	t.Parallel()
	b := newBench(t, "memory")
	for _, row := range []struct {
		name   string
		header []string
		taken  bool
	}{
		{"F1B-RS-10/kept", []string{interactionA}, true},
		{"F1B-RS-10/kept upper case", []string{"93BAC548-D2DE-4546-B106-880A5018460D"}, true},
		{"F1B-RS-10/refused none", nil, false},
		{"F1B-RS-10/refused empty", []string{""}, false},
		{"F1B-RS-10/refused two", []string{interactionA, interactionA}, false},
		{"F1B-RS-10/refused one character less", []string{interactionA[1:]}, false},
		{"F1B-RS-10/refused one character more", []string{interactionA + "0"}, false},
		{"F1B-RS-10/refused no hexadecimal", []string{"g" + interactionA[1:]}, false},
		{"F1B-RS-10/refused dash elsewhere", []string{"93bac54-8d2de-4546-b106-880a5018460d"}, false},
		{"F1B-RS-10/refused a line of the log", []string{"93bac548-d2de-4546-b106\nid=F2-AZ-05"}, false},
	} {
		for _, s := range []step{push(httpHeader(fapi.InteractionHeader, row.header...)), push(httpHeader(fapi.InteractionHeader, row.header...), param("scope", "everything"))} {
			s(b)
			e := b.decision()
			if row.taken {
				assert.Equal(t, row.header[0], e.InteractionID, row.name)
			} else {
				assert.Regexp(t, uuid, e.InteractionID, row.name)
				assert.NotContains(t, row.header, e.InteractionID, row.name)
			}
		}
	}
}

func TestInteractions(t *testing.T) {
	t.Parallel()
	var inside string
	handler := fapi.Interactions(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { inside = fapi.InteractionID(r.Context()) }))
	for _, sent := range []string{interactionA, "", "nonsense"} {
		rw, r := httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, "/", nil)
		r.Header.Set(fapi.InteractionHeader, sent)
		handler.ServeHTTP(rw, r)
		require.Regexp(t, uuid, inside)
		assert.Equal(t, inside, rw.Header().Get(fapi.InteractionHeader))
		assert.Equal(t, sent == interactionA, inside == interactionA)
	}

	// What the host says goes before what the client says, and is judged all the same.
	b := newBench(t, "memory")
	r := httptest.NewRequest(http.MethodGet, issuer+"/authorize", nil)
	r.Header.Set(fapi.InteractionHeader, "11bac548-d2de-4546-b106-880a5018460d")
	_, err := b.provider.NewAuthorizeRequest(fapi.WithInteractionID(t.Context(), interactionA), r)
	var refusal *fapi.Refusal
	require.ErrorAs(t, err, &refusal)
	assert.Equal(t, interactionA, refusal.InteractionID)
	assert.Equal(t, interactionA, b.decision().InteractionID)
	assert.Empty(t, fapi.InteractionID(fapi.WithInteractionID(t.Context(), "nonsense")))
	assert.Empty(t, fapi.InteractionID(t.Context()))
}

// The mux of all endpoints leaves the interaction ID inside; wrapped, it tells the client, the host and the audit the same.
func TestInteractionsOfTheMux(t *testing.T) {
	t.Parallel()
	b := newBench(t, "memory")
	var inside string
	b.interaction(func(rw http.ResponseWriter, r *http.Request, ar fosite.AuthorizeRequester) (*fapi.Decision, error) {
		inside = fapi.InteractionID(r.Context())
		return b.interact(rw, r, ar)
	})
	answer := b.browse(b.requestURI())
	assert.Empty(t, answer.Header.Values(fapi.InteractionHeader))
	assert.Empty(t, inside)
	b.handler = fapi.Interactions(b.handler)
	answer = b.browse(b.requestURI())
	assert.Regexp(t, uuid, inside)
	assert.Equal(t, []string{inside}, answer.Header.Values(fapi.InteractionHeader))
	assert.Equal(t, inside, b.events.newest().InteractionID)
}

// Rules, stores and whatever else is below a method of the provider see the interaction too.
func TestInteractionInside(t *testing.T) {
	t.Parallel()
	var inside string
	profile := fapi.FAPI2Security().With(fapi.Rule{
		Requirement: fapi.Requirement{ID: "ACME-1", Stage: fapi.AtPushedRequest},
		Check:       func(ctx context.Context, _ *fapi.Request) error { inside = fapi.InteractionID(ctx); return nil },
	})
	b := newBench(t, "memory")
	b.reopen(fapi.WithProfile(profile))
	created(b, push()(b))
	assert.Equal(t, b.decision().InteractionID, inside)
	created(b, push(httpHeader(fapi.InteractionHeader, interactionA))(b))
	assert.Equal(t, interactionA, inside)
}
