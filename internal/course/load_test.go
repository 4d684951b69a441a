package course

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"traininghub/internal/source"
)

const good = `---
title: Talking well
summary: A course about talking.
describe: A course for GPs about talking well with colleagues, in two virtual workshops.
programme_year: 2021/22
provider: {name: Speech Ltd, website: www.example.org}
tutors:
  - name: Ada Example
    about: Teaches the {{hours}} hours.
qualification: Certificate
at_a_glance:
  what: Talking, by {{provider}}
  who: [GPs]
  why: [It helps]
  length: "{{hours}} hours"
  delivery: Online
  time_of_day: Daytime
  cost: ["{{fee}} a session"]
opens: 6 September 2021
deadline: Friday 15 October 2021
charge: £352.50
amounts:
  fee: £289
figures:
  places: 12
contact:
  email: ask@example.org
lead:
  name: STP lead
  email: lead@example.org
hours: 5
weeks: 4
sessions:
  - {title: First, hours: 3, covers: [Words]}
  - {title: Second, hours: 2, covers: ["Words for {{places}} people"]}
modules:
  - {title: Start, weeks: 1, about: "Until {{start}}"}
  - {title: End, weeks: 3}
cohorts:
  - name: Cohort 1
    workshops:
      - date: Tuesday 2 November 2021
        time: 2pm to 5pm
      - date: Tuesday 9 November 2021
        time: 6pm to 8pm
  - name: Cohort 2
    workshops:
      - date: Sunday 27 March 2022
        time: 2pm to 5pm
      - date: Monday 28 March 2022
        time: 2pm to 4pm
---
Text.
`

// placeOf returns the position in a course of the value that follows the last key in lines.
func placeOf(t *testing.T, text, lines string) string {
	t.Helper()
	i := strings.LastIndex(text, lines)
	if i < 0 {
		t.Fatalf("%q does not stand in the course", lines)
	}
	p := source.PositionIn([]byte(text), i+strings.LastIndex(lines, ": ")+2)
	return fmt.Sprintf("content/courses/talking.md:%d:%d", p.Line, p.Column)
}

func loadText(text string) (*Course, source.Faults) {
	courses, faults := Load(fstest.MapFS{"courses/talking.md": {Data: []byte(text)}}, "courses")
	return courses[0], faults.Errors() // the warnings have cases in site/testdata/faults
}

// TestContradictions changes one line of a good course, or adds some, and expects one fault, at the
// value of the last.
func TestContradictions(t *testing.T) {
	if _, faults := loadText(good); faults != nil {
		t.Fatalf("the good course has faults:\n%v", faults)
	}
	for _, c := range []struct {
		old, new, want string
	}{
		{"title: Talking well", "title: " + strings.Repeat("talk ", 14) + "x",
			"the title has 71 characters (make it 65 or less)"},
		{"programme_year: 2021/22", "programme_year: 2021",
			`"programme_year" must be two years, not "2021" (write it like "2021/22")`},
		{"programme_year: 2021/22", "programme_year: 2021/23",
			`"programme_year" must be two years that follow each other, not "2021/23" (write "2021/22")`},
		{"website: www.example.org", "website: our site",
			`"website" must be a web address, not "our site" (write it like "www.example.org" or "https://example.org/training")`},
		{"website: www.example.org", "website: http://example.org",
			`"website" must be a web address, not "http://example.org" (write it like "www.example.org" or "https://example.org/training")`},
		{"email: ask@example.org", "email: ask at example.org",
			`"email" must be an email address, not "ask at example.org" (write it like "name@example.org")`},
		{"email: lead@example.org", "email: lead@example.org\ndeputy: {name: Sam Example, email: sam}",
			`"email" must be an email address, not "sam" (write it like "name@example.org")`},
		{"email: lead@example.org", "email: lead@localhost",
			`"email" must be an email address, not "lead@localhost" (write it like "name@example.org")`},
		{"opens: 6 September 2021", "opens: 16 October 2021",
			"applications open on Saturday 16 October 2021, after the deadline on Friday 15 October 2021 (correct one of the two)"},
		{"deadline: Friday 15 October 2021", "deadline: 2 November 2021",
			"the deadline, 11:59pm on Tuesday 2 November 2021, is after the first workshop, 2pm on Tuesday 2 November 2021 (correct the deadline or the workshop)"},
		{"deadline: Friday 15 October 2021", "deadline: Friday 3 December 2021",
			"the deadline, 11:59pm on Friday 3 December 2021, is after the first workshop, 2pm on Tuesday 2 November 2021 (correct the deadline or the workshop)"},
		{"opens: 6 September 2021", "opens: 6 September 2021\nreviewed: 1 May 2021\nreview_due: 1 May 2020",
			"the next review, Friday 1 May 2020, is not after the last one, Saturday 1 May 2021 (correct one of the two)"},
		{"time: 2pm to 4pm", "time: 2pm to 4:30pm",
			`this workshop takes 2.5 hours, but its session "Second" has 2 hours (correct the time here or the hours of the session)`},
		{"date: Tuesday 9 November 2021", "date: Monday 1 November 2021",
			"this workshop of Cohort 1 begins before the one above it has ended (put them in order of time)"},
		{"hours: 5", "hours: 6",
			"the sessions add up to 5 hours, but the course has 6 hours (correct the hours here or those of a session)"},
		{"hours: 5", "hours: -5", "a course cannot have -5 hours (write how long the course is)"},
		{"weeks: 4", "weeks: 5",
			"the modules add up to 4 weeks, but the course has 5 weeks (correct the weeks here or those of a module)"},
		{"  fee: £289", "  fee: £289\n  charge: £1", `every course has a fact "charge" already (give it another name)`},
		{"  fee: £289", "  fee: £289\n  The fee: £1",
			`"The fee" cannot be the name of a fact (use small letters, figures and hyphens: "session-fee")`},
		{"  places: 12", "  places: 12\n  fee: 3",
			`"fee" stands among the amounts, too (give one of them another name)`},
		{"name: Cohort 2", "name: Cohort 1", `there are two cohorts with the name "Cohort 1" (give each its own name)`},
		{"name: Cohort 2", "name: Cohort 2\n    places: -1",
			`Cohort 2 cannot have -1 places (write for how many people the cohort has places, or remove the line if there is no limit)`},
	} {
		text := strings.Replace(good, c.old, c.new, 1)
		_, faults := loadText(text)
		want := placeOf(t, text, c.new) + ": " + c.want
		if got := faults.Error(); got != want {
			t.Errorf("%s -> %s:\ngot  %s\nwant %s", c.old, c.new, got, want)
		}
	}
}

// TestClockChange puts workshops and a deadline into and around the hours of London's clock
// changes.
func TestClockChange(t *testing.T) {
	for _, c := range []struct{ date, from, want string }{
		{"Sunday 27 March 2022", "12:30am to 3:30am",
			"12:30am to 3:30am on Sunday 27 March 2022: the clocks change between the two"},
		{"Sunday 27 March 2022", "1:30am to 4:30am",
			"1:30am to 4:30am on Sunday 27 March 2022: the clocks go forward, and this time is left out"},
		{"Sunday 27 March 2022", "2am to 5am", ""},
		{"Sunday 30 October 2022", "1:30am to 4:30am",
			"1:30am to 4:30am on Sunday 30 October 2022: the clocks go back, and this time comes twice"},
		{"Sunday 30 October 2022", "2am to 5am", ""},
	} {
		text := strings.Replace(good, "date: Sunday 27 March 2022\n        time: 2pm to 5pm",
			"date: "+c.date+"\n        time: "+c.from, 1)
		text = strings.Replace(text, "date: Monday 28 March 2022", "date: 31 October 2022", 1)
		_, faults := loadText(text)
		want := ""
		if c.want != "" {
			want = "content/courses/talking.md:49:15: " + c.want + " (choose a time before 1am or after 2am)"
		}
		if got := faults.Error(); got != want {
			t.Errorf("%s, %s:\ngot  %s\nwant %s", c.date, c.from, got, want)
		}
	}
	_, faults := loadText(strings.Replace(good, "deadline: Friday 15 October 2021",
		"deadline: Sunday 31 October 2021\ndeadline_time: 1:30am", 1))
	if got, want := faults.Error(), "content/courses/talking.md:21:16: 1:30am on Sunday 31 October 2021: the clocks go back, and this time comes twice (choose a time before 1am or after 2am)"; got != want {
		t.Errorf("deadline:\ngot  %s\nwant %s", got, want)
	}
}

// TestAllFaults: an unreadable value hides no other mistake.
func TestAllFaults(t *testing.T) {
	text := strings.NewReplacer("charge: £352.50", "charge: 352.50", "weeks: 4", "weeks: 5", "time: 2pm to 4pm",
		"time: 2 to 4").Replace(good)
	_, faults := loadText(text)
	want := []string{
		`content/courses/talking.md:21:9: "charge" must be in pounds, not "352.50" (write "£352.50")`,
		`content/courses/talking.md:32:8: the modules add up to 4 weeks, but the course has 5 weeks (correct the weeks here or those of a module)`,
		`content/courses/talking.md:51:15: "time" must be a time, not "2" (write it like "2pm" or "1:30pm")`,
	}
	if got := faults.Error(); got != strings.Join(want, "\n") {
		t.Errorf("got\n%s\nwant\n%s", got, strings.Join(want, "\n"))
	}
}

func TestFacts(t *testing.T) {
	c, _ := loadText(good)
	for name, want := range map[string]string{
		"title":          "Talking well",
		"deadline":       "Friday 15 October 2021",
		"apply-by":       "11:59pm on Friday 15 October 2021",
		"opens":          "Monday 6 September 2021",
		"charge":         "£352.50",
		"contact":        "ask@example.org",
		"lead":           "lead@example.org",
		"lead.name":      "STP lead",
		"provider":       "Speech Ltd",
		"year":           "2021/22",
		"hours":          "5",
		"weeks":          "4",
		"start":          "Tuesday 2 November 2021",
		"cohorts":        "2",
		"cohort-2.start": "Sunday 27 March 2022",
		"cohort-1.dates": "Tuesday 2 November 2021, 2pm to 5pm; Tuesday 9 November 2021, 6pm to 8pm",
		"fee":            "£289",
		"places":         "12",
	} {
		if got, ok := c.Fact(name); !ok || got != want {
			t.Errorf("%s is %q, %v; want %q", name, got, ok, want)
		}
	}
	if got, ok := c.Fact("contact.name"); ok {
		t.Errorf("contact.name is left out, but known as %q", got)
	}
	for _, name := range c.FactNames() {
		if _, ok := c.Fact(name); !ok {
			t.Errorf("%s is listed, but not known", name)
		}
	}
}

func TestExpand(t *testing.T) {
	c, _ := loadText(good)
	e, faults := c.Expand(c.Fact, func(string) string { return "nothing" })
	if faults != nil {
		t.Error(faults)
	}
	got := []string{e.Tutors[0].About, e.Glance.What, e.Glance.Length, e.Glance.Cost[0], e.Sessions[1].Covers[0],
		e.Modules[0].About}
	want := []string{"Teaches the 5 hours.", "Talking, by Speech Ltd", "5 hours", "£289 a session",
		"Words for 12 people", "Until Tuesday 2 November 2021"}
	if !slices.Equal(got, want) {
		t.Errorf("got %q\nwant %q", got, want)
	}
	if c.Glance.Length != "{{hours}} hours" || c.Sessions[1].Covers[0] != "Words for {{places}} people" {
		t.Error("the course itself was changed")
	}
	c, _ = loadText(strings.Replace(good, "{{fee}}", "{{free}}", 1))
	_, faults = c.Expand(c.Fact, func(name string) string { return "not " + name })
	if got, want := faults.Error(), `content/courses/talking.md:18:11: there is no fact named "free" (not free)`; got != want {
		t.Errorf("got %s\nwant %s", got, want)
	}
}

// TestContent checks the courses of this repository against facts from the customer's documents.
func TestContent(t *testing.T) {
	courses, faults := Load(os.DirFS("../../content"), "courses")
	if faults != nil {
		t.Fatal(faults)
	}
	var got []string
	for _, c := range courses {
		for _, name := range []string{"apply-by", "charge", "start", "hours", "cohorts", "lead"} {
			f, _ := c.Fact(name)
			got = append(got, f)
		}
	}
	want := []string{
		"11:59pm on Friday 15 October 2021", "£352.50", "Tuesday 2 November 2021", "8", "3", "s.christian@nhs.net",
		"11:59pm on Friday 1 October 2021", "£500", "Wednesday 17 November 2021", "50", "1", "sthccg.primarycareacademy@nhs.net",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

// TestCohortIDs: a cohort keeps its id when one above it is taken out, if its name has its number.
func TestCohortIDs(t *testing.T) {
	for names, want := range map[string]string{
		"Cohort 1, Cohort 2":                    "cohort-1 cohort-2",
		"Cohort 2, Cohort 3":                    "cohort-2 cohort-3",
		"Autumn, Spring":                        "cohort-1 cohort-2",
		"Autumn, Cohort 1, Spring":              "cohort-2 cohort-1 cohort-3",
		"Cohort 2, Cohort 2, Cohort 01, Cohort": "cohort-2 cohort-3 cohort-4 cohort-5",
	} {
		text, _, _ := strings.Cut(good, "cohorts:\n")
		text += "cohorts:\n"
		for _, name := range strings.Split(names, ", ") {
			text += "  - name: " + name + "\n    workshops:\n      - {date: 2 November 2021, time: 2pm to 5pm}\n"
		}
		c, _ := loadText(text + "---\n")
		var ids []string
		for _, k := range c.Cohorts {
			ids = append(ids, k.ID)
		}
		if got := strings.Join(ids, " "); got != want {
			t.Errorf("%s: %s, want %s", names, got, want)
		}
	}
}
