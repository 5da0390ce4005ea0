package fapitest

import (
	"runtime"
	"sync/atomic"
	"testing"
)

// A probe is a test that may fail, in silence, without failing the one around it.
type probe struct {
	testing.TB
	failed atomic.Bool
}

// run tries test to its end, which may be early.
func (p *probe) run(test func()) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		defer func() {
			if recover() != nil {
				p.Fail()
			}
		}()
		test()
	}()
	<-done
}

func (p *probe) Failed() bool          { return p.failed.Load() }
func (p *probe) Fail()                 { p.failed.Store(true) }
func (p *probe) FailNow()              { p.Fail(); runtime.Goexit() }
func (p *probe) Error(...any)          { p.Fail() }
func (p *probe) Errorf(string, ...any) { p.Fail() }
func (p *probe) Fatal(...any)          { p.FailNow() }
func (p *probe) Fatalf(string, ...any) { p.FailNow() }
func (p *probe) Log(...any)            {}
func (p *probe) Logf(string, ...any)   {}
func (p *probe) Skip(...any)           { runtime.Goexit() }
func (p *probe) Skipf(string, ...any)  { runtime.Goexit() }
func (p *probe) SkipNow()              { runtime.Goexit() }
