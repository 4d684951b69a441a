package site

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"traininghub/internal/letters"
	"traininghub/site/folder/foldertest"
)

// inMemory copies files into memory, where they can be edited.
func inMemory(t *testing.T, files fs.FS) fstest.MapFS {
	t.Helper()
	all := fstest.MapFS{}
	err := fs.WalkDir(files, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := fs.ReadFile(files, name)
		all[name] = &fstest.MapFile{Data: data}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// An edited hub is one that a test edits at random, in every way that matters to its pages.
type edited struct {
	content, templates fstest.MapFS
	at                 time.Time
	courses            int
	r                  *rand.Rand
	kinds              []int // of the next edits
}

var (
	titleLine    = regexp.MustCompile(`(?m)^title: .*`)
	deadlineLine = regexp.MustCompile(`(?m)^deadline: .*`)
	sizes        = regexp.MustCompile(`(width|height)="\d+"`)
	terms        = regexp.MustCompile(`(?s)\nterms:.*`)
	statement    = regexp.MustCompile(`(?m)^  statement: .*`)
)

func newEdited(t *testing.T, courses int) *edited {
	e := &edited{content: synthesized(t, courses), templates: inMemory(t, os.DirFS("../templates")), at: day,
		courses: courses, r: rand.New(rand.NewPCG(3, 4))}
	// Some courses show facts of others, pictures (one of them without a size), links to a page of
	// text, terms, and words that cause warnings. One has questions before its form.
	e.add(1, "\nThe other one closes on {{course-00002.deadline}}: [its page](/courses/course-00002/).\n")
	e.add(3, "\nThe other one closes on {{course-00002.deadline}}, and is called {{course-00004.title}}.\n\n![A room](/images/room.svg)\n")
	for _, i := range []int{1, 5} {
		e.add(i, "\nApply by {{deadline}}, and then go on to [the **next** steps](/steps/#what-comes-next).\n")
	}
	e.add(2, "\n## Terms\n\n{{table.terms}}\n")
	e.add(4, "\nPlease look at it: ![A chair](/images/chair.svg)\n")
	asks := "\neligibility:\n  - question: Are you a GP?\n    answer: yes\n    because: [Only GPs can apply.]\n    instead: [\"Ask {{contact}}.\"]\ndeadline: "
	name := e.name(5)
	e.content[name] = &fstest.MapFile{Data: regexp.MustCompile(`\ndeadline: `).ReplaceAll(e.content[name].Data,
		[]byte(asks))}
	form := readArchive(t, "testdata/hub.txt").fs()["forms/talking.yaml"]
	e.content["forms/talking.yaml"] = &fstest.MapFile{Data: bytes.Replace(form.Data, []byte("course: talking"),
		[]byte("course: course-00006"), 1)}
	more := bytes.Replace(form.Data, []byte("course: talking\nreference: TW"),
		[]byte("course: course-00002\nreference: TE"), 1)
	e.content["forms/more.yaml"] = &fstest.MapFile{Data: append(more,
		"terms:\n  title: Terms\n  clauses:\n    - Up to {{deadline}} you pay {{hub.name}} nothing, and then {{charge}}.\n  statement: I agree.\n"...)}
	e.content["pages/steps.md"] = &fstest.MapFile{Data: []byte(
		"---\ntitle: The next steps\ndescribe: What comes when somebody has applied, for the tests of the generator.\n---\n## What comes next\n\nText.\n")}
	e.content["images/chair.svg"] = &fstest.MapFile{Data: []byte(`<svg xmlns="http://www.w3.org/2000/svg"/>`)}
	e.content["images/room.svg"] = &fstest.MapFile{Data: []byte(
		`<svg xmlns="http://www.w3.org/2000/svg" width="4" height="3"/>`)}
	return e
}

func (e *edited) name(i int) string { return fmt.Sprintf("courses/course-%05d.md", i) }

// add adds a text to a course. It replaces the file instead of changing it, like a file on a disk.
func (e *edited) add(i int, text string) {
	e.content[e.name(i)] = &fstest.MapFile{Data: append(slices.Clone(e.content[e.name(i)].Data), text...)}
}

func (e *edited) replace(files fstest.MapFS, name string, old *regexp.Regexp, new string) {
	files[name] = &fstest.MapFile{Data: old.ReplaceAll(files[name].Data, []byte(new))}
}

// edit makes the n-th edit and says what it was. If the edit is a mistake, undo takes it back.
func (e *edited) edit(n int) (what string, undo func()) {
	i := e.r.IntN(e.courses)
	name := e.name(i)
	before := maps.Clone(e.content)
	back := func() { e.content = before }
	if len(e.kinds) == 0 {
		e.kinds = e.r.Perm(23)
	}
	kind := e.kinds[0]
	e.kinds = e.kinds[1:]
	switch kind {
	case 0, 1:
		e.add(i, fmt.Sprintf("\nYou meet colleagues %d times.\n", n))
		return "a text, " + name, nil
	case 2, 3:
		e.replace(e.content, name, titleLine, fmt.Sprintf("title: Edited %d times", n))
		return "a title, " + name, nil
	case 4, 5: // of a course whose deadline others show
		e.replace(e.content, e.name(2), deadlineLine, fmt.Sprintf("deadline: %d September 2021", 20+e.r.IntN(10)))
		return "a deadline that others show", nil
	case 6:
		page := fmt.Sprintf("pages/extra-%d.md", e.r.IntN(3))
		if e.content[page] != nil {
			delete(e.content, page)
			return "a page that goes", nil
		}
		e.content[page] = &fstest.MapFile{Data: fmt.Appendf(nil,
			"---\ntitle: Extra page %d %s\ndescribe: A page that comes and goes while the tests of the generator run.\naliases: [/old-%d/]\n---\nText.\n", n, page, n)}
		return "a page that comes", nil
	case 7:
		e.replace(e.content, "site.yaml", regexp.MustCompile(`(?m)^name: .*`), fmt.Sprintf("name: Hub %d", n))
		return "site.yaml", nil
	case 8:
		e.replace(e.templates, "pages/course.html", regexp.MustCompile(`<h2>At a glance.*</h2>`),
			fmt.Sprintf("<h2>At a glance %d</h2>", n))
		return "a template", nil
	case 9:
		e.replace(e.templates, "assets/site.css", regexp.MustCompile(`\A`),
			fmt.Sprintf(".hub-prose { order: %d }\n", n))
		return "the style", nil
	case 10:
		e.replace(e.content, "images/room.svg", sizes, fmt.Sprintf(`$1="%d"`, n+1))
		return "a picture", nil
	case 11:
		e.at = day.Add(time.Duration(e.r.IntN(90*24)) * time.Hour)
		return fmt.Sprintf("the day, now %v", e.at), nil
	case 12: // the last course, which no other one mentions
		last := e.name(e.courses)
		if moved := "courses/moved.md"; e.content[last] != nil || e.content[moved] != nil {
			delete(e.content, last)
			delete(e.content, moved)
			return "a course that goes", nil
		}
		e.content[last] = &fstest.MapFile{Data: titleLine.ReplaceAll(e.content[e.name(0)].Data,
			[]byte("title: A course more"))}
		return "a course that comes", nil
	case 13: // it moves to another course, but not to the one that has a form already
		if i == 2 {
			i++
		}
		e.replace(e.content, "forms/talking.yaml", regexp.MustCompile(`(?m)^course: .*`),
			fmt.Sprintf("course: course-%05d", i))
		return "the form", nil
	case 14:
		e.add(i, "\nClick [here](/nowhere/) or ask {{course-00002.deadlin}}.\n")
		return "mistakes in a text, " + name, back
	case 15:
		e.replace(e.content, name, deadlineLine, "deadline: 31 September 2021")
		return "a mistake among the facts, " + name, back
	case 16:
		no, yes := " to 5pm\n", " to 5pm\n        cancelled: yes\n"
		text := string(e.content[name].Data)
		if strings.Contains(text, yes) {
			no, yes = yes, no
		}
		e.content[name] = &fstest.MapFile{Data: []byte(strings.Replace(text, no, yes, 1))}
		return "a workshop that is cancelled or not, " + name, nil
	case 17:
		e.replace(e.content, "forms/more.yaml", statement, fmt.Sprintf("  statement: I agree to all %d.", n))
		e.replace(e.content, "forms/more.yaml", regexp.MustCompile(`(?m)^    - Up to`),
			fmt.Sprintf("    - Clause %d is a new one.\n    - Up to", n))
		return "the terms of a form", nil
	case 18:
		if e.r.IntN(2) == 0 {
			e.replace(e.content, "forms/more.yaml", terms, "\n")
			return "the terms of a form, which go", back
		}
		e.add(i, "\n## Maincontent\n")
		return "a heading whose name the frame has, " + name, back
	case 19: // the last course again; its old address becomes an alias
		last, moved := e.name(e.courses), "courses/moved.md"
		alias := fmt.Appendf(nil, "---\naliases: [/courses/course-%05d/]\n", e.courses)
		if text := e.content[last]; text != nil {
			e.content[moved] = &fstest.MapFile{Data: append(alias, bytes.TrimPrefix(text.Data, []byte("---\n"))...)}
			delete(e.content, last)
		} else if text := e.content[moved]; text != nil {
			e.content[last] = &fstest.MapFile{Data: bytes.Replace(text.Data, alias, []byte("---\n"), 1)}
			delete(e.content, moved)
		}
		return "a course that has another name", nil
	case 20, 21:
		last := e.name(e.courses)
		if e.content[last] != nil {
			text, draft := string(e.content[last].Data), "\ndraft: yes\n"
			if shown := strings.Replace(text, draft, "\n", 1); shown != text {
				e.content[last] = &fstest.MapFile{Data: []byte(shown)}
			} else {
				e.content[last] = &fstest.MapFile{Data: []byte(strings.Replace(text, "\n", draft, 1))}
			}
		}
		return "a course that readers see or not", nil
	default: // in courses that have not changed
		e.replace(e.content, "pages/steps.md", regexp.MustCompile(`## What comes next`), "## What comes")
		return "links that lead nowhere any more", back
	}
}

// TestCache edits a hub again and again at random. Each time a build that uses a Cache, in memory
// or from a file and into a folder, must give exactly what a clean build gives, and find the same
// mistakes, even if somebody changes the folder or the file.
func TestCache(t *testing.T) {
	e := newEdited(t, 8)
	var memory Cache
	dir, file := t.TempDir(), filepath.Join(t.TempDir(), "kept", "hub")
	var undo func()
	beside := false // an edit was made while there was a mistake
	for i := range 90 {
		what := "nothing"
		switch {
		case undo != nil && !beside:
			beside = true
			e.add(e.r.IntN(e.courses), fmt.Sprintf("\nYou wait %d days.\n", i))
			what = "a text beside the mistake"
		case undo != nil:
			undo()
			what, undo, beside = "the mistake, put right", nil, false
		case i > 0:
			what, undo = e.edit(i)
		}
		s, _ := Load(Sources{Content: e.content, Templates: e.templates, Modules: "../node_modules",
			Letters: letters.All()})
		want, wrong := s.Render(t.Context(), e.at)

		s, _ = memory.Load(Sources{Content: e.content, Templates: e.templates, Modules: "../node_modules",
			Letters: letters.All()})
		got, found := s.Render(t.Context(), e.at)
		if !maps.EqualFunc(want, got, slices.Equal) {
			t.Fatalf("after edit %d, %s, the site is not what a clean build gives", i, what)
		}
		if !slices.Equal(found, wrong) {
			t.Fatalf("after edit %d, %s, the faults are\n%v\nwant\n%v", i, what, found, wrong)
		}
		if (wrong.Err() != nil) != (undo != nil) {
			t.Fatalf("after edit %d, %s: %v", i, what, wrong.Err())
		}
		for _, f := range wrong {
			if f.Column == 0 && f.Rule != "orphan" {
				t.Errorf("after edit %d, %s: nobody knows where this is: %v", i, what, f)
			}
		}

		k := Open(file)
		s, _ = k.Load(Sources{Content: e.content, Templates: e.templates, Modules: "../node_modules",
			Letters: letters.All()})
		_, found, err := s.Publish(context.Background(), dir, e.at)
		if (err != nil) != (undo != nil) || !slices.Equal(found, wrong) {
			t.Fatalf("after edit %d, %s: %v; the faults are\n%v\nwant\n%v", i, what, err, found, wrong)
		}
		if undo != nil {
			continue
		}
		if i%7 != 3 { // otherwise the program was killed before it could save
			if err := k.Save(); err != nil {
				t.Fatal(err)
			}
		}
		all := map[string]string{}
		for name, data := range want {
			all[name] = string(data)
		}
		have := foldertest.Read(t, dir)
		delete(have, ".hub-build")
		if !maps.Equal(have, all) {
			t.Fatalf("after edit %d, %s, the folder is not what a clean build gives", i, what)
		}
		e.meddle(t, dir, file)
	}
}

// meddle changes the folder of the site, or the file of the cache, as somebody might.
func (e *edited) meddle(t *testing.T, dir, file string) {
	name := filepath.Join(dir, "courses", fmt.Sprintf("course-%05d", e.r.IntN(e.courses)),
		[]string{"index.html", "dates.ics", "cohort-1.ics"}[e.r.IntN(3)])
	if e.r.IntN(8) == 0 {
		name = filepath.Join(dir, "calendar.ics")
	}
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	switch e.r.IntN(7) {
	case 0:
		put(t, name, []byte("not the page"))
	case 1: // of the same length
		text[e.r.IntN(len(text))] ^= 1
		put(t, name, text)
	case 2:
		put(t, name, text)
	case 3:
		err = os.Remove(name)
	case 4: // a link to another page of the site
		err = errors.Join(os.Remove(name), os.Symlink(filepath.Join(dir, "index.html"), name))
	case 5:
		kept, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		kept[e.r.IntN(len(kept))] ^= 1
		put(t, file, kept)
	}
	if err != nil {
		t.Fatal(err)
	}
}

func put(t *testing.T, name string, data []byte) {
	t.Helper()
	if err := os.WriteFile(name, data, 0o600); err != nil {
		t.Fatal(err)
	}
}

// TestCacheFile: a cache file is used only by the program that wrote it, and only if it is
// complete. It is written when there is anything new.
func TestCacheFile(t *testing.T) {
	content, templates := synthesized(t, 40), os.DirFS("../templates")
	dir, file := t.TempDir(), filepath.Join(t.TempDir(), "hub")
	build := func() *Cache {
		t.Helper()
		k := Open(file)
		s, faults := k.Load(Sources{Content: content, Templates: templates, Modules: "../node_modules",
			Letters: letters.All()})
		if _, _, err := s.Publish(t.Context(), dir, day); faults != nil || err != nil {
			t.Fatal(faults, err)
		}
		if err := k.Save(); err != nil {
			t.Fatal(err)
		}
		return k
	}
	build()
	whole, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if k := Open(file); len(k.courses) != 40 || k.front == nil {
		t.Fatalf("%d courses are known, want 40", len(k.courses))
	}
	before := foldertest.Stamps(t, filepath.Dir(file))
	for _, m := range build().courses {
		if m.text != nil || !m.saved {
			t.Errorf("%s was made again", m.facts.ID)
		}
	}
	if after := foldertest.Stamps(t, filepath.Dir(file)); !maps.Equal(before, after) {
		t.Error("nothing changed, but the file was written")
	}

	for what, broken := range map[string][]byte{
		"empty": nil, "one byte": whole[:1], "half": whole[:len(whole)/2], "one byte short": whole[:len(whole)-1],
		"longer": append(slices.Clone(whole), 0),
		"twice":  append(slices.Clone(whole), whole...),
		"text":   []byte("This is not what a program wrote here, but somebody who was curious."),
	} {
		put(t, file, broken)
		if k := Open(file); k.courses != nil || k.front != nil {
			t.Errorf("%s: it was believed", what)
		}
	}
	put(t, file, whole)
	k := Open(file)
	k.shelf.program++ // as if another program had written it
	k.front.saved = false
	if err := k.Save(); err != nil {
		t.Fatal(err)
	}
	if k := Open(file); k.courses != nil {
		t.Error("a file of another program was used")
	}
	build()
	if k := Open(file); len(k.courses) != 40 {
		t.Error("it was not written again")
	}

	// Builds that were killed while they saved leave nothing that the next one does not replace.
	put(t, file, nil)
	put(t, file+"-new", whole[:len(whole)/2])
	build()
	if left, err := os.ReadDir(filepath.Dir(file)); err != nil || len(left) != 1 || len(Open(file).courses) != 40 {
		t.Errorf("error %v, there is %v", err, left)
	}

	nowhere := Open(filepath.Join(file, "below", "a", "file"))
	nowhere.front, nowhere.lists, nowhere.courses = k.front, k.lists, k.courses
	if nowhere.Save() == nil {
		t.Error("saving succeeded where no file can be")
	}
}
