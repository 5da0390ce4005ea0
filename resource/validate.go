package resource

import (
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/fosite-fapi/fosite-fapi/internal/jwk"
	"github.com/fosite-fapi/fosite-fapi/metadata"
)

// A validation collects what is wrong with a Config.
type validation struct {
	Config
	problems []error
}

func (v *validation) wrong(format string, args ...any) {
	v.problems = append(v.problems, fmt.Errorf("%w: "+format, append([]any{ErrConfig}, args...)...))
}

// validate lists everything wrong with c, whose defaults are filled in.
func (c Config) validate() error {
	v := &validation{Config: c}
	v.validateIssuer()
	v.validateFormats()
	v.validateBinding()
	if c.Introspection != nil {
		v.validateIntrospection(c.Introspection)
	}
	if c.Timeout < 0 {
		v.wrong("Timeout is negative")
	}
	if !isQuotable(c.Realm) {
		v.wrong("Realm can't be written into a header")
	}
	if u, err := url.Parse(c.ErrorURI); c.ErrorURI != "" && (!isHTTPS(c.ErrorURI) || err != nil || u.ForceQuery || strings.Contains(c.ErrorURI, "#")) {
		v.wrong("ErrorURI is not an https URL without user and fragment")
	}
	return errors.Join(v.problems...)
}

func (v *validation) validateIssuer() {
	if _, _, err := metadata.Paths(v.Issuer); err != nil {
		v.wrong("Issuer is %q, not an https URL of host and path alone", v.Issuer)
	}
	for _, alg := range v.Algorithms {
		if !jwk.Known(alg) {
			v.wrong("Algorithms: %q is no asymmetric signature algorithm", alg)
		}
	}
	if len(v.Algorithms) == 0 {
		v.wrong("Algorithms is empty, so nothing would be accepted")
	}
	if v.Keys != nil && v.JWKSURI != "" {
		v.wrong("Keys and JWKSURI are both set; which one counts?")
	}
	if v.Keys != nil && len(v.Keys.Keys) == 0 {
		v.wrong("Keys is empty, so nothing would be accepted")
	}
	if v.JWKSURI != "" && !isHTTPS(v.JWKSURI) {
		v.wrong("JWKSURI is not an https URL")
	}
}

func (v *validation) validateFormats() {
	for _, format := range v.Formats {
		if format != JWT && format != Opaque {
			v.wrong("Formats: %q is none", format)
		}
	}
	if len(v.Formats) == 0 {
		v.wrong("Formats is empty, so nothing would be accepted")
	}
	if slices.Contains(v.Formats, JWT) && len(v.Audience) == 0 {
		v.wrong("Audience is empty, so that JWTs for other servers would do")
	}
	if slices.Contains(v.Audience, "") {
		v.wrong("Audience has an empty value")
	}
	if slices.Contains(v.Formats, Opaque) && v.Introspection == nil {
		v.wrong("Introspection is nil, and what an opaque token is only the issuer knows")
	}
}

func (v *validation) validateBinding() {
	if v.DPoP == nil {
		if len(v.BaseURLs) > 0 {
			v.wrong("BaseURLs are for DPoP, which is nil")
		}
		if v.NonceOptional {
			v.wrong("NonceOptional is for DPoP, which is nil")
		}
		return
	}
	if err := v.DPoP.Validate(); err != nil {
		v.problems = append(v.problems, fmt.Errorf("%w: DPoP: %w", ErrConfig, err))
	}
	if len(v.BaseURLs) == 0 {
		v.wrong("BaseURLs is empty, so that no proof would be for this server")
	}
	for _, base := range v.BaseURLs {
		if u, err := url.Parse(base); !isHTTPS(base) || err != nil || u.RawQuery != "" || strings.HasSuffix(base, "?") {
			v.wrong("BaseURLs: %q is not an https URL of host and path alone", base)
		}
	}
}

func (v *validation) validateIntrospection(i *Introspection) {
	switch {
	case i.Local != nil:
		if i.ClientID != "" || i.Keys != nil || i.Endpoint != "" || i.Signed {
			v.wrong("Introspection.Local is for an issuer in this process; ClientID, Keys, Endpoint and Signed are for one elsewhere")
		}
	case i.ClientID == "":
		v.wrong("Introspection.ClientID is empty")
	}
	if i.Local == nil && i.Keys == nil && v.Transport == nil {
		v.wrong("Introspection.Keys and Transport are nil: there is nothing to authenticate by")
	}
	if i.Endpoint != "" && !isHTTPS(i.Endpoint) {
		v.wrong("Introspection.Endpoint is not an https URL")
	}
	if i.Decryption != nil && !i.Signed {
		v.wrong("Introspection.Decryption, but not Signed: what is encrypted is signed first")
	}
	if i.OpaqueOnly && !slices.Contains(v.Formats, Opaque) {
		v.wrong("Introspection.OpaqueOnly, but Formats has no Opaque")
	}
	if i.TTL > maxTTL {
		v.wrong("Introspection.TTL is %s, more than %s", i.TTL, maxTTL)
	}
	if i.InactiveTTL > max(i.TTL, 0) {
		v.wrong("Introspection.InactiveTTL is %s, more than TTL", i.InactiveTTL)
	}
	if i.MaxEntries < 0 || i.MaxCalls < 0 {
		v.wrong("Introspection.MaxEntries or MaxCalls is negative")
	}
}

// isQuotable reports whether s can stand in a quoted-string (RFC 9110 5.6.4) without escapes.
func isQuotable(s string) bool {
	return !strings.ContainsFunc(s, func(c rune) bool { return c < 0x20 || c > 0x7e || c == '"' || c == '\\' })
}
