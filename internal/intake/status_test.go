package intake_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"html"
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
)

// follow opens the applicant's latest status link, and returns the key of the device and the link.
func (o *office) follow(mail []record.Message) (key, link string) {
	o.t.Helper()
	for _, m := range mail {
		if l := regexp.MustCompile(`/status/(\S+)`).FindStringSubmatch(m.Text); l != nil {
			link = l[1]
		}
	}
	if err := o.PeekStatus(context.Background(), link); err != nil {
		o.t.Fatal(err)
	}
	key, err := o.Follow(context.Background(), link)
	if err != nil {
		o.t.Fatal(err)
	}
	return key, link
}

// stands returns the application as it is now.
func (o *office) stands(key string) *application.Application {
	o.t.Helper()
	a, err := o.Following(context.Background(), key)
	if err != nil {
		o.t.Fatal(err)
	}
	return a
}

// accept makes the lead accept the application.
func (o *office) accept(ref string) {
	o.t.Helper()
	lead := o.Staff(o.Programme.Course(o.def.Course).Lead.Email)
	dec := application.Decision{Accepted: true, Cohort: "cohort-1", Funding: "2021-11-17", Name: "Dr Ada Example",
		Paper: o.def.Practice() != nil}
	if _, _, problems, err := decide.Of(o.Desk).Decide(context.Background(), lead, ref, dec, ""); err != nil || problems != nil {
		o.t.Fatal(problems, err)
	}
}

func count(a *application.Application, what string) (n int) {
	for _, e := range a.Events {
		if e.What == what {
			n++
		}
	}
	return n
}

// sent fills in and sends an application, delivers its letters and follows it.
func sent(t *testing.T, formID string) (o *office, a *application.Application, key, link string) {
	o = newOffice(t, formID)
	draft := o.begin()
	o.fill(draft)
	a = o.send(draft)
	key, link = o.follow(o.mailed())
	return o, a, key, link
}

func TestFollow(t *testing.T) {
	o, a, key, link := sent(t, "career-conversations")
	ctx := context.Background()
	for range 3 {
		if _, err := o.Follow(ctx, link); err != nil {
			t.Fatal(err)
		}
	}
	if n := count(o.stands(key), application.EventViewed); n != 1 {
		t.Errorf("viewed %d times within the hour, want 1", n)
	}
	o.pass(time.Hour)
	if _, err := o.Following(ctx, key); !errors.Is(err, intake.ErrNoLink) {
		t.Errorf("after an hour: %v", err)
	}
	key, err := o.Follow(ctx, link)
	if err != nil {
		t.Fatal(err)
	}
	if n := count(o.stands(key), application.EventViewed); n != 2 {
		t.Errorf("viewed %d times, want 2", n)
	}
	for name, call := range map[string]func(string) error{
		"peek":   func(k string) error { return o.PeekStatus(ctx, k) },
		"follow": func(k string) error { _, err := o.Follow(ctx, k); return err },
	} {
		for _, wrong := range []string{"", "x", key, a.Reference + ".", "CC-2C2C-2C2C" + link[len(a.Reference):],
			link[:len(link)-6] + "AAAAAA"} {
			if err := call(wrong); !errors.Is(err, intake.ErrNoLink) {
				t.Errorf("%s with %q: %v, want ErrNoLink", name, wrong, err)
			}
		}
	}
	if _, err := o.Following(ctx, link); !errors.Is(err, intake.ErrNoLink) {
		t.Errorf("a mailed link as a cookie: %v", err)
	}
	// Once accepted it is kept longer, so the link works longer.
	o.accept(a.Reference)
	o.pass(500 * 24 * time.Hour)
	if err := o.PeekStatus(ctx, link); err != nil {
		t.Errorf("while the application is kept: %v", err)
	}
	o.pass(231 * 24 * time.Hour)
	if err := o.PeekStatus(ctx, link); !errors.Is(err, intake.ErrNoLink) {
		t.Errorf("after the application's time: %v", err)
	}
}

func TestLinksStayGood(t *testing.T) {
	o, a, _, link := sent(t, "career-conversations")
	o.down = errors.New("no answer") // the letter is tried again and again, each time with a new secret
	if err := o.Resend(context.Background(), "angharad@example.org"); err != nil {
		t.Fatal(err)
	}
	for range 30 {
		o.mailed()
		o.pass(2 * time.Hour)
	}
	o.down = nil
	if _, second := o.follow(o.mailed()); second == link || !strings.HasPrefix(second, a.Reference) {
		t.Error("no other link came")
	}
	if err := o.PeekStatus(context.Background(), link); err != nil {
		t.Errorf("the first link: %v", err)
	}
}

func TestResend(t *testing.T) {
	o, _, _, _ := sent(t, "career-conversations")
	ctx := context.Background()
	for range 3 {
		if err := o.Resend(ctx, "Angharad@Example.org"); err != nil {
			t.Fatal(err)
		}
	}
	if err := o.Resend(ctx, "nobody@example.org"); err != nil {
		t.Fatal(err)
	}
	if mail := o.mailed(); len(mail) != 1 || mail[0].To != "angharad@example.org" || mail[0].Attachments != nil {
		t.Errorf("asked three times before the letter went: %d letters", len(mail))
	}
	total := 1
	for range 20 {
		o.pass(time.Minute)
		if err := o.Resend(ctx, "angharad@example.org"); err != nil {
			t.Fatal(err)
		}
		total += len(o.mailed())
	}
	if total != 6 {
		t.Errorf("%d letters within a day, want 6", total)
	}
	o.pass(25 * time.Hour)
	if err := o.Resend(ctx, "angharad@example.org"); err != nil || len(o.mailed()) != 1 {
		t.Errorf("the day after: %v", err)
	}
	for range 60 {
		o.pass(5 * time.Hour)
		if err := o.Resend(ctx, "angharad@example.org"); err != nil {
			t.Fatal(err)
		}
		total += len(o.mailed())
	}
	key, _ := o.follow([]record.Message{o.mail[len(o.mail)-1]})
	if n := len(o.stands(key).Letters); n > 110 {
		t.Errorf("%d letters in one application: somebody who knows an address can fill the record", n)
	}

	// For a draft the link to continue is mailed, while the course is open.
	o = newOffice(t, "career-conversations")
	o.begin()
	if err := o.Resend(ctx, "angharad@example.org"); err != nil {
		t.Fatal(err)
	}
	if mail := o.mailed(); len(mail) != 1 || !strings.Contains(mail[0].Text, "/resume/") {
		t.Errorf("to a draft: %d letters", len(mail))
	}
	o.pass(27 * 24 * time.Hour)
	if err := o.Resend(ctx, "angharad@example.org"); err != nil || len(o.mailed()) > 0 {
		t.Errorf("after the deadline the link would open nothing: %v", err)
	}
}

func TestWithdraw(t *testing.T) {
	o, _, key, link := sent(t, "supporting-mentors")
	ctx := context.Background()
	owed := func(name string) bool {
		return slices.ContainsFunc(o.stands(key).Letters, func(l record.Letter) bool { return l.Name == name })
	}
	if !owed(application.LetterReminder) {
		t.Fatal("no reminder to the practice is owed")
	}
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			if err := o.Withdraw(ctx, key); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	got := o.stands(key)
	if got.Status() != application.Withdrawn || count(got, application.EventWithdrawn) != 1 {
		t.Errorf("%s, %d events", got.Status(), count(got, application.EventWithdrawn))
	}
	if owed(application.LetterReminder) {
		t.Error("the practice would still be reminded")
	}
	if got.Shelf() != "supporting-mentors/withdrawn" {
		t.Errorf("on the shelf %s", got.Shelf())
	}
	if c := got.Copy(false); !strings.Contains(c.Text(), "\nWithdrawn: "+course.Moment(o.clock())) || len(c.Next) > 0 ||
		!strings.HasSuffix(c.Parts[0].State, ", and their answer is not needed any more.") {
		t.Errorf("the copy does not show that it was withdrawn: next %q\n%s", c.Next, c.Text())
	}
	mail := o.mailed()
	if len(mail) != 2 {
		t.Errorf("%d letters, want one to the lead and one to the applicant", len(mail))
	}
	for _, m := range mail {
		if strings.Contains(m.Text, "{{") || strings.Contains(m.Text, "had a place") {
			t.Errorf("letter:\n%s", m.Text)
		}
	}
	o.pass(20 * 24 * time.Hour)
	if mail := o.mailed(); len(mail) > 0 {
		t.Errorf("after withdrawing: %q", mail[0].Subject)
	}
	if want := o.clock().Add((90 - 20) * 24 * time.Hour); !o.Removed(got).Equal(want.UTC()) {
		t.Errorf("removed %v, want %v", o.Removed(got), want)
	}
	key, _ = o.Follow(ctx, link)
	if _, err := o.Agree(ctx, key, nil, true); !errors.Is(err, intake.ErrFinal) {
		t.Errorf("agreeing to no terms: %v", err)
	}

	// The lead learns that an accepted applicant has withdrawn and left a place.
	o, a, key, _ := sent(t, "career-conversations")
	o.accept(a.Reference)
	o.mailed()
	if charges := o.stands(key).Charges(); len(charges) != 1 ||
		!strings.HasPrefix(charges[0], "I will be charged £352.50") {
		t.Errorf("charges %q", charges)
	}
	if err := o.Withdraw(ctx, key); err != nil {
		t.Fatal(err)
	}
	if mail := o.mailed(); len(mail) != 2 || !strings.Contains(mail[0].Text+mail[1].Text,
		"The applicant had a place (Cohort 1). Tell the training provider") {
		t.Errorf("%+v", mail)
	}
	o.pass(10 * 24 * time.Hour)
	if mail := o.mailed(); len(mail) > 0 {
		t.Errorf("a reminder of the terms after withdrawing: %q", mail[0].Subject)
	}

	// Nobody can withdraw once the course is over.
	o, a, _, link = sent(t, "career-conversations")
	o.accept(a.Reference)
	for _, c := range []struct {
		day  int
		want error
	}{{23, nil}, {24, intake.ErrFinal}} {
		at := time.Date(2021, 11, c.day, 19, 59, 0, 0, course.London)
		o.pass(at.Sub(o.clock()))
		key, err := o.Follow(ctx, link)
		if err != nil {
			t.Fatal(err)
		}
		if can := o.Withdraws(o.stands(key)); can != (c.want == nil) {
			t.Errorf("on %v: can withdraw: %t", at, can)
		}
		if c.want != nil {
			if err := o.Withdraw(ctx, key); !errors.Is(err, c.want) {
				t.Errorf("on %v: %v", at, err)
			}
		}
	}

	// Nor once the application was declined.
	o, a, key, _ = sent(t, "career-conversations")
	lead := o.Staff(o.Programme.Course(o.def.Course).Lead.Email)
	no := application.Decision{Reason: o.def.DeclineReasons[0].Label, Name: "Dr Ada Example",
		Text: "The course is full."}
	if _, _, problems, err := decide.Of(o.Desk).Decide(ctx, lead, a.Reference, no, ""); err != nil || problems != nil {
		t.Fatal(problems, err)
	}
	if err := o.Withdraw(ctx, key); !errors.Is(err, intake.ErrFinal) || o.stands(key).Status() != application.Declined {
		t.Errorf("withdrawing a declined application: %v", err)
	}
}

func TestCorrect(t *testing.T) {
	o, _, key, _ := sent(t, "supporting-mentors")
	ctx := context.Background()
	var can []string
	for _, c := range o.corrections().Answers(o.stands(key)) {
		if !c.Own {
			continue
		}
		can = append(can, fmt.Sprintf("%s %d %s", c.Item.ID, c.Row, c.Title))
	}
	// The applicant's own address cannot be corrected, nor the one at which the practice is asked.
	if want := []string{"referee-email 1 Reference 1", "referee-email 2 Reference 2"}; !slices.Equal(can, want) {
		t.Errorf("correctable %q, want %q", can, want)
	}
	email := func(s string) form.Values { return form.Values{"referee-email": s} }
	for _, c := range []struct {
		what, question string
		row            int
		v              form.Values
		problem        string
		err            error
	}{
		{"nothing", "referee-email", 2, email(""), "Enter the referee's email address", nil},
		{"no address", "referee-email", 2, email("x"),
			"Enter an email address in the correct format, like name@example.org", nil},
		{"their own", "referee-email", 2, email("ANGHARAD@example.org "),
			"Enter the referee's email address, not your own", nil},
		{"own question", "email", 0, form.Values{"email": "thief@example.org"}, "", intake.ErrFinal},
		{"the practice's", "practice-manager-email", 0, form.Values{"practice-manager-email": "x@example.org"}, "",
			intake.ErrFinal},
		{"no such row", "referee-email", 3, email("right@example.org"), "", intake.ErrFinal},
		{"no row", "referee-email", 0, email("right@example.org"), "", intake.ErrFinal},
		{"right", "referee-email", 2, email(" right@example.org"), "", nil},
		{"the same again", "referee-email", 2, email("right@example.org"), "", nil},
	} {
		problems, err := o.corrections().Own(ctx, key, c.question, c.row, c.v)
		got := ""
		if len(problems) > 0 {
			got = problems[0].Text
		}
		if !errors.Is(err, c.err) || c.problem != "" && !strings.HasPrefix(got,
			strings.TrimSuffix(c.problem, ", like name@example.org")) || c.problem == "" && got != "" {
			t.Errorf("%s: %q, %v; want %q, %v", c.what, got, err, c.problem, c.err)
		}
	}
	a := o.stands(key)
	if len(a.Corrections) != 1 || a.Corrections[0].Was == "right@example.org" ||
		a.Corrections[0].Now != "right@example.org" || a.Corrections[0].Row != 2 {
		t.Errorf("corrections %+v", a.Corrections)
	}
	if !strings.Contains(a.Copy(false).Text(), "right@example.org") || count(a, application.EventCorrected) != 1 ||
		a.Document.Applicant.Email != "angharad@example.org" {
		t.Error("the document is not corrected, or more than once, or more than that")
	}
	if mail := o.mailed(); len(mail) != 1 || mail[0].To != a.Document.Course.Lead ||
		!strings.Contains(mail[0].Text, "- Reference 2: Email address. It was ") ||
		!strings.Contains(mail[0].Text, "is now right@example.org") {
		t.Errorf("to the lead: %+v", mail)
	}
	for i := range 30 {
		if _, err := o.corrections().Own(ctx, key, "referee-email", 1,
			email(fmt.Sprintf("referee%d@example.org", i))); (i < 19) != (err == nil) {
			t.Fatalf("correction %d: %v", i+2, err)
		}
	}
}

func TestAgree(t *testing.T) {
	o, a, key, link := sent(t, "career-conversations")
	ctx := context.Background()
	good := form.Values{"name": "Łucja Ŵyn", "job-title": "GP partner"}
	if _, err := o.Agree(ctx, key, good, true); !errors.Is(err, intake.ErrFinal) {
		t.Errorf("before acceptance: %v", err)
	}
	o.accept(a.Reference)
	o.mailed()
	for range 2 {
		o.pass(6 * 24 * time.Hour) // five working days after Monday end on the next Monday
		if n := len(o.mailed()); n > 1 {
			t.Errorf("%d letters", n)
		}
	}
	reminders := 0
	for _, m := range o.mail {
		if strings.HasPrefix(m.Subject, "Agree to the terms") {
			reminders++
		}
	}
	if reminders != 1 {
		t.Errorf("%d reminders, want 1", reminders)
	}
	key, _ = o.Follow(ctx, link)
	problems, err := o.Agree(ctx, key, form.Values{"name": strings.Repeat("x", 201)}, false)
	if err != nil || len(problems) != 3 {
		t.Errorf("problems %+v, %v", problems, err)
	}
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			if problems, err := o.Agree(ctx, key, good, true); err != nil || problems != nil {
				t.Error(problems, err)
			}
		})
	}
	wg.Wait()
	got := o.stands(key)
	g := got.Agreement
	if count(got, application.EventAgreed) != 1 || g == nil || g.Name != "Łucja Ŵyn" || g.Job != "GP partner" ||
		g.Terms.Statement != o.def.Terms.Statement || !slices.Equal(g.Terms.Clauses, o.def.Terms.Clauses) {
		t.Fatalf("%d events, agreement %+v", count(got, application.EventAgreed), g)
	}
	if got.Shelf() != "career-conversations/accepted" {
		t.Errorf("on the shelf %s", got.Shelf())
	}
	mail := o.mailed()
	if len(mail) != 2 {
		t.Fatalf("%d letters, want 2", len(mail))
	}
	for _, m := range mail {
		if !strings.Contains(m.Text, "GP partner") || strings.Contains(m.Text, "{{") || len(m.Attachments) != 1 ||
			!bytes.HasPrefix(m.Attachments[0].Data, []byte("%PDF")) {
			t.Errorf("letter:\n%s", m.Text)
		}
	}
	doc := got.Copy(false)
	part := doc.Parts[len(doc.Parts)-1]
	if part.ID != form.AgreementPart || part.Statement != g.Terms.Statement ||
		len(part.Intro) != len(g.Terms.Clauses) || part.Items[1].Answer != "GP partner" {
		t.Errorf("the copy has %+v", part)
	}
	if len(got.Document.Parts) == len(doc.Parts) {
		t.Error("the agreement is in the document itself")
	}
}

// TestAgreeToTheFile: if the provider's terms are a document, people agree to the version that they
// could read. Agreement, letters and PDF name it.
func TestAgreeToTheFile(t *testing.T) {
	o, a, key, _ := sent(t, "career-conversations")
	ctx := context.Background()
	file := func(sum string) *form.Paper { return &form.Paper{Name: "terms.pdf", SHA256: sum} }
	def := *o.Programme.Forms["career-conversations"]
	terms := *def.Terms
	def.Terms, o.Programme.Forms["career-conversations"] = &terms, &def
	terms.File = file("first")
	o.accept(a.Reference)
	o.mailed()
	v := form.Values{"name": "Łucja Ŵyn", "job-title": "GP partner", "document": "first"}
	terms.File = file("second") // changed while the page was open
	if problems, err := o.Agree(ctx, key, v, true); err != nil || len(problems) != 1 || o.stands(key).Agreement != nil {
		t.Errorf("the document has changed: %v, %v", problems, err)
	}
	v["document"] = "second"
	if problems, err := o.Agree(ctx, key, v, true); err != nil || len(problems) > 0 {
		t.Fatal(problems, err)
	}
	terms.File = file("third")
	got := o.stands(key)
	if f := got.Agreement.Terms.File; f == nil || f.SHA256 != "second" {
		t.Errorf("agreed to %+v", f)
	}
	const version = "terms.pdf (SHA-256 second)"
	for _, m := range o.mailed() {
		if !strings.Contains(m.Text, version) || !strings.Contains(m.HTML, version) {
			t.Errorf("the letter %q does not say which version it was", m.Subject)
		}
	}
	if text := got.Copy(true).Text(); !strings.Contains(text, version) {
		t.Error("the copy does not say which version it was")
	}
}

// TestGreeting: letters greet the applicant by name once a mailed link was used, and the practice
// only once it has answered. The plain text greets nobody.
func TestGreeting(t *testing.T) {
	o := newOffice(t, "supporting-mentors")
	draft := o.begin()
	o.fill(draft)
	a := o.send(draft)
	name := a.Document.Applicant.Name
	greets := func(when string, byName bool, mail []record.Message) {
		t.Helper()
		for _, m := range mail {
			want := m.To == a.Document.Applicant.Email && byName
			if got := strings.Contains(m.HTML, ">Hello "+html.EscapeString(name)+"</p>"); got != want ||
				!want && !strings.Contains(m.HTML, ">Hello</p>") || strings.Contains(m.Text, "Hello") {
				t.Errorf("%s, the letter %q to %s greets by name: %v, want %v", when, m.Subject, m.To, got, want)
			}
		}
	}
	first := o.mailed()
	greets("before a link was used", false, first)
	key, _ := o.follow(first)
	if err := o.Withdraw(context.Background(), key); err != nil {
		t.Fatal(err)
	}
	after := o.mailed()
	greets("after it", true, after)
	if len(first) != 3 || len(after) != 2 {
		t.Errorf("%d and %d letters", len(first), len(after))
	}
}
