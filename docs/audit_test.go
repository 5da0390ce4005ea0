package docs_test

import (
	"bytes"
	"context"
	"log/slog"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fosite-fapi/fosite-fapi/fapi"
	"github.com/fosite-fapi/fosite-fapi/fapitest"
)

func TestAudit(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	var events []fapi.Event
	logger := slog.New(slog.NewTextHandler(&log, nil))
	insert := func(_ context.Context, e fapi.Event) error { events = append(events, e); return nil }

	// A trail is where the host keeps its events.
	trail := fapi.AuditFunc(func(ctx context.Context, e fapi.Event) error { return insert(ctx, e) })
	options := []fapi.Option{
		fapi.WithAudit(fapi.AuditLog(logger)),            // one record in the log for each
		fapi.WithRequiredAudit(trail),                    // without which nothing is granted
		fapi.WithErrorURI("https://docs.example.com/e/"), // where clients' developers read what to fix
	}
	s := fapitest.NewServer(t, fapitest.Config{Options: options})
	refused := s.Push(fapitest.NoParam("code_challenge"))
	fapitest.Refused("F2-AZ-05", "invalid_request", 400)(s, refused)
	assert.Contains(t, refused.Text("error_uri"), "https://docs.example.com/e/F2-AZ-05")
	require.Len(t, events, 1)
	assert.Equal(t, "F2-AZ-05", events[0].ID)
	assert.Contains(t, log.String(), "id=F2-AZ-05")
}
