package rar_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/fosite-fapi/fosite-fapi/rar"
)

// There is no signature to compare with: this is what a request with two objects pays on top of its flow.
func BenchmarkParse(b *testing.B) {
	raw := vectors(b)["figure 3"]
	b.SetBytes(int64(len(raw)))
	for b.Loop() {
		if _, err := rar.Parse(raw); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkCover(b *testing.B) {
	known, err := rar.NewTypes(rar.Type{Name: "account_information", Covers: rar.Each(rar.Subset)}, rar.Type{Name: "payment_initiation"})
	require.NoError(b, err)
	granted := parse(b, vectors(b)["figure 3"])
	wanted := parse(b, `[{"type":"account_information","actions":["list_accounts"],"locations":["https://example.com/accounts"]}]`)
	for b.Loop() {
		if err := known.Cover(granted, wanted); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkStruct(b *testing.B) {
	d := one(b, `{"type":"payment_initiation","instructedAmount":{"currency":"EUR","amount":123.50},"creditorName":"Merchant A"}`)
	validate := rar.Struct(judgeInitiation)
	for b.Loop() {
		if err := validate(b.Context(), d); err != nil {
			b.Fatal(err)
		}
	}
}
