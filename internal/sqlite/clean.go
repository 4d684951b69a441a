package sqlite

import (
	"context"
	"time"
)

// cleanAgain is when to try again if a reader still needs the log.
const cleanAgain = 500 * time.Millisecond

// clean empties the write-ahead log after something was removed. The log still has the old pages,
// and SQLite would leave them there until other writes happen to cover them. In the file itself
// SQLite overwrites what is removed (secure_delete). A reader that began before the removal keeps
// the log from being emptied. Nobody waits for it: clean tries again until it succeeds or the store
// is closed.
func (s *Store) clean() {
	select {
	case s.turn <- struct{}{}:
	case <-s.closing: // the last program to close the file empties the log too
		return
	}
	emptied := s.emptyLog()
	<-s.turn
	if !emptied {
		time.AfterFunc(cleanAgain, s.clean)
	}
}

// emptyLog reports whether the log is empty now. The caller has the turn.
func (s *Store) emptyLog() bool {
	ctx := context.Background() // this takes no time worth mentioning
	conn, err := s.writer.Conn(ctx)
	if err != nil {
		return false
	}
	defer conn.Close()
	// Do not wait for other programs here, as the connection usually does: writers would wait too.
	if _, err := conn.ExecContext(ctx, "pragma busy_timeout = 0"); err != nil {
		return false
	}
	var busy, pages, done int
	err = conn.QueryRowContext(ctx, "pragma wal_checkpoint(truncate)").Scan(&busy, &pages, &done)
	_, wrong := conn.ExecContext(ctx, s.waits)
	return err == nil && wrong == nil && busy == 0
}
