package jwk

import (
	"slices"

	"github.com/go-jose/go-jose/v4/json"
)

// Secrets are the members of a private or symmetric key (RFC 7518 6.2.2, 6.3.2, 6.4.1; RFC 8037 2; RFC 9964 4). One alone
// makes a key private: n can be factored with p. They are looked at before go-jose, which takes a key with a stray one for
// a public one, and does expensive computations with the others.
type Secrets struct {
	D    json.RawMessage `json:"d"`
	P    json.RawMessage `json:"p"`
	Q    json.RawMessage `json:"q"`
	DP   json.RawMessage `json:"dp"`
	DQ   json.RawMessage `json:"dq"`
	QI   json.RawMessage `json:"qi"`
	Oth  json.RawMessage `json:"oth"`
	K    json.RawMessage `json:"k"`
	Priv json.RawMessage `json:"priv"`
}

// Any says whether one is there, be it null.
func (s *Secrets) Any() bool {
	return slices.ContainsFunc(s.all(), func(m json.RawMessage) bool { return m != nil })
}

// Told says whether one has a value: with null, nothing is known of the key.
func (s *Secrets) Told() bool {
	return slices.ContainsFunc(s.all(), func(m json.RawMessage) bool { return m != nil && string(m) != "null" })
}

func (s *Secrets) all() []json.RawMessage {
	return []json.RawMessage{s.D, s.P, s.Q, s.DP, s.DQ, s.QI, s.Oth, s.K, s.Priv}
}
