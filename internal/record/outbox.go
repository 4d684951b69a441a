package record

import (
	"errors"
	"slices"
	"time"
)

// An Outbox holds the letters that a record owes and those that it has sent. It is part of the
// record's document, so a letter is owed by the same write that gives the reason for it. It
// stands in the document's JSON as "letters", where [LookOwed] finds it.
type Outbox []Letter

// lease is how long a worker has to make, send and mark a letter before another may try.
const lease = 5 * time.Minute

// Due is when the earliest letter is due; zero if none is owed.
func (o Outbox) Due() time.Time {
	var due time.Time
	for _, l := range o {
		if l.IsOwed() && (due.IsZero() || l.Due.Before(due)) {
			due = l.Due
		}
	}
	return due
}

// Owe adds a letter that is due at an instant. The id must be unique in the record.
func (o *Outbox) Owe(id, name string, due time.Time) {
	due = due.UTC()
	*o = append(*o, Letter{ID: id, Name: name, Owed: due, Due: due})
}

// Move makes the letter with the name due at another instant if it was not tried yet, and tells
// whether there is one.
func (o Outbox) Move(name string, due time.Time) bool {
	i := slices.IndexFunc(o, func(l Letter) bool { return l.Name == name && l.Attempts == 0 && l.IsOwed() })
	if i >= 0 {
		o[i].Owed, o[i].Due = due.UTC(), due.UTC()
	}
	return i >= 0
}

// putOff has letters wait until the instants by their ids, unless they do so for longer already.
func (o Outbox) putOff(until map[string]time.Time) {
	for i := range o {
		if t := until[o[i].ID]; o[i].IsOwed() && o[i].Due.Before(t) {
			o[i].Due = t
		}
	}
}

// Has tells whether there is a letter of which f is true.
func (o Outbox) Has(f func(Letter) bool) bool { return slices.ContainsFunc(o, f) }

// Drop takes out the letters of which f is true.
func (o *Outbox) Drop(f func(Letter) bool) { *o = slices.DeleteFunc(*o, f) }

// Lease gives the first letter that is due to one worker alone, and drops those that are due and
// shall not go any more. It returns nil if none is due; changed tells whether there is something to
// write. The record's id and the host make the Message-ID.
func (o *Outbox) Lease(now time.Time, id, host string, dropped func(Letter) bool) (l *Letter, changed bool) {
	due := func(l Letter) bool { return l.IsOwed() && !now.Before(l.Due) }
	owed := len(*o)
	o.Drop(func(l Letter) bool { return due(l) && dropped(l) })
	i := slices.IndexFunc(*o, due)
	if i < 0 {
		return nil, len(*o) < owed
	}
	l = &(*o)[i]
	l.Due, l.Error, l.Refused = now.Add(lease), "", false // no error while it may be going
	l.Attempts++
	if l.MessageID == "" {
		l.MessageID = "<" + id + "." + l.ID + "@" + host + ">"
	}
	return l, true
}

// Mark notes that a letter was sent, or why not. It returns false if there is no such letter any
// more. A letter that was refused ([Refusal]) is tried again once a day: what refuses it can be
// mended.
func (o Outbox) Mark(id string, now time.Time, failed error) bool {
	i := slices.IndexFunc(o, func(l Letter) bool { return l.ID == id })
	if i < 0 {
		return false
	}
	l := &o[i]
	switch refusal := (*Refusal)(nil); {
	case failed == nil:
		l.Sent, l.Error = now, ""
	case errors.Is(failed, errSlow): // it was not tried
		l.Due, l.Attempts = now.Add(slowAgain), max(0, l.Attempts-1)
	case errors.As(failed, &refusal):
		l.Due, l.Error, l.Refused = now.Add(24*time.Hour), failed.Error(), true
	default:
		l.Due, l.Error = now.Add(l.wait(now)), failed.Error()
	}
	return true
}

// Again makes a letter due that failed or was given up, and tells whether there is one. One that
// may be going at this moment is left alone: its lease would be lost.
func (o Outbox) Again(id string, now time.Time) bool {
	i := slices.IndexFunc(o, func(l Letter) bool { return l.ID == id && l.Failed() })
	if i >= 0 {
		o[i].Due, o[i].GivenUp = now.UTC(), time.Time{}
	}
	return i >= 0
}

// GiveUp notes that a letter is not tried again.
func (o Outbox) GiveUp(id string, now time.Time) {
	if i := slices.IndexFunc(o, func(l Letter) bool { return l.ID == id }); i >= 0 {
		o[i].GivenUp = now
	}
}
