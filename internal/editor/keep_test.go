package editor_test

import (
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
	"testing"

	"traininghub/internal/browsertest"
	"traininghub/internal/editor"
	"traininghub/internal/standin"
)

// bench is a page with keep.js and nothing of Decap CMS. kept writes a file again after a change to
// the values that Decap would have of it. If text is null, the file is new.
const bench = `<!doctype html>
<html lang="en"><title>Keep</title><body><main></main><script type="module">
import { format } from './keep.js'
const config = await (await fetch('config.json')).json()
const kinds = Object.fromEntries(config.collections.map((c) => [c.name, { ...c, ...format(c.files ? c.files[0].fields : c.fields) }]))
window.kept = (kind, text, change) => {
  const values = text === null ? {} : kinds[kind].fromFile(text)
  new Function('v', change)(values)
  return kinds[kind].toFile(values)
}
window.changed = (files) => Object.entries(files).filter(([name, text]) => {
  const [folder] = name.split('/')
  const kind = config.collections.find((c) => (c.folder ?? c.files[0].file) === folder)
  return kind && window.kept(kind.name, text, '') !== text
}).map(([name]) => name)
document.querySelector('main').append('Ready')
</script></body></html>`

// TestKeep: keep.js, in a browser, writes every file of this hub and the example as it was read.
// After a change it writes only the lines concerned anew, and the file then has the new values.
func TestKeep(t *testing.T) {
	dir := t.TempDir()
	if err := (editor.Page{Folder: ".", Branch: "main"}).Write(dir); err != nil {
		t.Fatal(err)
	}
	if err := os.CopyFS(filepath.Join(dir, "yaml"), os.DirFS(filepath.Join(standin.Root(t), "node_modules/yaml/browser/dist"))); err != nil {
		t.Fatal("npm ci: ", err)
	}
	files := read(t, dir)
	files[""] = []byte(bench)
	b := browsertest.Start(t).Tab(browsertest.Serve(t, files, nil))
	b.Scripts(true)
	b.Open("/")
	b.Await("Ready")

	for _, hub := range []string{"content", "examples/nurse-education"} {
		texts := map[string]string{}
		for name, text := range read(t, filepath.Join(standin.Root(t), hub)) {
			if end := path.Ext(name); end == ".md" || end == ".yaml" {
				texts[name] = string(text)
			}
		}
		if len(texts) < 20 {
			t.Fatalf("%s has %d files", hub, len(texts))
		}
		if changed := browsertest.Ask[[]string](b, "window.changed", texts); len(changed) > 0 {
			t.Errorf("%s: not written as they were read: %q", hub, changed)
		}
	}

	const course = `---
# A note at the top.
title: 'Talking: a course' # and one behind
summary: >-
  A course about
  talking.
topics: [Talking, "Time, and more"]

# About the money.
charge: £352.50
amounts:
  fee: £40
  meal: £7.20
at_a_glance:
  who:
    # Nobody else.
    - GPs
    - Nurses
cohorts:
  - name: Cohort 1 # the only one
    workshops:
      - date: Tuesday 2 November 2021
        time: 2pm to 5pm
unknown: [to, the, page]
---

## Text

With {{charge}}.
`
	const anywhere = "somewhere in its group" // a new line has no place of its own
	for _, c := range []struct{ name, change, old, now string }{
		{"nothing", ``, ``, ``},
		{"a fact with a note behind", `v.title = 'Talking'`, `title: 'Talking: a course' # and`, `title: Talking # and`},
		{"a text that needs quotation marks", `v.charge = '£1: or # so'`, `charge: £352.50`, `charge: "£1: or # so"`},
		{"a text that looks like something else", `v.title = 'null'`, `title: 'Talking: a course' # and`, `title: "null" # and`},
		{"a fact that is emptied", `v.charge = ''`, "charge: £352.50\n", ``},
		{"a fact more", `v.deadline = 'Friday 15 October 2021'`, anywhere, "deadline: Friday 15 October 2021\n"},
		{"a fact behind a text of several lines", `v.describe = 'About talking.'`, "  talking.\n", "  talking.\ndescribe: About talking.\n"},
		{"figures that are a text", `v.charge = '352'`, `charge: £352.50`, `charge: 352`},
		{"a text of several lines", `v.summary = 'One line\nand another.'`, ">-\n  A course about\n  talking.\n", ">-\n  One line and another.\n"},
		{"an entry in brackets", `v.topics.push('Rest')`, `"Time, and more"]`, `"Time, and more", Rest]`},
		{"an entry less in brackets", `v.topics.pop()`, `[Talking, "Time, and more"]`, `[Talking]`},
		{"an entry on its line", `v.at_a_glance.who.push('Managers')`, "    - Nurses\n", "    - Nurses\n    - Managers\n"},
		{"an entry less on its line", `v.at_a_glance.who.shift()`, "    - GPs\n", ``},
		{"a name more", `v.amounts.push({name: 'bus', value: '£3'})`, anywhere, "  bus: £3\n"},
		{"a name less", `v.amounts.shift()`, "  fee: £40\n", ``},
		{"a value deep below", `v.cohorts[0].workshops[0].time = '3pm to 5pm'`, `2pm to 5pm`, `3pm to 5pm`},
		{"an entry that is a group", `v.cohorts[0].workshops.push({date: '9 November 2021', time: '2pm to 5pm'})`,
			"time: 2pm to 5pm\n", "time: 2pm to 5pm\n      - date: 9 November 2021\n        time: 2pm to 5pm\n"},
		{"yes", `v.draft = true`, anywhere, "draft: yes\n"},
		{"the text", `v.body = '## Text\n\nAnother.'`, "With {{charge}}.\n", "Another.\n"},
	} {
		got, want := browsertest.Ask[string](b, "window.kept", "course", course, c.change), strings.Replace(course, c.old, c.now, 1)
		if before, after, there := strings.Cut(got, "\n"+c.now); c.old == anywhere && there && before+"\n"+after == course {
			continue
		}
		if c.old == anywhere || got != want {
			t.Errorf("%s: got\n%s\nwant\n%s", c.name, got, want)
		}
	}

	const letter = "---\nsubject: Your place\nto: applicant\nattach: yes\n---\n\nHello.\n\n{{hub.name}}\n"
	if got := browsertest.Ask[string](b, "window.kept", "letter", nil, `Object.assign(v, {subject: 'Your place', to: 'applicant',
		attach: true, form: '', body: 'Hello.\n\n{{hub.name}}'})`); got != letter {
		t.Errorf("a new letter is\n%s", got)
	}
}

// read gives the files below a folder by their paths.
func read(t *testing.T, dir string) map[string][]byte {
	t.Helper()
	files := map[string][]byte{}
	if err := fs.WalkDir(os.DirFS(dir), ".", func(name string, entry fs.DirEntry, err error) error {
		if err == nil && entry.Type().IsRegular() {
			files[name], err = os.ReadFile(filepath.Join(dir, name))
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return files
}
