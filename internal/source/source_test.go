package source

import (
	"fmt"
	"strings"
	"testing"
	"testing/fstest"
)

type shape struct {
	Title  string            `key:"title,required"`
	Order  int               `key:"order"`
	Hours  float64           `key:"hours"`
	Open   bool              `key:"open"`
	Even   even              `key:"even"`
	Maybe  *even             `key:"maybe"`
	Tags   []string          `key:"tags"`
	Names  map[string]string `key:"names"`
	Inner  inner             `key:"inner"`
	Inners []inner           `key:"inners"`
	Hidden string
}

type inner struct {
	Name string `key:"name,required"`
}

// even is a type that reads itself from text.
type even int

func (e *even) UnmarshalText(text []byte) error {
	if len(text)%2 == 1 {
		return Wrongf("add a letter", "has %d letters", len(text))
	}
	*e = even(len(text))
	return nil
}

func decode(t *testing.T, text string) (shape, *Doc, string) {
	t.Helper()
	f, faults := Read(fstest.MapFS{"a.md": {Data: []byte(text)}}, "content", "a.md")
	var s shape
	if faults != nil {
		return s, nil, faults.Error()
	}
	doc, faults := f.Decode(&s)
	return s, doc, faults.Error()
}

func TestDecode(t *testing.T) {
	s, doc, faults := decode(t,
		"\ufeff---\r\ntitle: A\r\norder: 3\nhours: 1.5\nopen: yes\neven: ab\nmaybe: abcd\ntags:\n  - x\n  - y\nnames: {k: v}\ninner:\n  name: n\ninners:\n  - name: m\n---\nBody\n")
	if faults != "" {
		t.Fatal(faults)
	}
	want := "{A 3 1.5 true 2 4 [x y] map[k:v] {n} [{m}] }"
	maybe := *s.Maybe
	s.Maybe = nil
	if got := strings.Replace(fmt.Sprint(s), "<nil>", fmt.Sprint(maybe), 1); got != want {
		t.Errorf("decoded %s, want %s", got, want)
	}
	for at, want := range map[string]Position{"title": {2, 8}, "tags": {8, 1}, "tags.1": {10, 5}, "inners.0": {15, 5},
		"inners.0.name": {15, 11}, "inners.0.other": {15, 5}, "nothing": {1, 0}, "names.k": {11, 12}} {
		if got := doc.At(at); got != want {
			t.Errorf("%q is at %v, want %v", at, got, want)
		}
	}
	if got := doc.Word("inners", "m"); got != (Position{15, 7}) {
		t.Errorf("a word of a value is at %v", got)
	}
	if got := doc.Word("inners.0.name", "x"); got != doc.At("inners.0.name") {
		t.Errorf("a word that a value does not have is at %v, not where the value is", got)
	}
}

func TestFaults(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"no front matter", "Body",
			`content/a.md:1: the file does not begin with a line "---" (put the facts between two lines of "---" at the top)`},
		{"not closed", "---\ntitle: A\n",
			`content/a.md:1: the facts at the top are not closed (put a line "---" after the last of them)`},
		{"nothing", "---\n---\n", `content/a.md:1: the key "title" is missing (add a line "title: …")`},
		{"misspelt", "---\ntitel: A\n---\n", "content/a.md:2:1: unknown key \"titel\" (did you mean \"title\"?)"},
		{"far off", "---\ntitle: A\nzzz: 1\n---\n",
			`content/a.md:3:1: unknown key "zzz" (use one of: even, hours, inner, inners, maybe, names, open, order, tags)`},
		{"twice", "---\ntitle: A\ntitle: B\n---\n", `content/a.md:3:1: the key "title" stands here twice (the other stands in line 2; keep one, with all that belongs below it)`},
		{"empty", "---\ntitle:\n---\n", `content/a.md:2:1: "title" is empty (write its value behind it)`},
		{"kinds", "---\ntitle: [a]\norder: x\nhours: long\nopen: perhaps\ntags: one\nnames: two\ninner: three\n---\n",
			strings.Join([]string{
				`content/a.md:2:8: "title" must be a text, not a list or a group (write it on one line)`,
				`content/a.md:3:8: "order" must be a whole number, not "x" (write it in figures, without a unit)`,
				`content/a.md:4:8: "hours" must be a number, not "long" (write it in figures, without a unit)`,
				`content/a.md:5:7: "open" must be yes or no, not "perhaps" (write yes or no)`,
				`content/a.md:6:7: "tags" must be a list (write "- one" on a line of its own below it, and so each other entry)`,
				`content/a.md:7:8: "names" must be a group of names and values (write each as "name: value" on its own line, indented)`,
				`content/a.md:8:8: "inner" must be a group of keys and values (write "name: …" on a line of its own, indented)`,
			}, "\n")},
		{"own type", "---\ntitle: A\neven: abc\n---\n", `content/a.md:3:7: "even" has 3 letters (add a letter)`},
		{"inside", "---\ntitle: A\ninners:\n  - nam: x\n---\n",
			"content/a.md:4:5: unknown key \"nam\" (did you mean \"name\"?)"},
		{"colon", "---\ntitle: Mentors: a guide\n---\n",
			`content/a.md:2:15: this cannot be read: there is a second ": " in the line (put the text behind the first one between quotation marks)`},
		{"nothing at all", " \n", `content/a.md: the file is empty (write it, or take it away)`},
		{"UTF-16", "\xff\xfe-\x00-\x00",
			`content/a.md: the file is saved as UTF-16, which some programs call Unicode (save it as UTF-8)`},
		{"no text", "PK\x03\x04\x00", `content/a.md: this is no text file (save its text with a program like Notepad)`},
		{"dashes too many", "---\ntitle: A\n----\nBody\n",
			`content/a.md:3:1: the facts at the top are not closed (write "---" in this line, and nothing else)`},
		{"a long dash", "---\ntitle: A\n—\nBody\n",
			`content/a.md:3:1: the facts at the top are not closed (write "---" in this line, and nothing else)`},
		{"old Macintosh, blanks behind dashes", "--- \rtitle: A\r---  \rBody\r", ""},
		{"no-break space", "---\ntitle:\u00a0A\u200b\n\u202forder: 1\n---\n",
			`content/a.md:3:2: this cannot be read: the line begins further left or right than the lines that it belongs to (begin it exactly below them, not at column 2)`},
		{"no-break spaces that do no harm", "---\ntitle:\u00a0A\norder:\u202f1\n---\n", ""},
		{"typographic marks", "---\ntitle: “A”\n---\n",
			`content/a.md:2:8: "title" stands between quotation marks that are shown to readers (write " and ", or no quotation marks)`},
		{"typographic marks that stay", "---\ntitle: \"“A”\"\ntags: [“a” and “b”]\n---\n", ""},
		{"number sign", "---\ntitle: Room #1 or 2\n---\n",
			`content/a.md:2:8: "title" ends before " #": what stands behind that is a note to editors, "#1 or 2" (put all of it between quotation marks, or a space behind the # of a note)`},
		{"note", "---\ntitle: A # as agreed\norder: 1 #\n---\n", ""},
		{"two versions", "---\ntitle: A\n<<<<<<< HEAD\norder: 1\n=======\norder: 2\n>>>>>>> other\n---\n",
			`content/a.md:3:1: here two versions of the file stand one below the other (keep one of them, and take the lines with <<<<<<<, ======= and >>>>>>> away)`},
		{"colon in an entry", "---\ntitle: A\ntags:\n  - Note: this\n---\n",
			`content/a.md:4:5: this must be a text, not a list or a group (put all of it between quotation marks, since there is ": " in it)`},
		{"hyphen missing", "---\ntitle: A\ntitle: B\norder: 1\norder: 2\norder: 3\n---\n",
			`content/a.md:3:1: the key "title" stands here twice (write "- " before it: here another entry seems to begin)`},
		{"not UTF-8", "---\ntitle: A\n---\nx\n\xff",
			`content/a.md:5:1: there are characters that are not UTF-8 (save the file as UTF-8)`},
		{"alias", "---\ntitle: &a A\ntags: [*a]\n---\n",
			`content/a.md:3:8: this refers to another value with * (write the value out)`},
	} {
		if _, _, got := decode(t, c.text); got != c.want {
			t.Errorf("%s:\ngot\n%s\nwant\n%s", c.name, got, c.want)
		}
	}
	if _, faults := Read(fstest.MapFS{}, "content",
		"b.yaml"); faults.Error() != "content/b.yaml: the file is missing (create it)" {
		t.Error(faults)
	}
	if _, faults := Read(fstest.MapFS{"b.yml": {}, "other.yaml": {}}, "content",
		"b.yaml"); faults.Error() != `content/b.yaml: the file is missing (give "b.yml" this name)` {
		t.Error(faults)
	}
	if _, faults := Read(fstest.MapFS{"b.md/x": {}}, "content",
		"b.md"); faults.Error() != "content/b.md: this is a folder (give it another name, and take what is in it out of it)" {
		t.Error(faults)
	}
}

// TestUnseen: an invisible character from pasted text is read as a space, or as nothing.
func TestUnseen(t *testing.T) {
	f, faults := Read(fstest.MapFS{"a.yaml": {Data: []byte("email:\u00a0\u202aa\u200b@example.\u00adorg\u202c # one\vtwo\u2028£3\ufeff ’\n")}}, "", "a.yaml")
	if want := "email: a@example.org # one two £3 ’\n"; string(f.Head) != want || faults != nil {
		t.Errorf("got %q, want %q; %v", f.Head, want, faults)
	}
}

// TestZero: a required amount may be 0, but must be there.
func TestZero(t *testing.T) {
	for text, want := range map[string]string{
		"count: 0": "",
		"count:":   `a.yaml:1:7: "count" must be a whole number, not "" (write it in figures, without a unit)`,
		"":         `a.yaml:1: the key "count" is missing (add a line "count: …")`,
	} {
		var v struct {
			Count int `key:"count,required"`
		}
		f, _ := Read(fstest.MapFS{"a.yaml": {Data: []byte(text)}}, "", "a.yaml")
		if _, faults := f.Decode(&v); faults.Error() != want {
			t.Errorf("%q: %q, want %q", text, faults, want)
		}
	}
}

func TestBodyLine(t *testing.T) {
	f, _ := Read(fstest.MapFS{"a.md": {Data: []byte("---\ntitle: A\norder: 1\n---\nfifth\nsixth\n")}},
		"content", "a.md")
	if f.BodyLine != 5 || string(f.Body) != "fifth\nsixth\n" || f.Stem() != "a" {
		t.Errorf("the body begins on line %d with %q", f.BodyLine, f.Body)
	}
}

func TestExpand(t *testing.T) {
	facts := map[string]string{"charge": "£500", "odd": "{{charge}}"}
	got, unknown := Expand("Pay {{charge}} or {{ charge }},\nnot {{ chrage }} {{odd}} {x} {{",
		func(n string) (string, bool) { v, ok := facts[n]; return v, ok })
	if want := "Pay £500 or £500,\nnot {{ chrage }} {{charge}} {x} {{"; got != want {
		t.Errorf("got %q, want %q: a fact is never read again", got, want)
	}
	if len(unknown) != 1 || unknown[0] != (Unknown{"chrage", "{{ chrage }}"}) {
		t.Errorf("unknown %v", unknown)
	}
}

func TestNearest(t *testing.T) {
	words := []string{"deadline", "describe", "title", "charge"}
	for got, want := range map[string]string{"dedline": "deadline", "daedline": "deadline", "Title": "title",
		"chareg": "charge", "zzzz": "", "": ""} {
		if near := Nearest(got, words); near != want {
			t.Errorf("nearest to %q is %q, want %q", got, near, want)
		}
	}
}
