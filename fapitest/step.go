package fapitest

import (
	"github.com/stretchr/testify/require"

	"github.com/fosite-fapi/fosite-fapi/registration"
)

// A Step does something with a server and returns the last answer. The steps of this package, [Push] and so on, run
// what comes before their own message as usual, and change that message alone. Any other is a function of one's own:
//
//	func(s *fapitest.Server) *fapitest.Answer {
//		code := s.Code()
//		return s.As("client-b").Redeem(code)
//	}
type Step func(s *Server) *Answer

// Push sends a pushed authorization request.
func Push(m ...Mutation) Step {
	return func(s *Server) *Answer { s.Helper(); return s.Push(m...) }
}

// ByValue opens the authorization endpoint with the whole request.
func ByValue(m ...Mutation) Step {
	return func(s *Server) *Answer { s.Helper(); return s.ByValue(m...) }
}

// Visit opens the authorization endpoint with a request that was pushed; the user decides at once.
func Visit(m ...Mutation) Step {
	return func(s *Server) *Answer { s.Helper(); return s.Visit(s.RequestURI(), m...) }
}

// Authorize changes the authorization request, and goes on to the answer of the authorization endpoint.
func Authorize(m ...Mutation) Step {
	return func(s *Server) *Answer { s.Helper(); return s.Pushing(m...).Authorize() }
}

// Redeem exchanges the code.
func Redeem(m ...Mutation) Step {
	return func(s *Server) *Answer { s.Helper(); return s.Redeem(s.Code(), m...) }
}

// Flow changes the authorization request, and goes on to the tokens.
func Flow(m ...Mutation) Step {
	return func(s *Server) *Answer { s.Helper(); return s.Redeem(s.Pushing(m...).Code()) }
}

// ClientCredentials asks for a token of the client's own.
func ClientCredentials(m ...Mutation) Step {
	return func(s *Server) *Answer { s.Helper(); return s.ClientCredentials(m...) }
}

// Refresh uses the refresh token.
func Refresh(m ...Mutation) Step {
	return func(s *Server) *Answer { s.Helper(); return s.Refresh(s.Tokens().Text("refresh_token"), m...) }
}

// Introspect asks what the access token is.
func Introspect(m ...Mutation) Step {
	return func(s *Server) *Answer { s.Helper(); return s.Introspect(s.Tokens().Text("access_token"), m...) }
}

// Revoke gives the access token up.
func Revoke(m ...Mutation) Step {
	return func(s *Server) *Answer { s.Helper(); return s.Revoke(s.Tokens().Text("access_token"), m...) }
}

// Resource uses the access token.
func Resource(m ...Mutation) Step {
	return func(s *Server) *Answer { s.Helper(); return s.Resource(s.Tokens().Text("access_token"), m...) }
}

// As lets another client do the step.
func (do Step) As(id string) Step {
	return func(s *Server) *Answer { s.Helper(); return do(s.As(id)) }
}

// Pushing changes the authorization request that comes before the step.
func (do Step) Pushing(m ...Mutation) Step {
	return func(s *Server) *Answer { s.Helper(); return do(s.Pushing(m...)) }
}

// Registered changes the registration of the acting client before the step; see [Server.Registration].
func (do Step) Registered(change func(*registration.Client)) Step {
	return func(s *Server) *Answer {
		s.Helper()
		change(s.Registration(s.Acting.ID))
		return do(s)
	}
}

// By lets another user decide during the step. It needs [Server.User].
func (do Step) By(user User) Step {
	return func(s *Server) *Answer {
		s.Helper()
		require.NotNil(s, s.User, "the host's own interaction decides here")
		before := *s.User
		defer func() { *s.User = before }()
		if user.session == nil {
			user.session = before.session
		}
		*s.User = user
		return do(s)
	}
}

// Denied lets the user, or the host for her, decide against the client: by fosite.ErrAccessDenied, for example.
func (do Step) Denied(reason error) Step { return do.By(User{Denies: reason}) }

// Granted lets the user grant these scopes, whatever was requested.
func (do Step) Granted(scopes ...string) Step { return do.By(User{Scopes: scopes}) }

// Twice does the step two times on one server.
func (do Step) Twice() Step {
	return func(s *Server) *Answer { s.Helper(); do(s); return do(s) }
}

// Then goes on from the answer of the step, which must not be a refusal.
func (do Step) Then(next func(s *Server, a *Answer) *Answer) Step {
	return func(s *Server) *Answer {
		s.Helper()
		a := do(s)
		require.Less(s, a.Status, 400, string(a.Body))
		return next(s, a)
	}
}
