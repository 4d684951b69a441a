package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"

	"traininghub/internal/editor"
	"traininghub/internal/letters"
)

// runEditor writes the page for editing content in a browser into a folder.
func runEditor(_ context.Context, args []string, out, _ io.Writer, getenv func(string) string) error {
	value, rest, err := parse("editor", args, 1, out, getenv)
	if err != nil {
		return err
	}
	if len(rest) == 0 {
		return usagef("say where to: hub editor DIR")
	}
	if value("github") != "" && value("sign-in") == "" {
		return usagef("say with --sign-in what signs editors in to GitHub: its https address")
	}
	folder, err := inRepository(value("content"))
	if err != nil {
		return err
	}
	p := editor.Page{Folder: folder, Branch: value("branch"),
		GitHub: value("github"), SignIn: value("sign-in"), Server: value("editor-server")}
	for name, kind := range letters.All() {
		if !kind.Alone {
			p.Letters = append(p.Letters, name)
		}
	}
	slices.Sort(p.Letters)
	if err := p.Write(rest[0]); err != nil {
		return err
	}
	fmt.Fprintf(out, "%s has the page. It needs decap-cms.js and the folder yaml beside it: docs/editor.md\n", rest[0])
	return nil
}

// inRepository is a folder's path from the top of its git repository, with "/" as separator.
func inRepository(dir string) (string, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return "", err
	}
	for top := dir; ; top = filepath.Dir(top) {
		if _, err := os.Stat(filepath.Join(top, ".git")); err == nil {
			rel, err := filepath.Rel(top, dir)
			return filepath.ToSlash(rel), err
		}
		if top == filepath.Dir(top) {
			return "", fmt.Errorf("%s is in no git repository: editors' changes are kept there. Begin one with git init", dir)
		}
	}
}
