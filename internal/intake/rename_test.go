package intake_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"traininghub/internal/application"
	"traininghub/internal/course"
	"traininghub/internal/decide"
	"traininghub/internal/intake"
	reading "traininghub/internal/office"
	"traininghub/internal/record"
)

// TestRenamedCourse: a course that gets another name, with the old one as an alias, keeps its sent
// applications and drafts.
func TestRenamedCourse(t *testing.T) {
	ctx := context.Background()
	b := newBoard(t, careers)
	waits, placed := b.apply(), b.apply()
	b.decide(b.lead, placed, b.accept())
	b.mailed()
	b.pass(time.Minute)
	today := reading.Period{From: course.DateOf(b.clock()), To: course.DateOf(b.clock())}
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
	listing, err := b.List(ctx, lead, reading.Filter{Course: now})
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
	if p, err := decide.Of(b.office.Desk).PlacesIn(ctx, now, "cohort-1"); err != nil || p.Taken != 1 {
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
	weekly := messagesOf(b.mailed(), reading.LetterDigest)
	if len(weekly) == 0 || !strings.Contains(weekly[0].Text, "2 for you") {
		t.Errorf("the weekly letter: %+v", weekly)
	}
	for _, ref := range []string{waits, later} {
		if _, _, problems, err := decide.Of(b.office.Desk).Decide(ctx, lead, ref, b.accept(), ""); err != nil || problems != nil {
			t.Errorf("%s cannot be decided: %v, %v", ref, problems, err)
		}
	}
	if letters := messagesOf(b.mailed(), application.LetterDecision); len(letters) != 2 {
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

// TestAnotherRound: when the course's file is used for the next round, or a cohort is taken out of
// it, somebody who was accepted keeps their dates and takes no place from others.
func TestAnotherRound(t *testing.T) {
	ctx := context.Background()
	b := newBoard(t, careers)
	c := b.Programme.Course(careers)
	first, second := b.apply(), b.apply()
	b.decide(b.lead, first, b.accept())
	dec := b.accept()
	dec.Cohort = "cohort-2"
	b.decide(b.lead, second, dec)
	b.mailed()
	said := func(ref string) string { return b.JoinsOn(b.now(ref)) }
	dates := map[string]string{first: said(first), second: said(second)}
	if !strings.HasPrefix(dates[first], "Tuesday 2 November 2021") ||
		!strings.HasPrefix(dates[second], "Thursday 27 January 2022") {
		t.Fatal(dates)
	}
	taken := func() (all []int) {
		t.Helper()
		places, err := decide.Of(b.office.Desk).Places(ctx, careers)
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range places {
			all = append(all, p.Taken)
		}
		return all
	}
	check := func(what string, want ...int) {
		t.Helper()
		for ref, was := range dates {
			if got := said(ref); got != was {
				t.Errorf("%s: %q, want %q", what, got, was)
			}
		}
		if got := taken(); !slices.Equal(got, want) {
			t.Errorf("%s: taken %v, want %v", what, got, want)
		}
	}
	check("as it was", 1, 1, 0)
	whole := slices.Clone(c.Cohorts)
	c.Cohorts = slices.Clone(whole[1:])
	for i := range c.Cohorts {
		c.Cohorts[i].ID = whole[i].ID
	}
	check("the first cohort is taken out", 1, 0)
	c.Cohorts = slices.Clone(whole)
	c.Cohorts[0].Workshops = slices.Clone(whole[0].Workshops)
	c.Cohorts[0].Workshops[2].Date.Day++
	if got := said(first); !strings.Contains(got, "Wednesday 24 November 2021") {
		t.Errorf("a workshop was moved: %q", got)
	}

	c.Year, c.Cohorts = "2022/23", slices.Clone(whole)
	for i := range c.Cohorts {
		c.Cohorts[i].Workshops = slices.Clone(whole[i].Workshops)
		for k := range c.Cohorts[i].Workshops {
			c.Cohorts[i].Workshops[k].Date.Year++
		}
	}
	check("another round", 0, 0, 0)
	a := b.now(first)
	if !b.Withdraws(a) {
		t.Error("cannot withdraw before the workshops are over")
	}
	b.pass(90 * 24 * time.Hour) // by now the first round's workshops are over
	if b.Withdraws(a) || !b.Withdraws(b.now(second)) {
		t.Error("whether one can withdraw follows another round's dates")
	}
	f, err := b.Figures(ctx, b.lead, false)
	if err != nil || f[0].Trained.N != 1 || f[0].Training.N != 1 {
		t.Errorf("%+v, want one trained and one in training; %v", f, err)
	}
	c.Deadline.Year++
	third, dec := b.apply(), b.accept()
	dec.Funding = "2022-11-17"
	if got := b.decide(b.lead, third, dec); got.Decision.Year != "2022/23" || !slices.Equal(taken(), []int{1, 0, 0}) {
		t.Errorf("accepted into the new round: %+v, taken %v", got.Decision, taken())
	}
}

// TestMootReminder: no letter asks anybody to continue a draft that cannot be sent any more or
// whose form is gone, and none stays owed.
func TestMootReminder(t *testing.T) {
	for what, change := range map[string]func(b *board){
		"the course has closed": func(b *board) { b.pass(26 * 24 * time.Hour) },
		"the form is gone":      func(b *board) { delete(b.Programme.Forms, careers) },
	} {
		b := newBoard(t, careers)
		key := b.begin()
		b.fill(key)
		change(b)
		b.pass(3 * time.Hour)
		if mail := b.mailed(); len(mail) != 0 {
			t.Errorf("%s: %s", what, mail[0].Text)
		}
		if late, err := record.LookOwed(context.Background(), b.Store, intake.Kinds, b.clock()); late.Waiting != 0 || err != nil {
			t.Errorf("%s: letters are owed: %+v; %v", what, late, err)
		}
		if due, err := b.Store.Due(context.Background(), intake.Kinds, b.clock().Add(24*time.Hour), 9); len(due) != 0 ||
			err != nil {
			t.Errorf("%s: a letter stays owed; %v", what, err)
		}
	}
}
