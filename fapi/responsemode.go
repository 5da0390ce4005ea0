package fapi

import (
	"net/url"
	"slices"
	"strings"

	"github.com/ory/fosite"

	"github.com/fosite-fapi/fosite-fapi/internal/form"
)

// jarmModes are the response modes of JARM 2.3, the usual one first.
var jarmModes = []string{"jwt", "query.jwt", "form_post.jwt", "fragment.jwt"}

// signed says whether a mode is one of JARM.
func signed(mode fosite.ResponseModeType) bool {
	return mode == "jwt" || strings.HasSuffix(string(mode), ".jwt")
}

// responseMode is the mode by which a request of this response_type is answered; an error where the one that it asks for
// can't be. A request that asks for none gets the first that the profile, the type and the client allow.
func (c *party) responseMode(types fosite.Arguments, wanted string) (fosite.ResponseModeType, error) {
	if wanted != "" && !slices.Contains(c.profile.ResponseModes, wanted) {
		return "", errResponseMode
	}
	for _, mode := range c.profile.ResponseModes {
		if wanted != "" && mode != wanted {
			continue
		}
		if c.carries(types, mode) && (len(c.meta.ResponseModes) == 0 || slices.Contains(c.meta.ResponseModes, mode)) {
			if wanted == "" && c.profile.demands.signedCode && signed(fosite.ResponseModeType(mode)) && !c.alwaysSigned() {
				return "", errUnsignedCode // FAPI 1.0: a client that wants JARM asks for it
			}
			return fosite.ResponseModeType(mode), nil
		}
	}
	if wanted != "" && !signed(fosite.ResponseModeType(wanted)) && c.profile.demands.signedCode && types.ExactOne("code") {
		return "", errUnsignedCode
	}
	return "", errResponseMode
}

// alwaysSigned says whether every mode of the profile is one of JARM, so that a client needn't say it.
func (c *party) alwaysSigned() bool {
	return !slices.ContainsFunc(c.profile.ResponseModes, func(m string) bool { return !signed(fosite.ResponseModeType(m)) })
}

// carries says whether a mode can carry the answer to a response type: an ID token does not travel in a query unless it is
// encrypted (OAuth 2.0 Multiple Response Types 5, JARM 2.3.1), a code alone not in a fragment unless it is signed, and
// not unsigned where the profile says so.
func (c *party) carries(types fosite.Arguments, mode string) bool {
	if types.Has("id_token") {
		return mode != "query" && (mode != "query.jwt" || c.meta.AuthorizationEncryptedResponseAlg != "")
	}
	if signed(fosite.ResponseModeType(mode)) {
		return true
	}
	return !c.profile.demands.signedCode && mode != "fragment"
}

func validateResponseMode(c *party, ar *fosite.AuthorizeRequest) error {
	mode, err := c.responseMode(ar.ResponseTypes, ar.Form.Get("response_mode"))
	if err != nil {
		return err
	}
	ar.ResponseMode = mode
	ar.DefaultResponseMode = mode
	return nil
}

// errorMode is the mode of errors found before the request's own mode is known to be good: that one, if it can be
// told, else the one that the client may expect.
func (c *party) errorMode(values url.Values) fosite.ResponseModeType {
	types := fosite.Arguments(form.List(values.Get("response_type")))
	for _, wanted := range []string{values.Get("response_mode"), ""} {
		if mode, err := c.responseMode(types, wanted); err == nil {
			return mode
		}
	}
	switch {
	case !c.profile.demands.signedCode:
		return fosite.ResponseModeType(c.profile.ResponseModes[0])
	case c.alwaysSigned() || !types.HasOneOf("id_token", "token") && c.client.GetResponseTypes().Has("code"):
		return "jwt"
	case types.HasOneOf("id_token", "token"):
		return fosite.ResponseModeFragment
	}
	return fosite.ResponseModeQuery
}
