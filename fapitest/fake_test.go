package fapitest_test

import (
	"fmt"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

// A fake is a test that may fail without failing the one around it.
type fake struct {
	testing.TB
	failures []string
}

func (f *fake) Helper()                   {}
func (f *fake) Failed() bool              { return len(f.failures) > 0 }
func (f *fake) Errorf(s string, a ...any) { f.failures = append(f.failures, fmt.Sprintf(s, a...)) }
func (f *fake) Fatalf(s string, a ...any) { f.Errorf(s, a...); f.FailNow() }
func (f *fake) FailNow()                  { runtime.Goexit() }

// failures are how a test fails that would be this.
func failures(t *testing.T, test func(tb testing.TB)) string {
	t.Helper()
	f := &fake{TB: t}
	done := make(chan struct{})
	go func() {
		defer close(done)
		test(f)
	}()
	<-done
	return strings.Join(f.failures, "\n")
}

// fails wants a test to fail, and to say this of why.
func fails(t *testing.T, says string, test func(tb testing.TB)) {
	t.Helper()
	said := failures(t, test)
	if assert.NotEmpty(t, said, "passes, and should not") {
		assert.Contains(t, said, says)
	}
}

// passes wants a test to pass.
func passes(t *testing.T, test func(tb testing.TB)) {
	t.Helper()
	assert.Empty(t, failures(t, test))
}
