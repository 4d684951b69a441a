package main

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"testing"
)

// TestWorkflows holds that workflows run no action that somebody else can change, and call hub as
// it is.
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
