package rar_test

import (
	"context"
	"encoding/json"
	"errors"
	"net/url"
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/fosite-fapi/fosite-fapi/rar"
)

func parse(t testing.TB, raw string) rar.Details {
	t.Helper()
	all, err := rar.Parse(raw)
	require.NoError(t, err, raw)
	return all
}

// one is the only object.
func one(t testing.TB, raw string) rar.Detail {
	t.Helper()
	all := parse(t, "["+raw+"]")
	require.Len(t, all, 1)
	return all[0]
}

// vectors are the examples of RFC 9396.
func vectors(t testing.TB) map[string]string {
	t.Helper()
	raw, err := os.ReadFile("testdata/rfc9396.json")
	require.NoError(t, err)
	var file struct {
		Form    string                     `json:"figure 8"`
		Vectors map[string]json.RawMessage `json:"vectors"`
	}
	require.NoError(t, json.Unmarshal(raw, &file))
	require.NotEmpty(t, file.Vectors)
	out := map[string]string{}
	for name, v := range file.Vectors {
		out[name] = string(v)
	}
	out["figure 8"], err = url.QueryUnescape(file.Form)
	require.NoError(t, err)
	return out
}

type amount struct {
	Currency string      `json:"currency"`
	Amount   json.Number `json:"amount"`
}

// A payment is decoded in every way that Go structs have.
type payment struct {
	rar.Common
	Amount   amount            `json:"instructedAmount"`
	Creditor *string           `json:"creditorName"`
	Pair     [2]int            `json:"pair"`
	Notes    map[string]string `json:"notes"`
	Splits   []amount          `json:"splits"`
	Free     any               `json:"free"`
	Raw      json.RawMessage   `json:"raw"`
	Plain    bool
	Hidden   string `json:"-"`
	private  string //nolint:unused // what no decoder sees
}

var errAmount = errors.New("no amount")

func types(t testing.TB) *rar.Types {
	t.Helper()
	all, err := rar.NewTypes(
		rar.Type{Name: "plain"},
		rar.Type{Name: "subset", Covers: rar.Each(rar.Subset)},
		rar.Type{Name: "payment", Validate: rar.Struct(func(_ context.Context, p *payment) error {
			if p.Amount.Amount == "" {
				return errAmount
			}
			return nil
		})},
		rar.Type{Name: "enriched", Enriches: func(requested, granted rar.Details) bool { return len(requested) == len(granted) }},
		rar.Type{
			Name: "broken", Validate: func(context.Context, rar.Detail) error { panic("x") }, Covers: func(rar.Details, rar.Details) bool { panic("x") },
			ConcernsAudience: func(rar.Detail, []string) bool { panic("x") },
		},
		rar.Type{Name: "internal", ConcernsAudience: func(d rar.Detail, audience []string) bool { return audience[0] == d.Common().Identifier }},
	)
	require.NoError(t, err)
	return all
}
