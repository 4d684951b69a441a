package service_test

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"traininghub/internal/course"
	"traininghub/internal/service"
)

const file = `---
title: Peer support
summary: Talk to a colleague.
describe: A service.
%s
contact: {email: ask@example.org}
areas: [{id: north, name: The north, lead: {email: north@example.org}}]
amounts: {fee: £25}
figures: {sessions: "4"}
---
`

func load(t *testing.T, dates string) *service.Service {
	t.Helper()
	text := fmt.Appendf(nil, file, dates)
	all, faults := service.Load(fstest.MapFS{"services/support.md": {Data: text}}, "services")
	if err := faults.Err(); err != nil {
		t.Fatal(err)
	}
	return all[0]
}

// TestStatus: a service is open from the beginning of its first day to the end of its last, in
// London's time; without days it is always open.
func TestStatus(t *testing.T) {
	at := func(day, hour, minute int) time.Time {
		return time.Date(2021, 9, day, hour, minute, 0, 0, course.London)
	}
	both := "opens: Monday 6 September 2021\ncloses: Friday 24 September 2021"
	for _, c := range []struct {
		dates string
		at    time.Time
		want  course.Status
	}{
		{both, at(5, 23, 59), course.NotYetOpen},
		{both, at(6, 0, 0), course.Open},
		{both, at(24, 23, 59), course.Open},
		{both, at(25, 0, 0), course.Closed},
		{"order: 1", at(1, 0, 0), course.Open},
		{"closes: Friday 24 September 2021", at(1, 0, 0), course.Open},
		{"opens: Monday 6 September 2021", at(1, 0, 0), course.NotYetOpen},
		{"closes: Saturday 30 October 2021", time.Date(2021, 10, 30, 23, 0, 0, 0, time.UTC), course.Closed}, // midnight in summer time
	} {
		s := load(t, c.dates)
		if got := s.Status(c.at); got != c.want || s.Accepts(c.at) != (c.want == course.Open) {
			t.Errorf("%q at %v: %s, want %s", c.dates, c.at, got, c.want)
		}
	}
	if got := load(t, both).Changes(); len(got) != 2 || !got[0].Equal(at(6, 0, 0)) || !got[1].Equal(at(25, 0, 0)) {
		t.Errorf("it changes at %v", got)
	}
	if got := load(t, "order: 1").Changes(); got != nil {
		t.Errorf("one without days changes at %v", got)
	}
}

func TestFacts(t *testing.T) {
	s := load(t, "closes: Friday 24 September 2021")
	for name, want := range map[string]string{
		"title": "Peer support", "closes": "Friday 24 September 2021", "contact": "ask@example.org", "areas": "1", "fee": "£25", "sessions": "4",
	} {
		if got, ok := s.Fact(name); !ok || got != want {
			t.Errorf("%s is %q (%v), want %q", name, got, ok, want)
		}
	}
	for _, name := range []string{"opens", "contact.name", "lead"} {
		if got, ok := s.Fact(name); ok {
			t.Errorf("%s is %q, but the file does not say", name, got)
		}
	}
}

// TestGuide: the example in the editors' guide is a service without a fault.
func TestGuide(t *testing.T) {
	guide, err := os.ReadFile("../../docs/editing.md")
	if err != nil {
		t.Fatal(err)
	}
	_, example, found := strings.Cut(string(guide), "```yaml\n---\ntitle: Peer support")
	example, _, closed := strings.Cut("---\ntitle: Peer support"+example, "```\n")
	if !found || !closed {
		t.Fatal("the guide has no example of a service")
	}
	all, faults := service.Load(fstest.MapFS{"services/peer-support.md": {Data: []byte(example)}}, "services")
	if err := faults.Err(); err != nil || len(all) != 1 || len(all[0].Areas) != 2 {
		t.Error(err)
	}
}
