package site

import (
	"bytes"
	"encoding/json"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"traininghub/internal/course"
)

type readEvent struct {
	UID, Summary, Description, URL string
	Sequence                       int
	Start, End, Stamp, Modified    string
	Status                         string
}

// readCalendar reads a calendar with ical.js.
func readCalendar(t *testing.T, data []byte) (name string, events []readEvent) {
	t.Helper()
	cmd := exec.Command("node", "testdata/ical.mjs")
	cmd.Stdin = bytes.NewReader(data)
	var wrong bytes.Buffer
	cmd.Stderr = &wrong
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v: %s", err, &wrong)
	}
	var read struct {
		Name   string
		Events []readEvent
	}
	if err := json.Unmarshal(out, &read); err != nil {
		t.Fatal(err)
	}
	return read.Name, read.Events
}

// TestCalendar lets ical.js read a course with workshops on both sides of both changes of the
// clocks, and with texts that need escaping and folding.
func TestCalendar(t *testing.T) {
	hub := readArchive(t, "testdata/hub.txt").fs()
	file := hub["courses/talking.md"]
	file.Data = []byte(change(t, string(file.Data), `- title: Talking well
+ title: "Talking, well; or \\ not – écoute, écoute, écoute, écoute"
+ dates_changed: Friday 1 October 2021
- opens: Monday 6 September 2021
- hours: 5
+ hours: 12
- sessions:
-   - title: First
-     hours: 3
-     covers: [Words]
-   - title: Second
-     hours: 2
-     covers: [Sentences]
-       - date: Tuesday 2 November 2021
-         time: 2pm to 5pm
-       - date: Tuesday 9 November 2021
-         time: 6pm to 8pm
+       - date: Saturday 30 October 2021
+         time: 6:30pm to 8pm
+       - date: Sunday 31 October 2021
+         time: 6:30pm to 8pm
+       - date: Saturday 26 March 2022
+         time: 9am to midday
+       - date: Sunday 27 March 2022
+         time: 9am to midday
+         title: The last one
+         cancelled: yes
`))
	s, faults := load(t, hub)
	if err := faults.Err(); err != nil {
		t.Fatal(err)
	}
	out, err := s.Build(day.AddDate(1, 0, 0)) // long afterwards, the workshops are still there
	if err != nil {
		t.Fatal(err)
	}
	name, events := readCalendar(t, out["courses/talking/cohort-1.ics"])
	const title = `Talking, well; or \ not – écoute, écoute, écoute, écoute`
	// ical.js does not unescape properties that it does not know yet.
	if name != `Talking\, well\; or \\ not – écoute\, écoute\, écoute\, écoute\, Cohort 1` {
		t.Errorf("the calendar's name is %q", name)
	}
	want := []readEvent{
		{Summary: "Workshop 1", Start: "2021-10-30T17:30:00.000Z", End: "2021-10-30T19:00:00.000Z",
			Description: "Saturday 30 October 2021, 6:30pm to 8pm"},
		{Summary: "Workshop 2", Start: "2021-10-31T18:30:00.000Z", End: "2021-10-31T20:00:00.000Z",
			Description: "Sunday 31 October 2021, 6:30pm to 8pm"},
		{Summary: "Workshop 3", Start: "2022-03-26T09:00:00.000Z", End: "2022-03-26T12:00:00.000Z",
			Description: "Saturday 26 March 2022, 9am to midday"},
		{Summary: "The last one", Start: "2022-03-27T08:00:00.000Z", End: "2022-03-27T11:00:00.000Z",
			Description: "Sunday 27 March 2022, 9am to midday (cancelled)", Sequence: 1, Status: "CANCELLED"},
	}
	if len(events) != len(want) {
		t.Fatalf("there are %d events, want %d", len(events), len(want))
	}
	for i, w := range want {
		w.UID = "talking.2021.cohort-1.workshop-" + string(rune('1'+i)) + "@hub.example.org"
		w.Sequence += 7944 // days from 1 January 2000
		w.Summary = title + ": " + w.Summary
		w.URL = "https://hub.example.org/courses/talking/"
		w.Description = "Cohort 1, " + w.Description + ". " + w.URL
		w.Stamp, w.Modified = "2021-10-01T00:00:00.000Z", "2021-10-01T00:00:00.000Z"
		if events[i] != w {
			t.Errorf("event %d\ngot  %+v\nwant %+v", i+1, events[i], w)
		}
	}
	for file, data := range out {
		if !strings.HasSuffix(file, ".ics") {
			continue
		}
		for line := range strings.Lines(string(data)) {
			if text, ok := strings.CutSuffix(line, "\r\n"); !ok || strings.ContainsAny(text, "\r\n") ||
				len(text) > 75 || !utf8.ValidString(text) {
				t.Errorf("%s: the line %q is too long or does not end as it has to", file, line)
			}
		}
	}
}

// TestCalendars: a course's calendar has all its cohorts, and the hub's has all its courses. A
// workshop has the same UID everywhere, and keeps it when it is moved.
func TestCalendars(t *testing.T) {
	s, out := buildContent(t, instants["after"])
	uids := func(file string) []string {
		_, events := readCalendar(t, out[file])
		var all []string
		for _, e := range events {
			all = append(all, e.UID)
		}
		return all
	}
	whole := uids("calendar.ics")
	own := uids("courses/career-conversations/dates.ics")
	second := uids("courses/career-conversations/cohort-2.ics")
	if len(whole) != 12 || len(own) != 9 || len(second) != 3 {
		t.Errorf("there are %d entries of the hub, two of them deadlines, %d of the course, %d of the cohort, want 12, 9, 3", len(whole), len(own), len(second))
	}
	if !slices.Equal(own[3:6], second) || !slices.Equal(whole[:9], own) {
		t.Errorf("the same workshops have other UIDs:\n%q\n%q\n%q", whole, own, second)
	}
	if sorted := slices.Sorted(slices.Values(whole)); len(slices.Compact(sorted)) != len(whole) {
		t.Errorf("two workshops have the same UID: %q", whole)
	}
	c := s.course("career-conversations")
	before := c.Entry(c.Cohorts[0], 1, s.Hub.BaseURL)
	moved := c.Cohorts[0]
	moved.Workshops = slices.Clone(moved.Workshops)
	moved.Workshops[1].Date = course.Date{Year: 2021, Month: time.November, Day: 11}
	if after := c.Entry(moved, 1, s.Hub.BaseURL); after.UID != before.UID || after.Start.Equal(before.Start) {
		t.Errorf("moved from %+v to %+v", before, after)
	}
}

// TestCalendarBlock goes through the days of the page with all dates.
func TestCalendarBlock(t *testing.T) {
	s, _ := buildContent(t, instants["open"])
	for _, c := range []struct {
		at    time.Time
		days  int
		first string
		past  int
	}{
		{time.Date(2021, 9, 20, 12, 0, 0, 0, course.London), 12,
			"Friday 1 October 2021, by 11:59pm: Applications close", 0},
		{time.Date(2021, 10, 1, 23, 59, 59, 0, course.London), 12,
			"Friday 1 October 2021, by 11:59pm: Applications close", 0},
		{time.Date(2021, 10, 2, 0, 0, 0, 0, course.London), 11,
			"Friday 15 October 2021, by 11:59pm: Applications close", 0},
		{time.Date(2021, 11, 17, 23, 59, 59, 0, course.London), 8,
			"Wednesday 17 November 2021, 1:30pm to 4:30pm: Virtual workshop", 0},
		{time.Date(2021, 11, 18, 0, 0, 0, 0, course.London), 7,
			"Tuesday 23 November 2021, 6pm to 8pm: Workshop 3: plans and next steps (Cohort 1)", 1},
		{time.Date(2022, 3, 3, 0, 0, 0, 0, course.London), 0, "", 2},
	} {
		days, first := 0, ""
		for _, m := range s.calendar(s.catalogue(c.at), c.at).Months {
			for _, d := range m.Days {
				if days++; days == 1 {
					first = d.Date.String() + ", " + d.Time + ": " + d.What
				}
				if name := d.Date.String(); !strings.HasSuffix(name, m.Name) {
					t.Errorf("%s stands in %s", name, m.Name)
				}
			}
		}
		if days != c.days || first != c.first || len(s.past(c.at).Courses) != c.past {
			t.Errorf("%v: %d days from %q, %d past; want %d from %q, %d", c.at, days, first,
				len(s.past(c.at).Courses), c.days, c.first, c.past)
		}
	}
}
