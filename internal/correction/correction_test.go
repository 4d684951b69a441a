package correction_test

import (
	"errors"
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"traininghub/internal/application"
	"traininghub/internal/attend/attendtest"
	"traininghub/internal/correction"
	"traininghub/internal/course"
	"traininghub/internal/decide"
	"traininghub/internal/dynamo"
	"traininghub/internal/dynamo/dynamotest"
	"traininghub/internal/form"
	"traininghub/internal/intake"
	"traininghub/internal/intake/intaketest"
	"traininghub/internal/record"
	"traininghub/internal/sqlite"
	"traininghub/internal/staff"
	"traininghub/internal/standin"
)

const (
	careers = attendtest.Careers
	mentors = attendtest.Mentors
)

// A hub has an office and deputies, on Monday 20 September 2021.
type hub struct {
	*attendtest.Hub
	desk           *correction.Desk
	office, deputy *staff.Person
}

func newHub(t *testing.T, store record.Store) *hub {
	t.Helper()
	h := &hub{Hub: attendtest.New(t, "../..", store)}
	for _, id := range []string{careers, mentors} {
		h.Edit("courses/"+id+".md", "\nlead:", "\ndeputy:\n  name: Dr Deputy\n  email: deputy@example.org\nlead:")
	}
	h.desk = correction.Join(h.Office)
	h.office, h.deputy = h.Office.Staff("office@example.org"), h.Office.Staff("deputy@example.org")
	h.Clock = time.Date(2021, 9, 20, 9, 0, 0, 0, course.London)
	return h
}

// apply sends an application with this address, and returns the key with which the applicant
// follows it.
func (h *hub) apply(id, email, number string) (ref, key string) {
	h.T.Helper()
	ctx, d := h.T.Context(), h.Office.Applications
	def := d.Programme.Forms[id]
	var draft string
	for i := range def.Sections {
		s := &def.Sections[i]
		v := intaketest.Answers(s, func(q *form.Question) string {
			if q.ID == def.Applicant.Email {
				return email
			}
			return q.ID + "@example.org"
		}, func(q *form.Question) string { return "Angharad O'Neill" })
		if _, asks := v["gmc-number"]; asks {
			v["gmc-number"] = number
		}
		if _, asks := v["cohort"]; asks {
			v["cohort"] = "cohort-1"
		}
		var problems []form.Problem
		var err error
		switch {
		case i == 0:
			_, draft, problems, err = d.Start(ctx, def, "", v)
		case s.Repeat != nil:
			for range max(1, s.Repeat.Min) {
				_, err = d.SaveRow(ctx, def, draft, s, "", v)
			}
			_, err = d.FinishList(ctx, def, draft, s)
		default:
			_, err = d.Save(ctx, def, draft, s, v)
		}
		if err != nil || problems != nil {
			h.T.Fatal(s.ID, problems, err)
		}
	}
	ticked := map[string]bool{}
	for _, decl := range def.Declarations {
		ticked[decl.ID] = true
	}
	a, _, problems, err := d.Send(ctx, def, draft, intake.Signed{Ticked: ticked, Name: "Angharad O'Neill"})
	if err != nil || problems != nil {
		h.T.Fatal(problems, err)
	}
	h.Work()
	return a.Reference, h.follow(email)
}

var links = regexp.MustCompile(`/(status|practice)/(\S+)`)

// link is the last link for a purpose that somebody received.
func (h *hub) link(to, purpose string) string {
	h.T.Helper()
	for i := len(h.Box) - 1; i >= 0; i-- {
		for _, l := range links.FindAllStringSubmatch(h.Box[i].Text, -1) {
			if h.Box[i].To == to && l[1] == purpose {
				return l[2]
			}
		}
	}
	h.T.Fatalf("no link for %s went to %s", purpose, to)
	return ""
}

func (h *hub) follow(email string) (key string) {
	h.T.Helper()
	key, err := h.Office.Applications.Follow(h.T.Context(), h.link(email, "status"))
	if err != nil {
		h.T.Fatal(err)
	}
	return key
}

// correct makes the office correct an answer, after it has seen the application as it is now.
func (h *hub) correct(ref, question string, row int, v form.Values) {
	h.T.Helper()
	v["correction-reason"] = "The applicant rang us."
	problems, err := h.desk.Correct(h.T.Context(), h.office, ref, question, row, len(h.Application(ref).Corrections), v)
	if err != nil || problems != nil {
		h.T.Fatal(problems, err)
	}
}

// audit checks that nothing is wrong, and that each step is in the chain.
func (h *hub) audit() {
	h.T.Helper()
	if found, err := h.Office.Audit(h.T.Context(), nil); err != nil || found.Wrong != nil {
		h.T.Errorf("the audit finds %+v, %v", found.Wrong, err)
	}
}

// TestAddress: when the applicant's address changes, all links and devices of the old one end. The
// old address is told of the change, but not of the new one. The new address gets a link and the
// PDF, and no greeting by name.
func TestAddress(t *testing.T) {
	for name, store := range map[string]func(t *testing.T) record.Store{
		"memory": func(*testing.T) record.Store { return nil },
		"SQLite": func(t *testing.T) record.Store {
			s, err := sqlite.Open(filepath.Join(t.TempDir(), "hub.db"), sqlite.Options{})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { s.Close() })
			return s
		},
		"DynamoDB": func(t *testing.T) record.Store {
			url := dynamotest.Transactions(t, standin.Dynalite(t))
			return dynamo.New(dynamotest.Config(url), dynamotest.Table(t, url), dynamotest.DueIndex)
		},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHub(t, store(t))
			ctx := t.Context()
			ref, key := h.apply(mentors, "old@example.org", "7654321")
			oldLink, practice := h.link("old@example.org", "status"), h.link("practice-manager-email@example.org", "practice")
			for _, c := range []struct{ email, want string }{
				{"", "Enter your email address"}, {"x", "Enter an email address in the correct format"},
				{"PRACTICE-MANAGER-EMAIL@example.org", "This is the address of the person who is asked to confirm"},
				{strings.Repeat("x", 300) + "@example.org", ""}, {"old@example.org", "This is what the application says already"},
			} {
				problems, err := h.desk.Correct(ctx, h.office, ref, "email", 0, 0, form.Values{"email": c.email, "correction-reason": "x"})
				if err != nil || len(problems) != 1 || !strings.Contains(problems[0].Text, c.want) {
					t.Errorf("%.20q: %v, %v", c.email, problems, err)
				}
			}
			h.Box = nil
			h.correct(ref, "email", 0, form.Values{"email": " New@example.org"})
			h.Work()
			to := map[string]record.Message{}
			for _, m := range h.Box {
				to[m.To] = m
			}
			lead := h.Office.Applications.Programme.Course(mentors).Lead.Email
			if old := to["old@example.org"]; len(h.Box) != 3 || !strings.Contains(old.Text, "was changed") ||
				strings.Contains(strings.ToLower(old.Text), "new@") || strings.Contains(old.Text, "Angharad") || old.Attachments != nil {
				t.Errorf("%d letters; to the old address %+v", len(h.Box), old)
			}
			if m := to["New@example.org"]; len(m.Attachments) != 1 || !strings.Contains(m.Text, "Your details: Email address") ||
				strings.Contains(m.HTML, "Hello Angharad") || !strings.Contains(string(m.Attachments[0].Data), "It was “old@example.org”") {
				t.Errorf("to the new address: %+v", m)
			}
			if !strings.Contains(to[lead].Text, "It was old@example.org and is now New@example.org") {
				t.Errorf("to the lead: %s", to[lead].Text)
			}
			if _, err := h.Office.Applications.Following(ctx, key); !errors.Is(err, intake.ErrNoLink) {
				t.Errorf("the old device: %v", err)
			}
			if err := h.Office.Applications.PeekStatus(ctx, oldLink); !errors.Is(err, intake.ErrNoLink) {
				t.Errorf("the old link: %v", err)
			}
			if _, err := h.Office.Applications.PracticePage(ctx, practice); err != nil {
				t.Errorf("the practice's link: %v", err)
			}
			h.follow("New@example.org")
			h.Box = nil
			if err := errors.Join(h.Office.Applications.Resend(ctx, "old@example.org"), h.Office.Applications.Resend(ctx, "new@example.org")); err != nil {
				t.Fatal(err)
			}
			if h.Work(); len(h.Box) != 1 || h.Box[0].To != "New@example.org" || !strings.Contains(h.Box[0].HTML, "Hello Angharad") {
				t.Errorf("asked for a link, %+v went", h.Box)
			}
			for _, email := range []string{"old@example.org", "new@example.org"} {
				p, err := h.Office.Person(ctx, "", email)
				if err != nil || len(p.Applications) != map[string]int{"new@example.org": 1}[email] || len(p.NamedIn) != 1-len(p.Applications) {
					t.Errorf("%s has %d applications, is named in %d, %v", email, len(p.Applications), len(p.NamedIn), err)
				}
			}
			h.audit()
			if err := h.Office.Applications.Erase(ctx, ref); err != nil {
				t.Fatal(err)
			}
			h.audit()
		})
	}
}

// TestPracticeAgain: the practice's signature covers what it saw. If that is corrected the practice
// is asked again; if it had not answered, it sees the corrected version.
func TestPracticeAgain(t *testing.T) {
	h := newHub(t, nil)
	ctx, d := t.Context(), h.Office.Applications
	ref, _ := h.apply(mentors, "gp@example.org", "7654321")
	link := h.link("practice-manager-email@example.org", "practice")
	was := h.Application(ref).Authorisation.Shown.Sum()
	h.correct(ref, "clinical-sessions", 0, form.Values{"clinical-sessions": "4"})
	answer := form.Values{"answer": intake.Confirm, "name": "Mo Manager", "role": "Practice manager"}
	a, problems, err := d.Authorise(ctx, link, answer, was)
	if err != nil || len(problems) != 1 || problems[0].Input != "shown" {
		t.Fatalf("confirming a version that was corrected since: %v, %v", problems, err)
	}
	if a, problems, err = d.Authorise(ctx, link, answer, a.Authorisation.Shown.Sum()); err != nil || problems != nil {
		t.Fatal(problems, err)
	}
	h.Clock = h.Clock.Add(2 * time.Hour)
	h.Work()
	h.Box = nil
	h.correct(ref, "town", 0, form.Values{"town": "Elsewhere"}) // which the practice does not see
	if a = h.Application(ref); a.Authorisation.Answer == nil {
		t.Fatal("asked again about what it does not see")
	}
	h.correct(ref, "clinical-sessions", 0, form.Values{"clinical-sessions": "2"})
	h.Work()
	a = h.Application(ref)
	p := a.Authorisation
	if p.Answer != nil || len(p.Earlier) != 1 || p.Earlier[0].Answer == nil || p.Shown.Items[1].Answer != "2" ||
		!slices.Equal(p.Earlier[0].Answer.Hash, p.Earlier[0].Shown.Sum()) || p.Earlier[0].Shown.Items[1].Answer != "4" {
		t.Fatalf("asked again: %+v", p)
	}
	if flags := strings.Join(a.FlagsNow(), "\n"); !strings.Contains(flags, "practice is asked again") || strings.Contains(flags, "refused") ||
		!strings.Contains(flags, "Clinical sessions a week") { // the doubt about 2 sessions
		t.Errorf("flags %s", flags)
	}
	if mail := h.Mailed("practice-manager-email@example.org", "so we ask again"); len(mail) != 1 {
		t.Errorf("%d letters ask again", len(mail))
	}
	if !strings.Contains(a.Copy(true).Text(), "Confirmed before, as the application was then") {
		t.Error("the copy does not keep the first answer")
	}
	h.audit()
}

// TestWho: the office and the deputy correct; the lead who decided, the applicant and people of
// another course never do. Somebody who has corrected does not decide.
func TestWho(t *testing.T) {
	h := newHub(t, nil)
	ctx, d := t.Context(), h.Office.Applications
	ref, _ := h.apply(careers, "gp@example.org", "7654321")
	other, _ := h.apply(careers, "deputy@example.org", "7654322")
	v := func() form.Values { return form.Values{"town": "Leeds", "correction-reason": "x"} }
	for who, s := range map[string]*staff.Person{"the lead": h.Lead(careers), "another lead": h.Lead(mentors)} {
		if _, err := h.desk.Correct(ctx, s, ref, "town", 0, 0, v()); !errors.Is(err, decide.ErrNoApplication) {
			t.Errorf("%s corrects: %v", who, err)
		}
	}
	if _, err := h.desk.Correct(ctx, h.deputy, other, "town", 0, 0, v()); !errors.Is(err, decide.ErrOwn) {
		t.Errorf("the deputy corrects their own: %v", err)
	}
	if problems, err := h.desk.Correct(ctx, h.deputy, ref, "town", 0, 0, v()); err != nil || problems != nil {
		t.Fatal(problems, err)
	}
	dec := application.Decision{Accepted: true, Cohort: "cohort-2", Funding: "2021-11-17", Name: "Dr Deputy"}
	if _, _, _, err := decide.Of(d).Decide(ctx, h.deputy, ref, dec, ""); !errors.Is(err, decide.ErrCorrected) {
		t.Errorf("somebody who has corrected decides: %v", err)
	}

	// The lead decides on what the preview showed.
	_, p, _, err := decide.Of(d).Preview(ctx, h.Lead(careers), ref, dec)
	if err != nil {
		t.Fatal(err)
	}
	h.correct(ref, "objectives", 0, form.Values{"objectives": "Others"})
	if _, _, _, err := decide.Of(d).Decide(ctx, h.Lead(careers), ref, dec, p.Shown); !errors.Is(err, decide.ErrChanged) {
		t.Errorf("deciding on a version that was corrected since: %v", err)
	}
	h.Decide(ref, careers, "cohort-2")

	// After the decision only contact details are corrected, never what was confirmed or signed.
	for question, can := range map[string]bool{"town": true, "postcode": true, "telephone": true, "email": true, "practice-telephone": true,
		"surname": false, "gmc-number": false, "objectives": false, "cohort": false, "clinical-sessions": false, "accurate": false, "signature": false} {
		if one := h.desk.Answer(h.Application(ref), question, 0); (one != nil) != can {
			t.Errorf("after the decision %s can be corrected: %v", question, one != nil)
		}
	}
	late := h.Office.Staff("deputy@example.org")
	if _, _, _, err := decide.Of(d).Decide(ctx, late, other, dec, ""); !errors.Is(err, decide.ErrOwn) {
		t.Errorf("the deputy decides on their own: %v", err)
	}
	h.audit()
}

// TestTwo: if two people correct the same answer at once, one does, and the other is shown the
// result. A second click counts as one.
func TestTwo(t *testing.T) {
	h := newHub(t, nil)
	ctx := t.Context()
	ref, _ := h.apply(careers, "gp@example.org", "7654321")
	var did, told int
	var mu sync.Mutex
	var all sync.WaitGroup
	for i := range 20 {
		all.Go(func() {
			_, err := h.desk.Correct(ctx, h.office, ref, "town", 0, 0, form.Values{"town": fmt.Sprint("Town ", i), "correction-reason": fmt.Sprint(i)})
			mu.Lock()
			defer mu.Unlock()
			switch {
			case err == nil:
				did++
			case errors.Is(err, decide.ErrChanged):
				told++
			default:
				t.Error(err)
			}
		})
	}
	if all.Wait(); did != 1 || told != 19 || len(h.Application(ref).Corrections) != 1 {
		t.Errorf("%d corrected, %d were told", did, told)
	}
	for range 2 {
		if _, err := h.desk.Correct(ctx, h.office, ref, "surname", 0, 1, form.Values{"surname": "Ŵyn", "correction-reason": "x"}); err != nil {
			t.Fatal(err)
		}
	}
	if a := h.Application(ref); len(a.Corrections) != 2 || a.Document.Applicant.Name != "Angharad O'Neill Ŵyn" || a.Brief().Name != a.Document.Applicant.Name {
		t.Errorf("%d corrections, %q", len(a.Corrections), a.Document.Applicant.Name)
	}
	h.audit()
}

// TestNumber: when a professional number changes, so do the duplicates of both applications.
func TestNumber(t *testing.T) {
	h := newHub(t, nil)
	first, _ := h.apply(careers, "a@example.org", "7654321")
	second, _ := h.apply(careers, "b@example.org", "7654321")
	third, _ := h.apply(careers, "c@example.org", "7000001")
	double := func(want string) {
		t.Helper()
		got := ""
		for _, ref := range []string{first, second, third} {
			if h.Application(ref).Brief().Double {
				got += "x"
			} else {
				got += "-"
			}
		}
		if got != want {
			t.Errorf("doubles %s, want %s", got, want)
		}
	}
	double("xx-")
	h.correct(second, "gmc-number", 0, form.Values{"gmc-number": "7000001"})
	h.Work()
	double("-xx")
	h.correct(second, "gmc-number", 0, form.Values{"gmc-number": "7000002"})
	h.Work()
	double("---")
	if found, err := h.Office.Applications.ByNumber(t.Context(), form.Registration{Register: "gmc", Number: "7000002"}); err != nil || len(found) != 1 {
		t.Errorf("by the new number %v, %v", found, err)
	}
	h.audit()
}

// TestWish: the applicant asks, the deputy is told, and the office sees it on its list, makes the
// correction or says why not. The applicant is told.
func TestWish(t *testing.T) {
	h := newHub(t, nil)
	ctx := t.Context()
	ref, key := h.apply(careers, "gp@example.org", "7654321")
	h.Box = nil
	ask := func(question, text string) []form.Problem {
		t.Helper()
		problems, err := h.desk.Ask(ctx, key, question, 0, form.Values{question: text, "correction-why": "I typed it wrong"})
		if err != nil {
			t.Fatal(err)
		}
		return problems
	}
	for _, c := range []struct{ question, text, want string }{
		{"surname", "", "Enter your surname"}, {"telephone", "1", "Enter a"}, {"surname", "Angharad O'Neill", "This is what your application says"},
		{"objectives", strings.Repeat("x", 2001), "2,000 characters"},
	} {
		if problems := ask(c.question, c.text); len(problems) != 1 || !strings.Contains(problems[0].Text, c.want) {
			t.Errorf("%s %.10q: %v", c.question, c.text, problems)
		}
	}
	for range 2 { // a double click
		if problems := ask("surname", "Wynne"); problems != nil {
			t.Fatal(problems)
		}
	}
	ask("telephone", "07700 900123")
	ask("telephone", "07700 900124") // which replaces it
	h.Work()
	if mail := h.Box; len(mail) != 1 || mail[0].To != "deputy@example.org" || strings.Contains(mail[0].Text, "Angharad") || strings.Contains(mail[0].Text, "Wynne") {
		t.Errorf("told by %+v", mail)
	}
	a := h.Application(ref)
	if len(a.Wishes) != 2 || a.Document.Applicant.Name != "Angharad O'Neill Angharad O'Neill" {
		t.Fatalf("wishes %+v of %s", a.Wishes, a.Document.Applicant.Name)
	}
	waits := func(want int) {
		t.Helper()
		for _, s := range []*staff.Person{h.office, h.deputy} {
			if all, err := h.desk.Waiting(ctx, s); err != nil || len(all) != want {
				t.Errorf("%s has %d waiting, %v; want %d", s.Name, len(all), err, want)
			}
		}
		if all, err := h.desk.Waiting(ctx, h.Lead(careers)); err != nil || len(all) != 0 {
			t.Errorf("the lead has %d waiting, %v", len(all), err)
		}
	}
	waits(1)
	v := form.Values{"correction-reason": "You told us so."}
	for name, text := range a.Wishes[0].Values {
		v[name] = text
	}
	if problems, err := h.desk.Correct(ctx, h.office, ref, "surname", 0, 0, v); err != nil || problems != nil {
		t.Fatal(problems, err)
	}
	waits(1)
	if problems, err := h.desk.Decline(ctx, h.office, ref, 1, " "); err != nil || len(problems) != 1 {
		t.Errorf("declined without a reason: %v, %v", problems, err)
	}
	for range 2 {
		if problems, err := h.desk.Decline(ctx, h.office, ref, 1, "We could not reach you there."); err != nil || problems != nil {
			t.Fatal(problems, err)
		}
	}
	waits(0)
	if _, err := h.desk.Decline(ctx, h.deputy, ref, 0, "No"); !errors.Is(err, decide.ErrChanged) {
		t.Errorf("declining a version that was corrected since: %v", err)
	}
	h.Box = nil
	h.Work()
	if mail := h.Mailed("gp@example.org", "We could not reach you there."); len(mail) != 1 || strings.Contains(mail[0].Text, "07700") {
		t.Errorf("told of the decline by %+v", mail)
	}
	if a = h.Application(ref); !a.Wishes[0].Given || a.Wishes[1].Given || a.Document.Applicant.Name != "Angharad O'Neill Wynne" {
		t.Errorf("in the end %+v", a.Wishes)
	}
	ask("telephone", "07700 900125")
	if err := h.Office.Applications.Withdraw(ctx, key); err != nil {
		t.Fatal(err)
	}
	waits(0)
	if _, err := h.desk.Ask(ctx, key, "telephone", 0, form.Values{"telephone": "07700 900126"}); !errors.Is(err, intake.ErrFinal) {
		t.Errorf("asked after withdrawing: %v", err)
	}
	h.audit()
}

// TestCohort: before the decision the applicant changes the cohort. With a place they ask, and the
// lead grants it. The dates, the letter, the calendar and the seats follow.
func TestCohort(t *testing.T) {
	h := newHub(t, nil)
	ctx, d := t.Context(), h.Office.Applications
	ref, key := h.apply(careers, "gp@example.org", "7654321")
	change := func(cohort string) (bool, []form.Problem) {
		t.Helper()
		asked, problems, err := h.desk.ChangeCohort(ctx, key, cohort)
		if err != nil {
			t.Fatal(err)
		}
		return asked, problems
	}
	if asked, problems := change("cohort-9"); asked || len(problems) != 1 {
		t.Errorf("to a cohort that does not exist: %v, %v", asked, problems)
	}
	for range 2 {
		if asked, problems := change("cohort-2"); asked || problems != nil || h.Application(ref).CohortID() != "cohort-2" {
			t.Errorf("before the decision: %v, %v", asked, problems)
		}
	}
	if _, _, err := decide.Of(d).AssignCohort(ctx, h.office, ref, "cohort-1"); err != nil {
		t.Fatal(err)
	}
	if change("cohort-2"); h.Application(ref).CohortID() != "cohort-2" {
		t.Error("the assigned cohort was not changed")
	}
	h.Decide(ref, careers, "cohort-1") // although they asked for cohort 2
	h.Work()
	if last, free := h.desk.FreeToChange(h.Application(ref)); last.String() != "Tuesday 19 October 2021" || !free {
		t.Errorf("free up to %v: %v", last, free)
	}
	h.Box = nil
	for range 2 {
		if asked, problems := change("cohort-2"); !asked || problems != nil || h.Application(ref).CohortID() != "cohort-1" {
			t.Errorf("with a place: %v, %v", asked, problems)
		}
	}
	lead := h.Lead(careers)
	if all, err := h.desk.Waiting(ctx, lead); err != nil || len(all) != 1 || len(all[0].Wishes) != 1 {
		t.Fatalf("the lead has %d waiting, %v", len(all), err)
	}
	for range 2 {
		if err := h.desk.Move(ctx, lead, ref, 0); err != nil {
			t.Fatal(err)
		}
	}
	h.Work()
	a := h.Application(ref)
	if a.Decision.Named != "Cohort 2" || a.Decision.First != "2022-01-27" || a.Status() != application.Accepted {
		t.Errorf("decided: %+v", a.Decision)
	}
	mail := h.Mailed("gp@example.org", "You now have a place in Cohort 2")
	if len(mail) != 1 || !strings.Contains(mail[0].Text, "27 January 2022") || len(mail[0].Attachments) != 1 {
		t.Errorf("told by %+v", mail)
	}
	for cohort, want := range map[string]int{"cohort-1": 0, "cohort-2": 1} {
		if p, err := decide.Of(d).PlacesIn(ctx, careers, cohort); err != nil || p.Taken != want {
			t.Errorf("%s has %d, %v", cohort, p.Taken, err)
		}
	}
	h.Clock = time.Date(2022, 1, 14, 9, 0, 0, 0, course.London)
	if last, free := h.desk.FreeToChange(a); last.String() != "Thursday 13 January 2022" || free {
		t.Errorf("free up to %v: %v", last, free)
	}
	if choices, _, err := h.desk.Cohorts(ctx, a); err != nil || len(choices) != 1 || choices[0].Cohort.ID != "cohort-3" {
		t.Errorf("on 14 January there are %+v, %v", choices, err)
	}
	h.audit()
}

// TestFull: an application takes only so many wishes and corrections, and the chain holds.
func TestFull(t *testing.T) {
	h := newHub(t, nil)
	ref, key := h.apply(careers, "gp@example.org", "7654321")
	for i := range 110 {
		n := len(h.Application(ref).Corrections)
		_, err := h.desk.Correct(t.Context(), h.office, ref, "objectives", 0, n,
			form.Values{"objectives": fmt.Sprint(strings.Repeat("Ŵ", 1990), i), "correction-reason": "x"})
		switch {
		case errors.Is(err, record.ErrTooLarge) || errors.Is(err, intake.ErrFinal):
		case err != nil:
			t.Fatal(i, err)
		}
	}
	if n := len(h.Application(ref).Corrections); n < 20 || n > 100 {
		t.Errorf("%d corrections", n)
	}
	if err := h.Office.Applications.Withdraw(t.Context(), key); err != nil {
		t.Errorf("a full application cannot be withdrawn: %v", err)
	}
	h.Work()
	h.audit()
}
