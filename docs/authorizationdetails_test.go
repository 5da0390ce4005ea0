package docs_test

import (
	"context"
	"encoding/json"
	"errors"
	"html/template"
	"net/http"
	"strings"
	"testing"

	"github.com/ory/fosite"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fosite-fapi/fosite-fapi/fapi"
	"github.com/fosite-fapi/fosite-fapi/fapitest"
	"github.com/fosite-fapi/fosite-fapi/rar"
	"github.com/fosite-fapi/fosite-fapi/registration"
	"github.com/fosite-fapi/fosite-fapi/resource"
)

// A Payment is what the payments API defines of payment_initiation.
type Payment struct {
	Amount struct {
		Currency string      `json:"currency"`
		Amount   json.Number `json:"amount"` // as it was sent: no float rounds it
	} `json:"instructedAmount"`
	Creditor string `json:"creditorName"`
}

func judgePayment(_ context.Context, p *Payment) error {
	if p.Amount.Currency != "EUR" || p.Amount.Amount == "" || p.Creditor == "" {
		return errors.New("a payment has a creditor and an amount in EUR")
	}
	return nil
}

// detailed are the types of a bank.
func detailed() fapi.Option {
	return fapi.WithAuthorizationDetails(
		rar.Type{Name: "payment_initiation", Validate: rar.Struct(judgePayment)},
		rar.Type{Name: "account_information", Covers: rar.Each(rar.Subset)},
	)
}

var consentPage = template.Must(template.New("").Parse(
	`<p>{{.Client}} asks for:</p><ul>{{range .Scopes}}<li>{{.}}</li>{{end}}{{range .Details}}<li><pre>{{.}}</pre></li>{{end}}</ul>`))

// A bank is its login and consent, which grants all payments but none to the user herself.
type bank struct{ page strings.Builder }

// Authorize implements fapi.Interaction.
func (b *bank) Authorize(_ http.ResponseWriter, _ *http.Request, ar fosite.AuthorizeRequester) (*fapi.Decision, error) {
	details := fapi.AuthorizationDetails(ar)
	err := consentPage.Execute(&b.page, map[string]any{
		"Client": ar.GetClient().GetID(), "Scopes": ar.GetRequestedScopes(), "Details": details,
	})
	if err != nil {
		return nil, err
	}
	granted := rar.Details{}
	for _, d := range details {
		if approved(d) {
			granted = append(granted, d)
		}
	}
	return &fapi.Decision{Session: fapi.NewSession("alice"), Scopes: ar.GetRequestedScopes(), AuthorizationDetails: granted}, nil
}

func approved(d rar.Detail) bool {
	var p Payment
	return d.Type() != "payment_initiation" || d.Decode(&p) == nil && p.Creditor != "alice"
}

// payments is an API that does what the token permits and nothing else.
func payments(rw http.ResponseWriter, r *http.Request) {
	for _, d := range resource.TokenFrom(r.Context()).AuthorizationDetails.Of("payment_initiation") {
		var p Payment
		if d.Decode(&p) == nil {
			pay(p)
		}
	}
	rw.WriteHeader(http.StatusNoContent)
}

var paid []Payment

func pay(p Payment) { paid = append(paid, p) }

func TestAuthorizationDetailsPage(t *testing.T) {
	const (
		toMerchant = `{"type":"payment_initiation","instructedAmount":{"currency":"EUR","amount":123.50},"creditorName":"Merchant <A>"}`
		toHerself  = `{"type":"payment_initiation","instructedAmount":{"currency":"EUR","amount":1},"creditorName":"alice"}`
	)
	b := &bank{}
	s := fapitest.NewServer(t, fapitest.Config{
		Options: []fapi.Option{detailed()}, Interaction: b,
		Clients: []fapitest.ClientConfig{{Register: func(c *registration.Client) {
			c.AuthorizationDetailsTypes = []string{"payment_initiation", "account_information"}
		}}},
		Resource: func(p *fapi.Provider) http.Handler {
			rs, err := resource.New(resource.Config{
				Issuer: fapitest.Issuer, Formats: []resource.Format{resource.Opaque},
				Introspection: &resource.Introspection{TTL: -1, Local: func(ctx context.Context, token string) ([]byte, error) {
					return p.TokenInfo(ctx, token, fapi.NewSession(""))
				}},
			})
			require.NoError(t, err)
			return rs.Protect(http.HandlerFunc(payments))
		},
	})
	pushed := s.Push(fapitest.AuthorizationDetails(toMerchant, toHerself))
	require.Equal(t, http.StatusCreated, pushed.Status, string(pushed.Body))
	tokens := s.Redeem(s.Visit(pushed.Text("request_uri")).Location().Query().Get("code"))
	require.Equal(t, http.StatusOK, tokens.Status, string(tokens.Body))
	assert.Contains(t, b.page.String(), "Merchant &lt;A&gt;")
	assert.Len(t, tokens.JSON["authorization_details"], 1)
	require.Equal(t, http.StatusNoContent, s.Resource(tokens.Text("access_token")).Status)
	require.Len(t, paid, 1)
	assert.Equal(t, "123.50", paid[0].Amount.Amount.String())

	refused := s.Push(fapitest.AuthorizationDetails(strings.Replace(toMerchant, "EUR", "USD", 1)))
	assert.Equal(t, "invalid_authorization_details", refused.Text("error"))
}
