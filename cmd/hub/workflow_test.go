package main

import (
	"fmt"
	"os"
	osexec "os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// TestWorkflows: workflows run no action that somebody else can change, and call hub correctly.
func TestWorkflows(t *testing.T) {
	files, err := filepath.Glob("../../.github/workflows/*.yml")
	if err != nil || len(files) == 0 {
		t.Fatal("no workflows", err)
	}
	uses := regexp.MustCompile(`(?m)^ *(?:- )?uses: *(.*)$`)
	pinned := regexp.MustCompile(`^actions/[a-z-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$`)
	calls := regexp.MustCompile(`bin/hub ([a-z]+)`)
	var names []string
	for _, c := range commands(nil) {
		names = append(names, c.name)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range uses.FindAllSubmatch(text, -1) {
			if !pinned.Match(m[1]) {
				t.Errorf("%s: %s is not GitHub's own or not pinned by its full commit, with its version behind it", file, m[1])
			}
		}
		for _, m := range calls.FindAllSubmatch(text, -1) {
			if !slices.Contains(names, string(m[1])) {
				t.Errorf("%s: there is no command hub %s", file, m[1])
			}
		}
	}
}

// TestPreviews runs the workflow's own script with a real git: several pull requests at once
// publish their previews, one preview goes when its pull request is closed, and no old content
// stays anywhere.
func TestPreviews(t *testing.T) {
	workflow, err := os.ReadFile("../../.github/workflows/site.yml")
	must(t, err, "ReadFile")
	_, script, _ := strings.Cut(string(workflow), "name: Put it there, or take it away\n")
	_, script, _ = strings.Cut(script, "run: |\n")
	script, _, _ = strings.Cut(script, "\n\n")
	dir := t.TempDir()
	remote := filepath.Join(dir, "us", "hub.git")
	must(t, osexec.Command("git", "init", "--quiet", "--bare", "--initial-branch", "main", remote).Run(), "git init")
	// In place of GitHub's program: what was built is one page that names its run.
	gh := "#!/bin/sh\nfor last; do :; done\nmkdir -p \"$last/dates\"\necho \"$3\" > \"$last/dates/index.html\"\n"
	must(t, os.WriteFile(filepath.Join(dir, "gh"), []byte(gh), 0o755), "WriteFile")
	must(t, os.WriteFile(filepath.Join(dir, "sleep"), []byte("#!/bin/sh\n"), 0o755), "WriteFile") // nor does anybody wait
	run := func(number, id int, closed bool) error {
		home := t.TempDir()
		c := osexec.Command("bash", "-e", "-c", script)
		c.Dir, c.Env = home, []string{"HOME=" + home, "PATH=" + dir + ":" + os.Getenv("PATH"), "GH_TOKEN=x", "GH_REPO=us/hub", "SERVER=file://" + dir,
			fmt.Sprintf("FOLDER=pr-%d", number), fmt.Sprintf("CLOSED=%v", closed), fmt.Sprintf("GITHUB_RUN_ID=%d", id)}
		out, err := c.CombinedOutput()
		if err != nil {
			err = fmt.Errorf("%w\n%s", err, out)
		}
		return err
	}
	there := func() string {
		out, err := osexec.Command("git", "--git-dir", remote, "ls-tree", "-r", "--name-only", "previews").CombinedOutput()
		must(t, err, string(out))
		return strings.Join(strings.Fields(string(out)), " ")
	}
	errs := make(chan error)
	for i := range 3 {
		go func() { errs <- run(i+1, 10+i, false) }()
	}
	for range 3 {
		must(t, <-errs, "a preview")
	}
	if got := there(); got != ".nojekyll pr-1/dates/index.html pr-2/dates/index.html pr-3/dates/index.html robots.txt" {
		t.Errorf("after three at once there are %s", got)
	}
	must(t, run(1, 20, false), "the first again")
	must(t, run(2, 21, true), "the second is closed")
	if got := there(); got != ".nojekyll pr-1/dates/index.html pr-3/dates/index.html robots.txt" {
		t.Errorf("there are %s", got)
	}
	page, err := osexec.Command("git", "--git-dir", remote, "show", "previews:pr-1/dates/index.html").Output()
	past, wrong := osexec.Command("git", "--git-dir", remote, "rev-list", "--count", "previews").Output()
	if err != nil || wrong != nil || string(page) != "20\n" || string(past) != "1\n" {
		t.Errorf("the page is %q of %q commits, %v %v", page, past, err, wrong)
	}
}
