package intake_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"traininghub/internal/behind"
	"traininghub/internal/crossing"
	"traininghub/internal/decide"
	"traininghub/internal/form"
	"traininghub/internal/intake"
	"traininghub/internal/record"
	"traininghub/internal/record/recordtest"
	"traininghub/internal/register"
)

// other stands for the store of mentoring.
type other struct {
	came []crossing.Accepted
	shut error
}

func (o *other) Put(_ context.Context, m crossing.Message) error {
	if o.shut != nil {
		return o.shut
	}
	if err := m.Check(); err != nil {
		return err
	}
	o.came = append(o.came, m.(crossing.Accepted))
	return nil
}

// TestCrossing: the store of mentoring is told of an application once it is accepted, and later of
// changes that it has to know. It is told nothing earlier, and nothing about other courses.
func TestCrossing(t *testing.T) {
	b := newBoard(t, mentors)
	ctx := context.Background()
	gate := &other{shut: errors.New("it does not answer")}
	b.Mentoring = &intake.Crossing{Gate: gate, Courses: []string{mentors}}
	key := b.begin()
	b.fill(key)
	ref := b.send(key).Reference
	follow, _ := b.follow(b.mailed())
	if len(gate.came) > 0 || b.now(ref).Letters.Has(func(l record.Letter) bool { return l.Name == "accepted-to-mentoring" }) {
		t.Fatal("told before the decision")
	}
	b.decide(b.lead, ref, b.accept())
	b.mailed()
	gate.shut = nil
	b.mailed()
	if len(gate.came) > 0 {
		t.Fatal("tried again at once")
	}
	b.pass(2 * time.Minute)
	b.mailed()
	b.mailed()
	if len(gate.came) != 1 {
		t.Fatalf("told %d times", len(gate.came))
	}
	first := gate.came[0]
	a := b.now(ref)
	want := crossing.Accepted{
		Reference: ref, Version: first.Version, Course: mentors, Name: a.Document.Applicant.Name, Number: a.Document.Applicant.Key(),
		Email: "angharad@example.org", Practice: a.Document.Normal("practice-code"), Sessions: a.Document.Normal("clinical-sessions"),
		Day: "2021-09-20",
	}
	if first != want || want.Practice == "" || want.Sessions == "" || first.Version < 2 {
		t.Errorf("told %+v, want %+v", first, want)
	}

	// Mentoring need not know about these changes.
	if problems, err := decide.Of(b.office.Desk).AddNote(ctx, b.lead, ref, "Rang back"); problems != nil || err != nil {
		t.Fatal(problems, err)
	}
	b.mailed()
	if problems, err := b.corrections().Own(ctx, follow, "referee-email", 1, form.Values{"referee-email": "new@example.org"}); problems != nil || err != nil {
		t.Fatal(problems, err)
	}
	b.mailed()
	b.pass(24 * time.Hour)
	if _, problems, err := decide.Of(b.office.Desk).Reopen(ctx, b.lead, ref, 0, "Taken back"); problems != nil ||
		err != nil {
		t.Fatal(problems, err)
	}
	b.mailed()
	b.pass(24 * time.Hour)
	b.decide(b.lead, ref, b.accept())
	b.mailed()
	type said struct {
		day, withdrawn crossing.Day
	}
	var got []said
	last := int64(0)
	for _, m := range gate.came {
		got = append(got, said{m.Day, m.Withdrawn})
		if m.Version <= last {
			t.Errorf("version %d comes after %d", m.Version, last)
		}
		last = m.Version
	}
	if wanted := []said{{"2021-09-20", ""}, {"2021-09-20", "2021-09-21"}, {"2021-09-22", ""}}; !slices.Equal(got, wanted) {
		t.Errorf("told %v, want %v", got, wanted)
	}
	b.sound()

	w := newBoard(t, mentors)
	w.Mentoring, gate.came = b.Mentoring, nil
	ref = w.apply()
	follow, _ = w.follow(w.mailed())
	w.decide(w.lead, ref, w.accept())
	w.mailed()
	if err := w.Withdraw(ctx, follow); err != nil {
		t.Fatal(err)
	}
	w.mailed()
	if n := len(gate.came); n != 2 || gate.came[0].Withdrawn != "" || gate.came[1].Withdrawn != "2021-09-20" {
		t.Errorf("of an application that was withdrawn: %+v", gate.came)
	}

	o := newBoard(t, careers)
	o.Mentoring = &intake.Crossing{Gate: gate, Courses: []string{mentors}}
	gate.came = nil
	o.decide(o.lead, o.apply(), o.accept())
	o.mailed()
	if len(gate.came) > 0 {
		t.Errorf("told of another course: %+v", gate.came)
	}
}

// TestRegister: with the real content, somebody accepted for the mentor training gets a record on
// the register with what the application says. The record goes when the decision is taken back.
func TestRegister(t *testing.T) {
	b := newBoard(t, mentors)
	walled := behind.Open(&intake.Desk{Store: &recordtest.Memory{}, Programme: b.Programme, Now: b.clock, BaseURL: b.BaseURL,
		MailFrom: b.MailFrom, Hub: facts, Log: b.Log}, nil)
	b.Mentoring = &intake.Crossing{Gate: walled.Mentors, Courses: b.Programme.MentorCourses()}
	ref := b.apply()
	b.decide(b.lead, ref, b.accept())
	b.mailed()
	b.mailed()
	m, err := walled.Mentors.ByEmail(t.Context(), "angharad@example.org")
	if err != nil {
		t.Fatal(err)
	}
	who := b.now(ref).Document
	if m.State() != register.Draft || m.Reference != ref || m.Person.Name != who.Applicant.Name || m.Person.Number != who.Applicant.Key() ||
		m.Person.Practice != who.Normal("practice-code") || m.Person.Sessions.Each != who.Normal("clinical-sessions") {
		t.Errorf("the register has %s, %+v", m.State(), m.Person)
	}
	if _, problems, err := decide.Of(b.office.Desk).Reopen(t.Context(), b.lead, ref, 0, "Taken back"); problems != nil || err != nil {
		t.Fatal(problems, err)
	}
	b.mailed()
	if m, err = walled.Mentors.Get(t.Context(), m.ID); err != nil || m.State() != register.Left {
		t.Errorf("taken back, the mentor is %q (%v)", m.State(), err)
	}
}
