package intake_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"traininghub/internal/application"
	"traininghub/internal/course"
	"traininghub/internal/decide"
	reading "traininghub/internal/office"
	"traininghub/internal/record"
	"traininghub/internal/staff"
)

// sent returns an application that was just sent.
func (o *office) sent() *application.Application {
	o.t.Helper()
	key := o.begin()
	o.fill(key)
	return o.send(key)
}

// messagesOf returns the messages that are letters of this name, by their Message-IDs.
func messagesOf(messages []record.Message, name string) (found []record.Message) {
	for _, m := range messages {
		if _, id, _ := strings.Cut(m.ID, "."); strings.HasPrefix(id, name+"-") {
			found = append(found, m)
		}
	}
	return found
}

func TestUnopened(t *testing.T) {
	ctx := context.Background()
	o := newOffice(t, "career-conversations")
	c := o.Programme.Course("career-conversations")
	c.Deputy = &course.Contact{Name: "Sam Example", Email: "deputy@example.org"}
	unread, read := o.sent(), o.sent()
	o.mailed()
	if _, err := decide.Of(o.Desk).Read(ctx, o.Staff(c.Lead.Email), read.Reference); err != nil {
		t.Fatal(err)
	}
	o.pass(5*24*time.Hour - time.Minute) // a Saturday
	if got := messagesOf(o.mailed(), application.LetterUnopened); len(got) != 0 {
		t.Errorf("%d letters before 5 working days", len(got))
	}
	o.pass(2*24*time.Hour + 2*time.Minute) // the Monday after: 5 working days
	got := messagesOf(o.mailed(), application.LetterUnopened)
	for _, m := range got {
		if m.To != "deputy@example.org" || m.ReplyTo != c.Lead.Email {
			t.Errorf("to %s, reply to %s", m.To, m.ReplyTo)
		}
	}
	if len(got) != 1 || !strings.Contains(got[0].Text, "https://hub.example.org/review/"+unread.Reference) {
		t.Errorf("%d letters: %v", len(got), got)
	}
	if got := o.mailed(); len(got) != 0 {
		t.Errorf("told again: %v", got)
	}
}

func TestDoubles(t *testing.T) {
	ctx := context.Background()
	o := newOffice(t, "career-conversations")
	one := o.sent()
	o.mailed()
	two := o.sent()
	messages := o.mailed()
	lead := o.Staff(o.Programme.Course("career-conversations").Lead.Email)
	for ref, other := range map[string]string{one.Reference: two.Reference, two.Reference: one.Reference} {
		a, err := decide.Of(o.Desk).Read(ctx, lead, ref)
		if err != nil {
			t.Fatal(err)
		}
		n := 0
		for _, e := range a.Events {
			if e.What == application.EventDouble && e.Note == other {
				n++
			}
		}
		if b := a.Brief(); n != 1 || !b.Double || a.Status() != application.Received {
			t.Errorf("%s: %d events, %+v", ref, n, b)
		}
		doubles, err := o.Doubles(ctx, a)
		if err != nil || len(doubles) != 1 || doubles[0].Reference != other {
			t.Errorf("%s: doubles %v, %v", ref, doubles, err)
		}
	}
	if m := messagesOf(messages, application.LetterToLead); len(m) != 1 ||
		!strings.Contains(m[0].Text, "Application "+one.Reference+" for this course has the same GMC number.") {
		t.Errorf("letters to the lead: %v", m)
	}
	var table strings.Builder
	today := course.DateOf(o.clock())
	if _, err := o.Export(ctx, &table, lead, o.def.Course, reading.Period{From: today, To: today},
		"test"); err != nil || strings.Count(table.String(), "has the same GMC number.") != 2 {
		t.Errorf("the export says nothing of doubles: %v", err)
	}
}

func TestDigest(t *testing.T) {
	ctx := context.Background()
	o := newOffice(t, "career-conversations")
	lead := o.Programme.Course("career-conversations").Lead.Email
	remind := func() []record.Message {
		t.Helper()
		if err := o.Remind(ctx); err != nil {
			t.Fatal(err)
		}
		return messagesOf(o.mailed(), reading.LetterDigest)
	}
	at := func(month time.Month, day, hour, minute int) {
		o.mu.Lock()
		o.now = time.Date(2021, month, day, hour, minute, 0, 0, course.London)
		o.mu.Unlock()
	}
	if got := remind(); len(got) != 0 {
		t.Errorf("%d letters though nothing waits", len(got))
	}
	a, b := o.sent(), o.sent()
	o.mailed()
	if got := remind(); len(got) != 0 {
		t.Errorf("%d letters in the same week", len(got))
	}
	at(9, 27, 7, 59)
	if got := remind(); len(got) != 0 {
		t.Errorf("%d letters before 8am on Monday", len(got))
	}
	at(9, 27, 8, 0)
	got := remind()
	if len(got) != 1 || got[0].To != lead {
		t.Fatalf("%d letters at 8am on Monday", len(got))
	}
	for _, want := range []string{a.Reference + ": 5 working days", b.Reference,
		"2 for you, the oldest for 5 working days", "https://hub.example.org/review/\n"} {
		if !strings.Contains(got[0].Text, want) {
			t.Errorf("the letter does not say %q:\n%s", want, got[0].Text)
		}
	}
	if strings.Contains(got[0].Text+got[0].Subject, "Łucja") {
		t.Errorf("the letter names somebody:\n%s", got[0].Text)
	}
	for _, again := range []func(){func() {}, func() { at(9, 30, 12, 0) }, func() { at(10, 4, 7, 0) }} {
		again()
		if got := remind(); len(got) != 0 {
			t.Errorf("%d letters more at %s", len(got), o.clock())
		}
	}
	at(11, 1, 9, 0) // weeks later, in winter time
	if got := remind(); len(got) != 1 {
		t.Errorf("%d letters in another week", len(got))
	}
}

// TestDigestToDeputy: a deputy gets the weekly letter when an application has waited for 10 working
// days, opened or not.
func TestDigestToDeputy(t *testing.T) {
	ctx := context.Background()
	o := newOffice(t, "career-conversations")
	c := o.Programme.Course("career-conversations")
	c.Deputy = &course.Contact{Name: "Sam Example", Email: "deputy@example.org"}
	// The deputy of another course who leads this one gets a single letter.
	o.Programme.Course("supporting-mentors").Deputy = &c.Lead
	a := o.sent()
	if _, err := decide.Of(o.Desk).Read(ctx, o.Staff(c.Lead.Email), a.Reference); err != nil {
		t.Fatal(err)
	}
	o.mailed()
	monday := func(month time.Month, day int) (to []string) {
		t.Helper()
		o.now = time.Date(2021, month, day, 8, 0, 0, 0, course.London)
		for range 2 {
			if err := o.Remind(ctx); err != nil {
				t.Fatal(err)
			}
			for _, m := range messagesOf(o.mailed(), reading.LetterDigest) {
				if !strings.Contains(m.Text, a.Reference+": ") || !strings.Contains(m.Text, "- 1 for you, for ") {
					t.Errorf("the letter does not name it:\n%s", m.Text)
				}
				to = append(to, m.To)
			}
		}
		return to
	}
	if to := monday(9, 27); !slices.Equal(to, []string{c.Lead.Email}) {
		t.Errorf("after 5 working days it goes to %v", to)
	}
	if to := monday(10, 4); len(to) != 2 || !slices.Contains(to, c.Lead.Email) ||
		!slices.Contains(to, "deputy@example.org") {
		t.Errorf("after 10 working days it goes to %v", to)
	}
	o.decline(a.Reference)
	o.mailed()
	if to := monday(10, 11); len(to) != 0 {
		t.Errorf("after the decision it goes to %v", to)
	}
}

// TestReadAtOnce: when many people read at once, each reading is noted and nobody is turned away.
func TestReadAtOnce(t *testing.T) {
	o := newOffice(t, "career-conversations")
	a := o.sent()
	c := o.Programme.Course("career-conversations")
	var all sync.WaitGroup
	for i := range 12 {
		all.Go(func() {
			person := &staff.Person{Email: string(rune('a'+i)) + "@example.org",
				Roles: []staff.Role{{Name: staff.Office, For: staff.Course(c.ID)}}}
			for range 3 {
				if _, err := decide.Of(o.Desk).Read(context.Background(), person, a.Reference); err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
	now, err := decide.Of(o.Desk).Read(context.Background(), o.Staff(c.Lead.Email), a.Reference)
	if err != nil {
		t.Fatal(err)
	}
	var by []string
	for _, e := range now.Events {
		if e.What == application.EventRead {
			by = append(by, e.By)
		}
	}
	slices.Sort(by)
	if len(by) != 13 || len(slices.Compact(by)) != 13 {
		t.Errorf("read by %v", by)
	}
}

// TestAccountIsNoApplication: the id of a staff account opens nothing, and no letter of an account
// is taken for an application's.
func TestAccountIsNoApplication(t *testing.T) {
	ctx := context.Background()
	o := newOffice(t, "career-conversations")
	lead := o.Programme.Course("career-conversations").Lead.Email
	browser, err := o.Door().Ask(ctx, lead, "", "")
	if err != nil {
		t.Fatal(err)
	}
	id, _, _ := strings.Cut(browser, ".")
	before, err := o.store.Get(ctx, id)
	if err != nil {
		t.Fatal(err)
	}
	if err := o.Bounced(ctx, id, "sign-in", application.EventBounced, "", o.clock()); err != nil {
		t.Error(err)
	}
	if _, err := decide.Of(o.Desk).Read(ctx, o.Staff(lead), id); !errors.Is(err, decide.ErrNoApplication) {
		t.Errorf("read as an application: %v", err)
	}
	if after, err := o.store.Get(ctx, id); err != nil || after.Version != before.Version {
		t.Errorf("it was written as an application: version %d after %d, %v", after.Version, before.Version, err)
	}
}

// TestLeadChanges: letters for the lead go to whoever leads the course when they are sent. Somebody
// who no longer leads it gets none.
func TestLeadChanges(t *testing.T) {
	o := newOffice(t, mentors)
	c := o.Programme.Course(mentors)
	c.Contact.Email = "contact@example.org"
	was := c.Lead.Email
	ref, link := o.asked()
	c.Lead = course.Contact{Name: "Nia New", Email: "new-lead@example.org"}
	if _, err := o.authorise(link, confirming()); err != nil {
		t.Fatal(err)
	}
	o.accept(ref)
	o.pass(8 * 24 * time.Hour)
	o.sent()
	o.mailed()
	o.pass(8 * 24 * time.Hour)
	all := o.mailed()
	o.mu.Lock()
	defer o.mu.Unlock()
	leads := map[string]int{}
	for _, m := range o.mail[3:] { // after those of the first sending
		leads[m.To]++
		if m.To == was || m.ReplyTo == was {
			t.Errorf("%s goes to the earlier lead of the course", m.ID)
		}
	}
	if leads[c.Lead.Email] < 3 || len(messagesOf(all, application.LetterUnopened)) != 1 {
		t.Errorf("letters to %v", leads)
	}
}

// TestUnopenedOwn: an applicant is not told that nobody has opened their application.
func TestUnopenedOwn(t *testing.T) {
	for who, applies := range map[string]func(c *course.Course){
		"the lead":   func(c *course.Course) { c.Lead.Email = "Angharad@example.org" },
		"the deputy": func(c *course.Course) { c.Deputy.Email = "Angharad@example.org" },
	} {
		b := newBoard(t, careers)
		c := b.Programme.Course(careers)
		applies(c)
		b.apply()
		b.mailed()
		b.pass(8 * 24 * time.Hour)
		other := map[string]string{"the lead": c.Deputy.Email, "the deputy": c.Lead.Email}[who]
		if got := messagesOf(b.mailed(), application.LetterUnopened); len(got) != 1 || got[0].To != other {
			t.Errorf("%s applies: %d letters, %+v; want one to %s", who, len(got), got, other)
		}
	}
}
