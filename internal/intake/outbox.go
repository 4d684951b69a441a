package intake

import (
	"slices"
	"time"
)

// An Outbox are the letters that a record owes and has sent.
type Outbox []Letter

// lease is how long a worker has to make, send and mark a letter before another may try.
const lease = 5 * time.Minute

// due is when the earliest letter is due; zero if none is owed.
func (o Outbox) due() time.Time {
	var due time.Time
	for _, l := range o {
		if l.Sent.IsZero() && (due.IsZero() || l.Due.Before(due)) {
			due = l.Due
		}
	}
	return due
}

// lease gives the first letter that is due to one worker alone, and drops those that are due and shall not go any more. It
// returns nil if none is due; changed tells whether there is something to write. The record's id and the host make the Message-ID.
func (o *Outbox) lease(now time.Time, id, host string, dropped func(Letter) bool) (l *Letter, changed bool) {
	due := func(l Letter) bool { return l.Sent.IsZero() && !now.Before(l.Due) }
	owed := len(*o)
	*o = slices.DeleteFunc(*o, func(l Letter) bool { return due(l) && dropped(l) })
	i := slices.IndexFunc(*o, due)
	if i < 0 {
		return nil, len(*o) < owed
	}
	l = &(*o)[i]
	l.Due, l.Error = now.Add(lease), "" // no error while it may be going
	l.Attempts++
	if l.MessageID == "" {
		l.MessageID = "<" + id + "." + l.ID + "@" + host + ">"
	}
	return l, true
}

// mark notes that a letter was sent, or why not. It returns false if there is no such letter any more.
func (o Outbox) mark(id string, now time.Time, failed error) bool {
	i := slices.IndexFunc(o, func(l Letter) bool { return l.ID == id })
	if i < 0 {
		return false
	}
	l := &o[i]
	if failed != nil {
		l.Due, l.Error = now.Add(wait(l, now)), failed.Error()
	} else {
		l.Sent, l.Error = now, ""
	}
	return true
}

// wait is how long to wait before a letter is tried again: a minute, two, four, up to an hour, and after
// three days a day. It is never given up while its record is kept.
func wait(l *Letter, now time.Time) time.Duration {
	switch {
	case now.Sub(l.Owed) > 3*24*time.Hour:
		return 24 * time.Hour
	case l.Attempts > 6:
		return time.Hour
	}
	return time.Minute << max(0, l.Attempts-1)
}
