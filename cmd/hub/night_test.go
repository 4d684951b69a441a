package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestNights: people apply while the clocks go forward, and while they go back. Then the machine's
// clock is set back by half an hour, and corrected. Nothing is lost, doubled or late, and the
// chains of events are whole.
func TestNights(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]time.Time{
		"forward": time.Date(2021, 3, 28, 1, 0, 0, 0, time.UTC),
		"back":    time.Date(2020, 10, 25, 1, 0, 0, 0, time.UTC),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			data := t.TempDir()
			crowd := newCrowd(t, 2)
			crowd.pause = 5 * time.Millisecond
			serve := func(at time.Time) *process {
				hub := startHub(t, data, at.Format(time.RFC3339))
				crowd.set(hub.base)
				return hub
			}
			crowd.come(4)
			for i, at := range []time.Duration{-time.Second, -30 * time.Minute, time.Second} {
				hub := serve(change.Add(at))
				crowd.references(8 * (i + 1))
				hub.kill(t)
				crowd.set("")
			}
			hub := serve(change.Add(2 * time.Second))
			crowd.close()
			hub.stop(t)
			// The first hub's files have times in an hour that came twice, or never.
			age(t, filepath.Join(data, "outbox"))
			hub = serve(change.Add(26 * time.Hour))
			waitForLettersOf(t, data, change.Add(48*time.Hour))
			hub.stop(t)

			received := wantReceived(t, database(data), crowd.references(0))
			if len(received) != len(crowd.references(0)) {
				t.Errorf("%d applications, and %d references were shown", len(received), len(crowd.references(0)))
			}
			went := map[string]int{}
			for _, e := range mustDir(t, filepath.Join(data, "outbox")) {
				text, err := os.ReadFile(filepath.Join(data, "outbox", e.Name()))
				must(t, err, "ReadFile")
				_, id, _ := strings.Cut(string(text), "Message-ID: ")
				id, _, _ = strings.Cut(id, "\r\n")
				went[id]++
			}
			for ref, a := range received {
				for _, l := range a.Letters {
					if l.Owed.After(change.Add(48 * time.Hour)) {
						continue
					}
					if !l.IsSent() || went[l.MessageID] != 1 {
						t.Errorf("%s of %s, sent %v, is in the outbox %d times", l.Name, ref, l.Sent, went[l.MessageID])
					}
				}
			}
			if out, err := program("audit", "--content", "../../content", "--data", data, "--as-of", change.Add(48*time.Hour).Format(time.DateOnly)).CombinedOutput(); err != nil {
				t.Errorf("the audit: %v\n%s", err, out)
			}
		})
	}
}

func mustDir(t *testing.T, name string) []os.DirEntry {
	t.Helper()
	all, err := os.ReadDir(name)
	must(t, err, "ReadDir")
	return all
}

// TestDowngrade: a database written by a newer hub is refused with an explanation, and not changed.
func TestDowngrade(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	startHub(t, data, firstDay).stop(t)
	query[int](t, database(data), "pragma user_version = 99")
	before, err := os.ReadFile(database(data))
	must(t, err, "ReadFile")
	for _, args := range [][]string{
		{"serve", "--addr", "localhost:0", "--outbox", "localhost:0", "--content", "../../content", "--modules", "../../node_modules"},
		{"audit", "--content", "../../content"}, {"removals", "--content", "../../content"},
		{"person", "--content", "../../content", "--email", "a@example.org"},
		{"backup", filepath.Join(t.TempDir(), "copy.db")},
	} {
		out, err := program(append([]string{args[0], "--data", data}, args[1:]...)...).CombinedOutput()
		if err == nil || !strings.Contains(string(out), "use the hub that wrote it, or a newer one") {
			t.Errorf("hub %s: %v\n%s", args[0], err, out)
		}
	}
	if after, err := os.ReadFile(database(data)); err != nil || string(after) != string(before) {
		t.Errorf("the file is changed (%v)", err)
	}
}
