package intake_test

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"traininghub/internal/application"
	"traininghub/internal/course"
	"traininghub/internal/decide"
	"traininghub/internal/document"
	"traininghub/internal/form"
	"traininghub/internal/intake"
	reading "traininghub/internal/office"
	"traininghub/internal/record"
)

// asked sends an application that needs the practice's authorisation, delivers its letters, and
// returns its reference and the practice's link.
func (o *office) asked() (ref, link string) {
	o.t.Helper()
	key := o.begin()
	o.fill(key)
	a := o.send(key)
	// The lead has read it, so that only letters about the practice are mailed later.
	if _, err := decide.Of(o.Desk).Read(context.Background(), o.Staff(o.Programme.Course(o.def.Course).Lead.Email),
		a.Reference); err != nil {
		o.t.Fatal(err)
	}
	return a.Reference, practiceLink(o.t, o.mailed())
}

var linkToPractice = regexp.MustCompile(`https://hub\.example\.org/practice/(\S+)`)

var toStatus = regexp.MustCompile(`/status/(\S+)`)

// practiceLink returns the link to the practice, which exactly one of the messages must have.
func practiceLink(t testing.TB, mail []record.Message) string {
	t.Helper()
	var links []string
	for _, m := range mail {
		if found := linkToPractice.FindStringSubmatch(m.Text); found != nil {
			links = append(links, found[1])
		}
	}
	if len(links) != 1 {
		t.Fatalf("%d letters with a link to the practice, want 1", len(links))
	}
	return links[0]
}

// toPractice returns the messages to the practice, known by their link. The staff get other letters
// meanwhile.
func toPractice(mail []record.Message) []record.Message {
	return slices.DeleteFunc(mail, func(m record.Message) bool { return !linkToPractice.MatchString(m.Text) })
}

func (o *office) application(ref string) *application.Application {
	o.t.Helper()
	r, err := o.store.Get(context.Background(), ref)
	if err != nil {
		o.t.Fatal(err)
	}
	a := &application.Application{}
	if err := json.Unmarshal(r.Data, a); err != nil {
		o.t.Fatal(err)
	}
	return a
}

// confirming and refusing return answers without a problem.
func confirming() form.Values {
	return form.Values{"answer": intake.Confirm, "name": "Jørgen Example", "role": "Practice manager"}
}

func refusing() form.Values {
	return form.Values{"answer": intake.Refuse, "name": "Jørgen Example", "role": "Practice manager",
		"reason": "She does 2 sessions here."}
}

// authorise answers on the page that the link opens, and fails if the answer has problems.
func (o *office) authorise(link string, v form.Values) (*application.Application, error) {
	o.t.Helper()
	a, err := o.PracticePage(context.Background(), link)
	if err != nil {
		return nil, err
	}
	a, problems, err := o.Authorise(context.Background(), link, v, a.Authorisation.Shown.Sum())
	if len(problems) > 0 {
		o.t.Errorf("problems %v", problems)
	}
	return a, err
}

func (o *office) state(ref string) application.PracticeState {
	o.t.Helper()
	state, _ := o.application(ref).Practice()
	return state
}

// lettersOf returns the letters of this name that an application owes or has sent.
func lettersOf(a *application.Application, name string) (all []record.Letter) {
	for _, l := range a.Letters {
		if l.Name == name {
			all = append(all, l)
		}
	}
	return all
}

func events(a *application.Application) (all []string) {
	for _, e := range a.Events {
		if e.What != application.EventSent {
			all = append(all, e.What)
		}
	}
	return all
}

func TestPracticeConfirms(t *testing.T) {
	o := newOffice(t, "supporting-mentors")
	ref, link := o.asked()
	a, err := o.PracticePage(context.Background(), link)
	if err != nil {
		t.Fatal(err)
	}
	shown := a.Authorisation.Shown
	if shown.Doctor != "Łucja Ŵyn Łucja Ŵyn" || shown.Reference != ref || shown.Course != a.Document.Course.Title ||
		!strings.Contains(shown.Statement, "at least three clinical sessions") &&
			!strings.Contains(shown.Statement, "at least 3 clinical sessions") {
		t.Errorf("shown %+v", shown)
	}
	if len(shown.Items) != 2 || shown.Items[0].ID != "practice-name" || shown.Items[1].ID != "clinical-sessions" ||
		shown.Items[1].Answer != "6" {
		t.Errorf("shown of the application: %+v", shown.Items)
	}
	if party, _ := a.Waiting(); party != application.Practice || a.Shelf() != "supporting-mentors/practice" {
		t.Errorf("it waits for the %s, on the shelf %s", party, a.Shelf())
	}
	if got := a.Copy(true).Parts; got[0].Untouched() || !got[1].Untouched() ||
		got[0].State != "Not yet authorised. We asked Pat Manager on Monday 20 September 2021." || got[0].Items != nil {
		t.Errorf("the copy says %+v", got)
	}
	o.pass(26 * time.Hour)
	if a, err = o.authorise(link, confirming()); err != nil {
		t.Fatal(err)
	}
	got := a.Authorisation.Answer
	if got == nil || !got.Confirmed || got.Name != "Jørgen Example" || got.Role != "Practice manager" ||
		!slices.Equal(got.Hash, shown.Sum()) || !got.At.Equal(o.clock()) {
		t.Errorf("answer %+v", got)
	}
	if party, since := a.Waiting(); party != application.Lead || !since.Equal(o.clock()) {
		t.Errorf("it waits for the %s since %v", party, since)
	}
	mail := o.mailed()
	if len(mail) != 1 || mail[0].To != "manager@example.org" || !strings.Contains(mail[0].Text,
		"Your practice confirmed this at 11am on Tuesday 21 September 2021. Signed by Jørgen Example, Practice manager.") ||
		!strings.Contains(mail[0].Text, "Clinical sessions a week: 6") || strings.Contains(mail[0].Text, "reason") ||
		!strings.Contains(mail[0].Text, "by midday on Tuesday 21 September 2021") {
		t.Fatalf("the receipt: %+v", mail)
	}
	o.pass(time.Hour)
	mail = o.mailed()
	lead, _ := o.Programme.Course("supporting-mentors").Fact("lead")
	if len(mail) != 2 || mail[0].To != lead || mail[1].To != "angharad@example.org" {
		t.Fatalf("letters %+v", mail)
	}
	if len(mail[0].Attachments) != 1 || !strings.Contains(mail[0].Text,
		"confirmed its part at 11am on Tuesday 21 September 2021. The answer came from Jørgen Example, Practice manager.") || strings.Contains(mail[0].Text, "did not confirm") {
		t.Errorf("to the lead: %d attachments, %s", len(mail[0].Attachments), mail[0].Text)
	}
	if !strings.Contains(mail[1].Text, "Your practice confirmed its part") ||
		strings.Contains(mail[1].Text, "did not") || strings.Contains(mail[1].Text, "not the right") {
		t.Errorf("to the applicant: %s", mail[1].Text)
	}
	text := a.Copy(false).Text()
	for _, want := range []string{"FOR COMPLETION BY THE EMPLOYING PRACTICE", "Answer\n    Confirmed",
		"Signed by\n    Jørgen Example", "Role at the practice\n    Practice manager",
		"Signed at\n    11am on Tuesday 21 September 2021"} {
		if !strings.Contains(text, want) {
			t.Errorf("the text lacks %q:\n%s", want, text)
		}
	}
	// No more reminders are sent, and a second answer changes nothing.
	before := o.application(ref)
	o.pass(20 * 24 * time.Hour)
	if again, err := o.authorise(link, refusing()); err != nil || !again.Authorisation.Answer.Confirmed {
		t.Errorf("answering again: %v", err)
	}
	if mail := toPractice(o.mailed()); len(mail) != 0 {
		t.Errorf("%d reminders after the answer", len(mail))
	}
	if after := o.application(ref); !slices.Equal(events(before), events(after)) {
		t.Errorf("events %v", events(after))
	}
	if _, _, err := o.ReplaceForTest(context.Background(), ref,
		asking("Another", "another@example.org")); !errors.Is(err, intake.ErrFinal) {
		t.Errorf("replacing after the confirmation: %v", err)
	}
}

// TestPracticeReminded: the practice is reminded after 3 and 7 working days. Each reminder has a
// link of its own, and the earlier links go on working.
func TestPracticeReminded(t *testing.T) {
	o := newOffice(t, "supporting-mentors")
	ref, first := o.asked() // 9am on Monday 20 September 2021
	links := []string{first}
	for _, day := range []int{23, 29} {
		o.now = time.Date(2021, 9, day, 8, 59, 0, 0, course.London)
		if mail := toPractice(o.mailed()); len(mail) > 0 {
			t.Errorf("%d letters before 9am on %d September", len(mail), day)
		}
		o.pass(time.Minute)
		mail := toPractice(o.mailed())
		links = append(links, practiceLink(t, mail))
		if m := mail[0]; len(mail) != 1 || m.To != "manager@example.org" || m.Attachments != nil ||
			!strings.Contains(m.Text, "On Monday 20 September 2021 we asked you") ||
			strings.Contains(m.Subject, "Łucja") {
			t.Errorf("reminder %+v", m)
		}
	}
	ids := map[string]bool{}
	for _, m := range o.mail {
		if ids[m.ID] {
			t.Errorf("two letters have the Message-ID %s", m.ID)
		}
		ids[m.ID] = true
	}
	o.pass(100 * 24 * time.Hour)
	if mail := toPractice(o.mailed()); len(mail) > 0 {
		t.Errorf("%d letters more", len(mail))
	}
	for i, link := range links {
		if a, err := o.PracticePage(context.Background(), link); err != nil || a.Reference != ref {
			t.Errorf("link %d: %v", i, err)
		}
	}
	if _, err := o.authorise(first, confirming()); err != nil {
		t.Error(err)
	}
}

// TestReminderIsTriedSoon: a letter is late from the time when it should go, not from the time when
// that was decided.
func TestReminderIsTriedSoon(t *testing.T) {
	o := newOffice(t, "supporting-mentors")
	var log strings.Builder
	o.Log = slog.New(slog.NewTextHandler(&log, nil))
	o.asked()
	o.pass(3 * 24 * time.Hour)
	o.pass(time.Minute)
	o.down = errors.New("later")
	o.mailed()
	if !strings.Contains(log.String(), "late_s=60 ") {
		t.Errorf("the log says %s", log.String())
	}
	o.down = nil
	o.pass(time.Minute)
	if mail := toPractice(o.mailed()); len(mail) != 1 {
		t.Errorf("%d reminders a minute after one could not be sent", len(mail))
	}
}

// TestPracticeSilent: if the practice has not answered 10 working days after it was asked, the
// applicant is told once, and the lead sees it. When another address is given, everything starts
// again.
func TestPracticeSilent(t *testing.T) {
	o := newOffice(t, "supporting-mentors")
	ctx := context.Background()
	ref, link := o.asked()                                   // 9am on Monday 20 September 2021
	silent := func(day, hour, minute int) []record.Message { // from 20 September
		t.Helper()
		o.now = time.Date(2021, 9, day, hour, minute, 0, 0, course.London)
		return messagesOf(o.mailed(), application.LetterPracticeSilent)
	}
	if got := silent(34, 8, 59); len(got) > 0 || o.state(ref) != application.PracticeAsked {
		t.Errorf("%d letters before 10 working days, state %s", len(got), o.state(ref))
	}
	o.down = errors.New("no mail")
	if got := silent(34, 9, 0); len(got) > 0 || o.state(ref) != application.PracticeAsked {
		t.Errorf("%d letters without mail, state %s", len(got), o.state(ref))
	}
	o.down = nil
	got := silent(35, 9, 0)
	if len(got) != 1 || got[0].To != "angharad@example.org" || got[0].Attachments != nil ||
		strings.Contains(got[0].Subject, "Łucja") {
		t.Fatalf("letters %+v", got)
	}
	for _, want := range []string{"On Monday 20 September 2021 we asked Pat Manager", "\nmanager@example.org\n",
		"https://hub.example.org/status/" + ref} {
		if !strings.Contains(got[0].Text, want) {
			t.Errorf("the letter does not say %q:\n%s", want, got[0].Text)
		}
	}
	a := o.application(ref)
	if party, since := a.Waiting(); party != application.Applying || !since.Equal(o.clock()) || !a.Brief().Flagged ||
		len(a.Copy(true).Check.Lines) != 1 || len(a.Copy(false).Check.Lines) != 0 {
		t.Errorf("it waits for the %s since %v, flags %v", party, since, a.Copy(true).Check.Lines)
	}
	if c := a.Copy(true).Parts[0].State; !strings.HasPrefix(c,
		"Not yet authorised. We asked Pat Manager on Monday 20 September 2021.") {
		t.Errorf("the copy says %q", c)
	}
	lead := o.Staff(o.Programme.Course(o.def.Course).Lead.Email)
	if l, err := o.List(ctx, lead, reading.Filter{Waiting: application.Applying}); err != nil || len(l.Lines) != 1 ||
		!l.Lines[0].Flagged {
		t.Errorf("the list has %+v, %v", l.Lines, err)
	}
	if got := silent(70, 9, 0); len(got) != 0 {
		t.Errorf("told again: %+v", got)
	}

	// The same person is asked again: everything starts again.
	if _, problems, err := o.ReplaceForTest(ctx, ref, asking("Pat Manager", "manager@example.org")); err != nil ||
		problems != nil {
		t.Fatal(problems, err)
	}
	if _, err := o.PracticePage(ctx, link); !errors.Is(err, intake.ErrNoLink) {
		t.Errorf("the old link: %v", err)
	}
	link = practiceLink(t, o.mailed())
	if a = o.application(ref); o.state(ref) != application.PracticeAsked || a.Brief().Flagged {
		t.Errorf("state %s, flags %v", o.state(ref), a.Copy(true).Check.Lines)
	}
	o.pass(9 * 24 * time.Hour)
	if got := toPractice(o.mailed()); len(got) != 2 {
		t.Errorf("%d reminders after asking again", len(got))
	}
	o.pass(5 * 24 * time.Hour)
	if got := messagesOf(o.mailed(), application.LetterPracticeSilent); len(got) != 1 ||
		o.state(ref) != application.PracticeSilent {
		t.Errorf("%d letters after asking again, state %s", len(got), o.state(ref))
	}

	// A reminder bounces later: that is a stronger sign than silence.
	reminders := lettersOf(o.application(ref), application.LetterReminder)
	if err := o.Bounced(ctx, ref, reminders[3].ID, application.EventBounced, "Permanent", o.clock()); err != nil ||
		o.state(ref) != application.PracticeBounced {
		t.Errorf("state %s, %v", o.state(ref), err)
	}
	if mail := o.mailed(); len(mail) != 1 {
		t.Errorf("%d letters about the address, want 1", len(mail))
	}
	if _, err := o.authorise(link, confirming()); err != nil || o.state(ref) != application.PracticeConfirmed ||
		len(o.application(ref).Copy(true).Check.Lines) != 0 {
		t.Errorf("answering after all: %v, state %s", err, o.state(ref))
	}
}

// TestPracticeNotSilent: no letter about silence is sent when the practice has answered, or when
// its answer does not matter any more.
func TestPracticeNotSilent(t *testing.T) {
	for name, happens := range map[string]func(o *office, ref, link string) error{
		"confirmed": func(o *office, _, link string) error { _, err := o.authorise(link, confirming()); return err },
		"refused":   func(o *office, _, link string) error { _, err := o.authorise(link, refusing()); return err },
		"wrong person": func(o *office, _, link string) error {
			_, err := o.authorise(link, form.Values{"answer": intake.WrongPerson})
			return err
		},
		"bounced": func(o *office, ref, _ string) error {
			o.pass(time.Minute)
			return o.Bounced(context.Background(), ref,
				lettersOf(o.application(ref), application.LetterAuthorise)[0].ID,
				application.EventBounced, "Permanent", o.clock())
		},
		"withdrawn": func(o *office, _, _ string) error {
			key, err := o.Follow(context.Background(),
				regexp.MustCompile(`/status/(\S+)`).FindStringSubmatch(o.mail[1].Text)[1])
			if err != nil {
				return err
			}
			return o.Withdraw(context.Background(), key)
		},
		"decided": func(o *office, ref, _ string) error { o.decline(ref); return nil },
	} {
		t.Run(name, func(t *testing.T) {
			o := newOffice(t, "supporting-mentors")
			ref, link := o.asked()
			if err := happens(o, ref, link); err != nil {
				t.Fatal(err)
			}
			state := o.state(ref)
			o.pass(40 * 24 * time.Hour)
			if got := messagesOf(o.mailed(), application.LetterPracticeSilent); len(got) != 0 || o.state(ref) != state {
				t.Errorf("%d letters, state %s, was %s", len(got), o.state(ref), state)
			}
		})
	}
}

// TestPracticeAfterReopening: when a decision is taken back and the practice had not answered
// before it, the practice is reminded again.
func TestPracticeAfterReopening(t *testing.T) {
	o := newOffice(t, "supporting-mentors")
	ref, _ := o.asked()
	o.decline(ref)
	o.pass(60 * 24 * time.Hour) // by then everything that was owed has fallen due and been dropped
	o.mailed()
	lead := o.Staff(o.Programme.Course(o.def.Course).Lead.Email)
	if _, problems, err := decide.Of(o.Desk).Reopen(context.Background(), lead, ref, 0, "By mistake"); err != nil || problems != nil {
		t.Fatal(problems, err)
	}
	o.pass(20 * 24 * time.Hour)
	mail := o.mailed()
	if reminders, silent := messagesOf(mail, application.LetterReminder),
		messagesOf(mail, application.LetterPracticeSilent); len(reminders) != 2 || len(silent) != 1 {
		t.Errorf("%d reminders and %d letters to the applicant", len(reminders), len(silent))
	}
}

// TestLinksInAnOutage: when the mail server is down for days and each letter is tried again and
// again, links that were mailed earlier go on working.
func TestLinksInAnOutage(t *testing.T) {
	o := newOffice(t, mentors)
	o.sent()
	mail := o.mailed()
	_, status := o.follow(mail)
	practice := practiceLink(t, mail)
	o.pass(3 * 24 * time.Hour) // a reminder to the practice is due
	if err := o.Resend(t.Context(), "angharad@example.org"); err != nil {
		t.Fatal(err)
	}
	o.down = errors.New("mail: cannot reach the server")
	for range 100 {
		o.mailed()
		o.pass(time.Hour)
	}
	if _, err := o.PracticePage(t.Context(), practice); err != nil {
		t.Errorf("the practice's link: %v", err)
	}
	if err := o.PeekStatus(t.Context(), status); err != nil {
		t.Errorf("the applicant's link: %v", err)
	}
	o.down = nil
	o.pass(24 * time.Hour)
	mail = o.mailed()
	if _, err := o.PracticePage(t.Context(), practiceLink(t, mail)); err != nil {
		t.Errorf("the practice's link of the letter that goes at last: %v", err)
	}
	o.follow(mail)
}

func TestPracticeRefuses(t *testing.T) {
	o := newOffice(t, "supporting-mentors")
	ref, link := o.asked()
	a, err := o.authorise(link, refusing())
	if err != nil || a.Authorisation.Answer == nil || a.Authorisation.Answer.Confirmed ||
		a.Authorisation.Answer.Reason != "She does 2 sessions here." {
		t.Fatalf("%+v, %v", a, err)
	}
	if party, _ := a.Waiting(); party != application.Lead {
		t.Errorf("it waits for the %s", party)
	}
	if mail := o.mailed(); len(mail) != 1 || !strings.Contains(mail[0].Text, "The reason given: She does 2 sessions here.") {
		t.Errorf("the receipt: %+v", mail)
	}
	o.pass(time.Hour)
	mail := o.mailed()
	if len(mail) != 2 || !strings.Contains(mail[0].Text,
		"did not confirm its part. It answered at 9am on Monday 20 September 2021") ||
		!strings.Contains(mail[0].Text, "- The practice did not confirm its part.") ||
		!strings.Contains(mail[1].Text, "gave this reason:\n\nShe does 2 sessions here.") ||
		!strings.Contains(mail[1].Text, "/status/") || strings.Contains(mail[1].Text, "The person you named") {
		t.Errorf("letters %+v", mail)
	}
	// Another person is asked: the refusal can still be seen, and the old link stops working.
	o.pass(time.Hour)
	if _, problems, err := o.ReplaceForTest(context.Background(), ref,
		asking("Gráinne Example", "grainne@example.org")); err != nil || problems != nil {
		t.Fatal(problems, err)
	}
	if _, err := o.PracticePage(context.Background(), link); !errors.Is(err, intake.ErrNoLink) {
		t.Errorf("the old link: %v", err)
	}
	mail = o.mailed()
	second := practiceLink(t, mail)
	if len(mail) != 1 || mail[0].To != "grainne@example.org" || strings.Contains(mail[0].Text, "Gráinne") {
		t.Errorf("letter %+v", mail)
	}
	a = o.application(ref)
	if c := a.Copy(true); c.Parts[0].State != "Not yet authorised. We asked Gráinne Example on Monday 20 September 2021." || len(c.Parts[0].Items) != 1 ||
		!strings.Contains(c.Parts[0].Items[0].Answer, "She does 2 sessions here.") || len(c.Check.Lines) != 1 {
		t.Errorf("copy %+v, flags %v", c.Parts, c.Check.Lines)
	}
	if party, since := a.Waiting(); party != application.Practice || !since.Equal(o.clock()) {
		t.Errorf("it waits for the %s since %v", party, since)
	}
	if a, err = o.authorise(second, confirming()); err != nil || len(o.mailed()) != 1 ||
		len(a.Copy(true).Check.Lines) != 1 {
		t.Errorf("the second answer: %v, flags %v", err, a.Copy(true).Check.Lines)
	}
	if got := events(a); !slices.Equal(got,
		[]string{application.EventStarted, application.EventReceived, application.EventAsked,
			application.EventRead, application.EventRefused, application.EventAsked, application.EventAuthorised}) {
		t.Errorf("events %v", got)
	}
}

// TestWaitingForTheApplicant: applications that wait for the applicant are listed both by what they
// wait for and by their status, whether or not they are decided.
func TestWaitingForTheApplicant(t *testing.T) {
	for _, c := range []struct {
		form  string
		waits func(o *office) string
		is    application.Status
		not   application.Status
	}{
		{"supporting-mentors", func(o *office) string {
			ref, link := o.asked()
			if _, err := o.authorise(link, form.Values{"answer": intake.WrongPerson}); err != nil {
				t.Fatal(err)
			}
			return ref
		}, application.Received, application.Accepted},
		{"career-conversations", func(o *office) string {
			ref := o.sent().Reference
			o.accept(ref)
			return ref
		}, application.Accepted, application.Received},
	} {
		o := newOffice(t, c.form)
		ref := c.waits(o)
		lead := o.Staff(o.Programme.Course(o.def.Course).Lead.Email)
		for f, want := range map[reading.Filter]int{
			{}:                              1,
			{Waiting: application.Applying}: 1,
			{Waiting: reading.Anyone}:       1,
			{Waiting: application.Lead}:     0,
			{Status: c.is}:                  1,
			{Status: c.not}:                 0,
			{Status: c.is, Waiting: application.Applying}:  1,
			{Status: c.not, Waiting: application.Applying}: 0,
		} {
			if l, err := o.List(t.Context(), lead, f); err != nil || len(l.Lines) != want || want == 1 &&
				l.Lines[0].Reference != ref {
				t.Errorf("%s: %+v lists %+v, %v; want %d", c.form, f, l.Lines, err, want)
			}
		}
		all, err := o.Figures(t.Context(), lead, false)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range all {
			if f.Course.ID == o.def.Course && f.Waiting[application.Applying] != 1 {
				t.Errorf("%s: figures count %v", c.form, f.Waiting)
			}
		}
		taken, err := decide.Of(o.Desk).PlacesIn(t.Context(), o.def.Course, "cohort-1")
		if want := map[bool]int{true: 1}[c.is == application.Accepted]; err != nil || taken.Taken != want {
			t.Errorf("%s: %d places taken, %v; want %d", c.form, taken.Taken, err, want)
		}
	}
}

func TestWrongPerson(t *testing.T) {
	o := newOffice(t, "supporting-mentors")
	ref, link := o.asked()
	a, err := o.authorise(link, form.Values{"answer": intake.WrongPerson})
	if err != nil || a.Authorisation.Answer != nil {
		t.Fatalf("%+v, %v", a.Authorisation, err)
	}
	if party, _ := a.Waiting(); party != application.Applying || a.Shelf() != "supporting-mentors/applicant" {
		t.Errorf("it waits for the %s", party)
	}
	if mail := o.mailed(); len(mail) != 0 {
		t.Errorf("letters within the hour %+v", mail)
	}
	o.pass(time.Hour)
	mail := o.mailed()
	if len(mail) != 1 || mail[0].To != "angharad@example.org" ||
		!strings.Contains(mail[0].Text, "The person you named, Pat Manager, is not the right one") ||
		strings.Contains(mail[0].Text, "Your practice") {
		t.Errorf("letters %+v", mail)
	}
	// The link cannot be used to answer any more, and nobody is reminded.
	if a, err = o.authorise(link, confirming()); err != nil || a.Authorisation.Answer != nil {
		t.Errorf("answering after that: %+v, %v", a.Authorisation, err)
	}
	o.pass(30 * 24 * time.Hour)
	if mail := toPractice(o.mailed()); len(mail) != 0 {
		t.Errorf("%d reminders", len(mail))
	}
	if c := o.application(ref).Copy(true); len(c.Check.Lines) != 1 ||
		!strings.HasSuffix(c.Parts[0].State, "They are not the right person.") {
		t.Errorf("flags %v, %s", c.Check.Lines, c.Parts[0].State)
	}
	if _, problems, err := o.ReplaceForTest(context.Background(), ref,
		asking("Gráinne Example", "grainne@example.org")); err != nil || problems != nil {
		t.Fatal(problems, err)
	}
	if o.state(ref) != application.PracticeAsked || len(o.application(ref).Copy(true).Check.Lines) != 0 {
		t.Errorf("after another was named: %s", o.state(ref))
	}
}

func TestPracticeBounces(t *testing.T) {
	o := newOffice(t, "supporting-mentors")
	ctx := context.Background()
	ref, link := o.asked()
	letter := lettersOf(o.application(ref), application.LetterAuthorise)[0].ID
	lead := lettersOf(o.application(ref), application.LetterToLead)[0].ID
	o.pass(time.Minute)
	for _, bounce := range []struct{ letter, what string }{
		{lead, application.EventBounced}, {letter, application.EventDelayed}, {letter, application.EventComplaint},
	} {
		if err := o.Bounced(ctx, ref, bounce.letter, bounce.what, "Permanent", o.clock()); err != nil {
			t.Fatal(err)
		}
	}
	if mail := o.mailed(); len(mail) != 0 || o.state(ref) != application.PracticeAsked {
		t.Errorf("%d letters, state %s", len(mail), o.state(ref))
	}
	for range 2 {
		if err := o.Bounced(ctx, ref, letter, application.EventBounced, "Permanent General", o.clock()); err != nil {
			t.Fatal(err)
		}
		o.pass(time.Second)
	}
	mail := o.mailed()
	if len(mail) != 1 || mail[0].To != "angharad@example.org" ||
		!strings.Contains(mail[0].Text, "manager@example.org") || !strings.Contains(mail[0].Text, "/status/") {
		t.Fatalf("letters %+v", mail)
	}
	a := o.application(ref)
	if party, _ := a.Waiting(); party != application.Applying || len(a.Copy(true).Check.Lines) != 1 ||
		len(a.Copy(false).Check.Lines) != 0 || !a.Brief().Flagged {
		t.Errorf("it waits for the %s, flags %v", party, a.Copy(true).Check.Lines)
	}
	o.pass(30 * 24 * time.Hour)
	if mail := toPractice(o.mailed()); len(mail) != 0 {
		t.Errorf("%d reminders to an address that does not work", len(mail))
	}
	// Somebody got the letter after all: the link still works.
	if a, err := o.authorise(link, confirming()); err != nil || a.Authorisation.Answer == nil ||
		len(a.Copy(true).Check.Lines) != 0 {
		t.Errorf("answering: %v", err)
	}

	// A letter to somebody who was asked earlier bounces: that does not matter any more.
	o = newOffice(t, "supporting-mentors")
	ref, _ = o.asked()
	letter = lettersOf(o.application(ref), application.LetterAuthorise)[0].ID
	o.pass(time.Minute)
	if _, _, err := o.ReplaceForTest(ctx, ref, asking("Gráinne Example", "grainne@example.org")); err != nil {
		t.Fatal(err)
	}
	if err := o.Bounced(ctx, ref, letter, application.EventBounced, "Permanent", o.clock()); err != nil ||
		o.state(ref) != application.PracticeAsked {
		t.Errorf("state %s, %v", o.state(ref), err)
	}
}

// asking returns the answers that name somebody else at the practice.
func asking(name, email string) form.Values {
	return form.Values{"practice-manager-name": name, "practice-manager-email": email}
}

// TestReplaceNeedsKey: if the application was closed on a device while its page was open there,
// that device cannot name somebody else at the practice.
func TestReplaceNeedsKey(t *testing.T) {
	o := newOffice(t, "supporting-mentors")
	draft := o.begin()
	o.fill(draft)
	a := o.send(draft)
	mail := o.mailed()
	key, err := o.Follow(t.Context(), regexp.MustCompile(`/status/(\S+)`).FindStringSubmatch(mail[1].Text)[1])
	if err != nil {
		t.Fatal(err)
	}
	if err := o.Unfollow(t.Context(), key); err != nil {
		t.Fatal(err)
	}
	if _, err := o.ReplacePractice(t.Context(), key, asking("Mallory", "m@example.org")); !errors.Is(err, intake.ErrNoLink) {
		t.Errorf("got %v, want ErrNoLink", err)
	}
	if got := o.application(a.Reference).Authorisation.Email; got == "m@example.org" {
		t.Error("the practice was replaced by a device that had closed the application")
	}
}

func TestReplacePractice(t *testing.T) {
	o := newOffice(t, "supporting-mentors")
	ctx := context.Background()
	ref, link := o.asked()
	for _, c := range []struct{ name, email, want string }{
		{"", "grainne@example.org", "Enter your practice manager's name"},
		{"Gráinne", "", "Enter your practice manager's email address"},
		{"Gráinne", "nobody", "Enter an email address in the correct format, like name@example.com"},
		{"Gráinne", " ANGHARAD@example.org ", "Enter your practice manager's email address, not your own"},
		{"Gráinne", "angharad@EXAMPLE.ORG\u200b", "Enter your practice manager's email address, not your own"},
		{strings.Repeat("x", 201), "grainne@example.org", "Name must be 200 characters or less"},
		{"You have won: www.example.com", "grainne@example.org",
			"Name must be a name, without a web or email address, and with no more than 2 numbers"},
		{"\u00ad\u3164", "grainne@example.org", "Enter your practice manager's name"},
		{"Gráinne", "grainne@nhs.ent",
			"Did you mean grainne@nhs.net? Correct the email address, or continue to keep it as it is"},
	} {
		a, problems, err := o.ReplaceForTest(ctx, ref, asking(c.name, c.email))
		if err != nil || len(problems) != 1 || problems[0].Text != c.want || problems[0].Input == "" {
			t.Errorf("%q, %q: %v, %v", c.name, c.email, problems, err)
		}
		if a.Authorisation.Email != "manager@example.org" {
			t.Error("it was replaced in spite of that")
		}
	}
	if _, err := o.PracticePage(ctx, link); err != nil {
		t.Errorf("the link after problems: %v", err)
	}
	// Somebody else is asked while the first letter is on its way: the link in the first letter no
	// longer works.
	for i := range 9 {
		if _, problems, err := o.ReplaceForTest(ctx, ref, asking("Gráinne", "grainne@example.org")); err != nil ||
			problems != nil {
			t.Fatal(i, problems, err)
		}
	}
	if _, problems, err := o.ReplaceForTest(ctx, ref, asking("Gráinne", "grainne@example.org")); err != nil ||
		len(problems) != 1 || !strings.Contains(problems[0].Text, "10 times") {
		t.Errorf("for the tenth time: %v, %v", problems, err)
	}
	if mail := o.mailed(); len(mail) != 1 {
		t.Errorf("%d letters after asking 9 times in a moment, want 1", len(mail))
	}
	a := o.application(ref)
	if got := lettersOf(a, application.LetterReminder); len(got) != 2 {
		t.Errorf("%d reminders owed", len(got))
	}
	for _, missing := range []string{"SM-2C2C-2C2C", "", "x"} {
		if _, _, err := o.ReplaceForTest(ctx, missing, asking("G", "g@example.org")); !errors.Is(err,
			record.ErrNotFound) {
			t.Errorf("%q: %v", missing, err)
		}
	}
	careers := newOffice(t, "career-conversations")
	key := careers.begin()
	careers.fill(key)
	sent := careers.send(key)
	if _, _, err := careers.ReplaceForTest(ctx, sent.Reference, asking("G", "g@example.org")); !errors.Is(err,
		intake.ErrFinal) {
		t.Errorf("a form that asks nobody: %v", err)
	}
	if sent.Authorisation != nil || slices.ContainsFunc(sent.Copy(true).Parts,
		func(p document.Part) bool { return !p.Untouched() }) {
		t.Errorf("a form that asks nobody: %+v", sent.Authorisation)
	}
}

// TestPracticeLinks: all links that open nothing get the same answer. An incomplete answer is told
// what it lacks.
func TestPracticeLinks(t *testing.T) {
	o := newOffice(t, "supporting-mentors")
	ctx := context.Background()
	key := o.begin()
	o.fill(key)
	a := o.send(key)
	link := practiceLink(t, o.mailed())
	status := regexp.MustCompile(`/status/(\S+)`).FindStringSubmatch(o.mail[1].Text)[1]
	for name, wrong := range map[string]string{
		"nothing": "", "the cookie's key": key, "the applicant's link": status, "changed": link[:len(link)-6] +
			"AAAAAA",
		"another reference": "SM-2C2C-2C2C" + link[12:], "no secret": a.Reference + ".", "the secret alone": link[13:],
	} {
		if _, err := o.PracticePage(ctx, wrong); !errors.Is(err, intake.ErrNoLink) {
			t.Errorf("%s: %v", name, err)
		}
		if _, _, err := o.Authorise(ctx, wrong, confirming(), a.Authorisation.Shown.Sum()); !errors.Is(err,
			intake.ErrNoLink) {
			t.Errorf("%s: answering: %v", name, err)
		}
	}
	// The practice's link does not open the applicant's pages either.
	if _, err := o.Open(ctx, o.def, link); !errors.Is(err, intake.ErrNoDraft) {
		t.Errorf("the practice's link opens the draft: %v", err)
	}
	if _, err := o.Following(ctx, link); !errors.Is(err, intake.ErrNoLink) {
		t.Errorf("the practice's link opens the application: %v", err)
	}
	seen := a.Authorisation.Shown.Sum()
	for _, c := range []struct {
		v    form.Values
		seen []byte
		want string // ids of the inputs with problems
	}{
		{form.Values{}, seen, "answer name role"},
		{form.Values{"answer": "yes", "name": "J", "role": "R"}, seen, "answer"},
		{form.Values{"answer": intake.Confirm}, seen, "name role"},
		{form.Values{"answer": intake.Confirm, "name": "  ", "role": "\u200b"}, seen, "name role"},
		{form.Values{"answer": intake.Refuse, "name": "J", "role": "R"}, seen, "reason"},
		{form.Values{"answer": intake.Refuse, "name": "J", "role": "R", "reason": strings.Repeat("x", 2001)}, seen,
			"reason"},
		{form.Values{"answer": intake.Confirm, "name": strings.Repeat("x", 201), "role": "R"}, seen, "name"},
		{confirming(), nil, "shown"},
		{confirming(), append(slices.Clone(seen[:31]), seen[31]^1), "shown"},
		{form.Values{"answer": intake.WrongPerson}, []byte("x"), "shown"},
	} {
		a, problems, err := o.Authorise(ctx, link, c.v, c.seen)
		var inputs []string
		for _, p := range problems {
			inputs = append(inputs, p.Input)
		}
		if got := strings.Join(inputs, " "); err != nil || got != c.want || a.Authorisation.Answer != nil {
			t.Errorf("%v: problems with %q, want %q; %v", c.v, got, c.want, err)
		}
	}
	if got := o.application(a.Reference); len(got.Events) != len(events(got))+3 ||
		o.state(a.Reference) != application.PracticeAsked {
		t.Errorf("events %v", got.Events)
	}
	o.pass(366 * 24 * time.Hour)
	if _, err := o.PracticePage(ctx, link); !errors.Is(err, intake.ErrNoLink) {
		t.Errorf("after its time: %v", err)
	}
}

// TestPracticeOnce: if several answers come at once, one counts, and everybody is told about that
// one.
func TestPracticeOnce(t *testing.T) {
	o := newOffice(t, "supporting-mentors")
	ref, link := o.asked()
	seen := o.application(ref).Authorisation.Shown.Sum()
	states := make([]application.PracticeState, 50)
	var wg sync.WaitGroup
	for i := range states {
		wg.Go(func() {
			v := []form.Values{confirming(), refusing(), {"answer": intake.WrongPerson}}[i%3]
			for {
				a, problems, err := o.Authorise(context.Background(), link, v, seen)
				if errors.Is(err, record.ErrBusy) {
					continue // the browser says so, and the person tries again
				}
				if err != nil || problems != nil {
					t.Error(problems, err)
					return
				}
				states[i], _ = a.Practice()
				return
			}
		})
	}
	wg.Wait()
	a := o.application(ref)
	answered := 0
	for _, e := range a.Events {
		if e.What == application.EventAuthorised || e.What == application.EventRefused ||
			e.What == application.EventWrong {
			answered++
		}
	}
	if slices.Sort(states); answered != 1 || states[0] != states[49] || states[0] != o.state(ref) {
		t.Errorf("%d answers, told %v", answered, slices.Compact(states))
	}
	want := 3 // with the receipt
	if o.state(ref) == application.PracticeWrong {
		want = 1
	}
	o.pass(time.Hour)
	if mail := o.mailed(); len(mail) != want {
		t.Errorf("%d letters, want %d", len(mail), want)
	}
}

// TestPracticeAgainst runs an answer at the same moment as something that makes it void. Either the
// answer counts or the other does, never half of each.
func TestPracticeAgainst(t *testing.T) {
	for name, other := range map[string]func(o *office, ref, status string) error{
		"replace": func(o *office, ref, _ string) error {
			_, _, err := o.ReplaceForTest(context.Background(), ref, asking("Gráinne", "grainne@example.org"))
			return err
		},
		"withdraw": func(o *office, _, status string) error {
			key, err := o.Follow(context.Background(), status)
			if err != nil {
				return err
			}
			return o.Withdraw(context.Background(), key)
		},
	} {
		t.Run(name, func(t *testing.T) {
			o := newOffice(t, "supporting-mentors")
			seen := map[string]int{}
			for range 20 {
				o.pass(time.Hour) // one address gets only a few letters an hour
				before := len(o.mail)
				ref, link := o.asked()
				// Take the link from the letter about this application. Letters about earlier ones
				// may still be owed.
				status := ""
				for _, m := range o.mail[before:] {
					if link := toStatus.FindStringSubmatch(m.Text); link != nil && strings.HasPrefix(link[1], ref) {
						status = link[1]
					}
				}
				sum := o.application(ref).Authorisation.Shown.Sum()
				var answered *application.Application
				var late, refused error
				var wg sync.WaitGroup
				wg.Go(func() { answered, _, late = o.Authorise(context.Background(), link, confirming(), sum) })
				wg.Go(func() { refused = other(o, ref, status) })
				wg.Wait()
				a := o.application(ref)
				counted := slices.ContainsFunc(a.Events,
					func(e record.Event) bool { return e.What == application.EventAuthorised })
				switch {
				case name == "replace" && counted:
					if late != nil || !errors.Is(refused, intake.ErrFinal) || a.Authorisation.Answer == nil ||
						a.Authorisation.Email != "manager@example.org" {
						t.Errorf("answered first: %v, %v, %+v", late, refused, a.Authorisation)
					}
				case name == "replace":
					if !errors.Is(late, intake.ErrNoLink) || refused != nil || a.Authorisation.Answer != nil ||
						a.Authorisation.Email != "grainne@example.org" {
						t.Errorf("replaced first: %v, %v, %+v", late, refused, a.Authorisation)
					}
				default: // withdrawing always succeeds, and an answer given before is kept
					if late != nil || refused != nil || a.Status() != application.Withdrawn ||
						counted != (a.Authorisation.Answer != nil) ||
						counted != (answered.Authorisation.Answer != nil) {
						t.Errorf("withdrawn: %v, %v, %+v", late, refused, a.Authorisation)
					}
				}
				seen[map[bool]string{true: "answer first", false: "other first"}[counted]]++
				o.mailed()
			}
			t.Log(seen)
		})
	}
}

// TestPracticeOver: after the application was withdrawn, the practice's link says so and shows
// nothing else.
func TestPracticeOver(t *testing.T) {
	o := newOffice(t, "supporting-mentors")
	ctx := context.Background()
	key := o.begin()
	o.fill(key)
	ref := o.send(key).Reference
	link := practiceLink(t, o.mailed())
	follow, err := o.Follow(ctx, regexp.MustCompile(`/status/(\S+)`).FindStringSubmatch(o.mail[1].Text)[1])
	if err != nil {
		t.Fatal(err)
	}
	if err := o.Withdraw(ctx, follow); err != nil {
		t.Fatal(err)
	}
	o.mailed()
	if a, err := o.authorise(link, confirming()); err != nil || a.Authorisation.Answer != nil ||
		o.state(ref) != application.PracticeOver {
		t.Errorf("answering: %v, state %s", err, o.state(ref))
	}
	if _, _, err := o.ReplaceForTest(ctx, ref, asking("G", "g@example.org")); !errors.Is(err, intake.ErrFinal) {
		t.Errorf("replacing: %v", err)
	}
	o.pass(30 * 24 * time.Hour)
	if mail := toPractice(o.mailed()); len(mail) != 0 {
		t.Errorf("%d reminders", len(mail))
	}
}

// TestOwnAddress: the practice cannot be asked at the applicant's own address, however it is
// written.
func TestOwnAddress(t *testing.T) {
	o := newOffice(t, "supporting-mentors")
	ctx := context.Background()
	key := o.begin()
	o.fill(key)
	s, _ := o.def.Section("practice-manager")
	v := answers(s)
	v["practice-manager-email"] = " Angharad@Example.org"
	a, err := o.Save(ctx, o.def, key, s, v)
	if err != nil {
		t.Fatal(err)
	}
	const want = "Enter your practice manager's email address, not your own"
	if p := a.Answers.Check(o.def, s, o.clock()); len(p) != 1 || p[0].Text != want ||
		p[0].Input != "practice-manager-email" {
		t.Errorf("problems %v", p)
	}
	v["practice-manager-telephone"], v["practice-manager-name"] = "", ""
	if a, err = o.Save(ctx, o.def, key, s, v); err != nil {
		t.Fatal(err)
	}
	if p := a.Answers.Check(o.def, s, o.clock()); len(p) != 3 || p[0].Input != "practice-manager-name" ||
		p[1].Text != want || p[2].Input != "practice-manager-telephone" {
		t.Errorf("problems are not in the page's order: %v", p)
	}
	v = answers(s)
	if _, err = o.Save(ctx, o.def, key, s, v); err != nil {
		t.Fatal(err)
	}
	// The applicant changes their own address to the practice's afterwards.
	first := answers(&o.def.Sections[0])
	first["email"] = "MANAGER@example.org"
	if a, err = o.Save(ctx, o.def, key, &o.def.Sections[0], first); err != nil {
		t.Fatal(err)
	}
	gaps := a.Answers.Gaps(o.def, o.clock())
	if len(gaps) != 1 || gaps[0].Section.ID != "practice-manager" || gaps[0].Problems[0].Text != want {
		t.Errorf("gaps %+v", gaps)
	}
	if _, _, _, err := o.Desk.Send(ctx, o.def, key, intake.Signed{Ticked: o.all(), Name: "Łucja Ŵyn"}); !errors.Is(err, intake.ErrIncomplete) {
		t.Errorf("sending: %v", err)
	}
}

// TestOwnMailbox: an address that leads to the applicant's own mailbox may be right, so the lead is
// shown it. An address that is probably mistyped is accepted when it is entered a second time.
func TestOwnMailbox(t *testing.T) {
	o := newOffice(t, "supporting-mentors")
	ref, _ := o.asked()
	const own = "The email address of the practice leads to the applicant's own mailbox."
	if flags := o.application(ref).Remarks(); slices.Contains(flags, own) {
		t.Errorf("another's address is flagged: %q", flags)
	}
	if _, problems, err := o.ReplaceForTest(t.Context(), ref,
		asking("Gráinne", "Angharad+practice@example.org")); err != nil || problems != nil {
		t.Fatal(problems, err)
	}
	if a := o.application(ref); !slices.Contains(a.Remarks(), own) || !a.Brief().Flagged {
		t.Errorf("flags %q", a.Remarks())
	}
	v := asking("Gráinne", "grainne@nhs.ent")
	_, problems, err := o.ReplaceForTest(t.Context(), ref, v)
	if err != nil || len(problems) != 1 || problems[0].Keep == "" {
		t.Fatal(problems, err)
	}
	v["practice-manager-email-keep"] = problems[0].Keep
	if _, problems, err = o.ReplaceForTest(t.Context(), ref, v); err != nil || problems != nil ||
		o.application(ref).Authorisation.Email != "grainne@nhs.ent" {
		t.Errorf("posted again: %v, %v", problems, err)
	}
}

// TestTakenBack: the practice can take its answer back for an hour, and nobody else hears of it.
// The answer is kept, the next one counts, and the chain stays valid. After the hour, or once there
// is a decision, nothing can be taken back.
func TestTakenBack(t *testing.T) {
	for name, slip := range map[string]form.Values{
		"refused": refusing(), "confirmed": confirming(), "wrong person": {"answer": intake.WrongPerson},
	} {
		o := newOffice(t, "supporting-mentors")
		ref, link := o.asked()
		if _, err := o.TakeBack(t.Context(), link); err != nil || o.state(ref) != application.PracticeAsked {
			t.Errorf("%s: taken back before an answer: %v", name, err)
		}
		if _, err := o.authorise(link, slip); err != nil {
			t.Fatal(err)
		}
		o.mailed()
		o.pass(59 * time.Minute)
		for range 2 { // a double click counts once
			if _, err := o.TakeBack(t.Context(), link); err != nil || o.state(ref) != application.PracticeAsked {
				t.Fatalf("%s: it is %s, %v", name, o.state(ref), err)
			}
		}
		if mail := o.mailed(); len(mail) != 1 || mail[0].To != "manager@example.org" ||
			!strings.Contains(mail[0].Text, "was taken back") {
			t.Errorf("%s: letters %+v", name, mail)
		}
		o.pass(2 * time.Hour)
		if mail := o.mailed(); len(mail) != 0 {
			t.Errorf("%s: letters of the slip %+v", name, mail)
		}
		a, err := o.authorise(link, confirming())
		if err != nil || !a.Authorisation.Answer.Confirmed {
			t.Fatalf("%s: answering again: %v", name, err)
		}
		if kept := a.Authorisation.TakenBack; (len(kept) == 1) != (name != "wrong person") {
			t.Errorf("%s: kept %+v", name, kept)
		}
		if flags := a.FlagsNow(); len(flags) != 0 {
			t.Errorf("%s: flags %v", name, flags)
		}
		o.pass(time.Hour)
		if mail := o.mailed(); len(mail) != 3 {
			t.Errorf("%s: %d letters in the end", name, len(mail))
		}
		if a, err := o.TakeBack(t.Context(), link); err != nil || a.Authorisation.Answer == nil {
			t.Errorf("%s: taken back after the hour: %v", name, err)
		}
		if found, err := o.Audit(t.Context(), nil); err != nil || found.Wrong != nil {
			t.Errorf("%s: the audit finds %+v, %v", name, found, err)
		}
	}
	o := newOffice(t, "supporting-mentors")
	ref, link := o.asked()
	for i := range 11 {
		if _, err := o.authorise(link, confirming()); err != nil {
			t.Fatal(err)
		}
		a, err := o.TakeBack(t.Context(), link)
		if err != nil || (a.Authorisation.Answer == nil) != (i < 10) {
			t.Fatalf("taken back %d times: %+v, %v", i+1, a.Authorisation.Answer, err)
		}
	}
	o.accept(ref)
	if o.BackUntil(o.application(ref)) != (time.Time{}) {
		t.Error("it can be taken back after the decision")
	}
}

// TestRightPerson: somebody who is not the right person can name the right one, who gets no letter
// until the applicant agrees.
func TestRightPerson(t *testing.T) {
	o := newOffice(t, "supporting-mentors")
	ref, link := o.asked()
	wrong := func(name, email string) form.Values {
		return form.Values{"answer": intake.WrongPerson, "right-name": name, "right-email": email}
	}
	for want, v := range map[string]form.Values{
		"right-name":  wrong("", "right@example.org"),
		"right-email": wrong("Right Person", ""),
	} {
		page, err := o.PracticePage(t.Context(), link)
		if err != nil {
			t.Fatal(err)
		}
		for _, v := range []form.Values{v, wrong("Right Person", "no address"), wrong("R", "Angharad@Example.org")} {
			_, problems, err := o.Authorise(t.Context(), link, v, page.Authorisation.Shown.Sum())
			if err != nil || len(problems) != 1 || v["right-email"] != "no address" && v["right-name"] != "R" && problems[0].Question != want {
				t.Errorf("%v: problems %v, %v", v, problems, err)
			}
		}
	}
	if _, err := o.authorise(link, wrong("Right Person", "right@example.org")); err != nil {
		t.Fatal(err)
	}
	o.pass(time.Hour)
	mail := o.mailed()
	if len(mail) != 1 || mail[0].To != "angharad@example.org" ||
		!strings.Contains(mail[0].Text, "Right Person, right@example.org. We have not written to this person.") {
		t.Fatalf("letters %+v", mail)
	}
	a := o.application(ref)
	if r := a.Authorisation.Right; r == nil ||
		*r != (application.Right{Name: "Right Person", Email: "right@example.org"}) {
		t.Errorf("named %+v", r)
	}
	if p, err := o.Person(t.Context(), "", "right@example.org"); err != nil || len(p.NamedIn) != 1 {
		t.Errorf("the named person has %+v, %v", p, err)
	}
	if _, problems, err := o.ReplaceForTest(t.Context(), ref, asking("Right Person", "right@example.org")); err != nil || problems != nil {
		t.Fatal(problems, err)
	}
	if mail := o.mailed(); len(mail) != 1 || mail[0].To != "right@example.org" {
		t.Errorf("letters %+v", mail)
	}
}
