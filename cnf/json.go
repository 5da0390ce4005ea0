package cnf

import (
	"encoding/json"
	"fmt"
)

// UnmarshalJSON reads a cnf claim. Members of other methods are ignored beside one that is known
// (RFC 7800 3.1); alone they are [ErrUnsupported], for a token that is bound in a way that can't be
// checked here must not pass as an unbound one. A known member that is no string, or empty, is
// [ErrMalformed]. null and {} leave the zero value. Names are case-sensitive.
func (c *Confirmation) UnmarshalJSON(data []byte) error {
	*c = Confirmation{}
	var members map[string]json.RawMessage
	if err := json.Unmarshal(data, &members); err != nil {
		return fmt.Errorf("%w: not an object", ErrMalformed)
	}
	var read Confirmation
	for name, into := range map[string]*string{"x5t#S256": &read.X5TS256, "jkt": &read.JKT} {
		raw, ok := members[name]
		if !ok {
			continue
		}
		if err := json.Unmarshal(raw, into); err != nil || *into == "" {
			return fmt.Errorf("%w: %s is not a non-empty string", ErrMalformed, name)
		}
	}
	if read.IsZero() && len(members) > 0 {
		return ErrUnsupported
	}
	*c = read
	return nil
}
