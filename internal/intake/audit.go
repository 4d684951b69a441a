package intake

import (
	"bytes"
	"encoding/json"
	"slices"
	"time"

	"traininghub/internal/application"
	"traininghub/internal/record"
)

// Check returns what is wrong with the record of an application, in words without personal data; ""
// if nothing is. earlier is the end of its chain as an earlier audit noted it, nil if none did.
// head is the end now, nil for a draft.
func (d *Desk) Check(r record.Record, earlier *record.Head) (head *record.Head, what string) {
	a := &application.Application{}
	if json.Unmarshal(r.Data, a) != nil {
		return nil, "its document cannot be read"
	}
	if a.Reference != r.ID {
		return nil, "its document is that of another application"
	}
	if what := a.Events.Fault(a.Reference, a.Says); what != "" {
		return nil, what
	}
	if d.misplaced(r, a) {
		return nil, "it stands where it does not belong: on a list, with a course, or to be found by something else"
	}
	if what := d.beside(r, a); what != "" {
		return nil, what
	}
	if what := d.wrongScan(a); what != "" {
		return nil, what
	}
	sent := sentSum(a)
	if was := earlier; was != nil && (!bytes.Equal(was.Sent, sent) || len(a.Events) < was.Events ||
		!bytes.Equal(was.Sum, a.Events[was.Events-1].Sum)) {
		return nil, "its chain was written anew since the earlier audit"
	}
	if silenced(a, r.Due) {
		return nil, "a letter about it was taken out of the outbox, put off, or marked as sent"
	}
	if sent == nil {
		return nil, ""
	}
	return &record.Head{Sent: sent, Events: len(a.Events), Sum: a.Events[len(a.Events)-1].Sum}, ""
}

// beside returns what is wrong with the fields that are stored beside the chain and follow from it;
// "" if nothing is.
func (d *Desk) beside(r record.Record, a *application.Application) string {
	if a.Document == nil {
		return ""
	}
	if !slices.Equal(a.Flags, a.Document.Flags) {
		return "its flags are not those with which it was sent"
	}
	if !r.Expires.IsZero() && !a.IsMarked() {
		return "it has a time at which the store would remove it"
	}
	if r.Shelf == "" {
		return ""
	}
	var line application.Brief
	if json.Unmarshal(r.Brief, &line) != nil || line.Status != a.Status() ||
		!line.Received.Equal(a.Document.Received) ||
		line.Name != "" && line.Name != a.Document.Applicant.Name {
		return "its line in the lists does not say what it says"
	}
	return ""
}

// misplaced reports whether the record of a sent application is on another shelf than the
// application says. People of another course could then see it, or nobody could.
func (d *Desk) misplaced(r record.Record, a *application.Application) bool {
	if a.Document == nil {
		return false
	}
	is := record.Record{Status: string(a.Status()), Course: a.Course}
	if a.IsMarked() && a.Removal() == nil {
		is.Status = record.Marked
	}
	d.index(&is, a)
	return d.Programme.Current(a.Course) != d.Programme.Current(a.Document.Course.ID) || r.Course != is.Course ||
		r.Status != is.Status || r.Shelf != is.Shelf || r.Number != is.Number || r.Email != is.Email ||
		r.Since.UnixMilli() != is.Since.UnixMilli()
}

// silenced reports whether letters about a sent application were kept from going. due is when the
// store will have it looked at next, which may be before its letters are due. The chain does not
// cover the letters, but it shows that each one went. Letters that are only owed while something
// lasts, such as reminders, may be missing.
func silenced(a *application.Application, due time.Time) bool {
	if a.Document == nil || a.Removal() != nil || a.IsMarked() {
		return false
	}
	if next := a.Letters.Due(); !next.IsZero() && (due.IsZero() || due.UnixMilli() > next.UnixMilli()) {
		return true
	}
	names := []string{application.LetterToLead, application.LetterToApplicant}
	if a.Document.Paper != nil {
		names[1] = application.LetterPaper
	}
	switch a.Status() {
	case application.Accepted:
		names = append(names, application.LetterAccepted, application.LetterDecision)
	case application.Declined:
		names = append(names, application.LetterDeclined, application.LetterDecision)
	}
	for _, name := range names {
		if !a.Letters.Has(func(l record.Letter) bool { return l.Name == name }) {
			return true
		}
	}
	if a.PracticeIs(application.PracticeAsked, application.PracticeUnreached) &&
		!a.Letters.Has(func(l record.Letter) bool {
			return l.Name == application.LetterAuthorise && !l.Owed.Before(a.Authorisation.Asked)
		}) {
		return true
	}
	return a.Letters.Has(func(l record.Letter) bool {
		return !l.Sent.IsZero() && !isMessage(l) && !slices.ContainsFunc(a.Events,
			func(e record.Event) bool { return e.What == application.EventSent && e.Note == l.ID })
	})
}
