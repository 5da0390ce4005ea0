// Package faults lets one list of checks serve two purposes: to refuse at the first thing wrong, and to find everything
// that is.
package faults

import "slices"

// A List is what was found wrong, in the order in which it was. A nil *List is for those who refuse: it keeps nothing.
type List []error

// Stop decides whether checks go on after one of them returned err. A nil List returns err, so that its caller does
// too. Any other notes err, once, and returns nil.
func (l *List) Stop(err error) error {
	if l == nil || err == nil {
		return err
	}
	if !slices.ContainsFunc(*l, func(known error) bool { return known.Error() == err.Error() }) {
		*l = append(*l, err)
	}
	return nil
}

// With returns the list, and the error at which the checks could not go on, if there is one.
func (l List) With(err error) []error {
	_ = l.Stop(err) // noted
	return l
}
