package office

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"traininghub/internal/application"
	"traininghub/internal/course"
	"traininghub/internal/intake"
	"traininghub/internal/record"
	"traininghub/internal/staff"
	"traininghub/internal/words"
)

const (
	// digestHour is when the weekly letter is owed on Mondays, by the clock in London.
	digestHour = 8
	// lateDays is how many working days an application must have waited for a decision before the
	// deputy gets the weekly letter too.
	lateDays = 10
)

// Remind owes the weekly letter once a week, from 8am on Monday. Call it every hour or so. It goes
// to each lead for whom an application waits, and to each deputy if one has waited for lateDays.
func (d *Desk) Remind(ctx context.Context) error {
	monday := lastMonday(d.Applications.Now())
	var asked []string
	var errs []error
	remind := func(email string, days int) {
		if slices.ContainsFunc(asked, func(e string) bool { return strings.EqualFold(e, email) }) {
			return
		}
		asked = append(asked, email)
		if err := d.remind(ctx, email, days, monday); err != nil {
			errs = append(errs, err)
		}
	}
	for _, c := range d.Applications.Programme.Courses { // first: who is also a deputy is reminded as a lead
		remind(c.Lead.Email, 0)
	}
	for _, c := range d.Applications.Programme.Courses {
		if c.Deputy != nil {
			remind(c.Deputy.Email, lateDays)
		}
	}
	return errors.Join(errs...)
}

// lastMonday is 8am in London on the last Monday.
func lastMonday(now time.Time) time.Time {
	now = now.In(course.London)
	back := (int(now.Weekday()) + 6) % 7
	if back == 0 && now.Hour() < digestHour {
		back = 7
	}
	return time.Date(now.Year(), now.Month(), now.Day()-back, digestHour, 0, 0, 0, course.London).UTC()
}

// remind owes somebody the letter of the week if an application has waited for them that many
// working days.
func (d *Desk) remind(ctx context.Context, email string, days int, monday time.Time) error {
	return d.Door().Weekly(ctx, email, LetterDigest, monday, func(person *staff.Person) (bool, error) {
		_, theirs, longest, err := d.waiting(ctx, person)
		return theirs != "" && longest >= days, err
	})
}

// words returns what the hub calls people.
func (d *Desk) words() words.Words { return words.Of(d.Applications.Hub) }

// digestFields returns what the weekly letter says.
func (d *Desk) digestFields(ctx context.Context, s *staff.Person) (map[string]string, error) {
	counts, theirs, _, err := d.waiting(ctx, s)
	review := d.Applications.BaseURL + "/review/"
	return map[string]string{"review": review, "waiting": counts, "waiting.for-you": theirs}, err
}

// waiting says in lines of text how many applications of each course that they lead wait for whom,
// and lists those that wait for them; both are "" if none do. longest is how many working days one
// has waited for them.
func (d *Desk) waiting(ctx context.Context, s *staff.Person) (counts, theirs string, longest int, err error) {
	const most = 200 // lines in a letter
	var lines, refs []string
	parties := []struct {
		application.Party
		who string
	}{{application.Lead, "for you"}, {application.Practice, d.words().Say("for the {employer}")}, {application.Applying, "for the applicant"}}
	more := 0
	for _, id := range s.Where(staff.Decide, staff.Courses) {
		c := d.Applications.Programme.Course(id)
		if c == nil {
			continue
		}
		var parts []string
		for _, p := range parties {
			n, oldest := 0, 0
			for rec, err := range d.Applications.Shelved(ctx, shelvesOf(id, p.Party),
				record.Range{Kind: record.Application}) {
				if err != nil {
					return "", "", 0, fmt.Errorf("counting what waits: %w", err)
				}
				days := course.WorkingDays(rec.Since, d.Applications.Now())
				if n++; n == 1 {
					oldest = days
				}
				if p.Party != application.Lead {
					continue
				}
				longest = max(longest, days)
				if len(refs) < most {
					refs = append(refs, fmt.Sprintf("- %s: %s", rec.ID, intake.WorkingDays(days)))
				} else {
					more++
				}
			}
			if n > 0 {
				waited := "the oldest for "
				if n == 1 {
					waited = "for "
				}
				parts = append(parts, fmt.Sprintf("- %d %s, %s%s", n, p.who, waited, intake.WorkingDays(oldest)))
			}
		}
		if len(parts) > 0 {
			lines = append(lines, c.Title+":\n"+strings.Join(parts, "\n"))
		}
	}
	if more > 0 {
		refs = append(refs, fmt.Sprintf("- and %d more", more))
	}
	return strings.Join(lines, "\n\n"), strings.Join(refs, "\n"), longest, nil
}

// shelvesOf returns a course's shelves of applications that wait for somebody.
func shelvesOf(course string, waiting application.Party) (all []string) {
	for _, is := range application.States {
		if is.Waiting == waiting {
			all = append(all, application.ShelfOf(course, is.Name))
		}
	}
	return all
}
