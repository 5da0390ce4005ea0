package fapi_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/ory/fosite"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fosite-fapi/fosite-fapi/fapi"
)

// Beside legacy clients, a token that is no good any more is refused under the name of the client whose it was, as long as
// the store remembers; what only the host's own lane could know has no event.
func TestEventsOfTokensOnMixed(t *testing.T) {
	t.Parallel()
	onMixed(t, func(t *testing.T, m *mixed) {
		use := func(token string) error {
			r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "https://rs.example.com/accounts", nil)
			r.Header.Set("Authorization", "Bearer "+token)
			_, err := m.provider.Authorize(t.Context(), r, userSession(""), "accounts")
			return err
		}
		tokens := m.tokens(m.b, "openid offline_access accounts")
		m.begin()
		require.ErrorIs(t, use(tokens.Text("refresh_token")), fosite.ErrInactiveToken)
		e := m.decision()
		assert.Equal(t, []string{"F2-RS-03", "client-b", "fapi2-security"}, []string{e.ID, e.Client, e.Profile})
		assert.NotEmpty(t, e.RequestID)

		m.selection.move("client-b", "other")
		require.ErrorIs(t, use(tokens.Text("access_token")), fosite.ErrInactiveToken)
		e = m.decision()
		assert.Equal(t, []string{"F2-RS-03", "client-b", "other"}, []string{e.ID, e.Client, e.Profile})
		assert.NotEmpty(t, e.RequestID)
		m.selection.mend()

		require.Error(t, use(text(43)+"."+text(43)))
		assert.Empty(t, m.events.taken())
		m.selection.move("client-b", fapi.Legacy)
		require.Error(t, use(tokens.Text("access_token")))
		assert.Empty(t, m.events.taken(), "it is a legacy client now")
	})
}
