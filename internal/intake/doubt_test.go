package intake_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"traininghub/internal/application"
	"traininghub/internal/form"
	"traininghub/internal/intake"
)

// fewer sends an application with 2 clinical sessions although its form expects 3, and returns it
// with the link to the practice.
func (o *office) fewer() (a *application.Application, link string) {
	o.t.Helper()
	ctx, key := o.t.Context(), o.begin()
	o.fill(key)
	s, _ := o.def.Section("your-practice")
	v := answers(s)
	v["clinical-sessions"] = "2"
	if _, err := o.Save(ctx, o.def, key, s, v); err != nil {
		o.t.Fatal(err)
	}
	a = o.send(key)
	return a, practiceLink(o.t, o.mailed())
}

const fewerSays = "Clinical sessions a week, “2”: The scheme is for GPs who do at least 3 clinical sessions a " +
	"week, or agree to do them. The practice says whether this is so now, or from which day it is agreed."

// TestDoubtIsSeen: a doubt about an answer that the applicant did not change is shown in the lead's
// letter and copy and in what the practice signs, but in no copy for the applicant. The practice
// says from which day the sessions are agreed, and everybody can read that.
func TestDoubtIsSeen(t *testing.T) {
	o := newOffice(t, mentors)
	ctx := t.Context()
	a, link := o.fewer()
	doubts := a.Doubts()
	if len(doubts) != 1 || doubts[0].String() != fewerSays || doubts[0].Section != "your-practice" {
		t.Fatalf("doubts %v", doubts)
	}
	if got := a.Copy(true).Check.Lines; !slices.Contains(got, fewerSays) {
		t.Errorf("the lead's copy says %q", got)
	}
	if got := a.Copy(false).Text(); strings.Contains(got, "The scheme is for GPs who do") {
		t.Errorf("the applicant's copy says %q", got)
	}
	if !a.Brief().Flagged {
		t.Error("the list does not mark it")
	}
	shown := a.Authorisation.Shown
	if !slices.Equal(shown.Doubts, doubts) || shown.Agreed == "" {
		t.Errorf("the practice is shown %+v", shown)
	}
	without := shown
	if without.Doubts = nil; string(without.Sum()) == string(shown.Sum()) {
		t.Error("what the practice signs does not hold the doubts that it saw")
	}

	v := form.Values{"answer": intake.Agree, "name": "Pat Manager", "role": "Practice manager"}
	if _, problems, err := o.Authorise(ctx, link, v, shown.Sum()); err != nil || len(problems) != 1 ||
		problems[0].Input != "from-day" {
		t.Fatalf("agreed from no day: %+v, %v", problems, err)
	}
	v["from-day"], v["from-month"], v["from-year"] = "1", "11", "2021"
	if _, problems, err := o.Authorise(ctx, link, v, shown.Sum()); err != nil || problems != nil {
		t.Fatal(problems, err)
	}
	a, err := o.Get(ctx, a.Reference)
	if err != nil || !a.Authorisation.Answer.Confirmed || a.Authorisation.Answer.From != "2021-11-01" {
		t.Fatalf("answer %+v, %v", a.Authorisation.Answer, err)
	}
	const from = "agreed from Monday 1 November 2021"
	receipt := o.mailed()[0].Text
	if !strings.Contains(receipt, fewerSays) || !strings.Contains(receipt, "The day is Monday 1 November 2021.") {
		t.Errorf("the receipt says\n%s", receipt)
	}
	o.pass(time.Hour) // the hour in which the practice can take its answer back
	var lead, applicant string
	for _, m := range o.mailed() {
		switch {
		case strings.Contains(m.To, "angharad@"):
			applicant = m.Text
		default:
			lead = m.Text
		}
	}
	if !strings.Contains(lead, from) || !strings.Contains(lead, fewerSays) || !strings.Contains(applicant, from) {
		t.Errorf("the letters say\n%s\nand\n%s", lead, applicant)
	}
	part := a.Copy(true).Parts[0]
	if part.Statement != shown.Agreed || part.Items[1].Answer != "Monday 1 November 2021" {
		t.Errorf("the copy says %+v", part)
	}
	if report := o.audit(nil); len(report.Wrong) > 0 {
		t.Errorf("the audit finds %v", report.Wrong)
	}
}

// TestDoubtsOfOld: an application from before doubts were stored shows them while somebody has to
// decide, without a change to its chain. Once it is decided it shows none.
func TestDoubtsOfOld(t *testing.T) {
	o := newOffice(t, mentors)
	ctx := t.Context()
	a, _ := o.fewer()
	if err := o.ChangeForTest(a.Reference, application.EventViewed, func(a *application.Application) {
		a.Document.Doubts, a.Authorisation.Shown.Doubts = nil, nil
	}); err != nil {
		t.Fatal(err)
	}
	r, err := o.store.Get(ctx, a.Reference)
	if err != nil || strings.Contains(string(r.Data), "doubt") {
		t.Fatalf("the old record knows doubts: %s, %v", r.Data, err)
	}
	if a, err = o.Get(ctx, a.Reference); err != nil || len(a.Doubts()) != 1 || a.Doubts()[0].String() != fewerSays {
		t.Errorf("doubts %v, %v", a.Doubts(), err)
	}
	if report := o.audit(nil); len(report.Wrong) > 0 {
		t.Errorf("the audit finds %v", report.Wrong)
	}
	if err := o.DecideForTest(a.Reference, application.Decision{Accepted: true, Cohort: "cohort-1"}); err != nil {
		t.Fatal(err)
	}
	if a, err = o.Get(ctx, a.Reference); err != nil || len(a.Doubts()) != 0 || a.Document.Doubts != nil {
		t.Errorf("decided: doubts %v, %v", a.Doubts(), err)
	}
}
