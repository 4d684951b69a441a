package sqlite

import (
	"context"
	"time"
)

// cleanAgain is when to try again if a reader still needed the log.
const cleanAgain = 500 * time.Millisecond

// clean empties the write-ahead log after something was removed: it still has the pages of before,
// and SQLite would leave them there until other writes happen to cover them. In the file itself
// SQLite overwrites what is removed (secure_delete). A reader that began before the removal keeps
// the log from being emptied: nobody waits for it, and it is tried again until it succeeds or the
// store is closed.
func (s *Store) clean() {
	select {
	case s.turn <- struct{}{}:
	case <-s.closing: // the last to close the file empties the log, too
		return
	}
	emptied := s.emptyLog()
	<-s.turn
	if !emptied {
		time.AfterFunc(cleanAgain, s.clean)
	}
}

// emptyLog tells whether the log is empty now. The caller has the turn.
func (s *Store) emptyLog() bool {
	ctx := context.Background() // it takes no time that anybody would wait for
	conn, err := s.writer.Conn(ctx)
	if err != nil {
		return false
	}
	defer conn.Close()
	// The connection waits for others as it was opened to; here that would hold up whoever writes.
	if _, err := conn.ExecContext(ctx, "pragma busy_timeout = 0"); err != nil {
		return false
	}
	var busy, pages, done int
	err = conn.QueryRowContext(ctx, "pragma wal_checkpoint(truncate)").Scan(&busy, &pages, &done)
	_, wrong := conn.ExecContext(ctx, s.waits)
	return err == nil && wrong == nil && busy == 0
}
