package rar_test

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	jose "github.com/go-jose/go-jose/v4/json"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fosite-fapi/fosite-fapi/rar"
)

func TestParseVectors(t *testing.T) {
	t.Parallel()
	for name, raw := range vectors(t) {
		all := parse(t, raw)
		assert.JSONEq(t, raw, all.String(), name)
		var again rar.Details
		require.NoError(t, json.Unmarshal([]byte(raw), &again), name)
		assert.Equal(t, all, again, name)
	}
	d := parse(t, vectors(t)["figure 5"])[0]
	assert.Equal(t, "customer_information", d.Type())
	assert.Equal(t, rar.Common{
		Locations: []string{"https://example.com/customers"}, Actions: []string{"read", "write"}, DataTypes: []string{"contacts", "photos"},
	}, d.Common())
	assert.Equal(t, []string{"account_information", "payment_initiation"}, parse(t, vectors(t)["figure 3"]).Types())
	assert.Equal(t, parse(t, vectors(t)["figure 3"]), parse(t, vectors(t)["figure 8"]), "RAR-05: the form's encoding")
}

func TestParse(t *testing.T) {
	t.Parallel()
	nested := func(n int) string {
		return `[{"type":"a","x":` + strings.Repeat("[", n) + strings.Repeat("]", n) + `}]`
	}
	filled := func(n int) string {
		const frame = `[{"type":"a","x":""}]`
		return strings.Replace(frame, `""`, `"`+strings.Repeat("x", n-len(frame))+`"`, 1)
	}
	many := func(n int) string { return "[" + strings.TrimSuffix(strings.Repeat(`{"type":"a"},`, n), ",") + "]" }
	for _, c := range []struct {
		name, raw string
		want      error
	}{
		{"RAR-01 an array of objects", `[{"type":"a"}]`, nil},
		{"RAR-01 an empty array", "[]", nil},
		{"RAR-01 white space", " [\n{ \"type\" :\t\"a\" } ]\r\n", nil},
		{"RAR-01 a type in any language", `[{"type":"żółty"}]`, nil},
		{"RAR-01 the largest", filled(rar.MaxBytes), nil},
		{"RAR-01 too large", filled(rar.MaxBytes + 1), rar.ErrMalformed},
		{"RAR-01 the largest with escapes", strings.Replace(filled(rar.MaxBytes), strings.Repeat("x", 30), "<>&\u2028\u2029", 1), nil},
		{"RAR-01 too large when it is written", strings.Replace(filled(rar.MaxBytes), "x\"", "&\"", 1), rar.ErrMalformed},
		{"RAR-01 too large with line separators", strings.Replace(filled(rar.MaxBytes), "xxxxx\"", "\u2028\"", 1), rar.ErrMalformed},
		{"RAR-01 the most", many(rar.MaxDetails), nil},
		{"RAR-01 too many", many(rar.MaxDetails + 1), rar.ErrMalformed},
		{"RAR-01 the deepest", nested(rar.MaxDepth - 2), nil},
		{"RAR-01 too deep", nested(rar.MaxDepth - 1), rar.ErrMalformed},
		{"RAR-01 brackets in a string", `[{"type":"a","x":"` + strings.Repeat(`[{\"`, 40) + `"}]`, nil},
		{"RAR-01 nothing", "", rar.ErrMalformed},
		{"RAR-01 white space alone", " ", rar.ErrMalformed},
		{"RAR-01 null", "null", rar.ErrMalformed},
		{"RAR-01 an object", `{"type":"a"}`, rar.ErrMalformed},
		{"RAR-01 a string", `"[]"`, rar.ErrMalformed},
		{"RAR-01 two arrays", "[][]", rar.ErrMalformed},
		{"RAR-01 an array that does not end", `[{"type":"a"}`, rar.ErrMalformed},
		{"RAR-01 a comma too many", `[{"type":"a"},]`, rar.ErrMalformed},
		{"RAR-01 null in the array", `[null]`, rar.ErrMalformed},
		{"RAR-01 an array in the array", `[[{"type":"a"}]]`, rar.ErrMalformed},
		{"RAR-01 no type", `[{"actions":["a"]}]`, rar.ErrMalformed},
		{"RAR-01 type is null", `[{"type":null}]`, rar.ErrMalformed},
		{"RAR-01 type is empty", `[{"type":""}]`, rar.ErrMalformed},
		{"RAR-01 type is an array", `[{"type":["a"]}]`, rar.ErrMalformed},
		{"RAR-01 Type for type", `[{"Type":"a"}]`, rar.ErrMalformed},
		{"RAR-01 type twice", `[{"type":"a","type":"b"}]`, rar.ErrMalformed},
		{"RAR-01 type twice, once escaped", `[{"type":"a","\u0074ype":"b"}]`, rar.ErrMalformed},
		{"RAR-01 a member twice within", `[{"type":"a","x":[{"y":1,"y":2}]}]`, rar.ErrMalformed},
		{"RAR-01 names that differ by case", `[{"type":"a","x":1,"X":2}]`, nil},
		{"RAR-01 no UTF-8", "[{\"type\":\"a\xff\"}]", rar.ErrMalformed},
		{"RAR-22 a pair of surrogates", `[{"type":"a","x":"\ud83d\ude00\\ud83d"}]`, nil},
		{"RAR-22 half a pair", `[{"type":"a","x":"\ud83d"}]`, rar.ErrMalformed},
		{"RAR-22 the other half", `[{"type":"a","x":"\ude00"}]`, rar.ErrMalformed},
		{"RAR-22 two first halves", `[{"type":"a","x":"\ud83d\ud83d"}]`, rar.ErrMalformed},
		{"RAR-22 half a pair at the end", `[{"type":"a","x":"\ud83d`, rar.ErrMalformed},
		{"RAR-04 common fields", `[{"type":"a","locations":["l"],"actions":[],"datatypes":["d"],"identifier":"i","privileges":["p"]}]`, nil},
		{"RAR-04 actions is a string", `[{"type":"a","actions":"a"}]`, rar.ErrMalformed},
		{"RAR-04 locations has a number", `[{"type":"a","locations":[1]}]`, rar.ErrMalformed},
		{"RAR-04 datatypes has null", `[{"type":"a","datatypes":[null]}]`, rar.ErrMalformed},
		{"RAR-04 privileges is null", `[{"type":"a","privileges":null}]`, rar.ErrMalformed},
		{"RAR-04 identifier is a number", `[{"type":"a","identifier":1}]`, rar.ErrMalformed},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			all, err := rar.Parse(c.raw)
			require.ErrorIs(t, err, c.want)
			if c.want != nil {
				assert.Nil(t, all)
				assert.Less(t, len(err.Error()), 200, "it quotes nothing")
				return
			}
			require.NotNil(t, all)
			assert.Equal(t, all, parse(t, all.String()), "the text is that of the same details")
		})
	}
}

// RAR-22: digits and characters are those that were sent.
func TestTextIsKept(t *testing.T) {
	t.Parallel()
	const raw = `[{"type":"a","n":12345678901234567890.120,"e":1E+2,"s":"Zoe\u0308 \u003c&> \/"}]`
	all := parse(t, raw)
	assert.Equal(t, raw, all.String())
	marshalled, err := json.Marshal(all)
	require.NoError(t, err)
	assert.True(t, all[0].Equal(parse(t, string(marshalled))[0]))
	assert.Contains(t, string(marshalled), "12345678901234567890.120")
}

func TestNew(t *testing.T) {
	t.Parallel()
	all, err := rar.New(map[string]any{"type": "a", "x": 1}, one(t, `{"type":"b"}`))
	require.NoError(t, err)
	assert.Equal(t, `[{"type":"a","x":1},{"type":"b"}]`, all.String())
	empty, err := rar.New()
	require.NoError(t, err)
	assert.Equal(t, rar.Details{}, empty)
	for _, wrong := range []any{1, map[string]any{}, func() {}, rar.Detail{}} {
		all, err := rar.New(wrong)
		require.ErrorIs(t, err, rar.ErrMalformed)
		assert.Nil(t, all)
	}
	_, err = json.Marshal(rar.Details{{}})
	require.ErrorIs(t, err, rar.ErrMalformed)
	null, err := json.Marshal(rar.Details(nil))
	require.NoError(t, err)
	assert.Equal(t, "null", string(null))
	assert.Empty(t, rar.Details(nil).String())
	assert.Equal(t, "[]", rar.Details{}.String())
}

func FuzzParse(f *testing.F) {
	for _, raw := range vectors(f) {
		f.Add(raw)
	}
	for _, raw := range []string{"[]", `[{"type":"a","n":1e400}]`, `[{"type":"a","x":"\ud83d\ude00"}]`, `[{"type":"a","x":{"y":[[]]}}]`, "[", "[null]", `[{"type":"<","x":"` + strings.Repeat("&", rar.MaxBytes/6) + `"}]`} {
		f.Add(raw)
	}
	known := types(f)
	f.Fuzz(func(t *testing.T, raw string) {
		all, err := rar.Parse(raw)
		if err != nil {
			require.ErrorIs(t, err, rar.ErrMalformed)
			require.Nil(t, all)
			return
		}
		// Other decoders agree about what stands there.
		strict, err := decode(raw)
		require.NoError(t, err)
		for i, d := range all {
			object := strict[i].(map[string]any)
			require.Equal(t, object["type"], d.Type())
			for name, field := range map[string][]string{
				"locations": d.Common().Locations, "actions": d.Common().Actions, "datatypes": d.Common().DataTypes, "privileges": d.Common().Privileges,
			} {
				values, _ := object[name].([]any)
				require.Len(t, field, len(values))
				for j, v := range values {
					require.Equal(t, v, field[j])
				}
			}
			for _, other := range all {
				same, err := decode("[" + other.String() + "]")
				require.NoError(t, err)
				require.Equal(t, reflect.DeepEqual(object, same[0]), d.Equal(other))
			}
		}
		require.NotNil(t, all)
		// What is told of them can be read where it arrives.
		told, err := json.Marshal(map[string]any{"told": all})
		require.NoError(t, err)
		var arrived struct{ Told rar.Details }
		require.NoError(t, json.Unmarshal(told, &arrived))
		require.Len(t, arrived.Told, len(all))
		again := parse(t, all.String())
		require.Equal(t, all, again)
		require.NoError(t, known.Cover(all, again), "everything covers itself")
		require.NoError(t, known.Permit(all, again))
		for _, d := range all {
			require.True(t, d.Equal(d))
			require.NotEmpty(t, d.Type())
			if d.Decode(new(payment)) == nil {
				var loose map[string]any
				require.NoError(t, json.Unmarshal([]byte(d.String()), &loose))
			}
		}
		_, _ = known.For(all, "https://rs.example.com")
	})
}

// decode refuses a member that stands twice, and keeps every digit.
func decode(raw string) (values []any, err error) {
	d := jose.NewDecoder(strings.NewReader(raw))
	d.SetNumberType(jose.UnmarshalJSONNumber)
	err = d.Decode(&values)
	return values, err
}

// What decoders disagree about is refused: go-jose's knows a member that stands twice.
func FuzzDuplicates(f *testing.F) {
	for _, raw := range []string{`[{"type":"a","a":1,"\u0061":2}]`, `[{"type":"a","x":{"b":[{"c":1,"c":2}]}}]`, `[{"type":"a","b":{},"B":{}}]`} {
		f.Add(raw)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		if _, err := decode(raw); err != nil {
			_, err := rar.Parse(raw)
			require.ErrorIs(t, err, rar.ErrMalformed)
		}
	})
}
