package fapitest

import (
	"reflect"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fosite-fapi/fosite-fapi/fapi"
)

// Audited wants the trail of the whole test to end with these events. Their members that are zero are not compared,
// except Granted:
//
//	fapitest.Audited(
//		fapi.Event{Stage: fapi.AtPushedRequest, Granted: true},
//		fapi.Event{Stage: fapi.AtAuthorization, ID: "OA-09", Code: "access_denied"},
//	)
func Audited(events ...fapi.Event) Check {
	return func(s *Server, _ *Answer) {
		s.Helper()
		require.NotEmpty(s, events, "which events?")
		trail := s.Trail.Events()
		require.GreaterOrEqual(s, len(trail), len(events), "the audit saw %+v", trail)
		trail = trail[len(trail)-len(events):]
		for i, want := range events {
			assert.Equal(s, want, alike(want, trail[i]), "event %d of %d; the audit saw %+v", i+1, len(events), trail[i])
		}
	}
}

// alike is what was seen, without what nobody asks for.
func alike(want, seen fapi.Event) fapi.Event {
	w, v := reflect.ValueOf(want), reflect.ValueOf(&seen).Elem()
	for i := range w.NumField() {
		if name := w.Type().Field(i).Name; name != "Granted" && w.Field(i).IsZero() && v.Field(i).CanSet() {
			v.Field(i).SetZero()
		}
	}
	return seen
}
