package main

import (
	"encoding/binary"
	"net/url"
	"time"

	"github.com/ory/fosite"
	"github.com/ory/fosite/token/jwt"

	"github.com/fosite-fapi/fosite-fapi/fapi"
)

// A packed request is a copy of one in one piece of memory. As maps and pointers it would take three times as much, and
// the garbage collector would have to walk through all of it.
type packed struct {
	text    string
	client  fosite.Client
	session fosite.Session // one that is not packed
}

// pack copies what fosite may change later.
func pack(r fosite.Requester) packed {
	var array [1024]byte
	w := writer(array[:0]).text(r.GetID()).time(r.GetRequestedAt()).form(r.GetRequestForm()).
		texts(r.GetRequestedScopes()).texts(r.GetGrantedScopes()).texts(r.GetRequestedAudience()).texts(r.GetGrantedAudience())
	p := packed{client: r.GetClient()}
	if own, ok := r.GetSession().(*grantSession); ok && own.packable() {
		w = w.session(own)
	} else if s := r.GetSession(); s != nil {
		p.session = s.Clone()
	}
	p.text = string(w)
	return p
}

// unpack returns a request that shares nothing that could change.
func (p packed) unpack() *fosite.Request {
	r := reader(p.text)
	out := &fosite.Request{
		ID: r.text(), RequestedAt: r.time(), Client: p.client, Form: r.form(),
		RequestedScope: r.texts(), GrantedScope: r.texts(), RequestedAudience: r.texts(), GrantedAudience: r.texts(),
	}
	switch {
	case p.session != nil:
		out.Session = p.session.Clone()
	case r != "":
		out.Session = r.session()
	}
	return out
}

// packable is true for sessions without claims of the host's own, whose types only a copy keeps.
func (s *grantSession) packable() bool {
	return s != nil && s.Session != nil && len(s.Access) == 0 &&
		(s.IDToken == nil || len(s.IDToken.Extra) == 0) && (s.IDHeaders == nil || len(s.IDHeaders.Extra) == 0)
}

// words are texts that nearly every request has. Instead of one of them a number is packed, which is negative because no
// length is.
var words = []string{
	"client_id", "redirect_uri", "nonce", "state", "scope", "response_type", "code", "code_challenge", "code_challenge_method", "S256",
	"urn:fosite-fapi:record", "urn:fosite-fapi:par", string(fosite.AuthorizeCode), string(fosite.AccessToken), string(fosite.RefreshToken),
	"openid", "profile", "email", "offline_access", "accounts",
}

var numbers = func() map[string]int64 {
	numbers := make(map[string]int64, len(words))
	for i, word := range words {
		numbers[word] = -int64(i) - 1
	}
	return numbers
}()

// A writer and a reader agree on the order of what they pack: a text is preceded by its length, a list by its number.
type (
	writer []byte
	reader string
)

func (w writer) number(n int64) writer { return binary.AppendVarint(w, n) }

func (r *reader) number() int64 {
	var raw [binary.MaxVarintLen64]byte
	n, size := binary.Varint(raw[:copy(raw[:], *r)])
	*r = (*r)[size:]
	return n
}

func (w writer) text(s string) writer {
	if n, ok := numbers[s]; ok {
		return w.number(n)
	}
	return append(w.number(int64(len(s))), s...)
}

func (r *reader) text() string {
	n := r.number()
	if n < 0 {
		return words[-n-1]
	}
	s := string((*r)[:n])
	*r = (*r)[n:]
	return s
}

func (w writer) texts(all []string) writer {
	w = w.number(int64(len(all)))
	for _, s := range all {
		w = w.text(s)
	}
	return w
}

func (r *reader) texts() []string {
	n := r.number()
	if n == 0 {
		return nil
	}
	all := make([]string, n)
	for i := range all {
		all[i] = r.text()
	}
	return all
}

func (w writer) time(t time.Time) writer { return w.number(t.Unix()).number(int64(t.Nanosecond())) }

func (r *reader) time() time.Time { return time.Unix(r.number(), r.number()).UTC() }

func (w writer) form(form url.Values) writer {
	w = w.number(int64(len(form)))
	for name, values := range form {
		w = w.text(name).texts(values)
	}
	return w
}

func (r *reader) form() url.Values {
	n := r.number()
	form := make(url.Values, n)
	for range n {
		name := r.text()
		form[name] = r.texts()
	}
	return form
}

func (w writer) session(s *grantSession) writer {
	w = w.text(s.Subject).text(s.Username).texts(s.UserInfo).number(int64(len(s.ExpiresAt)))
	for kind, at := range s.ExpiresAt {
		w = w.text(string(kind)).time(at)
	}
	c := s.IDToken
	if c == nil {
		return w.number(0)
	}
	return w.number(1).
		text(c.JTI).text(c.Issuer).text(c.Subject).text(c.Nonce).text(c.AccessTokenHash).
		text(c.AuthenticationContextClassReference).text(c.CodeHash).
		texts(c.Audience).texts(c.AuthenticationMethodsReferences).
		time(c.ExpiresAt).time(c.IssuedAt).time(c.RequestedAt).time(c.AuthTime)
}

func (r *reader) session() *grantSession {
	s := &grantSession{Session: &fapi.Session{Subject: r.text(), Username: r.text()}, UserInfo: r.texts()}
	for range r.number() {
		kind := fosite.TokenType(r.text())
		s.SetExpiresAt(kind, r.time())
	}
	if r.number() == 0 {
		return s
	}
	s.IDToken = &jwt.IDTokenClaims{
		JTI: r.text(), Issuer: r.text(), Subject: r.text(), Nonce: r.text(), AccessTokenHash: r.text(),
		AuthenticationContextClassReference: r.text(), CodeHash: r.text(),
		Audience: r.texts(), AuthenticationMethodsReferences: r.texts(),
		ExpiresAt: r.time(), IssuedAt: r.time(), RequestedAt: r.time(), AuthTime: r.time(),
	}
	return s
}
