package intake_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"traininghub/internal/application"
	"traininghub/internal/course"
	"traininghub/internal/decide"
	"traininghub/internal/intake"
	"traininghub/internal/record"
	"traininghub/internal/removal"
)

// received sends an application and mails its letters.
func (o *office) received() *application.Application {
	o.t.Helper()
	key := o.begin()
	o.fill(key)
	a := o.send(key)
	o.mailed()
	return a
}

// decline decides as a lead does, now.
func (o *office) decline(ref string) {
	o.t.Helper()
	if err := o.DecideForTest(ref, application.Decision{Reason: "Too few sessions", Name: "Robin Lead",
		At: o.clock()}); err != nil {
		o.t.Fatal(err)
	}
}

// rows returns what is left of the applications for the course.
func (o *office) rows() (all []application.Counts) {
	o.t.Helper()
	found, err := o.Store.List(context.Background(), record.Range{Kind: record.PastRow,
		Shelf: application.ShelfOf(o.def.Course, intake.Past), Max: 100})
	if err != nil {
		o.t.Fatal(err)
	}
	for _, r := range found {
		var c application.Counts
		if err := json.Unmarshal(r.Brief, &c); err != nil {
			o.t.Fatal(err)
		}
		all = append(all, c)
	}
	return all
}

// ids returns the ids of all records.
func (o *office) ids() []string {
	o.t.Helper()
	var ids []string
	if err := record.Each(context.Background(), o.Store, func(r record.Record) error {
		ids = append(ids, r.ID)
		return nil
	}); err != nil {
		o.t.Fatal(err)
	}
	return ids
}

// sweeps runs the worker's sweep now, and then once a day for some days, as on a hub that runs all
// the time.
func (o *office) sweeps(days int) (did removal.Swept) {
	o.t.Helper()
	for i := range days + 1 {
		if i > 0 {
			o.pass(day)
		}
		n, err := removal.Of(o.Desk).Sweep(context.Background())
		if err != nil {
			o.t.Fatal(err)
		}
		did.Marked, did.Destroyed, did.Cleared = did.Marked+n.Marked, did.Destroyed+n.Destroyed, did.Cleared+n.Cleared
		if n.Held != nil {
			did.Held = n.Held
		}
	}
	return did
}

// removes lets time pass and has a person allow what the brake then holds, until everything is
// removed.
func (o *office) removes(after time.Duration) {
	o.t.Helper()
	o.pass(after)
	o.sweeps(0)
	if _, err := removal.Of(o.Desk).Allow(context.Background()); err != nil {
		o.t.Fatal(err)
	}
	o.sweeps(7)
	o.mailed()
}

// left returns the ids of all records except the brake's.
func (o *office) left() []string {
	return slices.DeleteFunc(o.ids(), func(id string) bool { return id == "sweep" })
}

const day = 24 * time.Hour

// TestRemoval: each outcome is kept for its own time, to the moment. What is left says nothing
// about the person.
func TestRemoval(t *testing.T) {
	for name, c := range map[string]struct {
		after time.Duration // since the decision, which is made 10 days after receipt
		do    func(o *office, ref string)
		want  application.Counts
	}{
		"undecided": {355 * day, func(o *office, ref string) {}, application.Counts{Removed: "2022-09"}},
		"declined": {365 * day, (*office).decline,
			application.Counts{Decided: "2021-09", Decision: application.Declined, Days: 8,
				Removed: "2022-09"}},
		"accepted": {730 * day, (*office).accept,
			application.Counts{Decided: "2021-09", Decision: application.Accepted, Days: 8,
				Removed: "2023-09", Cohort: "cohort-1", Joined: application.Joined{Named: "Programme start"}}},
		"withdrawn": {90 * day, func(o *office, ref string) {
			if err := o.ChangeForTest(ref, application.EventWithdrawn, func(*application.Application) {}); err != nil {
				o.t.Fatal(err)
			}
		}, application.Counts{Left: true, Removed: "2021-12"}},
	} {
		t.Run(name, func(t *testing.T) {
			o := newOffice(t, "supporting-mentors") // 9am on Monday 20 September 2021
			ctx := context.Background()
			a := o.received()
			o.pass(10 * day)
			c.do(o, a.Reference)
			days := int(c.after / day)
			if did := o.sweeps(days - 8); did.Marked != 0 || did.Held != nil {
				t.Fatalf("8 days before its time: %+v", did)
			}
			if did := o.sweeps(1); did.Marked != 1 || did.Destroyed != 0 || did.Held != nil {
				t.Fatalf("7 days before its time: %+v", did)
			}
			o.mailed()
			before := len(o.mail)
			if did := o.sweeps(6); did.Destroyed != 0 || did.Held != nil {
				t.Fatalf("a day before its time: %+v", did)
			}
			o.mailed()
			if _, err := o.Store.Get(ctx, a.Reference); err != nil || len(o.rows()) > 0 {
				t.Fatalf("a day before its time: %v, %d rows", err, len(o.rows()))
			}
			if did := o.sweeps(1); did.Destroyed != 1 {
				t.Errorf("on the day: %+v", did)
			}
			o.mailed()
			if _, err := o.Store.Get(ctx, a.Reference); !errors.Is(err, record.ErrNotFound) {
				t.Fatalf("after its time: %v", err)
			}
			if len(o.mail) > before {
				t.Errorf("%d letters about removed applications", len(o.mail)-before)
			}
			want := c.want
			want.Course, want.Year, want.Received, want.Sessions, want.Why = o.def.Course, "2021/22", "2021-09", 6,
				intake.OverTime
			if want.Cohort != "" {
				want.Ends = lastWorkshop(o, want.Cohort)
			}
			if got := o.rows(); !slices.Equal(got, []application.Counts{want}) {
				t.Errorf("left are\n%+v, want\n%+v", got, want)
			}
			if _, err := o.Store.Get(ctx, intake.TraceForTest(a)); err != nil {
				t.Errorf("no trace for an audit: %v", err)
			}
			ids := o.left()
			if len(ids) != 2 {
				t.Errorf("left are the records %q, want a row and a trace", ids)
			}
			for _, id := range ids {
				r, err := o.Store.Get(ctx, id)
				if err != nil {
					t.Fatal(err)
				}
				all, _ := json.Marshal(r)
				for _, personal := range []string{a.Reference, "Łucja", "angharad", "7654321", "01632 96", "V81997"} {
					if bytes.Contains(append(all, append(r.Data, r.Brief...)...), []byte(personal)) {
						t.Errorf("%s tells %q", id, personal)
					}
				}
			}
		})
	}
}

func lastWorkshop(o *office, cohort string) string {
	for _, c := range o.Programme.Course(o.def.Course).Cohorts {
		if c.ID == cohort {
			return c.Workshops[len(c.Workshops)-1].Date.ISO()
		}
	}
	return ""
}

// TestRemovalOnce: several workers together leave one row. A letter that is still owed does not
// delay the removal.
func TestRemovalOnce(t *testing.T) {
	o := newOffice(t, "career-conversations")
	o.down = errors.New("mail: cannot reach the server")
	for range 5 {
		o.received()
	}
	o.sweeps(358)
	o.pass(6 * day)
	o.sweeps(0)
	o.pass(day)
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			if _, err := removal.Of(o.Desk).SweepNow(context.Background()); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if rows, ids := o.rows(), o.left(); len(rows) != 5 || len(ids) != 10 {
		t.Errorf("%d rows and %d records are left of 5 applications, want 5 and 10", len(rows), len(ids))
	}
}

// breakAt is a store that dies at the nth write.
type breakAt struct {
	record.Store
	left int
}

var errKilled = errors.New("killed")

func (s *breakAt) dies() bool { s.left--; return s.left < 0 }

func (s *breakAt) Create(ctx context.Context, r record.Record) error {
	if s.dies() {
		return errKilled
	}
	return s.Store.Create(ctx, r)
}

func (s *breakAt) Update(ctx context.Context, r record.Record) error {
	if s.dies() {
		return errKilled
	}
	return s.Store.Update(ctx, r)
}

func (s *breakAt) Delete(ctx context.Context, id string, version int64) error {
	if s.dies() {
		return errKilled
	}
	return s.Store.Delete(ctx, id, version)
}

// TestRemovalKilled: if the program is killed between any two writes of a removal, the next worker
// finishes it, and there is one row. Nobody sees a half-removed application.
func TestRemovalKilled(t *testing.T) {
	for writes := range 6 {
		o := newOffice(t, "career-conversations")
		ctx := context.Background()
		a := o.received()
		o.sweeps(364)
		o.pass(day)
		o.Store = &breakAt{o.store, writes + 1} // one more, for the note of the run
		if _, err := removal.Of(o.Desk).SweepNow(ctx); (err == nil) != (writes >= 4) {
			t.Errorf("killed after %d writes: %v", writes, err)
		}
		o.Store = o.store
		o.mailed()
		if _, err := removal.Of(o.Desk).SweepNow(ctx); err != nil {
			t.Fatal(err)
		}
		if _, err := o.Store.Get(ctx, a.Reference); !errors.Is(err, record.ErrNotFound) {
			t.Errorf("killed after %d writes and done again: %v", writes, err)
		}
		if rows, ids := o.rows(), o.left(); len(rows) != 1 || len(ids) != 2 {
			t.Errorf("killed after %d writes and done again: %d rows, records %q", writes, len(rows), ids)
		}
	}
}

// TestMarkAgainstReopen: an application that is reopened at the moment at which it is marked is
// either marked, or stays complete.
func TestMarkAgainstReopen(t *testing.T) {
	o := newOffice(t, "career-conversations")
	open := o.clock()
	for i := range 20 {
		o.now = open
		a := o.received()
		o.decline(a.Reference)
		o.pass(358*day - time.Millisecond)
		at := o.clock()
		var both sync.WaitGroup
		both.Go(func() { o.pass(time.Millisecond); removal.Of(o.Desk).Mark(context.Background(), a.Reference) })
		both.Go(func() { o.ReopenForTest(a.Reference, at) })
		both.Wait()
		marked, reopened := false, false
		for _, e := range o.application(a.Reference).Events {
			marked, reopened = marked || e.What == application.EventMarked, reopened || e.What == application.EventReopened
		}
		if marked == reopened {
			t.Fatalf("round %d: marked %t, reopened %t", i, marked, reopened)
		}
	}
}

// TestRemovalIsSeenByNobody: from the first step of a removal nobody can see the application.
func TestRemovalIsSeenByNobody(t *testing.T) {
	o := newOffice(t, "career-conversations")
	ctx := context.Background()
	key := o.begin()
	o.fill(key)
	a := o.send(key)
	o.mailed()
	o.pass(30 * time.Minute) // the device still opens the confirmation
	store := &breakAt{o.store, 1}
	o.Store = store
	if err := o.Erase(ctx, a.Reference); !errors.Is(err, errKilled) {
		t.Fatal(err)
	}
	o.Store = o.store
	if _, err := o.Open(ctx, o.def, key); !errors.Is(err, intake.ErrNoDraft) {
		t.Errorf("a half-removed application opens: %v", err)
	}
	for _, is := range application.States {
		if found, err := o.Store.List(ctx, record.Range{Kind: record.Application,
			Shelf: application.ShelfOf(o.def.Course, is.Name), Max: 9}); err != nil || len(found) > 0 {
			t.Errorf("a half-removed application is listed: %d on %s, %v", len(found), is.Name, err)
		}
	}
	o.pass(time.Second)
	o.mailed()
	if rows := o.rows(); len(rows) != 1 || rows[0].Why != intake.Erased || rows[0].Received != "2021-09" {
		t.Errorf("left are %+v", rows)
	}
	if strings.Contains(strings.Join(o.ids(), " "), a.Reference) {
		t.Error("the application is still there")
	}
}

// inBetween is a store in which something happens between reading a record and its first update.
type inBetween struct {
	record.Store
	happens func()
}

func (s *inBetween) Update(ctx context.Context, r record.Record) error {
	if happens := s.happens; happens != nil {
		s.happens = nil
		happens()
	}
	return s.Store.Update(ctx, r)
}

// TestRemovalComesFirst: somebody who changes an application while it is being removed is not told
// that the change was made, and nothing more is written to it.
func TestRemovalComesFirst(t *testing.T) {
	for _, writes := range []int{1, 9} { // the removal has begun, or is complete
		for name, change := range map[string]func(o *office, ref, key, status, practice string) error{
			"deciding": func(o *office, ref, _, _, _ string) error {
				_, _, _, err := decide.Of(o.Desk).Decide(t.Context(), o.lead(), ref,
					application.Decision{Reason: o.def.DeclineReasons[0].Label, Name: "Lee Lead"}, "")
				return err
			},
			"a note": func(o *office, ref, _, _, _ string) error {
				_, err := decide.Of(o.Desk).AddNote(t.Context(), o.lead(), ref, "Rang back")
				return err
			},
			"reading": func(o *office, ref, _, _, _ string) error {
				_, err := decide.Of(o.Desk).Read(t.Context(), o.lead(), ref)
				return err
			},
			"withdrawing": func(o *office, _, key, _, _ string) error { return o.Withdraw(t.Context(), key) },
			"the link": func(o *office, _, _, status, _ string) error {
				_, err := o.Follow(t.Context(), status)
				return err
			},
			"confirming": func(o *office, _, _, _, practice string) error {
				_, err := o.authorise(practice, confirming())
				return err
			},
		} {
			o := newOffice(t, mentors)
			a := o.sent()
			mail := o.mailed()
			key, status := o.follow(mail)
			practice := practiceLink(t, mail)
			o.Store = &inBetween{o.store, func() {
				eraser := *o.Desk
				eraser.Store = &breakAt{o.store, writes}
				if err := eraser.Erase(t.Context(), a.Reference); (err == nil) != (writes > 4) {
					t.Fatal(err)
				}
			}}
			err := change(o, a.Reference, key, status, practice)
			if !errors.Is(err, decide.ErrNoApplication) && !errors.Is(err, intake.ErrNoLink) {
				t.Errorf("%s, when %d writes of the removal came first: %v", name, writes, err)
			}
			if writes > 4 {
				continue
			}
			if now := o.application(a.Reference); now.Events[len(now.Events)-1].What != application.EventRemoved {
				t.Errorf("%s: the last event is %s", name, now.Events[len(now.Events)-1].What)
			}
		}
	}
}

// TestClockSetBack: a decision made while the machine's clock is far behind does not make the
// application older than it is.
func TestClockSetBack(t *testing.T) {
	o := newOffice(t, careers)
	a := o.received()
	const behind = 400 * 24 * time.Hour
	o.pass(-behind)
	if _, _, problems, err := decide.Of(o.Desk).Decide(t.Context(), o.lead(), a.Reference,
		application.Decision{Reason: o.def.DeclineReasons[0].Label, Name: "Lee Lead"}, ""); err != nil ||
		problems != nil {
		t.Fatal(problems, err)
	}
	o.pass(behind + time.Minute)
	o.mailed()
	now, err := decide.Of(o.Desk).ForReview(t.Context(), o.lead(), a.Reference, true)
	if err != nil || now.Status() != application.Declined {
		t.Fatalf("after the clock was put right: %v", err)
	}
	if want := o.clock().Add(-time.Minute).AddDate(1, 0, 0); !o.Removed(now).Equal(want) {
		t.Errorf("it is removed at %v, want %v", o.Removed(now), want)
	}
}

// TestRetentionChanged: a change in site.yaml applies to applications that exist already. Records
// that are now kept for longer than when they were last written do not delay letters, however many
// there are.
func TestRetentionChanged(t *testing.T) {
	o := newOffice(t, careers)
	for range 40 {
		o.sent()
	}
	for range 2 { // the second time with applications that nobody has opened
		for len(o.mailed()) > 0 {
		}
		o.pass(30 * 24 * time.Hour)
	}
	o.pass(o.Retain.Undecided)
	o.Retain.Undecided *= 2
	o.Programme.Course(careers).Deadline.Year += 5
	last := o.sent()
	for range 2 { // more than one sweep looks at
		if _, err := o.Post().Deliver(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if a := o.application(last.Reference); lettersOf(a, application.LetterToLead)[0].Sent.IsZero() {
		t.Error("the letter that is due did not go")
	}
	if due, err := o.store.Due(t.Context(), intake.Kinds, o.clock(), 100); err != nil || len(due) > 0 {
		t.Errorf("%d are looked at again and again (%v)", len(due), err)
	}
	if found, err := o.Audit(t.Context(), nil); err != nil || found.Applications != 41 || found.Wrong != nil {
		t.Errorf("%d applications are left, want 41; %v, %v", found.Applications, found.Wrong, err)
	}
}

// TestKeptForShorter: when the retention is shortened, a person must allow it first. Then it
// applies to applications that exist already.
func TestKeptForShorter(t *testing.T) {
	b := newBoard(t, mentors)
	refs := map[string]string{"asked": b.apply(), "declined": b.apply(), "accepted": b.apply()}
	b.decide(b.lead, refs["declined"], b.decline())
	b.decide(b.lead, refs["accepted"], b.accept())
	b.sweeps(90)
	b.Retain.Undecided, b.Retain.Declined = 80*day, 98*day
	did := b.sweeps(1)
	if did.Held == nil || did.Marked != 0 || len(did.Held.Why) != 2 || did.Held.Count != 2 ||
		did.Held.Why[0] != "retain_applications_days is now 80 days, and was 365." {
		t.Fatalf("%+v", did.Held)
	}
	if did, err := removal.Of(b.Desk).Allow(t.Context()); err != nil || did.Marked != 2 {
		t.Fatalf("%+v, %v", did, err)
	}
	for _, ref := range []string{refs["asked"], refs["declined"]} {
		if _, err := decide.Of(b.office.Desk).Read(t.Context(), b.lead, ref); !errors.Is(err, decide.ErrNoApplication) {
			t.Errorf("a marked application can be read: %v", err)
		}
	}
	var left []string
	b.sweeps(7)
	for name, ref := range refs {
		if _, err := b.Store.Get(t.Context(), ref); err == nil {
			left = append(left, name)
		}
	}
	if !slices.Equal(left, []string{"accepted"}) {
		t.Errorf("left are %q", left)
	}
	if f, err := b.Figures(t.Context(), b.lead, false); err != nil || f[0].Received.N != 3 {
		t.Errorf("%+v, want 3 received; %v", f, err)
	}
}

// TestBrakeHolds: a clock that is wrong for seconds destroys nothing, whatever happens meanwhile,
// and neither does a slip in the days. With the right clock or the right days, everything goes on.
func TestBrakeHolds(t *testing.T) {
	for _, wrong := range []time.Duration{900 * day, 4000 * day} {
		o := newOffice(t, careers)
		o.Programme.Course(careers).Deadline.Year += 20
		var refs []string
		for range 15 {
			refs = append(refs, o.received().Reference)
		}
		draft, err := o.Open(t.Context(), o.def, o.begin())
		if err != nil {
			t.Fatal(err)
		}
		o.sweeps(3)
		o.pass(wrong)
		for range 3 {
			if did := o.sweeps(0); did.Held == nil || did.Marked+did.Destroyed+did.Cleared != 0 {
				t.Fatalf("%v ahead: %+v", wrong, did)
			}
			o.mailed()
			if err := o.Remind(t.Context()); err != nil {
				t.Fatal(err)
			}
			o.received() // a record that comes in under a wrong clock does not make the clock right
			o.pass(2 * time.Hour)
		}
		o.pass(-wrong)
		if did := o.sweeps(0); did.Held != nil || did.Marked+did.Destroyed+did.Cleared != 0 {
			t.Fatalf("with the right clock: %+v", did)
		}
		for _, ref := range refs {
			if a, err := decide.Of(o.Desk).ForReview(t.Context(), o.lead(), ref, true); err != nil ||
				a.Status() != application.Received {
				t.Fatalf("%s: %v", ref, err)
			}
		}
		if _, err := o.Store.Get(t.Context(), draft.Reference); err != nil {
			t.Errorf("the draft: %v", err)
		}
	}

	o := newOffice(t, careers)
	for range 15 {
		o.received()
	}
	o.sweeps(5)
	was := o.Retain.Undecided
	o.Retain.Undecided = 3 * day
	did := o.sweeps(0)
	o.pass(day)
	if did = o.sweeps(0); did.Held == nil || did.Marked != 0 || did.Held.Count != 15 {
		t.Fatalf("%+v", did)
	}
	if held, err := removal.Of(o.Desk).Refuse(t.Context()); err != nil || !held {
		t.Errorf("refusing: %t, %v", held, err)
	}
	o.pass(day)
	if did = o.sweeps(0); did.Held == nil || did.Held.Refused.IsZero() || did.Marked != 0 {
		t.Errorf("%+v", did.Held)
	}
	o.Retain.Undecided = was
	o.pass(day)
	if did = o.sweeps(0); did.Held != nil || did.Marked != 0 {
		t.Errorf("with the right days: %+v", did)
	}
	// On the day itself, a person must allow so many at once.
	did = o.sweeps(352)
	if did.Held == nil || did.Marked != 0 || !strings.Contains(did.Held.Why[0],
		"15 applications would be marked for removal at once") {
		t.Fatalf("%+v", did.Held)
	}
	if did, err := removal.Of(o.Desk).Allow(t.Context()); err != nil || did.Marked != 15 {
		t.Errorf("%+v, %v", did, err)
	}
}

// TestRestore: only the office can bring back what is marked, and then it is as it was.
func TestRestore(t *testing.T) {
	ctx := context.Background()
	o := newOffice(t, careers)
	o.Office = []course.Contact{{Name: "Sam Example", Email: "sam@example.org"}}
	a := o.received()
	key, _ := o.follow(messagesOf(o.mail, application.LetterToApplicant))
	o.sweeps(358)
	office := o.Staff(o.Office[0].Email)
	marked, err := removal.Of(o.Desk).Marked(ctx, office)
	if err != nil || len(marked) != 1 || marked[0].Reference != a.Reference ||
		!marked[0].Ends.Equal(a.Document.Received.Add(365*day)) {
		t.Fatalf("%+v, %v", marked, err)
	}
	if marked, err := removal.Of(o.Desk).Marked(ctx, o.lead()); err != nil || len(marked) != 0 {
		t.Errorf("a lead sees %+v, %v", marked, err)
	}
	if _, err := o.Following(ctx, key); !errors.Is(err, intake.ErrNoLink) {
		t.Errorf("the applicant can follow a marked application: %v", err)
	}
	if found := o.audit(nil); found.Wrong != nil || found.Applications != 1 {
		t.Errorf("the audit: %+v", found)
	}
	if err := removal.Of(o.Desk).Restore(ctx, o.lead(), a.Reference); !errors.Is(err, decide.ErrNoApplication) {
		t.Errorf("a lead brings it back: %v", err)
	}
	if err := removal.Of(o.Desk).Restore(ctx, office, a.Reference); err != nil {
		t.Fatal(err)
	}
	if err := removal.Of(o.Desk).Restore(ctx, office, a.Reference); !errors.Is(err, decide.ErrNoApplication) {
		t.Errorf("twice: %v", err)
	}
	if _, err := decide.Of(o.Desk).Read(ctx, o.lead(), a.Reference); err != nil {
		t.Errorf("reading what was brought back: %v", err)
	}
	if did := o.sweeps(22); did.Marked != 0 {
		t.Errorf("marked again after %+v", did)
	}
	if did := o.sweeps(8); did.Marked != 1 || did.Destroyed != 1 {
		t.Errorf("in the end: %+v", did)
	}
	if rows := o.rows(); len(rows) != 1 {
		t.Errorf("%d rows", len(rows))
	}
}

// TestRemovalAgain: an application that was removed, came back from a backup and is removed again
// counts once in the figures.
func TestRemovalAgain(t *testing.T) {
	o := newOffice(t, careers)
	a, other := o.received(), o.received()
	kept, err := o.Store.Get(t.Context(), a.Reference)
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := o.Erase(t.Context(), a.Reference); err != nil {
			t.Fatal(err)
		}
		if rows := o.rows(); len(rows) != 1 {
			t.Errorf("%d rows of one application", len(rows))
		}
		if err := o.Store.Create(t.Context(), kept); err != nil {
			t.Fatal(err)
		}
	}
	if err := o.Erase(t.Context(), other.Reference); err != nil || len(o.rows()) != 2 {
		t.Errorf("another application: %v, %d rows", err, len(o.rows()))
	}
}

// TestEraseMarked: an erasure is done at once, also of a marked application, and no brake holds it.
func TestEraseMarked(t *testing.T) {
	o := newOffice(t, careers)
	a, other := o.received(), o.received()
	o.sweeps(358)
	o.pass(4000 * day)
	o.sweeps(0)
	for _, ref := range []string{a.Reference, other.Reference} {
		if err := o.Erase(t.Context(), ref); err != nil {
			t.Fatal(err)
		}
		if _, err := o.Store.Get(t.Context(), ref); !errors.Is(err, record.ErrNotFound) {
			t.Errorf("%s: %v", ref, err)
		}
	}
}
