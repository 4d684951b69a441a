package returns

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"traininghub/internal/claim"
	"traininghub/internal/course"
	"traininghub/internal/crossing"
	"traininghub/internal/mentored"
	"traininghub/internal/record"
	"traininghub/internal/record/recordtest"
	"traininghub/internal/scheme"
	"traininghub/internal/sqlite"
)

var (
	yearSize = flag.Int("year", 8, "how many mentors TestYear has; 600 are a national scheme")
	yearOut  = flag.String("year-out", "", "a folder for what testdata/return.py reads: facts, decisions and returns")
)

// yearScheme is the scheme of package claim's year, with every figure.
const yearScheme = `title: Mentors
courses: [one]
begins: 1 January 2020
pays:
  - kind: mentoring
    label: Weekly mentoring session
    unit: week
    rates:
      - {from: 1 January 2020, until: 30 September 2020, amount: £289}
      - {from: 1 October 2020, amount: "£301.17"}
    caps:
      - {most: 1, in: week, across: all-schemes}
      - {most: 52, in: year}
  - kind: training
    label: Training session
    unit: session
    rates:
      - {from: 1 January 2020, amount: £289}
    caps:
      - {most: 4, in: life, across: all-schemes}
year_begins: 1 April
claim_within_days: 28
year_closes_after: 10
payee: claimant
refuse_reasons: [It was claimed before]
mentees: {least: 4, most: 8}
declarations: [The sessions took place.]
budget:
  - {year: 2019/20, from: 1 January 2020, quarters: ["£90,000,000", "£90,000,000", "£90,000,000", "£90,000,000"]}
  - {year: 2020/21, from: 1 January 2020, quarters: ["£90,000,000", "£90,000,000", "£90,000,000", "£90,000,000"]}
checkers:
  - {name: First checker, email: checker-one@example.org}
  - {name: Second checker, email: both@example.org}
approvers:
  - {name: First approver, email: approver-one@example.org}
  - {name: Both, email: both@example.org}
payers:
  - {name: First payer, email: payer-one@example.org}
  - {name: Second payer, email: payer-two@example.org}
return:
  version: "1"
  service: mentoring
  figures:
`

// A request is a request for a mentor, behind the wall.
type request struct {
	Asked, Paired, Refused crossing.Day
	Fellow                 bool
}

// A decision is what became of a line, as claim's year.py reads it.
type decision struct{ Month, Email, Scheme, Key, What string }

// An invoice is spending that was not claimed.
type invoice struct {
	Month string // in which it was entered
	Day   claim.Day
	Pence claim.Pence
}

// A year is what happens from January 2020 to March 2021, on both sides of the wall.
type year struct {
	town
	claimants []claim.Claimant
	sessions  map[string][]claim.Session // by email address
	came      map[string][]claim.Workshop
	requests  []request
	decisions []decision
	invoices  []invoice
}

func (y *year) Claimants(context.Context, string) ([]claim.Claimant, error) { return nil, nil }
func (y *year) Finished(context.Context, claim.Claimant) (course.Date, error) {
	return course.Date{}, nil
}
func (y *year) Conversations(context.Context, claim.Claimant, course.Date, course.Date) ([]claim.Conversation, error) {
	return nil, nil
}
func (y *year) Mentor(context.Context, string) (claim.Mentor, error) {
	always := func(course.Date) bool { return true }
	return claim.Mentor{Agreed: always, Paired: always, Planned: true}, nil
}

func within(at time.Time, from, to course.Date) bool {
	on := course.DateOf(at)
	return !on.Before(from) && !to.Before(on)
}

func (y *year) Sessions(_ context.Context, c claim.Claimant, from, to course.Date) (some []claim.Session, _ error) {
	for _, x := range y.sessions[c.Email] {
		if within(x.Start, from, to) {
			some = append(some, x)
		}
	}
	return some, nil
}

func (y *year) Came(_ context.Context, c claim.Claimant, from, to course.Date) (some []claim.Workshop, _ error) {
	for _, x := range y.came[c.Email] {
		if within(x.Start, from, to) {
			some = append(some, x)
		}
	}
	return some, nil
}

func london(text string) time.Time {
	t, err := time.ParseInLocation("2006-01-02 15:04", text, course.London)
	if err != nil {
		panic(err)
	}
	return t
}

var jan2020 = course.Date{Year: 2020, Month: 1, Day: 1}

func some(random *rand.Rand, from, days int) crossing.Day {
	return day(jan2020.AddDays(from + random.IntN(days)))
}

// live makes a mentor's fifteen months: standing, certificates, pairs, and sessions that include
// some around midnight, on the leap day, in the hours when the clocks change and in week 53.
func (y *year) live(random *rand.Rand, n int) {
	ref, email := fmt.Sprintf("SM-%d", n), fmt.Sprintf("gp%03d@example.org", n)
	person := fmt.Sprintf("gmc %07d", 7000000+n)
	y.claimants = append(y.claimants, claim.Claimant{
		Scheme: "mentors", Application: ref, Name: fmt.Sprintf("Dr Number %d", n), Email: email, Number: person, Practice: "Z99999", Begins: jan2020,
	})
	mentor := Mentor{Reference: ref, Person: person, From: some(random, -400, 500), Sessions: fmt.Sprint(float64(6+random.IntN(14)) / 2), Stated: some(random, -500, 500)}
	if random.IntN(6) == 0 {
		mentor.Until = some(random, 0, 450)
	}
	if random.IntN(9) == 0 {
		mentor.Sessions = ""
	}
	y.mentors = append(y.mentors, mentor)
	if random.IntN(15) == 0 { // accepted a second time
		again := mentor
		again.Reference, again.From, again.Sessions, again.Stated = ref+"-2", some(random, 100, 300), "4", some(random, 100, 300)
		y.mentors = append(y.mentors, again)
		y.certs = append(y.certs, Certificate{again.Reference, some(random, 0, 450)})
	}
	if random.IntN(2) == 0 {
		y.certs = append(y.certs, Certificate{ref, some(random, 0, 450)})
	}
	standing := &crossing.Standing{Mentor: ref, Agreed: "2020-01-01"}
	if random.IntN(3) == 0 {
		standing.Trained = some(random, 0, 450)
	}
	if random.IntN(4) == 0 {
		standing.Sessions, standing.Confirmed = fmt.Sprint(3+random.IntN(5)), some(random, 0, 450)
	}
	if random.IntN(12) == 0 {
		standing.Left = some(random, 0, 450)
	}
	m := &mentored.Mentor{Reference: ref, Standing: standing}
	for k := range random.IntN(9) {
		p := crossing.Pair{
			Code: fmt.Sprintf("P-%d-%d", n, k), Mentor: ref, Service: []string{"mentoring", "mentoring", "mentoring", "another"}[random.IntN(4)],
			Cohort: []string{"fellow", "fellow", "locum", "new-partner", ""}[random.IntN(5)], Registered: some(random, -90, 500),
		}
		if random.IntN(8) > 0 {
			p.Introduced = max(p.Registered, some(random, -60, 500))
		}
		if random.IntN(4) == 0 {
			p.Ended = max(p.Registered, some(random, 0, 450))
		}
		m.Pairs = append(m.Pairs, p)
	}
	outcomes := []string{crossing.Held, crossing.Held, crossing.Held, crossing.Held, crossing.Held, crossing.Held, crossing.CancelledEarly, crossing.CancelledLate, crossing.DidNotCome, crossing.ByMentor}
	add := func(at time.Time, minutes int, outcome string) {
		code := fmt.Sprintf("P-%d-%d", n, random.IntN(max(1, len(m.Pairs))))
		y.sessions[email] = append(y.sessions[email], claim.Session{Pair: code, Start: at.UTC(), Minutes: minutes, Outcome: outcome})
		m.Sessions = append(m.Sessions, crossing.Session{ID: fmt.Sprintf("s%d-%d", n, len(m.Sessions)), Pair: code, Mentor: ref, Start: at.UTC(), Minutes: minutes, Outcome: outcome})
	}
	for week := range 65 {
		for range []int{0, 1, 1, 1, 1, 1, 2}[random.IntN(7)] {
			add(london("2020-01-01 00:00").AddDate(0, 0, 7*week).Add(time.Duration(random.IntN(7*24*60))*time.Minute), 20+random.IntN(100), outcomes[random.IntN(len(outcomes))])
		}
	}
	for _, odd := range []string{"2020-02-29 23:50", "2020-03-29 00:40", "2020-03-31 23:30", "2020-10-25 00:45", "2020-12-31 23:45", "2021-03-28 00:30"} {
		if random.IntN(3) == 0 {
			add(london(odd), 45, crossing.Held)
		}
	}
	for range random.IntN(7) {
		start := london("2020-01-01 09:00").AddDate(0, 0, random.IntN(450)).UTC()
		y.came[email] = append(y.came[email], claim.Workshop{Course: "one", Start: start, End: start.Add(3 * time.Hour)})
	}
	for range 2 + random.IntN(5) {
		r := request{Asked: some(random, 0, 455), Fellow: random.IntN(2) == 0}
		switch random.IntN(4) {
		case 0:
			r.Refused = max(r.Asked, some(random, 0, 455))
		case 1, 2:
			asked := claim.Day(r.Asked).Date()
			r.Paired = day(asked.AddDays(random.IntN(80)))
		}
		y.requests = append(y.requests, r)
	}
	y.heard = append(y.heard, m)
}

// count is what mentoring counts in a period, and reports from 5 on.
func (y *year) count(p Period) crossing.Counts {
	from, last := day(p.From), day(p.Until)
	c := crossing.Counts{Service: "mentoring", From: from, Until: last, Version: 1}
	in := func(d crossing.Day) bool { return d >= from && d <= last }
	var waits []int
	for _, r := range y.requests {
		if in(r.Asked) {
			c.Asked++
			if r.Refused != "" && r.Refused <= last {
				c.NoMentor++
			}
		}
		if r.Fellow && r.Asked <= last && r.Refused == "" && (r.Paired == "" || r.Paired > last) {
			c.FellowsWaiting++
		}
		if in(r.Paired) {
			waits = append(waits, int(claim.Day(r.Paired).Date().Time().Sub(claim.Day(r.Asked).Date().Time()).Hours()+2)/24)
		}
	}
	since := london(p.Until.AddDays(-27).ISO() + " 00:00")
	for _, m := range y.heard {
		for _, x := range m.Pairs {
			if x.Cohort != "fellow" || x.Service != "mentoring" || !x.Active(last) {
				continue
			}
			c.Fellows++
			minutes := 0
			for _, s := range m.Sessions {
				if s.Pair == x.Code && s.Outcome == crossing.Held && !s.Start.Before(since) && s.Start.Before(p.Until.AddDays(1).Time()) {
					minutes += s.Minutes
				}
			}
			if minutes >= 60 {
				c.FellowsSeen++
			}
		}
	}
	few := func(n int) bool { return n > 0 && n < crossing.Least }
	if c.Placed = len(waits); c.Placed < crossing.Least {
		c.Placed = 0
	} else {
		slices.Sort(waits)
		c.MedianWait = waits[(len(waits)-1)/2]
	}
	if few(c.NoMentor) {
		c.NoMentor = 0
	}
	if few(c.FellowsWaiting) {
		c.FellowsWaiting = 0
	}
	if few(c.Asked) {
		c.Asked, c.NoMentor = 0, 0
	}
	if few(c.FellowsSeen) || few(c.Fellows-c.FellowsSeen) {
		c.FellowsSeen = 0
	}
	if few(c.Fellows) {
		c.Fellows = 0
	}
	return c
}

// whose returns a claimant's accounts, by year.
func whose(t testing.TB, d *claim.Desk, c claim.Claimant) map[string]*claim.Account {
	t.Helper()
	all, err := d.Own(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	by := map[string]*claim.Account{}
	for _, a := range all {
		by[a.Year] = a
	}
	return by
}

func must(t testing.TB, d *claim.Desk, at claim.LineRef, act claim.Act, by, reason string) {
	t.Helper()
	if !strings.Contains(by, "@") {
		by += "@example.org"
	}
	if _, err := d.Do(t.Context(), at, act, by, reason); err != nil {
		t.Fatalf("%s of line %d by %s: %v", act, at.N, by, err)
	}
}

// month claims what can be claimed in a month, and has it checked, paid and corrected.
func (y *year) month(t testing.TB, random *rand.Rand, d *claim.Desk, clock *time.Time, first time.Time) {
	t.Helper()
	month := first.Format("2006-01")
	*clock = first.AddDate(0, 1, 4).Add(10 * time.Hour)
	s := d.Schemes[0]
	for _, c := range y.claimants {
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
		if len(keys) == 0 {
			continue
		}
		lines, err := d.Submit(t.Context(), c, claim.Asking{Month: month, Keys: keys})
		if err != nil {
			t.Fatal(err)
		}
		accounts := whose(t, d, c)
		for _, l := range lines {
			a := accounts[s.YearOf(l.Day.Date())]
			at := claim.LineRef{Account: a.ID, N: l.N}
			if l.N == 1 {
				for _, payer := range []string{"payer-one@example.org", "payer-two@example.org"} {
					if _, err := d.SetVendor(t.Context(), a.ID, "V"+c.Email[2:5], payer); err != nil {
						t.Fatal(err)
					}
				}
			}
			if random.IntN(33) == 0 {
				must(t, d, at, claim.Refuse, "checker-one", "It was claimed before")
				y.decisions = append(y.decisions, decision{month, c.Email, s.ID, l.Key, "refused"})
				continue
			}
			must(t, d, at, claim.Check, "checker-one", "")
			must(t, d, at, claim.Approve, "approver-one", "")
		}
	}
	if random.IntN(2) == 0 {
		in := invoice{month, claim.DayOf(course.DateOf(first).AddDays(random.IntN(25))), claim.Pence(100 + random.IntN(900_000))}
		a, err := d.Enter(t.Context(), claim.Extra{
			Sort: claim.Invoiced, Scheme: s.ID, Year: s.YearOf(in.Day.Date()), Kind: "networking", Day: in.Day, What: "An afternoon", Pence: in.Pence, Payee: "Provider Ltd", Invoice: month,
		}, "both@example.org")
		if err != nil {
			t.Fatal(err)
		}
		must(t, d, claim.LineRef{Account: a.ID, N: len(a.Lines)}, claim.Check, "checker-one", "")
		must(t, d, claim.LineRef{Account: a.ID, N: len(a.Lines)}, claim.Approve, "approver-one", "")
		y.invoices = append(y.invoices, in)
	}
	*clock = clock.AddDate(0, 0, 12)
	for _, year := range []string{"2019/20", "2020/21"} {
		for {
			p, err := d.Propose(t.Context(), s.ID, year, course.DateOf(*clock))
			if err != nil {
				t.Fatal(err)
			}
			if len(p.Rows) == 0 {
				break
			}
			b, err := d.MakeBatch(t.Context(), s.ID, year, course.DateOf(*clock), len(p.Rows), p.Sum, "approver-one@example.org")
			if err != nil {
				t.Fatal(err)
			}
			y.answer(t, random, d, *clock, month, b)
		}
	}
}

// answer has a batch paid except for some lines. Some of those are mended, and some that were paid
// are reversed.
func (y *year) answer(t testing.TB, random *rand.Rand, d *claim.Desk, clock time.Time, month string, b *claim.Batch) {
	t.Helper()
	var file strings.Builder
	file.WriteString("batch,row,line_key,amount,status,paid_on,payment_ref,reason\r\n")
	unpaid := map[int]bool{}
	for i, r := range b.Rows {
		if unpaid[i] = !r.Supplier && random.IntN(50) == 0; unpaid[i] {
			fmt.Fprintf(&file, "%s,%d,%s,%s,unpaid,,,Account closed\r\n", b.Number, i+1, r.Key, r.Pence.Decimal())
		} else {
			fmt.Fprintf(&file, "%s,%d,%s,%s,paid,%s,BACS-%d,\r\n", b.Number, i+1, r.Key, r.Pence.Decimal(), course.DateOf(clock).ISO(), i)
		}
	}
	if _, err := d.Answer(t.Context(), b.Scheme, []byte(file.String()), "payer-one@example.org"); err != nil {
		t.Fatal(err)
	}
	for i, r := range b.Rows {
		at := claim.LineRef{Account: r.Account, N: r.Line}
		a, err := d.Account(t.Context(), r.Account)
		if err != nil {
			t.Fatal(err)
		}
		decide := func(what string) {
			y.decisions = append(y.decisions, decision{month, a.Holder.Email, b.Scheme, a.Line(r.Line).Key, what})
		}
		switch {
		case unpaid[i] && random.IntN(2) == 0: // paid with the next batch
			must(t, d, at, claim.Answer, a.Holder.Email, "I have a new account")
			must(t, d, at, claim.Check, "both", "")
			must(t, d, at, claim.Approve, "approver-one", "")
		case unpaid[i]:
			decide("queried")
		case !r.Supplier && random.IntN(80) == 0:
			must(t, d, at, claim.AskReverse, "checker-one", "It was another week")
			must(t, d, at, claim.Reverse, "approver-one", "")
			decide("reversed")
		}
	}
}

// TestYear is fifteen months of a hub. Returns of quarters, and of the leap month, are made along
// the way. What each says is compared with sums made here, and by testdata/return.py with the facts
// alone:
//
//	go test ./internal/returns -run TestYear -year 600 -year-out /tmp/year &&
//	python3 internal/returns/testdata/return.py /tmp/year
func TestYear(t *testing.T) { fifteen(t) }

// fifteen lives through the months, and returns the desk at their end.
func fifteen(t testing.TB) (*Desk, *claim.Desk) {
	t.Helper()
	random := rand.New(rand.NewPCG(20, 21))
	words := yearScheme
	for _, id := range scheme.Figure("").Words() {
		words += fmt.Sprintf("    - {id: %s, label: %s, means: As package returns says.}\n", id, id)
	}
	all, faults := scheme.Load(fstest.MapFS{"schemes/mentors.yaml": {Data: []byte(words)}}, "schemes", []string{"one"}, nil)
	if err := faults.Err(); err != nil {
		t.Fatal(err)
	}
	s := all[0]
	y := &year{sessions: map[string][]claim.Session{}, came: map[string][]claim.Workshop{}}
	for n := range *yearSize {
		y.live(random, n)
	}
	var clock time.Time
	now := func() time.Time { return clock }
	store := &recordtest.Memory{}
	claims := &claim.Desk{Store: store, Schemes: all, Now: now, Facts: y, Secret: func() ([]byte, error) { return []byte("a secret of the test's"), nil }}
	sources := y.sources()
	sources.Ledger = func(ctx context.Context, scheme, year string) (*claim.Ledger, error) {
		return claims.Ledger(ctx, scheme, year)
	}
	d := &Desk{Store: store, Schemes: all, Now: now, Sources: sources}

	type kept struct {
		Period, From, Until, Year string
		Months                    int // that were over when it was made
		On                        string
		Counts                    crossing.Counts
		Figures                   []Figure
	}
	var made []kept
	for m := range 15 {
		first := jan2020.Time().AddDate(0, m, 0)
		y.month(t, random, claims, &clock, first)
		ids := map[int][]string{1: {"2020-02"}, 2: {"2019-20-q4"}, 5: {"2020-21-q1"}, 8: {"2020-21-q2"}, 11: {"2020-21-q3"}, 14: {"2020-21-q4"}}[m]
		for _, id := range ids {
			p, ok := PeriodOf(s, id)
			if !ok {
				t.Fatalf("there is no %s", id)
			}
			y.counts = []crossing.Counts{y.count(p)}
			began := time.Now()
			r, err := d.Make(t.Context(), s, p, "one@example.org", "")
			if err == nil {
				t.Logf("%s in %v", id, time.Since(began))
				r, err = d.Confirm(t.Context(), s, p, "two@example.org", r.Waiting().Sum())
			}
			if err != nil {
				t.Fatal(err)
			}
			made = append(made, kept{p.ID, p.From.ISO(), p.Until.ISO(), p.Year, m + 1, course.DateOf(clock).ISO(), y.counts[0], r.Latest().Figures})
			y.spent(t, claims, p, r.Latest().Figures)
		}
	}
	var sessions, lines int
	for _, c := range y.claimants {
		sessions += len(y.sessions[c.Email])
		for _, a := range whose(t, claims, c) {
			lines += len(a.Lines)
		}
	}
	t.Logf("%d mentors, %d sessions, %d lines, %d requests", len(y.claimants), sessions, lines, len(y.requests))
	if *yearOut == "" {
		return d, claims
	}
	var pairs []crossing.Pair
	var standing []crossing.Standing
	for _, m := range y.heard {
		pairs, standing = append(pairs, m.Pairs...), append(standing, *m.Standing)
	}
	write := func(name string, what any) {
		out, err := json.Marshal(what)
		if err = errors.Join(err, os.WriteFile(filepath.Join(*yearOut, name), out, 0o600)); err != nil {
			t.Fatal(err)
		}
	}
	write("facts.json", map[string]any{
		"claimants": y.claimants, "sessions": y.sessions, "came": y.came, "conversations": map[string]any{}, "finished": map[string]any{}, "decisions": y.decisions,
		"invoices": y.invoices, "mentors": y.mentors, "certificates": y.certs, "standing": standing, "pairs": pairs, "requests": y.requests,
	})
	write("returns.json", made)
	return d, claims
}

// BenchmarkReturn works out the return of the last quarter, from a file with all accounts. Issue 13
// asks for at most 1 s with 600 mentors:
//
//	go test ./internal/returns -run - -bench Return -year 600
func BenchmarkReturn(b *testing.B) {
	d, claims := fifteen(b)
	file, err := sqlite.Open(filepath.Join(b.TempDir(), "hub.db"), sqlite.Options{})
	if err != nil {
		b.Fatal(err)
	}
	defer file.Close()
	if err := record.Each(b.Context(), d.Store, func(e record.Record) error {
		r, err := d.Store.Get(b.Context(), e.ID)
		if err == nil {
			err = file.Create(b.Context(), r)
		}
		return err
	}); err != nil {
		b.Fatal(err)
	}
	d.Store, claims.Store = file, file
	p, _ := PeriodOf(d.Schemes[0], "2020-21-q4")
	for b.Loop() {
		if _, err := d.Preview(b.Context(), d.Schemes[0], p); err != nil {
			b.Fatal(err)
		}
	}
}

// spent compares the spending in a return with the lines themselves.
func (y *year) spent(t testing.TB, d *claim.Desk, p Period, figures []Figure) {
	t.Helper()
	want := claim.Pence(0)
	add := func(a *claim.Account) {
		for _, l := range a.Lines {
			if l.State == claim.Paid && l.Day <= claim.Day(p.Until.ISO()) {
				want += l.Pence
			}
		}
	}
	for _, c := range y.claimants {
		if a := whose(t, d, c)[p.Year]; a != nil {
			add(a)
		}
	}
	invoices, err := d.Invoices(t.Context(), "mentors", p.Year)
	if err != nil {
		t.Fatal(err)
	}
	add(invoices)
	i := slices.IndexFunc(figures, func(f Figure) bool { return f.ID == scheme.SpendToDate })
	if got := claim.Pence(figures[i].N); got != want || want == 0 {
		t.Errorf("%s: spent %v, the lines say %v", p.ID, got, want)
	}
	if cmp.Compare(figures[i+1].N, figures[i].N) < 0 {
		t.Errorf("%s: the profile to the year's end is below what is spent", p.ID)
	}
}
