package rar

import "slices"

// Cover says whether what is wanted for an access token is covered by what was granted, type by type (RFC 9396 6). The
// error is [ErrNotCovered], or [ErrType].
func (t *Types) Cover(granted, wanted Details) error {
	for _, kind := range wanted.Types() {
		covered, err := t.covers(kind, granted.Of(kind), wanted.Of(kind))
		if err != nil {
			return err
		}
		if !covered {
			return ErrNotCovered
		}
	}
	return nil
}

// Permit says whether a host may grant this where that was requested: a part of it, or what the type says may stand for it
// (RFC 9396 3, 7.1). The error is [ErrNotRequested], [ErrEnriched] or [ErrType].
func (t *Types) Permit(requested, granted Details) error {
	for _, kind := range granted.Types() {
		asked, given := requested.Of(kind), granted.Of(kind)
		if len(asked) == 0 {
			return ErrNotRequested
		}
		permitted, err := t.covers(kind, asked, given)
		if enriches := t.all[kind].Enriches; err == nil && !permitted && enriches != nil {
			permitted, err = guard(func() bool { return enriches(asked, given) })
		}
		if err != nil {
			return err
		}
		if !permitted {
			return ErrEnriched
		}
	}
	return nil
}

// covers compares objects of one type. Nothing covers anything where nothing was granted.
func (t *Types) covers(kind string, granted, wanted Details) (bool, error) {
	if len(granted) == 0 {
		return false, nil
	}
	covers, equal := t.all[kind].Covers, counted(granted, wanted)
	if equal || covers == nil {
		return equal, nil
	}
	return guard(func() bool { return covers(granted, wanted) })
}

// counted finds for each wanted object an equal one of its own: a payment that was granted once must not become two.
func counted(granted, wanted Details) bool {
	left := slices.Clone(granted)
	for _, one := range wanted {
		i := slices.IndexFunc(left, one.Equal)
		if i < 0 {
			return false
		}
		left = slices.Delete(left, i, i+1)
	}
	return true
}

// Each makes the Covers of a [Type]: every wanted object equals one that was granted, or is covered by one as the function
// says. One granted object may cover several; where that would be more than was granted, as with payments, leave Covers nil
// or count.
func Each(covers func(granted, wanted Detail) bool) func(granted, wanted Details) bool {
	return func(granted, wanted Details) bool {
		for _, one := range wanted {
			if !granted.holds(one) && !slices.ContainsFunc(granted, func(g Detail) bool { return covers(g, one) }) {
				return false
			}
		}
		return true
	}
}

// Subset is for [Each]: each list among the common fields is part of the granted one and not empty where that isn't, and
// everything else is equal. A list that was not granted, which may mean that all was, stays out.
func Subset(granted, wanted Detail) bool {
	if granted.kind != wanted.kind {
		return false
	}
	have, want := granted.members(), wanted.members()
	if len(have) != len(want) {
		return false
	}
	for _, m := range want {
		i := slices.IndexFunc(have, func(g member) bool { return g.name == m.name })
		if i < 0 || !within(m.name, have[i].value, m.value) {
			return false
		}
	}
	return true
}

// within says whether the value of a member is no more than the granted one.
func within(name, granted, wanted string) bool {
	switch name {
	case "locations", "actions", "datatypes", "privileges":
		all, some := texts(granted), texts(wanted)
		return (len(some) > 0 || len(all) == 0) && !slices.ContainsFunc(some, func(v string) bool { return !slices.Contains(all, v) })
	}
	return sameValue(granted, wanted)
}
