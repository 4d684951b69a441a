package main

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"traininghub/internal/document"
	"traininghub/internal/form"
	"traininghub/internal/mentoring"
	"traininghub/internal/sqlite"
)

// TestMentoringCommands: the office's commands reach the store of mentoring only when they are told
// to, and never open both stores.
func TestMentoringCommands(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	for _, file := range []string{database(data), walled(data)} {
		if err := sqlite.Make(file); err != nil {
			t.Fatal(err)
		}
	}
	value := func(name string) string {
		return map[string]string{"data": data, "content": "../../content", "as-of": "20 September 2021"}[name]
	}
	walls, store, err := openBehind(t.Context(), value, os.Stderr)
	if err != nil {
		t.Fatal(err)
	}
	for i := range 6 {
		r := &mentoring.Request{
			ID: "request-gs-" + string(rune('a'+i)), Service: "gp-s", Area: "derbyshire", Role: "gp",
			Contact: mentoring.Contact{Name: "Marker Person", Email: "marker@example.org"},
			Document: &document.Submission{Sections: []document.Section{{Items: []document.Item{
				{ID: "heard", Kind: form.Choice, Answer: "My appraiser", Normal: "appraiser"}}}}},
		}
		r.Note(time.Date(2021, 8, 2, 9, 0, 0, 0, time.UTC), mentoring.EventReceived, mentoring.ByMentee, "", "")
		if err := walls.Requests.Requests().Create(t.Context(), r); err != nil {
			t.Fatal(err)
		}
	}
	store.Close()
	if text, err := os.ReadFile(walled(data)); err != nil || !bytes.Contains(text, []byte("Marker")) {
		t.Fatalf("the database of mentoring does not have the requests: %v", err)
	}
	log := ""
	run := func(want string, in string, args ...string) {
		t.Helper()
		var out bytes.Buffer
		err := exec(context.Background(), slices.Concat(args[:1], []string{"--data", data, "--content",
			"../../content"}, args[1:]), strings.NewReader(in), &out, &out,
			func(string) string { return "" })
		log += out.String()
		if got := out.String(); !strings.Contains(got, want) && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("hub %s says %q, %v, and not %q", strings.Join(args, " "), got, err, want)
		}
		if !errors.Is(err, errUsage) && strings.Contains(out.String(), "Marker") != strings.Contains(want, "Marker") {
			t.Errorf("hub %s says %q", strings.Join(args, " "), out.String())
		}
	}
	file := filepath.Join(data, "figures.csv")
	run("is not over yet", "", "figures", "--service", "gp-s", "--as-of", "20 September 2021", "--quarter",
		"20 September 2021")
	run(`there is no "gp" that`, "", "figures", "--service", "gp", "--as-of", "20 October 2021")
	run("July to September 2021, in "+file, "", "figures", "--service", "gp-s", "--as-of", "20 October 2021", file)
	if csv, err := os.ReadFile(file); err != nil || !strings.Contains(string(csv),
		`"Derbyshire","heard of it by","My appraiser","6"`) {
		t.Errorf("the figures are %s, %v", csv, err)
	}
	run("records are as the hub wrote them", "", "audit")
	run("6 records of mentoring are as the hub wrote them", "", "audit", "--mentoring")
	run("There is nothing to erase", "", "person", "--email", "marker@example.org", "--erase")
	run("Marker Person", "", "person", "--mentoring", "--email", "marker@example.org")
	all := "request-gs-a request-gs-b request-gs-c request-gs-d request-gs-e request-gs-f"
	run("nothing was erased", "request-gs-a\n", "person", "--mentoring", "--email", "marker@example.org", "--erase")
	copied := filepath.Join(t.TempDir(), "monday.db")
	if _, wrong, code := calling(t, "backup", "--data", data, copied); code != 0 {
		t.Fatalf("no copy: %s", wrong)
	}
	for range 2 {
		run("6 erased", all+"\n", "person", "--mentoring", "--email", "marker@example.org", "--erase")
		run("There is nothing to erase", "", "person", "--mentoring", "--email", "marker@example.org", "--erase")
		for _, file := range []string{database(data), walled(data), database(data) + "-wal", walled(data) + "-wal"} {
			if text, err := os.ReadFile(file); err == nil && bytes.Contains(text, []byte("Marker")) {
				t.Errorf("%s has the name of somebody who was erased", filepath.Base(file))
			}
		}
		// An older copy is put back. Whoever was erased since is erased again, as the log says.
		for _, file := range []string{walled(data), walled(data) + "-wal", walled(data) + "-shm"} {
			os.Remove(file) // the last two may not be there
		}
		text, err := os.ReadFile(filepath.Join(filepath.Dir(copied), "mentoring-monday.db"))
		if err != nil || !bytes.Contains(text, []byte("Marker")) || os.WriteFile(walled(data), text, 0o600) != nil {
			t.Fatalf("the copy cannot be put back: %v", err)
		}
		erased := erasedIn(log)
		slices.Sort(erased)
		if got := strings.Join(slices.Compact(erased), " "); got != all {
			t.Errorf("as erased %s are in the log, want %s", got, all)
		}
	}
	run("6 erased", all+"\n", "person", "--mentoring", "--email", "marker@example.org", "--erase")
	os.Remove(file)
	run("July to September 2021, in "+file, "", "figures", "--service", "gp-s", "--as-of", "20 October 2021", file)
	if csv, err := os.ReadFile(file); err != nil || !strings.Contains(string(csv), `"My appraiser","6"`) {
		t.Errorf("after the erasure the figures are %s, %v", csv, err)
	}
}
