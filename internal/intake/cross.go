package intake

import (
	"bytes"
	"context"
	"errors"
	"slices"
	"strconv"
	"time"

	"traininghub/internal/application"
	"traininghub/internal/course"
	"traininghub/internal/crossing"
	"traininghub/internal/record"
)

// A Crossing is the way to the store of mentoring. That store is told of applications for courses
// that train mentors once they are accepted, and of each change from then on.
type Crossing struct {
	Gate    crossing.Gate // only for the program that hands over; the others only owe
	Courses []string      // ids
}

// messageAccepted is the name of the message that is owed to the store of mentoring. It is not a
// letter.
const messageAccepted = "accepted-to-mentoring"

// accepted returns what the store of mentoring is to know of an application; ok is false if that is
// nothing, because it was never accepted. Once its decision was taken back or it was withdrawn, an
// application is no longer accepted from that day on.
func (d *Desk) accepted(a *application.Application) (m crossing.Accepted, ok bool) {
	if a.Document == nil {
		return m, false
	}
	day, withdrawn := crossing.Day(""), crossing.Day("")
	for _, e := range a.Events {
		switch e.What {
		case application.EventAccepted:
			day, withdrawn = crossing.DayOf(e.At, course.London), ""
		case application.EventReopened, application.EventWithdrawn:
			if day != "" && withdrawn == "" {
				withdrawn = crossing.DayOf(e.At, course.London)
			}
		}
	}
	who := a.Document.Applicant
	m = crossing.Accepted{
		Reference: a.Reference, Course: a.Course, Name: who.Name, Number: who.Key(), Email: who.Email, Day: day, Withdrawn: withdrawn,
	}
	if def := d.Programme.Forms[a.Form]; def != nil {
		if q := def.Asking("practicecode"); q != nil {
			m.Practice = a.Document.Normal(q.ID)
		}
		if def.Sessions != "" {
			m.Sessions = a.Document.Normal(def.Sessions)
		}
	}
	return m, day != ""
}

// tell owes the store of mentoring what it does not know yet of an application. It is called before
// each write, so no change is forgotten.
func (d *Desk) tell(a *application.Application, now time.Time) error {
	if d.Mentoring == nil || !slices.Contains(d.Mentoring.Courses, a.Course) || a.Removal() != nil || a.IsMarked() {
		return nil
	}
	m, ok := d.accepted(a)
	if !ok {
		return nil
	}
	sum, err := record.Sum(m)
	if err != nil || bytes.Equal(sum, a.Told) {
		return err
	}
	a.Told = sum
	if !a.Letters.Move(messageAccepted, now) {
		a.Letters.Owe(messageAccepted+"-"+strconv.FormatInt(a.Version(), 10), messageAccepted, now)
	}
	return nil
}

// pass hands over what is owed but is not a letter.
func (d *Desk) pass(ctx context.Context, a *application.Application, l record.Letter) (passed bool, err error) {
	if l.Name != messageAccepted {
		return false, nil
	}
	if d.Mentoring == nil || d.Mentoring.Gate == nil {
		return true, errors.New("there is no way to the store of mentoring")
	}
	m, ok := d.accepted(a)
	if !ok {
		return true, nil // it was accepted once, so this does not happen
	}
	m.Version = a.Version()
	return true, d.Mentoring.Gate.Put(ctx, m)
}

// isMessage reports whether what is owed is a message, not a letter.
func isMessage(l record.Letter) bool { return l.Name == messageAccepted }
