package intake_test

import (
	"errors"
	"testing"
	"time"

	"traininghub/internal/course"
	"traininghub/internal/intake"
)

// TestLeft: somebody who leaves in a section has to come back to it, even if nothing is wrong with
// it. The device cannot see the draft any more, but can have the link mailed again.
func TestLeft(t *testing.T) {
	o := newOffice(t, "career-conversations")
	ctx, key := t.Context(), o.begin()
	o.fill(key)
	s := &o.def.Sections[1]
	a, err := o.SaveLeft(ctx, o.def, key, s, answers(s))
	if err != nil {
		t.Fatal(err)
	}
	if gaps := a.Answers.Gaps(o.def, o.clock().In(course.London)); len(gaps) != 1 || gaps[0].Section.ID != s.ID {
		t.Errorf("gaps %v", gaps)
	}
	if _, err := o.Left(ctx, o.def, key); !errors.Is(err, intake.ErrNoDraft) {
		t.Errorf("left before leaving: %v", err)
	}
	for range 2 {
		if email, _, err := o.Leave(ctx, o.def, key); err != nil || email != "angharad@example.org" {
			t.Fatal(email, err)
		}
		if mails := o.mailed(); len(mails) != 1 {
			t.Errorf("%d letters", len(mails))
		}
		if _, err := o.Draft(ctx, o.def, key); !errors.Is(err, intake.ErrNoDraft) {
			t.Errorf("the draft opens: %v", err)
		}
		if _, err := o.Left(ctx, o.def, key); err != nil {
			t.Error(err)
		}
		if _, err := o.Save(ctx, o.def, key, s, answers(s)); !errors.Is(err, intake.ErrNoDraft) {
			t.Errorf("the draft is saved: %v", err)
		}
	}
	o.pass(20 * time.Hour)
	if _, err := o.Left(ctx, o.def, key); !errors.Is(err, intake.ErrNoDraft) {
		t.Errorf("the next day: %v", err)
	}
}
