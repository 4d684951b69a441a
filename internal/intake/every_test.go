package intake_test

import (
	"errors"
	"io"
	"reflect"
	"regexp"
	"strings"
	"testing"
	"time"

	"traininghub/internal/application"
	"traininghub/internal/course"
	"traininghub/internal/decide"
	"traininghub/internal/form"
	"traininghub/internal/intake"
	reading "traininghub/internal/office"
	"traininghub/internal/paper"
	"traininghub/internal/record"
	"traininghub/internal/removal"
)

// TestEveryChange takes applications through everything that a desk can do to one. The store checks
// that each write keeps the chain of events true ([intake.Watched]). A method of the desk that is
// in neither list fails the test.
func TestEveryChange(t *testing.T) {
	t.Run("in memory", func(t *testing.T) { everyChange(t, newOffice(t, mentors)) })
	t.Run("in a database", func(t *testing.T) { everyChange(t, newOfficeOn(t, newDatabase(t), mentors)) })
}

func everyChange(t *testing.T, o *office) {
	ctx, def := t.Context(), o.def
	done := map[string]bool{}
	for _, reads := range strings.Fields(`Open Draft Left Others Reused Peek PeekStatus Following PracticePage BackUntil Subject Terms Removed Withdraws Replaces Places PlacesIn JoinsOn DeclineReasons
		Preview ForReview Doubles ByNumber BriefOf LineOf Mailboxes Frozen CountsOf Shelved InCohort WithFormer Cohort Message Get About Check Print Stories LetterOf Applications Brake Marked Outlived
		Declared Judged WrongPaper ByPost ToPost HasScan Scan`) {
		done[reads] = true
	}
	// Enter and Posted are tested by TestPaper of package web, with an audit.
	done["Enter"], done["Posted"] = true, true
	// Sweep marks and removes, and all methods change applications by Amend.
	for _, name := range []string{"Mark", "Remove", "Amend", "AmendRead", "Receive"} {
		done[name] = true
	}
	// Run delivers letters, Sort writes records again as they were, and Again begins another
	// application, which TestAgain tests.
	for _, ofNoApplication := range strings.Fields(`Again Expire Sort Refuse SweepNow LeaveTrace`) {
		done[ofNoApplication] = true
	}
	do := func(method string, problems []form.Problem, err error) {
		t.Helper()
		done[method] = true
		if err != nil || len(problems) > 0 {
			t.Fatal(method, problems, err)
		}
	}
	find := func(what string, mail []record.Message) string {
		t.Helper()
		for i := len(mail) - 1; i >= 0; i-- {
			if link := regexp.MustCompile(what + `/(\S+)`).FindStringSubmatch(mail[i].Text); link != nil {
				return link[1]
			}
		}
		t.Fatalf("no link to %s in %d letters", what, len(mail))
		return ""
	}

	done["Shelves"] = true // only reads
	done["Chase"] = true   // is refused within a day: see web/review

	key := o.begin()
	do("Start", nil, nil)
	o.fill(key)
	do("Save", nil, nil)
	do("FinishList", nil, nil)
	list, _ := def.Section("qualifications")
	row, err := o.SaveRow(ctx, def, key, list, "", answers(list))
	do("SaveRow", nil, err)
	do("RemoveRow", nil, o.RemoveRow(ctx, def, key, list, row))
	_, err = o.SaveLeft(ctx, def, key, &def.Sections[1], answers(&def.Sections[1]))
	do("SaveLeft", nil, err)
	_, _, err = o.Leave(ctx, def, key)
	do("Leave", nil, err)
	key, err = o.Resume(ctx, def, find("/resume", o.mailed()))
	do("Resume", nil, err)
	o.again(key)
	a := o.send(key)
	do("Send", nil, nil)
	ref := a.Reference
	mail := o.mailed()
	do("Deliver", nil, nil)
	follow, err := o.Follow(ctx, find("/status", mail))
	do("Follow", nil, err)
	lead := o.Staff(o.Programme.Course(mentors).Lead.Email)
	_, err = decide.Of(o.Desk).Read(ctx, lead, ref)
	do("Read", nil, err)
	problems, err := decide.Of(o.Desk).AddNote(ctx, lead, ref, "Rang \u202e\x00\xff them")
	do("AddNote", problems, err)
	var letter string
	for _, l := range o.application(ref).Letters {
		if l.Name == application.LetterAuthorise {
			letter = l.ID
		}
	}
	do("Bounced", nil, o.Bounced(ctx, ref, letter, application.EventBounced, "Permanent", o.clock()))
	problems, err = o.ReplacePractice(ctx, follow, asking("Nia \u202eNew\x00", "new@example.org"))
	do("ReplacePractice", problems, err)
	problems, err = o.corrections().Own(ctx, follow, "referee-email", 1, form.Values{"referee-email": "other@example.org"})
	do("Followed", problems, err)
	do("Put", nil, nil)
	do("Resend", nil, o.Resend(ctx, "angharad@example.org"))
	_, err = o.Post().DeliverTo(ctx, ref)
	do("DeliverTo", nil, err)
	o.mu.Lock()
	mail = o.mail
	o.mu.Unlock()
	practice := find("/practice", mail)
	page, err := o.PracticePage(ctx, practice)
	if err != nil {
		t.Fatal(err)
	}
	_, problems, err = o.Authorise(ctx, practice, form.Values{"answer": intake.Refuse, "reason": "Not \x00 now",
		"name": "Nia", "role": "Manager"}, page.Authorisation.Shown.Sum())
	do("Authorise", problems, err)
	_, err = o.TakeBack(ctx, practice)
	do("TakeBack", nil, err)
	_, problems, err = o.Authorise(ctx, practice, form.Values{"answer": intake.Confirm, "name": "Nia", "role": "Manager"},
		page.Authorisation.Shown.Sum())
	do("Authorise", problems, err)
	o.Office = []course.Contact{{Name: "Sam Example", Email: "sam@example.org"}}
	problems, err = o.corrections().Correct(ctx, o.Staff("sam@example.org"), ref, "clinical-sessions", 0, 1,
		form.Values{"clinical-sessions": "4", "correction-reason": "Asked \x00 for"})
	do("StaffChange", problems, err)
	do("StaffEvent", nil, nil)
	_, problems, err = decide.Of(o.Desk).AssignCohort(ctx, lead, ref, o.Programme.Course(mentors).Cohorts[0].ID)
	do("AssignCohort", problems, err)
	dec := application.Decision{Accepted: true, Cohort: "cohort-1", Funding: "2021-11-17", Name: "Dr Ada", Paper: true,
		Text: "\x00\u202e"}
	_, _, problems, err = decide.Of(o.Desk).Decide(ctx, lead, ref, dec, "")
	do("Decide", problems, err)
	o.mailed()
	_, problems, err = decide.Of(o.Desk).Reopen(ctx, lead, ref, 0, "Wrong \u202e person")
	do("Reopen", problems, err)
	_, _, problems, err = decide.Of(o.Desk).Decide(ctx, lead, ref, dec, "")
	do("Decide", problems, err)
	link, _, err := o.StatusLink(ctx, ref, "another-letter")
	do("StatusLink", nil, err)
	if err := o.PeekStatus(ctx, find("/status", []record.Message{{Text: link}})); err != nil {
		t.Error("the link in another story's letter:", err)
	}
	err = o.ChangeForTest(ref, application.EventWished, func(a *application.Application) {
		a.Wishes = append(a.Wishes, application.Wish{Section: "your-practice", Question: "cohort",
			Values: form.Values{"cohort": "cohort-1"}, At: o.clock()})
	})
	do("ChangeForTest", nil, err)
	do("Move", nil, o.corrections().Move(ctx, lead, ref, len(o.application(ref).Wishes)-1))
	do("Withdraw", nil, o.Withdraw(ctx, follow))
	person, err := o.Person(ctx, "7654321", "")
	if err != nil || len(person.Applications) != 1 {
		t.Fatal(person, err)
	}
	do("GiveOut", nil, o.GiveOut(ctx, person))
	do("Unfollow", nil, o.Unfollow(ctx, follow))
	o.mailed()
	if _, err := o.Export(ctx, io.Discard, lead, mentors, reading.Period{}, "test"); err != nil {
		t.Fatal(err)
	}
	if found, err := o.Audit(ctx, nil); err != nil || len(found.Wrong) > 0 || found.Applications != 1 {
		t.Errorf("the audit: %+v, %v", found, err)
	}
	o.sweeps(84) // the withdrawn application is marked, and brought back below
	do("Sweep", nil, nil)
	o.Office = []course.Contact{{Name: "Sam Example", Email: "sam@example.org"}}
	office := o.Staff("sam@example.org")
	do("Restore", nil, removal.Of(o.Desk).Restore(ctx, office, ref))
	_, err = removal.Of(o.Desk).AllowBy(ctx, office, 0) // nothing is held
	do("AllowBy", nil, err)
	do("RefuseBy", nil, removal.Of(o.Desk).RefuseBy(ctx, office))
	if err := removal.Of(o.Desk).RefuseBy(ctx, lead); !errors.Is(err, decide.ErrNoApplication) {
		t.Errorf("a lead refuses: %v", err)
	}
	if _, err := removal.Of(o.Desk).AllowBy(ctx, lead, 0); !errors.Is(err, decide.ErrNoApplication) {
		t.Errorf("a lead allows: %v", err)
	}
	o.removes(365 * 24 * time.Hour) // its retention is over
	do("Allow", nil, nil)
	do("Erase", nil, o.Erase(ctx, ref))

	agrees := newOffice(t, careers)
	applied := agrees.sent()
	follow, _ = agrees.follow(agrees.mailed())
	agrees.accept(applied.Reference)
	problems, err = agrees.Agree(ctx, follow, form.Values{"name": "Łucja", "job-title": "GP"}, true)
	do("Agree", problems, err)
	person, err = agrees.Person(ctx, "7654321", "")
	if err != nil {
		t.Fatal(err)
	}
	do("EraseAll", nil, agrees.EraseAll(ctx, person, person.References()))

	for _, desk := range []reflect.Type{reflect.TypeFor[*paper.Desk](), reflect.TypeFor[removal.Removals]()} {
		for i := range desk.NumMethod() {
			if name := desk.Method(i).Name; !done[name] && !strings.HasSuffix(name, "ForTest") {
				t.Errorf("%s is not tried: does it leave an event for what it changes?", name)
			}
		}
	}
}
