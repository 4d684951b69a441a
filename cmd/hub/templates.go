package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"traininghub/internal/overlay"
	"traininghub/internal/source"
	"traininghub/templates"
)

// folders are where a hub's files are.
type folders struct {
	content   string
	templates string // its own, laid over ours; if empty, the folder templates of the content, if there is one
	modules   string
	drafts    bool // includes pages that readers do not see
}

func foldersOf(value func(string) string) folders {
	return folders{content: value("content"), templates: value("templates"), modules: value("modules")}
}

// own is the folder of the hub's own templates; "" if there is none.
func (f folders) own() string {
	if f.templates != "" {
		return f.templates
	}
	dir := filepath.Join(f.content, "templates")
	if info, err := os.Stat(dir); err != nil || !info.IsDir() {
		return ""
	}
	return dir
}

// all are all templates: ours, with the hub's own laid over them.
func (f folders) all() fs.FS {
	if dir := f.own(); dir != "" {
		return overlay.Over(source.Dir(dir), templates.Files)
	}
	return templates.Files
}

// outdated says which of the hub's own templates are older than this program's originals.
func (f folders) outdated() source.Faults {
	dir := f.own()
	if dir == "" {
		return nil
	}
	return overlay.Outdated(source.Dir(dir), templates.Files, filepath.ToSlash(dir))
}

// there is an error if a folder that was named does not exist.
func (f folders) there() error {
	if _, err := os.Stat(f.content); err != nil {
		return usagef("there is no folder %s: say with --content where the editors' files are", f.content)
	}
	if f.templates == "" {
		return nil
	}
	if _, err := os.Stat(f.templates); err != nil {
		return usagef("there is no folder %s: say with --templates where your own templates are", f.templates)
	}
	return nil
}

// runTemplates lists our templates, shows one, copies one for changing, or notes that a copy is
// right for this program's original.
func runTemplates(_ context.Context, args []string, out, _ io.Writer, getenv func(string) string) error {
	what := "list"
	if len(args) > 0 && !strings.HasPrefix(args[0], "-") {
		what, args = args[0], args[1:]
	}
	name := ""
	if len(args) > 0 && !strings.HasPrefix(args[0], "-") {
		name, args = args[0], args[1:]
	}
	value, _, err := parse("templates", args, 0, out, getenv)
	if err != nil {
		return err
	}
	f := folders{content: value("content"), templates: value("templates")}
	if f.templates == "" {
		if err := f.there(); err != nil {
			return err
		}
		f.templates = filepath.Join(f.content, "templates")
	}
	if (name == "") != (what == "list") {
		return usagef("say what to do: hub templates list, or hub templates show|copy|noted NAME")
	}
	switch what {
	case "list":
		return fs.WalkDir(templates.Files, ".", func(name string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			if _, err := os.Stat(filepath.Join(f.templates, filepath.FromSlash(name))); err == nil {
				name += "  (your own)"
			}
			_, err = fmt.Fprintln(out, name)
			return err
		})
	case "show":
		text, err := fs.ReadFile(templates.Files, name)
		if err != nil {
			return usagef("there is no template %q; \"hub templates list\" has all", name)
		}
		_, err = out.Write(text)
		return err
	case "copy":
		var file string
		if file, err = overlay.Copy(f.templates, templates.Files, name); err == nil {
			fmt.Fprintf(out, "%s is a copy of the program's template. Change it: the hub shows yours from now on.\n", file)
		}
	case "noted":
		if err = overlay.Note(f.templates, templates.Files, name); err == nil {
			fmt.Fprintf(out, "It is noted that %s is right beside this program's.\n", name)
		}
	default:
		return usagef("there is no %q: use list, show, copy or noted", what)
	}
	if errors.Is(err, overlay.ErrName) {
		return usagef("%v", err)
	}
	return err
}
