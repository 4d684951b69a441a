package intake

import (
	"context"
	"errors"
	"slices"
	"strings"

	"traininghub/internal/record"
)

// ErrNoApplication: there is no such application, or it is none of theirs. Nobody is told which.
var ErrNoApplication = errors.New("intake: no such application for this person")

// ErrOwn: it is the person's own application. Nobody decides on their own, nor reads what others of the staff note about it; it stands
// on the list as the others do.
var ErrOwn = errors.New("intake: this person is the applicant")

// Staff is somebody who may see applications: the lead or the deputy of a course, or the office. The editors' files say who, and
// they are asked each time.
type Staff struct {
	Name  string
	Email string
	Reads []string // courses whose applications they see, by id
	Leads []string // courses for which they decide, by id
}

// Staff is who signs in with the e-mail address; nil if nobody may.
func (d *Desk) Staff(email string) *Staff {
	s := &Staff{}
	is := func(name, at string) bool {
		if at == "" || !strings.EqualFold(at, email) {
			return false
		}
		s.Email, s.Name = at, name
		return true
	}
	office := false
	for _, o := range d.Office {
		office = is(o.Name, o.Email) || office
	}
	for _, c := range d.Programme.Courses {
		leads := is(c.Lead.Name, c.Lead.Email) || c.Deputy != nil && is(c.Deputy.Name, c.Deputy.Email)
		if leads {
			s.Leads = append(s.Leads, c.ID)
		}
		if leads || office {
			s.Reads = append(s.Reads, c.ID)
		}
	}
	if s.Email == "" {
		return nil
	}
	return s
}

// May tells whether they see applications for the course.
func (s *Staff) May(course string) bool { return slices.Contains(s.Reads, course) }

// Decides tells whether they decide for the course.
func (s *Staff) Decides(course string) bool { return slices.Contains(s.Leads, course) }

// Who is what events call them.
func (s *Staff) Who(course string) string {
	if s.Decides(course) {
		return "lead"
	}
	return "office"
}

// staffEvent adds an event of the staff.
func (d *Desk) staffEvent(a *Application, s *Staff, what, note string) {
	a.Events.Add(d.Now(), what, s.Who(a.Course), note).By = s.Email
}

// forStaff is the application with the reference, if it was sent and they may see it; else ErrNoApplication or ErrOwn.
func (d *Desk) forStaff(ctx context.Context, s *Staff, ref string) (*Application, error) {
	if !reference.MatchString(ref) {
		return nil, ErrNoApplication
	}
	a, err := d.get(ctx, ref)
	if errors.Is(err, record.ErrNotFound) || err == nil && (a.Document == nil || !s.May(a.Course) || d.expired(a)) {
		return nil, ErrNoApplication
	}
	if err == nil && a.Document.Applicant.Is(s.Email) {
		return nil, ErrOwn
	}
	return a, err
}

// staffChange changes an application that was sent by one conditional write, if they may see it and, for what decides, decide for
// its course. f is called again when somebody else was faster.
func (d *Desk) staffChange(ctx context.Context, s *Staff, ref string, decides bool, f func(*Application) error) (*Application, error) {
	a, err := d.ForReview(ctx, s, ref, decides)
	if err != nil {
		return nil, err
	}
	if a, err = d.write(ctx, a, f); errors.Is(err, record.ErrNotFound) {
		return nil, ErrNoApplication // removed since
	}
	return a, err
}
