package intake_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"traininghub/internal/application"
	"traininghub/internal/correction"
	"traininghub/internal/course"
	"traininghub/internal/document"
	"traininghub/internal/form"
	"traininghub/internal/intake"
	"traininghub/internal/intake/intaketest"
	"traininghub/internal/letters"
	"traininghub/internal/programme"
	"traininghub/internal/record"
	"traininghub/internal/record/recordtest"
	"traininghub/internal/sqlite"
	"traininghub/internal/words"
)

// office is a desk with a clock and a mail system that a test can set.
type office struct {
	*intake.Desk
	t     testing.TB
	store record.Store
	def   *form.Definition

	Office []course.Contact // may read every application
	Mailer record.Mailer

	mu   sync.Mutex
	now  time.Time
	mail []record.Message
	down error // the mail system's answer to everything

	refuses func(record.Message) error // its answer to one message
}

func (o *office) Send(_ context.Context, m record.Message) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.down != nil {
		return o.down
	}
	if o.refuses != nil {
		if err := o.refuses(m); err != nil {
			return err
		}
	}
	o.mail = append(o.mail, m)
	return nil
}

func (o *office) clock() time.Time {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.now
}

func (o *office) pass(d time.Duration) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.now = o.now.Add(d)
}

// mailed delivers what is due and returns the messages that this sent.
func (o *office) mailed() []record.Message {
	o.t.Helper()
	o.mu.Lock()
	before := len(o.mail)
	o.mu.Unlock()
	if _, err := o.Post().Deliver(context.Background()); err != nil {
		o.t.Fatal(err)
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	return slices.Clone(o.mail[before:])
}

func facts(name string) (string, bool) {
	all := words.Default.Facts()
	maps.Copy(all, map[string]string{"name": "Test Hub", "email": "hub@example.org", "drafts-kept": "28 days",
		"applications-kept": "1 year", "answer-time": "10 working days"})
	return all[name], true
}

// newOffice opens an office with the hub's real content at 9am on 20 September 2021, when both
// courses are open.
func newOffice(t testing.TB, formID string) *office {
	t.Helper()
	if t, ok := t.(*testing.T); ok && !strings.Contains(t.Name(), "/") {
		if _, again := parallel.LoadOrStore(t, true); !again {
			t.Parallel()
		}
	}
	return newOfficeOn(t, &recordtest.Memory{}, formID)
}

// parallel holds the tests that run in parallel. Each has an office that shares nothing with
// others.
var parallel sync.Map

// newDatabase returns an SQLite store, for tests that measure memory, speed or files.
func newDatabase(t testing.TB) record.Store {
	t.Helper()
	store, err := sqlite.Open(filepath.Join(t.TempDir(), "hub.db"), sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { store.Close() })
	return store
}

// corrections returns the office's desk of corrections.
func (o *office) corrections() *correction.Desk {
	return &correction.Desk{Applications: o.Desk, Office: func() []course.Contact { return o.Office }}
}

func newOfficeOn(t testing.TB, store record.Store, formID string) *office {
	t.Helper()
	programme, faults := programme.Load(os.DirFS("../../content"), letters.All(), facts)
	if err := faults.Err(); err != nil {
		t.Fatal(err)
	}
	o := &office{t: t, store: store, def: programme.Forms[formID],
		now: time.Date(2021, 9, 20, 9, 0, 0, 0, course.London)}
	o.Desk = &intake.Desk{
		Store: intake.Watched(t, store), Programme: programme, Now: o.clock, BaseURL: "https://hub.example.org",
		Retain:   intaketest.Retention,
		MailFrom: "Test Hub <hub@example.org>", Hub: facts, Log: slog.New(slog.DiscardHandler),
		PDF: func(d *document.Document) ([]byte, error) { return []byte("%PDF " + d.Reference), nil },
	}
	// Tests of other things mail more letters than an unproved address would get.
	o.ProveForTest("angharad@example.org")
	if o.def.Practice() != nil {
		o.ProveForTest("manager@example.org")
	}
	o.Mailer = o
	return o
}

// answers returns good values for a section, by the kinds and rules of its questions.
func answers(s *form.Section) form.Values {
	v := intaketest.Answers(s,
		func(q *form.Question) string {
			switch q.ID { // never the applicant's own address
			case "practice-manager-email":
				return "manager@example.org"
			case "referee-email":
				return "referee@example.org"
			}
			return "angharad@example.org"
		},
		func(q *form.Question) string {
			switch q.ID { // the applicant can be neither a referee nor the practice's contact
			case "referee-name":
				return "Robin One"
			case "practice-manager-name":
				return "Pat Manager"
			}
			return "Łucja Ŵyn"
		})
	if _, asked := v["gmc-number"]; asked {
		v["gmc-number"] = "C 765 4321" // as people write it
	}
	return v
}

// begin starts a draft and returns its key.
func (o *office) begin() string {
	o.t.Helper()
	_, key, problems, err := o.Start(context.Background(), o.def, "", answers(&o.def.Sections[0]))
	if err != nil || problems != nil {
		o.t.Fatal(problems, err)
	}
	return key
}

// again goes through every section once more, as somebody does who has opened a draft by a mailed
// link.
func (o *office) again(key string) {
	o.t.Helper()
	for i := range o.def.Sections {
		s := &o.def.Sections[i]
		var err error
		if s.Repeat == nil {
			_, err = o.Save(context.Background(), o.def, key, s, answers(s))
		} else {
			_, err = o.FinishList(context.Background(), o.def, key, s)
		}
		if err != nil {
			o.t.Fatal(err)
		}
	}
}

// fill answers every section of a draft.
func (o *office) fill(key string) {
	o.t.Helper()
	ctx := context.Background()
	for i := range o.def.Sections[1:] {
		s := &o.def.Sections[i+1]
		var err error
		if s.Repeat == nil {
			_, err = o.Save(ctx, o.def, key, s, answers(s))
		} else {
			for n := range max(1, s.Repeat.Min) {
				v := answers(s)
				if v["referee-name"] != "" && n > 0 {
					v["referee-name"], v["referee-email"] = "Sam Three", "three@example.org"
				}
				_, rowErr := o.SaveRow(ctx, o.def, key, s, "", v)
				err = errors.Join(err, rowErr)
			}
			if err == nil {
				_, err = o.FinishList(ctx, o.def, key, s)
			}
		}
		if err != nil {
			o.t.Fatal(err)
		}
	}
}

func (o *office) all() map[string]bool {
	ticked := map[string]bool{}
	for _, d := range o.def.Declarations {
		ticked[d.ID] = true
	}
	return ticked
}

func (o *office) send(key string) *application.Application {
	o.t.Helper()
	a, _, problems, err := o.Desk.Send(context.Background(), o.def, key, intake.Signed{Ticked: o.all(), Name: "Łucja Ŵyn", Kept: "Łucja Ŵyn"})
	if err != nil || problems != nil {
		o.t.Fatal(problems, err)
	}
	return a
}

func TestSend(t *testing.T) {
	for _, id := range []string{"career-conversations", "supporting-mentors"} {
		t.Run(id, func(t *testing.T) {
			o := newOffice(t, id)
			key := o.begin()
			o.fill(key)
			a := o.send(key)
			if a.Status() != application.Received || a.Document == nil {
				t.Fatalf("status %s, document %v", a.Status(), a.Document)
			}
			doc := a.Document
			if doc.Applicant != (document.Person{Name: "Łucja Ŵyn Łucja Ŵyn", Email: "angharad@example.org",
				Telephone: "01632 960001", Registration: form.Registration{Register: "gmc", Number: "7654321"}}) {
				t.Errorf("applicant %+v", doc.Applicant)
			}
			asked := 0
			for i, s := range o.def.Sections {
				items := doc.Sections[i].Items
				if s.Repeat != nil {
					items = doc.Sections[i].Rows[0]
				}
				for k, q := range s.Questions {
					asked++
					if items[k].Question != q.Label || items[k].Answer == "" {
						t.Errorf("item %+v for the question %q", items[k], q.Label)
					}
				}
			}
			if asked < 30 {
				t.Errorf("only %d questions", asked)
			}
			charge, _ := o.Programme.Course(id).Fact("charge")
			if !slices.ContainsFunc(doc.Declarations,
				func(d document.Declaration) bool { return strings.Contains(d.Text, charge) }) {
				t.Errorf("no declaration names the charge of %s", charge)
			}
			messages := o.mailed()
			if o.def.Practice() != nil {
				if len(messages) != 3 || messages[2].To != "manager@example.org" || messages[2].Attachments != nil {
					t.Fatalf("%d letters, want one more, to the practice, without the application", len(messages))
				}
				messages = messages[:2]
			}
			if len(messages) != 2 {
				t.Fatalf("%d letters, want one to the lead and one to the applicant", len(messages))
			}
			if lead, _ := o.Programme.Course(id).Fact("lead"); messages[0].To != lead ||
				messages[1].To != "angharad@example.org" {
				t.Errorf("letters to %s and %s", messages[0].To, messages[1].To)
			}
			for _, m := range messages {
				if len(m.Attachments) != 1 || string(m.Attachments[0].Data) != "%PDF "+a.Reference ||
					!strings.Contains(m.Text, a.Reference) || strings.Contains(m.Subject, "Łucja") {
					t.Errorf("letter %+v", m)
				}
			}
			if more := o.mailed(); len(more) > 0 {
				t.Errorf("%d letters more", len(more))
			}
		})
	}
}

// TestSendOnce: an application that is sent again, by a double click, from two tabs or after a
// crash, stays one.
func TestSendOnce(t *testing.T) {
	o := newOffice(t, "career-conversations")
	key := o.begin()
	o.fill(key)
	refs := make([]string, 30)
	var wg sync.WaitGroup
	for i := range refs {
		wg.Go(func() {
			a, _, problems, err := o.Desk.Send(context.Background(), o.def, key, intake.Signed{Ticked: o.all(), Name: "Łucja Ŵyn", Kept: "Łucja Ŵyn"})
			if err != nil || problems != nil {
				t.Error(problems, err)
				return
			}
			refs[i] = a.Reference
		})
	}
	wg.Wait()
	if slices.Sort(refs); refs[0] != refs[29] {
		t.Errorf("references %v", slices.Compact(refs))
	}
	var delivered sync.WaitGroup
	for range 8 {
		delivered.Go(func() { o.Post().Deliver(context.Background()) })
	}
	delivered.Wait()
	o.pass(time.Hour)
	o.mailed()
	if len(o.mail) != 2 {
		t.Errorf("%d letters, want 2", len(o.mail))
	}
	if _, err := o.Save(context.Background(), o.def, key, &o.def.Sections[0], nil); !errors.Is(err,
		intake.ErrNoDraft) && !errors.Is(err, intake.ErrSent) {
		t.Errorf("saving after sending: %v", err)
	}
}

// taken is a store in which the first references that are tried are taken.
type taken struct {
	record.Store
	left int
}

func (s *taken) Create(ctx context.Context, r record.Record) error {
	if s.left--; s.left >= 0 {
		return record.ErrExists
	}
	return s.Store.Create(ctx, r)
}

// TestReferenceTaken: a draft whose first references were taken gets another and works like any
// draft.
func TestReferenceTaken(t *testing.T) {
	o := newOffice(t, "career-conversations")
	ctx := context.Background()
	real := o.Store
	o.Store = &taken{real, 2}
	a, key, _, err := o.Start(ctx, o.def, "", answers(&o.def.Sections[0]))
	if err != nil {
		t.Fatal(err)
	}
	if again, err := o.Open(ctx, o.def, key); err != nil || again.Reference != a.Reference || len(again.Events) != 1 {
		t.Errorf("it opens as %+v, %v", again, err)
	}
	if found, err := o.Audit(ctx, nil); err != nil || len(found.Wrong) > 0 {
		t.Errorf("an audit finds %+v, %v", found, err)
	}
	o.Store = &taken{real, 1000}
	if _, _, _, err := o.Start(ctx, o.def, "", answers(&o.def.Sections[0])); !errors.Is(err, record.ErrExists) {
		t.Errorf("with no free reference: %v", err)
	}
}

// TestStartAgain: going back to the first page and on again creates no second draft for the same
// person, and never shows one person another's answers.
func TestStartAgain(t *testing.T) {
	o := newOffice(t, "career-conversations")
	ctx := context.Background()
	first := &o.def.Sections[0]
	key := o.begin()
	o.fill(key)
	v := answers(first)
	v["telephone"], v["email"] = "07700 900982", " Angharad@example.org"
	_, same, _, err := o.Start(ctx, o.def, key, v)
	if err != nil || same != key {
		t.Fatalf("the same person starting again: key changed %v, %v", same != key, err)
	}
	a, err := o.Open(ctx, o.def, key)
	if err != nil || a.Answers.Values[first.ID]["telephone"] != "07700 900982" ||
		len(a.Answers.Done) != len(o.def.Sections) {
		t.Errorf("the draft was not saved over: %v", err)
	}
	v["gmc-number"] = "1111111"
	_, other, _, err := o.Start(ctx, o.def, key, v)
	if err != nil || other == key {
		t.Fatalf("another person at the same desk gets the first one's draft (%v)", err)
	}
	b, err := o.Open(ctx, o.def, other)
	if err != nil || len(b.Answers.Done) != 1 || b.Reference == a.Reference {
		t.Errorf("the other's draft is not their own: %v", err)
	}
	o.send(key)
	if _, again, _, err := o.Start(ctx, o.def, key, answers(first)); !errors.Is(err, intake.ErrSent) || again != key {
		t.Errorf("starting again after sending: %v, want ErrSent with the key", err)
	}
}

func TestNotComplete(t *testing.T) {
	o := newOffice(t, "supporting-mentors")
	ctx := context.Background()
	key := o.begin()
	if _, _, _, err := o.Desk.Send(ctx, o.def, key, intake.Signed{Ticked: o.all(), Name: "X"}); !errors.Is(err, intake.ErrIncomplete) {
		t.Errorf("sending one section: %v", err)
	}
	o.fill(key)
	_, _, problems, err := o.Desk.Send(ctx, o.def, key, intake.Signed{Name: " "})
	if err != nil || len(problems) != len(o.def.Declarations)+1 ||
		problems[len(problems)-1].Text != "Enter your full name to sign" {
		t.Errorf("sending without declarations: %v, %v", problems, err)
	}
	refs, _ := o.def.Section("references")
	a, _ := o.Open(ctx, o.def, key)
	if err := o.RemoveRow(ctx, o.def, key, refs, a.Answers.Rows["references"][0].ID); err != nil {
		t.Fatal(err)
	}
	a, _ = o.Open(ctx, o.def, key)
	gaps := a.Answers.Gaps(o.def, o.clock())
	if len(gaps) != 1 || gaps[0].Problems[0].Text != "Add another reference" {
		t.Errorf("gaps after removing one of two references: %+v", gaps)
	}
	if _, _, _, err := o.Desk.Send(ctx, o.def, key, intake.Signed{Ticked: o.all(), Name: "X"}); !errors.Is(err, intake.ErrIncomplete) {
		t.Errorf("sending with one reference of two: %v", err)
	}
	for range 2 {
		_, err = o.SaveRow(ctx, o.def, key, refs, "", answers(refs))
	}
	if !errors.Is(err, intake.ErrFull) {
		t.Errorf("a third reference: %v, want ErrFull", err)
	}
	if mails := o.mailed(); len(mails) > 0 {
		t.Errorf("%d letters for a draft", len(mails))
	}
}

// TestDeadline: an application can be sent in the last minute, but not after it, even if its draft
// was begun earlier.
func TestDeadline(t *testing.T) {
	o := newOffice(t, "career-conversations") // closes at the end of Friday 15 October 2021
	ctx := context.Background()
	o.now = time.Date(2021, 10, 15, 23, 59, 59, 0, course.London)
	inTime, late := o.begin(), o.begin()
	o.fill(inTime)
	o.fill(late)
	o.send(inTime)
	o.pass(time.Second)
	if _, _, _, err := o.Desk.Send(ctx, o.def, late, intake.Signed{Ticked: o.all(), Name: "Łucja Ŵyn", Kept: "Łucja Ŵyn"}); !errors.Is(err, intake.ErrNotOpen) {
		t.Errorf("sending after the deadline: %v", err)
	}
	if _, err := o.Save(ctx, o.def, late, &o.def.Sections[0], answers(&o.def.Sections[0])); !errors.Is(err,
		intake.ErrNotOpen) {
		t.Errorf("saving after the deadline: %v", err)
	}
	if _, _, _, err := o.Start(ctx, o.def, "", answers(&o.def.Sections[0])); !errors.Is(err, intake.ErrNotOpen) {
		t.Errorf("starting after the deadline: %v", err)
	}
	if a, again, _, err := o.Desk.Send(ctx, o.def, inTime, intake.Signed{Name: ""}); err != nil || !again ||
		a.Status() != application.Received {
		t.Errorf("sent in time, sent again after the deadline: %v", err)
	}
}

// TestLeaveAndResume: the link goes only to the applicant. Looking at it opens nothing, and it
// works until the draft expires.
func TestLeaveAndResume(t *testing.T) {
	o := newOffice(t, "career-conversations")
	ctx := context.Background()
	key := o.begin()
	email, until, err := o.Leave(ctx, o.def, key)
	if err != nil || email != "angharad@example.org" || course.DateOf(until).String() != "Friday 15 October 2021" {
		t.Fatal(email, until, err)
	}
	if _, err := o.Open(ctx, o.def, key); !errors.Is(err, intake.ErrNoDraft) {
		t.Errorf("the device that left still opens the draft: %v", err)
	}
	mails := o.mailed()
	if len(mails) != 1 || mails[0].To != "angharad@example.org" || len(mails[0].Attachments) > 0 {
		t.Fatalf("letters %+v", mails)
	}
	_, link, found := strings.Cut(mails[0].Text, "https://hub.example.org/apply/career-conversations/resume/")
	link, _, _ = strings.Cut(link, "\n")
	if !found || strings.ContainsAny(link, " @") {
		t.Fatalf("no link in %q", mails[0].Text)
	}
	for range 3 {
		if err := o.Peek(ctx, o.def, link); err != nil {
			t.Fatal(err)
		}
	}
	other := o.Programme.Forms["supporting-mentors"]
	if err := o.Peek(ctx, other, link); !errors.Is(err, intake.ErrNoDraft) {
		t.Errorf("the link opens another form: %v", err)
	}
	if _, err := o.Open(ctx, o.def, link); !errors.Is(err, intake.ErrNoDraft) {
		t.Errorf("the link works as a cookie: %v", err)
	}
	if err := o.Peek(ctx, o.def, link[:len(link)-6]+"AAAAAA"); !errors.Is(err, intake.ErrNoDraft) {
		t.Errorf("a wrong link: %v", err)
	}
	key, err = o.Resume(ctx, o.def, link)
	if err != nil {
		t.Fatal(err)
	}
	o.fill(key)
	o.again(key)
	if mails := o.mailed(); len(mails) > 0 {
		t.Errorf("another link was mailed without being asked for")
	}
	o.pass(21 * time.Hour)
	if _, err := o.Open(ctx, o.def, key); !errors.Is(err, intake.ErrNoDraft) {
		t.Errorf("a device opens a draft 21 hours after its last save: %v", err)
	}
	if key, err = o.Resume(ctx, o.def, link); err != nil {
		t.Fatal(err)
	}
	o.send(key)
	o.pass(59 * time.Minute)
	if _, err := o.Open(ctx, o.def, key); err != nil {
		t.Errorf("the confirmation is gone within the hour: %v", err)
	}
	o.pass(2 * time.Minute)
	if _, err := o.Open(ctx, o.def, key); !errors.Is(err, intake.ErrNoDraft) {
		t.Errorf("a device shows an application an hour after it was sent: %v", err)
	}
}

// TestOtherAddress: a link that went to a mistyped address stops working once the address is put
// right, and a new one is mailed.
func TestOtherAddress(t *testing.T) {
	o := newOffice(t, "career-conversations")
	ctx := context.Background()
	first := &o.def.Sections[0]
	key := o.begin()
	o.fill(key)
	o.pass(3 * time.Hour)
	mails := o.mailed()
	if len(mails) != 1 {
		t.Fatalf("%d letters", len(mails))
	}
	_, link, _ := strings.Cut(mails[0].Text, "/resume/")
	link, _, _ = strings.Cut(link, "\n")
	if err := o.Peek(ctx, o.def, link); err != nil {
		t.Fatal(err)
	}
	v := answers(first)
	v["email"] = "right@example.org"
	if _, err := o.Save(ctx, o.def, key, first, v); err != nil {
		t.Fatal(err)
	}
	if err := o.Peek(ctx, o.def, link); !errors.Is(err, intake.ErrNoDraft) {
		t.Errorf("the link at the old address still opens the application: %v", err)
	}
	o.pass(3 * time.Hour)
	if again := o.mailed(); len(again) != 1 || again[0].To != "right@example.org" || again[0].ID == mails[0].ID {
		t.Errorf("the right address gets no link of its own: %d letters", len(again))
	}
}

// TestOldDevice: a device that could no longer open a draft does not get it back because another
// device goes on with it.
func TestOldDevice(t *testing.T) {
	o := newOffice(t, "career-conversations")
	ctx := context.Background()
	old := o.begin()
	o.fill(old)
	o.pass(21 * time.Hour)
	mails := o.mailed()
	_, link, _ := strings.Cut(mails[0].Text, "/resume/")
	link, _, _ = strings.Cut(link, "\n")
	key, err := o.Resume(ctx, o.def, link)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := o.Save(ctx, o.def, key, &o.def.Sections[0], answers(&o.def.Sections[0])); err != nil {
		t.Fatal(err)
	}
	if _, err := o.Open(ctx, o.def, old); !errors.Is(err, intake.ErrNoDraft) {
		t.Errorf("the first device opens the draft again: %v", err)
	}
}

// TestReminder: somebody who stops after more than one section is mailed the link without asking,
// once.
func TestReminder(t *testing.T) {
	o := newOffice(t, "career-conversations")
	only := o.begin()
	key := o.begin()
	o.fill(key)
	o.pass(time.Hour)
	if _, err := o.Save(context.Background(), o.def, key, &o.def.Sections[1], answers(&o.def.Sections[1])); err != nil {
		t.Fatal(err)
	}
	o.pass(90 * time.Minute)
	if n := len(o.mailed()); n != 0 {
		t.Errorf("%d links 90 minutes after the last save", n)
	}
	o.pass(31 * time.Minute)
	if n := len(o.mailed()); n != 1 {
		t.Errorf("%d links two hours after the last save, want 1", n)
	}
	if _, err := o.Save(context.Background(), o.def, key, &o.def.Sections[1], answers(&o.def.Sections[1])); err != nil {
		t.Fatal(err)
	}
	o.pass(24 * time.Hour)
	if n := len(o.mailed()); n != 0 {
		t.Errorf("%d more links", n)
	}
	if _, err := o.Open(context.Background(), o.def, only); !errors.Is(err, intake.ErrNoDraft) {
		t.Errorf("opening after a day: %v", err)
	}
}

// TestDeadMailServer: no letter is lost when the mail server is down for a day, and the letters
// keep their Message-IDs.
func TestDeadMailServer(t *testing.T) {
	o := newOffice(t, "career-conversations")
	key := o.begin()
	o.fill(key)
	o.down = errors.New("mail: cannot reach the server")
	a := o.send(key)
	for range 24 * 60 {
		o.mailed()
		o.pass(time.Minute)
	}
	if len(o.mail) > 0 {
		t.Fatal("letters left while the server was dead")
	}
	o.down = nil
	o.pass(time.Hour)
	if mails := o.mailed(); len(mails) != 2 || !strings.Contains(mails[0].ID, a.Reference) ||
		mails[0].ID == mails[1].ID {
		t.Errorf("after a day: %d letters", len(mails))
	}
	o.pass(100 * time.Hour)
	if mails := o.mailed(); len(mails) > 0 {
		t.Errorf("%d letters twice", len(mails))
	}
}

// stopAfterSend is a store for a program that dies between sending a letter and marking it: the
// mark is never written.
type stopAfterSend struct {
	record.Store
	stop bool
}

func (s *stopAfterSend) Update(ctx context.Context, r record.Record) error {
	if s.stop && strings.Contains(string(r.Data), "letter sent") {
		return fmt.Errorf("killed: %w", record.ErrBusy)
	}
	return s.Store.Update(ctx, r)
}

func TestKilledBetweenSendingAndMarking(t *testing.T) {
	o := newOffice(t, "career-conversations")
	key := o.begin()
	o.fill(key)
	o.send(key)
	store := &stopAfterSend{Store: o.store, stop: true}
	o.Store = store
	first := o.mailed()
	if len(first) != 1 {
		t.Fatalf("%d letters before the crash", len(first))
	}
	store.stop = false
	if early := o.mailed(); len(early) != 1 || early[0].ID == first[0].ID {
		t.Errorf("before its lease is over a letter is sent again: %v", early)
	}
	o.pass(6 * time.Minute)
	second := o.mailed()
	if len(second) != 1 || second[0].ID != first[0].ID || second[0].Text != first[0].Text {
		t.Errorf("the second copy is not known by its Message-ID: %d letters", len(second))
	}
}

// TestPDFFails: if an application's PDF cannot be drawn, the letter goes out as text.
func TestPDFFails(t *testing.T) {
	o := newOffice(t, "supporting-mentors")
	o.PDF = func(*document.Document) ([]byte, error) { return nil, errors.New("no font") }
	key := o.begin()
	o.fill(key)
	a := o.send(key)
	mails := o.mailed()
	if len(mails) != 3 {
		t.Fatalf("%d letters", len(mails))
	}
	text := string(mails[0].Attachments[0].Data)
	for _, s := range a.Document.Sections {
		for _, i := range append(s.Items, slices.Concat(s.Rows...)...) {
			if !strings.Contains(text, i.Question) || !strings.Contains(text, i.Answer) {
				t.Errorf("%q is not in the text", i.Question)
			}
		}
	}
}

// TestTwoTabs: sections saved from two tabs at once are both kept.
func TestTwoTabs(t *testing.T) {
	o := newOffice(t, "supporting-mentors")
	key := o.begin()
	var wg sync.WaitGroup
	for i := range o.def.Sections[1:] {
		s := &o.def.Sections[i+1]
		if s.Repeat != nil {
			continue
		}
		wg.Go(func() {
			if _, err := o.Save(context.Background(), o.def, key, s, answers(s)); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	a, err := o.Open(context.Background(), o.def, key)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range o.def.Sections {
		if s.Repeat == nil && len(a.Answers.Values[s.ID]) == 0 {
			t.Errorf("the section %q was lost", s.ID)
		}
	}
}

// TestFlags: answers that look odd are flagged for a person, never dropped.
func TestFlags(t *testing.T) {
	o := newOffice(t, "career-conversations")
	ctx := context.Background()
	_, key, _, err := o.Start(ctx, o.def, "", answers(&o.def.Sections[0]), "A trap was sprung.")
	if err != nil {
		t.Fatal(err)
	}
	o.fill(key)
	signed := intake.Signed{Ticked: o.all(), Name: "Somebody Else"}
	_, _, problems, err := o.Desk.Send(ctx, o.def, key, signed)
	if err != nil || len(problems) != 1 || problems[0].Keep != signed.Name {
		t.Fatalf("the signature is not doubted: %+v, %v", problems, err)
	}
	signed.Kept = signed.Name
	a, _, _, err := o.Desk.Send(ctx, o.def, key, signed)
	if doubts := a.Doubts(); err != nil || len(a.Document.Flags) != 1 || len(doubts) != 1 ||
		doubts[0].Question != "signature" || doubts[0].Answer != "Somebody Else" {
		t.Fatalf("flags %v, doubts %v, %v", a.Document.Flags, doubts, err)
	}
	if mails := o.mailed(); len(mails) != 2 || !strings.Contains(mails[0].Text, "A trap was sprung.") ||
		strings.Contains(mails[1].Text, "trap") {
		t.Errorf("the lead is not told of the flags, or the applicant is")
	}
}

// TestExpire: drafts expire on time, whether or not the store has removed them yet. The store
// removes no application that was sent.
func TestExpire(t *testing.T) {
	o := newOffice(t, "career-conversations")
	ctx := context.Background()
	draft, kept := o.begin(), o.begin()
	o.fill(kept)
	sent := o.send(kept)
	if n, err := o.Desk.Expire(ctx); n != 0 || err != nil {
		t.Errorf("%d removed at once, %v", n, err)
	}
	o.pass(28 * 24 * time.Hour)
	if _, err := o.Open(ctx, o.def, draft); !errors.Is(err, intake.ErrNoDraft) {
		t.Errorf("a draft opens after 28 days: %v", err)
	}
	if n, err := o.Desk.Expire(ctx); n != 1 || err != nil {
		t.Errorf("%d removed after 28 days, want the draft alone: %v", n, err)
	}
	o.pass(10 * 365 * 24 * time.Hour)
	if _, err := o.Desk.Expire(ctx); err != nil {
		t.Error(err)
	}
	if _, err := o.Store.Get(ctx, sent.Reference); err != nil {
		t.Errorf("the store removed an application that was sent: %v", err)
	}
}
