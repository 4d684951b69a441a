package course

import (
	"bytes"
	"slices"
	"strings"
	"testing"
	"time"
)

// bare is a course that leaves out all that it may.
const bare = `---
title: Reading
summary: A course about reading.
describe: A course for GPs about reading, which each takes in their own time.
programme_year: 2021/22
provider: {name: Speech Ltd}
qualification: None
at_a_glance: {what: Reading, who: [GPs], why: [It helps], length: As you like, delivery: Texts, time_of_day: Any, cost: [Nothing]}
contact: {email: ask@example.org}
lead: {email: lead@example.org}
MORE
---
`

func loadBare(t *testing.T, more string) *Course {
	t.Helper()
	c, faults := loadText(strings.Replace(bare, "MORE", more, 1))
	if err := faults.Err(); err != nil {
		t.Fatalf("%v in\n%s", err, more)
	}
	return c
}

// TestOptional: what a course can leave out. A course without deadline and cohorts is always open
// and has none of the facts; with cohorts it is open until the last of them starts.
func TestOptional(t *testing.T) {
	far := time.Date(2030, 1, 1, 0, 0, 0, 0, London)
	c := loadBare(t, "")
	if !c.Closes().IsZero() || c.ApplyBy() != "" || c.Status(far) != Open || len(c.Changes()) != 0 || c.Finished(far) {
		t.Errorf("it closes at %v, %q, is %s, changes at %v", c.Closes(), c.ApplyBy(), c.Status(far), c.Changes())
	}
	for _, name := range Optional {
		if value, known := c.Fact(name); known {
			t.Errorf("it has the fact %s: %q", name, value)
		}
	}
	c = loadBare(t, "opens: Monday 6 September 2021")
	if got := c.Status(time.Date(2021, 9, 5, 23, 59, 0, 0, London)); got != NotYetOpen {
		t.Errorf("before it opens it is %s", got)
	}
	c = loadBare(t, `cohorts:
  - name: Derby
    left: 3
    place: {name: Town Hall, town: Derby, address: "Market Place, DE1 3AH"}
    workshops: [{date: Friday 5 November 2021, time: 2pm to 5pm}]
  - name: Leeds
    full: yes
    place: {name: Library, town: Leeds, address: "Calverley Street, Leeds LS1 3AB", map: https://maps.example.org/leeds}
    workshops: [{date: Tuesday 2 November 2021, time: 2pm to 5pm}]
mode: onsite
price: £120`)
	last := time.Date(2021, 11, 5, 14, 0, 0, 0, London)
	if !c.Closes().Equal(last) || c.ApplyBy() != "1:59pm on Friday 5 November 2021" ||
		c.Status(last.Add(-time.Minute)) != ClosingSoon || c.Status(last) != Closed {
		t.Errorf("it closes at %v, %s", c.Closes(), c.ApplyBy())
	}
	if got, want := c.Where(), []string{"In person: Town Hall, Market Place, DE1 3AH, Derby",
		"In person: Library, Calverley Street, Leeds LS1 3AB"}; !slices.Equal(got, want) {
		t.Errorf("it is at %q, want %q", got, want)
	}
	for _, one := range []struct {
		day           int // of November
		derby, leeds  string
		together, are string
	}{{1, "3 places left", "Full", "3 places left", "before"}, {4, "3 places left", "", "3 places left", "Leeds has begun"},
		{5, "3 places left", "", "3 places left", "the last day"}, {6, "", "", "", "over"}} {
		at := time.Date(2021, 11, one.day, 9, 0, 0, 0, London)
		derby, leeds, together := c.LeftIn(&c.Cohorts[0], at), c.LeftIn(&c.Cohorts[1], at), c.LeftText(at)
		if derby != one.derby || leeds != one.leeds || together != one.together {
			t.Errorf("%s: places %q, %q, together %q", one.are, derby, leeds, together)
		}
	}
	if next, later, ok := c.NextStart(last.AddDate(0, 0, -2)); !ok || later != 0 || next.Date != DateOf(last) {
		t.Errorf("next starts %v, and %d later", next, later)
	}
	var b bytes.Buffer
	c.Entry(c.Cohorts[1], 0, "https://hub.example.org").Write(&b)
	if !strings.Contains(b.String(), `LOCATION:Library\, Calverley Street\, Leeds LS1 3AB`) {
		t.Errorf("the calendar says\n%s", &b)
	}
	c = loadBare(t, `cohorts:
  - name: Evening
    workshops: [{date: Friday 5 November 2021, time: 6pm to 8pm}]
mode: online
join: https://meet.example.org/reading`)
	b.Reset()
	c.Entry(c.Cohorts[0], 0, "https://hub.example.org").Write(&b)
	if text := strings.ReplaceAll(b.String(), "\r\n ", ""); !strings.Contains(text,
		"LOCATION:https://meet.example.org/reading\r\nCONFERENCE;VALUE=URI;FEATURE=VIDEO;LABEL=Join online:https://meet.example.org/reading\r\n") {
		t.Errorf("the calendar says\n%s", text)
	}
}
