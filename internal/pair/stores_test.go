package pair

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"traininghub/internal/course"
	"traininghub/internal/dynamo"
	"traininghub/internal/dynamo/dynamotest"
	"traininghub/internal/mentoring"
	"traininghub/internal/record"
	"traininghub/internal/record/recordtest"
	"traininghub/internal/register"
	"traininghub/internal/sqlite"
	"traininghub/internal/standin"
)

func openFile(t testing.TB, path string) record.Store {
	t.Helper()
	s, err := sqlite.Open(path, sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

// stores are the stores that a hub can have.
var stores = map[string]func(t *testing.T) record.Store{
	"memory": func(t *testing.T) record.Store { return &recordtest.Memory{} },
	"SQLite": func(t *testing.T) record.Store { return openFile(t, filepath.Join(t.TempDir(), "mentoring.db")) },
	"DynamoDB": func(t *testing.T) record.Store {
		url := dynamotest.Transactions(t, standin.Dynalite(t))
		return dynamo.New(dynamotest.Config(url), dynamotest.Table(t, url), dynamotest.DueIndex)
	},
}

// TestLastPlace: 64 leads at once propose a mentor who takes four people, each for another request.
// Then 64 propose different mentors for one request. Then all sides answer at once. No mentor has
// more people than they take, and no request two proposals.
func TestLastPlace(t *testing.T) {
	const leads = 64
	for name, open := range stores {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, open(t))
			lead := w.lead("nora@example.org")
			m := w.mentor("Max Mentor", 4)
			var requests []*mentoring.Request
			for n := range leads {
				requests = append(requests, w.request(fmt.Sprintf("Mia %d", n), "north"))
			}
			var made sync.Map
			var full atomic.Int32
			each(leads, func(n int) {
				p, err := w.desk.Propose(t.Context(), lead, requests[n].ID, m.ID, "")
				switch {
				case err == nil:
					made.Store(p.ID, p)
				case errors.Is(err, register.ErrFull):
					full.Add(1)
				default:
					t.Error(err)
				}
			})
			m, err := w.desk.Register.Get(t.Context(), m.ID)
			if err != nil || m.Held(w.now) != 4 || full.Load() != leads-4 {
				t.Fatalf("%d places are held, %d leads were told that the mentor is full (%v)", m.Held(w.now), full.Load(), err)
			}
			var pairs []*Pair
			made.Range(func(_, p any) bool { pairs = append(pairs, p.(*Pair)); return true })
			each(16, func(n int) { // both press at once, and more than once
				p := pairs[n%len(pairs)]
				w.desk.Do(t.Context(), p.ID, Step{Act: Accept, By: Mentee, Agree: true})
				w.desk.Do(t.Context(), p.ID, Step{Act: Stranger, By: Mentor})
				w.desk.Do(t.Context(), p.ID, Step{Act: Take, By: Mentor, Agree: true})
			})
			for _, p := range pairs {
				if p, r, m := w.get(p.ID); p.State != Registered || r.Pair != p.ID || m.Active() != 4 {
					t.Errorf("the pair is %v, its request has %q, %d places are taken", p.State, r.Pair, m.Active())
				}
			}
			one := w.request("Olga One", "north")
			for n := range 8 {
				w.mentor(fmt.Sprintf("Mentor %d", n), 8)
			}
			var first atomic.Int32
			each(leads, func(n int) {
				switch _, err := w.desk.Propose(t.Context(), lead, one.ID, fmt.Sprintf("mentor.mentor-%d", n%8), ""); {
				case err == nil:
					first.Add(1)
				case !errors.Is(err, ErrTaken) && !errors.Is(err, register.ErrActive):
					t.Error(err)
				}
			})
			if first.Load() != 1 {
				t.Errorf("%d proposals were made for one request", first.Load())
			}
			w.sound()
		})
	}
}

// each runs f for 0 to n-1, all at once.
func each(n int, f func(int)) {
	var all sync.WaitGroup
	for i := range n {
		all.Go(func() { f(i) })
	}
	all.Wait()
}

// sound checks what must always be true of a store: P1 places, P2 proposals, P3 exclusions, P4
// sessions, and no half of a pair.
func (w *world) sound() {
	w.Helper()
	ctx := w.Context()
	pairs, requests, mentors := map[string]*Pair{}, map[string]*mentoring.Request{}, map[string]*register.Mentor{}
	if err := record.Each(ctx, w.desk.Store, func(e record.Record) (err error) {
		switch e.Kind {
		case Kind:
			pairs[e.ID], err = w.desk.Get(ctx, e.ID)
		case mentoring.KindRequest:
			requests[e.ID], err = w.desk.Requests().Get(ctx, e.ID)
		case register.Kind:
			mentors[e.ID], err = w.desk.Register.Get(ctx, e.ID)
		}
		return err
	}); err != nil {
		w.Fatal(err)
	}
	open := map[string]int{}
	slots := map[string][]Slot{}
	for id, p := range pairs {
		if fault := p.Past.Fault(id, p.says); fault != "" {
			w.Errorf("%s: %s", id, fault)
		}
		r, m := requests[p.Request], mentors[p.Mentor]
		if r == nil || m == nil {
			w.Fatalf("%s has no request or no mentor", id)
		}
		i := -1
		for n, place := range m.Places {
			if place.Request == r.ID {
				i = n
			}
		}
		switch {
		case p.State.Open():
			open[r.ID]++
			lapsed := i < 0 && !w.now.Before(p.Until) // the place is back, but the proposal not ended yet
			if r.Proposal != id || i < 0 && !lapsed || i >= 0 && m.Places[i].Active() {
				w.Errorf("%s is %v, but its request has the proposal %q, and its place is %d", id, p.State, r.Proposal, i)
			}
		case p.State.Runs():
			open[r.ID]++
			if r.Pair != id || i < 0 || !m.Places[i].Active() {
				w.Errorf("%s is %v, but its request has the pair %q, and its place is %d", id, p.State, r.Pair, i)
			}
		default:
			if r.Pair == id || r.Proposal == id {
				w.Errorf("%s is %v, but its request has it still", id, p.State)
			}
		}
		if consent := len(p.Consent) == 2; p.State.Runs() && p.State != Paused && !consent && (&pool{service: w.desk.Service("gp-s")}).conflict(r, m) {
			w.Errorf("P3: %s is %v although one has excluded the other", id, p.State)
		}
		for _, s := range p.Sessions {
			if s.Outcome.took() {
				slots[p.Mentor] = append(slots[p.Mentor], Slot{id, s.N, s.Start, s.Minutes})
			}
		}
	}
	for id, r := range requests {
		if open[id] > 1 {
			w.Errorf("P2: %s has %d proposals and pairs", id, open[id])
		}
		held := 0
		most := w.desk.Service("gp-s").Mentoring.Sessions.Most
		for _, p := range pairs {
			if p.Request == id {
				held += p.held()
				most = max(most, p.Most(w.desk.Service("gp-s").Mentoring))
			}
		}
		if held > most || r.Sessions != held {
			w.Errorf("P4: %s has %d sessions of %d, and counts %d", id, held, most, r.Sessions)
		}
		for _, of := range []string{r.Proposal, r.Pair} {
			if of != "" && (pairs[of] == nil || pairs[of].Request != id) {
				w.Errorf("%s has %s, which is not there or another's", id, of)
			}
		}
	}
	for id, m := range mentors {
		if m.Active()+m.Held(w.now) > m.Most() && m.Answers["lowered"] == "" {
			w.Errorf("P1: %s has %d places of %d", id, m.Active()+m.Held(w.now), m.Most())
		}
		for _, place := range m.Places {
			r := requests[place.Request]
			if r == nil || r.Proposal == "" && r.Pair == "" {
				w.Errorf("%s has a place for %s, which has no pair", id, place.Request)
			}
		}
		for i, a := range slots[id] {
			for _, b := range slots[id][:i] {
				if a.overlaps(b) {
					w.Errorf("%s was in two places: %v and %v", id, a, b)
				}
			}
		}
	}
}

// walk does a random thing. Whatever it is, the store stays sound.
func (w *world) walk(r *rand.Rand, people, mentors int) {
	ctx := w.Context()
	lead := w.lead("nora@example.org")
	request, mentor := fmt.Sprintf("MR-MIA-%d", r.IntN(people)), fmt.Sprintf("mentor.mentor-%d", r.IntN(mentors))
	q, err := w.desk.Requests().Get(ctx, request)
	if err != nil {
		w.Fatal(err)
	}
	id := q.Proposal
	if id == "" {
		id = q.Pair
	}
	parts := []Part{Mentee, Mentor, Lead, Hub}
	switch n := r.IntN(24); {
	case n < 6:
		w.desk.Propose(ctx, lead, request, mentor, "")
	case n < 9 && id != "":
		w.desk.AddSession(ctx, id, Session{
			Start: w.now.Add(-time.Duration(r.IntN(3*24*60)) * time.Minute), Minutes: 60 + r.IntN(3)*30, How: Ways[r.IntN(3)], Outcome: Outcomes[max(0, r.IntN(9)-4)],
		})
	case n == 23 && r.IntN(8) == 0:
		w.desk.Requests().Amend(ctx, request, func(q *mentoring.Request) error {
			q.Exclusions = append(q.Exclusions, mentoring.Exclusion{ID: fmt.Sprint(len(q.Exclusions)), Name: mentor, Mentor: mentor, Settled: true})
			return nil
		})
		if id != "" {
			w.desk.Reconsider(ctx, id)
		}
	case n == 9 && id != "":
		w.desk.Agree(ctx, id, parts[r.IntN(2)])
	case n == 10 && id != "":
		w.desk.Extend(ctx, id, "nora@example.org", "why")
	case n == 11 && r.IntN(6) == 0:
		w.desk.Register.TakeMost(ctx, mentor, strconv.Itoa(1+r.IntN(4)))
	case n == 12:
		for _, s := range w.desk.Stories() {
			s.Sweep(ctx)
		}
	case id != "":
		p, err := w.desk.Get(ctx, id)
		if err != nil {
			w.Fatal(err)
		}
		s := Step{By: parts[r.IntN(4)], Agree: true, Again: r.IntN(2) == 0, Day: course.DateOf(w.now)}
		if on, ok := map[State]Step{
			AskedMentee: {Act: Accept, By: Mentee}, AskedMentor: {Act: Stranger, By: Mentor}, Offered: {Act: Take, By: Mentor},
			Registered: {Act: Meet, By: Mentor}, Introduced: {Act: Confirm, By: Hub}, Paused: {Act: GoOn, By: Lead},
		}[p.State]; ok && r.IntN(3) > 0 {
			s.Act, s.By = on.Act, on.By
			w.desk.Do(ctx, id, s)
			return
		}
		acts := p.Acts(s.By)
		if r.IntN(5) == 0 { // one that may not be theirs
			acts = []Act{Accept, Stranger, Take, Another, Know, Decline, Meet, NotSo, Confirm, Pause, GoOn, End, CallBack, Lapse}
		}
		if len(acts) == 0 {
			return
		}
		s.Act = acts[r.IntN(len(acts))]
		if ends := []Act{Another, Know, Decline, CallBack, Lapse, End, Pause}; slices.Contains(ends, s.Act) && r.IntN(4) > 0 {
			return
		}
		w.desk.Do(ctx, id, s)
	}
}

// start puts people and mentors into an empty store.
func (w *world) start(people, mentors int) {
	for n := range mentors {
		if m, _ := w.desk.mentor(w.Context(), fmt.Sprintf("mentor.mentor-%d", n)); m == nil {
			w.mentor(fmt.Sprintf("Mentor %d", n), 1+n%4)
		}
	}
	for n := range people {
		if _, err := w.desk.Requests().Get(w.Context(), fmt.Sprintf("MR-MIA-%d", n)); err != nil {
			w.request(fmt.Sprintf("Mia %d", n), "north")
		}
	}
}

// TestHistories: random histories in memory. P1 to P4 hold throughout, and every chain is sound.
func TestHistories(t *testing.T) {
	r := rand.New(rand.NewPCG(12, 5))
	states, sessions := map[State]int{}, 0
	for history := range 20 {
		w := memory(t)
		w.start(12, 5)
		for n := range 300 {
			w.walk(r, 12, 5)
			if r.IntN(8) == 0 {
				w.now = w.now.Add(time.Duration(r.IntN(30)) * time.Hour)
			}
			if n%10 == 0 {
				w.post()
			}
			if n%4 == 0 {
				w.sound()
			}
			if t.Failed() {
				t.Fatalf("history %d, after step %d", history, n)
			}
		}
		record.Each(t.Context(), w.desk.Store, func(e record.Record) error {
			if e.Kind == Kind {
				p, _ := w.desk.Get(t.Context(), e.ID)
				states[p.State]++
				sessions += p.held()
			}
			return nil
		})
	}
	if states[Ended] < 50 || states[NotMade] < 100 || states[Paused] < 5 || states[Active] < 5 || sessions < 30 {
		t.Errorf("the histories come to little: %v, %d sessions", states, sessions)
	}
}

// TestKill kills a program again and again while it does random things with pairs in a file: 12
// times, or as often as PAIR_KILLS says (200 is what the issue asks for). Each time the file is
// left sound, without half a pair.
func TestKill(t *testing.T) {
	const people, mentors = 10, 4
	if file := os.Getenv("PAIR_CHILD"); file != "" { // a killed program would leave its own temporary folder
		seed, _ := strconv.ParseUint(os.Getenv("PAIR_SEED"), 10, 64)
		w := newWorld(t, openFile(t, file))
		r := rand.New(rand.NewPCG(seed, 7))
		w.now = w.now.AddDate(0, 0, int(seed))
		fmt.Println("ready")
		for {
			w.walk(r, people+int(seed), mentors+int(seed)/4)
			w.now = w.now.Add(time.Minute)
		}
	}
	path := filepath.Join(t.TempDir(), "mentoring.db")
	first := newWorld(t, openFile(t, path))
	first.start(people, mentors)
	kills := 12
	if n, err := strconv.Atoi(os.Getenv("PAIR_KILLS")); err == nil {
		kills = n
	}
	made := func() (pairs int) {
		record.Each(t.Context(), first.desk.Store, func(e record.Record) error {
			if e.Kind == Kind {
				pairs++
			}
			return nil
		})
		return pairs
	}
	random := rand.New(rand.NewPCG(7, 7))
	for n := 0; n < kills || made() < kills; n++ { // a slow machine gets less done between two kills
		first.now = first.now.AddDate(0, 0, 1)
		first.start(people+n, mentors+n/4) // more of both each time
		child := exec.Command(os.Args[0], "-test.run=^TestKill$")
		child.Env = append(os.Environ(), "PAIR_CHILD="+path, fmt.Sprint("PAIR_SEED=", n))
		out, err := child.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := child.Start(); err != nil {
			t.Fatal(err)
		}
		out.Read(make([]byte, 5)) // it is at work
		time.Sleep(time.Duration(random.IntN(250)) * time.Millisecond)
		child.Process.Kill()
		child.Wait()
		w := newWorld(t, first.desk.Store)
		w.now = w.now.AddDate(0, 0, n)
		w.sound()
		if t.Failed() {
			t.Fatalf("after kill %d", n+1)
		}
	}
}
