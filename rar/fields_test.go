package rar_test

import (
	"encoding/json"
	"net/netip"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fosite-fapi/fosite-fapi/rar"
)

// Embedded in the structs below.
type (
	Price struct {
		Currency string `json:"currency"`
	}
	Payee struct{ Name string }
	Left  struct {
		Text string `json:"same"`
	}
	Right struct {
		Other string `json:"same"`
	}
	Tagged struct {
		One string `json:"Same"`
	}
	Untagged struct{ Same string }
	Loose    struct {
		Any any `json:"price"`
	}
	Chain struct {
		*Chain
		Link string `json:"link"`
	}
	Word    string
	hidden  struct{ Seen string }
	unseen  string
	Deeper  struct{ Left }
	Twice   struct{ Price }
	Again   struct{ Price }
	renamed struct {
		Actions string `json:"acts"`
		rar.Common
	}
)

// embedding is a struct that go vet would warn of, with good reason.
func embedding(all ...any) any {
	var fields []reflect.StructField
	for _, one := range all {
		t := reflect.TypeOf(one)
		fields = append(fields, reflect.StructField{Name: t.Name(), Type: t, Anonymous: true})
	}
	return reflect.New(reflect.StructOf(fields)).Interface()
}

// tagged is a struct with a field of which linters would warn.
func tagged(tag reflect.StructTag) any {
	return reflect.New(reflect.StructOf([]reflect.StructField{{Name: "Field", Type: reflect.TypeFor[string](), Tag: tag}})).Interface()
}

// What encoding/json ignores must not pass for a field of the type, and what it decodes must (RAR-09).
func TestDecodeKnowsTheFieldsOfEncodingJSON(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, object string
		into         any
		want         error
	}{
		{"RAR-09 embedded", `{"currency":"EUR"}`, new(struct{ Price }), nil},
		{"RAR-09 embedded pointer", `{"currency":"EUR"}`, new(struct{ *Price }), nil},
		{"RAR-09 embedded unexported", `{"Seen":"x"}`, new(struct{ hidden }), nil},
		{"RAR-09 embedded under a name", `{"price":{"currency":"EUR"}}`, new(struct {
			Price `json:"price"`
		}), nil},
		{"RAR-09 promoted though embedded under a name", `{"currency":"EUR"}`, new(struct {
			Price `json:"price"`
		}), rar.ErrInvalid},
		{"RAR-09 promoted though left out", `{"currency":"EUR"}`, new(struct {
			Price `json:"-"`
		}), rar.ErrInvalid},
		{"RAR-09 of two at one depth", `{"same":"x"}`, embedding(Left{}, Right{}), rar.ErrInvalid},
		{"RAR-09 of two at two depths", `{"same":"x"}`, embedding(Deeper{}, Right{}), nil},
		{"RAR-09 of two, one with a tag", `{"Same":"x"}`, embedding(Tagged{}, Untagged{}), nil},
		{"RAR-09 one struct embedded twice", `{"currency":"EUR"}`, embedding(Twice{}, Again{}), rar.ErrInvalid},
		{"RAR-09 the less embedded", `{"price":{"currency":"EUR"}}`, new(struct {
			Price Price `json:"price"`
			Loose
		}), nil},
		{"RAR-09 a field that only the more embedded has", `{"price":{"currency":"EUR","x":1}}`, new(struct {
			Price Price `json:"price"`
			Loose
		}), rar.ErrInvalid},
		{"RAR-09 hidden from Go alone", `{"acts":"x","actions":["y"]}`, new(renamed), nil},
		{"RAR-09 embedded in itself", `{"link":"x"}`, new(Chain), nil},
		{"RAR-09 an embedded string", `{"Word":"x"}`, new(struct{ Word }), nil},
		{"RAR-09 an embedded string that is unexported", `{"unseen":"x"}`, new(struct{ unseen }), rar.ErrInvalid},
		{"RAR-09 the name -", `{"-":"x"}`, tagged(`json:"-,"`), nil},
		{"RAR-09 a tag that is no name", "{\"a\\\"\":\"x\"}", tagged(`json:"a\""`), rar.ErrInvalid},
		{"RAR-09 the field whose tag is no name", `{"Field":"x"}`, tagged(`json:"a\""`), nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			decoder := json.NewDecoder(strings.NewReader(c.object))
			decoder.DisallowUnknownFields()
			assert.Equal(t, c.want != nil, decoder.Decode(c.into) != nil, "encoding/json itself")
			require.ErrorIs(t, one(t, `{"type":"a",`+c.object[1:]).Decode(c.into), c.want)
		})
	}
}

// Null would leave such fields as they were, and pass for a value (RAR-09).
func TestDecodeTakesNoNullForAValue(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, object string
		into         any
		want         error
	}{
		{"RAR-09 an address", `"192.0.2.1"`, new(struct{ Value netip.Addr }), nil},
		{"RAR-09 null for an address", `null`, new(struct{ Value netip.Addr }), rar.ErrInvalid},
		{"RAR-09 null for a pointer to an address", `null`, new(struct{ Value *netip.Addr }), nil},
		{"RAR-09 a time", `"2026-01-02T03:04:05Z"`, new(struct{ Value time.Time }), nil},
		{"RAR-09 null for a time", `null`, new(struct{ Value time.Time }), rar.ErrInvalid},
		{"RAR-09 null in a list of times", `[null]`, new(struct{ Value []time.Time }), rar.ErrInvalid},
		{"RAR-09 null as it is", `null`, new(struct{ Value json.RawMessage }), nil},
		{"RAR-09 a number in a string", `"1"`, new(struct {
			Value int `json:",string"`
		}), nil},
		{"RAR-09 null in a string", `"\u006eull"`, new(struct {
			Value int `json:",string"`
		}), rar.ErrInvalid},
		{"RAR-09 the text null", `"null"`, new(struct{ Value string }), nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			require.ErrorIs(t, one(t, `{"type":"a","Value":`+c.object+`}`).Decode(c.into), c.want)
		})
	}
}

// A struct that has a field Type is told the type, and nothing else.
func TestDecodeHasOneType(t *testing.T) {
	t.Parallel()
	var into struct{ Type string }
	require.NoError(t, one(t, `{"type":"a"}`).Decode(&into))
	assert.Equal(t, "a", into.Type)
	for _, second := range []string{"Type", "TYPE"} {
		require.ErrorIs(t, one(t, `{"type":"a","`+second+`":"b"}`).Decode(&into), rar.ErrInvalid, "RAR-09 "+second)
	}
}
