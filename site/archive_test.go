package site

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"traininghub/internal/application"
	"traininghub/internal/letters"
)

// An archive is several files in one text. What stands before the first line "-- NAME --" is a
// remark.
type archive struct {
	remark string
	files  []archived
}

type archived struct{ name, text string }

func readArchive(t testing.TB, name string) archive {
	t.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	var a archive
	into := &a.remark
	for line := range strings.Lines(string(data)) {
		if name, ok := strings.CutPrefix(line, "-- "); ok && strings.HasSuffix(name, " --\n") {
			a.files = append(a.files, archived{name: strings.TrimSuffix(name, " --\n")})
			into = &a.files[len(a.files)-1].text
			continue
		}
		*into += line
	}
	return a
}

func (a archive) String() string {
	var b strings.Builder
	b.WriteString(a.remark)
	for _, f := range a.files {
		fmt.Fprintf(&b, "-- %s --\n%s", f.name, f.text)
	}
	return b.String()
}

// fs returns the files, together with the letters that the program needs and no test looks at.
func (a archive) fs() fstest.MapFS {
	files := fstest.MapFS{}
	for name, kind := range letters.All() {
		if !slices.Contains([]string{application.LetterToLead, application.LetterToApplicant,
			application.LetterResume}, name) {
			files["letters/"+name+".md"] = &fstest.MapFile{Data: fmt.Appendf(nil,
				"---\nsubject: A letter\nto: %s\n---\nHello.\n", kind.To[0])}
		}
	}
	for _, f := range a.files {
		files[f.name] = &fstest.MapFile{Data: []byte(f.text)}
	}
	return files
}

// change replaces lines of a file: each run of lines "- old" by the lines "+ new" that follow it.
// An old line must be in the file exactly once.
func change(t testing.TB, text, changes string) string {
	t.Helper()
	lines := strings.Split(text, "\n")
	at := -1
	for line := range strings.Lines(changes) {
		line = strings.TrimSuffix(line, "\n")
		switch sign, rest, _ := strings.Cut(line, " "); sign {
		case "-":
			at = slices.Index(lines, rest)
			if at < 0 || slices.Contains(lines[at+1:], rest) {
				t.Fatalf("the line %q is not in the file exactly once", rest)
			}
			lines = slices.Delete(lines, at, at+1)
		case "+":
			if at < 0 {
				t.Fatalf("%q says what to put, but not where", line)
			}
			lines = slices.Insert(lines, at, rest)
			at++
		default:
			t.Fatalf("%q begins with neither - nor +", line)
		}
	}
	return strings.Join(lines, "\n")
}
