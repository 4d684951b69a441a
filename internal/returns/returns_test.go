package returns

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"traininghub/internal/claim"
	"traininghub/internal/course"
	"traininghub/internal/crossing"
	"traininghub/internal/letter"
	"traininghub/internal/mentored"
	"traininghub/internal/record"
	"traininghub/internal/record/recordtest"
	"traininghub/internal/scheme"
)

// mentors is the content's scheme, with its words.
func mentors(t testing.TB) *scheme.Scheme {
	t.Helper()
	all, faults := scheme.Load(os.DirFS("../../content"), "schemes", []string{"supporting-mentors", "career-conversations"}, func(string) string { return "" })
	if err := faults.Err(); err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(all, (*scheme.Scheme).Reports)
	s := *all[i]
	s.Return.Service = "mentoring"
	return &s
}

// A town is what the sources say.
type town struct {
	mentors []Mentor
	certs   []Certificate
	heard   []*mentored.Mentor
	counts  []crossing.Counts
	ledger  claim.Ledger
}

func (w *town) sources() Sources {
	return Sources{
		Mentors:      func(context.Context, *scheme.Scheme) ([]Mentor, error) { return w.mentors, nil },
		Certificates: func(context.Context, string) ([]Certificate, error) { return w.certs, nil },
		Heard:        func(context.Context) ([]*mentored.Mentor, error) { return w.heard, nil },
		Counts:       func(context.Context, string) ([]crossing.Counts, error) { return w.counts, nil },
		Ledger:       func(context.Context, string, string) (*claim.Ledger, error) { return &w.ledger, nil },
	}
}

// small is a town with six mentors in the third quarter of 2021/22.
func small() *town {
	w := &town{ledger: claim.Ledger{
		Spent: 500000, Committed: 78000, Waiting: 28900, Forecast: 100000, Cells: map[claim.Cell]claim.Sums{
			{Kind: "mentoring", Month: "2021-09"}: {Lines: 8, Cost: 231200}, {Kind: "mentoring", Month: "2021-12"}: {Lines: 12, Cost: 346800, Unpaid: 78000},
			{Kind: "mentoring", Month: "2022-01"}: {Lines: 3, Cost: 86700}, {Kind: "networking", Month: "2021-10"}: {Lines: 1, Cost: 100000},
		},
	}}
	for n := range 6 {
		ref := fmt.Sprintf("SM-2C2C-2C2%d", n)
		w.mentors = append(w.mentors, Mentor{Reference: ref, Person: fmt.Sprintf("gmc 700000%d", n), From: "2021-06-01", Sessions: fmt.Sprint(3 + n), Stated: "2021-05-01"})
		m := &mentored.Mentor{Reference: ref, Standing: &crossing.Standing{Mentor: ref, Trained: crossing.Day(fmt.Sprintf("2021-%02d-15", 7+n))}}
		for k := range n { // the first has nobody, the last has 5
			code := fmt.Sprintf("P-%d%dAA", n, k)
			m.Pairs = append(m.Pairs, crossing.Pair{Code: code, Mentor: ref, Service: "mentoring", Cohort: []string{"fellow", "locum"}[k%2], Registered: "2021-09-20", Introduced: crossing.Day(fmt.Sprintf("2021-1%d-05", k%3))})
			m.Sessions = append(m.Sessions, crossing.Session{ID: strings.ToLower(code), Pair: code, Mentor: ref, Start: time.Date(2021, 11, 3+k, 18, 0, 0, 0, time.UTC), Minutes: 60, Outcome: crossing.Held})
		}
		w.heard = append(w.heard, m)
	}
	w.counts = []crossing.Counts{{Service: "mentoring", From: "2021-10-01", Until: "2021-12-31", Asked: 20, NoMentor: 6, Placed: 14, MedianWait: 12, Fellows: 9, FellowsWaiting: 6}}
	return w
}

func newDesk(t testing.TB, w *town) (*Desk, *scheme.Scheme, Period, *time.Time) {
	t.Helper()
	clock := time.Date(2022, 1, 10, 9, 0, 0, 0, course.London)
	s := mentors(t)
	d := &Desk{Store: &recordtest.Memory{}, Schemes: []*scheme.Scheme{s}, Now: func() time.Time { return clock }, Sources: w.sources()}
	p, ok := PeriodOf(s, "2021-22-q3")
	if !ok {
		t.Fatal("there is no third quarter")
	}
	return d, s, p, &clock
}

func text(t *testing.T, all []Shown, id scheme.Figure) string {
	t.Helper()
	i := slices.IndexFunc(all, func(s Shown) bool { return s.ID == id })
	if i < 0 {
		t.Fatalf("there is no %s", id)
	}
	says := all[i].Text
	for _, p := range all[i].Parts {
		says += ", " + p.Name + " " + p.Text
	}
	return says
}

// TestFigures: each figure of a small town, counted by hand.
func TestFigures(t *testing.T) {
	w := small()
	d, s, p, _ := newDesk(t, w)
	now, err := d.Preview(t.Context(), s, p)
	if err != nil {
		t.Fatal(err)
	}
	want := map[scheme.Figure]string{
		scheme.Trained:          "6",                              // the last on 15 December
		scheme.MatchesInPeriod:  "15, fellow 9, locum 6",          // registered in September, met later
		scheme.MatchesToDate:    "15, fellow 9, locum 6",          //
		scheme.ClinicalSessions: "5.5 (of 6; 0 missing)",          // 3 to 8
		scheme.SpendToDate:      "£6,780",                         // without January
		scheme.ProfiledSpend:    "£7,069",                         //
		scheme.MedianWait:       "12 days (of 14 people)",         //
		scheme.Refused:          "6 of 20",                        //
		scheme.FellowsSeen:      "fewer than 5, or none",          //
		scheme.FellowsPlaced:    "9 of 15",                        //
		scheme.HoursPerSession:  "0.8 (15 hours for 20 sessions)", //
		scheme.CostPerHour:      "£385.33 (£5,780 for 15 hours)",  //
		scheme.MentorsWithout:   "1 of 6",                         //
		scheme.MentorsWithFew:   "3 of 6",                         // 1, 2 and 3
	}
	for _, f := range Words(now.Figures) {
		if got := text(t, []Shown{f}, f.ID); got != want[f.ID] {
			t.Errorf("%s is %q, want %q", f.ID, got, want[f.ID])
		}
	}
	if len(now.Figures) != len(want) {
		t.Errorf("%d figures, want %d", len(now.Figures), len(want))
	}
	// A confirmed figure counts before a stated one; a figure more than 12 months old is missing.
	w.heard[0].Standing.Sessions, w.heard[0].Standing.Confirmed = "6", "2021-12-01"
	w.mentors[1].Stated = "2020-12-31"
	w.mentors[2].Until = "2021-12-30"
	now, _ = d.Preview(t.Context(), s, p)
	if got := text(t, Words(now.Figures), scheme.ClinicalSessions); got != "6.8 (of 4; 1 missing)" {
		t.Errorf("clinical sessions: %s", got)
	}
	// Two applications of one person are one mentor.
	w.mentors[5].Person = w.mentors[4].Person
	now, _ = d.Preview(t.Context(), s, p)
	if got := text(t, Words(now.Figures), scheme.Trained) + ", " + text(t, Words(now.Figures), scheme.MentorsWithout); got != "5, 1 of 4" {
		t.Errorf("trained and mentors: %s", got)
	}
	// Somebody who came without an application is a mentor too; somebody of another scheme is not
	// one here.
	other := &scheme.Scheme{ID: "other", Courses: []string{"elsewhere"}}
	d.Schemes = append(d.Schemes, other)
	for n, course := range []string{"supporting-mentors", "elsewhere"} {
		ref := fmt.Sprintf("RM-2C2C-2C2%d", n)
		w.heard = append(w.heard, &mentored.Mentor{Reference: ref, Who: mentored.Who{Course: course}, Standing: &crossing.Standing{
			Mentor: ref, Trained: "2021-11-01", Sessions: "4", Confirmed: "2021-11-01", Who: &crossing.Mentor{Number: fmt.Sprint(n), Course: course, Begins: "2021-11-01"},
		}})
	}
	now, _ = d.Preview(t.Context(), s, p)
	if got := text(t, Words(now.Figures), scheme.Trained) + ", " + text(t, Words(now.Figures), scheme.MentorsWithout); got != "6, 2 of 5" {
		t.Errorf("with a mentor without an application: %s", got)
	}
	// Without a source nothing is guessed.
	d.Sources.Heard, d.Sources.Counts, d.Sources.Ledger = nil, nil, nil
	now, _ = d.Preview(t.Context(), s, p)
	for _, id := range []scheme.Figure{scheme.MatchesToDate, scheme.SpendToDate, scheme.MedianWait, scheme.CostPerHour} {
		if got := text(t, Words(now.Figures), id); got != "not known" {
			t.Errorf("%s without a source is %q", id, got)
		}
	}
}

// TestFreeze: one person makes a return, another confirms it, and from then on it stays. A
// correction needs a reason, a difference and a second person too, and both can be seen.
func TestFreeze(t *testing.T) {
	w := small()
	d, s, p, clock := newDesk(t, w)
	ctx := t.Context()
	const one, two = "One@example.org", "two@example.org"
	early, _ := PeriodOf(s, "2021-22-q4")
	if _, err := d.Make(ctx, s, early, one, ""); !errors.Is(err, ErrEarly) {
		t.Errorf("a quarter that is not over: %v", err)
	}
	if err := d.Publish(ctx, s, p, one); !errors.Is(err, ErrFrozen) {
		t.Errorf("publishing nothing: %v", err)
	}
	r, err := d.Make(ctx, s, p, one, "")
	if err != nil {
		t.Fatal(err)
	}
	sum := r.Waiting().Sum()
	for what, step := range map[string]struct {
		err  error
		want error
	}{
		"made twice":      {second(d.Make(ctx, s, p, two, "")), ErrWaiting},
		"by the same":     {second(d.Confirm(ctx, s, p, "one@EXAMPLE.org", sum)), ErrOwn},
		"something else":  {second(d.Confirm(ctx, s, p, two, "")), ErrChanged},
		"published early": {d.Publish(ctx, s, p, two), ErrFrozen},
	} {
		if !errors.Is(step.err, step.want) {
			t.Errorf("%s: %v, want %v", what, step.err, step.want)
		}
	}
	if _, err := d.Drop(ctx, s, p, one, sum); err != nil {
		t.Fatal(err)
	}
	*clock = clock.Add(time.Hour)
	if r, err = d.Make(ctx, s, p, one, ""); err != nil {
		t.Fatal(err)
	}
	if _, err := d.Confirm(ctx, s, p, two, sum); !errors.Is(err, ErrChanged) {
		t.Errorf("a run that somebody had looked at was dropped and made again: %v", err)
	}
	if r, err = d.Confirm(ctx, s, p, two, r.Waiting().Sum()); err != nil {
		t.Fatal(err)
	}
	frozen := r.Latest()
	if frozen.By != "one@example.org" || frozen.Confirmed != two || len(frozen.Sources) != 64 || frozen.Version != "1" {
		t.Errorf("frozen: %+v", frozen)
	}
	if _, err := d.Make(ctx, s, p, one, "why"); !errors.Is(err, ErrSame) {
		t.Errorf("a correction of nothing: %v", err)
	}

	// What happens after the last day changes nothing, not even the sum of the sources.
	w.heard[0].Pairs = append(w.heard[0].Pairs, crossing.Pair{Code: "P-9999", Mentor: w.heard[0].Reference, Service: "mentoring", Registered: "2022-01-02", Introduced: "2022-01-03"})
	w.heard[5].Pairs[0].Ended = "2022-01-04"
	w.heard[5].Pairs[0].Version = 7
	if now, _ := d.Preview(ctx, s, p); now.Sources != frozen.Sources {
		t.Error("what came later is among the sources")
	}
	// What is found out about the period does.
	w.heard[0].Pairs[0].Registered, w.heard[0].Pairs[0].Introduced, w.heard[0].Pairs[0].Cohort = "2021-12-01", "2021-12-02", "fellow"
	if _, err := d.Make(ctx, s, p, one, " "); !errors.Is(err, ErrReason) {
		t.Errorf("a correction without a reason: %v", err)
	}
	s.Return.Figures[0].Means += " Changed."
	if _, err := d.Make(ctx, s, p, one, "One pair was forgotten"); !errors.Is(err, ErrWords) {
		t.Errorf("other words of the same version: %v", err)
	}
	s.Return.Figures = slices.Clone(s.Return.Figures)
	s.Return.Version = "2"
	if r, err = d.Make(ctx, s, p, one, "One pair was forgotten"); err != nil {
		t.Fatal(err)
	}
	if r, err = d.Confirm(ctx, s, p, two, r.Waiting().Sum()); err != nil {
		t.Fatal(err)
	}
	if len(r.Frozen()) != 2 || r.Frozen()[0].Sum() != frozen.Sum() {
		t.Error("the first return is no longer what it was")
	}
	got := fmt.Sprint(Page{Scheme: s, Period: p, Return: r}.Corrections()[0].Changes)
	want := "[{matches-in-period Matches in the period 15 16 +1} {matches-in-period Matches in the period: fellow 9 10 +1} " +
		"{matches-to-date Matches to date 15 16 +1} {matches-to-date Matches to date: fellow 9 10 +1} {mentors-without Mentors without a mentee 1 of 6 0 of 6 −1} " +
		"{mentors-with-few Mentors with some mentees, but fewer than the scheme asks for 3 of 6 4 of 6 +1}]"
	if got != want {
		t.Errorf("the correction is\n%s\nwant\n%s", got, want)
	}
	var file bytes.Buffer
	if err := (Page{Scheme: s, Period: p, Return: r}).Write(&file); err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(file.Bytes(), []byte("\ufeff")))).ReadAll()
	if err != nil || !slices.ContainsFunc(rows, func(r []string) bool {
		return r[4] == "before correction 1" && r[5] == "matches-in-period" && r[9] == "15"
	}) ||
		!slices.ContainsFunc(rows, func(r []string) bool { return r[4] == "latest" && r[5] == "matches-in-period" && r[9] == "16" }) {
		t.Errorf("the file lacks what was before: %v\n%s", err, file.String())
	}
	paper := Page{Scheme: s, Period: p, Return: r}.Document().Text()
	for _, says := range []string{"Monitoring return", "CORRECTION 1", "was 15, is 16 (+1)", "One pair was forgotten", "SHA-256", "£6,780", "WHAT THE FIGURES MEAN"} {
		if !strings.Contains(paper, says) {
			t.Errorf("the paper lacks %q:\n%s", says, paper)
		}
	}
}

func second(_ *Return, err error) error { return err }

// TestPublish: what is published is fixed, hides small numbers, and overlaps with no other. A
// correction is in words only if the difference would point to a few people.
func TestPublish(t *testing.T) {
	w := small()
	d, s, p, _ := newDesk(t, w)
	ctx := t.Context()
	freeze := func(p Period, why string) *Return {
		t.Helper()
		r, err := d.Make(ctx, s, p, "one@example.org", why)
		if err == nil {
			r, err = d.Confirm(ctx, s, p, "two@example.org", r.Waiting().Sum())
		}
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	freeze(p, "")
	inside, _ := PeriodOf(s, "2021-11")
	before, _ := PeriodOf(s, "2021-09")
	freeze(inside, "")
	freeze(before, "")
	// Many publish at once, one month and the quarter: one of them is published.
	var all sync.WaitGroup
	var done atomic.Int32
	for n := range 16 {
		all.Go(func() {
			switch err := d.Publish(ctx, s, []Period{p, inside}[n%2], "one@example.org"); {
			case err == nil:
				done.Add(1)
			case !errors.Is(err, ErrTwice):
				t.Error(err)
			}
		})
	}
	all.Wait()
	if done.Load() != 1 {
		t.Fatalf("%d were published for the same days", done.Load())
	}
	if err := d.Publish(ctx, s, before, "one@example.org"); err != nil {
		t.Errorf("another month: %v", err)
	}
	r, _ := d.Get(ctx, s, p)
	if r.Published == nil {
		r, _ = d.Get(ctx, s, inside)
		p = inside
	}
	if b, err := d.List(ctx, s); err != nil || len(b) != 3 || !b[p.ID].Published || b[p.ID].Frozen != 1 {
		t.Errorf("the list: %v %v", b, err)
	}
	shown := r.Published.Figures
	for id, want := range map[scheme.Figure]string{
		scheme.Trained: "5 (to the nearest 5)", scheme.MentorsWithout: "hidden", scheme.MentorsWithFew: "hidden", scheme.ClinicalSessions: "hidden", scheme.SpendToDate: text(t, Words(r.Latest().Figures), scheme.SpendToDate),
	} {
		if got := text(t, shown, id); got != want {
			t.Errorf("%s is published as %q, want %q", id, got, want)
		}
	}
	// One mentor and one pair fewer: reported without the number.
	w.mentors, w.heard[5].Pairs = w.mentors[:5], w.heard[5].Pairs[:4]
	r = freeze(p, "One was accepted by mistake")
	for _, c := range r.Corrected() {
		if strings.Contains(c.Is, "of 5") || !strings.Contains(c.Is, "fewer than 5") && c.ID != scheme.HoursPerSession && c.ID != scheme.CostPerHour {
			t.Errorf("%s is corrected to %q", c.ID, c.Is)
		}
	}
	if len(r.Corrected()) < 3 || fmt.Sprint(r.Published.Figures) != fmt.Sprint(shown) {
		t.Errorf("what was published has changed, or no correction is told: %v", r.Corrected())
	}
	public := Page{Scheme: s, Period: p, Return: r, Public: true}
	var file bytes.Buffer
	if err := public.Write(&file); err != nil || strings.Contains(file.String(), "two@example.org") || !strings.Contains(file.String(), "corrected by fewer than 5 people") {
		t.Errorf("the file: %v\n%s", err, file.String())
	}
	if paper := public.Document().Text(); strings.Contains(paper, "by mistake") || strings.Contains(paper, "@") {
		t.Errorf("the published paper tells of the staff:\n%s", paper)
	}
}

// TestTampering: the audit finds what was changed behind the program's back.
func TestTampering(t *testing.T) {
	d, s, p, _ := newDesk(t, small())
	r, err := d.Make(t.Context(), s, p, "one@example.org", "")
	if err == nil {
		r, err = d.Confirm(t.Context(), s, p, "two@example.org", r.Waiting().Sum())
	}
	if err == nil {
		err = d.Publish(t.Context(), s, p, "one@example.org")
	}
	if err != nil {
		t.Fatal(err)
	}
	check := func(id string) (*record.Head, string) {
		one, err := d.Store.Get(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		return story{d, one.Kind}.Check(one, nil)
	}
	for _, id := range []string{"return." + s.ID + "." + p.ID, "returns." + s.ID} {
		if head, what := check(id); head == nil || what != "" {
			t.Errorf("%s as it was written: %q", id, what)
		}
	}
	for was, is := range map[string]string{
		`"n":678000`: `"n":678001`, `"confirmed_by":"two@example.org"`: `"confirmed_by":"six@example.org"`, `"text":"15`: `"text":"25`,
		`"version":"1"`: `"version":"2"`, `"what":"made"`: `"what":"mad"`,
	} {
		id := "return." + s.ID + "." + p.ID
		one, _ := d.Store.Get(t.Context(), id)
		changed := one
		if changed.Data = bytes.Replace(one.Data, []byte(was), []byte(is), 1); bytes.Equal(changed.Data, one.Data) {
			t.Fatalf("there is no %s in %s", was, one.Data)
		}
		if err := d.Store.Update(t.Context(), changed); err != nil {
			t.Fatal(err)
		}
		if _, what := check(id); what == "" {
			t.Errorf("%s for %s is not found", is, was)
		}
		one.Version++
		if err := d.Store.Update(t.Context(), one); err != nil {
			t.Fatal(err)
		}
	}
}

// TestPeriods: quarters and months are those of the financial year.
func TestPeriods(t *testing.T) {
	s := mentors(t)
	for id, want := range map[string]string{
		"2021-22-q1": "2021-04-01 2021-06-30 2021/22 Quarter 1 of 2021/22, April 2021 to June 2021", "2021-22-q4": "2022-01-01 2022-03-31 2021/22 Quarter 4 of 2021/22, January 2022 to March 2022",
		"2024-02": "2024-02-01 2024-02-29 2023/24 February 2024", "2021-03": "2021-03-01 2021-03-31 2020/21 March 2021", "2020-08": "2020-08-01 2020-08-31 2020/21 August 2020",
		"2020-21-q2": "2020-07-01 2020-09-30 2020/21 Quarter 2 of 2020/21, July 2020 to September 2020",
	} {
		p, ok := PeriodOf(s, id)
		if got := fmt.Sprint(p.From.ISO(), " ", p.Until.ISO(), " ", p.Year, " ", p.Name()); !ok || got != want {
			t.Errorf("%s is %s, want %s", id, got, want)
		}
	}
	for _, id := range []string{"", "2021-22-q0", "2021-22-q5", "2021-23-q1", "2021-13", "2020-07", "2020-21-q1", "2021-22", "2021-22-q1x", "../x", "x-q1"} {
		if p, ok := PeriodOf(s, id); ok {
			t.Errorf("%q is a period: %v", id, p)
		}
	}
	all := Periods(s, time.Date(2021, 5, 1, 0, 0, 0, 0, course.London))
	var ids []string
	for _, p := range all {
		if again, ok := PeriodOf(s, p.ID); !ok || again != p {
			t.Errorf("%s is not found again", p.ID)
		}
		ids = append(ids, p.ID)
	}
	if got := strings.Join(ids, " "); got != "2021-04 2020-21-q4 2020-21-q3 2020-21-q2 2021-03 2021-02 2021-01 2020-12 2020-11 2020-10 2020-09 2020-08" {
		t.Errorf("on 1 May 2021 these are over: %s", got)
	}
}

// TestDue: the office is reminded once of a quarter whose return nobody has made, some working days
// after it; not of one that was made.
func TestDue(t *testing.T) {
	d, s, p, clock := newDesk(t, small())
	d.Office = func() []course.Contact {
		return []course.Contact{{Email: "olu@example.org"}, {Email: "oda@example.org"}}
	}
	d.Hub, d.BaseURL, d.MailFrom = func(string) (string, bool) { return "Hub", true }, "https://hub.example.org", "Hub <hub@example.org>"
	set, faults := letter.Read(os.DirFS("../../content"), "letters", letter.Check{Table: Letters, Unread: true, Hub: d.Hub})
	_ = faults // of letters that other stories send
	d.Template = func(name string) *letter.Template { return set.For(name, "") }
	var box outbox
	kept := story{d, KindPublished}
	post := &record.Post{Store: d.Store, Mailer: &box, Now: d.Now, Log: slog.New(slog.DiscardHandler), Stories: map[record.Kind]record.Story{KindPublished: kept.Post()}}
	sweep := func(at time.Time, want int) {
		t.Helper()
		*clock = at
		if n, err := kept.Sweep(t.Context()); n != want || err != nil {
			t.Errorf("on %s %d are reminded of, want %d (%v)", at, n, want, err)
		}
		if _, err := post.Deliver(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	// 1 January 2022 is a Saturday, so 3 January is a holiday instead.
	sweep(time.Date(2022, 1, 9, 23, 59, 0, 0, course.London), 0)
	sweep(time.Date(2022, 1, 10, 0, 1, 0, 0, course.London), 1)
	sweep(time.Date(2022, 1, 11, 9, 0, 0, 0, course.London), 0)
	if len(box) != 2 || box[0].To == box[1].To || !strings.Contains(box[0].Text, p.Name()) || !strings.Contains(box[0].Text, "https://hub.example.org/review/returns/") {
		t.Fatalf("the letters: %+v", box)
	}
	next, _ := PeriodOf(s, "2021-22-q4")
	*clock = time.Date(2022, 4, 1, 9, 0, 0, 0, course.London)
	if _, err := d.Make(t.Context(), s, next, "one@example.org", ""); err != nil {
		t.Fatal(err)
	}
	sweep(time.Date(2022, 4, 20, 9, 0, 0, 0, course.London), 0)
	one, err := d.Store.Get(t.Context(), "returns."+s.ID)
	if err != nil {
		t.Fatal(err)
	}
	if _, what := kept.Check(one, nil); what != "" {
		t.Errorf("the audit: %s", what)
	}
}

type outbox []record.Message

func (o *outbox) Send(_ context.Context, m record.Message) error {
	*o = append(*o, m)
	return nil
}
