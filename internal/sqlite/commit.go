package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"runtime"

	code "modernc.org/sqlite/lib"

	"traininghub/internal/record"
)

// maxGroup is how many writes share a commit at most. It bounds what one failure makes us do again.
const maxGroup = 64

// A write is one call of a method that writes.
type write struct {
	// do makes the change in a transaction that others share. A condition that does not hold is a
	// miss: an answer, which neighbours need not care about. After err, nothing of the transaction
	// stays.
	do     func(*sql.Tx) (miss, err error)
	miss   error
	answer chan error // buffered
}

// write makes a change together with those that wait, and returns its answer. There is no goroutine
// that writes: who finds the store free commits a group, its own write first, and those who come
// meanwhile wait for the next turn, or for the one of them who gets it.
//
// Once the write is in a group, the caller waits even if ctx is done, as it could not be told what
// became of it.
func (s *Store) write(ctx context.Context, do func(*sql.Tx) (miss, err error)) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	w := &write{do: do, answer: make(chan error, 1)}
	select {
	case s.turn <- struct{}{}:
		s.lead(w)
		return <-w.answer
	case s.writes <- w:
		return <-w.answer
	case <-ctx.Done():
		return ctx.Err()
	case <-s.closing:
		return fmt.Errorf("sqlite: %w: the file is closed", record.ErrBusy)
	}
}

// lead commits w and those that wait with it. Then it is the next caller's turn.
func (s *Store) lead(w *write) {
	defer func() { <-s.turn }()
	s.commit(s.gather(w))
}

// gather adds to w those that are waiting, and waits for none.
func (s *Store) gather(w *write) []*write {
	runtime.Gosched() // who has just been answered may have the next write ready; alone, it returns at once
	group := []*write{w}
	for len(group) < maxGroup {
		select {
		case w := <-s.writes:
			group = append(group, w)
		default:
			return group
		}
	}
	return group
}

// commit makes the group durable together, or else each by itself, and answers all of them.
func (s *Store) commit(group []*write) {
	err := s.transact(group)
	// Who waited in vain for another program's lock would do so again, once for each.
	if err != nil && len(group) > 1 && !locked(err) {
		for i := range group {
			s.commit(group[i : i+1])
		}
		return
	}
	for _, w := range group {
		if err != nil {
			w.answer <- named(err)
		} else {
			w.answer <- w.miss
		}
	}
}

// ErrMoved: the file was moved away, or another one put in its place, while it is open. What would
// be written then would be gone when the program ends.
var ErrMoved = errors.New("another file stands in the place of the database: stop the hub, and start it again")

// moved tells whether the file that is open is no more the one that has its name.
func (s *Store) moved() error {
	now, err := os.Stat(s.path)
	if err != nil || !os.SameFile(now, s.file) {
		return ErrMoved
	}
	return nil
}

func (s *Store) transact(group []*write) error {
	if err := s.moved(); err != nil {
		return err
	}
	tx, err := s.writer.Begin()
	if err != nil {
		return err
	}
	defer tx.Rollback() // does nothing after a commit
	for _, w := range group {
		if w.miss, err = w.do(tx); err != nil {
			return err
		}
	}
	if err := tx.Commit(); err != nil {
		return &commitError{err}
	}
	return s.moved() // in the meantime: then nobody is told that it is safe
}

// A commitError is a failure while the log is written and flushed. If that was the flush, the whole
// commit may stand in the log: SQLite forgets it, but after a crash before the next write it would
// count.
type commitError struct{ error }

func (e *commitError) Unwrap() error { return e.error }

// named adds [record.ErrBusy] to errors after which nothing was written and a later try may
// succeed.
func named(err error) error {
	switch primary(err) {
	case code.SQLITE_IOERR:
		if _, ok := errors.AsType[*commitError](err); ok {
			break
		}
		fallthrough
	case code.SQLITE_FULL, code.SQLITE_BUSY, code.SQLITE_LOCKED, code.SQLITE_PROTOCOL,
		code.SQLITE_CANTOPEN, code.SQLITE_READONLY, code.SQLITE_NOMEM:
		return fmt.Errorf("sqlite: %w: %w", record.ErrBusy, err)
	}
	return fmt.Errorf("sqlite: %w", err)
}

func locked(err error) bool { return primary(err) == code.SQLITE_BUSY }

// primary is SQLite's result code without its extension, or 0 for an error of another origin.
func primary(err error) int {
	if e, ok := errors.AsType[interface {
		error
		Code() int
	}](err); ok {
		return e.Code() & 0xff
	}
	return 0
}
