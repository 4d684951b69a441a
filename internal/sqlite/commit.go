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

// maxGroup is how many writes can share a commit. It limits what has to be done again after a
// failure.
const maxGroup = 64

// A write is one call of a method that writes.
type write struct {
	// do makes the change in a transaction shared with other writes. If its condition does not
	// hold, it returns a miss, which is an answer and does not affect the others. If it returns
	// err, the whole transaction is undone.
	do     func(*sql.Tx) (miss, err error)
	miss   error
	answer chan error // buffered
}

// write makes a change together with the writes that are waiting, and returns its answer. No
// goroutine does the writing. A caller who finds the store free commits a group, with its own write
// first. Callers who come meanwhile wait for the next turn, or for another caller who gets it.
//
// Once its write is in a group the caller waits even if ctx is done, because otherwise nobody could
// tell what became of it.
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

// lead commits w and the writes that wait with it. Then it is the next caller's turn.
func (s *Store) lead(w *write) {
	defer func() { <-s.turn }()
	s.commit(s.gather(w))
}

// gather adds to w the writes that are already waiting.
func (s *Store) gather(w *write) []*write {
	runtime.Gosched() // a caller just answered may have its next write ready; if there is none, this returns at once
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

// commit makes the group durable together, or else each write separately, and answers all of them.
func (s *Store) commit(group []*write) {
	err := s.transact(group)
	// If another program held the lock for too long, each single write would wait just as long.
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

// ErrMoved: the open file was moved away, or replaced by another. Anything written now would be
// lost when the program ends.
var ErrMoved = errors.New("another file stands in the place of the database: stop the hub, and start it again")

// moved returns ErrMoved if the name no longer leads to the open file.
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
	return s.moved() // if it was moved meanwhile, do not report the write as safe
}

// A commitError is a failure while the log is written and flushed. If the flush failed, the whole
// commit may already be in the log. SQLite forgets it, but after a crash before the next write it
// would count.
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

// primary is SQLite's result code without its extension; 0 for an error that is not SQLite's.
func primary(err error) int {
	if e, ok := errors.AsType[interface {
		error
		Code() int
	}](err); ok {
		return e.Code() & 0xff
	}
	return 0
}
