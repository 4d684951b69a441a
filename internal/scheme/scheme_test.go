package scheme

import (
	"os"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"traininghub/internal/course"
)

func day(t *testing.T, s string) course.Date {
	t.Helper()
	var d course.Date
	if err := d.UnmarshalText([]byte(s)); err != nil {
		t.Fatal(err)
	}
	return d
}

// The hub's own schemes have no fault, and what they pay is what the documents say.
func TestOwnSchemes(t *testing.T) {
	schemes, faults := Load(os.DirFS("../../content"), "schemes", []string{"supporting-mentors", "career-conversations"}, nil)
	if err := faults.Err(); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		scheme, kind, day string
		want              course.Money
		ok                bool
	}{
		{"supporting-mentors", "mentoring", "1 August 2020", 289_00, true},
		{"supporting-mentors", "mentoring", "31 July 2020", 0, false},
		{"supporting-mentors", "training", "20 October 2021", 289_00, true},
		{"career-conversations", "conversation", "2 November 2021", 289_00, true},
		{"career-conversations", "course-time", "31 March 2021", 0, false},
	} {
		for _, s := range schemes {
			if s.ID != c.scheme {
				continue
			}
			got, ok := s.Pay(c.kind).Rate(day(t, c.day))
			if got != c.want && ok || ok != c.ok {
				t.Errorf("%s %s on %s: %v, %v; want %v, %v", c.scheme, c.kind, c.day, got, ok, c.want, c.ok)
			}
			if !s.Placeholder() {
				t.Errorf("%s names real people", s.ID)
			}
		}
	}
}

func TestRateChanges(t *testing.T) {
	until := day(t, "30 September 2021")
	p := &Pay{Rates: []Rate{
		{From: day(t, "1 August 2020"), Until: &until, Amount: 289_00},
		{From: day(t, "1 October 2021"), Amount: 300_50},
	}}
	for _, c := range []struct {
		day  string
		want course.Money
		ok   bool
	}{
		{"31 July 2020", 0, false}, {"1 August 2020", 289_00, true}, {"30 September 2021", 289_00, true},
		{"1 October 2021", 300_50, true}, {"29 February 2024", 300_50, true},
	} {
		if got, ok := p.Rate(day(t, c.day)); ok != c.ok || ok && got != c.want {
			t.Errorf("%s: %v, %v; want %v, %v", c.day, got, ok, c.want, c.ok)
		}
	}
	last := day(t, "31 December 2021")
	p.Rates[1].Until = &last
	if _, ok := p.Rate(day(t, "1 January 2022")); ok {
		t.Error("there is a rate after the last day of the last one")
	}
}

func TestYears(t *testing.T) {
	s := &Scheme{YearBegins: YearDay{time.April, 1}, ClaimWithin: 28, YearCloses: 10}
	for _, c := range []struct {
		day, year string
		quarter   int
	}{
		{"31 March 2022", "2021/22", 4}, {"1 April 2022", "2022/23", 1}, {"30 June 2022", "2022/23", 1},
		{"1 July 2022", "2022/23", 2}, {"31 December 2021", "2021/22", 3}, {"29 February 2024", "2023/24", 4},
		{"31 March 2100", "2099/00", 4},
	} {
		d := day(t, c.day)
		if year, quarter := s.YearOf(d), s.Quarter(d); year != c.year || quarter != c.quarter {
			t.Errorf("%s: %s quarter %d, want %s quarter %d", c.day, year, quarter, c.year, c.quarter)
		}
	}
	if from, to := s.YearFrom("2021/22"), s.YearTo("2021/22"); from.ISO() != "2021-04-01" || to.ISO() != "2022-03-31" {
		t.Errorf("the year goes from %v to %v", from, to)
	}
	// 28 days after the end of February, and of a month of the clock change.
	for _, c := range []struct{ day, want string }{
		{"10 February 2022", "2022-03-29 00:00 +0100"}, {"1 October 2021", "2021-11-29 00:00 +0000"}, {"31 December 2021", "2022-01-29 00:00 +0000"},
	} {
		if got := s.OnTime(day(t, c.day)).Format("2006-01-02 15:04 -0700"); got != c.want {
			t.Errorf("work of %s can be claimed until %s, want %s", c.day, got, c.want)
		}
	}
	// Good Friday, Easter Monday and two weekends lie between.
	if got := s.Closes("2021/22").Format(time.RFC3339); got != "2022-04-15T00:00:00+01:00" {
		t.Errorf("2021/22 closes at %s", got)
	}
	if got := s.Closes("2022/23").Format(time.RFC3339); got != "2023-04-19T00:00:00+01:00" {
		t.Errorf("2022/23 closes at %s", got)
	}
}

func TestBudgetOn(t *testing.T) {
	s := &Scheme{Budget: []Budget{
		{Year: "2021/22", From: day(t, "1 April 2021"), Quarters: []course.Money{1, 2, 3, 4}},
		{Year: "2022/23", From: day(t, "1 April 2022"), Quarters: []course.Money{9, 9, 9, 9}},
		{Year: "2021/22", From: day(t, "1 November 2021"), Quarters: []course.Money{1, 2, 5, 6}},
	}}
	for _, c := range []struct {
		day string
		sum course.Money
		ok  bool
	}{{"31 March 2021", 0, false}, {"1 April 2021", 10, true}, {"31 October 2021", 10, true}, {"1 November 2021", 14, true}} {
		if b, ok := s.BudgetOn("2021/22", day(t, c.day)); ok != c.ok || b.Sum() != c.sum {
			t.Errorf("%s: %v, %v", c.day, b.Sum(), ok)
		}
	}
}

// Each mistake on its own, in a scheme that is otherwise right.
func TestFaults(t *testing.T) {
	const right = `title: A scheme
begins: 1 April 2021
pays:
  - kind: talk
    label: Talk
    unit: session
    rates:
      - {from: 1 April 2021, until: 31 March 2022, amount: £10}
      - {from: 1 April 2022, amount: £11}
    caps:
      - {most: 4, in: life}
year_begins: 1 April
payee: claimant
declarations: [It took place.]
checkers: [{email: a@example.org}, {email: b@example.org}]
approvers: [{email: b@example.org}, {email: c@example.org, limit: £100}]
payers: [{email: p@example.org}, {email: q@example.org}]
`
	if _, faults := Load(fstest.MapFS{"schemes/x.yaml": {Data: []byte(right)}}, "schemes", nil, nil); faults != nil {
		t.Fatalf("the scheme without faults has some:\n%v", faults)
	}
	for _, c := range []struct{ from, to, want string }{
		{"title: A scheme", "tilte: A scheme", `content/schemes/x.yaml:1:1: unknown key "tilte" (did you mean "title"?)`},
		{"title:", "courses: [talks]\ntitle:", `content/schemes/x.yaml:1:11: there is no course "talks" (write "other")`},
		{"begins: 1 April 2021", "begins: 1 March 2021", "content/schemes/x.yaml:8:16: there is no rate from Monday 1 March 2021, when the scheme begins, to Wednesday 31 March 2021 (begin the rate when the scheme begins)"},
		{"begins: 1 April 2021", "begins: 1 April 2021\nuntil: 31 March 2021", "content/schemes/x.yaml:3:8: the scheme ends on Wednesday 31 March 2021, before it begins on Thursday 1 April 2021 (correct one of the two)"},
		{"unit: session", "unit: hour", `content/schemes/x.yaml:6:11: "unit" cannot be "hour" (use one of: conversation, course-time, session, week)`},
		{"until: 31 March 2022, ", "until: 30 March 2022, ", "content/schemes/x.yaml:9:16: there is no rate from Thursday 31 March 2022 to Thursday 31 March 2022 (let one rate end the day before the next begins)"},
		{"until: 31 March 2022, ", "until: 1 April 2022, ", "content/schemes/x.yaml:9:16: this rate and the one above it overlap from Friday 1 April 2022 to Friday 1 April 2022 (end the rate above it the day before)"},
		{"until: 31 March 2022, ", "until: 1 March 2021, ", "content/schemes/x.yaml:8:37: the rate ends on Monday 1 March 2021, before it begins on Thursday 1 April 2021 (correct one of the two)"},
		{"from: 1 April 2022,", "from: 1 April 2021,", "content/schemes/x.yaml:9:16: this rate begins on Thursday 1 April 2021, not after the one above it (put rates in order of time)"},
		{"amount: £11}", "amount: £11, until: 1 May 2022}", "content/schemes/x.yaml:9:50: there is no rate after Sunday 1 May 2022, and the scheme has no last day (remove the line, or add the next rate)"},
		{"amount: £11", "amount: £0", "content/schemes/x.yaml:9:38: a rate of £0 pays nothing (write what one is paid)"},
		{"{most: 4, in: life}", "{in: life}", "content/schemes/x.yaml:11:9: the cap does not say how much can be paid (write most: and how many, or sum: and how much)"},
		{"{most: 4, in: life}", "{most: 4, sum: £100, in: life}", "content/schemes/x.yaml:11:9: the cap says both how many and how much (make two caps of it)"},
		{"{most: 4, in: life}", "{sum: £10.99, in: life}", "content/schemes/x.yaml:11:15: the cap of £10.99 is below the rate of £11: nothing could be paid (raise the cap, or lower the rate)"},
		{"year_begins: 1 April", "year_begins: 29 February", `content/schemes/x.yaml:12:14: "year_begins" must be a day of every year, not "29 February" (write it like "1 April")`},
		{"payee: claimant", "payee: practice",
			`content/schemes/x.yaml:13:8: a practice cannot be paid yet (write "claimant")`},
		{"payee: claimant", "payee: claimant\nsample_percent: 101", `content/schemes/x.yaml:14:17: "sample_percent" cannot be 101 percent (write a number from 1 to 100, or remove the line)`},
		{"payee: claimant", "payee: claimant\nbudget: [{year: 2021/23, from: 1 April 2021, quarters: [£1, £2, £3]}]", "content/schemes/x.yaml:14:17: \"year\" must be two years that follow each other, not \"2021/23\" (write it like \"2021/22\")\ncontent/schemes/x.yaml:14:46: a year has four quarters, not 3 (write four sums, one for each quarter)"},
		{"{email: a@example.org}, {email: b@example.org}]", "{email: a@example.org}]", "content/schemes/x.yaml:15:1: checkers has one holder: nobody would be there when that person is away, or has an interest (name a second person)"},
		{"[{email: p@example.org}, {email: q@example.org}]", "[{email: p@example.org}, {email: P@example.org}]", "content/schemes/x.yaml:17:1: payers has one holder: nobody would be there when that person is away, or has an interest (name a second person)\ncontent/schemes/x.yaml:17:42: P@example.org stands here twice (remove one of them)"},
		{"{email: c@example.org, limit", "{email: a@example.org, limit", "content/schemes/x.yaml:16:1: the same two people check and approve: when one of them has an interest in a claim, nobody could approve it (name a third person)"},
		{"[{email: b@example.org}, {email: c", "[{email: b@example.org, limit: £50}, {email: c", "content/schemes/x.yaml:16:1: every approver has a limit: nobody could approve a larger sum (leave out the limit of one of them)"},
		{"a@example.org", "nobody", `content/schemes/x.yaml:15:20: "email" must be an email address, not "nobody" (write it like "name@example.org")`},
	} {
		if n := strings.Count(right, c.from); n != 1 {
			t.Fatalf("%q stands %d times in the scheme", c.from, n)
		}
		text := strings.Replace(right, c.from, c.to, 1)
		_, faults := Load(fstest.MapFS{"schemes/x.yaml": {Data: []byte(text)}}, "schemes", []string{"other"}, func(string) string { return `write "other"` })
		if got := faults.Error(); got != c.want {
			t.Errorf("%s\ngot\n%s\nwant\n%s", c.to, got, c.want)
		}
	}
}
