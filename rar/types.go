package rar

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
)

// A Type is what an API defines of one value of type (RFC 9396 2.1). Its functions may run concurrently, and must not write
// to what they are given.
type Type struct {
	// Name is the value of type: in ASCII, and a URL where others could choose the same one. Required.
	Name string

	// Validate judges an object of the type, requested or granted; [Struct] makes it of a Go struct. Its error refuses the
	// request; the text reaches the log alone, and holds no value. nil: the object has the common fields and no others.
	Validate func(ctx context.Context, d Detail) error

	// Covers says whether what was granted covers what is wanted for an access token, of this type (RFC 9396 6.1): all of
	// what is wanted passed Validate. [Each] makes it of a comparison of two objects. nil: each wanted object equals one
	// that was granted, and each of those counts once.
	Covers func(granted, wanted Details) bool

	// Enriches says whether what was granted, of this type, may stand for what was requested, though that does not cover
	// it: with the accounts that the user chose, for example (RFC 9396 7.1). nil: no.
	Enriches func(requested, granted Details) bool

	// ConcernsAudience says whether an object is the business of a resource server of this audience. nil: those with
	// locations where one of these is in the audience, or is a URL below one that is; those without are everyone's.
	ConcernsAudience func(d Detail, audience []string) bool
}

// Types are those that a server knows. The zero value knows none. It is safe for concurrent use.
type Types struct {
	all   map[string]Type
	names []string
}

// NewTypes returns the types in the order given. The error is [ErrType]: one without a name, or two with the same.
func NewTypes(types ...Type) (*Types, error) {
	t := &Types{all: make(map[string]Type, len(types))}
	for _, one := range types {
		if one.Name == "" || t.all[one.Name].Name != "" {
			return nil, fmt.Errorf("%w: %q is no name, or that of two types", ErrType, one.Name)
		}
		t.all[one.Name], t.names = one, append(t.names, one.Name)
	}
	return t, nil
}

// Names are the values of authorization_details_types_supported (RFC 9396 10).
func (t *Types) Names() []string { return slices.Clone(t.names) }

// Empty says whether there are none.
func (t *Types) Empty() bool { return len(t.names) == 0 }

// Knows says whether there is such a type.
func (t *Types) Knows(name string) bool { return t.all[name].Name != "" }

// Validate judges each object by its type (RFC 9396 5). The error is [ErrUnknownType] or [ErrInvalid]; [ErrType] where the
// type's own function panicked.
func (t *Types) Validate(ctx context.Context, all Details) error {
	for i, d := range all {
		kind := t.all[d.kind]
		if kind.Name == "" {
			return fmt.Errorf("%w: entry %d", ErrUnknownType, i)
		}
		if err := kind.judge(ctx, d); err != nil {
			return fmt.Errorf("entry %d: %w", i, err)
		}
	}
	return nil
}

var common = Struct[Common](nil)

func (t Type) judge(ctx context.Context, d Detail) (err error) {
	validate := t.Validate
	if validate == nil {
		validate = common
	}
	if _, guarded := guard(func() bool { err = validate(ctx, d); return true }); guarded != nil {
		return guarded
	}
	if err != nil && !errors.Is(err, ErrInvalid) {
		err = fmt.Errorf("%w: %w", ErrInvalid, err)
	}
	return err
}

// guard calls a function of the host's, whose panic must not end more than the request. What it panicked with may quote a
// value, as those of functions named Must do, unless it is the runtime's (RAR-23).
func guard(f func() bool) (ok bool, err error) {
	defer func() {
		if cause := recover(); cause != nil {
			text := fmt.Sprintf("%T", cause)
			if own, is := cause.(runtime.Error); is {
				text = own.Error()
			}
			ok, err = false, fmt.Errorf("%w: panic: %s", ErrType, text)
		}
	}()
	return f(), nil
}
