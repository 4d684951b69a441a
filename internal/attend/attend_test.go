package attend_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"traininghub/internal/application"
	"traininghub/internal/attend"
	"traininghub/internal/attend/attendtest"
	"traininghub/internal/claim"
	"traininghub/internal/course"
	"traininghub/internal/decide"
	"traininghub/internal/form"
	"traininghub/internal/money"
	"traininghub/internal/office"
)

const (
	careers = attendtest.Careers
	mentors = attendtest.Mentors
	tutor   = "tutor@example.org"
)

func newHub(t *testing.T) *attendtest.Hub { return attendtest.New(t, "../..", nil) }

var marksLink = regexp.MustCompile(`/attendance/(\S+)`)

// link is the link in the letter that has just gone to a marker.
func link(t *testing.T, h *attendtest.Hub, to, words string) string {
	t.Helper()
	mail := h.Mailed(to, words)
	if len(mail) != 1 {
		t.Fatalf("%d letters to %s with %q", len(mail), to, words)
	}
	return marksLink.FindStringSubmatch(mail[0].Text)[1]
}

func register(t *testing.T, h *attendtest.Hub, a *application.Application) (*attend.Register, *attend.Participant) {
	t.Helper()
	r, p, err := h.Desk.Of(t.Context(), h.Application(a.Reference))
	if err != nil {
		t.Fatal(err)
	}
	return r, p
}

// mark marks everybody the same at a workshop of cohort 1 of the careers course, except the others
// given.
func mark(t *testing.T, h *attendtest.Hub, link string, workshop int, all attend.Presence, others map[string]attend.Given) {
	t.Helper()
	s, err := h.Desk.Open(t.Context(), link)
	if err != nil {
		t.Fatal(err)
	}
	given := map[string]attend.Given{}
	for _, p := range s.Present() {
		given[p.Ref] = attend.Given{Is: all}
	}
	for ref, g := range others {
		given[ref] = g
	}
	if _, problems, err := h.Desk.MarkAll(t.Context(), link, workshop, given); problems != nil || err != nil {
		t.Fatal(problems, err)
	}
}

var ends = []string{"2021-11-02 17:00", "2021-11-09 17:00", "2021-11-23 20:00"} // the workshops of cohort 1

// TestCourse: a cohort from its first workshop to certificates. Somebody absent gives a reason and
// is not charged. People who came to all get a certificate by letter, which can be checked. The
// questionnaire is counted and linked to nobody.
func TestCourse(t *testing.T) {
	h := newHub(t)
	var all []*application.Application
	for n, name := range []string{"Ada Sample", "Ben de la Cruz-Jones", "Cyd O’Neil", "Dee Ümlaut", "Eve Last", "Fay Absent"} {
		all = append(all, h.Accept(n+1, careers, "cohort-1", name))
	}
	fay := all[5]
	h.At("2021-11-02 16:59")
	if mail := h.Mailed(tutor, ""); len(mail) != 0 {
		t.Fatalf("%d letters before the workshop has ended", len(mail))
	}
	for i, end := range ends {
		h.At(end)
		l := link(t, h, tutor, "who came")
		others := map[string]attend.Given{}
		switch i {
		case 0:
			others[all[1].Reference] = attend.Given{Is: attend.Part, Minutes: 150} // 450 of 480 minutes are 93 %
		case 1:
			others[fay.Reference] = attend.Given{Is: attend.Absent}
		}
		mark(t, h, l, i, attend.Came, others)
		if i == 1 {
			h.At("2021-11-10 07:59")
			if mail := h.Mailed("gp-6@example.org", "Tell us what happened"); len(mail) != 0 {
				t.Error("she is asked before the next day at 8")
			}
			h.At("2021-11-10 08:00")
			mail := h.Mailed("gp-6@example.org", "Tell us what happened")
			if len(mail) != 1 || !strings.Contains(mail[0].Text, "Wednesday 24 November 2021") || !strings.Contains(mail[0].Text, "£352.50") ||
				!strings.Contains(mail[0].Text, "/status/") {
				t.Fatalf("the letter about the absence: %+v", mail)
			}
		}
	}
	h.Work()
	for n := 1; n <= 5; n++ {
		mail := 0
		for _, m := range h.Box {
			if m.To == fmt.Sprintf("gp-%d@example.org", n) && strings.HasPrefix(m.Subject, "Your certificate") {
				mail++
				if len(m.Attachments) != 1 || !strings.Contains(string(m.Attachments[0].Data), "Certificate of attendance") {
					t.Errorf("the certificate of %d has %d files", n, len(m.Attachments))
				}
			}
		}
		if mail != 1 {
			t.Errorf("%d letters with the certificate of %d", mail, n)
		}
	}
	r, ben := register(t, h, all[1])
	number := ben.Certificate().Number
	for typed, name := range map[string]string{number: "Cruz-Jones", strings.ToLower(strings.ReplaceAll(number, "-", " ")): "ben de la cruz‐jones", number + " ": "CRUZJONES"} {
		c, err := h.Desk.CheckCertificate(t.Context(), typed, name)
		if err != nil || c == nil || c.State != attend.Valid || c.Month != "November 2021" || c.Course != "Career Conversation Training" {
			t.Errorf("checking %q %q: %+v, %v", typed, name, c, err)
		}
	}
	for _, wrong := range [][2]string{{number, "Jones"}, {number, ""}, {"", "Cruz-Jones"}, {number[:len(number)-2] + "00", "Cruz-Jones"}, {"CCCC-CCCC-22", "Cruz-Jones"}} {
		if c, err := h.Desk.CheckCertificate(t.Context(), wrong[0], wrong[1]); c != nil || err != nil {
			t.Errorf("checking %q tells %+v, %v", wrong, c, err)
		}
	}
	if trained, err := h.Desk.Trained(t.Context(), course.Date{Year: 2021, Month: 11, Day: 23}); len(trained) != 5 || err != nil {
		t.Errorf("%d are trained on the last day (%v)", len(trained), err)
	}
	if trained, err := h.Desk.Trained(t.Context(), course.Date{Year: 2021, Month: 11, Day: 22}); len(trained) != 0 || err != nil {
		t.Errorf("%d are trained the day before (%v)", len(trained), err)
	}
	// Facts for claims.
	from, to := course.Date{Year: 2021, Month: 11, Day: 1}, course.Date{Year: 2021, Month: 11, Day: 30}
	if came, err := h.Desk.Came(t.Context(), claim.Claimant{Application: fay.Reference}, from, to); err != nil || len(came) != 2 || !came[1].Start.Equal(time.Date(2021, 11, 23, 18, 0, 0, 0, time.UTC)) {
		t.Errorf("she came to %+v, %v", came, err)
	}
	if on, err := h.Desk.Finished(t.Context(), claim.Claimant{Application: all[0].Reference}); err != nil || on.ISO() != "2021-11-23" {
		t.Errorf("finished on %v, %v", on, err)
	}
	if on, err := h.Desk.Finished(t.Context(), claim.Claimant{Application: fay.Reference}); err != nil || on != (course.Date{}) {
		t.Errorf("she finished on %v, %v", on, err)
	}
	// She says why, on the last day; the lead finds it justified.
	h.At("2021-11-24 23:59")
	lead := h.Lead(careers)
	if problems, err := h.Desk.Say(t.Context(), fay, 1, form.Values{"reason": "reason-1", "text": strings.Repeat("x", 301)}); len(problems) != 1 || err != nil {
		t.Errorf("301 characters: %v, %v", problems, err)
	}
	for range 2 { // pressed twice
		problems, err := h.Desk.Say(t.Context(), fay, 1, form.Values{"reason": "reason-1", "text": "I had a fever."})
		if problems != nil || err != nil && !errors.Is(err, attend.ErrState) {
			t.Fatal(problems, err)
		}
	}
	h.Work()
	if mail := h.Mailed(lead.Email, "decide"); len(mail) != 1 || strings.Contains(mail[0].Text, "Fay") || strings.Contains(mail[0].Text, "fever") {
		t.Errorf("the lead is told by %+v", mail)
	}
	ruling := form.Values{"what": "charged", "why": "You were told the dates.", "name": "Dr Lead"}
	if problems, err := h.Desk.Rule(t.Context(), lead, r.ID, fay.Reference, 1, ruling); len(problems) != 1 || err != nil {
		t.Errorf("somebody who was ill is charged: %v, %v", problems, err)
	}
	ruling["what"] = "justified"
	for range 2 {
		if problems, err := h.Desk.Rule(t.Context(), lead, r.ID, fay.Reference, 1, ruling); problems != nil || err != nil {
			t.Fatal(problems, err)
		}
	}
	h.Work()
	if mail := h.Mailed("gp-6@example.org", "Nothing is charged"); len(mail) != 1 || strings.Contains(mail[0].Text, "ask once") {
		t.Errorf("she is told by %+v", mail)
	}
	// The questionnaire.
	h.At("2021-11-25 09:00")
	answers := form.Values{"question-1": "answer-1-1", "question-2": "answer-2-2", "question-3": "answer-3-3"}
	for i, a := range all[:5] {
		if o, err := h.Desk.Opinions(t.Context(), r); len(o) != 0 || err != nil {
			t.Errorf("after %d answers %+v, %v", i, o, err)
		}
		for range 2 {
			if problems, err := h.Desk.Answer(t.Context(), a, answers); problems != nil || err != nil {
				t.Fatal(problems, err)
			}
		}
	}
	o, err := h.Desk.Opinions(t.Context(), r)
	if err != nil || len(o) != 1 || o[0].Answered != 5 || o[0].Asked[0].Counts["Very useful"] != 5 {
		t.Errorf("the answers are %+v, %v", o, err)
	}
	audit(t, h)
	// One person's own part, and its erasure.
	person, err := h.Office.Person(t.Context(), "GMC 7000002", "")
	if err != nil || len(person.References()) != 3 {
		t.Fatalf("of Ben there is %v, %v", person.References(), err)
	}
	if err := h.Office.GiveOut(t.Context(), person, nil); err != nil {
		t.Fatal(err)
	}
	if err := h.Office.EraseAll(t.Context(), person, person.References()); err != nil {
		t.Fatal(err)
	}
	h.Work()
	if c, _ := h.Desk.CheckCertificate(t.Context(), number, "Cruz-Jones"); c != nil {
		t.Error("a certificate that was erased is known")
	}
	if r, _ := register(t, h, all[0]); len(r.People) != 5 {
		t.Errorf("%d stand on the register after one was erased", len(r.People))
	}
	audit(t, h)
	// The register has been kept long enough: only what checking needs is left of Ada's
	// certificate, for six years in all.
	_, ada := register(t, h, all[0])
	h.Clock = h.Clock.AddDate(2, 0, 1)
	if _, err := h.Desk.Sweep(t.Context()); err != nil {
		t.Fatal(err)
	}
	if c, err := h.Desk.CheckCertificate(t.Context(), ada.Certificate().Number, "Sample"); err != nil || c == nil {
		t.Errorf("after two years the check says %+v, %v", c, err)
	}
	for _, id := range kept(t, h) {
		r, err := h.Office.Applications.Store.Get(t.Context(), id)
		if err == nil && (r.Kind == attend.KindCertificate && strings.Contains(string(r.Data), "Ada Sample") || r.Kind == attend.KindRegister) {
			t.Errorf("after two years %s is left: %s", id, r.Data)
		}
	}
	h.Clock = h.Clock.AddDate(4, 0, 1)
	if _, err := h.Desk.Sweep(t.Context()); err != nil {
		t.Fatal(err)
	}
	if c, _ := h.Desk.CheckCertificate(t.Context(), ada.Certificate().Number, "Sample"); c != nil {
		t.Error("after six years the number is known")
	}
}

// kept are the ids of all records.
func kept(t *testing.T, h *attendtest.Hub) (ids []string) {
	t.Helper()
	p, err := h.Office.Audit(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	for id := range p.Heads {
		ids = append(ids, id)
	}
	return ids
}

// heads are those of the last audit in a test.
var heads = map[*attendtest.Hub]office.Heads{}

func audit(t *testing.T, h *attendtest.Hub) {
	t.Helper()
	found, err := h.Office.Audit(t.Context(), heads[h])
	if err != nil || len(found.Wrong) > 0 {
		t.Fatalf("the audit finds %+v, %v", found, err)
	}
	heads[h] = found.Heads
}

// TestCharge: a charge is decided only when the time to answer is over, appealed against once, and
// decided on again by somebody else. The sum is that of the day on which the place was given. The
// ledger gets it once, and its waiver.
func TestCharge(t *testing.T) {
	h := newHub(t)
	ledger := &book{}
	h.Desk.Charges = ledger
	a := h.Accept(1, careers, "cohort-1", "Ada Sample")
	h.Edit("courses/career-conversations.md", "charge: £352.50", "charge: £999")
	h.At(ends[0])
	mark(t, h, link(t, h, tutor, ""), 0, attend.Absent, nil)
	r, _ := register(t, h, a)
	lead, appeals := h.Lead(careers), h.Office.Staff("appeals@example.org")
	charge := form.Values{"what": "charged", "why": "No reason was given.", "name": "Dr Lead"}
	if problems, err := h.Desk.Rule(t.Context(), lead, r.ID, a.Reference, 0, charge); len(problems) != 1 || err != nil {
		t.Errorf("charged while there is time to answer: %v, %v", problems, err)
	}
	h.At("2021-11-18 00:00") // after 10 working days
	if mail := h.Mailed(lead.Email, "decide"); len(mail) != 1 {
		t.Errorf("%d letters to the lead when the time is over", len(mail))
	}
	if _, err := h.Desk.Say(t.Context(), a, 0, form.Values{"reason": "reason-1"}); !errors.Is(err, attend.ErrState) {
		t.Errorf("answered too late: %v", err)
	}
	if _, err := h.Desk.Rule(t.Context(), appeals, r.ID, a.Reference, 0, charge); !errors.Is(err, attend.ErrNone) {
		t.Errorf("the person for appeals makes the first decision: %v", err)
	}
	office := h.Office.Staff("office@example.org")
	if _, err := h.Desk.Rule(t.Context(), office, r.ID, a.Reference, 0, charge); !errors.Is(err, attend.ErrNone) {
		t.Errorf("the office decides: %v", err)
	}
	if problems, err := h.Desk.Rule(t.Context(), lead, r.ID, a.Reference, 0, charge); problems != nil || err != nil {
		t.Fatal(problems, err)
	}
	h.Work()
	mail := h.Mailed("gp-1@example.org", "You are charged £352.50")
	if len(mail) != 1 || !strings.Contains(mail[0].Text, "by the end of Thursday 2 December 2021") {
		t.Fatalf("told by %+v", mail)
	}
	h.Work()
	if len(ledger.lines) != 1 || ledger.lines[0].Pence != 35250 || ledger.lines[0].Key != "absence/"+a.Reference+"/0" || ledger.lines[0].Day.ISO() != "2021-11-02" {
		t.Errorf("the ledger has %+v", ledger.lines)
	}
	h.At("2021-12-02 23:00")
	for i := range 2 {
		problems, err := h.Desk.Ask(t.Context(), a, 0, form.Values{"text": "I was at the meeting."})
		if problems != nil || (err != nil) != (i == 1) {
			t.Fatal(i, problems, err)
		}
	}
	h.Work()
	if mail := h.Mailed("appeals@example.org", "look again"); len(mail) != 1 {
		t.Errorf("%d letters to the person who hears appeals", len(mail))
	}
	waive := form.Values{"what": "waived", "why": "The link did not work.", "name": "Ann Appeals"}
	if _, err := h.Desk.Rule(t.Context(), lead, r.ID, a.Reference, 0, waive); !errors.Is(err, attend.ErrNone) {
		t.Errorf("the lead looks again at their own decision: %v", err)
	}
	if problems, err := h.Desk.Rule(t.Context(), appeals, r.ID, a.Reference, 0, waive); problems != nil || err != nil {
		t.Fatal(problems, err)
	}
	h.Work()
	h.Work()
	if len(h.Mailed("gp-1@example.org", "You are not charged £352.50")) != 1 || len(ledger.waived) != 1 || ledger.waived[0] != "The link did not work." {
		t.Errorf("waived: the ledger has %+v", ledger)
	}
	if _, err := h.Desk.Ask(t.Context(), a, 0, form.Values{"text": "Again."}); !errors.Is(err, attend.ErrState) {
		t.Errorf("a second appeal: %v", err)
	}
	audit(t, h)
}

// TestLedger: decisions are in the scheme's ledger: entered once, approved by a second person, and
// waived after an appeal. Every audit adds up.
func TestLedger(t *testing.T) {
	h := newHub(t)
	claims := money.Join(h.Office, money.Sources{Came: h.Desk.Came, Finished: h.Desk.Finished})
	h.Desk.Charges = attend.LedgerOf(h.Desk, claims)
	a := h.Accept(1, careers, "cohort-1", "Ada Sample")
	h.At(ends[0])
	mark(t, h, link(t, h, tutor, ""), 0, attend.Absent, nil)
	h.At("2021-11-18 09:00")
	r, _ := register(t, h, a)
	lead := h.Lead(careers)
	charge := form.Values{"what": "charged", "why": "No reason was given.", "name": "Dr Lead"}
	if problems, err := h.Desk.Rule(t.Context(), lead, r.ID, a.Reference, 0, charge); problems != nil || err != nil {
		t.Fatal(problems, err)
	}
	ledger := func() claim.Pence {
		t.Helper()
		h.Work()
		l, err := claims.Ledger(t.Context(), careers, "2021/22")
		if err != nil {
			t.Fatal(err)
		}
		return l.Charges
	}
	if sum := ledger(); sum != 0 {
		t.Errorf("%v before a second person has approved", sum)
	}
	found, err := h.Office.Person(t.Context(), "", "gp-1@example.org")
	if err != nil {
		t.Fatal(err)
	}
	var account *claim.Account
	for _, own := range found.Others {
		if a, ok := own.Data.(*claim.Account); ok {
			account = a
		}
	}
	if account == nil || len(account.Lines) != 1 || account.Lines[0].Pence != 35250 || account.Lines[0].Checker != lead.Email {
		t.Fatalf("the account is %+v", account)
	}
	if _, err := claims.Do(t.Context(), claim.LineRef{Account: account.ID, N: 1}, claim.Approve, "approver-one@example.org", ""); err != nil {
		t.Fatal(err)
	}
	if sum := ledger(); sum != 35250 {
		t.Errorf("%v is to be paid", sum)
	}
	if problems, err := h.Desk.Ask(t.Context(), a, 0, form.Values{"text": "I was there."}); problems != nil || err != nil {
		t.Fatal(problems, err)
	}
	waive := form.Values{"what": "waived", "why": "The list shows it.", "name": "Ann Appeals"}
	if problems, err := h.Desk.Rule(t.Context(), h.Office.Staff("appeals@example.org"), r.ID, a.Reference, 0, waive); problems != nil || err != nil {
		t.Fatal(problems, err)
	}
	if sum := ledger(); sum != 0 {
		t.Errorf("%v is to be paid after it was waived", sum)
	}
	audit(t, h)
}

// A book is a ledger.
type book struct {
	lines  []attend.Charge
	waived []string
}

func (b *book) Charge(_ context.Context, c attend.Charge) (bool, error) {
	b.lines = append(b.lines, c)
	return true, nil
}

func (b *book) Waive(_ context.Context, c attend.Charge, why string) error {
	b.waived = append(b.waived, why)
	return nil
}

// TestLinks: a link opens one cohort until a week after its workshop, and only for a present
// marker. Of two tutors who mark at once the first counts. A correction needs a reason, and the
// earlier mark stays.
func TestLinks(t *testing.T) {
	h := newHub(t)
	h.Edit("courses/career-conversations.md", "    - name: Course tutor\n", "    - {name: Other, email: other@example.org}\n    - name: Course tutor\n")
	a := h.Accept(1, careers, "cohort-1", "Ada Sample")
	b := h.Accept(2, careers, "cohort-1", "Ben Sample")
	h.At(ends[0])
	box := h.Box
	one := link(t, h, tutor, "")
	h.Box = box
	two := link(t, h, "other@example.org", "")
	ctx := t.Context()
	if s, err := h.Desk.Open(ctx, one); err != nil || len(s.Present()) != 2 {
		t.Fatal(s, err)
	}
	for _, wrong := range []string{"", one[:len(one)-1], one + "x", strings.Replace(one, "cohort-1", "cohort-2", 1), two[:len(two)-4] + one[len(one)-4:]} {
		if _, err := h.Desk.Open(ctx, wrong); !errors.Is(err, attend.ErrLink) {
			t.Errorf("%q opens: %v", wrong, err)
		}
	}
	give := func(link string, is attend.Presence, minutes int) (others []string) {
		t.Helper()
		others, problems, err := h.Desk.MarkAll(ctx, link, 0, map[string]attend.Given{a.Reference: {Is: is, Minutes: minutes}})
		if problems != nil || err != nil {
			t.Fatal(problems, err)
		}
		return others
	}
	// Two at once: one mark.
	var both sync.WaitGroup
	told := make([][]string, 2)
	both.Go(func() { told[0] = give(one, attend.Came, 0) })
	both.Go(func() { told[1] = give(two, attend.Absent, 0) })
	both.Wait()
	_, p := register(t, h, a)
	if len(p.Marks) != 1 || len(told[0])+len(told[1]) != 1 {
		t.Errorf("two at once leave %+v, and say %q", p.Marks, told)
	}
	if others := give(one, p.Marks[0].Is, 0); others != nil {
		t.Errorf("the same mark again is somebody else's: %q", others)
	}
	for _, minutes := range []int{-1, 0, 180, 1000} {
		_, problems, err := h.Desk.MarkAll(ctx, one, 0, map[string]attend.Given{b.Reference: {Is: attend.Part, Minutes: minutes}})
		if len(problems) != 1 || err != nil {
			t.Errorf("%d minutes of 180: %v, %v", minutes, problems, err)
		}
	}
	if _, _, err := h.Desk.MarkAll(ctx, one, 1, map[string]attend.Given{b.Reference: {Is: attend.Came}}); !errors.Is(err, attend.ErrState) {
		t.Errorf("a workshop that has not begun is marked: %v", err)
	}
	if problems, err := h.Desk.Correct(ctx, one, 0, a.Reference, attend.Given{Is: attend.Excused}, " "); len(problems) != 1 || err != nil {
		t.Errorf("corrected without a reason: %v, %v", problems, err)
	}
	if problems, err := h.Desk.Correct(ctx, one, 0, a.Reference, attend.Given{Is: attend.Excused}, "Agreed before."); problems != nil || err != nil {
		t.Fatal(problems, err)
	}
	_, p = register(t, h, a)
	if len(p.Marks) != 2 || p.Marks[1].Why != "Agreed before." || p.Mark(0).Is != attend.Excused {
		t.Errorf("corrected: %+v", p.Marks)
	}
	// After 3 working days Ben is missing; both tutors are reminded, by a new link each.
	h.At("2021-11-05 16:59")
	h.Box = nil
	h.At("2021-11-05 17:00")
	if n := len(h.Box); n != 2 {
		t.Errorf("%d reminders", n)
	}
	again := link(t, h, tutor, "Reminder")
	// The office replaces the tutor: the old links stop at once.
	h.Edit("courses/career-conversations.md", "email: tutor@example.org", "email: new@example.org")
	for _, dead := range []string{one, again} {
		if _, err := h.Desk.Open(ctx, dead); !errors.Is(err, attend.ErrLink) {
			t.Errorf("the link of a tutor who was replaced opens: %v", err)
		}
	}
	h.At("2021-11-09 16:59")
	if _, err := h.Desk.Open(ctx, two); err != nil {
		t.Errorf("the link does not open for a week: %v", err)
	}
	h.At("2021-11-09 17:00")
	if _, err := h.Desk.Open(ctx, two); !errors.Is(err, attend.ErrLink) {
		t.Errorf("the link opens after a week: %v", err)
	}
	if mail := h.Mailed("new@example.org", "Workshop 2"); len(mail) != 1 {
		t.Errorf("%d letters to the new tutor", len(mail))
	}
	// The office corrects marks after signing in, but nobody their own.
	staff := h.Office.Staff("office@example.org")
	r, _ := register(t, h, b)
	if problems, err := h.Desk.CorrectAs(ctx, staff, r.ID, 0, b.Reference, attend.Given{Is: attend.Came}, "The tutor rang."); problems != nil || err != nil {
		t.Fatal(problems, err)
	}
	staff.Email = "gp-2@example.org"
	if _, err := h.Desk.CorrectAs(ctx, staff, r.ID, 0, b.Reference, attend.Given{Is: attend.Absent}, "Me."); !errors.Is(err, attend.ErrOwn) {
		t.Errorf("somebody corrected their own application: %v", err)
	}
	audit(t, h)
}

// TestMoved: a moved workshop is announced with the new calendar, and missing it or giving up the
// place is free. Otherwise giving up a place late is asked about, with the proof.
func TestMoved(t *testing.T) {
	h := newHub(t)
	a := h.Accept(1, careers, "cohort-2", "Ada Sample")
	b := h.Accept(2, careers, "cohort-3", "Ben Sample")
	c := h.Accept(3, careers, "cohort-3", "Cyd Sample")
	h.At("2021-11-01 10:00")
	h.Box = nil
	h.Edit("courses/career-conversations.md", "date: Thursday 27 January 2022", "date: Friday 28 January 2022")
	h.At("2021-11-02 10:00")
	mail := h.Mailed("gp-1@example.org", "Friday 28 January 2022, 2pm to 5pm")
	if len(mail) != 1 || len(mail[0].Attachments) != 1 || !strings.Contains(string(mail[0].Attachments[0].Data), "DTSTART:20220128T140000Z") {
		t.Fatalf("told by %+v", mail)
	}
	h.Work()
	if len(h.Box) != 0 {
		t.Error("told twice")
	}
	h.At("2022-01-28 17:00")
	mark(t, h, link(t, h, tutor, ""), 0, attend.Absent, nil)
	h.At("2022-01-31 09:00")
	if mail := h.Mailed("gp-1@example.org", "You will not be charged"); len(mail) != 1 || strings.Contains(mail[0].Text, "£") {
		t.Errorf("she is told that it is free by %+v", mail)
	}
	r, _ := register(t, h, a)
	problems, err := h.Desk.Rule(t.Context(), h.Lead(careers), r.ID, a.Reference, 0, form.Values{"what": "charged", "why": "x", "name": "Dr Lead"})
	if len(problems) != 1 || err != nil {
		t.Errorf("a moved workshop is charged: %v, %v", problems, err)
	}
	// Ben gives up his place four weeks before, at the end of that day, Cyd a day later.
	withdraw(t, h, b, "2022-01-19 23:58")
	withdraw(t, h, c, "2022-01-20 13:00")
	h.At("2022-01-31 09:00")
	if _, p := register(t, h, b); p.Left == nil || p.Left.Why != attend.Withdrew || p.Miss(attend.WholePlace) != nil {
		t.Errorf("given up in time: %+v", p)
	}
	_, p := register(t, h, c)
	m := p.Miss(attend.WholePlace)
	if m == nil || m.Late == nil || m.Pence != 35250 || !m.Late.First.Equal(time.Date(2022, 2, 16, 14, 0, 0, 0, time.UTC)) ||
		!m.Late.FreeUntil.Equal(time.Date(2022, 1, 19, 23, 59, 0, 0, time.UTC)) {
		t.Fatalf("given up late: %+v", m)
	}
	h.At("2022-02-01 09:00")
	if mail := h.Mailed("gp-3@example.org", "You gave up your place after Wednesday 19 January 2022"); len(mail) != 1 {
		t.Errorf("%d letters about the place", len(mail))
	}
	audit(t, h)
}

func withdraw(t *testing.T, h *attendtest.Hub, a *application.Application, when string) {
	t.Helper()
	was := h.Clock
	h.Clock, _ = time.ParseInLocation("2006-01-02 15:04", when, course.London)
	d := h.Office.Applications
	l, _, err := d.StatusLink(t.Context(), a.Reference, "test")
	if err != nil {
		t.Fatal(err)
	}
	key, err := d.Follow(t.Context(), l[strings.LastIndex(l, "/")+1:])
	if err == nil {
		err = d.Withdraw(t.Context(), key)
	}
	if err != nil {
		t.Fatal(err)
	}
	h.Clock = was
}

// TestOtherCohort: somebody who moves to another cohort takes the workshops that they came to with
// them, but not their misses. A person with two applications has two places.
func TestOtherCohort(t *testing.T) {
	h := newHub(t)
	a := h.Accept(1, careers, "cohort-1", "Ada Sample")
	b := h.Accept(2, careers, "cohort-1", "Ben Sample")
	h.At(ends[0])
	mark(t, h, link(t, h, tutor, ""), 0, attend.Came, nil)
	h.At(ends[1])
	mark(t, h, link(t, h, tutor, "Workshop 2"), 1, attend.Absent, nil)
	was, _ := register(t, h, a)
	d, lead := h.Office.Applications, h.Lead(careers)
	if _, problems, err := decide.Of(d).Reopen(t.Context(), lead, a.Reference, 0, "Another cohort suits better."); problems != nil || err != nil {
		t.Fatal(problems, err)
	}
	h.Decide(a.Reference, careers, "cohort-2")
	h.At("2021-11-12 09:00")
	r, p := register(t, h, a)
	if r.ID == was.ID || len(p.Marks) != 1 || p.Mark(0).Is != attend.Came || !strings.Contains(p.Mark(0).Why, "Cohort 1") {
		t.Errorf("in the other cohort: %+v", p)
	}
	old, err := h.Desk.Register(t.Context(), was.ID)
	if err != nil || old.Person(a.Reference).Left == nil || old.Person(a.Reference).Miss(1) != nil || len(old.Present()) != 1 {
		t.Errorf("in the old one: %+v, %v", old.Person(a.Reference), err)
	}
	if _, p := register(t, h, b); p.Miss(1) == nil {
		t.Error("Ben was absent, and nobody asks")
	}
	// The mark was wrong: nothing follows from it now.
	staff := h.Office.Staff("office@example.org")
	if problems, err := h.Desk.CorrectAs(t.Context(), staff, was.ID, 1, b.Reference, attend.Given{Is: attend.Came}, "He was there."); problems != nil || err != nil {
		t.Fatal(problems, err)
	}
	if _, p := register(t, h, b); p.Miss(1) != nil {
		t.Error("the mark was corrected, and it is still asked about")
	}
	audit(t, h)
}

// TestCorrected: a certificate follows the marks. A correction replaces or ends it, and so does a
// corrected name.
func TestCorrected(t *testing.T) {
	h := newHub(t)
	a := h.Accept(1, careers, "cohort-1", "Ada Smaple")
	for i, end := range ends {
		h.At(end)
		mark(t, h, link(t, h, tutor, fmt.Sprintf("Workshop %d", i+1)), i, attend.Came, nil)
	}
	r, p := register(t, h, a)
	first := p.Certificate().Number
	staff := h.Office.Staff("office@example.org")
	h.At("2021-11-30 09:00")
	if problems, err := h.Desk.Rename(t.Context(), staff, r.ID, a.Reference, form.Values{"name": "Ada Sample", "why": "Mistyped."}); problems != nil || err != nil {
		t.Fatal(problems, err)
	}
	h.Work()
	if mail := h.Mailed("gp-1@example.org", "It replaces your certificate "+first); len(mail) != 1 {
		t.Errorf("%d letters with the new one", len(mail))
	}
	check := func(number, name string, want attend.State) {
		t.Helper()
		c, err := h.Desk.CheckCertificate(t.Context(), number, name)
		if err != nil || (c == nil) != (want == "") || c != nil && c.State != want {
			t.Errorf("%s %s: %+v, %v, want %q", number, name, c, err, want)
		}
	}
	_, p = register(t, h, a)
	second := p.Certificate().Number
	check(first, "Smaple", attend.Replaced)
	check(second, "Sample", attend.Valid)
	// She left an hour early: 420 of 480 minutes are less than 90 %.
	if problems, err := h.Desk.CorrectAs(t.Context(), staff, r.ID, 0, a.Reference, attend.Given{Is: attend.Part, Minutes: 120}, "She left early."); problems != nil || err != nil {
		t.Fatal(problems, err)
	}
	check(second, "Sample", "")
	if trained, err := h.Desk.Trained(t.Context(), course.DateOf(h.Clock)); len(trained) != 0 || err != nil {
		t.Errorf("trained: %v, %v", trained, err)
	}
	// That mark was wrong. A stricter course file ends no certificate.
	if problems, err := h.Desk.CorrectAs(t.Context(), staff, r.ID, 0, a.Reference, attend.Given{Is: attend.Came}, "She did not."); problems != nil || err != nil {
		t.Fatal(problems, err)
	}
	_, p = register(t, h, a)
	third := p.Certificate().Number
	h.Edit("courses/career-conversations.md", "least_percent: 90", "least_percent: 100")
	h.At("2021-12-01 09:00")
	check(third, "Sample", attend.Valid)
	audit(t, h)
}

// TestProgramme: the mentor programme's weeks are nine modules to tick. The certificate needs the
// provider's confirmation when they are over.
func TestProgramme(t *testing.T) {
	h := newHub(t)
	a := h.Accept(1, mentors, "cohort-1", "Ada Sample")
	b := h.Accept(2, mentors, "cohort-1", "Ben Sample")
	h.At("2021-11-17 16:30")
	provider := "provider@example.org"
	mark(t, h, link(t, h, provider, "who came"), 0, attend.Came, nil)
	r, p := register(t, h, a)
	c := h.Desk.Course(r)
	g := r.Progress(c, p)
	if len(g.Modules) != 9 || g.Modules[8].Weeks != "Week 33" || g.Modules[1].Weeks != "Weeks 3 to 6" || g.Modules[1].From.ISO() != "2021-12-01" || len(g.Counts) != 5 {
		t.Fatalf("the programme is %+v", g)
	}
	first := g.Modules[0].Title
	if err := h.Desk.Tick(t.Context(), a, map[string]bool{first: true}, map[string]int{g.Counts[0].Title: 2, "other": 7}); err != nil {
		t.Fatal(err)
	}
	h.At("2021-12-20 09:00")
	for range 2 {
		if err := h.Desk.Tick(t.Context(), a, map[string]bool{first: true, g.Modules[1].Title: true}, map[string]int{g.Counts[0].Title: 500}); err != nil {
			t.Fatal(err)
		}
	}
	r, p = register(t, h, a)
	g = r.Progress(c, p)
	if g.Modules[0].Done.ISO() != "2021-11-17" || g.Modules[1].Done.ISO() != "2021-12-20" || g.Counts[0].Is != 99 || len(p.Counts) != 5 {
		t.Errorf("ticked: %+v", g)
	}
	h.Box = nil
	h.At("2022-07-06 16:29")
	if len(h.Mailed(provider, "")) != 0 {
		t.Error("asked before the 33 weeks are over")
	}
	h.At("2022-07-06 16:30") // summer time: the same time by the clock
	l := link(t, h, provider, "completed")
	if p.Certificate() != nil {
		t.Error("a certificate without the provider's word")
	}
	h.Clock = h.Clock.AddDate(0, 0, 2)
	for range 2 {
		if err := h.Desk.Confirm(t.Context(), l, a.Reference); err != nil {
			t.Fatal(err)
		}
	}
	h.Work()
	_, p = register(t, h, a)
	if is := p.Certificate(); is == nil {
		t.Fatal("no certificate after the provider's word")
	} else if c, err := h.Desk.CheckCertificate(t.Context(), is.Number, "Sample"); err != nil || c == nil || c.Month != "July 2022" {
		t.Errorf("the check says %+v, %v", c, err)
	}
	// An accepted qualification counts without the course.
	lead := h.Lead(mentors)
	if problems, err := h.Desk.Qualify(t.Context(), lead, r.ID, b.Reference, form.Values{"what": "ILM 5"}); problems != nil || err != nil {
		t.Fatal(problems, err)
	}
	if trained, err := h.Desk.Trained(t.Context(), course.DateOf(h.Clock)); len(trained) != 2 || err != nil {
		t.Errorf("trained: %v, %v", trained, err)
	}
	// Each year mentors are asked again.
	h.Box = nil
	h.At("2022-11-18 09:00")
	if n := len(h.Mailed("gp-1@example.org", "A few short questions")); n != 1 {
		t.Errorf("%d yearly letters", n)
	}
	audit(t, h)
}

// TestNumbers: check digits find every wrong sign and every swap of two signs.
func TestNumbers(t *testing.T) {
	h := newHub(t)
	a := h.Accept(1, careers, "cohort-1", "Ada Sample")
	for i, end := range ends {
		h.At(end)
		mark(t, h, link(t, h, tutor, fmt.Sprintf("Workshop %d", i+1)), i, attend.Came, nil)
	}
	_, p := register(t, h, a)
	number := p.Certificate().Number
	if got, ok := attend.Number(" " + strings.ToLower(number) + " "); !ok || got != number {
		t.Fatalf("%s reads as %s, %v", number, got, ok)
	}
	tries := 0
	for i := range number {
		for _, c := range "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ!" {
			wrong := number[:i] + string(c) + number[i+1:]
			if number[i] == '-' || wrong == number {
				continue
			}
			if tries++; accepted(wrong) {
				t.Errorf("%s is taken for a number, beside %s", wrong, number)
			}
		}
		for j := i + 1; j < len(number) && j <= i+2; j++ {
			swapped := []byte(number)
			swapped[i], swapped[j] = swapped[j], swapped[i]
			if number[i] == '-' || number[j] == '-' || number[i] == number[j] || j == i+2 && number[i+1] != '-' {
				continue
			}
			if tries++; accepted(string(swapped)) {
				t.Errorf("%s is taken for a number, beside %s", swapped, number)
			}
		}
	}
	if tries < 300 {
		t.Errorf("only %d tries", tries)
	}
}

func accepted(number string) bool { _, ok := attend.Number(number); return ok }

// TestRealRun: a hub that really sends letters sends none to an example's address.
func TestRealRun(t *testing.T) {
	h := newHub(t)
	h.Desk.Real = true
	h.Accept(1, careers, "cohort-1", "Ada Sample")
	h.At(ends[0])
	if mail := h.Mailed(tutor, ""); len(mail) != 0 {
		t.Errorf("%d letters to an example's address", len(mail))
	}
}

// TestSixty: a cohort of 60, all absent from every workshop, all with long reasons, fits into its
// record.
func TestSixty(t *testing.T) {
	h := newHub(t)
	random := rand.New(rand.NewPCG(1, 2))
	var all []*application.Application
	for n := range 60 {
		all = append(all, h.Accept(n, careers, "cohort-1", strings.Repeat("Wxyz ", 5)+fmt.Sprint("Name", random.IntN(1000))))
	}
	for i, end := range ends {
		h.At(end)
		mark(t, h, link(t, h, tutor, fmt.Sprintf("Workshop %d", i+1)), i, attend.Absent, nil)
		h.Clock = h.Clock.Add(24 * time.Hour)
		for _, a := range all {
			problems, err := h.Desk.Say(t.Context(), a, i, form.Values{"reason": "reason-9", "text": strings.Repeat("ü", 300)})
			if problems != nil || err != nil {
				t.Fatal(problems, err)
			}
		}
	}
	r, _ := register(t, h, all[0])
	kept, err := h.Office.Applications.Store.Get(t.Context(), r.ID)
	if err != nil || len(kept.Data) > 380_000 {
		t.Errorf("the record has %d bytes (%v)", len(kept.Data), err)
	}
	t.Logf("%d bytes", len(kept.Data))
}
