package requestobject

import (
	"bytes"
	"math"
	"net/url"
	"slices"
	"strconv"
	"strings"

	stdjson "encoding/json"

	"github.com/go-jose/go-jose/v4/json"
)

// A kind says which JSON values a parameter can have.
type kind uint8

const (
	other    kind = iota // a string, number or boolean; an object or array as JSON text
	text                 // a string
	number               // a whole number, or a string
	list                 // a string, or an array of strings, which are joined by spaces
	repeated             // a string, or an array of strings, each a value of its own
	document             // an object or array as JSON text, or a string that holds it
	dropped              // anything: no parameter of the request
)

// kinds are those of the parameters that have one.
var kinds = map[string]kind{
	// RFC 7519 4.1: about the JWT, not about the request.
	"iss": dropped, "sub": dropped, "aud": dropped, "exp": dropped, "nbf": dropped, "iat": dropped, "jti": dropped,
	// RFC 9126 3: a client authenticates beside the object. Inside, credentials would be stored with the request.
	"client_secret": dropped, "client_assertion": dropped, "client_assertion_type": dropped,

	// RFC 6749 4.1.1, RFC 7636, OAuth 2.0 Multiple Response Types, RFC 9449, OpenID Connect Core 3.1.2.1
	"client_id": text, "redirect_uri": text, "state": text, "nonce": text, "response_mode": text,
	"code_challenge": text, "code_challenge_method": text, "dpop_jkt": text,
	"display": text, "id_token_hint": text, "login_hint": text,
	"max_age": number,
	"scope":   list, "response_type": list, "prompt": list, "acr_values": list, "ui_locales": list, "claims_locales": list,
	// fosite takes audience separated by spaces.
	"audience": list,
	"resource": repeated, // RFC 8707 2.1
	"claims":   document, "authorization_details": document, "registration": document,
}

// parameters turns claims into the form that the same request would have had without a request object (RFC 9101 4). It
// returns the name of a claim that can't be a value.
func parameters(all map[string]json.RawMessage) (form url.Values, wrong string) {
	form = make(url.Values, len(all))
	for name, raw := range all {
		k := kinds[name]
		if k == dropped || string(raw) == "null" {
			continue
		}
		values, ok := k.values(raw)
		if !ok {
			return nil, name
		}
		// RFC 6749 3.1: a parameter without a value is omitted.
		values = slices.DeleteFunc(values, func(v string) bool { return v == "" })
		if len(values) > 0 {
			form[name] = values
		}
	}
	return form, ""
}

func (k kind) values(raw json.RawMessage) ([]string, bool) {
	switch c := raw[0]; {
	case c == '"':
		return one(unquote(raw))
	case k == text || k == repeated && c != '[' || k == list && c != '[':
		return nil, false
	case k == list:
		return joined(raw)
	case k == repeated:
		var values []string
		return values, json.Unmarshal(raw, &values) == nil && !slices.Contains(values, "")
	case c == '{' || c == '[':
		if k == number {
			return nil, false
		}
		return one(compact(raw))
	case k == document:
		return nil, false
	case c == 't' || c == 'f':
		return []string{string(raw)}, k != number
	}
	return one(decimal(string(raw)))
}

func one(value string, ok bool) ([]string, bool) { return []string{value}, ok }

// joined takes no value that would become two.
func joined(raw json.RawMessage) ([]string, bool) {
	var values []string
	if json.Unmarshal(raw, &values) != nil {
		return nil, false
	}
	for _, v := range values {
		if v == "" || strings.ContainsAny(v, " \t\r\n") {
			return nil, false
		}
	}
	return []string{strings.Join(values, " ")}, true
}

// compact drops the white space of an object or array in which no member appears twice.
func compact(raw json.RawMessage) (string, bool) {
	var value any
	var out bytes.Buffer
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.SetNumberType(json.UnmarshalJSONNumber) // a number may be beyond every float: outside of an object it may, too
	if decoder.Decode(&value) != nil || stdjson.Compact(&out, raw) != nil {
		return "", false
	}
	return out.String(), true
}

// maxExact is the largest number up to which a float64 holds every whole one.
const maxExact = 1 << 53

// decimal writes a whole number as RFC 6749 has numbers, in digits: 1e3 and 1000.0 are 1000.
func decimal(literal string) (string, bool) {
	if n, err := strconv.ParseInt(literal, 10, 64); err == nil {
		return strconv.FormatInt(n, 10), true
	}
	f, err := strconv.ParseFloat(literal, 64)
	if err != nil || f != math.Trunc(f) || math.Abs(f) > maxExact {
		return "", false
	}
	return strconv.FormatInt(int64(f), 10), true
}
