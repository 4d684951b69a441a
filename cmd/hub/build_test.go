package main

import (
	"bytes"
	"context"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// hub calls hub as from a shell in the project's folder, and returns what it prints and its exit
// status.
func hub(t *testing.T, env map[string]string, args ...string) (out, errOut string, code int) {
	t.Helper()
	t.Chdir("../..")
	var o, e bytes.Buffer
	err := exec(context.Background(), args, nil, &o, &e, func(name string) string { return env[name] })
	code = exitCode(err, &e)
	return o.String(), e.String(), code
}

// faulty is a copy of the content with one mistake in it.
func faulty(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS("../../content")); err != nil {
		t.Fatal(err)
	}
	name := filepath.Join(dir, "pages", "contact.md")
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, append(text, "\n[nowhere](/nowhere/)\n"...), 0o644); err != nil {
		t.Fatal(err)
	}
	return dir
}

func TestBuild(t *testing.T) {
	out := filepath.Join(t.TempDir(), "public")
	t.Run("new", func(t *testing.T) {
		said, wrong, code := hub(t, nil, "build", "--out", out, "--as-of", "20 September 2021")
		want := regexp.MustCompile(`^\S+: \d+ pages, [1-9]\d* files written, 0 removed, in \S+\nright until 11:59pm on Friday 1 October 2021; then build it again\n$`)
		if code != 0 || wrong != "" || !want.MatchString(said) {
			t.Errorf("status %d, said %q and %q", code, said, wrong)
		}
	})
	t.Run("same, by the environment", func(t *testing.T) {
		said, wrong, code := hub(t, map[string]string{"HUB_OUT": out, "HUB_AS_OF": "2021-09-20"}, "build")
		if code != 0 || wrong != "" || !strings.Contains(said, " 0 files written, 0 removed") {
			t.Errorf("status %d, said %q and %q", code, said, wrong)
		}
	})
	t.Run("after an edit", func(t *testing.T) {
		content, cache := t.TempDir(), t.TempDir()
		if err := os.CopyFS(content, os.DirFS("../../content")); err != nil {
			t.Fatal(err)
		}
		build := func(cache string) (said string) {
			t.Run("build", func(t *testing.T) { // in the project's folder
				var wrong string
				var code int
				said, wrong, code = hub(t, nil, "build", "--content", content, "--out", out, "--cache", cache, "--as-of", "2021-09-20")
				if code != 0 || wrong != "" {
					t.Errorf("status %d, said %q and %q", code, said, wrong)
				}
			})
			return said
		}
		kept := func() (names []string) {
			entries, err := os.ReadDir(cache)
			if err != nil {
				t.Fatal(err)
			}
			for _, e := range entries {
				names = append(names, e.Name())
			}
			return names
		}
		build("none")
		build(cache)
		if names := kept(); len(names) != 1 {
			t.Errorf("the cache has %q, want one file", names)
		}
		name := filepath.Join(content, "courses", "supporting-mentors.md")
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, append(text, "\nThis was added.\n"...), 0o644); err != nil {
			t.Fatal(err)
		}
		if said := build(cache); !strings.Contains(said, " 1 files written, 0 removed") {
			t.Errorf("after an edit it said %q", said)
		}
		page, err := os.ReadFile(filepath.Join(out, "courses", "supporting-mentors", "index.html"))
		if err != nil || !strings.Contains(string(page), "This was added.") {
			t.Errorf("the page does not have the edit: %v", err)
		}
		if names := kept(); len(names) != 1 {
			t.Errorf("the cache has %q, want one file", names)
		}
	})
	t.Run("when nothing changes any more", func(t *testing.T) {
		real, err := filepath.Abs("../../content")
		if err != nil {
			t.Fatal(err)
		}
		from := os.DirFS(real)
		text, err := fs.ReadFile(from, "site.yaml")
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range []struct{ security, until string }{
			{"security: hub@example.org", "right until 11:59pm on Sunday 30 June 2030; then build it again\n"}, // security.txt ends
			{"", "right until somebody changes a file\n"},
		} {
			t.Run(c.until, func(t *testing.T) {
				content := t.TempDir()
				if err := os.CopyFS(content, from); err != nil {
					t.Fatal(err)
				}
				text := regexp.MustCompile(`(?m)^security: .*$`).ReplaceAll(text, []byte(c.security))
				if err := os.WriteFile(filepath.Join(content, "site.yaml"), text, 0o644); err != nil {
					t.Fatal(err)
				}
				said, wrong, code := hub(t, nil, "build", "--content", content, "--out", out, "--as-of", "2030-01-01")
				if code != 0 || wrong != "" || !strings.HasSuffix(said, c.until) {
					t.Errorf("status %d, said %q and %q", code, said, wrong)
				}
			})
		}
	})
	t.Run("fault", func(t *testing.T) {
		content := faulty(t)
		before, err := os.ReadFile(filepath.Join(out, "index.html"))
		if err != nil {
			t.Fatal(err)
		}
		said, wrong, code := hub(t, nil, "build", "--out", out, "--content", content, "--as-of", "2021-09-20")
		want := regexp.MustCompile(`^content/pages/contact\.md:\d+:1: error: the link "/nowhere/" leads nowhere\n    \[nowhere\]\(/nowhere/\)\n    \^\n  Did you mean .+\nhub: 1 fault; \S+ is as it was\n$`)
		if code != 1 || said != "" || !want.MatchString(wrong) {
			t.Errorf("status %d, said %q and %q", code, said, wrong)
		}
		if after, err := os.ReadFile(filepath.Join(out, "index.html")); err != nil || !bytes.Equal(before, after) {
			t.Errorf("the site was changed; error %v", err)
		}
	})
}

// TestPageGone removes a page. It then disappears from the folder built before, unless another page
// links to it.
func TestPageGone(t *testing.T) {
	content, out := t.TempDir(), filepath.Join(t.TempDir(), "public")
	if err := os.CopyFS(content, os.DirFS("../../content")); err != nil {
		t.Fatal(err)
	}
	autumn, contact := filepath.Join(content, "pages", "autumn.md"), filepath.Join(content, "pages", "contact.md")
	text, err := os.ReadFile(contact)
	if err != nil {
		t.Fatal(err)
	}
	put := func(name, text string) {
		t.Helper()
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	built := filepath.Join(out, "autumn", "index.html")
	for _, step := range []struct {
		name  string
		edit  func()
		code  int
		says  string // on the one or the other
		there bool   // the page in the folder, afterwards
	}{
		{"new", func() {
			put(autumn, "---\ntitle: This autumn\ndescribe: What happens this autumn, for those who want to know it now and not later.\n---\nMuch.\n")
			put(contact, string(text)+"\nRead what happens [this autumn](/autumn/).\n")
		}, 0, " 0 removed", true},
		{"gone, but not the link", func() { os.Remove(autumn) }, 1, ":19: error: the link \"/autumn/\" leads nowhere\n    Read what happens [this autumn](/autumn/).\n                      ^\n", true},
		{"gone", func() { put(contact, string(text)) }, 0, " 1 removed", false},
	} {
		step.edit()
		t.Run(step.name, func(t *testing.T) {
			said, wrong, code := hub(t, nil, "build", "--out", out, "--content", content, "--as-of", "2021-09-20")
			if code != step.code || !strings.Contains(said+wrong, step.says) {
				t.Errorf("status %d, said %q and %q, want %q", code, said, wrong, step.says)
			}
			if _, err := os.Stat(built); (err == nil) != step.there {
				t.Errorf("the page is in the folder: %v", err == nil)
			}
		})
	}
}

func TestCheck(t *testing.T) {
	t.Run("no faults", func(t *testing.T) {
		if said, wrong, code := hub(t, nil, "check"); code != 0 || wrong != "" || !strings.HasPrefix(said, "no faults in content: ") ||
			!strings.Contains(said, "in a real run \"Supporting Mentors Scheme\" takes no claims") {
			t.Errorf("status %d, said %q and %q", code, said, wrong)
		}
	})
	t.Run("fault", func(t *testing.T) {
		content := faulty(t)
		said, wrong, code := hub(t, nil, "check", "--content", content)
		if code != 1 || strings.Count(said, "\n") != 4 || !strings.HasPrefix(said, "content/pages/contact.md:") || wrong != "hub: 1 fault\n" {
			t.Errorf("status %d, said %q and %q", code, said, wrong)
		}
	})
	t.Run("no front end", func(t *testing.T) {
		said, _, code := hub(t, nil, "check", "--modules", "no-such-folder")
		if code != 1 || said != "no-such-folder: error: the NHS front end, nhsuk-frontend, is missing\n  Run \"npm ci\"\n" {
			t.Errorf("status %d, said %q", code, said)
		}
	})
}

func TestUsage(t *testing.T) {
	for _, c := range []struct{ args, want string }{
		{"", "hub: say what to do: hub build, for example\n"},
		{"buidl", `hub: there is no command "buidl"; use one of: build, check, `},
		{"build --ou x", "hub: flag provided but not defined: -ou\n"},
		{"build --quiet", "hub: flag provided but not defined: -quiet\n"}, // no run fails without a word
		{"build public", `hub: hub build does not take "public"` + "\n"},
		{"build --as-of 31/02/2021", "hub: --as-of must be a date with the month as a word, not \"31/02/2021\"\n"},
		{"check --content no-such-folder", "hub: there is no folder no-such-folder: say with --content where the editors' files are\n"},
	} {
		t.Run(c.args, func(t *testing.T) {
			said, wrong, code := hub(t, nil, strings.Fields(c.args)...)
			if code != 2 || said != "" || !strings.Contains(wrong, c.want) || !strings.HasSuffix(wrong, "hub --help says more.\n") {
				t.Errorf("status %d, said %q and %q, want %q", code, said, wrong, c.want)
			}
		})
	}
}

// TestHelp: help names every command and every setting, however it is asked for.
func TestHelp(t *testing.T) {
	for _, args := range []string{"--help", "-h", "help", "build --help", "serve -h"} {
		t.Run(args, func(t *testing.T) {
			said, wrong, code := hub(t, nil, strings.Fields(args)...)
			if code != 0 || wrong != "" {
				t.Errorf("status %d, said %q", code, wrong)
			}
			for _, c := range commands(nil) {
				if !strings.Contains(said, "\n  hub "+c.name+" ") {
					t.Errorf("help does not name hub %s", c.name)
				}
			}
			for _, s := range settings {
				if !strings.Contains(said, s.env) {
					t.Errorf("help does not name %s", s.env)
				}
			}
		})
	}
}
