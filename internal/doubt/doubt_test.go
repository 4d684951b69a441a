package doubt_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"traininghub/internal/claim"
	"traininghub/internal/course"
	"traininghub/internal/doubt"
	"traininghub/internal/record/recordtest"
	"traininghub/internal/scheme"
)

const file = `title: Mentors
courses: [one]
begins: 1 August 2020
pays:
  - kind: mentoring
    label: Weekly mentoring session
    unit: week
    rates:
      - {from: 1 August 2020, amount: £289}
  - kind: conversation
    label: Career conversation
    unit: conversation
    rates:
      - {from: 1 August 2020, amount: £289}
year_begins: 1 April
claim_within_days: 28
payee: claimant
declarations: [The sessions took place.]
budget:
  - year: 2021/22
    from: 1 April 2021
    quarters: ["£30,000", "£30,000", "£30,000", "£30,000"]
checkers:
  - {email: checker-one@example.org}
  - {email: checker-two@example.org}
approvers:
  - {email: approver-one@example.org}
  - {email: approver-two@example.org}
payers:
  - {email: payer-one@example.org}
  - {email: payer-two@example.org}
`

// facts are what other stories say, which is the same for everybody except what they logged.
type facts struct {
	sessions      map[string][]claim.Session
	conversations map[string][]claim.Conversation
	came          []claim.Workshop
	mentor        claim.Mentor
}

func (f *facts) Claimants(context.Context, string) ([]claim.Claimant, error) { return nil, nil }

func (f *facts) Sessions(_ context.Context, c claim.Claimant, from, to course.Date) (all []claim.Session, _ error) {
	for _, s := range f.sessions[c.Email] {
		if day := course.DateOf(s.Start); !day.Before(from) && !to.Before(day) {
			all = append(all, s)
		}
	}
	return all, nil
}

func (f *facts) Came(context.Context, claim.Claimant, course.Date, course.Date) ([]claim.Workshop, error) {
	return f.came, nil
}

func (f *facts) Finished(context.Context, claim.Claimant) (course.Date, error) {
	return course.Date{}, nil
}

func (f *facts) Conversations(
	_ context.Context, c claim.Claimant, from, to course.Date,
) (all []claim.Conversation, _ error) {
	for _, x := range f.conversations[c.Email] {
		if day := course.DateOf(x.Parts[1].From); !day.Before(from) && !to.Before(day) {
			all = append(all, x)
		}
	}
	return all, nil
}

func (f *facts) Mentor(context.Context, string) (claim.Mentor, error) { return f.mentor, nil }

func at(text string) time.Time {
	t, err := time.ParseInLocation("2006-01-02 15:04", text, course.London)
	if err != nil {
		panic(err)
	}
	return t
}

type hub struct {
	t *testing.T
	*claim.Desk
	*facts
	clock time.Time
}

func newHub(t *testing.T) *hub {
	all, faults := scheme.Load(fstest.MapFS{"schemes/mentors.yaml": {Data: []byte(file)}}, "schemes", []string{"one"}, nil)
	if err := faults.Err(); err != nil {
		t.Fatal(err)
	}
	h := &hub{t: t, clock: at("2022-04-01 10:00")}
	h.facts = &facts{sessions: map[string][]claim.Session{}, conversations: map[string][]claim.Conversation{}}
	h.Desk = &claim.Desk{
		Store: &recordtest.Memory{}, Schemes: all, Now: func() time.Time { return h.clock }, Facts: h.facts,
		Secret: func() ([]byte, error) { return []byte("secret of a test"), nil },
	}
	return h
}

func gp(name string) claim.Claimant {
	return claim.Claimant{
		Scheme: "mentors", Application: "SM-" + name, Name: name, Email: strings.ToLower(name) + "@example.org",
		Number: "number of " + name, Practice: "Z99999", Begins: course.Date{Year: 2021, Month: 4, Day: 1},
	}
}

func (h *hub) log(name, from string, minutes int, outcome string) {
	c := gp(name)
	h.sessions[c.Email] = append(h.sessions[c.Email], claim.Session{Pair: "P-7K3D", Start: at(from), Minutes: minutes,
		Outcome: outcome})
}

func (h *hub) talk(name, day, colleague, practice string) {
	c := gp(name)
	start := at(day + " 09:00")
	h.conversations[c.Email] = append(h.conversations[c.Email], claim.Conversation{
		Ref: "CV-" + name + day, Colleague: colleague, Practice: practice, Confirmed: true,
		Parts: []claim.Hours{{From: start, To: start.Add(time.Hour)}, {From: start.Add(2 * time.Hour),
			To: start.Add(6 * time.Hour)}},
	})
}

// claim claims everything that somebody logged, and returns the account.
func (h *hub) claim(name, late string) *claim.Account {
	h.t.Helper()
	c := gp(name)
	for _, month := range h.Months(c) {
		items, err := h.Month(h.t.Context(), c, month)
		if err != nil {
			h.t.Fatal(err)
		}
		ask := claim.Asking{Month: month, Late: late}
		for _, it := range items {
			if it.Why == nil {
				ask.Keys = append(ask.Keys, it.Key)
			}
		}
		if len(ask.Keys) > 0 {
			if _, err := h.Submit(h.t.Context(), c, ask); err != nil {
				h.t.Fatal(err)
			}
		}
	}
	all, err := h.Own(h.t.Context(), c)
	if err != nil || len(all) == 0 {
		h.t.Fatal(len(all), err)
	}
	return all[0]
}

// doubts returns the doubts about an account as one text.
func (h *hub) doubts(a *claim.Account) string {
	h.t.Helper()
	code := func(number string) (string, error) { return "C-" + strings.TrimPrefix(number, "number of "), nil }
	all, err := (&doubt.Desk{Claims: h.Desk, Code: code}).Of(h.t.Context(), a)
	if err != nil {
		h.t.Fatal(err)
	}
	return strings.Join(all, "\n")
}

// TestDoubts: each pattern is found, and anything just short of it is not.
func TestDoubts(t *testing.T) {
	for name, c := range map[string]struct {
		make func(h *hub) *claim.Account
		want string // "" for none
	}{
		"nothing": {func(h *hub) *claim.Account {
			h.log("Ada", "2021-11-02 18:00", 60, "held")
			h.log("Ada", "2021-11-10 17:30", 45, "held")
			return h.claim("Ada", "I was ill")
		}, ""},
		"a bank holiday": {func(h *hub) *claim.Account {
			h.log("Ada", "2021-05-03 18:00", 60, "held")
			return h.claim("Ada", "I was ill")
		}, "Line 1 was on 3 May 2021, "},
		"every week": {func(h *hub) *claim.Account {
			for n := range 51 {
				h.log("Ada", at("2021-04-06 18:00").AddDate(0, 0,
					7*n).Add(time.Duration(n)*time.Minute).Format("2006-01-02 15:04"), 60, "held")
			}
			return h.claim("Ada", "I was ill")
		}, "There is a claim for 51 weeks of the year, with its holidays."},
		"always the same": {func(h *hub) *claim.Account {
			for n := range 6 {
				h.log("Ada", at("2021-11-02 18:00").AddDate(0, 0, 7*n).Format("2006-01-02 15:04"), 60, "held")
			}
			return h.claim("Ada", "I was ill")
		}, "6 times at 18:00 for 60 minutes."},
		"always late": {func(h *hub) *claim.Account {
			for n := range 4 {
				h.log("Ada", at("2021-11-02 18:00").AddDate(0, 0,
					7*n).Add(time.Duration(n)*time.Minute).Format("2006-01-02 15:04"), 60, "held")
			}
			return h.claim("Ada", "I was ill")
		}, "4 of 4 lines were claimed late."},
		"while away": {func(h *hub) *claim.Account {
			h.log("Ada", "2022-03-08 18:00", 60, "held")
			h.mentor.Away = func(day course.Date) bool { return day.Month == 3 }
			return h.claim("Ada", "")
		}, "Line 1 is for 8 March 2022, when the mentor had said that they would be away."},
		"a suspension that came later": {func(h *hub) *claim.Account {
			h.log("Ada", "2022-03-08 18:00", 60, "held")
			a := h.claim("Ada", "")
			h.mentor.Suspended = func(day course.Date) bool { return day.Month == 3 }
			return a
		}, "Line 1 is for 8 March 2022, when the mentor was suspended."},
		"after the pair ended": {func(h *hub) *claim.Account {
			h.log("Ada", "2022-03-08 18:00", 60, "held")
			h.mentor.Ended = map[string]course.Date{"P-7K3D": {Year: 2022, Month: 3, Day: 7}}
			return h.claim("Ada", "")
		}, "Line 1 is for 8 March 2022, after pair P-7K3D ended."},
		"two who were asked say no": {func(h *hub) *claim.Account {
			h.log("Ada", "2022-03-08 18:00", 60, "held")
			h.mentor.Asked, h.mentor.Confirmed = 7, 5
			return h.claim("Ada", "")
		}, "5 of 7 people who were asked confirmed that their session took place."},
		"one who was asked says no": {func(h *hub) *claim.Account {
			h.log("Ada", "2022-03-08 18:00", 60, "held")
			h.mentor.Asked, h.mentor.Confirmed = 7, 6
			return h.claim("Ada", "")
		}, ""},
		"at the time of a workshop": {func(h *hub) *claim.Account {
			h.log("Ada", "2022-03-08 14:30", 60, "held")
			h.came = []claim.Workshop{{Course: "one", Start: at("2022-03-08 14:00"), End: at("2022-03-08 17:00")}}
			return h.claim("Ada", "")
		}, "Line 1 is at the time of a workshop on 8 March 2022."},
		"colleagues of the same practice": {func(h *hub) *claim.Account {
			h.talk("Ada", "2022-03-08", "C-Bea", "z99999")
			h.talk("Ada", "2022-03-15", "C-Cy", "Z99999")
			h.talk("Ada", "2022-03-22", "C-Dee", "Z11111")
			return h.claim("Ada", "")
		}, "2 of 3 conversations were with colleagues from the claimant’s own practice."},
		"the same colleague": {func(h *hub) *claim.Account {
			h.talk("Ada", "2022-03-08", "C-Bea", "Z11111")
			h.talk("Ada", "2022-03-15", "C-Bea", "Z11111")
			return h.claim("Ada", "")
		}, "2 conversations of the year were with the same colleague, C-Bea."},
		"two with each other": {func(h *hub) *claim.Account {
			h.talk("Bea", "2022-03-08", "C-Ada", "Z11111")
			h.claim("Bea", "")
			h.talk("Ada", "2022-03-15", "C-Bea", "Z11111")
			return h.claim("Ada", "")
		}, "The claimant and C-Bea held conversations with each other."},
		"three in turn": {func(h *hub) *claim.Account {
			h.talk("Bea", "2022-03-08", "C-Cy", "Z11111")
			h.claim("Bea", "")
			h.talk("Cy", "2022-03-10", "C-Ada", "Z11111")
			h.claim("Cy", "")
			h.talk("Ada", "2022-03-15", "C-Bea", "Z11111")
			return h.claim("Ada", "")
		}, "The claimant, C-Bea and C-Cy held conversations in turn."},
		"a line of three that is no ring": {func(h *hub) *claim.Account {
			h.talk("Bea", "2022-03-08", "C-Cy", "Z11111")
			h.claim("Bea", "")
			h.talk("Ada", "2022-03-15", "C-Bea", "Z11111")
			return h.claim("Ada", "")
		}, ""},
		"the same reference of the payer": {func(h *hub) *claim.Account {
			for _, name := range []string{"Bea", "Ada"} {
				h.log(name, "2022-03-08 18:00", 60, "held")
				a := h.claim(name, "")
				for _, by := range []string{"checker-one@example.org", "payer-one@example.org"} {
					if _, err := h.SetVendor(h.t.Context(), a.ID, "000777", by); err != nil {
						h.t.Fatal(err)
					}
				}
			}
			h.clock = at("2022-06-01 10:00")
			return h.claim("Ada", "")
		}, "1 others have the same reference of the payer."},
		"a new reference of the payer": {func(h *hub) *claim.Account {
			h.log("Ada", "2022-03-08 18:00", 60, "held")
			a := h.claim("Ada", "")
			for _, by := range []string{"checker-one@example.org", "payer-one@example.org"} {
				if _, err := h.SetVendor(h.t.Context(), a.ID, "000777", by); err != nil {
					h.t.Fatal(err)
				}
			}
			return a
		}, "The payer’s reference was changed on 1 April 2022."},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHub(t)
			got := h.doubts(c.make(h))
			if c.want == "" && got != "" || !strings.Contains(got, c.want) {
				t.Errorf("the doubts are\n%s\nand not %q", got, c.want)
			}
		})
	}
}

// TestSamePeople: if the same two people always look at somebody's lines, that is a doubt from the
// tenth line on.
func TestSamePeople(t *testing.T) {
	h := newHub(t)
	for n := range 12 {
		h.log("Ada", at("2021-11-02 18:00").AddDate(0, 0, 7*n).Add(time.Duration(n)*time.Minute).Format("2006-01-02 15:04"),
			60, "held")
	}
	a := h.claim("Ada", "I was ill")
	for n := 1; n <= 10; n++ {
		if strings.Contains(h.doubts(a), "approved by") {
			t.Fatalf("found with %d lines", n-1)
		}
		for _, act := range []struct {
			do claim.Act
			by string
		}{{claim.Check, "checker-one@example.org"}, {claim.Approve, "approver-one@example.org"}} {
			var err error
			if a, err = h.Do(t.Context(), claim.LineRef{Account: a.ID, N: n}, act.do, act.by, ""); err != nil {
				t.Fatal(fmt.Sprint(n), err)
			}
		}
	}
	if got := h.doubts(a); !strings.Contains(got,
		"10 of 10 lines were checked by checker-one@example.org and approved by approver-one@example.org.") {
		t.Errorf("the doubts are\n%s", got)
	}
}
