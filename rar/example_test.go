package rar_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/fosite-fapi/fosite-fapi/rar"
)

// An initiation is a payment as an API of payments defines it.
type initiation struct {
	Actions []string `json:"actions"`
	Amount  struct {
		Currency string      `json:"currency"`
		Amount   json.Number `json:"amount"`
	} `json:"instructedAmount"`
	Creditor string `json:"creditorName"`
}

func judgeInitiation(_ context.Context, p *initiation) error {
	if p.Amount.Currency == "" || p.Amount.Amount == "" {
		return errors.New("instructedAmount is incomplete")
	}
	return nil
}

func Example() {
	types, err := rar.NewTypes(rar.Type{Name: "payment_initiation", Validate: rar.Struct(judgeInitiation)})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, sent := range []string{
		`[{"type":"payment_initiation","instructedAmount":{"currency":"EUR","amount":123.50},"creditorName":"Merchant A"}]`,
		`[{"type":"payment_initiation","instructedAmount":{"currency":"EUR"},"creditorName":"Merchant A"}]`,
		`[{"type":"payment_initiation","instructedAmount":{"currency":"EUR","amount":123.50},"debtorName":"me"}]`,
		`[{"type":"account_information"}]`,
		`{"type":"payment_initiation"}`,
	} {
		details, err := rar.Parse(sent)
		if err == nil {
			err = types.Validate(context.Background(), details)
		}
		fmt.Println(err)
	}
	// Output:
	// <nil>
	// entry 0: rar: not valid for its type: instructedAmount is incomplete
	// entry 0: rar: not valid for its type: a field that the type doesn't have
	// rar: unknown type: entry 0
	// rar: malformed authorization_details: not a JSON array
}

// A token may have less than the grant: fewer actions, for example, where the type says that this is less.
func ExampleTypes_Cover() {
	types, err := rar.NewTypes(rar.Type{Name: "account_information", Covers: rar.Each(rar.Subset)})
	if err != nil {
		fmt.Println(err)
		return
	}
	granted, _ := rar.Parse(`[{"type":"account_information","actions":["list_accounts","read_balances"]}]`)
	less, _ := rar.Parse(`[{"type":"account_information","actions":["list_accounts"]}]`)
	more, _ := rar.Parse(`[{"type":"account_information","actions":["list_accounts","read_transactions"]}]`)
	fmt.Println(types.Cover(granted, less))
	fmt.Println(types.Cover(granted, more))
	// Output:
	// <nil>
	// rar: not covered by the grant
}

// The user may choose what the client left open, where the type defines that (RFC 9396 7.1).
func ExampleTypes_Permit() {
	type consent struct {
		Permissions []string `json:"permissions"`
		Accounts    []string `json:"accounts"`
	}
	types, err := rar.NewTypes(rar.Type{
		Name: "consent", Validate: rar.Struct[consent](nil),
		Enriches: func(requested, granted rar.Details) bool {
			var asked, given consent
			return len(requested) == 1 && len(granted) == 1 && requested[0].Decode(&asked) == nil && granted[0].Decode(&given) == nil &&
				len(asked.Accounts) == 0 && slices.Equal(asked.Permissions, given.Permissions)
		},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	requested, _ := rar.Parse(`[{"type":"consent","permissions":["read"],"accounts":[]}]`)
	granted, _ := rar.New(map[string]any{"type": "consent", "permissions": []string{"read"}, "accounts": []string{"DE02100100109307118603"}})
	beyond, _ := rar.New(map[string]any{"type": "consent", "permissions": []string{"read", "pay"}})
	fmt.Println(types.Permit(requested, granted))
	fmt.Println(types.Permit(requested, beyond))
	// Output:
	// <nil>
	// rar: more granted than requested
}

// A resource server is told what concerns it.
func ExampleTypes_For() {
	types, _ := rar.NewTypes()
	granted, _ := rar.Parse(`[{"type":"accounts","locations":["https://api.example.com/accounts"]},{"type":"photos","locations":["https://photos.example.com"]}]`)
	told, err := types.For(granted, "https://api.example.com")
	fmt.Println(told, err)
	// Output: [{"type":"accounts","locations":["https://api.example.com/accounts"]}] <nil>
}
