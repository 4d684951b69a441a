package claim

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"traininghub/internal/course"
	"traininghub/internal/letter"
	"traininghub/internal/record"
	"traininghub/internal/record/recordtest"
	"traininghub/internal/scheme"
)

const twoSchemes = `title: %s
courses: [one]
begins: 1 August 2020
pays:
  - kind: mentoring
    label: Weekly mentoring session
    unit: week
    rates:
      - {from: 1 August 2020, until: 30 September 2021, amount: £289}
      - {from: 1 October 2021, amount: "£301.17"}
    caps:
%s      - {most: 52, in: year}
    needs: [agreement, active-pair]
    other_activities: [A group for peer support]
  - kind: training
    label: Training session
    unit: session
    rates:
      - {from: 1 August 2020, amount: £289}
    caps:
      - {most: 4, in: life, across: all-schemes}
    needs: [agreement, attendance]
  - kind: course-time
    label: Time on the course
    unit: course-time
    rates:
      - {from: 1 August 2020, amount: £289}
    caps:
      - {most: 1, in: life}
    needs: [attendance]
  - kind: conversation
    label: Career conversation
    unit: conversation
    rates:
      - {from: 1 August 2020, amount: £289}
    needs: [confirmation]
    least_minutes: 250
year_begins: 1 April
claim_within_days: 28
year_closes_after: 10
payee: claimant
refuse_reasons: [It was claimed before]
min_stay_months: 12
declarations: [The sessions took place.]
budget:
  - year: 2021/22
    from: 1 April 2021
    quarters: ["%[3]s", "%[3]s", "%[3]s", "%[3]s"]
  - year: 2022/23
    from: 1 April 2022
    quarters: ["%[3]s", "%[3]s", "%[3]s", "%[3]s"]
checkers:
  - {name: First checker, email: checker-one@example.org}
  - {name: Second checker, email: both@example.org}
approvers:
  - {name: First approver, email: approver-one@example.org}
  - {name: Second approver, email: approver-two@example.org, limit: "£2,000"}
  - {name: Both, email: both@example.org}
payers:
  - {name: First payer, email: payer-one@example.org}
  - {name: Second payer, email: payer-two@example.org}
`

const acrossWeek = "      - {most: 1, in: week, across: all-schemes}\n"

// schemes has three: mentors and fellows share their weeks, locums have their own.
func schemes(t testing.TB, quarter string) []*scheme.Scheme {
	t.Helper()
	all, faults := scheme.Load(fstest.MapFS{
		"schemes/mentors.yaml": {Data: []byte(fmt.Sprintf(twoSchemes, "Mentors", acrossWeek, quarter))},
		"schemes/fellows.yaml": {Data: []byte(fmt.Sprintf(twoSchemes, "Fellows", acrossWeek, quarter))},
		"schemes/locums.yaml":  {Data: []byte(fmt.Sprintf(twoSchemes, "Locums", "", quarter))},
	}, "schemes", []string{"one"}, nil)
	if len(faults) > 0 {
		t.Fatal(faults)
	}
	return all
}

// log is what other stories know, by the claimant's email address.
type log struct {
	claimants     map[string][]Claimant
	sessions      map[string][]Session
	came          map[string][]Workshop
	finished      map[string]course.Date
	conversations map[string][]Conversation
	lacks         map[string]scheme.Needs // by the application
	mentors       map[string]Mentor       // by the application
}

func newLog() *log {
	return &log{
		map[string][]Claimant{}, map[string][]Session{}, map[string][]Workshop{}, map[string]course.Date{},
		map[string][]Conversation{}, map[string]scheme.Needs{}, map[string]Mentor{},
	}
}

func in(at time.Time, from, to course.Date) bool {
	day := course.DateOf(at)
	return !day.Before(from) && !to.Before(day)
}

func (f *log) Claimants(_ context.Context, email string) ([]Claimant, error) {
	return f.claimants[strings.ToLower(email)], nil
}

func (f *log) Sessions(_ context.Context, c Claimant, from, to course.Date) (some []Session, _ error) {
	for _, x := range f.sessions[c.Email] {
		if in(x.Start, from, to) {
			some = append(some, x)
		}
	}
	return some, nil
}

func (f *log) Came(_ context.Context, c Claimant, from, to course.Date) (some []Workshop, _ error) {
	for _, x := range f.came[c.Email] {
		if in(x.Start, from, to) {
			some = append(some, x)
		}
	}
	return some, nil
}

func (f *log) Finished(_ context.Context, c Claimant) (course.Date, error) {
	return f.finished[c.Email], nil
}

func (f *log) Conversations(_ context.Context, c Claimant, from, to course.Date) (some []Conversation, _ error) {
	for _, x := range f.conversations[c.Email] {
		if in(x.Parts[len(x.Parts)-1].From, from, to) {
			some = append(some, x)
		}
	}
	return some, nil
}

func (f *log) Mentor(_ context.Context, application string) (Mentor, error) {
	has := func(need scheme.Needs) func(course.Date) bool {
		return func(course.Date) bool { return f.lacks[application] != need }
	}
	m := f.mentors[application]
	m.Agreed, m.Paired, m.Planned = has(
		scheme.NeedsAgreement,
	), has(
		scheme.NeedsPair,
	), f.lacks[application] != scheme.NeedsPlan
	return m, nil
}

// newDesk is a desk on an empty store. Its clock shows clock.
func newDesk(t testing.TB, quarter string, clock *time.Time) (*Desk, *log) {
	t.Helper()
	facts := newLog()
	d := &Desk{
		Store: &recordtest.Memory{}, Schemes: schemes(t, quarter), Now: func() time.Time { return *clock }, Facts: facts, Secret: func() ([]byte, error) { return []byte("a secret of the test's"), nil },
	}
	return d, facts
}

// gp is a claimant with a number of their own.
func gp(n int, scheme string) Claimant {
	return Claimant{
		Scheme: scheme, Application: fmt.Sprintf("SM-%d", n), Name: fmt.Sprintf("Dr Number %d", n), Email: fmt.Sprintf("gp%d@example.org", n),
		Number: fmt.Sprintf("gmc 70000%02d", n), Practice: "Z99999", Begins: course.Date{Year: 2021, Month: time.April, Day: 1},
	}
}

func london(text string) time.Time {
	t, err := time.ParseInLocation("2006-01-02 15:04", text, course.London)
	if err != nil {
		panic(err)
	}
	return t
}

// weekly logs one session a week from a day on, with one pair.
func weekly(from string, weeks int) (all []Session) {
	for i := range weeks {
		all = append(all, Session{Pair: "P-7K3D", Start: london(from).AddDate(0, 0, 7*i), Minutes: 60, Outcome: "held"})
	}
	return all
}

// claimAll claims everything in a month that can be claimed.
func claimAll(t testing.TB, d *Desk, c Claimant, month, late string) []Line {
	t.Helper()
	items, err := d.Month(t.Context(), c, month)
	if err != nil {
		t.Fatal(err)
	}
	var keys []string
	for _, it := range items {
		if it.Why == nil {
			keys = append(keys, it.Key)
		}
	}
	lines, err := d.Submit(t.Context(), c, Asking{Month: month, Keys: keys, Late: late})
	if err != nil {
		t.Fatalf("claiming %s: %v", month, err)
	}
	return lines
}

// must does something with a line that has to succeed.
func must(t testing.TB, d *Desk, at LineRef, act Act, email, reason string) {
	t.Helper()
	if _, err := d.Do(t.Context(), at, act, email+"@example.org", reason); err != nil {
		t.Fatalf("%s by %s: %v", act, email, err)
	}
}

// vendor sets the payer's reference of the holder of an account.
func vendor(t testing.TB, d *Desk, account, ref string) {
	t.Helper()
	for _, email := range []string{"payer-one@example.org", "payer-two@example.org"} {
		if _, err := d.SetVendor(t.Context(), account, ref, email); err != nil {
			t.Fatal(err)
		}
	}
}

// whole reads all records and compares them with each other: M1 to M6 and M9 of the research, and
// an audit.
func whole(t testing.TB, d *Desk) {
	t.Helper()
	wrong, err := d.Audit(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, w := range wrong.Wrong {
		t.Errorf("%s: %s", w.ID, w.What)
	}
	if t.Failed() {
		t.FailNow()
	}
}

func all(t testing.TB, d *Desk, kind record.Kind) (ids []string) {
	t.Helper()
	if err := record.Each(t.Context(), d.Store, func(e record.Record) error {
		if e.Kind == kind {
			ids = append(ids, e.ID)
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	slices.Sort(ids)
	return ids
}

// TestMonth: a month is filled in from what was logged, claimed, checked, approved and paid, and
// adds up.
func TestMonth(t *testing.T) {
	clock := london("2021-12-01 10:00")
	d, facts := newDesk(t, "£30,000", &clock)
	c := gp(1, "mentors")
	facts.sessions[c.Email] = append(
		weekly("2021-11-02 18:30", 5),
		Session{Pair: "P-4M2Q", Start: london("2021-11-03 12:00"), Minutes: 50, Outcome: "held"},
		Session{Pair: "P-4M2Q", Start: london("2021-11-24 12:00"), Minutes: 50, Outcome: "cancelled in time"},
	)
	items, err := d.Month(t.Context(), c, "2021-11")
	if err != nil || len(items) != 5 {
		t.Fatalf("%d items, %v", len(items), err)
	}
	if got := items[0]; got.What != "Week of Monday 1 November 2021" || strings.Join(got.Pairs, " ") != "P-7K3D P-4M2Q" || got.Pence != 30117 ||
		got.Key != "all-schemes/mentoring/week/2021-W44" || len(got.Hours) != 2 {
		t.Errorf("first item is %+v", got.Line)
	}
	lines := claimAll(t, d, c, "2021-11", "")
	if len(lines) != 5 {
		t.Fatalf("%d lines", len(lines))
	}
	if _, err := d.Submit(t.Context(), c, Asking{Month: "2021-11", Keys: []string{lines[0].Key}}); !isRule(err) {
		t.Errorf("claimed twice: %v", err)
	}
	accounts := all(t, d, KindAccount)
	for n := 1; n <= 5; n++ {
		at := LineRef{accounts[0], n}
		must(t, d, at, Check, "checker-one", "")
		must(t, d, at, Approve, "approver-one", "")
	}
	vendor(t, d, accounts[0], "000123")
	until := course.Date{Year: 2021, Month: 11, Day: 30}
	if p, err := d.Propose(t.Context(), "mentors", "2021/22", until); err != nil || len(p.Rows) != 0 || len(p.Back) != 5 {
		t.Errorf("paid at once to a new reference: %+v, %v", p, err)
	}
	clock = london("2021-12-10 10:00")
	if _, err := d.MakeBatch(t.Context(), "mentors", "2021/22", until, 5, 5*30117+1, "approver-one@example.org"); err != ErrSum {
		t.Errorf("a wrong sum: %v", err)
	}
	b, err := d.MakeBatch(t.Context(), "mentors", "2021/22", until, 5, 5*30117, "approver-one@example.org")
	if err != nil || b.Number != "2021/22-01" {
		t.Fatalf("batch %+v, %v", b, err)
	}
	whole(t, d)
	file, err := b.File()
	if err != nil {
		t.Fatal(err)
	}
	for _, secret := range []string{"P-7K3D", "P-4M2Q", "7000001"} {
		if strings.Contains(string(file), secret) {
			t.Errorf("the payer's file tells %s", secret)
		}
	}
	if !strings.Contains(string(file), `"'000123"`) || !strings.Contains(string(file), `"301.17"`) {
		t.Errorf("file:\n%s", file)
	}
	took, err := d.Answer(t.Context(), "mentors", answerTo(b, "paid"), "payer-one@example.org")
	if err != nil || took.Paid != 5 || took.Missing != 0 {
		t.Fatalf("answer: %+v, %v", took, err)
	}
	took, err = d.Answer(t.Context(), "mentors", answerTo(b, "paid"), "payer-one@example.org")
	if err != nil || took.Paid != 0 || took.Known != 5 {
		t.Errorf("the same again: %+v, %v", took, err)
	}
	whole(t, d)
	budget, _ := d.BudgetOf(t.Context(), "mentors", "2021/22")
	if budget.Spent != 5*30117 || budget.Committed != 0 {
		t.Errorf("budget: %+v", budget)
	}
	// Reversed after it was paid: it has to be paid back, and can be claimed again.
	at := LineRef{accounts[0], 1}
	must(t, d, at, AskReverse, "checker-one", "It was another week")
	if _, err := d.Do(t.Context(), at, Reverse, "checker-one@example.org", ""); err == nil {
		t.Error("reversed by the person who asked for it")
	}
	must(t, d, at, Reverse, "approver-two", "")
	claimAll(t, d, c, "2021-11", "")
	must(t, d, LineRef{accounts[0], 6}, Check, "checker-one", "")
	must(t, d, LineRef{accounts[0], 6}, Approve, "both", "")
	if _, err := d.Enter(t.Context(), Extra{Sort: Deducted, Account: accounts[0], Kind: "mentoring", Pence: 1, Of: 1}, "checker-one@example.org"); err != nil {
		t.Fatal(err)
	}
	must(t, d, LineRef{accounts[0], 7}, Approve, "approver-one", "")
	whole(t, d)
	b, err = d.MakeBatch(t.Context(), "mentors", "2021/22", until, 2, 0, "approver-one@example.org")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := d.Answer(t.Context(), "mentors", answerTo(b, "paid"), "payer-two@example.org"); err != nil {
		t.Fatal(err)
	}
	whole(t, d)
	a, _ := d.Account(t.Context(), accounts[0])
	if a.Line(1).State != Offset || a.Balance(backpay) != 0 || a.Balance(bank) != -5*30117 {
		t.Errorf("after offsetting: %s, %v, %v", a.Line(1).State, a.Balance(backpay), a.Balance(bank))
	}
}

// answerTo is the payer's file with the same answer to each row.
func answerTo(b *Batch, status string) []byte {
	return answerFile(b, func(int, Row) string { return status }, b.Made.Format("2006-01-02"))
}

func answerFile(b *Batch, status func(int, Row) string, on string) []byte {
	var f strings.Builder
	f.WriteString("batch,row,line_key,amount,status,paid_on,payment_ref,reason\r\n")
	for i, r := range b.Rows {
		switch s := status(i, r); s {
		case "paid":
			fmt.Fprintf(&f, "%s,%d,%s,%s,paid,%s,BACS-%d,\r\n", b.Number, i+1, r.Key, r.Pence.Decimal(), on, i)
		case "unpaid":
			fmt.Fprintf(&f, "%s,%d,%s,%s,unpaid,,,Account closed\r\n", b.Number, i+1, r.Key, r.Pence.Decimal())
		}
	}
	return []byte(f.String())
}

func personOf(d *Desk, c Claimant) string {
	id, _ := d.personID(c)
	return id
}

// TestPairs: a session counts only on its pair's days, and none counts while the mentor is
// suspended.
func TestPairs(t *testing.T) {
	clock := london("2021-12-01 10:00")
	d, facts := newDesk(t, "£30,000", &clock)
	c := gp(1, "mentors")
	facts.sessions[c.Email] = []Session{
		{Pair: "P-7K3D", Start: london("2021-11-02 18:00"), Minutes: 60, Outcome: "held", Unregistered: true},
		{Pair: "P-7K3D", Start: london("2021-11-09 18:00"), Minutes: 60, Outcome: "held", Unregistered: true},
		{Pair: "P-4M2Q", Start: london("2021-11-10 18:00"), Minutes: 50, Outcome: "held"},
		{Pair: "P-4M2Q", Start: london("2021-11-17 18:00"), Minutes: 50, Outcome: "held"},
	}
	facts.mentors[c.Application] = Mentor{Suspended: func(day course.Date) bool { return day.Day == 17 }}
	items, err := d.Month(t.Context(), c, "2021-11")
	if err != nil || len(items) != 3 {
		t.Fatalf("%d items (%v)", len(items), err)
	}
	var missing *Missing
	if !errors.As(items[0].Why, &missing) || missing.Need != scheme.NeedsPair {
		t.Errorf("before the pair was registered: %v", items[0].Why)
	}
	if items[1].Why != nil || !slices.Equal(items[1].Pairs, []string{"P-4M2Q"}) || items[1].Hours[0].Minutes() != 50 {
		t.Errorf("a week with both is for %v: %v", items[1].Pairs, items[1].Why)
	}
	if !errors.Is(items[2].Why, ErrSuspended) {
		t.Errorf("while suspended: %v", items[2].Why)
	}
}

// TestActivities: an activity that was agreed instead of a session can be claimed once for a week,
// under the same key as a session. Nothing else can be claimed that way, and never in a week with a
// session.
func TestActivities(t *testing.T) {
	clock := london("2021-12-01 10:00")
	d, facts := newDesk(t, "£30,000", &clock)
	c := gp(1, "mentors")
	facts.sessions[c.Email] = weekly("2021-11-02 18:30", 1)
	facts.lacks[c.Application] = scheme.NeedsPair
	submit := func(day Day, activity, what string) ([]Line, error) {
		return d.Submit(t.Context(), c, Asking{Month: "2021-11", Others: []Other{{day, activity, what}}})
	}
	const group = "A group for peer support"
	for _, wrong := range []struct {
		day            Day
		activity, what string
	}{
		{"2021-11-09", "A holiday", ""}, {"2021-12-01", group, ""}, {"2021-11-31", group, ""}, {"", group, ""},
		{"2021-11-09", group, strings.Repeat("é", 121)}, {"2021-11-03", group, ""},
	} {
		facts.lacks[c.Application] = ""
		if lines, err := submit(wrong.day, wrong.activity, wrong.what); !errors.Is(err, ErrActivity) {
			t.Errorf("%+v is claimed as %v (%v)", wrong, lines, err)
		}
	}
	facts.lacks[c.Application] = scheme.NeedsPair
	lines, err := submit("2021-11-09", group, " Two  evenings ")
	if err != nil || len(lines) != 1 || lines[0].Activity != group || lines[0].Pence != 30117 ||
		lines[0].What != "Week of Monday 8 November 2021: A group for peer support. Two evenings" {
		t.Fatalf("claimed as %+v (%v)", lines, err)
	}
	if _, err := submit("2021-11-14", group, ""); !errors.Is(err, ErrTaken) {
		t.Errorf("twice in a week: %v", err)
	}
	facts.lacks[c.Application] = ""
	facts.sessions[c.Email] = weekly("2021-11-10 18:30", 1)
	items, err := d.Month(t.Context(), c, "2021-11")
	if err != nil || len(items) != 1 || !errors.Is(items[0].Why, ErrTaken) {
		t.Errorf("a session that was logged later: %+v (%v)", items, err)
	}
	if found, err := d.Audit(t.Context(), nil); err != nil || len(found.Wrong) > 0 {
		t.Errorf("the audit finds %v (%v)", found, err)
	}
}

// TestVendorLetter: the previous address is told too when the payer's reference was changed.
func TestVendorLetter(t *testing.T) {
	clock := london("2021-12-01 10:00")
	d, facts := newDesk(t, "£30,000", &clock)
	c := gp(1, "mentors")
	facts.sessions[c.Email] = weekly("2021-10-05 18:30", 5)
	claimAll(t, d, c, "2021-10", "I was ill")
	facts.sessions["new@example.org"] = weekly("2021-11-02 18:30", 4)
	was := c.Email
	c.Email = "new@example.org"
	claimAll(t, d, c, "2021-11", "")
	all, err := d.Own(t.Context(), c)
	if err != nil || len(all) != 1 {
		t.Fatal(len(all), err)
	}
	for _, by := range []string{"payer-one@example.org", "checker-one@example.org"} {
		if _, err := d.SetVendor(t.Context(), all[0].ID, "000777", by); err != nil {
			t.Fatal(err)
		}
	}
	a, err := d.Account(t.Context(), all[0].ID)
	if err != nil {
		t.Fatal(err)
	}
	d.Template = func(string) *letter.Template { return &letter.Template{} }
	var to []string
	for _, l := range a.Mail {
		m, err := d.accountStory().(*record.Letters[*Account]).Make(t.Context(), a, l, "")
		if err != nil {
			t.Fatal(err)
		}
		to = append(to, m.To)
	}
	if !slices.Equal(to, []string{"new@example.org", was}) {
		t.Errorf("letters go to %v", to)
	}
}

// TestApproverLeaves: somebody taken off the list between check and approval can approve nothing
// any more, but what they checked before stays checked, and somebody else approves.
func TestApproverLeaves(t *testing.T) {
	clock := london("2021-12-01 10:00")
	d, facts := newDesk(t, "£30,000", &clock)
	c := gp(1, "mentors")
	facts.sessions[c.Email] = weekly("2021-11-02 18:30", 2)
	lines := claimAll(t, d, c, "2021-11", "")
	id := accountID("mentors", "2021/22", personOf(d, c))
	for _, l := range lines {
		must(t, d, LineRef{id, l.N}, Check, "checker-one", "")
	}
	s := d.Scheme("mentors")
	s.Approvers = slices.DeleteFunc(s.Approvers,
		func(o scheme.Officer) bool { return o.Email == "approver-one@example.org" })
	s.Checkers = slices.DeleteFunc(s.Checkers, func(o scheme.Officer) bool { return o.Email == "checker-one@example.org" })
	if _, err := d.Do(t.Context(), LineRef{id, 1}, Approve, "approver-one@example.org", ""); !errors.Is(err, ErrPart) {
		t.Errorf("somebody who has left approves: %v", err)
	}
	if done, err := d.ApproveAll(t.Context(), []LineRef{{id, 1}, {id, 2}}, "approver-one@example.org",
		""); !errors.Is(err, ErrPart) || len(done) > 0 {
		t.Errorf("somebody who has left approves several: %v (%v)", done, err)
	}
	must(t, d, LineRef{id, 1}, Approve, "approver-two", "")
	whole(t, d)
}
