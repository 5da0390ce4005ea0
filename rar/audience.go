package rar

import (
	"slices"
	"strings"
)

// For are the objects that are the business of a resource server of one of these audiences (RFC 9396 9.1, 13). Without
// audience it is nobody's in particular, and so everybody's: all of them. The error is [ErrType].
func (t *Types) For(all Details, audience ...string) (Details, error) {
	if len(audience) == 0 {
		return all, nil
	}
	var kept Details
	for _, d := range all {
		concerns := t.all[d.kind].ConcernsAudience
		if concerns == nil {
			concerns = located
		}
		its, err := guard(func() bool { return concerns(d, audience) })
		if err != nil {
			return nil, err
		}
		if its {
			kept = append(kept, d)
		}
	}
	return kept, nil
}

// located says whether an object names no location, or one in the audience.
func located(d Detail, audience []string) bool {
	if !strings.Contains(d.text, "locations") && !strings.Contains(d.text, `\`) {
		return true // spares decoding it
	}
	locations := d.Common().Locations
	return len(locations) == 0 || slices.ContainsFunc(locations, func(l string) bool {
		return slices.ContainsFunc(audience, func(a string) bool { return l == a || below(l, a) })
	})
}

// below says whether a location is a URL under another. One with a dot segment, however it is written, may lead elsewhere.
func below(location, of string) bool {
	rest, ok := strings.CutPrefix(location, strings.TrimSuffix(of, "/")+"/")
	return ok && strings.Contains(of, "://") && !strings.Contains(rest, "..") && !strings.Contains(strings.ToLower(rest), "%2e")
}
