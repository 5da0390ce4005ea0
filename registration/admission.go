package registration

import (
	"context"
	"fmt"
)

// InitialAccess says who may register by an initial access token (RFC 7591 1.2, 3).
type InitialAccess interface {
	// Admit finds out what a token permits. A token that permits nothing is [ErrInitialToken]; another error means
	// that it can't be found out now. It must compare in constant time, or by a hash. It may be called concurrently.
	Admit(ctx context.Context, token string) (*Admission, error)
}

// An Admission is what an initial access token permits.
type Admission struct {
	// Holder says whose token it is, for the host's own use.
	Holder string
	// Spend uses the token up, when all else about the registration holds; of several at once it lets one pass, and
	// returns [ErrInitialToken] to the others. Nil: the token may be used again.
	Spend func(ctx context.Context) error
}

// InitialAccessFunc makes an [InitialAccess] of a function.
type InitialAccessFunc func(ctx context.Context, token string) (*Admission, error)

// Admit calls f.
func (f InitialAccessFunc) Admit(ctx context.Context, token string) (*Admission, error) {
	return f(ctx, token)
}

// InitialTokens admits whoever has one of a few tokens, which can be used again and do not expire. Those of less than 22
// characters, which have less than 128 bits, are an error, and so are none at all.
func InitialTokens(tokens ...string) (InitialAccess, error) {
	if len(tokens) == 0 {
		return nil, fmt.Errorf("registration: no initial access tokens")
	}
	hashes := make([]TokenHash, len(tokens))
	for i, token := range tokens {
		if len(token) < 22 || !isToken68(token) {
			return nil, fmt.Errorf("registration: initial access token %d must have 22 characters of RFC 6750 2.1 or more", i)
		}
		hashes[i] = HashToken(token)
	}
	return InitialAccessFunc(func(_ context.Context, token string) (*Admission, error) {
		found := false
		for _, h := range hashes {
			found = h.Matches(token) || found // each is compared
		}
		if !found {
			return nil, ErrInitialToken
		}
		return &Admission{}, nil
	}), nil
}
