package record

import (
	"errors"
	"slices"
	"time"
)

// An Outbox holds the letters that a record owes and those that it has sent. It is part of the
// record's document, so the write that gives the reason for a letter also makes it owed. In the
// document's JSON it is called "letters", which is where [LookOwed] finds it.
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

// Owe adds a letter that is due at the given time. The id must be unique in the record.
func (o *Outbox) Owe(id, name string, due time.Time) {
	due = due.UTC()
	*o = append(*o, Letter{ID: id, Name: name, Owed: due, Due: due})
}

// Move changes when the letter with the name is due, if it was not tried yet. It returns false if
// there is no such letter.
func (o Outbox) Move(name string, due time.Time) bool {
	i := slices.IndexFunc(o, func(l Letter) bool { return l.Name == name && l.Attempts == 0 && l.IsOwed() })
	if i >= 0 {
		o[i].Owed, o[i].Due = due.UTC(), due.UTC()
	}
	return i >= 0
}

// putOff makes letters wait until the given times, by their ids. A letter that already waits longer
// is left alone.
func (o Outbox) putOff(until map[string]time.Time) {
	for i := range o {
		if t := until[o[i].ID]; o[i].IsOwed() && o[i].Due.Before(t) {
			o[i].Due = t
		}
	}
}

// Has reports whether there is a letter for which f returns true.
func (o Outbox) Has(f func(Letter) bool) bool { return slices.ContainsFunc(o, f) }

// Drop removes the letters for which f returns true.
func (o *Outbox) Drop(f func(Letter) bool) { *o = slices.DeleteFunc(*o, f) }

// Lease gives the first letter that is due to one worker alone, and drops due letters that must not
// be sent any more. It returns nil if none is due; changed reports whether there is something to
// write. The Message-ID is made of the record's id and the host.
func (o *Outbox) Lease(now time.Time, id, host string, dropped func(Letter) bool) (l *Letter, changed bool) {
	due := func(l Letter) bool { return l.IsOwed() && !now.Before(l.Due) }
	owed := len(*o)
	o.Drop(func(l Letter) bool { return due(l) && dropped(l) })
	i := slices.IndexFunc(*o, due)
	if i < 0 {
		return nil, len(*o) < owed
	}
	l = &(*o)[i]
	l.Due, l.Error, l.Refused = now.Add(lease), "", false // it shows no error while it may be on its way
	l.Attempts++
	if l.MessageID == "" {
		l.MessageID = "<" + id + "." + l.ID + "@" + host + ">"
	}
	return l, true
}

// Mark notes that a letter was sent, or why not. It returns false if the letter is gone. A refused
// letter ([Refusal]) is tried again once a day, because somebody may mend what refuses it.
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

// Again makes a letter due that failed or was given up. It returns false if there is none. A letter
// that may be on its way at this moment is left alone, because its lease would be lost.
func (o Outbox) Again(id string, now time.Time) bool {
	i := slices.IndexFunc(o, func(l Letter) bool { return l.ID == id && l.Failed() })
	if i >= 0 {
		o[i].Due, o[i].GivenUp = now.UTC(), time.Time{}
	}
	return i >= 0
}

// GiveUp notes that a letter will not be tried again.
func (o Outbox) GiveUp(id string, now time.Time) {
	if i := slices.IndexFunc(o, func(l Letter) bool { return l.ID == id }); i >= 0 {
		o[i].GivenUp = now
	}
}
