package form_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/fosite-fapi/fosite-fapi/internal/form"
)

func TestList(t *testing.T) {
	t.Parallel()
	for raw, want := range map[string][]string{
		"":                        {},
		" ":                       {},
		"openid":                  {"openid"},
		"openid accounts":         {"openid", "accounts"},
		" openid  accounts ":      {"openid", "accounts"},
		"openid\taccounts":        {"openid\taccounts"},
		"openid\naccounts":        {"openid\naccounts"},
		"openid\u00a0accounts":    {"openid\u00a0accounts"},
		"openid\u0085accounts \t": {"openid\u0085accounts", "\t"},
		"openid\xffaccounts x":    {"openid\xffaccounts", "x"},
	} {
		assert.Equal(t, want, form.List(raw), "%q", raw)
	}
}
