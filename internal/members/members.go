// Package members writes JSON objects that have more members than the type which they are made of.
package members

import (
	"encoding/json"
	"maps"
)

// Append adds extra to a JSON object, in the order of its names, but for the members in own: those are the type's. object
// must have a member already, and its bytes are the function's to change. The error is one of marshalling extra.
func Append(object []byte, extra map[string]any, own map[string]bool) ([]byte, error) {
	extra = maps.Clone(extra)
	maps.DeleteFunc(extra, func(name string, _ any) bool { return own[name] })
	if len(extra) == 0 {
		return object, nil
	}
	more, err := json.Marshal(extra)
	if err != nil {
		return nil, err
	}
	return append(append(object[:len(object)-1], ','), more[1:]...), nil
}
