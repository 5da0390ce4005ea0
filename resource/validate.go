package resource

import (
	"net/url"
	"slices"
	"strings"

	"github.com/fosite-fapi/fosite-fapi/internal/faults"
	"github.com/fosite-fapi/fosite-fapi/internal/jwk"
	"github.com/fosite-fapi/fosite-fapi/metadata"
)

// A validation lists what is wrong with a Config.
type validation struct {
	Config
	faults *faults.Config
}

// validate lists everything wrong with c, whose defaults are filled in.
func (c Config) validate() error {
	v := &validation{c, faults.In(ErrConfig)}
	v.validateIssuer()
	v.validateFormats()
	v.validateBinding()
	if c.Introspection != nil {
		v.validateIntrospection(c.Introspection)
	}
	if c.Timeout < 0 {
		v.faults.Wrong("Timeout is negative")
	}
	if !isQuotable(c.Realm) {
		v.faults.Wrong("Realm can't be written into a header")
	}
	if u, err := url.Parse(c.ErrorURI); c.ErrorURI != "" && (!isHTTPS(c.ErrorURI) || err != nil || u.ForceQuery || strings.Contains(c.ErrorURI, "#")) {
		v.faults.Wrong("ErrorURI is not an https URL without user and fragment")
	}
	return v.faults.Err()
}

func (v *validation) validateIssuer() {
	if _, _, err := metadata.Paths(v.Issuer); err != nil {
		v.faults.Wrong("Issuer is %q, not an https URL of host and path alone", v.Issuer)
	}
	jwk.Validate(v.Algorithms, v.faults.Wrong)
	if v.Keys != nil && v.JWKSURI != "" {
		v.faults.Wrong("Keys and JWKSURI are both set; which one counts?")
	}
	if v.Keys != nil && len(v.Keys.Keys) == 0 {
		v.faults.Wrong("Keys is empty, so nothing would be accepted")
	}
	if v.JWKSURI != "" && !isHTTPS(v.JWKSURI) {
		v.faults.Wrong("JWKSURI is not an https URL")
	}
}

func (v *validation) validateFormats() {
	for _, format := range v.Formats {
		if format != JWT && format != Opaque {
			v.faults.Wrong("Formats: %q is none", format)
		}
	}
	if len(v.Formats) == 0 {
		v.faults.Wrong("Formats is empty, so nothing would be accepted")
	}
	if slices.Contains(v.Formats, JWT) && len(v.Audience) == 0 {
		v.faults.Wrong("Audience is empty, so that JWTs for other servers would do")
	}
	if slices.Contains(v.Audience, "") {
		v.faults.Wrong("Audience has an empty value")
	}
	if slices.Contains(v.Formats, Opaque) && v.Introspection == nil {
		v.faults.Wrong("Introspection is nil, and what an opaque token is only the issuer knows")
	}
}

func (v *validation) validateBinding() {
	if v.DPoP == nil {
		if len(v.BaseURLs) > 0 {
			v.faults.Wrong("BaseURLs are for DPoP, which is nil")
		}
		if v.NonceOptional {
			v.faults.Wrong("NonceOptional is for DPoP, which is nil")
		}
		return
	}
	if err := v.DPoP.Validate(); err != nil {
		v.faults.Wrong("DPoP: %w", err)
	}
	if len(v.BaseURLs) == 0 {
		v.faults.Wrong("BaseURLs is empty, so that no proof would be for this server")
	}
	for _, base := range v.BaseURLs {
		if u, err := url.Parse(base); !isHTTPS(base) || err != nil || u.RawQuery != "" || strings.HasSuffix(base, "?") {
			v.faults.Wrong("BaseURLs: %q is not an https URL of host and path alone", base)
		}
	}
}

func (v *validation) validateIntrospection(i *Introspection) {
	switch {
	case i.Local != nil:
		if i.ClientID != "" || i.Keys != nil || i.Endpoint != "" || i.Signed {
			v.faults.Wrong("Introspection.Local is for an issuer in this process; ClientID, Keys, Endpoint and Signed are for one elsewhere")
		}
	case i.ClientID == "":
		v.faults.Wrong("Introspection.ClientID is empty")
	}
	if i.Local == nil && i.Keys == nil && v.Transport == nil {
		v.faults.Wrong("Introspection.Keys and Transport are nil: there is nothing to authenticate by")
	}
	if i.Endpoint != "" && !isHTTPS(i.Endpoint) {
		v.faults.Wrong("Introspection.Endpoint is not an https URL")
	}
	if i.Decryption != nil && !i.Signed {
		v.faults.Wrong("Introspection.Decryption, but not Signed: what is encrypted is signed first")
	}
	if i.OpaqueOnly && !slices.Contains(v.Formats, Opaque) {
		v.faults.Wrong("Introspection.OpaqueOnly, but Formats has no Opaque")
	}
	if i.TTL > maxTTL {
		v.faults.Wrong("Introspection.TTL is %s, more than %s", i.TTL, maxTTL)
	}
	if i.InactiveTTL > max(i.TTL, 0) {
		v.faults.Wrong("Introspection.InactiveTTL is %s, more than TTL", i.InactiveTTL)
	}
	if i.MaxEntries < 0 || i.MaxCalls < 0 {
		v.faults.Wrong("Introspection.MaxEntries or MaxCalls is negative")
	}
}

// isQuotable reports whether s can stand in a quoted-string (RFC 9110 5.6.4) without escapes.
func isQuotable(s string) bool {
	return !strings.ContainsFunc(s, func(c rune) bool { return c < 0x20 || c > 0x7e || c == '"' || c == '\\' })
}
