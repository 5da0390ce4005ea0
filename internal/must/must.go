// Package must is for what can't fail where it stands: the making of a key or of a token in a test. It panics, so that
// nothing of it may be on the way of a request.
package must

// Get returns v, and panics if there is an error.
func Get[T any](v T, err error) T {
	Do(err)
	return v
}

// Do panics if there is an error.
func Do(err error) {
	if err != nil {
		panic(err)
	}
}
