package resource

import (
	"context"
	"net/http"
	"time"
)

// What the fuzz targets and the tests of the cache reach, which is not exported.

func ReadCredentials(h http.Header) (scheme, token string, err error) {
	c, err := readCredentials(h)
	return c.scheme, c.token, err
}

var NewTransport = newTransport

func HasToken(query string) bool { return hasToken(query) }

func (s *Server) ReadAnswer(body []byte) (*Token, error) { return s.introspector.reader.read(body) }

// Known puts an answer about a token into the cache, as if the issuer had just given it.
func (s *Server) Known(sum [32]byte, t *Token, expires time.Time) {
	s.introspector.active.put(sum, t, expires)
}

// Kept returns how many answers are kept about tokens that are active, and about others.
func (s *Server) Kept() (active, inactive int) {
	return len(s.introspector.active.entries), len(s.introspector.inactive.entries)
}

// ReadSigned verifies and reads a signed introspection response.
func (s *Server) ReadSigned(ctx context.Context, compact string) (*Token, error) {
	plain, err := s.introspector.reader.open(ctx, compact)
	if err != nil {
		return nil, err
	}
	return s.introspector.reader.read(plain)
}
