package main

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// TestGuide: the editors' guide links only to existing files and headings, and names only existing
// commands.
func TestGuide(t *testing.T) {
	const dir = "../../docs"
	text, err := os.ReadFile(filepath.Join(dir, "editing.md"))
	if err != nil {
		t.Fatal(err)
	}
	anchors := map[string]bool{}
	for _, m := range regexp.MustCompile(`(?m)^## (.+)$`).FindAllSubmatch(text, -1) {
		anchors["#"+strings.ReplaceAll(strings.ToLower(strings.ReplaceAll(string(m[1]), ",", "")), " ", "-")] = true
	}
	links := 0
	for _, m := range regexp.MustCompile(`\]\(([#.][^)\s]*)\)`).FindAllSubmatch(text, -1) {
		links++
		to := string(m[1])
		if strings.HasPrefix(to, "#") {
			if !anchors[to] {
				t.Errorf("the guide has no heading %s", to)
			}
		} else if _, err := os.Stat(filepath.Join(dir, filepath.FromSlash(to))); err != nil {
			t.Error(err)
		}
	}
	if links < 20 {
		t.Errorf("only %d links were found", links)
	}
	var names []string
	for _, c := range commands(nil) {
		names = append(names, c.name)
	}
	for _, m := range regexp.MustCompile(`bin/hub ([a-z]+)`).FindAllSubmatch(text, -1) {
		if !slices.Contains(names, string(m[1])) {
			t.Errorf("there is no command hub %s", m[1])
		}
	}
}
