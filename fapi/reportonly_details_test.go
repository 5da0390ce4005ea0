package fapi_test

import (
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fosite-fapi/fosite-fapi/fapi"
	"github.com/fosite-fapi/fosite-fapi/registration"
)

// Authorization details are judged in report-only mode like everything else. fosite ignores them.
func TestReportOnlySeesAuthorizationDetails(t *testing.T) {
	t.Parallel()
	entitled := func(s step) step { return registered(mayAskHere, s) }
	for name, one := range map[string]struct {
		trial
		types bool
		step  step
		want  []string
	}{
		"pushed":                         {toFAPI2, true, entitled(push(detailed(reading))), nil},
		"pushed, of no type":             {toFAPI2, true, entitled(push(detailed(`{"type":"x"}`))), []string{"RAR-09"}},
		"pushed, not registered":         {toFAPI2, true, push(detailed(reading)), []string{"RAR-18"}},
		"pushed, to a server without":    {toFAPI2, false, push(detailed(reading)), []string{"RAR-09"}},
		"pushed, malformed":              {toFAPI2, true, entitled(push(param("authorization_details", reading))), []string{"RAR-01"}},
		"at the page":                    {toFAPI2, true, entitled(authorize(detailed(`{"type":"x"}`))), []string{"RAR-09"}},
		"client credentials":             {toFAPI2, true, entitled(credentialsStep(detailed(reading))), nil},
		"client credentials, of no type": {toFAPI2, true, entitled(credentialsStep(detailed(`{"type":"x"}`))), []string{"RAR-09"}},
		// What fosite granted has none.
		"redemption": {toFAPI2, true, entitled(redeem(detailed(reading))), []string{"RAR-10"}},
		"refresh":    {toFAPI2, true, entitled(refresh(detailed(reading))), []string{"RAR-10"}},
		// A grant of the Security Profile is known to the judge.
		"redemption of a stricter profile": {toSigned, true, entitled(redeeming(detailed(reading), detailed(listing))), nil},
		"refresh of a stricter profile":    {toSigned, true, entitled(renewing(request(detailed(reading)), detailed(listing))), nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				var options []fapi.Option
				if one.types {
					options = append(options, fapi.WithAuthorizationDetails(detailsTypes()...))
				}
				b, got := one.start(t, "json", options...)
				a := one.step(b)
				require.Less(t, a.Status, 400, "%s %s", a.Header.Get("Location"), a.Body)
				all := got.of(b)
				require.NotEmpty(t, all)
				last := all[len(all)-1]
				assert.ElementsMatch(t, one.want, ids(last), "%+v", last)
				assert.Empty(t, last.Unjudged)
			})
		})
	}
}

func mayAskHere(c *registration.Client) {
	c.AuthorizationDetailsTypes = []string{"account_information", "payment_initiation"}
}
