package pair

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"traininghub/internal/course"
	"traininghub/internal/crossing"
	"traininghub/internal/mentoring"
	"traininghub/internal/record"
)

// TestLog: what a mentor can log, and what is refused.
func TestLog(t *testing.T) {
	w := memory(t)
	m := w.mentor("Max Mentor", 4)
	p, other := w.registered(w.request("Mia Mentee", "north"), m), w.registered(w.request("Nia Mentee", "north"), m)
	w.now = w.now.AddDate(0, 0, 30)
	at := func(days, hours int) time.Time {
		return w.now.AddDate(0, 0, -days).Add(time.Duration(-hours) * time.Hour)
	}
	ok := func(s Session) Session {
		if s.Minutes == 0 {
			s.Minutes = 60
		}
		if s.How == "" {
			s.How = "online"
		}
		if s.Outcome == "" {
			s.Outcome = Held
		}
		return s
	}
	if _, err := w.desk.AddSession(t.Context(), other.ID, ok(Session{Start: at(9, 5)})); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		what string
		s    Session
		want error
	}{
		{"still to come", Session{Start: at(-1, 0)}, ErrFuture},
		{"not over yet", Session{Start: at(0, 0).Add(-30 * time.Minute)}, ErrFuture},
		{"before they were registered", Session{Start: at(40, 0)}, ErrEarly},
		{"nine minutes", Session{Start: at(3, 1), Minutes: 9}, ErrSession},
		{"nine hours", Session{Start: at(3, 1), Minutes: 540}, ErrSession},
		{"by letter", Session{Start: at(3, 1), How: "letter"}, ErrSession},
		{"nothing came of it", Session{Start: at(3, 1), Outcome: "fine"}, ErrSession},
		{"touching the other", Session{Start: at(9, 6)}, nil},
		{"a minute into the other", Session{Start: at(9, 6).Add(time.Minute)}, &Overlap{}},
		{"cancelled at the same time", Session{Start: at(9, 5), Outcome: CancelledInOK}, nil},
		{"waited at the same time", Session{Start: at(9, 5), Outcome: DidNotCome}, &Overlap{}},
		{"cancelled for tomorrow", Session{Start: at(-1, 0), Outcome: CancelledLate}, nil},
		{"the second", Session{Start: at(7, 5)}, nil},
		{"the third", Session{Start: at(6, 5)}, nil},
		{"the fourth", Session{Start: at(5, 5)}, nil},
		{"the fifth", Session{Start: at(4, 5)}, ErrMost},
		{"who did not come is not counted", Session{Start: at(4, 5), Outcome: DidNotCome}, nil},
	} {
		_, err := w.desk.AddSession(t.Context(), p.ID, ok(c.s))
		overlap := (*Overlap)(nil)
		if errors.As(c.want, &overlap) {
			if !errors.As(err, &overlap) || overlap.Other.Pair != other.ID && overlap.Other.Pair != p.ID || overlap.New.Pair != p.ID {
				t.Errorf("%s: %v", c.what, err)
			}
		} else if !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", c.what, err, c.want)
		}
	}
	if p, r, _ := w.get(p.ID); p.State != Introduced || p.held() != 4 || r.Sessions != 4 || p.Introduced != "2021-10-11" {
		t.Errorf("the pair is %v since %s with %d of %d sessions", p.State, p.Introduced, p.held(), r.Sessions)
	}
	if _, err := w.desk.Extend(t.Context(), p.ID, "nora@example.org", " "); !errors.Is(err, ErrCause) {
		t.Errorf("extended without a reason: %v", err)
	}
	if _, err := w.desk.Extend(t.Context(), p.ID, "nora@example.org", "Illness in between"); err != nil {
		t.Fatal(err)
	}
	if _, err := w.desk.Extend(t.Context(), p.ID, "nora@example.org", "Once more"); !errors.Is(err, ErrState) {
		t.Errorf("extended twice: %v", err)
	}
	if _, err := w.desk.AddSession(t.Context(), p.ID, ok(Session{Start: at(3, 5)})); err != nil {
		t.Errorf("the fifth after the extension: %v", err)
	}
	w.now = w.now.AddDate(1, 6, -30)
	if _, err := w.desk.AddSession(t.Context(), p.ID, ok(Session{Start: at(0, 5)})); err != nil {
		t.Errorf("the sixth within eighteen months: %v", err)
	}
}

// TestTwelveMonths: the last day is one year after the first meeting, less a day. With an earlier
// mentor it counts from that first meeting.
func TestTwelveMonths(t *testing.T) {
	w := memory(t)
	p := w.registered(w.request("Mia Mentee", "north"), w.mentor("Max Mentor", 4))
	w.do(p, Step{Act: Meet, By: Mentor, Day: course.DateOf(w.now)})
	w.now = time.Date(2022, 9, 20, 23, 0, 0, 0, course.London)
	in := func(day int) Session {
		return Session{Start: time.Date(2022, 9, day, 18, 0, 0, 0, course.London), Minutes: 60, How: "phone", Outcome: Held}
	}
	if _, err := w.desk.AddSession(t.Context(), p.ID, in(20)); !errors.Is(err, ErrMonths) {
		t.Errorf("a year and a day: %v", err)
	}
	if _, err := w.desk.AddSession(t.Context(), p.ID, in(19)); err != nil {
		t.Errorf("the last day: %v", err)
	}
}

// TestDoubleClick: the same session twice, even at the same moment, is one session with one
// message.
func TestDoubleClick(t *testing.T) {
	w := memory(t)
	p := w.registered(w.request("Mia Mentee", "north"), w.mentor("Max Mentor", 4))
	w.now = w.now.AddDate(0, 0, 3)
	done := make(chan error)
	for range 8 {
		go func() { _, err := w.desk.AddSession(t.Context(), p.ID, w.held(1)); done <- err }()
	}
	for range 8 {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
	w.post()
	w.post()
	sessions := 0
	for _, m := range w.out {
		if s, ok := m.(crossing.Session); ok {
			sessions++
			if s.Pair != p.ID || s.Outcome != crossing.Held || s.Minutes != 120 {
				t.Errorf("the message to payers is %+v", s)
			}
		}
	}
	if p, r, _ := w.get(p.ID); len(p.Sessions) != 1 || r.Sessions != 1 || sessions != 1 {
		t.Errorf("%d sessions, %d counted, %d messages", len(p.Sessions), r.Sessions, sessions)
	}
}

// TestDispute: a session that the mentee calls wrong is sent to payers again, and waits for the
// lead.
func TestDispute(t *testing.T) {
	w := memory(t)
	p := w.registered(w.request("Mia Mentee", "north"), w.mentor("Max Mentor", 4))
	w.now = w.now.AddDate(0, 0, 3)
	if _, err := w.desk.AddSession(t.Context(), p.ID, w.held(1)); err != nil {
		t.Fatal(err)
	}
	w.post()
	p, err := w.desk.Dispute(t.Context(), p.ID, 1)
	if err != nil || !p.Waits() {
		t.Fatalf("waits for the lead: %v (%v)", p.Waits(), err)
	}
	w.post()
	if last := w.out[len(w.out)-1].(crossing.Session); last.Outcome != crossing.NotRight {
		t.Errorf("the message to payers is %+v", last)
	}
	if p, err = w.desk.See(t.Context(), p.ID, 1, "nora@example.org"); err != nil || p.Waits() {
		t.Errorf("after the lead has seen to it: %v (%v)", p.Waits(), err)
	}
}

// TestNights: sessions in the nights on which the clocks change.
func TestNights(t *testing.T) {
	for _, c := range []struct {
		day     course.Date
		minutes int
		want    string // UTC; "" if there is no such time
	}{
		{course.Date{Year: 2022, Month: 3, Day: 27}, 0*60 + 59, "2022-03-27T00:59:00Z"},
		{course.Date{Year: 2022, Month: 3, Day: 27}, 1 * 60, ""},
		{course.Date{Year: 2022, Month: 3, Day: 27}, 1*60 + 59, ""},
		{course.Date{Year: 2022, Month: 3, Day: 27}, 2 * 60, "2022-03-27T01:00:00Z"},
		{course.Date{Year: 2021, Month: 10, Day: 31}, 0, "2021-10-30T23:00:00Z"},
		{course.Date{Year: 2021, Month: 10, Day: 31}, 1*60 + 30, "2021-10-31T00:30:00Z"}, // the first of two
		{course.Date{Year: 2021, Month: 10, Day: 31}, 2 * 60, "2021-10-31T02:00:00Z"},
		{course.Date{Year: 2022, Month: 3, Day: 31}, 23*60 + 30, "2022-03-31T22:30:00Z"}, // the last of a financial year
		{course.Date{Year: 2021, Month: 12, Day: 1}, 24*60 - 1, "2021-12-01T23:59:00Z"},
	} {
		at, err := At(c.day, c.minutes)
		if got := at.Format(time.RFC3339); err == nil && got != c.want || (err != nil) != (c.want == "") {
			t.Errorf("%v at %d minutes: %s (%v), want %q", c.day, c.minutes, got, err, c.want)
		}
	}
	for _, c := range [][2]string{
		{"2021-10-30T22:59:59Z", "2021-10-31T08:00:00Z"}, // in the longer night
		{"2021-10-31T08:00:00Z", "2021-11-01T08:00:00Z"}, // at eight itself, the next day's
		{"2022-03-26T23:30:00Z", "2022-03-27T07:00:00Z"}, // in the shorter one
		{"2021-12-25T07:59:59Z", "2021-12-25T08:00:00Z"},
	} {
		at, _ := time.Parse(time.RFC3339, c[0])
		if got := NextMorning(at).Format(time.RFC3339); got != c[1] {
			t.Errorf("the morning after %s is %s, want %s", c[0], got, c[1])
		}
	}
}

// TestGap: a fellow whose last session was more than five weeks ago is marked for the lead.
func TestGap(t *testing.T) {
	w := memory(t)
	p := w.registered(w.request("Mia Mentee", "north"), w.mentor("Max Mentor", 4))
	w.now = w.now.AddDate(0, 0, 1)
	p, err := w.desk.AddSession(t.Context(), p.ID, w.held(0))
	if err != nil {
		t.Fatal(err)
	}
	m := w.desk.Service("gp-s").Mentoring
	if p.Gap(m, w.now.AddDate(0, 0, 35)) || !p.Gap(m, w.now.AddDate(0, 0, 36)) {
		t.Error("the gap does not begin after 35 days")
	}
}

// TestSampled: about half of the sessions are asked about. The mentor's sums go out from five
// answers on, without showing whose they are. Which sessions are asked about differs in each run,
// so as many mentees come as it takes.
func TestSampled(t *testing.T) {
	w := memory(t)
	below := 0
	for n := range 1000 {
		if w.desk.sampled("P-1", Session{Start: w.now.Add(time.Duration(n) * time.Hour)}) < 50 {
			below++
		}
	}
	if below < 400 || below > 600 { // six times the standard deviation
		t.Errorf("%d of 1,000 sessions would be asked about", below)
	}
	m := w.mentor("Max Mentor", 40)
	answers := 0
	for n := 0; answers < 6 && n < 40; n++ {
		p := w.registered(w.request(fmt.Sprintf("Mia %d", n), "north"), m)
		w.now = w.now.AddDate(0, 0, 12)
		for i := range 4 {
			if _, err := w.desk.AddSession(t.Context(), p.ID, w.held(i+1)); err != nil {
				t.Fatal(err)
			}
		}
		p, _, _ = w.get(p.ID)
		for _, s := range p.Sessions {
			if !s.Sampled {
				if _, err := w.desk.Confirmed(t.Context(), p.ID, s.N, "yes"); !errors.Is(err, ErrState) {
					t.Errorf("answering what nobody asked: %v", err)
				}
				continue
			}
			answer := "yes"
			if answers++; answers == 3 {
				answer = "no"
			}
			if _, err := w.desk.Confirmed(t.Context(), p.ID, s.N, answer); err != nil {
				t.Fatal(err)
			}
		}
		w.post()
		for _, m := range w.out {
			if s, ok := m.(crossing.Sampled); ok && answers < 5 {
				t.Errorf("sent of %d answers: %+v", answers, s)
			}
		}
	}
	if answers < 6 {
		t.Fatalf("%d sessions of 40 mentees were asked about", answers)
	}
	last := crossing.Sampled{}
	for _, m := range w.out {
		if s, ok := m.(crossing.Sampled); ok && s.Version > last.Version {
			last = s
		}
	}
	if last.Asked != answers || last.Confirmed != answers-1 {
		t.Errorf("%+v of %d answers, of which one no", last, answers)
	}
}

// TestCounts: the figures of a quarter go once, when it is over, and none stands for fewer than
// five people.
func TestCounts(t *testing.T) {
	w := memory(t)
	m := w.mentor("Max Mentor", 8)
	for n := range 6 {
		r := w.request(fmt.Sprintf("Mia %c", 'A'+n), "north", func(r *mentoring.Request) {
			if n == 0 {
				r.Cohort = "partner"
			}
		})
		w.registered(r, m)
	}
	for n := range 7 { // these still wait; two of them are not fellows
		w.request(fmt.Sprintf("Moe %c", 'A'+n), "north", func(r *mentoring.Request) {
			if n < 2 {
				r.Cohort = "partner"
			}
		})
	}
	w.now = time.Date(2021, 10, 1, 0, 30, 0, 0, course.London)
	for range 3 {
		for _, s := range w.desk.Stories() {
			if _, err := s.Sweep(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
	}
	post := &record.Post{Store: w.desk.Store, Mailer: w, Now: w.desk.Now, Log: w.desk.Log, Stories: map[record.Kind]record.Story{KindCounts: countStory{nil, w.desk}.Post()}}
	for range 2 {
		if _, err := post.Deliver(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if len(w.out) != 1 {
		t.Fatalf("%d messages: %+v", len(w.out), w.out)
	}
	want := crossing.Counts{Service: "gp-s", From: "2021-07-01", Until: "2021-09-30", Version: 1, Asked: 13, Placed: 6, Fellows: 5, FellowsWaiting: 5}
	if got := w.out[0]; got != crossing.Message(want) {
		t.Errorf("%+v, want %+v", got, want)
	}
}

// TestFit: the mentee is asked after the first session, and after the next if they are not sure;
// the lead is told of "not for me".
func TestFit(t *testing.T) {
	w := memory(t)
	p := w.registered(w.request("Mia Mentee", "north"), w.mentor("Max Mentor", 4))
	if _, err := w.desk.Fit(t.Context(), p.ID, Mentee, Fits); !errors.Is(err, ErrState) {
		t.Errorf("before the first session: %v", err)
	}
	asked := func() (n int) {
		w.post()
		for _, m := range w.box {
			if strings.Contains(m.Text, "one short question") {
				n++
			}
		}
		return n
	}
	for i, fit := range []string{NotSure, NotFor} {
		w.now = w.now.AddDate(0, 0, 7)
		if _, err := w.desk.AddSession(t.Context(), p.ID, w.held(1)); err != nil {
			t.Fatal(err)
		}
		if n := asked(); n != i+1 {
			t.Fatalf("asked %d times after %d sessions", n, i+1)
		}
		var err error
		if p, err = w.desk.Fit(t.Context(), p.ID, Mentee, fit); err != nil || p.Waits() != (fit == NotFor) {
			t.Fatalf("%s: waits %v (%v)", fit, p.Waits(), err)
		}
	}
	w.now = w.now.AddDate(0, 0, 7)
	if _, err := w.desk.AddSession(t.Context(), p.ID, w.held(1)); err != nil || asked() != 2 {
		t.Errorf("asked again: %v", err)
	}
}
