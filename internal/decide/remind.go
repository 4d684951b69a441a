package decide

import (
	"context"
	"errors"
	"time"

	"traininghub/internal/application"
	"traininghub/internal/intake"
	"traininghub/internal/record"
	"traininghub/internal/staff"
)

// remindedFor is how long after a reminder no other one can be sent by hand.
const remindedFor = 24 * time.Hour

// Reasons why no reminder was sent by hand.
var (
	ErrNobodyToRemind = errors.New("decide: nobody has to be reminded")
	ErrReminded       = errors.New("decide: they were written to within a day")
)

// Chase sends the next reminder now instead of later, or another one: to the practice that was
// asked, or to an applicant who has to agree to the terms. Within a day of such a letter it returns
// ErrReminded, so a second click sends nothing.
func (d *Desk) Chase(ctx context.Context, s *staff.Person, ref string) (*application.Application, error) {
	return d.StaffChange(ctx, s, ref, false, func(a *application.Application) error {
		letter := a.Reminder()
		if letter == "" {
			return ErrNobodyToRemind
		}
		now := d.Now().UTC()
		if a.Letters.Has(func(l record.Letter) bool {
			recent := l.Owed.After(now.Add(-remindedFor)) && !l.Owed.After(now) || l.Sent.After(now.Add(-remindedFor))
			return recent &&
				(l.Name == letter || letter == application.LetterReminder && l.Name == application.LetterAuthorise)
		}) {
			return ErrReminded
		}
		a.LeaveRoom(intake.Spare)
		a.Owe(letter, now, now)
		d.StaffEvent(a, s, application.EventReminded, letter)
		return nil
	})
}
