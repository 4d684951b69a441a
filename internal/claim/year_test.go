package claim

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"traininghub/internal/course"
)

var (
	yearSize = flag.Int("year", 12, "how many mentors TestYear has; 600 are a national scheme")
	yearOut  = flag.String("year-out", "", "a folder for what testdata/year.py reads: facts, decisions and ledgers")
)

// A decision is what became of a line, for year.py.
type decision struct {
	Month, Email, Scheme, Key, What string
}

// TestYear is fifteen months of a hub, with a leap day, a week 53, clock changes, two financial
// years and a change of rate. Each month is claimed, checked, paid and corrected. The ledger is
// compared with sums made here along the way, and by testdata/year.py from the facts alone:
//
//	go test ./internal/claim -run TestYear -year 600 -year-out /tmp/year && python3 internal/claim/testdata/year.py /tmp/year
func TestYear(t *testing.T) {
	random := rand.New(rand.NewPCG(42, 42))
	clock := london("2020-01-02 10:00")
	d, facts := newDesk(t, "£9,000,000", &clock)
	for _, s := range d.Schemes { // from before the leap day, and a rate from 1 October 2020
		s.Begins = course.Date{Year: 2020, Month: 1, Day: 1}
		for i := range s.Pays {
			s.Pays[i].Rates[0].From = s.Begins
		}
		until := course.Date{Year: 2020, Month: 9, Day: 30}
		s.Pays[0].Rates[0].Until, s.Pays[0].Rates[1].From = &until, until.AddDays(1)
		for i, year := range []string{"2019/20", "2020/21"} {
			s.Budget[i].Year, s.Budget[i].From = year, s.Begins
		}
	}
	var claimants []Claimant
	for n := range *yearSize {
		c := gp(n, "mentors")
		c.Email, c.Number, c.Begins = fmt.Sprintf("gp%03d@example.org", n), fmt.Sprintf("gmc %07d", 7000000+n), course.Date{Year: 2020, Month: 1, Day: 1}
		claimants = append(claimants, c)
		if n%10 == 3 {
			c.Scheme = "fellows"
			claimants = append(claimants, c)
		}
		if n%10 == 5 {
			c.Scheme = "locums"
			claimants = append(claimants, c)
		}
		aYear(random, facts, c.Email)
	}
	var decisions []decision
	cost := map[[3]string]Pence{} // by scheme, year and kind, added up as it happens
	vendors := map[string]bool{}
	for m := range 15 {
		first := course.Date{Year: 2020, Month: time.Month(1 + m), Day: 1}.Time()
		month := first.Format("2006-01")
		clock = first.AddDate(0, 1, 4).Add(10 * time.Hour)
		decide := func(a *Account, l *Line, what string) {
			decisions = append(decisions, decision{month, a.Holder.Email, a.Scheme, l.Key, what})
		}
		touched := map[string][]string{} // by scheme and year
		for _, c := range claimants {
			for _, l := range claimAll(t, d, c, month, "") {
				year := d.Scheme(c.Scheme).YearOf(l.Day.Date())
				at := LineRef{accountID(c.Scheme, year, personOf(d, c)), l.N}
				if !vendors[c.Email] {
					vendor(t, d, at.Account, c.Email[2:5])
					vendors[c.Email] = true
				}
				a, _ := d.Account(t.Context(), at.Account)
				if random.IntN(33) == 0 {
					must(t, d, at, Refuse, "checker-one", "It was claimed before")
					decide(a, &l, "refused")
					continue
				}
				must(t, d, at, Check, "checker-one", "")
				must(t, d, at, Approve, "approver-one", "")
				cost[[3]string{c.Scheme, year, l.Kind}] += l.Pence
				if key := c.Scheme + " " + year; !slices.Contains(touched[key], at.Account) {
					touched[key] = append(touched[key], at.Account)
				}
			}
		}
		clock = clock.AddDate(0, 0, 12)
		for _, s := range d.Schemes {
			for _, year := range []string{"2019/20", "2020/21"} {
				for {
					p, err := d.Propose(t.Context(), s.ID, year, course.DateOf(clock))
					if err != nil {
						t.Fatal(err)
					}
					if len(p.Rows) == 0 {
						break
					}
					b, err := d.MakeBatch(t.Context(), s.ID, year, course.DateOf(clock), len(p.Rows), p.Sum, "approver-one@example.org")
					if err != nil {
						t.Fatal(err)
					}
					status := map[int]string{}
					for i := range b.Rows {
						status[i] = "paid"
						if random.IntN(50) == 0 {
							status[i] = "unpaid"
						}
					}
					if _, err := d.Answer(t.Context(), s.ID, answerFile(b, func(i int, _ Row) string { return status[i] }, DayOf(course.DateOf(clock)).ISO()), "payer-one@example.org"); err != nil {
						t.Fatal(err)
					}
					for i, r := range b.Rows {
						a, err := d.Account(t.Context(), r.Account)
						if err != nil {
							t.Fatal(err)
						}
						l, at, key := a.Line(r.Line), LineRef{r.Account, r.Line}, [3]string{s.ID, year, r.Kind}
						switch {
						case status[i] == "unpaid" && random.IntN(2) == 0: // mended, and paid with the next batch
							must(t, d, at, Answer, a.Holder.Email[:5], "I have a new account")
							must(t, d, at, Check, "both", "")
							must(t, d, at, Approve, "approver-two", "")
						case status[i] == "unpaid":
							cost[key] -= l.Pence
							decide(a, l, "queried")
						case random.IntN(80) == 0:
							must(t, d, at, AskReverse, "checker-one", "It was another week")
							must(t, d, at, Reverse, "approver-one", "")
							cost[key] -= l.Pence
							decide(a, l, "reversed")
						}
					}
				}
			}
		}
	}
	whole(t, d)
	var sessions, lines int
	for _, some := range facts.sessions {
		sessions += len(some)
	}
	for _, s := range d.Schemes {
		for _, year := range []string{"2019/20", "2020/21"} {
			l, err := d.Ledger(t.Context(), s.ID, year)
			if err != nil {
				t.Fatal(err)
			}
			got := map[string]Pence{}
			for c, sums := range l.Cells {
				got[c.Kind] += sums.Cost
			}
			for _, p := range s.Pays {
				if want := cost[[3]string{s.ID, year, p.Kind}]; got[p.Kind] != want {
					t.Errorf("%s %s: %s has cost %v, want %v", s.ID, year, p.Kind, got[p.Kind], want)
				}
			}
			for _, n := range l.Step {
				lines += n
			}
			if *yearOut != "" {
				f, err := os.Create(filepath.Join(*yearOut, fmt.Sprintf("ledger-%s-%s.csv", s.ID, year[:4])))
				if err = errors.Join(err, l.Write(f), f.Close()); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	t.Logf("%d people, %d sessions, %d lines", *yearSize, sessions, lines)
	if *yearOut == "" {
		return
	}
	out, err := json.Marshal(map[string]any{"claimants": claimants, "sessions": facts.sessions, "came": facts.came, "conversations": facts.conversations, "finished": facts.finished, "decisions": decisions})
	if err = errors.Join(err, os.WriteFile(filepath.Join(*yearOut, "facts.json"), out, 0o600)); err != nil {
		t.Fatal(err)
	}
}

// ISO is the day for files.
func (d Day) ISO() string { return string(d) }

// aYear is what somebody does from January 2020 to March 2021, including around midnight, on the
// leap day, in the hours when the clocks change, and in week 53.
func aYear(random *rand.Rand, facts *log, email string) {
	outcomes := []string{"held", "held", "held", "held", "held", "held", "cancelled in time", "cancelled late by mentee", "mentee did not come", "cancelled by mentor"}
	for week := range 65 {
		for range []int{0, 1, 1, 1, 2}[random.IntN(5)] {
			at := london(
				"2020-01-01 00:00",
			).AddDate(
				0, 0, 7*week,
			).Add(
				time.Duration(random.IntN(7*24*60)) * time.Minute,
			)
			facts.sessions[email] = append(facts.sessions[email], Session{
				Pair: fmt.Sprintf(
					"P-%d",
					random.IntN(8),
				), Start: at.UTC(), Minutes: 20 + random.IntN(100), Outcome: outcomes[random.IntN(len(outcomes))],
			})
		}
	}
	for _, odd := range []string{"2020-02-29 23:50", "2020-03-29 00:40", "2020-03-31 23:30", "2020-10-25 00:45", "2020-12-31 23:45", "2021-03-28 00:30"} {
		if random.IntN(3) == 0 {
			facts.sessions[email] = append(
				facts.sessions[email],
				Session{Pair: "P-9", Start: london(odd).UTC(), Minutes: 45, Outcome: "held"},
			)
		}
	}
	for range random.IntN(7) {
		start := london("2020-01-01 09:00").AddDate(0, 0, random.IntN(450)).UTC()
		facts.came[email] = append(facts.came[email], Workshop{"one", start, start.Add(3 * time.Hour)})
	}
	if random.IntN(2) == 0 {
		facts.finished[email] = course.Date{Year: 2020, Month: 1, Day: 1}.AddDays(random.IntN(450))
	}
	for i := range random.IntN(14) {
		start := london("2020-01-01 18:00").AddDate(0, 0, random.IntN(440)).UTC()
		facts.conversations[email] = append(facts.conversations[email], Conversation{
			Ref: fmt.Sprintf("CV-%s-%d", email[:5], i), Colleague: "C-4M2Q", Confirmed: random.IntN(8) > 0,
			Parts: []Hours{hours(start, 120+random.IntN(30)), hours(start.AddDate(0, 0, 2), 100+random.IntN(60))},
		})
	}
}
