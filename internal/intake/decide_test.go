package intake_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os/exec"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"traininghub/internal/application"
	"traininghub/internal/course"
	"traininghub/internal/decide"
	"traininghub/internal/form"
	"traininghub/internal/intake"
	"traininghub/internal/record"
	"traininghub/internal/staff"
)

const (
	careers = "career-conversations"
	mentors = "supporting-mentors"
)

// board is an office with a lead of the course, a deputy, and a member of the office.
type board struct {
	*office
	lead, deputy, reader *staff.Person
}

func newBoard(t *testing.T, formID string) *board {
	t.Helper()
	o := newOffice(t, formID)
	c := o.Programme.Course(formID)
	c.Deputy = &course.Contact{Name: "Dee Deputy", Email: "deputy@example.org"}
	o.Office = []course.Contact{{Name: "Olu Office", Email: "office@example.org"}}
	return &board{o, o.Staff(c.Lead.Email), o.Staff("deputy@example.org"), o.Staff("office@example.org")}
}

// apply sends an application and returns its reference.
func (b *board) apply() string {
	b.t.Helper()
	key := b.begin()
	b.fill(key)
	return b.send(key).Reference
}

// answer lets the practice answer.
func (b *board) answer(v form.Values) {
	b.t.Helper()
	for _, m := range b.mailed() {
		link := regexp.MustCompile(`/practice/(\S+)`).FindStringSubmatch(m.Text)
		if link == nil {
			continue
		}
		a, err := b.PracticePage(context.Background(), link[1])
		if err != nil {
			b.t.Fatal(err)
		}
		if _, problems, err := b.Authorise(context.Background(), link[1], v, a.Authorisation.Shown.Sum()); err != nil ||
			problems != nil {
			b.t.Fatal(problems, err)
		}
		return
	}
	b.t.Fatal("no letter to the practice")
}

func (b *board) accept() application.Decision {
	return application.Decision{Accepted: true, Cohort: "cohort-1", Funding: "2021-11-17", Paper: true,
		Name: "Lee Lead"}
}

func (b *board) decline() application.Decision {
	return application.Decision{Reason: b.def.DeclineReasons[0].Label, Text: "Ask us again in spring.",
		Name: "Dee Deputy"}
}

func (b *board) decide(s *staff.Person, ref string, dec application.Decision) *application.Application {
	b.t.Helper()
	a, _, problems, err := decide.Of(b.office.Desk).Decide(context.Background(), s, ref, dec, "")
	if err != nil || problems != nil {
		b.t.Fatal(problems, err)
	}
	return a
}

func (b *board) now(ref string) *application.Application {
	b.t.Helper()
	a, err := decide.Of(b.office.Desk).ForReview(context.Background(), b.lead, ref, false)
	if err != nil {
		b.t.Fatal(err)
	}
	return a
}

func texts(problems []form.Problem) string {
	var all []string
	for _, p := range problems {
		all = append(all, p.Input+": "+p.Text)
	}
	return strings.Join(all, "\n")
}

// TestDecideRules: what a decision must contain, and what is said about it when something is
// missing.
func TestDecideRules(t *testing.T) {
	b := newBoard(t, mentors)
	ref := b.apply()
	with := func(dec application.Decision, change func(*application.Decision)) application.Decision {
		change(&dec)
		return dec
	}
	other := b.def.DeclineReasons[slices.IndexFunc(b.def.DeclineReasons,
		func(o form.Option) bool { return o.ID == decide.OtherReason })].Label
	for _, c := range []struct {
		name string
		dec  application.Decision
		want string
	}{
		{"nothing", application.Decision{},
			"reason: Select the reason for declining\nname: Enter your full name to sign"},
		{"acceptance of nothing", application.Decision{Accepted: true},
			"cohort: Select the cohort that the applicant joins\nfunding-day: Enter the date for funding to start\npaper: Confirm that the practice confirmed in another way, or wait until it does\nname: Enter your full name to sign"},
		{"cohort that is none", with(b.accept(), func(d *application.Decision) { d.Cohort = "cohort-9" }),
			"cohort: Select the cohort that the applicant joins"},
		{"day that is none", with(b.accept(), func(d *application.Decision) { d.Funding = "2021-11-31" }),
			"funding-day: Enter the date for funding to start"},
		{"date in words", with(b.accept(), func(d *application.Decision) { d.Funding = "17 November 2021" }),
			"funding-day: Enter the date for funding to start"},
		{"before it was received", with(b.accept(), func(d *application.Decision) { d.Funding = "2021-09-19" }),
			"funding-day: The date for funding to start must be on or after 20 September 2021, when the application was received"},
		{"on the day", with(b.accept(), func(d *application.Decision) { d.Funding = "2021-09-20" }), ""},
		{"two years ahead", with(b.accept(), func(d *application.Decision) { d.Funding = "2023-09-20" }), ""},
		{"more than two years ahead", with(b.accept(), func(d *application.Decision) { d.Funding = "2023-09-21" }),
			"funding-day: The date for funding to start must be on or before 20 September 2023"},
		{"practice has not confirmed", with(b.accept(), func(d *application.Decision) { d.Paper = false }),
			"paper: Confirm that the practice confirmed in another way, or wait until it does"},
		{"own reason", with(b.decline(), func(d *application.Decision) { d.Reason = "We do not like it." }),
			"reason: Select the reason for declining"},
		{"another reason without words", with(b.decline(), func(d *application.Decision) {
			d.Reason, d.Text = other,
				" \n"
		}), "text: Tell the applicant the reason"},
		{"reason without words", with(b.decline(), func(d *application.Decision) { d.Text = "" }), ""},
		{"long words", with(b.decline(), func(d *application.Decision) { d.Text = strings.Repeat("é", 2001) }),
			"text: What you tell the applicant must be 2,000 characters or less"},
		{"words as long as can be",
			with(b.decline(), func(d *application.Decision) { d.Text = strings.Repeat("é", 2000) }), ""},
		{"not signed", with(b.decline(), func(d *application.Decision) { d.Name = "\t" }),
			"name: Enter your full name to sign"},
		{"long name", with(b.decline(), func(d *application.Decision) { d.Name = strings.Repeat("x", 201) }),
			"name: The name you sign with must be 200 characters or less"},
	} {
		_, p, problems, err := decide.Of(b.office.Desk).Preview(context.Background(), b.lead, ref, c.dec)
		if err != nil || texts(problems) != c.want || (p == nil) != (c.want != "") {
			t.Errorf("%s: got %v\n%s\nwant\n%s", c.name, err, texts(problems), c.want)
		}
		if c.want == "" {
			continue
		}
		a, _, problems, err := decide.Of(b.office.Desk).Decide(context.Background(), b.lead, ref, c.dec, "")
		if err != nil || texts(problems) != c.want || a.Status() != application.Received {
			t.Errorf("%s: deciding: %v %s", c.name, err, texts(problems))
		}
	}
	b.answer(form.Values{"answer": intake.Confirm, "name": "Pat Manager", "role": "Practice manager"})
	a := b.decide(b.lead, ref, with(b.accept(), func(d *application.Decision) { d.Reason = "left over" }))
	if d := a.Decision; d.Paper || d.Reason != "" || d.By != b.lead.Email || d.Named != "Programme start" ||
		!d.At.Equal(b.clock()) {
		t.Errorf("the practice has confirmed, and the decision is %+v", d)
	}
}

// TestDecideBy: who may do what. People get "not found" for applications that are not theirs.
func TestDecideBy(t *testing.T) {
	b := newBoard(t, careers)
	ctx, ref := context.Background(), b.apply()
	stranger := b.Staff(b.Programme.Course(mentors).Lead.Email)
	for _, c := range []struct {
		name   string
		s      *staff.Person
		ref    string
		decide error
		assign error
	}{
		{"office", b.reader, ref, decide.ErrNoApplication, nil},
		{"lead of another course", stranger, ref, decide.ErrNoApplication, decide.ErrNoApplication},
		{"another reference", b.lead, "CC-2C2C-C2C2", decide.ErrNoApplication, decide.ErrNoApplication},
		{"no reference", b.lead, "../" + ref, decide.ErrNoApplication, decide.ErrNoApplication},
		{"deputy", b.deputy, ref, nil, nil},
	} {
		if _, _, err := decide.Of(b.office.Desk).AssignCohort(ctx, c.s, c.ref, "cohort-2"); !errors.Is(err, c.assign) {
			t.Errorf("%s assigns a cohort: %v", c.name, err)
		}
		if _, _, err := decide.Of(b.office.Desk).Reopen(ctx, c.s, c.ref, 0, "why"); c.decide != nil && !errors.Is(err, c.decide) {
			t.Errorf("%s reopens: %v", c.name, err)
		}
		if _, _, _, err := decide.Of(b.office.Desk).Preview(ctx, c.s, c.ref, b.decline()); !errors.Is(err, c.decide) {
			t.Errorf("%s previews: %v", c.name, err)
		}
		if _, _, _, err := decide.Of(b.office.Desk).Decide(ctx, c.s, c.ref, b.decline(), ""); !errors.Is(err, c.decide) {
			t.Errorf("%s decides: %v", c.name, err)
		}
	}
	if a := b.now(ref); a.Status() != application.Declined || a.Decision.By != "deputy@example.org" ||
		a.Cohort != "cohort-2" {
		t.Errorf("%s by %s in %s", a.Status(), a.Decision.By, a.Cohort)
	}
	if _, _, err := decide.Of(b.office.Desk).AssignCohort(ctx, b.lead, ref, "cohort-3"); !errors.Is(err, decide.ErrDecided) {
		t.Errorf("a cohort for somebody who was declined: %v", err)
	}
}

func TestAssignCohort(t *testing.T) {
	b := newBoard(t, careers)
	ref := b.apply()
	assign := func(cohort string) (*application.Application, string) {
		a, problems, err := decide.Of(b.office.Desk).AssignCohort(context.Background(), b.reader, ref, cohort)
		if err != nil {
			t.Fatal(err)
		}
		return a, texts(problems)
	}
	for _, none := range []string{"", "cohort-4", "Cohort 2"} {
		if a, wrong := assign(none); wrong != "cohort: Select a cohort" || a.Cohort != "" {
			t.Errorf("%q: %q", none, wrong)
		}
	}
	before := len(b.now(ref).Events)
	if a, _ := assign("cohort-1"); a.CohortID() != "cohort-1" || len(a.Events) != before {
		t.Error("the cohort that the applicant proposed, assigned, is nothing new")
	}
	assign("cohort-3")
	a, _ := assign("cohort-3")
	if last := a.Events[len(a.Events)-1]; a.CohortID() != "cohort-3" || len(a.Events) != before+1 ||
		last.What != application.EventCohort || last.Note != "cohort-3" || last.Who != "office" ||
		last.By != b.reader.Email {
		t.Errorf("assigned to %s by %+v", a.CohortID(), last)
	}
}

// TestDecideFull: nobody can accept somebody into a full cohort without having been told that it is
// full. If it has room again by then, they are not asked again.
func TestDecideFull(t *testing.T) {
	b, ctx := newBoard(t, careers), context.Background()
	b.Programme.Course(careers).Cohorts[0].Places = 1
	first, second, third := b.apply(), b.apply(), b.apply()
	preview := func(ref string, full bool) string {
		t.Helper()
		_, p, problems, err := decide.Of(b.office.Desk).Preview(ctx, b.lead, ref, b.accept())
		if err != nil || problems != nil || (p.Full != nil) != full {
			t.Fatalf("preview %+v, %v, %v; want full %v", p, problems, err, full)
		}
		return p.Shown
	}
	decided := func(ref, shown string) error {
		_, _, _, err := decide.Of(b.office.Desk).Decide(ctx, b.lead, ref, b.accept(), shown)
		return err
	}
	seen := preview(second, false)
	if err := decided(first, preview(first, false)); err != nil {
		t.Fatal(err)
	}
	if err := decided(second, seen); !errors.Is(err, decide.ErrChanged) || b.now(second).Decision != nil {
		t.Errorf("the last place was given away since: %v", err)
	}
	warned := preview(third, true)
	if err := decided(second, preview(second, true)); err != nil {
		t.Errorf("told that it is full: %v", err)
	}
	b.Programme.Course(careers).Cohorts[0].Places = 3
	if err := decided(third, warned); err != nil {
		t.Errorf("room again since: %v", err)
	}
}

func TestPlaces(t *testing.T) {
	b := newBoard(t, careers)
	b.Programme.Course(careers).Cohorts[0].Places = 2
	said := func() string {
		all, err := decide.Of(b.office.Desk).Places(context.Background(), careers)
		if err != nil {
			t.Fatal(err)
		}
		return all[0].String() + "; " + all[1].String()
	}
	var refs []string
	for _, want := range []string{"2 of 2 places left", "1 of 2 places left", "no place left of 2",
		"no place left of 2, and 1 more accepted"} {
		if got := said(); got != want+"; 0 accepted, no limit set" {
			t.Errorf("got %q, want %q", got, want)
		}
		refs = append(refs, b.apply())
		b.decide(b.lead, refs[len(refs)-1], b.accept()) // also when the cohort is full: the lead may do that
	}
	for _, ref := range refs[:2] {
		if _, _, err := decide.Of(b.office.Desk).Reopen(context.Background(), b.lead, ref, 0, "Cohort is full"); err != nil {
			t.Fatal(err)
		}
	}
	second := b.accept()
	second.Cohort = "cohort-2"
	b.decide(b.deputy, refs[0], second)
	b.decide(b.deputy, refs[1], b.decline())
	if got := said(); got != "no place left of 2; 1 accepted, no limit set" {
		t.Error(got)
	}
	if none, err := decide.Of(b.office.Desk).Places(context.Background(), "no-course"); none != nil || err != nil {
		t.Error(none, err)
	}

	// An application that waits for its applicant to name somebody else at the practice takes no
	// place.
	m := newBoard(t, mentors)
	m.apply()
	m.answer(form.Values{"answer": intake.WrongPerson})
	places, err := decide.Of(m.office.Desk).Places(context.Background(), mentors)
	if err != nil || len(places) != 1 || places[0].Taken != 0 {
		t.Errorf("%+v %v", places, err)
	}
}

// TestDecideTwice: the same decision sent twice by the same person counts once. A different one is
// told of the first.
func TestDecideTwice(t *testing.T) {
	b := newBoard(t, careers)
	ctx, ref := context.Background(), b.apply()
	first := b.decide(b.lead, ref, b.accept())
	a, again, problems, err := decide.Of(b.office.Desk).Decide(ctx, b.lead, ref, b.accept(), "whatever was shown")
	if err != nil || !again || problems != nil || !reflect.DeepEqual(a.Decision, first.Decision) {
		t.Errorf("again: %v %v %v", again, problems, err)
	}
	other := b.accept()
	other.Text = "Welcome!"
	for name, try := range map[string]func() (*application.Application, bool, []form.Problem, error){
		"something else": func() (*application.Application, bool, []form.Problem, error) {
			return decide.Of(b.office.Desk).Decide(ctx, b.lead, ref, other, "")
		},
		"the same by another": func() (*application.Application, bool, []form.Problem, error) {
			return decide.Of(b.office.Desk).Decide(ctx, b.deputy, ref, b.accept(), "")
		},
		"nonsense by another": func() (*application.Application, bool, []form.Problem, error) {
			return decide.Of(b.office.Desk).Decide(ctx, b.deputy, ref, application.Decision{}, "")
		},
	} {
		if a, again, _, err := try(); !errors.Is(err, decide.ErrDecided) || again ||
			!reflect.DeepEqual(a.Decision, first.Decision) {
			t.Errorf("%s: %v %v", name, again, err)
		}
	}
	if _, _, _, err := decide.Of(b.office.Desk).Preview(ctx, b.deputy, ref, b.decline()); !errors.Is(err, decide.ErrDecided) {
		t.Errorf("preview of a decision that came too late: %v", err)
	}
	for range 20 { // both clicks of a double click at once
		ref := b.apply()
		click := func() outcome {
			a, _, _, err := decide.Of(b.office.Desk).Decide(ctx, b.lead, ref, b.decline(), "")
			return outcome{a, err}
		}
		one, two := both(click, click)
		if one.err != nil || two.err != nil || !sameDecision(one.a.Decision, two.a.Decision) ||
			len(b.now(ref).Events) != len(one.a.Events) {
			t.Errorf("a double click: %v, %v", one.err, two.err)
		}
	}
	if a := b.now(ref); !reflect.DeepEqual(a.Decision, first.Decision) || len(a.Events) != len(first.Events) ||
		len(a.Letters) != len(first.Letters) {
		t.Error("something changed")
	}
}

// both runs two functions at once and returns both results.
func both[T any](one, two func() T) (a, b T) {
	var ready, done sync.WaitGroup
	start := make(chan bool)
	ready.Add(2)
	run := func(f func() T, into *T) {
		done.Go(func() {
			ready.Done()
			<-start
			*into = f()
		})
	}
	run(one, &a)
	run(two, &b)
	ready.Wait()
	close(start)
	done.Wait()
	return a, b
}

type outcome struct {
	a   *application.Application
	err error
}

// TestTwoLeads: two people decide at once, many times. One decision counts each time, and the other
// person is shown it.
func TestTwoLeads(t *testing.T) {
	b := newBoard(t, careers)
	ctx := context.Background()
	const applications, rounds = 25, 40
	wins := map[string]int{}
	for range applications {
		ref := b.apply()
		for round := range rounds {
			try := func(s *staff.Person, dec application.Decision) func() outcome {
				return func() outcome {
					a, again, problems, err := decide.Of(b.office.Desk).Decide(ctx, s, ref, dec, "")
					if again || problems != nil {
						t.Errorf("again %v, problems %v", again, problems)
					}
					return outcome{a, err}
				}
			}
			one, two := both(try(b.lead, b.accept()), try(b.deputy, b.decline()))
			if one.err != nil {
				one, two = two, one
			}
			if one.err != nil || !errors.Is(two.err, decide.ErrDecided) {
				t.Fatalf("round %d: %v and %v, want one decision", round, one.err, two.err)
			}
			if !sameDecision(one.a.Decision, two.a.Decision) || !sameDecision(one.a.Decision, b.now(ref).Decision) {
				t.Fatalf("the second sees %+v, the first decided %+v", two.a.Decision, one.a.Decision)
			}
			wins[one.a.Decision.By]++
			if round < rounds-1 {
				if _, problems, err := decide.Of(b.office.Desk).Reopen(ctx, b.lead, ref, round, "Once more"); err != nil || problems != nil {
					t.Fatal(problems, err)
				}
			}
		}
		a := b.now(ref)
		decided := 0
		for _, e := range a.Events {
			if e.What == application.EventAccepted || e.What == application.EventDeclined {
				decided++
			}
		}
		if decided != rounds || len(a.Reopened) != rounds-1 {
			t.Fatalf("%d decisions and %d taken back in %d rounds", decided, len(a.Reopened), rounds)
		}
	}
	b.sound()
	if wins[b.lead.Email]+wins[b.deputy.Email] != applications*rounds {
		t.Errorf("decisions: %v", wins)
	}
}

// sound fails the test if the chain of any application's events is broken.
func (b *board) sound() {
	b.t.Helper()
	found, err := b.Audit(context.Background(), nil)
	if err != nil || len(found.Wrong) > 0 {
		b.t.Errorf("the audit: %v, %+v", err, found)
	}
}

func sameDecision(a, b *application.Decision) bool {
	one, _ := json.Marshal(a) // as it is stored
	two, _ := json.Marshal(b)
	return bytes.Equal(one, two)
}

// statusLink returns the applicant's link from the letters.
func statusLink(messages []record.Message) string {
	for _, m := range messages {
		if link := regexp.MustCompile(`/status/(\S+)`).FindStringSubmatch(m.Text); link != nil {
			return link[1]
		}
	}
	return ""
}

// TestDecideAgainstWithdraw: whichever comes first, the application is withdrawn, nobody has a
// place, and no letter about a decision goes.
func TestDecideAgainstWithdraw(t *testing.T) {
	b := newBoard(t, careers)
	ctx := context.Background()
	for i := range 20 {
		b.pass(time.Hour) // one address gets only a few letters an hour
		ref := b.apply()
		key, err := b.Follow(ctx, statusLink(b.mailed()))
		if err != nil {
			t.Fatal(err)
		}
		decided, withdrew := both(
			func() outcome {
				a, _, _, err := decide.Of(b.office.Desk).Decide(ctx, b.lead, ref, b.accept(), "")
				return outcome{a, err}
			},
			func() outcome { return outcome{err: b.Withdraw(ctx, key)} })
		if withdrew.err != nil {
			t.Fatalf("withdrawing: %v", withdrew.err)
		}
		if decided.err != nil && (!errors.Is(decided.err, decide.ErrDecided) ||
			decided.a.Status() != application.Withdrawn) {
			t.Fatalf("deciding: %v, and the lead sees %s", decided.err, decided.a.Status())
		}
		if a := b.now(ref); a.Status() != application.Withdrawn {
			t.Fatalf("round %d: %s", i, a.Status())
		}
		for _, m := range b.mailed() {
			if strings.Contains(m.Subject, "ecision") || strings.Contains(m.Subject, "decided") {
				t.Fatalf("a letter goes: %s", m.Subject)
			}
		}
	}
	b.sound()
	places, err := decide.Of(b.office.Desk).Places(ctx, careers)
	if err != nil || places[0].Taken != 0 {
		t.Errorf("%d places taken by people who have withdrawn, %v", places[0].Taken, err)
	}
}

// TestDecideAgainstReopen: a decision that is made and taken back at the same moment ends in one of
// two states, each of them complete.
func TestDecideAgainstReopen(t *testing.T) {
	b := newBoard(t, careers)
	ctx := context.Background()
	for range 30 {
		ref := b.apply()
		b.decide(b.lead, ref, b.accept())
		decided, reopened := both(
			func() outcome {
				a, _, _, err := decide.Of(b.office.Desk).Decide(ctx, b.deputy, ref, b.decline(), "")
				return outcome{a, err}
			},
			func() outcome {
				a, _, err := decide.Of(b.office.Desk).Reopen(ctx, b.lead, ref, 0, "Wrong cohort")
				return outcome{a, err}
			})
		a := b.now(ref)
		if reopened.err != nil || len(a.Reopened) != 1 || !a.Reopened[0].Accepted ||
			a.Reopened[0].Undone != "Wrong cohort" {
			t.Fatalf("reopening: %v, %+v", reopened.err, a.Reopened)
		}
		switch {
		case decided.err == nil && a.Status() == application.Declined && a.Decision.By == b.deputy.Email:
		case errors.Is(decided.err, decide.ErrDecided) && decided.a.Decision.Accepted &&
			a.Status() == application.Received && a.Decision == nil:
		default:
			t.Fatalf("%v, and the application is %s", decided.err, a.Status())
		}
	}
	b.sound()
}

// TestReopenTwice: two people who take back the same decision at once take it back once. Somebody
// who saw an earlier decision takes back nothing.
func TestReopenTwice(t *testing.T) {
	b := newBoard(t, careers)
	ctx, ref := context.Background(), b.apply()
	reopen := func(s *staff.Person, round int, reason string) outcome {
		a, problems, err := decide.Of(b.office.Desk).Reopen(ctx, s, ref, round, reason)
		if problems != nil {
			t.Error(texts(problems))
		}
		return outcome{a, err}
	}
	if got := reopen(b.lead, 0, "nothing to take back"); !errors.Is(got.err, decide.ErrChanged) {
		t.Errorf("there is no decision: %v", got.err)
	}
	b.decide(b.lead, ref, b.decline())
	for reason, want := range map[string]string{
		" ":                       "reason: Enter the reason for reopening the decision",
		strings.Repeat("x", 2001): "reason: The reason for reopening must be 2,000 characters or less",
	} {
		if _, problems, err := decide.Of(b.office.Desk).Reopen(ctx, b.lead, ref, 0, reason); err != nil || texts(problems) != want {
			t.Errorf("%v %q, want %q", err, texts(problems), want)
		}
	}
	one, two := both(func() outcome { return reopen(b.lead, 0, "mine") },
		func() outcome { return reopen(b.deputy, 0, "theirs") })
	if (one.err == nil) == (two.err == nil) || !errors.Is(errors.Join(one.err, two.err), decide.ErrChanged) {
		t.Errorf("two at once: %v and %v", one.err, two.err)
	}
	a := b.now(ref)
	if again := reopen(b.lead, 0, a.Reopened[0].Undone); again.err != nil || len(b.now(ref).Events) != len(a.Events) {
		t.Errorf("a double click: %v", again.err)
	}
	b.decide(b.deputy, ref, b.accept())
	if stale := reopen(b.lead, 0, "mine"); !errors.Is(stale.err, decide.ErrChanged) ||
		stale.a.Status() != application.Accepted {
		t.Errorf("a page that showed the decision before: %v", stale.err)
	}
}

// TestPreviewIsTheLetter: the letter that goes is the one that the lead has seen, word for word
// except for the link.
func TestPreviewIsTheLetter(t *testing.T) {
	for _, id := range []string{careers, mentors} {
		b := newBoard(t, id)
		for name, dec := range map[string]application.Decision{"accept": b.accept(), "decline": b.decline()} {
			ref := b.apply()
			b.mailed()
			dec.Text = hostileText
			_, p, problems, err := decide.Of(b.office.Desk).Preview(context.Background(), b.lead, ref, dec)
			if err != nil || problems != nil {
				t.Fatal(problems, err)
			}
			if a := b.now(ref); a.Decision != nil || a.Status() != application.Received {
				t.Fatal("the preview decided")
			}
			b.pass(time.Minute)
			if _, _, problems, err := decide.Of(b.office.Desk).Decide(context.Background(), b.lead, ref, dec, p.Shown); err != nil ||
				problems != nil {
				t.Fatal(problems, err)
			}
			b.pass(time.Minute)
			sent := b.mailed()
			if len(sent) != 2 {
				t.Fatalf("%d letters", len(sent))
			}
			m := sent[0]
			text := regexp.MustCompile(`https://hub\.example\.org/status/\S+`).ReplaceAllString(m.Text,
				decide.LinkShown)
			if m.To != p.To || m.Subject != p.Subject || text != p.Text ||
				!reflect.DeepEqual(m.Attachments, p.Attachments) || m.ReplyTo != p.ReplyTo {
				t.Errorf("%s, %s: sent\n%s\nshown\n%s", id, name, text, p.Text)
			}
			if strings.Contains(strings.ReplaceAll(m.Text, hostileText, ""), "{{") ||
				!strings.Contains(m.Text, hostileText) {
				t.Errorf("the letter says\n%s", m.Text)
			}
		}
	}
}

const hostileText = "=cmd()\n.\n<script>alert(1)</script> {{applicant.gmc}} {{reference}}\n\nBcc: x@example.org"

// TestPreviewOfAnotherLetter: if the letter has changed since it was shown, nothing goes.
func TestPreviewOfAnotherLetter(t *testing.T) {
	b := newBoard(t, mentors)
	ctx, ref := context.Background(), b.apply()
	shown := func() string {
		_, p, problems, err := decide.Of(b.office.Desk).Preview(ctx, b.lead, ref, b.accept())
		if err != nil || problems != nil {
			t.Fatal(problems, err)
		}
		return p.Shown
	}
	refuse := func(why, shown string) {
		t.Helper()
		if a, _, _, err := decide.Of(b.office.Desk).Decide(ctx, b.lead, ref, b.accept(), shown); !errors.Is(err, decide.ErrChanged) ||
			a.Status() != application.Received {
			t.Errorf("%s: %v", why, err)
		}
	}
	first := shown()
	b.pass(24 * time.Hour)
	refuse("the day of the decision is another", first)
	first = shown()
	b.Programme.Course(mentors).Cohorts[0].Workshops[0].Time.From += 30
	refuse("a workshop begins later", first)
	second := shown()
	b.decide(b.lead, ref, b.accept())
	if _, _, err := decide.Of(b.office.Desk).Reopen(ctx, b.lead, ref, 0, "Once more"); err != nil {
		t.Fatal(err)
	}
	refuse("it was decided and reopened in between", second)
	refuse("nonsense", "x")
	if _, _, problems, err := decide.Of(b.office.Desk).Decide(ctx, b.lead, ref, b.accept(), shown()); err != nil || problems != nil {
		t.Error(problems, err)
	}
}

// TestPreviewOfAnotherAnswer: if the practice answers while the lead looks at the letter, the lead
// is told before it goes.
func TestPreviewOfAnotherAnswer(t *testing.T) {
	for name, dec := range map[string]func(*board) application.Decision{"accepted on paper": (*board).accept,
		"declined": (*board).decline} {
		for answer, v := range map[string]form.Values{"confirmed": confirming(), "refused": refusing()} {
			b := newBoard(t, mentors)
			ref := b.apply()
			_, p, problems, err := decide.Of(b.office.Desk).Preview(t.Context(), b.lead, ref, dec(b))
			if err != nil || problems != nil {
				t.Fatal(problems, err)
			}
			b.answer(v)
			if a, _, _, err := decide.Of(b.office.Desk).Decide(t.Context(), b.lead, ref, dec(b), p.Shown); !errors.Is(err,
				decide.ErrChanged) || a.Status() != application.Received {
				t.Errorf("%s, and meanwhile the practice %s: %v", name, answer, err)
			}
		}
	}
}

// TestDecisionLetters reads every letter about a decision as it is mailed.
func TestDecisionLetters(t *testing.T) {
	b := newBoard(t, careers)
	ctx, ref := context.Background(), b.apply()
	b.mailed()
	has := func(m record.Message, texts ...string) {
		t.Helper()
		for _, want := range texts {
			if !strings.Contains(m.Text, want) {
				t.Errorf("%s does not say %q:\n%s", m.Subject, want, m.Text)
			}
		}
		if strings.Contains(m.Subject, "Łucja") || strings.Contains(m.Text, "{{") {
			t.Errorf("%s:\n%s", m.Subject, m.Text)
		}
	}
	two := func() (applicant, lead record.Message) {
		t.Helper()
		all := b.mailed()
		if len(all) != 2 || all[0].To != "angharad@example.org" || all[1].To != b.lead.Email {
			t.Fatalf("%d letters", len(all))
		}
		return all[0], all[1]
	}

	dec := b.accept()
	dec.Cohort = "cohort-2"
	b.decide(b.lead, ref, dec)
	accepted, copied := two()
	has(accepted, "accepted", "Cohort 2",
		"- Thursday 27 January 2022, 2pm to 5pm: Workshop 1: framework and core skills\n- Thursday 3 February 2022, 2pm to 5pm: Workshop 2: career-coaching tools\n- Thursday 10 February 2022, 6pm to 8pm: Workshop 3",
		"£289", "100% funded", "£352.50", "start on Wednesday 17 November 2021", "at least 10",
		"https://hub.example.org/status/"+ref+".", "Read the terms and agree to them", "Lee Lead",
		"Monday 20 September 2021", ref, "s.christian@nhs.net")
	if len(accepted.Attachments) != 1 || accepted.Attachments[0].Name != "career-conversations-cohort-2.ics" ||
		accepted.Attachments[0].Type != "text/calendar; charset=utf-8" {
		t.Fatalf("attached: %+v", accepted.Attachments)
	}
	if _, err := b.Follow(ctx, statusLink([]record.Message{accepted})); err != nil {
		t.Errorf("the link: %v", err)
	}
	has(copied, ref, "Łucja Ŵyn", "Decision: Accepted", "Cohort: Cohort 2", "Wednesday 17 November 2021", "Lee Lead")
	if len(copied.Attachments) != 1 || copied.Attachments[0].Type != "application/pdf" ||
		strings.Contains(copied.Text, "Reason:") {
		t.Errorf("the copy: %s", copied.Text)
	}

	if _, _, err := decide.Of(b.office.Desk).Reopen(ctx, b.lead, ref, 0, "A secret between us"); err != nil {
		t.Fatal(err)
	}
	reopened := b.mailed()
	if len(reopened) != 1 || reopened[0].To != "angharad@example.org" || strings.Contains(reopened[0].Text, "secret") {
		t.Fatalf("%d letters", len(reopened))
	}
	has(reopened[0], "On Monday 20 September 2021", "taken this decision back", "/status/"+ref)

	b.pass(24 * time.Hour)
	b.decide(b.deputy, ref, b.decline())
	declined, copied := two()
	has(declined, "declined", "The reason is:\n\n"+b.def.DeclineReasons[0].Label+"\n\nAsk us again in spring.",
		"How to apply again", "https://hub.example.org/courses/career-conversations/", "Dee Deputy",
		"Tuesday 21 September 2021", "s.christian@nhs.net", "We remove your application on")
	if len(declined.Attachments) != 0 {
		t.Error("something is attached to the letter of a decline")
	}
	has(copied, "Decision: Declined", "Reason: "+b.def.DeclineReasons[0].Label, "Ask us again in spring.")
	if strings.Contains(copied.Text, "Cohort:") || strings.Contains(copied.Text, "Authorisation") {
		t.Errorf("the copy: %s", copied.Text)
	}
}

// TestReopenDropsLetters: a letter about a decision that was taken back is not sent, however often
// it was tried. The applicant is told only about decisions that they may have heard of.
func TestReopenDropsLetters(t *testing.T) {
	b := newBoard(t, careers)
	ctx := context.Background()
	reopen := func(ref string, round int) {
		t.Helper()
		if _, problems, err := decide.Of(b.office.Desk).Reopen(ctx, b.lead, ref, round, "Wrong"); err != nil || problems != nil {
			t.Fatal(problems, err)
		}
	}
	subjects := func() string {
		var all []string
		for _, m := range b.mailed() {
			all = append(all, strings.TrimRight(reference.ReplaceAllString(m.Subject, "…"), " "))
		}
		return strings.Join(all, "; ")
	}
	ref := b.apply()
	b.mailed()
	b.decide(b.lead, ref, b.accept())
	reopen(ref, 0)
	if got := subjects(); got != "" {
		t.Errorf("nothing had gone, and then goes %q", got)
	}

	b.decide(b.lead, ref, b.accept())
	b.down = errors.New("the mail system is down")
	b.mailed()
	b.down = nil
	reopen(ref, 1)
	b.pass(24 * time.Hour)
	if got := subjects(); got != "" {
		t.Errorf("a try had failed, and then goes %q", got)
	}

	// If a first letter of acceptance had not gone, only the second is sent.
	b.decide(b.lead, ref, b.accept())
	reopen(ref, 2)
	b.decide(b.lead, ref, b.accept())
	if got := subjects(); got != "Decision on your application …: Career Conversation Training; Application … was decided: Career Conversation Training" {
		t.Errorf("goes %q", got)
	}
	reopen(ref, 3)
	if got := subjects(); got != "We look at your application … again: Career Conversation Training" {
		t.Errorf("goes %q", got)
	}

	// The decision is taken back while the worker is sending the letter.
	b.decide(b.lead, ref, b.decline())
	slow := &slowMail{office: b.office, during: func() { reopen(ref, 4) }}
	b.Mailer = slow
	b.mailed()
	b.Mailer = b.office
	if got := subjects(); got != "" ||
		slow.sent != "Decision on your application "+ref+": Career Conversation Training; We look at your application "+ref+" again: Career Conversation Training" {
		t.Errorf("went %q, then %q", slow.sent, got)
	}
	b.pass(time.Hour)
	if got := subjects(); got != "" {
		t.Errorf("later goes %q", got)
	}
	a := b.now(ref)
	if !slices.ContainsFunc(a.Events, func(e record.Event) bool {
		return e.What == application.EventSent && strings.HasPrefix(e.Note, application.LetterDeclined)
	}) {
		t.Error("no event says that the letter was sent")
	}
}

// agrees makes the accepted applicant agree to the terms, through the link in the last letters.
func (b *board) agrees() {
	b.t.Helper()
	ctx := context.Background()
	key, err := b.Follow(ctx, statusLink(b.mailed()))
	if err != nil {
		b.t.Fatal(err)
	}
	if problems, err := b.Agree(ctx, key, form.Values{"name": "Łucja Ŵyn", "job-title": "GP"}, true); err != nil ||
		problems != nil {
		b.t.Fatal(problems, err)
	}
}

// TestLateLetters: a letter that was held up does not say things that are no longer true when it is
// sent at last.
func TestLateLetters(t *testing.T) {
	b := newBoard(t, careers)
	ctx, ref := context.Background(), b.apply()
	b.decide(b.lead, ref, b.accept())
	held := func() {
		b.down = errors.New("the mail system is down")
		for range 3 { // each delivery stops at the first letter that does not go
			b.mailed()
		}
		b.down = nil
	}
	b.agrees()
	held() // the letter that the terms were agreed to
	if _, _, err := decide.Of(b.office.Desk).Reopen(ctx, b.lead, ref, 0, "Other cohort"); err != nil {
		t.Fatal(err)
	}
	held() // the letter that the decision is taken back
	dec := b.accept()
	dec.Cohort = "cohort-2"
	b.decide(b.lead, ref, dec)
	var went []string
	for range 3 {
		for _, m := range b.mailed() {
			went = append(went, reference.ReplaceAllString(m.Subject, "…"))
		}
		b.pass(time.Hour)
	}
	if got := strings.Join(went, "; "); got != "Decision on your application …: Career Conversation Training; Application … was decided: Career Conversation Training" {
		t.Errorf("goes %q", got)
	}
}

var reference = regexp.MustCompile(`CC-\w{4}-\w{4}`)

// slowMail runs a function while the first letter is on its way.
type slowMail struct {
	*office
	during func()
	sent   string
}

func (m *slowMail) Send(ctx context.Context, msg record.Message) error {
	if m.sent != "" {
		m.sent += "; "
	}
	m.sent += msg.Subject
	if m.during != nil {
		during := m.during
		m.during = nil
		during()
	}
	return nil
}

// TestReopenKeepsAgreement: an agreement that followed a decision which was taken back does not
// count for the next decision.
func TestReopenKeepsAgreement(t *testing.T) {
	b := newBoard(t, careers)
	ctx, ref := context.Background(), b.apply()
	b.decide(b.lead, ref, b.accept())
	b.agrees()
	if _, _, err := decide.Of(b.office.Desk).Reopen(ctx, b.lead, ref, 0, "Other cohort"); err != nil {
		t.Fatal(err)
	}
	a := b.decide(b.lead, ref, b.accept())
	if party, _ := a.Waiting(); party != application.Applying || a.Agreement != nil || a.Reopened[0].Agreement == nil ||
		a.Reopened[0].Agreement.Name != "Łucja Ŵyn" {
		t.Errorf("waits for %q, agreed %+v, before %+v", party, a.Agreement, a.Reopened[0].Agreement)
	}
	b.mailed()
	b.pass(10 * 24 * time.Hour)
	if again := b.mailed(); len(again) != 1 || !strings.Contains(again[0].Subject, "Agree to the terms") {
		t.Errorf("%d letters", len(again))
	}
}

// TestCohortCalendar: ical.js reads the calendar of a cohort with workshops on both sides of a
// change of the clocks.
func TestCohortCalendar(t *testing.T) {
	b := newBoard(t, careers)
	w := b.Programme.Course(careers).Cohorts[0].Workshops
	w[0].Date, w[1].Date = course.Date{Year: 2021, Month: time.October, Day: 30},
		course.Date{Year: 2021, Month: time.October, Day: 31}
	ref := b.apply()
	b.mailed()
	b.decide(b.lead, ref, b.accept())
	m := b.mailed()[0]
	cmd := exec.Command("node", "../../site/testdata/ical.mjs")
	cmd.Stdin = bytes.NewReader(m.Attachments[0].Data)
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	var read struct {
		Name   string
		Events []struct{ UID, Summary, Start, End string }
	}
	if err := json.Unmarshal(out, &read); err != nil {
		t.Fatal(err)
	}
	got := []string{read.Name}
	for _, e := range read.Events {
		got = append(got, fmt.Sprintf("%s %s %s", e.Start, e.End, e.Summary))
	}
	want := []string{`Career Conversation Training\, Cohort 1`,
		"2021-10-30T13:00:00.000Z 2021-10-30T16:00:00.000Z Career Conversation Training: Workshop 1: framework and core skills",
		"2021-10-31T14:00:00.000Z 2021-10-31T17:00:00.000Z Career Conversation Training: Workshop 2: career-coaching tools",
		"2021-11-23T18:00:00.000Z 2021-11-23T20:00:00.000Z Career Conversation Training: Workshop 3: plans and next steps"}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// TestDecisionInCopy: the part for the STP shows the decision, and is empty again when the decision
// is taken back.
func TestDecisionInCopy(t *testing.T) {
	b := newBoard(t, mentors)
	ctx, ref := context.Background(), b.apply()
	part := func() string {
		for _, c := range b.now(ref).Copy(false).Parts {
			if c.ID != "stp" || c.Untouched() {
				continue
			}
			var lines []string
			for _, i := range c.Items {
				lines = append(lines, i.Question+": "+i.Answer)
			}
			return c.State + strings.Join(lines, "\n")
		}
		return "blank"
	}
	want := func(want string) {
		t.Helper()
		if got := part(); got != want {
			t.Errorf("got\n%s\nwant\n%s", got, want)
		}
	}
	want("blank")
	b.decide(b.lead, ref, b.accept())
	want(`Name: Lee Lead
Date of decision: Monday 20 September 2021
Decision: Accepted
Cohort: Programme start
Authorisation by the practice: The practice confirmed in another way
Proposed date for funding to commence: Wednesday 17 November 2021
Signature of STP lead: Lee Lead
Date: Monday 20 September 2021`)
	if last := b.now(ref).Events; last[len(last)-1].Note != "cohort-1 "+application.NotePaper {
		t.Errorf("the event's note is %q", last[len(last)-1].Note)
	}
	if _, _, err := decide.Of(b.office.Desk).Reopen(ctx, b.lead, ref, 0, "Wrong"); err != nil {
		t.Fatal(err)
	}
	want("blank")
	b.decide(b.deputy, ref, b.decline())
	want("Name: Dee Deputy\nDate of decision: Monday 20 September 2021\nDecision: Declined\nReason: " +
		b.def.DeclineReasons[0].Label +
		"\nWhat the applicant is told: Ask us again in spring.\nSignature of STP lead: Dee Deputy\nDate: Monday 20 September 2021")
}
