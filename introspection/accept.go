package introspection

import "strings"

// MediaType is that of a signed response, and by which it is asked for (RFC 9701 4).
const MediaType = "application/token-introspection+jwt"

const plainType = "application/json"

// maxRanges is how many media ranges of an Accept header are looked at.
const maxRanges = 32

// Accepts reports whether the Accept headers of a request ask for a signed response: they name its media type, and
// don't prefer JSON by a higher q (RFC 9110 12.5.1). "*/*", application/json and no header at all mean JSON. Ranges
// that are malformed count for nothing.
func Accepts(headers []string) bool {
	signed := weight{}
	plain := [3]weight{} // application/json, application/*, */*
	left := maxRanges
	for _, header := range headers {
		for rest := header; rest != "" && left > 0; left-- {
			var one string
			one, rest = cut(rest, ',')
			media, q, ok := mediaRange(one)
			switch {
			case !ok:
			case strings.EqualFold(media, MediaType):
				signed.add(q)
			case strings.EqualFold(media, plainType):
				plain[0].add(q)
			case strings.EqualFold(media, "application/*"):
				plain[1].add(q)
			case media == "*/*":
				plain[2].add(q)
			}
		}
	}
	for _, w := range plain {
		if w.given { // the most specific range counts
			return signed.q > 0 && signed.q >= w.q
		}
	}
	return signed.q > 0
}

// A weight is the q of a media range, in thousandths.
type weight struct {
	given bool
	q     int
}

// add takes the higher weight of a range that is named twice.
func (w *weight) add(q int) { w.given, w.q = true, max(w.q, q) }

// mediaRange reads one element of an Accept header. Parameters other than q are passed over: neither media type has any.
func mediaRange(element string) (media string, q int, ok bool) {
	media, rest := cut(element, ';')
	media, q = strings.Trim(media, " \t"), 1000
	for rest != "" {
		var parameter string
		parameter, rest = cut(rest, ';')
		name, value, _ := strings.Cut(parameter, "=")
		if strings.EqualFold(strings.Trim(name, " \t"), "q") {
			if q, ok = qvalue(strings.Trim(value, " \t")); !ok {
				return "", 0, false
			}
		}
	}
	return media, q, media != ""
}

// cut splits at the first separator that isn't in a quoted string.
func cut(s string, separator byte) (before, after string) {
	quoted := false
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '"':
			quoted = !quoted
		case quoted && c == '\\':
			i++
		case !quoted && c == separator:
			return s[:i], s[i+1:]
		}
	}
	return s, ""
}

// qvalue reads a weight (RFC 9110 12.4.2), in thousandths.
func qvalue(s string) (int, bool) {
	whole, fraction, dot := strings.Cut(s, ".")
	if whole != "0" && whole != "1" || len(fraction) > 3 || dot && fraction == "" && len(s) != 2 {
		return 0, false
	}
	q := int(whole[0]-'0') * 1000
	for i, unit := 0, 100; i < len(fraction); i, unit = i+1, unit/10 {
		if fraction[i] < '0' || fraction[i] > '9' {
			return 0, false
		}
		q += int(fraction[i]-'0') * unit
	}
	return q, q <= 1000
}
