package main

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
)

// TestRemovals takes a hub through a mistake in site.yaml, as its operator would see it.
func TestRemovals(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	first := startHub(t, data, firstDay)
	crowd := newCrowd(t, 1)
	crowd.set(first.base)
	crowd.come(3)
	crowd.references(12)
	crowd.close()
	waitForLetters(t, data)
	first.stop(t)
	confirmed := crowd.references(0)
	references := query[string](t, database(data), "select id from application where status = 'received'")

	content := filepath.Join(t.TempDir(), "content")
	must(t, os.CopyFS(content, os.DirFS("../../content")), "CopyFS")
	site := filepath.Join(content, "site.yaml")
	text, err := os.ReadFile(site)
	must(t, err, "ReadFile")
	days := regexp.MustCompile(`(?m)^retain_applications_days:.*$`)
	must(t, os.WriteFile(site, days.ReplaceAll(text, []byte("retain_applications_days: 3")), 0o644), "WriteFile")

	run := func(content string, args ...string) (string, error) {
		args = append(args, "--content", content, "--data", data, "--as-of", "2021-09-24")
		out, err := program(args...).CombinedOutput()
		return string(out), err
	}
	says := func(want string, args ...string) string {
		t.Helper()
		out, err := run(content, args...)
		if err != nil || !strings.Contains(out, want) {
			t.Errorf("hub %v: %v\n%s\nwant %s", args, err, out, want)
		}
		return out
	}
	says("Removal is as usual.", "removals")
	if out, err := run(content, "check", "--modules", "../../node_modules", "--against", "../../content"); err != nil ||
		!strings.Contains(out, "retain_applications_days is 3 days, and was") || !strings.Contains(out, "would be marked for removal at once, and by the days of before 0") {
		t.Errorf("%v\n%s", err, out)
	}

	hub := hubOf(content, data, "2021-09-24").start(t)
	eventually(t, "the brake", func() bool { return strings.Contains(says("", "removals"), "Nothing is removed since") })
	must(t, hub.cmd.Process.Signal(syscall.SIGTERM), "stopping a hub")
	hub.wait(t)
	if log := hub.log.String(); !strings.Contains(log, "nothing is removed until somebody allows it") {
		t.Errorf("the log: %s", log)
	}
	out := says("retain_applications_days is now 3 days, and was", "removals")
	if !strings.Contains(out, fmt.Sprintf("%d applications would be marked", len(references))) || !strings.Contains(out, "No application is marked") {
		t.Errorf("%s", out)
	}
	says("refused: nothing is removed", "removals", "--refuse")
	says("It was refused at", "removals")
	says(fmt.Sprintf("allowed, once: %d applications are marked for removal", len(references)), "removals", "--allow")
	out = says(fmt.Sprintf("Marked for removal, which nobody sees any more: %d.", len(references)), "removals")
	for _, ref := range references {
		if !strings.Contains(out, ref) {
			t.Errorf("%s is not listed", ref)
		}
		says(ref+" is back", "removals", "--restore", ref)
	}
	says("No application is marked for removal.", "removals")
	if out, err := run(content, "removals", "--allow"); err == nil || !strings.Contains(out, "nothing is held") {
		t.Errorf("%v\n%s", err, out)
	}
	wantReceived(t, database(data), confirmed)
}
