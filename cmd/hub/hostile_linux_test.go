package main

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
)

// TestHostileContent: every command that reads content refuses, with a message, files that would
// hang it, fill its memory or expose another file.
func TestHostileContent(t *testing.T) {
	secret := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(secret, []byte("---\ntitle: Secret of this machine\n---\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	pipe := func(name string) error { return syscall.Mkfifo(name, 0o600) }
	huge := func(name string) error {
		f, err := os.Create(name)
		if err != nil {
			return err
		}
		defer f.Close()
		return f.Truncate(1 << 30)
	}
	link := func(to string) func(string) error {
		return func(name string) error { return os.Symlink(to, name) }
	}
	for _, test := range []struct {
		name string
		put  func(name string) error
		says string
	}{
		{"site.yaml", pipe, "it is a pipe"},
		{"courses/new.md", pipe, "it is a pipe"},
		{"forms/new.yaml", pipe, "it is a pipe"},
		{"letters", pipe, "it is a pipe"},
		{"letters/new.md", link(secret), "a link that leads out"},
		{"pages/new.md", link("/dev/zero"), "a link that leads out"},
		{"pages", link(filepath.Dir(secret)), "a link that leads out"},
		{"images/new.png", pipe, "it is a pipe"},
		{"images/new.jpg", huge, "it is larger than"},
		{"forms/huge.yaml", huge, "it is larger than"},
		{"pages/huge.md", huge, "it is larger than"},
	} {
		t.Run(test.name, func(t *testing.T) {
			dir := t.TempDir()
			if err := os.CopyFS(dir, os.DirFS("../../content")); err != nil {
				t.Fatal(err)
			}
			name := filepath.Join(dir, test.name)
			for _, err := range []error{os.MkdirAll(filepath.Dir(name), 0o755), os.RemoveAll(name), test.put(name)} {
				if err != nil {
					t.Fatal(err)
				}
			}
			for _, args := range [][]string{
				{"check"}, {"build", "--cache", "none", "--out", filepath.Join(t.TempDir(), "public")}, {"diff", "content", dir},
				{"serve", "--new", "--addr", "localhost:0", "--outbox", "localhost:0", "--data", t.TempDir()},
			} {
				if args[0] != "diff" {
					args = append(slices.Clone(args), "--content", dir)
				}
				t.Run(args[0], func(t *testing.T) {
					said, wrong, code := hub(t, nil, args...)
					if all := said + wrong; code == 0 || !strings.Contains(all, "content/"+test.name) || !strings.Contains(all, test.says) || strings.Contains(all, "Secret of this") {
						t.Errorf("hub %v: status %d, says %s", args, code, all)
					}
				})
			}
			w := startWatched(t, func(content string) {
				name := filepath.Join(content, test.name)
				for _, err := range []error{os.MkdirAll(filepath.Dir(name), 0o755), os.RemoveAll(name), test.put(name)} {
					if err != nil {
						t.Fatal(err)
					}
				}
			})
			w.told(true)
			w.has("/", "content/"+test.name, test.says)
		})
	}
}

// TestStopsWhileReading: a cancelled build ends at the next file.
func TestStopsWhileReading(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, _, err := load(ctx, folders{content: "../../content", modules: "../../node_modules"}, ""); err != context.Canceled {
		t.Errorf("error %v", err)
	}
}
