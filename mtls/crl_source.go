package mtls

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"sync"
	"time"
)

// A source is a file or URL and the lists that were in it.
type source struct {
	name   string
	file   *file                                     // nil: a URL
	read   func(ctx context.Context) ([]byte, error) // errSame: a file hasn't changed since it was last read
	every  time.Duration
	grace  time.Duration
	failed func(string, error)
	now    func() time.Time

	mu     sync.Mutex
	lists  []*revocationList // those of the last good look; nil: none yet
	looked time.Time         // when the last look ended
	err    error             // of the last look
	flight chan struct{}     // closed when the look that goes on ends; nil: none does
}

var errSame = errors.New("as before")

// refresh starts a look at the source if it is due, or asked for, and none goes on. It returns what ends with that if it
// must be waited for, else nil.
func (s *source) refresh(ctx context.Context, now time.Time, ask bool) <-chan struct{} {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.flight == nil {
		if !ask && !s.due(now) {
			return nil
		}
		s.flight = make(chan struct{})
		// One caller's end must not be that of the others: a file is short, and a URL has its timeout.
		go s.look(context.WithoutCancel(ctx))
	}
	if ask || s.file != nil || !s.within(now, s.grace) {
		return s.flight
	}
	return nil
}

// due reports whether it is time to look again. The caller holds s.mu.
func (s *source) due(now time.Time) bool {
	pause := s.every
	if s.err != nil || !s.within(now, 0) {
		pause = min(pause, retryEvery)
	}
	// A clock that was set back must not put the next look off.
	return s.looked.IsZero() || now.Before(s.looked) || !now.Before(s.looked.Add(pause))
}

// within reports whether there are lists, all between their thisUpdate and their nextUpdate plus a grace. The caller holds s.mu.
func (s *source) within(now time.Time, grace time.Duration) bool {
	for _, l := range s.lists {
		if !l.current(now, grace) {
			return false
		}
	}
	return s.lists != nil
}

func (s *source) look(ctx context.Context) {
	document, err := s.read(ctx)
	var lists []*revocationList
	switch {
	case errors.Is(err, errSame):
		err = nil
	case err != nil:
		err = fmt.Errorf("%w: %s: %w", ErrSource, s.name, err)
	default:
		if lists, err = parseLists(document); err != nil {
			err = fmt.Errorf("%s: %w", s.name, err)
			if s.file != nil {
				s.file.seen = nil // what is wrong stays wrong until it is read well
			}
		}
	}
	if err != nil && s.failed != nil {
		s.failed(s.name, err)
	}

	s.mu.Lock()
	defer s.mu.Unlock()
	for _, l := range lists {
		l.succeed(s.lists)
	}
	if lists != nil {
		s.lists = lists
	}
	s.looked, s.err = s.now(), err
	close(s.flight)
	s.flight = nil
}

// of returns the lists of an issuer, by its encoded name.
func (s *source) of(issuer []byte) []*revocationList {
	s.mu.Lock()
	defer s.mu.Unlock()
	var found []*revocationList
	for _, l := range s.lists {
		if bytes.Equal(l.issuer, issuer) {
			found = append(found, l)
		}
	}
	return found
}

func (s *source) loaded() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.lists != nil
}

func (s *source) failure() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.err
}

// A file remembers what it was when it was read. One look at a time uses it.
type file struct {
	name  string
	limit int64
	seen  os.FileInfo
}

func (f *file) read(context.Context) ([]byte, error) {
	info, err := os.Stat(f.name)
	switch {
	case err != nil:
		return nil, err
	case !info.Mode().IsRegular():
		return nil, errors.New("not a regular file") // opening a pipe would wait for its other end
	case f.seen != nil && os.SameFile(f.seen, info) && f.seen.Size() == info.Size() && f.seen.ModTime().Equal(info.ModTime()):
		return nil, errSame
	}
	opened, err := os.Open(f.name)
	if err != nil {
		return nil, err
	}
	defer func() { _ = opened.Close() }() // nothing was written
	if info, err = opened.Stat(); err != nil {
		return nil, err
	}
	document, err := io.ReadAll(io.LimitReader(opened, f.limit+1))
	if err != nil {
		return nil, err
	}
	if int64(len(document)) > f.limit {
		return nil, fmt.Errorf("larger than %d bytes", f.limit)
	}
	f.seen = info
	return document, nil
}
