package intake_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"traininghub/internal/course"
	"traininghub/internal/intake"
)

// TestRenamedCourse: a course that gets another name, with the old one as an alias, keeps its applications: those that were sent, and drafts.
func TestRenamedCourse(t *testing.T) {
	ctx := context.Background()
	b := newBoard(t, careers)
	waits, placed := b.apply(), b.apply()
	b.decide(b.lead, placed, b.accept())
	b.mailed()
	b.pass(time.Minute)
	today := intake.Period{From: course.DateOf(b.clock()), To: course.DateOf(b.clock())}
	if n, err := b.Export(ctx, &strings.Builder{}, b.lead, careers, today, "before"); n != 2 || err != nil {
		t.Fatal(n, err)
	}
	first, err := b.Audit(ctx, nil)
	if err != nil || first.Wrong != nil {
		t.Fatal(first.Wrong, err)
	}
	draft := b.begin()
	b.fill(draft)

	const now = "talking-careers"
	c := b.Programme.Course(careers)
	c.ID, c.Aliases, b.def.Course = now, []string{"/courses/" + careers + "/"}, now
	later := b.send(draft).Reference

	lead := b.Staff(c.Lead.Email)
	audit := func(when string) {
		t.Helper()
		if found, err := b.Audit(ctx, first.Heads); err != nil || found.Wrong != nil {
			t.Errorf("the audit %s: %v, %v", when, found.Wrong, err)
		}
	}
	audit("after the course was renamed")
	listing, err := b.List(ctx, lead, intake.Filter{Course: now})
	if err != nil || len(listing.Lines) != 3 {
		t.Errorf("%d in the list, want 3; %v", len(listing.Lines), err)
	}
	for _, l := range listing.Lines {
		if l.Course != now {
			t.Errorf("%s is listed for %s", l.Reference, l.Course)
		}
	}
	if found, _, err := b.Search(ctx, lead, "7654321"); len(found) != 3 || err != nil {
		t.Errorf("%d found, want 3; %v", len(found), err)
	}
	if p, err := b.PlacesIn(ctx, now, "cohort-1"); err != nil || p.Taken != 1 {
		t.Errorf("%+v, want 1 taken; %v", p, err)
	}
	if f, err := b.Figures(ctx, lead, false); err != nil || f[0].Received.N != 3 {
		t.Errorf("%+v, want 3 received; %v", f, err)
	}
	var table strings.Builder
	if n, err := b.Export(ctx, &table, lead, now, today, "after"); n != 3 || err != nil {
		t.Errorf("%d exported, want 3; %v", n, err)
	}
	if all, err := b.Exports(ctx, lead, 9); len(all) != 2 || err != nil {
		t.Errorf("%d exports in the journal, want 2; %v", len(all), err)
	}
	b.pass(7 * 24 * time.Hour)
	if err := b.Remind(ctx); err != nil {
		t.Fatal(err)
	}
	weekly := messagesOf(b.mailed(), intake.LetterDigest)
	if len(weekly) == 0 || !strings.Contains(weekly[0].Text, "2 for you") {
		t.Errorf("the weekly letter: %+v", weekly)
	}
	for _, ref := range []string{waits, later} {
		if _, _, problems, err := b.Decide(ctx, lead, ref, b.accept(), ""); err != nil || problems != nil {
			t.Errorf("%s cannot be decided: %v, %v", ref, problems, err)
		}
	}
	if letters := messagesOf(b.mailed(), intake.LetterDecision); len(letters) != 2 {
		t.Errorf("%d letters with the decision, want 2", len(letters))
	}
	audit("after decisions")
	p, err := b.Person(ctx, "7654321", "")
	if err != nil || len(p.Applications) != 3 || len(p.Exports) != 2 {
		t.Errorf("of the person: %d applications, %d exports; %v", len(p.Applications), len(p.Exports), err)
	}
	b.pass(20 * 366 * 24 * time.Hour)
	for range 3 {
		b.mailed()
	}
	if f, err := b.Figures(ctx, lead, false); err != nil || f[0].Received.N != 3 || f[0].Accepted.N != 3 {
		t.Errorf("%+v, want 3 received and accepted after removal; %v", f, err)
	}
}
