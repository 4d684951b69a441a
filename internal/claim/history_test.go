package claim

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"traininghub/internal/course"
	"traininghub/internal/record"
	"traininghub/internal/record/recordtest"
)

// A walk is a random history: people log, claim, check, approve, pay and correct, rightly and
// wrongly.
type walk struct {
	t     testing.TB
	d     *Desk
	rand  *rand.Rand
	facts *log
	now   *atomic.Int64 // seconds
	gps   []Claimant

	frozen map[LineRef]string // M5
	known  []string           // accounts
	owner  map[string]owner
	seen   map[string]int64 // the version at which an account was last looked at
	states map[State]int    // that lines were seen in
	did    map[Act]int
	rules  map[error]int
	soft   func(error) bool // errors that do not matter: a store that fails
	alone  bool             // nobody else changes what this walk looks at
}

type owner struct {
	Claimant
	year string
}

var startOfWalk = london("2021-04-20 09:00")

// newWalk is a walk of so many people on a store.
func newWalk(t testing.TB, store record.Store, seed uint64, people int, quarter string) *walk {
	w := &walk{
		t: t, rand: rand.New(rand.NewPCG(seed, 1)), facts: newLog(), now: new(atomic.Int64), frozen: map[LineRef]string{}, seen: map[string]int64{}, owner: map[string]owner{},
		states: map[State]int{}, did: map[Act]int{}, rules: map[error]int{}, soft: func(error) bool { return false }, alone: true,
	}
	w.now.Store(startOfWalk.Unix())
	w.d = &Desk{
		Store: store, Schemes: schemes(t, quarter), Now: func() time.Time { return time.Unix(w.now.Load(), 0).UTC() }, Facts: w.facts, Secret: func() ([]byte, error) { return []byte("secret"), nil },
	}
	for n := range people {
		for _, s := range w.d.Schemes {
			w.gps = append(w.gps, gp(n, s.ID))
		}
		w.life(fmt.Sprintf("gp%d@example.org", n))
	}
	return w
}

// life is what somebody does in two years: sessions, some of which overlap, workshops and
// conversations.
func (w *walk) life(email string) {
	at := startOfWalk
	for at.Before(startOfWalk.AddDate(2, 0, 0)) {
		at = at.Add(time.Duration(24+w.rand.IntN(140)) * time.Hour)
		w.facts.sessions[email] = append(w.facts.sessions[email], Session{
			Pair: fmt.Sprintf("P-%d", w.rand.IntN(6)), Start: at, Minutes: 30 + w.rand.IntN(90),
			Outcome: []string{"held", "held", "held", "cancelled in time", "mentee did not come"}[w.rand.IntN(5)],
		})
	}
	for range 7 {
		start := startOfWalk.Add(time.Duration(w.rand.IntN(500*24)) * time.Hour)
		w.facts.came[email] = append(w.facts.came[email], Workshop{"one", start, start.Add(3 * time.Hour)})
	}
	w.facts.finished[email] = course.DateOf(startOfWalk).AddDays(w.rand.IntN(300))
	for i := range 12 {
		start := startOfWalk.Add(time.Duration(w.rand.IntN(600*24)) * time.Hour)
		w.facts.conversations[email] = append(w.facts.conversations[email], Conversation{
			Ref: fmt.Sprintf("CV-%s-%d", email[:3], i), Colleague: "C-4M2Q", Confirmed: w.rand.IntN(3) > 0,
			Parts: []Hours{hours(start, 130), hours(start.Add(48*time.Hour), 60+w.rand.IntN(120))},
		})
	}
}

func (w *walk) pick(of ...string) string { return of[w.rand.IntN(len(of))] }

// somebody returns a random person, perhaps one without a role.
func (w *walk) somebody() string {
	return w.pick("checker-one", "both", "approver-one", "approver-two", "payer-one", "payer-two", "nobody", fmt.Sprintf("gp%d", w.rand.IntN(5))) + "@example.org"
}

// ok accepts an error that a rule explains.
func (w *walk) ok(err error) bool {
	if err == nil {
		return true
	}
	missing := (*Missing)(nil)
	refusals, faults := Refusals(nil), Faults(nil)
	if !isRule(err) && !errors.As(err, &refusals) && !errors.As(err, &faults) && !errors.As(err, &missing) && !errors.Is(err, record.ErrNotFound) && !w.soft(err) {
		w.t.Errorf("a step of the walk: %v", err)
	}
	w.rules[errors.Unwrap(err)]++
	return false
}

// step does one thing.
func (w *walk) step() {
	ctx, c := w.t.Context(), w.gps[w.rand.IntN(len(w.gps))]
	w.now.Add(int64(w.rand.IntN(1200)))
	s := w.d.Scheme(c.Scheme)
	year := w.pick("2021/22", "2021/22", "2022/23")
	account := accountID(c.Scheme, year, personOf(w.d, c))
	w.owner[account] = owner{c, year}
	if len(w.known) > 0 && w.rand.IntN(4) > 0 {
		account = w.known[w.rand.IntN(len(w.known))]
		c, year = w.owner[account].Claimant, w.owner[account].year
		s = w.d.Scheme(c.Scheme)
	}
	switch n := w.rand.IntN(100); {
	case n < 8:
		now := w.d.Now()
		month := now.AddDate(0, -w.rand.IntN(3), 0).Format("2006-01")
		items, err := w.d.Month(ctx, c, month)
		if !w.ok(err) {
			return
		}
		var keys []string
		for _, it := range items {
			if w.rand.IntN(3) > 0 && (it.Why == nil || w.rand.IntN(8) == 0) {
				keys = append(keys, it.Key)
			}
		}
		_, err = w.d.Submit(ctx, c, Asking{Month: month, Keys: keys, Late: w.pick("", "I was away")})
		w.ok(err)
	case n < 90: // somebody acts on a line
		a, err := w.d.Account(ctx, account)
		if !w.ok(err) || len(a.Lines) == 0 {
			return
		}
		l := a.Lines[len(a.Lines)-1-w.rand.IntN(min(len(a.Lines), 4))]
		by := w.somebody()
		acts := []Act{Query, Answer, Withdraw, Check, Refuse, Approve, Reverse, Repay, WriteOff, Waive, AskReverse, AskWrite, Send, Pay, Return}
		act := acts[w.rand.IntN(len(acts))]
		if w.rand.IntN(10) > 0 { // mostly what the table allows
			part := w.pick("claimant", "checker", "approver", "approver", "payer")
			if some := l.Acts(Part(part)); len(some) > 0 {
				act = some[w.rand.IntN(len(some))]
				by = map[string]string{
					"claimant": c.Email, "checker": w.pick("checker-one", "both") + "@example.org",
					"approver": w.pick("approver-one", "approver-two", "both") + "@example.org", "payer": "payer-one@example.org",
				}[part]
			}
			if (act == Withdraw || act == Refuse || act == Query || act == Waive || act == Repay) && w.rand.IntN(12) > 0 {
				return
			}
		}
		if _, err := w.d.Do(ctx, LineRef{account, l.N}, act, by, w.pick("", "a reason", "a reason")); w.ok(err) {
			w.did[act]++
		}
	case n < 92:
		_, err := w.d.SetVendor(ctx, account, w.pick("0001", "0002"), w.somebody())
		w.ok(err)
	case n < 94:
		at, sort := 1+w.rand.IntN(20), w.pick("invoice", "deduction", "recovery", "charge")
		if a, err := w.d.Account(ctx, account); err == nil {
			if i := slices.IndexFunc(a.Lines, func(l *Line) bool { return l.State == Recovering }); i >= 0 {
				at, sort = i+1, w.pick("deduction", "deduction", "charge")
			}
		}
		_, err := w.d.Enter(ctx, Extra{
			Sort: Sort(sort), Account: account, Scheme: c.Scheme, Year: year, Kind: "training",
			Day: DayOf(s.YearFrom(year)), What: "x", Pence: Pence(1 + w.rand.IntN(60000)), Payee: "A supplier", Invoice: fmt.Sprint(w.rand.IntN(50)), Of: at,
		}, w.pick("checker-one", "checker-one", "both", "approver-one", "nobody")+"@example.org")
		w.ok(err)
	case n < 95:
		office := accountID(c.Scheme, year, Office)
		a, err := w.d.Account(ctx, office)
		if !w.ok(err) {
			return
		}
		for _, l := range a.Lines[max(0, len(a.Lines)-3):] {
			_, err := w.d.Do(ctx, LineRef{office, l.N}, Act(w.pick("check", "approve")), w.somebody(), "x")
			w.ok(err)
		}
	case n < 96:
		_, err := w.d.Adjust(ctx, LineRef{account, 1 + w.rand.IntN(10)}, w.somebody())
		w.ok(err)
	case n < 97 && w.rand.IntN(20) == 0:
		w.ok(w.d.Declare(ctx, account, w.somebody()))
	case n < 99:
		p, err := w.d.Propose(ctx, c.Scheme, year, course.DateOf(w.d.Now()))
		if !w.ok(err) || len(p.Rows) == 0 {
			return
		}
		_, err = w.d.MakeBatch(ctx, c.Scheme, year, course.DateOf(w.d.Now()), len(p.Rows), p.Sum, w.pick("approver-one", "both", "payer-one")+"@example.org")
		w.ok(err)
	default:
		all, err := w.d.Batches(ctx, c.Scheme, 3)
		if !w.ok(err) || len(all) == 0 {
			return
		}
		b := all[w.rand.IntN(len(all))]
		file := answerFile(b, func(_ int, r Row) string {
			if r.Paid != "" && w.rand.IntN(30) > 0 {
				return ""
			}
			return w.pick("paid", "paid", "paid", "unpaid", "")
		}, w.d.Now().Format("2006-01-02"))
		_, err = w.d.Answer(ctx, c.Scheme, file, "payer-one@example.org")
		if w.ok(err) && w.alone && w.rand.IntN(3) == 0 { // M7: doing it again changes nothing
			before, _ := w.d.Batch(ctx, b.ID)
			_, err := w.d.Answer(ctx, c.Scheme, file, "payer-two@example.org")
			after, _ := w.d.Batch(ctx, b.ID)
			if one, two := saying(w.t, before), saying(w.t, after); w.ok(err) && one != two {
				w.t.Errorf("%s: the same answer again changed it", b.ID)
			}
		}
	}
	w.look(ctx, account)
}

func saying(t testing.TB, b *Batch) string {
	sum, err := b.says()
	if err != nil {
		t.Fatal(err)
	}
	return string(sum)
}

// look checks an account at this version against the rules: M1 to M5.
func (w *walk) look(ctx context.Context, id string) {
	a, err := w.d.Account(ctx, id)
	if err != nil {
		return
	}
	if a.Version() == w.seen[id] {
		return
	}
	if w.seen[id] == 0 {
		w.known = append(w.known, id)
	}
	w.seen[id] = a.Version()
	for _, l := range a.Lines {
		w.states[l.State]++
		at := LineRef{id, l.N}
		if was, known := w.frozen[at]; known && was != l.frozen() {
			w.t.Fatalf("%v changed:\n%s\n%s", at, was, l.frozen())
		}
		w.frozen[at] = l.frozen()
	}
}

// all compares all records with each other.
func (w *walk) all() {
	found, err := w.d.Audit(context.Background(), nil)
	if err != nil {
		w.t.Fatal(err)
	}
	for _, x := range found.Wrong {
		w.t.Errorf("%s: %s", x.ID, x.What)
	}
	if w.t.Failed() {
		w.t.FailNow()
	}
}

var steps = flag.Int("steps", 20_000, "how many random steps TestHistories takes in memory; the long run is 100000")

// TestHistories: M1 to M6 and M9 hold after each of many random steps in memory. More steps make
// longer accounts, so each costs more than the last.
func TestHistories(t *testing.T) {
	steps := *steps
	w := newWalk(t, &recordtest.Memory{}, 7, 40, "£50,000")
	for i := range steps {
		w.step()
		if i%5_000 == 0 {
			w.all()
		}
	}
	w.all()
	for _, s := range []State{Submitted, Queried, Checked, Approved, Sent, Paid, Refused, Withdrawn, Reversed, Recovering, Charged, Repaid, Offset, WrittenOff, Waived} {
		if w.states[s] == 0 {
			t.Errorf("the walk never came to %s", s)
		}
	}
	t.Log(w.did)
}

// TestWriters: 64 walks at once, all random, leave accounts that add up. A walk may be told that
// others were faster each time, and to try again later.
func TestWriters(t *testing.T) {
	store := &recordtest.Memory{}
	var group sync.WaitGroup
	first := newWalk(t, store, 100, 5, "£9,000")
	for n := range 64 {
		group.Go(func() {
			w := newWalk(t, store, 100, 5, "£9,000")
			w.facts, w.d.Facts, w.now, w.alone = first.facts, first.facts, first.now, false
			w.soft = func(err error) bool { return errors.Is(err, record.ErrBusy) }
			w.rand = rand.New(rand.NewPCG(uint64(n), 2))
			for range 100 {
				w.step()
			}
		})
	}
	group.Wait()
	first.all()
}

// TestCap: whatever 64 do at once, a cap for life holds, and no week is claimed in two schemes.
func TestCap(t *testing.T) {
	clock := london("2021-12-10 10:00")
	d, facts := newDesk(t, "£30,000", &clock)
	for i := range 8 {
		start := london("2021-11-01 09:00").AddDate(0, 0, i)
		facts.came["gp1@example.org"] = append(facts.came["gp1@example.org"], Workshop{"one", start, start.Add(time.Hour)})
	}
	facts.sessions["gp1@example.org"] = weekly("2021-11-16 18:30", 1)
	var group sync.WaitGroup
	var won atomic.Int64
	for n := range 64 {
		group.Go(func() {
			c := gp(1, []string{"mentors", "fellows"}[n%2])
			items, err := d.Month(t.Context(), c, "2021-11")
			if err != nil {
				t.Error(err)
			}
			for _, it := range items {
				if lines, err := d.Submit(t.Context(), c, Asking{Month: "2021-11", Keys: []string{it.Key}}); err == nil {
					won.Add(int64(len(lines)))
				}
			}
		})
	}
	group.Wait()
	if won.Load() != 5 {
		t.Errorf("%d lines were claimed, want 4 sessions and 1 week", won.Load())
	}
	whole(t, d)
	c := gp(1, "locums") // a lawful second scheme, for another week
	facts.sessions["gp1@example.org"] = append(
		facts.sessions["gp1@example.org"],
		Session{Pair: "P-2", Start: london("2021-11-18 12:00"), Minutes: 60, Outcome: "held"},
	)
	facts.sessions["gp1@example.org"] = facts.sessions["gp1@example.org"][1:]
	if lines := claimAll(t, d, c, "2021-11", ""); len(lines) != 1 {
		t.Errorf("the second scheme paid %d lines, want 1", len(lines))
	}
}

// TestTwoApprovers: when many people approve the same line at once, one succeeds.
func TestTwoApprovers(t *testing.T) {
	clock := london("2021-12-01 10:00")
	d, facts := newDesk(t, "£30,000", &clock)
	c := gp(1, "mentors")
	facts.sessions[c.Email] = weekly("2021-11-02 18:30", 1)
	claimAll(t, d, c, "2021-11", "")
	at := LineRef{all(t, d, KindAccount)[0], 1}
	must(t, d, at, Check, "checker-one", "")
	var group sync.WaitGroup
	var won, lost atomic.Int64
	for n := range 64 {
		group.Go(func() {
			_, err := d.Do(t.Context(), at, Approve, []string{"approver-one@example.org", "both@example.org"}[n%2], "")
			switch {
			case err == nil:
				won.Add(1)
			case errors.Is(err, ErrState):
				lost.Add(1)
			}
		})
	}
	group.Wait()
	if won.Load() != 1 || lost.Load() != 63 {
		t.Errorf("%d approved, %d were told that it was approved", won.Load(), lost.Load())
	}
	whole(t, d)
}

// failing is a store in which some writes fail before or after they happen, as when a machine dies.
type failing struct {
	record.Store
	rand *rand.Rand
	mu   sync.Mutex
	rate int
}

var errMachine = errors.New("the machine failed")

func (f *failing) write(do func() error) error {
	f.mu.Lock()
	n := 0
	if f.rate > 0 {
		n = f.rand.IntN(f.rate)
	} else {
		n = 9
	}
	f.mu.Unlock()
	switch n {
	case 0:
		return errMachine
	case 1:
		if err := do(); err != nil {
			return err
		}
		return errMachine
	}
	return do()
}

func (f *failing) Create(ctx context.Context, r record.Record) error {
	return f.write(func() error { return f.Store.Create(ctx, r) })
}

func (f *failing) Update(ctx context.Context, r record.Record) error {
	return f.write(func() error { return f.Store.Update(ctx, r) })
}

func (f *failing) UpdateAll(ctx context.Context, all ...record.Record) error {
	return f.write(func() error { return f.Store.UpdateAll(ctx, all...) })
}

// TestFaults: whichever write fails, before or after it happens, what is kept adds up, and work can
// continue.
func TestFaults(t *testing.T) {
	const steps = 10_000
	store := &failing{Store: &recordtest.Memory{}, rand: rand.New(rand.NewPCG(3, 3)), rate: 12}
	w := newWalk(t, store, 9, 4, "£9,000")
	w.soft = func(err error) bool { return errors.Is(err, errMachine) }
	for i := range steps {
		w.step()
		if i%2000 == 0 {
			w.mended(store)
		}
	}
	w.mended(store)
}

// mended finishes what was interrupted, and looks at everything.
func (w *walk) mended(store *failing) {
	store.mu.Lock()
	rate := store.rate
	store.rate = 0
	store.mu.Unlock()
	for _, id := range all(w.t, w.d, KindBatch) {
		b, err := w.d.Batch(w.t.Context(), id)
		if err == nil && b.Pending {
			err = w.d.settle(w.t.Context(), id)
		}
		if err != nil {
			w.t.Fatal(err)
		}
	}
	w.all()
	store.mu.Lock()
	store.rate = rate
	store.mu.Unlock()
}

// frozen returns, as a text, what must never change in a line.
func (l *Line) frozen() string {
	text, _ := json.Marshal([]any{
		l.N, l.Sort, l.Kind, l.Key, l.Day, l.What, l.Hours, l.Pairs, l.Activity, l.Colleague, l.Practice, l.Units, l.Rate,
		l.Pence, l.Late, l.Of, l.Payee, l.Invoice, l.Cohort, l.Made, l.Claimant,
	})
	return string(text)
}
