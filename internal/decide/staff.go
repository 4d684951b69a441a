package decide

import (
	"context"
	"errors"
	"slices"

	"traininghub/internal/application"
	"traininghub/internal/record"
	"traininghub/internal/staff"
)

// ErrNoApplication: there is no such application, or the person may not see it. Nobody is told
// which.
var ErrNoApplication = errors.New("decide: no such application for this person")

// ErrOwn: it is the person's own application. Nobody decides on their own or reads what others of
// the staff note about it, though it is on the list like all others.
var ErrOwn = errors.New("decide: this person is the applicant")

// ErrCorrected: the person has corrected an answer of the application, so somebody else decides.
var ErrCorrected = errors.New("decide: this person has corrected the application")

// StaffEvent adds an event of the staff.
func (d *Desk) StaffEvent(a *application.Application, s *staff.Person, what, note string) {
	a.Events.Add(d.Now(), what, s.Who(staff.Course(a.Course)), note).By = s.Email
}

// forStaff returns the application with the reference, if it was sent and the person may see it;
// otherwise ErrNoApplication or ErrOwn.
func (d *Desk) forStaff(ctx context.Context, s *staff.Person, ref string) (*application.Application, error) {
	a, err := d.Get(ctx, ref)
	if errors.Is(err, record.ErrNotFound) || err == nil && (a.Document == nil ||
		!s.May(staff.Read, staff.Course(a.Course))) {
		return nil, ErrNoApplication
	}
	if err == nil && a.Document.Applicant.Is(s.Email) {
		return nil, ErrOwn
	}
	return a, err
}

// ForReview returns an application for a person who may see it and, if deciding, decides for its
// course.
func (d *Desk) ForReview(
	ctx context.Context, s *staff.Person, ref string, deciding bool,
) (*application.Application, error) {
	a, err := d.forStaff(ctx, s, ref)
	switch {
	case err != nil || !deciding:
	case !s.May(staff.Decide, staff.Course(a.Course)):
		return nil, ErrNoApplication
	case slices.ContainsFunc(a.Corrections, func(c application.Correction) bool { return c.By == s.Email }):
		return nil, ErrCorrected
	}
	return a, err
}

// StaffChange changes an application that was sent by one conditional write, if the person may see
// it and, for a decision, decides for its course. It calls f again when somebody else wrote first.
func (d *Desk) StaffChange(
	ctx context.Context, s *staff.Person, ref string, decides bool, f func(*application.Application) error,
) (*application.Application, error) {
	a, err := d.ForReview(ctx, s, ref, decides)
	if err != nil {
		return nil, err
	}
	if a, err = d.AmendRead(ctx, a, f); errors.Is(err, record.ErrNotFound) {
		return nil, ErrNoApplication // removed meanwhile
	}
	return a, err
}
