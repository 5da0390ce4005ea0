package rar_test

import (
	"context"
	"errors"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fosite-fapi/fosite-fapi/rar"
)

func TestValidate(t *testing.T) {
	t.Parallel()
	known := types(t)
	assert.Equal(t, []string{"plain", "subset", "payment", "enriched", "broken", "internal"}, known.Names())
	const whole = `{"type":"payment","instructedAmount":{"currency":"EUR","amount":1.50},"creditorName":null,"pair":[1,2],"notes":{"a":"b"},` +
		`"splits":[{"currency":"EUR","amount":1}],"free":{"x":null},"raw":null,"Plain":true,"locations":["l"]}`
	for _, c := range []struct {
		name, object string
		want         error
	}{
		{"RAR-09 common fields", `{"type":"plain","actions":["a"],"identifier":"i"}`, nil},
		{"RAR-09 another field", `{"type":"plain","x":1}`, rar.ErrInvalid},
		{"RAR-09 unknown type", `{"type":"other"}`, rar.ErrUnknownType},
		{"RAR-09 type of another case", `{"type":"Plain"}`, rar.ErrUnknownType},
		{"RAR-09 every field", whole, nil},
		{"RAR-09 missing field", `{"type":"payment"}`, errAmount},
		{"RAR-09 field within", `{"type":"payment","instructedAmount":{"amount":1,"x":1}}`, rar.ErrInvalid},
		{"RAR-09 field of an element", `{"type":"payment","instructedAmount":{"amount":1},"splits":[{"x":1}]}`, rar.ErrInvalid},
		{"RAR-09 field of another case", `{"type":"payment","InstructedAmount":{"amount":1}}`, rar.ErrInvalid},
		{"RAR-09 field of another case within", `{"type":"payment","instructedAmount":{"Amount":1}}`, rar.ErrInvalid},
		{"RAR-09 type within", `{"type":"payment","instructedAmount":{"amount":1,"type":"x"}}`, rar.ErrInvalid},
		{"RAR-09 object for a string", `{"type":"payment","instructedAmount":{"amount":1},"creditorName":{}}`, rar.ErrInvalid},
		{"RAR-09 number for a string", `{"type":"payment","instructedAmount":{"amount":1},"creditorName":1}`, rar.ErrInvalid},
		{"RAR-09 array for an object", `{"type":"payment","instructedAmount":[]}`, rar.ErrInvalid},
		{"RAR-09 string for an array", `{"type":"payment","instructedAmount":{"amount":1},"splits":"x"}`, rar.ErrInvalid},
		{"RAR-09 null for an object", `{"type":"payment","instructedAmount":null}`, rar.ErrInvalid},
		{"RAR-09 null in a map", `{"type":"payment","instructedAmount":{"amount":1},"notes":{"a":null}}`, rar.ErrInvalid},
		{"RAR-09 an array too short", `{"type":"payment","instructedAmount":{"amount":1},"pair":[1]}`, rar.ErrInvalid},
		{"RAR-09 a field that no decoder sees", `{"type":"payment","instructedAmount":{"amount":1},"Hidden":"x"}`, rar.ErrInvalid},
		{"RAR-09 a field that is private", `{"type":"payment","instructedAmount":{"amount":1},"private":"x"}`, rar.ErrInvalid},
		{"RAR-09 the embedded struct by its name", `{"type":"payment","instructedAmount":{"amount":1},"Common":{}}`, rar.ErrInvalid},
		{"RAR-09 a function that panics", `{"type":"broken"}`, rar.ErrType},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			err := known.Validate(t.Context(), rar.Details{one(t, `{"type":"plain"}`), one(t, c.object)})
			require.ErrorIs(t, err, c.want)
			if errors.Is(c.want, errAmount) {
				require.ErrorIs(t, err, rar.ErrInvalid)
			}
			if c.want != nil {
				assert.Contains(t, err.Error(), "entry 1")
			}
		})
	}
	require.ErrorIs(t, new(rar.Types).Validate(t.Context(), parse(t, `[{"type":"plain"}]`)), rar.ErrUnknownType)
	require.NoError(t, new(rar.Types).Validate(t.Context(), nil))
}

func TestDecode(t *testing.T) {
	t.Parallel()
	d := one(t, `{"type":"payment","instructedAmount":{"currency":"EUR","amount":12345678901234567890.10}}`)
	var p payment
	require.NoError(t, d.Decode(&p))
	assert.Equal(t, "12345678901234567890.10", p.Amount.Amount.String(), "every digit")
	var small struct {
		Amount struct {
			Currency string `json:"currency"`
			Amount   int8   `json:"amount"`
		} `json:"instructedAmount"`
	}
	require.ErrorIs(t, d.Decode(&small), rar.ErrInvalid, "a number that has no room")
	for _, target := range []any{nil, p, (*payment)(nil), new(map[string]any), new(string)} {
		require.ErrorIs(t, d.Decode(target), rar.ErrType)
	}
	require.ErrorIs(t, rar.Detail{}.Decode(&p), rar.ErrInvalid)
}

func TestNewTypes(t *testing.T) {
	t.Parallel()
	for _, wrong := range [][]rar.Type{{{}}, {{Name: "a"}, {Name: "a"}}} {
		all, err := rar.NewTypes(wrong...)
		require.ErrorIs(t, err, rar.ErrType)
		assert.Nil(t, all)
	}
	none, err := rar.NewTypes()
	require.NoError(t, err)
	assert.Empty(t, none.Names())
}

func TestCover(t *testing.T) {
	t.Parallel()
	known := types(t)
	for _, c := range []struct {
		name, granted, wanted string
		want                  error
	}{
		{"RAR-10 the same", `[{"type":"plain","x":1}]`, `[{"type":"plain","x":1}]`, nil},
		{"RAR-10 in another order", `[{"type":"plain","x":1,"y":[1,2]}]`, `[{"y":[1,2],"x":1,"type":"plain"}]`, nil},
		{"RAR-10 an array in another order", `[{"type":"plain","y":[1,2]}]`, `[{"type":"plain","y":[2,1]}]`, rar.ErrNotCovered},
		{"RAR-10 less", `[{"type":"plain","x":1},{"type":"plain","x":2}]`, `[{"type":"plain","x":2}]`, nil},
		{"RAR-10 none", `[{"type":"plain"}]`, `[]`, nil},
		{"RAR-10 another", `[{"type":"plain","x":1}]`, `[{"type":"plain","x":2}]`, rar.ErrNotCovered},
		{"RAR-10 another type", `[{"type":"plain"}]`, `[{"type":"subset"}]`, rar.ErrNotCovered},
		{"RAR-10 where nothing is granted", `[]`, `[{"type":"subset"}]`, rar.ErrNotCovered},
		{"RAR-10 twice", `[{"type":"plain"}]`, `[{"type":"plain"},{"type":"plain"}]`, rar.ErrNotCovered},
		{"RAR-10 wanted as often as granted", `[{"type":"plain"},{"type":"plain"}]`, `[{"type":"plain"},{"type":"plain"}]`, nil},
		{"RAR-22 escaped", `[{"type":"plain","x":"\u00eb"}]`, `[{"type":"plain","x":"ë"}]`, nil},
		{"RAR-22 in another normal form", `[{"type":"plain","x":"\u00eb"}]`, `[{"type":"plain","x":"e\u0308"}]`, rar.ErrNotCovered},
		{"RAR-22 in another case", `[{"type":"plain","x":"a"}]`, `[{"type":"plain","x":"A"}]`, rar.ErrNotCovered},
		{"RAR-22 a number by other digits", `[{"type":"plain","x":1}]`, `[{"type":"plain","x":1.0}]`, rar.ErrNotCovered},
		{"RAR-22 a number beyond floats", `[{"type":"plain","x":9007199254740993}]`, `[{"type":"plain","x":9007199254740992}]`, rar.ErrNotCovered},
		{"RAR-11 fewer actions", `[{"type":"subset","actions":["a","b"],"x":1}]`, `[{"type":"subset","actions":["b"],"x":1}]`, nil},
		{"RAR-11 each by another", `[{"type":"subset","actions":["a"]},{"type":"subset","actions":["b"]}]`, `[{"type":"subset","actions":["b"]},{"type":"subset","actions":["a"]}]`, nil},
		{"RAR-11 split in two", `[{"type":"subset","actions":["a","b"]}]`, `[{"type":"subset","actions":["a"]},{"type":"subset","actions":["b"]}]`, nil},
		{"RAR-11 more actions", `[{"type":"subset","actions":["a"]}]`, `[{"type":"subset","actions":["a","b"]}]`, rar.ErrNotCovered},
		{"RAR-11 of two together", `[{"type":"subset","actions":["a"]},{"type":"subset","actions":["b"]}]`, `[{"type":"subset","actions":["a","b"]}]`, rar.ErrNotCovered},
		{"RAR-11 no actions, which may mean all", `[{"type":"subset","actions":["a"]}]`, `[{"type":"subset"}]`, rar.ErrNotCovered},
		{"RAR-11 an empty list", `[{"type":"subset","actions":["a"]}]`, `[{"type":"subset","actions":[]}]`, rar.ErrNotCovered},
		{"RAR-11 actions where none were named", `[{"type":"subset"}]`, `[{"type":"subset","actions":["a"]}]`, rar.ErrNotCovered},
		{"RAR-11 another member differs", `[{"type":"subset","actions":["a","b"],"x":1}]`, `[{"type":"subset","actions":["a"],"x":2}]`, rar.ErrNotCovered},
		{"RAR-11 another member more", `[{"type":"subset","actions":["a","b"]}]`, `[{"type":"subset","actions":["a"],"x":2}]`, rar.ErrNotCovered},
		{"RAR-11 another identifier", `[{"type":"subset","identifier":"a"}]`, `[{"type":"subset","identifier":"b"}]`, rar.ErrNotCovered},
		{"RAR-11 a function that panics", `[{"type":"broken"}]`, `[{"type":"broken","x":1}]`, rar.ErrType},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			require.ErrorIs(t, known.Cover(parse(t, c.granted), parse(t, c.wanted)), c.want)
		})
	}
}

func TestPermit(t *testing.T) {
	t.Parallel()
	known := types(t)
	for _, c := range []struct {
		name, requested, granted string
		want                     error
	}{
		{"RAR-06 all", `[{"type":"plain"},{"type":"subset"}]`, `[{"type":"plain"},{"type":"subset"}]`, nil},
		{"RAR-06 some", `[{"type":"plain"},{"type":"subset"}]`, `[{"type":"subset"}]`, nil},
		{"RAR-06 none", `[{"type":"plain"}]`, `[]`, nil},
		{"RAR-06 less of one", `[{"type":"subset","actions":["a","b"]}]`, `[{"type":"subset","actions":["a"]}]`, nil},
		{"RAR-06 a type that was not requested", `[{"type":"plain"}]`, `[{"type":"enriched"}]`, rar.ErrNotRequested},
		{"RAR-13 enriched", `[{"type":"enriched"}]`, `[{"type":"enriched","identifier":"i"}]`, nil},
		{"RAR-13 enriched beyond what the type lets", `[{"type":"enriched"}]`, `[{"type":"enriched"},{"type":"enriched","identifier":"i"}]`, rar.ErrEnriched},
		{"RAR-13 enriched though the type doesn't let it", `[{"type":"plain"}]`, `[{"type":"plain","identifier":"i"}]`, rar.ErrEnriched},
		{"RAR-13 a function that panics", `[{"type":"broken"}]`, `[{"type":"broken","identifier":"i"}]`, rar.ErrType},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			require.ErrorIs(t, known.Permit(parse(t, c.requested), parse(t, c.granted)), c.want)
		})
	}
}

func TestFor(t *testing.T) {
	t.Parallel()
	known := types(t)
	const all = `[{"type":"plain","locations":["https://a.example.com"]},{"type":"plain","locations":["https://b.example.com/x","https://c.example.com"]},` +
		`{"type":"plain"},{"type":"plain","locations":[]},{"type":"internal","identifier":"rs"},{"type":"plain","\u006cocations":["https://a.example.com/y"]}]`
	for _, c := range []struct {
		name     string
		audience []string
		want     []int
	}{
		{"RAR-16 no audience", nil, []int{0, 1, 2, 3, 4, 5}},
		{"RAR-16 one location", []string{"https://a.example.com"}, []int{0, 2, 3, 5}},
		{"RAR-16 with a slash", []string{"https://a.example.com/"}, []int{2, 3, 5}},
		{"RAR-16 one of two", []string{"https://c.example.com"}, []int{1, 2, 3}},
		{"RAR-16 below the audience", []string{"https://b.example.com"}, []int{1, 2, 3}},
		{"RAR-16 two audiences", []string{"https://c.example.com", "https://a.example.com"}, []int{0, 1, 2, 3, 5}},
		{"RAR-16 by the type's own function", []string{"rs"}, []int{2, 3, 4}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			parsed := parse(t, all)
			var want rar.Details
			for _, i := range c.want {
				want = append(want, parsed[i])
			}
			got, err := known.For(parsed, c.audience...)
			require.NoError(t, err)
			assert.Equal(t, want, got)
		})
	}
	for _, location := range []string{
		"https://a.example.com.evil.example", "https://a.example.com@evil.example", "https://a.example.community/x",
		"https://a.example.com/../x", "https://a.example.com/%2E%2e/x", "http://a.example.com/x",
	} {
		details, err := rar.New(map[string]any{"type": "plain", "locations": []string{location}})
		require.NoError(t, err)
		got, err := known.For(details, "https://a.example.com")
		require.NoError(t, err)
		assert.Empty(t, got, location)
	}
	// What is no URL has nothing below it.
	got, err := known.For(parse(t, `[{"type":"plain","locations":["rs/x"]}]`), "rs")
	require.NoError(t, err)
	assert.Empty(t, got)
	_, err = known.For(parse(t, `[{"type":"broken"}]`), "rs")
	require.ErrorIs(t, err, rar.ErrType)
}

// To grant those of a type where there are none must not say nothing, which grants everything.
func TestOfNoneIsNotNil(t *testing.T) {
	t.Parallel()
	all := parse(t, `[{"type":"plain"}]`)
	assert.Equal(t, all, all.Of("plain"))
	none := all.Of("other")
	assert.NotNil(t, none, "RAR-06")
	assert.Empty(t, none)
}

// Functions named Must panic with the value that they were given.
func TestPanicsRepeatNoValue(t *testing.T) {
	t.Parallel()
	for want, validate := range map[string]func(context.Context, rar.Detail) error{
		"panic: string": func(_ context.Context, d rar.Detail) error { panic("can't parse " + d.Common().Identifier) },
		"index out of range": func(_ context.Context, d rar.Detail) error {
			if d.Common().Actions[0] == "" {
				return errAmount
			}
			return nil
		},
	} {
		known, err := rar.NewTypes(rar.Type{Name: "a", Validate: validate})
		require.NoError(t, err)
		err = known.Validate(t.Context(), parse(t, `[{"type":"a","identifier":"a private thing"}]`))
		require.ErrorIs(t, err, rar.ErrType)
		require.ErrorContains(t, err, want)
		assert.NotContains(t, err.Error(), "private thing", "RAR-23")
	}
}
