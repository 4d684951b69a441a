package pair

import (
	"errors"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"traininghub/internal/course"
	"traininghub/internal/crossing"
	"traininghub/internal/mentoring"
	"traininghub/internal/record"
	"traininghub/internal/register"
)

func TestProposal(t *testing.T) {
	w := memory(t)
	r, m := w.request("Mia Mentee", "north"), w.mentor("Max Mentor", 4)
	p, err := w.desk.Propose(t.Context(), w.lead("nora@example.org"), r.ID, m.ID, "")
	if err != nil {
		t.Fatal(err)
	}
	if !regexp.MustCompile(`^P-[A-Z0-9]{8}$`).MatchString(p.ID) {
		t.Errorf("the code is %q", p.ID)
	}
	p, r, m = w.get(p.ID)
	if state, _ := r.State(); state != mentoring.Proposed || r.Proposal != p.ID || m.Held(w.now) != 1 || m.Free(w.now) != 3 {
		t.Errorf("the request is %v with %q, %d held", state, r.Proposal, m.Held(w.now))
	}
	if own, _ := w.desk.OfMentor(t.Context(), m.ID); len(own) != 0 {
		t.Error("the mentor sees a proposal before the mentee has said yes")
	}
	if _, err := w.desk.Do(t.Context(), p.ID, Step{Act: Accept, By: Mentee}); !errors.Is(err, ErrConsent) {
		t.Errorf("accepting without agreeing: %v", err)
	}
	w.do(p, Step{Act: Accept, By: Mentee, Agree: true})
	if _, err := w.desk.Do(t.Context(), p.ID, Step{Act: Take, By: Mentor, Agree: true}); !errors.Is(err, ErrState) {
		t.Errorf("taking before saying that they do not know each other: %v", err)
	}
	w.do(p, Step{Act: Stranger, By: Mentor})
	w.do(p, Step{Act: Take, By: Mentor, Agree: true})
	p, r, m = w.get(p.ID)
	if state, _ := r.State(); state != mentoring.Paired || r.Pair != p.ID || r.Proposal != "" || m.Active() != 1 || p.State != Registered {
		t.Errorf("the request is %v, the pair %v, %d active", state, p.State, m.Active())
	}
	w.post()
	if len(w.out) != 1 || w.out[0].(crossing.Pair).Code != p.ID || w.out[0].(crossing.Pair).Registered != "2021-09-20" {
		t.Errorf("the message to payers is %+v", w.out)
	}
}

// TestProposalEnds: each way in which a proposal can fail frees the place and the request, and
// tells the mentee the same.
func TestProposalEnds(t *testing.T) {
	for name, c := range map[string]struct {
		steps []Step
		again bool // the mentor can be suggested again
		told  bool // the mentee is told that the mentor is not available
	}{
		"another, please":         {[]Step{{Act: Another, By: Mentee}}, false, false},
		"taken back by the lead":  {[]Step{{Act: CallBack, By: Lead}}, true, true},
		"they know each other":    {[]Step{{Act: Accept, By: Mentee, Agree: true}, {Act: Know, By: Mentor}}, false, true},
		"declined":                {[]Step{{Act: Accept, By: Mentee, Agree: true}, {Act: Stranger, By: Mentor}, {Act: Decline, By: Mentor}}, false, true},
		"full":                    {[]Step{{Act: Accept, By: Mentee, Agree: true}, {Act: Decline, By: Mentor, Cause: IsFull}}, true, true},
		"not the mentor's field":  {[]Step{{Act: Accept, By: Mentee, Agree: true}, {Act: Stranger, By: Mentor}, {Act: Decline, By: Mentor, Cause: NotMyField}}, false, true},
		"taken back while asking": {[]Step{{Act: Accept, By: Mentee, Agree: true}, {Act: CallBack, By: Lead}}, true, true},
	} {
		t.Run(name, func(t *testing.T) {
			w := memory(t)
			r, m := w.request("Mia Mentee", "north"), w.mentor("Max Mentor", 1)
			p, err := w.desk.Propose(t.Context(), w.lead("nora@example.org"), r.ID, m.ID, "")
			if err != nil {
				t.Fatal(err)
			}
			for _, s := range c.steps {
				w.do(p, s)
			}
			p, r, m = w.get(p.ID)
			state, _ := r.State()
			if p.State != NotMade || state != mentoring.Seeking || r.Proposal != "" || len(m.Places) != 0 {
				t.Errorf("the pair is %v, the request %v, %d places", p.State, state, len(m.Places))
			}
			_, err = w.desk.Propose(t.Context(), w.lead("nora@example.org"), r.ID, m.ID, "")
			if again := err == nil; again != c.again {
				t.Errorf("proposed again: %v", err)
			}
			w.post()
			told := slices.ContainsFunc(w.box, func(m record.Message) bool {
				return m.To == "mia.mentee@example.org" && strings.Contains(m.Text, "is not available")
			})
			if told != c.told {
				t.Errorf("the mentee is told: %v", told)
			}
		})
	}
}

// TestAnswerIsLate: an answer after the last day is refused, the hub frees the place then, and a
// reminder goes two days before.
func TestAnswerIsLate(t *testing.T) {
	w := memory(t)
	r, m := w.request("Mia Mentee", "north"), w.mentor("Max Mentor", 1)
	p, err := w.desk.Propose(t.Context(), w.lead("nora@example.org"), r.ID, m.ID, "") // a Monday
	if err != nil {
		t.Fatal(err)
	}
	w.post()
	w.now = time.Date(2021, 9, 23, 9, 0, 1, 0, course.London)
	w.post()
	if n := len(w.box); n != 2 || !strings.Contains(w.box[1].Text, "by Monday 27 September 2021") {
		t.Fatalf("letters: %+v", w.box)
	}
	w.now = time.Date(2021, 9, 27, 23, 59, 59, 0, course.London)
	if p, _ := w.desk.Get(t.Context(), p.ID); !w.now.Before(p.Until) {
		t.Errorf("it is over before the day is: %v", p.Until)
	}
	w.now = w.now.Add(time.Second)
	if _, err := w.desk.Do(t.Context(), p.ID, Step{Act: Accept, By: Mentee, Agree: true}); !errors.Is(err, ErrLate) {
		t.Errorf("a second late: %v", err)
	}
	w.post()
	p, r, m = w.get(p.ID)
	if state, _ := r.State(); p.State != NotMade || p.Cause != Lapsed || state != mentoring.Seeking || len(m.Places) != 0 {
		t.Errorf("the pair is %v for %v, the request %v, %d places", p.State, p.Cause, state, len(m.Places))
	}
	if last := w.box[len(w.box)-1]; last.To != "nora@example.org" || last.Subject != "Something waits for you" {
		t.Errorf("the lead is told by %+v", last)
	}
}

// TestMentorPauses: if the mentor has paused or filled up in the meantime, a mentee who accepts is
// told that the mentor is not available. Nothing is left half-done.
func TestMentorPauses(t *testing.T) {
	w := memory(t)
	r, m := w.request("Mia Mentee", "north"), w.mentor("Max Mentor", 2)
	p, err := w.desk.Propose(t.Context(), w.lead("nora@example.org"), r.ID, m.ID, "")
	if err != nil {
		t.Fatal(err)
	}
	if err := w.desk.Register.Pause(t.Context(), m.ID, "2021-12-01"); err != nil {
		t.Fatal(err)
	}
	p = w.do(p, Step{Act: Accept, By: Mentee, Agree: true})
	_, r, m = w.get(p.ID)
	if state, _ := r.State(); p.State != NotMade || p.Cause != Unfit || state != mentoring.Seeking || len(m.Places) != 0 {
		t.Errorf("the pair is %v for %v, the request %v", p.State, p.Cause, state)
	}
}

// TestLowered: a mentor who lowers the limit below the people they have loses nobody, gets nobody,
// and cannot take somebody about whom they were asked.
func TestLowered(t *testing.T) {
	w := memory(t)
	m := w.mentor("Max Mentor", 2)
	first := w.registered(w.request("Mia Mentee", "north"), m)
	p, err := w.desk.Propose(t.Context(), w.lead("nora@example.org"), w.request("Nia Mentee", "north").ID, m.ID, "")
	if err != nil {
		t.Fatal(err)
	}
	w.do(p, Step{Act: Accept, By: Mentee, Agree: true})
	w.do(p, Step{Act: Stranger, By: Mentor})
	if _, err := w.desk.Register.Mentors().Amend(t.Context(), m.ID, func(m *register.Mentor) error { m.Answers[register.AskMost] = "1"; return nil }); err != nil {
		t.Fatal(err)
	}
	if _, err := w.desk.Do(t.Context(), p.ID, Step{Act: Take, By: Mentor, Agree: true}); !errors.Is(err, register.ErrFull) {
		t.Errorf("taking one too many: %v", err)
	}
	if first, _, _ = w.get(first.ID); first.State != Registered {
		t.Errorf("the first pair is %v", first.State)
	}
	if p, _, _ = w.get(p.ID); p.State != Offered {
		t.Errorf("the other is %v: half of it was written", p.State)
	}
}

// TestAnother: the mentee asks for another mentor. The sessions stay used, the mentor is never
// suggested again, and the request goes before others.
func TestAnother(t *testing.T) {
	w := memory(t)
	m, other := w.mentor("Max Mentor", 4), w.mentor("Olga Other", 4)
	p := w.registered(w.request("Mia Mentee", "north"), m)
	w.now = w.now.AddDate(0, 0, 30)
	for days := range 2 {
		if _, err := w.desk.AddSession(t.Context(), p.ID, w.held(20-days*7)); err != nil {
			t.Fatal(err)
		}
	}
	w.do(p, Step{Act: End, By: Mentee, Cause: ByMentee, Again: true, Why: "We did not get on"})
	p, r, m := w.get(p.ID)
	if state, _ := r.State(); state != mentoring.Seeking || !r.First || r.Sessions != 2 || len(m.Places) != 0 || p.Why == "" {
		t.Errorf("the request is %v, first %v, %d sessions", state, r.First, r.Sessions)
	}
	if _, err := w.desk.Propose(t.Context(), w.lead("nora@example.org"), r.ID, m.ID, ""); !errors.Is(err, ErrBarred) {
		t.Errorf("the same mentor again: %v", err)
	}
	second := w.registered(r, other)
	w.now = w.now.AddDate(0, 0, 30)
	for days := range 2 {
		if _, err := w.desk.AddSession(t.Context(), second.ID, w.held(20-days*7)); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := w.desk.AddSession(t.Context(), second.ID, w.held(2)); !errors.Is(err, ErrMost) {
		t.Errorf("a fifth session with two mentors: %v", err)
	}
	w.now = w.now.AddDate(0, 0, 1)
	if _, err := w.desk.AddSession(t.Context(), p.ID, Session{Start: p.Registered.Add(48 * time.Hour), Minutes: 60, How: "phone", Outcome: Held}); !errors.Is(err, ErrMost) {
		t.Errorf("a fifth with the first of them, entered late: %v", err)
	}
}

// TestEndings: whatever the cause, the mentor gets the same letter at the same hour, and the page
// shows nothing before.
func TestEndings(t *testing.T) {
	var first *record.Message
	for _, s := range []Step{
		{By: Mentee, Cause: ByMentee}, {By: Mentee, Cause: ByMentee, Again: true, Why: "No"}, {By: Mentor, Cause: ByMentor}, {By: Mentor, Cause: Completed},
		{By: Mentee, Cause: Completed}, {By: Lead, Cause: ByLead}, {By: Lead, Cause: Conflict}, {By: Hub, Cause: MentorLeft}, {By: Hub, Cause: NoContact},
	} {
		w := memory(t)
		p := w.registered(w.request("Mia Mentee", "north"), w.mentor("Max Mentor", 4))
		p.Mail = nil
		w.post()
		if err := w.desk.pairs().Delete(t.Context(), p.ID, mustGet(t, w, p.ID)); err != nil {
			t.Fatal(err)
		}
		p = withCode(t, w, p, "P-SAMECODE")                          // the same code, to compare results
		w.now = time.Date(2021, 10, 30, 23, 30, 0, 0, course.London) // the clocks go back that night
		s.Act = End
		w.do(p, s)
		w.box = nil
		w.now = time.Date(2021, 10, 31, 7, 59, 59, 0, course.London)
		w.post()
		if slices.ContainsFunc(w.box, func(m record.Message) bool { return m.To == "max.mentor@example.org" }) {
			t.Errorf("%v: a letter before 8am", s)
		}
		ended := mustGet(t, w, p.ID)
		if seen := ended.Seen(w.now); (s.Cause == ByMentor) != (seen == Ended) {
			t.Errorf("%v: before 8am the mentor sees %v", s, seen)
		}
		w.now = w.now.Add(time.Second)
		w.post()
		i := slices.IndexFunc(w.box, func(m record.Message) bool { return m.To == "max.mentor@example.org" })
		if i < 0 {
			t.Fatalf("%v: no letter at 8am", s)
		}
		if got := w.box[i]; first == nil {
			first = &got
		} else if got.ID != first.ID || got.Subject != first.Subject || got.Text != first.Text || got.From != first.From {
			t.Errorf("%v: the letter is\n%+v\nof the first cause it was\n%+v", s, got, *first)
		}
		if ended.Seen(w.now) != Ended {
			t.Errorf("%v: at 8am the mentor still sees %v", s, ended.Seen(w.now))
		}
	}
}

func mustGet(t *testing.T, w *world, id string) *Pair {
	t.Helper()
	p, err := w.desk.Get(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// withCode stores a pair under another code, with its request.
func withCode(t *testing.T, w *world, p *Pair, code string) *Pair {
	t.Helper()
	again := Propose(code, w.desk.Service("gp-s").Mentoring, w.now, func(o *Pair) { *o = *p; o.Kept, o.ID, o.Past, o.Mail = record.Kept{}, code, nil, nil })
	again.State, again.Until, again.Mail = Registered, time.Time{}, nil
	if err := w.desk.pairs().Create(t.Context(), again); err != nil {
		t.Fatal(err)
	}
	if _, err := w.desk.Requests().Amend(t.Context(), p.Request, func(r *mentoring.Request) error { r.Pair = code; return nil }); err != nil {
		t.Fatal(err)
	}
	return again
}

// TestConflictLater: an exclusion named later pauses the pair at once. Later sessions are refused
// and earlier ones stay. Both can agree to go on.
func TestConflictLater(t *testing.T) {
	w := memory(t)
	r, m := w.request("Mia Mentee", "north"), w.mentor("Max Mentor", 4)
	p := w.registered(r, m)
	w.now = w.now.AddDate(0, 0, 10)
	if _, err := w.desk.AddSession(t.Context(), p.ID, w.held(2)); err != nil {
		t.Fatal(err)
	}
	if _, err := w.desk.Requests().Amend(t.Context(), r.ID, func(r *mentoring.Request) error {
		r.Exclusions = append(r.Exclusions, mentoring.Exclusion{ID: "1", Name: "Max Mentor", Mentor: m.ID, Settled: true})
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	p, err := w.desk.Reconsider(t.Context(), p.ID)
	if err != nil || p.State != Paused {
		t.Fatalf("the pair is %v (%v)", p.State, err)
	}
	w.now = w.now.AddDate(0, 0, 5)
	if _, err := w.desk.AddSession(t.Context(), p.ID, w.held(1)); !errors.Is(err, ErrStopped) {
		t.Errorf("a session while it is paused: %v", err)
	}
	if _, err := w.desk.Do(t.Context(), p.ID, Step{Act: GoOn, By: Lead}); !errors.Is(err, ErrConsent) {
		t.Errorf("going on without consent: %v", err)
	}
	for _, by := range []Part{Mentee, Mentor} {
		if _, err := w.desk.Agree(t.Context(), p.ID, by); err != nil {
			t.Fatal(err)
		}
	}
	if p = w.do(p, Step{Act: GoOn, By: Lead}); p.State != Introduced {
		t.Errorf("it goes on as %v", p.State)
	}
	if p, err = w.desk.AddSession(t.Context(), p.ID, w.held(0)); err != nil || len(p.Sessions) != 2 {
		t.Errorf("a session with consent: %v", err)
	}
}

// TestExcludedWhileAsked: a mentor whom the mentee excludes while being asked is no longer asked,
// whatever they press.
func TestExcludedWhileAsked(t *testing.T) {
	w := memory(t)
	r, m := w.request("Mia Mentee", "north"), w.mentor("Max Mentor", 4)
	p, err := w.desk.Propose(t.Context(), w.lead("nora@example.org"), r.ID, m.ID, "")
	if err != nil {
		t.Fatal(err)
	}
	w.do(p, Step{Act: Accept, By: Mentee, Agree: true})
	if _, err := w.desk.Requests().Amend(t.Context(), r.ID, func(r *mentoring.Request) error {
		r.Exclusions = append(r.Exclusions, mentoring.Exclusion{ID: "1", Name: "Dr M. Mentor"}) // nobody has said yet whom it means
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	if p = w.do(p, Step{Act: Stranger, By: Mentor}); p.State != NotMade || p.Cause != Conflict {
		t.Errorf("the pair is %v for %v", p.State, p.Cause)
	}
}

// TestSilence: after 90 days without a session the mentor is asked. If they do not answer within 5
// working days, the two count as out of contact.
func TestSilence(t *testing.T) {
	for _, still := range []bool{true, false} {
		w := memory(t)
		p := w.registered(w.request("Mia Mentee", "north"), w.mentor("Max Mentor", 4))
		w.do(p, Step{Act: Meet, By: Mentor, Day: course.DateOf(w.now)})
		w.now = w.now.AddDate(0, 0, 14)
		w.post()
		if p = mustGet(t, w, p.ID); p.State != Active {
			t.Fatalf("after two weeks of silence about the first meeting it is %v", p.State)
		}
		w.now = w.now.AddDate(0, 0, 90)
		w.post()
		if last := w.box[len(w.box)-1]; last.To != "max.mentor@example.org" || !strings.Contains(last.Text, "still in contact") {
			t.Fatalf("the mentor is asked by %+v", last)
		}
		if still {
			if _, err := w.desk.Contact(t.Context(), p.ID); err != nil {
				t.Fatal(err)
			}
		}
		w.now = w.now.AddDate(0, 0, 10)
		w.post()
		if p = mustGet(t, w, p.ID); (p.State == Active) != still || !still && p.Cause != NoContact {
			t.Errorf("still %v: the pair is %v for %v", still, p.State, p.Cause)
		}
	}
}

// TestForgotten: when the two people's identities have been kept long enough, only the code, the
// days and the cohort stay.
func TestForgotten(t *testing.T) {
	w := memory(t)
	p := w.registered(w.request("Mia Mentee", "north"), w.mentor("Max Mentor", 4))
	w.do(p, Step{Act: Meet, By: Mentor, Day: course.DateOf(w.now)})
	w.do(p, Step{Act: End, By: Lead, Cause: Completed})
	w.now = w.now.AddDate(0, 0, 400)
	w.post()
	w.now = w.now.AddDate(0, 0, 331)
	w.post()
	p = mustGet(t, w, p.ID)
	if p.Request != "" || p.Mentor != "" || p.Cohort != "fellow" || p.Introduced != "2021-09-20" || p.Ended.IsZero() {
		t.Errorf("kept: %+v", p)
	}
	if fault := p.Past.Fault(p.ID, p.says); fault != "" {
		t.Errorf("the chain: %s", fault)
	}
}

// TestReciprocal: nobody mentors their own mentor, nor in a ring of three.
func TestReciprocal(t *testing.T) {
	w := memory(t)
	numbered := func(n string) func(*register.Mentor) {
		return func(m *register.Mentor) { m.Person.Number = "gmc " + n }
	}
	asking := func(n string) func(*mentoring.Request) {
		return func(r *mentoring.Request) { r.Contact.Number = registration(n) }
	}
	a, b, c := w.mentor("Ann Aye", 4, numbered("1000001")), w.mentor("Bob Bee", 4, numbered("1000002")), w.mentor("Cid Sea", 4, numbered("1000003"))
	w.registered(w.request("Bob Bee", "north", asking("1000002")), a) // Ann mentors Bob
	w.registered(w.request("Cid Sea", "north", asking("1000003")), b) // Bob mentors Cid
	ann := w.request("Ann Aye", "north", asking("1000001"))
	for _, m := range []*register.Mentor{a, b, c} {
		if _, err := w.desk.Propose(t.Context(), w.lead("nora@example.org"), ann.ID, m.ID, ""); !errors.Is(err, ErrBarred) {
			t.Errorf("%s for Ann: %v", m.Person.Name, err)
		}
	}
}

// TestMentorLeaves: when a mentor is leaving, their mentees and the lead are told once. The pairs
// end on the day after the last one, and those requests come first in matching.
func TestMentorLeaves(t *testing.T) {
	w := memory(t)
	p := w.registered(w.request("Mia Mentee", "north"), w.mentor("Max Mentor", 4))
	if err := w.desk.Register.Leave(t.Context(), p.Mentor, "2021-10-15"); err != nil {
		t.Fatal(err)
	}
	sweep := func() {
		t.Helper()
		for range 2 {
			if _, err := (pairStory{w.desk}).Sweep(t.Context()); err != nil {
				t.Fatal(err)
			}
			w.post()
		}
	}
	sweep()
	told := map[string]int{}
	for _, m := range w.box {
		if strings.Contains(m.Text, "is going to change") || strings.Contains(m.Text, "Something waits for you") {
			told[m.To]++
		}
	}
	if told["mia.mentee@example.org"] != 1 || told["nora@example.org"] != 1 {
		t.Errorf("told: %v", told)
	}
	w.now = time.Date(2021, 10, 16, 6, 0, 0, 0, course.London)
	if _, err := w.desk.Register.Mentors().Amend(t.Context(), p.Mentor, func(m *register.Mentor) error {
		m.Events.Add(w.now, string(register.End), string(register.ByHub), "")
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	sweep()
	p, r, m := w.get(p.ID)
	if state, _ := r.State(); p.State != Ended || p.Cause != MentorLeft || state != mentoring.Seeking || !r.First || len(m.Places) != 0 {
		t.Errorf("the pair is %v for %v, the request %v", p.State, p.Cause, state)
	}
}

// TestErased: a mentee who asks to be erased is removed from a running pair. The mentor gets the
// usual letter about an end, and their place back.
func TestErased(t *testing.T) {
	w := memory(t)
	p := w.registered(w.request("Mia Mentee", "north", func(r *mentoring.Request) { r.Contact.Number = registration("1000001") }), w.mentor("Max Mentor", 4))
	w.now = w.now.AddDate(0, 0, 3)
	if _, err := w.desk.AddSession(t.Context(), p.ID, w.held(1)); err != nil {
		t.Fatal(err)
	}
	kept, err := w.desk.Store.Get(t.Context(), p.ID)
	if err != nil {
		t.Fatal(err)
	}
	if own, err := (pairStory{w.desk}).About(t.Context(), kept, nil, "mia.mentee@example.org"); err != nil || own == nil {
		t.Fatalf("their record: %v (%v)", own, err)
	}
	if own, err := (pairStory{w.desk}).About(t.Context(), kept, nil, "max.mentor@example.org"); err != nil || own != nil {
		t.Errorf("the mentor's file has records of their mentee: %v (%v)", own, err)
	}
	if err := (pairStory{w.desk}).Erase(t.Context(), p.ID); err != nil {
		t.Fatal(err)
	}
	w.now = NextMorning(w.now)
	w.post()
	rec, err := w.desk.Store.Get(t.Context(), p.ID)
	if err != nil || strings.Contains(string(rec.Data), "MR-MIA") || strings.Contains(string(rec.Data), "1000001") || rec.Number != "" {
		t.Errorf("kept: %s (%v)", rec.Data, err)
	}
	m, err := w.desk.Register.Get(t.Context(), "mentor.max-mentor")
	if last := w.box[len(w.box)-1]; err != nil || len(m.Places) != 0 || last.To != "max.mentor@example.org" || !strings.Contains(last.Text, "One of your pairs has ended") {
		t.Errorf("the mentor has %d places, and is told by %+v (%v)", len(m.Places), last, err)
	}
	if _, fault := (pairStory{w.desk}).Check(rec, nil); fault != "" {
		t.Errorf("an audit finds: %s", fault)
	}
}

// TestGone: if a request or a mentor was removed behind the story's back, the pair ends at the next
// sweep, and no letter to them is tried for ever.
func TestGone(t *testing.T) {
	for _, gone := range []string{"request", "mentor"} {
		for _, open := range []bool{true, false} {
			w := memory(t)
			r, m := w.request("Mia Mentee", "north"), w.mentor("Max Mentor", 4)
			p, err := w.desk.Propose(t.Context(), w.lead("nora@example.org"), r.ID, m.ID, "")
			if err != nil {
				t.Fatal(err)
			}
			w.do(p, Step{Act: Accept, By: Mentee, Agree: true})
			if !open {
				w.do(p, Step{Act: Stranger, By: Mentor})
				w.do(p, Step{Act: Take, By: Mentor, Agree: true})
			}
			w.post()
			if gone == "request" {
				r, _ = w.desk.Requests().Get(t.Context(), r.ID)
				err = w.desk.Requests().Delete(t.Context(), r.ID, r)
			} else {
				m, _ = w.desk.Register.Get(t.Context(), m.ID)
				err = w.desk.Register.Mentors().Delete(t.Context(), m.ID, m)
			}
			if err != nil {
				t.Fatal(err)
			}
			if n, err := (pairStory{w.desk}).Sweep(t.Context()); n != 1 || err != nil {
				t.Fatalf("%s gone, open %v: %d ended (%v)", gone, open, n, err)
			}
			w.now = NextMorning(w.now)
			w.post()
			p = mustGet(t, w, p.ID)
			if p.State.Live() || !p.Mail.Due().IsZero() && !p.Mail.Due().After(w.now) {
				t.Errorf("%s gone, open %v: the pair is %v, and owes %+v", gone, open, p.State, p.Mail)
			}
			for _, l := range p.Mail {
				if l.IsOwed() && l.Attempts > 0 {
					t.Errorf("%s gone, open %v: %s was tried %d times: %s", gone, open, l.Name, l.Attempts, l.Error)
				}
			}
		}
	}
}

// TestInterests: if a mentor declares an interest in the practice of one of their people, or in
// that person, the pair is paused at once; a mentor who is only being asked is no longer asked.
func TestInterests(t *testing.T) {
	for _, says := range []url.Values{{"practice-1": {"Y77"}}, {"people": {"My sister, Dr Mia Mentee, and others"}}} {
		for _, open := range []bool{true, false} {
			w := memory(t)
			w.desk.Register.Declared = w.desk.Declared
			r := w.request("Mia Mentee", "north", func(r *mentoring.Request) { r.Document.Sections = practising("Y77") })
			m := w.mentor("Max Mentor", 4)
			p, err := w.desk.Propose(t.Context(), w.lead("nora@example.org"), r.ID, m.ID, "")
			if err != nil {
				t.Fatal(err)
			}
			want := NotMade
			if !open {
				want = Paused
				w.do(p, Step{Act: Accept, By: Mentee, Agree: true})
				w.do(p, Step{Act: Stranger, By: Mentor})
				w.do(p, Step{Act: Take, By: Mentor, Agree: true})
			}
			if _, problems, err := w.desk.Register.DeclareInterests(t.Context(), m.ID, says); err != nil || len(problems) > 0 {
				t.Fatal(problems, err)
			}
			if p = mustGet(t, w, p.ID); p.State != want {
				t.Errorf("after %v the pair is %v, want %v", says, p.State, want)
			}
		}
	}
}
